/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who said it: proofs, keys and petnames are there again. */
#include <string.h>

#include "chat-test.h"
#include "store/rt-store-chat-private.h"

static GBytes *
make_proof (char of, gsize length)
{
  g_autofree char *data = g_malloc (length);

  memset (data, of, length);
  return g_bytes_new (data, length);
}

static void
set_proof (RtStoreChat *chat, guint n, const char *sender, char of)
{
  g_autoptr (GBytes) id = make_id (n), proof = make_proof (of, 102);

  rt_store_chat_set_proof (chat, id, sender, proof);
}

static void
assert_proof (RtStoreChat *chat, guint n, char of)
{
  g_autoptr (RtStoreMessage) found = find_message (chat, n);
  g_autoptr (GBytes) proof = make_proof (of, 102);

  g_assert_cmpint ((found->flags & RT_STORE_MESSAGE_VERIFIED) != 0, ==, of != 0);
  g_assert_cmpint (found->proof != NULL, ==, of != 0);
  if (of != 0)
    g_assert_true (g_bytes_equal (found->proof, proof));
}

/* It comes later than its message, which may be written by then, or not; only of who said it, and only once. */
static void
test_late (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (GBytes) large = make_proof ('l', RT_STORE_CHAT_PROOF + 1), id = make_id (3);
  g_autoptr (RtStoreMessage) message = NULL;

  add_message (chat, 1, SECOND, "waits");
  set_proof (chat, 1, "sender", 'a');
  set_proof (chat, 1, "sender", 'b');
  assert_proof (chat, 1, 'a');
  g_assert_true (flush_chat (chat, NULL));
  assert_proof (chat, 1, 'a');

  add_message (chat, 2, 2 * SECOND, "is written");
  add_message (chat, 3, 3 * SECOND, "is not proved");
  g_assert_true (flush_chat (chat, NULL));
  set_proof (chat, 2, "sender", 'a');
  set_proof (chat, 3, "somebody else", 'a');
  rt_store_chat_set_proof (chat, id, "sender", large);
  set_proof (chat, 99, "sender", 'a');
  g_assert_true (flush_chat (chat, NULL));
  set_proof (chat, 2, "sender", 'b');
  g_assert_true (flush_chat (chat, NULL));
  assert_proof (chat, 2, 'a');
  assert_proof (chat, 3, 0);
  g_assert_true (flush_chat (chat, NULL));
  assert_answer (self->path, "SELECT group_concat (length (proof), ' ') FROM messages", "102 102");
  assert_answer (self->path, "SELECT n_bytes = (SELECT sum (length (CAST (text AS BLOB)) + coalesce (length (body), 0) + coalesce (length (proof), 0)) FROM messages) FROM chats", "1");

  /* one that was read before it was proved, and changes, does not take that back */
  message = find_message (chat, 2);
  g_clear_pointer (&message->proof, g_bytes_unref);
  message->flags = 0;
  rt_store_chat_update (chat, message, TRUE);
  g_assert_true (flush_chat (chat, NULL));
  assert_proof (chat, 2, 'a');
  close_store (store);
}

static void
save_person (RtStoreChat *chat, const char *id, gint64 heard, const char *petname, gint64 compared, char key)
{
  g_autoptr (RtStorePerson) person = rt_store_person_new (id);

  person->heard = heard;
  person->petname = g_strdup (petname);
  person->compared = compared;
  person->pub = key != 0 ? make_proof (key, 32) : NULL;
  person->known_since = key != 0 ? heard : 0;
  person->compared_name = compared > 0 ? g_strdup ("Ada of then") : NULL;
  person->name_since = compared > 0 ? 3 : 0;
  person->petname_since = petname != NULL ? 4 : 0;
  rt_store_chat_save_person (chat, person);
}

/* A key that is known stays; whom the person named is not pushed out by a flood. */
static void
test_people (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreChatState) state = NULL;
  g_autoptr (GBytes) key = make_proof ('k', 32);
  RtStorePerson *ada = NULL;

  save_person (chat, "ada", 5, "Ada L.", 7, 'k');
  save_person (chat, "ben", 6, NULL, 0, 0);
  g_assert_true (flush_chat (chat, NULL));
  save_person (chat, "ada", 9, "Ada L.", 7, 0);
  g_assert_true (flush_chat (chat, NULL));
  for (guint i = 0; i < RT_STORE_CHAT_PEOPLE; i++)
    {
      g_autofree char *id = g_strdup_printf ("flood %04u", i);

      save_person (chat, id, 100 + i, NULL, 0, 0);
    }
  g_assert_true (flush_chat (chat, NULL));
  state = load_chat (chat);
  g_assert_cmpuint (state->people->len, ==, RT_STORE_CHAT_PEOPLE);
  for (guint i = 0; i < state->people->len; i++)
    {
      RtStorePerson *person = state->people->pdata[i];

      g_assert_cmpstr (person->id, !=, "ben");
      if (g_str_equal (person->id, "ada"))
        ada = person;
    }
  g_assert_nonnull (ada);
  g_assert_cmpstr (ada->petname, ==, "Ada L.");
  g_assert_cmpint (ada->compared, ==, 7);
  g_assert_cmpint (ada->known_since, ==, 5);
  g_assert_cmpstr (ada->compared_name, ==, "Ada of then");
  g_assert_cmpint (ada->name_since, ==, 3);
  g_assert_cmpint (ada->petname_since, ==, 4);
  g_assert_true (g_bytes_equal (ada->pub, key));
  close_store (store);
}

/* Told on are messages with what proves them, and that counts as they do. */
static void
test_history (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");

  for (guint i = 1; i <= 4; i++)
    {
      g_autoptr (RtStoreMessage) message = make_message (chat, i, i * SECOND, "text");

      g_clear_pointer (&message->body, g_bytes_unref);
      message->body = make_proof ('b', 100);
      message->proof = i % 2 == 0 ? make_proof ('p', 400) : NULL;
      rt_store_chat_add (chat, message, FALSE);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (RtStoreChatPage) page = NULL;

      rt_store_chat_history_async (chat, 0, 100, 0, NULL, 10, i == 0 ? 1200 : 600, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      page = rt_store_chat_history_finish (chat, result, NULL);
      g_assert_cmpuint (page->messages->len, ==, i == 0 ? 4 : 2);
      g_assert_cmpuint (g_bytes_get_size (((RtStoreMessage *) page->messages->pdata[1])->proof), ==, 400);
    }
  close_store (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-proofs/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("late", test_late);
  ADD ("people", test_people);
  ADD ("history", test_history);
  return g_test_run ();
}
