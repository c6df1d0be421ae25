/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-x1-transcript.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "p2p-secret-private.h"
#include "p2p-x1-bytes.h"

/* With their NUL bytes: part of what is signed. */
static const char auth_domain[] = "p2p-x1-auth";
static const char secret_domain[] = "p2p-x1-secret";

static void
add_key (GByteArray *array, const guint8 *pub)
{
  static const guint8 none[P2P_PUBLIC_KEY_LENGTH];

  g_byte_array_append (array, pub != NULL ? pub : none, P2P_PUBLIC_KEY_LENGTH);
}

GBytes *
p2p_auth_transcript (P2pAuthRole role, const char *signer_id, const char *other_id, const guint8 *signer_pub, const guint8 *other_pub,
                     const guint8 signer_nonce[32], const guint8 other_nonce[32], const char *network, const guint8 *binding)
{
  GByteArray *text = g_byte_array_sized_new (512);

  g_byte_array_append (text, (const guint8 *) auth_domain, sizeof auth_domain);
  p2p_bytes_add_u8 (text, role);
  p2p_bytes_add_text (text, signer_id);
  p2p_bytes_add_text (text, other_id);
  add_key (text, signer_pub);
  add_key (text, other_pub);
  g_byte_array_append (text, signer_nonce, P2P_AUTH_NONCE_LENGTH);
  g_byte_array_append (text, other_nonce, P2P_AUTH_NONCE_LENGTH);
  p2p_bytes_add_text (text, network);
  p2p_bytes_add_u8 (text, binding != NULL);
  if (binding != NULL)
    g_byte_array_append (text, binding, P2P_AUTH_BINDING_LENGTH);
  return g_byte_array_free_to_bytes (text);
}

gboolean
p2p_auth_sign (P2pIdentity *identity, GBytes *transcript, guint8 signature[64])
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (transcript, &length);

  return p2p_identity_sign (identity, bytes, length, signature);
}

gboolean
p2p_auth_check (const guint8 pub[32], GBytes *transcript, const guint8 signature[64])
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (transcript, &length);

  return p2p_key_verify (pub, bytes, length, signature);
}

void
p2p_auth_mac (P2pSecret *secret, GBytes *transcript, guint8 mac[32])
{
  g_autoptr (GByteArray) text = g_byte_array_sized_new (512);
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (transcript, &length);
  unsigned int size = P2P_AUTH_MAC_LENGTH;

  g_byte_array_append (text, (const guint8 *) secret_domain, sizeof secret_domain);
  g_byte_array_append (text, bytes, (guint) length);
  if (HMAC (EVP_sha256 (), p2p_secret_peek_key (secret), P2P_SECRET_KEY_LENGTH, text->data, text->len, mac, &size) == NULL)
    g_error ("OpenSSL could not compute an HMAC");
}

gboolean
p2p_auth_check_mac (P2pSecret *secret, GBytes *transcript, const guint8 mac[32])
{
  guint8 right[P2P_AUTH_MAC_LENGTH];

  p2p_auth_mac (secret, transcript, right);
  return CRYPTO_memcmp (right, mac, sizeof right) == 0;
}
