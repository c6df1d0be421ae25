/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a network tells its graph: our links, with whom our neighbours say that they are linked, and who brought what others said. */
#include "config.h"

#include "rt-network-private.h"

/* However much happens, so often at most. */
#define UPDATE_MILLISECONDS 250u

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
update_cb (gpointer data)
{
  RtNetwork *self = data;

  self->graph_timer = 0;
  rt_graph_update (self->graph, get_now ());
  return G_SOURCE_REMOVE;
}

static void
queue_update (RtNetwork *self)
{
  if (self->graph_timer == 0)
    self->graph_timer = rt_timer_add (UPDATE_MILLISECONDS, "[rt-model] graph", update_cb, self);
}

static void
note_link (RtNetwork *self, P2pConnection *connection)
{
  gint64 since = 0;

  g_object_get (connection, "since", &since, NULL);
  rt_graph_link (self->graph, p2p_connection_get_id (connection), since / G_USEC_PER_SEC);
}

static void
peer_added_cb (P2pMeshSocket *socket, P2pConnection *connection, RtNetwork *self)
{
  note_link (self, connection);
  queue_update (self);
}

static void
peer_removed_cb (P2pMeshSocket *socket, P2pConnection *connection, const GError *reason, RtNetwork *self)
{
  const char *id = p2p_connection_get_id (connection);

  if (id == NULL || p2p_mesh_socket_get_connection (socket, id) != NULL)
    return;
  rt_graph_unlink (self->graph, id);
  queue_update (self);
}

static void
peers_told_cb (P2pMeshSocket *socket, P2pConnection *connection, const char * const *ids, RtNetwork *self)
{
  rt_graph_tell (self->graph, p2p_connection_get_id (connection), ids, get_now ());
  queue_update (self);
}

static void
message_cb (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, RtNetwork *self)
{
  if (connection == NULL || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return;
  rt_graph_hear (self->graph, p2p_message_get_sender (message), p2p_connection_get_id (connection), get_now ());
  queue_update (self);
}

static void
frame_cb (P2pMeshSocket *socket, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection, RtNetwork *self)
{
  message_cb (socket, message, connection, self);
}

static void
begin (RtNetwork *self, P2pMeshSocket *socket)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (socket);

  rt_graph_set_you (self->graph, p2p_mesh_socket_get_id (socket));
  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      note_link (self, connection);
    }
  g_signal_connect (socket, "peer-added", G_CALLBACK (peer_added_cb), self);
  g_signal_connect (socket, "peer-removed", G_CALLBACK (peer_removed_cb), self);
  g_signal_connect (socket, "peers-told", G_CALLBACK (peers_told_cb), self);
  g_signal_connect (socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (socket, "app-frame", G_CALLBACK (frame_cb), self);
  rt_graph_update (self->graph, get_now ());
}

void
rt_network_show_graph (RtNetwork *self, P2pMeshSocket *socket)
{
  if (self->graph == NULL)
    return;
  if (socket != NULL)
    {
      begin (self, socket);
      return;
    }
  rt_graph_set_you (self->graph, NULL);
  rt_graph_update (self->graph, get_now ());
}

void
rt_network_free_graph (RtNetwork *self)
{
  rt_timer_clear (&self->graph_timer);
  g_clear_object (&self->graph);
}

RtGraph *
rt_network_get_graph (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (self->graph == NULL)
    {
      self->graph = rt_graph_new ();
      if (self->socket != NULL)
        {
          begin (self, self->socket);
          rt_network_refresh_graph (self);
        }
    }
  return self->graph;
}

void
rt_network_refresh_graph (RtNetwork *self)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (self->socket == NULL || self->graph == NULL)
    return;
  p2p_mesh_socket_request_peers (self->socket);
  queue_update (self);
}
