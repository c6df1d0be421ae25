/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * H7: what 64 nodes store of many keys, the most of one against the mean. Ids are random, and so the arcs of nodes are as unequal as chance has it: the longest of 64 is 4.7 times the mean
 * (1 + 1/2 + ... + 1/64). The five positions of a key do not make up for it, as all go to the same arcs. What a node keeps are three arcs, its own and those of the two after it, of which it has
 * replicas: and these three together are what the bar is about. With k, arcs are equal where all slots are taken.
 */
#include "ring-world.h"

#define NODES 64
#define KEYS 500

typedef struct {
  double own, stored;           /* most of one node / mean of all */
} Skew;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
get_skew (const guint *counts, guint n)
{
  guint64 sum = 0, most = 0;

  for (guint i = 0; i < n; i++)
    {
      sum += counts[i];
      most = MAX (most, counts[i]);
    }
  return (double) most * n / (double) sum;
}

static Skew
measure (guint64 seed, guint k)
{
  TestRng rng = test_rng_make (seed, "skew", k);
  P2pChordPlace slots[1 << 6];
  RingWorld *world;
  guint own[NODES] = { 0 }, stored[NODES] = { 0 };
  Skew skew;

  if (k == 0)
    world = ring_world_new_random (&rng, NODES, 4, 2);
  else
    {
      for (guint i = 0; i < NODES; i++)
        slots[i] = ring_place (i, k);
      world = ring_world_new (slots, NODES, MAX (4, k), 2);
    }
  for (guint i = 0; i < NODES; i++)
    ring_world_begin (world, i);
  for (guint i = 0; i < NODES; i++)
    ring_world_make_ideal (world, i);
  for (guint key = 0; key < KEYS; key++)
    {
      P2pChordSpot spots[P2P_CHORD_HASHES];
      guint64 text = test_rng_next (&rng);

      p2p_chord_spots_of_key ((const guint8 *) &text, sizeof text, spots);
      for (guint h = 0; h < P2P_CHORD_HASHES; h++)
        {
          P2pChordPlace place;

          p2p_chord_place_of_spot (&place, k, &spots[h]);
          for (guint i = 0; i < NODES; i++)
            {
              int role = p2p_chord_ring_get_role (world->rings[i], &place, FALSE);

              own[i] += role == 0;
              stored[i] += role >= 0;
            }
        }
    }
  skew.own = get_skew (own, NODES);
  skew.stored = get_skew (stored, NODES);
  ring_world_free (world);
  return skew;
}

static void
test_skew (gconstpointer data)
{
  guint k = GPOINTER_TO_UINT (data), seeds = g_getenv ("SIM_DEEP") != NULL ? 400 : 20, within = 0;
  g_autofree double *own = g_new (double, seeds);
  g_autofree double *stored = g_new (double, seeds);

  for (guint i = 0; i < seeds; i++)
    {
      Skew skew = measure (i, k);

      own[i] = skew.own;
      stored[i] = skew.stored;
      within += skew.stored <= 3.5;
    }
  qsort (own, seeds, sizeof *own, compare_doubles);
  qsort (stored, seeds, sizeof *stored, compare_doubles);
  g_test_message ("%s%s: %u rings of %u nodes, %u keys: what one stores is at most %.2f times the mean (median; 95 %%: %.2f; worst %.2f), within 3.5 in %u of them; without replicas %.2f "
                  "(95 %%: %.2f; worst %.2f)", k > 0 ? "k = 6" : "no k", k > 0 ? ", all slots taken" : "", seeds, NODES, KEYS, stored[seeds / 2], stored[seeds * 95 / 100], stored[seeds - 1], within,
                  own[seeds / 2], own[seeds * 95 / 100], own[seeds - 1]);
  g_assert_cmpfloat (stored[seeds / 2], <=, 3.5);
  if (k > 0)
    g_assert_cmpfloat (stored[seeds - 1], <=, 3.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/chord/ring-skew/ids", GUINT_TO_POINTER (0), test_skew);
  g_test_add_data_func ("/chord/ring-skew/k-6", GUINT_TO_POINTER (6), test_skew);
  return g_test_run ();
}
