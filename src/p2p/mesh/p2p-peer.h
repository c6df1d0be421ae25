/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../link/p2p-link.h"

G_BEGIN_DECLS

/* A link as the mesh knows it. It outlives the link, and then tells how that ended. Reference-counted, one thread. */
typedef struct _P2pPeer P2pPeer;

/* More methods than there are numbers for in the originals' tables. */
#define P2P_MESH_MAX_METHODS 64

typedef enum {
  P2P_PEER_PENDING,             /* before the handshake */
  P2P_PEER_ESTABLISHED,         /* in the routing table */
  P2P_PEER_DRAINING,            /* lost against another link to the same node; heard out, then closed */
  P2P_PEER_CLOSED,
} P2pPeerState;

P2pPeer      *p2p_peer_ref   (P2pPeer *self);
void          p2p_peer_unref (P2pPeer *self);
struct _P2pMeshNode *p2p_peer_get_node (P2pPeer *self);     /* NULL when it is over */
P2pPeerState  p2p_peer_get_state (P2pPeer *self);
const char   *p2p_peer_get_id (P2pPeer *self);              /* NULL before the handshake */
P2pIdForm     p2p_peer_get_id_form (P2pPeer *self);
const char   *p2p_peer_get_host (P2pPeer *self);            /* as announced, else of the socket */
guint16       p2p_peer_get_port (P2pPeer *self);
const char   *p2p_peer_get_peer_host (P2pPeer *self);       /* of the socket */
guint16       p2p_peer_get_peer_port (P2pPeer *self);
gboolean      p2p_peer_get_outgoing (P2pPeer *self);
const guint8 *p2p_peer_get_methods (P2pPeer *self, gsize *n_methods);
P2pCompression p2p_peer_get_compression (P2pPeer *self);    /* what we send with */
gint64        p2p_peer_get_since (P2pPeer *self);           /* UTC, microseconds */
gint64        p2p_peer_get_last_heard (P2pPeer *self);      /* UTC, microseconds; 0: never */
void          p2p_peer_get_stats (P2pPeer *self, P2pLinkStats *stats);
guint64       p2p_peer_get_dropped (P2pPeer *self, P2pDropReason reason);
gsize         p2p_peer_get_queued (P2pPeer *self);
int           p2p_peer_get_fd (P2pPeer *self);
P2pCapabilities p2p_peer_get_capabilities (P2pPeer *self);  /* what it said it can do, of what we know */
guint32       p2p_peer_get_max_frame (P2pPeer *self);       /* bytes that it takes; 0: not told */
gint64        p2p_peer_get_round_trip (P2pPeer *self);      /* microseconds; -1: unknown */
gint64        p2p_peer_get_clock_offset (P2pPeer *self);    /* seconds that its clock is ahead of ours */
const GError *p2p_peer_get_error (P2pPeer *self);           /* NULL while it lives */
P2pLink      *p2p_peer_get_link (P2pPeer *self);            /* NULL when it is over */
gboolean      p2p_peer_is_own (P2pPeer *self);              /* it said HELLO: it runs this library */
gboolean      p2p_peer_takes_app (P2pPeer *self);           /* application frames may be whispered to it */
gboolean      p2p_peer_is_finished (P2pPeer *self);         /* the last event about it was delivered */
/* Given up when the last event about the peer was delivered, or with the peer. */
void          p2p_peer_set_user_data (P2pPeer *self, gpointer user_data, GDestroyNotify destroy);
gpointer      p2p_peer_get_user_data (P2pPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pPeer, p2p_peer_unref)

G_END_DECLS
