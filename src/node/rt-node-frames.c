/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-node-private.h"

#include "rt-json-writer.h"
#include "rt-node-error.h"
#include "rt-node-report.h"

/* Commands that need no network: frames and names. */

/* A method by number or by name */
static gboolean
parse_method (JsonNode *node,
              guint8   *number,
              GError  **error)
{
  P2pCompression method;
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_STRING)
    {
      if (!p2p_compression_from_name (json_node_get_string (node), &method, error))
        return FALSE;
      *number = method;
      return TRUE;
    }
  if (type == G_TYPE_INT64 && json_node_get_int (node) >= 0 && json_node_get_int (node) <= 255)
    {
      *number = json_node_get_int (node);
      return TRUE;
    }
  g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT,
                       "a compression method is a name or a number");
  return FALSE;
}

static GBytes *
build_frame (RtCommand  *command,
             P2pMessage *message,
             GError    **error)
{
  g_autoptr (GBytes) whole = p2p_message_to_bytes (message);
  g_autoptr (GBytes) plain = NULL;
  guint8 method;

  if (!rt_command_has (command, "compression"))
    return g_steal_pointer (&whole);
  if (!parse_method (rt_command_peek (command, "compression"), &method, error))
    return NULL;
  plain = g_bytes_new_from_bytes (whole, P2P_FRAME_HEADER_LENGTH, g_bytes_get_size (whole) - P2P_FRAME_HEADER_LENGTH);
  return p2p_frame_build (plain, method, error);
}

static P2pMessage *
make_message (RtCommand *command,
              GError   **error)
{
  g_autofree char *sender = NULL;
  g_autoptr (GVariant) packets = NULL;
  gboolean bytes;
  gint64 flag, time;

  if (!rt_command_get_int (command, "type", TRUE, G_MININT64, G_MAXINT64, &flag, error) ||
      !rt_command_get_int (command, "time", TRUE, G_MININT64, G_MAXINT64, &time, error) ||
      (sender = rt_command_dup_id (command, "sender", &bytes, error)) == NULL ||
      (packets = rt_command_get_packets (command, "packets", error)) == NULL)
    return NULL;
  return p2p_message_new_full (flag, sender, bytes ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR, time, packets, error);
}

void
rt_node_run_encode (RtNode    *self,
                    RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = make_message (command, &error);
  g_autoptr (GBytes) frame = message != NULL ? build_frame (command, message, &error) : NULL;
  g_autoptr (GString) value = NULL;
  gconstpointer data;
  gsize length;

  if (frame == NULL)
    {
      rt_command_answer_error (command, g_steal_pointer (&error));
      return;
    }
  data = g_bytes_get_data (frame, &length);
  value = g_string_new (NULL);
  rt_json_begin_object (value);
  rt_json_key (value, "hex");
  rt_json_hex (value, data, length);
  rt_json_key (value, "id");
  rt_json_bytes (value, p2p_message_peek_id (message), P2P_FRAME_ID_LENGTH);
  rt_json_end_object (value);
  rt_command_answer (command, value->str);
}

static gboolean
get_methods (RtCommand  *command,
             GByteArray *methods,
             GError    **error)
{
  JsonNode *node = rt_command_peek (command, "compressions");
  JsonArray *array;

  if (!rt_command_has (command, "compressions"))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, "“compressions” must be an array");
      return FALSE;
    }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      guint8 number;

      if (!parse_method (json_array_get_element (array, i), &number, error))
        return FALSE;
      g_byte_array_append (methods, &number, 1);
    }
  return TRUE;
}

void
rt_node_run_decode (RtNode    *self,
                    RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) methods = g_byte_array_new ();
  g_autoptr (GBytes) frame = rt_command_get_bytes (command, "hex", &error);
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GString) value = NULL;

  if (frame != NULL && get_methods (command, methods, &error))
    message = p2p_message_parse (frame, FALSE, methods->data, methods->len, NULL, &error);
  if (message == NULL)
    {
      rt_command_answer_error (command, g_steal_pointer (&error));
      return;
    }
  value = g_string_new (NULL);
  rt_node_report_decoded (value, message);
  rt_command_answer (command, value->str);
}

void
rt_node_run_protocol_id (RtNode    *self,
                         RtCommand *owned)
{
  g_autoptr (RtCommand) command = owned;
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pProtocol) protocol = NULL;
  g_autoptr (GString) value = g_string_new (NULL);
  const char *subnet, *encryption, *version;
  gboolean ok;

  if ((subnet = rt_command_get_text (command, "subnet", &error)) == NULL ||
      (encryption = rt_command_get_text (command, "encryption", &error)) == NULL)
    {
      rt_command_answer_error (command, g_steal_pointer (&error));
      return;
    }
  version = rt_command_get_optional_text (command, "version", &ok, &error);
  if (!ok)
    {
      rt_command_answer_error (command, g_steal_pointer (&error));
      return;
    }
  protocol = p2p_protocol_new_with_version (subnet, encryption, version);
  rt_json_string (value, p2p_protocol_get_id (protocol));
  rt_command_answer (command, value->str);
}
