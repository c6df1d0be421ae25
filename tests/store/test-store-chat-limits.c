/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Too much of what is said, and what cannot be written. */
#include <string.h>

#include "chat-test.h"
#include "store/rt-store-chat-private.h"

/* Too many: the oldest go, with their words, receipts and counts, and it is known how many. */
static void
test_oldest_goes (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreResult) result = NULL;
  g_autoptr (RtStoreChatState) state = NULL;
  g_autoptr (GBytes) id = make_id (0);

  rt_store_chat_set_limits (chat, 100, 1000000, 1000000);
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *text = g_strdup_printf ("word-%u 世界", i);

      add_message (chat, i, i * 600 * SECOND, text);
      if (i == 0)
        rt_store_chat_add_receipt (chat, id, "ada", 1);
      if (i % 90 == 0)
        g_assert_true (flush_chat (chat, NULL));
    }
  g_assert_true (flush_chat (chat, NULL));
  state = load_chat (chat);
  g_assert_cmpuint (state->n_messages, ==, 100);
  g_assert_cmpuint (state->n_gone, ==, 150);
  g_assert_cmpuint (state->n_unread, ==, 100);
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 100);
  assert_answer (self->path, "SELECT count (*) || ' ' || (min (time) / 600000000) FROM messages", "100 150");
  assert_answer (self->path, "SELECT count (*) FROM receipts", "0");
  assert_answer (self->path, "SELECT sum (n) FROM chat_hours", "100");
  result = search (store, &(RtStoreQuery) { .words = (char *) "世" });
  g_assert_cmpuint (result->hits->len, ==, 100);
  g_assert_cmpuint (result->n_covered, ==, 100);
  tell (self->path, "INSERT INTO message_words (message_words) VALUES ('integrity-check')");
  /* by bytes; what waits to be sent stays, however old it is */
  tell (self->path, "UPDATE messages SET flags = flags | 64 WHERE row = (SELECT row FROM messages ORDER BY time LIMIT 1)");
  rt_store_chat_set_limits (chat, 100, 600, 1000000);
  add_message (chat, 1000, G_GINT64_CONSTANT (3000000) * SECOND, "large");
  g_assert_true (flush_chat (chat, NULL));
  assert_answer (self->path, "SELECT n_bytes <= 600 AND n_bytes > 500 AND n_bytes = (SELECT sum (length (CAST (text AS BLOB)) + length (body)) FROM messages) FROM chats", "1");
  assert_answer (self->path, "SELECT count (*) FROM messages WHERE flags & 64", "1");
}

/* What is older than it is to be kept goes, a thousand at a time, with its counts; nothing else does, and nothing when all is to be kept. */
static void
test_too_old (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreChatState) state = NULL;

  for (guint i = 0; i < 2100; i++)
    add_message (chat, i, (gint64) (i + 1) * SECOND, "word");
  g_assert_true (flush_chat (chat, NULL));
  /* it waits to be sent, and no other goes in its place */
  tell (self->path, "UPDATE messages SET flags = flags | 64 WHERE time = 7000000");
  rt_store_chat_keep_since (chat, 0);
  g_assert_true (flush_chat (chat, NULL));
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 2100);
  rt_store_chat_keep_since (chat, 2051 * SECOND);
  rt_wait_until (rt_store_chat_count (chat) == 51);
  g_assert_true (flush_chat (chat, NULL));
  rt_store_chat_keep_since (chat, 2051 * SECOND);
  g_assert_true (flush_chat (chat, NULL));
  assert_answer (self->path, "SELECT count (*) || ' ' || (min (time) / 1000000) FROM messages", "51 7");
  assert_answer (self->path, "SELECT sum (n) FROM chat_hours", "51");
  state = load_chat (chat);
  g_assert_cmpuint (state->n_messages, ==, 51);
  g_assert_cmpuint (state->n_gone, ==, 2049);
  g_assert_cmpuint (state->n_unread, ==, 51);
  tell (self->path, "INSERT INTO message_words (message_words) VALUES ('integrity-check')");
}

static void
test_people_are_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreChatState) state = NULL;

  for (guint i = 0; i < RT_STORE_CHAT_PEOPLE + 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("%05u", i);
      RtStorePerson person = { .id = id, .heard = i };

      rt_store_chat_save_person (chat, &person);
      if (i % 1000 == 0)
        g_assert_true (flush_chat (chat, NULL));
    }
  for (gint64 i = 0; i < RT_STORE_CHAT_GAPS + 10; i++)
    {
      RtStoreGap gap = { i * 10, i * 10 + 1, 0 };

      rt_store_chat_save_gap (chat, &gap);
      if (i % 500 == 0)
        g_assert_true (flush_chat (chat, NULL));
    }
  g_assert_true (flush_chat (chat, NULL));
  state = load_chat (chat);
  g_assert_cmpuint (state->people->len, ==, RT_STORE_CHAT_PEOPLE);
  g_assert_cmpstr (((RtStorePerson *) state->people->pdata[0])->id, ==, "00050");
  g_assert_cmpuint (state->gaps->len, ==, RT_STORE_CHAT_GAPS);
  g_assert_cmpint (((RtStoreGap *) state->gaps->pdata[0])->from, ==, 100);
}

/* More than a thousand of one microsecond: all there, in order, and found. */
static void
test_one_moment (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreResult) result = NULL;

  add_message (chat, 100000, 7 * SECOND + 1, "later");
  for (guint i = 0; i < 5000; i++)
    add_message (chat, i, 7 * SECOND, "flood");
  g_assert_true (flush_chat (chat, NULL));
  assert_answer (self->path, "SELECT count (*) || ' ' || count (DISTINCT place) FROM messages", "5001 5001");
  result = search (store, &(RtStoreQuery) { .words = (char *) "later" });
  g_assert_cmpuint (result->hits->len, ==, 1);
  assert_answer (self->path, "SELECT max (place) > (7000001 << 10) AND max (place) < (7000010 << 10) FROM messages", "1");
}

/* A network that is removed: its messages are not found any more at once, and go by and by; the other's stay. */
static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one"), other = open_chat (store, "two");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RtStoreResult) found = NULL;
  RtStorePerson ada = { .id = (char *) "ada" };

  for (guint i = 0; i < 1000; i++)
    {
      add_message (chat, i, i, "here");
      add_message (other, i, i, "here");
    }
  rt_store_chat_save_person (chat, &ada);
  g_assert_true (flush_chat (chat, NULL));
  g_assert_true (flush_chat (other, NULL));
  rt_store_remove_network_async (store, "one", rt_wait_result_cb, &result);
  rt_wait_result (result);
  found = search (store, &(RtStoreQuery) { .words = (char *) "here" });
  g_assert_cmpuint (found->n_covered, ==, 1000);
  for (guint i = 0; i < found->hits->len; i++)
    g_assert_cmpstr (((RtStoreHit *) found->hits->pdata[i])->network, ==, "two");
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *n = ask (self->path, "SELECT (SELECT count (*) FROM messages) + (SELECT count (*) FROM people) + (SELECT count (*) FROM chats)");

      if (g_strcmp0 (n, "1001") == 0)
        break;
      g_assert_cmpuint (i, <, 599);
      rt_wait_milliseconds (50);
    }
  tell (self->path, "INSERT INTO message_words (message_words) VALUES ('integrity-check')");
}

/* Too much of anything is cut, and what is damaged in the file is left out. */
static void
test_bounds (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autofree char *large = g_strnfill (RT_STORE_CHAT_BODY + 1, 'x');
  g_autoptr (RtStoreMessage) message = make_message (chat, 1, G_MAXINT64, large), found = NULL;
  g_autoptr (RtStoreChatPage) page = NULL;

  message->sender_name = g_strdup (large);
  message->file = g_bytes_new (large, RT_STORE_CHAT_FILE + 1);
  memcpy (message->text + RT_STORE_CHAT_TEXT - 1, "ä", 2);
  rt_store_chat_add (chat, message, FALSE);
  add_message (chat, 2, G_MININT64, "early");
  add_message (chat, 3, 5, "broken");
  add_message (chat, 4, 6, "damaged");
  g_assert_true (flush_chat (chat, NULL));
  found = find_message (chat, 1);
  g_assert_cmpuint (strlen (found->text), ==, RT_STORE_CHAT_TEXT - 1);
  g_assert_cmpuint (strlen (found->sender_name), ==, RT_STORE_CHAT_WORDS);
  g_assert_null (found->body);
  g_assert_null (found->file);
  g_assert_cmpint (found->time, ==, RT_STORE_LAST_TIME);
  tell (self->path, "UPDATE messages SET text = CAST (x'ff41' AS TEXT), id = 'text', body = 5 WHERE text = 'broken'");
  tell (self->path, "UPDATE messages SET sender = x'00' WHERE text = 'damaged'");
  page = load_page (chat, RT_STORE_CHAT_PAGE_BEFORE, 1000, 0, 10);
  assert_messages (page->messages, "early \357\277\275A");
}

/* A row that is none, in the midst: what is behind it is there. */
static void
test_damaged_row (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");

  for (guint i = 0; i < 30; i++)
    add_message (chat, i, i, "text");
  g_assert_true (flush_chat (chat, NULL));
  tell (self->path, "UPDATE messages SET sender = CAST (sender AS BLOB) WHERE time IN (7, 10, 20)");
  for (guint n = 1; n < 30; n += 3)
    {
      gint64 time = -1, row = 0;
      guint found = 0;

      for (gboolean more = TRUE; more;)
        {
          g_autoptr (RtStoreChatPage) page = load_page (chat, RT_STORE_CHAT_PAGE_AFTER, time, row, n);

          for (guint i = 0; i < page->messages->len; i++)
            {
              time = ((RtStoreMessage *) page->messages->pdata[i])->time;
              row = ((RtStoreMessage *) page->messages->pdata[i])->row;
              found++;
            }
          more = page->has_after;
          /* with one row a page the damaged one is the page */
          if (page->messages->len == 0)
            time++;
        }
      g_assert_cmpuint (found, ==, 27);
    }
}

/* Nothing can be written: it is said, everything is in the answers all the same, and is written when it can be. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = rt_store_chat_new (store, "nobody");
  g_autoptr (RtStoreNetwork) network = make_network ("nobody", 0, "nobody");
  g_autoptr (RtStoreChatPage) page = NULL;
  g_autoptr (RtStoreMessage) own = NULL, found = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_chat_state_free (load_chat (chat));
  own = make_message (chat, 9, 0, "own");
  own->flags = RT_STORE_MESSAGE_OWN;
  rt_store_chat_add (chat, own, TRUE);
  for (guint i = 0; i < 3; i++)
    add_message (chat, i, i + 1, "text");
  rt_store_chat_set_draft (chat, "draft");
  g_assert_false (flush_chat (chat, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (rt_store_chat_get_error (chat), "kept in memory"));
  own->n_links = 7;
  rt_store_chat_update (chat, own, FALSE);
  page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 10);
  assert_messages (page->messages, "own text text text");
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 4);
  found = find_message (chat, 2);
  g_assert_nonnull (found);
  g_assert_true (save_network (store, network, NULL));
  g_assert_true (flush_chat (chat, NULL));
  g_assert_null (rt_store_chat_get_error (chat));
  assert_answer (self->path, "SELECT count (*) || ' ' || max (n_links) FROM messages", "4 7");
  assert_answer (self->path, "SELECT draft FROM chats", "draft");
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 4);
}

/* More waits than there is memory for: the oldest of others go, own ones stay, and it is said. */
static void
test_waiting_is_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = rt_store_chat_new (store, "nobody");
  g_autoptr (RtStoreNetwork) network = make_network ("nobody", 0, "nobody");
  g_autofree char *text = g_strnfill (1000, 'x'), *n = NULL;

  rt_store_chat_set_limits (chat, 1000, 100000000, 100000);
  rt_store_chat_state_free (load_chat (chat));
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (RtStoreMessage) message = make_message (chat, i, i, text);

      message->flags = i % 100 == 0 ? RT_STORE_MESSAGE_OWN : 0;
      rt_store_chat_add (chat, message, FALSE);
      if (i == 450)
        g_assert_false (flush_chat (chat, NULL));
    }
  g_assert_false (flush_chat (chat, NULL));
  g_assert_nonnull (strstr (rt_store_chat_get_error (chat), "are lost"));
  g_assert_true (save_network (store, network, NULL));
  g_assert_true (flush_chat (chat, NULL));
  assert_answer (self->path, "SELECT count (*) FROM messages WHERE flags = 1", "5");
  assert_answer (self->path, "SELECT max (time) FROM messages", "499");
  n = ask (self->path, "SELECT count (*) FROM messages");
  g_assert_cmpuint (rt_store_chat_count (chat), ==, g_ascii_strtoull (n, NULL, 10));
  g_assert_cmpuint (rt_store_chat_count (chat), <, 60);
}

static void
test_last_reference_writes (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  RtStoreChat *chat = open_chat (store, "one");

  add_message (chat, 1, 5, "last");
  g_object_unref (chat);
  close_store (store);
  assert_answer (self->path, "SELECT text FROM messages", "last");
}

/* Two programs in one folder, on one network: neither is in the way of the other's rows. */
static void
test_two_programs (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) first = open_well (self->path), second = rt_store_new ();
  g_autoptr (RtStoreChat) one = open_chat (first, "one"), two = NULL;
  g_autofree char *notice = NULL;

  g_assert_true (open_store (second, self->path, &notice, NULL));
  two = rt_store_chat_new (second, "one");
  rt_store_chat_state_free (load_chat (two));
  for (guint i = 0; i < 100; i++)
    {
      add_message (one, i, i, "one");
      add_message (two, 1000 + i, i, "two");
    }
  g_assert_true (flush_chat (one, NULL));
  g_assert_true (flush_chat (two, NULL));
  assert_answer (self->path, "SELECT count (*) FROM messages", "200");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-chat-limits/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("oldest-goes", test_oldest_goes);
  ADD ("too-old", test_too_old);
  ADD ("people-are-bounded", test_people_are_bounded);
  ADD ("one-moment", test_one_moment);
  ADD ("removed", test_removed);
  ADD ("bounds", test_bounds);
  ADD ("damaged-row", test_damaged_row);
  ADD ("refused", test_refused);
  ADD ("waiting-is-bounded", test_waiting_is_bounded);
  ADD ("last-reference-writes", test_last_reference_writes);
  ADD ("two-programs", test_two_programs);
  return g_test_run ();
}
