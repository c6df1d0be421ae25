/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* FIND: whose place it is. It is passed on, each time to a neighbour that is nearer, and FOUND comes back the way it went. */
#include "p2p-chord-part-private.h"

/* Under way, those of others too; and those of one neighbour. */
#define MOST_FINDS 512
#define MOST_FINDS_A_LINK 64
#define FIND_SPAN (5 * G_TIME_SPAN_SECOND)
/* Of one neighbour. */
#define FIND_BURST 64
#define FINDS_A_SECOND 32

typedef struct {
  gint64 token;                 /* ours */
  P2pChordLink *asker;          /* NULL: ourselves */
  gint64 asker_token;
  P2pChordLink *asked;
  gint64 due;                   /* monotonic */
  P2pChordFoundFunc func;
  gpointer data;
} Find;

static void
send_found (P2pChordLink *link, gint64 token, GPtrArray *members, gint64 hops)
{
  GVariant *rest[3];

  rest[0] = g_variant_new_int64 (token);
  rest[1] = p2p_chord_pack_members (members);
  rest[2] = g_variant_new_int64 (hops);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_FOUND, rest, G_N_ELEMENTS (rest));
}

static void
end_find (P2pChordNode *self, Find *find, GPtrArray *members, gint64 hops)
{
  g_ptr_array_remove (self->part->finds, find);
  if (find->asker != NULL)
    {
      find->asker->part->n_finds--;
      if (members != NULL)
        send_found (find->asker, find->asker_token, members, hops);
    }
  else if (find->func != NULL)
    find->func (self, members, find->data);
  g_free (find);
}

static gboolean
send_find (P2pChordNode *self, P2pChordLink *to, P2pChordLink *asker, gint64 asker_token, const P2pChordPlace *place, gint64 hops, P2pChordFoundFunc func,
           gpointer data)
{
  Find *find;
  GVariant *rest[3];
  gint64 token = ++self->part->next_token;

  rest[0] = g_variant_new_int64 (token);
  rest[1] = p2p_chord_new_bytes (place->bytes, sizeof place->bytes);
  rest[2] = g_variant_new_int64 (hops);
  if (!p2p_mesh_send_control (to->peer, P2P_CONTROL_FIND, rest, G_N_ELEMENTS (rest)))
    return FALSE;
  find = g_new0 (Find, 1);
  find->token = token;
  find->asker = asker;
  find->asker_token = asker_token;
  find->asked = to;
  find->due = p2p_chord_now (self) + FIND_SPAN;
  find->func = func;
  find->data = data;
  if (asker != NULL)
    asker->part->n_finds++;
  g_ptr_array_add (self->part->finds, find);
  return TRUE;
}

/* What we know ourselves: we, or the original that it belongs to as far as we see, and who is behind. */
static GPtrArray *
get_answer (P2pChordNode *self, P2pChordLink *link, gboolean ourselves)
{
  GPtrArray *members = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);
  P2pChordMember *member;

  if (link != NULL)
    g_ptr_array_add (members, p2p_chord_member_ref (link->part->member));
  else if (ourselves)
    {
      g_ptr_array_add (members, p2p_chord_member_ref (p2p_chord_ring_get_own (self->ring)));
      for (guint i = 0; (member = p2p_chord_ring_get_after (self->ring, i)) != NULL && members->len < P2P_CHORD_MOST_MEMBERS; i++)
        g_ptr_array_add (members, p2p_chord_member_ref (member));
    }
  return members;
}

/* NULL: it is us, or there is nobody. */
static P2pChordLink *
get_next (P2pChordNode *self, const P2pChordPlace *place, gboolean ourselves, P2pChordLink *asker)
{
  gboolean self_is_it = FALSE;
  P2pChordMember *member;

  for (guint rank = 0; (member = p2p_chord_ring_find (self->ring, place, ourselves, rank, &self_is_it)) != NULL; rank++)
    {
      P2pChordLink *link = p2p_chord_link_of (self, member);

      /* Whoever asks us thinks that we are nearer than he is. */
      if (link != NULL && link != asker && link->part->member != NULL)
        return ourselves && !p2p_chord_place_is_nearer (&link->part->member->place, &self->place, place) ? NULL : link;
    }
  return NULL;
}

void
p2p_chord_find (P2pChordNode *self, const P2pChordPlace *place, gboolean ourselves, P2pChordFoundFunc func, gpointer data)
{
  P2pChordLink *next = get_next (self, place, ourselves, NULL);
  g_autoptr (GPtrArray) members = NULL;

  if (next != NULL && next->part->speaks && self->part->finds->len < MOST_FINDS && send_find (self, next, NULL, 0, place, 1, func, data))
    return;
  members = get_answer (self, next, ourselves);
  func (self, members->len > 0 ? members : NULL, data);
}

void
p2p_chord_take_find (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GPtrArray) members = NULL;
  P2pChordPlace place;
  gint64 token, hops;
  P2pChordLink *next;

  if (!p2p_chord_get_int (message, 0, &token) || !p2p_chord_get_place (message, 1, &place) || !p2p_chord_get_int (message, 2, &hops))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!p2p_chord_may (self, &link->part->finds, FIND_BURST, FINDS_A_SECOND))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  next = get_next (self, &place, p2p_chord_is_placed (self), link);
  if (next != NULL && next->part->speaks)
    {
      /* Too long a way, or too many of them: whoever asked waits in vain, and asks otherwise. */
      if (hops >= self->limits.chord_hops || self->part->finds->len >= MOST_FINDS || link->part->n_finds >= MOST_FINDS_A_LINK ||
          !send_find (self, next, link, token, &place, hops + 1, NULL, NULL))
        p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_TOO_MANY, message);
      return;
    }
  members = get_answer (self, next, p2p_chord_is_placed (self));
  send_found (link, token, members, hops);
}

void
p2p_chord_take_found (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GPtrArray) members = p2p_chord_get_members (link, message, 1);
  gint64 token, hops;

  if (members == NULL || !p2p_chord_get_int (message, 0, &token) || !p2p_chord_get_int (message, 2, &hops))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  for (guint i = 0; i < self->part->finds->len; i++)
    {
      Find *find = g_ptr_array_index (self->part->finds, i);

      if (find->token == token && find->asked == link)
        {
          end_find (self, find, members->len > 0 ? members : NULL, hops);
          return;
        }
    }
  /* It may have been asked for, and be late. */
  p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
}

static Find *
pick_over (P2pChordNode *self, P2pChordLink *link, gint64 now)
{
  for (guint i = 0; i < self->part->finds->len; i++)
    {
      Find *find = g_ptr_array_index (self->part->finds, i);

      if (link != NULL ? find->asked == link || find->asker == link : find->due <= now)
        return find;
    }
  return NULL;
}

void
p2p_chord_finds_expire (P2pChordNode *self)
{
  gint64 now = p2p_chord_now (self);
  Find *find;

  while ((find = pick_over (self, NULL, now)) != NULL)
    end_find (self, find, NULL, 0);
}

void
p2p_chord_finds_end (P2pChordNode *self, P2pChordLink *link)
{
  Find *find;

  while ((find = link != NULL ? pick_over (self, link, 0) : self->part->finds->len > 0 ? g_ptr_array_index (self->part->finds, 0) : NULL) != NULL)
    {
      if (link == NULL)
        find->func = NULL;
      end_find (self, find, NULL, 0);
    }
}
