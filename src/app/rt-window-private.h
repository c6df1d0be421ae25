/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-network-view.h"
#include "rt-window.h"

G_BEGIN_DECLS

/* What the window's actions (rt-window-actions.c) need of it. */
void           rt_window_install_actions (GtkWidgetClass *widget_class);
void           rt_window_update_actions (RtWindow *self);
RtNetworkView *rt_window_get_view (RtWindow *self);                     /* of the selected network; nullable */
AdwLeaflet    *rt_window_get_leaflet (RtWindow *self);
void           rt_window_focus_pane (RtWindow *self, int step);
void           rt_window_step_network (RtWindow *self, int step);
gboolean       rt_window_is_folded_on_content (RtWindow *self);

G_END_DECLS
