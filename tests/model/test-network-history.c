/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Catch-up among networks that keep what was said: who tells, who asks, and what is still there after a restart. */
#include <string.h>

#include "model/network/rt-network-talk-private.h"
#include "teller.h"

#define HOUR 3600

typedef struct {
  Person ada, bob;
  RtNetwork *a, *b;             /* linked; bob dialled */
  Teller mallory;
  guint n_caught_up;
  guint n_messages;
} Fixture;

static void
caught_up_cb (RtNetwork *network, RtCatchUp *result, Fixture *self)
{
  self->n_caught_up++;
  self->n_messages = rt_catch_up_get_n_messages (result);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL;

  person_init (&self->ada);
  person_init (&self->bob);
  rt_networks_set_user_name (self->ada.networks, "Ada");
  rt_networks_set_user_name (self->bob.networks, "Bob");
  self->a = person_join (&self->ada, "history", NULL);
  address = network_dup_address (self->a);
  self->b = person_join (&self->bob, "history", address);
  wait_peers (self->a, 1);
  wait_peers (self->b, 1);
  rt_wait_until (rt_network_get_chat_loaded (self->a) && rt_network_get_chat_loaded (self->b));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  teller_clear (&self->mallory);
  person_clear (&self->ada);
  person_clear (&self->bob);
}

/* As if it had been heard here so many seconds ago. */
static void
keep_said (RtNetwork *network, const char *sender, gint64 age, const char *text, guint flags)
{
  g_autoptr (P2pMessage) message = make_said (sender, (flags & RT_STORE_MESSAGE_PRIVATE) != 0 ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, age, text);

  keep_message (network, message, text, flags);
}

/* As nodes of other programs may say it: everybody relays it, and it cannot be told on. */
static void
keep_odd (RtNetwork *network, gint64 age, guint i)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (77)), g_variant_new_variant (g_variant_new_int64 (i)) };
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, "cem", g_get_real_time () / G_USEC_PER_SEC - age, all, NULL);

  keep_message (network, message, "odd", RT_STORE_MESSAGE_VALUES);
}

/* Bob ends his program; he was there last so many seconds ago. */
static void
leave (Fixture *self, gint64 seconds)
{
  rt_network_stop (self->b);
  wait_peers (self->a, 0);
  rt_store_chat_set_last_seen (rt_network_get_chat (self->b), g_get_real_time () / G_USEC_PER_SEC - seconds);
  person_end (&self->bob);
}

static void
come_back (Fixture *self)
{
  person_begin (&self->bob);
  self->b = person_get (&self->bob, 0);
  g_signal_connect (self->b, "caught-up", G_CALLBACK (caught_up_cb), self);
  wait_up (self->b);
  wait_peers (self->b, 1);
}

static void
end_round_of (RtNetwork *network)
{
  rt_wait_until (network->talk->missed_from == 0 && network->talk->round == NULL);
}

/* Away for an hour and back: what was said meanwhile is there, once, also after another restart; so are the people, and the gap. */
static void
test_back (Fixture *self, gconstpointer data)
{
  g_autofree char *ada = g_strdup (network_get_id (self->a));
  g_autoptr (RtGap) gap = NULL;
  RtTalkCounts counts;
  guint n_of_gaps;

  rt_wait_until (rt_people_find (rt_network_get_people (self->b), ada) != NULL
                 && rt_person_get_name (rt_people_find (rt_network_get_people (self->b), ada)) != NULL);
  rt_network_send_text (self->a, "both are there", NULL);
  wait_rows (self->b, 1);
  for (guint i = 0; i < 42; i++)
    {
      g_autofree char *text = g_strdup_printf ("said %02u", i);

      keep_said (self->a, i % 2 == 0 ? ada : "cem", 3500 - 80 * i, text, i % 2 == 0 ? RT_STORE_MESSAGE_OWN : 0);
    }
  keep_said (self->a, "cem", 2000, "told to Ada herself", RT_STORE_MESSAGE_TOLD);
  keep_said (self->a, "cem", 2000, "out of a file", RT_STORE_MESSAGE_IMPORTED);
  keep_said (self->a, "cem", 2000, "to Ada alone", RT_STORE_MESSAGE_PRIVATE);
  keep_said (self->a, "cem", 2000, "not signed, though he signs", RT_STORE_MESSAGE_UNSIGNED);
  keep_said (self->a, "cem", 3 * HOUR, "before he left", 0);
  leave (self, HOUR);

  come_back (self);
  rt_wait_until (self->n_caught_up == 1);
  g_assert_cmpuint (self->n_messages, ==, 42);
  g_assert_cmpuint (rt_network_get_unread (self->b), >=, 42);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_gaps (self->b)), ==, 1);
  rt_network_get_talk_counts (self->a, &counts);
  g_assert_cmpuint (counts.served, >=, 42);
  /* 42, and what was said while both were there */
  wait_rows (self->b, 43);
  g_assert_cmpuint (count_rows (self->b), ==, 43);
  for (guint i = 0; i < 42; i++)
    {
      g_autofree char *text = g_strdup_printf ("said %02u", i);

      g_assert_cmpstr (rt_message_item_get_text (row_at (self->b, i)), ==, text);
      g_assert_cmpstr (rt_message_item_get_told (row_at (self->b, i)), ==, ada);
      g_assert_false (rt_message_item_get_own (row_at (self->b, i)));
    }

  leave (self, HOUR);
  come_back (self);
  end_round_of (self->b);
  g_assert_cmpuint (self->n_caught_up, ==, 1);
  g_assert_cmpuint (rt_store_chat_count (rt_network_get_chat (self->b)), ==, 43);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_gaps (self->b)), ==, 2);
  n_of_gaps = 0;
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&gap);
      gap = g_list_model_get_item (rt_network_get_gaps (self->b), i);
      n_of_gaps += rt_gap_get_n_messages (gap);
    }
  g_assert_cmpuint (n_of_gaps, ==, 42);
  g_assert_cmpstr (rt_person_get_name (rt_people_find (rt_network_get_people (self->b), ada)), ==, "Ada");
}

/* A thousand questions: one at a time is answered, within the credit. */
static void
test_questions (Fixture *self, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, begun = g_get_monotonic_time (), since;
  g_autofree char *long_text = g_strnfill (30000, 'x');
  RtTalkCounts counts;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u%s", i, long_text);

      keep_said (self->a, "cem", 3000 - i, text, 0);
    }
  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_history_ask (i + 1, now - HOUR, now, 1024, 0, NULL, NULL);

      teller_whisper (&self->mallory, self->a, frame);
    }
  rt_wait_until ((rt_network_get_talk_counts (self->a, &counts), counts.asks >= 60));
  rt_wait_until (self->a->talk->serving == 0);
  g_assert_cmpuint (counts.asks_refused, >=, 5);
  /* more than a page is not asked for by any of them: he may ask from one to the next; what he may have is bounded */
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_history_ask (1000 + i, now - HOUR, now, 1024, 0, NULL, NULL);
      guint64 asks = counts.asks;

      teller_whisper (&self->mallory, self->a, frame);
      rt_wait_until ((rt_network_get_talk_counts (self->a, &counts), counts.asks > asks));
      rt_wait_until (self->a->talk->serving == 0);
    }
  rt_network_get_talk_counts (self->a, &counts);
  since = (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND + 1;
  g_assert_cmpuint (counts.served, <=, (RT_HISTORY_CREDIT + RT_HISTORY_CREDIT * since / RT_HISTORY_CREDIT_SECONDS) / 30000 + 2);
  /* the others are heard all the same */
  rt_network_send_text (self->b, "still here", NULL);
  rt_wait_until (rt_network_get_unread (self->a) == 1);
}

/* The person names another network in its settings: nobody there is told what was said in the one before, also after a restart. */
static void
test_other_network (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (self->a));
  g_autoptr (GError) error = NULL;
  gint64 now;

  keep_said (self->a, "cem", 3000, "said in the network before", 0);
  g_object_set (config, "subnet", "other", NULL);
  g_assert_true (rt_networks_update (self->ada.networks, self->a, config, &error));
  g_assert_no_error (error);
  wait_up (self->a);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (P2pAppFrame) frame = NULL;

      now = g_get_real_time () / G_USEC_PER_SEC;
      frame = p2p_app_frame_new_history_ask (i + 1, now - HOUR, now, 1024, 0, NULL, NULL);
      memset (&self->mallory, 0, sizeof self->mallory);
      teller_init (&self->mallory, self->a);
      rt_wait_until (self->mallory.n_names > 0);
      teller_whisper (&self->mallory, self->a, frame);
      rt_wait_until (self->mallory.n_pages == 1);
      g_assert_cmpuint (self->mallory.n_told, ==, 0);
      g_assert_cmpuint (self->mallory.n_asks, ==, 0);
      teller_clear (&self->mallory);
      if (i == 1)
        break;
      person_end (&self->ada);
      person_begin (&self->ada);
      self->a = person_get (&self->ada, 0);
      wait_up (self->a);
    }
}

/* Of what never was, backwards, and far behind all times: an end, and nothing. */
static void
test_odd_questions (Fixture *self, gconstpointer data)
{
  static const gint64 ranges[][2] = { { 0, 1 }, { 5000, 10 }, { G_MAXINT64 - 1, G_MAXINT64 }, { 0, 0 } };
  guint8 zeros[P2P_APP_ID_LENGTH] = { 0 };
  g_autoptr (GBytes) nothing = g_bytes_new (zeros, sizeof zeros);

  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_history_ask (i + 1, ranges[i][0], ranges[i][1], 1, ranges[i][1], i % 2 == 0 ? nothing : NULL, NULL);

      if (frame == NULL)
        continue;
      teller_whisper (&self->mallory, self->a, frame);
      rt_wait_until (self->mallory.n_pages > i);
    }
  g_assert_cmpuint (self->mallory.n_told, ==, 0);
}

/* What may not be told on is left out, and whoever asks has his answer; a page of nothing else is passed over. */
static void
test_odd_messages (Fixture *self, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < 5; i++)
    keep_odd (self->a, 3000 - i, i);
  keep_said (self->a, "cem", 2000, "one", 0);
  keep_odd (self->a, 1500, 5);
  keep_said (self->a, "cem", 1000, "two", 0);
  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_history_ask (i + 1, now - HOUR, now, i == 0 ? 1024 : 2, 0, NULL, NULL);

      teller_whisper (&self->mallory, self->a, frame);
      rt_wait_until (self->mallory.n_pages == i + 1);
    }
  /* both, and then the one of the page that has one */
  g_assert_cmpuint (self->mallory.n_told, ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-history/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("back", test_back);
  ADD ("other-network", test_other_network);
  ADD ("questions", test_questions);
  ADD ("odd-questions", test_odd_questions);
  ADD ("odd-messages", test_odd_messages);
  return g_test_run ();
}
