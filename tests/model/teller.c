/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rt-store-chat.h"
#include "teller.h"

#include <string.h>

P2pMessage *
make_said (const char *sender, gint64 flag, gint64 age, const char *text)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (flag)), g_variant_new_variant (g_variant_new_string (text)) };
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
  P2pMessage *message = p2p_message_new (flag, sender, g_get_real_time () / G_USEC_PER_SEC - age, all, NULL);

  g_assert_nonnull (message);
  return message;
}

void
keep_message (RtNetwork *network, P2pMessage *message, const char *text, guint flags)
{
  RtStoreChat *chat = rt_network_get_chat (network);
  g_autoptr (RtStoreMessage) kept = rt_store_message_new ();

  kept->row = rt_store_chat_take_row (chat);
  kept->sent = p2p_message_get_time (message);
  kept->time = kept->sent * G_USEC_PER_SEC;
  kept->flags = flags;
  kept->sender = g_strdup (p2p_message_get_sender (message));
  kept->text = g_strdup (text);
  kept->id = p2p_message_get_id (message);
  kept->body = p2p_message_dup_body (message);
  if ((flags & RT_STORE_MESSAGE_TOLD) != 0)
    kept->teller = g_strdup ("somebody");
  rt_store_chat_add (chat, kept, FALSE);
}

void
teller_add (Teller *self, const char *sender, gint64 age, const char *text)
{
  if (self->messages == NULL)
    self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  g_ptr_array_add (self->messages, make_said (sender, P2P_FLAG_BROADCAST, age, text));
}

void
teller_copy (Teller *self, Teller *other, guint n)
{
  if (self->messages == NULL)
    self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->messages, p2p_message_ref (other->messages->pdata[i]));
}

static void
whisper_to (Teller *self, const char *id, P2pAppFrame *frame)
{
  g_assert_nonnull (frame);
  p2p_mesh_socket_whisper_app_async (self->socket, id, frame, NULL, NULL, NULL);
}

void
teller_whisper (Teller *self, RtNetwork *network, P2pAppFrame *frame)
{
  whisper_to (self, network_get_id (network), frame);
}

static void
tell_to (Teller *self, const char *id, gint64 token, guint first, guint n, gboolean more)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_history_item_free);
  g_autoptr (P2pAppFrame) frame = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = first; i < first + n; i++)
    g_ptr_array_add (items, p2p_app_history_item_new (self->heard != 0 ? self->heard : p2p_message_get_time (self->messages->pdata[i]), self->messages->pdata[i], NULL));
  frame = p2p_app_frame_new_history (token, more ? P2P_APP_HISTORY_MORE : P2P_APP_HISTORY_END, items, &error);
  g_assert_no_error (error);
  whisper_to (self, id, frame);
}

void
teller_tell (Teller *self, RtNetwork *network, gint64 token, guint first, guint n, gboolean more)
{
  tell_to (self, network_get_id (network), token, first, n, more);
}

static void
keep_range (Teller *self, gint64 from, gint64 until)
{
  g_autoptr (GPtrArray) all = g_steal_pointer (&self->messages);

  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  for (guint i = 0; i < all->len; i++)
    if (p2p_message_get_time (all->pdata[i]) >= from && p2p_message_get_time (all->pdata[i]) <= until)
      g_ptr_array_add (self->messages, p2p_message_ref (all->pdata[i]));
}

static void
answer (Teller *self, P2pAppFrame *frame, const char *asker)
{
  GBytes *behind = p2p_app_frame_get_behind_id (frame);
  g_autoptr (GPtrArray) kept = g_ptr_array_ref (self->messages);
  guint first = 0, n;

  if (self->as_asked)
    keep_range (self, p2p_app_frame_get_from (frame), p2p_app_frame_get_until (frame));
  /* what he told last, mostly */
  for (guint i = 0; behind != NULL && !self->endless && i < self->messages->len; i++)
    {
      guint at = (self->last + i) % self->messages->len;

      if (memcmp (p2p_message_peek_id (self->messages->pdata[at]), g_bytes_get_data (behind, NULL), P2P_APP_ID_LENGTH) != 0)
        continue;
      first = at + 1;
      break;
    }
  n = self->messages->len - first;
  if (self->per_page != 0)
    n = MIN (n, self->per_page);
  self->last = first + n > 0 ? first + n - 1 : 0;
  tell_to (self, asker, self->token, first, n, self->endless || first + n < self->messages->len);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  self->messages = g_steal_pointer (&kept);
  if (self->leaves)
    p2p_mesh_socket_disconnect (self->socket, p2p_mesh_socket_get_connection (self->socket, asker));
}

static void
frame_cb (P2pMeshSocket *socket, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection, Teller *self)
{
  switch (p2p_app_frame_get_op (frame))
    {
    case P2P_APP_NAME:
      self->n_names++;
      g_free (self->name);
      self->name = g_strdup (p2p_app_frame_get_name (frame));
      break;
    case P2P_APP_RECEIPT:
      self->n_receipts += p2p_app_frame_get_ids (frame)->len;
      break;
    case P2P_APP_HISTORY_ASK:
      self->n_asks++;
      self->token = p2p_app_frame_get_token (frame);
      self->from = p2p_app_frame_get_from (frame);
      self->until = p2p_app_frame_get_until (frame);
      if (self->n_asks <= self->n_put_off)
        tell_to (self, p2p_message_get_sender (message), self->token, 0, 0, TRUE);
      else if (!self->mute)
        answer (self, frame, p2p_message_get_sender (message));
      break;
    case P2P_APP_HISTORY:
      self->n_pages++;
      self->n_told += p2p_app_frame_get_items (frame)->len;
      break;
    case P2P_APP_REPLY:
    case P2P_APP_FILE:
    case P2P_APP_FETCH:
    case P2P_APP_CHUNK:
    case P2P_APP_CALL:
    case P2P_APP_CALLED:
    default:
      break;
    }
}

void
teller_init (Teller *self, RtNetwork *network)
{
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_protocol (rt_network_get_config (network));
  g_autoptr (GError) error = NULL;

  if (self->messages == NULL)
    self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  self->socket = p2p_mesh_socket_new (protocol, NULL, NULL, &error);
  g_assert_no_error (error);
  if (!self->no_history)
    p2p_mesh_socket_announce_history (self->socket);
  p2p_mesh_socket_set_max_outgoing (self->socket, 0);
  p2p_mesh_socket_listen (self->socket, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  g_signal_connect (self->socket, "app-frame", G_CALLBACK (frame_cb), self);
  p2p_mesh_socket_connect_to_async (self->socket, "127.0.0.1", (guint16) rt_network_config_get_listen_port (rt_network_get_config (network)), NULL, NULL, NULL, NULL);
  rt_wait_until (p2p_mesh_socket_get_connection (self->socket, network_get_id (network)) != NULL
                 && p2p_mesh_socket_get_connection (rt_network_get_socket (network), p2p_mesh_socket_get_id (self->socket)) != NULL);
}

void
teller_clear (Teller *self)
{
  if (self->socket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      p2p_mesh_socket_close (self->socket, NULL);
    }
  g_clear_object (&self->socket);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_clear_pointer (&self->name, g_free);
}
