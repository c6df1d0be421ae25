/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bar S5: both nodes of a pair dial, at the same time and more than once, with ids known and not. Two seconds later there is exactly one
 * link, the same at both ends, and what is said on it arrives.
 *
 *   SIM_DEEP=1          50,000 pairs of each kind instead of 2,000
 *   SIM_PAIRS=N         so many
 *   SIM_PAIR=own:7      this one, telling what happens (or proven:7, model:7)
 */
#include "sim-pair.h"

#include <stdlib.h>
#include <string.h>

#define QUICK 2000
#define DEEP 50000
#define SHOWN 12

static const char *const kinds[] = { [SIM_PAIR_OWN] = "own", [SIM_PAIR_PROVEN] = "proven", [SIM_PAIR_MODEL] = "model" };

static guint
count_pairs (void)
{
  const char *wish = g_getenv ("SIM_PAIRS");

  if (wish != NULL)
    return (guint) g_ascii_strtoull (wish, NULL, 10);
  return g_strcmp0 (g_getenv ("SIM_DEEP"), "1") == 0 ? DEEP : QUICK;
}

static void
describe (SimPair *pair)
{
  g_test_message ("delay %.1f ms, jitter %.1f ms, pieces of %" G_GSIZE_FORMAT, pair->path.delay / 1e3, pair->path.jitter / 1e3, pair->path.chunk);
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < pair->ends[i].dials; j++)
      g_test_message ("%s dials at %.1f ms, %s", test_host_get_name (pair->ends[i].host), pair->ends[i].dial_at[j] / 1e3,
                      pair->ends[i].dial_id[j] ? "knowing the id" : "not knowing the id");
}

static void
try_all (gconstpointer data)
{
  SimPairKind kind = GPOINTER_TO_UINT (data);
  guint n = count_pairs (), failed = 0;
  gint64 began = g_get_monotonic_time (), slowest = 0;

  for (guint64 seed = 1; seed <= n; seed++)
    {
      g_autoptr (SimPair) pair = sim_pair_new (seed, kind);
      g_autofree char *wrong = sim_pair_run (pair, FALSE);

      slowest = MAX (slowest, pair->settled);
      if (wrong == NULL)
        continue;
      if (failed++ < SHOWN)
        {
          g_test_message ("SIM_PAIR=%s:%" G_GUINT64_FORMAT ": %s", kinds[kind], seed, wrong);
          describe (pair);
        }
    }
  g_test_message ("%u of %u pairs with one link, the slowest after %.0f ms; %.1f s", n - failed, n, slowest / 1e3,
                  (g_get_monotonic_time () - began) / 1e6);
  g_assert_cmpuint (failed, ==, 0);
}

static int
try_one (const char *name)
{
  SimPairKind kind = g_str_has_prefix (name, "model:") ? SIM_PAIR_MODEL : g_str_has_prefix (name, "proven:") ? SIM_PAIR_PROVEN : SIM_PAIR_OWN;
  const char *colon = strchr (name, ':');
  g_autoptr (SimPair) pair = sim_pair_new (g_ascii_strtoull (colon != NULL ? colon + 1 : name, NULL, 10), kind);
  g_autofree char *wrong = NULL;

  describe (pair);
  wrong = sim_pair_run (pair, TRUE);
  g_print ("%s\n", wrong != NULL ? wrong : "one link");
  return wrong != NULL;
}

int
main (int argc, char **argv)
{
  const char *one = g_getenv ("SIM_PAIR");

  g_test_init (&argc, &argv, NULL);
  if (one != NULL)
    return try_one (one);
  g_test_add_data_func ("/sim/conflict/own", GUINT_TO_POINTER (SIM_PAIR_OWN), try_all);
  g_test_add_data_func ("/sim/conflict/proven", GUINT_TO_POINTER (SIM_PAIR_PROVEN), try_all);
  g_test_add_data_func ("/sim/conflict/model", GUINT_TO_POINTER (SIM_PAIR_MODEL), try_all);
  return g_test_run ();
}
