/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of a ring that no network has: its circle, its lists, and what is said where something is missing. */
#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "../support/test-slowness.h"
#include "ring-fixture.h"
#include "app/ring/rt-ring-places.h"
#include "app/ring/rt-ring-side.h"
#include "app/ring/rt-ring-view-private.h"
#include "app/rt-banner.h"
#include "app/rt-split-box.h"
#include "app/table/rt-key-header.h"

/* A frame of the circle. */
#define BAR_MS 16.0
/* A turn with everything: ten thousand keys and a thousand nodes come at once. */
#define TURN_MS 50.0

/* ---- what is missing ---- */

static void
test_nobody (void)
{
  RingFixture p;

  ring_set_up (&p, 1100, 760, 0, 0);
  g_assert_cmpstr (ring_get_shown (&p, "stack"), ==, "empty");
  g_assert_true (app_shows (GTK_WIDGET (p.page), "Nobody stores values yet"));
  g_assert_true (app_shows (ring_get_side (&p), "Not storing"));
  app_picture (GTK_WIDGET (p.window), "ring-nobody");
  g_assert_true (gtk_widget_activate_action (ring_find (&p, GTK_TYPE_BUTTON, "empty_button"), "ring.seed", NULL));
  g_assert_true (rt_ring_get_seeding (RT_RING (p.ring)));
  g_assert_true (app_shows (ring_get_side (&p), "Storing for the network"));
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (ring_find (&p, GTK_TYPE_SWITCH, "seed_switch"))));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "No keys yet"));
  g_assert_false (app_shows (GTK_WIDGET (p.page), "Nobody stores values yet"));
  ring_tear_down (&p);
}

/* There are keys, and nobody who has their values. */
static void
test_nobody_left (void)
{
  RingFixture p;
  RtBanner *banner;

  ring_set_up (&p, 1100, 760, 0, 10);
  banner = RT_BANNER (ring_find (&p, RT_TYPE_BANNER, "nobody"));
  g_assert_true (rt_banner_get_revealed (banner));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "no value can be read or written"));
  app_picture (GTK_WIDGET (p.window), "ring-nobody-left");
  fake_ring_resize (p.ring, 2);
  app_settle ();
  g_assert_false (rt_banner_get_revealed (banner));
  ring_tear_down (&p);
}

static void
test_full (void)
{
  RingFixture p;
  GtkSwitch *seed;

  ring_set_up (&p, 1100, 760, 3, 5);
  seed = GTK_SWITCH (ring_find (&p, GTK_TYPE_SWITCH, "seed_switch"));
  fake_ring_fail_join (p.ring, "All 64 places of this ring are taken");
  gtk_switch_set_active (seed, FALSE);
  g_assert_true (app_shows (ring_get_side (&p), "Not storing"));
  gtk_switch_set_active (seed, TRUE);
  g_assert_true (app_shows (ring_get_side (&p), "All 64 places of this ring are taken"));
  g_assert_true (gtk_widget_get_visible (ring_find (&p, GTK_TYPE_IMAGE, "trouble")));
  app_picture (GTK_WIDGET (p.window), "ring-full");
  ring_tear_down (&p);
}

/* ---- what there is ---- */

static void
test_wide (void)
{
  RingFixture p;
  GtkWidget *side;
  GBytes *key;

  ring_set_up (&p, 1100, 760, 7, 20);
  side = ring_get_side (&p);
  g_assert_cmpint (rt_split_box_get_mode (RT_SPLIT_BOX (ring_find (&p, RT_TYPE_SPLIT_BOX, NULL))), ==, RT_SPLIT_BESIDE);
  g_assert_true (app_shows (side, "of values on this computer"));
  g_assert_true (app_shows (side, "Choose a key"));
  g_assert_null (rt_ring_get_key (RT_RING (p.ring)));
  fake_ring_set_slow (p.ring, TRUE);
  ring_choose_key (&p, "key-000003");
  key = rt_ring_get_key (RT_RING (p.ring));
  g_assert_cmpmem (g_bytes_get_data (key, NULL), g_bytes_get_size (key), "key-000003", 10);
  rt_ring_side_show (RT_RING_SIDE (side), "places");
  g_assert_true (app_shows (side, "are not asked yet"));
  ring_wait_asked (&p);
  app_frames (GTK_WIDGET (p.window), 2);
  g_assert_true (app_shows (side, "Asking the five places"));
  ring_answer (&p, "vvvos");
  g_assert_false (app_shows (side, "Asking the five places"));
  g_assert_true (app_shows (side, "sha1, at 8.0 %"));
  g_assert_true (app_shows (side, "the value that counts"));
  g_assert_true (app_shows (side, "another value"));
  g_assert_true (app_shows (side, "2 hops"));
  app_picture (GTK_WIDGET (p.window), "ring-wide");
  rt_ring_side_show (RT_RING_SIDE (side), "key");
  app_picture (GTK_WIDGET (p.window), "ring-key");
  rt_ring_side_show (RT_RING_SIDE (side), "places");
  g_assert_true (gtk_widget_activate_action (side, "ring.ask-again", NULL));
  app_settle ();
  g_assert_true (app_shows (side, "Asking the five places"));
  ring_tear_down (&p);
}

/* In the middle of the circle stands what the look came to, as beside the places. */
static void
test_summary (void)
{
  static const struct { const char *answers, *words; } cases[] = {
    { "vvvos", "3 of 5 places agree" },
    { "vvoon", "the places do not agree" },
    { "nnnnn", "no place has a value" },
    { "vnsss", "too few places answered" },
    { "yyyyy", "nobody to ask" },
    { "VVVos", "3 of 5 places agree, signed" },
    { "Vooon", "1 of 5 places agree, signed" },
    { "xxxxn", "not signed by who wrote it" },
  };
  RingFixture p;
  RtRingView *view;

  ring_set_up (&p, 1100, 760, 7, 20);
  view = RT_RING_VIEW (ring_find (&p, RT_TYPE_RING_VIEW, NULL));
  fake_ring_set_slow (p.ring, TRUE);
  ring_choose_key (&p, "key-000003");
  ring_wait_asked (&p);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ring_answer (&p, cases[i].answers);
      g_assert_cmpstr (view->summary, ==, cases[i].words);
    }
  ring_tear_down (&p);
}

/* Nobody owns a key of a ring: it has no such columns. */
static void
test_columns (void)
{
  RingFixture p;
  GtkWidget *header;
  guint shown = 0;

  ring_set_up (&p, 1300, 760, 7, 20);
  header = ring_find (&p, RT_TYPE_KEY_HEADER, NULL);
  for (GtkWidget *w = gtk_widget_get_first_child (header); w != NULL; w = gtk_widget_get_next_sibling (w))
    shown += gtk_widget_get_child_visible (w);
  g_assert_cmpuint (shown, ==, 4);
  g_assert_false (app_shows (header, "Owner"));
  g_assert_false (app_shows (header, "Lease"));
  ring_tear_down (&p);
}

/* Values come when they are looked at: those in view, and no others. */
static void
test_in_view (void)
{
  RingFixture p;
  guint n_reads;

  ring_set_up (&p, 1100, 760, 7, 1000);
  app_wait_for (rt_table_get_n_unread (p.table) < 1000);
  app_wait_for (fake_ring_table_get_n_pending (p.far) == 0);
  n_reads = fake_ring_table_get_n_reads (p.far);
  g_assert_cmpuint (n_reads, >, 5);
  g_assert_cmpuint (n_reads, <, 60);
  gtk_widget_activate_action (ring_find (&p, GTK_TYPE_LIST_VIEW, "list"), "list.scroll-to-item", "u", 900);
  app_wait_for (fake_ring_table_get_n_reads (p.far) > n_reads);
  ring_tear_down (&p);
}

static char *
get_point_words (RtRingView *view,
                 double      fraction,
                 double      distance)
{
  double width = gtk_widget_get_width (GTK_WIDGET (view)), height = gtk_widget_get_height (GTK_WIDGET (view)), radius = MIN (width, height) / 2 - 43;
  double angle = fraction * 2 * G_PI - G_PI_2;

  return rt_ring_view_dup_words_at (view, width / 2 + cos (angle) * (radius + distance), height / 2 + sin (angle) * (radius + distance));
}

/* The circle by pointer and by keyboard, and the list of nodes with it. */
static void
test_circle (void)
{
  RingFixture p;
  GtkWidget *side;
  RtRingView *view;
  g_autoptr (GPtrArray) members = NULL;
  g_autofree char *words = NULL, *place = NULL, *nothing = NULL;
  GtkSingleSelection *selection;
  P2pChordMemberInfo *own;
  guint self;

  ring_set_up (&p, 1100, 760, 9, 20);
  members = ring_list_members (&p);
  own = ring_find_self (&p, &self);
  side = ring_get_side (&p);
  view = RT_RING_VIEW (ring_find (&p, RT_TYPE_RING_VIEW, NULL));
  words = get_point_words (view, p2p_chord_member_info_get_fraction (own), 0);
  g_assert_nonnull (words);
  g_assert_nonnull (strstr (words, "this computer"));
  nothing = get_point_words (view, 0.5, -60);
  g_assert_null (nothing);
  fake_ring_set_slow (p.ring, TRUE);
  ring_choose_key (&p, "key-000003");
  ring_wait_asked (&p);
  ring_answer (&p, "vvvns");
  place = get_point_words (view, 0.66, 15);
  g_assert_nonnull (place);
  g_assert_nonnull (strstr (place, "sha384"));
  g_assert_nonnull (strstr (place, "has nothing"));
  /* Home: ourselves; on to the next; Enter */
  ring_press (GTK_WIDGET (view), "ring-view.move", "i", 0);
  ring_press (GTK_WIDGET (view), "ring-view.choose", NULL, 0);
  g_assert_true (rt_ring_view_get_member (view) == own);
  ring_press (GTK_WIDGET (view), "ring-view.move", "i", 1);
  ring_press (GTK_WIDGET (view), "ring-view.choose", NULL, 0);
  g_assert_true (rt_ring_view_get_member (view) == members->pdata[(self + 1) % 9]);
  /* the list has it chosen too, and the other way round */
  selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (app_find (side, GTK_TYPE_LIST_VIEW, "list"))));
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, (self + 1) % 9);
  gtk_single_selection_set_selected (selection, 8);
  g_assert_true (rt_ring_view_get_member (view) == members->pdata[8]);
  app_picture (GTK_WIDGET (p.window), "ring-nodes");
  /* round and round */
  for (guint i = 0; i < 9; i++)
    ring_press (GTK_WIDGET (view), "ring-view.move", "i", -1);
  ring_press (GTK_WIDGET (view), "ring-view.choose", NULL, 0);
  g_assert_true (rt_ring_view_get_member (view) == members->pdata[(self + 1) % 9]);
  /* the chosen one goes */
  fake_ring_resize (p.ring, 2);
  app_frames (GTK_WIDGET (p.window), 2);
  g_assert_null (rt_ring_view_get_member (view));
  ring_tear_down (&p);
}

/* The editor of the Table page, with all of the room. */
/* Who signed what, at each place and of the key; what is not signed by who wrote it last does not count. */
static void
test_signed (void)
{
  RingFixture p;
  RtKeyDetails *details;
  GtkWidget *side;

  ring_set_up (&p, 1100, 760, 7, 20);
  fake_ring_set_slow (p.ring, TRUE);
  fake_ring_table_sign (p.far, RING_AUTHOR);
  side = ring_get_side (&p);
  details = rt_table_page_get_details (rt_ring_page_get_keys (p.page));
  ring_choose_key (&p, "key-000003");
  ring_wait_asked (&p);
  app_wait_for (!rt_table_row_get_unread (rt_key_details_get_row (details)));
  rt_table_source_fetch (RT_TABLE_SOURCE (p.far), rt_ring_get_key (RT_RING (p.ring)), TRUE);
  app_wait_for (rt_table_row_get_signed (rt_key_details_get_row (details)));
  app_frames (GTK_WIDGET (p.window), 2);
  g_assert_true (app_shows (GTK_WIDGET (details), "Written by: " RING_AUTHOR));
  g_assert_true (app_shows (GTK_WIDGET (details), "signed by who wrote it"));
  app_picture (GTK_WIDGET (p.window), "ring-key-signed");
  rt_ring_side_show (RT_RING_SIDE (side), "places");
  ring_answer (&p, "VVvos");
  g_assert_true (app_shows (side, "3 of 5 places say the same, signed by 8XoP"));
  g_assert_true (app_shows (side, "ms · signed by 8XoP"));
  g_assert_true (app_shows (side, "ms · not signed"));
  app_picture (GTK_WIDGET (p.window), "ring-signed");
  ring_answer (&p, "xxxns");
  g_assert_true (app_shows (side, "is not signed by 8XoP"));
  app_picture (GTK_WIDGET (p.window), "ring-unsigned");
  /* read before anybody signed */
  ring_choose_key (&p, "key-000004");
  app_wait_for (!rt_table_row_get_unread (rt_key_details_get_row (details)));
  app_frames (GTK_WIDGET (p.window), 2);
  g_assert_true (app_shows (GTK_WIDGET (details), "none: anybody may have written it"));
  ring_tear_down (&p);
}

static void
test_edit (void)
{
  RingFixture p;
  RtKeyDetails *details;

  ring_set_up (&p, 1100, 760, 7, 20);
  details = rt_table_page_get_details (rt_ring_page_get_keys (p.page));
  ring_choose_key (&p, "key-000003");
  app_wait_for (!rt_table_row_get_unread (rt_key_details_get_row (details)));
  rt_ring_side_show (RT_RING_SIDE (ring_get_side (&p)), "places");
  g_assert_true (gtk_widget_activate_action (ring_find (&p, GTK_TYPE_LIST_VIEW, "list"), "table.edit", NULL));
  app_frames (GTK_WIDGET (p.window), 2);
  g_assert_false (gtk_widget_get_visible (ring_find (&p, RT_TYPE_RING_VIEW, NULL)));
  g_assert_true (rt_key_details_is_editing (details));
  app_picture (GTK_WIDGET (p.window), "ring-editor");
  rt_key_editor_leave (rt_key_details_get_editor (details), FALSE);
  app_frames (GTK_WIDGET (p.window), 2);
  g_assert_true (gtk_widget_get_visible (ring_find (&p, RT_TYPE_RING_VIEW, NULL)));
  ring_tear_down (&p);
}

static void
test_narrow (void)
{
  RingFixture p;
  RtSplitBox *split;
  int minimum;

  ring_set_up (&p, 360, 600, 7, 20);
  split = RT_SPLIT_BOX (ring_find (&p, RT_TYPE_SPLIT_BOX, NULL));
  g_assert_cmpint (rt_split_box_get_mode (split), ==, RT_SPLIT_ALONE);
  gtk_widget_measure (GTK_WIDGET (p.page), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  app_picture (GTK_WIDGET (p.window), "ring-narrow");
  ring_choose_key (&p, "key-000003");
  app_wait_for (rt_ring_get_lookup (RT_RING (p.ring)) != NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (rt_ring_page_get_keys (p.page)), "ring.show", "s", "places"));
  app_frames (GTK_WIDGET (p.window), 3);
  g_assert_true (rt_split_box_get_show_details (split));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "All keys"));
  app_picture (GTK_WIDGET (p.window), "ring-narrow-places");
  g_assert_true (gtk_widget_activate_action (ring_get_side (&p), "table.back", NULL));
  g_assert_false (rt_split_box_get_show_details (split));
  ring_tear_down (&p);
}

/* Where reading begins on the right, the panes and the words do; the circle goes clockwise all the same. */
static void
test_mirrored (void)
{
  RingFixture p;
  RtRingView *view;
  P2pChordMemberInfo *own;
  g_autofree char *words = NULL;
  graphene_rect_t bounds;
  guint self;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  ring_set_up (&p, 1100, 760, 9, 20);
  own = ring_find_self (&p, &self);
  view = RT_RING_VIEW (ring_find (&p, RT_TYPE_RING_VIEW, NULL));
  words = get_point_words (view, p2p_chord_member_info_get_fraction (own), 0);
  g_assert_nonnull (words);
  g_assert_nonnull (strstr (words, "this computer"));
  g_assert_true (gtk_widget_compute_bounds (ring_get_side (&p), GTK_WIDGET (p.page), &bounds));
  g_assert_cmpfloat (bounds.origin.x, ==, 0);
  ring_choose_key (&p, "key-000003");
  app_wait_for (rt_ring_get_lookup (RT_RING (p.ring)) != NULL);
  rt_ring_side_show (RT_RING_SIDE (ring_get_side (&p)), "nodes");
  app_picture (GTK_WIDGET (p.window), "ring-mirrored");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  ring_tear_down (&p);
}

/* Text half as large again: everything is there. */
static void
test_large_text (void)
{
  RingFixture p;
  int minimum, dpi;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * 3 / 2, NULL);
  ring_set_up (&p, 480, 760, 9, 20);
  gtk_widget_measure (GTK_WIDGET (p.page), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 480);
  ring_choose_key (&p, "key-000003");
  app_wait_for (rt_ring_get_lookup (RT_RING (p.ring)) != NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (rt_ring_page_get_keys (p.page)), "ring.show", "s", "nodes"));
  app_picture (GTK_WIDGET (p.window), "ring-large-text");
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  ring_tear_down (&p);
}

static void
test_panes (void)
{
  RingFixture p;

  ring_set_up (&p, 1100, 760, 7, 20);
  gtk_widget_grab_focus (GTK_WIDGET (p.page));
  g_assert_true (rt_ring_page_step_pane (p.page, 1));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (p.window)), ring_get_side (&p)));
  g_assert_false (rt_ring_page_step_pane (p.page, 1));
  g_assert_true (rt_ring_page_step_pane (p.page, -1));
  g_assert_false (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (p.window)), ring_get_side (&p)));
  ring_tear_down (&p);
}

/* ---- a thousand nodes ---- */

/* What a frame of the circle costs: making its nodes and drawing them. */
static double
measure_frame (GtkWidget *view)
{
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  double from = test_cpu_ms ();

  GTK_WIDGET_GET_CLASS (view)->snapshot (view, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (view)), node, NULL);
  return test_cpu_ms () - from;
}

static void
test_many (void)
{
  RingFixture p;
  GtkWidget *view;
  P2pChordMemberInfo *own;
  guint self;
  double most = 0, fresh = 0, bar = BAR_MS * test_slowness (), turn_bar = TURN_MS * test_slowness ();

  ring_set_up (&p, 1300, 800, 0, 10000);
  fake_ring_set_slow (p.ring, TRUE);
  fake_ring_resize (p.ring, 1000);
  for (guint i = 0; i < 200; i++)
    {
      double from = test_cpu_ms ();

      g_main_context_iteration (NULL, FALSE);
      fresh = MAX (fresh, test_cpu_ms () - from);
    }
  own = ring_find_self (&p, &self);
  ring_choose_key (&p, "key-000003");
  ring_wait_asked (&p);
  ring_answer (&p, "vvvos");
  app_picture (GTK_WIDGET (p.window), "ring-many");
  view = ring_find (&p, RT_TYPE_RING_VIEW, NULL);
  for (guint i = 0; i < 60; i++)
    {
      double frame;

      ring_press (view, "ring-view.move", "i", 1);
      frame = measure_frame (view);
      most = MAX (most, frame);
    }
  /* members come and change all the time */
  for (guint i = 0; i < 20; i++)
    {
      double from = test_cpu_ms ();

      g_object_notify (G_OBJECT (own), "n-values");
      app_frames (GTK_WIDGET (p.window), 2);
      most = MAX (most, (test_cpu_ms () - from) / 2);
    }
  g_test_message ("1,000 nodes, 10,000 keys: a frame at most %.1f ms (bar %.0f), the turn in which they come %.1f ms (bar %.0f)", most, bar, fresh, turn_bar);
  g_assert_cmpfloat (most, <, bar);
  g_assert_cmpfloat (fresh, <, turn_bar);
  ring_tear_down (&p);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ring/nobody", test_nobody);
  g_test_add_func ("/ring/nobody-left", test_nobody_left);
  g_test_add_func ("/ring/full", test_full);
  g_test_add_func ("/ring/wide", test_wide);
  g_test_add_func ("/ring/summary", test_summary);
  g_test_add_func ("/ring/columns", test_columns);
  g_test_add_func ("/ring/circle", test_circle);
  g_test_add_func ("/ring/in-view", test_in_view);
  g_test_add_func ("/ring/signed", test_signed);
  g_test_add_func ("/ring/edit", test_edit);
  g_test_add_func ("/ring/narrow", test_narrow);
  g_test_add_func ("/ring/panes", test_panes);
  g_test_add_func ("/ring/mirrored", test_mirrored);
  g_test_add_func ("/ring/large-text", test_large_text);
  g_test_add_func ("/ring/many", test_many);
  return g_test_run ();
}
