/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How the ring stays one, and ordered. */
#include "p2p-chord-node-private.h"

void
p2p_chord_ring_part_init (P2pChordNode *self)
{
}

void
p2p_chord_ring_part_clear (P2pChordNode *self)
{
}

void
p2p_chord_ring_closed (P2pChordNode *self)
{
}

void
p2p_chord_ring_link_added (P2pChordLink *link)
{
}

void
p2p_chord_ring_link_changed (P2pChordLink *link)
{
}

void
p2p_chord_ring_link_removed (P2pChordLink *link)
{
}

void
p2p_chord_stored (P2pChordNode *self, const P2pChordValue *value, P2pChordLink *giver)
{
}

void
p2p_chord_ring_written (P2pChordNode *self, GBytes *key, GVariant *value)
{
}

gboolean
p2p_chord_ring_control (P2pChordNode *self, P2pChordLink *link, gint64 op, P2pMessage *message)
{
  return FALSE;
}
