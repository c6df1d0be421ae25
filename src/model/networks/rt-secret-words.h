/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RT_SECRET_WORDS_PLAINTEXT,    /* why a configuration is refused */
  RT_SECRET_WORDS_LENGTH,       /* likewise, of what was typed */
  RT_SECRET_WORDS_LOST,         /* why a network cannot begin */
  RT_SECRET_WORDS_PRIVATE,      /* of a network, and of an invitation to it */
  RT_SECRET_WORDS_INVITE,       /* beside a link of one's own */
  RT_SECRET_WORDS_CHANGE,       /* before it is changed or removed */
} RtSecretWords;

/* A sentence for a person; transfer none. */
const char *rt_secret_words (RtSecretWords which);

G_END_DECLS
