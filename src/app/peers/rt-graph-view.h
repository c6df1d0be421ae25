/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/graph/rt-graph.h"

G_BEGIN_DECLS

/**
 * RtGraphView: who is linked with whom, drawn. Arrow keys go from one to the nearest in that direction, Home to us, Enter chooses, + and - zoom, 0 shows all, Control and an
 * arrow moves the drawing; the pointer drags it, and zooms with Control and its wheel.
 * Property: chosen (RtGraphNode, nullable). Actions: graph.zoom-in, .zoom-out, .fit.
 */
#define RT_TYPE_GRAPH_VIEW (rt_graph_view_get_type ())
G_DECLARE_FINAL_TYPE (RtGraphView, rt_graph_view, RT, GRAPH_VIEW, GtkWidget)

void         rt_graph_view_set        (RtGraphView *self, RtGraph *graph, RtPeople *people);    /* both nullable */
RtGraphNode *rt_graph_view_get_chosen (RtGraphView *self);
void         rt_graph_view_set_chosen (RtGraphView *self, RtGraphNode *node);
/* What to call a node: its name, or "You". Transfer full. */
char        *rt_graph_dup_name        (RtGraphNode *node, RtPeople *people);
/* Which mark a node has: of rt-ring-glyph.h. */
int          rt_graph_get_glyph       (RtGraphKind kind);

G_END_DECLS
