/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person chose is done, at once, by a network that is up. */
#include "model/network/rt-network-talk-private.h"
#include "model/transfers/rt-transfers.h"
#include "teller.h"

#define DAY (G_GINT64_CONSTANT (24) * 60 * 60 * G_USEC_PER_SEC)

typedef struct {
  Person ada, bob;
  RtNetwork *a, *b;             /* linked; bob dialled; NULL: he is not there */
  Teller teller;
} Fixture;

static void
set_up (Fixture *self, gconstpointer with_bob)
{
  person_init (&self->ada);
  self->a = person_join (&self->ada, "settings", NULL);
  rt_wait_until (rt_network_get_chat_loaded (self->a));
  if (with_bob != NULL)
    {
      g_autofree char *address = network_dup_address (self->a);

      person_init (&self->bob);
      self->b = person_join (&self->bob, "settings", address);
      wait_peers (self->a, 1);
      wait_peers (self->b, 1);
    }
}

static void
tear_down (Fixture *self, gconstpointer with_bob)
{
  teller_clear (&self->teller);
  if (with_bob != NULL)
    person_clear (&self->bob);
  person_clear (&self->ada);
}

static void
test_receipts (Fixture *self, gconstpointer data)
{
  RtTalkCounts counts;

  g_object_set (self->ada.settings, "send-receipts", FALSE, NULL);
  rt_wait_until (rt_people_find (rt_network_get_people (self->a), network_get_id (self->b)) != NULL);
  rt_network_send_text (self->b, "nobody is told", NULL);
  wait_rows (self->a, 1);
  g_assert_cmpuint (self->a->talk->public_timer, ==, 0);
  g_object_set (self->ada.settings, "send-receipts", TRUE, NULL);
  rt_network_send_text (self->b, "the sender is told", NULL);
  wait_rows (self->a, 2);
  rt_wait_until (rt_message_item_get_n_receipts (row_at (self->b, 1)) == 1);
  g_assert_cmpuint (rt_message_item_get_n_receipts (row_at (self->b, 0)), ==, 0);
  rt_network_get_talk_counts (self->b, &counts);
  g_assert_cmpuint (counts.receipts, ==, 1);
}

static void
begin_again (Fixture *self)
{
  teller_clear (&self->teller);
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  rt_wait_until (rt_network_get_chat_loaded (self->a) && rt_network_get_socket (self->a) != NULL);
}

/* What was missed is not forgotten for that, not even by the next life; what does not wait for it is told of. */
static void
test_catch_up (Fixture *self, gconstpointer data)
{
  g_object_set (self->ada.settings, "catch-up", FALSE, NULL);
  self->a->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - 3600;
  teller_init (&self->teller, self->a);
  teller_add (&self->teller, "bob", 1000, "said meanwhile");
  rt_wait_until (self->teller.n_names > 0);
  rt_wait_until (self->a->talk->missed_from != 0);
  g_assert_cmpuint (self->a->talk->round_timer, ==, 0);
  g_assert_cmpuint (self->teller.n_asks, ==, 0);
  g_assert_false (rt_network_is_catching_up (self->a));

  begin_again (self);
  g_assert_cmpint (self->a->talk->missed_from, !=, 0);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_gaps (self->a)), ==, 1);
  teller_init (&self->teller, self->a);
  teller_add (&self->teller, "bob", 1000, "said meanwhile");
  rt_wait_until (self->teller.n_names > 0);
  g_assert_cmpuint (self->teller.n_asks, ==, 0);
  g_object_set (self->ada.settings, "catch-up", TRUE, NULL);
  wait_rows (self->a, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, 0)), ==, "said meanwhile");
  rt_wait_until (self->a->talk->round == NULL);
  /* once */
  begin_again (self);
  g_assert_cmpint (self->a->talk->missed_from, ==, 0);
}

static void
test_pictures (Fixture *self, gconstpointer data)
{
  RtTransfers *transfers = rt_network_get_transfers (self->a);
  RtPreviews previews;

  g_object_get (transfers, "previews", &previews, NULL);
  g_assert_cmpint (previews, ==, RT_PREVIEWS_KNOWN);
  g_object_set (self->ada.settings, "show-pictures", RT_PREVIEWS_NEVER, NULL);
  g_object_get (transfers, "previews", &previews, NULL);
  g_assert_cmpint (previews, ==, RT_PREVIEWS_NEVER);
}

static void
keep (RtNetwork *network, gint64 days, guint n)
{
  RtStoreChat *chat = rt_network_get_chat (network);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtStoreMessage) message = rt_store_message_new ();

      message->row = rt_store_chat_take_row (chat);
      message->time = g_get_real_time () - days * DAY - i;
      message->sender = g_strdup ("bob");
      message->text = g_strdup_printf ("%" G_GINT64_FORMAT " days old", days);
      rt_store_chat_add (chat, message, FALSE);
    }
}

/* More than goes at a time; and what is kept for longer again does not come back. */
static void
test_history (Fixture *self, gconstpointer data)
{
  RtStoreChat *chat = rt_network_get_chat (self->a);

  keep (self->a, 400, 2300);
  keep (self->a, 100, 7);
  keep (self->a, 40, 5);
  keep (self->a, 1, 3);
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 2315);
  g_object_set (self->ada.settings, "keep-history", RT_KEEP_YEAR, NULL);
  rt_wait_until (rt_store_chat_count (chat) == 15);
  g_object_set (self->ada.settings, "keep-history", RT_KEEP_MONTH, NULL);
  rt_wait_until (rt_store_chat_count (chat) == 3);
  g_object_set (self->ada.settings, "keep-history", RT_KEEP_FOREVER, NULL);
  keep (self->a, 500, 1);
  person_end (&self->ada);

  /* what became too old while the program was not there */
  g_object_set (self->ada.settings, "keep-history", RT_KEEP_QUARTER, NULL);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  rt_wait_until (rt_network_get_chat_loaded (self->a));
  rt_wait_until (rt_store_chat_count (rt_network_get_chat (self->a)) == 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/network-settings/receipts", Fixture, "bob", set_up, test_receipts, tear_down);
  g_test_add ("/network-settings/catch-up", Fixture, NULL, set_up, test_catch_up, tear_down);
  g_test_add ("/network-settings/pictures", Fixture, NULL, set_up, test_pictures, tear_down);
  g_test_add ("/network-settings/history", Fixture, NULL, set_up, test_history, tear_down);
  return g_test_run ();
}
