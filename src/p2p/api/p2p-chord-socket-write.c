/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs write. */
#include "config.h"

#include "p2p-chord-socket-private.h"
#include "p2p-table-result-private.h"

#include <string.h>

/* ---- one key ---- */

static void
written_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  P2pChordOperation *operation = data;

  operation->handle = 0;
  if (error != NULL)
    p2p_chord_operation_return_error (operation, g_error_copy (error));
  else
    p2p_chord_operation_return_pointer (operation, GUINT_TO_POINTER (MAX (places_ok, 1)), NULL);
}

/**
 * p2p_chord_socket_set_async:
 * @self: the socket
 * @key: a key, of 1 to #P2pLimits.table_key bytes
 * @value: its value: whatever p2p_value_pack() takes, but for nil; a floating reference is taken
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives the waiting up; it may be written all the same
 * @callback: called when it is known where it is
 * @user_data: for @callback
 *
 * Writes a key at its five places, and asks them for it.
 */
void
p2p_chord_socket_set_async (P2pChordSocket *self, GBytes *key, GVariant *value, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GVariant) sunk = value != NULL ? g_variant_ref_sink (value) : NULL;
  P2pChordOperation *operation;
  GError *error = NULL;
  guint64 handle;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (key != NULL && value != NULL);

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_set_async, "[p2p] set", key, timeout, cancellable, callback, user_data);
  if (operation == NULL)
    return;
  handle = p2p_chord_node_set (p2p_chord_operation_get_node (operation), key, sunk, timeout, written_cb, operation, &error);
  p2p_chord_operation_set_handle (operation, handle, error);
}

/**
 * p2p_chord_socket_set_text_async:
 * @self: the socket
 * @key: a key that is text: its UTF-8 is the key
 * @value: its value; a floating reference is taken
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives the waiting up
 * @callback: called when it is known where it is; p2p_chord_socket_set_finish() tells
 * @user_data: for @callback
 *
 * As p2p_chord_socket_set_async().
 */
void
p2p_chord_socket_set_text_async (P2pChordSocket *self, const char *key, GVariant *value, guint timeout, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (key != NULL);

  bytes = g_bytes_new (key, strlen (key));
  p2p_chord_socket_set_async (self, bytes, value, timeout, cancellable, callback, user_data);
}

/**
 * p2p_chord_socket_set_finish:
 * @self: the socket
 * @result: what the callback got
 * @n_places: (out) (optional): how many of the five places have it
 * @error: return location
 *
 * Ends p2p_chord_socket_set_async() and p2p_chord_socket_set_text_async().
 *
 * Returns: whether it was written: three places or more have it; %FALSE with %P2P_TABLE_ERROR_VALUE, %P2P_TABLE_ERROR_KEY,
 *   %P2P_TABLE_ERROR_TOO_LARGE, %P2P_TABLE_ERROR_JS2P_KEY, %P2P_TABLE_ERROR_NOBODY, %P2P_TABLE_ERROR_TIMED_OUT,
 *   %P2P_TABLE_ERROR_NO_AGREEMENT or a %P2P_LINK_ERROR
 */
gboolean
p2p_chord_socket_set_finish (P2pChordSocket *self, GAsyncResult *result, guint *n_places, GError **error)
{
  guint n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = GPOINTER_TO_UINT (g_task_propagate_pointer (G_TASK (result), error));
  if (n_places != NULL)
    *n_places = n;
  return n > 0;
}

/**
 * p2p_chord_socket_delete_key_async:
 * @self: the socket
 * @key: a key
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives the waiting up; it may be deleted all the same
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes a key out of the table.
 */
void
p2p_chord_socket_delete_key_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  P2pChordOperation *operation;
  GError *error = NULL;
  guint64 handle;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (key != NULL);

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_delete_key_async, "[p2p] delete", key, timeout, cancellable, callback, user_data);
  if (operation == NULL)
    return;
  handle = p2p_chord_node_delete (p2p_chord_operation_get_node (operation), key, timeout, written_cb, operation, &error);
  p2p_chord_operation_set_handle (operation, handle, error);
}

/**
 * p2p_chord_socket_delete_key_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_delete_key_async().
 *
 * Returns: whether it was deleted; %FALSE with %P2P_TABLE_ERROR_NOT_FOUND or the errors of p2p_chord_socket_set_finish()
 */
gboolean
p2p_chord_socket_delete_key_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}

/* ---- several ---- */

/* Key and value of an element of a(ayv) or a{sv} */
static GBytes *
take_pair (GVariant *entries, gsize at, GVariant **value)
{
  g_autoptr (GVariant) pair = g_variant_get_child_value (entries, at);
  g_autoptr (GVariant) key = g_variant_get_child_value (pair, 0);

  g_variant_get_child (pair, 1, "v", value);
  if (g_variant_is_of_type (key, G_VARIANT_TYPE_STRING))
    {
      const char *text = g_variant_get_string (key, NULL);

      return g_bytes_new (text, strlen (text));
    }
  return g_variant_get_data_as_bytes (key);
}

/**
 * p2p_chord_socket_update_async:
 * @self: the socket
 * @entries: keys and values: an `a(ayv)`, or an `a{sv}` for keys that are text; a floating reference is taken
 * @timeout: milliseconds to wait for each at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives up what was not begun, and the waiting for the rest
 * @callback: called when all were tried
 * @user_data: for @callback
 *
 * Writes several keys, a few at a time. One that is refused does not keep the others from being written. Of a key that is there twice
 * the latter value counts.
 */
void
p2p_chord_socket_update_async (P2pChordSocket *self, GVariant *entries, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GVariant) sunk = entries != NULL ? g_variant_ref_sink (entries) : NULL;
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  P2pChordOperation *operation;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (entries != NULL);
  g_return_if_fail (g_variant_is_of_type (entries, G_VARIANT_TYPE ("a(ayv)")) || g_variant_is_of_type (entries, G_VARIANT_TYPE_VARDICT));

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_update_async, "[p2p] update", NULL, timeout, cancellable, callback, user_data);
  if (operation == NULL)
    return;
  for (gsize i = 0; i < g_variant_n_children (sunk); i++)
    {
      GVariant *value = NULL;

      g_ptr_array_add (keys, take_pair (sunk, i, &value));
      g_ptr_array_add (values, value);
    }
  p2p_chord_batch_run (operation, g_steal_pointer (&keys), g_steal_pointer (&values));
}

/**
 * p2p_chord_socket_update_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_update_async().
 *
 * Returns: (transfer container) (element-type P2pTableResult): what became of each, in order; %NULL with a %P2P_LINK_ERROR
 */
GPtrArray *
p2p_chord_socket_update_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  GPtrArray *results;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  items = g_task_propagate_pointer (G_TASK (result), error);
  if (items == NULL)
    return NULL;
  results = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_table_result_unref);
  for (guint i = 0; i < items->len; i++)
    {
      P2pChordBatchItem *item = items->pdata[i];

      g_ptr_array_add (results, p2p_table_result_new (item->key, g_steal_pointer (&item->error)));
    }
  return results;
}

/* ---- a part of a value ---- */

static void
merged_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  P2pChordOperation *operation = data;

  operation->handle = 0;
  if (error != NULL)
    p2p_chord_operation_return_error (operation, g_error_copy (error));
  else if (look == NULL || look->value == NULL)
    p2p_chord_operation_return_error (operation, g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT,
                                                                      "It was sent, and no three places say the same now"));
  else
    p2p_chord_operation_return_pointer (operation, g_variant_ref (look->value), (GDestroyNotify) g_variant_unref);
}

/**
 * p2p_chord_socket_apply_delta_async:
 * @self: the socket
 * @key: a key whose value is a map, or that has none
 * @map: the fields to set in it: an `a{sv}` or another map; a floating reference is taken
 * @timeout: milliseconds to wait at most; 0 for #P2pLimits.chord_seconds
 * @cancellable: (nullable): gives the waiting up
 * @callback: called when it is known what became of it
 * @user_data: for @callback
 *
 * Sets fields of a map and leaves the others as they are.
 */
void
p2p_chord_socket_apply_delta_async (P2pChordSocket *self, GBytes *key, GVariant *map, guint timeout, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GVariant) sunk = map != NULL ? g_variant_ref_sink (map) : NULL;
  P2pChordOperation *operation;
  GError *error = NULL;
  guint64 handle;

  g_return_if_fail (P2P_IS_CHORD_SOCKET (self));
  g_return_if_fail (key != NULL && map != NULL);

  operation = p2p_chord_operation_begin (self, p2p_chord_socket_apply_delta_async, "[p2p] delta", key, timeout, cancellable, callback, user_data);
  if (operation == NULL)
    return;
  handle = p2p_chord_node_delta (p2p_chord_operation_get_node (operation), key, sunk, timeout, merged_cb, operation, &error);
  p2p_chord_operation_set_handle (operation, handle, error);
}

/**
 * p2p_chord_socket_apply_delta_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_chord_socket_apply_delta_async().
 *
 * Returns: (transfer full): the merged map; %NULL with %P2P_TABLE_ERROR_NOT_A_MAP (the value, or the map, is none) or the errors of
 *   p2p_chord_socket_set_finish()
 */
GVariant *
p2p_chord_socket_apply_delta_finish (P2pChordSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
