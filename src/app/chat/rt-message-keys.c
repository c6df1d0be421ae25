/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboard in the text of a message: to select, and from link to link. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-message-body-private.h"

static int
move_by_char (RtMessageBody *self, int index, int step)
{
  int next, trailing;

  pango_layout_move_cursor_visually (rt_message_body_get_layout (self), TRUE, index, 0, step, &next, &trailing);
  if (next < 0)
    return index;
  if (next == G_MAXINT)
    return index;
  for (; trailing > 0 && self->text[next] != '\0'; trailing--)
    next = (int) (g_utf8_next_char (self->text + next) - self->text);
  return next;
}

static int
move_by_word (RtMessageBody *self, int index, int step)
{
  int n, at = (int) g_utf8_pointer_to_offset (self->text, self->text + index);
  const PangoLogAttr *attributes = pango_layout_get_log_attrs_readonly (rt_message_body_get_layout (self), &n);

  if (pango_layout_get_direction (rt_message_body_get_layout (self), index) == PANGO_DIRECTION_RTL)
    step = -step;
  for (at += step; at > 0 && at < n - 1; at += step)
    if (step > 0 ? attributes[at].is_word_end : attributes[at].is_word_start)
      break;
  at = CLAMP (at, 0, n - 1);
  return (int) (g_utf8_offset_to_pointer (self->text, at) - self->text);
}

static int
move_by_line (RtMessageBody *self, int index, int step)
{
  PangoLayout *layout = rt_message_body_get_layout (self);
  int line, x, next, trailing;
  PangoLayoutLine *to;

  pango_layout_index_to_line_x (layout, index, FALSE, &line, &x);
  if (self->caret_x >= 0)
    x = self->caret_x;
  self->caret_x = x;
  line += step;
  if (line < 0)
    return 0;
  to = pango_layout_get_line_readonly (layout, line);
  if (to == NULL)
    return (int) strlen (self->text);
  pango_layout_line_x_to_index (to, x, &next, &trailing);
  for (; trailing > 0 && self->text[next] != '\0'; trailing--)
    next = (int) (g_utf8_next_char (self->text + next) - self->text);
  return next;
}

static int
move_to_line_end (RtMessageBody *self, int index, int step)
{
  PangoLayout *layout = rt_message_body_get_layout (self);
  int line;
  PangoLayoutLine *at;

  pango_layout_index_to_line_x (layout, index, FALSE, &line, NULL);
  at = pango_layout_get_line_readonly (layout, line);
  if (at == NULL)
    return index;
  return step < 0 ? at->start_index : at->start_index + at->length;
}

enum { BY_CHAR, BY_WORD, BY_LINE, TO_LINE_END, TO_END };

/* (kind, step, whether it selects) */
static gboolean
move_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  int kind, step, next = self->caret;
  gboolean extend;

  if (!gtk_widget_has_focus (widget))
    return FALSE;
  g_variant_get (args, "(iib)", &kind, &step, &extend);
  if (kind != BY_LINE)
    self->caret_x = -1;
  switch (kind)
    {
    case BY_CHAR: next = move_by_char (self, self->caret, step); break;
    case BY_WORD: next = move_by_word (self, self->caret, step); break;
    case BY_LINE: next = move_by_line (self, self->caret, step); break;
    case TO_LINE_END: next = move_to_line_end (self, self->caret, step); break;
    default: next = step < 0 ? 0 : (int) strlen (self->text);
    }
  self->focus_link = -1;
  rt_message_body_set_range (self, extend ? self->anchor : next, next);
  if (extend)
    rt_message_body_tell_primary (self);
  gtk_widget_queue_draw (widget);
  return TRUE;
}

static gboolean
follow_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  int link = self->focus_link >= 0 ? self->focus_link : rt_message_body_link_at (self, self->caret);

  if (link < 0 || !gtk_widget_has_focus (widget))
    return FALSE;
  rt_message_body_follow (self, link);
  return TRUE;
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);

  if (self->anchor == self->caret)
    return FALSE;
  rt_message_body_set_range (self, self->caret, self->caret);
  return TRUE;
}

/* From link to link, then out */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  int n = (int) rt_message_body_get_links (self)->len, step = direction == GTK_DIR_TAB_FORWARD ? 1 : -1, next;

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return FALSE;
  if (!gtk_widget_has_focus (widget))
    {
      if (!gtk_widget_grab_focus (widget))
        return FALSE;
      next = n == 0 ? -1 : step > 0 ? 0 : n - 1;
    }
  else
    {
      next = self->focus_link + step;
      if (self->focus_link < 0 || next < 0 || next >= n)
        return FALSE;
    }
  self->focus_link = next;
  if (next >= 0)
    {
      RtLink *link = &g_array_index (rt_message_body_get_links (self), RtLink, next);
      g_autofree char *target = rt_link_dup_target (self->text, link);
      /* Translators: what a screen reader says of an address in a message; then all of the message */
      g_autofree char *words = g_strdup_printf (_("Link %s. %s"), target, self->text);

      rt_message_body_set_range (self, (int) link->start, (int) link->start);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
    }
  gtk_widget_queue_draw (widget);
  return TRUE;
}

static void
focus_left_cb (RtMessageBody *self)
{
  self->focus_link = -1;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
add_move (GtkWidgetClass *widget_class, guint keyval, guint keypad, GdkModifierType state, int kind, int step, gboolean extend)
{
  gtk_widget_class_add_binding (widget_class, keyval, state, move_cb, "(iib)", kind, step, extend);
  gtk_widget_class_add_binding (widget_class, keypad, state, move_cb, "(iib)", kind, step, extend);
}

void
rt_message_body_class_init_keys (GtkWidgetClass *widget_class)
{
  widget_class->focus = focus;

  for (int step = -1; step <= 1; step += 2)
    {
      guint key = step < 0 ? GDK_KEY_Left : GDK_KEY_Right, keypad = step < 0 ? GDK_KEY_KP_Left : GDK_KEY_KP_Right;
      guint up = step < 0 ? GDK_KEY_Up : GDK_KEY_Down, keypad_up = step < 0 ? GDK_KEY_KP_Up : GDK_KEY_KP_Down;
      guint end = step < 0 ? GDK_KEY_Home : GDK_KEY_End, keypad_end = step < 0 ? GDK_KEY_KP_Home : GDK_KEY_KP_End;

      add_move (widget_class, key, keypad, 0, BY_CHAR, step, FALSE);
      add_move (widget_class, key, keypad, GDK_SHIFT_MASK, BY_CHAR, step, TRUE);
      add_move (widget_class, key, keypad, GDK_CONTROL_MASK, BY_WORD, step, FALSE);
      add_move (widget_class, key, keypad, GDK_CONTROL_MASK | GDK_SHIFT_MASK, BY_WORD, step, TRUE);
      /* up, down, home and end alone are the timeline's */
      add_move (widget_class, up, keypad_up, GDK_SHIFT_MASK, BY_LINE, step, TRUE);
      add_move (widget_class, end, keypad_end, GDK_SHIFT_MASK, TO_LINE_END, step, TRUE);
      add_move (widget_class, end, keypad_end, GDK_CONTROL_MASK | GDK_SHIFT_MASK, TO_END, step, TRUE);
    }
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Return, 0, follow_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Enter, 0, follow_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}

void
rt_message_body_init_keys (RtMessageBody *self)
{
  GtkEventController *focused = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (focused, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focused);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}
