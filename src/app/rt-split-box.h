/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  RT_SPLIT_BESIDE,
  RT_SPLIT_BELOW,
  RT_SPLIT_ALONE,               /* there is room for one of them only: see show-details */
} RtSplitMode;

/**
 * RtSplitBox: a list and the details of what is chosen in it: side by side where it is wide, one below the other where it is high, else one instead of
 * the other.
 * Properties: list, details, show-details (where there is room for one: which), details-width (int, 0: any; else they are at least so wide, and never below), mode (readable; notified once the size is given).
 */
#define RT_TYPE_SPLIT_BOX (rt_split_box_get_type ())
G_DECLARE_FINAL_TYPE (RtSplitBox, rt_split_box, RT, SPLIT_BOX, GtkWidget)

RtSplitMode rt_split_box_get_mode (RtSplitBox *self);
gboolean    rt_split_box_get_show_details (RtSplitBox *self);
void        rt_split_box_set_show_details (RtSplitBox *self, gboolean show);

G_END_DECLS
