/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-node-private.h"

#include <unistd.h>

#include "rt-json-value.h"
#include "rt-json-writer.h"
#include "rt-node-error.h"
#include "rt-node-report.h"

/* What a person is shown of a message or value. */
#define HUMAN_CHARS 2000
/* Of an id in a line for people: enough to tell nodes apart. */
#define SHORT_ID_CHARS 8

/* ---- the two ways out ---- */

static void
put (RtNode     *self,
     const char *line,
     gsize       length,
     gboolean    droppable)
{
  if (self->output == NULL)
    return;
  rt_node_tell_dropped (self);
  rt_output_line (self->output, line, length, droppable);
}

GString *
rt_node_begin_event (const char *name)
{
  GString *line = g_string_sized_new (256);

  rt_json_begin_object (line);
  rt_json_key (line, "ev");
  rt_json_string (line, name);
  return line;
}

void
rt_node_end_event (RtNode  *self,
                   GString *line,
                   gboolean droppable)
{
  rt_json_end_object (line);
  put (self, line->str, line->len, droppable);
  g_string_free (line, TRUE);
}

char *
rt_node_make_harmless (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (64);
  gsize n = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (++n > HUMAN_CHARS)
        {
          g_string_append (out, "…");
          break;
        }
      if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
          type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        g_string_append_printf (out, "\\u{%x}", c);
      else
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

void
rt_node_say (RtNode     *self,
             gboolean    droppable,
             const char *format,
             ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S ");
  va_list args;

  g_string_append (line, time);
  va_start (args, format);
  g_string_append_vprintf (line, format, args);
  va_end (args);
  put (self, line->str, line->len, droppable);
}

char *
rt_node_shorten_id (const char *id)
{
  g_autofree char *harmless = rt_node_make_harmless (id != NULL ? id : "?");
  g_autofree char *start = g_utf8_substring (harmless, 0, MIN (SHORT_ID_CHARS, g_utf8_strlen (harmless, -1)));

  return g_strconcat (start, g_utf8_strlen (harmless, -1) > SHORT_ID_CHARS ? "…" : "", NULL);
}

/* ---- pieces of events ---- */

void
rt_node_append_address (GString    *out,
                        const char *host,
                        guint16     port)
{
  rt_json_key (out, "addr");
  if (host == NULL)
    {
      rt_json_null (out);
      return;
    }
  rt_json_begin_array (out);
  rt_json_string (out, host);
  rt_json_uint (out, port);
  rt_json_end_array (out);
}

static void
append_peer (GString       *line,
             P2pConnection *connection)
{
  rt_json_key (line, "id");
  rt_json_string (line, p2p_connection_get_id (connection));
  rt_node_append_address (line, p2p_connection_get_host (connection), p2p_connection_get_port (connection));
  rt_json_key (line, "outgoing");
  rt_json_boolean (line, p2p_connection_get_outgoing (connection));
}

static void
append_error (GString      *line,
              const char   *words_key,
              const GError *error)
{
  g_autofree char *code = error != NULL ? rt_node_error_dup_code_name (error) : NULL;

  rt_json_key (line, "code");
  rt_json_string (line, code);
  rt_json_key (line, words_key);
  rt_json_string (line, error != NULL ? error->message : NULL);
}

/* ---- events ---- */

void
rt_node_tell_ready (RtNode *self)
{
  const RtNodeOptions *options = self->options;
  P2pProtocol *protocol = p2p_mesh_socket_get_protocol (self->socket);
  const char *id = p2p_mesh_socket_get_id (self->socket);
  guint16 port = p2p_mesh_socket_get_port (self->socket);
  GString *line;
  gsize n;
  const guint8 *methods = p2p_get_compression_methods (&n);

  if (options->human)
    {
      rt_node_say (self, FALSE, "Listening on %s, port %u, in the network “%s” (%s, %s)", options->address, port,
           options->subnet, options->encryption, options->protocol_version);
      rt_node_say (self, FALSE, "This node is %s", id);
      return;
    }
  if (options->methods != NULL)
    methods = g_bytes_get_data (options->methods, &n);
  line = rt_node_begin_event ("ready");
  rt_json_key (line, "impl");
  rt_json_string (line, "roundtable");
  rt_json_key (line, "version");
  rt_json_string (line, PACKAGE_VERSION);
  rt_json_key (line, "protocol_version");
  rt_json_string (line, p2p_protocol_get_version (protocol));
  rt_json_key (line, "id");
  rt_json_string (line, id);
  rt_node_append_address (line, p2p_mesh_socket_get_host (self->socket), port);
  rt_json_key (line, "protocol");
  rt_json_string (line, p2p_protocol_get_id (protocol));
  rt_json_key (line, "compression");
  rt_json_begin_array (line);
  for (gsize i = 0; i < n; i++)
    rt_json_uint (line, methods[i]);
  rt_json_end_array (line);
  rt_json_key (line, "pid");
  rt_json_int (line, getpid ());
  rt_node_end_event (self, line, FALSE);
}

void
rt_node_tell_result (RtNode     *self,
                     RtCommand  *command,
                     const char *result,
                     gsize       length,
                     gboolean    ok,
                     const char *words)
{
  g_autofree char *name = NULL;
  g_autofree char *harmless = NULL;

  /* A write that was answered is not lost with the program. */
  if (self->records != NULL)
    rt_record_file_pass_on (self->records);
  if (!self->options->human)
    {
      put (self, result, length, FALSE);
      return;
    }
  name = rt_node_make_harmless (rt_command_get_name (command));
  harmless = rt_node_make_harmless (words);
  rt_node_say (self, FALSE, "%s%s%s%s", name, name[0] != '\0' ? ": " : "", ok ? "" : "error: ", harmless);
}

void
rt_node_tell_error (RtNode     *self,
                    const char *where,
                    const char *words)
{
  GString *line;

  if (self->options->human)
    {
      rt_node_say (self, FALSE, "Error (%s): %s", where, words);
      return;
    }
  line = rt_node_begin_event ("error");
  rt_json_key (line, "where");
  rt_json_string (line, where);
  rt_json_key (line, "error");
  rt_json_string (line, words);
  rt_node_end_event (self, line, FALSE);
}

/* Once there is room again. */
void
rt_node_tell_dropped (RtNode *self)
{
  guint64 dropped = rt_output_get_dropped (self->output);
  guint64 news = dropped - self->told_dropped;
  GString *line;

  if (news == 0 || rt_output_is_pressed (self->output))
    return;
  self->told_dropped = dropped;
  if (self->options->human)
    {
      rt_node_say (self, FALSE, "%" G_GUINT64_FORMAT " events were dropped, the oldest ones, because nobody read them", news);
      return;
    }
  line = rt_node_begin_event ("dropped");
  rt_json_key (line, "events");
  g_string_append_printf (line, "%" G_GUINT64_FORMAT, news);
  rt_node_end_event (self, line, FALSE);
}

static void
say_message (RtNode     *self,
             P2pMessage *message)
{
  g_autofree char *sender = rt_node_shorten_id (p2p_message_get_sender (message));
  g_autofree char *text = p2p_message_dup_text (message);
  g_autofree char *harmless = NULL;
  gboolean private = p2p_message_get_flag (message) == P2P_FLAG_WHISPER;

  if (text == NULL)
    {
      g_autoptr (GVariant) packets = p2p_message_get_packets (message);

      text = p2p_value_print (packets, HUMAN_CHARS);
    }
  harmless = rt_node_make_harmless (text);
  rt_node_say (self, TRUE, "%s%s: %s", sender, private ? " (privately)" : "", harmless);
}

static void
tell_message (RtNode     *self,
              P2pMessage *message)
{
  g_autoptr (GVariant) packets = NULL;
  GString *line;

  if (self->options->human)
    {
      say_message (self, message);
      return;
    }
  packets = p2p_message_get_packets (message);
  line = rt_node_begin_event ("message");
  rt_json_key (line, "sender");
  rt_json_string (line, p2p_message_get_sender (message));
  rt_json_key (line, "time");
  rt_json_int (line, p2p_message_get_time (message));
  rt_json_key (line, "id");
  rt_json_bytes (line, p2p_message_peek_id (message), 32);
  rt_json_key (line, "verified");
  rt_json_boolean (line, p2p_message_get_verified (message));
  rt_json_key (line, "packets");
  rt_json_append_variant (line, packets);
  rt_node_end_event (self, line, TRUE);
}

static void
take_message (RtNode     *self,
              P2pMessage *message)
{
  g_clear_pointer (&self->last, p2p_message_unref);
  self->last = p2p_message_ref (message);
  self->n_messages++;
  self->last_message = g_get_real_time ();
  if (self->first_message == 0)
    self->first_message = self->last_message;
  if (!self->options->quiet)
    tell_message (self, message);
}

static void
message_cb (P2pMeshSocket *socket,
            P2pMessage    *message,
            P2pConnection *connection,
            RtNode        *self)
{
  take_message (self, message);
}

/* Sub-flags of an application's own are messages for us too; the reserved ones are no business of a mesh node's user. */
static gboolean
handler_cb (P2pMeshSocket *socket,
            P2pMessage    *message,
            P2pConnection *connection,
            gpointer       data)
{
  gint64 subflag = p2p_message_get_subflag (message);

  if (subflag < 0 || subflag >= P2P_RESERVED_FLAGS_END)
    take_message (data, message);
  return FALSE;
}

static void
connected_cb (P2pMeshSocket *socket,
              RtNode        *self)
{
  if (self->options->human)
    rt_node_say (self, FALSE, "Connected to the network");
  else
    rt_node_end_event (self, rt_node_begin_event ("connect"), FALSE);
}

static void
peer_added_cb (P2pMeshSocket *socket,
               P2pConnection *connection,
               RtNode        *self)
{
  GString *line;

  if (self->options->human)
    {
      g_autofree char *id = rt_node_shorten_id (p2p_connection_get_id (connection));
      g_autofree char *address = p2p_connection_dup_address (connection);
      g_autofree char *harmless = rt_node_make_harmless (address);

      rt_node_say (self, FALSE, "%s joined: %s, %s", id, harmless, p2p_connection_get_outgoing (connection) ? "outgoing" : "incoming");
      return;
    }
  line = rt_node_begin_event ("peer-added");
  append_peer (line, connection);
  rt_node_end_event (self, line, FALSE);
}

static void
peer_removed_cb (P2pMeshSocket *socket,
                 P2pConnection *connection,
                 const GError  *reason,
                 RtNode        *self)
{
  GString *line;

  if (self->options->human)
    {
      g_autofree char *id = rt_node_shorten_id (p2p_connection_get_id (connection));
      g_autofree char *words = rt_node_make_harmless (reason != NULL ? reason->message : "closed");

      rt_node_say (self, FALSE, "%s left: %s", id, words);
      return;
    }
  line = rt_node_begin_event ("peer-removed");
  append_peer (line, connection);
  append_error (line, "reason", reason);
  rt_node_end_event (self, line, FALSE);
}

static void
link_failed_cb (P2pMeshSocket *socket,
                const char    *address,
                const GError  *reason,
                RtNode        *self)
{
  g_autoptr (GNetworkAddress) parsed = NULL;
  GString *line;

  if (self->options->human)
    {
      g_autofree char *where = rt_node_make_harmless (address);
      g_autofree char *words = rt_node_make_harmless (reason != NULL ? reason->message : "failed");

      rt_node_say (self, FALSE, "No link with %s: %s", where, words);
      return;
    }
  line = rt_node_begin_event ("link-failed");
  parsed = rt_node_parse_address (address, NULL);
  if (parsed != NULL)
    rt_node_append_address (line, g_network_address_get_hostname (parsed), g_network_address_get_port (parsed));
  else
    {
      rt_json_key (line, "addr");
      rt_json_string (line, address);
    }
  append_error (line, "error", reason);
  rt_node_end_event (self, line, FALSE);
}

static void
impersonated_cb (P2pMeshSocket *socket,
                 P2pMessage    *message,
                 P2pConnection *connection,
                 RtNode        *self)
{
  rt_node_tell_error (self, "impersonated", "Another node speaks in this node’s name; the status says by way of whom it came");
}

/* Of our own, too: that is no news. */
static void
message_proved_cb (P2pMeshSocket *socket,
                   GBytes        *id,
                   const char    *sender,
                   GBytes        *proof,
                   RtNode        *self)
{
  GString *line;

  if (self->options->quiet || self->options->human || g_str_equal (sender, p2p_mesh_socket_get_id (socket)))
    return;
  line = rt_node_begin_event ("message-proved");
  rt_json_key (line, "sender");
  rt_json_string (line, sender);
  rt_json_key (line, "id");
  rt_json_bytes (line, g_bytes_get_data (id, NULL), g_bytes_get_size (id));
  rt_node_end_event (self, line, TRUE);
}

static void
clock_skew_cb (P2pMeshSocket *socket,
               gint64         skew,
               RtNode        *self)
{
  GString *line;

  if (self->options->human)
    {
      if (skew == 0)
        rt_node_say (self, FALSE, "This clock agrees with those of the other nodes");
      else
        rt_node_say (self, FALSE, "This clock is %" G_GINT64_FORMAT " seconds %s those of the other nodes", ABS (skew), skew > 0 ? "ahead of" : "behind");
      return;
    }
  line = rt_node_begin_event ("clock-skew");
  rt_json_key (line, "seconds");
  rt_json_int (line, skew);
  rt_node_end_event (self, line, FALSE);
}

static void
frame_cb (P2pMeshSocket *socket,
          P2pFrameInfo  *frame,
          RtNode        *self)
{
  GString *line;

  if (self->options->human)
    {
      g_autofree char *id = rt_node_shorten_id (p2p_frame_info_get_peer_id (frame));
      g_autofree char *words = p2p_frame_info_dup_verdict_words (frame);

      rt_node_say (self, TRUE, "%s %s, %" G_GSIZE_FORMAT " bytes: %s", p2p_frame_info_get_outgoing (frame) ? "To" : "From", id,
           p2p_frame_info_get_size (frame), words);
      return;
    }
  line = rt_node_begin_event ("frame");
  rt_node_report_frame (line, frame);
  rt_node_end_event (self, line, TRUE);
}

void
rt_node_watch_events (RtNode *self)
{
  g_signal_connect_object (self->socket, "impersonated", G_CALLBACK (impersonated_cb), self, 0);
  g_signal_connect_object (self->socket, "message-proved", G_CALLBACK (message_proved_cb), self, 0);
  g_signal_connect_object (self->socket, "clock-skew", G_CALLBACK (clock_skew_cb), self, 0);
  g_signal_connect_object (self->socket, "frame", G_CALLBACK (frame_cb), self, 0);
  g_signal_connect_object (self->socket, "message", G_CALLBACK (message_cb), self, 0);
  g_signal_connect_object (self->socket, "connected", G_CALLBACK (connected_cb), self, 0);
  g_signal_connect_object (self->socket, "peer-added", G_CALLBACK (peer_added_cb), self, 0);
  g_signal_connect_object (self->socket, "peer-removed", G_CALLBACK (peer_removed_cb), self, 0);
  g_signal_connect_object (self->socket, "link-failed", G_CALLBACK (link_failed_cb), self, 0);
  self->handler_id = p2p_mesh_socket_register_handler (self->socket, handler_cb, self, NULL);
}
