/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Joining the ring and leaving it. Without k a place is the id. With k a node looks for a free slot, from its own on: the one whose storing node is not at it. Of two that took
 * the same one the greater id moves on, as soon as they hear of each other.
 *
 * Who joins answers from the beginning, by who had his arc before while it is not here yet (p2p_chord_ring_get_former). Who leaves answers until others took what he has.
 */
#include "p2p-chord-part-private.h"

#define STEP_SPAN (100 * G_TIME_SPAN_MILLISECOND)
/* For those of our neighbours that have not said yet where they are. */
#define HEAR_SPAN (2 * G_TIME_SPAN_SECOND)
#define JOIN_SPAN (30 * G_TIME_SPAN_SECOND)
#define FIND_TRIES 3
#define AGAIN_SPAN G_TIME_SPAN_SECOND
#define DEFAULT_LEAVE_MS 30000

static void join_cb (gpointer data);

static void
plan (P2pChordNode *self, gint64 delay)
{
  if (self->part->join_timer == 0 && !self->closed)
    self->part->join_timer = p2p_clock_schedule (p2p_chord_clock (self), delay, join_cb, self);
}

static void
end_ops (P2pChordNode *self, gboolean leaving, const GError *error)
{
  for (guint i = self->part->ops->len; i-- > 0;)
    {
      P2pChordOp op = g_array_index (self->part->ops, P2pChordOp, i);

      if (op.leaving != leaving)
        continue;
      g_array_remove_index (self->part->ops, i);
      p2p_chord_end_done (self, op.handle, op.func, op.data, error);
    }
}

static guint64
add_op (P2pChordNode *self, gboolean leaving, P2pChordDoneFunc done, gpointer data)
{
  P2pChordOp op = { .handle = p2p_chord_new_handle (self), .leaving = leaving, .func = done, .data = data };

  g_array_append_val (self->part->ops, op);
  return op.handle;
}

/* ---- our place ---- */

static guint
get_n_after (P2pChordNode *self)
{
  return MAX (P2P_CHORD_N_AFTER, self->k);
}

/* The ring is looked at from another place: whom we know stays. */
void
p2p_chord_set_place (P2pChordNode *self, const P2pChordPlace *place)
{
  P2pMeshNode *mesh = self->mesh;
  g_autoptr (P2pChordMember) own = p2p_chord_member_new (place, p2p_mesh_node_get_id (mesh), p2p_mesh_node_get_out_host (mesh), p2p_mesh_node_get_out_port (mesh));

  p2p_chord_ring_free (self->ring);
  self->place = *place;
  self->ring = p2p_chord_ring_new (own, get_n_after (self), P2P_CHORD_N_BEFORE);
  self->part->n_fingers_asked = 0;
  for (guint i = 0; self->links != NULL && i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->member != NULL)
        p2p_chord_ring_add_contact (self->ring, link->member);
      if (link->part == NULL)
        continue;
      link->part->taken = link->part->compared = link->part->compared_his = FALSE;
      link->part->since = p2p_chord_now (self);
      if (link->part->member != NULL)
        p2p_chord_ring_offer (self->ring, link->part->member);
    }
}

static void
get_first_slot (P2pChordNode *self, P2pChordPlace *slot)
{
  P2pChordPlace place;

  p2p_chord_place_of_id (p2p_mesh_node_get_id (self->mesh), &place);
  /* The upper k bits of the number. */
  p2p_chord_place_init (slot, self->k, place.bytes, sizeof place.bytes);
}

/* Who stores nothing has no slot, and takes none: it stands behind its first one, where nobody else is. */
static void
stand_aside (P2pChordNode *self)
{
  P2pChordPlace slot, place;

  if (self->k == 0)
    return;
  get_first_slot (self, &slot);
  p2p_chord_place_add_power (&slot, P2P_CHORD_PLACE_BYTES * 8 - 1 - self->k, &place);
  p2p_chord_set_place (self, &place);
}

void
p2p_chord_join_init (P2pChordNode *self)
{
  self->part->ops = g_array_new (FALSE, FALSE, sizeof (P2pChordOp));
  self->part->given = p2p_chord_spots_new (g_free);
  stand_aside (self);
}

/* ---- joining ---- */

static void
announce (P2pChordNode *self)
{
  p2p_chord_send_meta_to_all (self);
  p2p_chord_tell_ring (self, P2P_CHORD_RING_ANSWER);
  p2p_chord_look_at_ring (self);
}

static void
stop_storing (P2pChordNode *self)
{
  p2p_chord_set_seed (self, P2P_CHORD_SEED_NOT);
  stand_aside (self);
  announce (self);
}

static void
ring_is_full (P2pChordNode *self)
{
  g_autoptr (GError) error = g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_RING_FULL, "All %u places of this ring are taken", 1u << self->k);

  self->part->join_placed = FALSE;
  stop_storing (self);
  end_ops (self, FALSE, error);
}

static void
take_slot (P2pChordNode *self)
{
  self->part->join_placed = TRUE;
  p2p_chord_set_place (self, &self->part->slot);
  announce (self);
  plan (self, STEP_SPAN);
}

/* members: who the slot belongs to, and who is behind him. The first that is not taken is ours. */
static void
found_cb (P2pChordNode *self, GPtrArray *members, gpointer data)
{
  P2pChordPart *part = self->part;

  part->join_finding = FALSE;
  if (self->seed != P2P_CHORD_SEED_JOINING || part->join_placed)
    return;
  if (members == NULL)
    {
      if (++part->join_tries >= FIND_TRIES)
        take_slot (self);
      else
        plan (self, STEP_SPAN);
      return;
    }
  for (guint i = 0; i < members->len; i++)
    {
      P2pChordMember *member = g_ptr_array_index (members, i);

      p2p_chord_consider (self, member, TRUE);
      if (p2p_chord_place_compare (&member->place, &part->slot) != 0 || g_str_equal (member->id, p2p_mesh_node_get_id (self->mesh)))
        continue;
      if (++part->n_taken >= 1u << self->k)
        {
          ring_is_full (self);
          return;
        }
      p2p_chord_place_next_slot (&part->slot, self->k, &part->slot);
      /* Who comes next may be at the next one; if nobody does, it is asked about. */
      if (i + 1 == members->len)
        {
          plan (self, 0);
          return;
        }
    }
  take_slot (self);
}

static gboolean
is_hearing (P2pChordNode *self)
{
  if (p2p_chord_now (self) - self->part->join_since >= HEAR_SPAN)
    return FALSE;
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->part == NULL || (link->part->speaks && !link->part->heard))
        return TRUE;
    }
  return FALSE;
}

static void
look_for_slot (P2pChordNode *self)
{
  if (self->part->join_finding)
    return;
  if (is_hearing (self))
    {
      plan (self, STEP_SPAN);
      return;
    }
  self->part->join_finding = TRUE;
  if (p2p_chord_ring_get_n_contacts (self->ring) == 0)
    {
      self->part->join_finding = FALSE;
      take_slot (self);
      return;
    }
  p2p_chord_find (self, &self->part->slot, FALSE, found_cb, NULL);
}

static void
begin_join (P2pChordNode *self)
{
  P2pChordPart *part = self->part;

  part->join_since = p2p_chord_now (self);
  part->join_deadline = part->join_since + JOIN_SPAN;
  part->join_tries = part->n_taken = 0;
  part->join_placed = self->k == 0;
  p2p_chord_set_seed (self, P2P_CHORD_SEED_JOINING);
  if (part->join_placed)
    announce (self);
}

static void
near_cb (P2pChordNode *self, GPtrArray *members, gpointer data)
{
  for (guint i = 0; members != NULL && i < members->len; i++)
    p2p_chord_consider (self, g_ptr_array_index (members, i), FALSE);
  p2p_chord_dial (self);
}

/* Who is just before us, whom nobody may have told of. */
static void
look_for_neighbours (P2pChordNode *self)
{
  P2pChordPlace place = self->place;

  for (guint i = sizeof place.bytes; i-- > 0 && place.bytes[i]-- == 0;)
    ;
  p2p_chord_find (self, &place, FALSE, near_cb, NULL);
}

/* What is ours is here, or nobody of ours had it. */
static gboolean
is_taken_over (P2pChordNode *self)
{
  P2pChordMember *before = p2p_chord_ring_get_before (self->ring, 0);
  P2pChordLink *link = p2p_chord_link_of (self, before);

  return link == NULL || !link->part->speaks || link->part->taken;
}

static void
join_step (P2pChordNode *self)
{
  P2pChordPart *part = self->part;
  gint64 now = p2p_chord_now (self);

  if (!part->join_placed)
    {
      look_for_slot (self);
      return;
    }
  if ((!is_hearing (self) && is_taken_over (self)) || now >= part->join_deadline)
    {
      p2p_chord_set_seed (self, P2P_CHORD_SEED_JOINED);
      p2p_chord_look_at_ring (self);
      end_ops (self, FALSE, NULL);
      return;
    }
  plan (self, STEP_SPAN);
}

/* Two with one slot: the greater id moves on. */
void
p2p_chord_join_check (P2pChordNode *self)
{
  P2pChordPart *part = self->part;
  const char *id = p2p_mesh_node_get_id (self->mesh);

  if (self->seed == P2P_CHORD_SEED_JOINING || self->seed == P2P_CHORD_SEED_LEAVING)
    plan (self, 0);
  if (self->k == 0 || !p2p_chord_is_taking (self) || !part->join_placed)
    return;
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->part == NULL || link->part->member == NULL || p2p_chord_place_compare (&link->part->member->place, &self->place) != 0 ||
          g_strcmp0 (id, link->part->member->id) < 0)
        continue;
      part->slot = self->place;
      begin_join (self);
      plan (self, 0);
      return;
    }
}

guint64
p2p_chord_node_join (P2pChordNode *self, P2pChordDoneFunc done, gpointer data)
{
  guint64 handle;

  p2p_mesh_node_enter (self->mesh);
  handle = add_op (self, FALSE, done, data);
  if (self->seed == P2P_CHORD_SEED_JOINED)
    end_ops (self, FALSE, NULL);
  else if (self->seed != P2P_CHORD_SEED_JOINING)
    {
      g_autoptr (GError) error = g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "The node stores again: it was asked to before it had left");

      end_ops (self, TRUE, error);
      g_tree_remove_all (self->part->given);
      if (self->k > 0 && self->seed == P2P_CHORD_SEED_LEAVING)
        self->part->slot = self->place;
      else if (self->k > 0)
        get_first_slot (self, &self->part->slot);
      begin_join (self);
      if (self->k == 0)
        look_for_neighbours (self);
      plan (self, 0);
    }
  p2p_mesh_node_leave (self->mesh);
  return handle;
}

/* ---- leaving ---- */

static gboolean
is_idle (P2pChordNode *self)
{
  if (self->part->sweep_timer != 0)
    return FALSE;
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (!p2p_chord_copy_is_idle (link) || !p2p_chord_restore_is_idle (link))
        return FALSE;
    }
  return TRUE;
}

/* What others took is forgotten, and what nobody took stays until somebody does. */
static void
end_leaving (P2pChordNode *self, const GError *error)
{
  g_autoptr (GArray) spots = g_array_new (FALSE, FALSE, sizeof (P2pChordSpot));

  for (GTreeNode *node = g_tree_node_first (self->part->given); node != NULL; node = g_tree_node_next (node))
    {
      const P2pChordCopying *one = g_tree_node_value (node);
      const P2pChordValue *value = p2p_chord_store_get (self->store, &one->spot);

      if (value != NULL && value->stamp == one->stamp)
        g_array_append_val (spots, one->spot);
    }
  g_tree_remove_all (self->part->given);
  stop_storing (self);
  for (guint i = 0; i < spots->len; i++)
    p2p_chord_forget (self, &g_array_index (spots, P2pChordSpot, i));
  end_ops (self, TRUE, error);
}

static void
leave_step (P2pChordNode *self)
{
  P2pChordPart *part = self->part;
  g_autoptr (GError) error = NULL;
  guint held;

  if (is_idle (self) || p2p_chord_now (self) >= part->join_deadline)
    {
      held = p2p_chord_count_held (self, G_MAXUINT);
      if (held == 0)
        {
          end_leaving (self, NULL);
          return;
        }
      if (p2p_chord_get_heir (self, &self->place, NULL) == NULL)
        error = g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "Nobody is there to take the %u values that this node stores: it keeps them", held);
      else if (p2p_chord_now (self) >= part->join_deadline)
        error = g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT, "%u values were not taken by others in time: this node keeps them until they are", held);
      if (error != NULL)
        {
          end_leaving (self, error);
          return;
        }
      if (p2p_chord_now (self) - part->join_since >= AGAIN_SPAN)
        {
          part->join_since = p2p_chord_now (self);
          p2p_chord_sweep (self);
        }
    }
  plan (self, STEP_SPAN);
}

/* As long as they believe that we store they send back to us what is ours by its place. */
static void
tell_originals (P2pChordNode *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->is_original)
        p2p_chord_send_meta (link);
    }
}

guint64
p2p_chord_node_unjoin (P2pChordNode *self, guint timeout_ms, P2pChordDoneFunc done, gpointer data)
{
  P2pChordPart *part = self->part;
  guint64 handle;

  p2p_mesh_node_enter (self->mesh);
  handle = add_op (self, TRUE, done, data);
  if (self->seed == P2P_CHORD_SEED_NOT)
    end_ops (self, TRUE, NULL);
  else
    {
      g_autoptr (GError) error = g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "The node stores no more: it was asked not to before it had joined");

      end_ops (self, FALSE, error);
      part->join_since = p2p_chord_now (self);
      part->join_deadline = part->join_since + (gint64) (timeout_ms > 0 ? timeout_ms : DEFAULT_LEAVE_MS) * G_TIME_SPAN_MILLISECOND;
      if (self->seed != P2P_CHORD_SEED_LEAVING)
        {
          p2p_chord_set_seed (self, P2P_CHORD_SEED_LEAVING);
          p2p_chord_tell_ring (self, 0);
          tell_originals (self);
          p2p_chord_sweep (self);
        }
      plan (self, 0);
    }
  p2p_mesh_node_leave (self->mesh);
  return handle;
}

/* ---- both ---- */

static void
join_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->part->join_timer = 0;
  p2p_mesh_node_enter (mesh);
  if (self->seed == P2P_CHORD_SEED_JOINING)
    join_step (self);
  else if (self->seed == P2P_CHORD_SEED_LEAVING)
    leave_step (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

gboolean
p2p_chord_ring_cancel (P2pChordNode *self, guint64 handle)
{
  for (guint i = 0; i < self->part->ops->len; i++)
    if (g_array_index (self->part->ops, P2pChordOp, i).handle == handle)
      {
        g_array_remove_index (self->part->ops, i);
        return TRUE;
      }
  return FALSE;
}

void
p2p_chord_join_end (P2pChordNode *self)
{
  g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");

  p2p_clock_cancel (p2p_chord_clock (self), self->part->join_timer);
  self->part->join_timer = 0;
  end_ops (self, FALSE, error);
  end_ops (self, TRUE, error);
}

void
p2p_chord_join_clear (P2pChordNode *self)
{
  g_array_unref (self->part->ops);
  g_tree_unref (self->part->given);
}
