/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network with a long history, as it is on the disk: 20,000 messages, or a million with CHAT_DEEP=1. Opening it is measured against an empty one in the same run. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "app-fixture.h"
#include "app/chat/rt-chat-page.h"
#include "app/chat/rt-message-row.h"
#include "app/chat/rt-timeline.h"
#include "model/rt-network.h"
#include "store/rt-store-chat.h"
#include "../support/test-slowness.h"

#define OPEN_RATIO 1.3
#define OPEN_MORE_MS 100.0      /* of the processor: a page of rows has to be made, which an empty network has none of */
#define FRAME_MS 12.0           /* of the processor's time, 99 of 100 */
#define N_FRAMES 300u
#define ROUNDS 5u
#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"

static gboolean
is_deep (void)
{
  return g_getenv ("CHAT_DEEP") != NULL;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
flushed_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  rt_store_chat_flush_finish (RT_STORE_CHAT (chat), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
flush (RtStoreChat *chat)
{
  gboolean done = FALSE;

  rt_store_chat_flush_async (chat, flushed_cb, &done);
  app_wait_for (done);
}

/* Two people who talk for months, mostly shortly */
static void
fill (RtNetwork *network, guint n)
{
  static const char * const words[] = { "the", "table", "over", "a", "network", "of", "friends", "who", "wrote", "it", "yesterday", "antenna" };
  RtStoreChat *chat = rt_network_get_chat (network);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gint64 now = g_get_real_time ();

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtStoreMessage) message = rt_store_message_new ();
      /* as hashes are: their first bytes differ */
      g_autofree char *id = g_strdup_printf ("%08x%024u", i * 2654435761u, i);
      g_autoptr (GString) text = g_string_new (NULL);
      guint length = (guint) g_rand_int_range (rand, 0, 100) < 85 ? (guint) g_rand_int_range (rand, 1, 12) : (guint) g_rand_int_range (rand, 12, 90);

      g_string_printf (text, "%u", i);
      for (guint word = 0; word < length; word++)
        g_string_append_printf (text, " %s", words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      message->row = rt_store_chat_take_row (chat);
      message->time = now - (gint64) (n - i) * 20 * G_USEC_PER_SEC;
      message->sent = message->time / G_USEC_PER_SEC;
      message->id = g_bytes_new (id, 32);
      message->sender = g_strdup (i / 3 % 2 ? ADA : BOB);
      message->text = g_string_free (g_steal_pointer (&text), FALSE);
      rt_store_chat_add (chat, message, FALSE);
      if (i % 5000 == 4999)
        flush (chat);
    }
  flush (chat);
}

/* A program that begins with what is on the disk */
typedef struct {
  GtkApplication *app;
  RtNetworks     *networks;
  RtNetwork      *network;
  RtWindow       *window;
  RtTimeline     *timeline;
} Program;

static gboolean
is_loaded (Program *program)
{
  gboolean loaded;

  g_object_get (program->networks, "loaded", &loaded, NULL);
  return loaded;
}

/* Until the newest message stands where it belongs, or it is said that there is none */
static gboolean
is_there (Program *program)
{
  RtTimelineKey first, last;

  if (!rt_network_get_chat_loaded (program->network))
    return FALSE;
  return rt_timeline_get_empty (program->timeline) || rt_timeline_get_shown (program->timeline, &first, &last);
}

/* worked: ms of the processor's time, of all threads, which other programs do not lengthen */
static double
open_program (Program *program, const char *folder, double *worked)
{
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();
  clock_t began = clock ();

  g_setenv ("ROUNDTABLE_DATA_DIR", folder, TRUE);
  program->app = GTK_APPLICATION (rt_application_new ());
  g_application_set_flags (G_APPLICATION (program->app), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (program->app), NULL, &error);
  g_assert_no_error (error);
  program->networks = g_object_ref (rt_application_get_networks (RT_APPLICATION (program->app)));
  program->window = NULL;
  while (!is_loaded (program))
    g_main_context_iteration (NULL, TRUE);
  program->network = g_list_model_get_item (G_LIST_MODEL (program->networks), 0);
  program->window = rt_window_new (RT_APPLICATION (program->app), program->networks);
  gtk_window_set_default_size (GTK_WINDOW (program->window), 900, 700);
  gtk_window_present (GTK_WINDOW (program->window));
  program->timeline = RT_TIMELINE (app_find (GTK_WIDGET (program->window), RT_TYPE_TIMELINE, NULL));
  while (!is_there (program))
    g_main_context_iteration (NULL, TRUE);
  app_frames (GTK_WIDGET (program->window), 1);
  *worked = (double) (clock () - began) / CLOCKS_PER_SEC * 1000.0;
  return (double) (g_get_monotonic_time () - begin) / 1000.0;
}

static void
close_program (Program *program)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (program->window != NULL)
    gtk_window_destroy (GTK_WINDOW (program->window));
  g_clear_object (&program->network);
  rt_networks_shutdown_async (program->networks, rt_wait_result_cb, &result);
  app_wait_for (result != NULL);
  rt_networks_shutdown_finish (program->networks, result, &error);
  g_assert_no_error (error);
  app_settle ();
  g_clear_object (&program->networks);
  g_clear_object (&program->app);
}

static char *
make_folder (guint n)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  g_autofree char *folder = NULL;
  gint64 begin;

  app_fixture_set_up (&fixture, "Wilma");
  network = app_fixture_add (&fixture, "club");
  app_wait_for (rt_network_get_chat_loaded (network));
  begin = g_get_monotonic_time ();
  fill (network, n);
  g_test_message ("%u messages written in %.1f s", n, (double) (g_get_monotonic_time () - begin) / 1e6);
  /* the folder outlives the fixture */
  folder = g_steal_pointer (&fixture.folder);
  fixture.folder = g_dir_make_tmp ("rt-test-app-XXXXXX", NULL);
  rt_network_stop (network);
  app_fixture_tear_down (&fixture);
  return g_steal_pointer (&folder);
}

static void
test_opening (void)
{
  guint n = is_deep () ? 1000000 : 20000;
  g_autofree char *full = make_folder (n), *empty = make_folder (0);
  double with[ROUNDS], without[ROUNDS], with_work[ROUNDS], without_work[ROUNDS], unused;
  Program program;

  for (guint i = 0; i < ROUNDS; i++)
    {
      without[i] = open_program (&program, empty, &without_work[i]);
      g_assert_true (rt_timeline_get_empty (program.timeline));
      close_program (&program);
      with[i] = open_program (&program, full, &with_work[i]);
      g_assert_true (rt_timeline_get_at_bottom (program.timeline));
      g_assert_cmpuint (rt_timeline_source_count_hint (rt_network_get_timeline (program.network)), >=, n);
      close_program (&program);
    }
  qsort (with, ROUNDS, sizeof (double), compare_doubles);
  qsort (without, ROUNDS, sizeof (double), compare_doubles);
  qsort (with_work, ROUNDS, sizeof (double), compare_doubles);
  qsort (without_work, ROUNDS, sizeof (double), compare_doubles);
  g_test_message ("opened with %u messages: %.0f ms (best %.0f, %.0f of the processor), with none %.0f ms (best %.0f, %.0f)", n, with[ROUNDS / 2], with[0], with_work[0],
                  without[ROUNDS / 2], without[0], without_work[0]);
  g_assert_cmpfloat (with_work[0], <=, MAX (OPEN_RATIO * without_work[0], without_work[0] + OPEN_MORE_MS * test_slowness ()));
  if (is_deep ())
    g_assert_cmpfloat (with[0], <=, OPEN_RATIO * without[0]);
  rt_remove_tree (empty);

  {
    double work[N_FRAMES];
    GtkAdjustment *adjustment;
    RtTimelineStats stats;

    open_program (&program, full, &unused);
    app_frames (GTK_WIDGET (program.window), 20);
    g_object_get (program.timeline, "vadjustment", &adjustment, NULL);
    for (guint i = 0; i < N_FRAMES; i++)
      {
        double start = test_cpu_ms ();

        gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + (i < N_FRAMES * 2 / 3 ? -150 : 150));
        app_frames (GTK_WIDGET (program.window), 1);
        work[i] = test_cpu_ms () - start;
      }
    qsort (work, N_FRAMES, sizeof (double), compare_doubles);
    rt_timeline_get_stats (program.timeline, &stats);
    g_test_message ("scrolled 150 px a frame: CPU ms p50 %.1f, p95 %.1f, p99 %.1f, most %.1f; %u rows made, %u items held", work[N_FRAMES / 2], work[N_FRAMES * 95 / 100],
                    work[N_FRAMES * 99 / 100], work[N_FRAMES - 1], stats.rows_made, stats.items_held);
    if (is_deep ())
      g_assert_cmpfloat (work[N_FRAMES * 99 / 100], <=, FRAME_MS * test_slowness ());
    else
      g_assert_cmpfloat (work[N_FRAMES * 99 / 100], <=, MAX (4 * FRAME_MS, 10 * work[N_FRAMES / 2]) * test_slowness ());
    g_assert_cmpuint (stats.rows_made, <, 120);
    g_object_unref (adjustment);
    /* to its very beginning, and back */
    {
      RtTimelineKey first, last, oldest = { G_MININT64, G_MININT64 };
      gint64 begin = g_get_monotonic_time ();

      rt_timeline_jump_to_key (program.timeline, &oldest, FALSE);
      app_wait_for (rt_timeline_get_shown (program.timeline, &first, &last) && !rt_timeline_get_at_bottom (program.timeline) &&
                    rt_timeline_source_rank_hint (rt_network_get_timeline (program.network), &first) < n / 100);
      g_test_message ("to the first message: %.0f ms", (double) (g_get_monotonic_time () - begin) / 1000);
    }
    close_program (&program);
  }
  rt_remove_tree (full);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/history/opening", test_opening);
  return g_test_run ();
}
