/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said in a network is there after a restart, and what waits leaves once. */
#include "model/timeline/rt-store-timeline.h"
#include "kept-fixture.h"

static void
test_restart (KeptFixture *self, gconstpointer data)
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
test_off (KeptFixture *self, gconstpointer data)
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
test_unread (KeptFixture *self, gconstpointer data)
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
  /* nor is what comes below read while he reads further up */
  rt_network_set_following (network, FALSE);
  take (network, "22222", P2P_FLAG_BROADCAST, "below");
  g_assert_cmpuint (rt_network_get_unread (network), ==, 1);
  rt_network_set_following (network, TRUE);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
  rt_network_set_following (network, FALSE);
  rt_network_set_active (network, FALSE);
  take (network, "22222", P2P_FLAG_BROADCAST, "below, elsewhere");
  rt_network_set_active (network, TRUE);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 1);
  rt_network_set_following (network, TRUE);
  g_assert_cmpuint (rt_network_get_unread (network), ==, 0);
  rt_network_set_active (network, FALSE);
  take (network, "22222", P2P_FLAG_BROADCAST, "not seen");
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (row_at (network, 8)), &wanted);

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
test_draft_and_mute (KeptFixture *self, gconstpointer data)
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
test_draft_sent (KeptFixture *self, gconstpointer data)
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
test_queue (KeptFixture *self, gconstpointer data)
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

/* What waits was written for those of one network: it does not go to whoever is in the other that the person names in its settings, also where it was not read yet. */
static void
test_elsewhere (KeptFixture *self, gconstpointer data)
{
  gboolean early = GPOINTER_TO_INT (data);
  RtNetwork *a = person_join (&self->ada, "the other", NULL), *b;
  g_autofree char *address = network_dup_address (a), *a_id = g_strdup (network_get_id (a)), *words = NULL;
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  b = person_join (&self->bob, "the one", NULL);
  rt_network_send_text (b, "to all of the one", NULL);
  rt_network_whisper_text (b, a_id, "psst", NULL);
  if (early)
    {
      person_end (&self->bob);
      person_begin (&self->bob);
      b = person_get (&self->bob, 0);
      g_assert_false (rt_network_get_chat_loaded (b));
    }
  config = rt_network_config_copy (rt_network_get_config (b));
  g_object_set (config, "subnet", "the other", NULL);
  g_assert_true (rt_networks_update (self->bob.networks, b, config, &error));
  g_assert_no_error (error);
  wait_loaded (b);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (rt_message_item_get_delivery (row_at (b, i)), ==, RT_DELIVERY_CANCELLED);
  g_object_get (row_at (b, 0), "delivery-text", &words, NULL);
  g_assert_cmpstr (words, ==, "Not sent: the network is another one now");
  b = begin_again (&self->bob);
  wait_up (b);
  g_assert_true (connect_and_wait (b, address, NULL));
  wait_handed (rt_network_send_text (b, "to all of the other", NULL));
  wait_rows (a, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 0)), ==, "to all of the other");
  g_assert_cmpint (rt_message_item_get_delivery (row_at (b, 0)), ==, RT_DELIVERY_CANCELLED);
  /* the person may say so all the same */
  rt_network_retry (b, row_at (b, 0));
  wait_handed (row_at (b, 0));
  wait_rows (a, 2);
  g_assert_cmpuint (count_rows (a), ==, 2);
}

/* The clock was a year ahead when it was tried last. */
static void
test_clock_set_back (KeptFixture *self, gconstpointer data)
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

/* A network that is left leaves nothing behind. */
static void
test_left (KeptFixture *self, gconstpointer data)
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
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func, data) g_test_add ("/model/network-kept/" name, KeptFixture, data, kept_set_up, func, kept_tear_down)
  ADD ("restart", test_restart, NULL);
  ADD ("off", test_off, NULL);
  ADD ("unread", test_unread, NULL);
  ADD ("draft-and-mute", test_draft_and_mute, NULL);
  ADD ("draft-sent", test_draft_sent, NULL);
  ADD ("queue", test_queue, NULL);
  ADD ("elsewhere", test_elsewhere, NULL);
  ADD ("elsewhere-early", test_elsewhere, GINT_TO_POINTER (1));
  ADD ("clock-set-back", test_clock_set_back, NULL);
  ADD ("left", test_left, NULL);
  return g_test_run ();
}
