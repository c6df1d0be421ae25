/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/people/rt-people.h"

G_BEGIN_DECLS

/* So many at most: who is linked with us comes before those that others tell of. */
#define RT_GRAPH_MAX_NODES 512u
#define RT_GRAPH_MAX_EDGES 4096u
/* Of what one neighbour says, the newest; and of whom we only heard. */
#define RT_GRAPH_MAX_CLAIMS 64u
#define RT_GRAPH_MAX_HEARD 128u
/* What nobody said again for so long is not known any more. */
#define RT_GRAPH_SECONDS 600

typedef enum {
  RT_GRAPH_YOU,
  RT_GRAPH_NEIGHBOUR,           /* there is a link to us */
  RT_GRAPH_TOLD,                /* a neighbour says that it is linked with it */
  RT_GRAPH_HEARD,               /* it said something that a neighbour brought: who is in between is not known */
} RtGraphKind;

typedef enum {
  RT_GRAPH_EDGE_LINK,           /* ours: there is no doubt */
  RT_GRAPH_EDGE_BOTH,           /* both ends say so */
  RT_GRAPH_EDGE_CLAIM,          /* from says so */
  RT_GRAPH_EDGE_HEARD,          /* to was heard by way of from */
} RtGraphEdgeKind;

typedef struct {
  guint           from, to;     /* places in the list */
  RtGraphEdgeKind kind;
  gint64          since;        /* UTC seconds: the link, or when it was said first */
  gint64          told;         /* likewise: when it was said last; of a link 0 */
} RtGraphEdge;

/* Somebody in the graph. Signal changed: kind, hops, links or neighbours are others. */
#define RT_TYPE_GRAPH_NODE (rt_graph_node_get_type ())
G_DECLARE_FINAL_TYPE (RtGraphNode, rt_graph_node, RT, GRAPH_NODE, GObject)

const char *rt_graph_node_get_id (RtGraphNode *self);
RtGraphKind rt_graph_node_get_kind (RtGraphNode *self);
guint       rt_graph_node_get_hops (RtGraphNode *self);         /* links from us to it; 0: us, or not known */
guint       rt_graph_node_get_n_links (RtGraphNode *self);      /* edges, those of RT_GRAPH_EDGE_HEARD apart */
/* Where it is drawn, for as long as it is there: we are at 0, 0, and 1 is from us to the nearest. */
void        rt_graph_node_get_place (RtGraphNode *self, double *x, double *y);

/**
 * RtGraph: who is linked with whom, as far as we know: a GListModel of #RtGraphNode, we first, the others in the order in which they became known.
 * It is fed with facts; what they come to is there after rt_graph_update(). Signal changed: after each that changed anything.
 */
#define RT_TYPE_GRAPH (rt_graph_get_type ())
G_DECLARE_FINAL_TYPE (RtGraph, rt_graph, RT, GRAPH, GObject)

RtGraph           *rt_graph_new (void);
RtGraphNode       *rt_graph_find (RtGraph *self, const char *id);       /* transfer none, nullable */
guint              rt_graph_get_n_edges (RtGraph *self);
const RtGraphEdge *rt_graph_get_edge (RtGraph *self, guint index);
/* Known, but there was no room. */
guint              rt_graph_get_n_left_out (RtGraph *self);
/* In sentences, for one who reads it or has it read: with whom it is linked, and who says so. now: UTC seconds. Transfer full. */
char              *rt_graph_dup_words (RtGraph *self, RtGraphNode *node, RtPeople *people, gint64 now);
/* "12 people, 31 connections". Transfer full. */
char              *rt_graph_dup_summary (RtGraph *self);

/* ---- facts; now: UTC seconds ---- */
void rt_graph_set_you (RtGraph *self, const char *id);                  /* NULL: off; nothing is known any more */
void rt_graph_link    (RtGraph *self, const char *id, gint64 since);
void rt_graph_unlink  (RtGraph *self, const char *id);
/* Of a neighbour; of others it is nothing. */
void rt_graph_tell    (RtGraph *self, const char *teller, const char * const *ids, gint64 now);
void rt_graph_hear    (RtGraph *self, const char *sender, const char *via, gint64 now);
/* FALSE: nothing changed. */
gboolean rt_graph_update (RtGraph *self, gint64 now);

G_END_DECLS
