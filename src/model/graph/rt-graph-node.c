/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-graph-private.h"

G_DEFINE_FINAL_TYPE (RtGraphNode, rt_graph_node, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
finalize (GObject *object)
{
  g_free (RT_GRAPH_NODE (object)->id);
  G_OBJECT_CLASS (rt_graph_node_parent_class)->finalize (object);
}

static void
rt_graph_node_class_init (RtGraphNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_graph_node_init (RtGraphNode *self)
{
  self->place = RT_GRAPH_NO_PLACE;
}

const char *
rt_graph_node_get_id (RtGraphNode *self)
{
  g_return_val_if_fail (RT_IS_GRAPH_NODE (self), NULL);
  return self->id;
}

RtGraphKind
rt_graph_node_get_kind (RtGraphNode *self)
{
  g_return_val_if_fail (RT_IS_GRAPH_NODE (self), RT_GRAPH_HEARD);
  return self->kind;
}

guint
rt_graph_node_get_hops (RtGraphNode *self)
{
  g_return_val_if_fail (RT_IS_GRAPH_NODE (self), 0);
  return self->hops;
}

guint
rt_graph_node_get_n_links (RtGraphNode *self)
{
  g_return_val_if_fail (RT_IS_GRAPH_NODE (self), 0);
  return self->n_links;
}

void
rt_graph_node_get_place (RtGraphNode *self, double *x, double *y)
{
  g_return_if_fail (RT_IS_GRAPH_NODE (self));

  *x = self->x;
  *y = self->y;
}

void
rt_graph_node_tell (RtGraphNode *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}
