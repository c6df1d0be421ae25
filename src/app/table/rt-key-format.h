/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-key-header.h"

G_BEGIN_DECLS

/* A key of the table in words. What is returned as char * is transfer full. */
char       *rt_key_dup_cell   (RtTableRow *row, RtKeyColumn column);
char       *rt_key_dup_state  (RtTableRow *row);                        /* "Leased by 7kQX…oTiR for 42 min" */
char       *rt_key_dup_spoken (RtTableRow *row);                        /* all of it, in one line */
/* The word's shape, and its named color (NULL: that of the text), which says nothing that the others do not. */
const char *rt_key_state_icon (RtTableRow *row);
const char *rt_key_state_color (RtTableRow *row);
/* UTC seconds: the time of day when it was today, else the day. Empty for 0. */
char       *rt_key_dup_moment (gint64 time);
/* The same with day and time. */
char       *rt_key_dup_full_moment (gint64 time);
/* "“key” …": a key as it stands in a sentence, no longer than fits there. */
char       *rt_key_dup_short  (RtTableRow *row);

G_END_DECLS
