/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-traffic-item.h"
#include "json/rt-json-value.h"
#include "json/rt-json-writer.h"

/* For programs: names that are not translated. */
static void
append_verdict (RtTrafficItem *self, GString *out)
{
  static const struct { RtTrafficVerdict verdict; const char *name; } names[] = {
    { RT_TRAFFIC_SENT, "sent" }, { RT_TRAFFIC_DUPLICATE, "duplicate" }, { RT_TRAFFIC_DELIVERED, "delivered" },
    { RT_TRAFFIC_HANDLED, "handled" }, { RT_TRAFFIC_RELAYED, "relayed" }, { RT_TRAFFIC_DROPPED, "dropped" },
  };

  rt_json_key (out, "verdict");
  rt_json_begin_array (out);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (rt_traffic_item_get_verdict (self) & names[i].verdict)
      rt_json_string (out, names[i].name);
  rt_json_end_array (out);
  if (rt_traffic_item_get_reason (self) != NULL)
    {
      rt_json_key (out, "reason");
      rt_json_string (out, rt_traffic_item_get_reason (self));
    }
}

static void
append_message (P2pMessage *message, GString *out)
{
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);

  rt_json_key (out, "id");
  rt_json_bytes (out, p2p_message_peek_id (message), 32);
  rt_json_key (out, "flag");
  rt_json_int (out, p2p_message_get_flag (message));
  rt_json_key (out, "sender");
  rt_json_string (out, p2p_message_get_sender (message));
  rt_json_key (out, "sent");
  rt_json_int (out, p2p_message_get_time (message));
  rt_json_key (out, "packets");
  rt_json_append_variant (out, packets);
}

void
rt_traffic_item_append_json (RtTrafficItem *self, GString *out)
{
  g_autoptr (P2pMessage) message = rt_traffic_item_dup_message (self);
  gint64 time = rt_traffic_item_get_time (self);
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autofree char *day = moment != NULL ? g_date_time_format (moment, "%Y-%m-%dT%H:%M:%S") : g_strdup ("");
  g_autofree char *stamp = g_strdup_printf ("%s.%06dZ", day, (int) (time % G_USEC_PER_SEC));

  rt_json_begin_object (out);
  rt_json_key (out, "time");
  rt_json_string (out, stamp);
  rt_json_key (out, "direction");
  rt_json_string (out, rt_traffic_item_get_outgoing (self) ? "out" : "in");
  rt_json_key (out, "peer");
  rt_json_string (out, rt_traffic_item_get_peer_id (self));
  rt_json_key (out, "address");
  rt_json_string (out, rt_traffic_item_get_address (self));
  rt_json_key (out, "size");
  rt_json_uint (out, rt_traffic_item_get_size (self));
  rt_json_key (out, "compression");
  rt_json_int (out, (gint64) rt_traffic_item_get_compression (self));
  append_verdict (self, out);
  if (message != NULL)
    append_message (message, out);
  rt_json_end_object (out);
}
