/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "rt-timeline-private.h"

/* Everything is in the coordinates of the vertical adjustment. Its value belongs to the person (and to the kinetic scrolling of
 * the scrolled window, which writes absolute positions): what is learnt about rows moves its lower and upper bounds, so the
 * lower one may well be negative. The value is ours to set only to follow the bottom, for a jump, and where a bound became
 * exact and it lies outside. */

static double
get_value (RtTimeline *self)
{
  return gtk_adjustment_get_value (self->vadjustment);
}

static gboolean
is_ready (RtTimeline *self)
{
  return self->width > 0 && self->vadjustment != NULL && self->create != NULL;
}

static gboolean
shows_last (RtTimeline *self)
{
  return !self->has_after && self->n_item_rows > 0 && self->first + self->n_item_rows == self->items->len;
}

/* Starts the run of rows anew with this one, its top at y. */
void
rt_timeline_seed (RtTimeline *self, guint index, double y)
{
  rt_timeline_drop_rows (self);
  rt_timeline_insert_row (self, 0, RT_TIMELINE_ROW_ITEM, index);
  self->top = y;
}

static void
seed_edge (RtTimeline *self)
{
  rt_timeline_drop_rows (self);
  rt_timeline_insert_row (self, 0, RT_TIMELINE_ROW_EDGE, 0);
  self->top = get_value (self) + (self->leaping ? self->page / 3.0 : self->page - rt_timeline_row (self, 0)->height);
}

static void
seed_tail (RtTimeline *self)
{
  rt_timeline_seed (self, self->items->len - 1, 0);
  self->top = get_value (self) + self->page - RT_TIMELINE_END_SPACE - rt_timeline_row (self, 0)->height;
}

/* Makes rows until from..to is covered, the nearer side first; FALSE when the deadline came before. */
static gboolean
fill (RtTimeline *self, double from, double to, gint64 deadline)
{
  double value = get_value (self), bottom = rt_timeline_bottom (self);
  gboolean up = TRUE, down = TRUE;

  for (;;)
    {
      gboolean want_up = up && self->top > from;
      gboolean want_down = down && bottom < to;
      guint n = self->rows->len;

      if (!want_up && !want_down)
        return TRUE;
      if (deadline != 0 && g_get_monotonic_time () >= deadline)
        return FALSE;
      if (want_up && (!want_down || value - self->top <= bottom - value - self->page))
        up = rt_timeline_extend_up (self);
      else
        {
          down = rt_timeline_extend_down (self);
          if (self->rows->len > n)
            bottom += rt_timeline_row (self, n)->height;
        }
    }
}

/* What came below the rows, while the bottom is followed. What would be above the view at once is not walked through: in a flood that would be most of the work. */
static gboolean
follow (RtTimeline *self)
{
  guint missing = self->items->len - (self->first + self->n_item_rows);
  gboolean anew = missing > (guint) self->page / RT_TIMELINE_ROW_LEAST;

  if (anew)
    {
      seed_tail (self);
      rt_timeline_evict_before (self);
    }
  while (rt_timeline_extend_down (self))
    ;
  return anew;
}

static void
ensure_rows (RtTimeline *self)
{
  double value = get_value (self);

  if (self->leaping)
    return;
  if (self->n_item_rows == 0)
    {
      rt_timeline_drop_rows (self);
      if (self->items->len == 0)
        {
          if (!self->known && self->source != NULL)
            seed_edge (self);
          return;
        }
      if (self->stick)
        seed_tail (self);
      else
        rt_timeline_seed (self, CLAMP (self->first, rt_timeline_first_usable (self), self->items->len - 1), value);
    }
  if (self->stick && !self->has_after)
    {
      self->rushed |= follow (self);
      value = rt_timeline_bottom (self) + RT_TIMELINE_END_SPACE - self->page;
    }
  fill (self, value - RT_TIMELINE_NEED, value + self->page + RT_TIMELINE_NEED, 0);
}

/* Tells the adjustment what is known now; returns its value, which differs from the given one where that is out of bounds. */
static double
configure (RtTimeline *self, double value)
{
  double lower, upper;

  if (self->leaping)
    {
      lower = self->leap_value - self->leap_rank * RT_TIMELINE_ROW_ESTIMATE;
      upper = lower + self->total * RT_TIMELINE_ROW_ESTIMATE;
      upper = MAX (upper, value + self->page);
    }
  else if (self->n_item_rows == 0)
    {
      lower = value;
      upper = value + self->page;
    }
  else
    {
      guint64 before = self->base_rank + self->first, after = self->total - MIN (self->total, before + self->n_item_rows);

      /* an edge row stands for one of them */
      if (before > 0 && rt_timeline_row (self, 0)->kind == RT_TIMELINE_ROW_EDGE)
        before--;
      if (after > 0 && rt_timeline_row (self, self->rows->len - 1)->kind == RT_TIMELINE_ROW_EDGE)
        after--;
      lower = self->top - RT_TIMELINE_END_SPACE - before * RT_TIMELINE_ROW_ESTIMATE;
      upper = rt_timeline_bottom (self) + RT_TIMELINE_END_SPACE + after * RT_TIMELINE_ROW_ESTIMATE;
      if (self->stick && !self->has_after)
        value = upper - self->page;
      /* less than a view: it stands at the bottom, by the place where one writes */
      if (upper - lower < self->page)
        lower = upper - self->page;
    }
  self->configuring++;
  gtk_adjustment_configure (self->vadjustment, value, lower, upper, self->page * 0.1, self->page * 0.9, self->page);
  self->configuring--;
  return get_value (self);
}

static void
update_stick (RtTimeline *self)
{
  if (!self->stick && shows_last (self) && !self->leaping &&
      rt_timeline_bottom (self) + RT_TIMELINE_END_SPACE - self->page - get_value (self) < RT_TIMELINE_STICK)
    self->stick = TRUE;
}

/* Rows for the view, and bounds that fit them. A bound that turns out exact may move the value, and then other rows are needed. */
static void
settle_at (RtTimeline *self, double value)
{
  for (guint i = 0; i < 3; i++)
    {
      double now;

      ensure_rows (self);
      now = configure (self, value);
      if (now == value)
        break;
      value = now;
    }
  update_stick (self);
}

void
rt_timeline_settle (RtTimeline *self)
{
  if (is_ready (self))
    settle_at (self, get_value (self));
  rt_timeline_update_state (self);
  rt_timeline_queue (self);
}

/* Rows that are far from the view go back into the pool. */
static void
trim (RtTimeline *self)
{
  double value = get_value (self);

  while (self->rows->len > 1 && self->n_item_rows > 1 &&
         self->top + rt_timeline_row (self, 0)->height < value - RT_TIMELINE_DROP)
    rt_timeline_remove_row (self, 0);
  while (self->rows->len > 1 && self->n_item_rows > 1 &&
         rt_timeline_row_y (self, self->rows->len - 1) > value + self->page + RT_TIMELINE_DROP)
    rt_timeline_remove_row (self, self->rows->len - 1);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  RtTimeline *self = RT_TIMELINE (widget);
  gint64 deadline = g_get_monotonic_time () + RT_TIMELINE_BUDGET;
  double value;
  gboolean done;

  self->stats.ticks++;
  if (!is_ready (self) || self->leaping)
    {
      self->tick_id = 0;
      return G_SOURCE_REMOVE;
    }
  /* first what came, then what is beyond the view; but not in a flood, where none of it will ever be looked at */
  settle_at (self, get_value (self));
  value = get_value (self);
  done = self->rushed || fill (self, value - RT_TIMELINE_PREFETCH, value + self->page + RT_TIMELINE_PREFETCH, deadline);
  trim (self);
  settle_at (self, value);
  rt_timeline_load_more (self);
  rt_timeline_restore_focus (self);
  gtk_widget_queue_allocate (widget);
  if (self->rushed || !done || rt_timeline_warm_pool (self, deadline))
    {
      self->rushed = FALSE;
      return G_SOURCE_CONTINUE;
    }
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

/* Lay out in the next frame, and use its spare time for rows beyond the view. */
void
rt_timeline_queue (RtTimeline *self)
{
  if (!self->allocating)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
  if (self->tick_id == 0 && is_ready (self))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

/* The value is where no rows are and no walking leads: goes by estimate. */
static void
leap (RtTimeline *self, double value)
{
  double lower = gtk_adjustment_get_lower (self->vadjustment), upper = gtk_adjustment_get_upper (self->vadjustment);
  double rank;

  if (value < self->top)
    rank = self->base_rank + self->first - (self->top - value) / RT_TIMELINE_ROW_ESTIMATE;
  else
    rank = self->base_rank + self->first + self->n_item_rows + (value - rt_timeline_bottom (self)) / RT_TIMELINE_ROW_ESTIMATE;
  if (value <= lower + 1.0)
    rank = 0;
  else if (value >= upper - self->page - 1.0)
    rank = self->total;
  self->leap_value = value;
  self->leap_rank = (guint64) CLAMP (rank, 0.0, (double) self->total);
  self->leaping = TRUE;
  self->jumping = FALSE;
  if (self->leap_rank >= self->base_rank + rt_timeline_first_usable (self) &&
      (self->leap_rank < self->base_rank + self->items->len || !self->has_after))
    {
      rt_timeline_page_arrived (self, FALSE);
      return;
    }
  seed_edge (self);
  configure (self, value);
  rt_timeline_load_rank (self, self->leap_rank);
}

/* Ends a leap in the items that are there now; FALSE when the value has meanwhile gone on to where they are not. */
static gboolean
land (RtTimeline *self)
{
  double value = get_value (self);
  double rank = self->leap_rank + (value - self->leap_value) / RT_TIMELINE_ROW_ESTIMATE;
  guint64 end = self->base_rank + self->items->len;
  guint usable = rt_timeline_first_usable (self);

  if (self->items->len == 0)
    {
      self->leaping = FALSE;
      return TRUE;
    }
  if ((self->has_before && rank + RT_TIMELINE_PAGE < self->base_rank) || (self->has_after && rank > end + RT_TIMELINE_PAGE))
    {
      self->leap_rank = (guint64) CLAMP (rank, 0.0, (double) self->total);
      self->leap_value = value;
      seed_edge (self);
      rt_timeline_load_rank (self, self->leap_rank);
      return FALSE;
    }
  self->leaping = FALSE;
  if (!self->has_after && rank + 1.0 >= self->total)
    seed_tail (self);
  else if (rank <= 1.0 && !self->has_before)
    rt_timeline_seed (self, 0, value + RT_TIMELINE_END_SPACE);
  else
    rt_timeline_seed (self, CLAMP (rank - self->base_rank, usable, self->items->len - 1), value);
  return TRUE;
}

/* The person scrolled. */
void
rt_timeline_value_changed (RtTimeline *self)
{
  double value;

  if (self->configuring > 0 || !is_ready (self))
    return;
  value = get_value (self);
  self->stick = FALSE;
  if (self->leaping)
    self->top = value + self->page / 3.0;
  else if (self->n_item_rows > 0 && (value > rt_timeline_bottom (self) + self->page + RT_TIMELINE_DROP ||
                                     value + self->page < self->top - self->page - RT_TIMELINE_DROP))
    leap (self, value);
  else
    {
      settle_at (self, value);
      trim (self);
      rt_timeline_load_more (self);
    }
  rt_timeline_restore_focus (self);
  rt_timeline_update_state (self);
  rt_timeline_queue (self);
}

/* Scrolls so that the item stands at a third of the view. */
void
rt_timeline_show_index (RtTimeline *self, guint index)
{
  double value = get_value (self);
  guint position;

  self->stick = FALSE;
  self->leaping = FALSE;
  index = CLAMP (index, rt_timeline_first_usable (self), self->items->len - 1);
  if (!is_ready (self))
    {
      self->first = index;
      return;
    }
  if (self->n_item_rows > 0 && rt_timeline_find_row (self, g_ptr_array_index (self->items, index), &position))
    {
      value = rt_timeline_row_y (self, position) - self->page / 3.0;
      fill (self, value - RT_TIMELINE_NEED, value + self->page + RT_TIMELINE_NEED, 0);
    }
  else
    {
      rt_timeline_seed (self, index, value + floor (self->page / 3.0));
      fill (self, value - RT_TIMELINE_NEED, value + self->page + RT_TIMELINE_NEED, 0);
    }
  configure (self, value);
  rt_timeline_settle (self);
}

/* The items were replaced or got more at an end. */
void
rt_timeline_page_arrived (RtTimeline *self, gboolean head)
{
  rt_timeline_place_dividers (self);
  /* a page of one side says nothing about a place that is still being asked for */
  if (self->pending[RT_TIMELINE_SIDE_WHOLE] != NULL)
    {
      rt_timeline_settle (self);
      return;
    }
  if (self->items->len > 0)
    {
      if (self->leaping)
        {
          if (is_ready (self) && !land (self))
            return;
        }
      else if (self->jumping)
        {
          guint index = rt_timeline_lower_bound (self, &self->jump_key);

          self->jumping = FALSE;
          rt_timeline_show_index (self, index);
          rt_timeline_focus_target (self, MIN (index, self->items->len - 1));
          if (self->jump_flash)
            {
              GtkWidget *row = rt_timeline_get_row (self, &self->jump_key);

              if (row != NULL)
                rt_timeline_flash (self, row);
            }
        }
      else if (head && is_ready (self))
        {
          self->stick = FALSE;
          rt_timeline_seed (self, 0, get_value (self) + RT_TIMELINE_END_SPACE);
        }
    }
  else
    self->leaping = self->jumping = FALSE;
  rt_timeline_settle (self);
  rt_timeline_focus_end (self);
}

typedef struct {
  gboolean set;
  guint    position;
  double   y;             /* of the row's top in the view */
  double   fraction;      /* of the row that is above the view; used when by_fraction */
  gboolean by_fraction;
} Anchor;

/* What stays in its place in this layout, chosen before anything is measured anew. */
static Anchor
pick_anchor (RtTimeline *self, gboolean resized)
{
  double value = get_value (self), y = self->top - value;
  Anchor anchor = { 0 };
  Anchor covering = { 0 };

  if (self->keep != NULL)
    for (guint i = 0; i < self->rows->len; i++)
      if (rt_timeline_row (self, i)->widget == self->keep)
        {
          self->stick = FALSE;
          return (Anchor) { .set = TRUE, .position = i, .y = rt_timeline_row_y (self, i) - value };
        }
  if (self->stick && !self->has_after)
    return anchor;
  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);

      if (!resized)
        {
          /* what grows above the middle pushes up, below it down */
          if (y + row->height > self->page / 2.0 || i + 1 == self->rows->len)
            return (Anchor) { .set = TRUE, .position = i, .y = y };
        }
      else if (y >= 0 && y < self->page && row->kind == RT_TIMELINE_ROW_ITEM)
        return (Anchor) { .set = TRUE, .position = i, .y = y };
      else if (y < 0 && y + row->height > 0)
        covering = (Anchor) { .set = TRUE, .position = i, .fraction = -y / row->height, .by_fraction = TRUE };
      y += row->height;
    }
  return covering;
}

static void
place_rows (RtTimeline *self)
{
  double y = floor (self->top - get_value (self) + 0.5);

  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);
      graphene_point_t at = GRAPHENE_POINT_INIT (0, (float) y);

      gtk_widget_allocate (row->widget, self->width, row->height, -1, gsk_transform_translate (NULL, &at));
      y += row->height;
    }
}

void
rt_timeline_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RtTimeline *self = RT_TIMELINE (widget);
  gboolean resized = width != self->width || height != self->page;
  Anchor anchor = { 0 };

  if (self->vadjustment == NULL)
    return;
  self->allocating = TRUE;
  if (self->rows->len > 0)
    anchor = pick_anchor (self, resized);
  self->keep = NULL;
  self->width = width;
  self->page = height;
  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);
      int natural;

      gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
      row->height = MAX (natural, 1);
    }
  if (anchor.set)
    {
      if (anchor.by_fraction)
        anchor.y = floor (-anchor.fraction * rt_timeline_row (self, anchor.position)->height);
      self->top += get_value (self) + anchor.y - rt_timeline_row_y (self, anchor.position);
    }
  if (is_ready (self))
    settle_at (self, get_value (self));
  /* settling may have made rows that this layout has to show */
  place_rows (self);
  self->configuring++;
  if (self->hadjustment != NULL)
    gtk_adjustment_configure (self->hadjustment, 0, 0, width, width * 0.1, width * 0.9, width);
  self->configuring--;
  self->allocating = FALSE;
  rt_timeline_update_state (self);
  if (resized)
    rt_timeline_queue (self);
}

/* Only what is in the view: rows made ahead cost nothing here. */
void
rt_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RtTimeline *self = RT_TIMELINE (widget);
  double y;

  if (self->vadjustment == NULL)
    return;
  y = self->top - get_value (self);
  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);

      if (y + row->height > -1.0 && y < self->page + 1.0)
        gtk_widget_snapshot_child (widget, row->widget, snapshot);
      y += row->height;
    }
}
