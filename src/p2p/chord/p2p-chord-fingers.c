/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Fingers, one after the other: FIND says who is at each, and who that is gets a link (p2p-chord-dial.c). */
#include "p2p-chord-part-private.h"

/* Rounds in which several are asked for at once, after the beginning. */
#define HURRIED_ROUNDS 8
#define HURRIED_FINGERS 4

static void
found_cb (P2pChordNode *self, GPtrArray *members, gpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  P2pChordMember *found = NULL;
  P2pChordPlace target;
  P2pChordLink *link;

  if (index >= p2p_chord_ring_get_n_fingers (self->ring, self->k) || members == NULL)
    return;
  p2p_chord_ring_get_finger_target (self->ring, index, &target);
  /* The first at the target or behind it. */
  for (guint i = 0; i < members->len && found == NULL; i++)
    {
      P2pChordMember *member = g_ptr_array_index (members, i);

      if (i > 0 || p2p_chord_place_compare (&member->place, &target) == 0)
        found = member;
    }
  if (found == NULL || g_str_equal (found->id, p2p_mesh_node_get_id (self->mesh)))
    {
      p2p_chord_ring_set_finger (self->ring, index, NULL);
      return;
    }
  link = p2p_chord_find_link_by_id (self, found->id);
  if (link != NULL)
    p2p_chord_ring_set_finger (self->ring, index, link->part != NULL ? link->part->member : NULL);
  else
    {
      p2p_chord_ring_set_finger (self->ring, index, found);
      p2p_chord_consider (self, found, TRUE);
    }
}

void
p2p_chord_fingers_step (P2pChordNode *self)
{
  guint n = p2p_chord_ring_get_n_fingers (self->ring, self->k);
  guint now = self->part->n_fingers_asked < HURRIED_ROUNDS * HURRIED_FINGERS ? HURRIED_FINGERS : 1;

  if (n == 0 || p2p_chord_ring_get_n_contacts (self->ring) == 0)
    return;
  for (guint i = 0; i < MIN (now, n); i++)
    {
      guint index = self->part->next_finger++ % n;
      P2pChordPlace target;

      self->part->n_fingers_asked++;
      p2p_chord_ring_get_finger_target (self->ring, index, &target);
      p2p_chord_find (self, &target, p2p_chord_is_placed (self), found_cb, GUINT_TO_POINTER (index));
    }
}

void
p2p_chord_fingers_lose (P2pChordNode *self, const char *id)
{
  for (guint i = 0; i < p2p_chord_ring_get_n_fingers (self->ring, self->k); i++)
    {
      P2pChordMember *finger = p2p_chord_ring_get_finger (self->ring, i);

      if (finger != NULL && g_str_equal (finger->id, id))
        p2p_chord_ring_set_finger (self->ring, i, NULL);
    }
}
