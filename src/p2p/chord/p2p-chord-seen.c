/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who is on the ring, as far as we know, for the program. */
#include "p2p-chord-node-private.h"

static void
seen_clear (gpointer data)
{
  P2pChordSeen *seen = data;

  g_clear_pointer (&seen->member, p2p_chord_member_unref);
  g_clear_pointer (&seen->peer, p2p_peer_unref);
}

/* By its place; the later word about a node does not take the place of the first. */
static P2pChordSeen *
note (GArray *list, P2pChordMember *member)
{
  P2pChordSeen new = { .n_values = -1, .n_bytes = -1 };
  guint low = 0;

  for (guint i = 0; i < list->len; i++)
    {
      P2pChordSeen *seen = &g_array_index (list, P2pChordSeen, i);

      if (g_str_equal (seen->member->id, member->id))
        return seen;
      if (p2p_chord_place_compare (&seen->member->place, &member->place) <= 0)
        low = i + 1;
    }
  new.member = p2p_chord_member_ref (member);
  g_array_insert_val (list, low, new);
  return &g_array_index (list, P2pChordSeen, low);
}

static void
note_links (P2pChordNode *self, GArray *list)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);
      P2pChordSeen *seen;

      if (link->member == NULL)
        continue;
      seen = note (list, link->member);
      if (seen->peer == NULL)
        seen->peer = p2p_peer_ref (link->peer);
      seen->is_own = !link->is_original && link->known;
      seen->n_values = link->n_values;
      seen->n_bytes = link->n_bytes;
    }
}

GArray *
p2p_chord_node_get_seen (P2pChordNode *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (P2pChordSeen));
  P2pChordMember *member;
  guint n_fingers = p2p_chord_ring_get_n_fingers (self->ring, self->k);

  g_array_set_clear_func (list, seen_clear);
  if (p2p_chord_is_storing (self))
    {
      P2pChordSeen *seen = note (list, p2p_chord_ring_get_own (self->ring));

      seen->is_self = seen->is_own = TRUE;
      seen->n_values = p2p_chord_store_get_n_values (self->store);
      seen->n_bytes = (gint64) p2p_chord_store_get_n_bytes (self->store);
    }
  note_links (self, list);
  for (guint i = 0; (member = p2p_chord_ring_get_after (self->ring, i)) != NULL; i++)
    note (list, member)->roles |= P2P_CHORD_ROLE_AFTER;
  for (guint i = 0; (member = p2p_chord_ring_get_before (self->ring, i)) != NULL; i++)
    note (list, member)->roles |= P2P_CHORD_ROLE_BEFORE;
  for (guint i = 0; i < n_fingers; i++)
    if ((member = p2p_chord_ring_get_finger (self->ring, i)) != NULL)
      note (list, member)->roles |= P2P_CHORD_ROLE_FINGER;
  return list;
}
