/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exchange-fixture.h"

#include <string.h>

RawPeer *
exchange_dial (SyncNode *to, const char *name)
{
  return own_dial_caps (to->fixture->mesh, name, to->mesh, EXCHANGE_CAPS, 4000000);
}

void
exchange_send (RawPeer *self, P2pControlOp op, GVariant **rest, gsize n)
{
  GVariant *packets[P2P_CONTROL_REST + P2P_CONTROL_MAX_REST] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_CONTROL)),
    g_variant_new_variant (g_variant_new_int64 (P2P_CONTROL_VERSION)),
    g_variant_new_variant (g_variant_new_int64 (op)),
  };
  g_autoptr (GVariant) all = NULL;
  g_autoptr (P2pMessage) message = NULL;

  for (gsize i = 0; i < n; i++)
    packets[P2P_CONTROL_REST + i] = g_variant_new_variant (rest[i]);
  all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, P2P_CONTROL_REST + n));
  message = p2p_message_new (P2P_FLAG_WHISPER, self->id, mesh_now (self->fixture), all, NULL);
  p2p_link_send (self->link, message, P2P_LINK_SEND_PLAIN, NULL);
  mesh_run (self->fixture, SECOND / 10);
}

static GVariant *
new_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

void
exchange_send_bytes (RawPeer *self, P2pControlOp op, gconstpointer bytes, gsize length)
{
  GVariant *rest = new_bytes (bytes, length);

  exchange_send (self, op, &rest, 1);
}

void
exchange_send_digest (RawPeer *self, guint8 fill)
{
  guint8 root[32];
  GVariant *rest[2];

  memset (root, fill, sizeof root);
  rest[0] = new_bytes (root, sizeof root);
  rest[1] = g_variant_new_int64 (0);
  exchange_send (self, P2P_CONTROL_DIGEST, rest, 2);
}

void
exchange_send_keys (RawPeer *self, guint bucket, gconstpointer list, gsize length)
{
  guint8 from[8] = { (guint8) bucket };
  guint8 to[8] = { (guint8) bucket, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  GVariant *rest[] = { g_variant_new_int64 (bucket), new_bytes (list, length), new_bytes (from, 8), new_bytes (to, 8) };

  exchange_send (self, P2P_CONTROL_KEYS, rest, G_N_ELEMENTS (rest));
}

static gboolean
is_op (P2pMessage *message, P2pControlOp op)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, 2);
  gint64 number;

  return p2p_message_get_flag (message) == P2P_FLAG_WHISPER && p2p_message_get_subflag (message) == P2P_SUBFLAG_CONTROL &&
         p2p_mesh_value_get_int (value, &number) && number == (gint64) op;
}

GVariant *
exchange_last (RawPeer *self, P2pControlOp op, gsize index)
{
  for (guint i = self->messages->len; i > 0; i--)
    {
      P2pMessage *message = g_ptr_array_index (self->messages, i - 1);

      if (is_op (message, op))
        return p2p_message_get_packet (message, P2P_CONTROL_REST + index);
    }
  g_assert_not_reached ();
}

guint
exchange_count_records (RawPeer *self)
{
  guint n = 0;

  for (guint i = 0; i < self->messages->len; i++)
    if (is_op (g_ptr_array_index (self->messages, i), P2P_CONTROL_RECORDS))
      {
        g_autoptr (GVariant) list = p2p_message_get_packet (g_ptr_array_index (self->messages, i), P2P_CONTROL_REST);

        n += (guint) g_variant_n_children (list);
      }
  return n;
}

void
exchange_forget (RawPeer *self)
{
  g_ptr_array_set_size (self->messages, 0);
}
