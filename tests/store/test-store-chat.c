/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said is there again. */
#include <string.h>

#include "chat-test.h"
#include "store/rt-store-chat-private.h"

static void
assert_same (const RtStoreMessage *a, const RtStoreMessage *b)
{
  g_assert_cmpint (a->row, ==, b->row);
  g_assert_cmpint (a->time, ==, b->time);
  g_assert_cmpint (a->sent, ==, b->sent);
  g_assert_cmphex (a->flags, ==, b->flags);
  g_assert_cmpstr (a->sender, ==, b->sender);
  g_assert_cmpstr (a->recipient, ==, b->recipient);
  g_assert_cmpstr (a->teller, ==, b->teller);
  g_assert_cmpstr (a->sender_name, ==, b->sender_name);
  g_assert_cmpstr (a->text, ==, b->text);
  g_assert_cmpstr (a->via, ==, b->via);
  g_assert_cmpstr (a->error, ==, b->error);
  g_assert_cmpuint (a->delivery, ==, b->delivery);
  g_assert_cmpuint (a->n_links, ==, b->n_links);
  g_assert_cmpuint (a->n_attempts, ==, b->n_attempts);
  g_assert_cmpint (a->next_try, ==, b->next_try);
  for (guint i = 0; i < 5; i++)
    {
      GBytes *first = (GBytes *[]) { a->id, a->body, a->reply_to, a->file, a->proof }[i], *second = (GBytes *[]) { b->id, b->body, b->reply_to, b->file, b->proof }[i];

      g_assert_true ((first == NULL) == (second == NULL));
      if (first != NULL)
        g_assert_true (g_bytes_equal (first, second));
    }
}

static RtStoreMessage *
make_full (RtStoreChat *chat)
{
  RtStoreMessage *message = make_message (chat, 1, 5 * SECOND, "Grüße, 世界 #key");

  message->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_OUTBOX;
  message->recipient = g_strdup ("recipient");
  message->teller = g_strdup ("teller");
  message->sender_name = g_strdup ("Ada");
  message->reply_to = make_id (7);
  message->file = g_bytes_new ("", 0);
  message->proof = g_bytes_new_static ("proof", 5);
  message->via = g_strdup ("via");
  message->delivery = 2;
  message->n_links = 3;
  message->n_attempts = 4;
  message->next_try = 5;
  message->error = g_strdup ("words");
  return message;
}

static void
test_all_of_it (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreMessage) message = make_full (chat);
  RtStorePerson ada = { .id = (char *) "ada", .name = (char *) "Ada", .heard = 77, .flags = 1 }, bob = { .id = (char *) "bob", .heard = 5 };
  RtStoreGap gap = { 10, 20, 1 }, open_gap = { 30, 0, 2 };

  rt_store_chat_add (chat, message, TRUE);
  add_message (chat, 2, 6 * SECOND, "second");
  rt_store_chat_set_draft (chat, "half a sent");
  rt_store_chat_set_muted (chat, TRUE);
  rt_store_chat_set_last_seen (chat, 99);
  rt_store_chat_set_read (chat, message->time, message->row);
  rt_store_chat_save_person (chat, &ada);
  rt_store_chat_save_person (chat, &bob);
  rt_store_chat_save_gap (chat, &gap);
  rt_store_chat_save_gap (chat, &open_gap);
  g_assert_true (flush_chat (chat, NULL));
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 2);
  open_gap.until = 40;
  rt_store_chat_save_gap (chat, &open_gap);
  g_clear_object (&chat);
  close_store (store);
  g_clear_object (&store);

  store = open_well (self->path);
  chat = rt_store_chat_new (store, "one");
  {
    g_autoptr (RtStoreChatState) state = load_chat (chat);

    g_assert_cmpuint (state->n_messages, ==, 2);
    g_assert_cmpuint (rt_store_chat_count (chat), ==, 2);
    g_assert_cmpint (state->newest_time, ==, 6 * SECOND);
    g_assert_cmpint (rt_store_chat_take_row (chat), >, message->row + 1);
    g_assert_cmpstr (state->draft, ==, "half a sent");
    g_assert_true (state->muted);
    g_assert_cmpint (state->last_seen, ==, 99);
    g_assert_cmpint (state->read_time, ==, message->time);
    g_assert_cmpint (state->read_row, ==, message->row);
    g_assert_cmpuint (state->n_unread, ==, 1);
    g_assert_cmpuint (state->n_unread_important, ==, 0);
    g_assert_cmpuint (state->tail->len, ==, 2);
    assert_same (state->tail->pdata[0], message);
    g_assert_cmpuint (state->outbox->len, ==, 1);
    assert_same (state->outbox->pdata[0], message);
    g_assert_cmpuint (state->people->len, ==, 2);
    g_assert_cmpstr (((RtStorePerson *) state->people->pdata[0])->name, ==, "Ada");
    g_assert_cmpint (((RtStorePerson *) state->people->pdata[0])->heard, ==, 77);
    g_assert_cmpstr (((RtStorePerson *) state->people->pdata[1])->name, ==, NULL);
    g_assert_cmpuint (state->gaps->len, ==, 2);
    g_assert_cmpint (((RtStoreGap *) state->gaps->pdata[1])->until, ==, 40);
  }
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreChatState) state = load_chat (chat);
  g_autoptr (RtStoreChatPage) page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 10);

  g_assert_cmpuint (state->n_messages + state->tail->len + state->outbox->len + state->people->len + state->gaps->len, ==, 0);
  g_assert_cmpstr (state->draft, ==, NULL);
  g_assert_cmpuint (page->messages->len, ==, 0);
  g_assert_false (page->has_before || page->has_after);
  g_assert_null (find_message (chat, 1));
  g_assert_cmpuint (rt_store_chat_rank (chat, 5, 5), ==, 0);
}

/* Every page at every place, while some of it waits to be written, against a plain list. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  enum { N = 40 };
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one"), other = open_chat (store, "two");
  gint64 times[N], rows[N];

  for (guint i = 0; i < N; i++)
    times[i] = (gint64) (i / 3) * SECOND;
  for (guint i = 0; i < N; i++)
    rows[i] = rt_store_chat_take_row (chat);
  /* in a mixed order, in three parts: written, being written, waiting */
  for (guint k = 0; k < N; k++)
    {
      guint i = k * 7 % N;
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (RtStoreMessage) message = make_message (chat, i, times[i], text);

      message->row = rows[i];
      rt_store_chat_add (chat, message, FALSE);
      add_message (other, i, times[i], "other");
      if (k == 20)
        g_assert_true (flush_chat (chat, NULL));
    }
  for (guint where = RT_STORE_CHAT_PAGE_TAIL; where <= RT_STORE_CHAT_PAGE_AROUND; where++)
    for (guint n = 1; n < N + 5; n += 6)
      for (guint i = 0; i < N; i += 3)
        {
          g_autoptr (RtStoreChatPage) page = NULL;
          guint begin = 0, end = N;

          if (i == 18)
            rt_store_chat_hurry (chat);
          page = load_page (chat, where, times[i], rows[i], n);
          switch ((RtStoreChatWhere) where)
            {
            case RT_STORE_CHAT_PAGE_TAIL: begin = N - MIN (n, N); break;
            case RT_STORE_CHAT_PAGE_BEFORE: begin = i - MIN (n, i); end = i; break;
            case RT_STORE_CHAT_PAGE_AFTER: begin = i + 1; end = MIN (i + 1 + n, N); break;
            case RT_STORE_CHAT_PAGE_AROUND: begin = i - MIN (n, i); end = MIN (i + 1 + n, N); break;
            default: g_assert_not_reached ();
            }
          g_assert_cmpuint (page->messages->len, ==, end - begin);
          for (guint k = begin; k < end; k++)
            g_assert_cmpint (((RtStoreMessage *) page->messages->pdata[k - begin])->row, ==, rows[k]);
          g_assert_cmpint (page->has_before, ==, begin > 0);
          g_assert_cmpint (page->has_after, ==, end < N);
        }
}

static void
test_once (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one"), other = open_chat (store, "two");
  g_autoptr (RtStoreChatPage) page = NULL;

  add_message (chat, 1, 5, "first");
  add_message (chat, 1, 6, "again");
  g_assert_true (flush_chat (chat, NULL));
  add_message (chat, 1, 7, "and-again");
  add_message (chat, 2, 8, "second");
  add_message (other, 1, 9, "elsewhere");
  g_assert_true (flush_chat (other, NULL));
  g_assert_true (flush_chat (chat, NULL));
  page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 10);
  assert_messages (page->messages, "first second");
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 2);
  assert_answer (self->path, "SELECT group_concat (text, ' ') FROM (SELECT text FROM messages ORDER BY row)", "first second elsewhere");
  assert_answer (self->path, "SELECT group_concat (n_messages, ' ') FROM chats", "2 1");
}

/* An own one: queued, sent, handed; each state is the newest, also while it waits and after a restart. */
static void
test_update (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreMessage) message = make_message (chat, 1, 5, "mine"), found = NULL;
  g_autoptr (GBytes) id = g_steal_pointer (&message->id);
  g_autoptr (RtStoreChatState) state = NULL;

  message->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_OUTBOX;
  rt_store_chat_add (chat, message, TRUE);
  message->n_attempts = 1;
  rt_store_chat_update (chat, message, TRUE);
  g_assert_true (flush_chat (chat, NULL));
  message->id = g_bytes_ref (id);
  message->flags = RT_STORE_MESSAGE_OWN;
  message->n_links = 2;
  rt_store_chat_update (chat, message, FALSE);
  found = find_message (chat, 1);
  assert_same (found, message);
  rt_store_message_free (g_steal_pointer (&found));
  g_assert_true (flush_chat (chat, NULL));
  found = find_message (chat, 1);
  assert_same (found, message);
  state = load_chat (chat);
  g_assert_cmpuint (state->outbox->len, ==, 0);
  g_assert_cmpuint (state->n_unread, ==, 0);
  assert_answer (self->path, "SELECT n_bytes FROM chats", "8");
}

static void
test_receipts (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreMessage) message = make_message (chat, 1, 5, "mine"), found = NULL;
  g_autoptr (GBytes) id = make_id (1), unknown = make_id (2);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) receipts = NULL;

  message->flags = RT_STORE_MESSAGE_OWN;
  rt_store_chat_add (chat, message, TRUE);
  rt_store_chat_add_receipt (chat, id, "ben", 20);
  rt_store_chat_add_receipt (chat, id, "ada", 10);
  rt_store_chat_add_receipt (chat, id, "ada", 30);
  rt_store_chat_add_receipt (chat, unknown, "eve", 30);
  for (guint i = 0; i < RT_STORE_CHAT_RECEIPTS; i++)
    {
      g_autofree char *node = g_strdup_printf ("node-%04u", i);

      rt_store_chat_add_receipt (chat, id, node, 100 + i);
    }
  rt_store_chat_receipts_async (chat, id, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  receipts = rt_store_chat_receipts_finish (chat, result, NULL);
  g_assert_cmpuint (receipts->len, ==, RT_STORE_CHAT_RECEIPTS);
  g_assert_cmpstr (((RtStoreReceipt *) receipts->pdata[0])->node, ==, "ada");
  g_assert_cmpint (((RtStoreReceipt *) receipts->pdata[0])->time, ==, 10);
  found = find_message (chat, 1);
  g_assert_cmpuint (found->n_receipts, ==, RT_STORE_CHAT_RECEIPTS);
  g_assert_cmpuint (g_strv_length (found->receipts), ==, 3);
  g_assert_cmpstr (found->receipts[1], ==, "ben");
}

/* Whoever claims to have what is not ours, or what was for another, is not counted. */
static void
test_receipt_claims (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreMessage) heard = make_message (chat, 1, 5, "heard"), private = make_message (chat, 2, 6, "to Ben");
  g_autoptr (RtStoreMessage) first = NULL, second = NULL;
  g_autoptr (GBytes) one = make_id (1), two = make_id (2);

  private->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_PRIVATE;
  g_free (private->recipient);
  private->recipient = g_strdup ("ben");
  rt_store_chat_add (chat, heard, TRUE);
  rt_store_chat_add (chat, private, TRUE);
  rt_store_chat_add_receipt (chat, one, "eve", 20);
  rt_store_chat_add_receipt (chat, two, "eve", 20);
  rt_store_chat_add_receipt (chat, two, "ben", 30);
  first = find_message (chat, 1);
  second = find_message (chat, 2);
  g_assert_cmpuint (first->n_receipts, ==, 0);
  g_assert_cmpuint (second->n_receipts, ==, 1);
  g_assert_cmpstr (second->receipts[0], ==, "ben");
}

static void
test_unread (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  guint flags[] = { 0, RT_STORE_MESSAGE_OWN, RT_STORE_MESSAGE_PRIVATE, RT_STORE_MESSAGE_MENTION, RT_STORE_MESSAGE_IMPORTED, RT_STORE_MESSAGE_TOLD };
  gint64 row = 0;

  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (RtStoreMessage) message = make_message (chat, i, i, "text");

      message->flags = flags[i % G_N_ELEMENTS (flags)];
      rt_store_chat_add (chat, message, FALSE);
      if (i == 29)
        row = message->row;
      if (i == 40)
        g_assert_true (flush_chat (chat, NULL));
    }
  g_assert_true (flush_chat (chat, NULL));
  {
    g_autoptr (RtStoreChatState) state = load_chat (chat);

    g_assert_cmpuint (state->n_unread, ==, 40);
    g_assert_cmpuint (state->n_unread_important, ==, 20);
  }
  rt_store_chat_set_read (chat, 29, row);
  g_assert_true (flush_chat (chat, NULL));
  add_message (chat, 100, 3, "told-late");
  add_message (chat, 101, 300, "new");
  g_assert_true (flush_chat (chat, NULL));
  {
    g_autoptr (RtStoreChatState) state = load_chat (chat);

    /* both that came later, wherever they stand */
    g_assert_cmpuint (state->n_unread, ==, 22);
    g_assert_cmpuint (state->n_unread_important, ==, 10);
    g_assert_cmpint (state->first_unread_time, ==, 3);
  }
  /* a clock gone wrong: all that is there is read, and what comes when it is right again is not */
  add_message (chat, 102, 1000000, "a-year-ahead");
  rt_store_chat_set_read (chat, 1000000, rt_store_chat_get_last_row (chat));
  add_message (chat, 103, 301, "after-it");
  g_assert_true (flush_chat (chat, NULL));
  {
    g_autoptr (RtStoreChatState) state = load_chat (chat);

    g_assert_cmpuint (state->n_unread, ==, 1);
    g_assert_cmpint (state->first_unread_time, ==, 301);
  }
}

static void
test_rank (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  gint64 rows[1000];

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = round; i < 1000; i += 2)
        {
          g_autoptr (RtStoreMessage) message = make_message (chat, i, (gint64) i * 100 * SECOND, "text");

          rows[i] = message->row;
          rt_store_chat_add (chat, message, FALSE);
        }
      g_assert_true (flush_chat (chat, NULL));
      g_assert_cmpuint (rt_store_chat_count (chat), ==, round == 0 ? 500 : 1000);
    }
  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < 1000; i += 13)
        g_assert_cmpuint (ABS ((gint64) rt_store_chat_rank (chat, (gint64) i * 100 * SECOND, rows[i]) - (gint64) i), <, 3);
      g_assert_cmpuint (rt_store_chat_rank (chat, G_MAXINT64, 0), ==, 1000);
      g_assert_cmpuint (rt_store_chat_rank (chat, 0, 0), ==, 0);
      rt_store_chat_state_free (load_chat (chat));
    }
}

static RtStoreChatPage *
load_history (RtStoreChat *chat, gint64 from, gint64 until, gint64 behind_time, GBytes *behind_id, guint n, gsize bytes)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_chat_history_async (chat, from, until, behind_time, behind_id, n, bytes, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_chat_history_finish (chat, result, NULL);
}

static void
test_history (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreChatPage) page = NULL;
  g_autoptr (GBytes) behind = make_id (3), unknown = make_id (77);
  g_autoptr (RtStoreMessage) unsent = make_message (chat, 50, 4 * SECOND, "unsent");

  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (RtStoreMessage) message = make_message (chat, i, i * SECOND + 900000, text);

      message->flags = i == 2 ? RT_STORE_MESSAGE_PRIVATE : i == 5 ? RT_STORE_MESSAGE_IMPORTED : i == 6 ? RT_STORE_MESSAGE_TOLD : 0;
      rt_store_chat_add (chat, message, FALSE);
    }
  g_clear_pointer (&unsent->id, g_bytes_unref);
  rt_store_chat_add (chat, unsent, FALSE);
  page = load_history (chat, 1, 7, 0, NULL, 100, 100);
  assert_messages (page->messages, "1 3 4 6 7");
  g_assert_false (page->has_after);
  rt_store_chat_page_free (page);
  page = load_history (chat, 0, 100, 3, behind, 2, 100);
  assert_messages (page->messages, "4 6");
  g_assert_true (page->has_after);
  rt_store_chat_page_free (page);
  page = load_history (chat, 0, 100, 4, unknown, 100, 3);
  assert_messages (page->messages, "4 6 7");
  g_assert_true (page->has_after);
  rt_store_chat_page_free (page);
  page = load_history (chat, 0, G_MAXINT64, G_MININT64, NULL, 100, 0);
  assert_messages (page->messages, "0");
}

static void
test_cites (Fixture *self, gconstpointer data)
{
  static const struct { const char *key, *expected; } asked[] = {
    { "plan", "3 1 0" }, { "menu/today", "4" }, { "menu", "4" }, { "a \"b\"", "6" }, { "nothing", "" }, { "…", "7" }, { "世界", "8" }, { "pl", "" },
  };
  static const char * const texts[] = { "see #plan", "(#plan), #other", "the plan", "#plan: #menu-day", "at #menu/today!", "#planned x#plan ##plan", "#a \"b\" c", "#… #", "看#世界。" };
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one"), other = open_chat (store, "two");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      add_message (chat, i, i, texts[i]);
      add_message (other, i, i, texts[i]);
    }
  g_assert_true (flush_chat (other, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GPtrArray) found = NULL;
      g_autoptr (GString) printed = g_string_new (NULL);

      rt_store_chat_cites_async (chat, asked[i].key, 100, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      found = rt_store_chat_cites_finish (chat, result, NULL);
      for (guint k = 0; k < found->len; k++)
        g_string_append_printf (printed, "%s%d", k > 0 ? " " : "", (int) ((RtStoreMessage *) found->pdata[k])->time);
      g_assert_cmpstr (printed->str, ==, asked[i].expected);
    }
}

/* Read in one life without a message of that life: what comes in the next is behind the mark, whoever opens which chat first. */
static void
test_read_mark (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStoreMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  for (guint life = 0; life < 3; life++)
    {
      RtStore *store = open_well (self->path);
      RtStoreChat *first = life < 2 ? open_chat (store, "one") : NULL, *second = open_chat (store, "two");

      if (life == 2)
        first = open_chat (store, "one");
      if (life == 0)
        {
          add_message (first, 1, 1, "one");
          add_message (second, 2, 2, "two");
        }
      else if (life == 1)
        rt_store_chat_set_read (second, 2, rt_store_chat_get_last_row (second));
      else
        {
          RtStoreChatState *state;

          add_message (second, 3, 1, "told-late");
          g_assert_true (flush_chat (second, &error));
          state = load_chat (second);
          g_assert_cmpuint (state->n_unread, ==, 1);
          message = find_message (second, 3);
          g_assert_cmpint (message->row, >, state->read_row);
          rt_store_chat_state_free (state);
        }
      g_assert_true (flush_chat (first, &error) && flush_chat (second, &error));
      g_object_unref (first);
      g_object_unref (second);
      close_store (store);
      g_object_unref (store);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-chat/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("all-of-it", test_all_of_it);
  ADD ("empty", test_empty);
  ADD ("pages", test_pages);
  ADD ("once", test_once);
  ADD ("update", test_update);
  ADD ("receipts", test_receipts);
  ADD ("receipt-claims", test_receipt_claims);
  ADD ("unread", test_unread);
  ADD ("read-mark", test_read_mark);
  ADD ("rank", test_rank);
  ADD ("history", test_history);
  ADD ("cites", test_cites);
  return g_test_run ();
}
