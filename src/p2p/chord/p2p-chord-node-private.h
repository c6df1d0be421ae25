/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-layer.h"
#include "p2p-chord-node.h"

G_BEGIN_DECLS

/* Two helpers share this header: "core" (meta, names, requests, look, writes) and "ring" (RING, FIND, fingers, dials, COPY, arcs, join and unjoin, k). Each adds the
 * fields that its files need, in its part of the structs. */

typedef struct {
  P2pChordNode *node;
  P2pPeer *peer;
  /* core: p2p-chord-link.c, p2p-chord-meta.c, p2p-chord-names-tell.c */
  gboolean storing;             /* his meta said so; the originals: not leeching. With k also: RING told his place */
  gint64 meta_heard;            /* monotonic; 0: never */
  P2pChordMember *member;       /* NULL: no storing node (or with k: its place is not known yet) */
  /* ring: p2p-chord-stabilise.c, p2p-chord-copy.c */
  gint64 n_values, n_bytes;     /* as he told; -1 */
} P2pChordLink;

struct _P2pChordNode {
  guint refs;
  P2pMeshNode *mesh;
  P2pLimits limits;
  guint k;
  const P2pChordEvents *events;
  gpointer events_data;
  P2pChordSeed seed;
  P2pChordPlace place;          /* ours: of the id, or the slot */
  P2pChordRing *ring;
  P2pChordStore *store;
  P2pChordNames *names;
  GPtrArray *links;             /* of P2pChordLink, in the order in which they came */
  guint64 next_handle;
  /* core */
  GPtrArray *requests;          /* retrieves under way, p2p-chord-ask.c */
  GPtrArray *looks;
  /* ring */
  guint64 stabilise_timer;
};

static inline P2pClock *p2p_chord_clock (P2pChordNode *self) { return p2p_mesh_node_get_env (self->mesh)->clock; }
static inline gint64 p2p_chord_now (P2pChordNode *self) { return p2p_clock_now (p2p_chord_clock (self)); }
static inline gint64 p2p_chord_utc (P2pChordNode *self) { return p2p_clock_utc (p2p_chord_clock (self)); }     /* microseconds */
static inline gboolean p2p_chord_is_storing (P2pChordNode *self) { return self->seed != P2P_CHORD_SEED_NOT; }

/* ---- core: p2p-chord-node.c, -link.c, -meta.c ---- */
P2pChordLink *p2p_chord_find_link   (P2pChordNode *self, P2pPeer *peer);
P2pChordLink *p2p_chord_find_link_by_id (P2pChordNode *self, const char *id);
void     p2p_chord_emit_ring        (P2pChordNode *self);       /* gathered */
void     p2p_chord_send_meta        (P2pChordLink *link);       /* "0" while storing and not leaving, else "1" */
void     p2p_chord_send_meta_to_all (P2pChordNode *self);       /* as join() of the originals: handshake, peers, meta is what they send; meta alone is enough (measure) */
/* A link stores now, or no more, or its member is another: tells the ring part (below). */
void     p2p_chord_link_set_storing (P2pChordLink *link, gboolean storing, const P2pChordPlace *place);
/* ---- core: p2p-chord-ask.c: one spot. Answers retrieves of others too (p2p-chord-receive.c), and passes them on. ---- */
typedef void (*P2pChordAskFunc) (const P2pChordAnswer *answer, gboolean final, gpointer data);  /* more than once while not final */
guint64  p2p_chord_ask        (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint timeout_ms, P2pChordAskFunc func, gpointer data);
void     p2p_chord_ask_cancel (P2pChordNode *self, guint64 handle);
/* ---- core: p2p-chord-put.c: sends a state on its way: into our own store when it is ours, else to find(). NULL value: delete, only where may_delete. FALSE: nobody to send it to ---- */
gboolean p2p_chord_put        (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GVariant *value, P2pChordLink *giver, GError **error);
/* The one way into the store: counts, tells, and hands on to replicas (p2p_chord_stored). */
P2pChordPut p2p_chord_take    (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, P2pChordLink *giver, GError **error);
void     p2p_chord_forget     (P2pChordNode *self, const P2pChordSpot *spot);

/* ---- ring: called by core ---- */
void     p2p_chord_ring_part_init   (P2pChordNode *self);
void     p2p_chord_ring_part_clear  (P2pChordNode *self);
void     p2p_chord_ring_link_added  (P2pChordLink *link);       /* one of ours is known to be it (greeted) or an original is established */
void     p2p_chord_ring_link_changed (P2pChordLink *link);      /* storing or member is another now */
void     p2p_chord_ring_link_removed (P2pChordLink *link);
void     p2p_chord_stored           (P2pChordNode *self, const P2pChordValue *value, P2pChordLink *giver);      /* it is new in our store: replicas */
gboolean p2p_chord_ring_control     (P2pChordNode *self, P2pChordLink *link, gint64 op, P2pMessage *message);   /* COPY, RING, FIND, FOUND, COPIED, ARC, ... */
/* ---- core: called by ring ---- */
gboolean p2p_chord_names_control    (P2pChordNode *self, P2pChordLink *link, gint64 op, P2pMessage *message);   /* SUMS, NAMES */

G_END_DECLS
