/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make-proof.h"

#include <openssl/evp.h>
#include <string.h>

/* docs/x1.md: version 1 | pub | signature | index | n_leaves | note_length, of a leaf alone. */
GBytes *
make_proof (P2pIdentity *identity, const char *protocol_id, GBytes *message_id)
{
  g_autoptr (GBytes) seed = p2p_identity_get_seed (identity), pub = p2p_identity_get_public_key (identity);
  g_autoptr (GByteArray) said = g_byte_array_new (), proof = g_byte_array_new ();
  g_autoptr (GChecksum) leaf = g_checksum_new (G_CHECKSUM_SHA256);
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key (EVP_PKEY_ED25519, NULL, g_bytes_get_data (seed, NULL), 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  guint8 root[32], signature[64];
  gsize length = sizeof root, n = sizeof signature;
  guint16 id_length = GUINT16_TO_BE ((guint16) strlen (protocol_id));

  g_checksum_update (leaf, (const guchar *) "\0", 1);
  g_checksum_update (leaf, g_bytes_get_data (message_id, NULL), 32);
  g_checksum_update (leaf, (const guchar *) "\0", 1);
  g_checksum_get_digest (leaf, root, &length);

  g_byte_array_append (said, (const guint8 *) "p2p-x1-sig", sizeof "p2p-x1-sig");
  g_byte_array_append (said, (const guint8 *) &id_length, 2);
  g_byte_array_append (said, (const guint8 *) protocol_id, (guint) strlen (protocol_id));
  g_byte_array_append (said, (const guint8 *) "\0\1", 2);
  g_byte_array_append (said, root, sizeof root);
  g_assert_cmpint (EVP_DigestSignInit (context, NULL, NULL, NULL, key), ==, 1);
  g_assert_cmpint (EVP_DigestSign (context, signature, &n, said->data, said->len), ==, 1);
  EVP_MD_CTX_free (context);
  EVP_PKEY_free (key);

  g_byte_array_append (proof, (const guint8 *) "\1", 1);
  g_byte_array_append (proof, g_bytes_get_data (pub, NULL), 32);
  g_byte_array_append (proof, signature, sizeof signature);
  g_byte_array_append (proof, (const guint8 *) "\0\0\0\1\0", 5);
  return g_byte_array_free_to_bytes (g_steal_pointer (&proof));
}

P2pIdentity *
make_identity (guint8 of)
{
  guint8 seed[32];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  P2pIdentity *identity;

  memset (seed, of, sizeof seed);
  bytes = g_bytes_new (seed, sizeof seed);
  identity = p2p_identity_new_from_seed (bytes, &error);
  g_assert_no_error (error);
  return identity;
}
