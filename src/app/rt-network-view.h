/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/**
 * RtNetworkView: the pages of one network, with the header above them and its trouble in a banner.
 * Properties: network (construct only), page ("chat", "table", "peers", "traffic"; notifies), folded (there is a way back to the list).
 */
#define RT_TYPE_NETWORK_VIEW (rt_network_view_get_type ())
G_DECLARE_FINAL_TYPE (RtNetworkView, rt_network_view, RT, NETWORK_VIEW, GtkWidget)

GtkWidget  *rt_network_view_new (RtNetwork *network);
RtNetwork  *rt_network_view_get_network (RtNetworkView *self);
const char *rt_network_view_get_page (RtNetworkView *self);
void        rt_network_view_set_page (RtNetworkView *self, const char *page);
/* Of the pages that this network has, from 1, in their order; NULL: there is none. */
const char *rt_network_view_get_nth_page (RtNetworkView *self, int n);
void        rt_network_view_step_page (RtNetworkView *self, int step);   /* 1: the next; -1: the one before; around */
/* On the chat page, as soon as what is kept of the network is there. */
void        rt_network_view_show_message (RtNetworkView *self, const RtTimelineKey *key);
/* The person looks at the chat of this one: whether he reads its end, the network is told. */
void        rt_network_view_update_following (RtNetworkView *self);
void        rt_network_view_whisper (RtNetworkView *self, const char *id);
/* Between the panes of the page that is shown: FALSE when there is no other in that direction. */
gboolean    rt_network_view_step_pane (RtNetworkView *self, int step);

G_END_DECLS
