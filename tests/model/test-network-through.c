/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private messages to somebody who is linked to others only: A, B and C in a line. */
#include "kept-fixture.h"
#include "model/transfers/rt-transfers.h"

#include <string.h>

typedef struct {
  Person ada, bob, cem;
  RtNetwork *a, *b, *c;         /* bob, in the middle, is who the others dial */
  char *address;                /* his */
  char *cem_id;
} Fixture;

/* The ends know each other's keys by what they say to everybody. */
static void
wait_known (RtNetwork *network, const char *id)
{
  rt_wait_until (rt_network_can_seal (network, id));
  g_assert_null (p2p_mesh_socket_get_connection (rt_network_get_socket (network), id));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->bob);
  person_init (&self->cem);
  rt_networks_set_user_name (self->cem.networks, "Cem");
  self->b = person_join (&self->bob, "line", NULL);
  self->address = network_dup_address (self->b);
  self->a = person_join (&self->ada, "line", self->address);
  self->c = person_join (&self->cem, "line", self->address);
  wait_peers (self->b, 2);
  self->cem_id = g_strdup (network_get_id (self->c));
  wait_known (self->a, self->cem_id);
  wait_known (self->c, network_get_id (self->a));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
  person_clear (&self->cem);
  g_free (self->address);
  g_free (self->cem_id);
}

static void
leave (Fixture *self)
{
  self->c = NULL;
  person_end (&self->cem);
  rt_wait_until (rt_network_get_n_peers (self->b) == 1);
}

static void
come_back (Fixture *self)
{
  person_begin (&self->cem);
  self->c = person_get (&self->cem, 0);
  wait_loaded (self->c);
  rt_wait_until (rt_network_get_n_peers (self->b) == 2);
}

static char *
dup_words (RtMessageItem *item)
{
  char *words;

  g_object_get (item, "delivery-text", &words, NULL);
  return words;
}

static gboolean
stop_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* What was to come came, and what must not has had time to. */
static void
linger (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, stop_cb, &over);
  rt_wait_until (over);
}

static guint64
count_again (RtNetwork *network)
{
  RtTalkCounts counts;

  rt_network_get_talk_counts (network, &counts);
  return counts.repeated;
}

static void
assert_own (RtMessageItem *own, RtDelivery delivery)
{
  g_assert_cmpint (rt_message_item_get_delivery (own), ==, delivery);
  g_assert_true (rt_message_item_get_sealed (own));
  g_assert_true (rt_message_item_get_through (own));
}

/* There and back, with what it answers; who passes it on is none the wiser. */
static void
test_line (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL, *reply_words = NULL;
  RtMessageItem *own, *heard, *answer, *answered;

  g_assert_cmpint (rt_network_get_way (self->a, self->cem_id), ==, RT_WAY_THROUGH);
  g_assert_cmpint (rt_network_get_way (self->a, network_get_id (self->b)), ==, RT_WAY_LINK);
  g_assert_cmpint (rt_network_get_way (self->a, "somebody"), ==, RT_WAY_PLAIN);
  own = rt_network_whisper_text (self->a, self->cem_id, "for your eyes only", &error);
  g_assert_no_error (error);
  wait_rows (self->c, 1);
  heard = row_at (self->c, 0);
  g_assert_cmpstr (rt_message_item_get_text (heard), ==, "for your eyes only");
  g_assert_cmpstr (rt_message_item_get_sender (heard), ==, network_get_id (self->a));
  g_assert_true (rt_message_item_get_private (heard));
  g_assert_true (rt_message_item_get_sealed (heard));
  g_assert_cmpint (rt_message_item_get_trust (heard), ==, RT_TRUST_VERIFIED);
  g_assert_cmpstr (rt_message_item_get_via (heard), ==, network_get_id (self->b));
  wait_handed (own);
  assert_own (own, RT_DELIVERY_HANDED);
  g_assert_true (g_bytes_equal (rt_message_item_get_id (own), rt_message_item_get_id (heard)));
  words = dup_words (own);
  g_assert_cmpstr (words, ==, "Received by Cem");

  answer = rt_network_send (self->c, "answered", network_get_id (self->a), rt_message_item_get_id (heard), NULL, &error);
  g_assert_no_error (error);
  wait_rows (self->a, 2);
  answered = row_at (self->a, 1);
  rt_network_look_up_reply (self->a, answered);
  rt_wait_until (rt_message_item_get_reply_state (answered) == RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_preview (answered), ==, "for your eyes only");
  wait_handed (answer);

  g_assert_cmpuint (count_rows (self->b), ==, 0);
  /* nobody dialled anybody for it */
  g_assert_cmpuint (rt_network_get_n_peers (self->a), ==, 1);
  g_assert_cmpuint (rt_network_get_n_peers (self->c), ==, 1);
}

/* He is away: it went out, waits, and says so; he comes, and gets it once. */
static void
test_away (Fixture *self, gconstpointer data)
{
  g_autofree char *words = NULL;
  RtMessageItem *own;

  leave (self);
  own = rt_network_whisper_text (self->a, self->cem_id, "when you are back", NULL);
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_THROUGH);
  assert_own (own, RT_DELIVERY_THROUGH);
  words = dup_words (own);
  g_assert_cmpstr (words, ==, "Sent through others: no receipt yet");
  g_assert_cmpuint (rt_message_item_get_n_links (own), ==, 1);
  come_back (self);
  wait_rows (self->c, 1);
  wait_handed (own);
  linger (1000);
  g_assert_cmpuint (count_rows (self->c), ==, 1);
  g_assert_cmpuint (rt_message_item_get_n_receipts (own), ==, 1);
}

/* He has it, and tells nobody; then there is a link: it is said again over that, and is no second row. */
static void
test_link_later (Fixture *self, gconstpointer data)
{
  g_autofree char *address = network_dup_address (self->c);
  RtMessageItem *own, *next;

  g_object_set (self->cem.settings, "send-receipts", FALSE, NULL);
  own = rt_network_whisper_text (self->a, self->cem_id, "no answer", NULL);
  wait_rows (self->c, 1);
  g_assert_cmpint (rt_message_item_get_delivery (own), ==, RT_DELIVERY_THROUGH);
  g_assert_true (connect_and_wait (self->a, address, NULL));
  wait_handed (own);
  rt_wait_until (count_again (self->c) == 1);
  g_assert_cmpuint (rt_message_item_get_n_receipts (own), ==, 0);
  g_assert_cmpuint (count_rows (self->c), ==, 1);
  assert_own (own, RT_DELIVERY_HANDED);
  /* from now on the link is the way */
  g_assert_cmpint (rt_network_get_way (self->a, self->cem_id), ==, RT_WAY_LINK);
  next = rt_network_whisper_text (self->a, self->cem_id, "straight", NULL);
  wait_rows (self->c, 2);
  wait_handed (next);
  g_assert_true (rt_message_item_get_sealed (next));
  g_assert_false (rt_message_item_get_through (next));
}

/* No receipt, no link: after a while he is looked for, and found. */
static void
test_looked_for (Fixture *self, gconstpointer data)
{
  RtMessageItem *own;

  g_object_set (self->cem.settings, "send-receipts", FALSE, NULL);
  own = rt_network_whisper_text (self->a, self->cem_id, "no answer", NULL);
  wait_rows (self->c, 1);
  g_assert_cmpint (rt_message_item_get_delivery (own), ==, RT_DELIVERY_THROUGH);
  rt_network_retry (self->a, own);
  wait_handed (own);
  g_assert_nonnull (p2p_mesh_socket_get_connection (rt_network_get_socket (self->a), self->cem_id));
  rt_wait_until (count_again (self->c) == 1);
  g_assert_cmpuint (count_rows (self->c), ==, 1);
}

/* Said an hour ago and again now, in this life of his and in the next, also by who replays what he passed on: one row. */
static void
test_again_and_again (Fixture *self, gconstpointer data)
{
  g_autoptr (P2pMessage) once = make_message (network_get_id (self->a), P2P_FLAG_WHISPER, g_get_real_time () / G_USEC_PER_SEC - 3600, "an hour ago");
  g_autoptr (GBytes) id = p2p_message_get_id (once);
  g_autoptr (RtMessageItem) found = NULL;

  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (p2p_mesh_socket_whisper_message_through (rt_network_get_socket (self->a), self->cem_id, once, NULL, NULL), ==, 1);
  wait_rows (self->c, 1);
  rt_wait_until (count_again (self->c) == 1);
  g_assert_true (g_bytes_equal (rt_message_item_get_id (row_at (self->c, 0)), id));
  leave (self);
  come_back (self);
  g_assert_cmpint (p2p_mesh_socket_whisper_message_through (rt_network_get_socket (self->a), self->cem_id, once, NULL, NULL), ==, 1);
  rt_wait_until (count_again (self->c) == 1);
  /* and the young, whose box the node of this life does not know */
  g_assert_cmpuint (count_rows (self->c), ==, 1);
  found = find_message (self->c, id);
  g_assert_nonnull (found);
}

/* Ends in the middle: what had gone through others is known as that, and what was about to go is that same message. */
static void
test_ended (Fixture *self, gconstpointer data)
{
  g_autofree char *ada = g_strdup (network_get_id (self->a));
  g_autoptr (P2pMessage) about_to = NULL;
  g_autoptr (GBytes) id = NULL;
  RtMessageItem *own, *waiting;

  leave (self);
  own = rt_network_whisper_text (self->a, self->cem_id, "went", NULL);
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_THROUGH);
  id = g_bytes_ref (rt_message_item_get_id (own));
  rt_network_stop (self->a);
  waiting = rt_network_whisper_text (self->a, self->cem_id, "about to", NULL);
  g_assert_cmpint (rt_message_item_get_delivery (waiting), ==, RT_DELIVERY_QUEUED);
  g_assert_cmpint (rt_message_item_get_delivery (own), ==, RT_DELIVERY_THROUGH);
  about_to = make_message (ada, P2P_FLAG_WHISPER, g_get_real_time () / G_USEC_PER_SEC - 600, "about to");
  rt_message_item_set_sent (waiting, about_to, RT_DELIVERY_SENDING, 0, NULL);
  rt_network_save_item (self->a, waiting, TRUE, TRUE);
  flush (self->a);

  self->a = begin_again (&self->ada);
  rt_network_start (self->a);
  own = row_at (self->a, 0);
  waiting = row_at (self->a, 1);
  assert_own (own, RT_DELIVERY_THROUGH);
  g_assert_true (g_bytes_equal (rt_message_item_get_id (own), id));
  wait_peers (self->a, 1);
  rt_wait_until (rt_message_item_get_delivery (waiting) == RT_DELIVERY_THROUGH);
  come_back (self);
  wait_rows (self->c, 2);
  wait_handed (own);
  wait_handed (waiting);
  linger (1000);
  g_assert_cmpuint (count_rows (self->c), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      gboolean first = g_str_equal (rt_message_item_get_text (row_at (self->c, i)), "went");
      RtMessageItem *theirs = first ? own : waiting;

      g_assert_true (g_bytes_equal (rt_message_item_get_id (row_at (self->c, i)), rt_message_item_get_id (theirs)));
      g_assert_cmpuint (rt_message_item_get_n_receipts (theirs), ==, 1);
    }
}

/* Written as who was somebody else, and tried again: it left as who we are, and waits for its receipt in the next life, too. */
static void
test_of_another (Fixture *self, gconstpointer data)
{
  gint64 second = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (P2pMessage) message = make_message (network_get_id (self->a), P2P_FLAG_WHISPER, second, "as who we are");
  g_autoptr (RtStoreMessage) stored = rt_store_message_new ();
  RtMessageItem *own;

  leave (self);
  stored->row = rt_store_chat_take_row (rt_network_get_chat (self->a));
  stored->time = second * G_USEC_PER_SEC;
  stored->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_OUTBOX | RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_SEALED | RT_STORE_MESSAGE_THROUGH;
  stored->sender = g_strdup ("who we were");
  stored->recipient = g_strdup (self->cem_id);
  stored->text = g_strdup ("as who we are");
  stored->delivery = RT_DELIVERY_THROUGH;
  stored->n_links = 1;
  stored->sent = second;
  stored->id = p2p_message_get_id (message);
  stored->body = p2p_message_dup_body (message);
  rt_store_chat_add (rt_network_get_chat (self->a), stored, TRUE);
  flush (self->a);
  self->a = begin_again (&self->ada);
  rt_network_start (self->a);
  wait_peers (self->a, 1);
  own = row_at (self->a, 0);
  g_assert_cmpstr (rt_message_item_get_sender (own), ==, "who we were");
  linger (500);
  assert_own (own, RT_DELIVERY_THROUGH);
  come_back (self);
  wait_rows (self->c, 1);
  wait_handed (own);
  g_assert_cmpstr (rt_message_item_get_sender (row_at (self->c, 0)), ==, network_get_id (self->a));
  g_assert_true (g_bytes_equal (rt_message_item_get_id (row_at (self->c, 0)), rt_message_item_get_id (own)));
  rt_wait_until (rt_message_item_get_n_receipts (own) == 1);
}

/* Nobody is there: it waits, in words, and goes when somebody is. */
static void
test_alone (Fixture *self, gconstpointer data)
{
  RtMessageItem *own;
  g_autofree char *words = NULL;

  rt_network_stop (self->b);
  rt_wait_until (rt_network_get_n_peers (self->a) == 0);
  g_assert_cmpint (rt_network_get_way (self->a, self->cem_id), ==, RT_WAY_WAITS);
  own = rt_network_whisper_text (self->a, self->cem_id, "later", NULL);
  g_assert_cmpint (rt_message_item_get_delivery (own), ==, RT_DELIVERY_QUEUED);
  words = dup_words (own);
  g_assert_cmpstr (words, ==, "Queued: goes out when somebody is there to take it");
  g_assert_null (rt_message_item_get_id (own));
  rt_network_start (self->b);
  wait_rows (self->c, 1);
  wait_handed (own);
  g_assert_true (rt_message_item_get_sealed (own));
}

/* What is too long for everybody's links waits for one of its own. */
static void
test_too_long (Fixture *self, gconstpointer data)
{
  g_autofree char *address = network_dup_address (self->c), *text = g_strnfill (60 * 1024, 'x'), *words = NULL;
  RtMessageItem *own, *short_one;

  /* nobody finds him */
  rt_network_stop (self->c);
  rt_wait_until (rt_network_get_n_peers (self->b) == 1);
  own = rt_network_whisper_text (self->a, self->cem_id, text, NULL);
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_QUEUED && rt_message_item_get_delivery_error (own) != NULL);
  words = dup_words (own);
  g_assert_nonnull (strstr (words, "too long to go through others; it waits for a link"));
  g_assert_false (rt_message_item_get_through (own));
  short_one = rt_network_whisper_text (self->a, self->cem_id, "short", NULL);
  rt_network_start (self->c);
  rt_wait_until (rt_network_get_n_peers (self->b) == 2);
  g_assert_true (connect_and_wait (self->a, address, NULL));
  wait_handed (own);
  wait_handed (short_one);
  wait_rows (self->c, 2);
  g_assert_false (rt_message_item_get_through (own));
  g_assert_true (rt_message_item_get_sealed (own));
}

/* What is offered goes the same way as the text; who passes it on learns nothing of it. */
static void
test_file (Fixture *self, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (5000);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&zeros), 5000);
  RtTransfers *transfers = rt_network_get_transfers (self->a);
  g_autoptr (RtAttachment) file = rt_transfers_add_bytes (transfers, bytes, "secret.bin", NULL);
  g_autofree char *text = NULL;
  RtMessageItem *own;
  GObject *heard;

  rt_network_get_transfers (self->b);
  rt_network_get_transfers (self->c);
  rt_wait_until (rt_attachment_get_state (file) == RT_ATTACHMENT_HERE);
  text = rt_attachment_dup_text (file, NULL);
  own = rt_network_send (self->a, text, self->cem_id, NULL, file, NULL);
  wait_rows (self->c, 1);
  heard = rt_message_item_get_attachment (row_at (self->c, 0));
  g_assert_nonnull (heard);
  g_assert_cmpstr (rt_attachment_get_name (RT_ATTACHMENT (heard)), ==, "secret.bin");
  g_assert_cmpuint (rt_attachment_get_size (RT_ATTACHMENT (heard)), ==, 5000);
  g_assert_cmpstr (rt_attachment_get_offerer (RT_ATTACHMENT (heard)), ==, network_get_id (self->a));
  wait_handed (own);
  assert_own (own, RT_DELIVERY_HANDED);
  g_assert_cmpuint (count_rows (self->b), ==, 0);
}

/* Many at once: the others are not flooded, and none is lost. */
static void
test_many (Fixture *self, gconstpointer data)
{
  gint64 began = g_get_monotonic_time ();
  RtMessageItem *last = NULL;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %u", i);

      last = rt_network_whisper_text (self->a, self->cem_id, text, NULL);
    }
  wait_rows (self->c, 40);
  /* 32 at once, the others 4 a second */
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 3 * G_USEC_PER_SEC / 2);
  wait_handed (last);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %u", i);

      g_assert_cmpstr (rt_message_item_get_text (row_at (self->c, i)), ==, text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/network-through/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("line", test_line);
  ADD ("away", test_away);
  ADD ("link-later", test_link_later);
  ADD ("looked-for", test_looked_for);
  ADD ("again-and-again", test_again_and_again);
  ADD ("ended", test_ended);
  ADD ("of-another", test_of_another);
  ADD ("alone", test_alone);
  ADD ("too-long", test_too_long);
  ADD ("file", test_file);
  ADD ("many", test_many);
  return g_test_run ();
}
