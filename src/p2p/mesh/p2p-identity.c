/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-identity.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "../wire/p2p-digest.h"

#define PUBLIC_KEY_LENGTH 32
/* With its NUL byte: part of what is hashed. */
static const char id_prefix[] = "p2p-id-v1";

struct _P2pIdentity {
  gatomicrefcount refs;
  EVP_PKEY *key;
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  guint8 public_key[PUBLIC_KEY_LENGTH];
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
  gsize public_length = PUBLIC_KEY_LENGTH;
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
  if (EVP_PKEY_get_raw_public_key (key, self->public_key, &public_length) != 1 || public_length != PUBLIC_KEY_LENGTH)
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

/**
 * p2p_identity_get_seed:
 * @self: an identity
 *
 * The secret, for keeping. Whoever has it is this node.
 *
 * Returns: (transfer full): the 32 bytes that p2p_identity_new_from_seed() takes
 */
GBytes *
p2p_identity_get_seed (P2pIdentity *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->seed, sizeof self->seed);
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
  g_autoptr (GByteArray) text = NULL;
  const char *network;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (protocol != NULL, NULL);

  network = p2p_protocol_get_id (protocol);
  text = g_byte_array_new ();
  g_byte_array_append (text, (const guint8 *) id_prefix, sizeof id_prefix);
  g_byte_array_append (text, self->public_key, sizeof self->public_key);
  g_byte_array_append (text, (const guint8 *) network, strlen (network));
  return p2p_digest_base58 (P2P_DIGEST_SHA384, text->data, text->len);
}
