/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network in which everybody signs, in two parts for half a minute: what is said is heard once, and whose it is is known to all,
 * sooner or later. And one in which a tenth of the nodes keep the signatures of others to themselves: nothing is lost by it.
 */
#include "sim-main.h"
#include "sim-topology.h"

#include <string.h>

#include "p2p/x1/p2p-x1.h"

#define PARTITION_BEGIN (15 * SECOND)
#define PARTITION_END (45 * SECOND)
#define SPAN (PARTITION_END + 30 * SECOND)
#define N_CASTS 100
/* In the scenario that takes signatures away: one of so many nodes does. */
#define ONE_OF 10
/* Of its deliveries. Who is surrounded by such nodes hears no signature. */
#define LEAST_VERIFIED 0.99
/* Messages of who had no link just then, which its program is told. */
#define MOST_ALONE 5

enum {
  COUNT_DELIVERIES,
  COUNT_LATER,
  COUNT_UNVERIFIED,
};
static const char *const counts[] = { "deliveries", "verified later", "unverified", NULL };

static gboolean
withhold (P2pPeer *peer, P2pMessage *message, gpointer data)
{
  return p2p_message_get_subflag (message) == P2P_SUBFLAG_SIDE_CAR && strcmp (p2p_message_get_sender (message), p2p_mesh_node_get_id (data)) != 0;
}

static void
born (SimNode *node)
{
  static const P2pMeshLayer stripper = { .withhold = withhold };

  p2p_x1_new (node->node);
  if (node->net->data != NULL && node->host_index % ONE_OF == ONE_OF - 1)
    p2p_mesh_node_set_layer (node->node, &stripper, node->node);
}

static void
count (SimNode *node)
{
  P2pX1Stats stats;

  p2p_x1_get_stats (p2p_x1_of (node->node), &stats);
  node->net->counts[COUNT_DELIVERIES] += stats.verified + stats.unverified;
  node->net->counts[COUNT_LATER] += stats.proved;
  node->net->counts[COUNT_UNVERIFIED] += stats.unverified - stats.proved;
  if (stats.held > 0)
    sim_net_fail (node->net, "%u messages still wait for their signature", stats.held);
}

static void
dies (SimNode *node)
{
  P2pX1 *x1 = p2p_x1_of (node->node);

  p2p_mesh_node_close (node->node);
  p2p_x1_free (x1);
}

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  net->data = scenario->data;
  net->born = born;
  net->dies = dies;
}

static void
finish (SimNet *net, const SimScenario *scenario)
{
  SimFigures figures;
  guint64 unverified;
  guint alone = 0;

  for (guint i = 0; i < net->casts->len; i++)
    alone += ((SimCast *) net->casts->pdata[i])->n_delivered == 0;
  sim_net_get_figures (net, 0, G_MAXINT64, 0, -1, &figures);
  if (alone > MOST_ALONE || figures.missing != alone * (scenario->n_hosts - 1))
    sim_net_fail (net, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " deliveries are missing, first of message %u, at h%u", figures.missing, figures.deliveries,
                  figures.first_missing_cast, figures.first_missing_host);
  for (guint i = 0; i < net->current->len; i++)
    count (net->current->pdata[i]);
  if (net->counts[COUNT_DELIVERIES] != figures.deliveries - figures.missing)
    sim_net_fail (net, "%" G_GUINT64_FORMAT " messages were handled, and %" G_GUINT64_FORMAT " delivered", net->counts[COUNT_DELIVERIES], figures.deliveries);
  unverified = net->counts[COUNT_UNVERIFIED];
  if (scenario->data == NULL ? unverified > 0 : unverified > figures.deliveries * (1 - LEAST_VERIFIED))
    sim_net_fail (net, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " deliveries are unverified", unverified, figures.deliveries);
}

static SimScenario *
make (guint64 seed, gboolean deep)
{
  SimScenario *self = sim_scenario_new (seed, 100, SPAN);
  TestRng topology = test_rng_make (seed, "topology", 0);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  guint first = (guint) test_rng_between (&faults, self->n_hosts / 10, self->n_hosts / 2);

  g_array_unref (sim_add_rings (self, &topology, 4, 5 * MILLISECOND));
  self->check_every = 64;
  self->prepare = prepare;
  self->finish = finish;
  sim_scenario_add (self, PARTITION_BEGIN, SIM_GROUP, 0, first - 1, 1);
  sim_scenario_add (self, PARTITION_BEGIN + test_rng_between (&faults, 0, 20 * SECOND), SIM_SEVER, 0, 0, 0);
  sim_scenario_add (self, PARTITION_END, SIM_GROUP, 0, self->n_hosts - 1, 0);
  /* Before, during and after it, some of them two or three at once. */
  for (guint i = 0; i < N_CASTS; i++)
    sim_scenario_add (self, 10 * SECOND + (i - i % 3) * (SPAN - 25 * SECOND) / N_CASTS, SIM_SEND,
                      i % 3 > 0 ? i % 7 : (guint) test_rng_below (&traffic, self->n_hosts), 0, 60);
  return self;
}

static SimScenario *
make_stripped (guint64 seed, gboolean deep)
{
  SimScenario *self = make (seed, deep);

  self->data = (gpointer) counts;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "signed", .make = make, .seeds = 1, .deep_seeds = 20, .counts = counts },
    { .name = "stripped", .make = make_stripped, .seeds = 1, .deep_seeds = 20, .counts = counts },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
