/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pointer and keyboard of an RtRingView. */
#include "config.h"

#include <math.h>

#include "rt-ring-view-private.h"

/* So near to a mark the pointer means it. */
#define REACH 10
#define BIG_STEP 10

static guint
find_mark (RtRingView *self,
           double      x,
           double      y)
{
  RtRingGeometry geometry;
  guint best = RT_RING_NO_MARK;
  double least = REACH * REACH;

  rt_ring_view_get_geometry (self, &geometry);
  for (guint i = 0; i < self->marks->len; i++)
    {
      double at_x, at_y, distance;

      rt_ring_get_point (&geometry, rt_ring_view_get_mark (self, i)->fraction, geometry.radius, &at_x, &at_y);
      distance = (at_x - x) * (at_x - x) + (at_y - y) * (at_y - y);
      if (distance < least)
        {
          least = distance;
          best = i;
        }
    }
  return best;
}

static int
find_spot (RtRingView *self,
           double      x,
           double      y)
{
  RtRingGeometry geometry;

  rt_ring_view_get_geometry (self, &geometry);
  for (guint i = 0; i < self->n_spots; i++)
    {
      double at_x, at_y;

      rt_ring_get_point (&geometry, self->spots[i].facts.fraction, rt_ring_get_spot_distance (&geometry, &self->spots[i]), &at_x, &at_y);
      if (hypot (at_x - x, at_y - y) <= geometry.spot_radius + 2)
        return (int) i;
    }
  return -1;
}

char *
rt_ring_view_dup_words_at (RtRingView *self,
                           double      x,
                           double      y)
{
  int spot;
  guint mark;

  g_return_val_if_fail (RT_IS_RING_VIEW (self), NULL);

  spot = find_spot (self, x, y);
  if (spot >= 0)
    return rt_ring_place_dup_spoken (&self->spots[spot].facts);
  mark = find_mark (self, x, y);
  return mark != RT_RING_NO_MARK ? rt_ring_view_dup_mark_words (self, mark) : NULL;
}

static gboolean
rt_ring_view_query_tooltip (GtkWidget  *widget,
                            int         x,
                            int         y,
                            gboolean    keyboard,
                            GtkTooltip *tooltip)
{
  RtRingView *self = RT_RING_VIEW (widget);
  g_autofree char *words = NULL;

  if (!keyboard)
    words = rt_ring_view_dup_words_at (self, x, y);
  else if (rt_ring_view_get_mark (self, self->cursor) != NULL)
    words = rt_ring_view_dup_mark_words (self, self->cursor);
  gtk_tooltip_set_text (tooltip, words);
  return words != NULL;
}

static void
motion_cb (RtRingView *self,
           double      x,
           double      y)
{
  guint hover = find_mark (self, x, y);

  if (hover == self->hover)
    return;
  self->hover = hover;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (RtRingView *self)
{
  if (self->hover == RT_RING_NO_MARK)
    return;
  self->hover = RT_RING_NO_MARK;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pressed_cb (RtRingView *self,
            int         n_press,
            double      x,
            double      y)
{
  guint mark = find_mark (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (mark == RT_RING_NO_MARK)
    return;
  self->cursor = mark;
  rt_ring_view_speak (self);
  rt_ring_view_choose (self, mark);
}

static void
move_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  RtRingView *self = RT_RING_VIEW (widget);
  int step = g_variant_get_int32 (parameter), n = (int) self->marks->len;

  if (n == 0)
    return;
  if (step == 0 || self->cursor == RT_RING_NO_MARK)
    self->cursor = self->self_mark != RT_RING_NO_MARK ? self->self_mark : 0;
  else
    self->cursor = (guint) ((((int) self->cursor + step) % n + n) % n);
  rt_ring_view_speak (self);
  gtk_widget_queue_draw (widget);
}

static void
choose_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  RtRingView *self = RT_RING_VIEW (widget);

  if (rt_ring_view_get_mark (self, self->cursor) != NULL)
    rt_ring_view_choose (self, self->cursor);
}

void
rt_ring_view_install_input (GtkWidgetClass *widget_class)
{
  static const struct { guint keyval; int step; } moves[] = {
    { GDK_KEY_Right, 1 }, { GDK_KEY_Down, 1 }, { GDK_KEY_Left, -1 }, { GDK_KEY_Up, -1 }, { GDK_KEY_Page_Down, BIG_STEP },
    { GDK_KEY_Page_Up, -BIG_STEP }, { GDK_KEY_Home, 0 },
  };
  static const guint chooses[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_space };

  widget_class->query_tooltip = rt_ring_view_query_tooltip;
  gtk_widget_class_install_action (widget_class, "ring-view.move", "i", move_action);
  gtk_widget_class_install_action (widget_class, "ring-view.choose", NULL, choose_action);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding_action (widget_class, moves[i].keyval, 0, "ring-view.move", "i", moves[i].step);
  for (guint i = 0; i < G_N_ELEMENTS (chooses); i++)
    gtk_widget_class_add_binding_action (widget_class, chooses[i], 0, "ring-view.choose", NULL);
}

void
rt_ring_view_add_controllers (RtRingView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new (), *click = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), click);
}
