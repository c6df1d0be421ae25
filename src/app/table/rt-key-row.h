/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-key-header.h"

G_BEGIN_DECLS

/**
 * RtKeyRow: a key in the list of keys, drawn by itself: a line of a table, or two lines where it is narrow. The row of the list that it is in is
 * given its words for a screen reader.
 * Property: item.
 */
#define RT_TYPE_KEY_ROW (rt_key_row_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyRow, rt_key_row, RT, KEY_ROW, GtkWidget)

RtTableRow *rt_key_row_get_item (RtKeyRow *self);                       /* nullable */

/* It is in view: values that have to be fetched are, as long as somebody sees them. */
void        rt_key_row_set_seen (RtKeyRow *self, gboolean seen);

G_END_DECLS
