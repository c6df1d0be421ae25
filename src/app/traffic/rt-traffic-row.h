/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/traffic/rt-traffic-item.h"

G_BEGIN_DECLS

/* From this width on a row is a line of a table, else it is two lines. */
#define RT_TRAFFIC_ROW_WIDE 780

/**
 * RtTrafficRow: a frame in the list of frames, or the heads of its columns. It is one widget that draws its text itself: GTK keeps two hundred rows
 * of a list up to date, and ten times a second all of them can be others.
 * Properties: item; header (construct only).
 */
#define RT_TYPE_TRAFFIC_ROW (rt_traffic_row_get_type ())
G_DECLARE_FINAL_TYPE (RtTrafficRow, rt_traffic_row, RT, TRAFFIC_ROW, GtkWidget)

RtTrafficItem *rt_traffic_row_get_item (RtTrafficRow *self);            /* nullable */
/* Which shape says the same as the words. */
const char    *rt_traffic_direction_icon (RtTrafficItem *item);
const char    *rt_traffic_verdict_icon (RtTrafficItem *item);

G_END_DECLS
