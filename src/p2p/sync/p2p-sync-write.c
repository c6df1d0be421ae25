/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What our own program writes: into our table first, then to everybody. */
#include "p2p-sync-node-private.h"

#include <string.h>

#include "../wire/p2p-map-private.h"
#include "../wire/p2p-message-private.h"
#include "../wire/p2p-value-private.h"
#include "p2p-sync-proof.h"

static GBytes *
pack (GVariant *value, GError **error)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GError) why = NULL;

  if (!p2p_value_pack (value, packed, &why))
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "This is no value for the table: %s", why->message);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&packed));
}

static P2pTokenKind
get_kind (GBytes *value)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (value, &length);
  P2pToken token;

  return p2p_skim_token (bytes, length, &token) ? token.kind : P2P_TOKEN_NIL;
}

static gboolean
check_key (P2pSyncNode *self, const guint8 *key, gsize length, GError **error)
{
  if (p2p_mesh_node_is_closed (self->mesh))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
      return FALSE;
    }
  if (p2p_sync_is_js2p_key (key, length) && p2p_sync_has_js2p (self))
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_JS2P_KEY,
                   "The key “%.*s” is a name that every JavaScript object has, and a js2p node is linked, which cannot take it: choose another",
                   (int) length, (const char *) key);
      return FALSE;
    }
  return TRUE;
}

/*
 * A delete is nil. js2p cannot take one (quirk J2), and ends the link that brings it: where one is linked, all are told the empty string, with
 * the mark by which nodes of ours know better.
 */
static P2pMessage *
make_message (P2pSyncNode *self, const guint8 *key, gsize key_length, const P2pWrite *write)
{
  return p2p_sync_spell (write->owner, &write->clock, write->kind, key, key_length, write->value,
                         write->kind == P2P_WRITE_DELETE && p2p_sync_has_js2p (self));
}

/* Own state first, then the others. The clock of the write was made by p2p_sync_table_check_write(). */
static gboolean
put (P2pSyncNode *self, const guint8 *key, gsize key_length, P2pWrite *write, guint *links, GError **error)
{
  g_autoptr (P2pMessage) message = make_message (self, key, key_length, write);
  g_autoptr (GBytes) note = NULL;
  P2pMerge merge;
  guint taken = 0;

  write->mine = TRUE;
  memcpy (write->clock.id, p2p_message_peek_id (message), sizeof write->clock.id);
  p2p_mesh_node_enter (self->mesh);
  self->untold = write->kind == P2P_WRITE_DELETE && p2p_sync_may_lack (self, key, key_length);
  merge = p2p_sync_table_merge (self->table, key, key_length, write, p2p_sync_utc (self), error);
  if (merge != P2P_MERGE_REFUSED)
    {
      p2p_sync_note_merge (self, key, key_length, merge, TRUE, FALSE);
      note = p2p_sync_table_note_write (self->table, key, key_length, write);
      taken = p2p_mesh_node_send_noted (self->mesh, message, note);
    }
  self->untold = FALSE;
  if (links != NULL)
    *links = taken;
  p2p_mesh_node_leave (self->mesh);
  return merge != P2P_MERGE_REFUSED;
}

gboolean
p2p_sync_node_set (P2pSyncNode *self, GBytes *key, GVariant *value, guint *links, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  g_autoptr (GVariant) held = g_variant_ref_sink (value);
  g_autoptr (GBytes) packed = NULL;
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = p2p_mesh_node_get_id (self->mesh) };

  if (!check_key (self, bytes, length, error) || (packed = pack (held, error)) == NULL)
    return FALSE;
  if (get_kind (packed) == P2P_TOKEN_NIL)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "nil is no value: it is what stands for a deleted key");
      return FALSE;
    }
  write.value = packed;
  return p2p_sync_table_check_write (self->table, bytes, length, &write, p2p_sync_utc (self), &write.clock, error) &&
         put (self, bytes, length, &write, links, error);
}

gboolean
p2p_sync_node_delete (P2pSyncNode *self, GBytes *key, guint *links, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  P2pWrite write = { .kind = P2P_WRITE_DELETE, .owner = p2p_mesh_node_get_id (self->mesh) };
  P2pSyncState state;

  if (!check_key (self, bytes, length, error))
    return FALSE;
  if (!p2p_sync_table_lookup (self->table, bytes, length, &state) || state.value == NULL)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "The table has no such key");
      return FALSE;
    }
  return p2p_sync_table_check_write (self->table, bytes, length, &write, p2p_sync_utc (self), &write.clock, error) &&
         put (self, bytes, length, &write, links, error);
}

/* ---- deltas ---- */

/* The fields of a map, in order; a later one of a name takes the place of the earlier. */
static void
add_fields (GBytes *map, GPtrArray *fields, GHashTable *places)
{
  P2pMapIter iter;
  const guint8 *name;
  const guint8 *value;
  gsize name_length;
  gsize value_length;

  if (!p2p_map_iter_init (&iter, map))
    return;
  while (p2p_map_iter_next (&iter, &name, &name_length, &value, &value_length))
    {
      g_autoptr (GBytes) key = g_bytes_new (name, name_length);
      gpointer place;

      if (g_hash_table_lookup_extended (places, key, NULL, &place))
        g_bytes_unref (g_steal_pointer (&g_ptr_array_index (fields, GPOINTER_TO_UINT (place) + 1)));
      else
        {
          place = GUINT_TO_POINTER (fields->len);
          g_ptr_array_add (fields, g_bytes_ref (key));
          g_ptr_array_add (fields, NULL);
          g_hash_table_insert (places, g_bytes_ref (key), place);
        }
      g_ptr_array_index (fields, GPOINTER_TO_UINT (place) + 1) = g_bytes_new (value, value_length);
    }
}

static GBytes *
merge_maps (GBytes *base, GBytes *delta)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  GByteArray *packed = g_byte_array_new ();
  msgpack_packer packer;

  add_fields (base, fields, places);
  add_fields (delta, fields, places);
  p2p_packer_init (&packer, packed);
  msgpack_pack_map (&packer, fields->len / 2);
  for (guint i = 0; i < fields->len; i++)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (g_ptr_array_index (fields, i), &length);

      g_byte_array_append (packed, bytes, (guint) length);
    }
  return g_byte_array_free_to_bytes (packed);
}

/*
 * Fields of our own map go out by themselves, and without leases those of anybody's. A map that we take over goes out whole: what we
 * see of the holder before others may not see.
 */
gboolean
p2p_sync_node_delta (P2pSyncNode *self, GBytes *key, GVariant *map, guint *links, GError **error)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  g_autoptr (GVariant) held = g_variant_ref_sink (map);
  g_autoptr (GBytes) delta = NULL;
  g_autoptr (GBytes) whole = NULL;
  P2pWrite write = { .kind = P2P_WRITE_DELTA, .owner = p2p_mesh_node_get_id (self->mesh) };
  P2pSyncState state;
  gboolean is_there;

  if (!check_key (self, bytes, length, error) || (delta = pack (held, error)) == NULL)
    return FALSE;
  if (get_kind (delta) != P2P_TOKEN_MAP)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta is a map of the fields that change");
      return FALSE;
    }
  write.value = delta;
  if (!p2p_sync_table_check_write (self->table, bytes, length, &write, p2p_sync_utc (self), &write.clock, error))
    return FALSE;
  is_there = p2p_sync_table_lookup (self->table, bytes, length, &state) && state.value != NULL;
  if (is_there && get_kind (state.value) != P2P_TOKEN_MAP)
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta changes fields of a map, and the value of the key is none");
      return FALSE;
    }
  if (self->leasing && (!is_there || !g_str_equal (state.owner, write.owner)))
    {
      write.kind = P2P_WRITE_STORE;
      if (is_there)
        write.value = whole = merge_maps (state.value, delta);
      if (!p2p_sync_table_check_write (self->table, bytes, length, &write, p2p_sync_utc (self), &write.clock, error))
        return FALSE;
    }
  return put (self, bytes, length, &write, links, error);
}
