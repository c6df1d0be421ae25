/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reading and taking out. */
#include "config.h"

#include "p2p-chord-socket-private.h"

/* ---- one key ---- */

static void
popped_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  P2pChordOperation *operation = data;
  GVariant *value = operation->more;

  operation->handle = 0;
  if (error != NULL)
    p2p_chord_operation_return_error (operation, g_error_copy (error));
  else
    p2p_chord_operation_return_pointer (operation, g_variant_ref (value), (GDestroyNotify) g_variant_unref);
}

/* There it is: it is taken out. */
static void
delete_found (P2pChordOperation *operation, P2pChordLook *look, P2pChordWriteFunc func)
{
  GError *error = NULL;
  guint64 handle;

  operation->more = g_variant_ref (look->value);
  operation->free_more = (GDestroyNotify) g_variant_unref;
  handle = p2p_chord_node_delete (p2p_chord_operation_get_node (operation), operation->key, operation->timeout, func, operation, &error);
  p2p_chord_operation_set_handle (operation, handle, error);
}

static void
pop_looked_cb (P2pChordLook *look, gpointer data)
{
  P2pChordOperation *operation = data;
  GError *error = p2p_chord_look_to_error (look);

  operation->handle = 0;
  if (error != NULL || !p2p_chord_socket_check_open (p2p_chord_operation_get_socket (operation), &error))
    p2p_chord_operation_return_error (operation, error);
  else
    delete_found (operation, look, popped_cb);
}

/**
 * p2p_chord_socket_pop_async:
 * @self: the socket
 * @key: a key
 * @timeout: milliseconds to wait for each step at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Asks for the value of a key, and deletes the key.
 */
void
p2p_chord_socket_pop_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (key != NULL);

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_pop_async, "[p2p] pop", key, timeout, cancellable, callback, user_data);
  if (operation != NULL)
    p2p_chord_operation_set_handle (operation, p2p_chord_node_look (p2p_chord_operation_get_node (operation), key, timeout, pop_looked_cb, operation), NULL);
}

/**
 * p2p_chord_socket_pop_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_pop_async().
 *
 * Returns: (transfer full): the value it had; %NULL with the errors of p2p_chord_socket_get_finish()
 */
GVariant *
p2p_chord_socket_pop_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * p2p_chord_socket_pop_with_fallback_finish:
 * @self: the socket
 * @result: what the callback of p2p_chord_socket_pop_async() got
 * @fallback: (nullable): what to return when there was no such key
 * @error: return location
 *
 * Ends p2p_chord_socket_pop_async(), with something in the place of a value that was not there.
 *
 * Returns: (transfer full) (nullable): the value it had, or @fallback; %NULL with an error but %P2P_TABLE_ERROR_NOT_FOUND
 */
GVariant *
p2p_chord_socket_pop_with_fallback_finish (P2pChordSocket *self, GAsyncResult *result, GVariant *fallback, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return p2p_chord_socket_finish_with_fallback (G_TASK (result), fallback, error);
}

/* ---- any key ---- */

typedef struct {
  GBytes *key;
  GVariant *value;
} Pair;

static void
pair_free (gpointer data)
{
  Pair *self = data;

  g_bytes_unref (self->key);
  g_variant_unref (self->value);
  g_free (self);
}

static void pop_next (P2pChordOperation *operation);

static void
item_popped_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  P2pChordOperation *operation = data;
  Pair *pair;

  operation->handle = 0;
  if (error != NULL)
    {
      p2p_chord_operation_return_error (operation, g_error_copy (error));
      return;
    }
  pair = g_new0 (Pair, 1);
  pair->key = g_bytes_ref (operation->key);
  pair->value = g_variant_ref (operation->more);
  p2p_chord_operation_return_pointer (operation, pair, pair_free);
}

static void
item_looked_cb (P2pChordLook *look, gpointer data)
{
  P2pChordOperation *operation = data;
  GError *error = p2p_chord_look_to_error (look);

  operation->handle = 0;
  /* A name without a value: the next one. */
  if (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND))
    {
      g_clear_error (&error);
      pop_next (operation);
    }
  else if (error != NULL || !p2p_chord_socket_check_open (p2p_chord_operation_get_socket (operation), &error))
    p2p_chord_operation_return_error (operation, error);
  else
    delete_found (operation, look, item_popped_cb);
}

/* Behind the key that it had last */
static void
pop_next (P2pChordOperation *operation)
{
  P2pChordSocket *self = p2p_chord_operation_get_socket (operation);
  P2pChordNames *names = p2p_chord_socket_get_names (self);
  g_autoptr (GBytes) last = g_steal_pointer (&operation->key);
  const P2pChordName *name;
  GError *error = NULL;

  if (!p2p_chord_socket_check_open (self, &error))
    {
      p2p_chord_operation_return_error (operation, error);
      return;
    }
  name = p2p_chord_names_next (names, last);
  while (name != NULL && name->deleted)
    name = p2p_chord_names_next (names, name->key);
  if (name == NULL)
    {
      p2p_chord_operation_return_error (operation, g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "There are no keys in the table"));
      return;
    }
  operation->key = g_bytes_ref (name->key);
  p2p_chord_operation_set_handle (operation, p2p_chord_node_look (p2p_chord_operation_get_node (operation), operation->key, operation->timeout, item_looked_cb, operation), NULL);
}

/**
 * p2p_chord_socket_popitem_async:
 * @self: the socket
 * @timeout: milliseconds to wait for each step at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives it up
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes a key out of the table: the first one that has a value, in the order of bytes.
 */
void
p2p_chord_socket_popitem_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_popitem_async, "[p2p] popitem", NULL, timeout, cancellable, callback, user_data);
  if (operation != NULL)
    pop_next (operation);
}

/**
 * p2p_chord_socket_popitem_finish:
 * @self: the socket
 * @result: what the callback got
 * @key: (out) (optional) (transfer full): the key
 * @value: (out) (optional) (transfer full): its value
 * @error: return location
 *
 * Ends p2p_chord_socket_popitem_async().
 *
 * Returns: whether there was one; %FALSE with %P2P_TABLE_ERROR_NOT_FOUND (there are no keys) or the errors of
 *   p2p_chord_socket_get_finish()
 */
gboolean
p2p_chord_socket_popitem_finish (P2pChordSocket *self, GAsyncResult *result, GBytes **key, GVariant **value, GError **error)
{
  Pair *pair;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  pair = g_task_propagate_pointer (G_TASK (result), error);
  if (pair == NULL)
    return FALSE;
  if (key != NULL)
    *key = g_bytes_ref (pair->key);
  if (value != NULL)
    *value = g_variant_ref (pair->value);
  pair_free (pair);
  return TRUE;
}
