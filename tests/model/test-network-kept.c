/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said in a network is there after a restart, after a crash too, and what waits leaves once. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "model/rt-network-private.h"
#include "model/rt-store-timeline.h"
#include "network-test.h"

typedef struct {
  Person ada, bob;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->bob);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
}

#define wait_loaded(network) rt_wait_until (rt_network_get_chat_loaded (network))

/* The next life of a person of one network. */
static RtNetwork *
begin_again (Person *person)
{
  RtNetwork *network;

  person_end (person);
  person_begin (person);
  network = person_get (person, 0);
  wait_loaded (network);
  return network;
}

static void
wait_handed (RtMessageItem *item)
{
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_HANDED);
}

static void
flush (RtNetwork *network)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_chat_flush_async (rt_network_get_chat (network), rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_chat_flush_finish (rt_network_get_chat (network), result, &error));
  g_assert_no_error (error);
}

static RtMessageItem *
find_message (RtNetwork *network, GBytes *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtMessageItem *item;

  rt_network_find_message_async (network, id, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  item = rt_network_find_message_finish (network, result, &error);
  g_assert_no_error (error);
  return item;
}

static P2pMessage *
make_message (const char *sender, gint64 flag, gint64 second, const char *text)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (flag)), g_variant_new_variant (g_variant_new_string (text)) };
  g_autoptr (GError) error = NULL;
  P2pMessage *message = p2p_message_new (flag, sender, second, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), &error);

  g_assert_no_error (error);
  return message;
}

static void
take (RtNetwork *network, const char *sender, gint64 flag, const char *text)
{
  g_autoptr (P2pMessage) message = make_message (sender, flag, g_get_real_time () / G_USEC_PER_SEC, text);

  rt_network_take_message (network, message, "55555");
}

static void
test_restart (Fixture *self, gconstpointer data)
{
  static const char * const texts[] = { "first", "from Bob 🙂", "only for you", "third\nof two lines" };
  RtNetwork *a, *b;
  g_autofree char *address = NULL, *bob_id = NULL;
  g_autoptr (GBytes) id = NULL;
  RtTimelineKey keys[G_N_ELEMENTS (texts)];
  RtMessageItem *item;

  rt_networks_set_user_name (self->ada.networks, "Ada");
  a = person_join (&self->ada, "kept", NULL);
  address = network_dup_address (a);
  b = person_join (&self->bob, "kept", address);
  bob_id = g_strdup (network_get_id (b));
  wait_peers (a, 1);
  wait_peers (b, 1);
  wait_handed (rt_network_send_text (a, texts[0], NULL));
  wait_rows (b, 1);
  wait_handed (rt_network_send_text (b, texts[1], NULL));
  wait_rows (a, 2);
  wait_handed (rt_network_whisper_text (b, network_get_id (a), texts[2], NULL));
  wait_rows (a, 3);
  wait_handed (rt_network_send_text (a, texts[3], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    rt_timeline_item_get_key (RT_TIMELINE_ITEM (row_at (a, i)), &keys[i]);
  id = g_bytes_ref (rt_message_item_get_id (row_at (a, 1)));

  a = begin_again (&self->ada);
  g_assert_cmpuint (count_rows (a), ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      RtTimelineKey key;

      item = row_at (a, i);
      rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
      g_assert_cmpint (rt_timeline_key_compare (&key, &keys[i]), ==, 0);
      g_assert_cmpstr (rt_message_item_get_text (item), ==, texts[i]);
      g_assert_cmpint (rt_message_item_get_own (item), ==, i == 0 || i == 3);
      g_assert_cmpint (rt_message_item_get_private (item), ==, i == 2);
      g_assert_cmpint (rt_message_item_get_delivery (item), ==, i == 0 || i == 3 ? RT_DELIVERY_HANDED : RT_DELIVERY_NONE);
      g_assert_cmpint (rt_message_item_get_sent_time (item), ==, p2p_message_get_time (rt_message_item_get_message (item)));
    }
  item = row_at (a, 1);
  g_assert_true (g_bytes_equal (rt_message_item_get_id (item), id));
  g_assert_cmpstr (rt_message_item_get_sender (item), ==, bob_id);
  g_assert_cmpstr (rt_message_item_get_via (item), ==, bob_id);
  {
    g_autoptr (GBytes) of_message = p2p_message_get_id (rt_message_item_get_message (item));
    g_autoptr (RtMessageItem) found = find_message (a, id);
    g_autoptr (GBytes) unknown = g_bytes_new_static ("01234567890123456789012345678901", 32);

    g_assert_true (g_bytes_equal (of_message, id));
    g_assert_true (found == item);
    g_assert_null (find_message (a, unknown));
  }
  /* what comes now stands behind it, and nothing is sent again */
  wait_peers (b, 1);
  wait_up (a);
  wait_peers (a, 1);
  wait_handed (rt_network_send_text (a, "and on", NULL));
  wait_rows (b, 5);
  g_assert_cmpstr (rt_message_item_get_text (row_at (b, 4)), ==, "and on");
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 4)), ==, "and on");
  g_assert_cmpuint (count_rows (b), ==, 5);
}

/* It is off, and its history can be read. */
static void
test_off (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "off", NULL);
  g_autoptr (RtMessageItem) item = NULL;

  take (network, "22222", P2P_FLAG_BROADCAST, "one");
  rt_network_stop (network);
  take (network, "22222", P2P_FLAG_BROADCAST, "two");
  flush (network);
  item = find_message (network, rt_message_item_get_id (row_at (network, 1)));
  g_assert_cmpstr (rt_message_item_get_text (item), ==, "two");
  g_assert_cmpuint (count_rows (network), ==, 2);
}

static void
test_unread (Fixture *self, gconstpointer data)
{
  RtNetwork *network;
  RtTimelineKey key, wanted;

  rt_networks_set_user_name (self->ada.networks, "Ada L.");
  network = person_join (&self->ada, "unread", NULL);
  g_assert_false (rt_network_get_first_unread (network, &key));
  rt_network_send_text (network, "our own", NULL);
  take (network, "22222", P2P_FLAG_BROADCAST, "one");
  take (network, "22222", P2P_FLAG_BROADCAST, "hello ADA L.!");
  take (network, "22222", P2P_FLAG_BROADCAST, "Radar L.");
  take (network, "22222", P2P_FLAG_WHISPER, "psst");
  g_assert_cmpuint (rt_network_get_unread (network), ==, 4);
  g_assert_cmpuint (rt_network_get_unread_important (network), ==, 2);
  g_assert_true (rt_message_item_get_mention (row_at (network, 2)));
  g_assert_false (rt_message_item_get_mention (row_at (network, 3)));
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (row_at (network, 1)), &wanted);

  network = begin_again (&self->ada);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 4);
  g_assert_cmpuint (rt_network_get_unread_important (network), ==, 2);
  g_assert_true (rt_network_get_first_unread (network, &key));
  g_assert_cmpint (rt_timeline_key_compare (&key, &wanted), ==, 0);
  /* the divider stays while he looks, whatever comes */
  rt_network_set_active (network, TRUE);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
  take (network, "22222", P2P_FLAG_BROADCAST, "seen");
  g_assert_true (rt_network_get_first_unread (network, &key));
  g_assert_cmpint (rt_timeline_key_compare (&key, &wanted), ==, 0);
  rt_network_set_active (network, FALSE);
  take (network, "22222", P2P_FLAG_BROADCAST, "not seen");
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (row_at (network, 6)), &wanted);

  /* the page is there before the history is */
  person_end (&self->ada);
  person_begin (&self->ada);
  network = person_get (&self->ada, 0);
  rt_network_set_active (network, TRUE);
  wait_loaded (network);
  g_assert_true (rt_network_get_first_unread (network, &key));
  g_assert_cmpint (rt_timeline_key_compare (&key, &wanted), ==, 0);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
  network = begin_again (&self->ada);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
  g_assert_false (rt_network_get_first_unread (network, &key));
}

static void
test_draft_and_mute (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "draft", NULL);
  g_autofree char *draft = NULL, *empty = NULL;

  g_assert_null (rt_network_dup_draft (network));
  rt_network_set_draft (network, "Dear all,\nI");
  rt_network_set_draft (network, "Dear all,\nI was");
  rt_network_set_muted (network, TRUE);
  network = begin_again (&self->ada);
  draft = rt_network_dup_draft (network);
  g_assert_cmpstr (draft, ==, "Dear all,\nI was");
  g_assert_true (rt_network_get_muted (network));
  rt_network_set_draft (network, "");
  rt_network_set_muted (network, FALSE);
  network = begin_again (&self->ada);
  empty = rt_network_dup_draft (network);
  g_assert_null (empty);
  g_assert_false (rt_network_get_muted (network));
}

/* What was sent is no draft any more, at once: a kill must not leave it to be sent again. */
static void
test_draft_sent (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "draft-sent", NULL);
  g_autoptr (GAsyncResult) flushed = NULL, loaded = NULL;
  g_autoptr (RtStoreChat) again = NULL;
  g_autoptr (RtStoreChatState) state = NULL;
  g_autoptr (GError) error = NULL;

  rt_network_set_draft (network, "Dear all");
  network = begin_again (&self->ada);
  rt_network_set_draft (network, "");
  rt_store_chat_flush_async (rt_network_get_chat (network), rt_wait_result_cb, &flushed);
  rt_wait_result (flushed);
  g_assert_true (rt_store_chat_flush_finish (rt_network_get_chat (network), flushed, &error));
  g_assert_no_error (error);
  again = rt_store_chat_new (network->store, rt_network_config_get_uuid (rt_network_get_config (network)));
  rt_store_chat_load_async (again, NULL, rt_wait_result_cb, &loaded);
  rt_wait_result (loaded);
  state = rt_store_chat_load_finish (again, loaded, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (state->draft, ==, NULL);
}

/* Written with nobody there, in an earlier life: it goes out when somebody comes, in order, once. */
static void
test_queue (Fixture *self, gconstpointer data)
{
  static const char * const texts[] = { "one", "same", "same", "four" };
  RtNetwork *a = person_join (&self->ada, "queue", NULL), *b;
  g_autofree char *address = network_dup_address (a), *a_id = g_strdup (network_get_id (a));
  RtMessageItem *private, *gone;

  b = person_join (&self->bob, "queue", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (rt_message_item_get_delivery (rt_network_send_text (b, texts[i], NULL)), ==, RT_DELIVERY_QUEUED);
  private = rt_network_whisper_text (b, a_id, "for Ada", NULL);
  g_assert_cmpint (rt_message_item_get_delivery (private), ==, RT_DELIVERY_QUEUED);
  gone = rt_network_send_text (b, "never mind", NULL);
  rt_network_cancel (b, gone);

  b = begin_again (&self->bob);
  g_assert_cmpuint (count_rows (b), ==, 6);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (rt_message_item_get_delivery (row_at (b, i)), ==, RT_DELIVERY_QUEUED);
  g_assert_cmpint (rt_message_item_get_delivery (row_at (b, 5)), ==, RT_DELIVERY_CANCELLED);
  /* one that is off has its queue, too */
  rt_network_stop (b);
  rt_network_send_text (b, "five", NULL);
  rt_network_start (b);
  wait_up (b);
  g_assert_true (connect_and_wait (b, address, NULL));
  wait_rows (a, 6);
  for (guint i = 0; i < 5; i++)
    wait_handed (row_at (b, i));
  wait_handed (row_at (b, 6));
  for (guint i = 0, next = 0; i < 6; i++)
    {
      const char *text = rt_message_item_get_text (row_at (a, i));

      if (!rt_message_item_get_private (row_at (a, i)))
        {
          g_assert_cmpstr (text, ==, next < G_N_ELEMENTS (texts) ? texts[next] : "five");
          next++;
        }
      else
        g_assert_cmpstr (text, ==, "for Ada");
    }

  /* not again */
  b = begin_again (&self->bob);
  wait_up (b);
  g_assert_true (connect_and_wait (b, address, NULL));
  wait_handed (rt_network_send_text (b, "six", NULL));
  wait_rows (a, 7);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 6)), ==, "six");
}

/* The clock was a year ahead when it was tried last. */
static void
test_clock_set_back (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "clock", NULL), *b = person_join (&self->bob, "clock", NULL);
  g_autofree char *address = network_dup_address (a);
  g_autoptr (RtStoreMessage) stored = rt_store_message_new ();

  stored->row = rt_store_chat_take_row (rt_network_get_chat (b));
  stored->time = g_get_real_time ();
  stored->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_OUTBOX;
  stored->sender = g_strdup (network_get_id (b));
  stored->recipient = g_strdup (network_get_id (a));
  stored->text = g_strdup ("soon");
  stored->delivery = RT_DELIVERY_QUEUED;
  stored->n_attempts = 2;
  stored->next_try = stored->time + 365 * G_TIME_SPAN_DAY;
  rt_store_chat_add (rt_network_get_chat (b), stored, TRUE);
  b = begin_again (&self->bob);
  wait_up (b);
  g_assert_true (connect_and_wait (b, address, NULL));
  wait_handed (row_at (b, 0));
  wait_rows (a, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 0)), ==, "soon");
}

/* ---- killed ---- */

/* In a program of its own: says something, and is killed before it wrote down that it has left. */
static int
be_killed (const char *folder, const char *mode)
{
  Person person = { .folder = (char *) folder };
  RtNetwork *network;
  RtMessageItem *item;

  person_begin (&person);
  network = person_get (&person, 0);
  wait_up (network);
  if (g_str_equal (mode, "handed"))
    wait_peers (network, 1);
  item = rt_network_send_text (network, "just once", NULL);
  if (g_str_equal (mode, "handed"))
    wait_handed (item);
  else
    flush (network);
  kill (getpid (), SIGKILL);
  return 1;
}

static void
run_killed (const char *folder, const char *mode)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", &error);

  g_assert_no_error (error);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, self, "--be-killed", folder, mode, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_async (child, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  const char *mode = data;
  RtNetwork *a = person_join (&self->ada, "killed", NULL), *b;
  g_autofree char *address = network_dup_address (a);
  gboolean there = g_str_equal (mode, "handed");
  g_autoptr (GBytes) id = NULL;

  person_join (&self->bob, "killed", there ? address : NULL);
  person_end (&self->bob);
  run_killed (self->bob.folder, mode);
  if (there)
    {
      wait_rows (a, 1);
      id = g_bytes_ref (rt_message_item_get_id (row_at (a, 0)));
      /* in another second it would be another message */
      while (g_get_real_time () / G_USEC_PER_SEC <= rt_message_item_get_sent_time (row_at (a, 0)))
        rt_wait_milliseconds (50);
    }

  person_begin (&self->bob);
  b = person_get (&self->bob, 0);
  wait_loaded (b);
  g_assert_cmpuint (count_rows (b), ==, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (b, 0)), ==, "just once");
  wait_up (b);
  if (!there)
    g_assert_true (connect_and_wait (b, address, NULL));
  wait_handed (row_at (b, 0));
  wait_handed (rt_network_send_text (b, "afterwards", NULL));
  wait_rows (a, 2);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 0)), ==, "just once");
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 1)), ==, "afterwards");
  if (there)
    g_assert_true (g_bytes_equal (rt_message_item_get_id (row_at (b, 0)), id));
}

/* What was being sent too long ago may have left: the person is asked. So is he of a private one, which nodes do not compare. */
static void
test_unsure (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "unsure", NULL);
  const char *own_id = network_get_id (network);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 100;
  g_autoptr (P2pMessage) message = make_message (own_id, P2P_FLAG_BROADCAST, second, "an old one");
  g_autofree char *words = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RtStoreMessage) stored = rt_store_message_new ();

      stored->row = rt_store_chat_take_row (rt_network_get_chat (network));
      stored->time = second * G_USEC_PER_SEC;
      stored->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_OUTBOX | (i == 1 ? RT_STORE_MESSAGE_PRIVATE : 0);
      stored->sender = g_strdup (own_id);
      stored->recipient = i == 1 ? g_strdup ("22222") : NULL;
      stored->text = g_strdup ("an old one");
      stored->delivery = RT_DELIVERY_SENDING;
      stored->sent = i == 0 ? second : 0;
      stored->id = i == 0 ? p2p_message_get_id (message) : NULL;
      stored->body = i == 0 ? p2p_message_dup_body (message) : NULL;
      rt_store_chat_add (rt_network_get_chat (network), stored, TRUE);
    }
  network = begin_again (&self->ada);
  wait_up (network);
  rt_wait_until (rt_message_item_get_delivery (row_at (network, 0)) == RT_DELIVERY_UNSURE);
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 1)), ==, RT_DELIVERY_UNSURE);
  g_object_get (row_at (network, 0), "delivery-text", &words, NULL);
  g_assert_true (g_str_has_prefix (words, "May have been sent"));
  /* it is so after another restart, and can be tried again */
  network = begin_again (&self->ada);
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 0)), ==, RT_DELIVERY_UNSURE);
  rt_network_retry (network, row_at (network, 0));
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 0)), ==, RT_DELIVERY_QUEUED);
  g_assert_null (rt_message_item_get_id (row_at (network, 0)));
}

/* ---- what is found out later ---- */

static void
test_notes (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "notes", NULL), *b;
  g_autofree char *address = network_dup_address (network), *words = NULL;
  g_autoptr (GBytes) original = NULL, answer = NULL, own = NULL, private = NULL;
  RtMessageItem *item;

  b = person_join (&self->bob, "notes", address);
  wait_peers (network, 1);
  wait_peers (b, 1);
  take (network, "22222", P2P_FLAG_BROADCAST, "what\nis it?");
  original = g_bytes_ref (rt_message_item_get_id (row_at (network, 0)));
  take (network, "33333", P2P_FLAG_BROADCAST, "this");
  answer = g_bytes_ref (rt_message_item_get_id (row_at (network, 1)));
  item = rt_network_send_text (network, "ours", NULL);
  wait_handed (item);
  own = g_bytes_ref (rt_message_item_get_id (item));
  item = rt_network_whisper_text (network, network_get_id (b), "secret", NULL);
  wait_handed (item);
  private = g_bytes_ref (rt_message_item_get_id (item));
  /* after a restart with much in between, so that nobody holds the rows */
  for (guint i = 0; i < RT_STORE_CHAT_TAIL; i++)
    take (network, "44444", P2P_FLAG_BROADCAST, "more");
  network = begin_again (&self->ada);
  rt_network_note_reply (network, answer, original);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *node = g_strdup_printf ("%u%u%u%u%u", i + 2, i + 2, i + 2, i + 2, i + 2);

      rt_network_note_receipt (network, own, node, 1000 + i);
      rt_network_note_receipt (network, private, node, 1000 + i);
      rt_network_note_receipt (network, answer, node, 1000 + i);
    }
  network = begin_again (&self->ada);
  {
    g_autoptr (RtMessageItem) found = find_message (network, answer);
    g_autoptr (RtMessageItem) ours = find_message (network, own);
    g_autoptr (RtMessageItem) secret = find_message (network, private);

    g_assert_true (g_bytes_equal (rt_message_item_get_reply_to (found), original));
    g_assert_cmpint (rt_message_item_get_reply_state (found), ==, RT_REPLY_LOOKING);
    rt_network_look_up_reply (network, found);
    rt_wait_until (rt_message_item_get_reply_state (found) == RT_REPLY_FOUND);
    g_assert_cmpstr (rt_message_item_get_reply_preview (found), ==, "what is it?");
    g_assert_cmpuint (rt_message_item_get_n_receipts (found), ==, 0);
    g_assert_cmpuint (rt_message_item_get_n_receipts (ours), ==, 5);
    g_object_get (ours, "delivery-text", &words, NULL);
    g_assert_cmpstr (words, ==, "Received by 22222, 33333, 44444 and 2 more");
    /* known ones are not counted twice */
    rt_network_note_receipt (network, own, "66666", 1100);
    g_assert_true (ours->loads_receipts);
    rt_network_note_receipt (network, own, "77777", 1100);
    rt_wait_until (rt_message_item_get_n_receipts (ours) == 6);
    rt_wait_until (!ours->loads_receipts);
    g_assert_cmpuint (rt_message_item_get_n_receipts (ours), ==, 6);
    g_assert_cmpuint (rt_message_item_get_n_receipts (secret), ==, 0);
  }
}

static GPtrArray *
take_told (RtNetwork *network, GPtrArray *told)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *items;

  rt_network_take_told_async (network, told, "99999", rt_wait_result_cb, &result);
  rt_wait_result (result);
  items = rt_network_take_told_finish (network, result, &error);
  g_assert_no_error (error);
  return items;
}

static void
test_told (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "told", NULL);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 3600;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free);
  g_autoptr (GPtrArray) first = NULL, again = NULL;

  take (network, "22222", P2P_FLAG_BROADCAST, "heard");
  rt_network_mark_read (network);
  g_ptr_array_add (told, rt_told_new (rt_message_item_get_message (row_at (network, 0)), second, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (P2pMessage) message = make_message ("22222", i == 1 ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, second + i, "told");

      g_ptr_array_add (told, rt_told_new (message, second + i, NULL));
      /* twice in one answer */
      g_ptr_array_add (told, rt_told_new (message, second + i, NULL));
    }
  first = take_told (network, told);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_cmpstr (rt_message_item_get_told (first->pdata[0]), ==, "99999");
  again = take_told (network, told);
  g_assert_cmpuint (again->len, ==, 0);
  /* where they were said, and read: catch-up tells of them by itself */
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
  g_assert_cmpuint (count_rows (network), ==, 3);
  network = begin_again (&self->ada);
  g_assert_cmpuint (count_rows (network), ==, 3);
  g_assert_cmpstr (rt_message_item_get_text (row_at (network, 2)), ==, "heard");
  g_assert_cmpstr (rt_message_item_get_told (row_at (network, 0)), ==, "99999");
  /* it ended in the middle of catching up: nobody saw them */
  g_assert_cmpuint (rt_network_get_unread (network), ==, 2);
}

/* Told of what was said before the newest that was read; and before one of when the clock was ahead. It is not read, also after a restart, until it is. */
static void
test_told_is_unread (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "told", NULL);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 3600;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free), items = NULL;
  g_autoptr (P2pMessage) early = make_message ("22222", P2P_FLAG_BROADCAST, second, "an hour ago");
  g_autoptr (RtStoreMessage) ahead = rt_store_message_new ();
  RtTimelineKey key, first;

  take (network, "22222", P2P_FLAG_BROADCAST, "one");
  ahead->row = rt_store_chat_take_row (rt_network_get_chat (network));
  ahead->time = g_get_real_time () + 365 * G_TIME_SPAN_DAY;
  ahead->sender = g_strdup ("22222");
  ahead->text = g_strdup ("next year");
  rt_store_chat_add (rt_network_get_chat (network), ahead, FALSE);
  network = begin_again (&self->ada);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 2);
  rt_network_mark_read (network);
  g_ptr_array_add (told, rt_told_new (early, second, NULL));
  items = take_told (network, told);
  rt_network_count_unread_block (network, items);
  take (network, "22222", P2P_FLAG_BROADCAST, "now");
  g_assert_cmpuint (rt_network_get_unread (network), ==, 2);
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (row_at (network, 0)), &first);
  g_clear_pointer (&items, g_ptr_array_unref);
  for (guint i = 0; i < 2; i++)
    {
      network = begin_again (&self->ada);
      g_assert_cmpuint (rt_network_get_unread (network), ==, 2);
      g_assert_true (rt_network_get_first_unread (network, &key));
      g_assert_cmpint (rt_timeline_key_compare (&key, &first), ==, 0);
    }
  g_assert_cmpstr (rt_message_item_get_text (row_at (network, 3)), ==, "next year");
  rt_network_mark_read (network);
  network = begin_again (&self->ada);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
}

/* The answer was heard, what it answers is told of later. */
static void
test_original_told (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "original", NULL);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 3600;
  g_autoptr (P2pMessage) original = make_message ("22222", P2P_FLAG_BROADCAST, second, "who comes?");
  g_autoptr (GBytes) id = p2p_message_get_id (original);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free), items = NULL;
  RtMessageItem *answer;

  take (network, "33333", P2P_FLAG_BROADCAST, "me");
  answer = row_at (network, 0);
  rt_network_note_reply (network, rt_message_item_get_id (answer), id);
  rt_network_look_up_reply (network, answer);
  rt_wait_until (rt_message_item_get_reply_state (answer) == RT_REPLY_UNKNOWN);
  g_ptr_array_add (told, rt_told_new (original, second, NULL));
  items = take_told (network, told);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpint (rt_message_item_get_reply_state (answer), ==, RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_preview (answer), ==, "who comes?");
}

/* A network that is left leaves nothing behind. */
static void
test_left (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "left", NULL);

  take (network, "22222", P2P_FLAG_BROADCAST, "one");
  rt_network_set_draft (network, "two");
  rt_networks_remove (self->ada.networks, network);
  person_end (&self->ada);
  person_begin (&self->ada);
  network = person_join (&self->ada, "left", NULL);
  g_assert_cmpuint (count_rows (network), ==, 0);
  g_assert_null (rt_network_dup_draft (network));
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--be-killed"))
    return be_killed (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func, data) g_test_add ("/model/network-kept/" name, Fixture, data, set_up, func, tear_down)
  ADD ("restart", test_restart, NULL);
  ADD ("off", test_off, NULL);
  ADD ("unread", test_unread, NULL);
  ADD ("draft-and-mute", test_draft_and_mute, NULL);
  ADD ("draft-sent", test_draft_sent, NULL);
  ADD ("queue", test_queue, NULL);
  ADD ("clock-set-back", test_clock_set_back, NULL);
  ADD ("killed-after-it-left", test_killed, "handed");
  ADD ("killed-while-it-waited", test_killed, "queued");
  ADD ("unsure", test_unsure, NULL);
  ADD ("notes", test_notes, NULL);
  ADD ("told", test_told, NULL);
  ADD ("told-is-unread", test_told_is_unread, NULL);
  ADD ("original-told", test_original_told, NULL);
  ADD ("left", test_left, NULL);
  return g_test_run ();
}
