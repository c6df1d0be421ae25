/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of frames, with frames that no network sent. */
#include "config.h"

#include <string.h>

#include "../support/test-slowness.h"
#include "app-fixture.h"
#include "app/rt-counters-bar.h"
#include "app/rt-network-view.h"
#include "app/rt-split-box.h"
#include "app/traffic/rt-traffic-details.h"
#include "app/traffic/rt-traffic-page.h"
#include "app/traffic/rt-traffic-row.h"

#define ID "7kQXzYb3uXJ8sZp4Qm2fVt6NhLr9cDWeG1aBxKs5oTiR"

typedef struct
{
  AppFixture     fixture;
  RtNetwork     *network;
  GtkWindow     *window;
  RtTrafficPage *page;
  RtTraffic     *traffic;
} Page;

static P2pMessage *
make_message (gint64      flag,
              const char *packets)
{
  g_autoptr (GError) error = NULL;
  P2pMessage *message = p2p_message_new (flag, ID, 1700000000, g_variant_parse (G_VARIANT_TYPE ("av"), packets, NULL, NULL, NULL), &error);

  g_assert_no_error (error);
  return message;
}

static void
add (Page            *p,
     gint64           flag,
     const char      *packets,
     RtTrafficVerdict verdict,
     const char      *reason,
     gboolean         outgoing)
{
  g_autoptr (P2pMessage) message = packets != NULL ? make_message (flag, packets) : NULL;
  RtFrame frame = {
    .time = g_get_real_time (), .peer_id = ID, .address = outgoing ? "10.0.0.6:4444" : "10.0.0.5:4444", .message = message,
    .size = message != NULL ? p2p_message_get_length (message) + 4 : 9, .verdict = verdict, .reason = reason, .outgoing = outgoing,
  };

  rt_traffic_add (p->traffic, &frame);
}

static void
add_some (Page *p)
{
  add (p, 2, "[<int64 5>, <'" ID "'>, <'protocol'>, <[<'10.0.0.5'>, <int64 4444>]>, <@av []>]", RT_TRAFFIC_HANDLED, NULL, FALSE);
  add (p, 2, "[<int64 5>, <'" ID "'>, <'protocol'>]", RT_TRAFFIC_SENT, NULL, TRUE);
  add (p, 2, "[<int64 7>, <[<'10.0.0.9'>, <int64 4444>]>]", RT_TRAFFIC_HANDLED, NULL, FALSE);
  add (p, 2, "[<int64 0x58>, <int64 1>, <int64 3>, <int64 7>]", RT_TRAFFIC_HANDLED, NULL, FALSE);
  add (p, 0, "[<int64 0>, <'Good evening, everybody'>, <int64 17>, <b'bytes'>, <{'a': <true>}>]", RT_TRAFFIC_DELIVERED | RT_TRAFFIC_RELAYED, NULL, FALSE);
  add (p, 0, "[<int64 0>, <'Good evening, everybody'>]", RT_TRAFFIC_DUPLICATE, NULL, FALSE);
  add (p, 0, "[<'chess'>, <'e4'>]", RT_TRAFFIC_SENT, NULL, TRUE);
  add (p, 0, NULL, RT_TRAFFIC_DROPPED, "a body that is not what its checksum says", FALSE);
  rt_traffic_flush (p->traffic);
}

static void
set_up (Page *p,
        int   width,
        int   height)
{
  p->fixture = (AppFixture) { 0 };
  app_fixture_set_up (&p->fixture, "Ada");
  p->network = app_fixture_add (&p->fixture, "club");
  p->window = GTK_WINDOW (gtk_window_new ());
  p->page = g_object_new (RT_TYPE_TRAFFIC_PAGE, "network", p->network, NULL);
  p->traffic = rt_traffic_page_get_traffic (p->page);
  gtk_window_set_default_size (p->window, width, height);
  gtk_window_set_child (p->window, GTK_WIDGET (p->page));
  gtk_window_present (p->window);
  app_frames (GTK_WIDGET (p->window), 3);
}

static void
tear_down (Page *p)
{
  g_autoptr (RtTrafficPage) page = g_object_ref (p->page);
  g_autoptr (RtTraffic) traffic = g_object_ref (p->traffic);

  gtk_window_destroy (p->window);
  app_settle ();
  g_assert_finalize_object (g_steal_pointer (&page));
  g_assert_finalize_object (g_steal_pointer (&traffic));
  app_fixture_tear_down (&p->fixture);
}

static const char *
get_shown (Page *p)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (app_find (GTK_WIDGET (p->page), GTK_TYPE_STACK, "stack")));
}

static GtkSelectionModel *
get_selection (Page *p)
{
  return gtk_list_view_get_model (GTK_LIST_VIEW (app_find (GTK_WIDGET (p->page), GTK_TYPE_LIST_VIEW, "list")));
}

/* A row of the list whose frame reads so. */
static gboolean
has_row (GtkWidget  *below,
         const char *text)
{
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      if (RT_IS_TRAFFIC_ROW (w) && rt_traffic_row_get_item (RT_TRAFFIC_ROW (w)) != NULL)
        {
          g_autofree char *spoken = rt_traffic_item_dup_spoken (rt_traffic_row_get_item (RT_TRAFFIC_ROW (w)));

          if (strstr (spoken, text) != NULL)
            return TRUE;
        }
      if (has_row (w, text))
        return TRUE;
    }
  return FALSE;
}

static void
choose (Page  *p,
        guint  position)
{
  gtk_selection_model_select_item (get_selection (p), position, TRUE);
}

static void
do_action (Page       *p,
           const char *name,
           const char *target)
{
  gboolean done = target != NULL ? gtk_widget_activate_action (GTK_WIDGET (p->page), name, "s", target)
                                 : gtk_widget_activate_action (GTK_WIDGET (p->page), name, NULL);

  g_assert_true (done);
}

static void
clipboard_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);
}

static char *
read_clipboard (Page *p)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (p->page)), NULL, clipboard_cb, &text);
  app_wait_for (text != NULL);
  return text;
}

static void
test_empty (void)
{
  Page p;

  set_up (&p, 1000, 700);
  g_assert_cmpstr (get_shown (&p), ==, "empty");
  g_assert_true (app_shows (GTK_WIDGET (p.page), "No frames yet"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "while this page is open"));
  app_picture (GTK_WIDGET (p.window), "traffic-empty");
  rt_network_stop (p.network);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "nothing crosses its links"));
  tear_down (&p);
}

static void
test_frames (void)
{
  Page p;
  RtTrafficDetails *details;
  GtkWidget *text_view;
  GtkTextIter start, end;
  g_autofree char *packets = NULL;
  GtkTextBuffer *buffer;

  set_up (&p, 1200, 700);
  add_some (&p);
  app_frames (GTK_WIDGET (p.window), 5);
  g_assert_cmpstr (get_shown (&p), ==, "frames");
  g_assert_cmpint (rt_split_box_get_mode (RT_SPLIT_BOX (app_find (GTK_WIDGET (p.page), RT_TYPE_SPLIT_BOX, NULL))), ==, RT_SPLIT_BESIDE);
  g_assert_true (has_row (GTK_WIDGET (p.page), "In, handshake from"));
  g_assert_true (has_row (GTK_WIDGET (p.page), "delivered, relayed"));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "Choose a frame"));

  details = RT_TRAFFIC_DETAILS (app_find (GTK_WIDGET (p.page), RT_TYPE_TRAFFIC_DETAILS, NULL));
  choose (&p, 4);
  g_assert_nonnull (rt_traffic_details_get_item (details));
  text_view = app_find (GTK_WIDGET (details), GTK_TYPE_TEXT_VIEW, "packets");
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (text_view));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  packets = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_assert_nonnull (strstr (packets, "1: 'Good evening, everybody'\n2: 17\n"));
  g_assert_true (app_shows (GTK_WIDGET (details), "10.0.0.5:4444"));
  app_picture (GTK_WIDGET (p.window), "traffic-wide");

  /* one without a message says why */
  choose (&p, 7);
  g_assert_true (app_shows (GTK_WIDGET (details), "dropped: a body that is not what its checksum says"));
  g_assert_false (gtk_widget_get_visible (app_find (GTK_WIDGET (details), GTK_TYPE_BOX, "packets_box")));

  /* what was chosen stays in sight when it leaves the list */
  rt_traffic_set_text (p.traffic, "chess");
  g_assert_nonnull (rt_traffic_details_get_item (details));
  tear_down (&p);
}

static void
test_copy (void)
{
  Page p;
  GtkWidget *menu;
  g_autofree char *row = NULL, *packets = NULL, *id = NULL;

  set_up (&p, 1200, 700);
  add_some (&p);
  choose (&p, 4);
  do_action (&p, "traffic.copy-packets", NULL);
  packets = read_clipboard (&p);
  g_assert_nonnull (strstr (packets, "'Good evening, everybody'"));
  do_action (&p, "traffic.copy-row", NULL);
  row = read_clipboard (&p);
  g_assert_nonnull (strstr (row, "\tIn\t" ID "\t10.0.0.5:4444\tbroadcast\t"));
  do_action (&p, "traffic.copy-id", NULL);
  id = read_clipboard (&p);
  g_assert_cmpuint (strlen (id), ==, 64);
  do_action (&p, "traffic.open-menu", NULL);
  menu = app_find (GTK_WIDGET (p.page), GTK_TYPE_POPOVER_MENU, "menu");
  g_assert_true (gtk_widget_get_visible (menu));
  /* see test_copy() in test-table.c */
  gtk_popover_popdown (GTK_POPOVER (menu));
  app_frames (GTK_WIDGET (p.window), 2);
  tear_down (&p);
}

static void
test_filter (void)
{
  Page p;
  GtkWidget *entry;

  set_up (&p, 1200, 700);
  add_some (&p);
  entry = app_find (GTK_WIDGET (p.page), GTK_TYPE_SEARCH_ENTRY, "search_entry");
  do_action (&p, "traffic.find", NULL);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (p.window), entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), "evening");
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)) == 2);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "2 of 8 frames"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "nowhere to be found");
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)) == 0);
  g_assert_cmpstr (get_shown (&p), ==, "nothing-matches");
  do_action (&p, "traffic.everything", NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)), ==, 8);
  g_assert_cmpstr (get_shown (&p), ==, "frames");

  do_action (&p, "traffic.dropped-only", NULL);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "1 of 8 frames: only dropped"));
  do_action (&p, "traffic.dropped-only", NULL);
  do_action (&p, "traffic.way", "out");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)), ==, 2);
  do_action (&p, "traffic.way", "both");
  do_action (&p, "traffic.verdict", "relayed");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)), ==, 1);
  do_action (&p, "traffic.verdict", "any");
  do_action (&p, "traffic.group-link", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)), ==, 5);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "some kinds"));
  do_action (&p, "traffic.everything", NULL);
  choose (&p, 6);
  do_action (&p, "traffic.only-peer", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)), ==, 2);
  g_assert_true (app_shows (GTK_WIDGET (p.page), "only 10.0.0.6:4444"));
  app_picture (GTK_WIDGET (p.window), "traffic-filtered");
  tear_down (&p);
}

static void
test_pause (void)
{
  Page p;

  set_up (&p, 1200, 700);
  add_some (&p);
  do_action (&p, "traffic.paused", NULL);
  g_assert_true (rt_traffic_get_paused (p.traffic));
  for (guint i = 0; i < 1204; i++)
    add (&p, 0, "[<int64 0>, <'x'>]", RT_TRAFFIC_DELIVERED, NULL, FALSE);
  app_wait_for (app_shows (GTK_WIDGET (p.page), "204 frames not shown while paused"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (p.traffic)), ==, 8);
  app_picture (GTK_WIDGET (p.window), "traffic-paused");
  do_action (&p, "traffic.paused", NULL);
  g_assert_false (app_shows (GTK_WIDGET (p.page), "while paused"));
  do_action (&p, "traffic.clear", NULL);
  g_assert_cmpstr (get_shown (&p), ==, "empty");
  tear_down (&p);
}

/* At 360 px: two lines a row, the details instead of the list, and the way back. */
static void
test_narrow (void)
{
  Page p;
  GtkWidget *split;

  set_up (&p, 360, 500);
  add_some (&p);
  app_frames (GTK_WIDGET (p.window), 10);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (p.page)), ==, 360);
  g_assert_true (has_row (GTK_WIDGET (p.page), "In, broadcast from 7kQX…oTiR"));
  app_picture (GTK_WIDGET (p.window), "traffic-narrow");
  split = app_find (GTK_WIDGET (p.page), RT_TYPE_SPLIT_BOX, NULL);
  g_assert_cmpint (rt_split_box_get_mode (RT_SPLIT_BOX (split)), ==, RT_SPLIT_ALONE);
  g_assert_false (rt_split_box_get_show_details (RT_SPLIT_BOX (split)));
  g_signal_emit_by_name (app_find (GTK_WIDGET (p.page), GTK_TYPE_LIST_VIEW, "list"), "activate", 4);
  g_assert_true (rt_split_box_get_show_details (RT_SPLIT_BOX (split)));
  app_frames (GTK_WIDGET (p.window), 3);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (p.window), app_find (split, RT_TYPE_TRAFFIC_DETAILS, NULL)));
  g_assert_true (app_shows (GTK_WIDGET (p.page), "All frames"));
  app_picture (GTK_WIDGET (p.window), "traffic-narrow-details");
  do_action (&p, "traffic.back", NULL);
  g_assert_false (rt_split_box_get_show_details (RT_SPLIT_BOX (split)));
  app_frames (GTK_WIDGET (p.window), 3);
  g_assert_false (app_shows (GTK_WIDGET (p.page), "All frames"));
  tear_down (&p);
}

static void
test_middle (void)
{
  Page p;

  set_up (&p, 740, 650);
  add_some (&p);
  choose (&p, 4);
  app_frames (GTK_WIDGET (p.window), 10);
  g_assert_cmpint (rt_split_box_get_mode (RT_SPLIT_BOX (app_find (GTK_WIDGET (p.page), RT_TYPE_SPLIT_BOX, NULL))), ==, RT_SPLIT_BELOW);
  app_picture (GTK_WIDGET (p.window), "traffic-middle");
  tear_down (&p);
}

static void
test_panes (void)
{
  Page p;
  GtkWidget *details;

  set_up (&p, 1200, 700);
  add_some (&p);
  app_frames (GTK_WIDGET (p.window), 5);
  details = app_find (GTK_WIDGET (p.page), RT_TYPE_TRAFFIC_DETAILS, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (p.page));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (p.window), app_find (GTK_WIDGET (p.page), GTK_TYPE_LIST_VIEW, "list")));
  /* nothing is chosen: there is nothing to go to */
  g_assert_false (rt_traffic_page_step_pane (p.page, 1));
  choose (&p, 4);
  g_assert_true (rt_traffic_page_step_pane (p.page, 1));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (p.window), details));
  g_assert_false (rt_traffic_page_step_pane (p.page, 1));
  g_assert_true (rt_traffic_page_step_pane (p.page, -1));
  g_assert_false (gtk_widget_is_ancestor (gtk_window_get_focus (p.window), details));
  g_assert_false (rt_traffic_page_step_pane (p.page, -1));
  tear_down (&p);
}

static void
test_export (void)
{
  Page p;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  set_up (&p, 1200, 700);
  add_some (&p);
  path = g_build_filename (p.fixture.folder, "frames.jsonl", NULL);
  file = g_file_new_for_path (path);
  rt_traffic_page_export_to (p.page, file);
  app_wait_for (g_file_test (path, G_FILE_TEST_EXISTS));
  app_settle ();
  tear_down (&p);
}

/* Frames are asked for while the page is seen, or while it records. */
static void
test_watching (void)
{
  Page p;
  P2pMeshSocket *socket;
  gboolean watching = FALSE;

  set_up (&p, 1200, 700);
  socket = rt_network_get_socket (p.network);
  g_object_get (socket, "watch-frames", &watching, NULL);
  g_assert_true (watching);
  gtk_widget_set_visible (GTK_WIDGET (p.page), FALSE);
  g_object_get (socket, "watch-frames", &watching, NULL);
  g_assert_false (watching);
  do_action (&p, "traffic.record", NULL);
  g_object_get (socket, "watch-frames", &watching, NULL);
  g_assert_true (watching);
  tear_down (&p);
}

typedef struct
{
  double before, most, sum;
  guint  n;
} Work;

static void
before_paint_cb (GdkFrameClock *clock,
                 Work          *work)
{
  work->before = test_cpu_ms ();
}

static void
after_paint_cb (GdkFrameClock *clock,
                Work          *work)
{
  double took = test_cpu_ms () - work->before;

  work->most = MAX (work->most, took);
  work->sum += took;
  work->n++;
}

/* 50,000 frames a second for two seconds, at the end of the list where each change is seen: the window goes on painting. */
static void
test_flood (void)
{
  Page p;
  g_autoptr (P2pMessage) message = make_message (0, "[<int64 0>, <'one of a hundred thousand'>]");
  RtFrame frame = { .peer_id = ID, .address = "10.0.0.5:4444", .message = message, .size = 120, .verdict = RT_TRAFFIC_DELIVERED };
  Work work = { 0 };
  GdkFrameClock *clock;
  gint64 start;
  double most = 0;

  set_up (&p, 1200, 700);
  add_some (&p);
  app_frames (GTK_WIDGET (p.window), 10);
  choose (&p, 4);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (p.window));
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), &work);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), &work);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < 200; i++)
    {
      gint64 next = start + (gint64) (i + 1) * 10000;

      for (guint k = 0; k < 500; k++)
        {
          frame.time = g_get_real_time ();
          rt_traffic_add (p.traffic, &frame);
        }
      do
        {
          double from = test_cpu_ms ();

          if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (500);
          most = MAX (most, test_cpu_ms () - from);
        }
      while (g_get_monotonic_time () < next);
    }
  g_signal_handlers_disconnect_by_data (clock, &work);
  g_test_message ("100,000 frames in %.2f s: %u frames painted, %.1f ms of work each, %.1f ms at most; a turn of the loop %.1f ms at most",
                  (double) (g_get_monotonic_time () - start) / 1e6, work.n, work.sum / MAX (work.n, 1), work.most, most);
  g_assert_cmpuint (work.n, >, 10);
  g_assert_cmpfloat (most, <, 50 * test_slowness ());
  app_frames (GTK_WIDGET (p.window), 5);
  app_picture (GTK_WIDGET (p.window), "traffic-flood");
  tear_down (&p);
}

/* The page in the window: its place among the pages, the keys, the counters. */
static void
test_window (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  GtkWidget *view, *bar;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "club");
  window = rt_window_new (fixture.app, fixture.networks);
  gtk_window_set_default_size (GTK_WINDOW (window), 1024, 768);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "traffic");
  app_frames (GTK_WIDGET (window), 5);
  view = app_find (GTK_WIDGET (window), RT_TYPE_NETWORK_VIEW, NULL);
  g_assert_cmpstr (rt_network_view_get_page (RT_NETWORK_VIEW (view)), ==, "traffic");
  bar = app_find (view, RT_TYPE_COUNTERS_BAR, NULL);
  g_assert_true (app_shows (bar, "0/s in, 0/s out"));
  g_assert_nonnull (rt_counters_bar_get_counters (RT_COUNTERS_BAR (bar)));
  app_picture (GTK_WIDGET (window), "traffic-window");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-pane", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-page", NULL);
  app_fixture_tear_down (&fixture);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/traffic/empty", test_empty);
  g_test_add_func ("/traffic/frames", test_frames);
  g_test_add_func ("/traffic/copy", test_copy);
  g_test_add_func ("/traffic/filter", test_filter);
  g_test_add_func ("/traffic/pause", test_pause);
  g_test_add_func ("/traffic/narrow", test_narrow);
  g_test_add_func ("/traffic/middle", test_middle);
  g_test_add_func ("/traffic/panes", test_panes);
  g_test_add_func ("/traffic/export", test_export);
  g_test_add_func ("/traffic/watching", test_watching);
  g_test_add_func ("/traffic/flood", test_flood);
  g_test_add_func ("/traffic/window", test_window);
  return g_test_run ();
}
