/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delta debugging: halves of the events, then quarters, down to single ones. */
#include "sim-scenario.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What kind of failure it is: its words without the numbers and names. */
static char *
kind_of_failure (const char *text)
{
  const char *begin = strstr (text, " s: ");
  GString *kind = g_string_new (NULL);

  for (const char *c = begin != NULL ? begin : text; *c != '\0'; c++)
    if (!g_ascii_isdigit (*c) && *c != '.')
      g_string_append_c (kind, *c);
  return g_string_free (kind, FALSE);
}

/* Runs it in a process of its own; what went wrong, or NULL. */
static char *
try_apart (const SimScenario *scenario)
{
  char buffer[1024];
  gsize length = 0;
  int status = 0;
  int ends[2];
  pid_t child;

  if (pipe (ends) != 0)
    g_error ("no pipe for a run apart");
  fflush (NULL);
  child = fork ();
  if (child == 0)
    {
      SimResult result;
      int nothing = open ("/dev/null", O_WRONLY);

      dup2 (nothing, STDOUT_FILENO);
      dup2 (nothing, STDERR_FILENO);
      sim_scenario_run (scenario, NULL, NULL, &result);
      if (result.failure != NULL && write (ends[1], result.failure, strlen (result.failure)) < 0)
        _exit (2);
      _exit (0);
    }
  close (ends[1]);
  while (length < sizeof buffer - 1)
    {
      gssize got = read (ends[0], buffer + length, sizeof buffer - 1 - length);

      if (got <= 0)
        break;
      length += (gsize) got;
    }
  close (ends[0]);
  waitpid (child, &status, 0);
  buffer[length] = '\0';
  if (length > 0)
    return g_strdup (buffer);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0 ? NULL : g_strdup_printf ("it ended with status %d", status);
}

static gboolean
fails_so (const SimScenario *scenario, const char *kind)
{
  g_autofree char *failure = try_apart (scenario);
  g_autofree char *other = failure != NULL ? kind_of_failure (failure) : NULL;

  return g_strcmp0 (kind, other) == 0;
}

SimScenario *
sim_scenario_shrink (const SimScenario *self, gboolean progress)
{
  SimScenario *best = sim_scenario_copy (self);
  g_autofree char *failure = try_apart (self);
  g_autofree char *kind = failure != NULL ? kind_of_failure (failure) : NULL;
  guint size = MAX (1, best->events->len / 2);

  if (kind == NULL)
    return best;
  for (;;)
    {
      gboolean removed = FALSE;

      /* From the end: what comes later is more likely to be of no importance. */
      for (guint end = best->events->len; end > 0;)
        {
          guint begin = end > size ? end - size : 0;
          SimScenario *less = sim_scenario_copy (best);

          g_array_remove_range (less->events, begin, end - begin);
          end = begin;
          if (fails_so (less, kind))
            {
              sim_scenario_free (best);
              best = less;
              removed = TRUE;
            }
          else
            sim_scenario_free (less);
        }
      if (progress)
        g_printerr ("pieces of %u: %u of %u events are left\n", size, best->events->len, self->events->len);
      if (size > 1)
        size = MAX (1, MIN (size / 2, best->events->len));
      else if (!removed)
        break;
    }
  return best;
}
