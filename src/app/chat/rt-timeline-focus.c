/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-timeline-private.h"

/* The timeline is one stop of the Tab key. Which row has the focus is kept as a key: while that row is out of reach its widget
 * is used for another one, so the timeline itself holds the focus and gives it back when the row returns. */

static gboolean
key_of_widget (RtTimeline *self, GtkWidget *widget, RtTimelineKey *key)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);

      if (row->widget == widget && row->item != NULL)
        {
          rt_timeline_item_get_key (row->item, key);
          return TRUE;
        }
    }
  return FALSE;
}

/* The row with the focus key if it is there */
static GtkWidget *
focus_row (RtTimeline *self)
{
  return self->has_focus_key ? rt_timeline_get_row (self, &self->focus_key) : NULL;
}

/* Where the focus goes when it never was anywhere: the lowest row that shows as a whole, else one that shows. */
static GtkWidget *
lowest_row (RtTimeline *self)
{
  double value = gtk_adjustment_get_value (self->vadjustment), y = self->top;
  GtkWidget *found = NULL, *touched = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);

      if (row->kind == RT_TIMELINE_ROW_ITEM)
        {
          if (y >= value && y + row->height <= value + self->page)
            found = row->widget;
          if (y < value + self->page && y + row->height > value)
            touched = row->widget;
        }
      y += row->height;
    }
  return found != NULL ? found : touched;
}

static void
set_focus_child (GtkWidget *widget, GtkWidget *child)
{
  RtTimeline *self = RT_TIMELINE (widget);

  if (child != NULL && key_of_widget (self, child, &self->focus_key))
    self->has_focus_key = TRUE;
  GTK_WIDGET_CLASS (g_type_class_peek (GTK_TYPE_WIDGET))->set_focus_child (widget, child);
}

static gboolean
take_focus_itself (RtTimeline *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (root == NULL)
    return FALSE;
  gtk_root_set_focus (root, GTK_WIDGET (self));
  return TRUE;
}

static gboolean
grab_focus (GtkWidget *widget)
{
  RtTimeline *self = RT_TIMELINE (widget);
  GtkWidget *row = focus_row (self);

  if (row == NULL && !self->has_focus_key)
    row = lowest_row (self);
  if (row != NULL)
    return gtk_widget_grab_focus (row);
  return take_focus_itself (self);
}

static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  RtTimeline *self = RT_TIMELINE (widget);
  GtkWidget *child = gtk_widget_get_focus_child (widget);

  /* the arrows are the timeline's own, except where they are of a menu that is open over a row */
  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return child != NULL && gtk_widget_child_focus (child, direction);
  /* within the row: its buttons; then out of the timeline */
  if (child != NULL)
    return gtk_widget_child_focus (child, direction);
  if (gtk_widget_is_focus (widget))
    return FALSE;
  if (self->n_item_rows == 0)
    return FALSE;
  /* coming back by Tab one finds what shows, not a place scrolled away long ago */
  {
    GtkWidget *row = focus_row (self);
    graphene_rect_t bounds;

    if (row != NULL && gtk_widget_compute_bounds (row, widget, &bounds) &&
        (bounds.origin.y + bounds.size.height <= 0 || bounds.origin.y >= self->page))
      row = NULL;
    if (row == NULL)
      row = lowest_row (self);
    return row != NULL ? gtk_widget_grab_focus (row) : FALSE;
  }
}

/* A row's widget is about to be put away. */
void
rt_timeline_release_focus (RtTimeline *self, GtkWidget *row)
{
  if (!self->disposing && gtk_widget_get_focus_child (GTK_WIDGET (self)) == row)
    take_focus_itself (self);
}

void
rt_timeline_restore_focus (RtTimeline *self)
{
  GtkWidget *row;

  if (!self->has_focus_key || !gtk_widget_is_focus (GTK_WIDGET (self)))
    return;
  row = focus_row (self);
  if (row != NULL)
    gtk_widget_grab_focus (row);
}

/* Scrolls as little as shows the row. */
static void
show_row (RtTimeline *self, GtkWidget *widget)
{
  double value = gtk_adjustment_get_value (self->vadjustment);

  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);
      double y;

      if (row->widget != widget)
        continue;
      y = rt_timeline_row_y (self, i);
      if (y < value)
        gtk_adjustment_set_value (self->vadjustment, y - RT_TIMELINE_END_SPACE);
      else if (y + row->height > value + self->page)
        gtk_adjustment_set_value (self->vadjustment, MIN (y - RT_TIMELINE_END_SPACE, y + row->height + RT_TIMELINE_END_SPACE - self->page));
      return;
    }
}

static void
focus_index (RtTimeline *self, guint index)
{
  GtkWidget *row;

  rt_timeline_item_key (self, index, &self->focus_key);
  self->has_focus_key = TRUE;
  row = focus_row (self);
  if (row == NULL)
    {
      rt_timeline_show_index (self, index);
      row = focus_row (self);
    }
  if (row == NULL)
    {
      take_focus_itself (self);
      return;
    }
  show_row (self, row);
  row = focus_row (self);
  if (row != NULL)
    gtk_widget_grab_focus (row);
}

/* Where one jumped to: the arrow keys go on from there. */
void
rt_timeline_focus_target (RtTimeline *self, guint index)
{
  gboolean here = gtk_widget_is_focus (GTK_WIDGET (self)) || gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL;
  GtkWidget *row;

  rt_timeline_item_key (self, index, &self->focus_key);
  self->has_focus_key = TRUE;
  row = here ? focus_row (self) : NULL;
  if (row != NULL)
    gtk_widget_grab_focus (row);
}

static gboolean
move_by_row_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtTimeline *self = RT_TIMELINE (widget);
  int step = g_variant_get_int32 (args);
  guint index, usable = rt_timeline_first_usable (self);

  if (self->n_item_rows == 0)
    return FALSE;
  if (!self->has_focus_key)
    {
      gtk_widget_grab_focus (widget);
      return TRUE;
    }
  if (!rt_timeline_find_item (self, &self->focus_key, &index))
    {
      /* its row went away: the place where it was */
      if (index >= self->items->len || step < 0)
        index = index > 0 ? index - 1 : 0;
    }
  else if (step < 0)
    {
      if (index <= usable)
        {
          gtk_adjustment_set_value (self->vadjustment, gtk_adjustment_get_value (self->vadjustment) - RT_TIMELINE_ROW_ESTIMATE);
          return TRUE;
        }
      index--;
    }
  else if (index + 1 >= self->items->len)
    return self->has_after;
  else
    index++;
  focus_index (self, MAX (index, usable));
  return TRUE;
}

static gboolean
move_by_page_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtTimeline *self = RT_TIMELINE (widget);
  int step = g_variant_get_int32 (args);
  double value = gtk_adjustment_get_value (self->vadjustment);
  RtTimelineKey key;

  if (self->n_item_rows == 0)
    return FALSE;
  gtk_adjustment_set_value (self->vadjustment, value + step * 0.9 * self->page);
  /* the focus goes with the view: the first row that begins in it, or the last one when going down */
  value = gtk_adjustment_get_value (self->vadjustment);
  for (guint i = 0; i < self->rows->len; i++)
    {
      guint at = step < 0 ? i : self->rows->len - 1 - i;
      RtTimelineRow *row = rt_timeline_row (self, at);
      double y = rt_timeline_row_y (self, at);

      if (row->kind != RT_TIMELINE_ROW_ITEM || y < value || y + row->height > value + self->page)
        continue;
      rt_timeline_item_get_key (row->item, &key);
      self->focus_key = key;
      self->has_focus_key = TRUE;
      gtk_widget_grab_focus (row->widget);
      break;
    }
  return TRUE;
}

static gboolean
move_to_end_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  RtTimeline *self = RT_TIMELINE (widget);

  if (self->n_item_rows == 0)
    return FALSE;
  if (g_variant_get_int32 (args) < 0)
    {
      if (!self->has_before)
        focus_index (self, 0);
      else
        {
          self->focus_end = -1;
          rt_timeline_load_head (self);
        }
      return TRUE;
    }
  rt_timeline_scroll_to_bottom (self);
  if (!self->has_after && self->items->len > 0)
    focus_index (self, self->items->len - 1);
  else
    self->focus_end = 1;
  return TRUE;
}

/* The rows that Home or End asked for are there. */
void
rt_timeline_focus_end (RtTimeline *self)
{
  int end = self->focus_end;

  if (end == 0 || self->pending[RT_TIMELINE_SIDE_WHOLE] != NULL || self->items->len == 0)
    return;
  self->focus_end = 0;
  focus_index (self, end < 0 ? 0 : self->items->len - 1);
}

static void
add_keys (GtkWidgetClass *widget_class, guint key, guint keypad_key, GtkShortcutFunc callback, int step)
{
  gtk_widget_class_add_binding (widget_class, key, 0, callback, "i", step);
  gtk_widget_class_add_binding (widget_class, keypad_key, 0, callback, "i", step);
}

void
rt_timeline_class_init_focus (GtkWidgetClass *widget_class)
{
  widget_class->focus = focus;
  widget_class->grab_focus = grab_focus;
  widget_class->set_focus_child = set_focus_child;

  add_keys (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, move_by_row_cb, -1);
  add_keys (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, move_by_row_cb, 1);
  add_keys (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, move_by_page_cb, -1);
  add_keys (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, move_by_page_cb, 1);
  add_keys (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, move_to_end_cb, -1);
  add_keys (widget_class, GDK_KEY_End, GDK_KEY_KP_End, move_to_end_cb, 1);
}
