/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "timeline-fixture.h"

struct _TestItem {
  GObject parent;
  gint64  number;
  char   *text;
};

static void
test_item_get_key (RtTimelineItem *item, RtTimelineKey *key)
{
  *key = test_key (TEST_ITEM (item)->number);
}

static void
item_iface_init (RtTimelineItemInterface *iface)
{
  iface->get_key = test_item_get_key;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestItem, test_item, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_ITEM, item_iface_init))

static void
test_item_finalize (GObject *object)
{
  g_free (TEST_ITEM (object)->text);
  G_OBJECT_CLASS (test_item_parent_class)->finalize (object);
}

static void
test_item_class_init (TestItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_item_finalize;
}

static void
test_item_init (TestItem *self)
{
}

RtTimelineKey
test_key (gint64 number)
{
  /* three of ten share their time */
  gint64 n = number / 30;

  return (RtTimelineKey) { .time = 1700000000000000 + n * 60000000, .sequence = number };
}

/* 60 % short, 25 % middling, 12 % long and 3 % very long, as in real chats */
TestItem *
test_item_new (gint64 number)
{
  static const char * const words[] = { "the", "table", "over", "a", "network", "of", "friends", "who", "wrote", "it", "yesterday", "antenna" };
  TestItem *self = g_object_new (TEST_TYPE_ITEM, NULL);
  guint64 hash = (guint64) number * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  guint percent = (hash >> 33) % 100, n;
  GString *text = g_string_new (NULL);

  n = percent < 60 ? 1 + (hash >> 20) % 10 : percent < 85 ? 10 + (hash >> 20) % 30 : percent < 97 ? 40 + (hash >> 20) % 80 : 150;
  g_string_printf (text, "%" G_GINT64_FORMAT, number);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, " %s", words[(hash >> (i % 29)) % G_N_ELEMENTS (words)]);
  self->number = number;
  self->text = g_string_free (text, FALSE);
  return self;
}

gint64
test_item_get_number (TestItem *self)
{
  return self->number;
}

const char *
test_item_get_text (TestItem *self)
{
  return self->text;
}

void
test_item_set_text (TestItem *self, const char *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
}

/* The source: n generated ones, then a sorted list of what was added; what was removed of the generated ones is at the end. */
struct _TestSource {
  GObject    parent;
  guint64    n;
  GPtrArray *added;             /* sorted; may lie between generated ones */
  GHashTable *texts;            /* number to text of changed ones */
  guint      latency, generation, requests;
  guint64    now;               /* of its own clock, in ms */
  GPtrArray *waiting;           /* of GTask, in the order in which they are due */
  guint      under_way[4], most[4];
  gboolean   failing;
};

/* Generated ones below this number */
static guint64
generated_before (TestSource *self, const RtTimelineKey *key)
{
  guint64 low = 0, high = self->n;

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;
      RtTimelineKey at = test_key (middle * 10);

      if (rt_timeline_key_compare (&at, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static guint
added_before (TestSource *self, const RtTimelineKey *key)
{
  guint i;

  for (i = 0; i < self->added->len; i++)
    {
      RtTimelineKey at;

      rt_timeline_item_get_key (g_ptr_array_index (self->added, i), &at);
      if (rt_timeline_key_compare (&at, key) >= 0)
        break;
    }
  return i;
}

static guint64
rank_of (TestSource *self, const RtTimelineKey *key)
{
  return generated_before (self, key) + added_before (self, key);
}

/* The item with this rank (transfer full) */
TestItem *
test_source_item_at (TestSource *self, guint64 rank)
{
  guint low = 0, high = self->added->len;
  TestItem *item;
  const char *text;

  /* the number of added ones before it */
  while (low < high)
    {
      guint middle = (low + high) / 2;
      RtTimelineKey key;

      rt_timeline_item_get_key (g_ptr_array_index (self->added, middle), &key);
      if (generated_before (self, &key) + middle < rank)
        low = middle + 1;
      else
        high = middle;
    }
  if (low < self->added->len)
    {
      RtTimelineKey key;

      rt_timeline_item_get_key (g_ptr_array_index (self->added, low), &key);
      if (generated_before (self, &key) + low == rank)
        return g_object_ref (g_ptr_array_index (self->added, low));
    }
  item = test_item_new ((gint64) (rank - low) * 10);
  text = g_hash_table_lookup (self->texts, GINT_TO_POINTER ((int) item->number));
  if (text != NULL)
    test_item_set_text (item, text);
  return item;
}

static RtTimelinePage *
make_page (TestSource *self, guint64 from, guint64 to)
{
  RtTimelinePage *page = g_new0 (RtTimelinePage, 1);
  guint64 count = test_source_get_count (self);

  page->items = g_ptr_array_new_with_free_func (g_object_unref);
  to = MIN (to, count);
  for (guint64 i = from; i < to; i++)
    g_ptr_array_add (page->items, test_source_item_at (self, i));
  page->has_before = from > 0;
  page->has_after = to < count;
  page->generation = self->generation;
  return page;
}

static RtTimelinePage *
test_source_peek_tail (RtTimelineSource *source, guint n)
{
  TestSource *self = TEST_SOURCE (source);
  guint64 count = test_source_get_count (self);

  return self->latency > 0 ? NULL : make_page (self, count - MIN (count, n), count);
}

typedef struct {
  RtTimelinePage *page;
  guint64         due;
} Answer;

static gboolean
answer_cb (gpointer user_data)
{
  GTask *task = user_data;
  TestSource *self = g_task_get_source_object (task);
  guint where = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (task), "where"));

  self->under_way[where]--;
  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (self->failing)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "The disk is on fire");
  else
    g_task_return_pointer (task, g_steal_pointer (&((Answer *) g_task_get_task_data (task))->page),
                           (GDestroyNotify) rt_timeline_page_free);
  return G_SOURCE_REMOVE;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  rt_timeline_page_free (answer->page);
  g_free (answer);
}

static void
test_source_load_async (RtTimelineSource *source, RtTimelineWhere where, const RtTimelineKey *key, guint n,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  TestSource *self = TEST_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint64 count = test_source_get_count (self), rank = key != NULL ? rank_of (self, key) : 0;
  Answer *answer = g_new0 (Answer, 1);
  gboolean there = FALSE;

  self->requests++;
  self->under_way[where]++;
  self->most[where] = MAX (self->most[where], self->under_way[where]);
  if (key != NULL && rank < count)
    {
      g_autoptr (TestItem) at = test_source_item_at (self, rank);
      RtTimelineKey at_key = test_key (at->number);

      there = rt_timeline_key_compare (&at_key, key) == 0;
    }
  switch (where)
    {
    case RT_TIMELINE_TAIL:
      answer->page = make_page (self, count - MIN (count, n), count);
      break;
    case RT_TIMELINE_BEFORE:
      answer->page = make_page (self, rank - MIN (rank, n), rank);
      break;
    case RT_TIMELINE_AFTER:
      answer->page = make_page (self, rank + there, rank + there + n);
      break;
    case RT_TIMELINE_AROUND:
      answer->page = make_page (self, rank - MIN (rank, n), rank + n + 1);
      break;
    default:
      g_assert_not_reached ();
    }
  g_task_set_task_data (task, answer, answer_free);
  g_object_set_data (G_OBJECT (task), "where", GUINT_TO_POINTER (where));
  answer->due = self->now + self->latency;
  if (self->latency > 0)
    g_ptr_array_add (self->waiting, g_object_ref (task));
  else
    g_timeout_add_full (G_PRIORITY_DEFAULT, 0, answer_cb, g_object_ref (task), g_object_unref);
}

void
test_source_advance (TestSource *self, guint ms)
{
  self->now += ms;
  while (self->waiting->len > 0 && ((Answer *) g_task_get_task_data (self->waiting->pdata[0]))->due <= self->now)
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (self->waiting, 0);

      answer_cb (task);
    }
}

static RtTimelinePage *
test_source_load_finish (RtTimelineSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static guint64
test_source_count_hint (RtTimelineSource *source)
{
  return test_source_get_count (TEST_SOURCE (source));
}

static guint64
test_source_rank_hint (RtTimelineSource *source, const RtTimelineKey *key)
{
  return rank_of (TEST_SOURCE (source), key);
}

static guint
test_source_get_generation (RtTimelineSource *source)
{
  return TEST_SOURCE (source)->generation;
}

static void
source_iface_init (RtTimelineSourceInterface *iface)
{
  iface->load_async = test_source_load_async;
  iface->load_finish = test_source_load_finish;
  iface->peek_tail = test_source_peek_tail;
  iface->count_hint = test_source_count_hint;
  iface->rank_hint = test_source_rank_hint;
  iface->get_generation = test_source_get_generation;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSource, test_source, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_SOURCE, source_iface_init))

static void
test_source_finalize (GObject *object)
{
  TestSource *self = TEST_SOURCE (object);

  g_ptr_array_unref (self->added);
  g_ptr_array_unref (self->waiting);
  g_hash_table_unref (self->texts);
  G_OBJECT_CLASS (test_source_parent_class)->finalize (object);
}

static void
test_source_class_init (TestSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_source_finalize;
}

static void
test_source_init (TestSource *self)
{
  self->added = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->texts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

TestSource *
test_source_new (guint64 n_items, guint latency_ms)
{
  TestSource *self = g_object_new (TEST_TYPE_SOURCE, NULL);

  self->n = n_items;
  self->latency = latency_ms;
  return self;
}

guint64
test_source_get_count (TestSource *self)
{
  return self->n + self->added->len;
}

/* Only after generated ones: they are numbered on */
void
test_source_append (TestSource *self)
{
  g_autoptr (TestItem) item = test_item_new ((gint64) self->n * 10);

  g_assert_cmpuint (self->added->len == 0 || test_item_get_number (g_ptr_array_index (self->added, self->added->len - 1)) < item->number, ==, TRUE);
  self->n++;
  rt_timeline_source_appended (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
}

void
test_source_insert (TestSource *self, gint64 number)
{
  TestItem *item = test_item_new (number);
  RtTimelineKey key = test_key (number);

  g_assert_cmpint (number % 10, !=, 0);
  g_ptr_array_insert (self->added, added_before (self, &key), item);
  rt_timeline_source_inserted (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
}

void
test_source_remove (TestSource *self, gint64 number)
{
  RtTimelineKey key = test_key (number);
  g_autoptr (TestItem) item = test_source_item_at (self, rank_of (self, &key));

  g_assert_cmpint (item->number, ==, number);
  if (number % 10 != 0)
    g_ptr_array_remove_index (self->added, added_before (self, &key));
  else
    {
      g_assert_cmpint (number, ==, (gint64) (self->n - 1) * 10);
      self->n--;
    }
  rt_timeline_source_removed (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
}

void
test_source_change (TestSource *self, gint64 number, const char *text)
{
  RtTimelineKey key = test_key (number);
  g_autoptr (TestItem) item = test_source_item_at (self, rank_of (self, &key));

  g_assert_cmpint (item->number, ==, number);
  test_item_set_text (item, text);
  g_hash_table_insert (self->texts, GINT_TO_POINTER ((int) number), g_strdup (text));
  rt_timeline_source_changed (RT_TIMELINE_SOURCE (self), RT_TIMELINE_ITEM (item));
}

void
test_source_clear (TestSource *self, guint64 n_items)
{
  g_ptr_array_set_size (self->added, 0);
  g_hash_table_remove_all (self->texts);
  self->n = n_items;
  self->generation++;
  rt_timeline_source_reset (RT_TIMELINE_SOURCE (self));
}

void
test_source_bump (TestSource *self)
{
  self->generation++;
}

void
test_source_set_failing (TestSource *self, gboolean failing)
{
  self->failing = failing;
}

guint
test_source_get_requests (TestSource *self)
{
  return self->requests;
}

guint
test_source_get_most_under_way (TestSource *self, RtTimelineWhere where)
{
  return self->most[where];
}

guint
test_source_get_latency (TestSource *self)
{
  return self->latency;
}

guint
test_source_get_under_way (TestSource *self)
{
  return self->under_way[0] + self->under_way[1] + self->under_way[2] + self->under_way[3];
}
