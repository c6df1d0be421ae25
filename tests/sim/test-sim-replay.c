/* SPDX-License-Identifier: GPL-3.0-or-later */
/* S1: anything may happen to a few nodes, nothing may be out of order, and it happens the same way again. */
#include "sim-main.h"

#define SPAN (10 * SECOND)

static TestPath
make_path (TestRng *rng)
{
  TestPath path = {
    .delay = test_rng_between (rng, 1, 80) * MILLISECOND,
    .spread = test_rng_chance (rng, 0.5) ? 0.7 : 0,
    .least = 5 * MILLISECOND,
    .most = 200 * MILLISECOND,
    .capacity = (gsize) 1 << test_rng_between (rng, 10, 20),
  };

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

/* Faults come in pairs: what is done is undone, mostly. */
static void
add_fault (SimScenario *self, TestRng *rng)
{
  gint64 from = test_rng_between (rng, SECOND, SPAN - 2 * SECOND);
  gint64 until = from + test_rng_between (rng, 10 * MILLISECOND, 5 * SECOND);
  guint a = (guint) test_rng_below (rng, self->n_hosts);
  guint b = (guint) test_rng_below (rng, self->n_hosts);

  switch (test_rng_below (rng, 9))
    {
    case 0:
      sim_scenario_add (self, from, SIM_CUT, a, b, 0);
      break;
    case 1:
      sim_scenario_add (self, from, SIM_STALL, a, b, 0);
      sim_scenario_add (self, until, SIM_RESUME, a, b, 0);
      break;
    case 2:
      sim_scenario_add (self, from, SIM_GROUP, MIN (a, b), MAX (a, b), 1);
      sim_scenario_add (self, until, SIM_GROUP, 0, self->n_hosts - 1, 0);
      break;
    case 3:
      sim_scenario_add (self, from, SIM_CRASH, a, 0, test_rng_chance (rng, 0.5));
      sim_scenario_add (self, until, SIM_START, a, 0, 0);
      sim_scenario_add (self, until + 100 * MILLISECOND, SIM_CONNECT, a, b, 0);
      break;
    case 4:
      sim_scenario_add (self, from, SIM_LEAVE, a, 0, 0);
      sim_scenario_add (self, until, SIM_START, a, 0, 0);
      sim_scenario_add (self, until, SIM_CONNECT, b, a, 0);
      break;
    case 5:
      sim_scenario_add (self, from, SIM_SKEW, a, 0, test_rng_between (rng, -50000, 50000));
      break;
    case 6:
      sim_scenario_add (self, from, SIM_SLOW, a, 0, test_rng_between (rng, 100, 100000));
      sim_scenario_add (self, until, SIM_SLOW, a, 0, 0);
      break;
    case 7:
      sim_scenario_add (self, from, SIM_DISCONNECT, a, b, 0);
      sim_scenario_add (self, until, SIM_CONNECT, a, b, 0);
      break;
    default:
      sim_scenario_add (self, from, test_rng_chance (rng, 0.5) ? SIM_REFUSE : SIM_SILENT, a, 0, 1);
      sim_scenario_add (self, from, SIM_CONNECT, b, a, 0);
      sim_scenario_add (self, until, SIM_REFUSE, a, 0, 0);
      sim_scenario_add (self, until, SIM_SILENT, a, 0, 0);
      break;
    }
}

static void
add_traffic (SimScenario *self, TestRng *rng, gint64 from, gint64 until)
{
  guint n = (guint) test_rng_between (rng, 1, 30);
  /* Byte for byte a long message is a hundred thousand events, and says no more than a short one. */
  gint64 longest = self->path.chunk > 0 && self->path.chunk < 100 ? 2000 : 60000;

  for (guint i = 0; i < n; i++)
    {
      guint a = (guint) test_rng_below (rng, self->n_hosts);
      guint b = (guint) test_rng_below (rng, self->n_hosts);
      gint64 time = test_rng_between (rng, from, until);
      gint64 size = test_rng_chance (rng, 0.1) ? test_rng_between (rng, 1000, longest) : test_rng_between (rng, 1, 300);
      guint kind = (guint) test_rng_below (rng, 10);

      if (kind < 7)
        sim_scenario_add (self, time, SIM_SEND, a, 0, size);
      else if (kind < 9)
        sim_scenario_add (self, time, SIM_WHISPER, a, b, size);
      else
        sim_scenario_add (self, time, SIM_ASK, a, 0, 0);
    }
}

/* Where nothing went wrong and the network is one, everybody heard everything. */
static void
finish_calm (SimNet *net, const SimScenario *scenario)
{
  if (sim_net_count_parts (net, 0, NULL) != 1)
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
  guint n_faults = test_rng_chance (&rng, 0.25) ? 0 : (guint) test_rng_between (&rng, 1, 8);

  self->path = make_path (&rng);
  self->compressing = test_rng_chance (&rng, 0.3);
  for (guint i = 0; i < n_hosts; i++)
    {
      sim_scenario_add (self, test_rng_between (&rng, 0, 100) * MILLISECOND, SIM_START, i, 0, 0);
      if (i > 0)
        sim_scenario_add (self, test_rng_between (&rng, 200, 800) * MILLISECOND, SIM_CONNECT, i, (guint) test_rng_below (&rng, i), 0);
      /* Now and then two dial each other at the same time. */
      if (i > 0 && test_rng_chance (&rng, 0.3))
        sim_scenario_add (self, test_rng_between (&rng, 200, 800) * MILLISECOND, SIM_CONNECT, (guint) test_rng_below (&rng, i), i, 0);
    }
  add_traffic (self, &traffic, n_faults > 0 ? 0 : 4 * SECOND, n_faults > 0 ? SPAN - SECOND : 6 * SECOND);
  for (guint i = 0; i < n_faults; i++)
    add_fault (self, &faults);
  if (n_faults == 0)
    {
      self->finish = finish_calm;
      /* On the slowest of paths the time that is left would not do. */
      self->path.rate = 0;
      self->path.capacity = MAX (self->path.capacity, 65536);
    }
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "S1", .make = make_scenario, .seeds = 100, .deep_seeds = 1000, .twice = TRUE },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
