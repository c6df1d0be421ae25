/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What our program calls to write; and the look that comes before a delete or a delta. */
#include "p2p-chord-write-private.h"

#include "../wire/p2p-value.h"

/* ---- what comes before a delete or a delta ---- */

static GError *
check_before (P2pChordWriting *self, P2pChordLook *look)
{
  gboolean any = FALSE;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    any |= look->answers[i].state == P2P_CHORD_ANSWER_VALUE;
  /* What a few places have left of it goes, too. */
  if (self->kind == P2P_CHORD_WRITE_DELETE)
    return any && look->outcome != P2P_CHORD_LOOK_ENDED ? NULL : p2p_chord_look_to_error (look);
  if (look->outcome == P2P_CHORD_LOOK_ABSENT)
    return NULL;
  if (look->value != NULL && !p2p_chord_is_map (look->value))
    return g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta changes fields of a map, and the value of the key is none");
  return p2p_chord_look_to_error (look);
}

static void
before_cb (P2pChordLook *look, gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  GError *error = check_before (self, look);

  self->before_handle = 0;
  self->before = p2p_chord_look_ref (look);
  p2p_mesh_node_enter (mesh);
  if (error != NULL)
    p2p_chord_writing_fail (self, look, error);
  else
    p2p_chord_writing_begin (self, p2p_chord_writing_get_latest (self->node, look));
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* ---- what our program calls ---- */

static gboolean
check_call (P2pChordNode *node, GBytes *key, GError **error)
{
  gsize length = g_bytes_get_size (key);

  if (node->closed || p2p_mesh_node_is_closed (node->mesh))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
      return FALSE;
    }
  if (length == 0)
    g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "A key has at least one byte");
  else if (length > node->limits.table_key)
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "A key has at most %u bytes, and this one has %" G_GSIZE_FORMAT, node->limits.table_key, length);
  return length > 0 && length <= node->limits.table_key;
}

static P2pChordWriting *
writing_new (P2pChordNode *node, P2pChordWriteKind kind, GBytes *key, GVariant *value, guint timeout_ms, P2pChordWriteFunc func, gpointer data)
{
  P2pChordWriting *self = g_new0 (P2pChordWriting, 1);

  self->node = node;
  self->handle = p2p_chord_new_handle (node);
  self->func = func;
  self->data = data;
  self->kind = kind;
  self->value = value != NULL ? g_variant_ref (value) : NULL;
  self->look = p2p_chord_look_new (node, key);
  self->began = p2p_chord_now (node);
  self->span = timeout_ms > 0 ? timeout_ms * (G_TIME_SPAN_SECOND / 1000) : node->limits.chord_seconds * G_TIME_SPAN_SECOND;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      self->places[i].writing = self;
      self->places[i].index = i;
    }
  g_ptr_array_add (node->writes, self);
  return self;
}

static gboolean
is_nil (GVariant *value)
{
  g_autoptr (GBytes) essence = p2p_chord_get_essence (value);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (essence, &length);

  return length == 1 && *bytes == 0xc0;
}

guint64
p2p_chord_node_set (P2pChordNode *self, GBytes *key, GVariant *value, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (value) : NULL;
  P2pChordWriting *writing;
  guint64 handle;

  if (value == NULL)
    return p2p_chord_node_delete (self, key, timeout_ms, func, data, error);
  if (!check_call (self, key, error) || !p2p_chord_check_size (self, held, error))
    return 0;
  if (is_nil (held))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "nil is no value: it is what stands for a deleted key");
      return 0;
    }
  writing = writing_new (self, P2P_CHORD_WRITE_SET, key, held, timeout_ms, func, data);
  writing->essence = p2p_chord_get_essence (held);
  handle = writing->handle;
  p2p_mesh_node_enter (self->mesh);
  p2p_chord_writing_begin (writing, 0);
  p2p_mesh_node_leave (self->mesh);
  return handle;
}

/* The look has half of the time. */
static guint64
begin_with_look (P2pChordNode *self, P2pChordWriteKind kind, GBytes *key, GVariant *map, guint timeout_ms, P2pChordWriteFunc func, gpointer data)
{
  P2pChordWriting *writing = writing_new (self, kind, key, map, timeout_ms, func, data);

  writing->before_handle = p2p_chord_look_begin (self, key, (guint) (writing->span / 2 / G_TIME_SPAN_MILLISECOND) + 1, FALSE, before_cb, writing);
  return writing->handle;
}

guint64
p2p_chord_node_delete (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  return check_call (self, key, error) ? begin_with_look (self, P2P_CHORD_WRITE_DELETE, key, NULL, timeout_ms, func, data) : 0;
}

guint64
p2p_chord_node_delta (P2pChordNode *self, GBytes *key, GVariant *map, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (map);
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) plain = NULL;

  if (!check_call (self, key, error) || !p2p_chord_check_size (self, held, error))
    return 0;
  p2p_value_pack (held, packed, NULL);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));
  plain = p2p_chord_unpack (self, bytes);
  if (plain == NULL || !p2p_chord_is_map (plain))
    {
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta is a map of the fields that change");
      return 0;
    }
  return begin_with_look (self, P2P_CHORD_WRITE_DELTA, key, plain, timeout_ms, func, data);
}

gboolean
p2p_chord_writes_cancel (P2pChordNode *self, guint64 handle)
{
  for (guint i = 0; i < self->writes->len; i++)
    {
      P2pChordWriting *writing = g_ptr_array_index (self->writes, i);

      if (writing->handle != handle)
        continue;
      /* What was sent and signed is there, perhaps: it is brought to its end, so that everybody hears whose it is. Nobody waits for it. */
      if (writing->stamp != 0 && p2p_x1_of (self->mesh) != NULL)
        {
          writing->handle = 0;
          writing->func = NULL;
          return TRUE;
        }
      g_ptr_array_remove_index (self->writes, i);
      p2p_chord_node_cancel (self, writing->before_handle);
      p2p_chord_writing_free (writing);
      return TRUE;
    }
  return FALSE;
}

void
p2p_chord_writes_closed (P2pChordNode *self)
{
  while (self->writes->len > 0)
    {
      P2pChordWriting *writing = g_ptr_array_index (self->writes, 0);

      p2p_chord_node_cancel (self, writing->before_handle);
      p2p_chord_writing_end (writing);
    }
}
