/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-traffic-feed.h"

struct _RtTrafficFeed {
  GObject        parent_instance;

  RtNetwork     *network;
  RtTraffic     *traffic;
  P2pMeshSocket *socket;        /* that we are told by; NULL: none */
  gboolean       watching;
};

G_DEFINE_FINAL_TYPE (RtTrafficFeed, rt_traffic_feed, G_TYPE_OBJECT)

/* The bits are the library's. */
G_STATIC_ASSERT ((int) RT_TRAFFIC_DELIVERED == (int) P2P_FRAME_DELIVERED);
G_STATIC_ASSERT ((int) RT_TRAFFIC_RELAYED == (int) P2P_FRAME_RELAYED);
G_STATIC_ASSERT ((int) RT_TRAFFIC_HANDLED == (int) P2P_FRAME_HANDLED);
G_STATIC_ASSERT ((int) RT_TRAFFIC_DUPLICATE == (int) P2P_FRAME_DUPLICATE);
G_STATIC_ASSERT ((int) RT_TRAFFIC_DROPPED == (int) P2P_FRAME_DROPPED);
G_STATIC_ASSERT ((int) RT_TRAFFIC_SENT == (int) P2P_FRAME_SENT);

static void
frame_cb (P2pMeshSocket *socket, P2pFrameInfo *info, RtTrafficFeed *self)
{
  RtFrame frame = {
    .time = p2p_frame_info_get_time (info),
    .outgoing = p2p_frame_info_get_outgoing (info),
    .peer_id = p2p_frame_info_get_peer_id (info),
    .address = p2p_frame_info_get_peer_address (info),
    .message = p2p_frame_info_get_message (info),
    .size = p2p_frame_info_get_size (info),
    .compression = p2p_frame_info_get_compression (info),
    .verdict = (RtTrafficVerdict) p2p_frame_info_get_verdict (info),
  };

  if (frame.verdict & RT_TRAFFIC_DROPPED)
    frame.reason = p2p_drop_reason_get_words (p2p_frame_info_get_drop_reason (info));
  rt_traffic_add (self->traffic, &frame);
}

static void
let_go (RtTrafficFeed *self)
{
  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_object_set (self->socket, "watch-frames", FALSE, NULL);
  g_clear_object (&self->socket);
}

static void
update (RtTrafficFeed *self)
{
  P2pMeshSocket *socket = self->watching && self->network != NULL ? rt_network_get_socket (self->network) : NULL;

  if (socket == self->socket)
    return;
  let_go (self);
  if (socket == NULL)
    return;
  self->socket = g_object_ref (socket);
  g_signal_connect (socket, "frame", G_CALLBACK (frame_cb), self);
  g_object_set (socket, "watch-frames", TRUE, NULL);
}

static void
rt_traffic_feed_dispose (GObject *object)
{
  RtTrafficFeed *self = RT_TRAFFIC_FEED (object);

  let_go (self);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  g_clear_object (&self->network);
  g_clear_object (&self->traffic);

  G_OBJECT_CLASS (rt_traffic_feed_parent_class)->dispose (object);
}

static void
rt_traffic_feed_class_init (RtTrafficFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_traffic_feed_dispose;
}

static void
rt_traffic_feed_init (RtTrafficFeed *self)
{
}

RtTrafficFeed *
rt_traffic_feed_new (RtNetwork *network, RtTraffic *traffic)
{
  RtTrafficFeed *self;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);
  g_return_val_if_fail (RT_IS_TRAFFIC (traffic), NULL);

  self = g_object_new (RT_TYPE_TRAFFIC_FEED, NULL);
  self->network = g_object_ref (network);
  self->traffic = g_object_ref (traffic);
  g_signal_connect_object (network, "notify::socket", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return self;
}

void
rt_traffic_feed_set_watching (RtTrafficFeed *self, gboolean watching)
{
  g_return_if_fail (RT_IS_TRAFFIC_FEED (self));

  self->watching = watching != FALSE;
  update (self);
}

gboolean
rt_traffic_feed_get_watching (RtTrafficFeed *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_FEED (self), FALSE);
  return self->watching;
}
