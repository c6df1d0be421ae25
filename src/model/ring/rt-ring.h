/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "p2p/p2p.h"

G_BEGIN_DECLS

/**
 * RtRing: the ring of a network whose kind is "chord", as a page shows it. The same object for as long as the network is of that kind; empty while that is off.
 * Properties (they notify):
 *   seeding (boolean, writable: does the person want to store for the network?), changing (boolean: joining or handing over), seed-words (what this node does, in words: "Storing for the
 *     network: 12 values", "Joining…", "Not storing", "All 64 places of this ring are taken"), seed-trouble (boolean: seed-words tell of a failure)
 *   members (GListModel of P2pChordMemberInfo, by place; the same object for the ring's life), place (double, [0, 1): ours; -1: none), arc-from, arc-to (double, [0, 1): the arc of the ring
 *     whose values this node holds, clockwise; -1: none; two equal ones: all of it), n-values (uint), n-bytes (uint64): what this node stores
 *   key (GBytes, nullable, writable: the chosen one), lookup (P2pChordLookup, nullable: what its five places said; of another key never), looking (boolean: they are being asked)
 */
#define RT_TYPE_RING (rt_ring_get_type ())
G_DECLARE_DERIVABLE_TYPE (RtRing, rt_ring, RT, RING, GObject)

/* What stands behind it; the class has nothing behind it. */
struct _RtRingClass {
  GObjectClass parent_class;
  void (*seed)      (RtRing *self, gboolean seeding);   /* the person wants it so */
  void (*look)      (RtRing *self, GBytes *key);        /* ends in rt_ring_take_lookup() */
  void (*stop_look) (RtRing *self);                     /* of the last look() */
};

/* socket: nullable: it is off. */
RtRing         *rt_ring_new         (P2pChordSocket *socket);
/* The network came up, or went. What the person wants stays. */
void            rt_ring_set_socket  (RtRing *self, P2pChordSocket *socket);

gboolean        rt_ring_get_seeding (RtRing *self);
void            rt_ring_set_seeding (RtRing *self, gboolean seeding);
gboolean        rt_ring_get_changing (RtRing *self);
const char     *rt_ring_get_seed_words (RtRing *self);
gboolean        rt_ring_get_seed_trouble (RtRing *self);
GListModel     *rt_ring_get_members (RtRing *self);             /* transfer none, as all here */
double          rt_ring_get_place   (RtRing *self);
gboolean        rt_ring_get_arc     (RtRing *self, double *from, double *to);   /* FALSE: none */
guint           rt_ring_get_n_values (RtRing *self);
guint64         rt_ring_get_n_bytes (RtRing *self);
GBytes         *rt_ring_get_key     (RtRing *self);
/* Its places are asked a moment after it was chosen, and again when it is said to have changed. */
void            rt_ring_set_key     (RtRing *self, GBytes *key);
P2pChordLookup *rt_ring_get_lookup  (RtRing *self);
gboolean        rt_ring_get_looking (RtRing *self);
void            rt_ring_look_again  (RtRing *self);

/* ---- for what stands behind it, and for tests ---- */
typedef struct {
  gboolean    changing, trouble;
  const char *words;
  double      place;            /* -1: none */
  double      arc_from, arc_to; /* -1: none */
  guint       n_values;
  guint64     n_bytes;
} RtRingStanding;
void            rt_ring_take_standing (RtRing *self, const RtRingStanding *standing);
void            rt_ring_take_members  (RtRing *self, GListModel *members);      /* nullable */
void            rt_ring_take_lookup   (RtRing *self, P2pChordLookup *lookup);   /* NULL: it could not be had */
void            rt_ring_note_key      (RtRing *self, GBytes *key);              /* it was said to have changed */
/* Without what the class does: it is known to be wanted. */
void            rt_ring_take_seeding  (RtRing *self, gboolean seeding);

G_END_DECLS
