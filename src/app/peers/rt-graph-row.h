/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/graph/rt-graph.h"

G_BEGIN_DECLS

/* RtGraphRow: somebody of the graph in the list of all of them: the mark, the name, and in sentences with whom there is a link. */
#define RT_TYPE_GRAPH_ROW (rt_graph_row_get_type ())
G_DECLARE_FINAL_TYPE (RtGraphRow, rt_graph_row, RT, GRAPH_ROW, GtkWidget)

GtkWidget *rt_graph_row_new  (void);
/* node NULL: none */
void       rt_graph_row_bind (RtGraphRow *self, RtGraph *graph, RtGraphNode *node, RtPeople *people);

G_END_DECLS
