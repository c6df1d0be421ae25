/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/timeline/rt-message-item-private.h"

static P2pMessage *
make_message (P2pFlag flag, const char *packets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed = g_variant_parse (G_VARIANT_TYPE ("av"), packets, NULL, NULL, &error);
  P2pMessage *message;

  g_assert_no_error (error);
  message = p2p_message_new (flag, "2hVQuZ8bQPGnGHxZXGyZcLgVx9fQz", 1700000000, parsed, &error);
  g_assert_no_error (error);
  return message;
}

static void
test_text (void)
{
  g_autoptr (P2pMessage) message = make_message (P2P_FLAG_BROADCAST, "[<int64 0>, <'Hello, <b>table</b>\\n\u202Egpj'>]");
  g_autoptr (RtMessageItem) item = rt_message_item_new_received (message, 1234, 7);
  RtTimelineKey key;

  g_assert_true (rt_message_item_get_message (item) == message);
  g_assert_cmpint (rt_message_item_get_kind (item), ==, RT_MESSAGE_TEXT);
  g_assert_cmpstr (rt_message_item_get_text (item), ==, "Hello, <b>table</b>\ngpj");
  g_assert_cmpstr (rt_message_item_get_sender (item), ==, "2hVQuZ8bQPGnGHxZXGyZcLgVx9fQz");
  g_assert_cmpstr (rt_message_item_get_sender_name (item), ==, "2hVQ…9fQz");
  g_assert_false (rt_message_item_get_own (item));
  g_assert_false (rt_message_item_get_private (item));
  g_assert_null (rt_message_item_get_recipient (item));
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_NONE);
  g_assert_cmpint (rt_message_item_get_time (item), ==, 1234);
  g_assert_cmpint (rt_message_item_get_sent_time (item), ==, 1700000000);
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  g_assert_cmpint (key.time, ==, 1234);
  g_assert_cmpint (key.sequence, ==, 7);
  g_assert_cmpuint (rt_timeline_item_get_weight (RT_TIMELINE_ITEM (item)), >, 40);
}

static void
test_whisper (void)
{
  g_autoptr (P2pMessage) message = make_message (P2P_FLAG_WHISPER, "[<int64 2>, <'psst'>]");
  g_autoptr (RtMessageItem) item = rt_message_item_new_received (message, 1, 1);

  g_assert_true (rt_message_item_get_private (item));
  g_assert_cmpstr (rt_message_item_get_text (item), ==, "psst");
}

static void
test_values (void)
{
  static const struct {
    const char *packets;
    const char *lines[4];
  } cases[] = {
    { "[<int64 0>, <'one'>, <'two'>]", { "text: ", "one", "\ntext: ", "two" } },
    { "[<int64 0>, <int64 42>]", { "number: 42" } },
    { "[<int64 0>, <true>, <1.5>]", { "boolean: true", "\n", ": 1.5" } },
    { "[<int64 0>, <@ay [0xff, 0x00]>]", { "bytes: " } },
    { "[<int64 0>, <@av [<int64 1>, <'x'>]>]", { "list: " } },
    { "[<int64 0>, <{'k': <'v'>}>]", { "map: ", "k", "v" } },
    { "[<int64 0>, <()>]", { "nothing: " } },
    { "[<int64 0>]", { "(an empty message)" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (P2pMessage) message = make_message (P2P_FLAG_BROADCAST, cases[i].packets);
      g_autoptr (RtMessageItem) item = rt_message_item_new_received (message, 1, 1);
      const char *rest = rt_message_item_get_text (item);

      g_assert_cmpint (rt_message_item_get_kind (item), ==, RT_MESSAGE_VALUES);
      for (guint j = 0; j < G_N_ELEMENTS (cases[i].lines) && cases[i].lines[j] != NULL; j++)
        {
          const char *found = strstr (rest, cases[i].lines[j]);

          if (found == NULL)
            g_error ("no “%s” in “%s”", cases[i].lines[j], rest);
          rest = found + strlen (cases[i].lines[j]);
        }
    }
}

static void
test_large (void)
{
  g_autofree char *text = g_strnfill (200 * 1024, 'x');
  g_autofree char *one = g_strdup_printf ("[<int64 0>, <'%s'>]", text);
  g_autoptr (P2pMessage) message = make_message (P2P_FLAG_BROADCAST, one);
  g_autoptr (RtMessageItem) item = rt_message_item_new_received (message, 1, 1);
  g_autoptr (GString) many = g_string_new ("[<int64 0>");
  g_autoptr (P2pMessage) many_message = NULL;
  g_autoptr (RtMessageItem) many_item = NULL;
  gboolean truncated;

  g_assert_cmpuint (strlen (rt_message_item_get_text (item)), ==, RT_MESSAGE_MAX_TEXT);
  g_object_get (item, "truncated", &truncated, NULL);
  g_assert_true (truncated);
  g_assert_cmpuint (rt_timeline_item_get_weight (RT_TIMELINE_ITEM (item)), >=, 200 * 1024 + RT_MESSAGE_MAX_TEXT);

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (many, ", <int64 %u>", i);
  g_string_append_c (many, ']');
  many_message = make_message (P2P_FLAG_BROADCAST, many->str);
  many_item = rt_message_item_new_received (many_message, 1, 1);
  g_assert_cmpuint (strlen (rt_message_item_get_text (many_item)), <=, RT_MESSAGE_MAX_TEXT);
  g_object_get (many_item, "truncated", &truncated, NULL);
  g_assert_true (truncated);
}

/* A text with a NUL in it has no form as a C string. */
static void
test_nul (void)
{
  static const guint8 packed[] = { 0x00, 0xa3, 'a', 0x00, 'b' };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) packets = g_variant_ref_sink (p2p_packets_parse (packed, sizeof packed, 2, NULL, &error));
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (RtMessageItem) item = NULL;

  g_assert_no_error (error);
  message = p2p_message_new (P2P_FLAG_BROADCAST, "sender", 1, packets, &error);
  g_assert_no_error (error);
  item = rt_message_item_new_received (message, 1, 1);
  g_assert_cmpint (rt_message_item_get_kind (item), ==, RT_MESSAGE_VALUES);
  g_assert_true (g_str_has_prefix (rt_message_item_get_text (item), "text: "));
  g_assert_nonnull (strchr (rt_message_item_get_text (item), 'b'));
}

static void
note_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", pspec->name);
}

static void
assert_delivery_text (RtMessageItem *item, const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (item, "delivery-text", &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_own (void)
{
  g_autoptr (P2pMessage) message = make_message (P2P_FLAG_BROADCAST, "[<int64 0>, <'hi'>]");
  g_autoptr (RtMessageItem) item = rt_message_item_new_own ("own-id", "Ada", "hi", FALSE, NULL, 5, 6);
  g_autoptr (GString) notes = g_string_new (NULL);

  g_signal_connect (item, "notify", G_CALLBACK (note_cb), notes);
  g_assert_true (rt_message_item_get_own (item));
  g_assert_cmpstr (rt_message_item_get_sender (item), ==, "own-id");
  g_assert_cmpstr (rt_message_item_get_sender_name (item), ==, "Ada");
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_SENDING);
  g_assert_cmpint (rt_message_item_get_sent_time (item), ==, 0);
  assert_delivery_text (item, "Sending…");

  rt_message_item_set_sent (item, message, RT_DELIVERY_HANDED, 1, NULL);
  g_assert_nonnull (strstr (notes->str, "delivery "));
  g_assert_nonnull (strstr (notes->str, "delivery-text "));
  g_assert_nonnull (strstr (notes->str, "n-links "));
  g_assert_nonnull (strstr (notes->str, "message "));
  g_assert_null (strstr (notes->str, "delivery-error "));
  g_assert_cmpuint (rt_message_item_get_n_links (item), ==, 1);
  g_assert_cmpint (rt_message_item_get_sent_time (item), ==, 1700000000);
  assert_delivery_text (item, "Handed to 1 peer");

  g_string_truncate (notes, 0);
  rt_message_item_set_sent (item, message, RT_DELIVERY_HANDED, 1, NULL);
  g_assert_cmpstr (notes->str, ==, "");
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_HANDED, 3, NULL);
  assert_delivery_text (item, "Handed to 3 peers");
  g_assert_true (rt_message_item_get_message (item) == message);
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_NOBODY, 0, NULL);
  assert_delivery_text (item, "Nobody was there to take it");
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_FAILED, 0, "the sky fell");
  assert_delivery_text (item, "Not sent: the sky fell");
  g_assert_cmpstr (rt_message_item_get_delivery_error (item), ==, "the sky fell");
}

static void
test_own_private (void)
{
  g_autoptr (RtMessageItem) item = rt_message_item_new_own ("ownidofsomelength", "", "hi", TRUE, "2hVQuZ8bQPGnGH9fQz", 5, 6);
  g_autofree char *recipient_name = NULL;

  g_assert_true (rt_message_item_get_private (item));
  g_assert_cmpstr (rt_message_item_get_sender_name (item), ==, "owni…ngth");
  g_assert_cmpstr (rt_message_item_get_recipient (item), ==, "2hVQuZ8bQPGnGH9fQz");
  g_object_get (item, "recipient-name", &recipient_name, NULL);
  g_assert_cmpstr (recipient_name, ==, "2hVQ…9fQz");
}

/* What becomes of an own one, in words: what it waits for, how often it was tried, when it will be again, and who has it. */
static void
test_words (void)
{
  g_autoptr (RtMessageItem) item = rt_message_item_new_own ("ownidofsomelength", "Ada", "hi", TRUE, "2hVQuZ8bQPGnGH9fQz", 5, 6);
  g_autofree char *words = NULL, *receipts = NULL;

  rt_message_item_set_sent (item, NULL, RT_DELIVERY_QUEUED, 0, NULL);
  assert_delivery_text (item, "Queued: goes out when somebody is there to take it");
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_QUEUED, 0, "nobody knows him");
  rt_message_item_set_tries (item, 2, g_get_real_time () + 100 * G_USEC_PER_SEC);
  g_object_get (item, "delivery-text", &words, NULL);
  g_assert_true (g_str_has_prefix (words, "Queued: nobody knows him · tried 2 times · tries again in "));
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_CANCELLED, 0, NULL);
  assert_delivery_text (item, "Not sent: taken back");
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_HANDED, 1, NULL);
  assert_delivery_text (item, "Handed to 1 peer");
  g_assert_true (rt_message_item_add_receipt (item, "22222", 1000, "Bob"));
  g_assert_false (rt_message_item_add_receipt (item, "22222", 1001, "Bob"));
  g_assert_true (rt_message_item_add_receipt (item, "33333", 1000, NULL));
  assert_delivery_text (item, "Received by Bob, 33333");
  rt_message_item_name_receipt (item, "33333", "Cem\n\xE2\x80\xAE");
  assert_delivery_text (item, "Received by Bob, Cem ");
  for (guint i = 0; i < 2 * RT_MESSAGE_MAX_RECEIPTS; i++)
    {
      g_autofree char *node = g_strdup_printf ("node%u", i);

      rt_message_item_add_receipt (item, node, 1000, NULL);
    }
  g_assert_cmpuint (rt_message_item_get_n_receipts (item), ==, RT_MESSAGE_MAX_RECEIPTS);
  g_object_get (item, "receipt-words", &receipts, NULL);
  g_assert_true (g_str_has_suffix (receipts, " and 253 more"));
}

/* Through the store and back, and what a database may hold instead. */
static void
test_stored (void)
{
  g_autoptr (RtMessageItem) item = rt_message_item_new_own ("ownidofsomelength", "Ada", "evil\xE2\x80\xAEtxt", FALSE, NULL, 5, 6), again = NULL, odd = NULL;
  g_autoptr (RtStoreMessage) stored = NULL, other = rt_store_message_new ();
  g_autoptr (GBytes) reply = g_bytes_new_static ("01234567890123456789012345678901", 32);

  rt_message_item_set_reply_to (item, reply);
  rt_message_item_set_sent (item, NULL, RT_DELIVERY_QUEUED, 0, "why");
  rt_message_item_set_tries (item, 3, 77);
  stored = rt_message_item_to_store (item, TRUE);
  g_assert_cmpuint (stored->flags, ==, RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_OUTBOX);
  again = rt_message_item_new_stored (stored);
  g_assert_cmpstr (rt_message_item_get_text (again), ==, "eviltxt");
  g_assert_cmpstr (rt_message_item_get_written (again), ==, "evil\xE2\x80\xAEtxt");
  g_assert_true (g_bytes_equal (rt_message_item_get_reply_to (again), reply));
  g_assert_cmpint (rt_message_item_get_delivery (again), ==, RT_DELIVERY_QUEUED);
  g_assert_cmpuint (rt_message_item_get_n_attempts (again), ==, 3);
  g_assert_cmpint (rt_message_item_get_next_try (again), ==, 77);
  g_assert_null (rt_message_item_get_message (again));

  other->flags = RT_STORE_MESSAGE_OWN;
  other->delivery = 1000;
  other->text = g_strdup ("\xFF\xFE");
  other->body = g_bytes_new_static ("no message", 10);
  odd = rt_message_item_new_stored (other);
  g_assert_cmpint (rt_message_item_get_delivery (odd), ==, RT_DELIVERY_FAILED);
  g_assert_true (g_utf8_validate (rt_message_item_get_text (odd), -1, NULL));
  g_assert_null (rt_message_item_get_message (odd));
  g_assert_cmpstr (rt_message_item_get_sender_name (odd), ==, "?");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/message-item/text", test_text);
  g_test_add_func ("/model/message-item/whisper", test_whisper);
  g_test_add_func ("/model/message-item/values", test_values);
  g_test_add_func ("/model/message-item/large", test_large);
  g_test_add_func ("/model/message-item/nul", test_nul);
  g_test_add_func ("/model/message-item/own", test_own);
  g_test_add_func ("/model/message-item/own-private", test_own_private);
  g_test_add_func ("/model/message-item/words", test_words);
  g_test_add_func ("/model/message-item/stored", test_stored);
  return g_test_run ();
}
