/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-connection-private.h"

static gboolean
check_open (P2pPeer *peer, GError **error)
{
  if (p2p_peer_get_node (peer) != NULL && p2p_peer_get_state (peer) == P2P_PEER_ESTABLISHED)
    return TRUE;
  g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED, "There is no link to %s now",
               p2p_peer_get_id (peer) != NULL ? p2p_peer_get_id (peer) : p2p_peer_get_peer_host (peer));
  return FALSE;
}

/**
 * p2p_connection_send:
 * @self: a connection
 * @flag: the main flag
 * @packets: an `av` of packets, the sub-flag first; a floating reference is taken
 * @id: (nullable): a sender in place of our node's id
 * @time: whole seconds UTC, or -1 for now
 * @error: return location
 *
 * Sends one message on this link only. Nothing is checked but that it can be written: this is what the protocol of the nodes is
 * made of, and a program that uses reserved flags here speaks it itself.
 *
 * Returns: (transfer full): the message as it was sent; %NULL with %P2P_LINK_ERROR_NOT_CONNECTED, %P2P_LINK_ERROR_QUEUE_FULL or
 *   a %P2P_WIRE_ERROR
 */
P2pMessage *
p2p_connection_send (P2pConnection *self, gint64 flag, GVariant *packets, const char *id, gint64 time, GError **error)
{
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (P2pMessage) message = NULL;
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (packets != NULL, NULL);

  owned = g_variant_ref_sink (packets);
  peer = p2p_connection_get_peer (self);
  if (!check_open (peer, error))
    return NULL;
  if (id == NULL && time < 0)
    message = p2p_mesh_node_new_message (p2p_peer_get_node (peer), flag, owned, error);
  else
    message = p2p_message_new (flag, id != NULL ? id : p2p_mesh_node_get_id (p2p_peer_get_node (peer)),
                               time >= 0 ? time : p2p_clock_utc_seconds (p2p_mesh_node_get_env (p2p_peer_get_node (peer))->clock), owned, error);
  if (message == NULL || !p2p_mesh_node_send_to (p2p_peer_get_node (peer), peer, message, P2P_LINK_SEND_DEFAULT, error))
    return NULL;
  return g_steal_pointer (&message);
}

/**
 * p2p_connection_send_raw:
 * @self: a connection
 * @frame: bytes
 * @error: return location
 *
 * Writes bytes as they are, the four of a frame's length included. For trying out what nodes make of it.
 *
 * Returns: whether they were taken; %FALSE with %P2P_LINK_ERROR_NOT_CONNECTED, %P2P_LINK_ERROR_QUEUE_FULL or %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_connection_send_raw (P2pConnection *self, GBytes *frame, GError **error)
{
  const guint8 *bytes;
  gsize length;
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (frame != NULL, FALSE);

  peer = p2p_connection_get_peer (self);
  bytes = g_bytes_get_data (frame, &length);
  return check_open (peer, error) && p2p_link_send_raw (p2p_peer_get_link (peer), bytes, length, error);
}

/**
 * p2p_connection_renegotiate:
 * @self: a connection
 * @methods: compression methods, a byte each, in order of preference
 * @error: return location
 *
 * Tells the node at the other end which methods we understand from now on; it packs with the first of its own among them. A js2p
 * node drops the link for it, so this is for nodes that are known to be others.
 *
 * Returns: whether it was sent; %FALSE with %P2P_LINK_ERROR_NOT_CONNECTED, %P2P_LINK_ERROR_QUEUE_FULL or %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_connection_renegotiate (P2pConnection *self, GBytes *methods, GError **error)
{
  const guint8 *bytes;
  gsize n_methods;
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (methods != NULL, FALSE);

  peer = p2p_connection_get_peer (self);
  bytes = g_bytes_get_data (methods, &n_methods);
  return check_open (peer, error) && p2p_mesh_node_renegotiate (p2p_peer_get_node (peer), peer, bytes, n_methods, error);
}

/**
 * p2p_connection_request_resend:
 * @self: a connection
 * @error: return location
 *
 * Asks the node at the other end for its last frame once more. Nodes of this library send it; py2p sends something else, and js2p
 * drops the link.
 *
 * Returns: whether it was sent; %FALSE with %P2P_LINK_ERROR_NOT_CONNECTED, %P2P_LINK_ERROR_QUEUE_FULL or %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_connection_request_resend (P2pConnection *self, GError **error)
{
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), FALSE);

  peer = p2p_connection_get_peer (self);
  return check_open (peer, error) && p2p_mesh_node_request_resend (p2p_peer_get_node (peer), peer, error);
}
