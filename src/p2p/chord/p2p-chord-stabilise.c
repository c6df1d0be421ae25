/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * How the ring stays one, and ordered. Neighbours are asked for theirs every few seconds (RING), and whoever is nearer gets a link; an original says nothing of
 * a ring, but tells its peers, and their ids are places. Only who has a link to us and says that he stores is on our lists.
 */
#include "p2p-chord-part-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

/* Fewer storing nodes than that: everybody of ours stores everything. With k it is k. */
#define SMALL_RING 5
/* What follows from a change of the ring waits for others that come with it. */
#define SETTLE_SPAN (100 * G_TIME_SPAN_MILLISECOND)
/* RING of one neighbour. */
#define RING_BURST 32
#define RINGS_A_SECOND 4
/* What we say ourselves stays below it. */
#define TELL_BURST 24
#define TELLS_A_SECOND 3
/* Arcs are compared anew. */
#define ARCS_SPAN G_TIME_SPAN_MINUTE
#define OTHERS_ROUNDS 5
#define CONTACTS_ROUNDS 12

gint64
p2p_chord_vary (P2pChordNode *self, gint64 span)
{
  guint8 random;

  p2p_random_fill (p2p_mesh_node_get_env (self->mesh)->random, &random, 1);
  return span * (896 + random) / 1024;
}

gboolean
p2p_chord_may (P2pChordNode *self, P2pChordBucket *bucket, double most, double per_second)
{
  gint64 now = p2p_chord_now (self);

  bucket->tokens = bucket->filled == 0 ? most : MIN (bucket->tokens + (double) (now - bucket->filled) / G_TIME_SPAN_SECOND * per_second, most);
  bucket->filled = now;
  if (bucket->tokens < 1)
    return FALSE;
  bucket->tokens--;
  return TRUE;
}

P2pChordLink *
p2p_chord_link_of (P2pChordNode *self, P2pChordMember *member)
{
  P2pChordLink *link = member != NULL ? p2p_chord_find_link_by_id (self, member->id) : NULL;

  return link != NULL && link->part != NULL && link->part->member != NULL ? link : NULL;
}

gboolean
p2p_chord_is_small (P2pChordNode *self)
{
  guint size = p2p_chord_ring_get_size (self->ring);

  return size > 0 && size < (self->k > 0 ? self->k : SMALL_RING);
}

/* ---- RING ---- */

static GPtrArray *
list_neighbours (P2pChordNode *self, P2pChordMember *(*get) (P2pChordRing *ring, guint index))
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);
  P2pChordMember *member;

  for (guint i = 0; i < P2P_CHORD_MOST_MEMBERS && (member = get (self->ring, i)) != NULL; i++)
    g_ptr_array_add (list, p2p_chord_member_ref (member));
  return list;
}

void
p2p_chord_send_ring (P2pChordLink *link, guint flags)
{
  P2pChordNode *self = link->node;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  GVariant *rest[6];

  if (link->part == NULL || !link->part->speaks)
    return;
  link->part->untold = !p2p_chord_may (self, &link->part->told, TELL_BURST, TELLS_A_SECOND);
  if (link->part->untold)
    return;
  before = list_neighbours (self, p2p_chord_ring_get_before);
  after = list_neighbours (self, p2p_chord_ring_get_after);
  if (p2p_chord_is_placed (self))
    flags |= P2P_CHORD_RING_STORING;
  else
    flags &= ~(guint) P2P_CHORD_RING_FIRST_AFTER;
  if (self->seed == P2P_CHORD_SEED_LEAVING)
    flags |= P2P_CHORD_RING_LEAVING;
  rest[0] = g_variant_new_int64 (flags);
  rest[1] = p2p_chord_new_bytes (self->place.bytes, sizeof self->place.bytes);
  rest[2] = g_variant_new_int64 (p2p_chord_store_get_n_values (self->store));
  rest[3] = g_variant_new_int64 ((gint64) p2p_chord_store_get_n_bytes (self->store));
  rest[4] = p2p_chord_pack_members (before);
  rest[5] = p2p_chord_pack_members (after);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_RING, rest, G_N_ELEMENTS (rest));
}

void
p2p_chord_tell_ring (P2pChordNode *self, guint flags)
{
  for (guint i = 0; i < self->links->len; i++)
    p2p_chord_send_ring (g_ptr_array_index (self->links, i), flags);
}

static gboolean
is_us (P2pChordNode *self, P2pChordMember *member)
{
  return g_str_equal (member->id, p2p_mesh_node_get_id (self->mesh));
}

/* As far as each of them has a link to us. Whom we do not know is looked for; *whole: everybody is known */
static GPtrArray *
believe (P2pChordNode *self, GPtrArray *told, gboolean *whole)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);

  *whole = TRUE;
  for (guint i = 0; i < told->len; i++)
    {
      P2pChordMember *member = g_ptr_array_index (told, i);
      P2pChordLink *link = p2p_chord_link_of (self, member);

      if (!is_us (self, member) && link == NULL)
        {
          p2p_chord_consider (self, member, FALSE);
          *whole = FALSE;
        }
      else if (*whole)
        g_ptr_array_add (list, p2p_chord_member_ref (link != NULL ? link->part->member : member));
    }
  return list;
}

static gboolean
is_first_after (P2pChordNode *self, P2pChordMember *member)
{
  P2pChordMember *first = p2p_chord_ring_get_after (self->ring, 0);

  return first != NULL && g_str_equal (first->id, member->id);
}

static void
take_lists (P2pChordLink *link, gint64 flags, GPtrArray *before, GPtrArray *after)
{
  P2pChordNode *self = link->node;
  gboolean whole_before, whole_after;
  g_autoptr (GPtrArray) believed_before = believe (self, before, &whole_before);
  g_autoptr (GPtrArray) believed_after = believe (self, after, &whole_after);
  P2pChordMember *member = link->part->member;
  P2pChordLink *nearer;
  P2pChordMember *closer;

  if (member == NULL || p2p_chord_place_compare (&member->place, &self->place) == 0)
    return;
  p2p_chord_ring_stabilise (self->ring, member, believed_after, believed_before, &closer);
  /* His first before may have come since: it knows more of what is between. */
  nearer = p2p_chord_link_of (self, closer);
  if (nearer != NULL && p2p_chord_ring_offer (self->ring, nearer->part->member))
    p2p_chord_send_ring (nearer, P2P_CHORD_RING_ANSWER);
  if (flags & P2P_CHORD_RING_FIRST_AFTER && p2p_chord_is_storing (self))
    {
      P2pChordMember *first = p2p_chord_ring_get_before (self->ring, 0);

      p2p_chord_ring_notify (self->ring, member, believed_before, first == NULL || p2p_chord_link_of (self, first) != NULL);
    }
}

static void
take_ring (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GPtrArray) before = p2p_chord_get_members (link, message, 4);
  g_autoptr (GPtrArray) after = p2p_chord_get_members (link, message, 5);
  gint64 flags, n_values, n_bytes;
  P2pChordPlace place;
  gboolean storing;

  if (before == NULL || after == NULL || !p2p_chord_get_int (message, 0, &flags) || !p2p_chord_get_place (message, 1, &place) ||
      !p2p_chord_get_int (message, 2, &n_values) || !p2p_chord_get_int (message, 3, &n_bytes) ||
      (flags & P2P_CHORD_RING_STORING && !p2p_chord_is_place_of (self, &place, p2p_peer_get_id (link->peer))))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!p2p_chord_may (self, &link->part->rings, RING_BURST, RINGS_A_SECOND))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  storing = (flags & P2P_CHORD_RING_STORING) != 0;
  link->part->heard = TRUE;
  link->part->leaving = (flags & P2P_CHORD_RING_LEAVING) != 0;
  if (link->n_values != n_values || link->n_bytes != n_bytes)
    p2p_chord_emit_ring (self);
  link->n_values = n_values;
  link->n_bytes = n_bytes;
  p2p_chord_link_set_storing (link, storing, storing ? &place : NULL);
  if (storing)
    take_lists (link, flags, before, after);
  if (flags & P2P_CHORD_RING_ANSWER)
    p2p_chord_send_ring (link, link->part->member != NULL && is_first_after (self, link->part->member) ? P2P_CHORD_RING_FIRST_AFTER : 0);
  p2p_chord_look_at_ring (self);
}

/* ---- what follows from a change ---- */

static char *
view_ring (P2pChordNode *self)
{
  GString *view = g_string_new (NULL);
  P2pChordMember *member;

  for (guint i = 0; (member = p2p_chord_ring_get_after (self->ring, i)) != NULL; i++)
    g_string_append_printf (view, "%s+", member->id);
  for (guint i = 0; (member = p2p_chord_ring_get_before (self->ring, i)) != NULL; i++)
    g_string_append_printf (view, "-%s", member->id);
  g_string_append_printf (view, "/%d/%u/", p2p_chord_is_small (self), self->seed);
  for (guint i = 0; i < sizeof self->place.bytes; i++)
    g_string_append_printf (view, "%02x", self->place.bytes[i]);
  return g_string_free (view, FALSE);
}

/* The two that we lean on are asked; who was not asked yet hears of us first by that. */
static void
ask_neighbours (P2pChordNode *self)
{
  P2pChordLink *after = p2p_chord_link_of (self, p2p_chord_ring_get_after (self->ring, 0));
  P2pChordLink *before = p2p_chord_link_of (self, p2p_chord_ring_get_before (self->ring, 0));

  if (after != NULL)
    p2p_chord_send_ring (after, P2P_CHORD_RING_ANSWER | P2P_CHORD_RING_FIRST_AFTER);
  if (before != NULL && before != after)
    p2p_chord_send_ring (before, P2P_CHORD_RING_ANSWER);
}

static void
settle_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->part->settle_timer = 0;
  p2p_mesh_node_enter (mesh);
  ask_neighbours (self);
  p2p_chord_dial (self);
  p2p_chord_sweep (self);
  p2p_chord_arcs_compare (self, FALSE);
  p2p_chord_guard_walk (self);
  p2p_chord_join_check (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_look_at_ring (P2pChordNode *self)
{
  P2pChordMember *first;
  P2pChordLink *link;
  g_autofree char *view = NULL;

  if (self->closed)
    return;
  /* An original tells no list: of what is behind it we know whom we have links to. */
  first = p2p_chord_ring_get_after (self->ring, 0);
  link = p2p_chord_link_of (self, first);
  if (link != NULL && !link->part->speaks)
    p2p_chord_ring_stabilise (self->ring, first, NULL, NULL, NULL);
  view = view_ring (self);
  if (g_strcmp0 (view, self->part->view) == 0)
    return;
  g_free (self->part->view);
  self->part->view = g_steal_pointer (&view);
  p2p_chord_emit_ring (self);
  if (self->part->settle_timer == 0)
    self->part->settle_timer = p2p_clock_schedule (p2p_chord_clock (self), p2p_chord_vary (self, SETTLE_SPAN), settle_cb, self);
}

/* ---- links ---- */

/* To an original there belongs more than before: all from there on. */
static void
make_fresh (P2pChordLink *link, const P2pChordPlace *from)
{
  P2pChordLinkPart *part = link->part;

  if (!part->fresh || (p2p_chord_place_compare (&part->fresh_from, &part->member->place) != 0 &&
                       p2p_chord_place_is_within (from, &part->member->place, &part->fresh_from)))
    part->fresh_from = *from;
  part->fresh = TRUE;
  p2p_chord_sweep (link->node);
}

static void
lose (P2pChordNode *self, P2pChordMember *member)
{
  P2pChordLink *heir;

  p2p_chord_ring_lose (self->ring, member);
  heir = p2p_chord_get_heir (self, &member->place, NULL);
  if (heir != NULL && heir->is_original)
    make_fresh (heir, &member->place);
}

/* What the ring is told of a link follows what the link said. */
static void
update_member (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;

  if (link->member == part->member)
    return;
  if (part->member != NULL)
    {
      P2pChordMember *old = part->member;

      part->member = NULL;
      lose (self, old);
      p2p_chord_member_unref (old);
    }
  if (link->member != NULL)
    {
      part->member = p2p_chord_member_ref (link->member);
      part->since = p2p_chord_now (self);
      part->taken = FALSE;
      /* Losing the old one may have taken the new one out, too: they have one id. */
      p2p_chord_ring_add_contact (self->ring, part->member);
      p2p_chord_ring_offer (self->ring, part->member);
      if (link->is_original)
        make_fresh (link, &part->member->place);
    }
  p2p_chord_look_at_ring (self);
}

void
p2p_chord_ring_link_added (P2pChordLink *link)
{
  P2pChordNode *self = link->node;

  link->part = g_new0 (P2pChordLinkPart, 1);
  link->part->speaks = p2p_peer_has_cap (link->peer, P2P_CAP_CHORD_SUCCESSORS);
  p2p_chord_copy_init (link);
  p2p_chord_restore_init (link);
  p2p_chord_arcs_init (link);
  p2p_chord_send_ring (link, 0);
  update_member (link);
  p2p_chord_dial (self);
}

void
p2p_chord_ring_link_changed (P2pChordLink *link)
{
  if (link->part != NULL)
    update_member (link);
}

void
p2p_chord_ring_link_removed (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordMember *member;

  if (link->part == NULL)
    return;
  member = g_steal_pointer (&link->part->member);
  if (member != NULL)
    lose (self, member);
  p2p_chord_finds_end (self, link);
  p2p_chord_arcs_clear (link);
  p2p_chord_restore_clear (link);
  p2p_chord_copy_clear (link);
  g_clear_pointer (&link->part, g_free);
  if (member != NULL)
    {
      /* It may be back soon. */
      p2p_chord_consider (self, member, FALSE);
      p2p_chord_member_unref (member);
      p2p_chord_look_at_ring (self);
    }
}

gboolean
p2p_chord_ring_control (P2pChordNode *self, P2pChordLink *link, gint64 op, P2pMessage *message)
{
  if (link->part == NULL || !link->part->speaks)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return TRUE;
    }
  switch (op)
    {
    case P2P_CONTROL_RING:
      take_ring (link, message);
      break;
    case P2P_CONTROL_FIND:
      p2p_chord_take_find (link, message);
      break;
    case P2P_CONTROL_FOUND:
      p2p_chord_take_found (link, message);
      break;
    case P2P_CONTROL_COPY:
      p2p_chord_take_copy (link, message);
      break;
    case P2P_CONTROL_COPIED:
      p2p_chord_take_copied (link, message);
      break;
    case P2P_CONTROL_ARC:
      p2p_chord_take_arc (link, message);
      break;
    case P2P_CONTROL_ARC_LIST:
      p2p_chord_take_arc_list (link, message);
      break;
    case P2P_CONTROL_ARC_WANT:
      p2p_chord_take_arc_want (link, message);
      break;
    default:
      return FALSE;
    }
  return TRUE;
}

/* ---- the timer ---- */

/* What the originals answer by their peers; as bin, because py2p takes the str for an id. */
static void
ask_original (P2pChordLink *link)
{
  P2pMeshNode *mesh = link->node->mesh;
  GVariant *packets[2] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_REQUEST)),
    g_variant_new_variant (p2p_mesh_value_new_bin ("*")),
  };
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (mesh, P2P_FLAG_WHISPER, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), NULL);

  if (message != NULL)
    p2p_mesh_node_send_to (mesh, link->peer, message, P2P_LINK_SEND_DEFAULT, NULL);
}

/* Besides the two nearest, one after the other: those that we want, and sometimes any, so that rings that were apart hear of each other. */
static void
ask_others (P2pChordNode *self)
{
  P2pChordPart *part = self->part;
  g_autoptr (GPtrArray) wanted = NULL;
  P2pChordLink *link = NULL;
  guint n = p2p_chord_ring_get_n_contacts (self->ring);

  if (part->round % OTHERS_ROUNDS == 0)
    {
      wanted = p2p_chord_ring_get_wanted (self->ring);
      if (wanted->len > 0)
        link = p2p_chord_link_of (self, g_ptr_array_index (wanted, part->next_wanted++ % wanted->len));
    }
  else if (part->round % CONTACTS_ROUNDS == 1 && n > 0)
    link = p2p_chord_link_of (self, p2p_chord_ring_get_contact (self->ring, part->next_contact++ % n));
  if (link != NULL)
    p2p_chord_send_ring (link, P2P_CHORD_RING_ANSWER);
}

static void
look_after_links (P2pChordNode *self)
{
  P2pChordMember *after = p2p_chord_ring_get_after (self->ring, 0);
  P2pChordMember *before = p2p_chord_ring_get_before (self->ring, 0);

  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->part == NULL)
        continue;
      if (link->part->speaks && (!link->part->heard || link->part->untold))
        p2p_chord_send_ring (link, P2P_CHORD_RING_ANSWER);
      else if (link->is_original && link->part->member != NULL &&
               ((after != NULL && g_str_equal (after->id, link->part->member->id)) || (before != NULL && g_str_equal (before->id, link->part->member->id))))
        ask_original (link);
      p2p_chord_copy_expire (link);
      p2p_chord_restore_go_on (link);
      p2p_chord_arcs_expire (link);
    }
}

static void stabilise_cb (gpointer data);

static void
plan (P2pChordNode *self)
{
  self->stabilise_timer = p2p_clock_schedule (p2p_chord_clock (self), p2p_chord_vary (self, self->limits.chord_stabilise_seconds * G_TIME_SPAN_SECOND),
                                              stabilise_cb, self);
}

static void
stabilise (P2pChordNode *self)
{
  gint64 now = p2p_chord_now (self);

  self->part->round++;
  p2p_chord_finds_expire (self);
  ask_neighbours (self);
  ask_others (self);
  look_after_links (self);
  p2p_chord_fingers_step (self);
  p2p_chord_dial_from_book (self);
  p2p_chord_dial (self);
  p2p_chord_dial_close_unwanted (self);
  p2p_chord_look_at_ring (self);
  if (now - self->part->arcs_compared >= ARCS_SPAN)
    {
      self->part->arcs_compared = now;
      p2p_chord_sweep (self);
      p2p_chord_arcs_compare (self, TRUE);
      p2p_chord_guard_walk (self);
    }
  p2p_chord_join_check (self);
}

static void
stabilise_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->stabilise_timer = 0;
  p2p_mesh_node_enter (mesh);
  plan (self);
  stabilise (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_ring_part_init (P2pChordNode *self)
{
  self->part = g_new0 (P2pChordPart, 1);
  self->part->finds = g_ptr_array_new ();
  self->part->arcs_compared = p2p_chord_now (self);
  p2p_chord_dial_init (self);
  p2p_chord_join_init (self);
  p2p_chord_keep_init (self);
  p2p_chord_guard_init (self);
  plan (self);
}

void
p2p_chord_ring_closed (P2pChordNode *self)
{
  guint64 *timers[] = { &self->stabilise_timer, &self->part->settle_timer, &self->part->sweep_timer };

  for (guint i = 0; i < G_N_ELEMENTS (timers); i++)
    {
      p2p_clock_cancel (p2p_chord_clock (self), *timers[i]);
      *timers[i] = 0;
    }
  p2p_chord_finds_end (self, NULL);
  p2p_chord_keep_stop (self);
  p2p_chord_guard_stop (self);
  p2p_chord_join_end (self);
}

void
p2p_chord_ring_part_clear (P2pChordNode *self)
{
  p2p_chord_dial_clear (self);
  p2p_chord_join_clear (self);
  p2p_chord_keep_clear (self);
  p2p_chord_guard_clear (self);
  g_ptr_array_unref (self->part->finds);
  g_free (self->part->view);
  g_clear_pointer (&self->part, g_free);
}
