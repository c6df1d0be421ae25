/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-store.h"

G_BEGIN_DECLS

/* What a value costs beside its bytes, a deleted one, and a neighbour of whom there are any, malloc and the trees included: measured by tests/chord/test-store.c. */
#define P2P_CHORD_VALUE_BYTES   432u
#define P2P_CHORD_DELETED_BYTES 432u    /* not more than a value: deleting makes no node fuller */
#define P2P_CHORD_GIVER_BYTES   384u

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

G_END_DECLS
