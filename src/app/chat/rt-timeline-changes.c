/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-timeline-private.h"

/* What the source says has changed. */

static void
mark_stale (RtTimeline *self)
{
  for (guint side = 0; side < RT_TIMELINE_N_SIDES; side++)
    if (self->requests[side] != NULL)
      self->requests[side]->stale = TRUE;
}

/* The row below one that came, went or changed may look different: its day or its sender may now be another than above. */
static void
bind_index (RtTimeline *self, guint index)
{
  guint position;

  if (index < self->items->len && rt_timeline_find_row (self, g_ptr_array_index (self->items, index), &position))
    rt_timeline_bind_row (self, position, index);
}

/* A row for an item that came between rows that are there */
static void
show_inserted (RtTimeline *self, guint index)
{
  guint last = self->first + self->n_item_rows, position;

  if (self->n_item_rows == 0)
    return;
  if (index <= self->first)
    {
      self->first++;
      bind_index (self, index + 1);
      return;
    }
  if (index >= last)
    return;
  if (rt_timeline_find_row (self, g_ptr_array_index (self->items, index + 1), &position))
    {
      rt_timeline_insert_row (self, position, RT_TIMELINE_ROW_ITEM, index);
      bind_index (self, index + 1);
    }
}

static void
add_item (RtTimeline *self, RtTimelineItem *item)
{
  RtTimelineKey key;
  guint index;

  rt_timeline_item_get_key (item, &key);
  mark_stale (self);
  self->total++;
  if (!self->known)
    return;
  if (rt_timeline_find_item (self, &key, &index))
    return;
  if (index == 0 && self->has_before)
    {
      self->base_rank++;
      return;
    }
  if (index == self->items->len && self->has_after)
    return;
  g_ptr_array_insert (self->items, index, g_object_ref (item));
  show_inserted (self, index);
}

static void
inserted_cb (RtTimelineSource *source, RtTimelineItem *item, RtTimeline *self)
{
  add_item (self, item);
  rt_timeline_place_dividers (self);
  rt_timeline_fix_ranks (self);
  rt_timeline_settle (self);
}

static void
appended_cb (RtTimelineSource *source, RtTimelineItem *item, RtTimeline *self)
{
  gboolean follows = self->stick && !self->has_after;

  for (guint side = 0; side < RT_TIMELINE_N_SIDES; side++)
    if (self->requests[side] != NULL)
      self->requests[side]->grown = TRUE;
  self->total++;
  if (!self->known)
    return;
  if (!self->has_after)
    {
      RtTimelineKey key;
      guint index;

      rt_timeline_item_get_key (item, &key);
      if (rt_timeline_find_item (self, &key, &index))
        return;
      g_ptr_array_insert (self->items, index, g_object_ref (item));
      show_inserted (self, index);
      rt_timeline_evict_before (self);
      if (follows)
        rt_timeline_skip (self);
      else
        rt_timeline_evict_after (self);
    }
  if (!follows)
    self->new_below++;
  rt_timeline_fix_ranks (self);
  /* laid out once a frame, however many come */
  rt_timeline_update_state (self);
  rt_timeline_queue (self);
}

static void
changed_cb (RtTimelineSource *source, RtTimelineItem *item, RtTimeline *self)
{
  RtTimelineKey key;
  guint index, position;
  RtTimelineItem *old;

  mark_stale (self);
  rt_timeline_item_get_key (item, &key);
  if (!rt_timeline_find_item (self, &key, &index))
    return;
  old = g_ptr_array_index (self->items, index);
  if (rt_timeline_find_row (self, old, &position))
    {
      if (old != item)
        {
          self->items->pdata[index] = g_object_ref (item);
          g_object_unref (old);
        }
      rt_timeline_bind_row (self, position, index);
    }
  else if (old != item)
    {
      self->items->pdata[index] = g_object_ref (item);
      g_object_unref (old);
    }
  bind_index (self, index + 1);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
removed_cb (RtTimelineSource *source, RtTimelineItem *item, RtTimeline *self)
{
  RtTimelineKey key;
  guint index, position;

  mark_stale (self);
  if (self->total > 0)
    self->total--;
  rt_timeline_item_get_key (item, &key);
  if (!rt_timeline_find_item (self, &key, &index))
    {
      if (index == 0 && self->has_before && self->base_rank > 1)
        self->base_rank--;
      return;
    }
  if (rt_timeline_find_row (self, g_ptr_array_index (self->items, index), &position))
    {
      gboolean upper = index == self->first;

      rt_timeline_remove_row (self, position);
      if (upper)
        self->first = index;    /* the next one took its index */
    }
  else if (index < self->first)
    self->first--;
  g_ptr_array_remove_index (self->items, index);
  bind_index (self, index);
  rt_timeline_place_dividers (self);
  rt_timeline_fix_ranks (self);
  rt_timeline_settle (self);
}

static void
reset_cb (RtTimelineSource *source, RtTimeline *self)
{
  rt_timeline_forget (self);
  self->stick = TRUE;
  self->new_below = 0;
  rt_timeline_load_tail (self);
  rt_timeline_settle (self);
}

void
rt_timeline_connect_source (RtTimeline *self)
{
  g_signal_connect (self->source, "appended", G_CALLBACK (appended_cb), self);
  g_signal_connect (self->source, "inserted", G_CALLBACK (inserted_cb), self);
  g_signal_connect (self->source, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (self->source, "removed", G_CALLBACK (removed_cb), self);
  g_signal_connect (self->source, "reset", G_CALLBACK (reset_cb), self);
}

void
rt_timeline_disconnect_source (RtTimeline *self)
{
  g_signal_handlers_disconnect_by_data (self->source, self);
}
