/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-verifier.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-types.h"

#define N_KEYS 256
#define N_RIGHT 4096
#define DIGEST P2P_SHA256_LENGTH

/* A key, ready for use, and the id that it is in one network. */
typedef struct {
  guint8    pub[P2P_PUBLIC_KEY_LENGTH];
  EVP_PKEY *key;
  char     *network;
  char     *id;
} Key;

/* Both are rings: the oldest makes room. Whoever fills them with keys and signatures of his own only makes us check again. */
struct _P2pVerifier {
  gatomicrefcount refs;
  GHashTable *key_of;             /* pub -> Key, in keys */
  GHashTable *is_right;           /* digest, in right */
  Key        *keys;
  guint8     *right;
  guint       n_keys, next_key;
  guint       n_right, next_right;
  guint64     n_checked;
  EVP_MD_CTX *context;
};

/* What is hashed here is uniform already. */
static guint
hash_bytes (gconstpointer bytes)
{
  guint hash;

  memcpy (&hash, bytes, sizeof hash);
  return hash;
}

static gboolean
equal_bytes (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, DIGEST) == 0;
}

/**
 * p2p_verifier_new:
 *
 * Makes a verifier that has seen nothing yet.
 *
 * Returns: (transfer full): a new one
 */
P2pVerifier *
p2p_verifier_new (void)
{
  P2pVerifier *self = g_new0 (P2pVerifier, 1);

  g_atomic_ref_count_init (&self->refs);
  self->key_of = g_hash_table_new (hash_bytes, equal_bytes);
  self->is_right = g_hash_table_new (hash_bytes, equal_bytes);
  self->keys = g_new0 (Key, N_KEYS);
  self->context = EVP_MD_CTX_new ();
  if (self->context == NULL)
    g_error ("There is no memory for a signature to be checked");
  return self;
}

static void
clear_key (Key *key)
{
  EVP_PKEY_free (key->key);
  g_free (key->network);
  g_free (key->id);
  memset (key, 0, sizeof *key);
}

/**
 * p2p_verifier_ref:
 * @self: a verifier
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the same one
 */
P2pVerifier *
p2p_verifier_ref (P2pVerifier *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * p2p_verifier_unref:
 * @self: (transfer full): a verifier
 *
 * With the last reference it forgets all.
 */
void
p2p_verifier_unref (P2pVerifier *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n_keys; i++)
    clear_key (&self->keys[i]);
  g_hash_table_unref (self->key_of);
  g_hash_table_unref (self->is_right);
  EVP_MD_CTX_free (self->context);
  g_free (self->keys);
  g_free (self->right);
  g_free (self);
}

/* NULL: not that of signer_id */
static Key *
find_key (P2pVerifier *self, const guint8 *pub, const char *network, const char *signer_id)
{
  Key *key = g_hash_table_lookup (self->key_of, pub);
  g_autofree char *id = NULL;

  if (key != NULL && strcmp (key->network, network) == 0)
    return strcmp (key->id, signer_id) == 0 ? key : NULL;
  id = p2p_key_to_node_id (pub, network);
  if (strcmp (id, signer_id) != 0)
    return NULL;

  if (key == NULL)
    {
      key = &self->keys[self->next_key];
      self->next_key = (self->next_key + 1) % N_KEYS;
      if (self->n_keys == N_KEYS)
        {
          g_hash_table_remove (self->key_of, key->pub);
          clear_key (key);
        }
      else
        self->n_keys++;
      memcpy (key->pub, pub, sizeof key->pub);
      g_hash_table_insert (self->key_of, key->pub, key);
    }
  g_free (key->network);
  g_free (key->id);
  key->network = g_strdup (network);
  key->id = g_steal_pointer (&id);
  return key;
}

static gboolean
is_signature_right (P2pVerifier *self, Key *key, const guint8 *signature, GByteArray *statement)
{
  gboolean is_right;

  self->n_checked++;
  if (key->key == NULL && p2p_key_is_sound (key->pub))
    key->key = EVP_PKEY_new_raw_public_key (EVP_PKEY_ED25519, NULL, key->pub, sizeof key->pub);
  is_right = key->key != NULL && EVP_DigestVerifyInit (self->context, NULL, NULL, NULL, key->key) == 1
             && EVP_DigestVerify (self->context, signature, P2P_SIGNATURE_LENGTH, statement->data, statement->len) == 1;
  EVP_MD_CTX_reset (self->context);
  if (!is_right)
    ERR_clear_error ();
  return is_right;
}

static void
remember (P2pVerifier *self, const guint8 *digest)
{
  guint8 *place;

  if (self->right == NULL)
    self->right = g_malloc (N_RIGHT * DIGEST);
  place = self->right + (gsize) self->next_right * DIGEST;
  self->next_right = (self->next_right + 1) % N_RIGHT;
  if (self->n_right == N_RIGHT)
    g_hash_table_remove (self->is_right, place);
  else
    self->n_right++;
  memcpy (place, digest, DIGEST);
  g_hash_table_add (self->is_right, place);
}

/* What a signature is remembered by: whose, which and over what. */
static void
get_digest (const P2pProofView *view, GByteArray *statement, guint8 *digest)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (256);

  g_byte_array_append (bytes, view->pub, P2P_PUBLIC_KEY_LENGTH);
  g_byte_array_append (bytes, view->signature, P2P_SIGNATURE_LENGTH);
  g_byte_array_append (bytes, statement->data, statement->len);
  p2p_sha256 (bytes->data, bytes->len, digest);
}

static gboolean
check (P2pVerifier *self, GBytes *proof, const char *domain, const char *network, const char *signer_id,
       const guint8 *id, gboolean only_known, GError **error)
{
  g_autoptr (GByteArray) statement = NULL;
  guint8 root[P2P_SHA256_LENGTH], digest[DIGEST];
  P2pProofView view;
  Key *key;

  if (!p2p_proof_read (proof, &view))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "What should prove that something is of %s is no proof", signer_id);
      return FALSE;
    }
  key = find_key (self, view.pub, network, signer_id);
  if (key == NULL)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "The key of the proof is not that of %s", signer_id);
      return FALSE;
    }
  p2p_proof_get_root (&view, id, root);
  statement = p2p_proof_get_statement (domain, network, view.n_leaves, root);
  get_digest (&view, statement, digest);
  if (g_hash_table_contains (self->is_right, digest))
    return TRUE;
  if (only_known || !is_signature_right (self, key, view.signature, statement))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "The signature is not one of %s over this", signer_id);
      return FALSE;
    }
  remember (self, digest);
  return TRUE;
}

gboolean
p2p_verifier_check (P2pVerifier *self, GBytes *proof, const char *domain, const char *network, const char *signer_id,
                    const guint8 id[32], GError **error)
{
  return check (self, proof, domain, network, signer_id, id, FALSE, error);
}

gboolean
p2p_verifier_knows (P2pVerifier *self, GBytes *proof, const char *domain, const char *network, const char *signer_id, const guint8 id[32])
{
  return check (self, proof, domain, network, signer_id, id, TRUE, NULL);
}

guint64
p2p_verifier_get_n_checked (P2pVerifier *self)
{
  return self->n_checked;
}
