/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/network/rt-network.h"
#include "model/traffic/rt-traffic.h"

G_BEGIN_DECLS

/**
 * RtTrafficPage: the frames that cross the links of a network, as they do; filtered, paused, exported; with what is in them.
 * It watches while it is seen, or while it is told to record.
 * Property: network.
 * Actions: traffic.find, .paused, .record, .clear, .export, .back, .way, .verdict, .dropped-only, .group-*, .everything; of the chosen frame: .copy-id,
 * .copy-row, .copy-packets, .only-peer, .open-menu, .details.
 */
#define RT_TYPE_TRAFFIC_PAGE (rt_traffic_page_get_type ())
G_DECLARE_FINAL_TYPE (RtTrafficPage, rt_traffic_page, RT, TRAFFIC_PAGE, GtkWidget)

void       rt_traffic_page_set_network (RtTrafficPage *self, RtNetwork *network);
RtTraffic *rt_traffic_page_get_traffic (RtTrafficPage *self);
/* To the other pane of the page: TRUE; past its last or first one: FALSE. */
gboolean   rt_traffic_page_step_pane (RtTrafficPage *self, int step);
/* Writes what is shown into a file, and tells what came of it by a toast. */
void       rt_traffic_page_export_to (RtTrafficPage *self, GFile *file);

G_END_DECLS
