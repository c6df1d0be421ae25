/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-wait.h"
#include "model/timeline/rt-memory-timeline.h"

/* ---- a row with nothing but a key ---- */

#define TEST_TYPE_ROW (test_row_get_type ())
G_DECLARE_FINAL_TYPE (TestRow, test_row, TEST, ROW, GObject)

struct _TestRow {
  GObject parent_instance;
  RtTimelineKey key;
  gsize weight;
};

static void test_row_iface_init (RtTimelineItemInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestRow, test_row, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_ITEM, test_row_iface_init))

static void
get_key (RtTimelineItem *item, RtTimelineKey *key)
{
  *key = TEST_ROW (item)->key;
}

static gsize
get_weight (RtTimelineItem *item)
{
  return TEST_ROW (item)->weight;
}

static void
test_row_iface_init (RtTimelineItemInterface *iface)
{
  iface->get_key = get_key;
  iface->get_weight = get_weight;
}

static void
test_row_class_init (TestRowClass *klass)
{
}

static void
test_row_init (TestRow *self)
{
}

static TestRow *
make_row (gint64 time, gint64 sequence)
{
  TestRow *row = g_object_new (TEST_TYPE_ROW, NULL);

  row->key.time = time;
  row->key.sequence = sequence;
  return row;
}

static void
add_row (RtMemoryTimeline *timeline, gint64 time, gint64 sequence)
{
  g_autoptr (TestRow) row = make_row (time, sequence);

  rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (row));
}

static gint64
time_at (RtMemoryTimeline *timeline, guint position)
{
  g_autoptr (TestRow) row = g_list_model_get_item (G_LIST_MODEL (timeline), position);

  g_assert_nonnull (row);
  return row->key.time;
}

static char *
print_page (RtTimelinePage *page)
{
  GString *text = g_string_new (page->has_before ? "<" : "|");

  for (guint i = 0; i < page->items->len; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? " " : "", (int) TEST_ROW (g_ptr_array_index (page->items, i))->key.time);
  g_string_append_c (text, page->has_after ? '>' : '|');
  return g_string_free (text, FALSE);
}

static char *
load (RtMemoryTimeline *timeline, RtTimelineWhere where, gint64 time, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RtTimelinePage) page = NULL;
  g_autoptr (GError) error = NULL;
  RtTimelineKey key = { time, 0 };

  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (timeline), where, where == RT_TIMELINE_TAIL ? NULL : &key, n, NULL, rt_wait_result_cb, &result);
  g_assert_null (result);       /* never inside the call */
  rt_wait_result (result);
  page = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (timeline), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->generation, ==, rt_timeline_source_get_generation (RT_TIMELINE_SOURCE (timeline)));
  return print_page (page);
}

#define assert_load(timeline, where, time, n, expected) \
  G_STMT_START { g_autofree char *page_ = load (timeline, where, time, n); g_assert_cmpstr (page_, ==, expected); } G_STMT_END

static void
test_pages (void)
{
  g_autoptr (RtMemoryTimeline) timeline = rt_memory_timeline_new (100);
  g_autoptr (RtTimelinePage) tail = NULL;
  g_autofree char *printed = NULL;

  assert_load (timeline, RT_TIMELINE_TAIL, 0, 5, "||");
  assert_load (timeline, RT_TIMELINE_AROUND, 10, 5, "||");
  for (guint i = 1; i <= 10; i++)
    add_row (timeline, 10 * i, 0);

  assert_load (timeline, RT_TIMELINE_TAIL, 0, 3, "<80 90 100|");
  assert_load (timeline, RT_TIMELINE_TAIL, 0, 50, "|10 20 30 40 50 60 70 80 90 100|");
  assert_load (timeline, RT_TIMELINE_TAIL, 0, 0, "<|");
  assert_load (timeline, RT_TIMELINE_BEFORE, 50, 2, "<30 40>");
  assert_load (timeline, RT_TIMELINE_BEFORE, 50, 9, "|10 20 30 40>");
  assert_load (timeline, RT_TIMELINE_BEFORE, 45, 1, "<40>");
  assert_load (timeline, RT_TIMELINE_BEFORE, 10, 4, "|>");
  assert_load (timeline, RT_TIMELINE_AFTER, 50, 2, "<60 70>");
  assert_load (timeline, RT_TIMELINE_AFTER, 50, 9, "<60 70 80 90 100|");
  assert_load (timeline, RT_TIMELINE_AFTER, 45, 1, "<50>");
  assert_load (timeline, RT_TIMELINE_AFTER, 100, 4, "<|");
  assert_load (timeline, RT_TIMELINE_AROUND, 50, 1, "<40 50 60>");
  assert_load (timeline, RT_TIMELINE_AROUND, 45, 1, "<40 50>");
  assert_load (timeline, RT_TIMELINE_AROUND, 10, 2, "|10 20 30>");
  assert_load (timeline, RT_TIMELINE_AROUND, 1000, 2, "<90 100|");

  tail = rt_timeline_source_peek_tail (RT_TIMELINE_SOURCE (timeline), 2);
  printed = print_page (tail);
  g_assert_cmpstr (printed, ==, "<90 100|");
  g_assert_cmpuint (rt_timeline_source_count_hint (RT_TIMELINE_SOURCE (timeline)), ==, 10);
  g_assert_cmpuint (rt_timeline_source_rank_hint (RT_TIMELINE_SOURCE (timeline), &(RtTimelineKey) { 50, 0 }), ==, 4);
  g_assert_cmpuint (rt_timeline_source_rank_hint (RT_TIMELINE_SOURCE (timeline), &(RtTimelineKey) { 50, 1 }), ==, 5);
}

static void
test_cancelled (void)
{
  g_autoptr (RtMemoryTimeline) timeline = rt_memory_timeline_new (100);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (timeline), RT_TIMELINE_TAIL, NULL, 5, cancellable, rt_wait_result_cb, &result);
  g_cancellable_cancel (cancellable);
  rt_wait_result (result);
  g_assert_null (rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (timeline), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What comes while a page is under way is in the page. */
static void
test_page_is_fresh (void)
{
  g_autoptr (RtMemoryTimeline) timeline = rt_memory_timeline_new (100);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RtTimelinePage) page = NULL;
  g_autofree char *printed = NULL;

  add_row (timeline, 1, 0);
  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (timeline), RT_TIMELINE_TAIL, NULL, 5, NULL, rt_wait_result_cb, &result);
  add_row (timeline, 2, 0);
  rt_wait_result (result);
  page = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (timeline), result, NULL);
  printed = print_page (page);
  g_assert_cmpstr (printed, ==, "|1 2|");
}

/* ---- the property: the model, and whoever follows its signals, has what a sorted copy has ---- */

typedef struct {
  RtMemoryTimeline *timeline;
  GPtrArray *by_model;          /* from items-changed */
  GPtrArray *by_source;         /* from the source's signals */
  guint resets, changes;
} Follower;

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return rt_timeline_key_compare (&TEST_ROW (*(gpointer *) a)->key, &TEST_ROW (*(gpointer *) b)->key);
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, Follower *follower)
{
  if (removed > 0)
    g_ptr_array_remove_range (follower->by_model, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (follower->by_model, (int) (position + i), g_list_model_get_item (model, position + i));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, follower->by_model->len);
}

static void
appended_cb (RtTimelineSource *source, RtTimelineItem *item, Follower *follower)
{
  if (follower->by_source->len > 0)
    g_assert_cmpint (compare_rows (&g_ptr_array_index (follower->by_source, follower->by_source->len - 1), &item), <, 0);
  g_ptr_array_add (follower->by_source, g_object_ref (item));
}

static void
inserted_cb (RtTimelineSource *source, RtTimelineItem *item, Follower *follower)
{
  g_ptr_array_add (follower->by_source, g_object_ref (item));
  g_ptr_array_sort (follower->by_source, compare_rows);
  g_assert_true (g_ptr_array_index (follower->by_source, follower->by_source->len - 1) != item);
}

static void
removed_cb (RtTimelineSource *source, RtTimelineItem *item, Follower *follower)
{
  g_assert_true (g_ptr_array_remove (follower->by_source, item));
}

static void
changed_cb (RtTimelineSource *source, RtTimelineItem *item, Follower *follower)
{
  g_assert_true (g_ptr_array_find (follower->by_source, item, NULL));
  follower->changes++;
}

static void
reset_cb (RtTimelineSource *source, Follower *follower)
{
  g_ptr_array_set_size (follower->by_source, 0);
  follower->resets++;
}

static void
assert_same (GPtrArray *expected, guint from, GPtrArray *actual)
{
  g_assert_cmpuint (actual->len, ==, expected->len - from);
  for (guint i = 0; i < actual->len; i++)
    g_assert_true (g_ptr_array_index (actual, i) == g_ptr_array_index (expected, from + i));
}

static void
test_random (void)
{
  for (guint round = 0; round < 20; round++)
    {
      guint max = (guint) g_test_rand_int_range (1, 400);
      g_autoptr (RtMemoryTimeline) timeline = rt_memory_timeline_new (max);
      g_autoptr (GPtrArray) expected = g_ptr_array_new_with_free_func (g_object_unref);
      g_autoptr (GPtrArray) by_model = g_ptr_array_new_with_free_func (g_object_unref);
      g_autoptr (GPtrArray) by_source = g_ptr_array_new_with_free_func (g_object_unref);
      Follower follower = { timeline, by_model, by_source, 0, 0 };
      guint resets = 0, changes = 0;

      g_signal_connect (timeline, "items-changed", G_CALLBACK (items_changed_cb), &follower);
      g_signal_connect (timeline, "appended", G_CALLBACK (appended_cb), &follower);
      g_signal_connect (timeline, "inserted", G_CALLBACK (inserted_cb), &follower);
      g_signal_connect (timeline, "removed", G_CALLBACK (removed_cb), &follower);
      g_signal_connect (timeline, "changed", G_CALLBACK (changed_cb), &follower);
      g_signal_connect (timeline, "reset", G_CALLBACK (reset_cb), &follower);
      for (guint step = 0; step < 1500; step++)
        {
          int dice = g_test_rand_int_range (0, 1000);

          if (dice == 0)
            {
              rt_memory_timeline_clear (timeline);
              g_ptr_array_set_size (expected, 0);
              resets++;
            }
          else if (dice < 100 && expected->len > 0)
            {
              rt_memory_timeline_item_changed (timeline, g_ptr_array_index (expected, (guint) g_test_rand_int_range (0, (gint32) expected->len)));
              changes++;
            }
          else
            {
              /* mostly the newest, often not; times that are equal */
              gint64 time = dice < 700 ? (gint64) (step / 2) : g_test_rand_int_range (0, 750);
              TestRow *row = make_row (time, step);

              g_ptr_array_add (expected, row);
              g_ptr_array_sort (expected, compare_rows);
              rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (row));
              if (expected->len > max)
                g_ptr_array_remove_index (expected, 0);
            }
          if (step % 50 == 0)
            {
              assert_same (expected, 0, by_model);
              assert_same (expected, 0, by_source);
            }
        }
      assert_same (expected, 0, by_model);
      assert_same (expected, 0, by_source);
      g_assert_cmpuint (follower.resets, ==, resets);
      g_assert_cmpuint (follower.changes, ==, changes);
      g_assert_cmpuint (rt_timeline_source_get_generation (RT_TIMELINE_SOURCE (timeline)), ==, resets);
    }
}

static void
test_gone_rows_do_not_change (void)
{
  g_autoptr (RtMemoryTimeline) timeline = rt_memory_timeline_new (2);
  g_autoptr (TestRow) gone = make_row (1, 0);
  guint changes = 0;

  g_signal_connect_swapped (timeline, "changed", G_CALLBACK (g_atomic_int_inc), &changes);
  rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (gone));
  add_row (timeline, 2, 0);
  rt_memory_timeline_item_changed (timeline, RT_TIMELINE_ITEM (gone));
  g_assert_cmpuint (changes, ==, 1);
  add_row (timeline, 3, 0);
  rt_memory_timeline_item_changed (timeline, RT_TIMELINE_ITEM (gone));
  g_assert_cmpuint (changes, ==, 1);
  g_assert_cmpint (time_at (timeline, 0), ==, 2);
}

/* Few rows of many bytes are bounded too; the newest stays whatever its size. */
static void
test_bounded_in_bytes (void)
{
  g_autoptr (RtMemoryTimeline) timeline = rt_memory_timeline_new (RT_MEMORY_TIMELINE_MAX_ITEMS);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (TestRow) row = make_row (i, 0);

      row->weight = 4 * 1024 * 1024;
      rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (row));
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (timeline)), ==, RT_MEMORY_TIMELINE_MAX_BYTES / (4 * 1024 * 1024));
  g_assert_cmpint (time_at (timeline, 0), ==, 84);
  {
    g_autoptr (TestRow) row = make_row (1000, 0);

    row->weight = 2 * RT_MEMORY_TIMELINE_MAX_BYTES;
    rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (row));
  }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (timeline)), ==, 1);
  g_assert_cmpint (time_at (timeline, 0), ==, 1000);
}

static void
test_finalises (void)
{
  RtMemoryTimeline *timeline = rt_memory_timeline_new (10);
  g_autoptr (TestRow) first = make_row (1, 1);
  TestRow *second = make_row (2, 2);

  g_object_add_weak_pointer (G_OBJECT (second), (gpointer *) &second);
  rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (first));
  rt_memory_timeline_add (timeline, RT_TIMELINE_ITEM (second));
  g_object_unref (second);
  g_assert_nonnull (second);
  g_assert_finalize_object (timeline);
  g_assert_null (second);
  g_assert_cmpuint (G_OBJECT (first)->ref_count, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/memory-timeline/pages", test_pages);
  g_test_add_func ("/model/memory-timeline/cancelled", test_cancelled);
  g_test_add_func ("/model/memory-timeline/page-is-fresh", test_page_is_fresh);
  g_test_add_func ("/model/memory-timeline/random", test_random);
  g_test_add_func ("/model/memory-timeline/gone-rows-do-not-change", test_gone_rows_do_not_change);
  g_test_add_func ("/model/memory-timeline/bounded-in-bytes", test_bounded_in_bytes);
  g_test_add_func ("/model/memory-timeline/finalises", test_finalises);
  return g_test_run ();
}
