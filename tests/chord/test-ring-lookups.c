/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * H3: how often a question is passed on until it is at the node whose place it is, where nodes find their fingers by such questions themselves; and with k, that this is never more than k
 * times, whoever the nodes are.
 */
#include "ring-world.h"

#include <math.h>

static RingWorld *
make_ideal (RingWorld *world)
{
  for (guint i = 0; i < world->n; i++)
    ring_world_begin (world, i);
  for (guint i = 0; i < world->n; i++)
    ring_world_make_ideal (world, i);
  return world;
}

/* Links to all that are wanted; both_ways: as they are, for both ends. */
static void
link_wanted (RingWorld *world, guint i, gboolean both_ways)
{
  g_autoptr (GPtrArray) wanted = p2p_chord_ring_get_wanted (world->rings[i]);

  for (guint j = 0; j < wanted->len; j++)
    {
      guint other = ring_world_index (wanted->pdata[j]);

      p2p_chord_ring_add_contact (world->rings[i], world->members[other]);
      if (both_ways)
        p2p_chord_ring_add_contact (world->rings[other], world->members[i]);
    }
}

/* FIND of each finger's target, by what everybody knows at that moment. */
static void
find_fingers (RingWorld *world, guint i, guint k)
{
  P2pChordRing *ring = world->rings[i];

  for (guint j = 0; j < p2p_chord_ring_get_n_fingers (ring, k); j++)
    {
      P2pChordPlace target;
      guint at;

      p2p_chord_ring_get_finger_target (ring, j, &target);
      ring_world_route (world, i, &target, &at);
      /* The first at the target or behind it: whose the target is, or his first after. */
      if (p2p_chord_place_compare (&world->members[at]->place, &target) == 0)
        p2p_chord_ring_set_finger (ring, j, world->members[at]);
      else
        p2p_chord_ring_set_finger (ring, j, p2p_chord_ring_get_after (world->rings[at], 0));
    }
}

static guint
find_owner (RingWorld *world, const P2pChordPlace *place)
{
  guint from = 0, to = world->n;

  while (from < to)
    {
      guint middle = (from + to) / 2;

      if (p2p_chord_place_compare (&world->members[middle]->place, place) <= 0)
        from = middle + 1;
      else
        to = middle;
    }
  return (from + world->n - 1) % world->n;
}

static void
test_hops (gconstpointer data)
{
  gboolean both_ways = GPOINTER_TO_INT (data);
  guint lookups = 100000, n = 1000, histogram[64] = { 0 }, p99 = 0, most = 0, sum = 0, links = 0;
  TestRng rng = test_rng_make (1, "hops", 0);
  RingWorld *world = make_ideal (ring_world_new_random (&rng, n, 4, 2));
  double mean;

  for (guint i = 0; i < n; i++)
    link_wanted (world, i, both_ways);
  for (guint i = 0; i < n; i++)
    {
      find_fingers (world, i, 0);
      link_wanted (world, i, both_ways);
    }
  for (guint i = 0; i < n; i++)
    links = MAX (links, p2p_chord_ring_get_n_contacts (world->rings[i]));
  for (guint i = 0; i < lookups; i++)
    {
      P2pChordPlace place = ring_random_place (&rng);
      guint from = (guint) test_rng_below (&rng, n), at;
      guint hops = ring_world_route (world, from, &place, &at);

      g_assert_cmpuint (at, ==, find_owner (world, &place));
      g_assert_true (p2p_chord_ring_is_mine (world->rings[at], &place));
      histogram[MIN (hops, 63)]++;
      sum += hops;
      most = MAX (most, hops);
    }
  for (guint seen = 0; (seen += histogram[p99]) < lookups / 100 * 99;)
    p99++;
  mean = (double) sum / lookups;
  g_test_message ("%u lookups among %u nodes, links used %s: mean %.2f hops, 99 %% within %u, most %u; all correct; at most %u contacts a node", lookups, n,
                  both_ways ? "both ways" : "one way", mean, p99, most, links);
  g_assert_cmpfloat (mean, <=, log2 (n) / 2 + 1);
  g_assert_cmpuint (p99, <=, 11);
  ring_world_free (world);
}

/* ---- with k ---- */

typedef struct {
  guint64 lookups;
  guint most;
  guint rings;
} Bound;

/* Whoever asks has a place, too, and the fingers of it, if it stores nothing. */
static P2pChordRing *
make_leech (RingWorld *world, guint k, guint slot)
{
  P2pChordPlace place = ring_place (slot, k), target;
  g_autoptr (P2pChordMember) own = p2p_chord_member_new (&place, "leech", NULL, 0);
  P2pChordRing *ring = p2p_chord_ring_new (own, world->n_after, world->n_before);
  g_autoptr (GPtrArray) wanted = NULL;
  guint owner = find_owner (world, &place);
  g_autoptr (GPtrArray) told = ring_copy_after (world->rings[owner]);

  p2p_chord_ring_offer (ring, world->members[owner]);
  if (told->len > 0)
    {
      g_autoptr (P2pChordMember) first = g_ptr_array_steal_index (told, 0);

      p2p_chord_ring_stabilise (ring, first, told, NULL, NULL);
    }
  for (guint j = 0; j < p2p_chord_ring_get_n_fingers (ring, k); j++)
    {
      guint at;

      p2p_chord_ring_get_finger_target (ring, j, &target);
      at = find_owner (world, &target);
      if (p2p_chord_place_compare (&world->members[at]->place, &target) != 0)
        at = (at + 1) % world->n;
      p2p_chord_ring_set_finger (ring, j, world->members[at]);
    }
  wanted = p2p_chord_ring_get_wanted (ring);
  for (guint j = 0; j < wanted->len; j++)
    p2p_chord_ring_add_contact (ring, wanted->pdata[j]);
  if (wanted->len == 0)
    p2p_chord_ring_add_contact (ring, world->members[owner]);
  return ring;
}

static void
check_bound (Bound *bound, guint k, const guint *slots, guint n, gboolean only_fingers)
{
  P2pChordPlace places[1 << 6];
  RingWorld *world;

  for (guint i = 0; i < n; i++)
    places[i] = ring_place (slots[i], k);
  world = make_ideal (ring_world_new (places, n, only_fingers ? 1 : MAX (4, k), only_fingers ? 1 : 2));
  for (guint i = 0; i < n; i++)
    link_wanted (world, i, FALSE);
  for (guint i = 0; i < n; i++)
    find_fingers (world, i, k);
  for (guint i = 0; i < n; i++)
    link_wanted (world, i, FALSE);
  bound->rings++;
  for (guint from = 0; from < 1u << k; from++)
    {
      guint asker = find_owner (world, &(P2pChordPlace) { .bytes = { (guint8) (from << (8 - k)) } });
      P2pChordRing *leech = p2p_chord_place_compare (&places[asker], &(P2pChordPlace) { .bytes = { (guint8) (from << (8 - k)) } }) != 0 ? make_leech (world, k, from) : NULL;

      for (guint to = 0; to < 1u << k; to++)
        {
          P2pChordPlace place = ring_place (to, k);
          guint at = asker, hops = 0;

          if (leech != NULL)
            {
              gboolean self_is_it;

              at = ring_world_index (p2p_chord_ring_find (leech, &place, FALSE, 0, &self_is_it));
              hops = 1;
            }
          hops += ring_world_route (world, at, &place, &at);
          g_assert_cmpuint (at, ==, find_owner (world, &place));
          g_assert_cmpuint (hops, <=, k);
          bound->most = MAX (bound->most, hops);
          bound->lookups++;
        }
      g_clear_pointer (&leech, p2p_chord_ring_free);
    }
  ring_world_free (world);
}

/* Sets of slots that are another one turned around the ring are told from it by nothing but where the numbers begin: of each such family the smallest is tried, in the deep run all. */
static gboolean
is_smallest (guint set, guint width)
{
  for (guint turn = 1; turn < width; turn++)
    if (((set << turn | set >> (width - turn)) & ((1u << width) - 1)) < set)
      return FALSE;
  return TRUE;
}

static void
test_k4 (void)
{
  Bound bound = { 0 };

  for (guint set = 1; set < 1u << 16; set++)
    {
      guint slots[16], n = 0;

      if (g_getenv ("SIM_DEEP") == NULL && !is_smallest (set, 16))
        continue;
      for (guint slot = 0; slot < 16; slot++)
        if (set & 1u << slot)
          slots[n++] = slot;
      check_bound (&bound, 4, slots, n, FALSE);
      check_bound (&bound, 4, slots, n, TRUE);
    }
  g_test_message ("k = 4: %u rings of 1 to 16 nodes, %" G_GUINT64_FORMAT " lookups, from all places to all places: at most %u requests", bound.rings, bound.lookups, bound.most);
  g_assert_cmpuint (bound.most, <=, 4);
}

static void
test_k6 (void)
{
  guint trials = g_getenv ("SIM_DEEP") != NULL ? 40 : 1;
  TestRng rng = test_rng_make (1, "k6", 0);
  Bound bound = { 0 };

  for (guint n = 1; n <= 64; n++)
    for (guint trial = 0; trial < trials; trial++)
      {
        guint slots[64], taken = 0;

        /* n of 64, each set as likely */
        for (guint slot = 0; slot < 64; slot++)
          if (test_rng_below (&rng, 64 - slot) < n - taken)
            slots[taken++] = slot;
        check_bound (&bound, 6, slots, n, FALSE);
        check_bound (&bound, 6, slots, n, TRUE);
      }
  g_test_message ("k = 6: %u rings of 1 to 64 nodes, %" G_GUINT64_FORMAT " lookups, from all places to all places: at most %u requests", bound.rings, bound.lookups, bound.most);
  g_assert_cmpuint (bound.most, <=, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/chord/ring-lookups/one-way", GINT_TO_POINTER (FALSE), test_hops);
  g_test_add_data_func ("/chord/ring-lookups/both-ways", GINT_TO_POINTER (TRUE), test_hops);
  g_test_add_func ("/chord/ring-lookups/k-4", test_k4);
  g_test_add_func ("/chord/ring-lookups/k-6", test_k6);
  return g_test_run ();
}
