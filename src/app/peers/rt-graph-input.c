/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer and keyboard of an RtGraphView. */
#include "config.h"

#include <math.h>

#include "rt-graph-view-private.h"

/* So near to a mark the pointer means it. */
#define REACH 14
#define PAN_STEP 48
#define ZOOM_STEP 1.25

static RtGraphNode *
find_node (RtGraphView *self,
           double       x,
           double       y)
{
  RtGraphNode *best = NULL;
  double least = REACH;

  for (guint i = 0; self->graph != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->graph)); i++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);
      double at_x, at_y;

      rt_graph_view_get_point (self, node, &at_x, &at_y);
      if (hypot (at_x - x, at_y - y) < least)
        {
          least = hypot (at_x - x, at_y - y);
          best = node;
        }
    }
  return best;
}

/* From the cursor the nearest that lies more in this direction than beside it. */
static RtGraphNode *
find_towards (RtGraphView *self,
              int          dx,
              int          dy)
{
  RtGraphNode *best = NULL;
  double from_x, from_y, least = G_MAXDOUBLE;

  rt_graph_node_get_place (self->cursor, &from_x, &from_y);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->graph)); i++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);
      double x, y, along, beside;

      rt_graph_node_get_place (node, &x, &y);
      along = (x - from_x) * dx + (y - from_y) * dy;
      beside = fabs ((x - from_x) * dy) + fabs ((y - from_y) * dx);
      if (node == self->cursor || along <= 0.01 || beside > along * 1.5 || along + 2 * beside >= least)
        continue;
      least = along + 2 * beside;
      best = node;
    }
  return best;
}

static RtGraphNode *
get_first (RtGraphView *self)
{
  g_autoptr (RtGraphNode) node = self->graph != NULL ? g_list_model_get_item (G_LIST_MODEL (self->graph), 0) : NULL;

  return node;
}

static void
move_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  RtGraphView *self = RT_GRAPH_VIEW (widget);
  RtGraphNode *next;
  int dx, dy;

  g_variant_get (parameter, "(ii)", &dx, &dy);
  if (self->cursor == NULL || (dx == 0 && dy == 0))
    next = get_first (self);
  else
    next = find_towards (self, dx, dy);
  if (next != NULL)
    rt_graph_view_set_cursor (self, next);
  else
    gtk_widget_error_bell (widget);
}

static void
choose_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  RtGraphView *self = RT_GRAPH_VIEW (widget);

  if (self->cursor != NULL)
    rt_graph_view_set_chosen (self, self->cursor);
}

static void
pan_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  int dx, dy;

  g_variant_get (parameter, "(ii)", &dx, &dy);
  rt_graph_view_pan (RT_GRAPH_VIEW (widget), -dx * PAN_STEP, -dy * PAN_STEP);
}

static void
zoom_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  double x = gtk_widget_get_width (widget) / 2.0, y = gtk_widget_get_height (widget) / 2.0;

  rt_graph_view_zoom (RT_GRAPH_VIEW (widget), g_str_equal (name, "graph.zoom-in") ? ZOOM_STEP : 1 / ZOOM_STEP, x, y);
}

static void
fit_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  rt_graph_view_zoom (RT_GRAPH_VIEW (widget), 0, 0, 0);
}

/* Nothing chosen: it is for who is around. */
static gboolean
escape_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  RtGraphView *self = RT_GRAPH_VIEW (widget);

  if (self->chosen == NULL)
    return FALSE;
  rt_graph_view_set_chosen (self, NULL);
  return TRUE;
}

/* ---- pointer ---- */

static void
set_hover (RtGraphView *self,
           RtGraphNode *node)
{
  if (self->hover == node)
    return;
  g_set_object (&self->hover, node);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (RtGraphView *self,
           double       x,
           double       y)
{
  set_hover (self, find_node (self, x, y));
}

static void
leave_cb (RtGraphView *self)
{
  set_hover (self, NULL);
}

static void
released_cb (RtGraphView *self,
             int          n_press,
             double       x,
             double       y)
{
  RtGraphNode *node = find_node (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (node == NULL)
    return;
  rt_graph_view_set_cursor (self, node);
  rt_graph_view_set_chosen (self, node);
}

static void
drag_begin_cb (RtGraphView *self,
               double       x,
               double       y)
{
  self->drag_x = self->drag_y = 0;
}

static void
drag_update_cb (RtGraphView    *self,
                double          x,
                double          y,
                GtkGestureDrag *gesture)
{
  /* a click shakes a little */
  if (self->drag_x == 0 && self->drag_y == 0 && hypot (x, y) < 6)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  rt_graph_view_pan (self, x - self->drag_x, y - self->drag_y);
  self->drag_x = x;
  self->drag_y = y;
}

/* Without Control it scrolls what is around. */
static gboolean
scroll_cb (RtGraphView              *self,
           double                    dx,
           double                    dy,
           GtkEventControllerScroll *scroll)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if (!(state & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  rt_graph_view_zoom (self, pow (ZOOM_STEP, -dy), gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
  return GDK_EVENT_STOP;
}

static gboolean
rt_graph_view_query_tooltip (GtkWidget  *widget,
                             int         x,
                             int         y,
                             gboolean    keyboard,
                             GtkTooltip *tooltip)
{
  RtGraphView *self = RT_GRAPH_VIEW (widget);
  RtGraphNode *node = keyboard ? self->cursor : find_node (self, x, y);
  g_autofree char *words = node != NULL ? rt_graph_view_dup_spoken (self, node) : NULL;

  gtk_tooltip_set_text (tooltip, words);
  return words != NULL;
}

void
rt_graph_view_install_input (GtkWidgetClass *widget_class)
{
  static const struct { guint keyval, keypad; int dx, dy; } moves[] = {
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 }, { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 }, { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 }, { GDK_KEY_Home, GDK_KEY_KP_Home, 0, 0 },
  };
  static const struct { guint keyval; const char *action; } keys[] = {
    { GDK_KEY_Return, "graph.choose" }, { GDK_KEY_KP_Enter, "graph.choose" }, { GDK_KEY_space, "graph.choose" }, { GDK_KEY_plus, "graph.zoom-in" },
    { GDK_KEY_KP_Add, "graph.zoom-in" }, { GDK_KEY_equal, "graph.zoom-in" }, { GDK_KEY_minus, "graph.zoom-out" }, { GDK_KEY_KP_Subtract, "graph.zoom-out" },
    { GDK_KEY_0, "graph.fit" }, { GDK_KEY_KP_0, "graph.fit" },
  };

  widget_class->query_tooltip = rt_graph_view_query_tooltip;
  gtk_widget_class_install_action (widget_class, "graph.move", "(ii)", move_action);
  gtk_widget_class_install_action (widget_class, "graph.pan", "(ii)", pan_action);
  gtk_widget_class_install_action (widget_class, "graph.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "graph.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "graph.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "graph.fit", NULL, fit_action);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      gtk_widget_class_add_binding_action (widget_class, moves[i].keyval, 0, "graph.move", "(ii)", moves[i].dx, moves[i].dy);
      gtk_widget_class_add_binding_action (widget_class, moves[i].keypad, 0, "graph.move", "(ii)", moves[i].dx, moves[i].dy);
      if (moves[i].dx != 0 || moves[i].dy != 0)
        gtk_widget_class_add_binding_action (widget_class, moves[i].keyval, GDK_CONTROL_MASK, "graph.pan", "(ii)", moves[i].dx, moves[i].dy);
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].keyval, 0, keys[i].action, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}

void
rt_graph_view_add_controllers (RtGraphView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (released_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
