/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-proof-batch.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "p2p-x1-bytes.h"

#define HASH P2P_SHA256_LENGTH
/* where the path begins */
#define HEAD (1 + P2P_PUBLIC_KEY_LENGTH + P2P_SIGNATURE_LENGTH + 2 + 2)
G_STATIC_ASSERT (P2P_PROOF_MIN_LENGTH == HEAD + 1);
G_STATIC_ASSERT (P2P_MAX_LEAVES == 1 << P2P_PROOF_MAX_DEPTH);

void
p2p_proof_hash_leaf (const guint8 *id, const guint8 *note, gsize note_length, guint8 *hash)
{
  guint8 bytes[1 + P2P_LEAF_ID_LENGTH + 1 + P2P_MAX_NOTE];

  bytes[0] = 0;
  memcpy (bytes + 1, id, P2P_LEAF_ID_LENGTH);
  bytes[1 + P2P_LEAF_ID_LENGTH] = (guint8) note_length;
  if (note_length > 0)
    memcpy (bytes + 1 + P2P_LEAF_ID_LENGTH + 1, note, note_length);
  p2p_sha256 (bytes, 1 + P2P_LEAF_ID_LENGTH + 1 + note_length, hash);
}

void
p2p_proof_hash_node (const guint8 *left, const guint8 *right, guint8 *hash)
{
  guint8 bytes[1 + 2 * HASH];

  bytes[0] = 1;
  memcpy (bytes + 1, left, HASH);
  memcpy (bytes + 1 + HASH, right, HASH);
  p2p_sha256 (bytes, sizeof bytes, hash);
}

/* How many levels of a tree have a hash beside that of the leaf or of what it became. */
static guint
get_depth (guint i, guint n)
{
  guint depth = 0;

  for (; n > 1; n = (n + 1) / 2, i /= 2)
    depth += (i ^ 1) < n;
  return depth;
}

gboolean
p2p_proof_sign (P2pIdentity *identity, const char *domain, const char *network, const P2pLeaf *leaves, guint n, GBytes **proofs)
{
  g_autoptr (P2pProofBatch) batch = p2p_proof_batch_new (leaves, n);

  if (batch == NULL || !p2p_proof_batch_sign (batch, identity, domain, network))
    return FALSE;
  for (guint i = 0; i < n; i++)
    proofs[i] = p2p_proof_batch_make (batch, i);
  return TRUE;
}

void
p2p_proof_unpack_batch (const guint8 pub[32], const guint8 signature[64], const P2pLeaf *leaves, guint n, GBytes **proofs)
{
  g_autoptr (P2pProofBatch) batch = p2p_proof_batch_new (leaves, n);

  g_return_if_fail (batch != NULL);

  p2p_proof_batch_set_signature (batch, pub, signature);
  for (guint i = 0; i < n; i++)
    proofs[i] = p2p_proof_batch_make (batch, i);
}

gboolean
p2p_proof_read (GBytes *proof, P2pProofView *view)
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (proof, &length);
  gsize tail;

  if (length < P2P_PROOF_MIN_LENGTH || bytes[0] != P2P_PROOF_VERSION)
    return FALSE;
  view->pub = bytes + 1;
  view->signature = view->pub + P2P_PUBLIC_KEY_LENGTH;
  view->index = p2p_bytes_read_u16 (view->signature + P2P_SIGNATURE_LENGTH);
  view->n_leaves = p2p_bytes_read_u16 (view->signature + P2P_SIGNATURE_LENGTH + 2);
  if (view->n_leaves == 0 || view->n_leaves > P2P_MAX_LEAVES || view->index >= view->n_leaves)
    return FALSE;
  view->depth = get_depth (view->index, view->n_leaves);
  view->path = bytes + HEAD;
  tail = HEAD + (gsize) view->depth * HASH;
  if (length <= tail || length - tail - 1 != bytes[tail])
    return FALSE;
  view->note_length = bytes[tail];
  view->note = bytes + tail + 1;
  return TRUE;
}

void
p2p_proof_get_root (const P2pProofView *view, const guint8 id[32], guint8 root[32])
{
  const guint8 *beside = view->path;
  guint i = view->index;

  p2p_proof_hash_leaf (id, view->note, view->note_length, root);
  for (guint n = view->n_leaves; n > 1; n = (n + 1) / 2, i /= 2)
    {
      if ((i ^ 1) >= n)
        continue;
      if (i & 1)
        p2p_proof_hash_node (beside, root, root);
      else
        p2p_proof_hash_node (root, beside, root);
      beside += HASH;
    }
}

GByteArray *
p2p_proof_get_statement (const char *domain, const char *network, guint n_leaves, const guint8 root[32])
{
  GByteArray *statement = g_byte_array_sized_new (128);

  g_byte_array_append (statement, (const guint8 *) domain, (guint) strlen (domain) + 1);
  p2p_bytes_add_text (statement, network);
  p2p_bytes_add_u16 (statement, n_leaves);
  g_byte_array_append (statement, root, HASH);
  return statement;
}
