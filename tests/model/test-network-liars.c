/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What neighbours can do to each other with histories, names and receipts: all of it has an end, is counted, and leaves room for the honest. */
#include <string.h>

#include "model/network/rt-network-talk-private.h"
#include "teller.h"

#define HOUR 3600
#define N_HONEST 42u
#define N_ASKERS 8u

typedef struct {
  Person ada;
  RtNetwork *a;
  Teller liar, honest, askers[N_ASKERS];
  RtCatchUp *result;
  guint n_results;
} Fixture;

static void
caught_up_cb (RtNetwork *network, RtCatchUp *result, Fixture *self)
{
  g_set_object (&self->result, result);
  self->n_results++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  self->a = person_join (&self->ada, "liars", NULL);
  rt_wait_until (rt_network_get_chat_loaded (self->a));
  g_signal_connect (self->a, "caught-up", G_CALLBACK (caught_up_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  teller_clear (&self->liar);
  teller_clear (&self->honest);
  for (guint i = 0; i < N_ASKERS; i++)
    teller_clear (&self->askers[i]);
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

/* The liar is asked first. */
static void
come_back (Fixture *self)
{
  self->a->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - HOUR;
  for (guint i = 0; i < N_HONEST; i++)
    {
      g_autofree char *text = g_strdup_printf ("honest %02u", i);

      teller_add (&self->honest, "bob", 3500 - 80 * i, text);
    }
  self->honest.per_page = 10;
  teller_init (&self->liar, self->a);
  teller_init (&self->honest, self->a);
  rt_wait_until (self->n_results == 1);
  g_assert_null (self->a->talk->round);
}

/* All that the honest one knows is here, once, from him. */
static void
assert_honest (Fixture *self)
{
  for (guint i = 0; i < self->honest.messages->len; i++)
    {
      g_autoptr (GBytes) id = p2p_message_get_id (self->honest.messages->pdata[i]);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (RtMessageItem) item = NULL;

      rt_network_find_message_async (self->a, id, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      item = rt_network_find_message_finish (self->a, result, NULL);
      g_assert_nonnull (item);
      g_assert_cmpstr (rt_message_item_get_told (item), ==, p2p_mesh_socket_get_id (self->honest.socket));
    }
}

static void
make_up (Fixture *self, guint n, gint64 age, gint64 step, gsize length)
{
  g_autofree char *fill = g_strnfill (length, 'x');

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("made up %u %s", i, fill);

      teller_add (&self->liar, "nobody", age + step * i, text);
    }
}

/* One new message a page, and more to come for ever: his share of the pages, and no more. */
static void
test_drip (Fixture *self, gconstpointer data)
{
  make_up (self, 3000, 3400, -1, 0);
  self->liar.per_page = 1;
  come_back (self);
  g_assert_cmpuint (self->liar.n_asks, <=, RT_CATCH_UP_PAGES / 2 + 1);
  g_assert_cmpuint (self->honest.n_asks, ==, 5);
  assert_honest (self);
}

/* Few, but long ones: his share of the bytes. */
static void
test_heavy (Fixture *self, gconstpointer data)
{
  make_up (self, 200, 3400, -1, 50000);
  self->liar.per_page = 1;
  come_back (self);
  g_assert_cmpuint (self->liar.n_asks, <=, RT_CATCH_UP_BYTES / 2 / 50000 + 2);
  assert_honest (self);
}

/* From the newest to the oldest: each stands where it belongs. */
static void
test_backwards (Fixture *self, gconstpointer data)
{
  make_up (self, 300, 10, 10, 0);
  self->liar.per_page = 50;
  come_back (self);
  g_assert_cmpuint (self->liar.n_asks, ==, 6);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 300 + N_HONEST);
  assert_honest (self);
  for (guint i = 1; i < 300 + N_HONEST; i++)
    g_assert_cmpint (rt_message_item_get_time (row_at (self->a, i - 1)), <=, rt_message_item_get_time (row_at (self->a, i)));
}

/* Of the beginning and the end of time, some of them good: only these are taken, at their own time, whatever he says of when he heard them. */
static void
test_times (Fixture *self, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const gint64 ages[] = { now, now - 1, 8 * 86400, 2 * HOUR, -HOUR, -365 * 86400, now - G_MAXINT32, now - ((gint64) 1 << 40) };

  for (guint i = 0; i < G_N_ELEMENTS (ages); i++)
    teller_add (&self->liar, "nobody", ages[i], "at a time that cannot be");
  make_up (self, 20, 3000, -1, 0);
  self->liar.heard = G_MAXINT64;
  self->liar.per_page = 4;
  come_back (self);
  /* the first page had nothing of use, and there was more: he is not asked again */
  g_assert_cmpuint (self->liar.n_asks, ==, 1);
  g_assert_cmpuint (get_counts (self).told_refused, ==, 4);
  assert_honest (self);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, N_HONEST);

  teller_clear (&self->liar);
  teller_clear (&self->honest);
  wait_peers (self->a, 0);
  rt_wait_until (!self->a->talk->somebody);
  memset (&self->liar, 0, sizeof self->liar);
  memset (&self->honest, 0, sizeof self->honest);
  for (guint i = 0; i < G_N_ELEMENTS (ages); i++)
    teller_add (&self->liar, "nobody", ages[i], "at a time that cannot be");
  make_up (self, 20, 3000, -1, 0);
  self->liar.heard = G_MAXINT64;
  self->a->talk->last_seen = now - HOUR;
  teller_init (&self->liar, self->a);
  rt_wait_until (self->n_results == 2);
  g_assert_cmpuint (rt_catch_up_get_n_messages (self->result), ==, 20);
  g_assert_cmpuint (get_counts (self).told_refused, ==, 4 + G_N_ELEMENTS (ages));
  for (guint i = 0; i < count_rows (self->a); i++)
    {
      g_assert_cmpint (rt_message_item_get_time (row_at (self->a, i)), >, (now - 2 * HOUR) * G_USEC_PER_SEC);
      g_assert_cmpint (rt_message_item_get_time (row_at (self->a, i)), <=, (now + 60) * G_USEC_PER_SEC);
    }
}

/* Who has more, but not now, is asked later; who never has is not asked for ever. */
static void
test_put_off (Fixture *self, gconstpointer data)
{
  self->a->talk->again_seconds = 0;
  self->honest.n_put_off = 2;
  self->liar.n_put_off = G_MAXUINT;
  make_up (self, 5, 3000, -1, 0);
  come_back (self);
  assert_honest (self);
  g_assert_true (rt_catch_up_get_complete (self->result));
  g_assert_cmpuint (self->liar.n_asks, ==, 3);
  g_assert_cmpuint (self->a->talk->n_again, ==, 0);
  teller_clear (&self->honest);
  teller_clear (&self->liar);
  wait_peers (self->a, 0);
  rt_wait_until (!self->a->talk->somebody);

  memset (&self->liar, 0, sizeof self->liar);
  make_up (self, 5, 3000, -1, 0);
  self->liar.n_put_off = G_MAXUINT;
  self->a->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - HOUR;
  teller_init (&self->liar, self->a);
  rt_wait_until (self->liar.n_asks == RT_CATCH_UP_AGAIN + 1);
  rt_wait_until (self->a->talk->round == NULL && self->a->talk->round_timer == 0);
  g_assert_cmpuint (self->liar.n_asks, ==, RT_CATCH_UP_AGAIN + 1);
  g_assert_cmpuint (self->n_results, ==, 1);
}

/* ---- questions ---- */

/* Words that do not become short on the wire. */
static char *
dup_noise (gsize length)
{
  g_autofree guchar *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guchar) g_random_int ();
  return g_base64_encode (bytes, length);
}

static void
ask (Fixture *self, guint asker, gint64 token)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_history_ask (token, now - HOUR, now, 1024, 0, NULL, NULL);

  teller_whisper (&self->askers[asker], self->a, frame);
}

/* All come back at once: each has his turn. And as somebody else each time: all of them together have what all may have. */
static void
test_askers (Fixture *self, gconstpointer data)
{
  const guint length = 40000, n_asks = 20;
  gint64 begun = g_get_monotonic_time (), minutes;
  guint64 bytes_in = 0, bytes_out = 0;
  guint n_pages = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = dup_noise (length * 3 / 4);
      g_autoptr (P2pMessage) message = make_said ("cem", P2P_FLAG_BROADCAST, 3000 - i, text);

      keep_message (self->a, message, text, 0);
    }
  for (guint i = 0; i < N_ASKERS; i++)
    teller_init (&self->askers[i], self->a);
  for (guint i = 0; i < N_ASKERS; i++)
    rt_wait_until (self->askers[i].n_names > 0);
  for (guint i = 0; i < N_ASKERS; i++)
    ask (self, i, 1);
  for (guint i = 0; i < N_ASKERS; i++)
    rt_wait_until (self->askers[i].n_pages == 1);
  for (guint i = 0; i < N_ASKERS; i++)
    g_assert_cmpuint (self->askers[i].n_told, ==, 1);
  g_assert_cmpuint (get_counts (self).asks_refused, ==, 0);
  g_assert_cmpuint (self->a->talk->serving + self->a->talk->waiting.length, ==, 0);

  for (guint n = 0; n < n_asks; n++)
    {
      guint64 asks = get_counts (self).asks;

      for (guint i = 0; i < N_ASKERS; i++)
        ask (self, i, 2 + n);
      rt_wait_until (get_counts (self).asks >= asks + N_ASKERS);
      rt_wait_until (self->a->talk->serving + self->a->talk->waiting.length == 0);
    }
  minutes = (g_get_monotonic_time () - begun) / (60 * G_TIME_SPAN_SECOND) + 1;
  g_assert_cmpuint (get_counts (self).served, <=, (guint64) (1 + minutes) * RT_HISTORY_CREDIT_OF_ALL / length + 1);
  /* more than one, and less than all of them, might have had */
  g_assert_cmpuint (get_counts (self).served, >, RT_HISTORY_CREDIT / length);
  g_assert_cmpuint (get_counts (self).asks_refused, >, 0);
  for (guint i = 0; i < N_ASKERS; i++)
    {
      P2pConnection *link = p2p_mesh_socket_get_connection (rt_network_get_socket (self->a), p2p_mesh_socket_get_id (self->askers[i].socket));

      g_assert_nonnull (link);
      bytes_in += p2p_connection_get_bytes_in (link);
      bytes_out += p2p_connection_get_bytes_out (link);
      n_pages += self->askers[i].n_pages;
    }
  g_test_message ("%u questions: %u pages, %" G_GUINT64_FORMAT " bytes for %" G_GUINT64_FORMAT, N_ASKERS * (n_asks + 1), n_pages, bytes_out, bytes_in);
}

/* Gone while he waits for his turn: nothing is left of his question. */
static void
test_gone (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_ASKERS; i++)
    teller_init (&self->askers[i], self->a);
  for (guint i = 0; i < N_ASKERS; i++)
    rt_wait_until (self->askers[i].n_names > 0);
  for (guint i = 0; i < N_ASKERS; i++)
    ask (self, i, 1);
  rt_wait_until (get_counts (self).asks > RT_HISTORY_AT_A_TIME);
  rt_network_stop (self->a);
  g_assert_cmpuint (self->a->talk->waiting.length, ==, 0);
  rt_wait_until (self->a->talk->serving == 0);
  rt_network_start (self->a);
  wait_up (self->a);
}

/* ---- names and receipts ---- */

/* Ten thousand names of ten thousand nodes, all alike: as many people as are known, and no time to speak of; with receipts for what never was. */
static void
test_names (Fixture *self, gconstpointer data)
{
  RtPeople *people = rt_network_get_people (self->a);
  gint64 begun = g_get_monotonic_time ();
  RtTalkCounts counts;

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *id = g_strdup_printf ("node-%u", i);
      g_autoptr (P2pMessage) message = make_said (id, P2P_FLAG_BROADCAST, 0, "no matter");
      g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Everybody", P2P_APP_NAME_ASK, NULL);
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_autoptr (P2pAppFrame) receipt = NULL;

      rt_people_note_own_program (people, id, g_get_real_time ());
      rt_network_take_name (self->a, name, message, NULL);
      g_ptr_array_add (ids, p2p_message_get_id (message));
      receipt = p2p_app_frame_new_receipt (ids, NULL);
      rt_network_take_receipt (self->a, receipt, message, NULL);
      g_assert_cmpuint (self->a->talk->n_finds, <=, RT_TALK_FINDS_AT_A_TIME);
    }
  g_test_message ("10,000 names and receipts: %.2f s", (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND);
  rt_wait_until (self->a->talk->n_finds == 0);
  rt_wait_until (self->a->talk->rename_timer == 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), <=, RT_PEOPLE_MAX);
  counts = get_counts (self);
  g_assert_cmpuint (counts.names, ==, 10000);
  g_assert_cmpuint (counts.receipts, ==, 10000);
  g_assert_cmpuint (counts.receipts_dropped + counts.finds_refused, >, 5000);
  /* all of them asked for ours */
  g_assert_cmpuint (counts.names_out, <=, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-liars/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("drip", test_drip);
  ADD ("heavy", test_heavy);
  ADD ("backwards", test_backwards);
  ADD ("times", test_times);
  ADD ("put-off", test_put_off);
  ADD ("askers", test_askers);
  ADD ("gone", test_gone);
  ADD ("names", test_names);
  return g_test_run ();
}
