/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one says, all hear, once: in a quiet network (S2), while it breaks (S3), and in a large one (S8). */
#include "sim-main.h"
#include "sim-topology.h"

#define RINGS 4
/* Links are made in the first seconds, all at once: else what the first neighbours tell is dialled before. Then it settles. */
#define BEGIN (12 * SECOND)

/* Of the node's design: flood without echo on eight links. */
#define MOST_HOPS 8
#define MOST_FRAMES 8.0
#define MOST_LAZY_FRAMES 3.0
#define MOST_MEMORY_A_NODE (800u * 1024)

typedef struct {
  P2pNodeStats before;
  gsize memory_before;
} Flood;

enum {
  CHECK_BEGIN,
};

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  Flood *flood = g_new0 (Flood, 1);

  flood->memory_before = sim_get_memory ();
  net->data = flood;
}

static void
clear (SimNet *net)
{
  g_clear_pointer (&net->data, g_free);
}

static void
check (SimNet *net, const SimScenario *scenario, gint64 value)
{
  guint parts = sim_net_count_parts (net, 0, NULL);

  if (parts != 1)
    sim_net_fail (net, "the network is in %u parts before it begins", parts);
  sim_net_sum_stats (net, &((Flood *) net->data)->before);
}

static void
check_delivered (SimNet *net, SimFigures *figures)
{
  sim_net_get_figures (net, 0, G_MAXINT64, 0, -1, figures);
  if (figures->missing > 0)
    sim_net_fail (net, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " deliveries are missing: message %u at h%u first",
                  figures->missing, figures->deliveries, figures->first_missing_cast, figures->first_missing_host);
  if (figures->deliveries == 0)
    sim_net_fail (net, "nobody was to hear anything");
}

static double
frames_a_message (SimNet *net)
{
  P2pNodeStats now;

  sim_net_sum_stats (net, &now);
  return (now.messages_out - ((Flood *) net->data)->before.messages_out) / (double) net->casts->len / sim_net_count_alive (net);
}

static gint64
get_slowest (SimNet *net)
{
  gint64 slowest = 0;

  for (guint i = 0; i < net->casts->len; i++)
    slowest = MAX (slowest, ((SimCast *) net->casts->pdata[i])->heard_last - ((SimCast *) net->casts->pdata[i])->sent);
  return slowest;
}

/* Of few copies each takes more steps: either the steps are few, or the frames. */
static void
finish_quiet (SimNet *net, const SimScenario *scenario)
{
  gboolean lazy = scenario->limits.eager_links < 2 * RINGS;
  double frames = frames_a_message (net);
  SimFigures figures;
  P2pNodeStats stats;

  check_delivered (net, &figures);
  if (!lazy && figures.p99_hops > MOST_HOPS)
    sim_net_fail (net, "99 %% are reached within %u hops only", figures.p99_hops);
  if (frames > (lazy ? MOST_LAZY_FRAMES : MOST_FRAMES))
    sim_net_fail (net, "%.2f frames for each message and node", frames);
  sim_net_sum_stats (net, &stats);
  sim_net_note (net, "%s, %u nodes, %.1f links each, %u messages: p99 %u hops, most %u, the last heard %.2f s after it was said; "
                "%.2f frames for each message and node",
                lazy ? "lazy" : "flood", scenario->n_hosts, stats.links_established / (double) scenario->n_hosts, net->casts->len,
                figures.p99_hops, figures.max_hops, get_slowest (net) / (double) SECOND, frames);
}

/* ---- a dense mesh, in which ids take the place of most bodies ---- */

#define DENSE_HOSTS 20

static void
finish_dense (SimNet *net, const SimScenario *scenario)
{
  gboolean lazy = scenario->limits.eager_links < DENSE_HOSTS;
  double n = net->casts->len * (double) scenario->n_hosts;
  double frames = frames_a_message (net);
  SimFigures figures;
  P2pNodeStats stats;

  check_delivered (net, &figures);
  sim_net_sum_stats (net, &stats);
  if (lazy && frames > MOST_LAZY_FRAMES)
    sim_net_fail (net, "%.2f frames for each message and node", frames);
  if (!lazy && frames < MOST_LAZY_FRAMES)
    sim_net_fail (net, "%.2f frames for each message and node, so there is nothing to save", frames);
  sim_net_note (net, "%s, %.1f links each, %.1f messages a second: %.2f frames for each message and node, %.2f of them bodies; %.2f ids told, %.4f asked for; "
                "p99 %u hops, the last heard %.2f s after it was said",
                lazy ? "lazy" : "flood", stats.links_established / (double) scenario->n_hosts,
                net->casts->len * (double) SECOND / (scenario->duration - BEGIN - 20 * SECOND), frames, (stats.delivered + stats.duplicates) / n,
                stats.ihave_out / n, stats.iwant_out / n, figures.p99_hops, get_slowest (net) / (double) SECOND);
}

static void
add_casts (SimScenario *self, TestRng *rng, guint n, gint64 from, gint64 span)
{
  for (guint i = 0; i < n; i++)
    {
      guint host = (guint) test_rng_below (rng, self->n_hosts);

      sim_scenario_add (self, from + span * i / n, SIM_SEND, host, 0, test_rng_between (rng, 20, 200));
    }
}

static SimScenario *
make_flood (guint64 seed, guint n_hosts, guint n_casts, gint64 span, GArray **edges)
{
  SimScenario *self = sim_scenario_new (seed, n_hosts, BEGIN + span + 20 * SECOND);
  TestRng topology = test_rng_make (seed, "topology", 0);
  TestRng traffic = test_rng_make (seed, "traffic", 0);

  *edges = sim_add_rings (self, &topology, RINGS, 5 * MILLISECOND);
  /* Among their own kind nodes wish for twice as many: the rings are all there shall be. */
  self->max_outgoing = RINGS / 2;
  self->check_every = 64;
  self->prepare = prepare;
  self->check = check;
  self->clear = clear;
  sim_scenario_add (self, BEGIN - SECOND, SIM_CHECK, 0, 0, CHECK_BEGIN);
  add_casts (self, &traffic, n_casts, BEGIN, span);
  return self;
}

static SimScenario *
make_quiet (guint64 seed, gboolean deep)
{
  g_autoptr (GArray) edges = NULL;
  SimScenario *self = make_flood (seed, 1000, deep ? 200 : 60, 20 * SECOND, &edges);

  self->limits.eager_links = 2 * RINGS;
  self->finish = finish_quiet;
  return self;
}

/* As many a second: announcements go together. */
static SimScenario *
make_quiet_lazy (guint64 seed, gboolean deep)
{
  g_autoptr (GArray) edges = NULL;
  SimScenario *self = make_flood (seed, 1000, deep ? 200 : 100, deep ? 20 * SECOND : 10 * SECOND, &edges);

  self->finish = finish_quiet;
  return self;
}

static SimScenario *
make_dense (guint64 seed, gboolean lazy, guint n_casts)
{
  const gint64 span = 20 * SECOND;
  SimScenario *self = sim_scenario_new (seed, DENSE_HOSTS, BEGIN + span + 20 * SECOND);
  TestRng traffic = test_rng_make (seed, "traffic", 0);

  if (!lazy)
    self->limits.eager_links = DENSE_HOSTS;
  for (guint i = 0; i < self->n_hosts; i++)
    {
      sim_scenario_add (self, 0, SIM_START, i, 0, 0);
      for (guint j = 0; j < i; j++)
        sim_scenario_add (self, SECOND, SIM_CONNECT, i, j, 0);
    }
  self->check_every = 16;
  self->prepare = prepare;
  self->check = check;
  self->clear = clear;
  self->finish = finish_dense;
  sim_scenario_add (self, BEGIN - SECOND, SIM_CHECK, 0, 0, CHECK_BEGIN);
  add_casts (self, &traffic, n_casts, BEGIN, span);
  return self;
}

static SimScenario *
make_lazy (guint64 seed, gboolean deep)
{
  return make_dense (seed, TRUE, 200);
}

static SimScenario *
make_eager (guint64 seed, gboolean deep)
{
  return make_dense (seed, FALSE, 200);
}

/* ---- S3 ---- */

static void
finish_broken (SimNet *net, const SimScenario *scenario)
{
  SimFigures figures;
  guint parts = sim_net_count_parts (net, 0, NULL);

  if (parts != 1)
    sim_net_fail (net, "the survivors are in %u parts", parts);
  check_delivered (net, &figures);
  sim_net_note (net, "%u of %u nodes survive, %u messages: p99 %u hops, most %u", sim_net_count_alive (net), scenario->n_hosts,
                net->casts->len, figures.p99_hops, figures.max_hops);
}

static SimScenario *
make_broken (guint64 seed, gboolean deep)
{
  g_autoptr (GArray) edges = NULL;
  const gint64 span = 20 * SECOND;
  SimScenario *self = make_flood (seed, 1000, deep ? 200 : 60, span, &edges);
  TestRng faults = test_rng_make (seed, "faults", 0);

  for (guint i = 0; i < edges->len; i++)
    if (test_rng_chance (&faults, 0.1))
      sim_scenario_add (self, BEGIN + test_rng_between (&faults, 0, span), SIM_CUT,
                        g_array_index (edges, SimEdge, i).from, g_array_index (edges, SimEdge, i).to, 0);
  for (guint i = 0; i < self->n_hosts; i++)
    if (test_rng_chance (&faults, 0.1))
      {
        gint64 time = BEGIN + test_rng_between (&faults, 0, span);

        sim_scenario_add (self, time, SIM_CRASH, i, 0, test_rng_chance (&faults, 0.5));
      }
  self->finish = finish_broken;
  return self;
}

/* ---- S8 ---- */

static void
finish_large (SimNet *net, const SimScenario *scenario)
{
  SimFigures figures;
  gsize memory = sim_get_memory () - ((Flood *) net->data)->memory_before;

  check_delivered (net, &figures);
  if (memory > (gsize) scenario->n_hosts * MOST_MEMORY_A_NODE)
    sim_net_fail (net, "%" G_GSIZE_FORMAT " KiB for each node", memory / scenario->n_hosts / 1024);
  sim_net_note (net, "%u nodes, %u messages: %" G_GSIZE_FORMAT " MiB in all, %" G_GSIZE_FORMAT " KiB for each node; p99 %u hops",
                scenario->n_hosts, net->casts->len, memory >> 20, memory / scenario->n_hosts / 1024, figures.p99_hops);
}

static SimScenario *
make_large (guint64 seed, gboolean deep)
{
  g_autoptr (GArray) edges = NULL;
  SimScenario *self = make_flood (seed, deep ? 5000 : 2000, 10, 2 * SECOND, &edges);

  self->finish = finish_large;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "S2", .make = make_quiet, .seeds = 1, .deep_seeds = 1 },
    { .name = "S2-lazy", .make = make_quiet_lazy, .seeds = 1, .deep_seeds = 1 },
    { .name = "lazy", .make = make_lazy, .seeds = 3, .deep_seeds = 20 },
    { .name = "flood", .make = make_eager, .seeds = 1, .deep_seeds = 3 },
    { .name = "S3", .make = make_broken, .seeds = 1, .deep_seeds = 5 },
    { .name = "S8", .make = make_large, .seeds = 1, .deep_seeds = 1 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
