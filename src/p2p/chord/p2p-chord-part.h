/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-layer.h"
#include "p2p-chord-node.h"

G_BEGIN_DECLS

/*
 * What the ring half of P2pChordNode adds to a node and to a link: stabilise, find, fingers, dial, copy, arcs, join, keep. The other half looks into none of it.
 */

/* Members of a list, in RING and FOUND. */
#define P2P_CHORD_MOST_MEMBERS 16
#define P2P_CHORD_N_AFTER 4             /* with k at least k */
#define P2P_CHORD_N_BEFORE 2
/* Who had what is ours is asked for it so long, at most. */
#define P2P_CHORD_TAKE_SPAN (60 * G_TIME_SPAN_SECOND)
#define P2P_CHORD_CURSOR_BYTES (1 + P2P_CHORD_NUMBER_BYTES)     /* a spot, as ARC and its answers write it */

/* So many at once, and so many a second. */
typedef struct {
  double tokens;
  gint64 filled;                /* monotonic; 0: it is full */
} P2pChordBucket;

/* An arc that is compared with a neighbour (p2p-chord-arcs.c). */
typedef struct {
  P2pChordPlace from, to;
  gboolean has_behind;
  P2pChordSpot behind;          /* what is up to here was compared */
  gint64 since;                 /* of the question under way; 0: none */
  guint wanted;                 /* that he has and we have not, so far... */
  guint last_wanted, in_vain;   /* ...and when it was gone through before; how often that was no less */
} P2pChordArc;

typedef struct {
  /* p2p-chord-stabilise.c */
  P2pChordMember *member;       /* as the ring knows him; NULL: not on it */
  gboolean added;               /* one of ours that speaks of the ring, or an original */
  gboolean speaks;              /* CHORD_SUCCESSORS */
  gboolean heard;               /* he said RING */
  gboolean leaving;             /* he takes nothing any more */
  gboolean fresh;               /* an original to whom something belongs since a short time: it is stored there... */
  P2pChordPlace fresh_from;     /* ...from here on */
  gint64 since;                 /* monotonic: of it */
  P2pChordBucket rings, finds, arcs;    /* of his */
  P2pChordBucket told, asks;    /* of ours: RING, ARC */
  gboolean untold;              /* RING is due, when it may be */
  guint n_finds;                /* of his, under way */
  /* p2p-chord-dial.c */
  gint64 unwanted;              /* monotonic, since when; 0: he is wanted */
  /* p2p-chord-copy.c */
  GQueue copies;                /* of P2pChordSpot, that he is to get */
  GTree *copies_set;            /* the same */
  GArray *copying;              /* of P2pChordCopying: under way */
  gint64 copy_seq;
  gint64 copy_since;            /* monotonic; 0: none under way */
  guint64 copy_timer;
  GArray *late;                 /* of what he sends: until as many signatures as it has may be looked at; NULL: nothing waits */
  GArray *late_refused;         /* gint64: indices */
  guint late_at;
  gint64 late_seq, late_since;
  guint64 late_timer;
  /* p2p-chord-restore.c */
  GQueue restores;              /* of P2pChordSpot: an original's */
  GTree *restores_set;
  GPtrArray *restoring;         /* under way */
  gboolean restore_busy;        /* more are being begun */
  /* p2p-chord-arcs.c */
  GArray *arcs_due;             /* of P2pChordArc, not begun */
  P2pChordArc arc;
  gboolean comparing;
  gboolean compared, compared_his;      /* our arc was, or is to be; his */
  P2pChordPlace compared_to;    /* where ours ended then */
  gboolean taken;               /* what he had of ours is here */
  guint64 arc_timer;
  gint64 credit;                /* bytes that he may have of us by asking */
  gint64 credit_since;
} P2pChordLinkPart;

typedef struct _P2pChordGuard P2pChordGuard;    /* p2p-chord-guard.c */

typedef struct {
  gpointer has_it;              /* P2pChordLink that has what is being taken, by COPY or because it is on its way to him */
  P2pChordGuard *guard;
  /* p2p-chord-stabilise.c */
  guint64 settle_timer;
  guint round;
  guint next_wanted, next_contact;
  char *view;                   /* of the ring, when it was last looked at */
  gint64 arcs_compared;         /* monotonic */
  /* p2p-chord-find.c */
  GPtrArray *finds;
  gint64 next_token;
  /* p2p-chord-fingers.c */
  guint next_finger;
  guint n_fingers_asked;
  /* p2p-chord-dial.c */
  GPtrArray *candidates;
  P2pChordBucket dials;
  guint next_known;
  /* p2p-chord-copy.c, p2p-chord-sweep.c */
  guint64 sweep_timer;
  gboolean sweep_again;
  gboolean sweep_begun;         /* behind sweep_last */
  P2pChordSpot sweep_last;
  /* p2p-chord-arcs.c */
  gint64 pool;                  /* of credit, for all links together */
  gint64 pool_since;
  /* p2p-chord-join.c */
  GArray *ops;                  /* of P2pChordOp: join and unjoin */
  guint64 join_timer;
  gint64 join_since, join_deadline;
  guint join_tries, n_taken;
  gboolean join_finding, join_placed;
  P2pChordPlace slot;
  GTree *given;                 /* of P2pChordCopying: what others took while we leave */
  /* p2p-chord-keep.c */
  GQueue wrote;                 /* of P2pChordWrote, that which is due first in front */
  guint64 keep_timer;
  GHashTable *wrote_keys;       /* of GBytes, to its place in wrote */
  guint64 keep_look;            /* under way */
  guint n_republished;
} P2pChordPart;

typedef struct {
  P2pChordSpot spot;
  guint64 stamp;
} P2pChordCopying;

typedef struct {
  guint64 handle;
  gboolean leaving;
  P2pChordDoneFunc func;
  gpointer data;
} P2pChordOp;

G_END_DECLS
