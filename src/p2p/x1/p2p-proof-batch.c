/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-proof-batch.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "p2p-x1-bytes.h"

#define HASH P2P_SHA256_LENGTH
#define N_LEVELS (P2P_PROOF_MAX_DEPTH + 1)

/* All hashes of a batch, the leaves first; each level has half as many as the one below, the lone one included. */
typedef struct {
  guint8 *hashes;
  guint   begin[N_LEVELS];
  guint   count[N_LEVELS];
  guint   n_levels;
} Tree;

struct _P2pProofBatch {
  gatomicrefcount refs;
  guint           n;
  Tree            tree;
  guint8         *notes;        /* those of all, one after the other; NULL: there are none */
  guint32        *ends;         /* where that of each ends */
  guint8          pub[P2P_PUBLIC_KEY_LENGTH];
  guint8          signature[P2P_SIGNATURE_LENGTH];
};

static guint8 *
get_hash (const Tree *tree, guint level, guint i)
{
  return tree->hashes + (gsize) (tree->begin[level] + i) * HASH;
}

static void
grow_tree (Tree *tree, const P2pLeaf *leaves, guint n)
{
  guint total = 0;

  tree->n_levels = 0;
  for (guint count = n; ; count = (count + 1) / 2)
    {
      tree->begin[tree->n_levels] = total;
      tree->count[tree->n_levels++] = count;
      total += count;
      if (count == 1)
        break;
    }
  tree->hashes = g_malloc (total * HASH);

  for (guint i = 0; i < n; i++)
    p2p_proof_hash_leaf (leaves[i].id, leaves[i].note, leaves[i].note_length, get_hash (tree, 0, i));
  for (guint level = 1; level < tree->n_levels; level++)
    for (guint i = 0; i < tree->count[level]; i++)
      if (2 * i + 1 < tree->count[level - 1])
        p2p_proof_hash_node (get_hash (tree, level - 1, 2 * i), get_hash (tree, level - 1, 2 * i + 1), get_hash (tree, level, i));
      else
        memcpy (get_hash (tree, level, i), get_hash (tree, level - 1, 2 * i), HASH);
}

static gboolean
are_leaves (const P2pLeaf *leaves, guint n)
{
  if (n == 0 || n > P2P_MAX_LEAVES)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (leaves[i].note_length > P2P_MAX_NOTE)
      return FALSE;
  return TRUE;
}

static void
copy_notes (P2pProofBatch *self, const P2pLeaf *leaves)
{
  gsize length = 0;

  for (guint i = 0; i < self->n; i++)
    length += leaves[i].note_length;
  if (length == 0)
    return;
  self->notes = g_malloc (length);
  self->ends = g_new (guint32, self->n);
  length = 0;
  for (guint i = 0; i < self->n; i++)
    {
      if (leaves[i].note_length > 0)
        memcpy (self->notes + length, leaves[i].note, leaves[i].note_length);
      length += leaves[i].note_length;
      self->ends[i] = (guint32) length;
    }
}

P2pProofBatch *
p2p_proof_batch_new (const P2pLeaf *leaves, guint n)
{
  P2pProofBatch *self;

  if (!are_leaves (leaves, n))
    return NULL;
  self = g_new0 (P2pProofBatch, 1);
  g_atomic_ref_count_init (&self->refs);
  self->n = n;
  grow_tree (&self->tree, leaves, n);
  copy_notes (self, leaves);
  return self;
}

P2pProofBatch *
p2p_proof_batch_ref (P2pProofBatch *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
p2p_proof_batch_unref (P2pProofBatch *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->tree.hashes);
  g_free (self->notes);
  g_free (self->ends);
  g_free (self);
}

void
p2p_proof_batch_set_signature (P2pProofBatch *self, const guint8 pub[32], const guint8 signature[64])
{
  memcpy (self->pub, pub, sizeof self->pub);
  memcpy (self->signature, signature, sizeof self->signature);
}

gboolean
p2p_proof_batch_sign (P2pProofBatch *self, P2pIdentity *identity, const char *domain, const char *network)
{
  g_autoptr (GByteArray) statement = p2p_proof_get_statement (domain, network, self->n, get_hash (&self->tree, self->tree.n_levels - 1, 0));

  memcpy (self->pub, p2p_identity_peek_public_key (identity), sizeof self->pub);
  return p2p_identity_sign (identity, statement->data, statement->len, self->signature);
}

const guint8 *
p2p_proof_batch_peek_signature (P2pProofBatch *self)
{
  return self->signature;
}

GBytes *
p2p_proof_batch_make (P2pProofBatch *self, guint index)
{
  const Tree *tree = &self->tree;
  guint32 begin = self->ends != NULL && index > 0 ? self->ends[index - 1] : 0;
  guint32 length = self->ends != NULL ? self->ends[index] - begin : 0;
  GByteArray *proof = g_byte_array_sized_new (P2P_PROOF_MIN_LENGTH + HASH * P2P_PROOF_MAX_DEPTH + length);

  p2p_bytes_add_u8 (proof, P2P_PROOF_VERSION);
  g_byte_array_append (proof, self->pub, sizeof self->pub);
  g_byte_array_append (proof, self->signature, sizeof self->signature);
  p2p_bytes_add_u16 (proof, index);
  p2p_bytes_add_u16 (proof, self->n);
  for (guint level = 0, at = index; level + 1 < tree->n_levels; level++, at /= 2)
    if ((at ^ 1) < tree->count[level])
      g_byte_array_append (proof, get_hash (tree, level, at ^ 1), HASH);
  p2p_bytes_add_u8 (proof, (guint8) length);
  if (length > 0)
    g_byte_array_append (proof, self->notes + begin, length);
  return g_byte_array_free_to_bytes (proof);
}
