/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of ours with py2p's kind among them. Ours end equal whatever the others do; theirs are equal to ours but for what their rules
 * make of it, kind by kind (table-exceptions.txt). And what would break their tables and their links does not cross us.
 */
#include "sim-faults.h"
#include "sim-foreign.h"
#include "sim-main.h"
#include "sim07-private.h"

#define N_KEYS 4
#define STORM_BEGIN (6 * SECOND)
#define STORM_END (30 * SECOND)
#define CALM (150 * SECOND)

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  sim_tables_prepare (net, scenario->seed % 4 != 0);
}

static void
set_up (SimScenario *self)
{
  self->prepare = prepare;
  self->write = sim_tables_write;
  self->clear = sim_tables_clear;
}

static void
finish (SimNet *net, const SimScenario *scenario, gboolean strict)
{
  g_auto (GStrv) kinds = sim_foreign_load_kinds ();

  if (!net->peace || sim_net_count_known_parts (net) > 1)
    return;
  sim_tables_expect_equal (net);
  if (net->failure == NULL)
    sim_foreign_compare (net, (const char *const *) kinds, N_KEYS, strict);
}

static void
finish_storm (SimNet *net, const SimScenario *scenario)
{
  finish (net, scenario, FALSE);
}

static void
finish_calm (SimNet *net, const SimScenario *scenario)
{
  finish (net, scenario, TRUE);
}

static void
add_nodes (SimScenario *self, TestRng *rng, guint n_own)
{
  for (guint i = 0; i < self->n_hosts; i++)
    {
      if (i >= n_own)
        sim_scenario_add (self, 0, SIM_PY2P, i, 0, 1);
      sim_scenario_add (self, i * 10 * MILLISECOND, SIM_START, i, 0, 0);
      if (i > 0)
        {
          guint other = (guint) test_rng_below (rng, i);

          sim_scenario_add (self, test_rng_between (rng, 200, 3000) * MILLISECOND, SIM_CONNECT, i, other, 0);
        }
    }
}

/* ---- anything ---- */

static SimScenario *
make_storm (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "mixed", 0);
  TestRng writes = test_rng_make (seed, "writes", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  guint n_own = (guint) test_rng_between (&rng, 1, 4);
  SimScenario *self = sim_scenario_new (seed, n_own + (guint) test_rng_between (&rng, 1, 3), STORM_END + CALM);
  guint n_faults = test_rng_chance (&rng, 0.4) ? 0 : (guint) test_rng_between (&rng, 1, 5);
  guint n_writes = (guint) test_rng_between (&rng, 2, 30);

  set_up (self);
  self->compressing = test_rng_chance (&rng, 0.5);
  add_nodes (self, &rng, n_own);
  for (guint i = 0; i < self->n_hosts; i++)
    if (test_rng_chance (&rng, 0.1))
      sim_scenario_add (self, 0, SIM_SKEW, i, 0, test_rng_between (&rng, -50000, 50000));
  for (guint i = 0; i < n_writes; i++)
    {
      gint64 time = test_rng_between (&writes, STORM_BEGIN, STORM_END);
      guint kind = (guint) test_rng_below (&writes, 10);
      guint host = (guint) test_rng_below (&writes, self->n_hosts);

      if (test_rng_chance (&writes, 0.4))
        time = time / (6 * SECOND) * 6 * SECOND + test_rng_between (&writes, 0, SECOND - 1);
      sim_scenario_add (self, time, kind < 6 ? SIM_SET : kind < 8 ? SIM_DELTA : SIM_DELETE, host, (guint) test_rng_below (&writes, N_KEYS), test_rng_between (&writes, 1, 1000000));
    }
  for (guint i = 0; i < n_faults; i++)
    sim_add_fault (self, &faults, STORM_BEGIN, STORM_END, TRUE);
  sim_add_peace (self, STORM_END);
  self->finish = finish_storm;
  return self;
}

/* ---- where their rules allow all of it: one writer a key, one write after the other ---- */

static SimScenario *
make_calm (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "calm", 0);
  guint n_own = (guint) test_rng_between (&rng, 1, 3);
  SimScenario *self = sim_scenario_new (seed, n_own + (guint) test_rng_between (&rng, 1, 2), 0);
  gint64 time = STORM_BEGIN;
  guint writer[N_KEYS];

  set_up (self);
  add_nodes (self, &rng, n_own);
  for (guint i = 0; i < N_KEYS; i++)
    writer[i] = (guint) test_rng_below (&rng, self->n_hosts);
  for (guint i = 0; i < 20; i++, time += 2 * SECOND)
    {
      guint key = (guint) test_rng_below (&rng, N_KEYS);
      guint kind = (guint) test_rng_below (&rng, 10);

      sim_scenario_add (self, time, kind < 6 ? SIM_SET : kind < 8 ? SIM_DELTA : SIM_DELETE, writer[key], key, test_rng_between (&rng, 1, 1000000));
    }
  sim_scenario_add (self, time, SIM_PEACE, 0, 0, 0);
  self->duration = time + 60 * SECOND;
  self->finish = finish_calm;
  return self;
}

/* ---- firebreak: py2p - ours - py2p ---- */

#define FIRE_SPAN (2 * SECOND)

enum { LEFT, MIDDLE, RIGHT };

static Sim07Value *
new_map (void)
{
  Sim07Value *map = sim07_value_map ();
  g_autoptr (Sim07Value) key = sim07_value_str ("a");
  g_autoptr (Sim07Value) value = sim07_value_int (1);

  sim07_value_put (map, key, value);
  return map;
}

static Sim07Value *
add3 (gint64 subflag, Sim07Value *key, Sim07Value *value)
{
  return sim07_value_add (sim07_value_add (sim07_value_add (sim07_value_list (), sim07_value_int (subflag)), key), value);
}

/* Each would end the link of a py2p that gets it. "key 0" is a number and "key 1" a map of the one on the right. NULL: no more */
static Sim07Value *
new_fire (guint number)
{
  switch (number)
    {
    case 0:
      return add3 (P2P_SUBFLAG_STORE, sim07_value_bin ("absent"), sim07_value_none ());
    case 1:
      return add3 (P2P_SUBFLAG_STORE, sim07_value_str ("absent"), sim07_value_none ());
    case 2:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_bin ("key 0"), new_map ());
    case 3:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_bin ("key 1"), sim07_value_int (5));
    case 4:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_bin ("key 1"), sim07_value_none ());
    case 5:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_bin ("key 1"), sim07_value_add (sim07_value_list (), sim07_value_int (5)));
    case 6:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_bin ("absent"), sim07_value_str ("text"));
    case 7:
      return add3 (P2P_SUBFLAG_STORE, sim07_value_list (), sim07_value_int (5));
    case 8:
      return add3 (P2P_SUBFLAG_STORE, sim07_value_map (), sim07_value_int (5));
    case 9:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_list (), new_map ());
    case 10:
      return sim07_value_add (sim07_value_list (), sim07_value_int (P2P_SUBFLAG_STORE));
    case 11:
      return sim07_value_add (sim07_value_add (sim07_value_list (), sim07_value_int (P2P_SUBFLAG_STORE)), sim07_value_bin ("key 1"));
    case 12:
      return sim07_value_add (sim07_value_add (sim07_value_list (), sim07_value_int (P2P_SUBFLAG_DELTA)), sim07_value_bin ("key 1"));
    case 13:
      /* Five packets: who owns it, and since a time that is none. */
      return sim07_value_add (sim07_value_add (add3 (P2P_SUBFLAG_STORE, sim07_value_bin ("key 2"), sim07_value_int (5)), sim07_value_bin ("x")), sim07_value_str ("y"));
    case 14:
      return sim07_value_add (sim07_value_add (add3 (P2P_SUBFLAG_STORE, sim07_value_bin ("absent"), sim07_value_none ()), sim07_value_bin ("x")), sim07_value_int (5));
    case 15:
      /* It would drop all who join it from then on. */
      return add3 (P2P_SUBFLAG_STORE, sim07_value_str ("text"), sim07_value_int (5));
    case 16:
      return add3 (P2P_SUBFLAG_DELTA, sim07_value_str ("map"), new_map ());
    default:
      return NULL;
    }
}

/* The port of its link to ours; 0: it has none. */
static guint16
find_link (SimNet *net)
{
  SimNode *node = sim_net_get (net, RIGHT);
  SimNode *ours = sim_net_get (net, MIDDLE);
  Sim07Conn *conn = node != NULL && ours != NULL ? sim07_peer_find (node->model, sim_node_get_id (ours)) : NULL;

  return conn != NULL && !sim07_conn_is_over (conn) ? sim07_conn_get_own_port (conn) : 0;
}

/* Even: it burns on the left. Odd: nothing of it is seen on the right. */
static void
check_fire (SimNet *net, const SimScenario *scenario, gint64 value)
{
  SimNode *left = sim_net_get (net, LEFT);
  SimNode *ours = sim_net_get (net, MIDDLE);
  P2pNodeStats stats;

  p2p_mesh_node_get_stats (ours->node, &stats);
  if (value % 2 == 0)
    {
      g_autoptr (Sim07Value) fire = new_fire ((guint) value / 2);

      net->counts[1] = stats.relayed;
      net->counts[2] = find_link (net);
      if (net->counts[2] == 0)
        sim_net_fail (net, "the right one has no link before fire %" G_GINT64_FORMAT, value / 2);
      if (!sim07_peer_broadcast (left->model, fire))
        sim_net_fail (net, "the left one cannot say it");
      return;
    }
  net->counts[0]++;
  if (stats.relayed != net->counts[1])
    sim_net_fail (net, "fire %" G_GINT64_FORMAT " crossed us", value / 2);
  if (find_link (net) != net->counts[2])
    sim_net_fail (net, "fire %" G_GINT64_FORMAT " cost the right one its link", value / 2);
}

static void
finish_fire (SimNet *net, const SimScenario *scenario)
{
  SimTable *right = sim_tables_get (net, RIGHT);
  SimTable *ours = sim_tables_get (net, MIDDLE);
  P2pNodeStats stats;
  guint64 dropped = 0;

  p2p_mesh_node_get_stats (ours->node->node, &stats);
  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    dropped += stats.dropped[i];
  /* All but the two deletes of an absent key and the two keys of text, which are good for nodes of ours. */
  if (dropped + 4 < net->counts[0])
    sim_net_fail (net, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " are counted", dropped, net->counts[0]);
  for (guint i = 0; i < right->log->len; i++)
    {
      SimForeignWrite *write = right->log->pdata[i];

      if (write->fate != SIM07_WRITE_TAKEN && write->fate != SIM07_WRITE_PASSED_OVER)
        sim_net_fail (net, "something came that the right one could not take");
    }
  /* What was good went on: four keys, and those of text, told as bytes. */
  if (sim07_sync_get_n_keys (right->model) != 6 || sim07_sync_get_n_keys (sim_tables_get (net, LEFT)->model) != 6)
    sim_net_fail (net, "%u keys on the left, %u on the right", sim07_sync_get_n_keys (sim_tables_get (net, LEFT)->model), sim07_sync_get_n_keys (right->model));
  net->counts[1] = net->counts[2] = 0;
}

static SimScenario *
make_fire (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "fire", 0);
  SimScenario *self = sim_scenario_new (seed, 3, 0);
  gint64 time = 10 * SECOND;

  set_up (self);
  self->check = check_fire;
  self->finish = finish_fire;
  self->compressing = test_rng_chance (&rng, 0.5);
  /* They cannot reach each other. */
  self->max_outgoing = 1;
  for (guint i = 0; i < 3; i++)
    {
      if (i != MIDDLE)
        sim_scenario_add (self, 0, SIM_PY2P, i, 0, 1);
      sim_scenario_add (self, 0, SIM_START, i, 0, 0);
    }
  sim_scenario_add (self, SECOND, SIM_CONNECT, MIDDLE, LEFT, 0);
  sim_scenario_add (self, 2 * SECOND, SIM_SILENT, LEFT, 0, 1);
  sim_scenario_add (self, 2 * SECOND, SIM_SILENT, RIGHT, 0, 1);
  sim_scenario_add (self, 2 * SECOND + MILLISECOND, SIM_CONNECT, RIGHT, MIDDLE, 0);
  sim_scenario_add (self, 5 * SECOND, SIM_SET, RIGHT, 0, 9);
  sim_scenario_add (self, 6 * SECOND, SIM_SET, RIGHT, 1, 4);
  sim_scenario_add (self, 7 * SECOND, SIM_SET, LEFT, 2, 2);
  sim_scenario_add (self, 8 * SECOND, SIM_DELTA, LEFT, 3, 2);
  for (guint i = 0; i < 17; i++, time += 2 * FIRE_SPAN)
    {
      sim_scenario_add (self, time, SIM_CHECK, 0, 0, 2 * i);
      sim_scenario_add (self, time + FIRE_SPAN, SIM_CHECK, 0, 0, 2 * i + 1);
    }
  self->duration = time + 5 * SECOND;
  return self;
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) kinds = sim_foreign_load_kinds ();
  static const char *const fires[] = { "fires, of which 0 crossed", NULL };
  const SimBar bars[] = {
    { .name = "table-mixed", .make = make_storm, .seeds = 150, .deep_seeds = 10000, .counts = (const char *const *) kinds },
    { .name = "table-mixed-calm", .make = make_calm, .seeds = 100, .deep_seeds = 500, .counts = (const char *const *) kinds },
    { .name = "table-firebreak", .make = make_fire, .seeds = 4, .deep_seeds = 100, .counts = fires },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
