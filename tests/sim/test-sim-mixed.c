/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes of py2p's kind (its model) and ours in one network. The originals' falls apart when one of them leaves; with one of ours in it
 * every survivor hears every other again.
 */
#include "sim-faults.h"
#include "sim-main.h"

#define N_FOREIGN 5

/* ---- healer ---- */

/* One comes after the other. */
#define FORMING (1500 * MILLISECOND)
#define HEALED (10 * SECOND)    /* after it */
#define HEARD (2 * SECOND)

static guint
count_unheard (SimNet *net, SimCast *cast)
{
  guint unheard = 0;

  for (guint i = 0; i < net->current->len; i++)
    unheard += sim_net_get (net, i) != NULL && sim_cast_get_hops (cast, sim_net_get (net, i)) == 0;
  return unheard;
}

/* What is said ten seconds after the kill reaches every survivor. Before that, when was the last that did not? */
static void
finish_healer (SimNet *net, const SimScenario *scenario)
{
  gint64 whole = SECOND + scenario->duration - HEARD;
  guint n = sim_net_count_alive (net), missing = 0, said = 0;
  gint64 last = whole - HEALED;

  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];
      guint unheard = count_unheard (net, cast);

      if (unheard > 0)
        last = MAX (last, cast->sent);
      if (cast->sent < whole)
        continue;
      said++;
      missing += unheard;
    }
  sim_net_note (net, "whole %.1f s after the kill", (last - (whole - HEALED)) / (double) SECOND);
  if (said != n)
    sim_net_fail (net, "%u of %u survivors had somebody to tell something", said, n);
  if (missing > 0)
    sim_net_fail (net, "%u times a survivor did not hear another", missing);
}

/* Before it: what falls apart while it forms, and what nobody told ours of, is not for it to heal. */
static void
check_formed (SimNet *net, const SimScenario *scenario, gint64 value)
{
  guint parts = sim_net_count_parts (net, 0, NULL);

  if (parts != 1)
    sim_net_fail (net, "it is in %u parts before it begins", parts);
}

/*
 * Each py2p knows one that was there before; ours knows one of them, or is known to one, and comes fourth. One py2p is killed: a minute
 * later, or, where somebody says a word now and then, twelve seconds.
 */
static SimScenario *
make_network (guint64 seed, guint n_foreign, gboolean with_ours)
{
  TestRng rng = test_rng_make (seed, "healer", 0);
  gboolean quiet = test_rng_chance (&rng, 0.5);
  gint64 formed = (1 + n_foreign + 1) * FORMING;
  gint64 killed = formed + (quiet ? 60 : 12) * SECOND;
  SimScenario *self = sim_scenario_new (seed, n_foreign + with_ours, killed + HEALED + HEARD);

  self->compressing = TRUE;
  for (guint i = 0; i < self->n_hosts; i++)
    {
      guint place = i == n_foreign ? 3 : i < 3 ? i : i + with_ours;
      guint other = (guint) test_rng_below (&rng, i < 3 ? MAX (i, 1) : i == n_foreign ? 3 : i);
      gboolean dialled = i == n_foreign && test_rng_chance (&rng, 0.5);

      if (i < n_foreign)
        sim_scenario_add (self, 0, SIM_PY2P, i, 0, 1);
      sim_scenario_add (self, 0, SIM_START, i, 0, 0);
      if (i > 0)
        sim_scenario_add (self, (1 + place) * FORMING, SIM_CONNECT, dialled ? other : i, dialled ? i : other, 0);
      for (gint64 time = formed; !quiet && time < killed + HEALED; time += SECOND)
        sim_scenario_add (self, time + test_rng_between (&rng, 0, SECOND), SIM_SEND, i, 0, 60);
      sim_scenario_add (self, killed + HEALED + test_rng_between (&rng, 0, SECOND / 2), SIM_SEND, i, 0, 60);
    }
  sim_scenario_add (self, killed - MILLISECOND, SIM_CHECK, 0, 0, 0);
  sim_scenario_add (self, killed, SIM_CRASH, (guint) test_rng_below (&rng, n_foreign), 0, 1);
  self->check = check_formed;
  self->finish = finish_healer;
  return self;
}

static SimScenario *
make_healer (guint64 seed, gboolean deep)
{
  return make_network (seed, N_FOREIGN, TRUE);
}

static SimScenario *
make_healer_of_ten (guint64 seed, gboolean deep)
{
  return make_network (seed, 2 * N_FOREIGN, TRUE);
}

static SimScenario *
make_alone (guint64 seed, gboolean deep)
{
  return make_network (seed, N_FOREIGN, FALSE);
}

/* ---- a storm over both kinds ---- */

#define STORM_BEGIN (6 * SECOND)
#define STORM_END (26 * SECOND)
#define CALM (60 * SECOND)

/* Ours that can know of each other are in one part, whatever the others do. */
static void
finish_storm (SimNet *net, const SimScenario *scenario)
{
  g_autofree guint *part = g_new0 (guint, scenario->n_hosts);
  guint known = sim_net_count_known_parts (net);

  sim_net_count_parts (net, 0, part);
  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];
      SimNode *origin = net->nodes->pdata[cast->origin];

      if (cast->sent < SECOND + STORM_END + CALM || origin->node == NULL || !net->peace || known > 1)
        continue;
      for (guint j = 0; j < net->current->len; j++)
        {
          SimNode *node = sim_net_get (net, j);

          if (node != NULL && node->node != NULL && node != origin && sim_cast_get_hops (cast, node) == 0)
            sim_net_fail (net, "h%u, of ours, did not hear h%u, which are in parts %u and %u", j, origin->host_index, part[j], part[origin->host_index]);
        }
    }
}

static SimScenario *
make_storm (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "storm", 0);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  guint n_own = (guint) test_rng_between (&rng, 2, 4);
  SimScenario *self = sim_scenario_new (seed, n_own + (guint) test_rng_between (&rng, 1, 4), STORM_END + CALM + 10 * SECOND);
  guint n_faults = (guint) test_rng_between (&rng, 1, 8);

  self->compressing = TRUE;
  for (guint i = 0; i < self->n_hosts; i++)
    {
      if (i >= n_own)
        sim_scenario_add (self, 0, SIM_PY2P, i, 0, 1);
      sim_scenario_add (self, i * 10 * MILLISECOND, SIM_START, i, 0, 0);
      if (i > 0)
        {
          guint other = (guint) test_rng_below (&rng, i);

          sim_scenario_add (self, test_rng_between (&rng, 200, 3000) * MILLISECOND, SIM_CONNECT, i, other, 0);
        }
    }
  sim_add_traffic (self, &traffic, SECOND, STORM_END, 2000);
  for (guint i = 0; i < n_faults; i++)
    sim_add_fault (self, &faults, STORM_BEGIN, STORM_END, FALSE);
  sim_add_peace (self, STORM_END);
  for (guint i = 0; i < self->n_hosts; i++)
    sim_scenario_add (self, STORM_END + CALM + i * 100 * MILLISECOND, SIM_SEND, i, 0, 50);
  self->finish = finish_storm;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "healer", .make = make_healer, .seeds = 60, .deep_seeds = 500 },
    { .name = "healer-of-ten", .make = make_healer_of_ten, .seeds = 0, .deep_seeds = 200, .most_failing = 2 },
    { .name = "alone", .make = make_alone, .seeds = 20, .deep_seeds = 100, .least_failing = 90 },
    { .name = "mixed-storm", .make = make_storm, .seeds = 30, .deep_seeds = 200 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
