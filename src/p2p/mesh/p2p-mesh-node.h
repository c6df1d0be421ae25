/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../chat/p2p-app-frame.h"
#include "../link/p2p-link.h"
#include "../wire/p2p-protocol.h"
#include "p2p-address-book.h"
#include "p2p-block-list.h"
#include "p2p-frame-info.h"
#include "p2p-identity.h"
#include "p2p-peer.h"

G_BEGIN_DECLS

/*
 * A node of a mesh without GObject, sockets, clock or main loop of its own: what it needs comes in a P2pEnv. It lives in one
 * thread.
 *
 * Every input (a call below, bytes of a link, a timer) runs to a consistent state first; then what happened is reported through
 * the table of events, in order. Events may come before the call that caused them returns, and what an event handler causes comes
 * after the handler. A handler may call anything, close the node and drop its last reference.
 */
typedef struct _P2pMeshNode P2pMeshNode;

typedef struct {
  guint64 messages_in, messages_out, bytes_in, bytes_out;
  guint64 relayed, duplicates, delivered;
  guint64 ihave_in, ihave_out, iwant_in, iwant_out;     /* ids */
  guint64 bodies_saved;         /* ids that took the place of a body */
  guint64 recovered;            /* messages that came because they were asked for */
  guint64 dropped[P2P_N_DROP_REASONS];
  guint64 incoming_failed;      /* incoming links that came to nothing... */
  guint64 incoming_untold;      /* ...and those of them that were too many to be told */
  guint links_established, links_pending, dials;
} P2pNodeStats;

typedef struct {
  void (*pending)     (P2pPeer *peer, gpointer data);   /* a link, its handshake to come */
  void (*dropped)     (P2pPeer *peer, const GError *error, gpointer data);   /* a pending one is over */
  void (*added)       (P2pPeer *peer, gpointer data);   /* in the routing table; was pending before */
  void (*changed)     (P2pPeer *peer, gpointer data);   /* told us another address or other methods */
  void (*removed)     (P2pPeer *peer, const GError *error, gpointer data);
  void (*connected)   (gpointer data);                  /* added was the first one after there were none */
  void (*link_failed) (const char *address, const GError *error, gpointer data);
  void (*message)     (P2pMessage *message, P2pPeer *peer, gpointer data);   /* peer: who handed it over */
  void (*app)         (P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer, gpointer data);   /* of programs of ours; peer: who handed it over */
  void (*told)        (P2pPeer *peer, const char * const *ids, gpointer data);   /* with whom a neighbour says that it is linked; not all, perhaps */
  void (*impersonated) (P2pMessage *message, P2pPeer *peer, gpointer data);  /* somebody spoke in our name; peer: who handed it over */
  void (*proved)      (P2pMessage *message, GBytes *proof, gpointer data);   /* of our own, or told of without: this proves who said it */
  gboolean (*hears_proved) (gpointer data);             /* FALSE: nobody does, now; NULL: always. Called at once */
  void (*frame)       (P2pFrameInfo *frame, gpointer data);     /* only while watched, p2p_mesh_node_set_watched() */
  void (*address)     (P2pKnown *known, P2pKnownChange change, gpointer data);
  void (*clock_skew)  (gint64 skew, gpointer data);     /* seconds that our clock is ahead of the others'; 0: it is fine again */
  void (*log)         (guint level, const char *text, gpointer data);        /* at once, not queued; calls nothing back */
} P2pMeshNodeEvents;

typedef enum {
  P2P_LAYER_RELAY,              /* handled, and passed on */
  P2P_LAYER_KEEP,               /* handled, and passed on to nodes of ours alone: an original may stumble over it */
  P2P_LAYER_REFUSE,             /* neither; it is counted as P2P_DROP_REFUSED */
} P2pLayerVerdict;

/* A node type on top of this one (sync, chord), see p2p-mesh-layer.h. Its functions are called within the input, before the public
 * events. Each may be NULL. */
typedef struct {
  /* Of a broadcast that is new and of good shape. source: who brought it; NULL: our own program relays it */
  P2pLayerVerdict (*validate) (P2pMessage *message, P2pPeer *source, gpointer data);
  gboolean (*withhold) (P2pPeer *peer, P2pMessage *message, gpointer data);   /* TRUE: this link does not get this broadcast, ours or relayed */
  gboolean (*message)  (P2pMessage *message, P2pPeer *peer, gpointer data);   /* TRUE: nobody else sees it */
  /* Of a node of ours, an operation that the mesh does not know. FALSE: nor does the layer */
  gboolean (*control)  (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data);
  /* Of a broadcast that was handled before its proof came, and of our own: of those within the sending of the first or a moment later.
   * The others have theirs in the message, p2p_message_get_verified(). */
  void     (*proved)   (P2pMessage *message, GBytes *proof, gpointer data);
  void     (*added)    (P2pPeer *peer, gpointer data);
  void     (*greeted)  (P2pPeer *peer, gpointer data);    /* after added: it is a node of ours after all */
  void     (*removed)  (P2pPeer *peer, gpointer data);
  void     (*certified) (const char *id, gpointer data);  /* its key is known from now on (x1/): nothing under this id counts without a proof */
  void     (*closing)  (gpointer data);                   /* the node is about to be: what is sent now is the last */
  void     (*closed)   (gpointer data);                   /* the node is closed; its links were removed */
} P2pMeshLayer;

/* How an operation ended, once, never within the call that began it. peer: who it leads to, when error is NULL. */
typedef void (*P2pMeshOpFunc) (P2pPeer *peer, const GError *error, gpointer data);

/* protocol, env: a reference is taken; identity, limits: may be NULL */
P2pMeshNode *p2p_mesh_node_new   (P2pEnv *env, P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, GError **error);
P2pMeshNode *p2p_mesh_node_ref   (P2pMeshNode *self);
void         p2p_mesh_node_unref (P2pMeshNode *self);
void         p2p_mesh_node_set_events (P2pMeshNode *self, const P2pMeshNodeEvents *events, gpointer data);   /* NULL: none from now on */
void         p2p_mesh_node_set_layer  (P2pMeshNode *self, const P2pMeshLayer *layer, gpointer data);
/* FALSE: it was closed. Operations end with P2P_LINK_ERROR_SOCKET_CLOSED. */
gboolean     p2p_mesh_node_close (P2pMeshNode *self);
gboolean     p2p_mesh_node_is_closed (P2pMeshNode *self);

gboolean     p2p_mesh_node_listen (P2pMeshNode *self, const char *address, guint16 port, GError **error);
void         p2p_mesh_node_set_out_address (P2pMeshNode *self, const char *host, guint16 port);   /* NULL, 0: as the listener */
/* What we offer and send with, in this order; for links made from now on. Without it: all of this build. */
void         p2p_mesh_node_set_methods (P2pMeshNode *self, const guint8 *methods, gsize n_methods);
const guint8 *p2p_mesh_node_get_methods (P2pMeshNode *self, gsize *n_methods);
/* FALSE: it says no HELLO and takes none, as a node of the originals; for links made from now on. */
void         p2p_mesh_node_set_own_frames (P2pMeshNode *self, gboolean own_frames);
/* For networks in which only a handshake may come first (chord): handshakes at once, HELLO after them. */
void         p2p_mesh_node_set_late_hello (P2pMeshNode *self, gboolean late_hello);
void         p2p_mesh_node_set_max_outgoing (P2pMeshNode *self, guint max_outgoing);
void         p2p_mesh_node_set_debug_level (P2pMeshNode *self, guint level);
void         p2p_mesh_node_set_watched (P2pMeshNode *self, gboolean watched);   /* every frame in and out becomes an event */

/* ---- p2p-mesh-lab.c: what is made worse on purpose, here alone ---- */
#define P2P_LAB_MAX_DELAY 10000u        /* milliseconds, and as many of jitter */
#define P2P_LAB_ALL_LOST 1000000u
/* Milliseconds that each frame waits, each way, and how many more by chance; of a million messages so many are lost, each way. */
void         p2p_mesh_node_set_lab (P2pMeshNode *self, guint delay, guint jitter, guint loss);
void         p2p_mesh_node_get_lab (P2pMeshNode *self, guint *delay, guint *jitter, guint *loss);
/* Links to these end, and none comes about; NULL: to anybody. In the place of the split that there was. */
void         p2p_mesh_node_split   (P2pMeshNode *self, const char * const *ids);
void         p2p_mesh_node_end_split (P2pMeshNode *self);
/* On the other side; id NULL: everybody is. */
gboolean     p2p_mesh_node_is_split (P2pMeshNode *self, const char *id);
gboolean     p2p_mesh_node_has_split (P2pMeshNode *self);

P2pProtocol *p2p_mesh_node_get_protocol (P2pMeshNode *self);
P2pIdentity *p2p_mesh_node_get_identity (P2pMeshNode *self);
const P2pLimits *p2p_mesh_node_get_limits (P2pMeshNode *self);
P2pEnv      *p2p_mesh_node_get_env (P2pMeshNode *self);
const char  *p2p_mesh_node_get_id (P2pMeshNode *self);
const char  *p2p_mesh_node_get_host (P2pMeshNode *self);          /* NULL before listening */
guint16      p2p_mesh_node_get_port (P2pMeshNode *self);
const char  *p2p_mesh_node_get_out_host (P2pMeshNode *self);      /* what we announce; NULL: nothing yet */
guint16      p2p_mesh_node_get_out_port (P2pMeshNode *self);
guint        p2p_mesh_node_get_max_outgoing (P2pMeshNode *self);
guint        p2p_mesh_node_get_debug_level (P2pMeshNode *self);
guint        p2p_mesh_node_get_n_peers (P2pMeshNode *self);
P2pPeer     *p2p_mesh_node_get_peer (P2pMeshNode *self, guint index);        /* in the order in which they came */
P2pPeer     *p2p_mesh_node_find_peer (P2pMeshNode *self, const char *id);
gint64       p2p_mesh_node_get_clock_skew (P2pMeshNode *self);   /* seconds; 0: it is fine, as far as we know */
void         p2p_mesh_node_get_stats (P2pMeshNode *self, P2pNodeStats *stats);
/* What a layer or the program gave up itself, so that it is counted with the rest. */
void         p2p_mesh_node_note_drop (P2pMeshNode *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message);
GVariant    *p2p_mesh_node_get_status (P2pMeshNode *self);                   /* a(sxs), transfer full */
GPtrArray   *p2p_mesh_node_get_requests (P2pMeshNode *self);                 /* of char *, transfer full */

/* Until the handshake. cancel: func is not called. */
guint64      p2p_mesh_node_connect (P2pMeshNode *self, const char *host, guint16 port, const char *id, P2pMeshOpFunc func, gpointer data);
/* packets: av with the sub-flag; NULL: nothing is said, func gets the neighbour. form: how the node itself spells its id, if that is known */
guint64      p2p_mesh_node_whisper_to (P2pMeshNode *self, const char *id, P2pIdForm form, GVariant *packets, P2pMeshOpFunc func, gpointer data);
void         p2p_mesh_node_cancel (P2pMeshNode *self, guint64 handle);
void         p2p_mesh_node_disconnect (P2pMeshNode *self, P2pPeer *peer);
void         p2p_mesh_node_request_peers (P2pMeshNode *self);

/* seen: UTC microseconds of an earlier life, or 0. NULL: it is no address, or there is no room. Pinned ones are dialled at once. */
P2pKnown    *p2p_mesh_node_add_address (P2pMeshNode *self, const char *host, guint16 port, const char *id, P2pAddressFlags flags, gint64 seen);
/* A link to it stays. FALSE: it was not known. */
gboolean     p2p_mesh_node_forget_address (P2pMeshNode *self, const char *host, guint16 port);
/* Whom the program wants nothing to do with: p2p-mesh-block.c. Twice is once; FALSE: it is no id or host, our own, or there are too many. */
gboolean     p2p_mesh_node_block (P2pMeshNode *self, P2pBlockKind kind, const char *what, GError **error);
gboolean     p2p_mesh_node_unblock (P2pMeshNode *self, P2pBlockKind kind, const char *what);   /* FALSE: it was not blocked */
gboolean     p2p_mesh_node_is_blocked (P2pMeshNode *self, const char *id, const char *host);   /* either; both nullable */
char       **p2p_mesh_node_dup_blocked (P2pMeshNode *self, P2pBlockKind kind);                 /* transfer full */
P2pAddressBook *p2p_mesh_node_get_addresses (P2pMeshNode *self);

/* A message of ours, made now. Two equal ones of the same second would have the same id, and only the first would be heard: the
 * time of the second is set a second later. */
P2pMessage  *p2p_mesh_node_new_message (P2pMeshNode *self, gint64 flag, GVariant *packets, GError **error);
P2pMessage  *p2p_mesh_node_new_packed  (P2pMeshNode *self, gint64 flag, const guint8 *packed, gsize length, gsize n_packets);
/* Application frames: NULL when one may not go out with that flag. */
P2pMessage  *p2p_mesh_node_new_app     (P2pMeshNode *self, gint64 flag, P2pAppFrame *frame, GError **error);
/* A whisper to a node of ours. What it asks for may come from now on. */
gboolean     p2p_mesh_node_send_app_to (P2pMeshNode *self, P2pPeer *peer, P2pAppFrame *frame, GError **error);
/* To every neighbour; how many took it. note: what our proof of it says besides (x1/), nullable. */
guint        p2p_mesh_node_send_message (P2pMeshNode *self, P2pMessage *message);
guint        p2p_mesh_node_send_noted (P2pMeshNode *self, P2pMessage *message, GBytes *note);
gboolean     p2p_mesh_node_send_to (P2pMeshNode *self, P2pPeer *peer, P2pMessage *message, P2pLinkSendFlags flags, GError **error);
gboolean     p2p_mesh_node_waterfall (P2pMeshNode *self, P2pMessage *message);
gboolean     p2p_mesh_node_renegotiate (P2pMeshNode *self, P2pPeer *peer, const guint8 *methods, gsize n_methods, GError **error);
gboolean     p2p_mesh_node_request_resend (P2pMeshNode *self, P2pPeer *peer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pMeshNode, p2p_mesh_node_unref)

G_END_DECLS
