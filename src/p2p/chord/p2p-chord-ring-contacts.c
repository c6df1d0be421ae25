/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who can be spoken to, which of them is nearest to a place, and who should be; and what is whose. */
#include "p2p-chord-ring-private.h"

#include <string.h>

#define PLACE_BITS (8 * P2P_CHORD_PLACE_BYTES)
/* Of the before list: who keeps replicas for us. */
#define WANTED_BEFORE 2
/* For so many of ours behind us we keep replicas. */
#define ROLES 2

static int
compare_contacts (const P2pChordMember *a, const P2pChordMember *b)
{
  int order = p2p_chord_place_compare (&a->place, &b->place);

  return order != 0 ? order : strcmp (b->id, a->id);
}

void
p2p_chord_ring_add_contact (P2pChordRing *self, P2pChordMember *member)
{
  g_autoptr (P2pChordMember) added = p2p_chord_member_ref (member);
  guint at = 0;

  if (g_str_equal (self->own->id, added->id))
    return;
  p2p_chord_ring_remove_contact (self, added);
  while (at < self->contacts->len && compare_contacts (self->contacts->pdata[at], added) < 0)
    at++;
  g_ptr_array_insert (self->contacts, (int) at, p2p_chord_member_ref (added));
}

void
p2p_chord_ring_remove_contact (P2pChordRing *self, P2pChordMember *member)
{
  for (guint i = 0; i < self->contacts->len; i++)
    if (g_str_equal (((P2pChordMember *) self->contacts->pdata[i])->id, member->id))
      {
        g_ptr_array_remove_index (self->contacts, i);
        return;
      }
}

guint
p2p_chord_ring_get_n_contacts (P2pChordRing *self)
{
  return self->contacts->len;
}

P2pChordMember *
p2p_chord_ring_get_contact (P2pChordRing *self, guint index)
{
  return p2p_chord_nth_member (self->contacts, index);
}

/* How many contacts are in front of that place, or at it. */
static guint
count_until (P2pChordRing *self, const P2pChordPlace *place, gboolean at_it)
{
  guint from = 0, to = self->contacts->len;

  while (from < to)
    {
      guint middle = (from + to) / 2;
      int order = p2p_chord_place_compare (&((P2pChordMember *) self->contacts->pdata[middle])->place, place);

      if (order < 0 || (order == 0 && at_it))
        from = middle + 1;
      else
        to = middle;
    }
  return from;
}

P2pChordMember *
p2p_chord_ring_find (P2pChordRing *self, const P2pChordPlace *place, gboolean storing, guint rank, gboolean *self_is_it)
{
  guint n = self->contacts->len;
  guint first = count_until (self, place, TRUE);

  *self_is_it = FALSE;
  for (guint i = 0; i < n; i++, rank--)
    {
      P2pChordMember *contact = self->contacts->pdata[(first + n - 1 - i) % n];

      if (storing && !p2p_chord_place_is_nearer (&contact->place, &self->own->place, place))
        {
          storing = FALSE;
          if (rank-- == 0)
            {
              *self_is_it = TRUE;
              return NULL;
            }
        }
      if (rank == 0)
        return contact;
    }
  *self_is_it = storing && rank == 0;
  return NULL;
}

P2pChordMember *
p2p_chord_ring_find_prev (P2pChordRing *self, const P2pChordPlace *place, gboolean storing, gboolean *self_is_it)
{
  guint n = self->contacts->len;
  guint at = count_until (self, place, FALSE);
  P2pChordMember *best;
  P2pChordPlace to_best, to_own;

  *self_is_it = storing;
  if (n == 0)
    return NULL;
  /* Of several at one place the smaller id counts, as in find(). */
  at %= n;
  best = self->contacts->pdata[at];
  while (at + 1 < n && p2p_chord_place_compare (&((P2pChordMember *) self->contacts->pdata[at + 1])->place, &best->place) == 0)
    best = self->contacts->pdata[++at];
  p2p_chord_place_distance (place, &best->place, &to_best);
  p2p_chord_place_distance (place, &self->own->place, &to_own);
  if (storing && p2p_chord_place_compare (&to_own, &to_best) <= 0)
    return NULL;
  *self_is_it = FALSE;
  return best;
}

/* ---- fingers ---- */

void
p2p_chord_ring_clear_fingers (P2pChordRing *self, const char *id)
{
  for (guint i = 0; i < P2P_CHORD_MAX_FINGERS; i++)
    if (self->fingers[i] != NULL && (id == NULL || g_str_equal (self->fingers[i]->id, id)))
      g_clear_pointer (&self->fingers[i], p2p_chord_member_unref);
}

guint
p2p_chord_ring_get_n_fingers (P2pChordRing *self, guint k)
{
  guint most = k > 0 ? k : P2P_CHORD_MAX_FINGERS;
  P2pChordPlace nearest;
  guint bits = 0;

  if (self->after->len == 0)
    return 0;
  /* Number i is 2^(383 - i) away: those are beyond our first after whose bit is above the uppermost one of his distance. */
  p2p_chord_place_distance (&self->own->place, &((P2pChordMember *) self->after->pdata[0])->place, &nearest);
  while (bits < most && (nearest.bytes[bits / 8] & 0x80 >> bits % 8) == 0)
    bits++;
  return bits;
}

void
p2p_chord_ring_get_finger_target (P2pChordRing *self, guint index, P2pChordPlace *target)
{
  g_return_if_fail (index < P2P_CHORD_MAX_FINGERS);

  p2p_chord_place_add_power (&self->own->place, PLACE_BITS - 1 - index, target);
}

gboolean
p2p_chord_ring_set_finger (P2pChordRing *self, guint index, P2pChordMember *member)
{
  P2pChordMember *before;

  g_return_val_if_fail (index < P2P_CHORD_MAX_FINGERS, FALSE);

  /* Behind the target there is nobody but us. */
  if (member != NULL && g_str_equal (member->id, self->own->id))
    member = NULL;
  before = self->fingers[index];
  if (before == member || (before != NULL && member != NULL && p2p_chord_member_equal (before, member) && g_strcmp0 (before->host, member->host) == 0 &&
                           before->port == member->port))
    return FALSE;
  self->fingers[index] = member != NULL ? p2p_chord_member_ref (member) : NULL;
  if (before != NULL)
    p2p_chord_member_unref (before);
  return TRUE;
}

P2pChordMember *
p2p_chord_ring_get_finger (P2pChordRing *self, guint index)
{
  return index < P2P_CHORD_MAX_FINGERS ? self->fingers[index] : NULL;
}

static void
want (GPtrArray *wanted, P2pChordMember *member)
{
  if (member == NULL)
    return;
  for (guint i = 0; i < wanted->len; i++)
    if (g_str_equal (((P2pChordMember *) wanted->pdata[i])->id, member->id))
      return;
  g_ptr_array_add (wanted, p2p_chord_member_ref (member));
}

GPtrArray *
p2p_chord_ring_get_wanted (P2pChordRing *self)
{
  GPtrArray *wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);

  /* Without these two the ring breaks. */
  want (wanted, p2p_chord_nth_member (self->after, 0));
  want (wanted, p2p_chord_nth_member (self->before, 0));
  for (guint i = 1; i < self->after->len; i++)
    want (wanted, self->after->pdata[i]);
  for (guint i = 1; i < MIN (self->before->len, WANTED_BEFORE); i++)
    want (wanted, self->before->pdata[i]);
  for (guint i = 0; i < P2P_CHORD_MAX_FINGERS; i++)
    want (wanted, self->fingers[i]);
  return wanted;
}

/* ---- what is whose ---- */

guint
p2p_chord_ring_get_size (P2pChordRing *self)
{
  return self->around ? self->after->len + 1 : 0;
}

gboolean
p2p_chord_ring_is_mine (P2pChordRing *self, const P2pChordPlace *place)
{
  P2pChordMember *first = p2p_chord_nth_member (self->after, 0);

  return first == NULL || p2p_chord_place_is_within (place, &self->own->place, &first->place);
}

/* Of ours alone the lists say it, as far as they go. Where originals stand between, who can be spoken to does. */
static GPtrArray *
choose_list (P2pChordRing *self, GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    if (((P2pChordMember *) list->pdata[i])->is_original)
      return self->contacts;
  return list;
}

/* The index-th of ours of that side, the nearest first. */
static P2pChordMember *
nth_own (P2pChordRing *self, GPtrArray *side, guint index)
{
  GPtrArray *list = choose_list (self, side);
  guint first = list == side ? 0 : count_until (self, &self->own->place, TRUE);

  for (guint i = 0; i < list->len; i++)
    {
      guint at = list == side ? i : side == self->after ? (first + i) % list->len : (first + 2 * list->len - 1 - i) % list->len;
      P2pChordMember *member = list->pdata[at];

      if (!member->is_original && p2p_chord_place_compare (&member->place, &self->own->place) != 0 && index-- == 0)
        return member;
    }
  return NULL;
}

P2pChordMember *
p2p_chord_ring_get_own_after (P2pChordRing *self, guint index)
{
  return nth_own (self, self->after, index);
}

P2pChordMember *
p2p_chord_ring_get_own_before (P2pChordRing *self, guint index)
{
  return nth_own (self, self->before, index);
}

int
p2p_chord_ring_get_role (P2pChordRing *self, const P2pChordPlace *place, gboolean copy_all)
{
  guint n = 0;
  P2pChordMember *member;

  if (p2p_chord_ring_is_mine (self, place))
    return 0;
  if (copy_all)
    return 1;
  /* Of ours up to the place. Where an arc ends is not known when who is next was lost just now: better a replica too many for a while than one too few. */
  while (n <= ROLES && (member = p2p_chord_ring_get_own_after (self, n)) != NULL && !p2p_chord_place_is_within (place, &self->own->place, &member->place))
    n++;
  return n <= ROLES ? (int) MAX (n, 1) : -1;
}
