/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rings of many nodes with nothing between them: each has its P2pChordRing, and the steps of a node are called with what the others' values say at that moment, as if a
 * question and its answer took no time. Who is gone is found out when it is asked, or noticed. After each step the world can be checked against Zave's invariants.
 */
#pragma once

#include "p2p/chord/p2p-chord-ring-private.h"
#include "ring-fixture.h"

G_BEGIN_DECLS

#define RING_NOBODY G_MAXUINT16

typedef struct {
  guint n, n_after, n_before;
  guint n_live;
  P2pChordMember **members;     /* by place: number i is at the i-th place, and its id is the decimal number */
  P2pChordRing **rings;         /* NULL: it does not live */
  guint16 *closer;              /* whom number i was told of, and has not asked yet */
  /* for ring_world_check(), kept from call to call */
  gint64 *seen;                 /* in which walk from a node it was met */
  gint64 walk;
  int *skipped;
} RingWorld;

RingWorld *ring_world_new       (const P2pChordPlace *places, guint n, guint n_after, guint n_before);    /* places: in order */
void       ring_world_free      (RingWorld *self);
RingWorld *ring_world_new_random (TestRng *rng, guint n, guint n_after, guint n_before);
static inline guint ring_world_index (const P2pChordMember *member) { return member->port; }     /* where a port would be */
static inline gboolean ring_world_lives (RingWorld *self, guint i) { return self->rings[i] != NULL; }
guint      ring_world_next_live (RingWorld *self, guint i, int step);  /* RING_NOBODY: there is no other */

/* ---- steps; TRUE: it did something ---- */
void       ring_world_begin     (RingWorld *self, guint i);     /* lives and knows nobody */
gboolean   ring_world_join      (RingWorld *self, guint i, guint via);  /* via: who says that the place is his; RING_NOBODY: the one that greedy FIND gets to */
void       ring_world_make_ideal (RingWorld *self, guint i);    /* lives, and its lists are right */
void       ring_world_fail      (RingWorld *self, guint i);
gboolean   ring_world_stabilise (RingWorld *self, guint i);     /* asks its first after */
gboolean   ring_world_ask_closer (RingWorld *self, guint i);
gboolean   ring_world_notify    (RingWorld *self, guint i);     /* tells its first after */
gboolean   ring_world_notice    (RingWorld *self, guint i, guint gone);
gboolean   ring_world_offer     (RingWorld *self, guint i, guint other);        /* a link to it */
/* All that a node does in one period: what it finds dead goes at once, then the others. */
void       ring_world_period    (RingWorld *self, guint i);

/* ---- what is so ---- */
/* Failing leaves everybody who lives with at least one in its list that lives, and somebody there is. */
gboolean   ring_world_may_fail  (RingWorld *self, guint i);
/* Nobody's lists name one that is gone, and all have as many as they can. */
gboolean   ring_world_is_mended (RingWorld *self);
gboolean   ring_world_is_ideal  (RingWorld *self);
/* NULL: Zave's invariants hold. principals: everybody knows somebody that lives, at least so many are passed over by nobody's list, and on the ring are at least as many.
 * 0: who knows nobody is taken for a ring of its own. */
char      *ring_world_check     (RingWorld *self, guint principals);
guint      ring_world_count_principals (RingWorld *self);
char      *ring_world_print     (RingWorld *self);

/* How often a question for a place is passed on from node i until it is at whose it is; *at: who that is. */
guint      ring_world_route     (RingWorld *self, guint i, const P2pChordPlace *place, guint *at);

G_END_DECLS
