/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-store-timeline.h"

#include "rt-message-item-private.h"

/* What is over is cut off so many at a time. */
#define SLACK 64u
/* A page that something was put into while it was on its way is asked for again, so often. */
#define MAX_AGAIN 3u

/* A row that somebody holds. */
typedef struct {
  RtMessageItem *item;          /* not owned */
  GBytes        *id;            /* by which it is found; NULL: it has none, or another row has it */
} Held;

struct _RtStoreTimeline {
  GObject             parent_instance;
  RtStoreChat        *chat;             /* NULL: closed */
  RtStoreTimelineMake make;
  gpointer            make_data;
  GHashTable         *held;             /* row number -> Held, of all that somebody holds */
  GHashTable         *held_by_id;       /* GBytes -> RtMessageItem; neither is owned */
  GPtrArray          *newest;           /* owned; by key, with nothing between them that is not here */
  guint64             weight;           /* of them, in bytes */
  gboolean            has_before;       /* the store has older ones */
  guint               n_inserted;       /* not at the end, ever */
  guint               generation;
};

static void timeline_source_iface_init (RtTimelineSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtStoreTimeline, rt_store_timeline, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_SOURCE, timeline_source_iface_init))

/* ---- rows that somebody holds ---- */

static void
unindex (RtStoreTimeline *self, Held *held)
{
  if (held->id != NULL)
    g_hash_table_remove (self->held_by_id, held->id);
  g_clear_pointer (&held->id, g_bytes_unref);
}

/* Own ones get their id when they leave. */
static void
index_held (RtStoreTimeline *self, Held *held)
{
  GBytes *id = held->item->id;

  if (held->id != NULL && id != NULL && g_bytes_equal (held->id, id))
    return;
  unindex (self, held);
  if (id == NULL || g_hash_table_contains (self->held_by_id, id))
    return;
  held->id = g_bytes_ref (id);
  g_hash_table_insert (self->held_by_id, held->id, held->item);
}

static void
gone_cb (gpointer data, GObject *where_it_was)
{
  RtStoreTimeline *self = data;
  gint64 row = ((RtMessageItem *) where_it_was)->key.sequence;
  Held *held = g_hash_table_lookup (self->held, &row);

  unindex (self, held);
  g_hash_table_remove (self->held, &row);
}

static void
hold (RtStoreTimeline *self, RtMessageItem *item)
{
  Held *held = g_new0 (Held, 1);

  held->item = item;
  g_hash_table_insert (self->held, &item->key.sequence, held);
  index_held (self, held);
  g_object_weak_ref (G_OBJECT (item), gone_cb, self);
}

static RtMessageItem *
make_item (RtStoreTimeline *self, const RtStoreMessage *stored)
{
  if (self->make == NULL || self->chat == NULL)
    return rt_message_item_new_stored (stored);
  return self->make (stored, self->make_data);
}

RtMessageItem *
rt_store_timeline_adopt (RtStoreTimeline *self, const RtStoreMessage *stored)
{
  RtMessageItem *item;
  Held *held;

  g_return_val_if_fail (RT_IS_STORE_TIMELINE (self), NULL);

  held = g_hash_table_lookup (self->held, &stored->row);
  if (held != NULL)
    return g_object_ref (held->item);
  item = make_item (self, stored);
  hold (self, item);
  return item;
}

RtMessageItem *
rt_store_timeline_find_held (RtStoreTimeline *self, GBytes *id)
{
  g_return_val_if_fail (RT_IS_STORE_TIMELINE (self), NULL);

  /* there is one of an id */
  return g_hash_table_lookup (self->held_by_id, id);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return rt_timeline_key_compare (&(*(RtMessageItem **) a)->key, &(*(RtMessageItem **) b)->key);
}

GPtrArray *
rt_store_timeline_dup_held (RtStoreTimeline *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer held;

  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    g_ptr_array_add (items, g_object_ref (((Held *) held)->item));
  g_ptr_array_sort (items, compare_items);
  return items;
}

guint
rt_store_timeline_get_n_held (RtStoreTimeline *self)
{
  return g_hash_table_size (self->held);
}

/* ---- the newest ---- */

static RtMessageItem *
newest_at (RtStoreTimeline *self, guint position)
{
  return g_ptr_array_index (self->newest, position);
}

/* The place of the first whose key is not smaller. */
static guint
find_place (RtStoreTimeline *self, const RtTimelineKey *key)
{
  guint low = 0, high = self->newest->len;

  /* most go to the end */
  if (high > 0 && rt_timeline_key_compare (&newest_at (self, high - 1)->key, key) < 0)
    return high;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (rt_timeline_key_compare (&newest_at (self, middle)->key, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether all from the key on is in memory. */
static gboolean
reaches (RtStoreTimeline *self, const RtTimelineKey *key)
{
  return !self->has_before || (self->newest->len > 0 && rt_timeline_key_compare (&newest_at (self, 0)->key, key) <= 0);
}

static void
cut (RtStoreTimeline *self)
{
  guint n = 0, kept = self->newest->len;
  guint64 weight = self->weight;

  if (self->chat == NULL || (kept <= RT_STORE_TIMELINE_NEWEST + SLACK && weight <= RT_STORE_TIMELINE_MAX_BYTES))
    return;
  while (kept - n > 1 && (kept - n > RT_STORE_TIMELINE_NEWEST || weight > RT_STORE_TIMELINE_MAX_BYTES))
    weight -= newest_at (self, n++)->weight;
  self->weight = weight;
  self->has_before = TRUE;
  g_ptr_array_remove_range (self->newest, 0, n);
}

void
rt_store_timeline_begin (RtStoreTimeline *self, GPtrArray *tail, gboolean has_before)
{
  g_return_if_fail (RT_IS_STORE_TIMELINE (self));
  g_return_if_fail (self->newest->len == 0);

  for (guint i = 0; i < tail->len; i++)
    {
      RtMessageItem *item = rt_store_timeline_adopt (self, tail->pdata[i]);

      self->weight += item->weight;
      g_ptr_array_add (self->newest, item);
    }
  self->has_before = has_before;
  self->generation++;
  rt_timeline_source_reset (RT_TIMELINE_SOURCE (self));
}

void
rt_store_timeline_close (RtStoreTimeline *self)
{
  g_return_if_fail (RT_IS_STORE_TIMELINE (self));

  g_clear_object (&self->chat);
  self->make = NULL;
}

void
rt_store_timeline_add (RtStoreTimeline *self, RtMessageItem *item)
{
  guint place;

  g_return_if_fail (RT_IS_STORE_TIMELINE (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));
  g_return_if_fail (!g_hash_table_contains (self->held, &item->key.sequence));

  hold (self, item);
  place = find_place (self, &item->key);
  if (place > 0 || !self->has_before)
    {
      g_ptr_array_insert (self->newest, (int) place, g_object_ref (item));
      self->weight += item->weight;
    }
  if (place + 1 == self->newest->len && newest_at (self, place) == item)
    rt_timeline_source_appended (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
  else
    {
      self->n_inserted++;
      rt_timeline_source_inserted (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
    }
  cut (self);
}

void
rt_store_timeline_item_changed (RtStoreTimeline *self, RtMessageItem *item)
{
  Held *held;

  g_return_if_fail (RT_IS_STORE_TIMELINE (self));

  held = g_hash_table_lookup (self->held, &item->key.sequence);
  if (held != NULL && held->item == item)
    index_held (self, held);
  rt_timeline_source_changed (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
}

gboolean
rt_store_timeline_get_newest (RtStoreTimeline *self, RtTimelineKey *key)
{
  g_return_val_if_fail (RT_IS_STORE_TIMELINE (self), FALSE);

  if (self->newest->len == 0)
    return FALSE;
  *key = newest_at (self, self->newest->len - 1)->key;
  return TRUE;
}

/* ---- pages ---- */

typedef struct {
  RtTimelineWhere where;
  RtTimelineKey   key;
  guint           n;
  guint           n_inserted;   /* when it was asked for */
  guint           again;
} Request;

static RtTimelinePage *
make_page (RtStoreTimeline *self, guint begin, guint end)
{
  RtTimelinePage *page = g_new0 (RtTimelinePage, 1);

  page->items = g_ptr_array_new_full (end - begin, g_object_unref);
  for (guint i = begin; i < end; i++)
    g_ptr_array_add (page->items, g_object_ref (newest_at (self, i)));
  page->has_before = begin > 0 || self->has_before;
  page->has_after = end < self->newest->len;
  page->generation = self->generation;
  return page;
}

/* Out of memory; NULL: there is not enough. */
static RtTimelinePage *
answer_here (RtStoreTimeline *self, const Request *request)
{
  guint length = self->newest->len, place, after;
  gboolean whole = !self->has_before;

  if (request->where == RT_TIMELINE_TAIL)
    return length >= request->n || whole ? make_page (self, length - MIN (request->n, length), length) : NULL;
  if (!reaches (self, &request->key))
    return NULL;
  place = find_place (self, &request->key);
  after = place < length && rt_timeline_key_compare (&newest_at (self, place)->key, &request->key) == 0 ? place + 1 : place;
  switch (request->where)
    {
    case RT_TIMELINE_AFTER:
      return make_page (self, after, after + MIN (request->n, length - after));
    case RT_TIMELINE_BEFORE:
      return place >= request->n || whole ? make_page (self, place - MIN (request->n, place), place) : NULL;
    case RT_TIMELINE_AROUND:
      return place >= request->n || whole ? make_page (self, place - MIN (request->n, place), after + MIN (request->n, length - after)) : NULL;
    case RT_TIMELINE_TAIL:
    default:
      return NULL;
    }
}

/* What was said while the page was on its way belongs to its end. */
static void
complete (RtStoreTimeline *self, RtTimelinePage *page, const Request *request)
{
  RtMessageItem *last = page->items->len > 0 ? page->items->pdata[page->items->len - 1] : NULL;
  const RtTimelineKey *from = last != NULL ? &last->key : &request->key;
  guint place;

  if (page->has_after || self->newest->len == 0 || request->where == RT_TIMELINE_BEFORE)
    return;
  place = find_place (self, from);
  if (place < self->newest->len && rt_timeline_key_compare (&newest_at (self, place)->key, from) == 0)
    place++;
  if (place == 0 && self->has_before)
    {
      /* so much that it is not here any more */
      page->has_after = TRUE;
      return;
    }
  for (; place < self->newest->len; place++)
    g_ptr_array_add (page->items, g_object_ref (newest_at (self, place)));
}

static void
page_loaded_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtStoreTimeline *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (RtStoreChatPage) stored = rt_store_chat_page_finish (RT_STORE_CHAT (chat), result, &error);
  RtTimelinePage *page;

  if (stored == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (request->n_inserted != self->n_inserted && request->again++ < MAX_AGAIN)
    {
      request->n_inserted = self->n_inserted;
      rt_store_chat_page_async (RT_STORE_CHAT (chat), (RtStoreChatWhere) request->where, request->key.time, request->key.sequence, request->n,
                                g_task_get_cancellable (task), page_loaded_cb, g_object_ref (task));
      return;
    }
  page = g_new0 (RtTimelinePage, 1);
  page->items = g_ptr_array_new_full (stored->messages->len, g_object_unref);
  for (guint i = 0; i < stored->messages->len; i++)
    g_ptr_array_add (page->items, rt_store_timeline_adopt (self, stored->messages->pdata[i]));
  page->has_before = stored->has_before;
  page->has_after = stored->has_after;
  page->generation = self->generation;
  complete (self, page, request);
  g_task_return_pointer (task, page, (GDestroyNotify) rt_timeline_page_free);
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
  RtStoreTimeline *self = RT_STORE_TIMELINE (source);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  RtTimelinePage *page;

  g_task_set_source_tag (task, load_async);
  g_task_set_name (task, "[rt-model] timeline page");
  request->where = where;
  request->key = key != NULL ? *key : (RtTimelineKey) { 0, 0 };
  request->n = n;
  request->n_inserted = self->n_inserted;
  g_task_set_task_data (task, request, g_free);
  page = answer_here (self, request);
  if (page == NULL && self->chat != NULL)
    {
      rt_store_chat_page_async (self->chat, (RtStoreChatWhere) where, request->key.time, request->key.sequence, n, cancellable, page_loaded_cb, task);
      return;
    }
  if (page != NULL)
    {
      /* made anew in the end: what comes until then is in it */
      rt_timeline_page_free (page);
      g_task_return_pointer (task, NULL, NULL);
    }
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "The history is closed");
  g_object_unref (task);
}

static RtTimelinePage *
load_finish (RtTimelineSource *source, GAsyncResult *result, GError **error)
{
  RtStoreTimeline *self = RT_STORE_TIMELINE (source);
  GError *failed = NULL;
  RtTimelinePage *page;
  Request *request;

  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  page = g_task_propagate_pointer (G_TASK (result), &failed);
  if (page != NULL || failed != NULL)
    {
      if (failed != NULL)
        g_propagate_error (error, failed);
      return page;
    }
  request = g_task_get_task_data (G_TASK (result));
  page = answer_here (self, request);
  if (page == NULL)
    {
      /* A flood took what there was of it, within this turn: a part of it is a page, too. */
      guint place = find_place (self, &request->key);

      page = make_page (self, place, place);
    }
  return page;
}

static RtTimelinePage *
peek_tail (RtTimelineSource *source, guint n)
{
  RtStoreTimeline *self = RT_STORE_TIMELINE (source);
  guint length = self->newest->len;

  return make_page (self, length - MIN (n, length), length);
}

static guint64
count_hint (RtTimelineSource *source)
{
  RtStoreTimeline *self = RT_STORE_TIMELINE (source);

  return self->chat != NULL ? MAX (rt_store_chat_count (self->chat), self->newest->len) : self->newest->len;
}

static guint64
rank_hint (RtTimelineSource *source, const RtTimelineKey *key)
{
  RtStoreTimeline *self = RT_STORE_TIMELINE (source);
  guint place;

  /* of what is in memory it is known exactly, from the end */
  if (reaches (self, key) || self->chat == NULL)
    {
      place = find_place (self, key);
      return count_hint (source) - (self->newest->len - place);
    }
  return rt_store_chat_rank (self->chat, key->time, key->sequence);
}

static guint
get_generation (RtTimelineSource *source)
{
  return RT_STORE_TIMELINE (source)->generation;
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

/* ---- object ---- */

static void
rt_store_timeline_finalize (GObject *object)
{
  RtStoreTimeline *self = RT_STORE_TIMELINE (object);
  GHashTableIter iter;
  gpointer value;

  g_ptr_array_unref (self->newest);
  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Held *held = value;

      g_object_weak_unref (G_OBJECT (held->item), gone_cb, self);
      unindex (self, held);
    }
  g_hash_table_unref (self->held_by_id);
  g_hash_table_unref (self->held);
  g_clear_object (&self->chat);

  G_OBJECT_CLASS (rt_store_timeline_parent_class)->finalize (object);
}

static void
rt_store_timeline_class_init (RtStoreTimelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_store_timeline_finalize;
}

static void
rt_store_timeline_init (RtStoreTimeline *self)
{
  self->held = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->held_by_id = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->newest = g_ptr_array_new_with_free_func (g_object_unref);
}

RtStoreTimeline *
rt_store_timeline_new (RtStoreChat *chat, RtStoreTimelineMake make, gpointer data)
{
  RtStoreTimeline *self = g_object_new (RT_TYPE_STORE_TIMELINE, NULL);

  self->chat = g_object_ref (chat);
  self->make = make;
  self->make_data = data;
  return self;
}
