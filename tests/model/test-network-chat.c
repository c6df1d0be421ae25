/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/network/rt-network-private.h"
#include "network-test.h"

typedef struct {
  Person ada, bob, cem;
  RtNetwork *a, *b;             /* linked; bob dialled */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL;

  person_init (&self->ada);
  person_init (&self->bob);
  person_init (&self->cem);
  rt_networks_set_user_name (self->ada.networks, "Ada");
  self->a = person_join (&self->ada, "chat", NULL);
  address = network_dup_address (self->a);
  self->b = person_join (&self->bob, "chat", address);
  wait_peers (self->a, 1);
  wait_peers (self->b, 1);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
  person_clear (&self->cem);
}

static void
note_added_cb (RtNetwork *network, RtMessageItem *item, guint *added)
{
  (*added)++;
}

static void
test_broadcast (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  RtMessageItem *own, *heard;
  guint added_a = 0, added_b = 0;
  g_autoptr (GBytes) own_id = NULL, heard_id = NULL;

  g_signal_connect (self->a, "message-added", G_CALLBACK (note_added_cb), &added_a);
  g_signal_connect (self->b, "message-added", G_CALLBACK (note_added_cb), &added_b);
  own = rt_network_send_text (self->a, "Hello, Bob 🙂\nsecond line", &error);
  g_assert_no_error (error);
  g_assert_true (own == row_at (self->a, 0));
  g_assert_true (rt_message_item_get_own (own));
  g_assert_cmpstr (rt_message_item_get_sender_name (own), ==, "Ada");
  g_assert_cmpstr (rt_message_item_get_sender (own), ==, network_get_id (self->a));
  /* it is on the disk first */
  g_assert_cmpint (rt_message_item_get_delivery (own), ==, RT_DELIVERY_SENDING);
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_HANDED);
  g_assert_cmpuint (rt_message_item_get_n_links (own), ==, 1);

  wait_rows (self->b, 1);
  heard = row_at (self->b, 0);
  g_assert_cmpstr (rt_message_item_get_text (heard), ==, "Hello, Bob 🙂\nsecond line");
  g_assert_cmpint (rt_message_item_get_kind (heard), ==, RT_MESSAGE_TEXT);
  g_assert_cmpstr (rt_message_item_get_sender (heard), ==, network_get_id (self->a));
  g_assert_false (rt_message_item_get_own (heard));
  g_assert_false (rt_message_item_get_private (heard));
  own_id = p2p_message_get_id (rt_message_item_get_message (own));
  heard_id = p2p_message_get_id (rt_message_item_get_message (heard));
  g_assert_true (g_bytes_equal (own_id, heard_id));
  g_assert_cmpint (rt_message_item_get_sent_time (own), ==, rt_message_item_get_sent_time (heard));
  g_assert_cmpuint (added_a, ==, 1);
  g_assert_cmpuint (added_b, ==, 1);
  g_signal_handlers_disconnect_by_data (self->a, &added_a);
  g_signal_handlers_disconnect_by_data (self->b, &added_b);
}

static void
test_unread (Fixture *self, gconstpointer data)
{
  rt_network_send_text (self->a, "one", NULL);
  rt_network_send_text (self->a, "two", NULL);
  wait_rows (self->b, 2);
  g_assert_cmpuint (rt_network_get_unread (self->b), ==, 2);
  g_assert_cmpuint (rt_network_get_unread (self->a), ==, 0);
  rt_network_mark_read (self->b);
  g_assert_cmpuint (rt_network_get_unread (self->b), ==, 0);
  rt_network_send_text (self->a, "three", NULL);
  wait_rows (self->b, 3);
  g_assert_cmpuint (rt_network_get_unread (self->b), ==, 1);
  /* before the person's eyes nothing becomes unread */
  rt_network_set_active (self->b, TRUE);
  g_assert_cmpuint (rt_network_get_unread (self->b), ==, 0);
  rt_network_send_text (self->a, "four", NULL);
  wait_rows (self->b, 4);
  g_assert_cmpuint (rt_network_get_unread (self->b), ==, 0);
  rt_network_set_active (self->b, FALSE);
  rt_network_send_text (self->a, "five", NULL);
  wait_rows (self->b, 5);
  g_assert_cmpuint (rt_network_get_unread (self->b), ==, 1);
}

static void
test_whisper (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  RtMessageItem *own, *heard;

  own = rt_network_whisper_text (self->b, network_get_id (self->a), "only for you", &error);
  g_assert_no_error (error);
  g_assert_true (rt_message_item_get_private (own));
  g_assert_cmpstr (rt_message_item_get_recipient (own), ==, network_get_id (self->a));
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_HANDED);
  g_assert_nonnull (rt_message_item_get_message (own));

  wait_rows (self->a, 1);
  heard = row_at (self->a, 0);
  g_assert_true (rt_message_item_get_private (heard));
  g_assert_cmpstr (rt_message_item_get_text (heard), ==, "only for you");
  g_assert_cmpstr (rt_message_item_get_sender (heard), ==, network_get_id (self->b));

  /* and back, as a reply to its sender */
  rt_network_whisper_text (self->a, rt_message_item_get_sender (heard), "thanks", &error);
  g_assert_no_error (error);
  wait_rows (self->b, 2);
  g_assert_true (rt_message_item_get_private (row_at (self->b, 1)));
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->b, 1)), ==, "thanks");
}

/* A line of three: the far end is looked for by request and response. */
static void
test_reply_to_non_neighbour (Fixture *self, gconstpointer data)
{
  g_autofree char *address = network_dup_address (self->b);
  RtNetwork *c = person_join (&self->cem, "chat", address);
  g_autoptr (GError) error = NULL;
  RtMessageItem *own;

  wait_peers (self->b, 2);
  g_assert_null (p2p_mesh_socket_get_connection (rt_network_get_socket (c), network_get_id (self->a)));
  rt_network_send_text (self->a, "who is there?", NULL);
  wait_rows (c, 1);
  own = rt_network_whisper_text (c, rt_message_item_get_sender (row_at (c, 0)), "me, quietly", &error);
  g_assert_no_error (error);
  wait_rows (self->a, 2);
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, 1)), ==, "me, quietly");
  g_assert_true (rt_message_item_get_private (row_at (self->a, 1)));
  g_assert_cmpstr (rt_message_item_get_sender (row_at (self->a, 1)), ==, network_get_id (c));
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_HANDED);
  /* the one between heard nothing of it */
  g_assert_cmpuint (count_rows (self->b), ==, 1);
}

static void
test_whisper_to_nobody (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rt_network_whisper_text (self->a, network_get_id (self->a), "hello me", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (rt_network_whisper_text (self->a, "", "hello", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (count_rows (self->a), ==, 0);
}

/* So that what follows at once falls into one second. */
static void
wait_for_young_second (void)
{
  while (g_get_real_time () % G_USEC_PER_SEC > G_USEC_PER_SEC / 2)
    rt_wait_milliseconds (50);
}

static void
test_equal_texts (Fixture *self, gconstpointer data)
{
  static const char * const texts[] = { "same", "same", "other", "same", "last" };
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  wait_for_young_second ();
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (rt_message_item_get_delivery (rt_network_send_text (self->a, texts[i], NULL)), ==, RT_DELIVERY_SENDING);
  wait_rows (self->b, G_N_ELEMENTS (texts));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      RtMessageItem *own = row_at (self->a, i), *heard = row_at (self->b, i);

      g_assert_cmpstr (rt_message_item_get_text (own), ==, texts[i]);
      g_assert_cmpstr (rt_message_item_get_text (heard), ==, texts[i]);
      g_assert_cmpint (rt_message_item_get_delivery (own), ==, RT_DELIVERY_HANDED);
      g_hash_table_add (ids, p2p_message_get_id (rt_message_item_get_message (heard)));
    }
  g_assert_cmpuint (g_hash_table_size (ids), ==, G_N_ELEMENTS (texts));
}

static void
test_stop_while_waiting (Fixture *self, gconstpointer data)
{
  RtMessageItem *second;

  wait_for_young_second ();
  rt_network_send_text (self->a, "same", NULL);
  second = rt_network_send_text (self->a, "same", NULL);
  g_assert_cmpint (rt_message_item_get_delivery (second), ==, RT_DELIVERY_SENDING);
  rt_network_stop (self->a);
  g_assert_cmpint (rt_message_item_get_delivery (second), ==, RT_DELIVERY_QUEUED);
}

/* What is written while nobody is there goes out by itself when somebody comes, once. */
static void
test_nobody_then_somebody (Fixture *self, gconstpointer data)
{
  RtNetwork *lonely = person_join (&self->cem, "chat", NULL);
  g_autofree char *address = network_dup_address (self->a);
  g_autofree char *words = NULL;
  g_autoptr (GError) error = NULL;
  RtMessageItem *item, *private, *taken_back;
  guint changes = 0;

  item = rt_network_send_text (lonely, "is anybody there?", &error);
  g_assert_no_error (error);
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_QUEUED);
  g_assert_null (rt_message_item_get_id (item));
  g_object_get (item, "delivery-text", &words, NULL);
  g_assert_cmpstr (words, ==, "Queued: nobody is here; goes out when somebody comes");
  taken_back = rt_network_send_text (lonely, "never mind", &error);
  private = rt_network_whisper_text (lonely, network_get_id (self->a), "Ada?", &error);
  g_assert_no_error (error);
  g_assert_cmpint (rt_message_item_get_delivery (private), ==, RT_DELIVERY_QUEUED);
  rt_network_cancel (lonely, taken_back);
  g_assert_cmpint (rt_message_item_get_delivery (taken_back), ==, RT_DELIVERY_CANCELLED);
  g_signal_connect_swapped (rt_network_get_timeline (lonely), "changed", G_CALLBACK (g_atomic_int_inc), &changes);

  g_assert_true (connect_and_wait (lonely, address, &error));
  g_assert_no_error (error);
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_HANDED);
  rt_wait_until (rt_message_item_get_delivery (private) == RT_DELIVERY_HANDED);
  g_assert_nonnull (rt_message_item_get_id (private));
  g_assert_cmpuint (changes, >=, 4);
  wait_rows (self->a, 2);
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, 0)), ==, "is anybody there?");
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, 1)), ==, "Ada?");
  /* what was handed over is not sent again; what was taken back can be */
  rt_network_retry (lonely, item);
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_HANDED);
  g_assert_cmpint (rt_message_item_get_delivery (taken_back), ==, RT_DELIVERY_CANCELLED);
  rt_network_retry (lonely, taken_back);
  rt_wait_until (rt_message_item_get_delivery (taken_back) == RT_DELIVERY_HANDED);
  wait_rows (self->a, 3);
  g_assert_cmpuint (count_rows (lonely), ==, 3);
  g_signal_handlers_disconnect_by_data (rt_network_get_timeline (lonely), &changes);
}

/* Nobody knows the node: what is said to everybody does not wait for it, and when it is heard it is looked for anew. */
static void
test_not_to_be_found (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL, *id = NULL;
  RtNetwork *c = person_join (&self->cem, "chat", NULL);
  RtMessageItem *private, *next;

  id = g_strdup (network_get_id (c));
  private = rt_network_whisper_text (self->a, id, "are you there?", NULL);
  next = rt_network_whisper_text (self->a, id, "and this", NULL);
  rt_network_send_text (self->a, "hello all", NULL);
  wait_rows (self->b, 1);
  rt_wait_milliseconds (2500);
  g_assert_cmpint (rt_message_item_get_delivery (private), ==, RT_DELIVERY_SENDING);
  address = network_dup_address (self->b);
  g_assert_true (connect_and_wait (c, address, NULL));
  rt_network_send_text (c, "here I am", NULL);
  rt_wait_until (rt_message_item_get_delivery (private) == RT_DELIVERY_HANDED);
  rt_wait_until (rt_message_item_get_delivery (next) == RT_DELIVERY_HANDED);
  rt_wait_until (count_rows (c) >= 3);
  g_assert_cmpstr (rt_message_item_get_text (row_at (c, count_rows (c) - 2)), ==, "are you there?");
  g_assert_cmpstr (rt_message_item_get_text (row_at (c, count_rows (c) - 1)), ==, "and this");
}

static void
test_bad_texts (Fixture *self, gconstpointer data)
{
  g_autofree char *largest = g_strnfill (RT_MESSAGE_MAX_TEXT, 'x');
  g_autofree char *larger = g_strnfill (RT_MESSAGE_MAX_TEXT + 1, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_null (rt_network_send_text (self->a, "", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (rt_network_send_text (self->a, larger, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (rt_network_send_text (self->a, "\xFF", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_cmpuint (count_rows (self->a), ==, 0);

  g_assert_nonnull (rt_network_send_text (self->a, largest, &error));
  g_assert_no_error (error);
  wait_rows (self->b, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->b, 0)), ==, largest);
}

/* Programs send whatever they like. */
static void
test_values (Fixture *self, gconstpointer data)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->a);
  g_autoptr (GError) error = NULL;
  GVariant *packets;

  packets = g_variant_parse (G_VARIANT_TYPE ("av"), "[<'temperature'>, <int64 21>]", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (p2p_mesh_socket_send (socket, packets, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (p2p_mesh_socket_send_text (socket, "evil\xE2\x80\xAEtxt\a", &error), ==, 1);
  g_assert_no_error (error);
  wait_rows (self->b, 2);
  g_assert_cmpint (rt_message_item_get_kind (row_at (self->b, 0)), ==, RT_MESSAGE_VALUES);
  g_assert_nonnull (strstr (rt_message_item_get_text (row_at (self->b, 0)), "\nnumber: 21"));
  g_assert_cmpint (rt_message_item_get_kind (row_at (self->b, 1)), ==, RT_MESSAGE_TEXT);
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->b, 1)), ==, "eviltxt\xEF\xBF\xBD");
}

static void
test_off (Fixture *self, gconstpointer data)
{
  RtMessageItem *item;

  rt_network_stop (self->a);
  item = rt_network_send_text (self->a, "into the void", NULL);
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_QUEUED);
  /* what was said stays */
  g_assert_cmpuint (count_rows (self->a), ==, 1);
}

static void
test_name_changes (Fixture *self, gconstpointer data)
{
  RtMessageItem *before = rt_network_send_text (self->a, "one", NULL), *after;

  rt_networks_set_user_name (self->ada.networks, "Ada L.");
  g_assert_cmpstr (rt_network_get_user_name (self->a), ==, "Ada L.");
  after = rt_network_send_text (self->a, "two", NULL);
  g_assert_cmpstr (rt_message_item_get_sender_name (before), ==, "Ada");
  g_assert_cmpstr (rt_message_item_get_sender_name (after), ==, "Ada L.");
}

static void
take (RtNetwork *network, const char *sender, gint64 flag, gint64 age, const char *text)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (flag)), g_variant_new_variant (g_variant_new_string (text)) };
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
  g_autoptr (P2pMessage) message = p2p_message_new (flag, sender, g_get_real_time () / G_USEC_PER_SEC - age, all, NULL);

  g_assert_nonnull (message);
  rt_network_take_message (network, message, NULL);
}

/* What was said on the other side of a gap stands where it was said, and has that time; nothing else is put anywhere but at the end. */
static void
test_caught_up (Fixture *self, gconstpointer data)
{
  const char *order[] = { "said first", "said before", "now", "our own", "again", "too old", "ahead", "slow path", "private" };
  gint64 now = g_get_real_time ();

  take (self->a, "22222", P2P_FLAG_BROADCAST, 0, "now");
  rt_network_send_text (self->a, "our own", NULL);
  take (self->a, "22222", P2P_FLAG_BROADCAST, 30, "said before");
  take (self->a, "33333", P2P_FLAG_BROADCAST, 40, "said first");
  take (self->a, "22222", P2P_FLAG_BROADCAST, 0, "again");
  take (self->a, "22222", P2P_FLAG_BROADCAST, 500, "too old");
  take (self->a, "22222", P2P_FLAG_BROADCAST, -20, "ahead");
  take (self->a, "22222", P2P_FLAG_BROADCAST, 3, "slow path");
  take (self->a, "22222", P2P_FLAG_WHISPER, 30, "private");
  g_assert_cmpuint (count_rows (self->a), ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, i)), ==, order[i]);
  g_assert_cmpint (ABS (rt_message_item_get_time (row_at (self->a, 1)) - (now - 30 * G_USEC_PER_SEC)), <, 15 * G_USEC_PER_SEC);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-chat/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("broadcast", test_broadcast);
  ADD ("unread", test_unread);
  ADD ("whisper", test_whisper);
  ADD ("reply-to-non-neighbour", test_reply_to_non_neighbour);
  ADD ("whisper-to-nobody", test_whisper_to_nobody);
  ADD ("equal-texts", test_equal_texts);
  ADD ("stop-while-waiting", test_stop_while_waiting);
  ADD ("nobody-then-somebody", test_nobody_then_somebody);
  ADD ("not-to-be-found", test_not_to_be_found);
  ADD ("caught-up", test_caught_up);
  ADD ("bad-texts", test_bad_texts);
  ADD ("values", test_values);
  ADD ("off", test_off);
  ADD ("name-changes", test_name_changes);
  return g_test_run ();
}
