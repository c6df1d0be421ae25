/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-peer.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

#define ZEROS "byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0"
#define NONCE "<@ay [" ZEROS ", " ZEROS ", " ZEROS ", " ZEROS "]>"

RawPeer *
own_dial_caps (MeshFixture *mesh, const char *name, MeshNode *to, guint caps, guint32 max_frame)
{
  RawPeer *self = raw_dial (mesh, name, to);

  raw_send (self, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 1>, <@x %u>, <@ay []>, " NONCE ", <@x %u>]", caps, max_frame);
  raw_handshake (self);
  g_assert_true (p2p_mesh_node_find_peer (to->node, self->id)->is_own);
  return self;
}

RawPeer *
own_dial_full (MeshFixture *mesh, const char *name, MeshNode *to, guint32 max_frame)
{
  return own_dial_caps (mesh, name, to, 99, max_frame);
}

RawPeer *
own_dial (MeshFixture *mesh, const char *name, MeshNode *to)
{
  return own_dial_full (mesh, name, to, 70000);
}

void
own_send (RawPeer *self, P2pControlOp op)
{
  raw_send (self, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>]", (int) op);
}

void
own_send_ids (RawPeer *self, P2pControlOp op, const guint8 *ids, gsize n_ids)
{
  GVariant *packets[] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_CONTROL)),
    g_variant_new_variant (g_variant_new_int64 (P2P_CONTROL_VERSION)),
    g_variant_new_variant (g_variant_new_int64 (op)),
    g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, ids, n_ids * 32, 1)),
  };
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, self->id, mesh_now (self->fixture), all, NULL);

  g_assert_nonnull (message);
  g_assert_true (p2p_link_send (self->link, message, P2P_LINK_SEND_PLAIN, NULL));
  mesh_run (self->fixture, SECOND / 10);
}

P2pMessage *
own_make (RawPeer *self, const char *text)
{
  g_autoptr (GVariant) packets = g_variant_ref_sink (g_variant_new_parsed ("[<@x 0>, <%s>]", text));

  return p2p_message_new (P2P_FLAG_BROADCAST, self->id, mesh_now (self->fixture), packets, NULL);
}

void
own_give (RawPeer *self, P2pMessage *message)
{
  g_assert_true (p2p_link_send (self->link, message, P2P_LINK_SEND_PLAIN, NULL));
  mesh_run (self->fixture, SECOND / 100);
}

static gboolean
is_op (P2pMessage *message, P2pControlOp op)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, 2);
  gint64 number;

  return p2p_message_get_flag (message) == P2P_FLAG_WHISPER && p2p_message_get_subflag (message) == P2P_SUBFLAG_CONTROL &&
         p2p_mesh_value_get_int (value, &number) && number == op;
}

guint
own_count (RawPeer *self, P2pControlOp op)
{
  guint n = 0;

  for (guint i = 0; i < self->messages->len; i++)
    n += is_op (g_ptr_array_index (self->messages, i), op);
  return n;
}

GByteArray *
own_get_ids (RawPeer *self, P2pControlOp op)
{
  GByteArray *ids = g_byte_array_new ();

  for (guint i = 0; i < self->messages->len; i++)
    {
      g_autoptr (GVariant) value = NULL;
      gconstpointer data;
      gsize length;

      if (!is_op (g_ptr_array_index (self->messages, i), op))
        continue;
      value = p2p_message_get_packet (g_ptr_array_index (self->messages, i), 3);
      data = g_variant_get_fixed_array (value, &length, 1);
      g_byte_array_append (ids, data, (guint) length);
    }
  return ids;
}

gboolean
own_has_id (RawPeer *self, P2pControlOp op, const guint8 *id)
{
  g_autoptr (GByteArray) ids = own_get_ids (self, op);

  for (guint at = 0; at < ids->len; at += 32)
    if (memcmp (ids->data + at, id, 32) == 0)
      return TRUE;
  return FALSE;
}

guint
own_heard (RawPeer *self, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < self->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (self->messages, i);
      g_autofree char *heard = p2p_message_get_flag (message) == P2P_FLAG_BROADCAST ? p2p_message_dup_text (message) : NULL;

      n += g_strcmp0 (heard, text) == 0;
    }
  return n;
}

P2pPeer *
own_peer_at (MeshNode *node, RawPeer *raw)
{
  P2pPeer *peer = p2p_mesh_node_find_peer (node->node, raw->id);

  g_assert_nonnull (peer);
  return peer;
}

void
own_fake_id (guint number, guint8 *id)
{
  g_autofree char *text = g_strdup_printf ("id %u", number);

  p2p_sha256 ((const guint8 *) text, strlen (text), id);
}

guint
own_count_feeds (MeshNode *node)
{
  guint n = 0;

  for (guint i = 0; i < p2p_mesh_node_get_n_peers (node->node); i++)
    n += !p2p_mesh_node_get_peer (node->node, i)->pruned;
  return n;
}
