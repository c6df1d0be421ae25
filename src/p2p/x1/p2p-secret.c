/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-secret-private.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "../wire/p2p-types.h"

/* scrypt, RFC 7914: 32 MiB and about a tenth of a second for each guess */
#define COST (1 << 15)
#define BLOCK 8
#define PARALLEL 1
#define MEMORY (64 << 20)
/* between groups of so many */
#define GROUP 4

/* With its NUL byte: part of the salt. */
static const char domain[] = "p2p-x1-secret";

struct _P2pSecret {
  gatomicrefcount refs;
  guint8 key[P2P_SECRET_KEY_LENGTH];
};

G_DEFINE_BOXED_TYPE (P2pSecret, p2p_secret, p2p_secret_ref, p2p_secret_unref)

static void
free_text (char *text)
{
  if (text != NULL)
    OPENSSL_cleanse (text, strlen (text));
  g_free (text);
}

/* The same text, however it was typed: NFC, without space around it. */
static char *
normalise (const char *text, GError **error)
{
  char *normal = g_utf8_validate (text, -1, NULL) ? g_utf8_normalize (text, -1, G_NORMALIZE_NFC) : NULL;

  if (normal == NULL)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "The secret is no text");
      return NULL;
    }
  g_strstrip (normal);
  if (strlen (normal) >= P2P_SECRET_MIN_LENGTH && strlen (normal) <= P2P_SECRET_MAX_LENGTH)
    return normal;
  if (strlen (normal) < P2P_SECRET_MIN_LENGTH)
    g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "The secret is too short: it needs %d letters or digits", P2P_SECRET_MIN_LENGTH);
  else
    g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "The secret is too long: %d letters or digits are enough", P2P_SECRET_MAX_LENGTH);
  free_text (normal);
  return NULL;
}

/**
 * p2p_secret_is_text:
 * @text: what somebody typed
 * @error: return location
 *
 * Could this be the secret of a network? In no time, unlike p2p_secret_new().
 *
 * Returns: whether it is UTF-8 of a length between %P2P_SECRET_MIN_LENGTH and %P2P_SECRET_MAX_LENGTH; %FALSE with %P2P_LINK_ERROR_SECRET
 */
gboolean
p2p_secret_is_text (const char *text, GError **error)
{
  char *normal;

  g_return_val_if_fail (text != NULL, FALSE);

  normal = normalise (text, error);
  free_text (normal);
  return normal != NULL;
}

/**
 * p2p_secret_new:
 * @text: the secret, as its people know it; space around it does not count
 * @protocol_id: the network, p2p_protocol_get_id()
 * @error: return location
 *
 * Prepares the secret of a network. This takes about a tenth of a second and 32 MiB, on purpose, so that nobody tries many: call it in a
 * thread where that matters. The same text in another network is another secret.
 *
 * Returns: (transfer full): the secret, or %NULL with %P2P_LINK_ERROR_SECRET when the text is too short, too long or no UTF-8
 */
P2pSecret *
p2p_secret_new (const char *text, const char *protocol_id, GError **error)
{
  g_autoptr (GByteArray) salt = NULL;
  P2pSecret *self;
  char *normal;
  gboolean done;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (protocol_id != NULL, NULL);

  normal = normalise (text, error);
  if (normal == NULL)
    return NULL;
  salt = g_byte_array_new ();
  g_byte_array_append (salt, (const guint8 *) domain, sizeof domain);
  g_byte_array_append (salt, (const guint8 *) protocol_id, (guint) strlen (protocol_id));

  self = g_new0 (P2pSecret, 1);
  g_atomic_ref_count_init (&self->refs);
  done = EVP_PBE_scrypt (normal, strlen (normal), salt->data, salt->len, COST, BLOCK, PARALLEL, MEMORY, self->key, sizeof self->key) == 1;
  free_text (normal);
  if (!done)
    {
      ERR_clear_error ();
      p2p_secret_unref (self);
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED, "OpenSSL could not prepare the secret: is there too little memory?");
      return NULL;
    }
  return self;
}

/**
 * p2p_secret_ref:
 * @self: a secret
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): the same one
 */
P2pSecret *
p2p_secret_ref (P2pSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * p2p_secret_unref:
 * @self: (transfer full): a secret
 *
 * With the last reference it is wiped.
 */
void
p2p_secret_unref (P2pSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  OPENSSL_cleanse (self->key, sizeof self->key);
  g_free (self);
}

const guint8 *
p2p_secret_peek_key (P2pSecret *self)
{
  return self->key;
}

gboolean
p2p_secret_equal (P2pSecret *a, P2pSecret *b)
{
  return CRYPTO_memcmp (a->key, b->key, P2P_SECRET_KEY_LENGTH) == 0;
}

/* As base32 has it: no 0, 1 or 8, which look like letters. */
char *
p2p_secret_spell (const guint8 random[P2P_SECRET_N_RANDOM])
{
  GString *text = g_string_sized_new (P2P_SECRET_N_RANDOM * 2);

  for (guint i = 0; i < P2P_SECRET_N_RANDOM; i++)
    {
      if (i > 0 && i % GROUP == 0)
        g_string_append_c (text, '-');
      g_string_append_c (text, "abcdefghijklmnopqrstuvwxyz234567"[random[i] % 32]);
    }
  return g_string_free (text, FALSE);
}
