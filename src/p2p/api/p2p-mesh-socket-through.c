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

static int
send_sealed (P2pMeshSocketPrivate *priv, P2pX1 *x1, const char *id, P2pMessage *message, GError **error)
{
  g_autoptr (P2pMessage) sealed = p2p_x1_seal_for (x1, id, message, error);

  if (sealed == NULL || !p2p_mesh_socket_check_length (priv, p2p_message_get_length (sealed), error))
    return -1;
  return (int) p2p_mesh_node_send_message (priv->node, sealed);
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
 * p2p_mesh_socket_whisper_text_through:
 * @self: the socket
 * @recipient: the id of a node whose key is known, see p2p_mesh_socket_can_seal()
 * @text: what to say
 * @frames: (nullable) (element-type P2pAppFrame): %P2P_APP_REPLY and %P2P_APP_FILE that say more about the text
 * @out_message: (out) (optional) (transfer full): the message as @recipient gets it
 * @error: return location
 *
 * Says something to one node that no link can be had to: it is sealed, and everybody passes it on. All of them see from whom and for whom it is, when, and how long.
 * Nobody tells whether it arrives. For a node that can be reached p2p_mesh_socket_whisper_text_with_async() is the better way.
 *
 * Returns: how many links took it, 0 when there is none; -1 with %P2P_LINK_ERROR_IDENTITY when its key is not known, or the errors of p2p_mesh_socket_send_full()
 */
int
p2p_mesh_socket_whisper_text_through (P2pMeshSocket *self, const char *recipient, const char *text, GPtrArray *frames, P2pMessage **out_message, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GBytes) id = NULL;
  P2pMeshNode *node;
  P2pX1 *x1;
  int taken;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (recipient != NULL && text != NULL, -1);

  if (out_message != NULL)
    *out_message = NULL;
  if (!p2p_mesh_socket_check_text (text, error))
    return -1;
  x1 = get_x1 (priv, error);
  message = x1 != NULL ? p2p_mesh_socket_new_whisper (priv, text, error) : NULL;
  if (message == NULL)
    return -1;
  id = p2p_message_get_id (message);
  /* Programs hear of what goes out when all did: they may close the socket, or drop it. */
  node = priv->node;
  p2p_mesh_node_enter (node);
  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_with_about (g_ptr_array_index (frames, i), id);
      g_autoptr (P2pMessage) beside = frame != NULL ? p2p_mesh_node_new_app (priv->node, P2P_FLAG_WHISPER, frame, NULL) : NULL;

      if (beside != NULL)
        send_sealed (priv, x1, recipient, beside, NULL);
    }
  taken = send_sealed (priv, x1, recipient, message, error);
  p2p_mesh_node_leave (node);
  if (taken >= 0 && out_message != NULL)
    *out_message = g_steal_pointer (&message);
  return taken;
}

/**
 * p2p_mesh_socket_tell_app_through:
 * @self: the socket
 * @recipient: the id of a node whose key is known, see p2p_mesh_socket_can_seal()
 * @frame: a %P2P_APP_RECEIPT, of what came through others
 * @error: return location
 *
 * Tells the program of one node something as p2p_mesh_socket_whisper_text_through() says a text.
 *
 * Returns: how many links took it; -1 with its errors, or %P2P_WIRE_ERROR_VALUE of a frame that goes to neighbours only
 */
int
p2p_mesh_socket_tell_app_through (P2pMeshSocket *self, const char *recipient, P2pAppFrame *frame, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = NULL;
  P2pX1 *x1;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (recipient != NULL && frame != NULL, -1);

  x1 = get_x1 (priv, error);
  message = x1 != NULL ? p2p_mesh_node_new_app (priv->node, P2P_FLAG_WHISPER, frame, error) : NULL;
  return message != NULL ? send_sealed (priv, x1, recipient, message, error) : -1;
}
