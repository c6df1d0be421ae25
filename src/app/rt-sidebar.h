/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/**
 * RtSidebar: the list of networks.
 * Properties: networks, folded (shows the window's buttons itself).
 * Signal: chosen (RtNetwork, gboolean open): a person moved to one; open: and wants to see it, where there is room for only one pane.
 */
#define RT_TYPE_SIDEBAR (rt_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (RtSidebar, rt_sidebar, RT, SIDEBAR, GtkWidget)

void rt_sidebar_set_networks (RtSidebar *self, RtNetworks *networks);
void rt_sidebar_select (RtSidebar *self, RtNetwork *network);           /* NULL: none */

G_END_DECLS
