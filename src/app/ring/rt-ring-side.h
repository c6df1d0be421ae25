/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/table/rt-key-details.h"
#include "model/ring/rt-ring.h"

G_BEGIN_DECLS

/**
 * RtRingSide: what stands beside the keys of a ring: whether this computer stores values, the circle, and below it the chosen key, its five places, or all nodes.
 * While the key is edited there is only the editor.
 * Properties: ring (RtRing, nullable), show-back (there is a way back to the list).
 * It speaks by actions of its page: table.back, ring.ask-again.
 */
#define RT_TYPE_RING_SIDE (rt_ring_side_get_type ())
G_DECLARE_FINAL_TYPE (RtRingSide, rt_ring_side, RT, RING_SIDE, GtkWidget)

void rt_ring_side_set_details (RtRingSide *self, RtKeyDetails *details);
void rt_ring_side_set_ring    (RtRingSide *self, RtRing *ring);
void rt_ring_side_show        (RtRingSide *self, const char *page);     /* "key", "places", "nodes" */

G_END_DECLS
