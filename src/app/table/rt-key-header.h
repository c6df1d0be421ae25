/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/table/rt-table.h"

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

/* Which of them there are. */
typedef enum {
  RT_KEY_LAYOUT_SHARED,         /* all */
  RT_KEY_LAYOUT_RING,           /* keys of a ring: nobody owns or leases one */
} RtKeyLayout;

/* From this width on a row is a line of a table, else it is two lines. */
#define RT_KEY_ROW_WIDE 600

/* Where a column begins in a row of that width, and how wide it is. FALSE: that layout has no such column. */
gboolean    rt_key_column_place (RtKeyLayout layout, RtKeyColumn column, int width, int *x, int *column_width);
/* Kept at the list, for all of its rows. */
void        rt_key_layout_set   (GtkWidget *list, RtKeyLayout layout);
RtKeyLayout rt_key_layout_of    (GtkWidget *row);
const char *rt_key_column_title (RtKeyColumn column);                   /* in the person's language */

/**
 * RtKeyHeader: the heads of the columns, each a button that sorts by it and, pressed again, the other way round. It has no height where rows have
 * two lines: there the menu sorts.
 * Properties: table, layout (RtKeyLayout).
 */
#define RT_TYPE_KEY_HEADER (rt_key_header_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyHeader, rt_key_header, RT, KEY_HEADER, GtkWidget)

G_END_DECLS
