/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real node says thousands of things at once: what a turn of the window's main loop costs, on each page. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "app-fixture.h"
#include "model/network/rt-network.h"

/* A turn of more than this is felt. On a machine on which even a turn in peace takes long, so many times that. */
#define BAR_MS 50.0
#define FACTOR 10.0
#define N_MESSAGES 20000u

static const char *node_path;

/* The turn's work, without the waiting: what other programs take meanwhile is not the window's. */
static struct
{
  double since, most, sum;
  guint  n;
} turns;

static double
cpu_ms (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * 1e3 + (double) spent.tv_nsec / 1e6;
}

static gint
poll_cb (GPollFD *fds,
         guint    n_fds,
         gint     timeout)
{
  double took = cpu_ms () - turns.since;
  gint n;

  turns.most = MAX (turns.most, took);
  turns.sum += took;
  turns.n++;
  n = g_poll (fds, n_fds, timeout);
  turns.since = cpu_ms ();
  return n;
}

static void
begin_turns (void)
{
  turns.since = cpu_ms ();
  turns.most = turns.sum = 0;
  turns.n = 0;
}

static void
send_line (GSubprocess *node,
           const char  *line)
{
  g_autoptr (GError) error = NULL;
  GOutputStream *in = g_subprocess_get_stdin_pipe (node);

  g_output_stream_write_all (in, line, strlen (line), NULL, NULL, &error);
  g_output_stream_flush (in, NULL, NULL);
  g_assert_no_error (error);
}

static guint64
count_in (RtNetwork *network)
{
  P2pMeshStats stats;

  p2p_mesh_socket_get_stats (rt_network_get_socket (network), &stats);
  return stats.messages_in;
}

static void
flood (const char *page)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  RtWindow *window;
  g_autoptr (GSubprocess) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  double peace;
  guint64 before;
  gint64 start;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "club");
  window = rt_window_new (fixture.app, fixture.networks);
  gtk_window_set_default_size (GTK_WINDOW (window), 1024, 768);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", page);
  app_frames (GTK_WIDGET (window), 5);
  node = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                           node_path, "--json", "--port", "0", "--subnet", "club", NULL);
  g_assert_no_error (error);
  line = g_strdup_printf ("{\"cmd\":\"connect\",\"addr\":\"127.0.0.1\",\"port\":%u}\n", p2p_mesh_socket_get_port (rt_network_get_socket (network)));
  send_line (node, line);
  app_wait_for (rt_network_get_n_peers (network) == 1);
  /* in peace: one message, and the frames that follow */
  g_main_context_set_poll_func (NULL, poll_cb);
  begin_turns ();
  before = count_in (network);
  send_line (node, "{\"cmd\":\"send\",\"packets\":[\"in peace\"]}\n");
  app_wait_for (count_in (network) > before);
  app_frames (GTK_WIDGET (window), 30);
  peace = turns.most;
  begin_turns ();
  before = count_in (network);
  start = g_get_monotonic_time ();
  line = (g_free (line), g_strdup_printf ("{\"cmd\":\"burst\",\"n\":%u,\"size\":60}\n", N_MESSAGES));
  send_line (node, line);
  app_wait_for (count_in (network) >= before + N_MESSAGES / 2);
  app_frames (GTK_WIDGET (window), 60);
  g_test_message ("%s: %" G_GUINT64_FORMAT " messages in %.2f s; of %u turns the longest took %.1f ms, in peace %.1f ms", page,
                  count_in (network) - before, (double) (g_get_monotonic_time () - start) / 1e6, turns.n, turns.most, peace);
  g_main_context_set_poll_func (NULL, NULL);
  g_assert_cmpfloat (turns.most, <, MAX (BAR_MS, FACTOR * peace));
  app_picture (GTK_WIDGET (window), page);
  g_subprocess_force_exit (node);
  app_fixture_tear_down (&fixture);
}

static void
test_traffic (void)
{
  flood ("traffic");
}

static void
test_peers (void)
{
  flood ("peers");
}

static void
test_chat (void)
{
  flood ("chat");
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_assert_cmpint (argc, >, 1);
  node_path = argv[1];
  g_test_add_func ("/flood/traffic", test_traffic);
  g_test_add_func ("/flood/peers", test_peers);
  g_test_add_func ("/flood/chat", test_chat);
  return g_test_run ();
}
