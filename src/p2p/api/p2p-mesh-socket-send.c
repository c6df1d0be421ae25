/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-mesh-socket-private.h"

#include <string.h>

#include "../wire/p2p-value.h"

/* Sub-flag and head of a str or bin. */
#define MAX_HEAD 6

/* ---- packets ---- */

static GVariant *
look_through (GVariant *value)
{
  GVariant *inner = g_variant_ref (value);

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *boxed = inner;

      inner = g_variant_get_variant (boxed);
      g_variant_unref (boxed);
    }
  return inner;
}

/* Nodes take an integral float for the integer. */
static gboolean
is_reserved (GVariant *subflag)
{
  g_autoptr (GVariant) value = look_through (subflag);
  double number;

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      number = g_variant_get_byte (value);
      break;
    case G_VARIANT_CLASS_INT16:
      number = g_variant_get_int16 (value);
      break;
    case G_VARIANT_CLASS_UINT16:
      number = g_variant_get_uint16 (value);
      break;
    case G_VARIANT_CLASS_INT32:
      number = g_variant_get_int32 (value);
      break;
    case G_VARIANT_CLASS_UINT32:
      number = g_variant_get_uint32 (value);
      break;
    case G_VARIANT_CLASS_INT64:
      number = (double) g_variant_get_int64 (value);
      break;
    case G_VARIANT_CLASS_UINT64:
      number = (double) g_variant_get_uint64 (value);
      break;
    case G_VARIANT_CLASS_HANDLE:
      number = g_variant_get_handle (value);
      break;
    case G_VARIANT_CLASS_DOUBLE:
      number = g_variant_get_double (value);
      if (!(number >= 0 && number <= P2P_OWN_FLAGS_LAST) || number != (int) number)
        return FALSE;
      break;
    default:
      return FALSE;
    }
  if (number >= P2P_OWN_FLAGS_FIRST && number <= P2P_OWN_FLAGS_LAST)
    return number == (int) number;
  return number >= 0 && number < P2P_RESERVED_FLAGS_END && number == (int) number && number != P2P_SUBFLAG_BROADCAST && number != P2P_SUBFLAG_WHISPER;
}

GVariant *
p2p_mesh_socket_make_packets (GVariant *subflag, GVariant *packets, GError **error)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  gsize n = 0;

  if (packets != NULL)
    {
      if (!g_variant_is_of_type (packets, G_VARIANT_TYPE_ARRAY) && !g_variant_is_of_type (packets, G_VARIANT_TYPE_TUPLE))
        {
          g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "Packets are a list of values (av), not %s", g_variant_get_type_string (packets));
          return NULL;
        }
      n = g_variant_n_children (packets);
    }
  g_variant_builder_add (&list, "v", subflag);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (packets, i);

      if (g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT))
        g_variant_builder_add_value (&list, child);
      else
        g_variant_builder_add (&list, "v", child);
    }
  return g_variant_builder_end (&list);
}

/* ---- sending ---- */

gboolean
p2p_mesh_socket_check_node (P2pMeshSocketPrivate *priv, GError **error)
{
  if (!priv->closed && priv->node != NULL)
    return TRUE;
  g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  return FALSE;
}

gboolean
p2p_mesh_socket_check_length (P2pMeshSocketPrivate *priv, gsize length, GError **error)
{
  if (length <= priv->limits->frame)
    return TRUE;
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
               "A message of %" G_GSIZE_FORMAT " bytes is larger than the %u that nodes take", length, priv->limits->frame);
  return FALSE;
}

static int
send_message (P2pMeshSocketPrivate *priv, P2pMessage *message, GError **error)
{
  if (message == NULL || !p2p_mesh_socket_check_length (priv, p2p_message_get_length (message), error))
    return -1;
  return (int) p2p_mesh_node_send_message (priv->node, message);
}

static gsize
pack_head (guint8 *head, gboolean text, gsize length)
{
  gsize n = 0;

  head[n++] = P2P_SUBFLAG_BROADCAST;
  if (text && length < 32)
    head[n++] = (guint8) (0xa0 | length);
  else if (length <= G_MAXUINT8)
    {
      head[n++] = text ? 0xd9 : 0xc4;
      head[n++] = (guint8) length;
    }
  else if (length <= G_MAXUINT16)
    {
      head[n++] = text ? 0xda : 0xc5;
      head[n++] = (guint8) (length >> 8);
      head[n++] = (guint8) length;
    }
  else
    {
      head[n++] = text ? 0xdb : 0xc6;
      for (int shift = 24; shift >= 0; shift -= 8)
        head[n++] = (guint8) (length >> shift);
    }
  return n;
}

/* What is sent most often goes without GVariants. */
static P2pMessage *
new_one (P2pMeshSocket *self, gboolean text, const guint8 *bytes, gsize length, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = NULL;
  guint8 head[MAX_HEAD];

  if (!p2p_mesh_socket_check_node (priv, error) || !p2p_mesh_socket_check_length (priv, length, error))
    return NULL;
  g_byte_array_set_size (priv->scratch, 0);
  g_byte_array_append (priv->scratch, head, (guint) pack_head (head, text, length));
  if (length > 0)
    g_byte_array_append (priv->scratch, bytes, (guint) length);
  message = p2p_mesh_node_new_packed (priv->node, P2P_FLAG_BROADCAST, priv->scratch->data, priv->scratch->len, 2);
  return p2p_mesh_socket_check_length (priv, p2p_message_get_length (message), error) ? g_steal_pointer (&message) : NULL;
}

static int
send_one (P2pMeshSocket *self, gboolean text, const guint8 *bytes, gsize length, GError **error)
{
  g_autoptr (P2pMessage) message = new_one (self, text, bytes, length, error);

  return message != NULL ? (int) p2p_mesh_node_send_message (p2p_mesh_socket_get_node (self), message) : -1;
}

P2pMessage *
p2p_mesh_socket_new_text (P2pMeshSocket *self, const char *text, GError **error)
{
  return new_one (self, TRUE, (const guint8 *) text, strlen (text), error);
}

gboolean
p2p_mesh_socket_check_text (const char *text, GError **error)
{
  if (g_utf8_validate (text, -1, NULL))
    return TRUE;
  g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "A text has to be UTF-8; send it as bytes");
  return FALSE;
}

/**
 * p2p_mesh_socket_send_text:
 * @self: the socket
 * @text: what to say
 * @error: return location
 *
 * Sends a text to every node of the network.
 *
 * Returns: how many links took it, 0 when there is none; -1 with the errors of p2p_mesh_socket_send_full()
 */
int
p2p_mesh_socket_send_text (P2pMeshSocket *self, const char *text, GError **error)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (text != NULL, -1);

  return p2p_mesh_socket_check_text (text, error) ? send_one (self, TRUE, (const guint8 *) text, strlen (text), error) : -1;
}

/**
 * p2p_mesh_socket_send_bytes:
 * @self: the socket
 * @bytes: (array length=length): what to send
 * @length: how many
 * @error: return location
 *
 * Sends bytes to every node of the network.
 *
 * Returns: how many links took it, 0 when there is none; -1 with the errors of p2p_mesh_socket_send_full()
 */
int
p2p_mesh_socket_send_bytes (P2pMeshSocket *self, const guint8 *bytes, gsize length, GError **error)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (bytes != NULL || length == 0, -1);

  return send_one (self, FALSE, bytes, length, error);
}

/**
 * p2p_mesh_socket_send:
 * @self: the socket
 * @packets: (nullable): an `av` of packets; a floating reference is taken
 * @error: return location
 *
 * Sends a message to every node of the network.
 *
 * Returns: how many links took it, 0 when there is none; -1 with the errors of p2p_mesh_socket_send_full()
 */
int
p2p_mesh_socket_send (P2pMeshSocket *self, GVariant *packets, GError **error)
{
  return p2p_mesh_socket_send_full (self, P2P_FLAG_BROADCAST, NULL, packets, NULL, error);
}

/**
 * p2p_mesh_socket_send_full:
 * @self: the socket
 * @flag: %P2P_FLAG_BROADCAST for every node, %P2P_FLAG_WHISPER for the neighbours only
 * @subflag: (nullable): broadcast, whisper, or a value of the application's own: anything but an integer from 0x00 to 0x30.
 *   %NULL: as the flag. A floating reference is taken
 * @packets: (nullable): an `av` of packets; a floating reference is taken
 * @out_message: (out) (optional) (transfer full): the message as it was sent
 * @error: return location
 *
 * Sends a message.
 *
 * Returns: how many links took it, 0 when there is none; -1 with %P2P_WIRE_ERROR_RESERVED_FLAG, %P2P_WIRE_ERROR_VALUE,
 *   %P2P_WIRE_ERROR_TOO_LARGE or %P2P_LINK_ERROR_SOCKET_CLOSED
 */
int
p2p_mesh_socket_send_full (P2pMeshSocket *self, gint64 flag, GVariant *subflag, GVariant *packets, P2pMessage **out_message, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (GVariant) type = g_variant_ref_sink (subflag != NULL ? subflag : g_variant_new_int64 (flag));
  g_autoptr (GVariant) owned = packets != NULL ? g_variant_ref_sink (packets) : NULL;
  g_autoptr (P2pMessage) message = NULL;
  GVariant *all;
  int taken;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);

  if (out_message != NULL)
    *out_message = NULL;
  if (!p2p_mesh_socket_check_node (priv, error))
    return -1;
  if (flag != P2P_FLAG_BROADCAST && flag != P2P_FLAG_WHISPER)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_RESERVED_FLAG,
                   "A message is sent as broadcast or as whisper, not with flag %" G_GINT64_FORMAT, flag);
      return -1;
    }
  if (is_reserved (type))
    {
      g_autofree char *name = p2p_value_print (type, 32);

      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_RESERVED_FLAG, "Sub-flag %s is the nodes’ own: those from 0x%x on are free, but for 0x%x to 0x%x",
                   name, P2P_RESERVED_FLAGS_END, P2P_OWN_FLAGS_FIRST, P2P_OWN_FLAGS_LAST);
      return -1;
    }
  all = p2p_mesh_socket_make_packets (type, owned, error);
  if (all == NULL)
    return -1;
  message = p2p_mesh_node_new_message (priv->node, flag, all, error);
  taken = send_message (priv, message, error);
  if (taken >= 0 && out_message != NULL)
    *out_message = g_steal_pointer (&message);
  return taken;
}

/**
 * p2p_mesh_socket_send_message:
 * @self: the socket
 * @message: one of our own, to everybody
 * @error: return location
 *
 * Sends a message that was made before: for programs that write down what they send before they do. Sent twice it is one message to every node that remembers
 * it still, which is for a minute at least; an older one they drop.
 *
 * Returns: how many links took it, 0 when there is none; -1 with %P2P_WIRE_ERROR_VALUE where it is none of ours, %P2P_WIRE_ERROR_TOO_LARGE or
 *   %P2P_LINK_ERROR_SOCKET_CLOSED
 */
int
p2p_mesh_socket_send_message (P2pMeshSocket *self, P2pMessage *message, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (message != NULL, -1);

  if (!p2p_mesh_socket_check_node (priv, error))
    return -1;
  if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST || strcmp (p2p_message_get_sender (message), p2p_mesh_node_get_id (priv->node)) != 0)
    {
      g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "The message is none that this node says to everybody");
      return -1;
    }
  return send_message (priv, message, error);
}

/**
 * p2p_mesh_socket_whisper:
 * @self: the socket
 * @id: the id of a neighbour
 * @packets: (nullable): an `av` of packets; a floating reference is taken
 * @error: return location
 *
 * Sends a message to one neighbour. For nodes that may be further away there is p2p_mesh_socket_whisper_to_async().
 *
 * Returns: whether the link took it; otherwise %P2P_LINK_ERROR_NOT_CONNECTED, %P2P_LINK_ERROR_QUEUE_FULL or a %P2P_WIRE_ERROR
 */
gboolean
p2p_mesh_socket_whisper (P2pMeshSocket *self, const char *id, GVariant *packets, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (GVariant) type = g_variant_ref_sink (g_variant_new_int64 (P2P_SUBFLAG_WHISPER));
  g_autoptr (GVariant) owned = packets != NULL ? g_variant_ref_sink (packets) : NULL;
  g_autoptr (P2pMessage) message = NULL;
  GVariant *all;
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  if (!p2p_mesh_socket_check_node (priv, error))
    return FALSE;
  peer = p2p_mesh_node_find_peer (priv->node, id);
  if (peer == NULL)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED, "There is no link to %s", id);
      return FALSE;
    }
  all = p2p_mesh_socket_make_packets (type, owned, error);
  if (all == NULL)
    return FALSE;
  message = p2p_mesh_node_new_message (priv->node, P2P_FLAG_WHISPER, all, error);
  return message != NULL && p2p_mesh_socket_check_length (priv, p2p_message_get_length (message), error) &&
         p2p_mesh_node_send_to (priv->node, peer, message, P2P_LINK_SEND_DEFAULT, error);
}

/**
 * p2p_mesh_socket_waterfall:
 * @self: the socket
 * @message: a broadcast
 *
 * Passes a message of somebody else on, as if it came just now. Our own are sent, not passed on.
 *
 * Returns: whether it was new and was passed on
 */
gboolean
p2p_mesh_socket_waterfall (P2pMeshSocket *self, P2pMessage *message)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  return priv->node != NULL && p2p_mesh_node_waterfall (priv->node, message);
}

/**
 * p2p_mesh_socket_request_peers:
 * @self: the socket
 *
 * Asks all neighbours whom they are linked to. The node dials some of those as far as #P2pMeshSocket:max-outgoing lets it.
 */
void
p2p_mesh_socket_request_peers (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  if (p2p_mesh_socket_check_node (priv, NULL))
    p2p_mesh_node_request_peers (priv->node);
}

/**
 * p2p_mesh_socket_disconnect:
 * @self: the socket
 * @connection: one of its connections
 *
 * Closes a link.
 */
void
p2p_mesh_socket_disconnect (P2pMeshSocket *self, P2pConnection *connection)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));
  g_return_if_fail (P2P_IS_CONNECTION (connection));

  if (priv->node != NULL)
    p2p_mesh_node_disconnect (priv->node, p2p_connection_get_peer (connection));
}
