/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/timeline/rt-search.h"

G_BEGIN_DECLS

/* RtSearchRow: a message that was found: who wrote it, where and when, and a line of it. Used again for others. */
#define RT_TYPE_SEARCH_ROW (rt_search_row_get_type ())
G_DECLARE_FINAL_TYPE (RtSearchRow, rt_search_row, RT, SEARCH_ROW, GtkWidget)

GtkWidget *rt_search_row_new        (void);
void       rt_search_row_bind       (RtSearchRow *self, RtSearchHit *hit);      /* NULL: none */
char      *rt_search_row_dup_spoken (RtSearchHit *hit);                         /* as a screen reader says it */

G_END_DECLS
