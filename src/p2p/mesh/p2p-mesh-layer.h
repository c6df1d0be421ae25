/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-mesh-node.h"

G_BEGIN_DECLS

/* What a layer on top of the mesh node (sync, chord) needs of it besides what programs do. */

/* Operations of link control, among nodes of ours; docs/x1.md is their registry. */
typedef enum {
  P2P_CONTROL_HELLO = 1,
  P2P_CONTROL_AUTH = 2,                 /* of the guard; 4 is reserved (signed dump) */
  P2P_CONTROL_PING = 3,
  P2P_CONTROL_PONG = 5,
  P2P_CONTROL_COPY = 6,                 /* of the chord layer, as are those from RING on */
  P2P_CONTROL_IHAVE = 7,
  P2P_CONTROL_IWANT = 8,
  P2P_CONTROL_PRUNE = 9,
  P2P_CONTROL_GRAFT = 10,
  P2P_CONTROL_DIGEST = 11,              /* of the sync layer, to RECORDS */
  P2P_CONTROL_BUCKETS = 12,
  P2P_CONTROL_KEYS = 13,
  P2P_CONTROL_WANT = 14,
  P2P_CONTROL_RECORDS = 15,
  P2P_CONTROL_RING = 16,
  P2P_CONTROL_FIND = 17,
  P2P_CONTROL_FOUND = 18,
  P2P_CONTROL_COPIED = 19,
  P2P_CONTROL_ARC = 20,
  P2P_CONTROL_ARC_LIST = 21,
  P2P_CONTROL_ARC_WANT = 22,
  P2P_CONTROL_SUMS = 23,
  P2P_CONTROL_NAMES = 24,
  P2P_CONTROL_KEY = 25,
} P2pControlOp;

#define P2P_CONTROL_REST 3              /* packets before what belongs to the operation */
#define P2P_CONTROL_MAX_REST 8

typedef void (*P2pLayerFunc) (gpointer data);

/* Around whatever a layer does by itself (for its program, at a timer): what is told comes after the last leave, when all is consistent.
 * After it the mesh node may be gone, unless the layer holds a reference. */
void     p2p_mesh_node_enter      (P2pMeshNode *self);
void     p2p_mesh_node_leave      (P2pMeshNode *self);
/* Within an input: func is called in its turn among the node's own events; destroy (nullable) always, called or not. */
void     p2p_mesh_node_emit_layer (P2pMeshNode *self, P2pLayerFunc func, gpointer data, GDestroyNotify destroy);
/* Said in HELLO besides what every node of ours can do; for links made from now on. */
void     p2p_mesh_node_add_caps   (P2pMeshNode *self, P2pCapabilities caps);

/* rest: floating values, taken. Never compressed. To who said HELLO only (and HELLO itself). */
gboolean p2p_mesh_send_control    (P2pPeer *peer, P2pControlOp op, GVariant **rest, gsize n_rest);
gboolean p2p_peer_has_cap         (P2pPeer *peer, P2pCapabilities cap);
/* Counted, told to those that watch, and held against the peer where it can be nobody else's fault. */
void     p2p_mesh_drop            (P2pMeshNode *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message);

G_END_DECLS
