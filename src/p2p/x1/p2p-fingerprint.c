/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-fingerprint-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"

#define KEY 32
#define ROUNDS 5200
#define N_GROUPS 4
#define N_WORDS 8
/* of the digest, for a group of digits */
#define GROUP 5

/* With its NUL byte: part of what is hashed. */
static const char domain[] = "p2p-x1-fingerprint";

/* Many rounds, so that whoever looks for a key with a similar fingerprint pays for each one that he tries. */
static gboolean
compute (GBytes *public_key, guint8 digest[P2P_DIGEST_MAX_LENGTH])
{
  gsize length = 0;
  const guint8 *key = g_bytes_get_data (public_key, &length);
  guint8 bytes[P2P_DIGEST_MAX_LENGTH + KEY];

  g_return_val_if_fail (length == KEY, FALSE);

  memcpy (bytes, domain, sizeof domain);
  memcpy (bytes + sizeof domain, key, KEY);
  p2p_digest_compute (P2P_DIGEST_SHA512, bytes, sizeof domain + KEY, digest);
  memcpy (bytes + P2P_DIGEST_MAX_LENGTH, key, KEY);
  for (guint i = 1; i < ROUNDS; i++)
    {
      memcpy (bytes, digest, P2P_DIGEST_MAX_LENGTH);
      p2p_digest_compute (P2P_DIGEST_SHA512, bytes, sizeof bytes, digest);
    }
  return TRUE;
}

/**
 * p2p_fingerprint_digits:
 * @public_key: 32 bytes, as p2p_identity_get_public_key() gives them
 *
 * The fingerprint of a key, for two people to compare who see or hear each other: the same digits mean the same key. Takes a few
 * milliseconds, on purpose: keep it where it is shown often.
 *
 * Returns: (transfer full): four groups of five digits, a space between them
 */
char *
p2p_fingerprint_digits (GBytes *public_key)
{
  guint8 digest[P2P_DIGEST_MAX_LENGTH];
  GString *text;

  g_return_val_if_fail (public_key != NULL, NULL);
  if (!compute (public_key, digest))
    return NULL;

  text = g_string_new (NULL);
  for (guint i = 0; i < N_GROUPS; i++)
    {
      guint64 number = 0;

      for (guint j = 0; j < GROUP; j++)
        number = number << 8 | digest[i * GROUP + j];
      g_string_append_printf (text, "%s%05u", i > 0 ? " " : "", (guint) (number % 100000));
    }
  return g_string_free (text, FALSE);
}

/**
 * p2p_fingerprint_words:
 * @public_key: 32 bytes, as p2p_identity_get_public_key() gives them
 *
 * The fingerprint of a key in words that are easily read aloud. They are always English: people of two languages have to see the same ones.
 * Takes as long as p2p_fingerprint_digits().
 *
 * Returns: (transfer full): eight words of a list of 256, a space between them
 */
char *
p2p_fingerprint_words (GBytes *public_key)
{
  guint8 digest[P2P_DIGEST_MAX_LENGTH];
  GString *text;

  g_return_val_if_fail (public_key != NULL, NULL);
  if (!compute (public_key, digest))
    return NULL;

  text = g_string_new (NULL);
  for (guint i = 0; i < N_WORDS; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", p2p_fingerprint_word_list[digest[N_GROUPS * GROUP + i]]);
  return g_string_free (text, FALSE);
}
