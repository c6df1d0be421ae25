/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-timeline-private.h"

/* The window of items in memory. One request a side is under way at most; what comes late, or of an older generation of the
 * source, is thrown away. While there are items before the window, its first one is never shown: it only tells the second one
 * what is above it, so that a page that comes changes no row that is there. */

void
rt_timeline_item_key (RtTimeline *self, guint index, RtTimelineKey *key)
{
  rt_timeline_item_get_key (g_ptr_array_index (self->items, index), key);
}

guint
rt_timeline_lower_bound (RtTimeline *self, const RtTimelineKey *key)
{
  guint low = 0, high = self->items->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      RtTimelineKey at;

      rt_timeline_item_key (self, middle, &at);
      if (rt_timeline_key_compare (&at, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
rt_timeline_find_item (RtTimeline *self, const RtTimelineKey *key, guint *index)
{
  RtTimelineKey at;

  *index = rt_timeline_lower_bound (self, key);
  if (*index >= self->items->len)
    return FALSE;
  rt_timeline_item_key (self, *index, &at);
  return rt_timeline_key_compare (&at, key) == 0;
}

guint
rt_timeline_first_usable (RtTimeline *self)
{
  return self->has_before && self->items->len > 1 ? 1 : 0;
}

static void
cancel (RtTimeline *self, RtTimelineSide side)
{
  if (self->pending[side] != NULL)
    g_cancellable_cancel (self->pending[side]);
  g_clear_object (&self->pending[side]);
  self->requests[side] = NULL;
  self->failed[side] = FALSE;
}

void
rt_timeline_forget (RtTimeline *self)
{
  for (guint side = 0; side < RT_TIMELINE_N_SIDES; side++)
    cancel (self, side);
  rt_timeline_drop_rows (self);
  g_ptr_array_set_size (self->items, 0);
  self->has_before = self->has_after = FALSE;
  self->base_rank = self->total = 0;
  self->known = FALSE;
  self->leaping = self->jumping = FALSE;
  self->focus_end = 0;
}

void
rt_timeline_fix_ranks (RtTimeline *self)
{
  if (!self->has_before)
    self->base_rank = 0;
  if (!self->has_after)
    self->total = self->base_rank + self->items->len;
  else
    self->total = MAX (self->total, self->base_rank + self->items->len + 1);
}

static void
use_whole_page (RtTimeline *self, RtTimelinePage *page)
{
  cancel (self, RT_TIMELINE_SIDE_BEFORE);
  cancel (self, RT_TIMELINE_SIDE_AFTER);
  rt_timeline_drop_rows (self);
  g_ptr_array_set_size (self->items, 0);
  g_ptr_array_extend (self->items, page->items, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  self->has_before = page->has_before && page->items->len > 0;
  self->has_after = page->has_after && page->items->len > 0;
  self->known = TRUE;
  self->total = rt_timeline_source_count_hint (self->source);
  self->base_rank = 0;
  if (self->has_before)
    {
      RtTimelineKey key;

      rt_timeline_item_key (self, 0, &key);
      self->base_rank = MAX (rt_timeline_source_rank_hint (self->source, &key), 1);
    }
  rt_timeline_fix_ranks (self);
}

/* Takes items away from the lower end that are far from what is shown. */
void
rt_timeline_evict_after (RtTimeline *self)
{
  guint shown = self->first + self->n_item_rows;
  guint length = self->items->len;

  if (self->n_item_rows == 0)
    shown = length;
  while (length > RT_TIMELINE_MAX_ITEMS && length >= shown + 2 * RT_TIMELINE_PAGE)
    length -= RT_TIMELINE_PAGE;
  if (length == self->items->len)
    return;
  g_ptr_array_set_size (self->items, length);
  self->has_after = TRUE;
  cancel (self, RT_TIMELINE_SIDE_AFTER);
}

void
rt_timeline_evict_before (RtTimeline *self)
{
  guint first = self->n_item_rows > 0 ? self->first : 0;
  guint n = 0;

  while (self->items->len - n > RT_TIMELINE_MAX_ITEMS && n + 2 * RT_TIMELINE_PAGE <= first)
    n += RT_TIMELINE_PAGE;
  if (n == 0)
    return;
  g_ptr_array_remove_range (self->items, 0, n);
  self->first -= n;
  self->base_rank += n;
  self->has_before = TRUE;
  cancel (self, RT_TIMELINE_SIDE_BEFORE);
}

/* Nobody looks while thousands come, or they come faster than frames: nothing of what was in view is any more when it is shown next. */
void
rt_timeline_skip (RtTimeline *self)
{
  guint n = self->items->len;

  if (n <= RT_TIMELINE_MAX_ITEMS || (self->n_item_rows > 0 && n <= self->first + self->n_item_rows + 2 * RT_TIMELINE_PAGE))
    return;
  n -= 2 * RT_TIMELINE_PAGE;
  rt_timeline_drop_rows (self);
  g_ptr_array_remove_range (self->items, 0, n);
  self->first = 0;
  self->base_rank += n;
  self->has_before = TRUE;
  cancel (self, RT_TIMELINE_SIDE_BEFORE);
}

static void
use_page_before (RtTimeline *self, RtTimelinePage *page)
{
  RtTimelineKey edge, last;
  guint n = page->items->len;

  if (n > 0)
    {
      rt_timeline_item_key (self, 0, &edge);
      rt_timeline_item_get_key (g_ptr_array_index (page->items, n - 1), &last);
      if (rt_timeline_key_compare (&last, &edge) >= 0)
        {
          g_critical ("A timeline page overlaps the rows that are there");
          n = 0;
        }
    }
  for (guint i = 0; i < n; i++)
    g_ptr_array_insert (self->items, i, g_object_ref (g_ptr_array_index (page->items, i)));
  self->first += n;
  self->has_before = page->has_before && n > 0;
  self->base_rank = self->base_rank > n ? self->base_rank - n : (self->has_before ? 1 : 0);
  rt_timeline_evict_after (self);
  rt_timeline_fix_ranks (self);
}

static void
use_page_after (RtTimeline *self, RtTimelinePage *page)
{
  RtTimelineKey edge, first;
  guint n = page->items->len;

  if (n > 0)
    {
      rt_timeline_item_key (self, self->items->len - 1, &edge);
      rt_timeline_item_get_key (g_ptr_array_index (page->items, 0), &first);
      if (rt_timeline_key_compare (&first, &edge) <= 0)
        {
          g_critical ("A timeline page overlaps the rows that are there");
          n = 0;
        }
    }
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->items, g_object_ref (g_ptr_array_index (page->items, i)));
  self->has_after = page->has_after && n > 0;
  rt_timeline_evict_before (self);
  rt_timeline_fix_ranks (self);
}

static void
request_free (RtTimelineRequest *request)
{
  g_weak_ref_clear (&request->timeline);
  g_free (request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTimelineRequest, request_free)

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTimelineRequest) request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtTimelinePage) page = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (source), result, &error);
  g_autoptr (RtTimeline) self = g_weak_ref_get (&request->timeline);
  RtTimelineSide side = request->side;

  /* cancelled, or another one was asked for since */
  if (self == NULL || self->requests[side] != request)
    return;
  self->requests[side] = NULL;
  g_clear_object (&self->pending[side]);
  if (page == NULL)
    {
      g_debug ("Cannot load rows of a timeline: %s", error != NULL ? error->message : "no page");
      self->failed[side] = TRUE;
    }
  else if (request->stale || page->generation != rt_timeline_source_get_generation (self->source))
    ; /* asked for again below, with what is true now */
  else
    {
      if (request->grown)
        page->has_after = TRUE;
      rt_timeline_remove_edges (self);
      if (side == RT_TIMELINE_SIDE_BEFORE)
        use_page_before (self, page);
      else if (side == RT_TIMELINE_SIDE_AFTER)
        use_page_after (self, page);
      else
        use_whole_page (self, page);
      rt_timeline_page_arrived (self, side == RT_TIMELINE_SIDE_WHOLE && request->head);
      return;
    }
  if (side == RT_TIMELINE_SIDE_WHOLE && !self->failed[side])
    {
      if (self->leaping)
        rt_timeline_load_rank (self, self->leap_rank);
      else if (self->jumping)
        rt_timeline_load_around (self, &self->jump_key);
      else if (request->head)
        rt_timeline_load_head (self);
      else
        rt_timeline_load_tail (self);
    }
  rt_timeline_update_state (self);
  rt_timeline_queue (self);
}

static void
ask (RtTimeline *self, RtTimelineSide side, RtTimelineWhere where, const RtTimelineKey *key, guint n, gboolean head)
{
  RtTimelineRequest *request;

  if (self->source == NULL || (side != RT_TIMELINE_SIDE_WHOLE && self->pending[side] != NULL))
    return;
  cancel (self, side);
  request = g_new0 (RtTimelineRequest, 1);
  g_weak_ref_init (&request->timeline, self);
  request->side = side;
  request->head = head;
  self->requests[side] = request;
  self->pending[side] = g_cancellable_new ();
  rt_timeline_source_load_async (self->source, where, key, n, self->pending[side], page_cb, request);
}

/* The newest rows: at once where the source has them at hand. */
void
rt_timeline_load_tail (RtTimeline *self)
{
  g_autoptr (RtTimelinePage) page = NULL;

  if (self->source == NULL)
    return;
  page = rt_timeline_source_peek_tail (self->source, RT_TIMELINE_PAGE);
  if (page == NULL)
    {
      ask (self, RT_TIMELINE_SIDE_WHOLE, RT_TIMELINE_TAIL, NULL, RT_TIMELINE_PAGE, FALSE);
      return;
    }
  cancel (self, RT_TIMELINE_SIDE_WHOLE);
  use_whole_page (self, page);
  rt_timeline_page_arrived (self, FALSE);
}

void
rt_timeline_load_head (RtTimeline *self)
{
  const RtTimelineKey oldest = { G_MININT64, G_MININT64 };

  ask (self, RT_TIMELINE_SIDE_WHOLE, RT_TIMELINE_AFTER, &oldest, RT_TIMELINE_PAGE, TRUE);
}

void
rt_timeline_load_around (RtTimeline *self, const RtTimelineKey *key)
{
  ask (self, RT_TIMELINE_SIDE_WHOLE, RT_TIMELINE_AROUND, key, RT_TIMELINE_PAGE, FALSE);
}

/* The rows about a rank. Sources know keys only, so the time with that rank is looked for by halving. */
void
rt_timeline_load_rank (RtTimeline *self, guint64 rank)
{
  RtTimelineKey newest, key = { 0, G_MININT64 };
  gint64 low = 0, high;

  if (self->source == NULL || self->items->len == 0)
    return;
  rt_timeline_item_key (self, self->items->len - 1, &newest);
  high = MAX (newest.time, g_get_real_time ());
  if (rank <= RT_TIMELINE_PAGE / 2)
    {
      rt_timeline_load_head (self);
      return;
    }
  if (rank + RT_TIMELINE_PAGE / 2 >= self->total)
    {
      rt_timeline_load_tail (self);
      return;
    }
  while (low < high)
    {
      key.time = low + (high - low) / 2;
      if (rt_timeline_source_rank_hint (self->source, &key) < rank)
        low = key.time + 1;
      else
        high = key.time;
    }
  key.time = low;
  rt_timeline_load_around (self, &key);
}

/* Asks for the pages that will be wanted soon. */
void
rt_timeline_load_more (RtTimeline *self)
{
  RtTimelineKey key;

  if (self->source == NULL || self->n_item_rows == 0 || self->leaping)
    return;
  if (self->has_before && self->first < RT_TIMELINE_AHEAD && !self->failed[RT_TIMELINE_SIDE_BEFORE])
    {
      rt_timeline_item_key (self, 0, &key);
      ask (self, RT_TIMELINE_SIDE_BEFORE, RT_TIMELINE_BEFORE, &key, RT_TIMELINE_PAGE, FALSE);
    }
  if (self->has_after && self->first + self->n_item_rows + RT_TIMELINE_AHEAD > self->items->len && !self->failed[RT_TIMELINE_SIDE_AFTER])
    {
      rt_timeline_item_key (self, self->items->len - 1, &key);
      ask (self, RT_TIMELINE_SIDE_AFTER, RT_TIMELINE_AFTER, &key, RT_TIMELINE_PAGE, FALSE);
    }
}
