/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-node-report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rt-json-value.h"
#include "rt-json-writer.h"

static void
add_uint (GString    *out,
          const char *key,
          guint64     value)
{
  rt_json_key (out, key);
  rt_json_uint (out, value);
}

/* UTC microseconds as seconds with a fraction; 0: null */
static void
add_time (GString    *out,
          const char *key,
          gint64      microseconds)
{
  rt_json_key (out, key);
  if (microseconds != 0)
    rt_json_double (out, microseconds / 1e6);
  else
    rt_json_null (out);
}

/* ---- links ---- */

static const char *
name_state (P2pConnectionState state)
{
  switch (state)
    {
    case P2P_CONNECTION_HANDSHAKE:
      return "handshake";
    case P2P_CONNECTION_ESTABLISHED:
      return "established";
    case P2P_CONNECTION_CLOSED:
    default:
      return "closed";
    }
}

static void
report_link (RtNode        *self,
             GString       *out,
             P2pConnection *connection)
{
  g_autoptr (GBytes) methods = p2p_connection_get_methods (connection);
  const guint8 *method;
  gsize n = 0;

  rt_json_begin_object (out);
  rt_json_key (out, "id");
  rt_json_string (out, p2p_connection_get_id (connection));
  rt_node_append_address (out, p2p_connection_get_host (connection), p2p_connection_get_port (connection));
  rt_json_key (out, "outgoing");
  rt_json_boolean (out, p2p_connection_get_outgoing (connection));
  rt_json_key (out, "compression");
  rt_json_begin_array (out);
  method = methods != NULL ? g_bytes_get_data (methods, &n) : NULL;
  for (gsize i = 0; i < n; i++)
    rt_json_uint (out, method[i]);
  rt_json_end_array (out);
  /* what we send with, 0: plain */
  add_uint (out, "sending", p2p_connection_get_compression (connection));
  rt_json_key (out, "encryption");
  rt_json_string (out, p2p_connection_get_encryption (connection));
  rt_json_key (out, "version");
  rt_json_string (out, p2p_connection_get_version (connection));
  rt_json_key (out, "state");
  rt_json_string (out, name_state (p2p_connection_get_state (connection)));
  add_time (out, "since", p2p_connection_get_since (connection));
  add_time (out, "last_heard", p2p_connection_get_last_heard (connection));
  add_uint (out, "bytes_in", p2p_connection_get_bytes_in (connection));
  add_uint (out, "bytes_out", p2p_connection_get_bytes_out (connection));
  add_uint (out, "queued", p2p_connection_get_queued (connection));
  /* messages that it was too slow for */
  add_uint (out, "refused", p2p_connection_get_dropped (connection, P2P_DROP_QUEUE_FULL));
  /* The originals have no way to measure it. */
  rt_json_key (out, "rtt_ms");
  if (p2p_connection_get_round_trip (connection) >= 0)
    rt_json_double (out, p2p_connection_get_round_trip (connection) / 1e3);
  else
    rt_json_null (out);
  rt_json_key (out, "own");
  rt_json_boolean (out, p2p_connection_get_own (connection));
  rt_json_key (out, "verified");
  rt_json_boolean (out, p2p_connection_get_verified (connection));
  add_uint (out, "capabilities", p2p_connection_get_capabilities (connection));
  rt_json_key (out, "clock_offset");
  rt_json_int (out, p2p_connection_get_clock_offset (connection));
  if (self->chord != NULL)
    {
      rt_json_key (out, "leeching");
      rt_json_boolean (out, !p2p_chord_socket_is_storing (self->chord, connection));
    }
  rt_json_end_object (out);
}

static void
report_list (RtNode     *self,
             GString    *out,
             const char *key,
             GListModel *links)
{
  guint n = g_list_model_get_n_items (links);

  rt_json_key (out, key);
  rt_json_begin_array (out);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (links, i);

      report_link (self, out, connection);
    }
  rt_json_end_array (out);
}

void
rt_node_report_links (RtNode  *self,
                      GString *out)
{
  rt_json_begin_object (out);
  report_list (self, out, "table", p2p_mesh_socket_get_routing_table (self->socket));
  report_list (self, out, "awaiting", p2p_mesh_socket_get_awaiting_ids (self->socket));
  rt_json_end_object (out);
}

/* ---- the node ---- */

void
rt_node_report_status (RtNode  *self,
                       GString *out)
{
  g_autoptr (GVariant) status = g_variant_take_ref (p2p_mesh_socket_get_status (self->socket));
  const char *code, *text;
  GVariantIter iter;
  gint64 when;

  if (g_variant_n_children (status) == 0)
    {
      rt_json_string (out, "Nominal");
      return;
    }
  rt_json_begin_array (out);
  g_variant_iter_init (&iter, status);
  while (g_variant_iter_next (&iter, "(&sx&s)", &code, &when, &text))
    {
      rt_json_begin_object (out);
      rt_json_key (out, "code");
      rt_json_string (out, code);
      rt_json_key (out, "text");
      rt_json_string (out, text);
      add_time (out, "when", when);
      rt_json_end_object (out);
    }
  rt_json_end_array (out);
}

/* Of this process, in kB; 0 where there is no /proc. */
static guint64
get_resident_memory (void)
{
  FILE *file = fopen ("/proc/self/statm", "re");
  unsigned long long size, resident = 0;

  if (file == NULL)
    return 0;
  if (fscanf (file, "%llu %llu", &size, &resident) != 2)
    resident = 0;
  fclose (file);
  return resident * (sysconf (_SC_PAGESIZE) / 1024);
}

void
rt_node_report_stats (RtNode  *self,
                      GString *out)
{
  P2pMeshStats stats = { 0 };

  p2p_mesh_socket_get_stats (self->socket, &stats);
  rt_json_begin_object (out);
  add_uint (out, "messages_in", stats.messages_in);
  add_uint (out, "messages_out", stats.messages_out);
  add_uint (out, "bytes_in", stats.bytes_in);
  add_uint (out, "bytes_out", stats.bytes_out);
  add_uint (out, "relayed", stats.relayed);
  add_uint (out, "duplicates", stats.duplicates);
  add_uint (out, "delivered", stats.delivered);
  add_uint (out, "ihave_in", stats.ihave_in);
  add_uint (out, "ihave_out", stats.ihave_out);
  add_uint (out, "iwant_in", stats.iwant_in);
  add_uint (out, "iwant_out", stats.iwant_out);
  add_uint (out, "bodies_saved", stats.bodies_saved);
  add_uint (out, "recovered", stats.recovered);
  rt_json_key (out, "dropped");
  rt_json_begin_object (out);
  for (P2pDropReason reason = 0; reason < P2P_N_DROP_REASONS; reason++)
    add_uint (out, p2p_drop_reason_get_nick (reason), stats.dropped[reason]);
  add_uint (out, "events", rt_output_get_dropped (self->output));
  rt_json_end_object (out);
  add_uint (out, "dropped_total", stats.dropped_total);
  rt_json_key (out, "links");
  rt_json_begin_object (out);
  add_uint (out, "established", stats.links_established);
  add_uint (out, "pending", stats.links_pending);
  add_uint (out, "dials", stats.dials);
  rt_json_end_object (out);
  rt_json_key (out, "clock_skew");
  rt_json_int (out, p2p_mesh_socket_get_clock_skew (self->socket));
  if (self->chord != NULL)
    {
      add_uint (out, "values", p2p_chord_socket_get_n_values (self->chord));
      add_uint (out, "value_bytes", p2p_chord_socket_get_n_bytes (self->chord));
    }
  add_uint (out, "memory", get_resident_memory ());
  rt_json_end_object (out);
}

void
rt_node_report_counter (RtNode  *self,
                        GString *out)
{
  rt_json_begin_object (out);
  add_uint (out, "n", self->n_messages);
  add_time (out, "first", self->first_message);
  add_time (out, "last", self->last_message);
  rt_json_end_object (out);
}

/* ---- messages ---- */

static void
add_message (GString    *out,
             P2pMessage *message)
{
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);

  rt_json_key (out, "time");
  rt_json_int (out, p2p_message_get_time (message));
  rt_json_key (out, "id");
  rt_json_bytes (out, p2p_message_peek_id (message), P2P_FRAME_ID_LENGTH);
  rt_json_key (out, "packets");
  rt_json_append_variant (out, packets);
}

void
rt_node_report_message (GString    *out,
                        P2pMessage *message)
{
  rt_json_begin_object (out);
  rt_json_key (out, "sender");
  rt_json_string (out, p2p_message_get_sender (message));
  add_message (out, message);
  rt_json_end_object (out);
}

void
rt_node_report_decoded (GString    *out,
                        P2pMessage *message)
{
  const char *sender = p2p_message_get_sender (message);

  rt_json_begin_object (out);
  rt_json_key (out, "type");
  rt_json_int (out, p2p_message_get_flag (message));
  rt_json_key (out, "sender");
  if (p2p_message_get_sender_form (message) == P2P_ID_FORM_BIN)
    rt_json_bytes (out, (const guint8 *) sender, strlen (sender));
  else
    rt_json_string (out, sender);
  add_message (out, message);
  add_uint (out, "compression", p2p_message_get_compression_used (message));
  add_uint (out, "length", p2p_message_get_length (message));
  rt_json_end_object (out);
}

void
rt_node_report_frame (GString      *out,
                      P2pFrameInfo *frame)
{
  static const struct { P2pFrameVerdict verdict; const char *name; } names[] = {
    { P2P_FRAME_DELIVERED, "delivered" }, { P2P_FRAME_RELAYED, "relayed" }, { P2P_FRAME_HANDLED, "handled" },
    { P2P_FRAME_DUPLICATE, "duplicate" }, { P2P_FRAME_DROPPED, "dropped" }, { P2P_FRAME_SENT, "sent" },
  };
  P2pFrameVerdict verdict = p2p_frame_info_get_verdict (frame);
  P2pMessage *message = p2p_frame_info_get_message (frame);
  g_autoptr (GNetworkAddress) address = rt_node_parse_address (p2p_frame_info_get_peer_address (frame), NULL);

  add_time (out, "when", p2p_frame_info_get_time (frame));
  rt_json_key (out, "outgoing");
  rt_json_boolean (out, p2p_frame_info_get_outgoing (frame));
  rt_json_key (out, "id");
  rt_json_string (out, p2p_frame_info_get_peer_id (frame));
  rt_node_append_address (out, address != NULL ? g_network_address_get_hostname (address) : NULL,
                          address != NULL ? g_network_address_get_port (address) : 0);
  add_uint (out, "size", p2p_frame_info_get_size (frame));
  add_uint (out, "compression", p2p_frame_info_get_compression (frame));
  rt_json_key (out, "verdict");
  rt_json_begin_array (out);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (verdict & names[i].verdict)
      rt_json_string (out, names[i].name);
  rt_json_end_array (out);
  rt_json_key (out, "reason");
  rt_json_string (out, verdict & P2P_FRAME_DROPPED ? p2p_drop_reason_get_nick (p2p_frame_info_get_drop_reason (frame)) : NULL);
  rt_json_key (out, "message");
  if (message != NULL)
    rt_node_report_decoded (out, message);
  else
    rt_json_null (out);
}
