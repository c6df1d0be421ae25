/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selecting in the text of a message: what is selected, and with the mouse. */
#include "config.h"

#include <string.h>

#include "rt-message-body-private.h"

#define SELECTED "rt-selected-body"     /* on the window: the one that has a selection */

/* ---- what is selected ---- */

static void
forget_selected (gpointer data, GObject *gone)
{
  g_object_set_data (G_OBJECT (data), SELECTED, NULL);
}

/* One selection a window: where it was before, it is taken away. */
static void
be_the_one (RtMessageBody *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  RtMessageBody *other;

  if (root == NULL)
    return;
  other = g_object_get_data (G_OBJECT (root), SELECTED);
  if (other == self)
    return;
  if (other != NULL)
    {
      g_object_weak_unref (G_OBJECT (other), forget_selected, root);
      g_object_set_data (G_OBJECT (root), SELECTED, NULL);
      rt_message_body_unselect (other);
    }
  g_object_set_data (G_OBJECT (root), SELECTED, self);
  g_object_weak_ref (G_OBJECT (self), forget_selected, root);
}

static void
leave_root (RtMessageBody *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root == NULL || g_object_get_data (G_OBJECT (root), SELECTED) != self)
    return;
  g_object_weak_unref (G_OBJECT (self), forget_selected, root);
  g_object_set_data (G_OBJECT (root), SELECTED, NULL);
}

void
rt_message_body_set_range (RtMessageBody *self, int anchor, int caret)
{
  if (self->anchor == anchor && self->caret == caret)
    return;
  self->anchor = anchor;
  self->caret = caret;
  if (anchor != caret)
    be_the_one (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What can be pasted with the middle button, as everywhere */
void
rt_message_body_tell_primary (RtMessageBody *self)
{
  g_autofree char *text = rt_message_body_dup_selection (self);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_primary_clipboard (GTK_WIDGET (self)), text);
}

char *
rt_message_body_dup_selection (RtMessageBody *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_BODY (self), NULL);

  if (self->anchor == self->caret)
    return NULL;
  return g_strndup (self->text + MIN (self->anchor, self->caret), (gsize) ABS (self->anchor - self->caret));
}

void
rt_message_body_select (RtMessageBody *self, int from, int to)
{
  int length;

  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  length = (int) strlen (self->text);
  rt_message_body_set_range (self, CLAMP (from, 0, length), to < 0 ? length : MIN (to, length));
  rt_message_body_tell_primary (self);
}

void
rt_message_body_unselect (RtMessageBody *self)
{
  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  leave_root (self);
  self->focus_link = -1;
  self->caret_x = -1;
  rt_message_body_set_range (self, 0, 0);
}

gboolean
rt_message_body_unselect_all (GtkWidget *in_window)
{
  GtkRoot *root = gtk_widget_get_root (in_window);
  RtMessageBody *selected = root != NULL ? g_object_get_data (G_OBJECT (root), SELECTED) : NULL;
  gboolean had = selected != NULL && selected->anchor != selected->caret;

  if (selected != NULL)
    rt_message_body_unselect (selected);
  return had;
}

/* ---- drawing ---- */

void
rt_message_body_snapshot_selection (RtMessageBody *self, GtkSnapshot *snapshot)
{
  int range[] = { MIN (self->anchor, self->caret), MAX (self->anchor, self->caret) };
  cairo_region_t *region;
  GdkRGBA color;

  if (range[0] == range[1])
    return;
  /* of the text's own colour: to be seen on every ground */
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  color.alpha *= 0.3f;
  region = gdk_pango_layout_get_clip_region (self->layout, 0, 0, range, 1);
  for (int i = 0; i < cairo_region_num_rectangles (region); i++)
    {
      cairo_rectangle_int_t r;

      cairo_region_get_rectangle (region, i, &r);
      gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT ((float) r.x, (float) r.y, (float) r.width, (float) r.height));
    }
  cairo_region_destroy (region);
}

void
rt_message_body_snapshot_caret (RtMessageBody *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (!gtk_widget_has_focus (widget) || !gtk_widget_has_visible_focus (widget))
    return;
  if (self->focus_link >= 0)
    rt_message_body_snapshot_link (self, snapshot);
  else
    gtk_snapshot_render_insertion_cursor (snapshot, gtk_widget_get_style_context (widget), 0, 0, self->layout, self->caret,
                                          pango_layout_get_direction (self->layout, self->caret));
}

/* ---- the mouse ---- */

static int
index_at (RtMessageBody *self, double x, double y, gboolean *inside)
{
  int index, trailing;

  *inside = pango_layout_xy_to_index (rt_message_body_get_layout (self), (int) (x * PANGO_SCALE), (int) (y * PANGO_SCALE), &index, &trailing);
  for (; trailing > 0 && self->text[index] != '\0'; trailing--)
    index = (int) (g_utf8_next_char (self->text + index) - self->text);
  return index;
}

static void
select_word (RtMessageBody *self, int index)
{
  int n, at = (int) g_utf8_pointer_to_offset (self->text, self->text + index), start = at, end = at;
  const PangoLogAttr *attributes = pango_layout_get_log_attrs_readonly (rt_message_body_get_layout (self), &n);

  while (start > 0 && !attributes[start].is_word_start && !attributes[start].is_word_end)
    start--;
  if (start == at || attributes[start].is_word_start)
    for (end = MIN (at + 1, n - 1); end < n - 1 && !attributes[end].is_word_end && !attributes[end].is_word_start; end++)
      ;
  rt_message_body_set_range (self, (int) (g_utf8_offset_to_pointer (self->text, start) - self->text), (int) (g_utf8_offset_to_pointer (self->text, end) - self->text));
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, RtMessageBody *self)
{
  gboolean inside;
  int index = index_at (self, x, y, &inside);
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  self->focus_link = -1;
  self->pressed_link = n_press == 1 && (state & GDK_SHIFT_MASK) == 0 ? rt_message_body_link_under (self, x, y) : -1;
  if (n_press == 2)
    select_word (self, index);
  else if (n_press >= 3)
    rt_message_body_set_range (self, 0, (int) strlen (self->text));
  else
    {
      if ((state & GDK_SHIFT_MASK) == 0)
        rt_message_body_unselect_all (GTK_WIDGET (self));
      rt_message_body_set_range (self, (state & GDK_SHIFT_MASK) != 0 ? self->anchor : index, index);
    }
  if (self->anchor != self->caret)
    rt_message_body_tell_primary (self);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y, RtMessageBody *self)
{
  int link = self->pressed_link;

  self->pressed_link = -1;
  if (link >= 0 && self->anchor == self->caret && link == rt_message_body_link_under (self, x, y))
    rt_message_body_follow (self, link);
}

static gboolean
is_touch (GtkGesture *gesture)
{
  GdkDevice *device = gtk_gesture_get_device (gesture);

  return device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN;
}

/* A finger scrolls. */
static void
drag_begin_cb (GtkGesture *gesture, double x, double y, RtMessageBody *self)
{
  if (is_touch (gesture))
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, RtMessageBody *self)
{
  double x, y;
  gboolean inside;
  int index;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  index = index_at (self, x + dx, y + dy, &inside);
  if (index == self->caret && self->anchor == self->caret)
    return;
  /* a word that was pressed twice keeps what was selected until the pointer is outside of it */
  if (!gtk_drag_check_threshold (GTK_WIDGET (self), (int) x, (int) y, (int) (x + dx), (int) (y + dy)))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  rt_message_body_set_range (self, self->anchor, index);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, RtMessageBody *self)
{
  rt_message_body_tell_primary (self);
}

static void
motion_cb (GtkEventControllerMotion *motion, double x, double y, RtMessageBody *self)
{
  const char *name = rt_message_body_link_under (self, x, y) >= 0 ? "pointer" : "text";
  GdkCursor *now = gtk_widget_get_cursor (GTK_WIDGET (self));

  if (now == NULL || g_strcmp0 (gdk_cursor_get_name (now), name) != 0)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static void
unroot (GtkWidget *widget)
{
  leave_root (RT_MESSAGE_BODY (widget));
  GTK_WIDGET_CLASS (g_type_class_peek (GTK_TYPE_WIDGET))->unroot (widget);
}

void
rt_message_body_class_init_select (GtkWidgetClass *widget_class)
{
  widget_class->unroot = unroot;
}

void
rt_message_body_init_select (RtMessageBody *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->caret_x = -1;
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}
