/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/rt-counters.h"

G_BEGIN_DECLS

/* RtCountersBar: what the node of a network has counted, read while it is seen. Properties: network; counters (readable, nullable). */
#define RT_TYPE_COUNTERS_BAR (rt_counters_bar_get_type ())
G_DECLARE_FINAL_TYPE (RtCountersBar, rt_counters_bar, RT, COUNTERS_BAR, GtkWidget)

RtCounters *rt_counters_bar_get_counters (RtCountersBar *self);         /* nullable */
void        rt_counters_bar_set_network (RtCountersBar *self, RtNetwork *network);

G_END_DECLS
