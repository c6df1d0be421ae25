/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-fixture.h"
#include "app/rt-network-view.h"

/* A main window, and what is in it. */
/* Presents it, and waits until it is there. */
void           window_show      (RtWindow *window);
RtNetworkView *window_get_view  (RtWindow *window);
/* Of the toplevels the first of a type; NULL: there is none. Transfer none. */
GtkWidget     *window_find_toplevel (GType type);
