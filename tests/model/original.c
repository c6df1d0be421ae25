/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "original.h"
#include "teller.h"

#include <string.h>

static void
send_message (Original *self, P2pMessage *message)
{
  g_autoptr (GBytes) bytes = p2p_message_to_bytes (message);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self->link)), data, length, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
take_frame (Original *self, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) frame = g_bytes_new (data, length);
  g_autoptr (P2pMessage) message = p2p_message_parse (frame, FALSE, NULL, 0, NULL, NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (message);
  if (p2p_message_get_subflag (message) == 0x5A)
    {
      self->n_apps++;
      self->n_app_whispers += p2p_message_get_flag (message) == P2P_FLAG_WHISPER;
      return;
    }
  self->n_whispers += p2p_message_get_subflag (message) == P2P_SUBFLAG_WHISPER;
  if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return;
  text = p2p_message_dup_text (message);
  if (text == NULL)
    return;
  self->n_texts++;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
}

static void read_on (Original *self);

static void
read_cb (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Original *self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (n <= 0)
    {
      self->ended = TRUE;
      return;
    }
  g_byte_array_append (self->bytes, self->buffer, (guint) n);
  while (self->bytes->len >= 4)
    {
      guint32 length;

      memcpy (&length, self->bytes->data, sizeof length);
      length = GUINT32_FROM_BE (length);
      if (self->bytes->len < length + 4)
        break;
      take_frame (self, self->bytes->data, length + 4);
      g_byte_array_remove_range (self->bytes, 0, length + 4);
    }
  read_on (self);
}

static void
read_on (Original *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->link)), self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT, self->cancellable,
                             read_cb, self);
}

static GVariant *
box (GVariant *value)
{
  return g_variant_new_variant (value);
}

void
original_init (Original *self, RtNetwork *network)
{
  RtNetworkConfig *config = rt_network_get_config (network);
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_protocol (config);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) handshake = NULL;
  g_autoptr (GVariant) all = NULL;
  GVariant *address[] = { box (g_variant_new_string ("127.0.0.1")), box (g_variant_new_int64 (0)) };
  GVariant *packets[5];

  self->bytes = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
  self->link = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) rt_network_config_get_listen_port (config), NULL, &error);
  g_assert_no_error (error);
  packets[0] = box (g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE));
  packets[1] = box (g_variant_new_string (ORIGINAL_ID));
  packets[2] = box (g_variant_new_string (p2p_protocol_get_id (protocol)));
  packets[3] = box (g_variant_new_array (G_VARIANT_TYPE_VARIANT, address, G_N_ELEMENTS (address)));
  packets[4] = box (g_variant_new_array (G_VARIANT_TYPE_VARIANT, NULL, 0));
  all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
  handshake = p2p_message_new (P2P_FLAG_WHISPER, ORIGINAL_ID, g_get_real_time () / G_USEC_PER_SEC, all, &error);
  g_assert_no_error (error);
  send_message (self, handshake);
  read_on (self);
  rt_wait_until (p2p_mesh_socket_get_connection (rt_network_get_socket (network), ORIGINAL_ID) != NULL);
}

void
original_say (Original *self, const char *text)
{
  g_autoptr (P2pMessage) message = make_said (ORIGINAL_ID, P2P_FLAG_BROADCAST, 0, text);

  send_message (self, message);
}

void
original_clear (Original *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->link != NULL)
    {
      /* what was being read ends first */
      while (g_input_stream_has_pending (g_io_stream_get_input_stream (G_IO_STREAM (self->link))))
        g_main_context_iteration (NULL, TRUE);
      g_io_stream_close (G_IO_STREAM (self->link), NULL, NULL);
    }
  g_clear_object (&self->link);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->text, g_free);
}
