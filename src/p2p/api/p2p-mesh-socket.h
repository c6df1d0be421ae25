/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../wire/p2p-message.h"
#include "../wire/p2p-protocol.h"
#include "../chat/p2p-app-frame.h"
#include "../mesh/p2p-frame-info.h"
#include "../mesh/p2p-identity.h"
#include "../x1/p2p-secret.h"
#include "p2p-connection.h"
#include "p2p-known-address.h"

G_BEGIN_DECLS

/**
 * P2pMeshSocket:
 *
 * A node of a mesh. It lives in the thread-default main context of whoever made it, and is used from there only.
 *
 * It is in the network when it has a link: p2p_mesh_socket_connect_to_async() makes one, p2p_mesh_socket_listen() lets others make one. From
 * then on it learns of further nodes by itself, and keeps some links so that the network holds together when others end.
 *
 * What people say comes by the signal #P2pMeshSocket::message or by p2p_mesh_socket_recv(), each message once, whichever way it took. A message that
 * p2p_mesh_socket_send() sends goes to every node, one of p2p_mesh_socket_whisper_to_async() to one node alone. Nothing is kept for nodes that are away;
 * only nodes of this library keep what was said to all for a minute, for those of them that lost a link meanwhile.
 *
 * Handlers of signals may do anything, dropping the last reference to the socket included.
 */
/* Properties: protocol (construct only), identity (construct only, nullable), id (string), host, port (of the listener; 0 before), out-host, out-port (what we
 * announce; writable before listening), max-outgoing (links we dial by ourselves, 4), debug-level (0-5), limits (construct only), n-connections (established),
 * routing-table (GListModel of #P2pConnection, established, in the order they came), awaiting-ids (GListModel, before their handshake), closed, clock-skew (gint64), error-list is
 * p2p_mesh_socket_get_status().
 *
 * Signals:
 *   connected ()                                       the first link after there were none
 *   message (P2pMessage, P2pConnection nullable)       a message for people: sub-flag broadcast or whisper, which no handler kept
 *   app-frame (P2pAppFrame, P2pMessage, P2pConnection nullable)   what a program of ours tells ours; no message, no handler, no recv() has it
 *   message-proved (GBytes id, string sender, GBytes proof)   a message told of before, or one of our own, is proved to be the sender's
 *   peer-added (P2pConnection)   peer-removed (P2pConnection, GError reason)
 *   peers-told (P2pConnection, GStrv ids)              with whom a neighbour says that it is linked; not all, perhaps, and nothing proves it
 *   link-failed (string address, GError reason)        a link that never came to be: refused, wrong network, ...
 *   impersonated (P2pMessage, P2pConnection nullable)  somebody spoke in our name; once a minute
 *   clock-skew (gint64 seconds)                        clock-skew is another: this clock is off, or right again (0)
 *   frame (P2pFrameInfo)                               every frame in and out, while watch-frames (boolean) is set */
#define P2P_TYPE_MESH_SOCKET (p2p_mesh_socket_get_type ())
P2P_EXPORT G_DECLARE_DERIVABLE_TYPE (P2pMeshSocket, p2p_mesh_socket, P2P, MESH_SOCKET, GObject)

/**
 * P2pMeshSocketClass:
 * @parent_class: the class that it derives from
 *
 * The class of #P2pMeshSocket. A subclass has nothing to override: it connects to signals, as any program.
 */
struct _P2pMeshSocketClass {
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[16];
};

/**
 * P2pMessageHandler:
 * @socket: the socket
 * @message: what came
 * @connection: (nullable): the link that it came by; %NULL when that is gone
 * @user_data: what p2p_mesh_socket_register_handler() was given
 *
 * Sees every message of this node that is not the mesh's own business (user-defined sub-flags of any type too), in the order of
 * registration; TRUE ends the walk: later handlers, recv() and the signal do not see it.
 *
 * Returns: whether the message is done with
 */
typedef gboolean (*P2pMessageHandler) (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, gpointer user_data);

/**
 * P2pMeshStats:
 * @messages_in: messages that came
 * @messages_out: messages that went, one for each link
 * @bytes_in: bytes of frames that came, as on the wire
 * @bytes_out: bytes of frames that went
 * @relayed: messages of others that were passed on
 * @duplicates: messages that came although they were known
 * @delivered: messages that were given to the program
 * @recv_dropped: those that p2p_mesh_socket_recv() was not called for in time
 * @ihave_in: ids of messages that nodes of ours told us of
 * @ihave_out: ids that we told
 * @iwant_in: messages that nodes of ours asked us for
 * @iwant_out: messages that we asked for
 * @bodies_saved: ids that went in the place of a message
 * @recovered: messages that came because they were asked for
 * @dropped: frames and messages that went no further, by #P2pDropReason
 * @dropped_total: all of these
 * @links_established: links in the routing table
 * @links_pending: links before their handshake
 * @dials: attempts to reach an address, so far
 *
 * What a node has done since it was made, but for the three of links, which are as of now.
 */
typedef struct {
  guint64 messages_in, messages_out, bytes_in, bytes_out;
  guint64 relayed, duplicates, delivered, recv_dropped;
  guint64 ihave_in, ihave_out, iwant_in, iwant_out;
  guint64 bodies_saved;
  guint64 recovered;
  guint64 dropped[P2P_N_DROP_REASONS];
  guint64 dropped_total;
  guint links_established, links_pending, dials;
} P2pMeshStats;

/* limits and identity may be NULL. P2P_LINK_ERROR_UNKNOWN_ENCRYPTION, _TLS_UNAVAILABLE; version not 0.6/0.7: P2P_LINK_ERROR_FAILED with words. */
P2P_EXPORT P2pMeshSocket *p2p_mesh_socket_new (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, GError **error);

/* address: IP or name, NULL or "0.0.0.0" or "::": every interface, announcing the LAN address unless out-host is set. port 0: any. */
P2P_EXPORT gboolean    p2p_mesh_socket_listen (P2pMeshSocket *self, const char *address, guint16 port, GError **error);
P2P_EXPORT void        p2p_mesh_socket_set_out_address (P2pMeshSocket *self, const char *host, guint16 port);
P2P_EXPORT P2pProtocol *p2p_mesh_socket_get_protocol (P2pMeshSocket *self);       /* transfer none */
P2P_EXPORT P2pIdentity *p2p_mesh_socket_get_identity (P2pMeshSocket *self);       /* transfer none, nullable */
P2P_EXPORT const char *p2p_mesh_socket_get_id (P2pMeshSocket *self);
P2P_EXPORT const char *p2p_mesh_socket_get_host (P2pMeshSocket *self);
P2P_EXPORT guint16     p2p_mesh_socket_get_port (P2pMeshSocket *self);
P2P_EXPORT const char *p2p_mesh_socket_get_out_host (P2pMeshSocket *self);
P2P_EXPORT guint16     p2p_mesh_socket_get_out_port (P2pMeshSocket *self);
P2P_EXPORT GListModel *p2p_mesh_socket_get_routing_table (P2pMeshSocket *self);   /* transfer none */
P2P_EXPORT GListModel *p2p_mesh_socket_get_awaiting_ids (P2pMeshSocket *self);    /* transfer none */
P2P_EXPORT P2pConnection *p2p_mesh_socket_get_connection (P2pMeshSocket *self, const char *id);  /* transfer none, nullable */
/* Where other nodes are, as far as we know: #P2pKnownAddress, transfer none. Live. */
P2P_EXPORT GListModel *p2p_mesh_socket_get_known_addresses (P2pMeshSocket *self);
P2P_EXPORT gboolean    p2p_mesh_socket_add_address (P2pMeshSocket *self, const char *host, guint16 port, const char *id, P2pAddressFlags flags, gint64 last_seen);
P2P_EXPORT gboolean    p2p_mesh_socket_forget_address (P2pMeshSocket *self, const char *host, guint16 port);
/* Nodes and computers that this program wants nothing to do with: no links, no dials, nothing of theirs told; broadcasts are passed on. At most `blocked`. */
P2P_EXPORT gboolean    p2p_mesh_socket_block_id (P2pMeshSocket *self, const char *id, GError **error);
P2P_EXPORT gboolean    p2p_mesh_socket_block_address (P2pMeshSocket *self, const char *host, GError **error);
P2P_EXPORT gboolean    p2p_mesh_socket_unblock_id (P2pMeshSocket *self, const char *id);
P2P_EXPORT gboolean    p2p_mesh_socket_unblock_address (P2pMeshSocket *self, const char *host);
P2P_EXPORT gboolean    p2p_mesh_socket_is_blocked (P2pMeshSocket *self, const char *id, const char *host);
P2P_EXPORT char      **p2p_mesh_socket_get_blocked_ids (P2pMeshSocket *self);
P2P_EXPORT char      **p2p_mesh_socket_get_blocked_addresses (P2pMeshSocket *self);
/* Whose key is known has to prove that he is speaking. Transfer full, nullable. */
P2P_EXPORT GBytes     *p2p_mesh_socket_find_key (P2pMeshSocket *self, const char *id);
P2P_EXPORT gboolean    p2p_mesh_socket_pin_key (P2pMeshSocket *self, GBytes *key);
/* Before the first link: only who proves that he has it, too, is let in. */
P2P_EXPORT gboolean    p2p_mesh_socket_set_secret (P2pMeshSocket *self, P2pSecret *secret, GError **error);
P2P_EXPORT gboolean    p2p_mesh_socket_get_has_secret (P2pMeshSocket *self);
/* Lab mode: what is made worse on purpose, at this node alone, to see what becomes of it. Off when a socket is made. delay and jitter: milliseconds, at most 10000; loss: 0 to 1. */
P2P_EXPORT void        p2p_mesh_socket_set_lab (P2pMeshSocket *self, guint delay, guint jitter, double loss);
P2P_EXPORT void        p2p_mesh_socket_get_lab (P2pMeshSocket *self, guint *delay, guint *jitter, double *loss);
P2P_EXPORT void        p2p_mesh_socket_split (P2pMeshSocket *self, const char * const *ids);
P2P_EXPORT void        p2p_mesh_socket_end_split (P2pMeshSocket *self);
P2P_EXPORT gboolean    p2p_mesh_socket_has_split (P2pMeshSocket *self);
P2P_EXPORT gboolean    p2p_mesh_socket_is_split (P2pMeshSocket *self, const char *id);
P2P_EXPORT guint       p2p_mesh_socket_get_n_outgoing (P2pMeshSocket *self);
P2P_EXPORT guint       p2p_mesh_socket_get_n_incoming (P2pMeshSocket *self);
P2P_EXPORT guint       p2p_mesh_socket_get_max_outgoing (P2pMeshSocket *self);
P2P_EXPORT void        p2p_mesh_socket_set_max_outgoing (P2pMeshSocket *self, guint max);
/* The compression methods that we offer and send with, a byte each, in our order; for links made from now on. Without it: all of this build. */
P2P_EXPORT void        p2p_mesh_socket_set_methods (P2pMeshSocket *self, GBytes *methods);
P2P_EXPORT void        p2p_mesh_socket_set_debug_level (P2pMeshSocket *self, guint level);
P2P_EXPORT void        p2p_mesh_socket_get_stats (P2pMeshSocket *self, P2pMeshStats *stats);
P2P_EXPORT guint64     p2p_mesh_socket_get_dropped (P2pMeshSocket *self, P2pDropReason reason);
P2P_EXPORT gint64      p2p_mesh_socket_get_clock_skew (P2pMeshSocket *self);
P2P_EXPORT gboolean    p2p_mesh_socket_get_watch_frames (P2pMeshSocket *self);
P2P_EXPORT void        p2p_mesh_socket_set_watch_frames (P2pMeshSocket *self, gboolean watch_frames);
/* Errors met so far, newest last, bounded: a(sxs) of code name, UTC microseconds, words. Empty: "Nominal". Transfer full. */
P2P_EXPORT GVariant   *p2p_mesh_socket_get_status (P2pMeshSocket *self);
P2P_EXPORT GPtrArray  *p2p_mesh_socket_get_requests (P2pMeshSocket *self);        /* transfer full: ids looked for right now */

/* Ends when the handshake is done: the connection, or why not. id: the node expected there, or NULL. */
P2P_EXPORT void           p2p_mesh_socket_connect_to_async  (P2pMeshSocket *self, const char *host, guint16 port, const char *id, GCancellable *cancellable,
                                                             GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT P2pConnection *p2p_mesh_socket_connect_to_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error);   /* transfer full */
P2P_EXPORT void           p2p_mesh_socket_disconnect (P2pMeshSocket *self, P2pConnection *connection);

/* To every node. packets av without the sub-flag, which is broadcast. How many links took it, or -1. Nobody there: 0, no error. */
P2P_EXPORT int      p2p_mesh_socket_send       (P2pMeshSocket *self, GVariant *packets, GError **error);
P2P_EXPORT int      p2p_mesh_socket_send_text  (P2pMeshSocket *self, const char *text, GError **error);
P2P_EXPORT int      p2p_mesh_socket_send_bytes (P2pMeshSocket *self, const guint8 *bytes, gsize length, GError **error);
/* The same with a main flag (broadcast or whisper; whisper: to each neighbour) and a sub-flag: any value outside the reserved ones, or
 * broadcast/whisper; NULL: as the flag. P2P_WIRE_ERROR_RESERVED_FLAG. out_message (nullable): the message as sent. */
P2P_EXPORT int      p2p_mesh_socket_send_full  (P2pMeshSocket *self, gint64 flag, GVariant *subflag, GVariant *packets, P2pMessage **out_message, GError **error);
/* One of our own that was made before. Twice: one message to every node for a minute. */
P2P_EXPORT int      p2p_mesh_socket_send_message (P2pMeshSocket *self, P2pMessage *message, GError **error);
/* To a neighbour. P2P_LINK_ERROR_NOT_CONNECTED. */
P2P_EXPORT gboolean p2p_mesh_socket_whisper    (P2pMeshSocket *self, const char *id, GVariant *packets, GError **error);
/* To any node: a neighbour at once; others are looked for by request and response, dialled, and told. Ends when the message is on its way. */
P2P_EXPORT void     p2p_mesh_socket_whisper_to_async  (P2pMeshSocket *self, const char *id, GVariant *packets, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean p2p_mesh_socket_whisper_to_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error);
/* Application frames (docs/x1.md), for programs of ours; the originals relay and ignore them. To every node, as send(). */
P2P_EXPORT int      p2p_mesh_socket_send_app   (P2pMeshSocket *self, P2pAppFrame *frame, GError **error);
/* This program answers HISTORY_ASK: said on links made from now on. */
P2P_EXPORT void     p2p_mesh_socket_announce_history (P2pMeshSocket *self);
/* To any node, as whisper_to. P2P_LINK_ERROR_FAILED: it is none of ours. What HISTORY_ASK and FETCH ask for is taken from that node only after this. */
P2P_EXPORT void     p2p_mesh_socket_whisper_app_async  (P2pMeshSocket *self, const char *id, P2pAppFrame *frame, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean p2p_mesh_socket_whisper_app_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error);
/* A text, and right before it, in the same turn, frames (of P2pAppFrame: REPLY, FILE; nullable) about it. recipient NULL: everybody; else a neighbour. Returns as send_full */
P2P_EXPORT int      p2p_mesh_socket_send_text_with (P2pMeshSocket *self, const char *recipient, const char *text, GPtrArray *frames, P2pMessage **out_message, GError **error);
/* The same to any node. */
P2P_EXPORT void     p2p_mesh_socket_whisper_text_with_async  (P2pMeshSocket *self, const char *recipient, const char *text, GPtrArray *frames, GCancellable *cancellable,
                                                              GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean p2p_mesh_socket_whisper_text_with_finish (P2pMeshSocket *self, GAsyncResult *result, P2pMessage **out_message, GError **error);
/* Sealed, through whoever passes it on, where no link to the recipient can be had. How many links took it; -1: error */
P2P_EXPORT gboolean p2p_mesh_socket_can_seal (P2pMeshSocket *self, const char *id);
P2P_EXPORT int      p2p_mesh_socket_whisper_message_through (P2pMeshSocket *self, const char *recipient, P2pMessage *message, GPtrArray *frames, GError **error);
P2P_EXPORT void     p2p_mesh_socket_whisper_message_async  (P2pMeshSocket *self, const char *recipient, P2pMessage *message, GPtrArray *frames, GCancellable *cancellable,
                                                            GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean p2p_mesh_socket_whisper_message_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error);
P2P_EXPORT int      p2p_mesh_socket_tell_app_through (P2pMeshSocket *self, const char *recipient, P2pAppFrame *frame, GError **error);
/* whisper_to the sender of a message */
P2P_EXPORT void     p2p_mesh_socket_reply_async  (P2pMeshSocket *self, P2pMessage *message, GVariant *packets, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean p2p_mesh_socket_reply_finish (P2pMeshSocket *self, GAsyncResult *result, GError **error);
P2P_EXPORT void     p2p_mesh_socket_request_peers (P2pMeshSocket *self);
/* A message of a node's own making, as if it were new: TRUE when it was, and was relayed (originals' waterfall). */
P2P_EXPORT gboolean p2p_mesh_socket_waterfall (P2pMeshSocket *self, P2pMessage *message);

P2P_EXPORT P2pMessage *p2p_mesh_socket_recv      (P2pMeshSocket *self);             /* transfer full, nullable: the oldest */
P2P_EXPORT GPtrArray  *p2p_mesh_socket_recv_many (P2pMeshSocket *self, guint n);    /* transfer full: up to n */

P2P_EXPORT guint p2p_mesh_socket_register_handler (P2pMeshSocket *self, P2pMessageHandler handler, gpointer user_data, GDestroyNotify destroy);
P2P_EXPORT void  p2p_mesh_socket_unregister_handler (P2pMeshSocket *self, guint handler_id);
/* A second close is P2P_LINK_ERROR_SOCKET_CLOSED. Disposing closes too. */
P2P_EXPORT gboolean p2p_mesh_socket_close (P2pMeshSocket *self, GError **error);

/* Ours on the LAN, for people to tell a friend; the loopback address when there is no network. */
P2P_EXPORT char *p2p_get_lan_address (void);
/* Now, as messages have it. */
P2P_EXPORT gint64 p2p_get_utc (void);

G_END_DECLS
