/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs read of the table, and what an earlier run of theirs kept of it. */
#include "config.h"

#include "p2p-sync-socket-private.h"

#include <string.h>

/* The packed value of a key; NULL: it has none */
static GBytes *
peek (P2pSyncSocket *self, GBytes *key, P2pSyncState *state)
{
  P2pSyncTable *table = p2p_sync_socket_get_table (self);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  return table != NULL && p2p_sync_table_lookup (table, bytes, length, state) ? state->value : NULL;
}

/* The next key that has a value, in the order of bytes */
static gboolean
step (P2pSyncTable *table, P2pSyncState *state)
{
  GBytes *from = state->key;

  while (table != NULL && p2p_sync_table_next (table, from, state))
    {
      if (state->value != NULL)
        return TRUE;
      from = state->key;
    }
  return FALSE;
}

/**
 * p2p_sync_socket_get_n_keys:
 * @self: the socket
 *
 * How large the table is.
 *
 * Returns: how many keys have a value
 */
guint
p2p_sync_socket_get_n_keys (P2pSyncSocket *self)
{
  P2pSyncTable *table;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), 0);

  table = p2p_sync_socket_get_table (self);
  return table != NULL ? p2p_sync_table_get_n_keys (table) : 0;
}

/**
 * p2p_sync_socket_contains:
 * @self: the socket
 * @key: a key
 *
 * Whether a key is in the table.
 *
 * Returns: whether it has a value
 */
gboolean
p2p_sync_socket_contains (P2pSyncSocket *self, GBytes *key)
{
  P2pSyncState state;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  return peek (self, key, &state) != NULL;
}

/**
 * p2p_sync_socket_contains_text:
 * @self: the socket
 * @key: a key that is text
 *
 * The same as p2p_sync_socket_contains() for a key that is text: its UTF-8 is the key.
 *
 * Returns: whether it has a value
 */
gboolean
p2p_sync_socket_contains_text (P2pSyncSocket *self, const char *key)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, FALSE);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_sync_socket_contains (self, bytes);
}

/**
 * p2p_sync_socket_get_entry:
 * @self: the socket
 * @key: a key
 *
 * Looks up a key together with who wrote it and when.
 *
 * Returns: (transfer full) (nullable): all that is known of it, kept up to date; %NULL when it has no value
 */
P2pSyncEntry *
p2p_sync_socket_get_entry (P2pSyncSocket *self, GBytes *key)
{
  P2pSyncState state;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return peek (self, key, &state) != NULL ? p2p_sync_socket_ensure_entry (self, key) : NULL;
}

/**
 * p2p_sync_socket_dup_writer:
 * @self: the socket
 * @key: a key
 *
 * Who wrote a key, also of one that was deleted a short while ago.
 *
 * Returns: (transfer full) (nullable): the id of the node that wrote it last, or deleted it: that is known for as long as others may still say otherwise;
 *   %NULL when nothing is known of it
 */
char *
p2p_sync_socket_dup_writer (P2pSyncSocket *self, GBytes *key)
{
  P2pSyncTable *table;
  P2pSyncState state;
  gsize length;
  const guint8 *bytes;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  table = p2p_sync_socket_get_table (self);
  bytes = g_bytes_get_data (key, &length);
  return table != NULL && p2p_sync_table_lookup (table, bytes, length, &state) ? g_strdup (state.owner) : NULL;
}

/**
 * p2p_sync_socket_get:
 * @self: the socket
 * @key: a key
 * @error: return location
 *
 * Reads a key. The table is in memory: this is no question to anybody.
 *
 * Returns: (transfer full): its value, as p2p_value_unpack() makes it; %NULL with %P2P_TABLE_ERROR_NOT_FOUND
 */
GVariant *
p2p_sync_socket_get (P2pSyncSocket *self, GBytes *key, GError **error)
{
  P2pSyncState state;
  GVariant *value;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (peek (self, key, &state) == NULL)
    {
      p2p_sync_socket_set_not_found (key, error);
      return NULL;
    }
  value = p2p_sync_socket_unpack (self, state.value);
  if (value == NULL)
    g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "The value of the key cannot be read");
  return value;
}

/**
 * p2p_sync_socket_get_text:
 * @self: the socket
 * @key: a key that is text
 * @error: return location
 *
 * The same as p2p_sync_socket_get() for a key that is text: its UTF-8 is the key.
 *
 * Returns: (transfer full): its value, which may be of any type; %NULL with %P2P_TABLE_ERROR_NOT_FOUND
 */
GVariant *
p2p_sync_socket_get_text (P2pSyncSocket *self, const char *key, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (key != NULL, NULL);

  bytes = g_bytes_new (key, strlen (key));
  return p2p_sync_socket_get (self, bytes, error);
}

/**
 * p2p_sync_socket_get_with_fallback:
 * @self: the socket
 * @key: a key
 * @fallback: (nullable): what to return when it has no value
 *
 * Reads a key, with something in the place of a value that is not there.
 *
 * Returns: (transfer full) (nullable): its value, or @fallback
 */
GVariant *
p2p_sync_socket_get_with_fallback (P2pSyncSocket *self, GBytes *key, GVariant *fallback)
{
  g_autoptr (GVariant) other = fallback != NULL ? g_variant_ref_sink (fallback) : NULL;
  GVariant *value;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  value = p2p_sync_socket_get (self, key, NULL);
  return value != NULL ? value : g_steal_pointer (&other);
}

/**
 * p2p_sync_socket_get_keys:
 * @self: the socket
 *
 * The keys of the table, as a copy.
 *
 * Returns: (transfer container) (element-type GBytes): the keys that have a value, in the order of their bytes
 */
GPtrArray *
p2p_sync_socket_get_keys (P2pSyncSocket *self)
{
  GPtrArray *keys;
  P2pSyncTable *table;
  P2pSyncState state = { 0 };

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);

  table = p2p_sync_socket_get_table (self);
  keys = g_ptr_array_new_full (p2p_sync_socket_get_n_keys (self), (GDestroyNotify) g_bytes_unref);
  while (step (table, &state))
    g_ptr_array_add (keys, g_bytes_ref (state.key));
  return keys;
}

/**
 * p2p_sync_socket_get_values:
 * @self: the socket
 *
 * The values of the table, as a copy.
 *
 * Returns: (transfer full): the values, an `av` in the order of p2p_sync_socket_get_keys()
 */
GVariant *
p2p_sync_socket_get_values (P2pSyncSocket *self)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  P2pSyncTable *table;
  P2pSyncState state = { 0 };

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);

  table = p2p_sync_socket_get_table (self);
  while (step (table, &state))
    {
      g_autoptr (GVariant) value = p2p_sync_socket_unpack (self, state.value);

      if (value != NULL)
        g_variant_builder_add (&list, "v", value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

/**
 * p2p_sync_socket_get_items:
 * @self: the socket
 *
 * All of the table at once.
 *
 * Returns: (transfer full): a copy of the table: an `a(ayv)` of keys and values, in the order of the keys' bytes
 */
GVariant *
p2p_sync_socket_get_items (P2pSyncSocket *self)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayv)"));
  P2pSyncTable *table;
  P2pSyncState state = { 0 };

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);

  table = p2p_sync_socket_get_table (self);
  while (step (table, &state))
    {
      g_autoptr (GVariant) value = p2p_sync_socket_unpack (self, state.value);

      if (value != NULL)
        g_variant_builder_add (&list, "(@ayv)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, state.key, TRUE), value);
    }
  return g_variant_ref_sink (g_variant_builder_end (&list));
}

/**
 * p2p_sync_socket_restore:
 * @self: the socket, which does not listen yet
 * @record: what #P2pSyncSocket::record gave in an earlier run
 * @error: return location
 *
 * Gives the table back what an earlier run of the program knew of a key. It is #P2pSyncEntry:old until another node says the same.
 * Keys that the node itself wrote, and still has, it offers to others again. What is in the node's own name, and was kept by no node
 * that signs, is not taken (%P2P_TABLE_ERROR_UNSIGNED): nobody knows who wrote it.
 *
 * Returns: whether it was taken; %FALSE with %P2P_TABLE_ERROR, or %P2P_LINK_ERROR_FAILED when the node listens already
 */
gboolean
p2p_sync_socket_restore (P2pSyncSocket *self, GBytes *record, GError **error)
{
  g_autoptr (P2pSyncSocket) held G_GNUC_UNUSED = NULL;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), FALSE);
  g_return_val_if_fail (record != NULL, FALSE);

  held = g_object_ref (self);
  if (!p2p_sync_socket_check_open (self, error))
    return FALSE;
  if (p2p_mesh_socket_get_port (P2P_MESH_SOCKET (self)) != 0)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED, "A table is restored before its node listens");
      return FALSE;
    }
  return p2p_sync_node_restore (p2p_sync_socket_get_priv (self)->node, record, error);
}
