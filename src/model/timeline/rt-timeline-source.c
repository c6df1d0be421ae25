/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-timeline-source.h"

enum { APPENDED, INSERTED, CHANGED, REMOVED, RESET, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (RtTimelineItem, rt_timeline_item, G_TYPE_OBJECT)
G_DEFINE_INTERFACE (RtTimelineSource, rt_timeline_source, G_TYPE_OBJECT)

int
rt_timeline_key_compare (const RtTimelineKey *a, const RtTimelineKey *b)
{
  if (a->time != b->time)
    return a->time < b->time ? -1 : 1;
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? -1 : 1;
  return 0;
}

void
rt_timeline_page_free (RtTimelinePage *page)
{
  if (page == NULL)
    return;
  g_clear_pointer (&page->items, g_ptr_array_unref);
  g_free (page);
}

static void
rt_timeline_item_default_init (RtTimelineItemInterface *iface)
{
}

void
rt_timeline_item_get_key (RtTimelineItem *self, RtTimelineKey *key)
{
  g_return_if_fail (RT_IS_TIMELINE_ITEM (self));
  g_return_if_fail (key != NULL);

  RT_TIMELINE_ITEM_GET_IFACE (self)->get_key (self, key);
}

gsize
rt_timeline_item_get_weight (RtTimelineItem *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE_ITEM (self), 0);

  if (RT_TIMELINE_ITEM_GET_IFACE (self)->get_weight == NULL)
    return 0;
  return RT_TIMELINE_ITEM_GET_IFACE (self)->get_weight (self);
}

static guint
add_item_signal (const char *name)
{
  return g_signal_new (name, RT_TYPE_TIMELINE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                       g_cclosure_marshal_VOID__OBJECT, G_TYPE_NONE, 1, RT_TYPE_TIMELINE_ITEM);
}

static void
rt_timeline_source_default_init (RtTimelineSourceInterface *iface)
{
  signals[APPENDED] = add_item_signal ("appended");
  signals[INSERTED] = add_item_signal ("inserted");
  signals[CHANGED] = add_item_signal ("changed");
  signals[REMOVED] = add_item_signal ("removed");
  signals[RESET] = g_signal_new ("reset", RT_TYPE_TIMELINE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 g_cclosure_marshal_VOID__VOID, G_TYPE_NONE, 0);
}

void
rt_timeline_source_load_async (RtTimelineSource    *self,
                               RtTimelineWhere      where,
                               const RtTimelineKey *key,
                               guint                n,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (RT_IS_TIMELINE_SOURCE (self));
  g_return_if_fail (where == RT_TIMELINE_TAIL || key != NULL);

  RT_TIMELINE_SOURCE_GET_IFACE (self)->load_async (self, where, key, n, cancellable, callback, user_data);
}

RtTimelinePage *
rt_timeline_source_load_finish (RtTimelineSource *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (RT_IS_TIMELINE_SOURCE (self), NULL);

  return RT_TIMELINE_SOURCE_GET_IFACE (self)->load_finish (self, result, error);
}

/* NULL where the source has nothing at hand. */
RtTimelinePage *
rt_timeline_source_peek_tail (RtTimelineSource *self, guint n)
{
  g_return_val_if_fail (RT_IS_TIMELINE_SOURCE (self), NULL);

  if (RT_TIMELINE_SOURCE_GET_IFACE (self)->peek_tail == NULL)
    return NULL;
  return RT_TIMELINE_SOURCE_GET_IFACE (self)->peek_tail (self, n);
}

guint64
rt_timeline_source_count_hint (RtTimelineSource *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE_SOURCE (self), 0);

  if (RT_TIMELINE_SOURCE_GET_IFACE (self)->count_hint == NULL)
    return 0;
  return RT_TIMELINE_SOURCE_GET_IFACE (self)->count_hint (self);
}

guint64
rt_timeline_source_rank_hint (RtTimelineSource *self, const RtTimelineKey *key)
{
  g_return_val_if_fail (RT_IS_TIMELINE_SOURCE (self), 0);
  g_return_val_if_fail (key != NULL, 0);

  if (RT_TIMELINE_SOURCE_GET_IFACE (self)->rank_hint == NULL)
    return 0;
  return RT_TIMELINE_SOURCE_GET_IFACE (self)->rank_hint (self, key);
}

guint
rt_timeline_source_get_generation (RtTimelineSource *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE_SOURCE (self), 0);

  return RT_TIMELINE_SOURCE_GET_IFACE (self)->get_generation (self);
}

void
rt_timeline_source_appended (RtTimelineSource *self, RtTimelineItem *item)
{
  g_signal_emit (self, signals[APPENDED], 0, item);
}

void
rt_timeline_source_inserted (RtTimelineSource *self, RtTimelineItem *item)
{
  g_signal_emit (self, signals[INSERTED], 0, item);
}

void
rt_timeline_source_changed (RtTimelineSource *self, RtTimelineItem *item)
{
  g_signal_emit (self, signals[CHANGED], 0, item);
}

void
rt_timeline_source_removed (RtTimelineSource *self, RtTimelineItem *item)
{
  g_signal_emit (self, signals[REMOVED], 0, item);
}

void
rt_timeline_source_reset (RtTimelineSource *self)
{
  g_signal_emit (self, signals[RESET], 0);
}
