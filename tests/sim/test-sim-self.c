/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator itself: it finds what is wrong, shrinks it, and tells two runs apart. */
#include "sim-main.h"

#include <string.h>

/* In the environment of a run that is to fail. */
#define FAILING "SIM_SELF_FAILING"

/* A "fault": h3 hears what h1 says. */
static void
finish_with_fault (SimNet *net, const SimScenario *scenario)
{
  SimNode *node = sim_net_get (net, 3);

  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];

      if (((SimNode *) net->nodes->pdata[cast->origin])->host_index == 1 && sim_cast_get_hops (cast, node) > 1)
        sim_net_fail (net, "h3 heard message %u", i);
    }
}

static SimScenario *
make_scenario (guint64 seed)
{
  SimScenario *self = sim_scenario_new (seed, 6, 10 * SECOND);

  for (guint i = 0; i < 6; i++)
    sim_scenario_add (self, i * MILLISECOND, SIM_START, i, 0, 0);
  for (guint i = 1; i < 6; i++)
    sim_scenario_add (self, SECOND, SIM_CONNECT, i, i - 1, 0);
  sim_scenario_add (self, SECOND, SIM_CONNECT, 3, 1, 0);
  for (guint i = 0; i < 18; i++)
    sim_scenario_add (self, (3 + i / 6) * SECOND, SIM_SEND, i % 6, 0, 20);
  sim_scenario_add (self, 4 * SECOND, SIM_CUT, 4, 5, 0);
  sim_scenario_add (self, 5 * SECOND, SIM_CRASH, 0, 0, 1);
  self->finish = finish_with_fault;
  return self;
}

static void
test_shrink (void)
{
  g_autoptr (SimScenario) scenario = make_scenario (1);
  g_autoptr (SimScenario) smaller = sim_scenario_shrink (scenario, FALSE);
  g_autofree char *text = sim_scenario_print (smaller);

  /* Two nodes, a link between them, a message. */
  g_test_message ("%s", text);
  g_assert_cmpuint (smaller->events->len, ==, 4);
  g_assert_nonnull (strstr (text, "start      h1\n"));
  g_assert_nonnull (strstr (text, "start      h3\n"));
  g_assert_nonnull (strstr (text, "connect    h3 h1\n"));
  g_assert_nonnull (strstr (text, "send       h1 20\n"));
}

static void
test_shrink_nothing (void)
{
  g_autoptr (SimScenario) scenario = make_scenario (1);
  g_autoptr (SimScenario) same = NULL;

  scenario->finish = NULL;
  same = sim_scenario_shrink (scenario, FALSE);
  g_assert_cmpuint (same->events->len, ==, scenario->events->len);
}

static guint64
hash_of (guint64 seed, gint64 last_size)
{
  g_autoptr (SimScenario) scenario = make_scenario (seed);
  g_auto (SimResult) result = { 0 };

  scenario->finish = NULL;
  sim_scenario_add (scenario, 9 * SECOND, SIM_SEND, 2, 0, last_size);
  sim_scenario_run (scenario, NULL, NULL, &result);
  g_assert_cmpstr (result.failure, ==, NULL);
  return result.hash;
}

static void
test_hash (void)
{
  g_assert_cmpuint (hash_of (1, 20), ==, hash_of (1, 20));
  g_assert_cmpuint (hash_of (1, 20), !=, hash_of (2, 20));
  g_assert_cmpuint (hash_of (1, 20), !=, hash_of (1, 200));
}

/* Two runs that differ in a byte only differ. */
static void
nothing_cb (gpointer data)
{
}

static void
received_cb (gpointer data, const guint8 *bytes, gsize length)
{
}

static void
closed_cb (gpointer data, const GError *error)
{
}

static guint64
hash_of_bytes (const char *text)
{
  static const P2pPipeEvents events = { received_cb, nothing_cb, closed_cb };
  TestWorld *world = test_world_new (1);
  P2pPipe *pipes[2];
  guint64 hash;

  test_world_pair (world, test_world_add_host (world, "a"), test_world_add_host (world, "b"), FALSE, &pipes[0], &pipes[1]);
  for (guint i = 0; i < 2; i++)
    pipes[i]->ops->start (pipes[i], &events, NULL);
  pipes[0]->ops->write (pipes[0], (const guint8 *) text, strlen (text));
  test_world_advance (world, SECOND);
  hash = test_world_get_hash (world);
  for (guint i = 0; i < 2; i++)
    pipes[i]->ops->close (pipes[i]);
  test_world_advance (world, SECOND);
  test_world_free (world);
  return hash;
}

static void
test_hash_of_bytes (void)
{
  g_assert_cmpuint (hash_of_bytes ("what they said"), ==, hash_of_bytes ("what they said"));
  g_assert_cmpuint (hash_of_bytes ("what they said"), !=, hash_of_bytes ("what they sais"));
  g_assert_cmpuint (hash_of_bytes ("what they said"), !=, hash_of_bytes ("what they saie"));
}

static SimScenario *
make_failing (guint64 seed, gboolean deep)
{
  SimScenario *self = make_scenario (seed);

  if (seed != 3)
    self->finish = NULL;
  return self;
}

/* Whoever sees it can run it again. */
static char *
run_failing (const char *first_option, const char *option)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { program, first_option, option, first_option != NULL ? "--shrink" : NULL, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), FAILING, "1", TRUE);
  g_autofree char *error_output = NULL;
  char *output = NULL;
  int status = 0;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &output, &error_output, &status, NULL));
  g_assert_cmpint (status, !=, 0);
  return output;
}

static void
test_failing_seed (void)
{
  g_autofree char *output = run_failing (NULL, NULL);
  g_autofree char *smaller = run_failing ("--seed", "3");

  g_assert_true (g_pattern_match_simple ("*failing, seed 3, commit *h3 heard message 1*connect    h3 h1*again: *--bar failing --seed 3 *1 failed*not ok*", output));
  g_assert_null (strstr (output, "seed 2"));
  g_assert_true (g_pattern_match_simple ("*seed 3: *h3 heard message*start      h1\n*connect    h3 h1\n*send       h1 20\n*", smaller));
  g_assert_null (strstr (smaller, "h5"));
}

static int
fail (int argc, char **argv)
{
  static const SimBar bar = { .name = "failing", .make = make_failing, .seeds = 5 };

  return sim_main (argc, argv, &bar, 1);
}

/* A node that was tampered with is found out at its next event. */
static void
test_checks (void)
{
  g_autoptr (SimNet) net = sim_net_new (1, 2);
  SimNode *node = sim_net_start (net, 0);
  P2pPeer *peer;

  sim_net_start (net, 1);
  sim_net_connect (net, 1, 0);
  g_assert_true (sim_net_run (net, SECOND));
  peer = p2p_mesh_node_get_peer (node->node, 0);
  g_hash_table_remove (node->node->by_id, peer->id);
  sim_net_send (net, 1, 20);
  g_assert_false (sim_net_run (net, SECOND));
  g_assert_nonnull (strstr (net->failure, "0 ids for 1 links"));
  g_hash_table_replace (node->node->by_id, peer->id, peer);
}

static void
test_parts (void)
{
  g_autoptr (SimNet) net = sim_net_new (1, 5);
  guint part[5];

  for (guint i = 0; i < 5; i++)
    sim_net_start (net, i);
  sim_net_connect (net, 0, 1);
  sim_net_connect (net, 2, 3);
  g_assert_true (sim_net_run (net, SECOND));
  g_assert_cmpuint (sim_net_count_parts (net, 0, part), ==, 3);
  g_assert_cmpuint (part[0], ==, part[1]);
  g_assert_cmpuint (part[2], ==, part[3]);
  sim_net_crash (net, 3, FALSE);
  g_assert_cmpuint (sim_net_count_parts (net, 0, part), ==, 3);
  g_assert_cmpuint (part[3], ==, 0);
  /* It comes back, and nobody who thinks it has a link to it has one. */
  sim_net_start (net, 3);
  g_assert_cmpuint (sim_net_count_parts (net, 0, part), ==, 4);
  g_assert_cmpuint (sim_net_count_parts (net, SECOND, part), ==, 3);
}

int
main (int argc, char **argv)
{
  if (g_getenv (FAILING) != NULL)
    return fail (argc, argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-self/shrink", test_shrink);
  g_test_add_func ("/sim-self/shrink-nothing", test_shrink_nothing);
  g_test_add_func ("/sim-self/hash", test_hash);
  g_test_add_func ("/sim-self/hash-of-bytes", test_hash_of_bytes);
  g_test_add_func ("/sim-self/failing-seed", test_failing_seed);
  g_test_add_func ("/sim-self/checks", test_checks);
  g_test_add_func ("/sim-self/parts", test_parts);
  return g_test_run ();
}
