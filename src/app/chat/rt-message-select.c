/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selecting in the text of a message, and what in it leads somewhere. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-message-body-private.h"

#define SELECTED "rt-selected-body"     /* on the window: the one that has a selection */

/* ---- links ---- */

static gboolean
is_key_of_table (RtMessageBody *self, const RtLink *link)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) key = NULL;

  if (self->table == NULL)
    return FALSE;
  name = rt_link_dup_target (self->text, link);
  key = rt_table_key_from_text (name, FALSE, NULL);
  return key != NULL && rt_table_find (self->table, key) != NULL;
}

GArray *
rt_message_body_get_links (RtMessageBody *self)
{
  if (self->links != NULL)
    return self->links;
  self->links = rt_links_find (self->text);
  for (guint i = self->links->len; i-- > 0; )
    {
      RtLink *link = &g_array_index (self->links, RtLink, i);

      if (link->kind == RT_LINK_KEY && !is_key_of_table (self, link))
        g_array_remove_index (self->links, i);
    }
  return self->links;
}

void
rt_message_body_forget_links (RtMessageBody *self)
{
  g_clear_pointer (&self->links, g_array_unref);
  self->focus_link = -1;
  self->pressed_link = -1;
}

void
rt_message_body_mark_links (RtMessageBody *self, PangoLayout *layout)
{
  GArray *links = rt_message_body_get_links (self);
  g_autoptr (PangoAttrList) attributes = NULL;

  if (links->len == 0)
    {
      if (pango_layout_get_attributes (layout) != NULL)
        pango_layout_set_attributes (layout, NULL);
      return;
    }
  attributes = pango_attr_list_new ();
  for (guint i = 0; i < links->len; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);
      PangoAttribute *marks[] = { pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), link->kind == RT_LINK_KEY ? pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD) : NULL };

      for (guint k = 0; k < G_N_ELEMENTS (marks) && marks[k] != NULL; k++)
        {
          marks[k]->start_index = (guint) link->start;
          marks[k]->end_index = (guint) link->end;
          pango_attr_list_insert (attributes, marks[k]);
        }
    }
  pango_layout_set_attributes (layout, attributes);
}

static int
link_at (RtMessageBody *self, int index)
{
  GArray *links = rt_message_body_get_links (self);

  for (guint i = 0; i < links->len; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);

      if ((gsize) index >= link->start && (gsize) index < link->end)
        return (int) i;
    }
  return -1;
}

static void
follow (RtMessageBody *self, int position)
{
  RtLink *link = &g_array_index (rt_message_body_get_links (self), RtLink, position);
  g_autofree char *target = rt_link_dup_target (self->text, link);

  g_signal_emit_by_name (self, link->kind == RT_LINK_KEY ? "key" : "link", target);
}

GPtrArray *
rt_message_body_dup_addresses (RtMessageBody *self)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  GArray *links = rt_message_body_get_links (self);

  for (guint i = 0; i < links->len; i++)
    if (g_array_index (links, RtLink, i).kind == RT_LINK_ADDRESS)
      g_ptr_array_add (addresses, rt_link_dup_target (self->text, &g_array_index (links, RtLink, i)));
  return addresses;
}

void
rt_message_body_set_table (RtMessageBody *self, RtTable *table)
{
  guint n;

  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  g_set_object (&self->table, table);
  /* most texts have no sign of a key */
  if (strchr (self->text, '#') == NULL)
    return;
  n = self->links != NULL ? self->links->len : 0;
  rt_message_body_forget_links (self);
  if (self->layout == NULL || rt_message_body_get_links (self)->len == n)
    return;
  rt_message_body_mark_links (self, self->layout);
  self->natural = -1;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

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

static void
set_selection (RtMessageBody *self, int anchor, int caret)
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
static void
tell_primary (RtMessageBody *self)
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
  set_selection (self, CLAMP (from, 0, length), to < 0 ? length : MIN (to, length));
  tell_primary (self);
}

void
rt_message_body_unselect (RtMessageBody *self)
{
  g_return_if_fail (RT_IS_MESSAGE_BODY (self));

  leave_root (self);
  self->focus_link = -1;
  self->caret_x = -1;
  set_selection (self, 0, 0);
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

static void
snapshot_focus_link (RtMessageBody *self, GtkSnapshot *snapshot)
{
  RtLink *link = &g_array_index (rt_message_body_get_links (self), RtLink, self->focus_link);
  int range[] = { (int) link->start, (int) link->end };
  cairo_region_t *region = gdk_pango_layout_get_clip_region (self->layout, 0, 0, range, 1);
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  for (int i = 0; i < cairo_region_num_rectangles (region); i++)
    {
      cairo_rectangle_int_t r;
      GskRoundedRect outline;

      cairo_region_get_rectangle (region, i, &r);
      gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT ((float) r.x - 2, (float) r.y, (float) r.width + 4, (float) r.height), 4);
      gtk_snapshot_append_border (snapshot, &outline, (float[4]) { 2, 2, 2, 2 }, (GdkRGBA[4]) { color, color, color, color });
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
    snapshot_focus_link (self, snapshot);
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

/* The link under the pointer, not the one beside whose end it is */
static int
link_under (RtMessageBody *self, double x, double y)
{
  int index, trailing;

  if (rt_message_body_get_links (self)->len == 0 ||
      !pango_layout_xy_to_index (rt_message_body_get_layout (self), (int) (x * PANGO_SCALE), (int) (y * PANGO_SCALE), &index, &trailing))
    return -1;
  return link_at (self, index);
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
  set_selection (self, (int) (g_utf8_offset_to_pointer (self->text, start) - self->text), (int) (g_utf8_offset_to_pointer (self->text, end) - self->text));
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, RtMessageBody *self)
{
  gboolean inside;
  int index = index_at (self, x, y, &inside);
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  self->focus_link = -1;
  self->pressed_link = n_press == 1 && (state & GDK_SHIFT_MASK) == 0 ? link_under (self, x, y) : -1;
  if (n_press == 2)
    select_word (self, index);
  else if (n_press >= 3)
    set_selection (self, 0, (int) strlen (self->text));
  else
    set_selection (self, (state & GDK_SHIFT_MASK) != 0 ? self->anchor : index, index);
  if (self->anchor != self->caret)
    tell_primary (self);
}

static void
released_cb (GtkGestureClick *gesture, int n_press, double x, double y, RtMessageBody *self)
{
  int link = self->pressed_link;

  self->pressed_link = -1;
  if (link >= 0 && self->anchor == self->caret && link == link_under (self, x, y))
    follow (self, link);
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
  set_selection (self, self->anchor, index);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, RtMessageBody *self)
{
  tell_primary (self);
}

static void
motion_cb (GtkEventControllerMotion *motion, double x, double y, RtMessageBody *self)
{
  const char *name = link_under (self, x, y) >= 0 ? "pointer" : "text";
  GdkCursor *now = gtk_widget_get_cursor (GTK_WIDGET (self));

  if (now == NULL || g_strcmp0 (gdk_cursor_get_name (now), name) != 0)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static gboolean
query_tooltip_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  int at = keyboard ? self->focus_link : link_under (self, x, y);
  RtLink *link;
  g_autofree char *target = NULL;
  g_autoptr (GBytes) key = NULL;
  RtTableRow *row;

  if (at < 0)
    return FALSE;
  link = &g_array_index (rt_message_body_get_links (self), RtLink, at);
  target = rt_link_dup_target (self->text, link);
  if (link->kind == RT_LINK_ADDRESS)
    {
      gtk_tooltip_set_text (tooltip, target);
      return TRUE;
    }
  key = rt_table_key_from_text (target, FALSE, NULL);
  row = key != NULL && self->table != NULL ? rt_table_find (self->table, key) : NULL;
  if (row != NULL)
    {
      /* Translators: a key of the shared table, and its value now */
      g_autofree char *words = g_strdup_printf (_("%s: %s"), rt_table_row_get_key_text (row),
                                                rt_table_row_get_unread (row) ? rt_table_row_get_kind_text (row) : rt_table_row_get_value_text (row));

      gtk_tooltip_set_text (tooltip, words);
    }
  return row != NULL;
}

/* ---- the keyboard ---- */

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
  set_selection (self, extend ? self->anchor : next, next);
  if (extend)
    tell_primary (self);
  gtk_widget_queue_draw (widget);
  return TRUE;
}

static gboolean
follow_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);
  int link = self->focus_link >= 0 ? self->focus_link : link_at (self, self->caret);

  if (link < 0 || !gtk_widget_has_focus (widget))
    return FALSE;
  follow (self, link);
  return TRUE;
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtMessageBody *self = RT_MESSAGE_BODY (widget);

  if (self->anchor == self->caret)
    return FALSE;
  set_selection (self, self->caret, self->caret);
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

      set_selection (self, (int) link->start, (int) link->start);
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
unroot (GtkWidget *widget)
{
  leave_root (RT_MESSAGE_BODY (widget));
  GTK_WIDGET_CLASS (g_type_class_peek (GTK_TYPE_WIDGET))->unroot (widget);
}

static void
add_move (GtkWidgetClass *widget_class, guint keyval, guint keypad, GdkModifierType state, int kind, int step, gboolean extend)
{
  gtk_widget_class_add_binding (widget_class, keyval, state, move_cb, "(iib)", kind, step, extend);
  gtk_widget_class_add_binding (widget_class, keypad, state, move_cb, "(iib)", kind, step, extend);
}

void
rt_message_body_class_init_select (GtkWidgetClass *widget_class)
{
  widget_class->focus = focus;
  widget_class->unroot = unroot;

  g_signal_new ("link", G_TYPE_FROM_CLASS (widget_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("key", G_TYPE_FROM_CLASS (widget_class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

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
rt_message_body_init_select (RtMessageBody *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new (), *focused = gtk_event_controller_focus_new ();

  self->focus_link = self->pressed_link = self->caret_x = -1;
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
  g_signal_connect_swapped (focused, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focused);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
}
