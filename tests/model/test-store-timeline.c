/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long history, paged through both ways while more comes. MODEL_DEEP: 100,000 rows. */
#include <string.h>

#include "model/timeline/rt-message-item-private.h"
#include "model/timeline/rt-store-timeline.h"
#include "network-test.h"
#include "one-store.h"

#define PAGE 60u

typedef struct {
  char            *folder;
  RtStore         *store;
  RtStoreChat     *chat;
  RtStoreTimeline *timeline;
  GPtrArray       *expected;    /* of RtTimelineKey, sorted */
  gint64           time;
  guint            appended, inserted;
} Fixture;

static guint
get_n_rows (void)
{
  return g_getenv ("MODEL_DEEP") != NULL ? 100000 : 5000;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return rt_timeline_key_compare (*(RtTimelineKey **) a, *(RtTimelineKey **) b);
}

static RtStoreMessage *
make_row (Fixture *self, gint64 time)
{
  RtStoreMessage *message = rt_store_message_new ();
  RtTimelineKey *key = g_new (RtTimelineKey, 1);
  guint8 id[32] = { 0 };

  message->row = rt_store_chat_take_row (self->chat);
  message->time = time;
  message->sent = time / G_USEC_PER_SEC;
  message->sender = g_strdup ("22222");
  message->text = g_strdup_printf ("row %" G_GINT64_FORMAT, message->row);
  memcpy (id, &message->row, sizeof message->row);
  message->id = g_bytes_new (id, sizeof id);
  *key = (RtTimelineKey) { message->time, message->row };
  g_ptr_array_add (self->expected, key);
  return message;
}

static RtMessageItem *
add_row (Fixture *self, gint64 time)
{
  g_autoptr (RtStoreMessage) message = make_row (self, time);
  RtMessageItem *item = rt_message_item_new_stored (message);

  rt_store_chat_add (self->chat, message, FALSE);
  rt_store_timeline_add (self->timeline, item);
  return item;
}

static void
flush (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_chat_flush_async (self->chat, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_chat_flush_finish (self->chat, result, NULL));
}

/* The chat of a new life, with its timeline. */
static void
open_chat (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RtStoreChatState) state = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->timeline);
  g_clear_object (&self->chat);
  self->chat = rt_store_chat_new (self->store, "one");
  self->timeline = rt_store_timeline_new (self->chat, NULL, NULL);
  rt_store_chat_load_async (self->chat, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  state = rt_store_chat_load_finish (self->chat, result, &error);
  g_assert_no_error (error);
  rt_store_timeline_begin (self->timeline, state->tail, state->n_messages > state->tail->len);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("rt-timeline-XXXXXX", &error);
  g_assert_no_error (error);
  self->store = open_store_of_one (self->folder);
  self->expected = g_ptr_array_new_with_free_func (g_free);
  self->time = G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC;
  open_chat (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_clear_object (&self->timeline);
  g_clear_object (&self->chat);
  rt_store_close_async (self->store, rt_wait_result_cb, &result);
  rt_wait_result (result);
  rt_store_close_finish (self->store, result, NULL);
  g_object_unref (self->store);
  g_ptr_array_unref (self->expected);
  rt_remove_tree (self->folder);
  g_free (self->folder);
}

static void
fill (Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtStoreMessage) message = NULL;

      /* some in one microsecond */
      self->time += g_test_rand_int_range (0, 4) * G_USEC_PER_SEC;
      message = make_row (self, self->time);
      rt_store_chat_add (self->chat, message, FALSE);
      if (i % 5000 == 4999)
        flush (self);
    }
  flush (self);
}

static RtTimelinePage *
load (Fixture *self, RtTimelineWhere where, const RtTimelineKey *key, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtTimelinePage *page;

  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (self->timeline), where, key, n, NULL, rt_wait_result_cb, &result);
  g_assert_null (result);
  rt_wait_result (result);
  page = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (self->timeline), result, &error);
  g_assert_no_error (error);
  return page;
}

static guint
find_expected (Fixture *self, const RtTimelineKey *key)
{
  guint low = 0, high = self->expected->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (rt_timeline_key_compare (self->expected->pdata[middle], key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
assert_page (Fixture *self, RtTimelinePage *page, guint begin)
{
  for (guint i = 0; i < page->items->len; i++)
    {
      RtTimelineKey key;

      rt_timeline_item_get_key (page->items->pdata[i], &key);
      g_assert_cmpint (rt_timeline_key_compare (&key, self->expected->pdata[begin + i]), ==, 0);
    }
  g_assert_cmpint (page->has_before, ==, begin > 0);
  g_assert_cmpint (page->has_after, ==, begin + page->items->len < self->expected->len);
}

static void
test_pages_both_ways (Fixture *self, gconstpointer data)
{
  g_autoptr (RtTimelinePage) tail = NULL;
  RtTimelineKey first, last;
  guint place, n = get_n_rows (), n_pages = 0;
  gint64 begun;

  fill (self, n);
  open_chat (self);
  g_assert_cmpuint (rt_timeline_source_count_hint (RT_TIMELINE_SOURCE (self->timeline)), ==, n);
  tail = load (self, RT_TIMELINE_TAIL, NULL, PAGE);
  g_assert_cmpuint (tail->items->len, ==, PAGE);
  assert_page (self, tail, n - PAGE);
  rt_timeline_item_get_key (tail->items->pdata[0], &first);
  begun = g_get_monotonic_time ();
  /* up to the first, while more comes, at the end and, of what others tell, in between */
  for (place = n - PAGE; place > 0; n_pages++)
    {
      g_autoptr (RtTimelinePage) page = load (self, RT_TIMELINE_BEFORE, &first, PAGE);

      g_assert_cmpuint (page->items->len, ==, MIN (PAGE, place));
      place -= page->items->len;
      assert_page (self, page, place);
      rt_timeline_item_get_key (page->items->pdata[0], &first);
      if (n_pages % 10 == 3)
        {
          g_autoptr (RtMessageItem) last_item G_GNUC_UNUSED = add_row (self, ++self->time);

          if (place > 10)
            {
              g_autoptr (RtMessageItem) told G_GNUC_UNUSED = add_row (self, ((RtTimelineKey *) self->expected->pdata[place / 2])->time);

              g_ptr_array_sort (self->expected, compare_keys);
              place = find_expected (self, &first);
            }
        }
    }
  /* and down again, in jumps from anywhere */
  last = first;
  place = 0;
  while (place + 1 < self->expected->len)
    {
      g_autoptr (RtTimelinePage) page = load (self, RT_TIMELINE_AFTER, &last, PAGE);

      assert_page (self, page, place + 1);
      g_assert_cmpuint (page->items->len, >, 0);
      place += page->items->len;
      rt_timeline_item_get_key (page->items->pdata[page->items->len - 1], &last);
      n_pages++;
    }
  g_test_message ("%u pages of %u among %u rows: %.2f ms each", n_pages, PAGE, self->expected->len,
                  (double) (g_get_monotonic_time () - begun) / 1000 / n_pages);
  for (guint i = 0; i < 20; i++)
    {
      guint at = (guint) g_test_rand_int_range (0, (gint32) self->expected->len);
      g_autoptr (RtTimelinePage) page = load (self, RT_TIMELINE_AROUND, self->expected->pdata[at], PAGE);
      guint64 rank = rt_timeline_source_rank_hint (RT_TIMELINE_SOURCE (self->timeline), self->expected->pdata[at]);

      assert_page (self, page, at - MIN (at, PAGE));
      /* for the scrollbar */
      g_assert_cmpint (ABS ((gint64) rank - (gint64) at), <, (gint64) MAX (self->expected->len / 20, 1100));
    }
}

/* A row is one object while somebody holds it. */
static void
test_one_object (Fixture *self, gconstpointer data)
{
  g_autoptr (RtTimelinePage) page = NULL, again = NULL, third = NULL;
  g_autoptr (RtMessageItem) kept = NULL;
  const RtTimelineKey *key;

  fill (self, 1000);
  open_chat (self);
  key = self->expected->pdata[500];
  page = load (self, RT_TIMELINE_AROUND, key, 5);
  again = load (self, RT_TIMELINE_AFTER, key, 5);
  g_assert_true (page->items->pdata[6] == again->items->pdata[0]);
  g_assert_true (rt_store_timeline_find_held (self->timeline, rt_message_item_get_id (again->items->pdata[2])) == again->items->pdata[2]);
  kept = g_object_ref (page->items->pdata[0]);
  g_clear_pointer (&page, rt_timeline_page_free);
  g_clear_pointer (&again, rt_timeline_page_free);
  g_assert_cmpuint (rt_store_timeline_get_n_held (self->timeline), ==, RT_STORE_CHAT_TAIL + 1);
  third = load (self, RT_TIMELINE_AROUND, key, 5);
  g_assert_true (third->items->pdata[0] == kept);
}

static void
appended_cb (RtTimelineSource *source, RtTimelineItem *item, Fixture *self)
{
  self->appended++;
}

static void
inserted_cb (RtTimelineSource *source, RtTimelineItem *item, Fixture *self)
{
  self->inserted++;
}

/* A page that is on its way while more is said ends with that. */
static void
test_page_is_fresh (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL, flooded = NULL;
  g_autoptr (RtTimelinePage) page = NULL, cut = NULL;
  g_autoptr (GError) error = NULL;
  const RtTimelineKey *key;

  fill (self, 200);
  open_chat (self);
  g_signal_connect (self->timeline, "appended", G_CALLBACK (appended_cb), self);
  g_signal_connect (self->timeline, "inserted", G_CALLBACK (inserted_cb), self);
  key = self->expected->pdata[100];
  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (self->timeline), RT_TIMELINE_AFTER, key, 500, NULL, rt_wait_result_cb, &result);
  for (guint i = 0; i < 10; i++)
    g_object_unref (add_row (self, ++self->time));
  g_object_unref (add_row (self, key->time + 1));
  g_ptr_array_sort (self->expected, compare_keys);
  rt_wait_result (result);
  page = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (self->timeline), result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->items->len, ==, 110);
  assert_page (self, page, 101);
  g_assert_cmpuint (self->appended, ==, 10);
  g_assert_cmpuint (self->inserted, ==, 1);

  /* so much that it is not in memory any more: the page says that there is more */
  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (self->timeline), RT_TIMELINE_AFTER, key, 500, NULL, rt_wait_result_cb, &flooded);
  for (guint i = 0; i < 3 * RT_STORE_TIMELINE_NEWEST; i++)
    g_object_unref (add_row (self, ++self->time));
  rt_wait_result (flooded);
  cut = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (self->timeline), flooded, &error);
  g_assert_no_error (error);
  assert_page (self, cut, 101);
  g_assert_cmpuint (rt_store_timeline_get_n_held (self->timeline), <=, 700 + cut->items->len);
}

/* Large rows are fewer in memory; all of them can be read. */
static void
test_bounded_in_bytes (Fixture *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (RT_MESSAGE_MAX_TEXT, 'x');

  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (RtStoreMessage) message = make_row (self, ++self->time);
      g_autoptr (RtMessageItem) item = NULL;

      g_free (message->text);
      message->text = g_strdup (text);
      item = rt_message_item_new_stored (message);
      rt_store_chat_add (self->chat, message, FALSE);
      rt_store_timeline_add (self->timeline, item);
    }
  g_assert_cmpuint (rt_store_timeline_get_n_held (self->timeline), <=, RT_STORE_TIMELINE_MAX_BYTES / RT_MESSAGE_MAX_TEXT);
  {
    g_autoptr (RtTimelinePage) page = load (self, RT_TIMELINE_TAIL, NULL, 400);

    g_assert_cmpuint (page->items->len, ==, 400);
    assert_page (self, page, 0);
  }
}

/* An own one has its id when it left, and has none again when it did not. */
static void
test_by_id (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStoreMessage) stored = NULL;
  g_autoptr (RtMessageItem) item = NULL, other = NULL;
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_BROADCAST)), g_variant_new_variant (g_variant_new_string ("own")) };
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, "22222", 1000, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), NULL);
  g_autoptr (GBytes) id = p2p_message_get_id (message);

  stored = make_row (self, self->time);
  stored->flags = RT_STORE_MESSAGE_OWN;
  g_clear_pointer (&stored->id, g_bytes_unref);
  item = rt_message_item_new_stored (stored);
  rt_store_timeline_add (self->timeline, item);
  g_assert_null (rt_store_timeline_find_held (self->timeline, id));
  for (guint i = 0; i < 2; i++)
    {
      rt_message_item_set_sent (item, message, RT_DELIVERY_HANDED, 1, NULL);
      rt_store_timeline_item_changed (self->timeline, item);
      g_assert_true (rt_store_timeline_find_held (self->timeline, id) == item);
      rt_message_item_clear_message (item);
      rt_store_timeline_item_changed (self->timeline, item);
      g_assert_null (rt_store_timeline_find_held (self->timeline, id));
    }
  /* who is not held any more is not found */
  g_clear_pointer (&stored->id, g_bytes_unref);
  stored->row = rt_store_chat_take_row (self->chat);
  stored->id = g_bytes_ref (id);
  other = rt_store_timeline_adopt (self->timeline, stored);
  g_assert_true (rt_store_timeline_find_held (self->timeline, id) == other);
  g_clear_object (&other);
  g_assert_null (rt_store_timeline_find_held (self->timeline, id));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/store-timeline/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("pages-both-ways", test_pages_both_ways);
  ADD ("one-object", test_one_object);
  ADD ("page-is-fresh", test_page_is_fresh);
  ADD ("bounded-in-bytes", test_bounded_in_bytes);
  ADD ("by-id", test_by_id);
  return g_test_run ();
}
