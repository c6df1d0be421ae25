/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "timeline-fixture.h"
#include "../support/test-slowness.h"

/* The measurements that chose this widget over GtkListView and GtkListBox, as tests: a row that is in view never moves by
 * itself, in no frame. A million generated rows; pages come at once, or late. */

#define MAX_FRAME_MS 50.0       /* CPU, 99 of 100 frames */

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
  fixture_assert_few_rows (&f);
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

      g_assert_cmpfloat (fixture_scroll (&f, by, &cpu), <, 1.0);
      g_array_append_val (work, cpu);
    }
  g_assert_cmpuint (test_source_get_requests (f.source), >, 0);
  for (guint where = 0; where < 4; where++)
    g_assert_cmpuint (test_source_get_most_under_way (f.source, where), <=, 1);
  fixture_assert_few_rows (&f);
  g_test_message ("%g px a frame: CPU ms p50 %.1f, p99 %.1f", step, percentile (work, 50), percentile (work, 99));
  if (check_work && MEASURES)
    g_assert_cmpfloat (percentile (work, 99), <=, MAX_FRAME_MS * test_slowness ());
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

/* Faster than the pages come: the edge is reached, and what it becomes moves nothing. */
static void
test_scroll_edge (void)
{
  Fixture f;
  guint n_edges = 0;

  fixture_set_up (&f, MILLION, 250);
  fixture_rest (&f);
  for (guint i = 0; i < 160; i++)
    {
      RtTimelineKey key;
      double y;

      if (fixture_middle (&f, &key, &y) && y < fixture_page (&f))
        g_assert_cmpfloat (fixture_scroll (&f, i % 40 < 30 ? -700 : 0, NULL), <, 1.0);
      else
        fixture_frame (&f);
      fixture_assert_headers (&f);
      n_edges += fixture_has_label (&f, "Loading…");
    }
  g_assert_cmpuint (n_edges, >, 5);
  fixture_rest (&f);
  g_assert_false (fixture_has_label (&f, "Loading…"));
  fixture_assert_headers (&f);
  fixture_assert_few_rows (&f);
  fixture_tear_down (&f);
}

/* Kinetic scrolling writes positions that it worked out at its start: nothing may have been shifted under it. */
static void
test_scroll_kinetic (void)
{
  Fixture f;
  double start;

  fixture_set_up (&f, MILLION, 20);
  fixture_rest (&f);
  start = gtk_adjustment_get_value (f.adjustment);
  for (guint i = 1; i <= 140; i++)
    {
      double position = start - 150.0 * i;

      g_assert_cmpfloat (fixture_scroll (&f, position - gtk_adjustment_get_value (f.adjustment), NULL), <, 1.0);
      g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (f.adjustment), position, 1e-6);
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
  fixture_assert_few_rows (&f);
  fixture_tear_down (&f);
}

static void
test_append_below (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 10);
  fixture_rest (&f);
  for (guint i = 0; i < 30; i++)
    fixture_scroll (&f, -100, NULL);
  fixture_rest (&f);
  g_assert_false (rt_timeline_get_at_bottom (f.timeline));
  for (guint i = 1; i <= 40; i++)
    {
      test_source_append (f.source);
      g_assert_cmpfloat (fixture_scroll (&f, 0, NULL), <, 0.5);
      g_assert_cmpuint (rt_timeline_get_new_below (f.timeline), ==, i);
    }
  /* more than are kept while one reads above */
  for (guint i = 0; i < 2000; i++)
    test_source_append (f.source);
  g_assert_cmpfloat (fixture_scroll (&f, 0, NULL), <, 0.5);
  g_assert_cmpuint (rt_timeline_get_new_below (f.timeline), ==, 2040);
  fixture_assert_few_rows (&f);
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
    fixture_scroll (&f, -333, NULL);
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
  fixture_assert_few_rows (&f);
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
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (f.adjustment), gtk_adjustment_get_lower (f.adjustment), 0.01);
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

static GtkWidget *
create_divider (GObject *what, gpointer user_data)
{
  return GTK_WIDGET (what);
}

/* (f) */
static void
test_divider (void)
{
  Fixture f;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 20; i++)
    fixture_scroll (&f, -200, NULL);
  fixture_rest (&f);
  for (guint i = 0; i < 40; i++)
    {
      GtkWidget *divider = g_object_ref_sink (gtk_label_new ("New messages"));
      RtTimelineKey middle, at;
      double before, after;
      guint id;

      gtk_widget_add_css_class (divider, "divider");
      gtk_widget_set_size_request (divider, -1, 38);
      g_assert_true (fixture_middle (&f, &middle, &before));
      /* from well above the view to well below it, the middle row itself included */
      at = test_key (middle.sequence + ((int) i - 20) * 10);
      id = rt_timeline_add_divider (f.timeline, &at, create_divider, G_OBJECT (divider));
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
      rt_timeline_remove_divider (f.timeline, id);
      fixture_frame (&f);
      g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
      g_assert_cmpfloat (fabs (after - before), <, 0.5);
      g_assert_finalize_object (divider);
    }
  fixture_tear_down (&f);
}

/* The divider is met by scrolling, and stays between its rows. */
static void
test_divider_scrolled (void)
{
  Fixture f;
  GtkWidget *divider = g_object_ref_sink (gtk_label_new ("New messages"));
  RtTimelineKey at = test_key ((MILLION - 200) * 10);
  gboolean seen = FALSE;

  gtk_widget_add_css_class (divider, "divider");
  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  rt_timeline_add_divider (f.timeline, &at, create_divider, G_OBJECT (divider));
  /* far away it is not even a child */
  g_assert_null (gtk_widget_get_parent (divider));
  for (guint i = 0; i < 200 && !seen; i++)
    {
      g_assert_cmpfloat (fixture_scroll (&f, -150, NULL), <, 1.0);
      seen = gtk_widget_get_parent (divider) != NULL && gtk_widget_get_child_visible (divider) && i % 5 == 4;
    }
  g_assert_true (seen);
  for (guint i = 0; i < 60; i++)
    g_assert_cmpfloat (fixture_scroll (&f, -150, NULL), <, 1.0);
  g_assert_false (gtk_widget_get_child_visible (divider));
  fixture_tear_down (&f);
  g_assert_finalize_object (divider);
}

/* Several of them, some at one place, in their order, while rows come and go about them */
static void
test_dividers (void)
{
  Fixture f;
  GtkWidget *dividers[12];
  guint ids[12];
  RtTimelineKey middle;
  double before, after;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 20; i++)
    fixture_scroll (&f, -200, NULL);
  fixture_rest (&f);
  g_assert_true (fixture_middle (&f, &middle, &before));
  for (guint i = 0; i < G_N_ELEMENTS (dividers); i++)
    {
      /* three at each place, two places between the same two items, added from the lowest up */
      RtTimelineKey at = test_key (middle.sequence + (2 - (int) (i / 6)) * 10 - (i / 3 % 2 == 0 ? 3 : 6));

      dividers[i] = g_object_ref_sink (gtk_label_new ("Divider"));
      ids[i] = rt_timeline_add_divider (f.timeline, &at, create_divider, G_OBJECT (dividers[i]));
    }
  for (guint round = 0; round < 40; round++)
    {
      gint64 number = middle.sequence + ((int) round % 4 - 1) * 10 + 4;
      double y[12], last = -1e9;
      /* as they have to stand */
      static const guint order[] = { 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2 };

      if (round < 4)
        test_source_insert (f.source, number);
      else if (round < 8)
        test_source_remove (f.source, number);
      else
        fixture_scroll (&f, round < 24 ? -270 : 270, NULL);
      fixture_frame (&f);
      if (round < 8)
        {
          g_assert_true (fixture_row_y (&f, &middle, &after, NULL));
          if (round == 0)
            before = after;
          g_assert_cmpfloat (fabs (after - before), <, 0.5);
        }
      for (guint i = 0; i < G_N_ELEMENTS (order); i++)
        {
          GtkWidget *divider = dividers[order[i]];
          graphene_rect_t bounds;

          if (!gtk_widget_get_child_visible (divider))
            continue;
          g_assert_true (gtk_widget_compute_bounds (divider, GTK_WIDGET (f.timeline), &bounds));
          y[i] = bounds.origin.y;
          g_assert_cmpfloat (y[i], >, last);
          last = y[i];
        }
    }
  fixture_assert_headers (&f);
  for (guint i = 0; i < G_N_ELEMENTS (dividers); i += 2)
    rt_timeline_remove_divider (f.timeline, ids[i]);
  fixture_frame (&f);
  fixture_tear_down (&f);
  for (guint i = 0; i < G_N_ELEMENTS (dividers); i++)
    g_assert_finalize_object (dividers[i]);
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
  g_test_add_func ("/timeline/b/edge", test_scroll_edge);
  g_test_add_func ("/timeline/b/kinetic", test_scroll_kinetic);
  g_test_add_func ("/timeline/c/follow", test_follow);
  g_test_add_func ("/timeline/c/append-below", test_append_below);
  g_test_add_func ("/timeline/d/resize", test_resize);
  g_test_add_func ("/timeline/e/jumps", test_jumps);
  g_test_add_func ("/timeline/e/edges", test_jump_edges);
  g_test_add_func ("/timeline/f/divider", test_divider);
  g_test_add_func ("/timeline/f/divider-scrolled", test_divider_scrolled);
  g_test_add_func ("/timeline/f/dividers", test_dividers);
  return g_test_run ();
}
