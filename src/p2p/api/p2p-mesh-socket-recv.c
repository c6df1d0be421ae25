/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs get to see of messages: handlers, then the queue. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

#define SMALLEST_QUEUE 16

/* ---- handlers ---- */

static void
handler_unref (P2pHandler *handler)
{
  if (--handler->refs > 0)
    return;
  if (handler->destroy != NULL)
    handler->destroy (handler->user_data);
  g_free (handler);
}

/* A handler may register and unregister handlers, itself too. */
static void
sweep (P2pMeshSocketPrivate *priv)
{
  if (priv->walking > 0)
    return;
  for (guint i = 0; i < priv->handlers->len;)
    {
      P2pHandler *handler = g_ptr_array_index (priv->handlers, i);

      if (handler->removed)
        {
          g_ptr_array_remove_index (priv->handlers, i);
          handler_unref (handler);
        }
      else
        i++;
    }
}

gboolean
p2p_mesh_socket_run_handlers (P2pMeshSocket *self, P2pMessage *message, P2pPeer *peer)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  guint n = priv->handlers->len;
  P2pConnection *connection;
  gboolean kept = FALSE;

  if (n == 0)
    return FALSE;
  g_object_ref (self);
  connection = p2p_mesh_socket_ensure_connection (self, peer);
  if (connection != NULL)
    g_object_ref (connection);
  priv->walking++;
  for (guint i = 0; i < n && !kept; i++)
    {
      P2pHandler *handler = g_ptr_array_index (priv->handlers, i);

      if (handler->removed)
        continue;
      if (priv->debug_level >= 5)
        g_log ("p2p", G_LOG_LEVEL_MESSAGE, "%.8s [5] handler: %u", p2p_mesh_socket_get_id (self), handler->id);
      handler->refs++;
      kept = handler->func (self, message, connection, handler->user_data);
      handler_unref (handler);
    }
  priv->walking--;
  sweep (priv);
  g_clear_object (&connection);
  g_object_unref (self);
  return kept;
}

/**
 * p2p_mesh_socket_register_handler:
 * @self: the socket
 * @handler: (scope notified) (closure user_data) (destroy destroy): the handler
 * @user_data: for the handler
 * @destroy: (nullable): called when the handler is gone
 *
 * Adds a handler behind those that there are. Handlers see every message that is not the nodes' own business, user-defined
 * sub-flags of any type included, until one returns %TRUE.
 *
 * Returns: a number for p2p_mesh_socket_unregister_handler(), never 0
 */
guint
p2p_mesh_socket_register_handler (P2pMeshSocket *self, P2pMessageHandler handler, gpointer user_data, GDestroyNotify destroy)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  P2pHandler *entry;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);
  g_return_val_if_fail (handler != NULL, 0);

  entry = g_new0 (P2pHandler, 1);
  entry->refs = 1;
  entry->id = ++priv->last_handler;
  entry->func = handler;
  entry->user_data = user_data;
  entry->destroy = destroy;
  g_ptr_array_add (priv->handlers, entry);
  return entry->id;
}

/**
 * p2p_mesh_socket_unregister_handler:
 * @self: the socket
 * @handler_id: what p2p_mesh_socket_register_handler() returned
 *
 * Takes a handler away. It is not called any more, not even for a message whose walk is under way.
 */
void
p2p_mesh_socket_unregister_handler (P2pMeshSocket *self, guint handler_id)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  for (guint i = 0; i < priv->handlers->len; i++)
    {
      P2pHandler *handler = g_ptr_array_index (priv->handlers, i);

      if (handler->id == handler_id && !handler->removed)
        {
          handler->removed = TRUE;
          sweep (priv);
          return;
        }
    }
  g_warning ("p2p_mesh_socket_unregister_handler: there is no handler %u", handler_id);
}

/* ---- queue ---- */

static P2pMessage *
take_oldest (P2pMeshSocketPrivate *priv)
{
  P2pMessage *message;

  if (priv->queue_count == 0)
    return NULL;
  message = priv->queue[priv->queue_head];
  priv->queue_head = (priv->queue_head + 1) % priv->queue_size;
  priv->queue_count--;
  priv->queue_bytes -= p2p_message_get_length (message);
  return message;
}

static void
drop_oldest (P2pMeshSocketPrivate *priv)
{
  g_autoptr (P2pMessage) oldest = take_oldest (priv);

  p2p_mesh_node_note_drop (priv->node, NULL, P2P_DROP_RECV, oldest);
}

void
p2p_mesh_socket_queue (P2pMeshSocket *self, P2pMessage *message)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  gsize length = p2p_message_get_length (message);

  /* 0: the program reads the signal, and nothing is kept for recv(). */
  if (priv->limits->recv_queue == 0 || priv->node == NULL)
    return;
  while (priv->queue_count > 0 && (priv->queue_count >= priv->limits->recv_queue || priv->queue_bytes + length > P2P_RECV_QUEUE_BYTES))
    drop_oldest (priv);
  if (priv->queue_count == priv->queue_size)
    {
      guint size = MAX (SMALLEST_QUEUE, priv->queue_size * 2);
      P2pMessage **queue = g_new (P2pMessage *, size);

      for (guint i = 0; i < priv->queue_count; i++)
        queue[i] = priv->queue[(priv->queue_head + i) % priv->queue_size];
      g_free (priv->queue);
      priv->queue = queue;
      priv->queue_size = size;
      priv->queue_head = 0;
    }
  priv->queue[(priv->queue_head + priv->queue_count++) % priv->queue_size] = p2p_message_ref (message);
  priv->queue_bytes += length;
}

void
p2p_mesh_socket_recv_clear (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  while (priv->queue_count > 0)
    p2p_message_unref (take_oldest (priv));
  g_clear_pointer (&priv->queue, g_free);
  priv->queue_size = 0;
  for (guint i = 0; i < priv->handlers->len; i++)
    ((P2pHandler *) g_ptr_array_index (priv->handlers, i))->removed = TRUE;
  sweep (priv);
}

/**
 * p2p_mesh_socket_recv:
 * @self: the socket
 *
 * Takes the oldest message that came and that no handler kept. The queue is bounded; when nobody takes messages from it the
 * oldest are dropped and counted.
 *
 * Returns: (transfer full) (nullable): the message; %NULL when there is none
 */
P2pMessage *
p2p_mesh_socket_recv (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return take_oldest (p2p_mesh_socket_get_priv (self));
}

/**
 * p2p_mesh_socket_recv_many:
 * @self: the socket
 * @n: how many at most
 *
 * Takes the oldest messages. See p2p_mesh_socket_recv().
 *
 * Returns: (transfer container) (element-type P2pMessage): up to @n messages, the oldest first
 */
GPtrArray *
p2p_mesh_socket_recv_many (P2pMeshSocket *self, guint n)
{
  GPtrArray *messages;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  while (messages->len < n)
    {
      P2pMessage *message = take_oldest (p2p_mesh_socket_get_priv (self));

      if (message == NULL)
        break;
      g_ptr_array_add (messages, message);
    }
  return messages;
}
