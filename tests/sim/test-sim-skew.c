/* SPDX-License-Identifier: GPL-3.0-or-later */
/* S7: clocks that are wrong. What may be 60 s off is heard by all; whose clock is further off is not muted without a word. */
#include "sim-main.h"
#include "sim-topology.h"

#define BEGIN (12 * SECOND)
#define SPAN (20 * SECOND)
/* Of the design: how far the time of a message may be from that of who hears it. One second is lost on the way. */
#define TOLERANCE 59000
/* In thousandths of a second. */
#define SMALL_SKEW 55000
#define LARGE_SKEW 120000

/* By host, in milliseconds, as the scenario's events say. */
static gint64 *
find_skews (const SimScenario *scenario)
{
  gint64 *skews = g_new0 (gint64, scenario->n_hosts);

  for (guint i = 0; i < scenario->events->len; i++)
    {
      const SimEvent *event = &g_array_index (scenario->events, SimEvent, i);

      if (event->kind == SIM_SKEW)
        skews[event->a] = event->value;
    }
  return skews;
}

static void
check_deliveries (SimNet *net, const gint64 *skews, guint64 *n_checked)
{
  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];
      SimNode *origin = net->nodes->pdata[cast->origin];

      /* Nobody between two of those would relay it. */
      if (ABS (skews[origin->host_index]) > TOLERANCE)
        continue;
      for (guint j = 0; j < net->nodes->len; j++)
        {
          SimNode *node = net->nodes->pdata[j];

          if (node == origin || ABS (skews[node->host_index] - skews[origin->host_index]) > TOLERANCE)
            continue;
          ++*n_checked;
          if (sim_cast_get_hops (cast, node) == 0)
            sim_net_fail (net, "h%u (clock %+.0f s) did not hear message %u of h%u (clock %+.0f s)", node->host_index,
                          skews[node->host_index] / 1000.0, i, origin->host_index, skews[origin->host_index] / 1000.0);
        }
    }
}

/* When a node said something for the nth time. */
static gint64
find_cast (SimNet *net, guint index, guint nth)
{
  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];

      if (cast->origin == index && --nth == 0)
        return cast->sent;
    }
  return G_MAXINT64 / 2;
}

/* Nobody hears whose clock is further off; at his second word at the latest his node tells him, and says by how much. */
static void
check_told (SimNet *net, const gint64 *skews, guint *n_told)
{
  for (guint i = 0; i < net->nodes->len; i++)
    {
      SimNode *node = net->nodes->pdata[i];
      gint64 skew = skews[node->host_index] / 1000;
      gint64 second = find_cast (net, i, 2);

      /* Its first neighbour may be one of those, and is believed for want of others. */
      if (skew == 0 && node->skew != 0)
        sim_net_fail (net, "h%u, whose clock is right, takes it for wrong", node->host_index);
      if (ABS (skew) * 1000 < LARGE_SKEW)
        continue;
      if (node->skew_told == 0 || node->skew_told > second + SECOND)
        sim_net_fail (net, "h%u (clock %+" G_GINT64_FORMAT " s) was muted without a word", node->host_index, skew);
      else if (ABS (node->skew - skew) > 60)
        sim_net_fail (net, "h%u (clock %+" G_GINT64_FORMAT " s) takes its clock to be %+" G_GINT64_FORMAT " s off", node->host_index, skew, node->skew);
      else
        ++*n_told;
    }
}

static void
finish (SimNet *net, const SimScenario *scenario)
{
  g_autofree gint64 *skews = find_skews (scenario);
  guint64 n_checked = 0;
  guint n_small = 0, n_large = 0, n_told = 0;

  check_deliveries (net, skews, &n_checked);
  check_told (net, skews, &n_told);
  for (guint i = 0; i < scenario->n_hosts; i++)
    {
      n_small += ABS (skews[i]) == SMALL_SKEW;
      n_large += ABS (skews[i]) == LARGE_SKEW;
    }
  sim_net_note (net, "%u nodes, %u of them 55 s off, %u 120 s off, %u of them told: %" G_GUINT64_FORMAT " deliveries of up to 60 s", scenario->n_hosts, n_small, n_large,
                n_told, n_checked);
}

static SimScenario *
make_scenario (guint64 seed, gboolean deep)
{
  SimScenario *self = sim_scenario_new (seed, deep ? 400 : 200, BEGIN + SPAN + 10 * SECOND);
  TestRng topology = test_rng_make (seed, "topology", 0);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng skew = test_rng_make (seed, "skew", 0);

  g_array_unref (sim_add_rings (self, &topology, 4, 5 * MILLISECOND));
  for (guint i = 0; i < self->n_hosts; i++)
    {
      double choice = test_rng_double (&skew);
      gint64 sign = test_rng_chance (&skew, 0.5) ? 1 : -1;

      if (choice >= 0.07)
        continue;
      sim_scenario_add (self, 0, SIM_SKEW, i, 0, sign * (choice < 0.05 ? SMALL_SKEW : LARGE_SKEW));
      for (guint j = 0; j < 2; j++)
        sim_scenario_add (self, BEGIN + test_rng_between (&skew, 0, SPAN), SIM_SEND, i, 0, 60);
    }
  for (guint i = 0; i < 40; i++)
    {
      guint host = (guint) test_rng_below (&traffic, self->n_hosts);

      sim_scenario_add (self, BEGIN + test_rng_between (&traffic, 0, SPAN), SIM_SEND, host, 0, 60);
    }
  self->check_every = 16;
  self->finish = finish;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "S7", .make = make_scenario, .seeds = 2, .deep_seeds = 20 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
