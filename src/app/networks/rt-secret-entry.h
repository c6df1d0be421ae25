/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/rt-hint-row.h"

G_BEGIN_DECLS

/* What entries for the secret of a network have in common. */

/* The buttons of the toolkit in it get their names. */
void        rt_secret_entry_prepare            (AdwEntryRow *row);
/* In normal form, as it is kept; rt_secret_text_free(). */
char       *rt_secret_entry_dup_text           (AdwEntryRow *row);
/* words: what stands below it, nullable. wrong: it cannot stay as it is, which assistive technology says of the entry, too. */
void        rt_secret_entry_show               (AdwEntryRow *row, RtHintRow *hint, RtHintKind kind, const char *words, gboolean wrong);
/* How hard it is to guess; transfer none. */
const char *rt_secret_entry_get_strength_words (AdwEntryRow *row, gboolean *well);

/* On to the clipboard, with what programs that keep all that was on it look for: this is not to be kept. */
void rt_copy_secret (GtkWidget *widget, const char *text);

G_END_DECLS
