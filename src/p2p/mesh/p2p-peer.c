/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-mesh-node-private.h"

P2pPeer *
p2p_peer_new (P2pMeshNode *node)
{
  P2pPeer *self = g_new0 (P2pPeer, 1);

  self->refs = 1;
  self->node = node;
  self->rtt_us = -1;
  self->ops = g_array_new (FALSE, FALSE, sizeof (P2pMeshOp));
  return self;
}

P2pPeer *
p2p_peer_ref (P2pPeer *self)
{
  self->refs++;
  return self;
}

void
p2p_peer_unref (P2pPeer *self)
{
  if (--self->refs > 0)
    return;
  g_assert (self->link == NULL);
  p2p_peer_drop_user_data (self);
  g_array_unref (self->ops);
  g_clear_pointer (&self->announce, g_byte_array_unref);
  g_clear_pointer (&self->asking, g_byte_array_unref);
  g_clear_pointer (&self->early, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->id);
  g_free (self->hello_id);
  g_free (self->expected_id);
  g_free (self->host);
  g_free (self->socket_host);
  g_free (self->dial_host);
  g_free (self);
}

void
p2p_peer_drop_user_data (P2pPeer *self)
{
  gpointer user_data = g_steal_pointer (&self->user_data);
  GDestroyNotify destroy = g_steal_pointer (&self->user_data_destroy);

  if (destroy != NULL)
    destroy (user_data);
}

P2pMeshNode *
p2p_peer_get_node (P2pPeer *self)
{
  return self->node;
}

P2pPeerState
p2p_peer_get_state (P2pPeer *self)
{
  return self->state;
}

const char *
p2p_peer_get_id (P2pPeer *self)
{
  return self->id;
}

P2pIdForm
p2p_peer_get_id_form (P2pPeer *self)
{
  return self->id_form;
}

const char *
p2p_peer_get_host (P2pPeer *self)
{
  return self->host != NULL ? self->host : self->socket_host;
}

guint16
p2p_peer_get_port (P2pPeer *self)
{
  return self->host != NULL ? self->port : self->socket_port;
}

const char *
p2p_peer_get_peer_host (P2pPeer *self)
{
  return self->socket_host;
}

guint16
p2p_peer_get_peer_port (P2pPeer *self)
{
  return self->socket_port;
}

gboolean
p2p_peer_get_outgoing (P2pPeer *self)
{
  return self->outgoing;
}

const guint8 *
p2p_peer_get_methods (P2pPeer *self, gsize *n_methods)
{
  *n_methods = self->n_methods;
  return self->methods;
}

P2pCompression
p2p_peer_get_compression (P2pPeer *self)
{
  return self->link != NULL ? p2p_link_get_send_method (self->link) : self->last_compression;
}

gint64
p2p_peer_get_since (P2pPeer *self)
{
  return self->since;
}

gint64
p2p_peer_get_last_heard (P2pPeer *self)
{
  P2pLinkStats stats;

  p2p_peer_get_stats (self, &stats);
  if (stats.last_in == 0 || self->node == NULL)
    return stats.last_in;
  return p2p_clock_utc (self->node->env->clock) - (p2p_clock_now (self->node->env->clock) - stats.last_in);
}

/* When it is over, last_in is in UTC: there may be no clock any more that it would be the time of. */
void
p2p_peer_get_stats (P2pPeer *self, P2pLinkStats *stats)
{
  if (self->link != NULL)
    p2p_link_get_stats (self->link, stats);
  else
    *stats = self->final_stats;
}

guint64
p2p_peer_get_dropped (P2pPeer *self, P2pDropReason reason)
{
  return self->dropped[reason];
}

gsize
p2p_peer_get_queued (P2pPeer *self)
{
  return self->link != NULL ? p2p_link_get_queued (self->link) : 0;
}

int
p2p_peer_get_fd (P2pPeer *self)
{
  return self->link != NULL ? p2p_link_get_fd (self->link) : -1;
}

P2pCapabilities
p2p_peer_get_capabilities (P2pPeer *self)
{
  return self->caps & (2 * P2P_CAP_HISTORY - 1);
}

guint32
p2p_peer_get_max_frame (P2pPeer *self)
{
  return self->max_frame;
}

gint64
p2p_peer_get_round_trip (P2pPeer *self)
{
  return self->rtt_us;
}

gint64
p2p_peer_get_clock_offset (P2pPeer *self)
{
  return self->clock_offset;
}

const GError *
p2p_peer_get_error (P2pPeer *self)
{
  return self->error;
}

P2pLink *
p2p_peer_get_link (P2pPeer *self)
{
  return self->link;
}

gboolean
p2p_peer_is_own (P2pPeer *self)
{
  return self->is_own;
}

gboolean
p2p_peer_is_finished (P2pPeer *self)
{
  return self->finished;
}

void
p2p_peer_set_user_data (P2pPeer *self, gpointer user_data, GDestroyNotify destroy)
{
  p2p_peer_drop_user_data (self);
  self->user_data = user_data;
  self->user_data_destroy = destroy;
}

gpointer
p2p_peer_get_user_data (P2pPeer *self)
{
  return self->user_data;
}
