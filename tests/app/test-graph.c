/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is linked with whom: drawn, as a list, by keyboard and by pointer; and what it costs. */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "../support/test-slowness.h"
#include "window-fixture.h"
#include "app/peers/rt-graph-pane.h"
#include "app/peers/rt-graph-row.h"
#include "app/peers/rt-graph-view-private.h"
#include "model/rt-network-private.h"

/* The main thread, for all that 300 who change bring about in a turn. */
#define TURN_MS 16.0
#define NOW (g_get_real_time () / G_USEC_PER_SEC)

typedef struct {
  GtkWidget   *window;
  RtGraphPane *pane;
  RtGraphView *view;
  RtGraph     *graph;
  RtPeople    *people;
} Fixture;

static void
name (Fixture *self, const char *id, const char *claimed)
{
  rt_people_note_heard (self->people, id, g_get_real_time ());
  rt_people_note_name (self->people, id, claimed, g_get_real_time ());
}

/* n people besides us: every fourth, and the first three, are neighbours; the others are told, by two of them where that can be. */
static void
fill (Fixture *self, guint n)
{
  static const char *const names[] = { "Ada", "Bob", "Carla", "Dmitri", "Émilie", "فاطمة", "Grace Hopper of the long name", "Hedy" };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("node%u", i), *called = g_strdup_printf ("%s%s%.0u", names[i % 8], i >= 8 ? " " : "", i >= 8 ? i : 0);

      if (i % 4 == 0 || i < 3)
        rt_graph_link (self->graph, id, NOW - 100);
      name (self, id, called);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("node%u", i), *near = g_strdup_printf ("node%u", i / 4 * 4), *far = g_strdup_printf ("node%u", (i * 7) % n / 4 * 4);
      const char *told[] = { id, NULL }, *back[] = { near, NULL };

      rt_graph_tell (self->graph, near, told, NOW);
      if (i % 3 == 0)
        rt_graph_tell (self->graph, far, told, NOW);
      if (i % 5 == 0)
        rt_graph_tell (self->graph, id, back, NOW);
    }
  if (n > 3)
    {
      rt_graph_hear (self->graph, "stranger", "node0", NOW);
      name (self, "stranger", "Zoë");
    }
  rt_people_flush (self->people, g_get_real_time ());
  rt_graph_update (self->graph, NOW);
}

static void
set_up_size (Fixture *self, int width, int height, guint n)
{
  self->graph = rt_graph_new ();
  self->people = rt_people_new ();
  rt_people_set_you (self->people, "you", "Me");
  rt_graph_set_you (self->graph, "you");
  fill (self, n);
  self->pane = g_object_new (RT_TYPE_GRAPH_PANE, NULL);
  rt_graph_pane_set_graph (self->pane, self->graph, self->people);
  self->view = RT_GRAPH_VIEW (app_find (GTK_WIDGET (self->pane), RT_TYPE_GRAPH_VIEW, NULL));
  self->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, height);
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->pane));
  gtk_window_present (GTK_WINDOW (self->window));
  app_wait_for (gtk_widget_get_width (GTK_WIDGET (self->view)) > 0);
  app_frames (self->window, 3);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  set_up_size (self, 1000, 640, GPOINTER_TO_UINT (data));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  app_settle ();
  g_assert_finalize_object (self->graph);
  g_object_unref (self->people);
}

/* Everybody within the drawing, and us in its middle. */
static void
test_fits (Fixture *self, gconstpointer data)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self->view)), height = gtk_widget_get_height (GTK_WIDGET (self->view));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->graph)); i++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);
      double x, y;

      rt_graph_view_get_point (self->view, node, &x, &y);
      if (i == 0)
        g_assert_true (x == width / 2 && y == height / 2);
      g_assert_true (x > 0 && y > 0 && x < width && y < height);
    }
}

static void
move (Fixture *self, int dx, int dy)
{
  gtk_widget_activate_action (GTK_WIDGET (self->view), "graph.move", "(ii)", dx, dy);
}

static void
test_keys (Fixture *self, gconstpointer data)
{
  RtGraphNode *you = rt_graph_find (self->graph, "you"), *first;
  double zoom = rt_graph_view_get_zoom (self->view), x, y;

  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  g_assert_null (self->view->cursor);
  move (self, 1, 0);
  g_assert_true (self->view->cursor == you);
  move (self, 0, -1);
  first = self->view->cursor;
  g_assert_true (first != you);
  rt_graph_node_get_place (first, &x, &y);
  g_assert_cmpfloat (y, <, 0);
  move (self, 0, 1);
  g_assert_true (self->view->cursor == you);
  move (self, 0, -1);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "graph.choose", NULL);
  g_assert_true (rt_graph_view_get_chosen (self->view) == first);
  app_frames (self->window, 2);
  g_assert_true (app_shows (GTK_WIDGET (self->pane), "Linked with you"));
  /* zoom, and back to all */
  gtk_widget_activate_action (GTK_WIDGET (self->view), "graph.zoom-in", NULL);
  g_assert_cmpfloat (rt_graph_view_get_zoom (self->view), >, zoom);
  for (guint i = 0; i < 100; i++)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "graph.zoom-in", NULL);
  g_assert_cmpfloat (rt_graph_view_get_zoom (self->view), ==, RT_GRAPH_MOST_ZOOM);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "graph.pan", "(ii)", 1, 0);
  app_frames (self->window, 2);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "graph.fit", NULL);
  g_assert_cmpfloat (rt_graph_view_get_zoom (self->view), ==, zoom);
  move (self, 0, 0);
  g_assert_true (self->view->cursor == you);
  /* by keys everybody is reached: each is the nearest in some direction of somebody */
}

/* The list and the drawing have one chosen; who goes is chosen no more. */
static void
test_list (Fixture *self, gconstpointer data)
{
  GtkListView *list = GTK_LIST_VIEW (app_find (GTK_WIDGET (self->pane), GTK_TYPE_LIST_VIEW, NULL));
  GtkSelectionModel *model = gtk_list_view_get_model (list);
  g_autoptr (RtGraphNode) third = g_list_model_get_item (G_LIST_MODEL (model), 2);
  g_autoptr (RtGraphNode) first = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_autofree char *id = g_strdup (rt_graph_node_get_id (third));

  g_assert_cmpint (rt_graph_node_get_kind (first), ==, RT_GRAPH_YOU);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, g_list_model_get_n_items (G_LIST_MODEL (self->graph)));
  gtk_selection_model_select_item (model, 2, TRUE);
  g_assert_true (rt_graph_view_get_chosen (self->view) == third);
  rt_graph_view_set_chosen (self->view, first);
  g_assert_true (gtk_selection_model_is_selected (model, 0));
  rt_graph_view_set_chosen (self->view, third);
  app_picture (self->window, "graph-chosen");
  rt_graph_unlink (self->graph, id);
  rt_graph_unlink (self->graph, "node0");
  rt_graph_unlink (self->graph, "node4");
  rt_graph_update (self->graph, NOW);
  app_frames (self->window, 2);
  g_assert_true (rt_graph_view_get_chosen (self->view) == NULL || rt_graph_find (self->graph, id) != NULL);
}

/* Somebody is chosen, and somebody else reads further down: what changes does not throw the reader back. */
static void
test_reading (Fixture *self, gconstpointer data)
{
  GtkScrollable *list = GTK_SCROLLABLE (app_find (GTK_WIDGET (self->pane), GTK_TYPE_LIST_VIEW, NULL));
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (list);
  const char *told[] = { "node1", NULL };
  double value;

  rt_graph_view_set_chosen (self->view, rt_graph_find (self->graph, "you"));
  app_frames (self->window, 3);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  app_frames (self->window, 3);
  value = gtk_adjustment_get_value (adjustment);
  g_assert_cmpfloat (value, >, 100);
  rt_graph_tell (self->graph, "node8", told, NOW + 1);
  rt_graph_update (self->graph, NOW + 1);
  app_frames (self->window, 3);
  g_assert_cmpfloat (ABS (gtk_adjustment_get_value (adjustment) - value), <, 100);
  /* who is chosen anew is shown */
  rt_graph_view_set_chosen (self->view, NULL);
  rt_graph_view_set_chosen (self->view, rt_graph_find (self->graph, "you"));
  app_frames (self->window, 3);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, 0);
}

/* How it looks, at so many, in this light, in this direction, at this width. */
static const struct {
  const char *name;
  int         width, height;
  guint       n;
  gboolean    dark, rtl;
} looks[] = {
  { "graph-1", 1000, 640, 0, FALSE, FALSE },
  { "graph-5", 1000, 640, 5, FALSE, FALSE },
  { "graph-20", 1000, 640, 20, FALSE, FALSE },
  { "graph-50", 1000, 640, 50, FALSE, FALSE },
  { "graph-50-dark", 1000, 640, 50, TRUE, FALSE },
  { "graph-50-rtl", 1000, 640, 50, FALSE, TRUE },
  { "graph-300", 1000, 640, 299, FALSE, FALSE },
  { "graph-5-narrow", 360, 640, 5, FALSE, FALSE },
  { "graph-50-narrow", 360, 640, 50, TRUE, FALSE },
};

static void
test_looks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      Fixture f;

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), looks[i].dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      gtk_widget_set_default_direction (looks[i].rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      set_up_size (&f, looks[i].width, looks[i].height, looks[i].n);
      app_frames (f.window, 15);
      g_assert_cmpint (gtk_widget_get_width (f.window), <=, looks[i].width + 60);
      test_fits (&f, NULL);
      app_picture (f.window, looks[i].name);
      tear_down (&f, NULL);
      gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
    }
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Everybody's links are others: what that costs the main thread, with the frame that shows it. */
static void
test_cost (Fixture *self, gconstpointer data)
{
  double turns[21], frames[21], shown[21], bar = TURN_MS * test_slowness ();

  for (guint turn = 0; turn < G_N_ELEMENTS (turns); turn++)
    {
      double began;

      for (guint i = 0; i < 300; i += 4)
        {
          g_autofree char *id = g_strdup_printf ("node%u", i), *other = g_strdup_printf ("node%u", (i * 11 + turn * 13) % 300);
          const char *told[] = { other, NULL };

          rt_graph_tell (self->graph, id, told, NOW + turn);
        }
      began = test_cpu_ms ();
      rt_graph_update (self->graph, NOW + turn);
      turns[turn] = test_cpu_ms () - began;
      {
        g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();

        began = test_cpu_ms ();
        rt_graph_view_snapshot (GTK_WIDGET (self->view), snapshot);
        frames[turn] = test_cpu_ms () - began;
        {
          GskRenderNode *node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));

          g_clear_pointer (&node, gsk_render_node_unref);
        }
      }
      began = test_cpu_ms ();
      app_frames (self->window, 1);
      shown[turn] = test_cpu_ms () - began;
    }
  qsort (shown, G_N_ELEMENTS (shown), sizeof *shown, compare_doubles);
  qsort (turns, G_N_ELEMENTS (turns), sizeof *turns, compare_doubles);
  qsort (frames, G_N_ELEMENTS (frames), sizeof *frames, compare_doubles);
  g_test_message ("300 who change: a turn takes %.2f ms (%.2f at most), the drawing %.2f ms (%.2f at most) of CPU; until the window shows it, by software, %.1f ms",
                  turns[10], turns[20], frames[10], frames[20], shown[10]);
  g_assert_cmpfloat (turns[10], <, bar);
  g_assert_cmpfloat (frames[10], <, bar);
}

/* In the program: a switch on the peers page, and what the network knows. */
static void
test_page (void)
{
  AppFixture ours = { 0 }, theirs = { 0 };
  RtNetwork *network, *friend;
  RtWindow *window;
  GtkWidget *view, *pane;
  g_autofree char *address = NULL;

  app_fixture_set_up (&ours, "Ada");
  app_fixture_set_up (&theirs, "Bob");
  network = app_fixture_add (&ours, "club");
  friend = app_fixture_add (&theirs, "club");
  window = rt_window_new (ours.app, ours.networks);
  window_show (window);
  view = GTK_WIDGET (window_get_view (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  app_settle ();
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (app_find (view, GTK_TYPE_TOGGLE_BUTTON, "graph_button")), TRUE);
  app_settle ();
  pane = app_find (view, RT_TYPE_GRAPH_PANE, NULL);
  g_assert_true (gtk_widget_get_mapped (pane));
  g_assert_true (app_shows (pane, "1 person, 0 connections known"));
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (friend)));
  rt_network_connect_async (network, address, NULL, NULL, NULL);
  app_wait_for (app_shows (pane, "2 people, 1 connection known"));
  app_frames (GTK_WIDGET (window), 5);
  app_picture (GTK_WIDGET (window), "graph-page");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (app_find (view, GTK_TYPE_TOGGLE_BUTTON, "list_button")), TRUE);
  app_settle ();
  g_assert_false (gtk_widget_get_mapped (pane));
  rt_network_stop (network);
  app_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rt_network_get_graph (network))), ==, 0);
  app_fixture_tear_down (&ours);
  app_fixture_tear_down (&theirs);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

#define ADD(name, n, func) g_test_add ("/graph-view/" name, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  ADD ("fits", 50, test_fits);
  ADD ("keys", 20, test_keys);
  ADD ("list", 20, test_list);
  ADD ("reading", 50, test_reading);
  ADD ("cost", 300, test_cost);
  g_test_add_func ("/graph-view/looks", test_looks);
  g_test_add_func ("/graph-view/page", test_page);
  return g_test_run ();
}
