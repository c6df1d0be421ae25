/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs of ours tell each other beside the text. */
#include "config.h"

#include "../mesh/p2p-mesh-layer.h"
#include "p2p-mesh-socket-private.h"

#include <string.h>

/* A text on its way to a node that is no neighbour yet. */
typedef struct {
  char *text;
  GPtrArray *frames;            /* of P2pAppFrame */
  P2pMessage *message;          /* in place of the text: one that was made before, and goes sealed */
  P2pAppFrame *frame;           /* or this alone */
} Parcel;

/* frames: nullable */
static Parcel *
parcel_new (GPtrArray *frames)
{
  Parcel *parcel = g_new0 (Parcel, 1);

  if (frames != NULL)
    {
      parcel->frames = g_ptr_array_copy (frames, (GCopyFunc) (gpointer) p2p_app_frame_ref, NULL);
      g_ptr_array_set_free_func (parcel->frames, (GDestroyNotify) p2p_app_frame_unref);
    }
  return parcel;
}

static void
parcel_free (gpointer data)
{
  Parcel *parcel = data;

  g_free (parcel->text);
  g_clear_pointer (&parcel->frames, g_ptr_array_unref);
  g_clear_pointer (&parcel->message, p2p_message_unref);
  g_clear_pointer (&parcel->frame, p2p_app_frame_unref);
  g_free (parcel);
}

static GQuark
parcel_quark (void)
{
  return g_quark_from_static_string ("p2p-parcel");
}

/**
 * p2p_mesh_socket_send_app:
 * @self: the socket
 * @frame: %P2P_APP_NAME, %P2P_APP_RECEIPT, or one that says what message it is about
 * @error: return location
 *
 * Tells the programs of ours in the network something. Nodes of the originals pass it on.
 *
 * Returns: how many links took it, 0 when there is none; -1 with %P2P_WIRE_ERROR_VALUE, %P2P_WIRE_ERROR_TOO_LARGE or
 *   %P2P_LINK_ERROR_SOCKET_CLOSED
 */
int
p2p_mesh_socket_send_app (P2pMeshSocket *self, P2pAppFrame *frame, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = NULL;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (frame != NULL, -1);

  if (!p2p_mesh_socket_check_node (priv, error))
    return -1;
  message = p2p_mesh_node_new_app (priv->node, P2P_FLAG_BROADCAST, frame, error);
  if (message == NULL || !p2p_mesh_socket_check_length (priv, p2p_message_get_length (message), error))
    return -1;
  return (int) p2p_mesh_node_send_message (priv->node, message);
}

/**
 * p2p_mesh_socket_announce_history:
 * @self: the socket
 *
 * Says of this node, on links made from now on, that its program answers %P2P_APP_HISTORY_ASK, be it with an empty page: others ask nobody else.
 */
void
p2p_mesh_socket_announce_history (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);

  p2p_mesh_node_add_caps (priv->node, P2P_CAP_HISTORY);
}

/* ---- text and what belongs to it ---- */

P2pMessage *
p2p_mesh_socket_new_whisper (P2pMeshSocketPrivate *priv, const char *text, GError **error)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)), g_variant_new_variant (g_variant_new_string (text)) };

  return p2p_mesh_node_new_message (priv->node, P2P_FLAG_WHISPER, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), error);
}

/* They are no use without the message, and it is without them: what of them does not go out does not hold it up. */
void
p2p_mesh_socket_send_frames (P2pMeshSocketPrivate *priv, P2pPeer *peer, P2pMessage *message, GPtrArray *frames)
{
  g_autoptr (GBytes) id = p2p_message_get_id (message);

  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_with_about (g_ptr_array_index (frames, i), id);
      g_autoptr (P2pMessage) beside = NULL;

      if (frame == NULL)
        continue;
      if (peer != NULL)
        {
          p2p_mesh_node_send_app_to (priv->node, peer, frame, NULL);
          continue;
        }
      beside = p2p_mesh_node_new_app (priv->node, P2P_FLAG_BROADCAST, frame, NULL);
      if (beside != NULL)
        p2p_mesh_node_send_message (priv->node, beside);
    }
}

static P2pMessage *
whisper_to_peer (P2pMeshSocketPrivate *priv, P2pPeer *peer, const char *text, GPtrArray *frames, GError **error)
{
  g_autoptr (P2pMessage) message = p2p_mesh_socket_new_whisper (priv, text, error);

  P2pMeshNode *node = priv->node;
  gboolean sent;

  if (message == NULL || !p2p_mesh_socket_check_length (priv, p2p_message_get_length (message), error))
    return NULL;
  p2p_mesh_node_enter (node);
  if (p2p_peer_takes_app (peer))
    p2p_mesh_socket_send_frames (priv, peer, message, frames);
  sent = p2p_mesh_node_send_to (node, peer, message, P2P_LINK_SEND_DEFAULT, error);
  p2p_mesh_node_leave (node);
  return sent ? g_steal_pointer (&message) : NULL;
}

static int
send_to_everybody (P2pMeshSocket *self, const char *text, GPtrArray *frames, P2pMessage **out_message, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = p2p_mesh_socket_new_text (self, text, error);
  P2pMeshNode *node = priv->node;
  int taken;

  if (message == NULL)
    return -1;
  /* Programs hear of what goes out when all did: they may close the socket, or drop it. */
  p2p_mesh_node_enter (node);
  p2p_mesh_socket_send_frames (priv, NULL, message, frames);
  taken = (int) p2p_mesh_node_send_message (node, message);
  p2p_mesh_node_leave (node);
  if (out_message != NULL)
    *out_message = g_steal_pointer (&message);
  return taken;
}

/**
 * p2p_mesh_socket_send_text_with:
 * @self: the socket
 * @recipient: (nullable): the id of a neighbour; %NULL: everybody
 * @text: what to say
 * @frames: (nullable) (element-type P2pAppFrame): %P2P_APP_REPLY and %P2P_APP_FILE that say more about the text
 * @out_message: (out) (optional) (transfer full): the message as it was sent
 * @error: return location
 *
 * Sends a text as p2p_mesh_socket_send_text() or p2p_mesh_socket_whisper() does, and right before it, to who understands them, @frames, which get its id.
 *
 * Returns: how many links took it, 0 when there is none; -1 with the errors of p2p_mesh_socket_send_full() or of p2p_mesh_socket_whisper()
 */
int
p2p_mesh_socket_send_text_with (P2pMeshSocket *self, const char *recipient, const char *text, GPtrArray *frames, P2pMessage **out_message, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pMessage) message = NULL;
  P2pPeer *peer;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), -1);
  g_return_val_if_fail (text != NULL, -1);

  if (out_message != NULL)
    *out_message = NULL;
  if (!p2p_mesh_socket_check_text (text, error) || !p2p_mesh_socket_check_node (priv, error))
    return -1;
  if (recipient == NULL)
    return send_to_everybody (self, text, frames, out_message, error);
  peer = p2p_mesh_node_find_peer (priv->node, recipient);
  if (peer == NULL)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED, "There is no link to %s", recipient);
      return -1;
    }
  message = whisper_to_peer (priv, peer, text, frames, error);
  if (message == NULL)
    return -1;
  if (out_message != NULL)
    *out_message = g_steal_pointer (&message);
  return 1;
}

/* ---- to nodes that may have to be found ---- */

static void
found_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  g_autoptr (GTask) task = data;
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (g_task_get_source_object (task));
  Parcel *parcel = g_object_get_qdata (G_OBJECT (task), parcel_quark ());
  g_autoptr (GError) failure = error != NULL ? g_error_copy (error) : NULL;

  p2p_mesh_socket_unwatch_operation (task);
  if (failure == NULL && !p2p_mesh_socket_check_node (priv, &failure))
    peer = NULL;
  if (failure != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&failure));
    }
  else if (parcel->frame != NULL)
    {
      if (p2p_mesh_node_send_app_to (priv->node, peer, parcel->frame, &failure))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_steal_pointer (&failure));
    }
  else if (parcel->message != NULL)
    {
      if (p2p_mesh_socket_say_to_peer (priv, peer, parcel->message, parcel->frames, &failure))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, g_steal_pointer (&failure));
    }
  else
    {
      P2pMessage *message = whisper_to_peer (priv, peer, parcel->text, parcel->frames, &failure);

      if (message != NULL)
        g_task_return_pointer (task, message, (GDestroyNotify) p2p_message_unref);
      else
        g_task_return_error (task, g_steal_pointer (&failure));
    }
}

/* Takes the task. */
static void
send_parcel (P2pMeshSocket *self, GTask *task, const char *id, Parcel *parcel)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_object_set_qdata_full (G_OBJECT (task), parcel_quark (), parcel, parcel_free);
  if (p2p_mesh_socket_return_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  p2p_mesh_socket_watch_operation (task, p2p_mesh_node_whisper_to (priv->node, id, P2P_ID_FORM_STR, NULL, found_cb, task));
}

/**
 * p2p_mesh_socket_whisper_app_async:
 * @self: the socket
 * @id: the id of any node
 * @frame: what to tell its program
 * @cancellable: (nullable): gives the search up
 * @callback: called when it is on its way, or not
 * @user_data: for @callback
 *
 * Tells the program of one node something. A neighbour gets it at once; any other is asked for in the network, dialled, and told.
 */
void
p2p_mesh_socket_whisper_app_async (P2pMeshSocket       *self,
                                   const char          *id,
                                   P2pAppFrame         *frame,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  GTask *task;
  Parcel *parcel;
  P2pPeer *peer;
  GError *error = NULL;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);
  g_return_if_fail (id != NULL && frame != NULL);

  task = p2p_mesh_socket_begin_operation (self, p2p_mesh_socket_whisper_app_async, "[p2p] whisper of an application", cancellable, callback, user_data);
  peer = p2p_mesh_node_find_peer (priv->node, id);
  if (peer != NULL && !p2p_mesh_socket_return_if_cancelled (task))
    {
      if (p2p_mesh_node_send_app_to (priv->node, peer, frame, &error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, error);
    }
  if (peer != NULL)
    {
      g_object_unref (task);
      return;
    }
  parcel = g_new0 (Parcel, 1);
  parcel->frame = p2p_app_frame_ref (frame);
  send_parcel (self, task, id, parcel);
}

/**
 * p2p_mesh_socket_whisper_app_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_mesh_socket_whisper_app_async(). On its way means that it was handed to a link to that node.
 *
 * Returns: whether it is on its way; otherwise %P2P_LINK_ERROR_FAILED when the node did not say that it is one of ours, %P2P_LINK_ERROR_NOT_FOUND or another
 *   %P2P_LINK_ERROR
 */
gboolean
p2p_mesh_socket_whisper_app_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * p2p_mesh_socket_whisper_text_with_async:
 * @self: the socket
 * @recipient: the id of any node
 * @text: what to say
 * @frames: (nullable) (element-type P2pAppFrame): %P2P_APP_REPLY and %P2P_APP_FILE that say more about the text
 * @cancellable: (nullable): gives the search up
 * @callback: called when the message is on its way, or not
 * @user_data: for @callback
 *
 * Sends a text to one node as p2p_mesh_socket_whisper_to_async() does, and right before it, if it understands them, @frames, which get its id.
 */
void
p2p_mesh_socket_whisper_text_with_async (P2pMeshSocket       *self,
                                         const char          *recipient,
                                         const char          *text,
                                         GPtrArray           *frames,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  GTask *task;
  Parcel *parcel;
  GError *error = NULL;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);
  g_return_if_fail (recipient != NULL && text != NULL);

  task = p2p_mesh_socket_begin_operation (self, p2p_mesh_socket_whisper_text_with_async, "[p2p] whisper", cancellable, callback, user_data);
  if (!p2p_mesh_socket_check_text (text, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  parcel = parcel_new (frames);
  parcel->text = g_strdup (text);
  send_parcel (self, task, recipient, parcel);
}

/**
 * p2p_mesh_socket_whisper_text_with_finish:
 * @self: the socket
 * @result: what the callback got
 * @out_message: (out) (optional) (transfer full): the message as it was sent
 * @error: return location
 *
 * Ends p2p_mesh_socket_whisper_text_with_async(). On its way means that it was handed to a link to that node.
 *
 * Returns: whether it is on its way; otherwise %P2P_LINK_ERROR_NOT_FOUND or another %P2P_LINK_ERROR
 */
gboolean
p2p_mesh_socket_whisper_text_with_finish (P2pMeshSocket *self, GAsyncResult *result, P2pMessage **out_message, GError **error)
{
  g_autoptr (P2pMessage) message = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (out_message != NULL)
    *out_message = NULL;
  message = g_task_propagate_pointer (G_TASK (result), error);
  if (message == NULL)
    return FALSE;
  if (out_message != NULL)
    *out_message = g_steal_pointer (&message);
  return TRUE;
}

/**
 * p2p_mesh_socket_whisper_message_async:
 * @self: the socket
 * @recipient: the id of any node
 * @message: a text of our own, for one node: p2p_message_new() with %P2P_FLAG_WHISPER and our id
 * @frames: (nullable) (element-type P2pAppFrame): %P2P_APP_REPLY and %P2P_APP_FILE that say more about the text
 * @cancellable: (nullable): gives the search up
 * @callback: called when the message is on its way, or not
 * @user_data: for @callback
 *
 * Says to one node a message that was made before, be it that it went through others already. It goes over a link to that node, sealed, or not at all. A neighbour
 * gets it at once; any other is asked for in the network, and dialled.
 */
void
p2p_mesh_socket_whisper_message_async (P2pMeshSocket       *self,
                                       const char          *recipient,
                                       P2pMessage          *message,
                                       GPtrArray           *frames,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  Parcel *parcel;
  GTask *task;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self) && priv->node != NULL);
  g_return_if_fail (recipient != NULL && message != NULL);

  task = p2p_mesh_socket_begin_operation (self, p2p_mesh_socket_whisper_message_async, "[p2p] whisper of a message", cancellable, callback, user_data);
  parcel = parcel_new (frames);
  parcel->message = p2p_message_ref (message);
  send_parcel (self, task, recipient, parcel);
}

/**
 * p2p_mesh_socket_whisper_message_finish:
 * @self: the socket
 * @result: what the callback got
 * @error: return location
 *
 * Ends p2p_mesh_socket_whisper_message_async(). On its way means that it was handed to a link to that node.
 *
 * Returns: whether it is on its way; otherwise %P2P_LINK_ERROR_IDENTITY when the link would not seal it, %P2P_WIRE_ERROR_VALUE where the message is no whisper of
 *   ours, %P2P_LINK_ERROR_NOT_FOUND or another %P2P_LINK_ERROR
 */
gboolean
p2p_mesh_socket_whisper_message_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
