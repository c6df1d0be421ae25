/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found out later about what is kept: answers, receipts, and what others tell of. */
#include "kept-fixture.h"
#include "make-proof.h"

static void
test_notes (KeptFixture *self, gconstpointer data)
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
test_told (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "told", NULL);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 3600;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free);
  g_autoptr (GPtrArray) first = NULL, again = NULL;

  take (network, "22222", P2P_FLAG_BROADCAST, "heard");
  rt_network_mark_read (network);
  g_ptr_array_add (told, rt_told_new (rt_message_item_get_message (row_at (network, 0)), second, NULL, NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (P2pMessage) message = make_message ("22222", i == 1 ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, second + i, "told");

      g_ptr_array_add (told, rt_told_new (message, second + i, NULL, NULL));
      /* twice in one answer */
      g_ptr_array_add (told, rt_told_new (message, second + i, NULL, NULL));
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
test_told_is_unread (KeptFixture *self, gconstpointer data)
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
  g_ptr_array_add (told, rt_told_new (early, second, NULL, NULL));
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
test_original_told (KeptFixture *self, gconstpointer data)
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
  g_ptr_array_add (told, rt_told_new (original, second, NULL, NULL));
  items = take_told (network, told);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpint (rt_message_item_get_reply_state (answer), ==, RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_preview (answer), ==, "who comes?");
}

/* Who signs is not told of without that as if he did not: the warning goes with it, and it rings for nobody. */
static void
test_signer (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "signer", NULL);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 3600;
  g_autoptr (P2pMessage) message = make_message ("22222", P2P_FLAG_BROADCAST, second, "so I said");
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free), items = NULL;
  g_autofree guint8 *zeroes = g_malloc0 (32);
  g_autoptr (GBytes) key = g_bytes_new (zeroes, 32);

  rt_people_note_heard (rt_network_get_people (network), "22222", g_get_real_time ());
  rt_people_note_key (rt_network_get_people (network), "22222", key, g_get_real_time ());
  g_ptr_array_add (told, rt_told_new (message, second, NULL, NULL));
  items = take_told (network, told);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpint (rt_message_item_get_trust (items->pdata[0]), ==, RT_TRUST_UNSIGNED);
}

/* With a proof it is as good as heard; without one it is a claim of who told it; with one that does not hold it is nothing. */
static void
test_proofs (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "proofs", NULL);
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_wire_protocol (rt_network_get_config (network));
  g_autoptr (P2pIdentity) identity = make_identity (9);
  g_autofree char *id = p2p_identity_get_node_id (identity, protocol);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free), again = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free), items = NULL,
                        none = NULL;
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 100;
  g_autoptr (GBytes) of_first = NULL, of_second = NULL;
  RtTalkCounts counts;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *text = g_strdup_printf ("said %u", i);
      g_autoptr (P2pMessage) message = make_message (id, P2P_FLAG_BROADCAST, second + i, text);
      g_autoptr (GBytes) message_id = p2p_message_get_id (message);
      g_autoptr (GBytes) proof = make_proof (identity, p2p_protocol_get_id (protocol), message_id), garbage = g_bytes_new_static ("garbage", 7);

      if (i == 0)
        of_first = g_bytes_ref (proof);
      if (i == 1)
        {
          of_second = g_bytes_ref (proof);
          g_ptr_array_add (again, rt_told_new (message, second + i, NULL, proof));
        }
      /* the first is proved, the second stripped; a proof of another message, and none at all */
      g_ptr_array_add (told, rt_told_new (message, second + i, NULL, i == 0 ? proof : i == 1 ? NULL : i == 2 ? of_first : garbage));
    }
  items = take_told (network, told);
  g_assert_cmpuint (items->len, ==, 2);
  g_assert_cmpint (rt_message_item_get_trust (items->pdata[0]), ==, RT_TRUST_VERIFIED);
  g_assert_true (g_bytes_equal (rt_message_item_get_proof (items->pdata[0]), of_first));
  g_assert_cmpint (rt_message_item_get_trust (items->pdata[1]), ==, RT_TRUST_UNVERIFIED);
  rt_network_get_talk_counts (network, &counts);
  g_assert_cmpuint (counts.told_forged, ==, 2);
  g_assert_cmpuint (counts.told_proved, ==, 1);
  /* the next who tells has the proof */
  none = take_told (network, again);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (rt_message_item_get_trust (items->pdata[1]), ==, RT_TRUST_VERIFIED);
  flush (network);
  network = begin_again (&self->ada);
  g_assert_cmpint (rt_message_item_get_trust (row_at (network, 1)), ==, RT_TRUST_VERIFIED);
  g_assert_true (g_bytes_equal (rt_message_item_get_proof (row_at (network, 1)), of_second));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func, data) g_test_add ("/model/network-kept/" name, KeptFixture, data, kept_set_up, func, kept_tear_down)
  ADD ("notes", test_notes, NULL);
  ADD ("told", test_told, NULL);
  ADD ("told-is-unread", test_told_is_unread, NULL);
  ADD ("original-told", test_original_told, NULL);
  ADD ("proofs", test_proofs, NULL);
  ADD ("signer", test_signer, NULL);
  return g_test_run ();
}
