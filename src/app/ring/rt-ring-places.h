/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "p2p/p2p.h"

G_BEGIN_DECLS

/**
 * RtRingPlaces: the five places of the chosen key as a list: which hash, where on the ring, what it said, who did and how far that was.
 * Signal: pointed (int: the place that the person is at, -1: none).
 */
#define RT_TYPE_RING_PLACES (rt_ring_places_get_type ())
G_DECLARE_FINAL_TYPE (RtRingPlaces, rt_ring_places, RT, RING_PLACES, GtkWidget)

/* lookup NULL: nothing is known of the key yet. */
void rt_ring_places_set_lookup (RtRingPlaces *self, P2pChordLookup *lookup);

G_END_DECLS
