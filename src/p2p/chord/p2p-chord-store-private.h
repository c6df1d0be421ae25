/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-store.h"

G_BEGIN_DECLS

/* What a value costs beside its bytes, a deleted one, and a neighbour of whom there are any, malloc and the trees included: measured by tests/chord/test-store-limits.c. */
#define P2P_CHORD_VALUE_BYTES   432u
#define P2P_CHORD_DELETED_BYTES 432u    /* not more than a value: deleting makes no node fuller */
#define P2P_CHORD_GIVER_BYTES   384u
#define P2P_CHORD_PROOF_BYTES   64u     /* of a signed one, beside the proof's */

typedef struct {
  char *id;
  guint64 bytes;
  guint n;                      /* how many are his */
  guint64 deleted_bytes;        /* of bytes */
  GTree *deleted;               /* his tombstones, the oldest first; NULL: none yet */
} P2pChordGiver;

typedef struct {
  P2pChordValue value;          /* the first */
  P2pChordGiver *giver;
  guint64 size;
} P2pChordEntry;

struct _P2pChordStore {
  P2pLimits limits;
  guint k;
  /* Trees: their order is that of the places, and nobody who chooses spots makes them slow. */
  GTree *entries;               /* P2pChordEntry by place and spot */
  GTree *digests;               /* by the digest of the spot */
  GTree *deleted;               /* by stamp, place and spot */
  GTree *givers;                /* id: P2pChordGiver */
  guint64 bytes;
  guint64 deleted_bytes;        /* of bytes */
  P2pChordGoneFunc gone;
  gpointer gone_data;
};

int            p2p_chord_entry_compare (gconstpointer a, gconstpointer b, gpointer data);         /* by place and spot */

/* ---- p2p-chord-room.c ---- */
GTree         *p2p_chord_deleted_new   (void);
guint64        p2p_chord_size_of       (GBytes *value, GBytes *proof);
P2pChordGiver *p2p_chord_giver_find    (P2pChordStore *self, const char *id);
P2pChordGiver *p2p_chord_giver_hold    (P2pChordStore *self, const char *id);    /* id: nullable */
void           p2p_chord_giver_drop    (P2pChordStore *self, P2pChordGiver *giver);
void           p2p_chord_giver_free    (P2pChordGiver *giver);
/* giver: held */
void           p2p_chord_entry_count   (P2pChordStore *self, P2pChordEntry *entry, P2pChordGiver *giver);
/* Before its state changes, by which it is in the trees of the deleted */
void           p2p_chord_entry_uncount (P2pChordStore *self, P2pChordEntry *entry);
void           p2p_chord_entry_forget  (P2pChordStore *self, P2pChordEntry *entry);
/* The oldest of the deleted but for one (nullable), when it is older than stamp; tells. FALSE: there is none */
gboolean       p2p_chord_store_forget_oldest (P2pChordStore *self, GTree *deleted, const P2pChordEntry *except, guint64 stamp);
/* For a state of size bytes that takes the place of old (nullable), by deleted ones that are older than stamp. */
gboolean       p2p_chord_store_make_room (P2pChordStore *self, const char *giver, const P2pChordEntry *old, guint64 size, guint64 stamp, GError **error);

G_END_DECLS
