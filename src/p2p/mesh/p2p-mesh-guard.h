/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-mesh-layer.h"

G_BEGIN_DECLS

/*
 * Who proves to a mesh node who is speaking: x1/, of which the mesh knows no more than this (docs/x1.md). A node without a guard
 * believes as the originals do. The functions are called within the input, before those of the layer. Each may be NULL.
 */

#define P2P_SUBFLAG_SIDE_CAR 0x59       /* a broadcast: signatures of others */

typedef enum {
  P2P_GUARD_GO,
  P2P_GUARD_WAIT,               /* not yet: the guard says when */
  P2P_GUARD_REFUSE,
} P2pGuardVerdict;

typedef struct {
  /* Both said HELLO, this end and that of the link. */
  void (*greeted) (P2pPeer *peer, gpointer data);
  /* Link control of a peer who said HELLO, before its handshake too. FALSE: no operation of the guard's. */
  gboolean (*control) (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data);
  /* May we say our handshake? FALSE: p2p_mesh_guard_introduce() when we may. peer may have no HELLO: an original, or one that is slow. */
  gboolean (*may_introduce) (P2pPeer *peer, gpointer data);
  /* A handshake came and is good. WAIT: p2p_mesh_guard_admit() goes on with it, or the link ends. REFUSE: it ends, with the error. */
  P2pGuardVerdict (*admit) (P2pPeer *peer, GError **error, gpointer data);
  /* Its other end closed a link that was not let in, or it timed out: a better reason, transfer full, or NULL. */
  GError *(*explain) (P2pPeer *peer, gpointer data);
  /* A link that lost comes back as another peer, which has the guard's data by now. */
  void (*moved) (P2pPeer *from, P2pPeer *to, gpointer data);
  /* The link is over, whatever it came to. */
  void (*removed) (P2pPeer *peer, gpointer data);
  /* A broadcast of ours goes out now. note: what is said with its proof; nullable */
  void (*sending) (P2pMessage *message, GBytes *note, gpointer data);
  /* A broadcast that is new, good and relayed. WAIT: the guard keeps it, p2p_mesh_guard_release() when it is to be handled. */
  P2pGuardVerdict (*check) (P2pMessage *message, P2pPeer *source, gpointer data);
  /* A whisper to a neighbour that the program or a layer said. sealed: transfer full, what goes out in its place; NULL: itself. FALSE: nothing does. */
  gboolean (*seal) (P2pPeer *peer, P2pMessage *message, P2pMessage **sealed, GError **error, gpointer data);
  /* What is to be handled, of a peer past its handshake. REFUSE: it was counted, or is nothing to us. open: transfer full, what is handled in its
   * place; NULL: itself. */
  P2pGuardVerdict (*open) (P2pPeer *peer, P2pMessage *message, P2pMessage **open, gpointer data);
  void (*closing) (gpointer data);              /* the node is about to be: what is sent now is the last */
} P2pMeshGuard;

/* Before the first link. */
void     p2p_mesh_node_set_guard   (P2pMeshNode *self, const P2pMeshGuard *guard, gpointer data);
gpointer p2p_mesh_node_get_guard_data (P2pMeshNode *self, const P2pMeshGuard *guard);      /* NULL: it has no such guard */

/* What the guard keeps with a link. */
void     p2p_peer_set_guard_data   (P2pPeer *self, gpointer data);
gpointer p2p_peer_get_guard_data   (P2pPeer *self);
/* Its other end proved, on this link, that it has the key that its id is made of. */
void     p2p_peer_set_proven       (P2pPeer *self, gboolean proven);
gboolean p2p_peer_get_proven       (P2pPeer *self);

/* What HELLO and the handshake said; NULL, FALSE: not yet, or not that. */
const char   *p2p_peer_get_claimed_id (P2pPeer *self);
const guint8 *p2p_peer_get_public_key (P2pPeer *self);         /* 32 bytes */
const guint8 *p2p_peer_get_nonce      (P2pPeer *self, gboolean own);   /* 32 bytes */
gboolean      p2p_peer_get_binding    (P2pPeer *self, guint8 binding[32]);
gboolean      p2p_peer_is_pending     (P2pPeer *self);         /* its handshake has to come, or to be admitted */

gboolean      p2p_mesh_node_get_late_hello (P2pMeshNode *self);
/* Only who proved something gets our handshake: HELLO comes first in rings, too. FALSE: there are links, or it is closed. */
gboolean      p2p_mesh_node_set_private (P2pMeshNode *self);

/* ---- what the guard decides later; within p2p_mesh_node_enter() and _leave() ---- */
void     p2p_mesh_guard_introduce  (P2pPeer *peer);
void     p2p_mesh_guard_admit      (P2pPeer *peer);     /* also of one that is in the table, when it proved who it is */
void     p2p_mesh_guard_end        (P2pPeer *peer, GError *error);      /* takes the error */
/* The layer is told that nothing under this id counts without a proof any more. */
void     p2p_mesh_guard_certified  (P2pMeshNode *self, const char *id);
/* Handled as if it came just now; nobody relays it again. */
void     p2p_mesh_guard_release    (P2pMeshNode *self, P2pPeer *source, P2pMessage *message);
/* One that was handled without, or is our own: layer and program are told, where one of them hears. */
gboolean p2p_mesh_guard_hears_proofs (P2pMeshNode *self);
void     p2p_mesh_guard_prove      (P2pMeshNode *self, P2pMessage *message, GBytes *proof);
/* Of a link that is not to blame for it */
void     p2p_mesh_drop_blameless   (P2pPeer *peer, P2pDropReason reason, P2pMessage *message);
/* FALSE: it is as a node of the originals */
gboolean p2p_mesh_node_get_own_frames (P2pMeshNode *self);

G_END_DECLS
