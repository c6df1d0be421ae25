/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * After the storm: a few nodes, twenty seconds of whatever may go wrong, then all of it is over, everybody is there, and after a
 * while the network is one again and everybody hears everybody. Nobody but the nodes themselves puts it right.
 */
#include "sim-main.h"
#include "sim-faults.h"

#define STORM_BEGIN (5 * SECOND)
#define STORM_END (25 * SECOND)
#define CALM (45 * SECOND)      /* dead links are found, addresses that failed are tried again */
#define SPAN (STORM_END + CALM + 10 * SECOND)

static void
check (SimNet *net, const SimScenario *scenario, gint64 value)
{
  guint parts = sim_net_count_parts (net, 0, NULL);
  guint known = sim_net_count_known_parts (net);

  if (net->peace && parts > known)
    sim_net_fail (net, "the network is still in %u parts, and not %u", parts, known);
}

static void
finish (SimNet *net, const SimScenario *scenario)
{
  gint64 calm = SECOND + STORM_END + CALM;

  if (!net->peace || sim_net_count_known_parts (net) > 1)
    return;
  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];

      if (cast->sent >= calm && cast->n_delivered != sim_net_count_alive (net) - 1)
        sim_net_fail (net, "message %u was heard by %u of %u nodes", i, cast->n_delivered, sim_net_count_alive (net) - 1);
    }
}

static SimScenario *
make_scenario (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "storm", 0);
  guint n_hosts = (guint) test_rng_between (&rng, 3, 8);
  SimScenario *self = sim_scenario_new (seed, n_hosts, SPAN);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  guint n_faults = (guint) test_rng_between (&rng, 1, 12);

  self->compressing = test_rng_chance (&rng, 0.2);
  if (test_rng_chance (&rng, 0.3))
    self->path.split_headers = TRUE;
  for (guint i = 0; i < n_hosts; i++)
    {
      sim_scenario_add (self, i * 10 * MILLISECOND, SIM_START, i, 0, 0);
      if (i > 0)
        {
          guint other = (guint) test_rng_below (&rng, i);

          sim_scenario_add (self, test_rng_between (&rng, 200, 3000) * MILLISECOND, SIM_CONNECT, i, other, 0);
        }
    }
  sim_add_traffic (self, &traffic, 0, STORM_END, 2000);
  for (guint i = 0; i < n_faults; i++)
    sim_add_fault (self, &faults, STORM_BEGIN, STORM_END, FALSE);
  sim_add_peace (self, STORM_END);
  sim_scenario_add (self, STORM_END + CALM - SECOND, SIM_CHECK, 0, 0, 0);
  for (guint i = 0; i < n_hosts; i++)
    sim_scenario_add (self, STORM_END + CALM + i * 100 * MILLISECOND, SIM_SEND, i, 0, 50);
  self->check = check;
  self->finish = finish;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "storm", .make = make_scenario, .seeds = 150, .deep_seeds = 3000 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
