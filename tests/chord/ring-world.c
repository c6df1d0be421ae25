/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ring-world.h"

#include <string.h>

RingWorld *
ring_world_new (const P2pChordPlace *places, guint n, guint n_after, guint n_before)
{
  RingWorld *self = g_new0 (RingWorld, 1);

  self->n = n;
  self->n_after = n_after;
  self->n_before = n_before;
  self->members = g_new0 (P2pChordMember *, n);
  self->rings = g_new0 (P2pChordRing *, n);
  self->closer = g_new (guint16, n);
  self->seen = g_new0 (gint64, n);
  self->skipped = g_new0 (int, n + 1);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      g_assert_true (i == 0 || p2p_chord_place_compare (&places[i - 1], &places[i]) < 0);
      self->members[i] = p2p_chord_member_new (&places[i], id, NULL, (guint16) i);
      self->closer[i] = RING_NOBODY;
    }
  return self;
}

static int
compare_places (const void *a, const void *b)
{
  return p2p_chord_place_compare (a, b);
}

RingWorld *
ring_world_new_random (TestRng *rng, guint n, guint n_after, guint n_before)
{
  g_autofree P2pChordPlace *places = g_new (P2pChordPlace, n);

  for (guint i = 0; i < n; i++)
    places[i] = ring_random_place (rng);
  qsort (places, n, sizeof *places, compare_places);
  return ring_world_new (places, n, n_after, n_before);
}

void
ring_world_free (RingWorld *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_clear_pointer (&self->rings[i], p2p_chord_ring_free);
      p2p_chord_member_unref (self->members[i]);
    }
  g_free (self->members);
  g_free (self->rings);
  g_free (self->closer);
  g_free (self->seen);
  g_free (self->skipped);
  g_free (self);
}

guint
ring_world_next_live (RingWorld *self, guint i, int step)
{
  guint from = i;

  do
    i = (i + self->n + (guint) step) % self->n;
  while (i != from && !ring_world_lives (self, i));
  return i != from ? i : RING_NOBODY;
}

/* ---- steps ---- */

void
ring_world_begin (RingWorld *self, guint i)
{
  g_assert_null (self->rings[i]);
  self->rings[i] = p2p_chord_ring_new (self->members[i], self->n_after, self->n_before);
  self->closer[i] = RING_NOBODY;
  self->n_live++;
}

/* Whoever he finds dead in the list that he was given he leaves out, up to the first one that he can speak to. */
gboolean
ring_world_join (RingWorld *self, guint i, guint via)
{
  g_autoptr (GPtrArray) told = NULL;
  P2pChordRing *ring;

  if (via == RING_NOBODY)
    {
      via = ring_world_next_live (self, i, -1);
      if (via != RING_NOBODY)
        ring_world_route (self, via, &self->members[i]->place, &via);
    }
  if (via == RING_NOBODY || self->rings[i] != NULL || self->rings[via] == NULL || !p2p_chord_ring_is_mine (self->rings[via], &self->members[i]->place))
    return FALSE;
  ring_world_begin (self, i);
  told = ring_copy_after (self->rings[via]);
  while (told->len > 0 && !ring_world_lives (self, ring_world_index (told->pdata[0])))
    g_ptr_array_remove_index (told, 0);
  ring = self->rings[i];
  ring->around = FALSE;
  for (guint j = 0; j < told->len && !ring->around; j++)
    if (ring_world_index (told->pdata[j]) == i)
      ring->around = TRUE;
    else if (ring->after->len < self->n_after)
      g_ptr_array_add (ring->after, p2p_chord_member_ref (told->pdata[j]));
  if (ring->after->len == 0)
    g_ptr_array_add (ring->after, p2p_chord_member_ref (self->members[via]));
  g_ptr_array_add (ring->before, p2p_chord_member_ref (self->members[via]));
  return TRUE;
}

void
ring_world_make_ideal (RingWorld *self, guint i)
{
  guint at = i;

  g_ptr_array_set_size (self->rings[i]->after, 0);
  g_ptr_array_set_size (self->rings[i]->before, 0);
  for (guint j = 0; j < self->n_after && (at = ring_world_next_live (self, at, 1)) != i && at != RING_NOBODY; j++)
    g_ptr_array_add (self->rings[i]->after, p2p_chord_member_ref (self->members[at]));
  at = i;
  for (guint j = 0; j < self->n_before && (at = ring_world_next_live (self, at, -1)) != i && at != RING_NOBODY; j++)
    g_ptr_array_add (self->rings[i]->before, p2p_chord_member_ref (self->members[at]));
  self->rings[i]->around = self->n_live <= self->n_after + 1;
  self->closer[i] = RING_NOBODY;
}

void
ring_world_fail (RingWorld *self, guint i)
{
  g_clear_pointer (&self->rings[i], p2p_chord_ring_free);
  self->closer[i] = RING_NOBODY;
  self->n_live--;
}

static gboolean
ask (RingWorld *self, guint i, guint whom)
{
  g_autoptr (GPtrArray) after = ring_copy_after (self->rings[whom]);
  g_autoptr (GPtrArray) before = ring_copy_before (self->rings[whom]);
  P2pChordMember *closer;
  guint16 was = self->closer[i];
  gboolean changed = p2p_chord_ring_stabilise (self->rings[i], self->members[whom], after, before, &closer);

  self->closer[i] = closer != NULL ? (guint16) ring_world_index (closer) : RING_NOBODY;
  return changed || self->closer[i] != was;
}

gboolean
ring_world_stabilise (RingWorld *self, guint i)
{
  P2pChordMember *first = p2p_chord_ring_get_after (self->rings[i], 0);

  if (first == NULL)
    return FALSE;
  if (!ring_world_lives (self, ring_world_index (first)))
    return p2p_chord_ring_lose (self->rings[i], first);
  return ask (self, i, ring_world_index (first));
}

gboolean
ring_world_ask_closer (RingWorld *self, guint i)
{
  guint closer = self->closer[i];

  if (closer == RING_NOBODY)
    return FALSE;
  self->closer[i] = RING_NOBODY;
  if (ring_world_lives (self, closer))
    ask (self, i, closer);
  return TRUE;
}

gboolean
ring_world_notify (RingWorld *self, guint i)
{
  P2pChordMember *first = p2p_chord_ring_get_after (self->rings[i], 0), *before;
  g_autoptr (GPtrArray) his_before = ring_copy_before (self->rings[i]);
  P2pChordRing *ring;

  if (first == NULL || !ring_world_lives (self, ring_world_index (first)))
    return FALSE;
  ring = self->rings[ring_world_index (first)];
  before = p2p_chord_ring_get_before (ring, 0);
  return p2p_chord_ring_notify (ring, self->members[i], his_before, before != NULL && ring_world_lives (self, ring_world_index (before)));
}

gboolean
ring_world_notice (RingWorld *self, guint i, guint gone)
{
  return p2p_chord_ring_lose (self->rings[i], self->members[gone]);
}

gboolean
ring_world_offer (RingWorld *self, guint i, guint other)
{
  return p2p_chord_ring_offer (self->rings[i], self->members[other]);
}

void
ring_world_period (RingWorld *self, guint i)
{
  P2pChordMember *first;

  while ((first = p2p_chord_ring_get_after (self->rings[i], 0)) != NULL && !ring_world_lives (self, ring_world_index (first)))
    p2p_chord_ring_lose (self->rings[i], first);
  ring_world_stabilise (self, i);
  /* Each answer may name somebody closer still, who is asked at once. */
  while (self->closer[i] != RING_NOBODY)
    ring_world_ask_closer (self, i);
  ring_world_notify (self, i);
}

/* ---- what is so ---- */

static gboolean
is_live_member (RingWorld *self, P2pChordMember *member)
{
  return member != NULL && ring_world_lives (self, ring_world_index (member));
}

gboolean
ring_world_may_fail (RingWorld *self, guint i)
{
  if (self->n_live < 2)
    return FALSE;
  for (guint j = 0; j < self->n; j++)
    {
      gboolean has = self->n_live == 2;

      if (j == i || !ring_world_lives (self, j))
        continue;
      for (guint a = 0; a < p2p_chord_ring_get_n_after (self->rings[j]) && !has; a++)
        {
          guint at = ring_world_index (p2p_chord_ring_get_after (self->rings[j], a));

          has = at != i && ring_world_lives (self, at);
        }
      if (!has)
        return FALSE;
    }
  return TRUE;
}

gboolean
ring_world_is_mended (RingWorld *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      P2pChordRing *ring = self->rings[i];

      if (ring == NULL)
        continue;
      if (p2p_chord_ring_get_n_after (ring) < MIN (self->n_after, self->n_live - 1))
        return FALSE;
      for (guint j = 0; j < p2p_chord_ring_get_n_after (ring); j++)
        if (!is_live_member (self, p2p_chord_ring_get_after (ring, j)))
          return FALSE;
      for (guint j = 0; j < p2p_chord_ring_get_n_before (ring); j++)
        if (!is_live_member (self, p2p_chord_ring_get_before (ring, j)))
          return FALSE;
    }
  return TRUE;
}

gboolean
ring_world_is_ideal (RingWorld *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      P2pChordRing *ring = self->rings[i];
      guint at = i;

      if (ring == NULL)
        continue;
      if (p2p_chord_ring_get_n_after (ring) != MIN (self->n_after, self->n_live - 1) || p2p_chord_ring_get_n_before (ring) != MIN (self->n_before, self->n_live - 1))
        return FALSE;
      for (guint j = 0; j < p2p_chord_ring_get_n_after (ring); j++)
        if (ring_world_index (p2p_chord_ring_get_after (ring, j)) != (at = ring_world_next_live (self, at, 1)))
          return FALSE;
      at = i;
      for (guint j = 0; j < p2p_chord_ring_get_n_before (ring); j++)
        if (ring_world_index (p2p_chord_ring_get_before (ring, j)) != (at = ring_world_next_live (self, at, -1)))
          return FALSE;
      if (p2p_chord_ring_get_size (ring) != (self->n_live <= self->n_after + 1 ? self->n_live : 0) || self->closer[i] != RING_NOBODY)
        return FALSE;
    }
  return TRUE;
}

static char *
check_list (RingWorld *self, guint i, guint n, P2pChordMember *(*get) (P2pChordRing *, guint), int step)
{
  guint last = 0;

  for (guint j = 0; j < n; j++)
    {
      guint at = ring_world_index (get (self->rings[i], j));
      guint way = step > 0 ? (at + self->n - i) % self->n : (i + self->n - at) % self->n;

      if (way <= last)
        return g_strdup_printf ("the list of %u is not in order, or has it twice, or itself", i);
      last = way;
    }
  return NULL;
}

static guint
find_best (RingWorld *self, guint i)
{
  for (guint j = 0; j < p2p_chord_ring_get_n_after (self->rings[i]); j++)
    if (is_live_member (self, p2p_chord_ring_get_after (self->rings[i], j)))
      return ring_world_index (p2p_chord_ring_get_after (self->rings[i], j));
  return RING_NOBODY;
}

/* Whom each pair of neighbours in somebody's list passes over: +1 behind the first, -1 at the second. */
guint
ring_world_count_principals (RingWorld *self)
{
  guint principals = 0;
  int depth = 0;

  memset (self->skipped, 0, (self->n + 1) * sizeof *self->skipped);
  for (guint i = 0; i < self->n; i++)
    {
      guint from = i;

      if (!ring_world_lives (self, i))
        continue;
      for (guint j = 0; j < p2p_chord_ring_get_n_after (self->rings[i]); j++)
        {
          guint to = ring_world_index (p2p_chord_ring_get_after (self->rings[i], j));

          depth += to <= from;
          self->skipped[from + 1]++;
          self->skipped[to]--;
          from = to;
        }
    }
  for (guint i = 0; i < self->n; i++)
    {
      depth += self->skipped[i];
      principals += depth == 0 && ring_world_lives (self, i);
    }
  return principals;
}

char *
ring_world_check (RingWorld *self, guint principals)
{
  guint n_cycles = 0, n_ring = 0;
  gint64 first_walk = self->walk + 1;

  for (guint i = 0; i < self->n; i++)
    {
      char *wrong;

      if (!ring_world_lives (self, i))
        continue;
      wrong = check_list (self, i, p2p_chord_ring_get_n_after (self->rings[i]), p2p_chord_ring_get_after, 1);
      if (wrong == NULL)
        wrong = check_list (self, i, p2p_chord_ring_get_n_before (self->rings[i]), p2p_chord_ring_get_before, -1);
      if (wrong != NULL)
        return wrong;
    }
  /* Walks along whom each would ask: each walk ends where an earlier one went, or closes a ring. */
  for (guint i = 0; i < self->n; i++)
    {
      guint at = i;

      if (!ring_world_lives (self, i) || self->seen[i] >= first_walk)
        continue;
      self->walk++;
      while (self->seen[at] < first_walk)
        {
          guint best = find_best (self, at);

          self->seen[at] = self->walk;
          if (best == RING_NOBODY && principals > 0)
            return g_strdup_printf ("%u knows nobody that lives", at);
          at = best == RING_NOBODY ? at : best;
        }
      if (self->seen[at] == self->walk)
        {
          guint turns = 0, from = at;

          n_cycles++;
          do
            {
              guint best = find_best (self, from);

              best = best == RING_NOBODY ? from : best;
              turns += best <= from;
              from = best;
              n_ring++;
            }
          while (from != at);
          if (turns != 1)
            return g_strdup_printf ("a ring is not in order: it goes around %u times", turns);
        }
    }
  if (n_cycles != 1)
    return g_strdup_printf ("there are %u rings", n_cycles);
  if (n_ring < principals)
    return g_strdup_printf ("%u are on the ring", n_ring);
  if (principals > 0 && ring_world_count_principals (self) < principals)
    return g_strdup_printf ("all but %u are passed over by somebody", ring_world_count_principals (self));
  return NULL;
}

char *
ring_world_print (RingWorld *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n; i++)
    if (ring_world_lives (self, i))
      {
        g_autofree char *after = ring_print_after (self->rings[i]);
        g_autofree char *before = ring_print_before (self->rings[i]);

        g_string_append_printf (text, "%u: after %s, before %s%s", i, after, before, self->rings[i]->around ? ", around" : "");
        if (self->closer[i] != RING_NOBODY)
          g_string_append_printf (text, ", closer %u", self->closer[i]);
        g_string_append (text, "; ");
      }
  return g_string_free (text, FALSE);
}

/* ---- routing ---- */

guint
ring_world_route (RingWorld *self, guint i, const P2pChordPlace *place, guint *at)
{
  guint hops = 0;

  for (;; hops++)
    {
      gboolean self_is_it;
      P2pChordRing *ring = self->rings[i];
      P2pChordMember *next;

      /* Whom it would dial for it: all that its lists say. */
      if (ring->contacts->len > 0)
        next = p2p_chord_ring_find (ring, place, TRUE, 0, &self_is_it);
      else
        {
          next = NULL;
          for (guint j = 0; j < ring->after->len; j++)
            if (is_live_member (self, ring->after->pdata[j]) &&
                p2p_chord_place_is_nearer (&((P2pChordMember *) ring->after->pdata[j])->place, next != NULL ? &next->place : &ring->own->place, place))
              next = ring->after->pdata[j];
        }
      if (next == NULL || hops == self->n)
        break;
      i = ring_world_index (next);
    }
  *at = i;
  return hops;
}
