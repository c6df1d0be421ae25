/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RtWidthSwitch: shows one of two children, by its own width: the wide one as soon as that fits.
 * Properties: wide, narrow (widgets).
 * AdwSqueezer does this too, but measures the child of the last allocation, which leaves one of the wrong height.
 */
#define RT_TYPE_WIDTH_SWITCH (rt_width_switch_get_type ())
G_DECLARE_FINAL_TYPE (RtWidthSwitch, rt_width_switch, RT, WIDTH_SWITCH, GtkWidget)

gboolean rt_width_switch_get_is_wide (RtWidthSwitch *self);             /* at the last allocation */

G_END_DECLS
