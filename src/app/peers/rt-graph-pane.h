/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* RtGraphPane: who is linked with whom in a network: drawn, and beside it the same as a list, with what can be done with the one chosen. Property network (nullable). */
#define RT_TYPE_GRAPH_PANE (rt_graph_pane_get_type ())
G_DECLARE_FINAL_TYPE (RtGraphPane, rt_graph_pane, RT, GRAPH_PANE, GtkWidget)

void rt_graph_pane_set_network (RtGraphPane *self, RtNetwork *network);
/* Of a graph without a network, for tests. */
void rt_graph_pane_set_graph   (RtGraphPane *self, RtGraph *graph, RtPeople *people);

G_END_DECLS
