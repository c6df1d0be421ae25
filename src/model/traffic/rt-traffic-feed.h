/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-traffic.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* RtTrafficFeed: has the node of a network tell of its frames, while somebody watches, and puts them into a list. Through the network's going off and on. */
#define RT_TYPE_TRAFFIC_FEED (rt_traffic_feed_get_type ())
G_DECLARE_FINAL_TYPE (RtTrafficFeed, rt_traffic_feed, RT, TRAFFIC_FEED, GObject)

RtTrafficFeed *rt_traffic_feed_new (RtNetwork *network, RtTraffic *traffic);
void           rt_traffic_feed_set_watching (RtTrafficFeed *self, gboolean watching);
gboolean       rt_traffic_feed_get_watching (RtTrafficFeed *self);

G_END_DECLS
