/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Connections as objects, and the lists of them. Both are made when somebody asks for the first time. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

/* How often the counters of connections that somebody looks at are notified. */
#define REFRESH_SPAN G_TIME_SPAN_SECOND

static gboolean
refresh_all (GPtrArray *peers)
{
  gboolean any = FALSE;

  for (guint i = 0; i < peers->len; i++)
    {
      g_autoptr (P2pPeer) peer = p2p_peer_ref (g_ptr_array_index (peers, i));
      P2pConnection *connection = p2p_peer_get_user_data (peer);

      if (connection == NULL)
        continue;
      any = TRUE;
      g_object_ref (connection);
      p2p_connection_update (connection);
      g_object_unref (connection);
    }
  return any;
}

static void
refresh_cb (gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  gboolean any;

  priv->refresh_timer = 0;
  any = refresh_all (priv->established);
  any |= refresh_all (priv->awaiting);
  if (any && priv->node != NULL && priv->refresh_timer == 0)
    priv->refresh_timer = p2p_clock_schedule (priv->env->clock, REFRESH_SPAN, refresh_cb, self);
}

P2pConnection *
p2p_mesh_socket_ensure_connection (P2pMeshSocket *self, P2pPeer *peer)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  P2pConnection *connection = p2p_peer_get_user_data (peer);

  if (connection != NULL || p2p_peer_is_finished (peer) || priv->node == NULL)
    return connection;
  connection = p2p_connection_new (priv->node, peer);
  p2p_peer_set_user_data (peer, connection, g_object_unref);
  if (priv->refresh_timer == 0)
    priv->refresh_timer = p2p_clock_schedule (priv->env->clock, REFRESH_SPAN, refresh_cb, self);
  return connection;
}

void
p2p_mesh_socket_models_clear (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  if (priv->refresh_timer != 0)
    p2p_clock_cancel (priv->env->clock, priv->refresh_timer);
  priv->refresh_timer = 0;
  if (priv->established_model != NULL)
    g_list_store_remove_all (priv->established_model);
  if (priv->awaiting_model != NULL)
    g_list_store_remove_all (priv->awaiting_model);
  g_clear_object (&priv->established_model);
  g_clear_object (&priv->awaiting_model);
  g_ptr_array_set_size (priv->established, 0);
  g_ptr_array_set_size (priv->awaiting, 0);
}

static void
append (P2pMeshSocket *self, GPtrArray *peers, GListStore *model, P2pPeer *peer)
{
  g_ptr_array_add (peers, p2p_peer_ref (peer));
  if (model != NULL)
    g_list_store_append (model, p2p_mesh_socket_ensure_connection (self, peer));
}

static void
withdraw (GPtrArray *peers, GListStore *model, P2pPeer *peer)
{
  guint at;

  if (!g_ptr_array_find (peers, peer, &at))
    return;
  g_ptr_array_remove_index (peers, at);
  if (model != NULL)
    g_list_store_remove (model, at);
}

static void
update (P2pPeer *peer)
{
  P2pConnection *connection = p2p_peer_get_user_data (peer);
  g_autoptr (P2pConnection) held = connection != NULL ? g_object_ref (connection) : NULL;

  if (held != NULL)
    p2p_connection_update (held);
}

void
p2p_mesh_socket_models_pending (P2pMeshSocket *self, P2pPeer *peer)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  append (self, priv->awaiting, priv->awaiting_model, peer);
}

void
p2p_mesh_socket_models_dropped (P2pMeshSocket *self, P2pPeer *peer)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  withdraw (priv->awaiting, priv->awaiting_model, peer);
  update (peer);
}

void
p2p_mesh_socket_models_added (P2pMeshSocket *self, P2pPeer *peer)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  withdraw (priv->awaiting, priv->awaiting_model, peer);
  append (self, priv->established, priv->established_model, peer);
  update (peer);
}

void
p2p_mesh_socket_models_removed (P2pMeshSocket *self, P2pPeer *peer)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  withdraw (priv->established, priv->established_model, peer);
  update (peer);
}

static GListModel *
ensure_model (P2pMeshSocket *self, GListStore **model, GPtrArray *peers)
{
  if (*model == NULL)
    {
      *model = g_list_store_new (P2P_TYPE_CONNECTION);
      for (guint i = 0; i < peers->len; i++)
        g_list_store_append (*model, p2p_mesh_socket_ensure_connection (self, g_ptr_array_index (peers, i)));
    }
  return G_LIST_MODEL (*model);
}

/**
 * p2p_mesh_socket_get_routing_table:
 * @self: the socket
 *
 * The links that are established, for a view. The list follows them.
 *
 * Returns: (transfer none): the neighbours, as #P2pConnection in the order in which they came
 */
GListModel *
p2p_mesh_socket_get_routing_table (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return ensure_model (self, &priv->established_model, priv->established);
}

/**
 * p2p_mesh_socket_get_awaiting_ids:
 * @self: the socket
 *
 * The links that are being made, for a view. The list follows them.
 *
 * Returns: (transfer none): the links whose handshake is to come, as #P2pConnection
 */
GListModel *
p2p_mesh_socket_get_awaiting_ids (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return ensure_model (self, &priv->awaiting_model, priv->awaiting);
}

/**
 * p2p_mesh_socket_get_connection:
 * @self: the socket
 * @id: the id of a node
 *
 * Finds a neighbour by its id.
 *
 * Returns: (transfer none) (nullable): the link to this neighbour; %NULL when it is none
 */
P2pConnection *
p2p_mesh_socket_get_connection (P2pMeshSocket *self, const char *id)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  peer = priv->node != NULL ? p2p_mesh_node_find_peer (priv->node, id) : NULL;
  return peer != NULL ? p2p_mesh_socket_ensure_connection (self, peer) : NULL;
}

static guint
count (P2pMeshSocket *self, gboolean outgoing)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  guint n = 0;

  for (guint i = 0; i < priv->established->len; i++)
    if (p2p_peer_get_outgoing (g_ptr_array_index (priv->established, i)) == outgoing)
      n++;
  return n;
}

/**
 * p2p_mesh_socket_get_n_outgoing:
 * @self: the socket
 *
 * How many of the links in p2p_mesh_socket_get_routing_table() this node opened.
 *
 * Returns: how many neighbours we dialled
 */
guint
p2p_mesh_socket_get_n_outgoing (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);

  return count (self, TRUE);
}

/**
 * p2p_mesh_socket_get_n_incoming:
 * @self: the socket
 *
 * How many of the neighbours in p2p_mesh_socket_get_routing_table() opened the link themselves.
 *
 * Returns: how many neighbours dialled us
 */
guint
p2p_mesh_socket_get_n_incoming (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);

  return count (self, FALSE);
}
