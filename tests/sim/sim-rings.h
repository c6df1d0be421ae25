/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-scenario.h"
#include "p2p/chord/p2p-chord-node.h"
#include "p2p/x1/p2p-x1.h"

G_BEGIN_DECLS

/*
 * A network whose nodes have a distributed table: what is written, who reads it with which outcome, and whether the ring is as it should be. Hosts may be liars.
 */
typedef struct _SimRings SimRings;

typedef enum {
  SIM_LIE_NOT,
  SIM_LIE_VALUE,                /* answers all questions by one lie, at once; takes no value */
  SIM_LIE_NOTHING,              /* says that there is nothing, and that this is final; takes no value */
  SIM_LIE_SILENT,               /* answers none, passes none on, takes no value */
  SIM_LIE_SIGNED,               /* answers by a lie that it signed itself */
  SIM_LIE_FORGED,               /* answers by a lie with the proof of what it heard last */
  SIM_LIE_OLD,                  /* answers by what it heard first, with its proof: who wrote it has written since */
} SimLie;

/* Of one life of a node: SimNode.data. */
typedef struct {
  SimNode *node;
  P2pChordNode *chord;          /* NULL: it is over */
  gboolean joined;
  char *join_error;             /* NULL: none */
  SimLie lie;
  const P2pMeshLayer *truth;    /* of a liar: what it would say if it were none */
  gpointer truth_data;
  P2pX1 *x1;                    /* NULL: it does not sign */
  GPtrArray *heard;             /* P2pMessage: signed stores that came to a liar; NULL: it is none */
} SimRing;

/* One read. */
typedef struct {
  SimRings *rings;
  guint host, key, round;
  gint64 begun;
  gboolean done;
  P2pChordOutcome outcome;
  gboolean right, wrong;        /* neither: no value */
  guint n_equal;
  guint n_said;                 /* places that said a value */
  gboolean is_signed;           /* what it comes to */
  gint64 took;
} SimRead;

typedef struct {
  guint reads, done, right, wrong, lacking;
  gint64 longest;
} SimReads;

struct _SimRings {
  SimNet *net;
  guint k;
  gboolean signing;             /* nodes sign what they write */
  gboolean seeding;             /* nodes join when they are born; TRUE unless it is set otherwise */
  GByteArray *lies;             /* SimLie of nodes started on a host from now on */
  GArray *values;               /* gint64, by key: what was written last; 0: nothing, or it was deleted */
  GPtrArray *reads;             /* SimRead */
  guint n_writes, n_written, n_refused;
  char *refusal;                /* the first, in words */
};

/* Of the scenario: prepare, write (SIM_SET, SIM_DELETE: host a, key b), clear. */
SimRings *sim_rings_prepare (SimNet *net, guint k);
void      sim_rings_clear   (SimNet *net);
void      sim_rings_write   (SimNet *net, const SimEvent *event);
GBytes   *sim_rings_new_key (guint number);

SimRing  *sim_rings_get     (SimNet *net, guint host);          /* NULL: none lives there */
/* Nodes started on the host from now on have the one of n keys whose place is nearest before that of the spot. */
void      sim_rings_place_before (SimNet *net, guint host, const P2pChordPlace *place, guint n);
/* That one reads the key; every key, by n of those that live and do not lie, in turn */
void      sim_rings_read    (SimNet *net, guint host, guint key, guint round);
void      sim_rings_read_all (SimNet *net, guint n, guint round);
void      sim_rings_count   (SimNet *net, guint round, SimReads *reads);
/* In whose lists is what should not be there, in words; NULL: all that live have the right neighbours. */
char     *sim_rings_compare (SimNet *net);

G_END_DECLS
