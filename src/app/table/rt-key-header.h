/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/rt-table.h"

G_BEGIN_DECLS

typedef enum {
  RT_KEY_COLUMN_KEY,
  RT_KEY_COLUMN_VALUE,
  RT_KEY_COLUMN_KIND,
  RT_KEY_COLUMN_OWNER,
  RT_KEY_COLUMN_WRITTEN,
  RT_KEY_COLUMN_LEASE,
  RT_KEY_COLUMN_STATE,
  RT_N_KEY_COLUMNS,
} RtKeyColumn;

/* From this width on a row is a line of a table, else it is two lines. */
#define RT_KEY_ROW_WIDE 600

/* Where a column begins in a row of that width, and how wide it is. */
void        rt_key_column_place (RtKeyColumn column, int width, int *x, int *column_width);
const char *rt_key_column_title (RtKeyColumn column);                   /* in the person's language */

/**
 * RtKeyHeader: the heads of the columns, each a button that sorts by it and, pressed again, the other way round. It has no height where rows have
 * two lines: there the menu sorts.
 * Property: table.
 */
#define RT_TYPE_KEY_HEADER (rt_key_header_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyHeader, rt_key_header, RT, KEY_HEADER, GtkWidget)

G_END_DECLS
