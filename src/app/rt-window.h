/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-application.h"

G_BEGIN_DECLS

/**
 * RtWindow: the list of networks beside the pages of the chosen one; before there is a name, the first run.
 * Properties: networks, settings (construct only), selected (RtNetwork, nullable; notifies).
 * Actions that pages may use: win.show-toast (s), win.show-page (s), win.whisper (s: a node id).
 */
#define RT_TYPE_WINDOW (rt_window_get_type ())
G_DECLARE_FINAL_TYPE (RtWindow, rt_window, RT, WINDOW, AdwApplicationWindow)

RtWindow   *rt_window_new (RtApplication *application, RtNetworks *networks);
RtNetworks *rt_window_get_networks (RtWindow *self);
RtNetwork  *rt_window_get_selected (RtWindow *self);                    /* nullable */
void        rt_window_select (RtWindow *self, RtNetwork *network, gboolean open);
/* A message in its place; of a network that was left meanwhile a toast says so. */
void        rt_window_show_message (RtWindow *self, const char *uuid, const RtTimelineKey *key);
void        rt_window_set_load_error (RtWindow *self, const char *words);   /* NULL: it is being loaded, or is */
void        rt_window_show_toast (RtWindow *self, const char *text);        /* plain text */

G_END_DECLS
