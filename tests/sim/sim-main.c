/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-main.h"

#include <stdlib.h>
#include <string.h>

/* Longer lists are printed when somebody asks for that seed. */
#define MOST_LINES 60
/* Of so many seeds the figures are told. */
#define MOST_NOTES 20

typedef struct {
  char *bar;
  gint64 seed;
  char *seeds;
  gboolean deep;
  gboolean trace;
  gboolean shrink;
  gboolean print;
} Options;

static char *
find_commit (void)
{
  const char *folder = g_getenv ("G_TEST_SRCDIR");
  const char *argv[] = { "git", "describe", "--always", "--dirty", NULL };
  char *output = NULL;

  if (!g_spawn_sync (folder, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, NULL, NULL) ||
      output == NULL || *output == '\0')
    {
      g_free (output);
      return g_strdup ("unknown");
    }
  return g_strstrip (output);
}

static void
print_lines (const char *text, gboolean all)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  for (guint i = 0; i < n && (all || i < MOST_LINES); i++)
    g_test_message ("%s", lines[i]);
  if (!all && n > MOST_LINES)
    g_test_message ("... and %u more: --print shows all of them", n - MOST_LINES);
}

static void
tell_failure (const SimBar *bar, const SimScenario *scenario, const char *failure, gboolean deep)
{
  g_autofree char *commit = find_commit ();
  g_autofree char *text = sim_scenario_print (scenario);

  g_test_message ("%s, seed %" G_GUINT64_FORMAT "%s, commit %s: %s", bar->name, scenario->seed, deep ? " (deep)" : "", commit, failure);
  print_lines (text, FALSE);
  g_test_message ("again: %s --bar %s --seed %" G_GUINT64_FORMAT "%s [--shrink] [--trace]", g_get_prgname (), bar->name, scenario->seed, deep ? " --deep" : "");
}

/* ---- as a test ---- */

static gboolean
run_seed (const SimBar *bar, guint64 seed, gboolean deep, guint64 *n_events, guint64 *counts)
{
  g_autoptr (SimScenario) scenario = bar->make (seed, deep);
  g_auto (SimResult) result = { 0 };

  sim_scenario_run (scenario, NULL, NULL, &result);
  *n_events += result.n_events;
  for (guint i = 0; i < SIM_MOST_COUNTS; i++)
    counts[i] += result.counts[i];
  if (result.note != NULL && bar->least_failing == 0 && (deep ? bar->deep_seeds : bar->seeds) <= MOST_NOTES)
    g_test_message ("%s, seed %" G_GUINT64_FORMAT ": %s", bar->name, seed, result.note);
  if (result.failure == NULL && bar->twice)
    {
      g_autoptr (SimScenario) again = bar->make (seed, deep);
      g_auto (SimResult) other = { 0 };

      sim_scenario_run (again, NULL, NULL, &other);
      if (other.hash != result.hash || other.n_events != result.n_events)
        result.failure = g_strdup_printf ("the second run was another: hash %016" G_GINT64_MODIFIER "x, then %016" G_GINT64_MODIFIER "x", result.hash, other.hash);
    }
  if (result.failure != NULL && bar->least_failing == 0)
    tell_failure (bar, scenario, result.failure, deep);
  return result.failure == NULL;
}

static gboolean
shrinks (const SimBar *bar, guint64 seed, gboolean deep)
{
  g_autoptr (SimScenario) scenario = bar->make (seed, deep);
  g_autoptr (SimScenario) smaller = sim_scenario_shrink (scenario, FALSE);
  g_autofree char *text = sim_scenario_print (smaller);

  g_test_message ("seed %" G_GUINT64_FORMAT ": %u of %u events do it", seed, smaller->events->len, scenario->events->len);
  print_lines (text, FALSE);
  return smaller->events->len <= bar->shrinks_to;
}

gboolean
sim_bar_test (const SimBar *bar, gboolean deep)
{
  const char *wish = g_getenv ("SIM_FIRST");
  guint64 first = wish != NULL ? g_ascii_strtoull (wish, NULL, 10) : 1, first_failed = 0;
  guint n = deep ? bar->deep_seeds : bar->seeds;
  gint64 began = g_get_monotonic_time ();
  guint64 n_events = 0, counts[SIM_MOST_COUNTS] = { 0 };
  guint failed = 0;

  for (guint64 seed = first; seed < first + n && (failed < 3 || bar->least_failing > 0 || bar->most_failing > 0); seed++)
    if (!run_seed (bar, seed, deep, &n_events, counts) && failed++ == 0)
      first_failed = seed;
  g_test_message ("%s: %u seeds from %" G_GUINT64_FORMAT ", %u failed, %" G_GUINT64_FORMAT " events, %.1f s", bar->name, n, first, failed, n_events,
                  (g_get_monotonic_time () - began) / (double) SECOND);
  for (guint i = 0; bar->counts != NULL && bar->counts[i] != NULL; i++)
    g_test_message ("%s: %" G_GUINT64_FORMAT " %s", bar->name, counts[i], bar->counts[i]);
  if (bar->least_failing == 0)
    return failed * 100 <= n * bar->most_failing;
  return failed > 0 && failed * 100 >= n * bar->least_failing && (bar->shrinks_to == 0 || shrinks (bar, first_failed, deep));
}

static gboolean
is_deep (void)
{
  return g_strcmp0 (g_getenv ("SIM_DEEP"), "1") == 0;
}

static void
test_bar (gconstpointer data)
{
  if (!sim_bar_test (data, is_deep ()))
    g_test_fail ();
}

/* ---- by hand ---- */

static void
trace_cb (gint64 time, guint kind, TestHost *host, guint64 a, guint64 b, gpointer data)
{
  g_print ("%14.6f %-9s %-6s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", (time - SECOND) / (double) SECOND, kind < TEST_EVENT_OTHER ? test_event_kind_get_name (kind) : sim_note_get_name (kind),
           host != NULL ? test_host_get_name (host) : "-", a, b);
}

static gboolean
run_by_hand (const SimBar *bar, guint64 seed, const Options *options)
{
  g_autoptr (SimScenario) scenario = bar->make (seed, options->deep);
  g_auto (SimResult) result = { 0 };

  sim_scenario_run (scenario, options->trace ? trace_cb : NULL, NULL, &result);
  g_print ("%s seed %" G_GUINT64_FORMAT ": %s; hash %016" G_GINT64_MODIFIER "x, %" G_GUINT64_FORMAT " events%s%s\n", bar->name, seed,
           result.failure != NULL ? result.failure : "well", result.hash, result.n_events, result.note != NULL ? "; " : "", result.note != NULL ? result.note : "");
  if (result.failure != NULL || options->print)
    {
      g_autoptr (SimScenario) smaller = options->shrink && result.failure != NULL ? sim_scenario_shrink (scenario, TRUE) : NULL;
      g_autofree char *text = sim_scenario_print (smaller != NULL ? smaller : scenario);

      if (smaller != NULL || options->print)
        g_print ("%s", text);
      if (smaller != NULL && options->trace)
        {
          g_auto (SimResult) again = { 0 };

          sim_scenario_run (smaller, trace_cb, NULL, &again);
        }
    }
  return result.failure == NULL;
}

static const SimBar *
find_bar (const SimBar *bars, guint n_bars, const char *name)
{
  for (guint i = 0; i < n_bars; i++)
    if (name == NULL || g_ascii_strcasecmp (bars[i].name, name) == 0)
      return &bars[i];
  return NULL;
}

static int
by_hand (const SimBar *bars, guint n_bars, const Options *options)
{
  const SimBar *bar = find_bar (bars, n_bars, options->bar);
  guint64 first = (guint64) options->seed, last = first;
  guint failed = 0;

  if (bar == NULL)
    {
      g_printerr ("There is no bar %s here\n", options->bar);
      return 2;
    }
  if (options->seeds != NULL)
    {
      const char *dots = strstr (options->seeds, "..");

      first = g_ascii_strtoull (options->seeds, NULL, 10);
      last = dots != NULL ? g_ascii_strtoull (dots + 2, NULL, 10) : first;
    }
  for (guint64 seed = first; seed <= last; seed++)
    failed += !run_by_hand (bar, seed, options);
  if (last > first)
    g_print ("%u of %" G_GUINT64_FORMAT " failed\n", failed, last - first + 1);
  return failed > 0;
}

int
sim_main (int argc, char **argv, const SimBar *bars, guint n_bars)
{
  Options options = { .seed = -1 };
  const GOptionEntry entries[] = {
    { "bar", 0, 0, G_OPTION_ARG_STRING, &options.bar, "Which one (the first)", "NAME" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "Run this seed instead of the tests", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &options.seeds, "Run these", "A..B" },
    { "deep", 0, 0, G_OPTION_ARG_NONE, &options.deep, "In full size", NULL },
    { "print", 0, 0, G_OPTION_ARG_NONE, &options.print, "Show the list of events", NULL },
    { "trace", 0, 0, G_OPTION_ARG_NONE, &options.trace, "Show everything that happens", NULL },
    { "shrink", 0, 0, G_OPTION_ARG_NONE, &options.shrink, "Leave out what a failure does not need", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (options.seed >= 0 || options.seeds != NULL)
    {
      int status = by_hand (bars, n_bars, &options);

      g_free (options.bar);
      g_free (options.seeds);
      return status;
    }
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < n_bars; i++)
    {
      g_autofree char *path = g_strdup_printf ("/sim/%s", bars[i].name);

      if ((is_deep () ? bars[i].deep_seeds : bars[i].seeds) > 0)
        g_test_add_data_func (path, &bars[i], test_bar);
    }
  return g_test_run ();
}
