/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/table/rt-table-page.h"
#include "model/ring/rt-ring.h"

G_BEGIN_DECLS

/**
 * RtRingPage: a table that is at many nodes: the keys as on the page of a shared table (an RtTablePage is in it), and beside them the ring.
 * Properties: ring (RtRing, nullable), table (RtTable, nullable).
 * Actions: those of RtTablePage; ring.show, .seed, .ask-again.
 */
#define RT_TYPE_RING_PAGE (rt_ring_page_get_type ())
G_DECLARE_FINAL_TYPE (RtRingPage, rt_ring_page, RT, RING_PAGE, GtkWidget)

void         rt_ring_page_set      (RtRingPage *self, RtRing *ring, RtTable *table);
RtTablePage *rt_ring_page_get_keys (RtRingPage *self);
gboolean     rt_ring_page_step_pane (RtRingPage *self, int step);       /* as rt_table_page_step_pane() */

G_END_DECLS
