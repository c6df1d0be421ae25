/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-seal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-types.h"
#include "p2p-x1-bytes.h"

#define KEY 32
#define NONCE 12
#define TAG 16
#define HEAD (P2P_PUBLIC_KEY_LENGTH + P2P_SIGNATURE_LENGTH)
G_STATIC_ASSERT (P2P_SEAL_OVERHEAD == KEY + TAG + HEAD);

/* With its NUL byte: part of what is signed. */
static const char domain[] = "p2p-x1-seal";

/* From the y of an Edwards curve to the u of Montgomery's: (1 + y) / (1 - y) modulo 2^255 - 19 (RFC 7748, 4.1). */
static gboolean
get_x25519_public (const guint8 pub[P2P_PUBLIC_KEY_LENGTH], guint8 u[KEY])
{
  BN_CTX *context = BN_CTX_new ();
  BIGNUM *prime = NULL, *y = NULL, *above = BN_new (), *below = BN_new ();
  guint8 bytes[P2P_PUBLIC_KEY_LENGTH];
  gboolean done;

  memcpy (bytes, pub, sizeof bytes);
  bytes[31] &= 0x7f;
  y = BN_lebin2bn (bytes, sizeof bytes, NULL);
  done = p2p_key_is_sound (pub) && context != NULL && y != NULL && above != NULL && below != NULL
         && BN_hex2bn (&prime, "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed") != 0
         && BN_mod_add (above, BN_value_one (), y, prime, context) && BN_mod_sub (below, BN_value_one (), y, prime, context)
         && BN_mod_inverse (below, below, prime, context) != NULL && BN_mod_mul (above, above, below, prime, context)
         && BN_bn2lebinpad (above, u, KEY) == KEY;
  BN_free (prime);
  BN_free (y);
  BN_free (above);
  BN_free (below);
  BN_CTX_free (context);
  return done;
}

/* What both sides come to; FALSE when the other's point is none of a useful order. */
static gboolean
agree (EVP_PKEY *own, const guint8 *theirs, guint8 shared[KEY])
{
  EVP_PKEY *peer = EVP_PKEY_new_raw_public_key (EVP_PKEY_X25519, NULL, theirs, KEY);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (own, NULL);
  gsize length = KEY;
  gboolean done = peer != NULL && context != NULL && EVP_PKEY_derive_init (context) == 1 && EVP_PKEY_derive_set_peer (context, peer) == 1
                  && EVP_PKEY_derive (context, shared, &length) == 1 && length == KEY;

  EVP_PKEY_CTX_free (context);
  EVP_PKEY_free (peer);
  return done;
}

/* HKDF-SHA256: the key, and the nonce behind it. */
static gboolean
derive (guint8 shared[KEY], const guint8 *eph, const guint8 *receiver, const char *network, guint8 keys[KEY + NONCE])
{
  g_autoptr (GByteArray) info = g_byte_array_new ();
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, OSSL_KDF_NAME_HKDF, NULL);
  EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new (kdf) : NULL;
  guint8 salt[2 * KEY];
  char digest[] = "SHA2-256";
  OSSL_PARAM params[5];
  gboolean done;

  memcpy (salt, eph, KEY);
  memcpy (salt + KEY, receiver, KEY);
  g_byte_array_append (info, (const guint8 *) domain, sizeof domain);
  p2p_bytes_add_text (info, network);
  params[0] = OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, digest, 0);
  params[1] = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_KEY, shared, KEY);
  params[2] = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, salt, sizeof salt);
  params[3] = OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_INFO, info->data, info->len);
  params[4] = OSSL_PARAM_construct_end ();
  done = context != NULL && EVP_KDF_derive (context, keys, KEY + NONCE, params) == 1;
  EVP_KDF_CTX_free (context);
  EVP_KDF_free (kdf);
  return done;
}

/* The keys of a box: by our half of the agreement and the public half of the other side. */
static gboolean
get_keys (const guint8 secret[KEY], const guint8 theirs[KEY], const guint8 *eph, const guint8 *receiver, const char *network, guint8 keys[KEY + NONCE])
{
  EVP_PKEY *own = EVP_PKEY_new_raw_private_key (EVP_PKEY_X25519, NULL, secret, KEY);
  guint8 shared[KEY];
  gboolean done = own != NULL && agree (own, theirs, shared) && derive (shared, eph, receiver, network, keys);

  OPENSSL_cleanse (shared, sizeof shared);
  EVP_PKEY_free (own);
  if (!done)
    ERR_clear_error ();
  return done;
}

static gboolean
get_public (const guint8 secret[KEY], guint8 pub[KEY])
{
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key (EVP_PKEY_X25519, NULL, secret, KEY);
  gsize length = KEY;
  gboolean done = key != NULL && EVP_PKEY_get_raw_public_key (key, pub, &length) == 1;

  EVP_PKEY_free (key);
  return done;
}

/* out has room for the text and, encrypting, for the tag behind it. */
static gboolean
crypt_with (gboolean encrypt, const guint8 keys[KEY + NONCE], GByteArray *aad, const guint8 *in, gsize length, guint8 *tag, guint8 *out)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  int n = 0;
  gboolean done = context != NULL && EVP_CipherInit_ex (context, EVP_chacha20_poly1305 (), NULL, keys, keys + KEY, encrypt) == 1
                  && EVP_CipherUpdate (context, NULL, &n, aad->data, (int) aad->len) == 1
                  && EVP_CipherUpdate (context, out, &n, in, (int) length) == 1
                  && (encrypt || EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1)
                  && EVP_CipherFinal_ex (context, out + length, &n) == 1
                  && (!encrypt || EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);

  EVP_CIPHER_CTX_free (context);
  if (!done)
    ERR_clear_error ();
  return done;
}

/* What comes off the wire as an id was looked at before; what is no id can have any length. */
static gboolean
are_ids (const char *from_id, const char *to_id)
{
  return strlen (from_id) <= G_MAXUINT16 && strlen (to_id) <= G_MAXUINT16;
}

static GByteArray *
make_aad (const char *from_id, const char *to_id)
{
  GByteArray *aad = g_byte_array_new ();

  p2p_bytes_add_text (aad, from_id);
  p2p_bytes_add_text (aad, to_id);
  return aad;
}

static GByteArray *
make_statement (const char *network, const char *from_id, const char *to_id, const guint8 *eph, const guint8 *body, gsize length)
{
  GByteArray *statement = g_byte_array_sized_new (384);
  guint8 digest[P2P_SHA256_LENGTH];

  g_byte_array_append (statement, (const guint8 *) domain, sizeof domain);
  p2p_bytes_add_text (statement, network);
  p2p_bytes_add_text (statement, from_id);
  p2p_bytes_add_text (statement, to_id);
  g_byte_array_append (statement, eph, KEY);
  p2p_sha256 (body, length, digest);
  g_byte_array_append (statement, digest, sizeof digest);
  return statement;
}

static GBytes * G_GNUC_PRINTF (3, 4)
fail (GError **error, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (P2P_LINK_ERROR, code, format, args));
  va_end (args);
  return NULL;
}

GBytes *
p2p_seal_box (P2pIdentity *from, const guint8 to_pub[32], const char *network, const char *from_id, const char *to_id, GBytes *body,
              P2pRandom *random, GError **error)
{
  g_autoptr (GByteArray) statement = NULL;
  g_autoptr (GByteArray) aad = NULL;
  guint8 secret[KEY], receiver[KEY], keys[KEY + NONCE];
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (body, &length);
  guint8 *box, *plain;
  gboolean done;

  if (length > P2P_SEAL_MAX_BODY || !are_ids (from_id, to_id))
    return fail (error, P2P_LINK_ERROR_FAILED, "What should be sealed for %.100s is too long", to_id);
  if (!get_x25519_public (to_pub, receiver))
    return fail (error, P2P_LINK_ERROR_IDENTITY, "The key of %s is none that anything can be sealed for", to_id);

  aad = make_aad (from_id, to_id);
  box = g_malloc (P2P_SEAL_OVERHEAD + length);
  plain = g_malloc (HEAD + length);
  p2p_random_fill (random, secret, sizeof secret);
  done = get_public (secret, box) && get_keys (secret, receiver, box, receiver, network, keys);
  OPENSSL_cleanse (secret, sizeof secret);
  if (done)
    {
      statement = make_statement (network, from_id, to_id, box, bytes, length);
      memcpy (plain, p2p_identity_peek_public_key (from), P2P_PUBLIC_KEY_LENGTH);
      if (length > 0)
        memcpy (plain + HEAD, bytes, length);
      done = p2p_identity_sign (from, statement->data, statement->len, plain + P2P_PUBLIC_KEY_LENGTH)
             && crypt_with (TRUE, keys, aad, plain, HEAD + length, box + KEY + HEAD + length, box + KEY);
    }
  OPENSSL_cleanse (keys, sizeof keys);
  OPENSSL_cleanse (plain, HEAD + length);
  g_free (plain);
  if (!done)
    {
      g_free (box);
      return fail (error, P2P_LINK_ERROR_FAILED, "OpenSSL could not seal what was for %s", to_id);
    }
  return g_bytes_new_take (box, P2P_SEAL_OVERHEAD + length);
}

GBytes *
p2p_seal_open (P2pIdentity *to, const char *network, const char *from_id, const char *to_id, GBytes *box, guint8 from_pub[32], GError **error)
{
  g_autoptr (GByteArray) statement = NULL;
  g_autoptr (GByteArray) aad = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autofree char *id = NULL;
  guint8 secret[KEY], receiver[KEY], keys[KEY + NONCE], tag[TAG];
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (box, &length);
  guint8 *text;
  gboolean done;

  if (length < P2P_SEAL_OVERHEAD || length > (gsize) P2P_SEAL_OVERHEAD + P2P_SEAL_MAX_BODY || !are_ids (from_id, to_id))
    return fail (error, P2P_LINK_ERROR_IDENTITY, "What %.100s sealed is not whole", from_id);
  text = g_try_malloc (length - KEY - TAG);
  if (text == NULL)
    return fail (error, P2P_LINK_ERROR_MEMORY, "There is no memory for what %s sealed", from_id);
  aad = make_aad (from_id, to_id);
  memcpy (tag, bytes + length - TAG, TAG);
  p2p_identity_get_x25519_secret (to, secret);
  done = get_public (secret, receiver) && get_keys (secret, bytes, bytes, receiver, network, keys)
         && crypt_with (FALSE, keys, aad, bytes + KEY, length - KEY - TAG, tag, text);
  OPENSSL_cleanse (secret, sizeof secret);
  OPENSSL_cleanse (keys, sizeof keys);
  plain = g_bytes_new_take (text, length - KEY - TAG);
  if (!done)
    return fail (error, P2P_LINK_ERROR_IDENTITY, "What %s sealed is not whole, or not for this node", from_id);

  id = p2p_key_to_node_id (text, network);
  statement = make_statement (network, from_id, to_id, bytes, text + HEAD, g_bytes_get_size (plain) - HEAD);
  if (strcmp (id, from_id) != 0 || !p2p_key_verify (text, statement->data, statement->len, text + P2P_PUBLIC_KEY_LENGTH))
    return fail (error, P2P_LINK_ERROR_IDENTITY, "What was sealed in the name of %s is not signed by it", from_id);
  memcpy (from_pub, text, P2P_PUBLIC_KEY_LENGTH);
  return g_bytes_new_from_bytes (plain, HEAD, g_bytes_get_size (plain) - HEAD);
}
