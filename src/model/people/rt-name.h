/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A name is a label before somebody's words. */
#define RT_NAME_MAX_BYTES 64u

/* A name that somebody claims, made fit to be shown: one line, no characters that cannot be seen, no more than RT_NAME_MAX_BYTES.
 * NULL: nothing is left of it. Transfer full. */
char    *rt_name_clean (const char *claimed);
/* What names that look alike have in common: no case, no marks, no spaces, letters of other scripts as the Latin ones they look like. For
 * comparing, not for showing. Transfer full. */
char    *rt_name_skeleton (const char *name);
/* It looks like what the program itself writes behind a name, or instead of one. */
gboolean rt_name_imitates_id (const char *name);
/* Letters of scripts that nobody writes in one word, or signs amid letters: it may be made to look like another. */
gboolean rt_name_is_mixed (const char *name);
/* Within other words: what runs the other way keeps that to itself. Transfer full. */
char    *rt_name_dup_isolated (const char *name);
/* A name, and what has to stand beside it where it could be taken for another's (nullable). Wherever there is room for one text only. Transfer full. */
char    *rt_name_dup_shown (const char *name, const char *word);

G_END_DECLS
