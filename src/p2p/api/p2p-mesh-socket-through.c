/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sealed messages through others, to whom no link can be had. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

#include "../x1/p2p-x1.h"

/**
 * p2p_mesh_socket_can_seal:
 * @self: the socket
 * @id: the id of a node
 *
 * Whether what is whispered to that node now goes sealed: nobody but it can read it, whoever passes it on. Of a neighbour: it runs this library and proved
 * that it has its key. Of any other: its key is known here. To nodes of the originals whispers are plain: every node that they pass, and whoever listens
 * where the network is not encrypted, can read them.
 *
 * Returns: whether it would be sealed
 */
gboolean
p2p_mesh_socket_can_seal (P2pMeshSocket *self, const char *id)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  P2pX1 *x1 = priv->node != NULL ? p2p_x1_of (priv->node) : NULL;
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  if (x1 == NULL)
    return FALSE;
  peer = p2p_mesh_node_find_peer (priv->node, id);
  if (peer != NULL)
    return p2p_x1_seals_for (x1, peer);
  return p2p_x1_find_key (x1, id) != NULL;
}

static P2pMessage *
seal_through (P2pMeshSocketPrivate *priv, P2pX1 *x1, const char *id, P2pMessage *message, GError **error)
{
  g_autoptr (P2pMessage) sealed = p2p_x1_seal_for (x1, id, message, error);

  if (sealed == NULL || !p2p_mesh_socket_check_length (priv, p2p_message_get_length (sealed), error))
    return NULL;
  return g_steal_pointer (&sealed);
}

static P2pX1 *
get_x1 (P2pMeshSocketPrivate *priv, GError **error)
{
  P2pX1 *x1;

  if (!p2p_mesh_socket_check_node (priv, error))
    return NULL;
  x1 = p2p_x1_of (priv->node);
  if (x1 == NULL)
    g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "This node has no key: it can seal nothing");
  return x1;
}

/**
 * p2p_mesh_socket_whisper_message_through:
 * @self: the socket
 * @recipient: the id of a node whose key is known, see p2p_mesh_socket_can_seal()
 * @message: a text of our own, for one node: p2p_message_new() with %P2P_FLAG_WHISPER and our id
 * @frames: (nullable) (element-type P2pAppFrame): %P2P_APP_REPLY and %P2P_APP_FILE that say more about the text
 * @error: return location
 *
 * Says something to one node that no link can be had to: it is sealed, and everybody passes it on. All of them see from whom and for whom it is, when, and how long.
 * Nobody tells whether it arrives; the program of @recipient may, by %P2P_APP_RECEIPT. It may be said again, however long ago it was made: @recipient gets
 * the same message, which its program knows by its id. For a node that can be reached p2p_mesh_socket_whisper_message_async() is the better way.
 *
 * Returns: how many links took it, 0 when there is none; -1 with %P2P_LINK_ERROR_IDENTITY when its key is not known, %P2P_WIRE_ERROR_VALUE where the message is no
 *   whisper of ours, or the errors of p2p_mesh_socket_send_full()
 */
int
p2p_mesh_socket_whisper_message_through (P2pMeshSocket *self, const char *recipient, P2pMessage *message, GPtrArray *frames, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) said = NULL;
  g_autoptr (P2pMessage) sealed = NULL;
  g_autoptr (GBytes) id = NULL;
  P2pMeshNode *node;
  P2pX1 *x1;
  int taken;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (recipient != NULL && message != NULL, -1);

  x1 = get_x1 (priv, error);
  said = x1 != NULL ? p2p_x1_say_again (x1, message, error) : NULL;
  sealed = said != NULL ? seal_through (priv, x1, recipient, said, error) : NULL;
  if (sealed == NULL)
    return -1;
  id = p2p_message_get_id (message);
  /* Programs hear of what goes out when all did: they may close the socket, or drop it. */
  node = priv->node;
  p2p_mesh_node_enter (node);
  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_with_about (g_ptr_array_index (frames, i), id);
      g_autoptr (P2pMessage) beside = frame != NULL ? p2p_mesh_node_new_app (node, P2P_FLAG_WHISPER, frame, NULL) : NULL;
      g_autoptr (P2pMessage) box = beside != NULL ? seal_through (priv, x1, recipient, beside, NULL) : NULL;

      if (box != NULL)
        p2p_mesh_node_send_message (node, box);
    }
  taken = (int) p2p_mesh_node_send_message (node, sealed);
  p2p_mesh_node_leave (node);
  p2p_message_set_sealed (message);
  return taken;
}

gboolean
p2p_mesh_socket_say_to_peer (P2pMeshSocketPrivate *priv, P2pPeer *peer, P2pMessage *message, GPtrArray *frames, GError **error)
{
  P2pX1 *x1 = get_x1 (priv, error);
  g_autoptr (P2pMessage) said = x1 != NULL ? p2p_x1_say_again (x1, message, error) : NULL;
  P2pMeshNode *node = priv->node;
  gboolean sent;

  if (said == NULL || !p2p_mesh_socket_check_length (priv, p2p_message_get_length (said), error))
    return FALSE;
  if (!p2p_x1_seals_for (x1, peer))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "What is said to %s over this link would not be sealed", p2p_peer_get_id (peer));
      return FALSE;
    }
  p2p_mesh_node_enter (node);
  p2p_mesh_socket_send_frames (priv, peer, message, frames);
  sent = p2p_mesh_node_send_to (node, peer, said, P2P_LINK_SEND_DEFAULT, error);
  p2p_mesh_node_leave (node);
  if (sent)
    p2p_message_set_sealed (message);
  return sent;
}

/**
 * p2p_mesh_socket_tell_app_through:
 * @self: the socket
 * @recipient: the id of a node whose key is known, see p2p_mesh_socket_can_seal()
 * @frame: a %P2P_APP_RECEIPT, of what came through others
 * @error: return location
 *
 * Tells the program of one node something as p2p_mesh_socket_whisper_message_through() says a text.
 *
 * Returns: how many links took it; -1 with its errors, or %P2P_WIRE_ERROR_VALUE of a frame that goes to neighbours only
 */
int
p2p_mesh_socket_tell_app_through (P2pMeshSocket *self, const char *recipient, P2pAppFrame *frame, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (P2pMessage) sealed = NULL;
  P2pX1 *x1;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (recipient != NULL && frame != NULL, -1);

  x1 = get_x1 (priv, error);
  message = x1 != NULL ? p2p_mesh_node_new_app (priv->node, P2P_FLAG_WHISPER, frame, error) : NULL;
  sealed = message != NULL ? seal_through (priv, x1, recipient, message, error) : NULL;
  return sealed != NULL ? (int) p2p_mesh_node_send_message (priv->node, sealed) : -1;
}
