/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network with a long history, as it is on the disk: 20,000 messages, or a million with CHAT_DEEP=1. Opening it is measured against an empty one in the same run. */
#include "config.h"

#include "history-fixture.h"
#include "../support/test-slowness.h"

#define OPEN_RATIO 1.3
#define OPEN_MORE_MS 100.0      /* of the processor: a page of rows has to be made, which an empty network has none of */
#define FRAME_MS 12.0           /* of the processor's time, 99 of 100 */
#define N_FRAMES 300u
#define ROUNDS 5u

static gboolean
is_deep (void)
{
  return g_getenv ("CHAT_DEEP") != NULL;
}

static void
test_opening (void)
{
  guint n = is_deep () ? 1000000 : 20000, nothing = 0;
  g_autofree char *full = history_make_folder (1, &n), *empty = history_make_folder (1, &nothing);
  double with[ROUNDS], without[ROUNDS], with_work[ROUNDS], without_work[ROUNDS], unused;
  Program program;

  for (guint i = 0; i < ROUNDS; i++)
    {
      without[i] = program_open (&program, empty, &without_work[i]);
      g_assert_true (rt_timeline_get_empty (program.timeline));
      program_close (&program);
      with[i] = program_open (&program, full, &with_work[i]);
      g_assert_true (rt_timeline_get_at_bottom (program.timeline));
      g_assert_cmpuint (rt_timeline_source_count_hint (rt_network_get_timeline (program.network)), >=, n);
      program_close (&program);
    }
  qsort (with, ROUNDS, sizeof (double), history_compare_doubles);
  qsort (without, ROUNDS, sizeof (double), history_compare_doubles);
  qsort (with_work, ROUNDS, sizeof (double), history_compare_doubles);
  qsort (without_work, ROUNDS, sizeof (double), history_compare_doubles);
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

    program_open (&program, full, &unused);
    app_frames (GTK_WIDGET (program.window), 20);
    g_object_get (program.timeline, "vadjustment", &adjustment, NULL);
    for (guint i = 0; i < N_FRAMES; i++)
      {
        double start = test_cpu_ms ();

        gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + (i < N_FRAMES * 2 / 3 ? -150 : 150));
        app_frames (GTK_WIDGET (program.window), 1);
        work[i] = test_cpu_ms () - start;
      }
    qsort (work, N_FRAMES, sizeof (double), history_compare_doubles);
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
    program_close (&program);
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
