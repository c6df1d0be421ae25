/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

static gboolean
is_question (RawPeer *self, P2pMessage *message)
{
  g_autoptr (GVariant) wanted = NULL;

  if (self->mute || p2p_message_get_flag (message) != P2P_FLAG_WHISPER)
    return FALSE;
  if (p2p_message_get_subflag (message) == P2P_SUBFLAG_HANDSHAKE)
    return self->form == P2P_ID_FORM_BIN;
  if (p2p_message_get_subflag (message) != P2P_SUBFLAG_REQUEST)
    return FALSE;
  wanted = p2p_message_get_packet (message, 1);
  return p2p_mesh_value_is_star (wanted);
}

static void
raw_message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  RawPeer *self = data;

  g_ptr_array_add (self->messages, p2p_message_ref (message));
  if (is_question (self, message))
    {
      g_autoptr (P2pMessage) answer = p2p_message_new_full (P2P_FLAG_WHISPER, self->id, self->form, mesh_now (self->fixture),
                                                            g_variant_new_parsed ("[<@x 7>, <@av []>]"), NULL);

      p2p_link_send (link, answer, P2P_LINK_SEND_PLAIN, NULL);
    }
}

static void
raw_closed_cb (P2pLink *link, const GError *error, gpointer data)
{
  RawPeer *self = data;

  self->error = g_error_copy (error);
}

static const P2pLinkEvents raw_events = { .message = raw_message_cb, .closed = raw_closed_cb };

static gboolean
is_secure (MeshFixture *fixture)
{
  return g_str_equal (p2p_protocol_get_encryption (fixture->protocol), P2P_ENCRYPTION_SSL);
}

static RawPeer *
raw_new (MeshFixture *fixture, const char *name)
{
  RawPeer *self = g_new0 (RawPeer, 1);

  self->fixture = fixture;
  self->host = test_world_find_host (fixture->world, name);
  if (self->host == NULL)
    self->host = test_world_add_host (fixture->world, name);
  p2p_limits_init (&self->limits);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  self->id = p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) name, strlen (name));
  return self;
}

static void
raw_open (RawPeer *self, P2pPipe *pipe, gboolean outgoing)
{
  self->link = p2p_link_new (test_host_get_env (self->host), &self->limits, pipe, outgoing, &raw_events, self);
  p2p_link_set_established (self->link, TRUE);
}

static void
raw_dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  raw_open (data, pipe, TRUE);
}

RawPeer *
raw_dial (MeshFixture *fixture, const char *name, MeshNode *to)
{
  RawPeer *self = raw_new (fixture, name);
  P2pTransport *transport = test_host_get_env (self->host)->transport;

  transport->ops->dial (transport, test_host_get_address (to->host), MESH_PORT, is_secure (fixture), raw_dialled_cb, self);
  mesh_run (fixture, SECOND / 10);
  g_assert_nonnull (self->link);
  return self;
}

static void
raw_accept_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  RawPeer *self = data;

  if (self->link != NULL)
    pipe->ops->close (pipe);
  else
    raw_open (self, pipe, FALSE);
}

RawPeer *
raw_listen (MeshFixture *fixture, const char *name, guint16 port)
{
  RawPeer *self = raw_new (fixture, name);
  P2pTransport *transport = test_host_get_env (self->host)->transport;
  g_autoptr (GError) error = NULL;
  guint16 bound;

  self->listener = transport->ops->listen (transport, test_host_get_address (self->host), port, is_secure (fixture), raw_accept_cb, self, &bound, &error);
  g_assert_no_error (error);
  return self;
}

void
raw_free (RawPeer *self)
{
  P2pTransport *transport = test_host_get_env (self->host)->transport;

  if (self->listener != 0)
    transport->ops->unlisten (transport, self->listener);
  if (self->link != NULL)
    {
      p2p_link_close (self->link);
      p2p_link_unref (self->link);
    }
  g_ptr_array_unref (self->messages);
  g_clear_error (&self->error);
  g_free (self->id);
  g_free (self);
}

void
raw_send_full (RawPeer *self, gint64 flag, const char *sender, P2pIdForm form, gint64 time, const char *packets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE ("av"), packets, NULL, NULL, &error);

  g_assert_no_error (error);
  message = p2p_message_new_full (flag, sender, form, time, value, &error);
  g_variant_unref (value);
  g_assert_no_error (error);
  p2p_link_send (self->link, message, P2P_LINK_SEND_PLAIN, NULL);
  mesh_run (self->fixture, SECOND / 10);
}

void
raw_send (RawPeer *self, gint64 flag, const char *packets, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, packets);
  text = g_strdup_vprintf (packets, args);
  va_end (args);
  raw_send_full (self, flag, self->id, P2P_ID_FORM_STR, mesh_now (self->fixture), text);
}

void
raw_send_body (RawPeer *self, const guint8 *serialised, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint32 size = GUINT32_TO_BE ((guint32) (P2P_SHA256_LENGTH + length));
  guint8 id[P2P_SHA256_LENGTH];

  p2p_sha256 (serialised, length, id);
  g_byte_array_append (frame, (const guint8 *) &size, sizeof size);
  g_byte_array_append (frame, id, sizeof id);
  g_byte_array_append (frame, serialised, (guint) length);
  p2p_link_send_raw (self->link, frame->data, frame->len, NULL);
  mesh_run (self->fixture, SECOND / 10);
}

void
raw_handshake (RawPeer *self)
{
  raw_send (self, P2P_FLAG_WHISPER, "[<@x 5>, <'%s'>, <'%s'>, <[<'%s'>, <@x 4000>]>, <@av []>]",
            self->id, p2p_protocol_get_id (self->fixture->protocol), test_host_get_address (self->host));
}

void
raw_handshake_bin (RawPeer *self)
{
  g_autoptr (GString) id = g_string_new ("[");
  g_autofree char *packets = NULL;

  self->form = P2P_ID_FORM_BIN;
  for (const char *c = self->id; *c != '\0'; c++)
    g_string_append_printf (id, "%sbyte 0x%02x", id->len > 1 ? ", " : "", (guchar) *c);
  g_string_append_c (id, ']');
  packets = g_strdup_printf ("[<@x 5>, <@ay %s>, <'%s'>, <[<'%s'>, <@x 4000>]>, <[<@x 19>]>]",
                             id->str, p2p_protocol_get_id (self->fixture->protocol), test_host_get_address (self->host));
  raw_send_full (self, P2P_FLAG_WHISPER, self->id, P2P_ID_FORM_BIN, mesh_now (self->fixture), packets);
}

guint
raw_count (RawPeer *self, gint64 flag, gint64 subflag)
{
  guint n = 0;

  for (guint i = 0; i < self->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (self->messages, i);

      if (p2p_message_get_flag (message) == flag && p2p_message_get_subflag (message) == subflag)
        n++;
    }
  return n;
}

P2pMessage *
raw_last (RawPeer *self, gint64 flag, gint64 subflag)
{
  for (guint i = self->messages->len; i > 0; i--)
    {
      P2pMessage *message = g_ptr_array_index (self->messages, i - 1);

      if (p2p_message_get_flag (message) == flag && p2p_message_get_subflag (message) == subflag)
        return message;
    }
  g_test_message ("no message of flag %d sub-flag %d came", (int) flag, (int) subflag);
  g_test_fail ();
  abort ();
}
