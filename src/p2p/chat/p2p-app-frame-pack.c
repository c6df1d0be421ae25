/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-app-frame-private.h"

#include <string.h>

static void
add (GVariantBuilder *builder, GVariant *value)
{
  g_variant_builder_add (builder, "v", value);
}

static void
add_number (GVariantBuilder *builder, gint64 number)
{
  add (builder, g_variant_new_int64 (number));
}

/* bytes: nullable, for none */
static void
add_bytes (GVariantBuilder *builder, GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  add (builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1));
}

static void
add_ids (GVariantBuilder *builder, GPtrArray *ids)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (guint i = 0; i < ids->len; i++)
    g_byte_array_append (all, g_bytes_get_data (g_ptr_array_index (ids, i), NULL), P2P_APP_ID_LENGTH);
  add (builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, all->data, all->len, 1));
}

static void
add_behind (GVariantBuilder *builder, P2pAppFrame *self)
{
  guint8 behind[P2P_APP_BEHIND_LENGTH];
  guint64 time = GUINT64_TO_BE ((guint64) self->behind_time);

  if (self->behind_id == NULL)
    {
      add_bytes (builder, NULL);
      return;
    }
  memcpy (behind, &time, sizeof time);
  memcpy (behind + sizeof time, g_bytes_get_data (self->behind_id, NULL), P2P_APP_ID_LENGTH);
  add (builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, behind, sizeof behind, 1));
}

static void
add_items (GVariantBuilder *builder, GPtrArray *items)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  for (guint i = 0; i < items->len; i++)
    {
      const P2pAppHistoryItem *item = g_ptr_array_index (items, i);
      g_autoptr (GBytes) body = p2p_message_dup_body (item->message);
      g_auto (GVariantBuilder) entry = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

      add_number (&entry, item->heard);
      add_bytes (&entry, body);
      add_bytes (&entry, item->reply);
      if (item->proof != NULL)
        add_bytes (&entry, item->proof);
      add (&list, g_variant_builder_end (&entry));
    }
  add (builder, g_variant_builder_end (&list));
}

static void
add_fields (GVariantBuilder *builder, P2pAppFrame *self)
{
  switch (self->op)
    {
    case P2P_APP_NAME:
      add (builder, g_variant_new_string (self->name));
      add_number (builder, self->flags);
      break;
    case P2P_APP_REPLY:
      add_bytes (builder, self->about);
      add_bytes (builder, self->to);
      break;
    case P2P_APP_RECEIPT:
      add_ids (builder, self->ids);
      break;
    case P2P_APP_HISTORY_ASK:
      add_number (builder, self->token);
      add_number (builder, self->from);
      add_number (builder, self->until);
      add_number (builder, self->n);
      add_behind (builder, self);
      break;
    case P2P_APP_HISTORY:
      add_number (builder, self->token);
      add_number (builder, self->flags);
      add_items (builder, self->items);
      break;
    case P2P_APP_FILE:
      add_bytes (builder, self->about);
      add_bytes (builder, self->file);
      add_number (builder, (gint64) self->size);
      add (builder, g_variant_new_string (self->name));
      add (builder, g_variant_new_string (self->type));
      break;
    case P2P_APP_FETCH:
      add_number (builder, self->token);
      add_bytes (builder, self->file);
      add_number (builder, (gint64) self->offset);
      add_number (builder, self->n);
      break;
    case P2P_APP_CHUNK:
      add_number (builder, self->token);
      add_bytes (builder, self->file);
      add_number (builder, (gint64) self->offset);
      add_bytes (builder, self->bytes);
      break;
    case P2P_APP_CALL:
      add_number (builder, self->token);
      add_number (builder, self->n);
      break;
    case P2P_APP_CALLED:
      add_number (builder, self->token);
      add_number (builder, self->flags);
      add (builder, g_variant_new_string (self->host));
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * p2p_app_frame_pack:
 * @self: a frame
 *
 * The packets that the frame goes out as. Programs send frames by p2p_mesh_socket_send_app() and its relatives, which do this.
 *
 * Returns: (transfer floating): the packets of a message, its sub-flag first, as `av`
 */
GVariant *
p2p_app_frame_pack (P2pAppFrame *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  g_return_val_if_fail (self != NULL, NULL);

  add_number (&builder, P2P_APP_SUBFLAG);
  add_number (&builder, P2P_APP_VERSION);
  add_number (&builder, self->op);
  add_fields (&builder, self);
  return g_variant_builder_end (&builder);
}
