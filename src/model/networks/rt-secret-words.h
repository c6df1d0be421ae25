/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RT_SECRET_WORDS_PLAINTEXT,    /* why a configuration is refused */
  RT_SECRET_WORDS_MISSING,
  RT_SECRET_WORDS_TOO_SHORT,    /* likewise, of what was typed */
  RT_SECRET_WORDS_TOO_LONG,
  RT_SECRET_WORDS_INVISIBLE,
  RT_SECRET_WORDS_LOST,         /* why a network cannot begin */
  RT_SECRET_WORDS_PRIVATE,      /* of a network, and of an invitation to it */
  RT_SECRET_WORDS_INVITE,       /* beside a link of one's own */
  RT_SECRET_WORDS_CHANGE,       /* before it is changed or removed */
  RT_SECRET_WORDS_OPEN,         /* of a network without one */
  RT_SECRET_WORDS_LOCKED,       /* of one that the keyring does not give */
  RT_SECRET_WORDS_MADE,         /* of one that was made up */
  RT_SECRET_WORDS_WEAK,         /* of one that was typed */
  RT_SECRET_WORDS_FAIR,
  RT_SECRET_WORDS_STRONG,
  RT_SECRET_WORDS_GIVEN,        /* of an invitation that has the one that is missing here */
  RT_SECRET_WORDS_ELSEWHERE,    /* of one that was pasted for it, and is to another network */
  RT_SECRET_WORDS_TOLD,         /* to a friend who gets the facts without it */
} RtSecretWords;

/* A sentence for a person; transfer none. */
const char *rt_secret_words (RtSecretWords which);

/* The same text, however it was typed: in normal form C, without space around it, as P2pSecret has it. What is no text stays as it is. Transfer full: rt_secret_text_free(). */
char *rt_secret_dup_normal (const char *text);
/* 1 to 65536: so little of it, mixed with the uuid of the network, that nobody finds the secret by it, and enough to tell a mistyped one. */
guint rt_secret_make_check (const char *text, const char *uuid);
/* Wipes it. NULL is nothing. */
void  rt_secret_text_free (char *text);

G_END_DECLS
