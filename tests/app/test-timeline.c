/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "timeline-fixture.h"

/* The measurements that chose this widget over GtkListView and GtkListBox, as tests: a row that is in view never moves by
 * itself, in no frame. A million generated rows; pages come at once, or late. */

#define MILLION 1000000u
#define MAX_ROWS_MADE 120u
#define MAX_FRAME_MS 16.0       /* CPU, 99 of 100 frames */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
percentile (GArray *values, double percent)
{
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, (guint) ((values->len - 1) * percent / 100));
}

static double
value (Fixture *f)
{
  return gtk_adjustment_get_value (f->adjustment);
}

/* One frame in which the person scrolls by so many px; how far the middle row went elsewhere than there. */
static double
scroll_displacement (Fixture *f, double by, double *cpu)
{
  RtTimelineKey key;
  double before, after, asked = value (f), start = fixture_cpu_ms ();

  g_assert_true (fixture_middle (f, &key, &before));
  gtk_adjustment_set_value (f->adjustment, asked + by);
  by = value (f) - asked;
  fixture_frame (f);
  if (cpu != NULL)
    *cpu = fixture_cpu_ms () - start;
  g_assert_true (fixture_row_y (f, &key, &after, NULL));
  return fabs (after - (before - by));
}

static void
assert_few_rows (Fixture *f)
{
  RtTimelineStats stats;

  rt_timeline_get_stats (f->timeline, &stats);
  g_assert_cmpuint (stats.rows_made, <, MAX_ROWS_MADE);
  g_assert_cmpuint (stats.items_held, <=, 1000);
}

/* (a) */
static void
test_first_frame (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 0);
  fixture_frame (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_true (rt_timeline_get_at_bottom (f.timeline));
  g_assert_cmpuint (test_source_get_requests (f.source), ==, 0);
  assert_few_rows (&f);
  fixture_tear_down (&f);
}

static void
test_first_frame_late (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 40);
  fixture_frame (&f);
  g_assert_true (fixture_has_label (&f, "Loading…"));
  fixture_rest (&f);
  g_assert_false (fixture_has_label (&f, "Loading…"));
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  fixture_tear_down (&f);
}

/* (b) and (g): from the newest row upwards, then down again */
static void
check_scrolling (guint latency, double step, guint n_frames, gboolean check_work)
{
  Fixture f;
  g_autoptr (GArray) work = g_array_new (FALSE, FALSE, sizeof (double));

  fixture_set_up (&f, MILLION, latency);
  fixture_rest (&f);
  for (guint i = 0; i < 2 * n_frames; i++)
    {
      double cpu, by = i < n_frames ? -step : step;

      g_assert_cmpfloat (scroll_displacement (&f, by, &cpu), <, 1.0);
      g_array_append_val (work, cpu);
    }
  g_assert_cmpuint (test_source_get_requests (f.source), >, 0);
  for (guint where = 0; where < 4; where++)
    g_assert_cmpuint (test_source_get_most_under_way (f.source, where), <=, 1);
  assert_few_rows (&f);
  g_test_message ("%g px a frame: CPU ms p50 %.1f, p99 %.1f", step, percentile (work, 50), percentile (work, 99));
  if (check_work)
    g_assert_cmpfloat (percentile (work, 99), <=, MAX_FRAME_MS);
  fixture_tear_down (&f);
}

static void
test_scroll_slow (void)
{
  check_scrolling (0, 60, 110, TRUE);
}

static void
test_scroll_fast (void)
{
  check_scrolling (0, 400, 110, TRUE);
}

/* Pages that take two frames and more: the edge may come into view; what is in view stays all the same. */
static void
test_scroll_late (void)
{
  check_scrolling (35, 150, 100, FALSE);
}

/* Kinetic scrolling writes positions that it worked out at its start: nothing may have been shifted under it. */
static void
test_scroll_kinetic (void)
{
  Fixture f;
  double start;

  fixture_set_up (&f, MILLION, 20);
  fixture_rest (&f);
  start = value (&f);
  for (guint i = 1; i <= 140; i++)
    {
      double position = start - 150.0 * i;

      g_assert_cmpfloat (scroll_displacement (&f, position - value (&f), NULL), <, 1.0);
      g_assert_cmpfloat_with_epsilon (value (&f), position, 1e-6);
    }
  fixture_tear_down (&f);
}

/* (c) */
static void
test_follow (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 50; i++)
    {
      test_source_append (f.source);
      fixture_frame (&f);
      g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
    }
  /* a flood in one frame */
  for (guint i = 0; i < 3000; i++)
    test_source_append (f.source);
  fixture_frame (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_cmpuint (rt_timeline_get_new_below (f.timeline), ==, 0);
  fixture_rest (&f);
  assert_few_rows (&f);
  fixture_tear_down (&f);
}

static void
test_append_below (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 10);
  fixture_rest (&f);
  for (guint i = 0; i < 30; i++)
    scroll_displacement (&f, -100, NULL);
  fixture_rest (&f);
  g_assert_false (rt_timeline_get_at_bottom (f.timeline));
  for (guint i = 1; i <= 40; i++)
    {
      test_source_append (f.source);
      g_assert_cmpfloat (scroll_displacement (&f, 0, NULL), <, 0.5);
      g_assert_cmpuint (rt_timeline_get_new_below (f.timeline), ==, i);
    }
  /* more than are kept while one reads above */
  for (guint i = 0; i < 2000; i++)
    test_source_append (f.source);
  g_assert_cmpfloat (scroll_displacement (&f, 0, NULL), <, 0.5);
  g_assert_cmpuint (rt_timeline_get_new_below (f.timeline), ==, 2040);
  assert_few_rows (&f);
  rt_timeline_scroll_to_bottom (f.timeline);
  fixture_rest (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_cmpuint (rt_timeline_get_new_below (f.timeline), ==, 0);
  g_assert_true (rt_timeline_get_at_bottom (f.timeline));
  test_source_append (f.source);
  fixture_frame (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  fixture_tear_down (&f);
}

/* The first row whose top shows */
static GtkWidget *
first_row (Fixture *f, RtTimelineKey *key, double *y)
{
  GtkWidget *best = NULL;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (f->timeline)); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      graphene_rect_t bounds;
      RtTimelineKey at;

      if (!fixture_row_key (row, &at) || !gtk_widget_compute_bounds (row, GTK_WIDGET (f->timeline), &bounds) ||
          bounds.origin.y - 4 < 0 || (best != NULL && bounds.origin.y > *y))
        continue;
      *key = at;
      *y = bounds.origin.y;
      best = row;
    }
  return best;
}

/* (d) */
static void
test_resize (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 12; i++)
    scroll_displacement (&f, -333, NULL);
  for (guint i = 0; i < 50; i++)
    {
      int old = gtk_widget_get_width (f.window), width = 402 + (int) (i * 271 % 650), height = 400 + (int) (i * 97 % 300);
      RtTimelineKey key;
      double before = 0, after = 0;

      g_assert_nonnull (first_row (&f, &key, &before));
      gtk_window_set_default_size (GTK_WINDOW (f.window), width, height);
      for (guint frame = 0; frame < 20 && (frame < 3 || gtk_widget_get_width (f.window) == old); frame++)
        {
          fixture_frame (&f);
          if (before < fixture_page (&f))
            {
              g_assert_true (fixture_row_y (&f, &key, &after, NULL));
              g_assert_cmpfloat (fabs (after - before), <, 1.0);
            }
        }
      g_assert_cmpint (gtk_widget_get_width (f.window), !=, old);
    }
  /* following, the newest row stays at the bottom */
  rt_timeline_scroll_to_bottom (f.timeline);
  for (guint i = 0; i < 10; i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (f.window), 420 + (int) i * 50, 700 - (int) i * 30);
      for (guint frame = 0; frame < 3; frame++)
        {
          fixture_frame (&f);
          g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
        }
    }
  fixture_tear_down (&f);
}

/* (e) */
static void
test_jumps (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 5);
  fixture_rest (&f);
  for (guint i = 0; i < 100; i++)
    {
      gint64 number = (gint64) ((i * G_GUINT64_CONSTANT (2654435761)) % MILLION) * 10;
      RtTimelineKey key = test_key (i % 4 == 3 ? (gint64) (MILLION - 1 - i) * 10 : number);
      double y, later, height;

      rt_timeline_jump_to_key (f.timeline, &key, TRUE);
      for (guint frame = 0; frame < 100 && !fixture_row_y (&f, &key, &y, &height); frame++)
        fixture_frame (&f);
      fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &key, &y, &height));
      g_assert_cmpfloat (y + MIN (height, 20), <=, fixture_page (&f));
      g_assert_cmpfloat (y, >=, 0);
      g_assert_true (gtk_widget_has_css_class (rt_timeline_get_row (f.timeline, &key), "flash"));
      for (guint frame = 0; frame < 3; frame++)
        fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &key, &later, NULL));
      g_assert_cmpfloat (fabs (later - y), <, 0.5);
    }
  assert_few_rows (&f);
  fixture_tear_down (&f);
}

/* The first and the last one, and a key that is not there */
static void
test_jump_edges (void)
{
  Fixture f;
  RtTimelineKey key = test_key (0), absent = test_key (500003), near = test_key (500010);
  double y, height;

  fixture_set_up (&f, MILLION, 5);
  fixture_rest (&f);
  rt_timeline_jump_to_key (f.timeline, &key, FALSE);
  fixture_rest (&f);
  g_assert_true (fixture_row_y (&f, &key, &y, NULL));
  g_assert_cmpfloat_with_epsilon (y, 12 + 4, 0.5);
  g_assert_cmpfloat_with_epsilon (value (&f), gtk_adjustment_get_lower (f.adjustment), 0.01);
  g_assert_false (rt_timeline_get_at_bottom (f.timeline));
  key = test_key ((MILLION - 1) * 10);
  rt_timeline_jump_to_key (f.timeline, &key, FALSE);
  fixture_rest (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_true (rt_timeline_get_at_bottom (f.timeline));
  rt_timeline_jump_to_key (f.timeline, &absent, TRUE);
  fixture_rest (&f);
  g_assert_true (fixture_row_y (&f, &near, &y, &height));
  g_assert_cmpfloat (y, <, fixture_page (&f));
  fixture_tear_down (&f);
}

/* (f) */
static void
test_divider (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 20; i++)
    scroll_displacement (&f, -200, NULL);
  fixture_rest (&f);
  for (guint i = 0; i < 40; i++)
    {
      GtkWidget *divider = gtk_label_new ("New messages");
      RtTimelineKey middle, at;
      double before, after;

      gtk_widget_add_css_class (divider, "divider");
      gtk_widget_set_size_request (divider, -1, 38);
      g_assert_true (fixture_middle (&f, &middle, &before));
      /* from well above the view to well below it, the middle row itself included */
      at = test_key (middle.sequence + ((int) i - 20) * 10);
      rt_timeline_set_divider (f.timeline, &at, divider);
      fixture_frame (&f);
      g_assert_true (gtk_widget_get_child_visible (divider));
      g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
      g_assert_cmpfloat (fabs (after - before), <, 0.5);
      {
        graphene_rect_t bounds;
        double y;

        g_assert_true (fixture_row_y (&f, &at, &y, NULL));
        g_assert_true (gtk_widget_compute_bounds (divider, GTK_WIDGET (f.timeline), &bounds));
        g_assert_cmpfloat_with_epsilon (bounds.origin.y + bounds.size.height, y - 4, 0.5);
      }
      rt_timeline_set_divider (f.timeline, NULL, NULL);
      fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
      g_assert_cmpfloat (fabs (after - before), <, 0.5);
    }
  fixture_tear_down (&f);
}

/* The divider is met by scrolling, and stays between its rows. */
static void
test_divider_scrolled (void)
{
  Fixture f;
  GtkWidget *divider = gtk_label_new ("New messages");
  RtTimelineKey at = test_key ((MILLION - 200) * 10);
  gboolean seen = FALSE;

  gtk_widget_add_css_class (divider, "divider");
  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  rt_timeline_set_divider (f.timeline, &at, divider);
  g_assert_false (gtk_widget_get_child_visible (divider));
  for (guint i = 0; i < 200 && !seen; i++)
    {
      g_assert_cmpfloat (scroll_displacement (&f, -150, NULL), <, 1.0);
      seen = gtk_widget_get_child_visible (divider) && i % 5 == 4;
    }
  g_assert_true (seen);
  for (guint i = 0; i < 60; i++)
    g_assert_cmpfloat (scroll_displacement (&f, -150, NULL), <, 1.0);
  g_assert_false (gtk_widget_get_child_visible (divider));
  fixture_tear_down (&f);
}

/* Rows that come, go and grow: above the middle upwards, below it downwards */
static void
test_edits (void)
{
  Fixture f;
  RtTimelineKey middle;
  double before, after;

  fixture_set_up (&f, MILLION, 15);
  fixture_rest (&f);
  for (guint i = 0; i < 20; i++)
    scroll_displacement (&f, -200, NULL);
  fixture_rest (&f);
  g_assert_true (fixture_middle (&f, &middle, &before));
  for (int i = -40; i < 40; i += 3)
    {
      gint64 number = middle.sequence + i * 10 + 5;
      RtTimelineKey key = test_key (number);

      test_source_insert (f.source, number);
      fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
      g_assert_cmpfloat (fabs (after - before), <, 0.5);
      if (ABS (i) < 3)
        g_assert_nonnull (rt_timeline_get_row (f.timeline, &key));
      test_source_change (f.source, number, "Grown\nto\nfive\nlines\nof text");
      fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
      g_assert_cmpfloat (fabs (after - before), <, 0.5);
      if (i % 2 != 0)
        continue;
      test_source_remove (f.source, number);
      fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
      g_assert_cmpfloat (fabs (after - before), <, 0.5);
      g_assert_null (rt_timeline_get_row (f.timeline, &key));
    }
  fixture_rest (&f);
  fixture_tear_down (&f);
}

/* Few rows: they stand at the bottom; taking them all away is told; a new generation begins anew */
static void
test_few (void)
{
  Fixture f;
  gboolean empty;
  RtTimelineKey key = test_key (0);
  double y;

  fixture_set_up (&f, 0, 0);
  fixture_frame (&f);
  g_assert_true (rt_timeline_get_empty (f.timeline));
  test_source_append (f.source);
  fixture_frame (&f);
  g_assert_false (rt_timeline_get_empty (f.timeline));
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  test_source_append (f.source);
  fixture_frame (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_true (fixture_row_y (&f, &key, &y, NULL));
  g_assert_cmpfloat (y, >, fixture_page (&f) / 2);
  test_source_remove (f.source, 10);
  test_source_remove (f.source, 0);
  fixture_frame (&f);
  g_object_get (f.timeline, "empty", &empty, NULL);
  g_assert_true (empty);
  test_source_insert (f.source, 3);
  test_source_insert (f.source, 1);
  test_source_insert (f.source, 2);
  fixture_frame (&f);
  for (gint64 i = 1; i <= 3; i++)
    {
      key = test_key (i);
      g_assert_true (fixture_row_y (&f, &key, &y, NULL));
    }
  test_source_clear (f.source, 5000);
  fixture_rest (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  fixture_tear_down (&f);
}

/* A page that was asked for before a new generation is thrown away. */
static void
test_old_generation (void)
{
  Fixture f;
  guint requests;

  fixture_set_up (&f, MILLION, 60);
  fixture_rest (&f);
  for (guint i = 0; i < 5; i++)
    scroll_displacement (&f, -400, NULL);
  requests = test_source_get_requests (f.source);
  test_source_clear (f.source, 7);
  g_assert_cmpuint (test_source_get_requests (f.source), >, requests);
  fixture_rest (&f);
  {
    RtTimelineStats stats;

    rt_timeline_get_stats (f.timeline, &stats);
    g_assert_cmpuint (stats.items_held, ==, 7);
  }
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  fixture_tear_down (&f);
}

/* The scrollbar is dragged far away, over rows that nobody has seen. */
static void
test_leap (void)
{
  Fixture f;
  RtTimelineKey key;
  double y, lower, upper, page;

  fixture_set_up (&f, MILLION, 10);
  fixture_rest (&f);
  page = gtk_adjustment_get_page_size (f.adjustment);
  for (guint i = 1; i < 20; i++)
    {
      double fraction = (i * 7 % 20) / 20.0;

      lower = gtk_adjustment_get_lower (f.adjustment);
      upper = gtk_adjustment_get_upper (f.adjustment);
      gtk_adjustment_set_value (f.adjustment, lower + (upper - lower - page) * fraction);
      if (i % 3 == 0)
        gtk_adjustment_set_value (f.adjustment, value (&f) + 100000);
      fixture_rest (&f);
      g_assert_true (fixture_middle (&f, &key, &y));
      lower = gtk_adjustment_get_lower (f.adjustment);
      upper = gtk_adjustment_get_upper (f.adjustment);
      /* the rows that show are about where the bar is */
      g_assert_cmpfloat (fabs ((value (&f) - lower) / (upper - lower) - key.sequence / 10.0 / MILLION), <, 0.01);
    }
  lower = gtk_adjustment_get_lower (f.adjustment);
  gtk_adjustment_set_value (f.adjustment, lower);
  fixture_rest (&f);
  key = test_key (0);
  g_assert_true (fixture_row_y (&f, &key, &y, NULL));
  g_assert_cmpfloat_with_epsilon (y, 16, 0.5);
  g_assert_cmpfloat_with_epsilon (value (&f), gtk_adjustment_get_lower (f.adjustment), 0.01);
  gtk_adjustment_set_value (f.adjustment, gtk_adjustment_get_upper (f.adjustment));
  fixture_rest (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_true (rt_timeline_get_at_bottom (f.timeline));
  assert_few_rows (&f);
  fixture_tear_down (&f);
}

/* A source that fails says so in the edge, and is asked again when told. */
static void
test_failure (void)
{
  Fixture f;
  guint requests;
  GtkWidget *child;

  fixture_set_up (&f, 5000, 5);
  fixture_rest (&f);
  test_source_set_failing (f.source, TRUE);
  for (guint i = 0; i < 100 && !fixture_has_label (&f, "These messages could not be read"); i++)
    {
      gtk_adjustment_set_value (f.adjustment, value (&f) - 400);
      fixture_frame (&f);
    }
  g_assert_true (fixture_has_label (&f, "These messages could not be read"));
  fixture_rest (&f);
  requests = test_source_get_requests (f.source);
  fixture_rest (&f);
  g_assert_cmpuint (test_source_get_requests (f.source), ==, requests);
  test_source_set_failing (f.source, FALSE);
  for (child = gtk_widget_get_first_child (GTK_WIDGET (f.timeline)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_child_visible (child) && gtk_widget_has_css_class (child, "timeline-edge"))
      g_signal_emit_by_name (gtk_widget_get_last_child (child), "clicked");
  fixture_rest (&f);
  g_assert_false (fixture_has_label (&f, "These messages could not be read"));
  g_assert_cmpuint (test_source_get_requests (f.source), >, requests);
  fixture_tear_down (&f);
}

/* Nothing happens when nothing happens. */
static void
test_idle (void)
{
  Fixture f;
  RtTimelineStats before, after;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  rt_timeline_get_stats (f.timeline, &before);
  for (guint i = 0; i < 30; i++)
    fixture_frame (&f);
  rt_timeline_get_stats (f.timeline, &after);
  g_assert_cmpuint (before.ticks, ==, after.ticks);
  fixture_tear_down (&f);
}

static RtTimelineKey
focused_key (Fixture *f)
{
  RtTimelineKey key = { 0, -1 };

  fixture_row_key (gtk_root_get_focus (GTK_ROOT (f->window)), &key);
  return key;
}

/* What the key would do: bindings are found by their trigger. */
static void
press (Fixture *f, guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->timeline));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == keyval)
            {
              gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, GTK_WIDGET (f->timeline), gtk_shortcut_get_arguments (shortcut));
              return;
            }
        }
    }
  g_assert_not_reached ();
}

static void
test_focus (void)
{
  Fixture f;
  RtTimelineKey key;
  double y, height;

  fixture_set_up (&f, MILLION, 5);
  fixture_rest (&f);
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (f.timeline), GTK_DIR_TAB_FORWARD));
  key = focused_key (&f);
  g_assert_cmpint (key.sequence, ==, (MILLION - 1) * 10);
  /* one stop */
  g_assert_false (gtk_widget_child_focus (GTK_WIDGET (f.timeline), GTK_DIR_TAB_FORWARD));
  for (gint64 i = 1; i <= 150; i++)
    {
      press (&f, GDK_KEY_Up);
      if (i % 5 == 0)
        fixture_frame (&f);
      key = focused_key (&f);
      g_assert_cmpint (key.sequence, ==, (MILLION - 1 - i) * 10);
    }
  fixture_frame (&f);
  g_assert_true (fixture_row_y (&f, &key, &y, &height));
  g_assert_cmpfloat (y, >=, 0);
  press (&f, GDK_KEY_Down);
  g_assert_cmpint (focused_key (&f).sequence, ==, (MILLION - 150) * 10);
  /* its row is used for another one; the focus waits in the timeline and goes back to it */
  key = focused_key (&f);
  for (guint i = 0; i < 30; i++)
    scroll_displacement (&f, -400, NULL);
  g_assert_null (rt_timeline_get_row (f.timeline, &key));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (f.window)) == GTK_WIDGET (f.timeline));
  for (guint i = 0; i < 30; i++)
    scroll_displacement (&f, 400, NULL);
  fixture_frame (&f);
  g_assert_cmpint (focused_key (&f).sequence, ==, key.sequence);
  press (&f, GDK_KEY_Home);
  fixture_rest (&f);
  g_assert_cmpint (focused_key (&f).sequence, ==, 0);
  press (&f, GDK_KEY_Up);
  g_assert_cmpint (focused_key (&f).sequence, ==, 0);
  press (&f, GDK_KEY_Page_Down);
  fixture_rest (&f);
  key = focused_key (&f);
  g_assert_cmpint (key.sequence, >, 0);
  g_assert_true (fixture_row_y (&f, &key, &y, &height));
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpfloat (y + height, <=, fixture_page (&f));
  press (&f, GDK_KEY_Page_Up);
  press (&f, GDK_KEY_End);
  fixture_rest (&f);
  g_assert_cmpint (focused_key (&f).sequence, ==, (MILLION - 1) * 10);
  g_assert_true (rt_timeline_get_at_bottom (f.timeline));
  fixture_tear_down (&f);
}

/* Rows in the pool are not in the tree that assistive technology reads, and the rows there are in order. */
static void
test_children (void)
{
  Fixture f;
  RtTimelineStats stats;
  guint n = 0;
  double last = -1e9;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 30; i++)
    scroll_displacement (&f, i % 3 == 2 ? 300 : -400, NULL);
  fixture_rest (&f);
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (f.timeline)); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      graphene_rect_t bounds;

      if (!gtk_widget_get_child_visible (row))
        continue;
      n++;
      g_assert_true (gtk_widget_compute_bounds (row, GTK_WIDGET (f.timeline), &bounds));
      g_assert_cmpfloat (bounds.origin.y, >, last);
      last = bounds.origin.y;
    }
  rt_timeline_get_stats (f.timeline, &stats);
  g_assert_cmpuint (n, ==, stats.rows_shown);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (f.timeline)), ==, GTK_ACCESSIBLE_ROLE_LIST);
  fixture_tear_down (&f);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/timeline/a/first-frame", test_first_frame);
  g_test_add_func ("/timeline/a/first-frame-late", test_first_frame_late);
  g_test_add_func ("/timeline/b/slow", test_scroll_slow);
  g_test_add_func ("/timeline/b/fast", test_scroll_fast);
  g_test_add_func ("/timeline/b/late", test_scroll_late);
  g_test_add_func ("/timeline/b/kinetic", test_scroll_kinetic);
  g_test_add_func ("/timeline/c/follow", test_follow);
  g_test_add_func ("/timeline/c/append-below", test_append_below);
  g_test_add_func ("/timeline/d/resize", test_resize);
  g_test_add_func ("/timeline/e/jumps", test_jumps);
  g_test_add_func ("/timeline/e/edges", test_jump_edges);
  g_test_add_func ("/timeline/f/divider", test_divider);
  g_test_add_func ("/timeline/f/divider-scrolled", test_divider_scrolled);
  g_test_add_func ("/timeline/edits", test_edits);
  g_test_add_func ("/timeline/few", test_few);
  g_test_add_func ("/timeline/old-generation", test_old_generation);
  g_test_add_func ("/timeline/leap", test_leap);
  g_test_add_func ("/timeline/failure", test_failure);
  g_test_add_func ("/timeline/idle", test_idle);
  g_test_add_func ("/timeline/focus", test_focus);
  g_test_add_func ("/timeline/children", test_children);
  return g_test_run ();
}
