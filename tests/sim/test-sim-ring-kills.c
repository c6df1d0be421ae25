/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributed tables whose nodes are killed, and whose neighbours lie: bars H4, H5 and H6. */
#include "sim-main.h"
#include "sim-rings.h"

enum {
  CHECK_IDEAL,                  /* the ring is as it should be */
  CHECK_WRITTEN,                /* every write was confirmed */
  CHECK_READ,                   /* every key, by as many as the scenario says; a round each */
};

typedef struct {
  guint readers;                /* of each key */
  guint k;
  gboolean signing;
} Plan;

enum {
  COUNT_READS,
  COUNT_RIGHT,
  COUNT_WRONG,
  COUNT_EARLY,                  /* of those that are read the moment somebody was killed... */
  COUNT_EARLY_RIGHT,
  COUNT_REFUSED,                /* writes */
};

static const char *const counts[] = { "reads", "right", "wrong", "read at once", "of them right", "writes refused", NULL };

/* Reads of this round and later ones are those that a bar is about; the ones before are only measured. */
#define ROUND_BAR 100u

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  const Plan *plan = scenario->data;

  sim_rings_prepare (net, plan->k);
}

static void
check (SimNet *net, const SimScenario *scenario, gint64 value)
{
  const Plan *plan = scenario->data;
  SimRings *rings = net->data;

  if (value == CHECK_IDEAL)
    {
      g_autofree char *wrong = sim_rings_compare (net);

      if (wrong != NULL)
        sim_net_fail (net, "the ring is not ideal: %s", wrong);
    }
  else if (value == CHECK_WRITTEN)
    {
      net->counts[COUNT_REFUSED] += rings->n_refused;
      if (rings->n_written < rings->n_writes)
        sim_net_fail (net, "of %u writes %u were confirmed, %u refused: %s", rings->n_writes, rings->n_written, rings->n_refused,
                      rings->refusal != NULL ? rings->refusal : "no answer");
    }
  else
    sim_rings_read_all (net, plan->readers, (guint) (value - CHECK_READ));
}

static char *
describe (const SimRead *read)
{
  return g_strdup_printf ("h%u reads key %u in round %u: outcome %d, %u equal of %u that said a value, %.1f s", read->host, read->key, read->round, read->outcome,
                          read->n_equal, read->n_said, read->took / (double) SECOND);
}

/* Adds up; every read has an end. most_lacking: of a hundred */
static void
finish_with (SimNet *net, double most_lacking, double most_wrong)
{
  SimRings *rings = net->data;
  guint reads = 0, right = 0, wrong = 0, early = 0, early_right = 0;
  gint64 longest = 0;
  g_autofree char *first = NULL;

  for (guint i = 0; i < rings->reads->len; i++)
    {
      const SimRead *read = rings->reads->pdata[i];

      if (!read->done)
        {
          SimRing *reader = sim_rings_get (net, read->host);

          if (reader != NULL && reader->chord != NULL)
            sim_net_fail (net, "h%u never heard the end of its question for key %u", read->host, read->key);
          continue;
        }
      if (read->wrong && read->n_equal < 3 && !read->is_signed)
        sim_net_fail (net, "h%u believed %u that said a lie of key %u", read->host, read->n_equal, read->key);
      if (read->round < ROUND_BAR)
        {
          early++;
          early_right += read->right;
          continue;
        }
      reads++;
      right += read->right;
      wrong += read->wrong;
      longest = MAX (longest, read->took);
      if (!read->right && first == NULL)
        first = describe (read);
    }
  net->counts[COUNT_READS] += reads;
  net->counts[COUNT_RIGHT] += right;
  net->counts[COUNT_WRONG] += wrong;
  net->counts[COUNT_EARLY] += early;
  net->counts[COUNT_EARLY_RIGHT] += early_right;
  sim_net_note (net, "%u of %u right, %u wrong; the longest took %.1f s; at once %u of %u", right, reads, wrong, longest / (double) SECOND, early_right, early);
  if ((reads - right - wrong) * 100.0 > most_lacking * reads || wrong * 100.0 > most_wrong * reads)
    sim_net_fail (net, "of %u reads %u are right, %u wrong; %s", reads, right, wrong, first);
}

static void
set_up (SimScenario *self, const Plan *plan)
{
  self->data = (gpointer) plan;
  self->prepare = prepare;
  self->check = check;
  self->write = sim_rings_write;
  self->clear = sim_rings_clear;
  self->check_every = 64;
  self->path.delay = 20 * MILLISECOND;
  self->path.spread = 0.5;
}

/* Each dials one of those before it. */
static void
add_beginning (SimScenario *self, TestRng *rng, gint64 step)
{
  for (guint i = 0; i < self->n_hosts; i++)
    {
      sim_scenario_add (self, i * step, SIM_START, i, 0, 0);
      if (i > 0)
        sim_scenario_add (self, i * step + 100 * MILLISECOND, SIM_CONNECT, i, (guint) test_rng_below (rng, i), 0);
    }
}

static void
add_writes (SimScenario *self, TestRng *rng, gint64 from, gint64 span, guint n_keys, guint n_writers)
{
  for (guint key = 0; key < n_keys; key++)
    sim_scenario_add (self, from + span * key / n_keys, SIM_SET, (guint) test_rng_below (rng, n_writers), key, 1 + key);
}

/* ---- H4: two of seven at once ---- */

#define H4_SETTLED (40 * SECOND)
#define H4_KILL (60 * SECOND)
#define H4_REPAIR (30 * SECOND)
/* Who vanishes without a word is missed by pings, later. */
#define H4_SILENT (80 * SECOND)

static void
finish_two_of_seven (SimNet *net, const SimScenario *scenario)
{
  finish_with (net, 0, 0);
}

static SimScenario *
make_two_of_seven (guint64 seed, gboolean deep)
{
  static const Plan plan = { .readers = 5 };
  SimScenario *self = sim_scenario_new (seed, 7, H4_KILL + H4_SILENT + 15 * SECOND);
  TestRng rng = test_rng_make (seed, "kills", 0);
  guint first = (guint) test_rng_below (&rng, 7), second = (first + 1 + (guint) test_rng_below (&rng, 6)) % 7;
  gint64 told = test_rng_chance (&rng, 0.5);

  set_up (self, &plan);
  self->finish = finish_two_of_seven;
  add_beginning (self, &rng, SECOND / 5);
  sim_scenario_add (self, H4_SETTLED, SIM_CHECK, 0, 0, CHECK_IDEAL);
  add_writes (self, &rng, H4_SETTLED, 10 * SECOND, 40, 7);
  sim_scenario_add (self, H4_KILL - SECOND, SIM_CHECK, 0, 0, CHECK_WRITTEN);
  sim_scenario_add (self, H4_KILL, SIM_CRASH, first, 0, told);
  sim_scenario_add (self, H4_KILL, SIM_CRASH, second, 0, told);
  sim_scenario_add (self, H4_KILL, SIM_CHECK, 0, 0, CHECK_READ);
  sim_scenario_add (self, H4_KILL + (told ? H4_REPAIR : H4_SILENT), SIM_CHECK, 0, 0, CHECK_IDEAL);
  sim_scenario_add (self, H4_KILL + (told ? H4_REPAIR : H4_SILENT), SIM_CHECK, 0, 0, CHECK_READ + ROUND_BAR);
  return self;
}

/* ---- H5: half of them, in ten steps ---- */

#define H5_STEPS 10
#define H5_WINDOW (15 * SECOND)
#define H5_WRITE (40 * SECOND)

static SimScenario *
make_half (guint64 seed, gboolean deep)
{
  static const Plan plan = { .readers = 1 };
  guint n = deep ? 200 : 30, n_keys = deep ? 2000 : 100;
  /* Many that come at once find each other late (docs/reliability.md). */
  gint64 step_in = deep ? SECOND / 2 : SECOND / 10, settled = n * step_in + 90 * SECOND, kill = settled + H5_WRITE + 20 * SECOND;
  SimScenario *self = sim_scenario_new (seed, n, kill + (H5_STEPS + 1) * H5_WINDOW);
  TestRng rng = test_rng_make (seed, "half", 0);
  g_autofree guint *order = g_new (guint, n);

  set_up (self, &plan);
  self->finish = finish_two_of_seven;
  add_beginning (self, &rng, step_in);
  sim_scenario_add (self, settled, SIM_CHECK, 0, 0, CHECK_IDEAL);
  add_writes (self, &rng, settled, H5_WRITE, n_keys, n);
  sim_scenario_add (self, kill - SECOND, SIM_CHECK, 0, 0, CHECK_WRITTEN);
  for (guint i = 0; i < n; i++)
    {
      guint j = (guint) test_rng_below (&rng, i + 1);

      order[i] = order[j];
      order[j] = i;
    }
  for (guint step = 0; step < H5_STEPS; step++)
    {
      gint64 time = kill + step * H5_WINDOW;

      for (guint i = step * n / 2 / H5_STEPS; i < (step + 1) * n / 2 / H5_STEPS; i++)
        sim_scenario_add (self, time, SIM_CRASH, order[i], 0, 1);
      sim_scenario_add (self, time, SIM_CHECK, 0, 0, CHECK_READ + step);
      /* It ends before the next ones are killed. */
      sim_scenario_add (self, time + H5_WINDOW - 2 * SECOND, SIM_CHECK, 0, 0, CHECK_READ + ROUND_BAR + step);
    }
  sim_scenario_add (self, self->duration - SECOND, SIM_CHECK, 0, 0, CHECK_IDEAL);
  return self;
}

/* ---- H6: one in ten lies ---- */

#define H6_SETTLED (60 * SECOND)
#define H6_READ (H6_SETTLED + 60 * SECOND)

static void
prepare_liars (SimNet *net, const SimScenario *scenario)
{
  const Plan *plan = scenario->data;
  SimRings *rings = sim_rings_prepare (net, plan->k);
  TestRng rng = test_rng_make (scenario->seed, "liars", 0);
  const SimLie lies[] = { SIM_LIE_VALUE, SIM_LIE_NOTHING, SIM_LIE_SILENT, SIM_LIE_SIGNED, SIM_LIE_FORGED, SIM_LIE_OLD };

  rings->signing = plan->signing;
  for (guint host = 0; host < net->hosts->len; host += 10)
    {
      guint liar = host + (guint) test_rng_below (&rng, MIN (10, net->hosts->len - host));

      rings->lies->data[liar] = (guint8) test_rng_between (&rng, SIM_LIE_VALUE, SIM_LIE_SILENT);
      /* Every other seed they are where they have most of a key of their choice: three places before three of its. */
      if (scenario->seed % 2 == 0)
        {
          g_autoptr (GBytes) key = sim_rings_new_key (host / 30);
          P2pChordSpot spots[P2P_CHORD_HASHES];
          P2pChordPlace place;

          p2p_chord_spots_of_key (g_bytes_get_data (key, NULL), g_bytes_get_size (key), spots);
          p2p_chord_place_of_spot (&place, rings->k, &spots[host / 10 % 3]);
          sim_rings_place_before (net, liar, &place, 300);
          /* All of them the same, as that is worst: of what is signed, another in each seed. */
          rings->lies->data[liar] = (guint8) (plan->signing ? lies[scenario->seed / 2 % G_N_ELEMENTS (lies)] : SIM_LIE_VALUE);
        }
      else if (plan->signing)
        rings->lies->data[liar] = (guint8) lies[test_rng_below (&rng, G_N_ELEMENTS (lies))];
    }
}

static void
finish_liars (SimNet *net, const SimScenario *scenario)
{
  finish_with (net, 5, 5);
}

static SimScenario *
make_liars (guint64 seed, gboolean deep)
{
  static const Plan plan = { .readers = 3 };
  guint n = deep ? 100 : 30;
  SimScenario *self = sim_scenario_new (seed, n, H6_READ + 40 * SECOND);
  TestRng rng = test_rng_make (seed, "lies", 0);

  set_up (self, &plan);
  self->prepare = prepare_liars;
  self->finish = finish_liars;
  add_beginning (self, &rng, SECOND / 10);
  add_writes (self, &rng, H6_SETTLED, 20 * SECOND, deep ? 300 : 100, n);
  sim_scenario_add (self, H6_READ, SIM_CHECK, 0, 0, CHECK_READ + ROUND_BAR);
  return self;
}

/* What is signed: nobody believes a lie, and who lies keeps next to nobody from the truth. Each key is written twice: so there is something older to say again. */
static void
finish_signed_liars (SimNet *net, const SimScenario *scenario)
{
  finish_with (net, 1, 0);
}

static SimScenario *
make_signed_liars (guint64 seed, gboolean deep)
{
  static const Plan plan = { .readers = 3, .signing = TRUE };
  guint n = deep ? 100 : 30, n_keys = deep ? 300 : 100;
  SimScenario *self = sim_scenario_new (seed, n, H6_READ + 80 * SECOND);
  TestRng rng = test_rng_make (seed, "signed lies", 0);

  set_up (self, &plan);
  self->prepare = prepare_liars;
  self->finish = finish_signed_liars;
  add_beginning (self, &rng, SECOND / 10);
  for (guint key = 0; key < n_keys; key++)
    {
      guint writer = (guint) test_rng_below (&rng, n);

      sim_scenario_add (self, H6_SETTLED + 20 * SECOND * key / n_keys, SIM_SET, writer, key, 1000 + key);
      sim_scenario_add (self, H6_SETTLED + 40 * SECOND + 20 * SECOND * key / n_keys, SIM_SET, writer, key, 1 + key);
    }
  sim_scenario_add (self, H6_READ + 40 * SECOND, SIM_CHECK, 0, 0, CHECK_READ + ROUND_BAR);
  return self;
}

int
main (int argc, char **argv)
{
  const SimBar bars[] = {
    { .name = "two-of-seven", .make = make_two_of_seven, .seeds = 6, .deep_seeds = 1000, .counts = counts },
    { .name = "half", .make = make_half, .seeds = 1, .deep_seeds = 3, .counts = counts },
    { .name = "liars", .make = make_liars, .seeds = 2, .deep_seeds = 10, .counts = counts },
    { .name = "signed-liars", .make = make_signed_liars, .seeds = 3, .deep_seeds = 24, .counts = counts },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
