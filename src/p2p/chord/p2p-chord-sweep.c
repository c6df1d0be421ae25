/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What is new here goes to replicas; what is ours no more goes to whom it belongs, and is kept until he has it. The store is gone through in slices. */
#include "p2p-chord-part-private.h"

#define SLICE 1024
#define PAUSE (5 * G_TIME_SPAN_MILLISECOND)

static void
give (P2pChordLink *link, const P2pChordSpot *spot)
{
  if (link->is_original)
    p2p_chord_restore_add (link, spot);
  else
    p2p_chord_copy_add (link, spot);
}

static void
replicate (P2pChordNode *self, const P2pChordSpot *spot)
{
  P2pChordLink *has_it = self->part->has_it;

  if (p2p_chord_is_small (self))
    {
      for (guint i = 0; i < self->links->len; i++)
        {
          P2pChordLink *link = g_ptr_array_index (self->links, i);

          if (link != has_it && link->part != NULL && link->part->member != NULL)
            p2p_chord_copy_add (link, spot);
        }
      return;
    }
  for (guint i = 0; i < 2; i++)
    {
      P2pChordLink *link = p2p_chord_link_of (self, p2p_chord_ring_get_own_before (self->ring, i));

      if (link != NULL && link != has_it)
        p2p_chord_copy_add (link, spot);
    }
}

void
p2p_chord_stored (P2pChordNode *self, const P2pChordValue *value, P2pChordLink *giver)
{
  P2pChordSpot spot = value->spot;
  P2pChordPlace place = value->place;
  gboolean is_deleted = value->value == NULL;
  P2pChordLink *guarded = p2p_chord_get_guarded (self, &place);
  P2pChordLink *heir;

  if (guarded != NULL || (p2p_chord_is_taking (self) && p2p_chord_ring_is_mine (self->ring, &place)))
    {
      /* A neighbour that passed a store on keeps nothing of it. */
      replicate (self, &spot);
      /* Of what an original has others may know less than it does. */
      if (guarded != NULL && guarded != self->part->has_it && !is_deleted)
        p2p_chord_guard_spot (self, &spot);
      return;
    }
  /* A replica, brought by whom it belongs to: else he may not have it yet. */
  heir = p2p_chord_get_heir (self, &place, NULL);
  if (heir != NULL && heir != giver && (!is_deleted || !heir->is_original))
    give (heir, &spot);
}

void
p2p_chord_note_given (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp)
{
  P2pChordNode *self = link->node;
  const P2pChordValue *value = p2p_chord_store_get (self->store, spot);

  if (value == NULL || value->stamp != stamp || p2p_chord_get_heir (self, &value->place, NULL) != link)
    return;
  if (self->seed == P2P_CHORD_SEED_LEAVING)
    {
      /* It answers until we are gone. */
      P2pChordCopying *given = g_new0 (P2pChordCopying, 1);

      given->spot = *spot;
      given->stamp = stamp;
      g_tree_replace (self->part->given, &given->spot, given);
    }
  else if (self->seed == P2P_CHORD_SEED_NOT || p2p_chord_ring_get_role (self->ring, &value->place, p2p_chord_is_small (self)) < 0)
    p2p_chord_forget (self, spot);
}

static gboolean
is_given (P2pChordNode *self, const P2pChordValue *value)
{
  P2pChordCopying *given = g_tree_lookup (self->part->given, &value->spot);

  return given != NULL && given->stamp == value->stamp;
}

guint
p2p_chord_count_held (P2pChordNode *self, guint most)
{
  const P2pChordValue *value = NULL;
  guint n = 0;

  while (n < most && (value = p2p_chord_store_walk (self->store, &self->place, &self->place, value)) != NULL)
    n += value->value != NULL && !is_given (self, value);
  return n;
}

static gboolean
is_fresh (P2pChordLink *link, const P2pChordPlace *place)
{
  P2pChordLinkPart *part = link->part;

  return part->fresh && (p2p_chord_place_compare (&part->fresh_from, &part->member->place) == 0 ||
                         !p2p_chord_place_is_within (place, &part->member->place, &part->fresh_from));
}

static void
look_at (P2pChordNode *self, const P2pChordValue *value)
{
  P2pChordLink *heir = p2p_chord_get_heir (self, &value->place, NULL);

  if (heir == NULL || (value->value == NULL && heir->is_original))
    return;
  if (p2p_chord_is_taking (self))
    {
      int role = p2p_chord_ring_get_role (self->ring, &value->place, p2p_chord_is_small (self));

      /* An original to whom it belongs since a short time knows nothing of what was there before. */
      if (role == 0 || (role > 0 && !(heir->is_original && is_fresh (heir, &value->place))))
        return;
    }
  else if (self->seed == P2P_CHORD_SEED_LEAVING && is_given (self, value))
    return;
  give (heir, &value->spot);
}

static void
end_sweep (P2pChordNode *self)
{
  self->part->sweep_begun = FALSE;
  if (self->part->sweep_again)
    {
      self->part->sweep_again = FALSE;
      p2p_chord_sweep (self);
      return;
    }
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->part != NULL)
        link->part->fresh = FALSE;
    }
}

static void
sweep_slice (P2pChordNode *self)
{
  P2pChordPart *part = self->part;
  P2pChordValue last = { .spot = part->sweep_last };
  const P2pChordValue *value = NULL;

  if (part->sweep_begun)
    {
      p2p_chord_place_of_spot (&last.place, self->k, &last.spot);
      value = &last;
    }
  for (guint i = 0; i < SLICE; i++)
    {
      value = p2p_chord_store_walk (self->store, &self->place, &self->place, value);
      if (value == NULL)
        {
          end_sweep (self);
          return;
        }
      part->sweep_begun = TRUE;
      part->sweep_last = value->spot;
      look_at (self, value);
    }
  p2p_chord_sweep (self);
}

static void
sweep_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->part->sweep_timer = 0;
  p2p_mesh_node_enter (mesh);
  sweep_slice (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_sweep (P2pChordNode *self)
{
  if (self->part->sweep_timer != 0)
    self->part->sweep_again |= self->part->sweep_begun;
  else if (!self->closed)
    self->part->sweep_timer = p2p_clock_schedule (p2p_chord_clock (self), self->part->sweep_begun ? PAUSE : 0, sweep_cb, self);
}
