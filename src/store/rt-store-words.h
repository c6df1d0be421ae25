/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What goes into the index of words, and how it is asked. The index keeps no texts: to take a message out of it the same words have to be made again, so what these make of a
 * text must never change without a new folding, to which rt_store_db_refold_some() brings what is there.
 */
#define RT_STORE_WORDS_FOLDING 2

/* The text as it is folded (rt-store-fold.h), with a space around each letter of a script that has no spaces between its words, and each picture: those are words of their own.
 * Transfer full. */
char *rt_store_words_spread (const char *text);
/* As the folding before this one had it, which only FTS5 folded. */
char *rt_store_words_spread_before (const char *text);
/* Of ASCII: all foldings are the same. */
gboolean rt_store_words_is_plain (const char *text);
/* Words beside the text: of which chat, by whom, whether it has a '#'. */
char *rt_store_words_tags (gint64 chat, const char *sender, const char *text);

/* The last word as it is in the index, when it may be the beginning of others; NULL: it may not, or it is several there. */
char *rt_store_words_dup_stem (const char *words);
/* A query in the language of FTS5; whatever a person typed, it is none of its words. chat 0, sender NULL, with_hash FALSE: any. NULL: nothing is asked.
 * without_last: for all but the last word; as_before: where the folding before this one is, too. */
char *rt_store_words_match (const char *words, gboolean without_last, gboolean as_before, gint64 chat, const char *sender, gboolean with_hash);
/* Whether a word of it begins so. */
gboolean rt_store_words_begins (const char *text, const char *stem);
/* Whether there is anything in words that is looked for. */
gboolean rt_store_words_is_something (const char *words);
/* One line of the text around the first place where one of words is, with \1 and \2 around each. */
char *rt_store_words_snippet (const char *text, const char *words, guint max_characters);
/* Whether "#key" is in it, not as a part of something longer. */
gboolean rt_store_words_has_key (const char *text, const char *key);

G_END_DECLS
