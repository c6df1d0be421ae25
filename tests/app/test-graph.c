/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is linked with whom: drawn, as a list, by keyboard and by pointer; and what it costs. */
#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "../support/test-slowness.h"
#include "window-fixture.h"
#include "app/peers/rt-graph-pane.h"
#include "app/peers/rt-graph-row.h"
#include "app/peers/rt-graph-view-private.h"
#include "app/peers/rt-line-raster.h"
#include "model/network/rt-network-private.h"

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

static double
get_median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return values[n / 2];
}

/* A frame of the window, all of it, by the software renderer. */
static double
show_frame (Fixture *self)
{
  double began = test_cpu_ms ();

  app_frames (self->window, 1);
  return test_cpu_ms () - began;
}

/* What the widget does for it. */
static double
draw (Fixture *self)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  double began = test_cpu_ms (), took;
  GskRenderNode *node;

  rt_graph_view_snapshot (GTK_WIDGET (self->view), snapshot);
  took = test_cpu_ms () - began;
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_clear_pointer (&node, gsk_render_node_unref);
  return took;
}

#define TURNS 21

/* Everybody's links are others: what that costs the main thread, with the frame that shows it. Then the drawing is moved, and then the pointer only. */
static void
test_cost (Fixture *self, gconstpointer data)
{
  double turns[TURNS], drawn[TURNS], shown[TURNS], moved[TURNS], hovered[TURNS], bar = TURN_MS * test_slowness ();
  double turn_ms, drawn_ms, shown_ms, moved_ms, hovered_ms;

  for (guint turn = 0; turn < TURNS; turn++)
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
      g_assert_null (self->view->texture);
      drawn[turn] = draw (self);
      g_clear_object (&self->view->texture);
      shown[turn] = show_frame (self);
    }
  for (guint turn = 0; turn < TURNS; turn++)
    {
      rt_graph_view_pan (self->view, turn % 2 == 0 ? 3 : -3, 2);
      moved[turn] = show_frame (self);
    }
  for (guint turn = 0; turn < TURNS; turn++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), turn);
      GdkTexture *texture = self->view->texture;

      g_set_object (&self->view->hover, node);
      gtk_widget_queue_draw (GTK_WIDGET (self->view));
      hovered[turn] = show_frame (self);
      g_assert_true (self->view->texture == texture);
    }
  turn_ms = get_median (turns, TURNS);
  drawn_ms = get_median (drawn, TURNS);
  shown_ms = get_median (shown, TURNS);
  moved_ms = get_median (moved, TURNS);
  hovered_ms = get_median (hovered, TURNS);
  g_test_message ("300 who change, %u lines: a turn takes %.2f ms of CPU, the drawing %.2f ms (%.2f at most); a frame of the window by software %.1f ms, while it is dragged %.1f ms, where only the pointer moves %.1f ms",
                  rt_graph_get_n_edges (self->graph), turn_ms, drawn_ms, drawn[TURNS - 1], shown_ms, moved_ms, hovered_ms);
  g_assert_cmpfloat (turn_ms, <, bar);
  g_assert_cmpfloat (drawn_ms, <, bar);
  g_assert_cmpfloat (shown_ms, <, bar);
  g_assert_cmpfloat (moved_ms, <, bar);
  g_assert_cmpfloat (hovered_ms, <, bar);
}

/* Whatever is drawn is made anew when it is another, and not for anything else. */
static void
test_texture (Fixture *self, gconstpointer data)
{
  const char *told[] = { "node5", NULL };
  GdkTexture *last;

#define REDRAWN(anew) G_STMT_START { \
    last = g_object_ref (self->view->texture); \
    app_frames (self->window, 2); \
    g_assert_true ((self->view->texture != last) == (anew)); \
    g_object_unref (last); \
  } G_STMT_END
#define IS_REDRAWN(do_it) G_STMT_START { \
    last = g_object_ref (self->view->texture); \
    do_it; \
    app_frames (self->window, 3); \
    g_assert_nonnull (self->view->texture); \
    g_assert_true (self->view->texture != last); \
    g_object_unref (last); \
  } G_STMT_END

  app_frames (self->window, 20);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  move (self, 0, 0);
  REDRAWN (FALSE);
  name (self, "node3", "Somebody else");
  rt_people_flush (self->people, g_get_real_time ());
  REDRAWN (FALSE);
  IS_REDRAWN (rt_graph_view_set_chosen (self->view, rt_graph_find (self->graph, "node1")));
  IS_REDRAWN (rt_graph_view_pan (self->view, 5, 0));
  IS_REDRAWN (rt_graph_view_zoom (self->view, 1.5, 10, 10));
  IS_REDRAWN (rt_graph_tell (self->graph, "node8", told, NOW); rt_graph_update (self->graph, NOW));
  IS_REDRAWN (adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK); app_frames (self->window, 15));
  IS_REDRAWN (gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 600); app_frames (self->window, 15));
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
}

/* ---- lines ---- */

#define SIDE 24
/* Pixels around what may be written. */
#define FENCE 4

typedef struct {
  guint32      all[(SIDE + 2 * FENCE) * (SIDE + 2 * FENCE)];
  RtLineRaster raster;
} Paper;

static void
paper_init (Paper *paper)
{
  memset (paper->all, 0, sizeof paper->all);
  paper->raster = (RtLineRaster) { paper->all + FENCE * (SIDE + 2 * FENCE) + FENCE, SIDE, SIDE, SIDE + 2 * FENCE };
}

static guint
get_alpha (Paper *paper, int x, int y)
{
  return paper->raster.pixels[y * paper->raster.stride + x] >> 24;
}

/* How much is drawn, in pixels; nothing of it outside. */
static double
sum_up (Paper *paper)
{
  double sum = 0, inside = 0;

  for (guint i = 0; i < G_N_ELEMENTS (paper->all); i++)
    sum += paper->all[i] >> 24;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      inside += get_alpha (paper, x, y);
  g_assert_cmpfloat (sum, ==, inside);
  return sum / 255;
}

static double
draw_line (double from_x, double from_y, double to_x, double to_y, double thickness, double on, double off)
{
  RtLine line = { from_x, from_y, to_x, to_y, thickness, on, off, 0xff000000 };
  Paper paper;

  paper_init (&paper);
  rt_line_raster_draw (&paper.raster, &line);
  return sum_up (&paper);
}

/* As much is black as the line is long and thick, however it lies, and none of it outside. */
static void
test_lines (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  RtLine half = { 4, 10.5, 20, 10.5, 1, 0, 0, 0x80800000 };
  Paper paper;

  for (double angle = 0; angle < 2 * G_PI; angle += 0.1)
    {
      double x = 12 + 10 * cos (angle), y = 12 + 10 * sin (angle);

      g_assert_cmpfloat_with_epsilon (draw_line (12, 12, x, y, 1.2, 0, 0), 12, 1);
      g_assert_cmpfloat_with_epsilon (draw_line (x, y, 12, 12, 2.5, 0, 0), 25, 2);
      /* two of four pixels, from the beginning on */
      g_assert_cmpfloat_with_epsilon (draw_line (12, 12, x, y, 1, 2, 2), 6, 1);
      /* out at one end, and on the way back in */
      g_assert_cmpfloat (draw_line (12, 12, 12 + 1e5 * cos (angle), 12 + 1e5 * sin (angle), 1, 0, 0), >, 10);
      g_assert_cmpfloat (draw_line (12 - 1e5 * cos (angle), 12 - 1e5 * sin (angle), 12 + 1e5 * cos (angle), 12 + 1e5 * sin (angle), 1, 0, 0), >, 20);
    }
  g_assert_cmpfloat (draw_line (5, 5, 5, 5, 2, 0, 0), ==, 0);
  g_assert_cmpfloat (draw_line (5, 5, NAN, 5, 2, 0, 0), ==, 0);
  g_assert_cmpfloat (draw_line (-9, -9, -2, 40, 2, 0, 0), ==, 0);
  g_assert_cmpfloat (draw_line (30, 5, 90, 5, 2, 0, 0), ==, 0);
  for (guint i = 0; i < 5000; i++)
    draw_line (g_rand_double_range (rand, -40, 60), g_rand_double_range (rand, -40, 60), g_rand_double_range (rand, -40, 60), g_rand_double_range (rand, -40, 60),
               g_rand_double_range (rand, 0.5, 6), g_rand_double_range (rand, 1, 6), g_rand_int_range (rand, 0, 5));
  /* one over the other, never more than opaque */
  paper_init (&paper);
  rt_line_raster_draw (&paper.raster, &half);
  g_assert_cmpuint (get_alpha (&paper, 12, 10), ==, 0x80);
  g_assert_cmpuint (get_alpha (&paper, 12, 11), ==, 0);
  for (guint i = 0; i < 20; i++)
    rt_line_raster_draw (&paper.raster, &half);
  g_assert_cmpuint (get_alpha (&paper, 12, 10), >=, 0xfc);
  g_assert_cmpuint (get_alpha (&paper, 3, 10), ==, 0);
  g_assert_cmpuint (get_alpha (&paper, 20, 10), ==, 0);
}

static void
choose (GtkWidget *view, const char *button)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (app_find (view, GTK_TYPE_TOGGLE_BUTTON, button)), TRUE);
  app_settle ();
}

/* Who chose the drawing finds it again: in another network, and in the next window. */
static void
test_remembered (void)
{
  AppFixture ours = { 0 };
  RtNetwork *one, *two;
  RtSettings *settings;
  RtWindow *window;

  app_fixture_set_up (&ours, "Ada");
  one = app_fixture_add (&ours, "one");
  two = app_fixture_add (&ours, "two");
  settings = rt_application_get_settings (ours.app);
  g_assert_true (rt_network_get_settings (one) == settings);
  window = rt_window_new (ours.app, ours.networks);
  window_show (window);
  rt_window_select (window, one, TRUE);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (app_find (GTK_WIDGET (window_get_view (window)), GTK_TYPE_TOGGLE_BUTTON, "list_button"))));
  choose (GTK_WIDGET (window_get_view (window)), "graph_button");
  g_assert_true (rt_settings_get_flag (settings, "peers-as-graph"));
  rt_window_select (window, two, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  app_settle ();
  g_assert_true (gtk_widget_get_mapped (app_find (GTK_WIDGET (window_get_view (window)), RT_TYPE_GRAPH_PANE, NULL)));
  gtk_window_destroy (GTK_WINDOW (window));
  app_settle ();

  window = rt_window_new (ours.app, ours.networks);
  window_show (window);
  rt_window_select (window, one, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  app_settle ();
  g_assert_true (gtk_widget_get_mapped (app_find (GTK_WIDGET (window_get_view (window)), RT_TYPE_GRAPH_PANE, NULL)));
  choose (GTK_WIDGET (window_get_view (window)), "list_button");
  g_assert_false (rt_settings_get_flag (settings, "peers-as-graph"));
  app_fixture_tear_down (&ours);
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
  choose (view, "graph_button");
  pane = app_find (view, RT_TYPE_GRAPH_PANE, NULL);
  g_assert_true (gtk_widget_get_mapped (pane));
  g_assert_true (app_shows (pane, "1 person, 0 connections known"));
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (friend)));
  rt_network_connect_async (network, address, NULL, NULL, NULL);
  app_wait_for (app_shows (pane, "2 people, 1 connection known"));
  app_frames (GTK_WIDGET (window), 5);
  app_picture (GTK_WIDGET (window), "graph-page");
  choose (view, "list_button");
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
  ADD ("texture", 20, test_texture);
  ADD ("cost", 300, test_cost);
  g_test_add_func ("/graph-view/lines", test_lines);
  g_test_add_func ("/graph-view/looks", test_looks);
  g_test_add_func ("/graph-view/page", test_page);
  g_test_add_func ("/graph-view/remembered", test_remembered);
  return g_test_run ();
}
