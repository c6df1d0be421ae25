/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-scenario.h"
#include "sim07-sync.h"
#include "p2p/sync/p2p-sync-node.h"
#include "p2p/wire/p2p-value.h"
#include "p2p/x1/p2p-x1.h"

G_BEGIN_DECLS

/*
 * A network whose nodes share a table: what is written through it, what each host keeps from one life of its node to the next, and what
 * may never be seen of a table. What is wrong is noted, as everywhere in the simulator.
 */
typedef struct _SimTables SimTables;

/* Of one life of a node: SimNode.data. */
typedef struct {
  SimNode *node;
  P2pSyncNode *sync;            /* NULL: it is over, or of py2p's kind */
  Sim07Sync *model;             /* NULL: it is over, or ours */
  P2pX1 *x1;                    /* NULL: it is over, or does not sign */
  GTree *seen;                  /* GBytes to what its program saw last of the key */
  GPtrArray *log;               /* SimForeignWrite: what became of each write at a model */
} SimTable;

/* What somebody wrote and took himself. */
typedef struct {
  GBytes *key;
  char *owner;
  P2pWriteKind kind;
  P2pWriteClock clock;
  GBytes *value;                /* MessagePack; NULL: a delete */
} SimWrite;

/* What became of a write at a model. */
typedef struct {
  GBytes *key;
  char *owner;                  /* NULL: no text */
  gint64 time;
  Sim07Value *value;
  gboolean delta, told;
  Sim07Fate fate;
} SimForeignWrite;

struct _SimTables {
  SimNet *net;
  gboolean leasing;
  gboolean signs;               /* whoever is ours; set after sim_tables_prepare() */
  GPtrArray *disks;             /* GTree of GBytes, by host: what is kept */
  GPtrArray *shown;             /* GTree of GBytes to GVariant, by host: the records when its last node ended */
  GPtrArray *writes;            /* SimWrite, in the order in which they were made */
  guint n_leased;               /* that a node did not take of its own program */
  guint n_refused;              /* that a node did not take of another */
  guint n_restored;             /* records that were there again */
  GBytes *deleting;             /* of a node's program, just now; NULL: none */
  gboolean partial;             /* something was written of which no clock is known here */
  gint64 equal_since;           /* as far as sim_tables_watch() saw; 0: they are not equal */
};

/* Of the scenario: prepare, write, clear. The subnet and the kind of nodes are set. */
SimTables *sim_tables_prepare (SimNet *net, gboolean leasing);
void       sim_tables_clear   (SimNet *net);
void       sim_tables_write   (SimNet *net, const SimEvent *event);
GBytes    *sim_tables_new_key (guint number);

/* What the first two of ours that differ have; NULL: all tables of ours that live are equal, record by record. */
char      *sim_tables_compare (SimNet *net);
/* Fails where a record is not signed. */
void       sim_tables_expect_signed (SimNet *net);
/* Notes since when they are. */
void       sim_tables_watch   (SimNet *net);
/* Fails when they are not equal. */
void       sim_tables_expect_equal (SimNet *net);
/* And when they are not what one table makes of everything that was written. */
void       sim_tables_expect_all (SimNet *net);

SimTable  *sim_tables_get     (SimNet *net, guint host);                /* NULL: none lives there */

G_END_DECLS
