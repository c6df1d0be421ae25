/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RtPairBox: its children side by side, all of one width, where there is room; one below the other where there is not.
 * Properties: threshold (int, pixels: from which width on they stand side by side), spacing (int, pixels).
 */
#define RT_TYPE_PAIR_BOX (rt_pair_box_get_type ())
G_DECLARE_FINAL_TYPE (RtPairBox, rt_pair_box, RT, PAIR_BOX, GtkWidget)

G_END_DECLS
