/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* version 1 | log2 N u8 | r u8 | p u8 | salt 16 | nonce 12 | seed 32, encrypted | tag 16 | check 4, in base64 between two lines (docs/x1.md) */
#include "p2p-identity-file-private.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "../mesh/p2p-identity-private.h"
#include "../wire/p2p-digest.h"

#define BEGIN "-----BEGIN ROUNDTABLE IDENTITY-----"
#define END "-----END ROUNDTABLE IDENTITY-----"
#define VERSION 1
#define SALT_AT 4
#define NONCE_AT (SALT_AT + P2P_IDENTITY_FILE_SALT)
#define SEED_AT (NONCE_AT + P2P_IDENTITY_FILE_NONCE)
#define TAG_AT (SEED_AT + P2P_IDENTITY_SEED_LENGTH)
#define TAG 16
#define CHECK_AT (TAG_AT + TAG)
#define CHECK 4
#define LENGTH (CHECK_AT + CHECK)
#define LINE 64
#define MAX_TEXT 65536
#define MAX_PASSPHRASE 1024
/* scrypt */
#define BLOCK 8
#define PARALLEL 1
/* what a file may ask for, and what OpenSSL needs besides */
#define MAX_MEMORY ((guint64) 256 << 20)
#define MORE_MEMORY ((guint64) 16 << 20)

static gboolean
fail (GError **error, int code, const char *words)
{
  g_set_error_literal (error, P2P_LINK_ERROR, code, words);
  return FALSE;
}

static void
free_text (char *text)
{
  if (text != NULL)
    OPENSSL_cleanse (text, strlen (text));
  g_free (text);
}

/* Work and memory both go with the product. */
static gboolean
is_affordable (guint log2_cost, guint block, guint parallel)
{
  return log2_cost >= 10 && log2_cost <= 21 && block >= 1 && block <= 32 && parallel >= 1 && parallel <= 16
         && ((guint64) 128 << log2_cost) * block * parallel <= MAX_MEMORY;
}

static gboolean
derive (const guint8 *head, const char *passphrase, guint8 key[32], GError **error)
{
  char *normal = g_utf8_validate (passphrase, -1, NULL) ? g_utf8_normalize (passphrase, -1, G_NORMALIZE_NFC) : NULL;
  gboolean is_usable = normal != NULL && *normal != '\0' && strlen (normal) <= MAX_PASSPHRASE;
  gboolean done = is_usable && EVP_PBE_scrypt (normal, strlen (normal), head + SALT_AT, P2P_IDENTITY_FILE_SALT, (guint64) 1 << head[1], head[2], head[3],
                                               MAX_MEMORY + MORE_MEMORY, key, 32) == 1;

  free_text (normal);
  if (!is_usable)
    return fail (error, P2P_LINK_ERROR_SECRET, "The passphrase is empty, too long or no text");
  if (!done)
    {
      ERR_clear_error ();
      return fail (error, P2P_LINK_ERROR_FAILED, "OpenSSL could not prepare the passphrase: is there too little memory?");
    }
  return TRUE;
}

/* The head is the additional data; out and in have 32 bytes, the tag is behind the seed of the file. */
static gboolean
crypt_with (gboolean encrypt, const guint8 key[32], const guint8 *head, const guint8 *in, guint8 *tag, guint8 *out)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  int n = 0;
  gboolean done = context != NULL && EVP_CipherInit_ex (context, EVP_chacha20_poly1305 (), NULL, key, head + NONCE_AT, encrypt) == 1
                  && EVP_CipherUpdate (context, NULL, &n, head, SEED_AT) == 1
                  && EVP_CipherUpdate (context, out, &n, in, P2P_IDENTITY_SEED_LENGTH) == 1
                  && (encrypt || EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1)
                  && EVP_CipherFinal_ex (context, out + P2P_IDENTITY_SEED_LENGTH, &n) == 1
                  && (!encrypt || EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);

  EVP_CIPHER_CTX_free (context);
  if (!done)
    ERR_clear_error ();
  return done;
}

/* So that a damaged file is told from a wrong passphrase; it protects nothing. */
static void
get_check (const guint8 *file, guint8 *check)
{
  guint8 digest[P2P_SHA256_LENGTH];

  p2p_sha256 (file, CHECK_AT, digest);
  memcpy (check, digest, CHECK);
}

static char *
armour (const guint8 *file)
{
  g_autofree char *base64 = g_base64_encode (file, LENGTH);
  GString *text = g_string_new (BEGIN "\n");

  for (const char *at = base64; *at != '\0'; at += MIN (strlen (at), LINE))
    g_string_append_printf (text, "%.*s\n", LINE, at);
  g_string_append (text, END "\n");
  return g_string_free (text, FALSE);
}

/* The bytes between the two lines, if they are all there. */
static gboolean
unarmour (const char *text, guint8 file[LENGTH], GError **error)
{
  const char *begin = strlen (text) <= MAX_TEXT ? strstr (text, BEGIN) : NULL;
  const char *end = begin != NULL ? strstr (begin, END) : NULL;
  g_autoptr (GString) base64 = g_string_new (NULL);
  g_autofree guint8 *bytes = NULL;
  guint8 check[CHECK];
  gsize length = 0;

  if (begin == NULL)
    return fail (error, P2P_LINK_ERROR_IDENTITY, "This is no exported identity");
  for (const char *at = begin + strlen (BEGIN); end != NULL && at < end; at++)
    if (g_ascii_isalnum (*at) || *at == '+' || *at == '/')
      g_string_append_c (base64, *at);
    else if (!g_ascii_isspace (*at))
      end = NULL;
  /* 84 bytes are 112 letters, without any = */
  if (end != NULL && base64->len == LENGTH / 3 * 4)
    bytes = g_base64_decode (base64->str, &length);
  if (length == LENGTH)
    get_check (bytes, check);
  if (length != LENGTH || memcmp (check, bytes + CHECK_AT, CHECK) != 0)
    return fail (error, P2P_LINK_ERROR_IDENTITY, "This exported identity is damaged: something in it was changed or is missing");
  memcpy (file, bytes, LENGTH);
  if (file[0] != VERSION)
    return fail (error, P2P_LINK_ERROR_IDENTITY, "This identity was exported by a newer version of the program");
  if (!is_affordable (file[1], file[2], file[3]))
    return fail (error, P2P_LINK_ERROR_IDENTITY, "This exported identity asks for more memory or time than it should");
  return TRUE;
}

char *
p2p_identity_export_with (P2pIdentity *self, const char *passphrase, guint log2_cost, const guint8 salt[P2P_IDENTITY_FILE_SALT],
                          const guint8 nonce[P2P_IDENTITY_FILE_NONCE], GError **error)
{
  g_autoptr (GBytes) seed = p2p_identity_get_seed (self);
  guint8 file[LENGTH] = { VERSION, (guint8) log2_cost, BLOCK, PARALLEL };
  guint8 key[32], sealed[P2P_IDENTITY_SEED_LENGTH];
  gboolean done;

  memcpy (file + SALT_AT, salt, P2P_IDENTITY_FILE_SALT);
  memcpy (file + NONCE_AT, nonce, P2P_IDENTITY_FILE_NONCE);
  if (!derive (file, passphrase, key, error))
    return NULL;
  done = crypt_with (TRUE, key, file, g_bytes_get_data (seed, NULL), file + TAG_AT, sealed);
  OPENSSL_cleanse (key, sizeof key);
  if (!done)
    {
      fail (error, P2P_LINK_ERROR_FAILED, "OpenSSL could not encrypt the identity");
      return NULL;
    }
  memcpy (file + SEED_AT, sealed, sizeof sealed);
  get_check (file, file + CHECK_AT);
  return armour (file);
}

/**
 * p2p_identity_import:
 * @text: what p2p_identity_export() gave; text before and behind it does not matter
 * @passphrase: the passphrase that it was exported with
 * @error: return location
 *
 * Takes an identity out of its exported form. This takes about a third of a second and 128 MiB (twice as much at most, whatever the text asks
 * for): call it in a thread where that matters.
 *
 * Returns: (transfer full): the identity, or %NULL: with %P2P_LINK_ERROR_SECRET when the passphrase is wrong, with %P2P_LINK_ERROR_IDENTITY when the
 *   text is no exported identity or a damaged one, which the message tells apart
 */
P2pIdentity *
p2p_identity_import (const char *text, const char *passphrase, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 file[LENGTH], key[32], seed[P2P_IDENTITY_SEED_LENGTH];
  gboolean done;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (passphrase != NULL, NULL);

  if (!unarmour (text, file, error) || !derive (file, passphrase, key, error))
    return NULL;
  done = crypt_with (FALSE, key, file, file + SEED_AT, file + TAG_AT, seed);
  OPENSSL_cleanse (key, sizeof key);
  bytes = done ? p2p_identity_copy_seed (seed) : NULL;
  OPENSSL_cleanse (seed, sizeof seed);
  if (!done)
    {
      fail (error, P2P_LINK_ERROR_SECRET, "The passphrase is wrong");
      return NULL;
    }
  return p2p_identity_new_from_seed (bytes, error);
}
