/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The known addresses: what becomes of each, and why. */
#include "rt-node-private.h"

#include "rt-json-writer.h"
#include "rt-node-report.h"

static const char *
name_source (P2pAddressSource source)
{
  switch (source)
    {
    case P2P_ADDRESS_SOURCE_PEERS:
      return "peers";
    case P2P_ADDRESS_SOURCE_INCOMING:
      return "incoming";
    case P2P_ADDRESS_SOURCE_RESPONSE:
      return "response";
    case P2P_ADDRESS_SOURCE_PROGRAM:
    default:
      return "program";
    }
}

static const char *
name_state (P2pAddressState state)
{
  switch (state)
    {
    case P2P_ADDRESS_STATE_WAITING:
      return "waiting";
    case P2P_ADDRESS_STATE_DIALLING:
      return "dialling";
    case P2P_ADDRESS_STATE_LINKED:
      return "linked";
    case P2P_ADDRESS_STATE_GIVEN_UP:
      return "given-up";
    case P2P_ADDRESS_STATE_IDLE:
    default:
      return "idle";
    }
}

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

static void
add_text (GString    *out,
          const char *key,
          const char *text)
{
  rt_json_key (out, key);
  if (text != NULL)
    rt_json_string (out, text);
  else
    rt_json_null (out);
}

static void
add_history (GString         *out,
             P2pKnownAddress *address)
{
  g_autoptr (GVariant) history = p2p_known_address_get_history (address);
  const char *code, *words;
  GVariantIter iter;
  gint64 when;

  rt_json_key (out, "history");
  rt_json_begin_array (out);
  g_variant_iter_init (&iter, history);
  while (g_variant_iter_next (&iter, "(x&s&s)", &when, &code, &words))
    {
      rt_json_begin_object (out);
      add_time (out, "when", when);
      add_text (out, "code", *code != '\0' ? code : NULL);
      add_text (out, "text", *words != '\0' ? words : NULL);
      rt_json_end_object (out);
    }
  rt_json_end_array (out);
}

static void
add_address (GString         *out,
             P2pKnownAddress *address)
{
  const GError *cause = p2p_known_address_get_cause (address);
  g_autofree char *code = cause != NULL ? p2p_error_get_code_name (cause) : NULL;
  gint64 next = p2p_known_address_get_next_attempt (address);

  rt_json_begin_object (out);
  rt_node_append_address (out, p2p_known_address_get_host (address), p2p_known_address_get_port (address));
  add_text (out, "id", p2p_known_address_get_id (address));
  add_text (out, "source", name_source (p2p_known_address_get_source (address)));
  add_text (out, "state", name_state (p2p_known_address_get_state (address)));
  rt_json_key (out, "keep");
  rt_json_boolean (out, p2p_known_address_get_pinned (address));
  rt_json_key (out, "anchor");
  rt_json_boolean (out, p2p_known_address_get_anchor (address));
  rt_json_key (out, "attempts");
  rt_json_uint (out, p2p_known_address_get_attempts (address));
  rt_json_key (out, "failures");
  rt_json_uint (out, p2p_known_address_get_failures (address));
  add_time (out, "last_tried", p2p_known_address_get_last_tried (address));
  add_time (out, "last_seen", p2p_known_address_get_last_seen (address));
  rt_json_key (out, "next_ms");
  if (next != 0)
    rt_json_int (out, MAX (next - g_get_real_time (), 0) / 1000);
  else
    rt_json_null (out);
  rt_json_key (out, "cause");
  if (cause != NULL)
    {
      rt_json_begin_object (out);
      add_text (out, "code", code);
      add_text (out, "text", cause->message);
      rt_json_end_object (out);
    }
  else
    rt_json_null (out);
  add_history (out, address);
  rt_json_end_object (out);
}

void
rt_node_report_addresses (RtNode  *self,
                          GString *out)
{
  GListModel *addresses = p2p_mesh_socket_get_known_addresses (self->socket);
  guint n = g_list_model_get_n_items (addresses);

  rt_json_begin_array (out);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pKnownAddress) address = g_list_model_get_item (addresses, i);

      add_address (out, address);
    }
  rt_json_end_array (out);
}
