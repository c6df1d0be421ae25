/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-identity-private.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "../wire/p2p-digest.h"

/* With its NUL byte: part of what is hashed. */
static const char id_prefix[] = "p2p-id-v1";

struct _P2pIdentity {
  gatomicrefcount refs;
  EVP_PKEY *key;
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  guint8 public_key[P2P_PUBLIC_KEY_LENGTH];
};

G_DEFINE_BOXED_TYPE (P2pIdentity, p2p_identity, p2p_identity_ref, p2p_identity_unref)

/**
 * p2p_identity_new_from_seed:
 * @seed: 32 random bytes, the secret
 * @error: return location
 *
 * Makes the Ed25519 key that these bytes are. The same bytes always make the same key, so a program keeps them, readable by
 * its owner only, and has the same node id after each start.
 *
 * Returns: (transfer full): the identity, or %NULL with %P2P_LINK_ERROR_FAILED when the seed has another length
 */
P2pIdentity *
p2p_identity_new_from_seed (GBytes *seed, GError **error)
{
  gsize length = 0;
  gsize public_length = P2P_PUBLIC_KEY_LENGTH;
  const guint8 *bytes;
  P2pIdentity *self;
  EVP_PKEY *key;

  g_return_val_if_fail (seed != NULL, NULL);

  bytes = g_bytes_get_data (seed, &length);
  if (length != P2P_IDENTITY_SEED_LENGTH)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED,
                   "The seed of an identity has %d bytes, not %" G_GSIZE_FORMAT, P2P_IDENTITY_SEED_LENGTH, length);
      return NULL;
    }
  key = EVP_PKEY_new_raw_private_key (EVP_PKEY_ED25519, NULL, bytes, length);
  if (key == NULL)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED, "This build of OpenSSL makes no Ed25519 key");
      return NULL;
    }

  self = g_new0 (P2pIdentity, 1);
  g_atomic_ref_count_init (&self->refs);
  self->key = key;
  memcpy (self->seed, bytes, length);
  if (EVP_PKEY_get_raw_public_key (key, self->public_key, &public_length) != 1 || public_length != P2P_PUBLIC_KEY_LENGTH)
    {
      p2p_identity_unref (self);
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED, "OpenSSL could not tell the public key of an Ed25519 key");
      return NULL;
    }
  return self;
}

/**
 * p2p_identity_ref:
 * @self: an identity
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): the same one
 */
P2pIdentity *
p2p_identity_ref (P2pIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * p2p_identity_unref:
 * @self: (transfer full): an identity
 *
 * With the last reference the secret is wiped.
 */
void
p2p_identity_unref (P2pIdentity *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  EVP_PKEY_free (self->key);
  OPENSSL_cleanse (self->seed, sizeof self->seed);
  g_free (self);
}

/**
 * p2p_identity_get_public_key:
 * @self: an identity
 *
 * The public half of the key, which others may see.
 *
 * Returns: (transfer full): the 32 bytes of the public key
 */
GBytes *
p2p_identity_get_public_key (P2pIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->public_key, sizeof self->public_key);
}

static void
free_seed (gpointer seed)
{
  OPENSSL_cleanse (seed, P2P_IDENTITY_SEED_LENGTH);
  g_free (seed);
}

GBytes *
p2p_identity_copy_seed (const guint8 seed[P2P_IDENTITY_SEED_LENGTH])
{
  guint8 *copy = g_memdup2 (seed, P2P_IDENTITY_SEED_LENGTH);

  return g_bytes_new_with_free_func (copy, P2P_IDENTITY_SEED_LENGTH, free_seed, copy);
}

/**
 * p2p_identity_get_seed:
 * @self: an identity
 *
 * The secret, for keeping. Whoever has it is this node. The bytes are wiped when they are freed.
 *
 * Returns: (transfer full): the 32 bytes that p2p_identity_new_from_seed() takes
 */
GBytes *
p2p_identity_get_seed (P2pIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return p2p_identity_copy_seed (self->seed);
}

/**
 * p2p_identity_get_node_id:
 * @self: an identity
 * @protocol: the network
 *
 * The id of the node that has this identity in this network. Ids of one identity in two networks do not tell that they
 * belong together.
 *
 * Returns: (transfer full): the id
 */
char *
p2p_identity_get_node_id (P2pIdentity *self, P2pProtocol *protocol)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (protocol != NULL, NULL);

  return p2p_key_to_node_id (self->public_key, p2p_protocol_get_id (protocol));
}

const guint8 *
p2p_identity_peek_public_key (P2pIdentity *self)
{
  return self->public_key;
}

gboolean
p2p_identity_sign (P2pIdentity *self, const guint8 *bytes, gsize length, guint8 signature[P2P_SIGNATURE_LENGTH])
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gsize signature_length = P2P_SIGNATURE_LENGTH;
  gboolean done = context != NULL && EVP_DigestSignInit (context, NULL, NULL, NULL, self->key) == 1
                  && EVP_DigestSign (context, signature, &signature_length, bytes, length) == 1;

  EVP_MD_CTX_free (context);
  if (!done)
    ERR_clear_error ();
  return done;
}

/* RFC 8032 makes the scalar of an Ed25519 key in this way; RFC 7748 takes the same scalar. */
void
p2p_identity_get_x25519_secret (P2pIdentity *self, guint8 secret[32])
{
  guint8 hash[P2P_DIGEST_MAX_LENGTH];

  p2p_digest_compute (P2P_DIGEST_SHA512, self->seed, sizeof self->seed, hash);
  memcpy (secret, hash, 32);
  secret[0] &= 0xf8;
  secret[31] = (secret[31] & 0x7f) | 0x40;
  OPENSSL_cleanse (hash, sizeof hash);
}

gboolean
p2p_key_is_sound (const guint8 pub[P2P_PUBLIC_KEY_LENGTH])
{
  /* The y of every point whose order divides 8, below the field's prime; the bit of x aside. */
  static const guint8 small[][P2P_PUBLIC_KEY_LENGTH] = {
    { 0x00 },
    { 0x01 },
    { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
      0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
    { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
      0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
    { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
  };
  guint8 y[P2P_PUBLIC_KEY_LENGTH];
  gboolean is_canonical;

  memcpy (y, pub, sizeof y);
  y[31] &= 0x7f;
  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    if (memcmp (y, small[i], sizeof y) == 0)
      return FALSE;
  /* the prime is 2^255 - 19 */
  is_canonical = y[0] < 0xed || y[31] != 0x7f;
  for (guint i = 1; i < 31; i++)
    is_canonical |= y[i] != 0xff;
  return is_canonical;
}

gboolean
p2p_key_verify (const guint8 pub[P2P_PUBLIC_KEY_LENGTH], const guint8 *bytes, gsize length, const guint8 signature[P2P_SIGNATURE_LENGTH])
{
  EVP_MD_CTX *context;
  EVP_PKEY *key;
  gboolean is_right;

  if (!p2p_key_is_sound (pub))
    return FALSE;
  key = EVP_PKEY_new_raw_public_key (EVP_PKEY_ED25519, NULL, pub, P2P_PUBLIC_KEY_LENGTH);
  context = EVP_MD_CTX_new ();
  is_right = key != NULL && context != NULL && EVP_DigestVerifyInit (context, NULL, NULL, NULL, key) == 1
             && EVP_DigestVerify (context, signature, P2P_SIGNATURE_LENGTH, bytes, length) == 1;
  EVP_MD_CTX_free (context);
  EVP_PKEY_free (key);
  if (!is_right)
    ERR_clear_error ();
  return is_right;
}

char *
p2p_key_to_node_id (const guint8 pub[P2P_PUBLIC_KEY_LENGTH], const char *network)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();

  g_byte_array_append (text, (const guint8 *) id_prefix, sizeof id_prefix);
  g_byte_array_append (text, pub, P2P_PUBLIC_KEY_LENGTH);
  g_byte_array_append (text, (const guint8 *) network, strlen (network));
  return p2p_digest_base58 (P2P_DIGEST_SHA384, text->data, text->len);
}
