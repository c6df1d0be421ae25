/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-node.h"
#include "../x1/p2p-x1.h"
#include "p2p-connection-private.h"
#include "p2p-mesh-socket.h"

G_BEGIN_DECLS

/* What the recv() queue may hold in bytes, however few messages that is. */
#define P2P_RECV_QUEUE_BYTES (64u * 1024 * 1024)

typedef struct {
  guint refs;
  guint id;
  P2pMessageHandler func;
  gpointer user_data;
  GDestroyNotify destroy;
  gboolean removed;
} P2pHandler;

typedef struct {
  P2pProtocol *protocol;
  P2pIdentity *identity;
  P2pLimits *limits;
  P2pEnv *env;
  P2pMeshNode *node;
  P2pX1 *x1;                    /* NULL: the node has no lasting key */
  char *out_host;
  guint16 out_port;
  guint max_outgoing;
  guint debug_level;
  gboolean watch_frames;
  gboolean closed;

  /* What the signals told so far, in that order: the list models say the same as the signals. */
  GPtrArray *established;       /* of P2pPeer */
  GPtrArray *awaiting;
  GListStore *established_model;
  GListStore *awaiting_model;
  guint64 refresh_timer;
  GListStore *known_model;
  GPtrArray *known;             /* of P2pKnown, as in known_model */

  GPtrArray *handlers;          /* of P2pHandler */
  guint last_handler;
  guint walking;

  P2pMessage **queue;           /* a ring */
  guint queue_size;
  guint queue_head;
  guint queue_count;
  gsize queue_bytes;

  GByteArray *scratch;
} P2pMeshSocketPrivate;

/* A socket in another environment than GIO's: of a test or a simulator. */
P2pMeshSocket *p2p_mesh_socket_new_with_env (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, P2pEnv *env, GError **error);

/* For the sockets that are derived from it: their part of the work is a P2pMeshLayer of the node. */
P2pMeshNode   *p2p_mesh_socket_get_node (P2pMeshSocket *self);
P2pMeshSocketPrivate *p2p_mesh_socket_get_priv (P2pMeshSocket *self);

/* The one object of a peer; NULL when its last news was told and nobody asked for it before. */
P2pConnection *p2p_mesh_socket_ensure_connection (P2pMeshSocket *self, P2pPeer *peer);

/* p2p-mesh-socket-signals.c */
void p2p_mesh_socket_install_signals (P2pMeshSocketClass *klass);
void p2p_mesh_socket_watch_node      (P2pMeshSocket *self);

void p2p_mesh_socket_key_known       (const char *id, const guint8 *pub, gpointer self);

/* p2p-mesh-socket-models.c */
void p2p_mesh_socket_models_clear    (P2pMeshSocket *self);
void p2p_mesh_socket_models_pending  (P2pMeshSocket *self, P2pPeer *peer);
void p2p_mesh_socket_models_dropped  (P2pMeshSocket *self, P2pPeer *peer);
void p2p_mesh_socket_models_added    (P2pMeshSocket *self, P2pPeer *peer);
void p2p_mesh_socket_models_removed  (P2pMeshSocket *self, P2pPeer *peer);

/* p2p-mesh-socket-addresses.c */
void p2p_mesh_socket_note_address    (P2pMeshSocket *self, P2pKnown *known, P2pKnownChange change);
void p2p_mesh_socket_addresses_clear (P2pMeshSocket *self);

/* p2p-mesh-socket-recv.c */
gboolean p2p_mesh_socket_run_handlers (P2pMeshSocket *self, P2pMessage *message, P2pPeer *peer);
void     p2p_mesh_socket_queue        (P2pMeshSocket *self, P2pMessage *message);
void     p2p_mesh_socket_recv_clear   (P2pMeshSocket *self);

/* p2p-mesh-socket-send.c */
gboolean    p2p_mesh_socket_check_node   (P2pMeshSocketPrivate *priv, GError **error);                  /* FALSE: it was closed */
gboolean    p2p_mesh_socket_check_length (P2pMeshSocketPrivate *priv, gsize length, GError **error);    /* FALSE: more than nodes take */
gboolean    p2p_mesh_socket_check_text   (const char *text, GError **error);                            /* FALSE: not UTF-8 */
P2pMessage *p2p_mesh_socket_new_text     (P2pMeshSocket *self, const char *text, GError **error);       /* to everybody, not sent yet */

/* p2p-mesh-socket-ops.c: an operation of the node as a task, which the node holds until it calls back */
GTask   *p2p_mesh_socket_begin_operation    (P2pMeshSocket *self, gpointer tag, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean p2p_mesh_socket_return_if_cancelled (GTask *task);
void     p2p_mesh_socket_watch_operation    (GTask *task, guint64 handle);
void     p2p_mesh_socket_unwatch_operation  (GTask *task);

/* p2p-mesh-socket-send.c: av with the sub-flag first, floating; NULL and P2P_WIRE_ERROR_VALUE when packets are no list */
GVariant *p2p_mesh_socket_make_packets (GVariant *subflag, GVariant *packets, GError **error);

/* p2p-marshal.c */
void p2p_marshal_VOID__BOXED_OBJECT (GClosure *closure, GValue *return_value, guint n_params, const GValue *params, gpointer hint, gpointer data);
void p2p_marshal_VOID__BOXED_VARIANT_OBJECT (GClosure *closure, GValue *return_value, guint n_params, const GValue *params, gpointer hint, gpointer data);

/* p2p-mesh-socket-app.c */
P2pMessage *p2p_mesh_socket_new_whisper (P2pMeshSocketPrivate *priv, const char *text, GError **error);
/* Before the message that they are about; peer NULL: to everybody. frames: nullable */
void        p2p_mesh_socket_send_frames (P2pMeshSocketPrivate *priv, P2pPeer *peer, P2pMessage *message, GPtrArray *frames);

/* p2p-mesh-socket-through.c: a message that was made before, sealed or not at all */
gboolean p2p_mesh_socket_say_to_peer (P2pMeshSocketPrivate *priv, P2pPeer *peer, P2pMessage *message, GPtrArray *frames, GError **error);

G_END_DECLS
