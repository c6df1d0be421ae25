/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RtDateJump: a popover with a calendar, to go to a day of a history.
 *
 * Signal: chosen (gint64: UTC microseconds of the beginning of the day). Return in the calendar chooses.
 */
#define RT_TYPE_DATE_JUMP (rt_date_jump_get_type ())
G_DECLARE_FINAL_TYPE (RtDateJump, rt_date_jump, RT, DATE_JUMP, GtkPopover)

GtkWidget *rt_date_jump_new      (void);
/* The day that is marked at first: that of this time, in UTC microseconds. */
void       rt_date_jump_set_time (RtDateJump *self, gint64 time);

G_END_DECLS
