/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-timeline-private.h"

/* The rows that are laid out: neighbours without a gap, so one y and their heights say where each of them is. Whatever is done
 * here to rows above the middle of the view moves the top of the run, whatever is done below moves its bottom. */

#define POOL_SIZE 80u
#define SPARE_ROWS 24u          /* a view of them */
#define FLASH_MS 1600

RtTimelineRow *
rt_timeline_row (RtTimeline *self, guint position)
{
  return &g_array_index (self->rows, RtTimelineRow, position);
}

double
rt_timeline_row_y (RtTimeline *self, guint position)
{
  double y = self->top;

  for (guint i = 0; i < position; i++)
    y += rt_timeline_row (self, i)->height;
  return y;
}

double
rt_timeline_bottom (RtTimeline *self)
{
  return rt_timeline_row_y (self, self->rows->len);
}

gboolean
rt_timeline_find_row (RtTimeline *self, RtTimelineItem *item, guint *position)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (item != NULL && rt_timeline_row (self, i)->item == item)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static int
measure_row (RtTimeline *self, GtkWidget *widget)
{
  int natural = 0;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, self->width, NULL, &natural, NULL, NULL);
  return MAX (natural, 1);
}

void
rt_timeline_bind_row (RtTimeline *self, guint position, guint index)
{
  RtTimelineRow *row = rt_timeline_row (self, position);
  RtTimelineItem *item = g_ptr_array_index (self->items, index);
  RtTimelineItem *previous = index > 0 ? g_ptr_array_index (self->items, index - 1) : NULL;

  g_set_object (&row->item, item);
  self->bind (row->widget, item, previous, self->factory_data);
}

/* What is put away keeps the words of the message it was used for: assistive technology is told that it is not there. */
void
rt_timeline_set_row_shown (GtkWidget *widget, gboolean shown)
{
  gtk_widget_set_child_visible (widget, shown);
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, !shown, -1);
}

/* The order of the children is that of the rows, for assistive technology. */
static void
take_place (RtTimeline *self, GtkWidget *widget, guint position)
{
  GtkWidget *sibling = position > 0 ? rt_timeline_row (self, position - 1)->widget : NULL;

  if (gtk_widget_get_parent (widget) == NULL || gtk_widget_get_prev_sibling (widget) != sibling)
    gtk_widget_insert_after (widget, GTK_WIDGET (self), sibling);
  rt_timeline_set_row_shown (widget, TRUE);
}

static GtkWidget *
take_item_widget (RtTimeline *self)
{
  if (self->pool->len > 0)
    return g_ptr_array_steal_index_fast (self->pool, self->pool->len - 1);
  self->stats.rows_made++;
  return self->create (self->factory_data);
}

static void
make_spare (RtTimeline *self)
{
  GtkWidget *widget = self->create (self->factory_data);

  self->stats.rows_made++;
  gtk_widget_set_parent (widget, GTK_WIDGET (self));
  rt_timeline_set_row_shown (widget, FALSE);
  g_ptr_array_add (self->pool, widget);
}

static gboolean
spare_cb (gpointer user_data)
{
  RtTimeline *self = user_data;

  if (self->create != NULL && self->items->len == 0 && self->pool->len < SPARE_ROWS)
    {
      make_spare (self);
      return G_SOURCE_CONTINUE;
    }
  self->spare_id = 0;
  return G_SOURCE_REMOVE;
}

/* Where nobody has said anything, a view of rows is made when there is nothing else to do: then the first frame of a conversation that begins with a flood is one like others. */
void
rt_timeline_plan_spare (RtTimeline *self)
{
  if (self->spare_id != 0 || !self->empty || self->pool->len >= SPARE_ROWS)
    return;
  self->spare_id = g_idle_add_full (G_PRIORITY_LOW, spare_cb, self, NULL);
  g_source_set_name_by_id (self->spare_id, "[roundtable] spare rows");
}

/* A new child has the styles of its siblings checked again, so that one that is made while one scrolls costs as much as ten others: those that scrolling will need are made ahead, when the first
 * ones are shown, a few in each frame. TRUE: there are more to make. */
gboolean
rt_timeline_warm_pool (RtTimeline *self, gint64 deadline)
{
  double height = rt_timeline_bottom (self) - self->top;
  guint wanted;

  if (self->warm || self->n_item_rows < 4 || height <= 0)
    return FALSE;
  wanted = (guint) ((2 * RT_TIMELINE_DROP + self->page) / (height / self->rows->len)) + 8;
  /* as few as there are items for */
  if (!self->has_before && !self->has_after)
    wanted = MIN (wanted, self->items->len);
  while (self->n_item_rows + self->pool->len < wanted && self->pool->len < POOL_SIZE)
    {
      if (g_get_monotonic_time () >= deadline)
        return TRUE;
      make_spare (self);
    }
  self->warm = TRUE;
  return FALSE;
}

/* index: of the item, or the id of the divider; for an edge it is not looked at. */
void
rt_timeline_insert_row (RtTimeline *self, guint position, RtTimelineRowKind kind, guint index)
{
  RtTimelineRow row = { .kind = kind };
  gboolean above = position == 0;

  if (!above && position < self->rows->len)
    above = rt_timeline_row_y (self, position) <= gtk_adjustment_get_value (self->vadjustment) + self->page / 2.0;

  switch (kind)
    {
    case RT_TIMELINE_ROW_ITEM:
      row.widget = take_item_widget (self);
      break;
    case RT_TIMELINE_ROW_DIVIDER:
      row.widget = rt_timeline_divider_widget (self, index);
      row.divider = index;
      break;
    case RT_TIMELINE_ROW_EDGE:
      row.widget = self->edges[position == 0 ? 0 : 1];
      break;
    default:
      g_assert_not_reached ();
    }
  take_place (self, row.widget, position);
  g_array_insert_val (self->rows, position, row);
  if (kind == RT_TIMELINE_ROW_ITEM)
    {
      if (self->n_item_rows == 0 || index < self->first)
        self->first = index;
      self->n_item_rows++;
      rt_timeline_bind_row (self, position, index);
    }
  row.height = measure_row (self, row.widget);
  rt_timeline_row (self, position)->height = row.height;
  if (above)
    self->top -= row.height;
}

static void
put_away (RtTimeline *self, RtTimelineRow *row)
{
  if (row->widget == self->keep)
    self->keep = NULL;
  if (row->widget == self->flashed)
    rt_timeline_stop_flash (self);
  rt_timeline_release_focus (self, row->widget);
  rt_timeline_set_row_shown (row->widget, FALSE);
  if (row->kind == RT_TIMELINE_ROW_ITEM)
    {
      if (self->pool->len < POOL_SIZE)
        g_ptr_array_add (self->pool, row->widget);
      else
        gtk_widget_unparent (row->widget);
    }
  g_clear_object (&row->item);
}

void
rt_timeline_remove_row (RtTimeline *self, guint position)
{
  RtTimelineRow row = *rt_timeline_row (self, position);
  double middle = gtk_adjustment_get_value (self->vadjustment) + self->page / 2.0;
  gboolean above = rt_timeline_row_y (self, position) + row.height / 2.0 < middle;
  guint n_before = 0;

  if (position == 0)
    above = TRUE;
  else if (position + 1 == self->rows->len)
    above = FALSE;
  for (guint i = 0; i < position; i++)
    n_before += rt_timeline_row (self, i)->kind == RT_TIMELINE_ROW_ITEM;
  g_array_remove_index (self->rows, position);
  if (row.kind == RT_TIMELINE_ROW_ITEM)
    {
      self->n_item_rows--;
      if (n_before == 0)
        self->first++;
    }
  if (above)
    self->top += row.height;
  put_away (self, &row);
}

void
rt_timeline_drop_rows (RtTimeline *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    put_away (self, rt_timeline_row (self, i));
  g_array_set_size (self->rows, 0);
  self->n_item_rows = 0;
}

void
rt_timeline_remove_edges (RtTimeline *self)
{
  for (guint i = self->rows->len; i-- > 0; )
    if (rt_timeline_row (self, i)->kind == RT_TIMELINE_ROW_EDGE)
      rt_timeline_remove_row (self, i);
}

/* One more row at the upper end; FALSE when there is none. */
gboolean
rt_timeline_extend_up (RtTimeline *self)
{
  RtTimelineRow *upper;
  guint divider;

  if (self->n_item_rows == 0)
    return FALSE;
  upper = rt_timeline_row (self, 0);
  if (upper->kind == RT_TIMELINE_ROW_EDGE)
    return FALSE;
  divider = rt_timeline_divider_above (self, self->first, upper->kind == RT_TIMELINE_ROW_DIVIDER ? upper->divider : 0);
  if (divider != 0)
    rt_timeline_insert_row (self, 0, RT_TIMELINE_ROW_DIVIDER, divider);
  else if (self->first > rt_timeline_first_usable (self))
    rt_timeline_insert_row (self, 0, RT_TIMELINE_ROW_ITEM, self->first - 1);
  else if (self->has_before)
    rt_timeline_insert_row (self, 0, RT_TIMELINE_ROW_EDGE, 0);
  else
    return FALSE;
  return TRUE;
}

gboolean
rt_timeline_extend_down (RtTimeline *self)
{
  guint next = self->first + self->n_item_rows, divider;
  RtTimelineRow *lower;

  if (self->n_item_rows == 0)
    return FALSE;
  lower = rt_timeline_row (self, self->rows->len - 1);
  if (lower->kind == RT_TIMELINE_ROW_EDGE)
    return FALSE;
  divider = rt_timeline_divider_below (self, next, lower->kind == RT_TIMELINE_ROW_DIVIDER ? lower->divider : 0);
  if (divider != 0)
    rt_timeline_insert_row (self, self->rows->len, RT_TIMELINE_ROW_DIVIDER, divider);
  else if (next < self->items->len)
    rt_timeline_insert_row (self, self->rows->len, RT_TIMELINE_ROW_ITEM, next);
  else if (self->has_after)
    rt_timeline_insert_row (self, self->rows->len, RT_TIMELINE_ROW_EDGE, 0);
  else
    return FALSE;
  return TRUE;
}

void
rt_timeline_stop_flash (RtTimeline *self)
{
  g_clear_handle_id (&self->flash_id, g_source_remove);
  if (self->flashed != NULL)
    gtk_widget_remove_css_class (self->flashed, "flash");
  self->flashed = NULL;
}

static void
flash_over_cb (gpointer user_data)
{
  RtTimeline *self = user_data;

  self->flash_id = 0;
  rt_timeline_stop_flash (self);
}

void
rt_timeline_flash (RtTimeline *self, GtkWidget *row)
{
  rt_timeline_stop_flash (self);
  self->flashed = row;
  gtk_widget_add_css_class (row, "flash");
  self->flash_id = g_timeout_add_once (FLASH_MS, flash_over_cb, self);
  g_source_set_name_by_id (self->flash_id, "[roundtable] timeline flash");
}
