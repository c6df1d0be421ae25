/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-limits.h"
#include "p2p-chord-place.h"

G_BEGIN_DECLS

/*
 * The values that a node keeps of a distributed table, by spot: its own and the replicas that it keeps for others. A pure value.
 *
 * Each state of a spot has a stamp: microseconds of UTC of whoever wrote it (of stores of the originals, which tell none, of whoever took them first). The later stamp
 * counts; of equal ones a value before none, then the greater SHA-256 of the packed value: so whatever comes in whatever order, who has seen the same has the same.
 * Deleted spots are remembered (value NULL) for chord_tombstone_seconds.
 */
typedef struct _P2pChordStore P2pChordStore;

typedef struct {
  P2pChordSpot spot;
  P2pChordPlace place;
  guint64 stamp;
  GBytes *value;                /* packed MessagePack; NULL: deleted */
  GBytes *digest;               /* nullable, made when needed: see p2p-chord-store.c */
  char *giver;                  /* id of the neighbour that brought it; NULL: our own program, or an earlier run */
} P2pChordValue;

typedef enum {
  P2P_CHORD_PUT_NEW,            /* it is what counts now */
  P2P_CHORD_PUT_SAME,
  P2P_CHORD_PUT_OLDER,          /* what is there counts more */
  P2P_CHORD_PUT_REFUSED,        /* P2P_TABLE_ERROR_{TOO_LARGE,FULL,NOT_A_MAP,VALUE} */
} P2pChordPut;

P2pChordStore *p2p_chord_store_new   (const P2pLimits *limits, guint k);
void           p2p_chord_store_free  (P2pChordStore *self);
/* now: UTC microseconds; a stamp more than 60 s ahead of it is taken as now + 60 s. giver: whose share of the room it takes. */
P2pChordPut    p2p_chord_store_put   (P2pChordStore *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, const char *giver, gint64 now, GError **error);
/* map, a{sv} or a(vv): merged into the map that is there, or into none; the stamp becomes the later of both, plus one where that is needed for it to count */
P2pChordPut    p2p_chord_store_merge (P2pChordStore *self, const P2pChordSpot *spot, guint64 stamp, GVariant *map, const char *giver, gint64 now, GError **error);
const P2pChordValue *p2p_chord_store_get (P2pChordStore *self, const P2pChordSpot *spot);        /* NULL: nothing is known; see value */
gboolean       p2p_chord_store_remove (P2pChordStore *self, const P2pChordSpot *spot);           /* forgotten: somebody else has it */
guint          p2p_chord_store_get_n_values (P2pChordStore *self);      /* living ones */
guint          p2p_chord_store_get_n_spots  (P2pChordStore *self);      /* with the deleted ones */
guint64        p2p_chord_store_get_n_bytes  (P2pChordStore *self);
guint          p2p_chord_store_expire (P2pChordStore *self, gint64 now);/* tombstones that are old; how many */
/* The first at from or behind it, clockwise, before to, and after `last` (nullable) where several are at one place. NULL: no more. O(log n). */
const P2pChordValue *p2p_chord_store_walk (P2pChordStore *self, const P2pChordPlace *from, const P2pChordPlace *to, const P2pChordValue *last);

/* Comparing an arc [from, to): the digest of a spot is the first 8 bytes of SHA-256 (hash, number); of a state, of SHA-256 (stamp bigendian64, SHA-256 (value) or 32 zeros). O(n of the arc), made
 * once a state. */
#define P2P_CHORD_LISTED 16u            /* bytes of one in a list: digest of the spot, of its state */
guint          p2p_chord_store_sum_arc  (P2pChordStore *self, const P2pChordPlace *from, const P2pChordPlace *to, guint8 root[32]);  /* how many */
void           p2p_chord_value_digest   (const P2pChordValue *self, guint8 out[P2P_CHORD_LISTED]);

/* A record for keeping over a restart, MessagePack; a value for COPY: [hash uint, number bin, stamp uint, value bin or nil]. floating. */
GVariant      *p2p_chord_value_pack  (const P2pChordValue *self);
gboolean       p2p_chord_value_unpack (GVariant *packed, P2pChordSpot *spot, guint64 *stamp, GBytes **value);      /* FALSE: malformed */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordStore, p2p_chord_store_free)

G_END_DECLS
