/* SPDX-License-Identifier: GPL-3.0-or-later */
/* S1: anything may happen to a few nodes, nothing may be out of order, and it happens the same way again. */
#include "sim-faults.h"
#include "sim-main.h"

#include <string.h>

#define SPAN (10 * SECOND)

static TestPath
make_path (TestRng *rng)
{
  TestPath path = { .least = 5 * MILLISECOND, .most = 200 * MILLISECOND };

  path.delay = test_rng_between (rng, 1, 80) * MILLISECOND;
  path.spread = test_rng_chance (rng, 0.5) ? 0.7 : 0;
  path.capacity = (gsize) 1 << test_rng_between (rng, 10, 20);
  if (test_rng_chance (rng, 0.5))
    path.jitter = test_rng_between (rng, 1, 50) * MILLISECOND;
  if (test_rng_chance (rng, 0.3))
    path.rate = (gsize) 1 << test_rng_between (rng, 12, 20);
  if (test_rng_chance (rng, 0.5))
    {
      path.chunk = test_rng_chance (rng, 0.2) ? 1 : (gsize) test_rng_between (rng, 2, 1460);
      path.chunk_random = test_rng_chance (rng, 0.5);
    }
  path.split_headers = test_rng_chance (rng, 0.3);
  return path;
}

/* Where nothing went wrong and the network is one, everybody heard everything. */
static void
finish_calm (SimNet *net, const SimScenario *scenario)
{
  /* What py2p's quirks lose is py2p's. */
  if (sim_net_count_parts (net, 0, NULL) != 1 || memchr (net->kinds->data, SIM_KIND_PY2P, net->kinds->len) != NULL)
    return;
  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];

      if (cast->n_delivered != net->nodes->len - 1)
        sim_net_fail (net, "message %u, of %.3f s, was heard by %u of %u nodes", i, cast->sent / (double) SECOND, cast->n_delivered, net->nodes->len - 1);
    }
}

static SimScenario *
make_scenario (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "replay", 0);
  guint n_hosts = (guint) test_rng_between (&rng, 2, 8);
  SimScenario *self = sim_scenario_new (seed, n_hosts, SPAN);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  TestRng kinds = test_rng_make (seed, "kinds", 0);
  guint n_faults = test_rng_chance (&rng, 0.25) ? 0 : (guint) test_rng_between (&rng, 1, 8);
  gint64 longest;

  self->path = make_path (&rng);
  self->compressing = test_rng_chance (&rng, 0.3);
  self->secure = test_rng_chance (&rng, 0.2);
  if (!self->secure && test_rng_chance (&kinds, 0.5))
    sim_add_kinds (self, &kinds, test_rng_chance (&kinds, 0.7) ? 0.4 : 0);
  for (guint i = 0; i < n_hosts; i++)
    {
      /* Now and then two dial each other at the same time. */
      guint n_dials = test_rng_chance (&rng, 0.3) ? 2 : 1;

      sim_scenario_add (self, test_rng_between (&rng, 0, 100) * MILLISECOND, SIM_START, i, 0, 0);
      for (guint n = 0; i > 0 && n < n_dials; n++)
        {
          guint other = (guint) test_rng_below (&rng, i);
          gint64 time = test_rng_between (&rng, 200, 800) * MILLISECOND;

          sim_scenario_add (self, time, SIM_CONNECT, n == 0 ? i : other, n == 0 ? other : i, 0);
        }
    }
  /* Byte for byte a long message is a hundred thousand events, and says no more than a short one. */
  longest = self->path.chunk > 0 && self->path.chunk < 100 ? 2000 : 60000;
  sim_add_traffic (self, &traffic, n_faults > 0 ? 0 : 4 * SECOND, n_faults > 0 ? SPAN - SECOND : 6 * SECOND, longest);
  for (guint i = 0; i < n_faults; i++)
    sim_add_fault (self, &faults, SECOND, SPAN - 2 * SECOND, TRUE);
  if (n_faults == 0)
    {
      self->finish = finish_calm;
      /* On the slowest of paths the time that is left would not do. */
      self->path.rate = 0;
      self->path.capacity = MAX (self->path.capacity, 65536);
    }
  return self;
}

/* ---- a fault that has to be found ---- */

/* Nodes forget what they heard, five times a second. */
static void
forget (SimNet *net, const SimScenario *scenario, gint64 value)
{
  for (guint i = 0; i < net->current->len; i++)
    {
      SimNode *node = sim_net_get (net, i);

      if (node == NULL || node->node == NULL)
        continue;
      p2p_seen_set_free (node->node->seen);
      node->node->seen = p2p_seen_set_new (node->node->env->random, node->node->limits.seen_ids, G_TIME_SPAN_MINUTE);
    }
}

static SimScenario *
make_forgetful (guint64 seed, gboolean deep)
{
  SimScenario *self = make_scenario (seed, deep);

  for (gint64 time = SECOND; time < self->duration; time += SECOND / 5)
    sim_scenario_add (self, time, SIM_CHECK, 0, 0, 0);
  self->check = forget;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "S1", .make = make_scenario, .seeds = 100, .deep_seeds = 1000, .twice = TRUE },
    { .name = "forgetful", .make = make_forgetful, .seeds = 20, .deep_seeds = 20, .least_failing = 10, .shrinks_to = 16 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
