/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Links that the ring wants: to whoever may be our neighbour on it, and to fingers. Nobody is on our lists because somebody said so: whom others tell of
 * is dialled, and counts when he says himself that he stores. Such candidates are few, and who is not there is tried ever less often.
 */
#include "p2p-chord-part-private.h"

#include "../mesh/p2p-address-book.h"

#define MOST_CANDIDATES 64
#define MOST_DIALS 8
/* On the word of others: whoever tells of ever more nodes makes us knock at ever more doors. */
#define DIAL_BURST 32
#define DIALS_A_SECOND 2
#define FIRST_PAUSE G_TIME_SPAN_SECOND
#define MOST_DOUBLINGS 6
/* After it a candidate is forgotten, and may be told again as if he were new. */
#define CANDIDATE_SPAN (10 * G_TIME_SPAN_MINUTE)
/* Who was reached, and is linked no more: he may not have been what we took him for. */
#define REACHED_PAUSE G_TIME_SPAN_MINUTE
/* Of the address book, in one go. */
#define KNOWN_A_ROUND 64
#define MOST_OWN_DIALS 24
#define UNWANTED_SPAN G_TIME_SPAN_MINUTE
/* With so many links, one in so many of all that there may be, they go sooner: in a ring that grows fast those who come last would find no room at anybody's. */
#define CROWDED 4
#define CROWDED_SPAN (5 * G_TIME_SPAN_SECOND)
#define MOST_CLOSED 8

typedef struct {
  P2pChordNode *node;
  P2pChordMember *member;
  gboolean finger;
  guint tries;
  gint64 since;                 /* monotonic */
  gint64 due;
  guint64 handle;               /* 0: not under way */
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *self = data;

  if (self->handle != 0)
    p2p_mesh_node_cancel (self->node->mesh, self->handle);
  p2p_chord_member_unref (self->member);
  g_free (self);
}

static Candidate *
find_candidate (P2pChordNode *self, const char *id)
{
  for (guint i = 0; i < self->part->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->part->candidates, i);

      if (g_str_equal (candidate->member->id, id))
        return candidate;
    }
  return NULL;
}

/* Would he be on our lists, if he stores? */
static gboolean
is_neighbour (P2pChordNode *self, const P2pChordPlace *place)
{
  P2pChordMember *last = p2p_chord_ring_get_after (self->ring, MAX (P2P_CHORD_N_AFTER, self->k) - 1);
  P2pChordMember *last_before = p2p_chord_ring_get_before (self->ring, P2P_CHORD_N_BEFORE - 1);
  P2pChordPlace his, theirs;

  if (last == NULL || last_before == NULL)
    return TRUE;
  p2p_chord_place_distance (&self->place, place, &his);
  p2p_chord_place_distance (&self->place, &last->place, &theirs);
  if (p2p_chord_place_compare (&his, &theirs) < 0)
    return TRUE;
  p2p_chord_place_distance (place, &self->place, &his);
  p2p_chord_place_distance (&last_before->place, &self->place, &theirs);
  return p2p_chord_place_compare (&his, &theirs) < 0;
}

static gboolean
is_finger (P2pChordNode *self, const char *id)
{
  for (guint i = 0; i < p2p_chord_ring_get_n_fingers (self->ring, self->k); i++)
    {
      P2pChordMember *finger = p2p_chord_ring_get_finger (self->ring, i);

      if (finger != NULL && g_str_equal (finger->id, id))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_wanted (P2pChordNode *self, P2pChordMember *member)
{
  return is_neighbour (self, &member->place) || is_finger (self, member->id);
}

/* The way to him, whichever is shorter. */
static void
get_way (P2pChordNode *self, P2pChordMember *member, P2pChordPlace *way)
{
  P2pChordPlace other;

  p2p_chord_place_distance (&self->place, &member->place, way);
  p2p_chord_place_distance (&member->place, &self->place, &other);
  if (p2p_chord_place_compare (&other, way) < 0)
    *way = other;
}

/*
 * The one that is of least use and not being dialled: who was tried in vain most often, then who is farthest. Who knows few neighbours yet wants everybody, and his list is
 * soon full of those that were told first: whoever is nearer than one of them gets in all the same, or the next on the ring would be refused for as long as they live.
 */
static gboolean
make_room (P2pChordNode *self, P2pChordMember *member)
{
  Candidate *worst = NULL;
  P2pChordPlace longest, way;

  for (guint i = 0; i < self->part->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->part->candidates, i);

      if (candidate->handle != 0 || (worst != NULL && candidate->tries < worst->tries))
        continue;
      get_way (self, candidate->member, &way);
      if (worst == NULL || candidate->tries > worst->tries || p2p_chord_place_compare (&way, &longest) > 0)
        {
          worst = candidate;
          longest = way;
        }
    }
  if (worst == NULL)
    return FALSE;
  get_way (self, member, &way);
  if (worst->tries == 0 && is_wanted (self, worst->member) && p2p_chord_place_compare (&way, &longest) >= 0)
    return FALSE;
  g_ptr_array_remove (self->part->candidates, worst);
  return TRUE;
}

void
p2p_chord_consider (P2pChordNode *self, P2pChordMember *member, gboolean finger)
{
  Candidate *candidate;

  if (g_str_equal (member->id, p2p_mesh_node_get_id (self->mesh)) || member->host == NULL || p2p_chord_find_link_by_id (self, member->id) != NULL)
    return;
  candidate = find_candidate (self, member->id);
  if (candidate != NULL)
    {
      /* He may have moved; being told of him makes nobody dial him sooner. */
      if (candidate->handle == 0)
        {
          P2pChordMember *old = candidate->member;

          candidate->member = p2p_chord_member_ref (member);
          p2p_chord_member_unref (old);
        }
      candidate->finger |= finger;
      return;
    }
  if ((!finger && !is_neighbour (self, &member->place)) || (self->part->candidates->len >= MOST_CANDIDATES && !make_room (self, member)))
    return;
  candidate = g_new0 (Candidate, 1);
  candidate->node = self;
  candidate->member = p2p_chord_member_ref (member);
  candidate->finger = finger;
  candidate->since = p2p_chord_now (self);
  g_ptr_array_add (self->part->candidates, candidate);
}

/* Ids of the originals are places, and lists of theirs say nothing else. With k a place is told by RING alone. */
void
p2p_chord_dial_from_book (P2pChordNode *self)
{
  P2pAddressBook *book = p2p_mesh_node_get_addresses (self->mesh);
  guint n = p2p_address_book_get_n (book);

  if (self->k > 0)
    return;
  for (guint i = 0; i < MIN (n, KNOWN_A_ROUND); i++)
    {
      P2pKnown *known = p2p_address_book_get (book, self->part->next_known++ % n);
      g_autoptr (P2pChordMember) member = NULL;
      P2pChordPlace place;

      /* A name that somebody told may lead where its address would not be followed to. */
      if (known->named_by != NULL && !g_hostname_is_ip_address (known->host))
        continue;
      if (known->id == NULL || known->own || known->parted || known->state == P2P_ADDRESS_STATE_LINKED || known->state == P2P_ADDRESS_STATE_DIALLING ||
          known->state == P2P_ADDRESS_STATE_GIVEN_UP || !p2p_chord_place_of_id (known->id, &place))
        continue;
      member = p2p_chord_member_new (&place, known->id, known->host, known->port);
      p2p_chord_consider (self, member, FALSE);
    }
}

static void
dialled_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  Candidate *candidate = data;
  P2pChordNode *self = candidate->node;
  P2pChordLink *link = peer != NULL ? p2p_chord_find_link (self, peer) : NULL;
  gint64 pause = REACHED_PAUSE;

  candidate->handle = 0;
  if (error != NULL)
    {
      pause = FIRST_PAUSE << MIN (candidate->tries, MOST_DOUBLINGS);
      candidate->tries++;
      p2p_chord_fingers_lose (self, candidate->member->id);
    }
  else if (link != NULL && p2p_peer_get_outgoing (peer))
    link->dialled = TRUE;
  candidate->due = p2p_chord_now (self) + p2p_chord_vary (self, pause);
}

static Candidate *
pick (P2pChordNode *self, gint64 now)
{
  Candidate *best = NULL;
  P2pChordPlace shortest;

  for (guint i = 0; i < self->part->candidates->len; i++)
    {
      Candidate *candidate = g_ptr_array_index (self->part->candidates, i);
      P2pChordPlace way;

      if (candidate->handle != 0 || candidate->due > now || p2p_chord_find_link_by_id (self, candidate->member->id) != NULL)
        continue;
      get_way (self, candidate->member, &way);
      if (best == NULL || p2p_chord_place_compare (&way, &shortest) < 0)
        {
          best = candidate;
          shortest = way;
        }
    }
  return best;
}

void
p2p_chord_dial (P2pChordNode *self)
{
  gint64 now = p2p_chord_now (self);
  guint n = 0;
  Candidate *candidate;

  for (guint i = self->part->candidates->len; i-- > 0;)
    {
      candidate = g_ptr_array_index (self->part->candidates, i);
      if (candidate->handle != 0)
        n++;
      else if (now - candidate->since >= CANDIDATE_SPAN || !is_wanted (self, candidate->member))
        g_ptr_array_remove_index (self->part->candidates, i);
    }
  while (n < MOST_DIALS && (candidate = pick (self, now)) != NULL && p2p_chord_may (self, &self->part->dials, DIAL_BURST, DIALS_A_SECOND))
    {
      candidate->handle = p2p_mesh_node_connect (self->mesh, candidate->member->host, candidate->member->port, candidate->member->id, dialled_cb, candidate);
      n++;
    }
}

static gboolean
contains (GPtrArray *members, const char *id)
{
  for (guint i = 0; i < members->len; i++)
    if (g_str_equal (((P2pChordMember *) g_ptr_array_index (members, i))->id, id))
      return TRUE;
  return FALSE;
}

/* Of those that we opened because of the ring: one at a time, the oldest first, or several where there are many. */
void
p2p_chord_dial_close_unwanted (P2pChordNode *self)
{
  g_autoptr (GPtrArray) wanted = p2p_chord_ring_get_wanted (self->ring);
  g_autoptr (GPtrArray) closing = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);
  gboolean crowded = self->links->len > self->limits.links / CROWDED;
  gint64 now = p2p_chord_now (self);
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);
      gboolean is_wanted_now = contains (wanted, p2p_peer_get_id (link->peer));

      if (link->part == NULL)
        continue;
      if (is_wanted_now)
        link->part->unwanted = 0;
      else if (link->part->unwanted == 0)
        link->part->unwanted = now;
      if (!link->dialled)
        continue;
      n++;
      if (closing->len < (crowded ? MOST_CLOSED : 1) && !is_wanted_now && now - link->part->unwanted >= (crowded ? CROWDED_SPAN : UNWANTED_SPAN) &&
          p2p_chord_copy_is_idle (link) && p2p_chord_restore_is_idle (link))
        g_ptr_array_add (closing, p2p_peer_ref (link->peer));
    }
  for (guint i = 0; i < closing->len && n > MOST_OWN_DIALS; i++, n--)
    p2p_mesh_node_disconnect (self->mesh, g_ptr_array_index (closing, i));
}

void
p2p_chord_dial_init (P2pChordNode *self)
{
  self->part->candidates = g_ptr_array_new_with_free_func (candidate_free);
}

void
p2p_chord_dial_clear (P2pChordNode *self)
{
  g_clear_pointer (&self->part->candidates, g_ptr_array_unref);
}
