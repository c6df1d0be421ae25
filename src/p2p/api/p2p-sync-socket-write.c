/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs write. Whoever is told of it may do anything, so each of these holds the socket. */
#include "config.h"

#include "p2p-sync-socket-private.h"
#include "p2p-table-result-private.h"

#include <string.h>

#include "p2p/wire/p2p-value.h"

/* Of a key in the words of an error */
#define KEY_CHARS 40

gboolean
p2p_sync_socket_check_open (P2pSyncSocket *self, GError **error)
{
  if (!p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self))->closed && p2p_sync_socket_get_priv (self)->node != NULL)
    return TRUE;
  g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  return FALSE;
}

void
p2p_sync_socket_set_not_found (GBytes *key, GError **error)
{
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *words = NULL;

  if (error == NULL)
    return;
  if (length > 0 && g_utf8_validate_len (bytes, length, NULL))
    value = g_variant_ref_sink (g_variant_new_take_string (g_strndup (bytes, length)));
  else
    value = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, key, TRUE));
  words = p2p_value_print (value, KEY_CHARS);
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "There is no key %s", words);
}

/**
 * p2p_sync_socket_set:
 * @self: the socket
 * @key: a key, of 1 to #P2pLimits.table_key bytes
 * @value: its value: whatever p2p_value_pack() takes, but for nil
 * @error: return location
 *
 * Writes a key, here and at every node, and takes or renews its lease. It is in the table when this returns; the others have it when
 * they are told.
 *
 * Returns: whether it was written; %FALSE with %P2P_TABLE_ERROR_LEASED (the message tells by whom, and for how long),
 *   %P2P_TABLE_ERROR_VALUE, %P2P_TABLE_ERROR_KEY, %P2P_TABLE_ERROR_TOO_LARGE, %P2P_TABLE_ERROR_FULL, %P2P_TABLE_ERROR_JS2P_KEY or
 *   %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_sync_socket_set (P2pSyncSocket *self, GBytes *key, GVariant *value, GError **error)
{
  g_autoptr (P2pSyncSocket) held G_GNUC_UNUSED = NULL;
  g_autoptr (GVariant) sunk = value != NULL ? g_variant_ref_sink (value) : NULL;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), FALSE);
  g_return_val_if_fail (key != NULL && value != NULL, FALSE);

  held = g_object_ref (self);
  return p2p_sync_socket_check_open (self, error) &&
         p2p_sync_node_set (p2p_sync_socket_get_priv (self)->node, key, sunk, NULL, error);
}

/**
 * p2p_sync_socket_set_text:
 * @self: the socket
 * @key: a key that is text: its UTF-8 is the key
 * @value: its value, of any type
 * @error: return location
 *
 * As p2p_sync_socket_set().
 *
 * Returns: whether it was written; %FALSE with the errors of p2p_sync_socket_set()
 */
gboolean
p2p_sync_socket_set_text (P2pSyncSocket *self, const char *key, GVariant *value, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, FALSE);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_sync_socket_set (self, bytes, value, error);
}

/**
 * p2p_sync_socket_delete_key:
 * @self: the socket
 * @key: a key
 * @error: return location
 *
 * Takes a key out of the table, here and at every node. Its lease ends with it.
 *
 * Returns: whether it was deleted; %FALSE with %P2P_TABLE_ERROR_NOT_FOUND, %P2P_TABLE_ERROR_LEASED or %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_sync_socket_delete_key (P2pSyncSocket *self, GBytes *key, GError **error)
{
  g_autoptr (P2pSyncSocket) held G_GNUC_UNUSED = NULL;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  held = g_object_ref (self);
  return p2p_sync_socket_check_open (self, error) &&
         p2p_sync_node_delete (p2p_sync_socket_get_priv (self)->node, key, NULL, error);
}

/**
 * p2p_sync_socket_delete_text:
 * @self: the socket
 * @key: a key that is text
 * @error: return location
 *
 * As p2p_sync_socket_delete_key().
 *
 * Returns: whether it was deleted; %FALSE with the errors of p2p_sync_socket_delete_key()
 */
gboolean
p2p_sync_socket_delete_text (P2pSyncSocket *self, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, FALSE);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_sync_socket_delete_key (self, bytes, error);
}

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
 * p2p_sync_socket_update:
 * @self: the socket
 * @entries: keys and values: an `a(ayv)`, or an `a{sv}` for keys that are text
 * @results: (out) (optional) (transfer container) (element-type P2pTableResult): what became of each, in the order of @entries
 *
 * Writes several keys, one after the other, as p2p_sync_socket_set() does. One that is refused does not keep the others from being
 * written.
 *
 * Returns: how many were written
 */
guint
p2p_sync_socket_update (P2pSyncSocket *self, GVariant *entries, GPtrArray **results)
{
  g_autoptr (P2pSyncSocket) held G_GNUC_UNUSED = NULL;
  g_autoptr (GVariant) sunk = entries != NULL ? g_variant_ref_sink (entries) : NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_table_result_unref);
  guint n_written = 0;
  gsize n;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), 0);
  g_return_val_if_fail (entries != NULL, 0);
  g_return_val_if_fail (g_variant_is_of_type (entries, G_VARIANT_TYPE ("a(ayv)")) || g_variant_is_of_type (entries, G_VARIANT_TYPE_VARDICT), 0);

  held = g_object_ref (self);
  n = g_variant_n_children (sunk);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GBytes) key = take_pair (sunk, i, &value);
      GError *error = NULL;

      if (p2p_sync_socket_set (self, key, value, &error))
        n_written++;
      if (results != NULL)
        g_ptr_array_add (list, p2p_table_result_new (key, error));
      else
        g_clear_error (&error);
    }
  if (results != NULL)
    *results = g_steal_pointer (&list);
  return n_written;
}

/**
 * p2p_sync_socket_pop:
 * @self: the socket
 * @key: a key
 * @error: return location
 *
 * Takes a key out of the table.
 *
 * Returns: (transfer full): the value it had; %NULL with the errors of p2p_sync_socket_delete_key()
 */
GVariant *
p2p_sync_socket_pop (P2pSyncSocket *self, GBytes *key, GError **error)
{
  g_autoptr (GVariant) value = NULL;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (!p2p_sync_socket_check_open (self, error))
    return NULL;
  value = p2p_sync_socket_get (self, key, error);
  if (value == NULL || !p2p_sync_socket_delete_key (self, key, error))
    return NULL;
  return g_steal_pointer (&value);
}

/**
 * p2p_sync_socket_pop_text:
 * @self: the socket
 * @key: a key that is text
 * @error: return location
 *
 * As p2p_sync_socket_pop().
 *
 * Returns: (transfer full): the value it had; %NULL with the errors of p2p_sync_socket_delete_key()
 */
GVariant *
p2p_sync_socket_pop_text (P2pSyncSocket *self, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, NULL);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_sync_socket_pop (self, bytes, error);
}

/**
 * p2p_sync_socket_pop_with_fallback:
 * @self: the socket
 * @key: a key
 * @fallback: (nullable): what to return when it has no value
 * @error: return location
 *
 * Takes a key out of the table, if it is there. That somebody else has its lease is an error all the same.
 *
 * Returns: (transfer full) (nullable): the value it had, or @fallback; %NULL with an error but %P2P_TABLE_ERROR_NOT_FOUND
 */
GVariant *
p2p_sync_socket_pop_with_fallback (P2pSyncSocket *self, GBytes *key, GVariant *fallback, GError **error)
{
  g_autoptr (GVariant) other = fallback != NULL ? g_variant_ref_sink (fallback) : NULL;
  g_autoptr (GError) local = NULL;
  GVariant *value;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  value = p2p_sync_socket_pop (self, key, &local);
  if (value != NULL)
    return value;
  if (!g_error_matches (local, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_steal_pointer (&other);
}

/* The first key whose lease is ours or nobody's; NULL with an error */
static GBytes *
find_ours (P2pSyncSocket *self, GError **error)
{
  P2pSyncNode *node = p2p_sync_socket_get_priv (self)->node;
  P2pSyncTable *table = p2p_sync_socket_get_table (self);
  const char *own_id = p2p_mesh_socket_get_id (P2P_MESH_SOCKET (self));
  P2pSyncState state = { 0 };

  while (p2p_sync_table_next (table, state.key, &state))
    if (state.value != NULL && (g_strcmp0 (state.owner, own_id) == 0 || p2p_sync_node_get_lease_left (node, &state) == 0))
      return g_bytes_ref (state.key);
  if (p2p_sync_table_get_n_keys (table) == 0)
    g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "There are no keys in the table");
  else
    g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_LEASED, "Others have the leases of all keys of the table");
  return NULL;
}

/**
 * p2p_sync_socket_popitem:
 * @self: the socket
 * @key: (out) (optional) (transfer full): the key
 * @value: (out) (optional) (transfer full): its value
 * @error: return location
 *
 * Takes a key out of the table: the first one, in the order of bytes, that this node may delete.
 *
 * Returns: whether there was one; %FALSE with %P2P_TABLE_ERROR_NOT_FOUND (there are no keys), %P2P_TABLE_ERROR_LEASED (others have
 *   all of them) or %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_sync_socket_popitem (P2pSyncSocket *self, GBytes **key, GVariant **value, GError **error)
{
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GVariant) had = NULL;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), FALSE);

  if (!p2p_sync_socket_check_open (self, error))
    return FALSE;
  found = find_ours (self, error);
  had = found != NULL ? p2p_sync_socket_pop (self, found, error) : NULL;
  if (had == NULL)
    return FALSE;
  if (key != NULL)
    *key = g_steal_pointer (&found);
  if (value != NULL)
    *value = g_steal_pointer (&had);
  return TRUE;
}

/**
 * p2p_sync_socket_apply_delta:
 * @self: the socket
 * @key: a key whose value is a map, or that has none
 * @map: the fields to set in it: an `a{sv}` or another map
 * @error: return location
 *
 * Sets fields of a map and leaves the others as they are, which is less to send than all of it. With leasing it takes or renews the
 * key's lease as p2p_sync_socket_set() does.
 *
 * Returns: (transfer full): the merged map; %NULL with %P2P_TABLE_ERROR_NOT_A_MAP (the value, or @map, is none) or the errors of
 *   p2p_sync_socket_set()
 */
GVariant *
p2p_sync_socket_apply_delta (P2pSyncSocket *self, GBytes *key, GVariant *map, GError **error)
{
  g_autoptr (P2pSyncSocket) held G_GNUC_UNUSED = NULL;
  g_autoptr (GVariant) sunk = map != NULL ? g_variant_ref_sink (map) : NULL;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL && map != NULL, NULL);

  held = g_object_ref (self);
  if (!p2p_sync_socket_check_open (self, error) ||
      !p2p_sync_node_delta (p2p_sync_socket_get_priv (self)->node, key, sunk, NULL, error))
    return NULL;
  return p2p_sync_socket_get (self, key, error);
}

/**
 * p2p_sync_socket_apply_delta_text:
 * @self: the socket
 * @key: a key that is text
 * @map: the fields to set in its value
 * @error: return location
 *
 * As p2p_sync_socket_apply_delta().
 *
 * Returns: (transfer full): the merged map; %NULL with the errors of p2p_sync_socket_apply_delta()
 */
GVariant *
p2p_sync_socket_apply_delta_text (P2pSyncSocket *self, const char *key, GVariant *map, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, NULL);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_sync_socket_apply_delta (self, bytes, map, error);
}
