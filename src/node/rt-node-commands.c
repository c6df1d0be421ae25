/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-node-private.h"

#include <string.h>

#include "rt-json-writer.h"
#include "rt-node-error.h"
#include "rt-node-report.h"

/* What recv hands out at once. */
#define MAX_RECV 1000000

/* A command takes the reference it is given, and answers it now or later. */
typedef void (*CommandFunc) (RtNode *self, RtCommand *command);

static void
answer_error (RtCommand *command,
              GError   **error)
{
  rt_command_answer_error (command, g_steal_pointer (error));
}

/* ---- links ---- */

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (RtCommand) command = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pConnection) connection = p2p_mesh_socket_connect_to_finish (P2P_MESH_SOCKET (source), result, &error);

  if (connection != NULL)
    rt_command_answer_true (command);
  else
    answer_error (command, &error);
}

static void
run_connect (RtNode    *self,
             RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  const char *host = rt_command_get_text (command, "addr", &error);
  gint64 port;

  if (host == NULL || !rt_command_get_int (command, "port", TRUE, 1, 65535, &port, &error) ||
      (rt_command_has (command, "id") && (id = rt_command_dup_id (command, "id", NULL, &error)) == NULL))
    {
      answer_error (command, &error);
      return;
    }
  p2p_mesh_socket_connect_to_async (self->socket, host, port, id, self->cancellable, connected_cb,
                                    g_steal_pointer (&command));
}

/* The link to the node that “id” names, or an answered command. */
static P2pConnection *
find_connection (RtNode    *self,
                 RtCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = rt_command_dup_id (command, "id", NULL, &error);
  P2pConnection *connection = NULL;

  if (id != NULL)
    {
      connection = p2p_mesh_socket_get_connection (self->socket, id);
      if (connection == NULL)
        g_set_error (&error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED, "no link to the node %s", id);
    }
  if (connection == NULL)
    answer_error (command, &error);
  return connection;
}

static void
run_disconnect (RtNode    *self,
                RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  P2pConnection *connection = find_connection (self, command);

  if (connection == NULL)
    return;
  p2p_mesh_socket_disconnect (self->socket, connection);
  rt_command_answer_null (command);
}

static void
run_raw (RtNode    *self,
         RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) frame = NULL;
  P2pConnection *connection;

  if (!self->options->allow_raw)
    {
      rt_command_answer_error (command, g_error_new_literal (RT_NODE_ERROR, RT_NODE_ERROR_NOT_ALLOWED,
                                                             "raw needs the option --allow-raw"));
      return;
    }
  frame = rt_command_get_bytes (command, "frame", &error);
  if (frame == NULL)
    {
      answer_error (command, &error);
      return;
    }
  connection = find_connection (self, command);
  if (connection == NULL)
    return;
  if (p2p_connection_send_raw (connection, frame, &error))
    rt_command_answer_int (command, g_bytes_get_size (frame));
  else
    answer_error (command, &error);
}

static void
run_request_peers (RtNode    *self,
                   RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;

  p2p_mesh_socket_request_peers (self->socket);
  rt_command_answer_null (command);
}

/* ---- messages ---- */

static void
run_send (RtNode    *self,
          RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) packets = rt_command_get_packets (command, "packets", &error);
  g_autoptr (GVariant) subflag = NULL;
  gint64 flag = P2P_FLAG_BROADCAST;
  int links = -1;

  if (packets != NULL && rt_command_get_int (command, "flag", FALSE, G_MININT64, G_MAXINT64, &flag, &error) &&
      (!rt_command_has (command, "type") || (subflag = rt_command_get_value (command, "type", &error)) != NULL))
    links = p2p_mesh_socket_send_full (self->socket, flag, subflag, packets, NULL, &error);
  if (links >= 0)
    rt_command_answer_int (command, links);
  else
    answer_error (command, &error);
}

static void
run_whisper (RtNode    *self,
             RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = rt_command_dup_id (command, "id", NULL, &error);
  g_autoptr (GVariant) packets = id != NULL ? rt_command_get_packets (command, "packets", &error) : NULL;

  if (packets != NULL && p2p_mesh_socket_whisper (self->socket, id, packets, &error))
    rt_command_answer_true (command);
  else
    answer_error (command, &error);
}

/* Sealed, by way of others. "time": when it was said, for what is said again. */
static void
run_whisper_through (RtNode    *self,
                     RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = rt_command_dup_id (command, "id", NULL, &error);
  const char *text = id != NULL ? rt_command_get_text (command, "text", &error) : NULL;
  gint64 time = p2p_get_utc ();
  g_autoptr (P2pMessage) message = NULL;
  int links = -1;

  if (text != NULL && rt_command_get_int (command, "time", FALSE, 0, G_MAXINT32, &time, &error))
    {
      GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)), g_variant_new_variant (g_variant_new_string (text)) };

      message = p2p_message_new (P2P_FLAG_WHISPER, p2p_mesh_socket_get_id (self->socket), time,
                                 g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), &error);
    }
  if (message != NULL)
    links = p2p_mesh_socket_whisper_message_through (self->socket, id, message, NULL, &error);
  if (links >= 0)
    rt_command_answer_int (command, links);
  else
    answer_error (command, &error);
}

static void
whispered_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (RtCommand) command = data;
  g_autoptr (GError) error = NULL;

  if (p2p_mesh_socket_whisper_to_finish (P2P_MESH_SOCKET (source), result, &error))
    rt_command_answer_true (command);
  else
    answer_error (command, &error);
}

static void
run_sendto (RtNode    *self,
            RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = rt_command_dup_id (command, "id", NULL, &error);
  g_autoptr (GVariant) packets = id != NULL ? rt_command_get_packets (command, "packets", &error) : NULL;

  if (packets != NULL)
    p2p_mesh_socket_whisper_to_async (self->socket, id, packets, self->cancellable, whispered_cb,
                                      g_steal_pointer (&command));
  else
    answer_error (command, &error);
}

static void
replied_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (RtCommand) command = data;
  g_autoptr (GError) error = NULL;

  if (p2p_mesh_socket_reply_finish (P2P_MESH_SOCKET (source), result, &error))
    rt_command_answer_true (command);
  else
    answer_error (command, &error);
}

static void
run_reply_last (RtNode    *self,
                RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) packets = rt_command_get_packets (command, "packets", &error);

  if (packets != NULL && self->last == NULL)
    g_set_error_literal (&error, RT_NODE_ERROR, RT_NODE_ERROR_NO_MESSAGE, "no message has come yet");
  if (error != NULL)
    answer_error (command, &error);
  else
    p2p_mesh_socket_reply_async (self->socket, self->last, packets, self->cancellable, replied_cb,
                                 g_steal_pointer (&command));
}

static void
run_recv (RtNode    *self,
          RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) value = g_string_new (NULL);
  gint64 n = 1;

  if (!rt_command_get_int (command, "n", FALSE, 0, MAX_RECV, &n, &error))
    {
      answer_error (command, &error);
      return;
    }
  if (rt_command_has (command, "n"))
    {
      g_autoptr (GPtrArray) messages = p2p_mesh_socket_recv_many (self->socket, n);

      rt_json_begin_array (value);
      for (guint i = 0; i < messages->len; i++)
        rt_node_report_message (value, messages->pdata[i]);
      rt_json_end_array (value);
    }
  else
    {
      g_autoptr (P2pMessage) message = p2p_mesh_socket_recv (self->socket);

      if (message != NULL)
        rt_node_report_message (value, message);
      else
        rt_json_null (value);
    }
  rt_command_answer (command, value->str);
}

/* Without “on” it says whether it is. */
static void
run_watch (RtNode    *self,
           RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;

  if (rt_command_has (command, "on"))
    p2p_mesh_socket_set_watch_frames (self->socket, rt_command_get_bool (command, "on"));
  rt_command_answer (command, p2p_mesh_socket_get_watch_frames (self->socket) ? "true" : "false");
}

static void
run_counter (RtNode    *self,
             RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GString) value = g_string_new (NULL);

  rt_node_report_counter (self, value);
  rt_command_answer (command, value->str);
  if (rt_command_get_bool (command, "reset"))
    {
      self->n_messages = 0;
      self->first_message = self->last_message = 0;
    }
}

/* ---- reports ---- */

static void
answer_report (RtNode    *self,
               RtCommand *owned,
               void     (*report) (RtNode *node, GString *out))
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GString) value = g_string_new (NULL);

  report (self, value);
  rt_command_answer (command, value->str);
}

static void
run_routing_table (RtNode    *self,
                   RtCommand *owned)
{
  answer_report (self, owned, rt_node_report_links);
}

static void
run_addresses (RtNode    *self,
               RtCommand *owned)
{
  answer_report (self, owned, rt_node_report_addresses);
}

static void
run_status (RtNode    *self,
            RtCommand *owned)
{
  answer_report (self, owned, rt_node_report_status);
}

static void
run_stats (RtNode    *self,
           RtCommand *owned)
{
  answer_report (self, owned, rt_node_report_stats);
}

/* ---- the end ---- */

static void
run_close (RtNode    *self,
           RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;

  if (p2p_mesh_socket_close (self->socket, &error))
    rt_command_answer_true (command);
  else
    answer_error (command, &error);
}

static void
run_exit (RtNode    *self,
          RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;

  rt_command_answer_true (command);
  rt_node_leave (self, 0);
}

/* ---- the table of commands ---- */

static const struct {
  const char *name;
  CommandFunc run;
} commands[] = {
  { "connect", run_connect },
  { "disconnect", run_disconnect },
  { "request_peers", run_request_peers },
  { "send", run_send },
  { "whisper", run_whisper },
  { "whisper-through", run_whisper_through },
  { "sendto", run_sendto },
  { "reply-last", run_reply_last },
  { "recv", run_recv },
  { "counter", run_counter },
  { "watch", run_watch },
  { "burst", rt_node_run_burst },
  { "burst-set", rt_node_run_burst_set },
  { "routing_table", run_routing_table },
  { "addresses", run_addresses },
  { "status", run_status },
  { "stats", run_stats },
  { "raw", run_raw },
  { "encode", rt_node_run_encode },
  { "decode", rt_node_run_decode },
  { "protocol-id", rt_node_run_protocol_id },
  { "close", run_close },
  { "exit", run_exit },
};

void
rt_node_run_command (RtNode    *self,
                     RtCommand *command)
{
  const char *name = rt_command_get_name (command);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (name, commands[i].name) == 0)
      {
        commands[i].run (self, command);
        return;
      }
  if (rt_node_run_table (self, command))
    return;
  if (name[0] == '\0')
    rt_command_answer_error (command, g_error_new_literal (RT_NODE_ERROR, RT_NODE_ERROR_UNKNOWN_COMMAND,
                                                           "“cmd” must be the name of a command"));
  else
    rt_command_answer_error (command, g_error_new (RT_NODE_ERROR, RT_NODE_ERROR_UNKNOWN_COMMAND,
                                                   "there is no command “%.40s”", name));
  rt_command_unref (command);
}
