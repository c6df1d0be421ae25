/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network as the window has it (RtNetwork, with a store of its own in a folder for this run), driven by JSON lines like roundtable-node
 * and the originals in peers/: see harness.py. One line in, one line out; events in between.
 */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <unistd.h>

#include "model/network/rt-network-talk-private.h"
#include "model/networks/rt-networks.h"
#include "rt-wait.h"
#include "teller.h"

typedef struct {
  GMainLoop  *loop;
  RtNetworks *networks;
  RtNetwork  *network;
  char       *folder;
} Program;

/* ---- out ---- */

static JsonBuilder *
begin_event (const char *event)
{
  JsonBuilder *out = json_builder_new ();

  json_builder_begin_object (out);
  json_builder_set_member_name (out, "ev");
  json_builder_add_string_value (out, event);
  return out;
}

static void
add_string (JsonBuilder *out, const char *name, const char *value)
{
  json_builder_set_member_name (out, name);
  if (value != NULL)
    json_builder_add_string_value (out, value);
  else
    json_builder_add_null_value (out);
}

static void
add_int (JsonBuilder *out, const char *name, gint64 value)
{
  json_builder_set_member_name (out, name);
  json_builder_add_int_value (out, value);
}

static void
add_bool (JsonBuilder *out, const char *name, gboolean value)
{
  json_builder_set_member_name (out, name);
  json_builder_add_boolean_value (out, value);
}

static void
add_hex (JsonBuilder *out, const char *name, GBytes *bytes)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  add_string (out, name, bytes != NULL ? hex->str : NULL);
}

/* Takes it. */
static void
end_event (JsonBuilder *out)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_end_object (out);
  root = json_builder_get_root (out);
  line = json_to_string (root, FALSE);
  puts (line);
  fflush (stdout);
  g_object_unref (out);
}

static JsonBuilder *
begin_result (gint64 tag, gboolean ok)
{
  JsonBuilder *out = begin_event ("result");

  add_int (out, "tag", tag);
  add_bool (out, "ok", ok);
  return out;
}

static void
fail (gint64 tag, const char *words)
{
  JsonBuilder *out = begin_result (tag, FALSE);

  add_string (out, "error", words);
  end_event (out);
}

/* ---- events ---- */

static void
peer_removed_cb (P2pMeshSocket *socket, P2pConnection *connection, const GError *reason, Program *self)
{
  JsonBuilder *out = begin_event ("peer-removed");

  add_string (out, "id", p2p_connection_get_id (connection));
  add_string (out, "code", g_error_matches (reason, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE) ? "P2P_LINK_ERROR_DUPLICATE"
                           : g_error_matches (reason, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER) ? "P2P_LINK_ERROR_CLOSED_BY_PEER" : "another");
  end_event (out);
}

static void
caught_up_cb (RtNetwork *network, RtCatchUp *result, Program *self)
{
  JsonBuilder *out = begin_event ("caught-up");

  add_int (out, "messages", rt_catch_up_get_n_messages (result));
  add_int (out, "keys", rt_catch_up_get_n_keys (result));
  end_event (out);
}

/* ---- commands ---- */

typedef struct {
  Program    *program;
  JsonObject *object;
  gint64      tag;
} Command;

static const char *
get_text (Command *self, const char *name)
{
  return json_object_get_string_member_with_default (self->object, name, NULL);
}

static GBytes *
get_hex (Command *self, const char *name)
{
  const char *hex = get_text (self, name);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (gsize i = 0; hex != NULL && hex[i] != '\0' && hex[i + 1] != '\0'; i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[i]) << 4 | g_ascii_xdigit_value (hex[i + 1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return hex != NULL ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static void
done (Command *self)
{
  end_event (begin_result (self->tag, TRUE));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  gint64 *tag = data;
  g_autoptr (GError) error = NULL;

  if (rt_network_connect_finish (RT_NETWORK (source), result, &error))
    end_event (begin_result (*tag, TRUE));
  else
    fail (*tag, error->message);
  g_free (tag);
}

static void
run_connect (Command *self)
{
  g_autofree char *address = rt_format_address (get_text (self, "addr"), (guint16) json_object_get_int_member (self->object, "port"));

  rt_network_connect_async (self->program->network, address, NULL, connected_cb, g_memdup2 (&self->tag, sizeof self->tag));
}

/* text; to and reply: nullable */
static void
run_send (Command *self)
{
  g_autoptr (GBytes) reply = get_hex (self, "reply");
  g_autoptr (GError) error = NULL;

  if (rt_network_send (self->program->network, get_text (self, "text"), get_text (self, "to"), reply, NULL, &error) != NULL)
    done (self);
  else
    fail (self->tag, error->message);
}

static void
add_row (JsonBuilder *out, RtMessageItem *item)
{
  json_builder_begin_object (out);
  add_string (out, "text", rt_message_item_get_text (item));
  add_string (out, "sender", rt_message_item_get_sender (item));
  add_string (out, "name", rt_message_item_get_sender_name (item));
  add_bool (out, "own", rt_message_item_get_own (item));
  add_bool (out, "private", rt_message_item_get_private (item));
  add_int (out, "delivery", rt_message_item_get_delivery (item));
  add_int (out, "links", rt_message_item_get_n_links (item));
  add_int (out, "receipts", rt_message_item_get_n_receipts (item));
  add_hex (out, "id", rt_message_item_get_id (item));
  add_hex (out, "reply_to", rt_message_item_get_reply_to (item));
  add_string (out, "preview", rt_message_item_get_reply_preview (item));
  add_bool (out, "told", rt_message_item_get_told (item) != NULL);
  json_builder_end_object (out);
}

static void
run_rows (Command *self)
{
  g_autoptr (RtTimelinePage) page = rt_timeline_source_peek_tail (rt_network_get_timeline (self->program->network), G_MAXUINT);
  JsonBuilder *out = begin_result (self->tag, TRUE);

  json_builder_set_member_name (out, "value");
  json_builder_begin_array (out);
  for (guint i = 0; i < page->items->len; i++)
    {
      /* as a row that is looked at does */
      rt_network_look_up_reply (self->program->network, page->items->pdata[i]);
      add_row (out, page->items->pdata[i]);
    }
  json_builder_end_array (out);
  end_event (out);
}

static void
run_people (Command *self)
{
  GListModel *people = G_LIST_MODEL (rt_network_get_people (self->program->network));
  JsonBuilder *out = begin_result (self->tag, TRUE);

  json_builder_set_member_name (out, "value");
  json_builder_begin_object (out);
  for (guint i = 0; i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (RtPerson) person = g_list_model_get_item (people, i);

      add_string (out, rt_person_get_id (person), rt_person_get_name (person));
    }
  json_builder_end_object (out);
  end_event (out);
}

static void
run_routing_table (Command *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (rt_network_get_socket (self->program->network));
  JsonBuilder *out = begin_result (self->tag, TRUE);

  json_builder_set_member_name (out, "value");
  json_builder_begin_object (out);
  json_builder_set_member_name (out, "table");
  json_builder_begin_array (out);
  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      json_builder_begin_object (out);
      add_string (out, "id", p2p_connection_get_id (connection));
      json_builder_set_member_name (out, "addr");
      json_builder_begin_array (out);
      json_builder_add_string_value (out, p2p_connection_get_host (connection));
      json_builder_add_int_value (out, p2p_connection_get_port (connection));
      json_builder_end_array (out);
      json_builder_end_object (out);
    }
  json_builder_end_array (out);
  json_builder_end_object (out);
  end_event (out);
}

/* As if somebody had said it age seconds ago. */
static void
run_keep (Command *self)
{
  const char *text = get_text (self, "text");
  g_autoptr (P2pMessage) message = make_said ("somebody", P2P_FLAG_BROADCAST, json_object_get_int_member (self->object, "age"), text);

  keep_message (self->program->network, message, text, 0);
  done (self);
}

/* As if nobody had been there for so many seconds. */
static void
run_away (Command *self)
{
  self->program->network->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - json_object_get_int_member (self->object, "seconds");
  done (self);
}

static void
run_status (Command *self)
{
  JsonBuilder *out = begin_result (self->tag, TRUE);

  add_string (out, "value", rt_network_get_error (self->program->network) != NULL ? rt_network_get_error (self->program->network) : "Nominal");
  end_event (out);
}

static const struct {
  const char *name;
  void      (*run) (Command *self);
} commands[] = {
  { "connect", run_connect },
  { "send", run_send },
  { "rows", run_rows },
  { "people", run_people },
  { "routing_table", run_routing_table },
  { "keep", run_keep },
  { "away", run_away },
  { "status", run_status },
};

static void
run_line (Program *program, const char *line)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);
  Command command = { program, node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, 0 };

  if (command.object == NULL)
    return;
  command.tag = json_object_get_int_member_with_default (command.object, "tag", 0);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].name, get_text (&command, "cmd")) == 0)
      {
        commands[i].run (&command);
        return;
      }
  fail (command.tag, "There is no such command");
}

static void
line_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Program *self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  run_line (self, line);
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, line_cb, self);
}

/* ---- life ---- */

static void
begin (Program *self, const char *host, int port, const char *subnet, const char *name, const char *secret)
{
  g_autoptr (RtNetworkConfig) config = make_config (subnet, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JsonBuilder *out;

  self->networks = rt_networks_new (self->folder);
  rt_networks_load_async (self->networks, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  if (!rt_networks_load_finish (self->networks, result, &error))
    g_error ("%s", error->message);
  rt_networks_set_user_name (self->networks, name);
  g_object_set (config, "listen-host", host, "listen-port", (guint) port, NULL);
  if (secret != NULL)
    g_object_set (config, "encryption", P2P_ENCRYPTION_SSL, "secret", secret, NULL);
  self->network = rt_networks_add (self->networks, config, &error);
  if (self->network == NULL)
    g_error ("%s", error->message);
  wait_up (self->network);
  rt_wait_until (rt_network_get_chat_loaded (self->network));
  g_signal_connect (self->network, "caught-up", G_CALLBACK (caught_up_cb), self);
  g_signal_connect (rt_network_get_socket (self->network), "peer-removed", G_CALLBACK (peer_removed_cb), self);
  out = begin_event ("ready");
  add_string (out, "id", network_get_id (self->network));
  end_event (out);
}

static void
end (Program *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_handlers_disconnect_by_data (rt_network_get_socket (self->network), self);
  g_signal_handlers_disconnect_by_data (self->network, self);
  rt_networks_shutdown_async (self->networks, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_object_unref (self->networks);
  rt_remove_tree (self->folder);
  g_free (self->folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *host = NULL, *subnet = NULL, *name = NULL, *secret = NULL;
  int port = 0;
  const GOptionEntry entries[] = {
    { "addr", 0, 0, G_OPTION_ARG_STRING, &host, NULL, NULL },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL },
    { "subnet", 0, 0, G_OPTION_ARG_STRING, &subnet, NULL, NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
    { "secret", 0, 0, G_OPTION_ARG_STRING, &secret, NULL, NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GError) error = NULL;
  Program program = { .loop = loop, .folder = g_dir_make_tmp ("rt-model-peer-XXXXXX", NULL) };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || host == NULL || subnet == NULL)
    {
      g_printerr ("model-peer: %s\n", error != NULL ? error->message : "--addr and --subnet are needed");
      return 2;
    }
  begin (&program, host, port, subnet, name != NULL ? name : "", secret);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, line_cb, &program);
  g_main_loop_run (loop);
  end (&program);
  return 0;
}
