/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "timeline-fixture.h"
#include "../support/test-slowness.h"

#define END_SPACE 12
/* What a frame takes where the machine is fast enough, in ms: however long it took, pages come so many frames later. */
#define FRAME 16

/* The window */

static GtkWidget *
create_row (gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL), *row;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  row = adw_bin_new ();
  adw_bin_set_child (ADW_BIN (row), label);
  gtk_widget_set_margin_top (row, 4);
  gtk_widget_set_size_request (row, -1, 44);
  gtk_widget_set_focusable (row, TRUE);
  return row;
}

/* The first of each time (three rows) shows that time above itself, as messages show their day. */
static void
bind_row (GtkWidget *row, RtTimelineItem *item, RtTimelineItem *previous, gpointer user_data)
{
  RtTimelineKey key, before = { G_MININT64, 0 };
  g_autofree char *headed = NULL;
  const char *text = test_item_get_text (TEST_ITEM (item));

  rt_timeline_item_get_key (item, &key);
  if (previous != NULL)
    rt_timeline_item_get_key (previous, &before);
  if (key.time != before.time)
    text = headed = g_strdup_printf ("At %" G_GINT64_FORMAT "\n%s", key.time, text);
  gtk_label_set_label (GTK_LABEL (adw_bin_get_child (ADW_BIN (row))), text);
}

/* Which item a child of the timeline shows; FALSE for dividers and edges and what is in the pool */
gboolean
fixture_row_key (GtkWidget *row, RtTimelineKey *key)
{
  const char *text;

  if (!ADW_IS_BIN (row) || !gtk_widget_get_child_visible (row))
    return FALSE;
  text = gtk_label_get_label (GTK_LABEL (adw_bin_get_child (ADW_BIN (row))));
  if (g_str_has_prefix (text, "At "))
    text = strchr (text, '\n') + 1;
  *key = test_key (g_ascii_strtoll (text, NULL, 10));
  return TRUE;
}

/* Whether every row shows its time just where the row above has another one: what a row was bound with came true. */
void
fixture_assert_headers (Fixture *f)
{
  RtTimelineKey above = { G_MININT64, 0 }, key;
  guint n = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (f->timeline)); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      const char *text;

      if (!fixture_row_key (row, &key))
        continue;
      text = gtk_label_get_label (GTK_LABEL (adw_bin_get_child (ADW_BIN (row))));
      /* the uppermost one is bound with an item that has no row */
      if (n++ > 0)
        g_assert_cmpint (g_str_has_prefix (text, "At "), ==, above.time != key.time);
      above = key;
    }
}

static void
after_paint_cb (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

double
fixture_frame (Fixture *f)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (f->window);
  gboolean painted = FALSE;
  double start = test_cpu_ms ();
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &painted);

  /* the page of a chat has a source of its own */
  if (f->source != NULL)
    test_source_advance (f->source, FRAME);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
  return test_cpu_ms () - start;
}

/* Until the timeline asks for no more frames and the source was asked for nothing for a while */
void
fixture_rest (Fixture *f)
{
  RtTimelineStats stats;
  guint quiet = 0, ticks = 0, requests = 0;

  for (guint i = 0; i < 400 && quiet < 4 + test_source_get_latency (f->source) / 10; i++)
    {
      fixture_frame (f);
      rt_timeline_get_stats (f->timeline, &stats);
      quiet = stats.ticks == ticks && test_source_get_requests (f->source) == requests ? quiet + 1 : 0;
      ticks = stats.ticks;
      requests = test_source_get_requests (f->source);
    }
  g_assert_cmpuint (quiet, >=, 4);
}

void
fixture_set_up (Fixture *f, guint64 n_items, guint latency_ms)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  f->timeline = RT_TIMELINE (rt_timeline_new ());
  f->source = test_source_new (n_items, latency_ms);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (f->timeline));
  f->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  rt_timeline_set_factory (f->timeline, create_row, bind_row, NULL);
  rt_timeline_set_source (f->timeline, RT_TIMELINE_SOURCE (f->source));
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 700, 640);
  gtk_window_set_child (GTK_WINDOW (f->window), scrolled);
  gtk_window_present (GTK_WINDOW (f->window));
}

void
fixture_tear_down (Fixture *f)
{
  RtTimeline *timeline = g_object_ref (f->timeline);

  gtk_window_destroy (GTK_WINDOW (f->window));
  /* what waits for its page must not hold it */
  g_assert_finalize_object (timeline);
  while (test_source_get_under_way (f->source) > 0)
    {
      test_source_advance (f->source, test_source_get_latency (f->source));
      g_main_context_iteration (NULL, FALSE);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->source);
}

double
fixture_page (Fixture *f)
{
  return gtk_widget_get_height (GTK_WIDGET (f->timeline));
}

/* The row over the middle of the view, or the next one below where that is a divider */
gboolean
fixture_middle (Fixture *f, RtTimelineKey *key, double *y)
{
  double middle = fixture_page (f) / 2;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (f->timeline)); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      graphene_rect_t bounds;

      if (!fixture_row_key (row, key) || !gtk_widget_compute_bounds (row, GTK_WIDGET (f->timeline), &bounds))
        continue;
      if (bounds.origin.y + bounds.size.height <= middle)
        continue;
      *y = bounds.origin.y;
      return TRUE;
    }
  return FALSE;
}

gboolean
fixture_row_y (Fixture *f, const RtTimelineKey *key, double *y, double *height)
{
  GtkWidget *row = rt_timeline_get_row (f->timeline, key);
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (f->timeline), &bounds))
    return FALSE;
  *y = bounds.origin.y;
  if (height != NULL)
    *height = bounds.size.height;
  return TRUE;
}

double
fixture_bottom_gap (Fixture *f)
{
  g_autoptr (TestItem) newest = test_source_item_at (f->source, test_source_get_count (f->source) - 1);
  RtTimelineKey key = test_key (test_item_get_number (newest));
  double y, height;

  if (!fixture_row_y (f, &key, &y, &height))
    return NAN;
  return fixture_page (f) - (y + height) - END_SPACE;
}

/* Whether a label with this text is shown somewhere in the timeline */
static gboolean
has_label (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_label (GTK_LABEL (widget)), text))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (has_label (child, text))
      return TRUE;
  return FALSE;
}

gboolean
fixture_has_label (Fixture *f, const char *text)
{
  return has_label (GTK_WIDGET (f->timeline), text);
}

/* One frame in which the person scrolls by so many px; how far the middle row went elsewhere than there. */
double
fixture_scroll (Fixture *f, double by, double *cpu)
{
  RtTimelineKey key;
  double before, after, asked = gtk_adjustment_get_value (f->adjustment), start = test_cpu_ms ();

  g_assert_true (fixture_middle (f, &key, &before));
  gtk_adjustment_set_value (f->adjustment, asked + by);
  by = gtk_adjustment_get_value (f->adjustment) - asked;
  fixture_frame (f);
  if (cpu != NULL)
    *cpu = test_cpu_ms () - start;
  g_assert_true (fixture_row_y (f, &key, &after, NULL));
  return fabs (after - (before - by));
}

void
fixture_assert_few_rows (Fixture *f)
{
  RtTimelineStats stats;

  rt_timeline_get_stats (f->timeline, &stats);
  g_assert_cmpuint (stats.rows_made, <, MAX_ROWS_MADE);
  g_assert_cmpuint (stats.items_held, <=, 1000);
}
