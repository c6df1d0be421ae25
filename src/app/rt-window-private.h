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
RtNetwork     *rt_window_find_uuid (RtWindow *self, const char *uuid);   /* transfer full; NULL when it was left meanwhile */
void           rt_window_focus_pane (RtWindow *self, int step);
void           rt_window_step_network (RtWindow *self, int step);
gboolean       rt_window_is_folded_on_content (RtWindow *self);

/* ---- rt-window-demo.c ---- */
/* Shows the demonstration; it begins, if it is not there yet. user_name: of somebody who is here for the first time; NULL: he has one. */
void           rt_window_try_demo (RtWindow *self, const char *user_name);

/* ---- rt-window-state.c: how it stood the last time; settings: nullable ---- */
void           rt_window_restore_size (RtWindow *self, RtSettings *settings);
/* The network that was shown then; NULL: it is not there any more. Transfer full. */
RtNetwork     *rt_window_find_last (RtWindow *self, RtSettings *settings);
void           rt_window_save_state (RtWindow *self, RtSettings *settings);

G_END_DECLS
