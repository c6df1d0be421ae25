/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/ring/rt-ring.h"

G_BEGIN_DECLS

/**
 * RtRingView: the ring, drawn: its storing nodes where they are, ours and the arc that it stores, shortcuts, and the five places of the chosen key with what each
 * said. The places of 0 are on top, and it goes clockwise, in every language. The arrow keys go round the nodes, Enter chooses one; what is pointed at is named.
 *
 * Properties: ring (RtRing, nullable), member (P2pChordMemberInfo, nullable: the chosen one), place (int: the place of the key that is pointed out, -1: none).
 * The same is in RtRingMembers and RtRingPlaces in words.
 */
#define RT_TYPE_RING_VIEW (rt_ring_view_get_type ())
G_DECLARE_FINAL_TYPE (RtRingView, rt_ring_view, RT, RING_VIEW, GtkWidget)

void                rt_ring_view_set_ring   (RtRingView *self, RtRing *ring);
P2pChordMemberInfo *rt_ring_view_get_member (RtRingView *self);         /* transfer none, nullable */
void                rt_ring_view_set_member (RtRingView *self, P2pChordMemberInfo *member);
void                rt_ring_view_set_place  (RtRingView *self, int place);
/* There is little room for it: it asks for less. */
void                rt_ring_view_set_compact (RtRingView *self, gboolean compact);
/* What is at a point, in words; NULL: nothing. Transfer full. */
char               *rt_ring_view_dup_words_at (RtRingView *self, double x, double y);

G_END_DECLS
