/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-limits.h"
#include "p2p-chord-place.h"

G_BEGIN_DECLS

/*
 * The values that a node keeps of a distributed table, by spot: its own and the replicas that it keeps for others. A pure value.
 *
 * Each state of a spot has a stamp: microseconds of UTC of whoever wrote it (of stores of the originals, which tell none, of whoever took them first). The later stamp
 * counts; of equal ones a value before none, then the greater SHA-256 of the packed value, then a signed one before one that is not, then the greater key: so whatever comes in whatever
 * order, who has seen the same has the same.
 * Deleted spots are remembered (value NULL) for chord_tombstone_seconds.
 *
 * Three things are not so, and two holders of a spot can differ by them until they compare (ARC), which the later stamp then settles: a delta is merged into the map
 * that is there when it comes (p2p_chord_store_merge); a stamp from the future is cut by the clock of who takes it; and what was refused for room is not there.
 */
typedef struct _P2pChordStore P2pChordStore;

/* Comparing an arc [from, to): the digest of a spot is the first 8 bytes of SHA-256 (hash, number); of a state, of SHA-256 (stamp bigendian64, SHA-256 (value) or 32 zeros, and the key of who
 * signed it, if it is signed). */
#define P2P_CHORD_LISTED 16u            /* bytes of one in a list: digest of the spot, of its state */

typedef struct {
  P2pChordSpot spot;
  P2pChordPlace place;
  guint8 listed[P2P_CHORD_LISTED];
  guint64 stamp;
  GBytes *value;                /* packed MessagePack; NULL: deleted */
  GBytes *proof;                /* that somebody signed this state (p2p-chord-sign.c); NULL: nobody did. Whether it holds is for the node to know */
  const char *giver;            /* id of the neighbour that brought it; NULL: our own program, or an earlier run */
} P2pChordValue;

typedef enum {
  P2P_CHORD_PUT_NEW,            /* it is what counts now */
  P2P_CHORD_PUT_SAME,
  P2P_CHORD_PUT_OLDER,          /* what is there counts more */
  P2P_CHORD_PUT_REFUSED,        /* P2P_TABLE_ERROR_{TOO_LARGE,FULL,NOT_A_MAP,VALUE} */
} P2pChordPut;

/* A deleted spot is remembered no more: its time is over, or its room was needed. */
typedef void (*P2pChordGoneFunc) (const P2pChordSpot *spot, gpointer data);

P2pChordStore *p2p_chord_store_new   (const P2pLimits *limits, guint k);
void           p2p_chord_store_free  (P2pChordStore *self);
void           p2p_chord_store_set_gone_func (P2pChordStore *self, P2pChordGoneFunc func, gpointer data);       /* must not change the store */
/*
 * value: one packed value, not nil; copied; NULL: deleted. now: UTC microseconds; a stamp more than 60 s ahead of it is taken as now + 60 s. giver (nullable): whose share of the room it takes.
 *
 * All that is kept is counted, in chord_bytes, and of each giver in his share of it, which counts when half of chord_bytes is taken; what he brought is his until it is replaced
 * or removed. Where room is lacking the oldest of the deleted
 * ones go (of his, where it is his share that is full), then it is refused: no value goes for another. To delete what is there is never refused.
 */
P2pChordPut    p2p_chord_store_put   (P2pChordStore *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, const char *giver, gint64 now, GError **error);
/* proof: nullable, copied, counted with the value. Of another stamp than the one that is taken it proves nothing, and is left out. */
P2pChordPut    p2p_chord_store_put_signed (P2pChordStore *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, const char *giver, gint64 now, GError **error);
/*
 * map, a{sv} or a(vv): merged into the map that is there, or into none; the stamp becomes the later of both, plus one where that is needed for it to count. Older than a delete
 * that is there: OLDER. That changes nothing and is not later: SAME, so it may come twice. Nobody signed what comes of it.
 *
 * In which order deltas come is seen in three cases: (1) two change one field: the one that came last has it, also where the other is the later one; (2) a delta that is older than a store
 * changes the stored map where it comes after it, and is gone where it came before it; (3) new fields stand in the order in which they came. In each the two holders have other stamps
 * (he to whom they came the wrong way round has one more), or of equal stamps other values: the greater counts for both once they have compared.
 */
P2pChordPut    p2p_chord_store_merge (P2pChordStore *self, const P2pChordSpot *spot, guint64 stamp, GVariant *map, const char *giver, gint64 now, GError **error);
/* All pointers to values are good until the next change. */
const P2pChordValue *p2p_chord_store_get (P2pChordStore *self, const P2pChordSpot *spot);        /* NULL: nothing is known; see value */
const P2pChordValue *p2p_chord_store_find_digest (P2pChordStore *self, const guint8 digest[8]);  /* of a spot, as ARC_WANT has it; NULL: no such */
gboolean       p2p_chord_store_remove (P2pChordStore *self, const P2pChordSpot *spot);           /* forgotten: somebody else has it */
guint          p2p_chord_store_get_n_values (P2pChordStore *self);      /* living ones */
guint          p2p_chord_store_get_n_spots  (P2pChordStore *self);      /* with the deleted ones */
guint64        p2p_chord_store_get_n_bytes  (P2pChordStore *self);
guint64        p2p_chord_store_get_share    (P2pChordStore *self, const char *giver);    /* bytes of what he brought */
guint          p2p_chord_store_expire (P2pChordStore *self, gint64 now);/* tombstones that are old; how many */
/* The first at from or behind it, clockwise, before to (from == to: all around), and after `last` (nullable; any value or copy of one of which spot and place are good: it need not be
 * there any more). NULL: no more. O(log n). */
const P2pChordValue *p2p_chord_store_walk (P2pChordStore *self, const P2pChordPlace *from, const P2pChordPlace *to, const P2pChordValue *last);

/* root: zeros, and for each 256 of the arc, clockwise by place and spot, the SHA-256 of (root, their lists). How many there are; O(n of the arc). */
guint          p2p_chord_store_sum_arc  (P2pChordStore *self, const P2pChordPlace *from, const P2pChordPlace *to, guint8 root[32]);
void           p2p_chord_value_digest   (const P2pChordValue *self, guint8 out[P2P_CHORD_LISTED]);

/* A record for keeping over a restart, MessagePack; a value for COPY: [hash uint, number bin, stamp uint, value bin or nil], and the proof bin of one that is signed. floating. */
GVariant      *p2p_chord_value_pack  (const P2pChordValue *self);
/* FALSE: malformed. *value, *proof: copies; whether it is a value is seen when it is put, and what the proof is worth when it is checked */
gboolean       p2p_chord_value_unpack (GVariant *packed, P2pChordSpot *spot, guint64 *stamp, GBytes **value, GBytes **proof);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordStore, p2p_chord_store_free)

G_END_DECLS
