/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * H2: rings of a thousand places, r = 4, under random joining, failing, links and steps of the nodes; Zave's invariants after each event; and how soon the ring is ideal when it ends. A failure
 * is drawn anew where it would leave somebody with nobody in its list who lives: that is the assumption of the theorem.
 */
#include "ring-world.h"

#include <math.h>

#define N_AFTER 4
#define N_BEFORE 2

typedef struct {
  const char *name;
  guint n;                      /* places */
  guint first;                  /* that live at first */
  guint events, deep_events;
  guint churn;                  /* of 100 events, so many are nodes that join or fail */
  guint principals;
} Run;

static const Run runs[] = {
  { "calm", 1000, 900, 6000, 500000, 2, N_AFTER + 1 },
  { "churn", 1000, 500, 8000, 500000, 30, N_AFTER + 1 },
  { "few", 12, 6, 30000, 1000000, 20, N_AFTER + 1 },
  { "from-one", 300, 1, 3000, 100000, 10, 0 },
};

static void
shuffle (TestRng *rng, guint *order, guint n)
{
  for (guint i = n; i > 1; i--)
    {
      guint j = (guint) test_rng_below (rng, i), kept = order[i - 1];

      order[i - 1] = order[j];
      order[j] = kept;
    }
}

/* All nodes do what each does in a period, in any order. */
static guint
count_rounds (RingWorld *world, TestRng *rng)
{
  g_autofree guint *order = g_new (guint, world->n);
  guint rounds = 0;

  for (guint i = 0; i < world->n; i++)
    order[i] = i;
  for (; !ring_world_is_ideal (world) && rounds < 200; rounds++)
    {
      shuffle (rng, order, world->n);
      for (guint i = 0; i < world->n; i++)
        if (ring_world_lives (world, order[i]))
          ring_world_period (world, order[i]);
    }
  return rounds;
}

static guint
draw_live (RingWorld *world, TestRng *rng)
{
  guint i;

  do
    i = (guint) test_rng_below (rng, world->n);
  while (!ring_world_lives (world, i));
  return i;
}

/* Of the theorem: it holds as long as enough are passed over by nobody. */
static gboolean
may_fail (RingWorld *world, const Run *run, guint i)
{
  return world->n_live > MAX (run->first / 2, N_AFTER + 1) && ring_world_may_fail (world, i) &&
    (run->principals == 0 || ring_world_count_principals (world) > (world->n < 100 ? N_AFTER + 1 : run->principals));
}

static void
make_event (RingWorld *world, const Run *run, TestRng *rng)
{
  guint i, kind = (guint) test_rng_below (rng, 100);

  if (kind < run->churn)
    {
      i = (guint) test_rng_below (rng, world->n);
      if (!ring_world_lives (world, i))
        ring_world_join (world, i, RING_NOBODY);
      else if (may_fail (world, run, i))
        ring_world_fail (world, i);
      return;
    }
  i = draw_live (world, rng);
  kind = (guint) test_rng_below (rng, 10);
  if (kind < 4)
    ring_world_stabilise (world, i);
  else if (kind < 6)
    ring_world_ask_closer (world, i);
  else if (kind < 9)
    ring_world_notify (world, i);
  else
    {
      guint other = draw_live (world, rng);

      if (other != i)
        ring_world_offer (world, i, other);
    }
}

static void
test_run (gconstpointer data)
{
  const Run *run = data;
  TestRng rng = test_rng_make (1, run->name, 0);
  RingWorld *world = ring_world_new_random (&rng, run->n, N_AFTER, N_BEFORE);
  guint events = g_getenv ("SIM_DEEP") != NULL ? run->deep_events : run->events, bound, rounds, joins = 0, fails = 0, least = run->n, most = 0;

  for (guint i = 0; i < run->first; i++)
    ring_world_begin (world, i * run->n / run->first);
  for (guint i = 0; i < run->first; i++)
    ring_world_make_ideal (world, i * run->n / run->first);
  for (guint event = 0; event < events; event++)
    {
      guint before = world->n_live;
      g_autofree char *wrong = NULL;

      make_event (world, run, &rng);
      joins += world->n_live > before;
      fails += world->n_live < before;
      least = MIN (least, world->n_live);
      most = MAX (most, world->n_live);
      wrong = ring_world_check (world, run->principals);
      if (wrong != NULL && (run->principals > 0 || world->n_live > N_AFTER + 1))
        g_error ("%s, event %u: %s", run->name, event, wrong);
    }
  bound = (guint) ceil (log2 (world->n_live)) + 4;
  rounds = count_rounds (world, &rng);
  g_test_message ("%s: %u events, %u joins, %u failures, %u to %u nodes: no violation; ideal after %u rounds (bound %u)", run->name, events, joins, fails, least, most, rounds, bound);
  g_assert_true (ring_world_is_ideal (world));
  g_assert_cmpuint (rounds, <=, bound);
  ring_world_free (world);
}

/* Many come at once to one place, and half of all go at once, as long as somebody in each list lives. */
static void
test_bursts (gconstpointer data)
{
  guint n = 1000, n_joins = GPOINTER_TO_UINT (data), trials = g_getenv ("SIM_DEEP") != NULL ? 50 : 1, most_joined = 0, most_failed = 0;

  for (guint trial = 0; trial < trials; trial++)
    {
      TestRng rng = test_rng_make (trial, "bursts", 0);
      RingWorld *world = ring_world_new_random (&rng, n, N_AFTER, N_BEFORE);
      guint rounds;

      for (guint i = 0; i < n - n_joins; i++)
        ring_world_begin (world, i);
      for (guint i = 0; i < n - n_joins; i++)
        ring_world_make_ideal (world, i);
      /* between the last one and number 0, all by the answer of one */
      for (guint i = n - n_joins; i < n; i++)
        g_assert_true (ring_world_join (world, i, n - n_joins - 1));
      rounds = count_rounds (world, &rng);
      g_assert_true (ring_world_is_ideal (world));
      most_joined = MAX (most_joined, rounds);
      for (guint i = 0; i < 4 * n && world->n_live > n / 2; i++)
        {
          guint at = draw_live (world, &rng);

          if (ring_world_may_fail (world, at))
            ring_world_fail (world, at);
        }
      g_assert_cmpuint (world->n_live, ==, n / 2);
      rounds = count_rounds (world, &rng);
      g_assert_true (ring_world_is_ideal (world));
      most_failed = MAX (most_failed, rounds);
      ring_world_free (world);
    }
  g_test_message ("ideal after %u rounds when %u joined at one place at once, after %u when half of %u failed at once", most_joined, n_joins, most_failed, n);
  g_assert_cmpuint (most_joined, <=, n_joins);
  g_assert_cmpuint (most_failed, <=, 14);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *path = g_strconcat ("/chord/ring-random/", runs[i].name, NULL);

      g_test_add_data_func (path, &runs[i], test_run);
    }
  g_test_add_data_func ("/chord/ring-random/bursts", GUINT_TO_POINTER (50), test_bursts);
  return g_test_run ();
}
