/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "timeline-fixture.h"

/* The six ways in which chat programs make what one reads leap (they are the list of cases of dino's pull request 1898): older
 * messages come above, newer ones below, rows get another height, the window gets another size, one goes elsewhere and back, and
 * rows go away. In each the row that is read stays where it is, in every frame. CHAT_DEEP=1: at greater length. */

typedef struct {
  Fixture       f;
  RtTimelineKey key;            /* of the row that is read */
  double        y;
} Reader;

/* A frame takes its time: each of so many. */
static guint
choose (guint quick, guint deep)
{
  return g_getenv ("CHAT_DEEP") != NULL ? deep : quick;
}

/* In the middle of a long history, the eyes on the row over the middle of the view */
static void
begin (Reader *r, guint latency)
{
  fixture_set_up (&r->f, 20000, latency);
  fixture_rest (&r->f);
  for (guint i = 0; i < choose (4, 20); i++)
    fixture_scroll (&r->f, -4000.0 / choose (4, 20), NULL);
  fixture_rest (&r->f);
  g_assert_true (fixture_middle (&r->f, &r->key, &r->y));
}

static void
check (Reader *r)
{
  double y;

  g_assert_true (fixture_row_y (&r->f, &r->key, &y, NULL));
  g_assert_cmpfloat (fabs (y - r->y), <, 0.5);
}

static void
frames (Reader *r, guint n)
{
  while (n-- > 0)
    {
      fixture_frame (&r->f);
      check (r);
    }
}

static gint64
beside (Reader *r, int rows)
{
  return r->key.sequence + rows * 10;
}

/* Pages of older ones come late, one after the other, while one scrolls towards them and rests at the edge of what is there. */
static void
test_older (void)
{
  Reader r;
  guint requests;

  begin (&r, choose (60, 120));
  requests = test_source_get_requests (r.f.source);
  for (guint i = 0; i < choose (15, 60); i++)
    {
      g_assert_cmpfloat (fixture_scroll (&r.f, i % 6 == 5 ? 0 : choose (0, 1) ? -260 : -780, NULL), <, 0.5);
      fixture_assert_headers (&r.f);
    }
  g_assert_cmpuint (test_source_get_requests (r.f.source), >, requests);
  g_assert_true (fixture_middle (&r.f, &r.key, &r.y));
  frames (&r, choose (3, 15));
  fixture_rest (&r.f);
  check (&r);
  fixture_tear_down (&r.f);
}

static void
test_newer (void)
{
  Reader r;

  begin (&r, 10);
  for (guint i = 0; i < choose (5, 30); i++)
    {
      test_source_append (r.f.source);
      frames (&r, 1);
    }
  for (guint i = 0; i < 500; i++)
    test_source_append (r.f.source);
  frames (&r, 3);
  /* what catching up puts among the rows, above the view, in it and below it */
  for (int i = -60; i < 60; i += (int) choose (17, 7))
    {
      test_source_insert (r.f.source, beside (&r, i) + 5);
      frames (&r, 1);
    }
  fixture_rest (&r.f);
  check (&r);
  g_assert_cmpuint (rt_timeline_get_new_below (r.f.timeline), ==, choose (505, 530));
  fixture_tear_down (&r.f);
}

/* Previews are found, images come, more is shown: above, in the view, below, several in one frame; and it shrinks again. */
static void
test_heights (void)
{
  Reader r;
  static const char * const texts[] = { "Found:\na reply\nto this", "An image\n\n\n\n\n\n\n\n\n\n\nof many lines", "x" };

  begin (&r, 10);
  for (guint round = choose (1, 0); round < G_N_ELEMENTS (texts); round++)
    {
      for (int i = -14; i < 14; i += (int) choose (5, 3))
        if (i != 0)
          {
            g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " %s", beside (&r, i), texts[round]);

            test_source_change (r.f.source, beside (&r, i), text);
            frames (&r, 1);
          }
      /* all at once, and the one that is read with them: its top stays */
      for (int i = -20; i < 20; i++)
        {
          g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " %s", beside (&r, i), texts[(round + 1) % G_N_ELEMENTS (texts)]);

          test_source_change (r.f.source, beside (&r, i), text);
        }
      frames (&r, 3);
    }
  /* at the bottom it is the newest one that stays */
  rt_timeline_scroll_to_bottom (r.f.timeline);
  fixture_rest (&r.f);
  for (int i = 1; i < (int) choose (5, 12); i++)
    {
      gint64 number = ((gint64) test_source_get_count (r.f.source) - i) * 10;
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT " %s", number, texts[i % G_N_ELEMENTS (texts)]);

      test_source_change (r.f.source, number, text);
      fixture_frame (&r.f);
      g_assert_cmpfloat_with_epsilon (fixture_bottom_gap (&r.f), 0, 0.5);
    }
  fixture_tear_down (&r.f);
}

/* The first row whose top shows is what stays; that is not the one over the middle. */
static void
test_sizes (void)
{
  Reader r;
  RtTimelineKey last;

  begin (&r, 10);
  g_assert_true (rt_timeline_get_shown (r.f.timeline, &r.key, &last));
  for (guint i = 0; i < 4 && (!fixture_row_y (&r.f, &r.key, &r.y, NULL) || r.y - 4 < 0); i++)
    r.key = test_key (r.key.sequence + 10);
  g_assert_cmpfloat (r.y - 4, >=, 0);
  for (guint i = 0; i < choose (3, 10); i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (r.f.window), 402 + (int) (i * 271 % 650), 500 + (int) (i * 97 % 200));
      frames (&r, 3);
    }
  /* and the composer below grows by lines */
  for (guint i = 0; i < 8; i += choose (2, 1))
    {
      gtk_widget_set_margin_bottom (gtk_widget_get_parent (GTK_WIDGET (r.f.timeline)), i < 4 ? (int) i * 24 : (int) (8 - i) * 24);
      frames (&r, 2);
    }
  fixture_tear_down (&r.f);
}

/* To another place, and back to the one that one came from */
static void
test_jumps (void)
{
  Reader r;

  begin (&r, 30);
  for (guint i = 0; i < choose (4, 12); i++)
    {
      RtTimelineKey there = test_key ((gint64) (i * 1531 % 20000) * 10), back = r.key;
      RtTimelineKey at = i % 2 == 0 ? there : back;
      double y = 0, later;
      guint n;

      rt_timeline_jump_to_key (r.f.timeline, &at, TRUE);
      /* while its page is on the way what one reads stays */
      for (n = 0; n < 200 && !fixture_row_y (&r.f, &at, &y, NULL); n++)
        fixture_frame (&r.f);
      fixture_frame (&r.f);
      g_assert_true (fixture_row_y (&r.f, &at, &y, NULL));
      g_assert_cmpfloat (y, >=, 0);
      g_assert_cmpfloat (y, <, fixture_page (&r.f));
      for (n = 0; n < choose (3, 10); n++)
        {
          fixture_frame (&r.f);
          g_assert_true (fixture_row_y (&r.f, &at, &later, NULL));
          g_assert_cmpfloat (fabs (later - y), <, 0.5);
        }
      fixture_assert_headers (&r.f);
    }
  fixture_tear_down (&r.f);
}

/* Rows are taken away about the one that is read, and whole pages of them out of memory, beyond either side. */
static void
test_removal (void)
{
  Reader r;
  RtTimelineStats stats;

  begin (&r, 5);
  for (int i = -30; i < 30; i += 2)
    test_source_insert (r.f.source, beside (&r, i) + 5);
  frames (&r, 2);
  for (int i = -30; i < 30; i += 2)
    {
      test_source_remove (r.f.source, beside (&r, i) + 5);
      if (i % (int) choose (10, 2) == 0)
        frames (&r, 1);
    }
  /* the row itself: the next one takes its place */
  {
    RtTimelineKey next = test_key (beside (&r, 1));
    gint64 number = beside (&r, 0) + 5;
    double y, height, after;

    test_source_insert (r.f.source, number);
    r.key = test_key (number);
    rt_timeline_jump_to_key (r.f.timeline, &r.key, FALSE);
    fixture_rest (&r.f);
    g_assert_true (fixture_row_y (&r.f, &r.key, &y, &height));
    test_source_remove (r.f.source, number);
    fixture_frame (&r.f);
    g_assert_true (fixture_row_y (&r.f, &next, &after, NULL));
    g_assert_cmpfloat (after, >=, y - 0.5);
    g_assert_cmpfloat (after, <, y + height + 20);
  }
  /* far up and down again, over more than is kept */
  for (guint i = 0; i < choose (12, 100); i++)
    g_assert_cmpfloat (fixture_scroll (&r.f, i < choose (6, 50) ? -1100 : 1100, NULL), <, 0.5);
  fixture_rest (&r.f);
  rt_timeline_get_stats (r.f.timeline, &stats);
  g_assert_cmpuint (stats.items_held, <=, 1100);
  g_assert_true (fixture_middle (&r.f, &r.key, &r.y));
  /* and by a flood below */
  for (guint i = 0; i < 1500; i++)
    test_source_append (r.f.source);
  frames (&r, 3);
  rt_timeline_get_stats (r.f.timeline, &stats);
  g_assert_cmpuint (stats.items_held, <=, 1100);
  fixture_tear_down (&r.f);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/timeline-cases/older", test_older);
  g_test_add_func ("/timeline-cases/newer", test_newer);
  g_test_add_func ("/timeline-cases/heights", test_heights);
  g_test_add_func ("/timeline-cases/sizes", test_sizes);
  g_test_add_func ("/timeline-cases/jumps", test_jumps);
  g_test_add_func ("/timeline-cases/removal", test_removal);
  return g_test_run ();
}
