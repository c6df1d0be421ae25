/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Shorter ones are not taken. */
#define RT_PASSPHRASE_MIN_CHARS 8

typedef enum {
  RT_PASSPHRASE_TOO_SHORT,
  RT_PASSPHRASE_WEAK,
  RT_PASSPHRASE_FAIR,
  RT_PASSPHRASE_STRONG,
} RtPassphraseStrength;

/* A guess at what it would cost to find it, by its length and by how many different characters it has. */
RtPassphraseStrength rt_passphrase_get_strength (const char *passphrase);
const char          *rt_passphrase_get_words (RtPassphraseStrength strength);

G_END_DECLS
