/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-passphrase.h"

#include <math.h>
#include <glib/gi18n-lib.h>

#define FAIR_BITS 45
#define STRONG_BITS 80

/* How many characters somebody would try for this one. */
static double
get_pool (const char *passphrase)
{
  gboolean lower = FALSE, upper = FALSE, digit = FALSE, other = FALSE, far = FALSE;

  for (const char *p = passphrase; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      lower = lower || (c >= 'a' && c <= 'z');
      upper = upper || (c >= 'A' && c <= 'Z');
      digit = digit || (c >= '0' && c <= '9');
      other = other || (c < 128 && !g_ascii_isalnum ((char) c));
      far = far || c >= 128;
    }
  return 26.0 * lower + 26 * upper + 10 * digit + 33 * other + 100 * far;
}

RtPassphraseStrength
rt_passphrase_get_strength (const char *passphrase)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  double chars, bits;

  g_return_val_if_fail (passphrase != NULL, RT_PASSPHRASE_TOO_SHORT);

  if (!g_utf8_validate (passphrase, -1, NULL) || g_utf8_strlen (passphrase, -1) < RT_PASSPHRASE_MIN_CHARS)
    return RT_PASSPHRASE_TOO_SHORT;
  for (const char *p = passphrase; *p != '\0'; p = g_utf8_next_char (p))
    g_hash_table_add (seen, GUINT_TO_POINTER (g_utf8_get_char (p)));
  /* who repeats himself says nothing new: each different character counts three times at most */
  chars = MIN ((double) g_utf8_strlen (passphrase, -1), 3.0 * g_hash_table_size (seen));
  /* people choose words, which are half as hard to guess as they look */
  bits = chars * log2 (get_pool (passphrase)) * 0.6;
  return bits < FAIR_BITS ? RT_PASSPHRASE_WEAK : bits < STRONG_BITS ? RT_PASSPHRASE_FAIR : RT_PASSPHRASE_STRONG;
}

const char *
rt_passphrase_get_words (RtPassphraseStrength strength)
{
  switch (strength)
    {
    case RT_PASSPHRASE_WEAK: return _("Too weak: easy to guess for who has the file. A few words more make it strong.");
    case RT_PASSPHRASE_FAIR: return _("Fair. A few words more make it strong.");
    case RT_PASSPHRASE_STRONG: return _("Strong");
    case RT_PASSPHRASE_TOO_SHORT:
    default: return _("Too short: at least 8 characters");
    }
}
