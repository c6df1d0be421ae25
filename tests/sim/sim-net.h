/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim07-peer.h"
#include "test-env.h"
#include "p2p/mesh/p2p-mesh-node-private.h"
#include "p2p/wire/p2p-digest.h"

G_BEGIN_DECLS

#define SECOND G_TIME_SPAN_SECOND
#define MILLISECOND G_TIME_SPAN_MILLISECOND
#define SIM_PORT 4000

/*
 * A network of nodes in a test's world (test-env.h): who lives, what was said, and who heard it. Hosts are numbered from 0. What is
 * wrong is noted, not asserted: the first failure stops the run, and the scenario that led to it can be shrunk.
 */
typedef struct _SimNet SimNet;
typedef struct _SimNode SimNode;
typedef struct _SimCast SimCast;

typedef enum {
  SIM_KIND_OWN,
  SIM_KIND_PY2P,                /* the model of py2p 0.7 (sim07-peer.h) */
} SimKind;
#define SIM_ALL_METHODS 0xff
#define SIM_MOST_COUNTS 32

/* One life of a node; its host may have had others. */
struct _SimNode {
  SimNet *net;
  guint index;                  /* in net->nodes */
  guint host_index;
  TestHost *host;
  P2pMeshNode *node;            /* NULL when it is over, or of py2p's kind */
  Sim07Peer *model;             /* of py2p's kind; NULL when it is over, or ours */
  guint n_heard;                /* of what the model heard: looked at */
  gint64 born;
  gint64 died;                  /* 0: it lives */
  guint unchecked;              /* events since the last full check */
  guint whispers;               /* heard */
  guint strays;                 /* broadcasts of nobody: py2p may say something again in another message */
  guint failed;                 /* links that never came to be */
  gint64 skew;                  /* what it tells of its clock, seconds */
  gint64 skew_told;             /* when it first told that it was off; 0: never */
  guint64 known;                /* a bit for each of the first 64 hosts to which it had a link in this life */
  gpointer data;                /* of the test */
};

/* Somebody said something to everybody. */
struct _SimCast {
  guint8 id[P2P_SHA256_LENGTH];
  guint origin;                 /* index of a SimNode */
  gint64 sent;
  guint n_delivered;
  gint64 heard_last;            /* when somebody heard it */
  GByteArray *hops;             /* by index of SimNode: 0 not heard, 1 the origin, 2 one hop away, ...; SIM_HOPS_UNKNOWN */
};
#define SIM_HOPS_UNKNOWN 255

struct _SimNet {
  TestWorld *world;
  P2pProtocol *protocol;
  P2pLimits limits;             /* of the nodes started next; and what follows too */
  guint max_outgoing;           /* 0: as it is by default */
  gboolean compressing;         /* with all methods of the build (off: frames go plain, which is faster) */
  guint check_every;            /* events of a node from one full check to the next; 1: every one */
  GPtrArray *hosts;             /* TestHost */
  GPtrArray *identities;        /* P2pIdentity, of a host; made when the first node starts */
  GByteArray *kinds;            /* SimKind of nodes started on a host from now on */
  GByteArray *methods;          /* and a bit for each method of the build that they have; ALL_METHODS: as compressing says */
  GPtrArray *current;           /* SimNode that lives on a host, or NULL */
  GPtrArray *nodes;             /* SimNode, in the order in which they were born */
  GHashTable *nodes_by_id;      /* the latest of an id */
  GPtrArray *casts;             /* SimCast */
  GHashTable *casts_by_id;
  char *failure;                /* NULL: none yet */
  gboolean peace;               /* nothing is wrong with hosts and lines any more */
  guint64 n_text;               /* makes every message another */
  char *note;                   /* a line of figures for whoever runs it */
  void (*born) (SimNode *node); /* of what lives on top of the nodes: before it listens; may be NULL */
  void (*dies) (SimNode *node);
  void (*app)  (SimNode *node, P2pAppFrame *frame);     /* it got one; may be NULL */
  guint64 counts[SIM_MOST_COUNTS];      /* of whatever the scenario counts; the bar adds them up */
  gpointer data;                /* of the test */
};

SimNet   *sim_net_new   (guint64 seed, guint n_hosts);
void      sim_net_free  (SimNet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNet, sim_net_free)

/* The first one counts. */
void      sim_net_fail  (SimNet *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* FALSE: something failed */
gboolean  sim_net_run   (SimNet *self, gint64 span);

/* Of what the net itself puts into the trace. */
const char *sim_note_get_name (guint kind);

/* ---- nodes ---- */
SimNode  *sim_net_start (SimNet *self, guint host);                     /* NULL: one lives there */
void      sim_net_set_key (SimNet *self, guint host, gint64 key);       /* of nodes started there from now on: 0 is the host's own */
void      sim_net_leave (SimNet *self, guint host);                     /* closes in order */
void      sim_net_crash (SimNet *self, guint host, gboolean told);      /* see test_host_vanish(); start brings the host back */
SimNode  *sim_net_get   (SimNet *self, guint host);                     /* NULL: none lives there */
const char *sim_node_get_id (SimNode *self);                            /* NULL: its life is over */
/* It has a link to the other that it takes for a living one. */
gboolean  sim_node_has_link (SimNode *self, SimNode *other);
void      sim_net_connect (SimNet *self, guint from, guint to);
SimNode  *sim_net_find  (SimNet *self, const char *id);                 /* NULL: a stranger */

/* ---- what is said ---- */
SimCast  *sim_net_send  (SimNet *self, guint host, gsize length);       /* NULL: none lives there */
void      sim_net_whisper (SimNet *self, guint from, guint to, gsize length);
guint     sim_cast_get_hops (SimCast *self, SimNode *node);             /* 0: not heard; as in hops */

/* A node heard it: from whom is not known of py2p's. */
void      sim_net_hear  (SimNet *self, SimCast *cast, SimNode *node, SimNode *from);

/* ---- what it looks like ---- */
guint     sim_net_count_alive (SimNet *self);
/* Parts of the network that no link joins, among nodes that are so old; links to the dead do not count. part: NULL, or for each host
 * the number of its part from 1 (0: none lives there, or it is younger) */
guint     sim_net_count_parts (SimNet *self, gint64 age, guint *part);
/* The same of what nodes know of each other (the first 64 hosts): more cannot come together by themselves. */
guint     sim_net_count_known_parts (SimNet *self);
/* Of the nodes that live. */
void      sim_net_sum_stats (SimNet *self, P2pNodeStats *sum);

/* What cannot be true of a node between two inputs; NULL: all is well. deep: look at every link too */
char     *p2p_mesh_node_check (P2pMeshNode *node, gboolean deep);

G_END_DECLS
