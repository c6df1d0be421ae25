/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said while we were away, told by neighbours that may lie. */
#include <string.h>

#include "model/network/rt-network-talk-private.h"
#include "teller.h"

typedef struct {
  Person ada;
  RtNetwork *a;
  Teller one, two, three;
  RtCatchUp *result;            /* the newest */
  guint n_results, n_added, n_unread_told;
} Fixture;

static void
caught_up_cb (RtNetwork *network, RtCatchUp *result, Fixture *self)
{
  g_set_object (&self->result, result);
  self->n_results++;
}

static void
added_cb (RtNetwork *network, RtMessageItem *item, Fixture *self)
{
  self->n_added++;
}

static void
unread_cb (RtNetwork *network, GParamSpec *pspec, Fixture *self)
{
  self->n_unread_told++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  self->a = person_join (&self->ada, "catch-up", NULL);
  rt_wait_until (rt_network_get_chat_loaded (self->a));
  g_signal_connect (self->a, "caught-up", G_CALLBACK (caught_up_cb), self);
  g_signal_connect (self->a, "message-added", G_CALLBACK (added_cb), self);
  g_signal_connect (self->a, "notify::unread", G_CALLBACK (unread_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  teller_clear (&self->one);
  teller_clear (&self->two);
  teller_clear (&self->three);
  g_signal_handlers_disconnect_by_data (self->a, self);
  g_clear_object (&self->result);
  person_clear (&self->ada);
}

static RtTalkCounts
get_counts (Fixture *self)
{
  RtTalkCounts counts;

  rt_network_get_talk_counts (self->a, &counts);
  return counts;
}

/* The network was off, or alone, for so long. */
static void
was_away (Fixture *self, gint64 seconds)
{
  self->a->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - seconds;
}

static guint
count_gaps (Fixture *self)
{
  return g_list_model_get_n_items (rt_network_get_gaps (self->a));
}

static void
add_42 (Teller *teller)
{
  for (guint i = 0; i < 42; i++)
    {
      g_autofree char *text = g_strdup_printf ("said %02u", i);

      teller_add (teller, i % 2 == 0 ? "bob" : "cem", 3500 - 80 * i, text);
    }
}

static void
assert_42 (Fixture *self, guint first)
{
  for (guint i = 0; i < 42; i++)
    {
      g_autofree char *text = g_strdup_printf ("said %02u", i);
      RtMessageItem *item = row_at (self->a, first + i);

      g_assert_cmpstr (rt_message_item_get_text (item), ==, text);
      g_assert_nonnull (rt_message_item_get_told (item));
      g_assert_cmpint (rt_message_item_get_time (item) / G_USEC_PER_SEC, ==, rt_message_item_get_sent_time (item));
    }
}

/* Away for an hour, and back: 42 messages, once, in their places, as one block; of two who tell, one lies. */
static void
test_away (Fixture *self, gconstpointer data)
{
  g_autoptr (RtGap) gap = NULL;
  RtTimelineKey first, last;
  RtTalkCounts counts;
  guint n_rows;

  rt_network_send_text (self->a, "written alone", NULL);
  was_away (self, 3600);
  /* the liar first */
  teller_init (&self->one, self->a);
  add_42 (&self->one);
  rt_networks_set_user_name (self->ada.networks, "Ada");
  teller_add (&self->one, "bob", 1500, "what does Ada say?");
  teller_add (&self->one, "bob", -7200, "yet to come");
  teller_add (&self->one, "bob", 86400, "long before");
  teller_add (&self->one, network_get_id (self->a), 1000, "never said by us");
  g_ptr_array_add (self->one.messages, p2p_message_ref (self->one.messages->pdata[3]));
  g_ptr_array_add (self->one.messages, p2p_message_ref (self->one.messages->pdata[3]));
  teller_init (&self->two, self->a);
  teller_copy (&self->two, &self->one, 42);
  self->two.per_page = 10;

  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (self->two.n_asks, ==, 5);
  /* what we are said to have said stands there as what it is */
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 44);
  g_assert_cmpuint (rt_catch_up_get_n_important (self->result), ==, 1);
  g_assert_cmpuint (rt_network_get_unread_important (self->a), ==, 1);
  g_assert_cmpuint (rt_catch_up_get_n_tellers (self->result), ==, 1);
  g_assert_true (rt_catch_up_get_complete (self->result));
  g_assert_cmpint (rt_catch_up_get_kind (self->result), ==, RT_GAP_AWAY);
  n_rows = count_rows (self->a);
  g_assert_cmpuint (n_rows, ==, 45);
  for (guint i = 0, n_doubtful = 0; i < n_rows; i++)
    {
      RtMessageItem *item = row_at (self->a, i);

      if (!g_str_equal (rt_message_item_get_text (item), "never said by us"))
        continue;
      g_assert_false (rt_message_item_get_own (item));
      g_assert_cmpstr (rt_message_item_get_told (item), ==, p2p_mesh_socket_get_id (self->one.socket));
      g_assert_cmpuint (++n_doubtful, ==, 1);
    }
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, 0)), ==, "said 00");
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->a, n_rows - 1)), ==, "written alone");
  g_assert_true (rt_catch_up_get_first (self->result, &first));
  g_assert_true (rt_catch_up_get_last (self->result, &last));
  g_assert_cmpint (first.time, ==, rt_message_item_get_time (row_at (self->a, 0)));
  g_assert_cmpint (last.time, ==, rt_message_item_get_time (row_at (self->a, n_rows - 2)));
  /* one block */
  g_assert_cmpuint (self->n_added, ==, 1);
  g_assert_cmpuint (self->n_unread_told, ==, 1);
  g_assert_cmpuint (rt_network_get_unread (self->a), ==, 44);
  g_assert_cmpuint (count_gaps (self), ==, 1);
  gap = g_list_model_get_item (rt_network_get_gaps (self->a), 0);
  g_assert_cmpuint (rt_gap_get_n_messages (gap), ==, 44);
  g_assert_cmpint (ABS (rt_gap_get_until (gap) - rt_gap_get_from (gap) - 3600 * (gint64) G_USEC_PER_SEC), <=, 5 * G_USEC_PER_SEC);
  counts = get_counts (self);
  g_assert_cmpuint (counts.told, ==, 44);
  g_assert_cmpuint (counts.told_known, ==, 42);
  g_assert_cmpuint (counts.told_refused, ==, 4);
}

/* Ten thousand made up ones leave room for what others tell. */
static void
test_flood (Fixture *self, gconstpointer data)
{
  guint n_of_two = 0;

  self->one.per_page = 500;
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *text = g_strdup_printf ("made up %u", i);

      teller_add (&self->one, "nobody", 3000 - i / 10, text);
    }
  add_42 (&self->two);
  was_away (self, 3600);
  teller_init (&self->one, self->a);
  teller_init (&self->two, self->a);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, RT_CATCH_UP_MESSAGES / 2 + 42);
  for (guint i = 0; i < self->two.messages->len; i++)
    {
      g_autoptr (GBytes) id = p2p_message_get_id (self->two.messages->pdata[i]);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (RtMessageItem) item = NULL;

      rt_network_find_message_async (self->a, id, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      item = rt_network_find_message_finish (self->a, result, NULL);
      n_of_two += item != NULL && g_strcmp0 (rt_message_item_get_told (item), p2p_mesh_socket_get_id (self->two.socket)) == 0;
    }
  g_assert_cmpuint (n_of_two, ==, 42);
  g_assert_cmpuint (self->one.n_asks, <=, 3);
  g_assert_cmpuint (self->n_unread_told, ==, 1);
}

/* The first page for ever; and one who leaves after his first: the next one goes on. */
static void
test_stuck (Fixture *self, gconstpointer data)
{
  was_away (self, 3600);
  teller_init (&self->one, self->a);
  add_42 (&self->one);
  self->one.per_page = 5;
  self->one.endless = TRUE;
  teller_init (&self->two, self->a);
  teller_copy (&self->two, &self->one, 42);
  self->two.per_page = 7;
  self->two.leaves = TRUE;
  teller_init (&self->three, self->a);
  teller_copy (&self->three, &self->one, 42);
  self->three.per_page = 20;
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (self->one.n_asks, <=, 3);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 42);
  g_assert_true (rt_catch_up_get_complete (self->result));
  assert_42 (self, 0);
}

/* Page after page of what nobody asked about, or of anything at all for too long: the next one is asked. */
static void
test_slow (Fixture *self, gconstpointer data)
{
  was_away (self, 3600);
  for (guint i = 0; i < 40; i++)
    teller_add (&self->one, "bob", 86400 + i, "long before");
  self->one.per_page = 2;
  teller_init (&self->one, self->a);
  teller_init (&self->two, self->a);
  add_42 (&self->two);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (self->one.n_asks, ==, 1);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 42);
  assert_42 (self, 0);
  teller_clear (&self->one);
  teller_clear (&self->two);
  wait_peers (self->a, 0);

  /* his time is over when his first page is here */
  self->a->talk->teller_seconds = 0;
  memset (&self->one, 0, sizeof self->one);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("slowly %u", i);

      teller_add (&self->one, "bob", 1000 - i, text);
    }
  self->one.per_page = 2;
  rt_wait_until (!self->a->talk->somebody);
  was_away (self, 3600);
  teller_init (&self->one, self->a);
  rt_wait_until (self->n_results == 2);
  g_assert_cmpuint (self->one.n_asks, ==, 1);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 2);
  g_assert_false (rt_catch_up_get_complete (self->result));
}

/* Nobody answers: no signal, no hanging, and the gap stays to be seen. */
static void
test_nothing (Fixture *self, gconstpointer data)
{
  was_away (self, 3600);
  teller_init (&self->one, self->a);
  self->one.mute = TRUE;
  rt_wait_until (self->one.n_asks == 1);
  g_assert_cmpuint (count_gaps (self), ==, 1);
  g_assert_nonnull (self->a->talk->round);
  teller_clear (&self->one);
  rt_wait_until (self->a->talk->round == NULL);
  g_assert_cmpuint (self->n_results, ==, 0);
  /* the next one would be asked about it */
  g_assert_cmpuint (self->a->talk->n_again, ==, 1);
  self->a->talk->missed_from = self->a->talk->n_again = 0;
  rt_timer_clear (&self->a->talk->round_timer);

  /* a minute is no gap */
  was_away (self, 30);
  rt_wait_until (!self->a->talk->somebody);
  was_away (self, 30);
  memset (&self->one, 0, sizeof self->one);
  teller_init (&self->one, self->a);
  rt_wait_until (self->one.n_names > 0);
  g_assert_cmpuint (count_gaps (self), ==, 1);
  g_assert_cmpuint (self->one.n_asks, ==, 0);
}

/* Programs of ours that have no history are not waited for, be they who came first or who came later. */
static void
test_no_history (Fixture *self, gconstpointer data)
{
  was_away (self, 3600);
  self->one.no_history = self->three.no_history = TRUE;
  teller_init (&self->one, self->a);
  teller_init (&self->three, self->a);
  g_assert_cmpuint (self->a->talk->round_timer, ==, 0);
  teller_init (&self->two, self->a);
  add_42 (&self->two);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (self->one.n_asks + self->three.n_asks, ==, 0);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 42);
  assert_42 (self, 0);
  g_assert_null (self->a->talk->round);
}

/* What nobody asked for, and the right answer twice. */
static void
test_unasked (Fixture *self, gconstpointer data)
{
  teller_init (&self->one, self->a);
  add_42 (&self->one);
  rt_wait_until (self->one.n_names > 0);
  for (guint i = 0; i < 20; i++)
    teller_tell (&self->one, self->a, i, 0, 42, FALSE);
  rt_network_whisper_text (self->a, p2p_mesh_socket_get_id (self->one.socket), "over", NULL);
  teller_clear (&self->one);
  wait_peers (self->a, 0);
  g_assert_cmpuint (get_counts (self).told, ==, 0);
  g_assert_cmpuint (count_rows (self->a), ==, 1);

  was_away (self, 3600);
  memset (&self->one, 0, sizeof self->one);
  teller_init (&self->one, self->a);
  self->one.mute = TRUE;
  teller_init (&self->two, self->a);
  add_42 (&self->two);
  teller_copy (&self->one, &self->two, 42);
  rt_wait_until (self->one.n_asks == 1);
  /* not by who was asked */
  teller_tell (&self->two, self->a, self->one.token, 0, 42, FALSE);
  teller_tell (&self->one, self->a, self->one.token + 2, 0, 10, FALSE);
  teller_tell (&self->one, self->a, self->one.token, 10, 20, FALSE);
  teller_tell (&self->one, self->a, self->one.token, 0, 10, FALSE);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 42);
  g_assert_cmpuint (rt_catch_up_get_n_tellers (self->result), ==, 2);
  assert_42 (self, 0);
}

/* Two parts of a network find each other: what the other one said is asked for, as far back as there is something new, and a divider stands there. */
static void
test_split (Fixture *self, gconstpointer data)
{
  g_autoptr (RtGap) gap = NULL;

  teller_init (&self->one, self->a);
  rt_wait_until (self->one.n_names > 0);
  g_assert_cmpuint (count_gaps (self), ==, 0);
  /* up for three hours by now */
  self->a->talk->begun -= 3 * 3600;
  self->a->talk->together -= 3 * 3600;
  self->two.as_asked = TRUE;
  add_42 (&self->two);
  teller_init (&self->two, self->a);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpint (rt_catch_up_get_kind (self->result), ==, RT_GAP_SPLIT);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 42);
  assert_42 (self, 0);
  g_assert_cmpuint (self->one.n_asks, ==, 0);
  g_assert_cmpuint (count_gaps (self), ==, 1);
  gap = g_list_model_get_item (rt_network_get_gaps (self->a), 0);
  g_assert_cmpint (rt_gap_get_kind (gap), ==, RT_GAP_SPLIT);
  g_assert_cmpint (rt_gap_get_from (gap), ==, rt_message_item_get_time (row_at (self->a, 0)));
  g_assert_cmpuint (rt_gap_get_n_messages (gap), ==, 42);

  /* one who knows what we know: it ends with the last minutes, and there is no divider */
  self->three.as_asked = TRUE;
  teller_copy (&self->three, &self->two, 42);
  teller_init (&self->three, self->a);
  /* he waits for his turn */
  rt_wait_until (self->three.n_names > 0);
  g_assert_cmpuint (self->three.n_asks, ==, 0);
  g_assert_cmpuint (self->a->talk->heal_timer, !=, 0);
  self->a->talk->healed = G_MININT64 / 2;
  rt_network_consider_catch_up (self->a, NULL, 0);
  rt_wait_until (self->three.n_asks > 0);
  rt_wait_until (self->a->talk->round == NULL);
  g_assert_cmpuint (self->three.n_asks, ==, 1);
  g_assert_cmpuint (count_gaps (self), ==, 1);
  g_assert_cmpuint (self->n_results, ==, 1);
  g_assert_cmpuint (count_rows (self->a), ==, 42);
}

/* He who told left in the middle of it: the next who comes is asked, in this life or in the next. */
static void
test_resumed (Fixture *self, gconstpointer data)
{
  was_away (self, 3600);
  add_42 (&self->one);
  self->one.per_page = 10;
  self->one.leaves = TRUE;
  teller_init (&self->one, self->a);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 10);
  g_assert_false (rt_catch_up_get_complete (self->result));
  g_assert_cmpuint (self->a->talk->n_again, ==, 1);
  teller_copy (&self->two, &self->one, 42);
  teller_init (&self->two, self->a);
  rt_wait_until (self->n_results == 2);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 32);
  g_assert_cmpuint (self->a->talk->n_again, ==, 0);
  assert_42 (self, 0);
  teller_clear (&self->two);
  rt_wait_until (!self->a->talk->somebody);
  g_assert_cmpuint (rt_network_get_unasked (self->a), ==, 0);

  /* the program ends while it asks */
  was_away (self, 1800);
  self->three.mute = TRUE;
  teller_init (&self->three, self->a);
  rt_wait_until (self->three.n_asks == 1);
  g_assert_cmpint (g_get_real_time () / G_USEC_PER_SEC - rt_network_get_unasked (self->a), >=, 1800);
  g_assert_cmpuint (count_gaps (self), ==, 2);
  g_signal_handlers_disconnect_by_data (self->a, self);
  teller_clear (&self->three);
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  g_signal_connect (self->a, "caught-up", G_CALLBACK (caught_up_cb), self);
  wait_up (self->a);
  rt_wait_until (rt_network_get_chat_loaded (self->a));
  memset (&self->three, 0, sizeof self->three);
  teller_add (&self->three, "bob", 1000, "said meanwhile");
  teller_init (&self->three, self->a);
  rt_wait_until (self->n_results == 3);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 1);
  g_assert_true (rt_catch_up_get_complete (self->result));
  /* the same gap */
  g_assert_cmpuint (count_gaps (self), ==, 2);
  g_assert_cmpuint (rt_network_get_unasked (self->a), ==, 0);
}

/* Before the person's eyes nothing becomes unread. */
static void
test_active (Fixture *self, gconstpointer data)
{
  rt_network_set_active (self->a, TRUE);
  was_away (self, 3600);
  teller_init (&self->one, self->a);
  add_42 (&self->one);
  rt_wait_until (self->n_results == 1);
  g_assert_cmpuint (rt_network_get_unread (self->a), ==, 0);
  /* stopped in the middle of it: nothing is waited for */
  rt_network_stop (self->a);
  was_away (self, 3600);
  rt_network_start (self->a);
  wait_up (self->a);
  memset (&self->two, 0, sizeof self->two);
  teller_init (&self->two, self->a);
  self->two.mute = TRUE;
  rt_wait_until (self->two.n_asks == 1);
  rt_network_stop (self->a);
  g_assert_null (self->a->talk->round);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-catch-up/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("away", test_away);
  ADD ("flood", test_flood);
  ADD ("stuck", test_stuck);
  ADD ("slow", test_slow);
  ADD ("nothing", test_nothing);
  ADD ("no-history", test_no_history);
  ADD ("unasked", test_unasked);
  ADD ("split", test_split);
  ADD ("resumed", test_resumed);
  ADD ("active", test_active);
  return g_test_run ();
}
