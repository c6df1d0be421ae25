/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What X1 reads: proofs, the leaves of a side-car, sealed messages, exported identities, the text of a secret. As they come, and our own ones with a few bytes changed:
 * those are never taken for what they were.
 */
#include "fuzz.h"

#include "p2p/x1/p2p-fingerprint.h"
#include "p2p/x1/p2p-identity-file-private.h"
#include "p2p/x1/p2p-proof-check.h"
#include "p2p/x1/p2p-seal.h"
#include "p2p/x1/p2p-secret.h"
#include "p2p/x1/p2p-verifier.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-types.h"

#define NETWORK "network"
#define MOST_INPUT 4096
/* of an exported identity, and where its check is */
#define FILE_LENGTH 84
#define CHECK_AT 80

typedef struct {
  P2pIdentity *identity;
  char        *id;
} Node;

typedef struct {
  P2pRandom base;
  FuzzInput *input;
} InputRandom;

static void
fill_from_input (P2pRandom *random, guint8 *bytes, gsize length)
{
  InputRandom *self = (InputRandom *) random;

  for (gsize i = 0; i < length; i++)
    bytes[i] = fuzz_take_byte (self->input);
}

static const P2pRandomOps random_ops = { fill_from_input };

static Node
make_node (guint8 which)
{
  const guint8 seed[P2P_IDENTITY_SEED_LENGTH] = { which, 1 };
  g_autoptr (GBytes) bytes = g_bytes_new (seed, sizeof seed);
  Node node = { p2p_identity_new_from_seed (bytes, NULL), NULL };

  g_assert_nonnull (node.identity);
  node.id = p2p_key_to_node_id (p2p_identity_peek_public_key (node.identity), NETWORK);
  return node;
}

static void
clear_node (Node *node)
{
  p2p_identity_unref (node->identity);
  g_free (node->id);
}

/* Up to four bytes changed, and a few added or taken away at the end. */
static GBytes *
change (GBytes *bytes, FuzzInput *input)
{
  GByteArray *copy = g_byte_array_new ();
  guint n = fuzz_take_byte (input);
  gint8 longer = (gint8) (fuzz_take_byte (input) / 4 * 4);

  g_byte_array_append (copy, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  for (guint i = 0; i < n % 4; i++)
    {
      guint at = fuzz_take_short (input) % copy->len;

      copy->data[at] ^= fuzz_take_byte (input);
    }
  if (n & 0x80)
    g_byte_array_set_size (copy, (guint) MAX (0, (int) copy->len + longer));
  return g_byte_array_free_to_bytes (copy);
}

/* The same answer of all who are asked, twice; never an error without words. */
static gboolean
check_proof (P2pVerifier *verifier, GBytes *proof, const char *signer, const guint8 *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = g_bytes_new (id, P2P_LEAF_ID_LENGTH);
  g_autoptr (GBytes) key = p2p_proof_get_public_key (proof);
  P2pProofView view;
  gboolean is_right = p2p_verifier_check (verifier, proof, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, signer, id, &error);

  g_assert_cmpint (is_right, ==, error == NULL);
  if (error != NULL)
    g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY);
  g_assert_cmpint (p2p_verifier_knows (verifier, proof, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, signer, id), ==, is_right);
  g_assert_cmpint (p2p_verifier_check_message (verifier, proof, NETWORK, signer, message, NULL), ==, is_right);
  g_assert_cmpint (p2p_proof_read (proof, &view), ==, key != NULL);
  if (key != NULL)
    {
      g_assert_cmpmem (g_bytes_get_data (key, NULL), 32, view.pub, 32);
      g_assert_cmpuint (g_bytes_get_size (proof), <=, P2P_PROOF_MAX_LENGTH);
    }
  return is_right;
}

/* Whatever it is: in its own name, and over an id of the input. */
static void
try_proof (FuzzInput *input)
{
  g_autoptr (P2pVerifier) verifier = p2p_verifier_new ();
  guint8 id[P2P_LEAF_ID_LENGTH] = { fuzz_take_byte (input) };
  gsize length = input->length;
  const guint8 *bytes = fuzz_take_bytes (input, &length);
  g_autoptr (GBytes) proof = g_bytes_new (bytes, length);
  g_autofree char *signer = length >= 33 ? p2p_key_to_node_id (bytes + 1, NETWORK) : g_strdup ("nobody");

  check_proof (verifier, proof, signer, id);
}

/* As many leaves as the input says; one of their proofs, changed. */
static void
try_changed_proof (FuzzInput *input)
{
  g_autoptr (P2pVerifier) verifier = p2p_verifier_new ();
  g_autofree P2pLeaf *leaves = g_new0 (P2pLeaf, P2P_MAX_LEAVES);
  g_autofree GBytes **proofs = g_new0 (GBytes *, P2P_MAX_LEAVES);
  g_autoptr (GBytes) changed = NULL;
  Node node = make_node (1);
  guint n = 1 + fuzz_take_short (input) % 40;
  guint which = fuzz_take_byte (input) % n;
  gsize note_length = fuzz_take_byte (input);
  const guint8 *note = fuzz_take_bytes (input, &note_length);

  for (guint i = 0; i < n; i++)
    leaves[i].id[0] = (guint8) i;
  leaves[which].note = note;
  leaves[which].note_length = note_length;
  g_assert_true (p2p_proof_sign (node.identity, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, leaves, n, proofs));
  changed = change (proofs[which], input);
  g_assert_cmpint (check_proof (verifier, changed, node.id, leaves[which].id), ==, g_bytes_equal (changed, proofs[which]));
  g_assert_true (check_proof (verifier, proofs[which], node.id, leaves[which].id));
  for (guint i = 0; i < n; i++)
    g_bytes_unref (proofs[i]);
  clear_node (&node);
}

/* What is read is written as it was, and its proofs are of it. */
static void
try_leaves (FuzzInput *input)
{
  g_autofree P2pLeaf *leaves = g_new0 (P2pLeaf, P2P_MAX_LEAVES);
  g_autofree GBytes **proofs = g_new0 (GBytes *, P2P_MAX_LEAVES);
  static const guint8 nothing[64];
  guint n = p2p_leaves_unpack (input->bytes, input->length, leaves);
  g_autoptr (GBytes) packed = NULL;

  g_assert_cmpuint (n, <=, P2P_MAX_LEAVES);
  if (n == 0)
    return;
  packed = p2p_leaves_pack (leaves, n);
  g_assert_cmpmem (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), input->bytes, input->length);
  p2p_proof_unpack_batch (nothing, nothing, leaves, n, proofs);
  for (guint i = 0; i < n; i++)
    {
      P2pProofView view;

      g_assert_true (p2p_proof_read (proofs[i], &view));
      g_assert_cmpuint (view.index, ==, i);
      g_assert_cmpuint (view.n_leaves, ==, n);
      g_assert_cmpmem (view.note, view.note_length, leaves[i].note, leaves[i].note_length);
      g_bytes_unref (proofs[i]);
    }
}

static GBytes *
open_box (Node *from, Node *to, GBytes *box)
{
  g_autoptr (GError) error = NULL;
  guint8 pub[32];
  GBytes *body = p2p_seal_open (to->identity, NETWORK, from->id, to->id, box, pub, &error);

  g_assert_cmpint (body != NULL, ==, error == NULL);
  if (body == NULL)
    g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY);
  else
    g_assert_cmpmem (pub, 32, p2p_identity_peek_public_key (from->identity), 32);
  return body;
}

static void
try_box (FuzzInput *input, gboolean ours)
{
  Node from = make_node (1), to = make_node (2);
  InputRandom random = { { &random_ops }, input };
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) box = NULL;
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (GBytes) opened = NULL;

  if (ours)
    {
      gsize length = fuzz_take_byte (input);
      const guint8 *bytes = fuzz_take_bytes (input, &length);

      body = g_bytes_new (bytes, length);
      box = p2p_seal_box (from.identity, p2p_identity_peek_public_key (to.identity), NETWORK, from.id, to.id, body, &random.base, NULL);
      g_assert_nonnull (box);
      changed = change (box, input);
      opened = open_box (&from, &to, changed);
      g_assert_cmpint (opened != NULL, ==, g_bytes_equal (changed, box));
      if (opened != NULL)
        g_assert_true (g_bytes_equal (opened, body));
    }
  else
    {
      const guint8 *key = input->length >= 32 ? input->bytes : p2p_identity_peek_public_key (to.identity);

      box = g_bytes_new (input->bytes, input->length);
      g_assert_null (open_box (&from, &to, box));
      /* whatever key: a box, or words */
      body = p2p_seal_box (from.identity, key, NETWORK, from.id, to.id, box, &random.base, NULL);
      g_assert_true (body != NULL || input->length >= 32);
    }
  clear_node (&from);
  clear_node (&to);
}

#define PASSPHRASE "K\xc3\xa4se und Brot"

static gboolean
import (const char *text)
{
  g_autoptr (GError) error = NULL;
  P2pIdentity *identity = p2p_identity_import (text, PASSPHRASE, &error);

  g_assert_cmpint (identity != NULL, ==, error == NULL);
  if (identity != NULL)
    p2p_identity_unref (identity);
  return error == NULL;
}

/* Ours, with a letter changed: what is read then says the same only where white space between the two lines became other white space. */
static void
try_changed_identity (FuzzInput *input)
{
  static const guint8 zeros[16];
  Node node = make_node (1);
  g_autofree char *text = p2p_identity_export_with (node.identity, PASSPHRASE, 10, zeros, zeros, NULL);
  gsize length = strlen (text);
  char *letter = &text[fuzz_take_byte (input) % (length - 1)];   /* behind the last line anything may stand */
  gboolean between = letter >= strchr (text, '\n') && letter < strstr (text, "-----END");
  char before = *letter, after = (char) fuzz_take_byte (input);

  *letter = after;
  g_assert_cmpint (import (text), ==, before == after || (between && g_ascii_isspace (before) && g_ascii_isspace (after)));
  clear_node (&node);
}

/* As text, and as bytes whose check is right and which ask for next to no work, unless they ask for what is refused. */
static void
try_identity (FuzzInput *input, gboolean as_bytes)
{
  guint8 file[FILE_LENGTH], digest[P2P_SHA256_LENGTH];
  gsize length = as_bytes ? CHECK_AT : input->length;
  const guint8 *bytes = fuzz_take_bytes (input, &length);
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  g_autofree char *whole = g_strconcat ("-----BEGIN ROUNDTABLE IDENTITY-----\n", text, NULL);
  g_autofree char *base64 = NULL;
  g_autofree char *armoured = NULL;

  if (!as_bytes && length == 2)
    {
      FuzzInput two = { bytes, length };

      try_changed_identity (&two);
      return;
    }
  if (!as_bytes)
    {
      import (text);
      import (whole);
      return;
    }
  memset (file, 0, sizeof file);
  if (length > 0)
    memcpy (file, bytes, length);
  if (((guint64) 128 << MIN (file[1], 40)) * file[2] * file[3] <= (guint64) 256 << 20)
    {
      file[1] = MIN (file[1], 10);
      file[2] = file[3] = 1;
    }
  p2p_sha256 (file, CHECK_AT, digest);
  memcpy (file + CHECK_AT, digest, FILE_LENGTH - CHECK_AT);
  base64 = g_base64_encode (file, sizeof file);
  armoured = g_strconcat ("-----BEGIN ROUNDTABLE IDENTITY-----\n", base64, "\n-----END ROUNDTABLE IDENTITY-----\n", NULL);
  import (armoured);
}

static void
try_texts (FuzzInput *input)
{
  g_autofree char *text = g_strndup ((const char *) input->bytes, input->length);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (p2p_secret_is_text (text, &error), ==, error == NULL);
  if (error != NULL)
    g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };

  if (length == 0 || length > MOST_INPUT)
    return 0;
  switch (fuzz_take_byte (&input) % 8)
    {
    case 0: try_proof (&input); break;
    case 1: try_changed_proof (&input); break;
    case 2: try_leaves (&input); break;
    case 3: try_box (&input, FALSE); break;
    case 4: try_box (&input, TRUE); break;
    case 5: try_identity (&input, FALSE); break;
    case 6: try_identity (&input, TRUE); break;
    default: try_texts (&input); break;
    }
  return 0;
}
