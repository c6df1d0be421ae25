/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the node tells, as signals: any of it may lead to the last reference being dropped. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

enum {
  CONNECTED,
  MESSAGE,
  APP_FRAME,
  PEER_ADDED,
  PEER_REMOVED,
  LINK_FAILED,
  FRAME,
  IMPERSONATED,
  CLOCK_SKEW,
  PEERS_TOLD,
  MESSAGE_PROVED,
  KEY_KNOWN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_heard (P2pMeshSocket *self, guint signal)
{
  return g_signal_has_handler_pending (self, signals[signal], 0, TRUE);
}

static void
pending_cb (P2pPeer *peer, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  p2p_mesh_socket_models_pending (self, peer);
}

static void
dropped_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  p2p_mesh_socket_models_dropped (self, peer);
}

static void
added_cb (P2pPeer *peer, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  p2p_mesh_socket_models_added (self, peer);
  g_object_notify (G_OBJECT (self), "n-connections");
  if (is_heard (self, PEER_ADDED))
    g_signal_emit (self, signals[PEER_ADDED], 0, p2p_mesh_socket_ensure_connection (self, peer));
}

static void
changed_cb (P2pPeer *peer, gpointer data)
{
  P2pConnection *connection = p2p_peer_get_user_data (peer);
  g_autoptr (P2pConnection) held = connection != NULL ? g_object_ref (connection) : NULL;

  if (held != NULL)
    p2p_connection_update (held);
}

static void
removed_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  p2p_mesh_socket_models_removed (self, peer);
  g_object_notify (G_OBJECT (self), "n-connections");
  if (is_heard (self, PEER_REMOVED))
    g_signal_emit (self, signals[PEER_REMOVED], 0, p2p_mesh_socket_ensure_connection (self, peer), error);
}

static void
connected_cb (gpointer data)
{
  g_signal_emit (data, signals[CONNECTED], 0);
}

static void
link_failed_cb (const char *address, const GError *error, gpointer data)
{
  g_signal_emit (data, signals[LINK_FAILED], 0, address, error);
}

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);
  gint64 subflag;

  if (p2p_mesh_socket_run_handlers (self, message, peer))
    return;
  subflag = p2p_message_get_subflag (message);
  if (subflag != P2P_SUBFLAG_BROADCAST && subflag != P2P_SUBFLAG_WHISPER)
    return;
  p2p_mesh_socket_queue (self, message);
  if (is_heard (self, MESSAGE))
    g_signal_emit (self, signals[MESSAGE], 0, message, p2p_mesh_socket_ensure_connection (self, peer));
}

static void
app_cb (P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  if (is_heard (self, APP_FRAME))
    g_signal_emit (self, signals[APP_FRAME], 0, frame, message, p2p_mesh_socket_ensure_connection (self, peer));
  else
    p2p_mesh_node_note_drop (p2p_mesh_socket_get_node (self), peer, P2P_DROP_UNKNOWN_OPERATION, message);
}

static void
impersonated_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  if (is_heard (self, IMPERSONATED))
    g_signal_emit (self, signals[IMPERSONATED], 0, message, p2p_mesh_socket_ensure_connection (self, peer));
}

static void
proved_cb (P2pMessage *message, GBytes *proof, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);
  g_autoptr (GBytes) id = NULL;

  if (!is_heard (self, MESSAGE_PROVED))
    return;
  id = p2p_message_get_id (message);
  g_signal_emit (self, signals[MESSAGE_PROVED], 0, id, p2p_message_get_sender (message), proof);
}

static gboolean
hears_proved_cb (gpointer data)
{
  return is_heard (data, MESSAGE_PROVED);
}

static void
told_cb (P2pPeer *peer, const char * const *ids, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  if (is_heard (self, PEERS_TOLD))
    g_signal_emit (self, signals[PEERS_TOLD], 0, p2p_mesh_socket_ensure_connection (self, peer), ids);
}

static void
frame_cb (P2pFrameInfo *frame, gpointer data)
{
  g_signal_emit (data, signals[FRAME], 0, frame);
}

static void
address_cb (P2pKnown *known, P2pKnownChange change, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  p2p_mesh_socket_note_address (self, known, change);
}

static void
clock_skew_cb (gint64 skew, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);

  g_object_notify (G_OBJECT (self), "clock-skew");
  g_signal_emit (self, signals[CLOCK_SKEW], 0, skew);
}

void
p2p_mesh_socket_key_known (const char *id, const guint8 *pub, gpointer data)
{
  g_autoptr (P2pMeshSocket) self = g_object_ref (data);
  g_autoptr (GBytes) key = g_bytes_new (pub, 32);

  g_signal_emit (self, signals[KEY_KNOWN], 0, id, key);
}

static void
log_cb (guint level, const char *text, gpointer data)
{
  P2pMeshSocket *self = data;

  g_log ("p2p", G_LOG_LEVEL_MESSAGE, "%.8s [%u] %s", p2p_mesh_socket_get_id (self), level, text);
}

static const P2pMeshNodeEvents node_events = {
  .pending = pending_cb,
  .dropped = dropped_cb,
  .added = added_cb,
  .changed = changed_cb,
  .removed = removed_cb,
  .connected = connected_cb,
  .link_failed = link_failed_cb,
  .message = message_cb,
  .app = app_cb,
  .told = told_cb,
  .impersonated = impersonated_cb,
  .proved = proved_cb,
  .hears_proved = hears_proved_cb,
  .frame = frame_cb,
  .address = address_cb,
  .clock_skew = clock_skew_cb,
  .log = log_cb,
};

void
p2p_mesh_socket_watch_node (P2pMeshSocket *self)
{
  p2p_mesh_node_set_events (p2p_mesh_socket_get_node (self), &node_events, self);
}

void
p2p_mesh_socket_install_signals (P2pMeshSocketClass *klass)
{
  /**
   * P2pMeshSocket::connected:
   * @self: the socket
   *
   * The node has a neighbour after it had none.
   */
  signals[CONNECTED] = g_signal_new ("connected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * P2pMeshSocket::message:
   * @self: the socket
   * @message: what came
   * @connection: (nullable): the neighbour who handed it over
   *
   * A message for people came: its sub-flag is broadcast or whisper, and no handler kept it. It is in the queue of
   * p2p_mesh_socket_recv() as well.
   */
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, p2p_marshal_VOID__BOXED_OBJECT,
                                   G_TYPE_NONE, 2, P2P_TYPE_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE, P2P_TYPE_CONNECTION);
  /**
   * P2pMeshSocket::message-proved:
   * @self: the socket
   * @id: the id of the message, 32 bytes
   * @sender: who said it
   * @proof: what proves it, for p2p_verifier_check_message()
   *
   * A broadcast that was told of before its signature came is the sender's after all; or one of our own was signed: first, and after a pause, at
   * once, else a moment later, together with others. Messages of others that came with their signature, which are most, are verified from the beginning:
   * p2p_message_get_verified().
   */
  signals[MESSAGE_PROVED] = g_signal_new ("message-proved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_BYTES, G_TYPE_STRING, G_TYPE_BYTES);
  /**
   * P2pMeshSocket::peers-told:
   * @self: the socket
   * @connection: the neighbour
   * @ids: (array zero-terminated=1) (element-type utf8): ids of nodes, at most `peers-per-list`
   *
   * A neighbour told with whom it is linked: when the link came about, and after p2p_mesh_socket_request_peers(). Nothing proves it, and it
   * need not be all: nodes leave out whom they think of no use to us, and js2p is told of one at a time.
   */
  signals[PEERS_TOLD] = g_signal_new ("peers-told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, P2P_TYPE_CONNECTION, G_TYPE_STRV | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * P2pMeshSocket::app-frame:
   * @self: the socket
   * @frame: what it says
   * @message: the message that it came in, which names its sender, as he claims
   * @connection: (nullable): the neighbour who handed it over
   *
   * A program of ours tells ours something. It is of the right shape and within the limits `app-frames` and `app-bytes`, and pages of history and chunks of files were
   * asked for. Where nobody listens to the signal such frames are counted as %P2P_DROP_UNKNOWN_OPERATION.
   */
  signals[APP_FRAME] = g_signal_new ("app-frame", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 3, P2P_TYPE_APP_FRAME | G_SIGNAL_TYPE_STATIC_SCOPE, P2P_TYPE_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE,
                                     P2P_TYPE_CONNECTION);
  /**
   * P2pMeshSocket::peer-added:
   * @self: the socket
   * @connection: the new neighbour
   *
   * A node is in the routing table.
   */
  signals[PEER_ADDED] = g_signal_new ("peer-added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, P2P_TYPE_CONNECTION);
  /**
   * P2pMeshSocket::peer-removed:
   * @self: the socket
   * @connection: the former neighbour
   * @reason: why
   *
   * A node is no longer in the routing table.
   */
  signals[PEER_REMOVED] = g_signal_new ("peer-removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, P2P_TYPE_CONNECTION, G_TYPE_ERROR);
  /**
   * P2pMeshSocket::link-failed:
   * @self: the socket
   * @address: host and port
   * @reason: why
   *
   * A link never came to be: refused, in another network, and so on.
   */
  signals[LINK_FAILED] = g_signal_new ("link-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  /**
   * P2pMeshSocket::frame:
   * @self: the socket
   * @frame: what crossed, and what became of it
   *
   * A frame came or went. Only while #P2pMeshSocket:watch-frames is set.
   */
  signals[FRAME] = g_signal_new ("frame", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, P2P_TYPE_FRAME_INFO | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * P2pMeshSocket::clock-skew:
   * @self: the socket
   * @skew: seconds; 0: it is fine again
   *
   * This clock turned out to be off, or to be right again: #P2pMeshSocket:clock-skew is another.
   */
  signals[CLOCK_SKEW] = g_signal_new ("clock-skew", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  /**
   * P2pMeshSocket::key-known:
   * @self: the socket
   * @id: the id of a node
   * @key: the 32 bytes of its public key
   *
   * Somebody showed the key that an id is made of: from now on nothing under this id counts without a proof. Programs keep the pair and give it to
   * p2p_mesh_socket_pin_key() at the next start. It is told again when it was forgotten (limit `known-keys`).
   */
  signals[KEY_KNOWN] = g_signal_new ("key-known", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BYTES);
  /**
   * P2pMeshSocket::impersonated:
   * @self: the socket
   * @message: what somebody said in this node's name
   * @connection: (nullable): the neighbour who handed it over, who need not have made it
   *
   * Another node speaks in the name of this one. Nodes that check signatures do not believe it, unless it has the same key: a copy of this node. Told once a minute; p2p_mesh_socket_get_status() has it in words, and
   * %P2P_DROP_IMPERSONATED counts every such message.
   */
  signals[IMPERSONATED] = g_signal_new ("impersonated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, P2P_TYPE_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE, P2P_TYPE_CONNECTION);
}
