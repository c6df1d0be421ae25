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
 * Properties: list, details, show-details (where there is room for one: which), details-width (int, 0: any; else they are at least so wide, and never below), mode (readable; notified once the size is given);
 * rows (what has the keyboard in the list), no-rows (what has it while those are not shown).
 * The details take no focus (gtk_widget_grab_focus()) while there is nothing in them.
 */
#define RT_TYPE_SPLIT_BOX (rt_split_box_get_type ())
G_DECLARE_FINAL_TYPE (RtSplitBox, rt_split_box, RT, SPLIT_BOX, GtkWidget)

RtSplitMode rt_split_box_get_mode (RtSplitBox *self);
gboolean    rt_split_box_get_show_details (RtSplitBox *self);
void        rt_split_box_set_show_details (RtSplitBox *self, gboolean show);
/* Brings them into view, too. FALSE: there is nothing that could have the focus. */
gboolean    rt_split_box_focus_list (RtSplitBox *self);
gboolean    rt_split_box_focus_details (RtSplitBox *self);
/* To the other of the two: TRUE; past the last or the first, or from elsewhere: FALSE. */
gboolean    rt_split_box_step_pane (RtSplitBox *self, int step);

G_END_DECLS
