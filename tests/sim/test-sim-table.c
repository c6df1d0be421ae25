/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of our nodes: whatever happened, when it is quiet they are equal, and are what was written. */
#include "sim-faults.h"
#include "sim-main.h"
#include "sim-tables.h"
#include "sim-topology.h"

#define HOUR (3600 * SECOND)
#define N_KEYS 4

enum {
  CHECK_WATCH,
  CHECK_EQUAL,
};

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  sim_tables_prepare (net, GPOINTER_TO_INT (scenario->data) != 0);
}

static void
prepare_signed (SimNet *net, const SimScenario *scenario)
{
  sim_tables_prepare (net, GPOINTER_TO_INT (scenario->data) != 0)->signs = TRUE;
}

static void
check (SimNet *net, const SimScenario *scenario, gint64 value)
{
  if (value == CHECK_WATCH)
    sim_tables_watch (net);
  else
    sim_tables_expect_equal (net);
}

static void
set_up (SimScenario *self, gboolean leasing)
{
  self->data = GINT_TO_POINTER (leasing);
  self->prepare = prepare;
  self->write = sim_tables_write;
  self->check = check;
  self->clear = sim_tables_clear;
}

static void
add_write (SimScenario *self, TestRng *rng, gint64 time, guint host, guint n_keys)
{
  guint key = (guint) test_rng_below (rng, n_keys);
  guint kind = (guint) test_rng_below (rng, 10);

  sim_scenario_add (self, time, kind < 6 ? SIM_SET : kind < 8 ? SIM_DELTA : SIM_DELETE, host, key, test_rng_between (rng, 1, 1000000));
}

static void
note_equal (SimNet *net, gint64 since)
{
  SimTables *tables = net->data;

  sim_net_note (net, "%u writes, %u not allowed, %u refused by others, %u records restored; equal %.1f s after", tables->writes->len, tables->n_leased,
                tables->n_refused, tables->n_restored, tables->equal_since > 0 ? (tables->equal_since - SECOND - since) / (double) SECOND : -1.0);
}

/* ---- S4: both halves write ---- */

#define PARTITION_BEGIN (15 * SECOND)
#define PARTITION_SPAN (30 * SECOND)
#define PARTITION_END (PARTITION_BEGIN + PARTITION_SPAN)
#define MOST_UNEQUAL (30 * SECOND)

static void
finish_partition (SimNet *net, const SimScenario *scenario)
{
  note_equal (net, PARTITION_END);
  sim_tables_expect_all (net);
}

static SimScenario *
make_partition (guint64 seed, gboolean deep)
{
  SimScenario *self = sim_scenario_new (seed, deep ? 300 : 60, PARTITION_END + MOST_UNEQUAL);
  TestRng topology = test_rng_make (seed, "topology", 0);
  TestRng traffic = test_rng_make (seed, "traffic", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  guint first = (guint) test_rng_between (&faults, self->n_hosts / 10, self->n_hosts / 2);

  set_up (self, test_rng_chance (&faults, 0.7));
  g_array_unref (sim_add_rings (self, &topology, 4, 5 * MILLISECOND));
  self->check_every = 16;
  self->finish = finish_partition;
  sim_scenario_add (self, PARTITION_BEGIN, SIM_GROUP, 0, first - 1, 1);
  if (seed % 2 == 1)
    sim_scenario_add (self, PARTITION_BEGIN + test_rng_between (&faults, 0, 20 * SECOND), SIM_SEVER, 0, 0, 0);
  sim_scenario_add (self, PARTITION_END, SIM_GROUP, 0, self->n_hosts - 1, 0);
  /* Some before, most on both sides, half of them to a few keys that all write. */
  for (guint i = 0; i < 100; i++)
    add_write (self, &traffic, i < 20 ? 10 * SECOND + i * SECOND / 10 : PARTITION_BEGIN + PARTITION_SPAN * (i - 20) / 80, (guint) test_rng_below (&traffic, self->n_hosts),
               i % 2 == 0 ? 4 : 60);
  for (gint64 time = PARTITION_END; time < self->duration; time += SECOND)
    sim_scenario_add (self, time, SIM_CHECK, 0, 0, CHECK_WATCH);
  return self;
}

/* The same where everybody signs: what each holds in the end is proved, whichever half it was written in. */
static void
finish_signed (SimNet *net, const SimScenario *scenario)
{
  finish_partition (net, scenario);
  sim_tables_expect_signed (net);
}

static SimScenario *
make_signed (guint64 seed, gboolean deep)
{
  SimScenario *self = make_partition (seed, deep);

  self->prepare = prepare_signed;
  self->finish = finish_signed;
  return self;
}

/* ---- anything ---- */

#define STORM_BEGIN (2 * SECOND)
#define STORM_END (30 * SECOND)
#define CALM (180 * SECOND)

static void
finish_calm (SimNet *net, const SimScenario *scenario)
{
  note_equal (net, scenario->duration - CALM);
  /* Who knows of nobody is of no network. */
  if (!net->peace || (sim_net_count_parts (net, 0, NULL) > 1 && sim_net_count_known_parts (net) > 1))
    net->counts[1]++;
  else
    {
      net->counts[0]++;
      sim_tables_expect_all (net);
    }
}

static void
make_path (SimScenario *self, TestRng *rng)
{
  self->path.delay = test_rng_between (rng, 1, 80) * MILLISECOND;
  self->path.spread = test_rng_chance (rng, 0.5) ? 0.7 : 0;
  if (test_rng_chance (rng, 0.5))
    self->path.jitter = test_rng_between (rng, 1, 50) * MILLISECOND;
  if (test_rng_chance (rng, 0.2))
    {
      self->path.chunk = (gsize) test_rng_between (rng, 20, 1460);
      self->path.chunk_random = test_rng_chance (rng, 0.5);
    }
  self->path.split_headers = test_rng_chance (rng, 0.2);
}

static void
add_beginning (SimScenario *self, TestRng *rng)
{
  for (guint i = 0; i < self->n_hosts; i++)
    {
      sim_scenario_add (self, i * 10 * MILLISECOND, SIM_START, i, 0, 0);
      if (i > 0)
        {
          guint other = (guint) test_rng_below (rng, i);

          /* Some join late. */
          sim_scenario_add (self, test_rng_chance (rng, 0.2) ? test_rng_between (rng, 0, STORM_END) : test_rng_between (rng, 200, 1500) * MILLISECOND, SIM_CONNECT, i, other, 0);
        }
    }
}

static void
add_calm (SimScenario *self, gint64 time)
{
  sim_add_peace (self, time);
  /* Who was away for hours may have been given up by all. */
  for (guint i = 0; i < self->n_hosts; i++)
    sim_scenario_add (self, time + SECOND, SIM_CONNECT, i, (i + 1) % self->n_hosts, 0);
  for (gint64 after = 0; after < CALM; after += 5 * SECOND)
    sim_scenario_add (self, time + after, SIM_CHECK, 0, 0, CHECK_WATCH);
  self->duration = time + CALM;
  self->finish = finish_calm;
}

static SimScenario *
make_history (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "history", 0);
  TestRng writes = test_rng_make (seed, "writes", 0);
  TestRng faults = test_rng_make (seed, "faults", 0);
  SimScenario *self = sim_scenario_new (seed, (guint) test_rng_between (&rng, 2, 8), STORM_END + CALM);
  guint n_faults = test_rng_chance (&rng, 0.25) ? 0 : (guint) test_rng_between (&rng, 1, 8);
  guint n_writes = (guint) test_rng_between (&rng, 2, 40);

  set_up (self, test_rng_chance (&rng, 0.7));
  make_path (self, &rng);
  add_beginning (self, &rng);
  for (guint i = 0; i < self->n_hosts; i++)
    if (test_rng_chance (&rng, 0.2))
      sim_scenario_add (self, 0, SIM_SKEW, i, 0, test_rng_between (&rng, -50000, 50000));
  for (guint i = 0; i < n_writes; i++)
    {
      gint64 time = test_rng_between (&writes, STORM_BEGIN, STORM_END);

      /* Many in one second. */
      if (test_rng_chance (&writes, 0.5))
        time = time / (5 * SECOND) * 5 * SECOND + test_rng_between (&writes, 0, SECOND - 1);
      add_write (self, &writes, time, (guint) test_rng_below (&writes, self->n_hosts), N_KEYS);
    }
  for (guint i = 0; i < n_faults; i++)
    sim_add_fault (self, &faults, STORM_BEGIN, STORM_END, TRUE);
  add_calm (self, STORM_END);
  return self;
}

/* ---- hours: leases end, tombstones too, and who was away comes back ---- */

static SimScenario *
make_hours (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "hours", 0);
  TestRng writes = test_rng_make (seed, "writes", 0);
  SimScenario *self = sim_scenario_new (seed, (guint) test_rng_between (&rng, 2, 4), 0);
  gint64 span = test_rng_between (&rng, 1, 4) * HOUR;
  guint n_writes = (guint) test_rng_between (&rng, 5, 40);

  set_up (self, test_rng_chance (&rng, 0.8));
  add_beginning (self, &rng);
  for (guint i = 0; i < self->n_hosts; i++)
    if (test_rng_chance (&rng, 0.3))
      sim_scenario_add (self, 0, SIM_SKEW, i, 0, test_rng_between (&rng, -50000, 50000));
  for (guint i = 0; i < n_writes; i++)
    {
      gint64 time = STORM_END + test_rng_between (&writes, 0, span);

      /* About when a lease that began with the hour is over. */
      if (test_rng_chance (&writes, 0.6))
        time = STORM_END + test_rng_between (&writes, 0, span / HOUR) * HOUR + test_rng_between (&writes, -3 * SECOND, 3 * SECOND);
      add_write (self, &writes, MAX (time, STORM_BEGIN), (guint) test_rng_below (&writes, self->n_hosts), 2);
    }
  /* Away for a while, which may be more than a lease; away for longer than tombstones last brings back what was deleted meanwhile. */
  for (guint i = 0; i < 2; i++)
    {
      gint64 from = STORM_END + test_rng_between (&writes, 0, span);
      guint host = (guint) test_rng_below (&writes, self->n_hosts);
      gint64 until = from + test_rng_between (&writes, SECOND, HOUR + HOUR / 2);

      sim_scenario_add (self, from, test_rng_chance (&writes, 0.5) ? SIM_LEAVE : SIM_CRASH, host, 0, 1);
      sim_scenario_add (self, until, SIM_RETURN, host, (host + 1) % self->n_hosts, 0);
      for (guint other = 0; other < self->n_hosts; other++)
        if (other != host)
          sim_scenario_add (self, until + SECOND, SIM_CONNECT, other, host, 0);
    }
  add_calm (self, STORM_END + span + 2 * HOUR);
  return self;
}

/* ---- one is away, or joins late ---- */

#define AWAY_BEGIN (15 * SECOND)
#define KNOWS (30 * SECOND)     /* after it is back */

static void
finish_away (SimNet *net, const SimScenario *scenario)
{
  note_equal (net, scenario->duration - KNOWS);
  sim_tables_expect_all (net);
}

/* While it is away keys are written, changed and deleted, some of them so that nothing is left of them but a tombstone. */
static SimScenario *
make_away (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "away", 0);
  SimScenario *self = sim_scenario_new (seed, 5, 0);
  gint64 span = test_rng_between (&rng, 60, 5400) * SECOND;
  gboolean joins = test_rng_chance (&rng, 0.3);
  guint n_keys = (guint) test_rng_between (&rng, 5, 200);

  set_up (self, test_rng_chance (&rng, 0.7));
  for (guint i = 0; i < self->n_hosts; i++)
    {
      if (i < 4 || !joins)
        sim_scenario_add (self, i * 10 * MILLISECOND, SIM_START, i, 0, 0);
      if (i > 0 && (i < 4 || !joins))
        sim_scenario_add (self, SECOND, SIM_CONNECT, i, (guint) test_rng_below (&rng, i), 0);
    }
  for (guint i = 0; i < n_keys; i++)
    {
      guint owner = (guint) test_rng_below (&rng, joins ? 4 : 5);

      sim_scenario_add (self, 5 * SECOND + test_rng_between (&rng, 0, 5 * SECOND), SIM_SET, owner, i, 1000 + i);
      if (test_rng_chance (&rng, 0.3))
        sim_scenario_add (self, AWAY_BEGIN + SECOND + test_rng_between (&rng, 0, span - 2 * SECOND), SIM_DELETE, owner, i, 0);
      else if (test_rng_chance (&rng, 0.3))
        sim_scenario_add (self, AWAY_BEGIN + SECOND + test_rng_between (&rng, 0, span - 2 * SECOND), SIM_SET, owner, i, 2000 + i);
    }
  if (!joins)
    sim_scenario_add (self, AWAY_BEGIN, test_rng_chance (&rng, 0.5) ? SIM_LEAVE : SIM_CRASH, 4, 0, 1);
  sim_scenario_add (self, AWAY_BEGIN + span, SIM_RETURN, 4, (guint) test_rng_below (&rng, 4), 0);
  self->duration = AWAY_BEGIN + span + KNOWS;
  for (gint64 after = 0; after < KNOWS; after += SECOND)
    sim_scenario_add (self, AWAY_BEGIN + span + after, SIM_CHECK, 0, 0, CHECK_WATCH);
  self->finish = finish_away;
  return self;
}

int
main (int argc, char **argv)
{
  static const char *const counts[] = { "histories", "of which in several networks", NULL };
  static const SimBar bars[] = {
    { .name = "S4-tables", .make = make_partition, .seeds = 2, .deep_seeds = 12 },
    { .name = "S4-signed", .make = make_signed, .seeds = 2, .deep_seeds = 4 },
    { .name = "table-histories", .make = make_history, .seeds = 120, .deep_seeds = 10000, .counts = counts },
    { .name = "table-hours", .make = make_hours, .seeds = 12, .deep_seeds = 1000, .counts = counts },
    { .name = "table-away", .make = make_away, .seeds = 10, .deep_seeds = 500 },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
