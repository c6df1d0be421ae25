/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "flood-fixture.h"
#include "../support/test-slowness.h"

/* ---- turns: from the end of a poll to the beginning of the next ---- */

static struct {
  Turns *turns;                 /* NULL: nobody asks */
  double since;
  gint64 clock;
} turn;

static gint
poll_cb (GPollFD *fds, guint n_fds, gint timeout)
{
  double took = test_cpu_ms () - turn.since;
  gint n;

  if (turn.since > 0)
    {
      g_array_append_val (turn.turns->work, took);
      turn.turns->longest_wait = MAX (turn.turns->longest_wait, (double) (g_get_monotonic_time () - turn.clock) / 1e3);
    }
  n = g_poll (fds, n_fds, timeout);
  turn.since = test_cpu_ms ();
  turn.clock = g_get_monotonic_time ();
  return n;
}

void
turns_begin (Turns *self)
{
  *self = (Turns) { .work = g_array_new (FALSE, FALSE, sizeof (double)), .begun = g_get_monotonic_time () };
  turn.turns = self;
  turn.since = 0;
  g_main_context_set_poll_func (NULL, poll_cb);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

void
turns_end (Turns *self)
{
  g_main_context_set_poll_func (NULL, NULL);
  turn.turns = NULL;
  g_array_sort (self->work, compare_doubles);
}

double
turns_most (Turns *self)
{
  return self->work->len > 0 ? g_array_index (self->work, double, self->work->len - 1) : 0;
}

void
turns_tell (Turns *self, const char *of, guint n_messages)
{
  guint n = self->work->len, n_long = 0;

  for (guint i = 0; i < n; i++)
    n_long += g_array_index (self->work, double, i) > 16;
  g_test_message ("%s: %u messages in %.2f s; %u turns: p50 %.1f, p99 %.1f, most %.1f ms of the processor, %u over 16 ms; by the clock at most %.1f ms", of, n_messages,
                  (double) (g_get_monotonic_time () - self->begun) / 1e6, n, n > 0 ? g_array_index (self->work, double, n / 2) : 0.0,
                  n > 0 ? g_array_index (self->work, double, n * 99 / 100) : 0.0, turns_most (self), n_long, self->longest_wait);
  g_clear_pointer (&self->work, g_array_unref);
}

/* ---- who floods ---- */

void
flooder_start (Flooder *self, const char *program, RtNetwork *network)
{
  g_autofree char *port = g_strdup_printf ("%u", p2p_mesh_socket_get_port (rt_network_get_socket (network)));
  g_autoptr (GError) error = NULL;

  self->network = network;
  self->program = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, port,
                                    rt_network_config_get_subnet (rt_network_get_config (network)), NULL);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_n_peers (network) == 1);
}

void
flooder_stop (Flooder *self)
{
  g_subprocess_force_exit (self->program);
  g_clear_object (&self->program);
}

void
flooder_say (Flooder *self, const char *kind, guint rate, guint milliseconds)
{
  g_autofree char *line = g_strdup_printf ("%s %u %u\n", kind, rate, milliseconds);
  GOutputStream *in = g_subprocess_get_stdin_pipe (self->program);
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (in, line, strlen (line), NULL, NULL, &error);
  g_output_stream_flush (in, NULL, NULL);
  g_assert_no_error (error);
}

guint64
flood_count_in (RtNetwork *network)
{
  P2pMeshStats stats;

  p2p_mesh_socket_get_stats (rt_network_get_socket (network), &stats);
  return stats.messages_in;
}

gsize
flood_get_resident (void)
{
  g_autofree char *text = NULL;
  gulong pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*u %lu", &pages);
  return pages * 4096;
}
