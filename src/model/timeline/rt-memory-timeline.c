/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-memory-timeline.h"

/* Places of gone items at the front are given back when there are so many of them, and more than of the others. */
#define MIN_COMPACTION 256u

struct _RtMemoryTimeline {
  GObject    parent_instance;
  GPtrArray *items;             /* by key; owned one by one. Those before head are gone */
  guint      head;
  guint      max_items;
  guint64    weight;            /* bytes that the items hold */
  guint      generation;
};

static void timeline_source_iface_init (RtTimelineSourceInterface *iface);
static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtMemoryTimeline, rt_memory_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_SOURCE, timeline_source_iface_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static guint
get_length (RtMemoryTimeline *self)
{
  return self->items->len - self->head;
}

static RtTimelineItem *
peek_item (RtMemoryTimeline *self, guint position)
{
  return g_ptr_array_index (self->items, self->head + position);
}

/* The place of the first item whose key is not smaller. */
static guint
find_place (RtMemoryTimeline *self, const RtTimelineKey *key)
{
  guint low = 0, high = get_length (self);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      RtTimelineKey other;

      rt_timeline_item_get_key (peek_item (self, middle), &other);
      if (rt_timeline_key_compare (&other, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
has_key_at (RtMemoryTimeline *self, guint position, const RtTimelineKey *key)
{
  RtTimelineKey other;

  if (position >= get_length (self))
    return FALSE;
  rt_timeline_item_get_key (peek_item (self, position), &other);
  return rt_timeline_key_compare (&other, key) == 0;
}

static void
release_items (RtMemoryTimeline *self)
{
  for (guint i = self->head; i < self->items->len; i++)
    g_object_unref (g_ptr_array_index (self->items, i));
  g_ptr_array_set_size (self->items, 0);
  self->head = 0;
  self->weight = 0;
}

static void
drop_oldest (RtMemoryTimeline *self)
{
  g_autoptr (RtTimelineItem) oldest = peek_item (self, 0);

  self->weight -= rt_timeline_item_get_weight (oldest);
  g_ptr_array_index (self->items, self->head++) = NULL;
  if (self->head >= MIN_COMPACTION && self->head > self->items->len / 2)
    {
      g_ptr_array_remove_range (self->items, 0, self->head);
      self->head = 0;
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 1, 0);
  rt_timeline_source_removed (RT_TIMELINE_SOURCE (self), oldest);
}

/* ---- RtTimelineSource ---- */

typedef struct {
  RtTimelineWhere where;
  RtTimelineKey   key;
  guint           n;
} Request;

static RtTimelinePage *
make_page (RtMemoryTimeline *self, guint begin, guint end)
{
  RtTimelinePage *page = g_new0 (RtTimelinePage, 1);

  page->items = g_ptr_array_new_full (end - begin, g_object_unref);
  for (guint i = begin; i < end; i++)
    g_ptr_array_add (page->items, g_object_ref (peek_item (self, i)));
  page->has_before = begin > 0;
  page->has_after = end < get_length (self);
  page->generation = self->generation;
  return page;
}

static RtTimelinePage *
answer_request (RtMemoryTimeline *self, const Request *request)
{
  guint length = get_length (self);
  guint place, after;

  if (request->where == RT_TIMELINE_TAIL)
    return make_page (self, length - MIN (request->n, length), length);

  place = find_place (self, &request->key);
  after = place + (has_key_at (self, place, &request->key) ? 1 : 0);
  switch (request->where)
    {
    case RT_TIMELINE_BEFORE:
      return make_page (self, place - MIN (request->n, place), place);
    case RT_TIMELINE_AFTER:
      return make_page (self, after, after + MIN (request->n, length - after));
    case RT_TIMELINE_TAIL:
    case RT_TIMELINE_AROUND:
    default:
      return make_page (self, place - MIN (request->n, place), after + MIN (request->n, length - after));
    }
}

static void
load_async (RtTimelineSource    *source,
            RtTimelineWhere      where,
            const RtTimelineKey *key,
            guint                n,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->where = where;
  if (key != NULL)
    request->key = *key;
  request->n = n;
  g_task_set_source_tag (task, load_async);
  g_task_set_name (task, "[rt-model] timeline page");
  g_task_set_task_data (task, request, g_free);
  g_task_return_boolean (task, TRUE);
}

/* The page is made here and not when it was asked for: what came in between is in it. */
static RtTimelinePage *
load_finish (RtTimelineSource *source, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return answer_request (RT_MEMORY_TIMELINE (source), g_task_get_task_data (G_TASK (result)));
}

static RtTimelinePage *
peek_tail (RtTimelineSource *source, guint n)
{
  Request request = { .where = RT_TIMELINE_TAIL, .n = n };

  return answer_request (RT_MEMORY_TIMELINE (source), &request);
}

static guint64
count_hint (RtTimelineSource *source)
{
  return get_length (RT_MEMORY_TIMELINE (source));
}

static guint64
rank_hint (RtTimelineSource *source, const RtTimelineKey *key)
{
  return find_place (RT_MEMORY_TIMELINE (source), key);
}

static guint
get_generation (RtTimelineSource *source)
{
  return RT_MEMORY_TIMELINE (source)->generation;
}

static void
timeline_source_iface_init (RtTimelineSourceInterface *iface)
{
  iface->load_async = load_async;
  iface->load_finish = load_finish;
  iface->peek_tail = peek_tail;
  iface->count_hint = count_hint;
  iface->rank_hint = rank_hint;
  iface->get_generation = get_generation;
}

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_TIMELINE_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return get_length (RT_MEMORY_TIMELINE (model));
}

static gpointer
get_item (GListModel *model, guint position)
{
  RtMemoryTimeline *self = RT_MEMORY_TIMELINE (model);

  return position < get_length (self) ? g_object_ref (peek_item (self, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- object ---- */

static void
rt_memory_timeline_finalize (GObject *object)
{
  RtMemoryTimeline *self = RT_MEMORY_TIMELINE (object);

  release_items (self);
  g_ptr_array_unref (self->items);

  G_OBJECT_CLASS (rt_memory_timeline_parent_class)->finalize (object);
}

static void
rt_memory_timeline_class_init (RtMemoryTimelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_memory_timeline_finalize;
}

static void
rt_memory_timeline_init (RtMemoryTimeline *self)
{
  self->items = g_ptr_array_new ();
}

RtMemoryTimeline *
rt_memory_timeline_new (guint max_items)
{
  RtMemoryTimeline *self = g_object_new (RT_TYPE_MEMORY_TIMELINE, NULL);

  self->max_items = MAX (max_items, 1);
  return self;
}

void
rt_memory_timeline_add (RtMemoryTimeline *self, RtTimelineItem *item)
{
  guint place, length;
  RtTimelineKey key;

  g_return_if_fail (RT_IS_MEMORY_TIMELINE (self));
  g_return_if_fail (RT_IS_TIMELINE_ITEM (item));

  rt_timeline_item_get_key (item, &key);
  place = find_place (self, &key);
  g_return_if_fail (!has_key_at (self, place, &key));

  length = get_length (self);
  g_ptr_array_insert (self->items, (int) (self->head + place), g_object_ref (item));
  self->weight += rt_timeline_item_get_weight (item);
  g_list_model_items_changed (G_LIST_MODEL (self), place, 0, 1);
  if (place == length)
    rt_timeline_source_appended (RT_TIMELINE_SOURCE (self), item);
  else
    rt_timeline_source_inserted (RT_TIMELINE_SOURCE (self), item);

  while (get_length (self) > self->max_items || (get_length (self) > 1 && self->weight > RT_MEMORY_TIMELINE_MAX_BYTES))
    drop_oldest (self);
}

void
rt_memory_timeline_item_changed (RtMemoryTimeline *self, RtTimelineItem *item)
{
  RtTimelineKey key;
  guint place;

  g_return_if_fail (RT_IS_MEMORY_TIMELINE (self));
  g_return_if_fail (RT_IS_TIMELINE_ITEM (item));

  rt_timeline_item_get_key (item, &key);
  place = find_place (self, &key);
  /* it may have gone in the meantime */
  if (has_key_at (self, place, &key) && peek_item (self, place) == item)
    rt_timeline_source_changed (RT_TIMELINE_SOURCE (self), item);
}

void
rt_memory_timeline_clear (RtMemoryTimeline *self)
{
  guint length;

  g_return_if_fail (RT_IS_MEMORY_TIMELINE (self));

  length = get_length (self);
  release_items (self);
  self->generation++;
  if (length > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, length, 0);
  rt_timeline_source_reset (RT_TIMELINE_SOURCE (self));
}
