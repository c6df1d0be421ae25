/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-graph.h"

G_BEGIN_DECLS

/* Rings of 6, 12, 18, ... places around us: enough for all but us. */
#define RT_GRAPH_RINGS 13u
#define RT_GRAPH_PLACES (3 * RT_GRAPH_RINGS * (RT_GRAPH_RINGS + 1))
#define RT_GRAPH_NO_PLACE G_MAXUINT

struct _RtGraphNode {
  GObject     parent_instance;
  char       *id;
  RtGraphKind kind;
  guint       hops;
  guint       n_links;
  guint       place;            /* RT_GRAPH_NO_PLACE: not placed yet, or in the middle */
  double      x, y;
  guint       at;               /* in the list */
  guint       parent;           /* who leads to us; in the list */
  guint       turn;             /* of the update that knew it last */
  guint       sum;              /* of its edges, to see that they are others */
};

struct _RtGraph {
  GObject     parent_instance;
  char       *you;
  GPtrArray  *links;            /* of Link, in the order in which they came */
  GHashTable *links_by_id;      /* not owning */
  GPtrArray  *heard;            /* of Heard, the oldest first */
  GPtrArray  *nodes;            /* of RtGraphNode */
  GHashTable *by_id;            /* not owning */
  GArray     *edges;            /* of RtGraphEdge */
  guint       n_left_out;
  guint       turn;
  gboolean    dirty;
  gint64      next_age;         /* UTC seconds: something may be too old then */
  RtGraphNode *places[RT_GRAPH_PLACES];         /* not owned */
  struct {
    double x, y;
    guint  ring;
  } points[RT_GRAPH_PLACES];                    /* where they are */
};

/* rt-graph-node.c */
void rt_graph_node_tell (RtGraphNode *self);

/* rt-graph-layout.c */
void rt_graph_layout_init  (RtGraph *self);
void rt_graph_layout_free  (RtGraph *self, RtGraphNode *node);
/* Those that have no place yet. Whoever has one keeps it. */
void rt_graph_layout_place (RtGraph *self);

G_END_DECLS
