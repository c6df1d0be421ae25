/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The lists of neighbours. Zave proved of rings of more than n_after members, where each of them always has a neighbour in its list that lives, that they stay
 * one ring in order, as long as nobody's list passes over certain members. A list is changed here in three ways, and all keep to that: it is what the first after
 * told (stabilise), less those that are gone (lose), or with a member that lives put in where it belongs (offer, notify): whom that passes over was passed over before.
 */
#include "p2p-chord-ring-private.h"

#include <string.h>

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);
}

P2pChordRing *
p2p_chord_ring_new (P2pChordMember *own, guint n_after, guint n_before)
{
  P2pChordRing *self = g_new0 (P2pChordRing, 1);

  g_return_val_if_fail (n_after > 0 && n_before > 0, NULL);

  self->own = p2p_chord_member_ref (own);
  self->n_after = n_after;
  self->n_before = n_before;
  self->around = TRUE;
  self->after = new_list ();
  self->before = new_list ();
  self->contacts = new_list ();
  return self;
}

void
p2p_chord_ring_free (P2pChordRing *self)
{
  p2p_chord_ring_clear_fingers (self, NULL);
  g_ptr_array_unref (self->contacts);
  g_ptr_array_unref (self->before);
  g_ptr_array_unref (self->after);
  p2p_chord_member_unref (self->own);
  g_free (self);
}

P2pChordMember *
p2p_chord_ring_get_own (P2pChordRing *self)
{
  return self->own;
}

guint
p2p_chord_ring_get_n_after (P2pChordRing *self)
{
  return self->after->len;
}

guint
p2p_chord_ring_get_n_before (P2pChordRing *self)
{
  return self->before->len;
}

P2pChordMember *
p2p_chord_ring_get_after (P2pChordRing *self, guint index)
{
  return p2p_chord_nth_member (self->after, index);
}

P2pChordMember *
p2p_chord_ring_get_before (P2pChordRing *self, guint index)
{
  return p2p_chord_nth_member (self->before, index);
}

/* ---- one list ---- */

static gboolean
is_same (const P2pChordMember *a, const P2pChordMember *b)
{
  return g_str_equal (a->id, b->id);
}

/* Ourselves; or somebody who claims our place, which whoever calls us settles with him. */
static gboolean
is_us (P2pChordRing *self, const P2pChordMember *member)
{
  return is_same (self->own, member) || p2p_chord_place_compare (&self->own->place, &member->place) == 0;
}

/* Which is nearer to us, on the side of that list. */
static int
compare_ways (P2pChordRing *self, GPtrArray *list, const P2pChordMember *a, const P2pChordMember *b)
{
  const P2pChordPlace *own = &self->own->place;
  P2pChordPlace way_a, way_b;

  p2p_chord_place_distance (own, &a->place, &way_a);
  p2p_chord_place_distance (own, &b->place, &way_b);
  return list == self->before ? p2p_chord_place_compare (&way_b, &way_a) : p2p_chord_place_compare (&way_a, &way_b);
}

static gboolean
remove_id (GPtrArray *list, const char *id)
{
  gboolean removed = FALSE;

  for (guint i = list->len; i-- > 0;)
    if (g_str_equal (((P2pChordMember *) list->pdata[i])->id, id))
      {
        g_ptr_array_remove_index (list, i);
        removed = TRUE;
      }
  return removed;
}

static guint
find_id (GPtrArray *list, const char *id)
{
  guint i = 0;

  while (i < list->len && !g_str_equal (((P2pChordMember *) list->pdata[i])->id, id))
    i++;
  return i;
}

/* TRUE: he says something else, and not only less, of where he listens. */
static gboolean
is_news (const P2pChordMember *before, const P2pChordMember *member)
{
  return member->host != NULL && (g_strcmp0 (before->host, member->host) != 0 || before->port != member->port);
}

/* Puts the member where it belongs. *cut: somebody is not in the list for want of room. */
static gboolean
insert (P2pChordRing *self, GPtrArray *list, guint limit, P2pChordMember *member, gboolean *cut)
{
  guint at = find_id (list, member->id);
  gboolean changed = FALSE;

  if (at < list->len)
    {
      P2pChordMember *before = list->pdata[at];

      if (p2p_chord_member_equal (before, member))
        {
          if (!is_news (before, member))
            return FALSE;
          list->pdata[at] = p2p_chord_member_ref (member);
          p2p_chord_member_unref (before);
          return TRUE;
        }
      /* It has moved to another slot. */
      g_ptr_array_remove_index (list, at);
      changed = TRUE;
    }
  for (at = 0; at < list->len; at++)
    {
      int order = compare_ways (self, list, member, list->pdata[at]);

      if (order < 0)
        break;
      if (order > 0)
        continue;
      /* Two of one place: the greater id will have to move on. */
      if (strcmp (member->id, ((P2pChordMember *) list->pdata[at])->id) > 0)
        return changed;
      g_ptr_array_remove_index (list, at);
      break;
    }
  if (at >= limit)
    {
      *cut = TRUE;
      return changed;
    }
  g_ptr_array_insert (list, (int) at, p2p_chord_member_ref (member));
  if (list->len > limit)
    {
      *cut = TRUE;
      g_ptr_array_set_size (list, (int) limit);
    }
  return TRUE;
}

/* The contacts live. all: also those farther away than anybody in the list. */
static gboolean
insert_contacts (P2pChordRing *self, GPtrArray *list, guint limit, gboolean all, gboolean *cut)
{
  P2pChordMember *last = list->len > 0 ? list->pdata[list->len - 1] : NULL;
  gboolean changed = FALSE;

  for (guint i = 0; i < self->contacts->len; i++)
    {
      P2pChordMember *contact = self->contacts->pdata[i];

      if (is_us (self, contact))
        continue;
      if (all || (last != NULL && compare_ways (self, list, contact, last) <= 0))
        changed |= insert (self, list, limit, contact, cut);
      else
        *cut |= list->len >= limit;
    }
  return changed;
}

/* Of lists of others: in order, without us, each once, and not past us. *met_us: it went on to us, so that it told everybody between */
static void
append_told (P2pChordRing *self, GPtrArray *list, GPtrArray *told, guint limit, gboolean *met_us, gboolean *cut)
{
  P2pChordMember *last = list->pdata[list->len - 1];

  for (guint i = 0; i < told->len; i++)
    {
      P2pChordMember *member = told->pdata[i];

      if (is_same (self->own, member))
        {
          *met_us = TRUE;
          return;
        }
      if (is_us (self, member) || compare_ways (self, list, last, member) >= 0 || find_id (list, member->id) < list->len)
        return;
      last = member;
      if (list->len < limit)
        g_ptr_array_add (list, p2p_chord_member_ref (member));
      else
        *cut = TRUE;
    }
}

static gboolean
lists_equal (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!p2p_chord_member_equal (a->pdata[i], b->pdata[i]) || is_news (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

static GPtrArray *
copy_list (GPtrArray *list)
{
  GPtrArray *copy = new_list ();

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (copy, p2p_chord_member_ref (list->pdata[i]));
  return copy;
}

/* ---- the steps ---- */

/* Our first after told his list, or tells none (told NULL). */
static gboolean
take_after (P2pChordRing *self, GPtrArray *told)
{
  g_autoptr (GPtrArray) before = copy_list (self->after);
  gboolean met_us = FALSE, cut = FALSE;

  g_ptr_array_set_size (self->after, 1);
  if (told != NULL)
    append_told (self, self->after, told, self->n_after, &met_us, &cut);
  /* Who tells none is an original: whom we can speak to is all that we know. */
  insert_contacts (self, self->after, self->n_after, told == NULL, &cut);
  self->around = (told == NULL || met_us) && !cut;
  return !lists_equal (before, self->after);
}

static gboolean
take_before (P2pChordRing *self, GPtrArray *told)
{
  g_autoptr (GPtrArray) before = copy_list (self->before);
  gboolean met_us = FALSE, cut = FALSE;

  /* He may just have come, and not know yet who is behind him. */
  if (told != NULL && told->len > 0)
    {
      g_ptr_array_set_size (self->before, 1);
      append_told (self, self->before, told, self->n_before, &met_us, &cut);
    }
  insert_contacts (self, self->before, self->n_before, told == NULL, &cut);
  return !lists_equal (before, self->before);
}

gboolean
p2p_chord_ring_offer (P2pChordRing *self, P2pChordMember *member)
{
  gboolean cut = FALSE, changed = FALSE;
  P2pChordMember *last;
  guint at;

  if (is_us (self, member))
    return FALSE;
  /* Whoever begins knows one neighbour first: that is no ring of two. */
  if (self->after->len == 0)
    self->around = FALSE;
  /* It has moved to another slot. */
  at = find_id (self->after, member->id);
  if (at < self->after->len && !p2p_chord_member_equal (self->after->pdata[at], member))
    changed = remove_id (self->after, member->id);
  /* Behind the last of a list that is short just now there may be others in front of him: the first after will tell. */
  last = p2p_chord_nth_member (self->after, self->after->len - 1);
  if (last == NULL || compare_ways (self, self->after, member, last) <= 0)
    changed |= insert (self, self->after, self->n_after, member, &cut);
  else
    cut = self->after->len >= self->n_after;
  if (cut && self->around)
    {
      self->around = FALSE;
      changed = TRUE;
    }
  return insert (self, self->before, self->n_before, member, &cut) || changed;
}

static P2pChordMember *
find_closer (P2pChordRing *self, GPtrArray *told, P2pChordMember *best)
{
  P2pChordMember *first = self->after->pdata[0];

  for (guint i = 0; told != NULL && i < told->len; i++)
    {
      P2pChordMember *member = told->pdata[i];

      if (!is_us (self, member) && compare_ways (self, self->after, member, first) < 0 && (best == NULL || compare_ways (self, self->after, member, best) < 0))
        best = member;
    }
  return best;
}

gboolean
p2p_chord_ring_stabilise (P2pChordRing *self, P2pChordMember *teller, GPtrArray *his_after, GPtrArray *his_before, P2pChordMember **closer)
{
  P2pChordMember *first, *found = NULL;
  gboolean was_around = self->around, changed;

  if (closer != NULL)
    *closer = NULL;
  if (is_us (self, teller))
    return FALSE;
  changed = p2p_chord_ring_offer (self, teller);
  if (is_same (self->after->pdata[0], teller))
    changed |= take_after (self, his_after);
  /* His first before, as in Chord; others that he told of only where that is nobody to ask: rings that were apart grow together sooner. */
  first = self->after->pdata[0];
  if (his_before != NULL && his_before->len > 0 && !is_us (self, his_before->pdata[0]) && compare_ways (self, self->after, his_before->pdata[0], first) < 0)
    found = his_before->pdata[0];
  if (found == NULL)
    found = find_closer (self, his_after, find_closer (self, his_before, NULL));
  if (closer != NULL)
    *closer = found;
  /* He that is closer is one more. */
  if (found != NULL)
    self->around = FALSE;
  return changed || self->around != was_around;
}

gboolean
p2p_chord_ring_notify (P2pChordRing *self, P2pChordMember *member, GPtrArray *his_before, gboolean before_lives)
{
  P2pChordMember *first = p2p_chord_nth_member (self->before, 0);
  gboolean changed = FALSE;

  if (is_us (self, member))
    return FALSE;
  if (first != NULL && !before_lives && !is_same (first, member))
    changed = p2p_chord_ring_lose (self, first);
  changed |= p2p_chord_ring_offer (self, member);
  if (is_same (self->before->pdata[0], member))
    changed |= take_before (self, his_before);
  return changed;
}

gboolean
p2p_chord_ring_lose (P2pChordRing *self, P2pChordMember *member)
{
  /* It may be the last reference's owner who calls. */
  g_autoptr (P2pChordMember) lost = p2p_chord_member_ref (member);
  gboolean changed, cut = FALSE;

  p2p_chord_ring_remove_contact (self, lost);
  p2p_chord_ring_clear_fingers (self, lost->id);
  changed = remove_id (self->after, lost->id);
  changed |= remove_id (self->before, lost->id);
  if (!changed)
    return FALSE;
  /* Better one far away than nobody: he knows somebody nearer. */
  if (self->after->len == 0)
    insert_contacts (self, self->after, self->n_after, TRUE, &cut);
  self->around = (self->around && !cut) || self->after->len == 0;
  if (self->before->len == 0)
    insert_contacts (self, self->before, self->n_before, TRUE, &cut);
  return TRUE;
}
