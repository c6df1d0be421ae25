/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync-fixture.h"

#define HISTORY_MAX_NODES 8

/*
 * Random histories: nodes with tables and clocks of their own write what their table lets them (and some what it does not), the writes come
 * to the others in any order, twice, or never; then all compare and give each other records, and must be equal, byte by byte.
 * SYNC_DEEP=1: as many as deep_seeds; SYNC_SEED=n or m-n: those.
 */
typedef struct _History History;
typedef struct _HistoryKind HistoryKind;

typedef struct {
  P2pWrite write;
  char *key;
  GBytes *proof;                /* nullable: nobody signed it */
} HistorySent;

struct _HistoryKind {
  const char *path;             /* of the test */
  guint64 seeds, deep_seeds;
  gsize size;                   /* of what begins with a History */
  guint forging;                /* of 20 things that happen, so many are forgeries */
  void          (*begin)     (History *self);                                  /* nullable */
  P2pSyncTable *(*new_table) (History *self, guint node);
  /* whether it writes nothing but what its table lets it; nullable: none of them */
  gboolean      (*asks_first) (History *self, guint node);
  /* gives the write its id, and has the table of its owner have it */
  void          (*write)     (History *self, guint node, HistorySent *sent);
  void          (*forge)     (History *self, HistorySent *sent);               /* nullable: the id of what is none of its owner's */
  void          (*arrive)    (History *self, guint node, HistorySent *sent);
  void          (*meet)      (History *self, guint a, guint b);                /* nullable: before they give each other records */
};

struct _History {
  const HistoryKind *kind;
  guint64 seed;
  GRand *rand;
  guint n_nodes;
  P2pSyncTable *tables[HISTORY_MAX_NODES];
  int skew[HISTORY_MAX_NODES];
  guint group[HISTORY_MAX_NODES];
  gboolean leasing;
  gint64 now;
  GPtrArray *sent;              /* HistorySent */
};

extern const char *const history_names[HISTORY_MAX_NODES];

gint64 history_clock  (History *self, guint node);
/* Has the table of a node take it, or not. */
void   history_merge  (History *self, guint node, HistorySent *sent);
int    history_main   (int argc, char **argv, const HistoryKind *kind);
