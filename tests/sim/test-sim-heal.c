/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network that was cut in two becomes one again (S4); one whose nodes come and go stays one (S6). */
#include "sim-main.h"
#include "sim-topology.h"

/* ---- S4 ---- */

#define PARTITION_BEGIN (15 * SECOND)
#define PARTITION_SPAN (30 * SECOND)
#define PARTITION_END (PARTITION_BEGIN + PARTITION_SPAN)
#define HEAL_SPAN (10 * SECOND)

enum {
  CHECK_IS_ONE,
  CHECK_IS_TWO,
  CHECK_SAMPLE,
};

static void
check_partition (SimNet *net, const SimScenario *scenario, gint64 value)
{
  guint parts = sim_net_count_parts (net, 0, NULL);

  if (value == CHECK_IS_ONE && parts != 1)
    sim_net_fail (net, "the network is in %u parts", parts);
  if (value == CHECK_IS_TWO && parts < 2)
    sim_net_fail (net, "the partition is none");
}

static void
finish_partition (SimNet *net, const SimScenario *scenario)
{
  SimFigures figures;
  gint64 zero = SECOND;         /* the world's clock begins there */

  sim_net_get_figures (net, 0, G_MAXINT64, 0, -1, &figures);
  if (figures.missing > 0)
    sim_net_fail (net, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " deliveries are missing: message %u, sent %.1f s after the cut, at h%u first",
                  figures.missing, figures.deliveries, figures.first_missing_cast,
                  (((SimCast *) net->casts->pdata[figures.first_missing_cast])->sent - zero - PARTITION_BEGIN) / (double) SECOND,
                  figures.first_missing_host);
  sim_net_note (net, "%u nodes, %u messages, %" G_GUINT64_FORMAT " deliveries", scenario->n_hosts, net->casts->len, figures.deliveries);
}

static SimScenario *
make_partition (guint64 seed, gboolean deep)
{
  SimScenario *self = sim_scenario_new (seed, deep ? 300 : 100, PARTITION_END + HEAL_SPAN + 20 * SECOND);
  TestRng topology = test_rng_make (seed, "topology", 0);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  guint n_casts = 60;
  guint first = (guint) test_rng_between (&faults, self->n_hosts / 10, self->n_hosts / 2);

  g_array_unref (sim_add_rings (self, &topology, 4, 5 * MILLISECOND));
  self->check_every = 16;
  self->check = check_partition;
  self->finish = finish_partition;
  sim_scenario_add (self, PARTITION_BEGIN - MILLISECOND, SIM_CHECK, 0, 0, CHECK_IS_ONE);
  sim_scenario_add (self, PARTITION_BEGIN, SIM_GROUP, 0, first - 1, 1);
  /* Every other time the systems give the connections up; else they go on where they were, when nobody noticed. */
  if (seed % 2 == 1)
    sim_scenario_add (self, PARTITION_BEGIN + test_rng_between (&faults, 0, 20 * SECOND), SIM_SEVER, 0, 0, 0);
  sim_scenario_add (self, PARTITION_END - MILLISECOND, SIM_CHECK, 0, 0, CHECK_IS_TWO);
  sim_scenario_add (self, PARTITION_END, SIM_GROUP, 0, self->n_hosts - 1, 0);
  sim_scenario_add (self, PARTITION_END + HEAL_SPAN, SIM_CHECK, 0, 0, CHECK_IS_ONE);
  for (guint i = 0; i < n_casts; i++)
    sim_scenario_add (self, PARTITION_BEGIN + PARTITION_SPAN * i / n_casts, SIM_SEND, (guint) test_rng_below (&traffic, self->n_hosts), 0, 60);
  return self;
}

/* ---- S6 ---- */

#define SESSION_MEAN 120.0
#define ABSENCE_MEAN 10.0
#define CHURN_BEGIN (20 * SECOND)
#define MOST_SPLIT 5            /* seconds */
#define STABLE (10 * SECOND)
#define LEAST_DELIVERY 0.9999
#define MOST_DIALS 1.0          /* a second */
#define LONG_ENOUGH (30 * SECOND)

typedef struct {
  guint split;                  /* seconds in a row */
  guint longest_split;
  guint *dials_before;          /* of the host, when its node was born last; by host */
  double most_dials;            /* a second, of a node that lived long enough */
  guint64 dials;
  double seconds;
} Churn;

static void
prepare_churn (SimNet *net, const SimScenario *scenario)
{
  Churn *churn = g_new0 (Churn, 1);

  churn->dials_before = g_new0 (guint, scenario->n_hosts);
  net->data = churn;
}

static void
clear_churn (SimNet *net)
{
  g_free (((Churn *) net->data)->dials_before);
  g_clear_pointer (&net->data, g_free);
}

static void
check_churn (SimNet *net, const SimScenario *scenario, gint64 value)
{
  Churn *churn = net->data;
  guint parts = sim_net_count_parts (net, STABLE, NULL);

  churn->split = parts > 1 ? churn->split + 1 : 0;
  churn->longest_split = MAX (churn->longest_split, churn->split);
  if (churn->split > MOST_SPLIT)
    sim_net_fail (net, "the network has been in %u parts for %u s", parts, churn->split);
}

/* Dials are counted by host: over all lives on it. */
static void
count_dials (SimNet *net)
{
  Churn *churn = net->data;
  g_autofree double *seconds = g_new0 (double, net->hosts->len);

  for (guint i = 0; i < net->nodes->len; i++)
    {
      SimNode *node = net->nodes->pdata[i];

      seconds[node->host_index] += ((node->died != 0 ? node->died : test_world_now (net->world)) - node->born) / (double) SECOND;
    }
  for (guint i = 0; i < net->hosts->len; i++)
    {
      guint dials = test_host_get_dials_made (net->hosts->pdata[i]);

      churn->dials += dials;
      churn->seconds += seconds[i];
      if (seconds[i] >= LONG_ENOUGH / (double) SECOND)
        churn->most_dials = MAX (churn->most_dials, dials / seconds[i]);
    }
}

static void
finish_churn (SimNet *net, const SimScenario *scenario)
{
  Churn *churn = net->data;
  SimFigures figures;
  double delivery;

  count_dials (net);
  sim_net_get_figures (net, 0, test_world_now (net->world) - STABLE, STABLE, STABLE, &figures);
  delivery = 1 - figures.missing / (double) MAX (figures.deliveries, 1);
  sim_net_note (net, "%u lives of %u hosts, %u messages: %.5f %% of %" G_GUINT64_FORMAT " deliveries, longest split %u s, %.2f dials/s and node, most %.2f",
                net->nodes->len, scenario->n_hosts, net->casts->len, 100 * delivery, figures.deliveries, churn->longest_split,
                churn->dials / churn->seconds, churn->most_dials);
  if (figures.deliveries == 0 || delivery < LEAST_DELIVERY)
    sim_net_fail (net, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " deliveries are missing: message %u, of %.1f s, at h%u first", figures.missing,
                  figures.deliveries, figures.first_missing_cast,
                  ((SimCast *) net->casts->pdata[figures.first_missing_cast])->sent / (double) SECOND, figures.first_missing_host);
  if (churn->most_dials > MOST_DIALS)
    sim_net_fail (net, "somebody dialled %.2f times a second", churn->most_dials);
}

static gint64
draw_span (TestRng *rng, double mean)
{
  return (gint64) (-mean * log (1 - test_rng_double (rng)) * SECOND);
}

/* Who comes knows the addresses of a few who were there once, and tries others when that leads nowhere. */
static void
add_life (SimScenario *self, TestRng *rng, guint host, gint64 born)
{
  sim_scenario_add (self, born, SIM_START, host, 0, 0);
  for (guint i = 0; i < 6; i++)
    {
      guint other = (guint) test_rng_below (rng, self->n_hosts);

      if (other != host)
        sim_scenario_add (self, born + (i < 3 ? SECOND / 2 : 6 * SECOND), SIM_CONNECT, host, other, 0);
    }
}

static SimScenario *
make_churn (guint64 seed, gboolean deep)
{
  const gint64 span = deep ? 600 * SECOND : 120 * SECOND;
  SimScenario *self = sim_scenario_new (seed, deep ? 500 : 150, CHURN_BEGIN + span);
  TestRng traffic = test_rng_make (seed, "traffic", 0);

  for (guint i = 0; i < self->n_hosts; i++)
    {
      TestRng rng = test_rng_make (seed, "life", i);
      gint64 time = test_rng_between (&rng, 0, 5 * SECOND);

      add_life (self, &rng, i, time);
      /* The first session began before we looked. */
      time = CHURN_BEGIN + draw_span (&rng, SESSION_MEAN);
      while (time < self->duration)
        {
          guint way = (guint) test_rng_below (&rng, 4);

          sim_scenario_add (self, time, way < 2 ? SIM_LEAVE : SIM_CRASH, i, 0, way == 2);
          time += draw_span (&rng, ABSENCE_MEAN);
          add_life (self, &rng, i, time);
          time += draw_span (&rng, SESSION_MEAN);
        }
    }
  for (gint64 time = CHURN_BEGIN; time < self->duration; time += SECOND)
    {
      sim_scenario_add (self, time, SIM_CHECK, 0, 0, CHECK_SAMPLE);
      for (guint i = 0; i < 2; i++)
        {
          guint host = (guint) test_rng_below (&traffic, self->n_hosts);

          sim_scenario_add (self, time + test_rng_between (&traffic, 0, SECOND - 1), SIM_SEND, host, 0, 60);
        }
    }
  self->check_every = 16;
  self->prepare = prepare_churn;
  self->check = check_churn;
  self->finish = finish_churn;
  self->clear = clear_churn;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "S4", .make = make_partition, .seeds = 2, .deep_seeds = 20 },
    { .name = "S6", .make = make_churn, .seeds = 1, .deep_seeds = 3 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
