/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "timeline-fixture.h"

/* Rows that come, go, fail and are reached by keys. */

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
    fixture_scroll (&f, -200, NULL);
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
    fixture_scroll (&f, -400, NULL);
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

/* Rows that are kept for later still say what they were about: a screen reader does not find them. */
static void
test_put_away (void)
{
  Fixture f;
  guint n_away = 0;

  fixture_set_up (&f, MILLION, 0);
  fixture_rest (&f);
  for (guint i = 0; i < 40; i++)
    fixture_scroll (&f, i < 30 ? -400 : 700, NULL);
  fixture_rest (&f);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (f.timeline)); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      gtk_test_accessible_assert_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, !gtk_widget_get_child_visible (child));
      n_away += !gtk_widget_get_child_visible (child);
    }
  g_assert_cmpuint (n_away, >, 0);
  fixture_tear_down (&f);
}

static void
scroll_until_asked (Fixture *f)
{
  for (guint i = 0; i < 200 && test_source_get_under_way (f->source) == 0; i++)
    fixture_scroll (f, -200, NULL);
  g_assert_cmpuint (test_source_get_under_way (f->source), ==, 1);
}

/* A page that is on its way while something changes in it is asked for again: nothing gets lost. */
static void
test_stale_page (void)
{
  Fixture f;
  RtTimelineKey key;
  gint64 number;
  RtTimelineStats stats;
  gboolean seen = FALSE;
  guint requests;

  fixture_set_up (&f, MILLION, 100);
  fixture_rest (&f);
  scroll_until_asked (&f);
  rt_timeline_get_stats (f.timeline, &stats);
  /* in the middle of the page that is on its way */
  number = ((gint64) MILLION - stats.items_held - 50) * 10 + 5;
  test_source_insert (f.source, number);
  key = test_key (number);
  for (guint i = 0; i < 200 && !seen; i++)
    {
      fixture_scroll (&f, -150, NULL);
      seen = rt_timeline_get_row (f.timeline, &key) != NULL;
    }
  g_assert_true (seen);
  fixture_rest (&f);
  /* nor is one used of a generation that is over, though nobody told */
  scroll_until_asked (&f);
  requests = test_source_get_requests (f.source);
  test_source_bump (f.source);
  fixture_rest (&f);
  g_assert_cmpuint (test_source_get_requests (f.source), >, requests);
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
        gtk_adjustment_set_value (f.adjustment, gtk_adjustment_get_value (f.adjustment) + 100000);
      fixture_rest (&f);
      g_assert_true (fixture_middle (&f, &key, &y));
      lower = gtk_adjustment_get_lower (f.adjustment);
      upper = gtk_adjustment_get_upper (f.adjustment);
      /* the rows that show are about where the bar is */
      g_assert_cmpfloat (fabs ((gtk_adjustment_get_value (f.adjustment) - lower) / (upper - lower) - key.sequence / 10.0 / MILLION), <, 0.01);
    }
  lower = gtk_adjustment_get_lower (f.adjustment);
  gtk_adjustment_set_value (f.adjustment, lower);
  fixture_rest (&f);
  key = test_key (0);
  g_assert_true (fixture_row_y (&f, &key, &y, NULL));
  g_assert_cmpfloat_with_epsilon (y, 16, 0.5);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (f.adjustment), gtk_adjustment_get_lower (f.adjustment), 0.01);
  gtk_adjustment_set_value (f.adjustment, gtk_adjustment_get_upper (f.adjustment));
  fixture_rest (&f);
  g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&f), 0, 0.5);
  g_assert_true (rt_timeline_get_at_bottom (f.timeline));
  fixture_assert_few_rows (&f);
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
      gtk_adjustment_set_value (f.adjustment, gtk_adjustment_get_value (f.adjustment) - 400);
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
    fixture_scroll (&f, -400, NULL);
  g_assert_null (rt_timeline_get_row (f.timeline, &key));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (f.window)) == GTK_WIDGET (f.timeline));
  for (guint i = 0; i < 30; i++)
    fixture_scroll (&f, 400, NULL);
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
    fixture_scroll (&f, i % 3 == 2 ? 300 : -400, NULL);
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
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/timeline/edits", test_edits);
  g_test_add_func ("/timeline/few", test_few);
  g_test_add_func ("/timeline/put-away", test_put_away);
  g_test_add_func ("/timeline/old-generation", test_old_generation);
  g_test_add_func ("/timeline/stale-page", test_stale_page);
  g_test_add_func ("/timeline/leap", test_leap);
  g_test_add_func ("/timeline/failure", test_failure);
  g_test_add_func ("/timeline/idle", test_idle);
  g_test_add_func ("/timeline/focus", test_focus);
  g_test_add_func ("/timeline/children", test_children);
  return g_test_run ();
}
