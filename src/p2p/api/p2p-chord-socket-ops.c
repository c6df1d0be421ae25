/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Where GTask meets the node. */
#include "config.h"

#include "p2p-chord-socket-private.h"

gboolean
p2p_chord_socket_check_open (P2pChordSocket *self, GError **error)
{
  if (!p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self))->closed && p2p_chord_socket_get_priv (self)->node != NULL)
    return TRUE;
  g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  return FALSE;
}

P2pChordSocket *
p2p_chord_operation_get_socket (P2pChordOperation *self)
{
  return g_task_get_source_object (self->task);
}

P2pChordNode *
p2p_chord_operation_get_node (P2pChordOperation *self)
{
  return p2p_chord_socket_get_priv (p2p_chord_operation_get_socket (self))->node;
}

static void
operation_free (gpointer data)
{
  P2pChordOperation *self = data;

  if (self->free_more != NULL)
    self->free_more (self->more);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self);
}

/* It ends: what the caller has now is the task, to return something with. */
static GTask *
finish (P2pChordOperation *self)
{
  GTask *task = g_steal_pointer (&self->task);

  if (self->cancelled != NULL)
    {
      g_source_destroy (self->cancelled);
      g_clear_pointer (&self->cancelled, g_source_unref);
    }
  g_ptr_array_remove (p2p_chord_socket_get_priv (g_task_get_source_object (task))->operations, self);
  return task;
}

void
p2p_chord_operation_return_error (P2pChordOperation *self, GError *error)
{
  g_autoptr (GTask) task = finish (self);

  g_task_return_error (task, error);
}

void
p2p_chord_operation_return_pointer (P2pChordOperation *self, gpointer result, GDestroyNotify free_result)
{
  g_autoptr (GTask) task = finish (self);

  g_task_return_pointer (task, result, free_result);
}

void
p2p_chord_operation_return_boolean (P2pChordOperation *self, gboolean result)
{
  g_autoptr (GTask) task = finish (self);

  g_task_return_boolean (task, result);
}

/* Nothing of it is under way in the node any more. */
static void
stop (P2pChordOperation *self)
{
  P2pChordNode *node = p2p_chord_operation_get_node (self);

  if (node != NULL && self->handle != 0)
    p2p_chord_node_cancel (node, self->handle);
  self->handle = 0;
  if (self->stop != NULL)
    self->stop (self->more, node);
}

static GError *
make_cancelled_error (void)
{
  return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED, "It was given up before it was done");
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  P2pChordOperation *self = data;

  stop (self);
  p2p_chord_operation_return_error (self, make_cancelled_error ());
  return G_SOURCE_REMOVE;
}

P2pChordOperation *
p2p_chord_operation_begin (P2pChordSocket *self, gpointer tag, const char *name, GBytes *key, guint timeout, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  P2pChordOperation *operation = g_new0 (P2pChordOperation, 1);
  GError *error = NULL;

  operation->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (operation->task, tag);
  g_task_set_name (operation->task, name);
  /* As an error of ours, which is what all other ends of an operation are. */
  g_task_set_check_cancellable (operation->task, FALSE);
  g_task_set_task_data (operation->task, operation, operation_free);
  operation->key = key != NULL ? g_bytes_ref (key) : NULL;
  operation->timeout = timeout;
  g_ptr_array_add (p2p_chord_socket_get_priv (self)->operations, operation);
  if (g_cancellable_is_cancelled (cancellable))
    error = make_cancelled_error ();
  if (error != NULL || !p2p_chord_socket_check_open (self, &error))
    {
      p2p_chord_operation_return_error (operation, error);
      return NULL;
    }
  if (cancellable != NULL)
    {
      operation->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_static_name (operation->cancelled, "[p2p] operation cancelled");
      g_source_set_callback (operation->cancelled, G_SOURCE_FUNC (cancelled_cb), operation, NULL);
      g_source_attach (operation->cancelled, g_task_get_context (operation->task));
    }
  return operation;
}

void
p2p_chord_operation_set_handle (P2pChordOperation *self, guint64 handle, GError *error)
{
  self->handle = handle;
  if (handle == 0 && error == NULL)
    error = g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "No storing node is known");
  if (handle == 0)
    p2p_chord_operation_return_error (self, error);
}

void
p2p_chord_socket_end_operations (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  while (priv->operations->len > 0)
    {
      P2pChordOperation *operation = priv->operations->pdata[priv->operations->len - 1];

      stop (operation);
      p2p_chord_operation_return_error (operation, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed"));
    }
}

/* ---- joining and leaving ---- */

static void
done_cb (const GError *error, gpointer data)
{
  P2pChordOperation *operation = data;

  operation->handle = 0;
  if (error != NULL)
    p2p_chord_operation_return_error (operation, g_error_copy (error));
  else
    p2p_chord_operation_return_boolean (operation, TRUE);
}

static void
ignore_cb (const GError *error, gpointer data)
{
}

/**
 * p2p_chord_socket_join:
 * @self: the socket
 *
 * Begins to store values for others, as `join` of the originals. #P2pChordSocket:seed-state tells how far that is; see
 * p2p_chord_socket_join_async().
 */
void
p2p_chord_socket_join (P2pChordSocket *self)
{
  g_autoptr (P2pChordSocket) held G_GNUC_UNUSED = NULL;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));

  held = g_object_ref (self);
  if (p2p_chord_socket_check_open (self, NULL))
    p2p_chord_node_join (p2p_chord_socket_get_priv (self)->node, ignore_cb, NULL);
}

/**
 * p2p_chord_socket_join_async:
 * @self: the socket
 * @cancellable: (nullable): ends the waiting; the node joins all the same
 * @callback: called when it has its place and what is to be there
 * @user_data: for @callback
 *
 * Stores values for others from now on. It answers at once; the values of its part of the ring come from those who had them.
 */
void
p2p_chord_socket_join_async (P2pChordSocket *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_join_async, "[p2p] join", NULL, 0, cancellable, callback, user_data);
  if (operation != NULL)
    operation->handle = p2p_chord_node_join (p2p_chord_socket_get_priv (self)->node, done_cb, operation);
}

/**
 * p2p_chord_socket_join_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_join_async().
 *
 * Returns: whether it stores now; %FALSE with %P2P_TABLE_ERROR_RING_FULL (as many nodes store as k allows; this one goes on without
 *   storing) or a %P2P_LINK_ERROR
 */
gboolean
p2p_chord_socket_join_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * p2p_chord_socket_unjoin_async:
 * @self: the socket
 * @timeout: milliseconds to wait for others to take what this node holds; 0 for 30 seconds
 * @cancellable: (nullable): ends the waiting; the node leaves the ring all the same
 * @callback: called when it stores no more
 * @user_data: for @callback
 *
 * Hands over what this node stores to those whose part of the ring it is then, and stores nothing any more.
 */
void
p2p_chord_socket_unjoin_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_unjoin_async, "[p2p] unjoin", NULL, timeout, cancellable, callback, user_data);
  if (operation != NULL)
    operation->handle = p2p_chord_node_unjoin (p2p_chord_socket_get_priv (self)->node, timeout, done_cb, operation);
}

/**
 * p2p_chord_socket_unjoin_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_unjoin_async(). The node stores nothing new any more in any case.
 *
 * Returns: whether others have all that this node stored; %FALSE with %P2P_TABLE_ERROR_NOBODY (there is nobody to take it) or
 *   %P2P_TABLE_ERROR_TIMED_OUT: what was not taken this node keeps until it is, or another %P2P_LINK_ERROR
 */
gboolean
p2p_chord_socket_unjoin_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
