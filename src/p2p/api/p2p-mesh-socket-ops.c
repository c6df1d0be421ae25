/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Where GTask meets the node. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

/* An operation of the node under way, as the data of its task. */
typedef struct {
  guint64 handle;
  GSource *cancelled;
} Operation;

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  if (operation->cancelled != NULL)
    {
      g_source_destroy (operation->cancelled);
      g_source_unref (operation->cancelled);
    }
  g_free (operation);
}

/* As an error of ours, which is what all other ends of an operation are. */
gboolean
p2p_mesh_socket_return_if_cancelled (GTask *task)
{
  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return FALSE;
  g_task_return_new_error (task, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED, "It was given up before it was done");
  return TRUE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = data;        /* what the node held */
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (g_task_get_source_object (task));
  Operation *operation = g_task_get_task_data (task);

  if (priv->node != NULL)
    p2p_mesh_node_cancel (priv->node, operation->handle);
  p2p_mesh_socket_return_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* The node holds a reference to the task until it calls back; so the socket lives until then too. */
GTask *
p2p_mesh_socket_begin_operation (P2pMeshSocket *self, gpointer tag, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, name);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_new0 (Operation, 1), operation_free);
  return task;
}

void
p2p_mesh_socket_watch_operation (GTask *task, guint64 handle)
{
  Operation *operation = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  operation->handle = handle;
  if (cancellable == NULL)
    return;
  operation->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_static_name (operation->cancelled, "[p2p] operation cancelled");
  g_source_set_callback (operation->cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
  g_source_attach (operation->cancelled, g_task_get_context (task));
}

void
p2p_mesh_socket_unwatch_operation (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->cancelled != NULL)
    g_source_destroy (operation->cancelled);
}

static void
connect_to_done (P2pPeer *peer, const GError *error, gpointer data)
{
  g_autoptr (GTask) task = data;
  P2pConnection *connection = peer != NULL ? p2p_mesh_socket_ensure_connection (g_task_get_source_object (task), peer) : NULL;

  p2p_mesh_socket_unwatch_operation (task);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (connection != NULL)
    g_task_return_pointer (task, g_object_ref (connection), g_object_unref);
  else
    g_task_return_new_error (task, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER, "The link is over already");
}

/**
 * p2p_mesh_socket_connect_to_async:
 * @self: the socket
 * @host: an IP address or a name
 * @port: the port
 * @id: (nullable): the id of the node that is expected there
 * @cancellable: (nullable): gives the attempt up, which then ends with %P2P_LINK_ERROR_CANCELLED
 * @callback: called when the handshake is done, or failed
 * @user_data: for @callback
 *
 * Connects to a node. When there is a link to the node already, that is the result.
 */
void
p2p_mesh_socket_connect_to_async (P2pMeshSocket       *self,
                                  const char          *host,
                                  guint16              port,
                                  const char          *id,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  GTask *task;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);
  g_return_if_fail (host != NULL);

  task = p2p_mesh_socket_begin_operation (self, p2p_mesh_socket_connect_to_async, "[p2p] connect", cancellable, callback, user_data);
  if (p2p_mesh_socket_return_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  p2p_mesh_socket_watch_operation (task, p2p_mesh_node_connect (priv->node, host, port, id, connect_to_done, task));
}

/**
 * p2p_mesh_socket_connect_to_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_mesh_socket_connect_to_async().
 *
 * Returns: (transfer full): the connection; %NULL with a %P2P_LINK_ERROR that says why there is none, in another network
 *   (%P2P_LINK_ERROR_WRONG_NETWORK) too
 */
P2pConnection *
p2p_mesh_socket_connect_to_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
whisper_to_done (P2pPeer *peer, const GError *error, gpointer data)
{
  g_autoptr (GTask) task = data;

  p2p_mesh_socket_unwatch_operation (task);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
begin_whisper (P2pMeshSocket *self, GTask *task, const char *id, P2pIdForm form, GVariant *packets)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (GVariant) type = g_variant_ref_sink (g_variant_new_int64 (P2P_SUBFLAG_WHISPER));
  g_autoptr (GVariant) owned = packets != NULL ? g_variant_ref_sink (packets) : NULL;
  GError *error = NULL;
  GVariant *all;

  if (p2p_mesh_socket_return_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  all = p2p_mesh_socket_make_packets (type, owned, &error);
  if (all == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  p2p_mesh_socket_watch_operation (task, p2p_mesh_node_whisper_to (priv->node, id, form, all, whisper_to_done, task));
}

/**
 * p2p_mesh_socket_whisper_to_async:
 * @self: the socket
 * @id: the id of any node
 * @packets: (nullable): an `av` of packets; a floating reference is taken
 * @cancellable: (nullable): gives the search up
 * @callback: called when the message is on its way, or not
 * @user_data: for @callback
 *
 * Sends a message to one node. A neighbour gets it at once; any other is asked for in the network, dialled, and told.
 */
void
p2p_mesh_socket_whisper_to_async (P2pMeshSocket       *self,
                                  const char          *id,
                                  GVariant            *packets,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);
  g_return_if_fail (id != NULL);

  begin_whisper (self, p2p_mesh_socket_begin_operation (self, p2p_mesh_socket_whisper_to_async, "[p2p] whisper", cancellable, callback, user_data),
                 id, P2P_ID_FORM_STR, packets);
}

/**
 * p2p_mesh_socket_whisper_to_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_mesh_socket_whisper_to_async(). On its way means that it was handed to a link to that node.
 *
 * Returns: whether it is on its way; otherwise %P2P_LINK_ERROR_NOT_FOUND or another %P2P_LINK_ERROR
 */
gboolean
p2p_mesh_socket_whisper_to_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * p2p_mesh_socket_reply_async:
 * @self: the socket
 * @message: what to answer
 * @packets: (nullable): an `av` of packets; a floating reference is taken
 * @cancellable: (nullable): gives the search up
 * @callback: called when the answer is on its way, or not
 * @user_data: for @callback
 *
 * Answers the sender of a message, and him only. See p2p_mesh_socket_whisper_to_async().
 */
void
p2p_mesh_socket_reply_async (P2pMeshSocket       *self,
                             P2pMessage          *message,
                             GVariant            *packets,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);
  g_return_if_fail (message != NULL);

  begin_whisper (self, p2p_mesh_socket_begin_operation (self, p2p_mesh_socket_reply_async, "[p2p] reply", cancellable, callback, user_data),
                 p2p_message_get_sender (message), p2p_message_get_sender_form (message), packets);
}

/**
 * p2p_mesh_socket_reply_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_mesh_socket_reply_async(). On its way means that it was handed to a link to that node.
 *
 * Returns: whether it is on its way; otherwise %P2P_LINK_ERROR_NOT_FOUND or another %P2P_LINK_ERROR
 */
gboolean
p2p_mesh_socket_reply_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * p2p_mesh_socket_listen:
 * @self: the socket
 * @address: (nullable): an IP address or a name; %NULL, `0.0.0.0` or `::` for every interface
 * @port: the port, 0 for any that is free
 * @error: return location
 *
 * Waits for links from now on. Where every interface is listened on, the LAN address is announced unless there is an
 * #P2pMeshSocket:out-host.
 *
 * Returns: whether it listens; otherwise %P2P_LINK_ERROR_ADDRESS_IN_USE, %P2P_LINK_ERROR_LISTEN or another %P2P_LINK_ERROR
 */
gboolean
p2p_mesh_socket_listen (P2pMeshSocket *self, const char *address, guint16 port, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL, FALSE);

  if (!p2p_mesh_node_listen (priv->node, address, port, error))
    return FALSE;
  g_object_notify (G_OBJECT (self), "host");
  g_object_notify (G_OBJECT (self), "port");
  g_object_notify (G_OBJECT (self), "out-host");
  g_object_notify (G_OBJECT (self), "out-port");
  return TRUE;
}

/**
 * p2p_mesh_socket_close:
 * @self: the socket
 * @error: return location
 *
 * Closes the listener and all links. Operations under way end with %P2P_LINK_ERROR_SOCKET_CLOSED, and so does everything that is
 * asked of the socket later on.
 *
 * Returns: %FALSE with %P2P_LINK_ERROR_SOCKET_CLOSED when it was closed before
 */
gboolean
p2p_mesh_socket_close (P2pMeshSocket *self, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);

  if (priv->closed || priv->node == NULL)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed before");
      return FALSE;
    }
  priv->closed = TRUE;
  g_object_ref (self);
  p2p_mesh_node_close (priv->node);
  g_object_notify (G_OBJECT (self), "closed");
  g_object_unref (self);
  return TRUE;
}
