/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, replies and receipts among networks that are really up. */
#include <string.h>

#include "model/transfers/rt-attachment-private.h"
#include "model/network/rt-network-talk-private.h"
#include "model/people/rt-people-private.h"
#include "original.h"
#include "teller.h"

typedef struct {
  Person ada, bob;
  RtNetwork *a, *b;             /* linked; bob dialled */
  Teller mallory;
  Original original;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL;

  person_init (&self->ada);
  person_init (&self->bob);
  rt_networks_set_user_name (self->ada.networks, "Ada");
  rt_networks_set_user_name (self->bob.networks, "Bob");
  self->a = person_join (&self->ada, "talk", NULL);
  address = network_dup_address (self->a);
  self->b = person_join (&self->bob, "talk", address);
  wait_peers (self->a, 1);
  wait_peers (self->b, 1);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  teller_clear (&self->mallory);
  original_clear (&self->original);
  person_clear (&self->ada);
  person_clear (&self->bob);
}

static const char *
get_shown (RtNetwork *network, const char *id)
{
  RtPerson *person = rt_people_find (rt_network_get_people (network), id);

  return person != NULL ? rt_person_get_shown_name (person) : NULL;
}

#define wait_shown(network, id, name) rt_wait_until (g_strcmp0 (get_shown (network, id), name) == 0)

static GBytes *
dup_id (const char *seed)
{
  guint8 bytes[P2P_APP_ID_LENGTH] = { 0 };

  memcpy (bytes, seed, MIN (strlen (seed), sizeof bytes));
  return g_bytes_new (bytes, sizeof bytes);
}

/* Names come with the link, and change as they are changed: in the list and on rows that are there. */
static void
test_names (Fixture *self, gconstpointer data)
{
  const char *ada = network_get_id (self->a), *bob = network_get_id (self->b);
  GListModel *people = G_LIST_MODEL (rt_network_get_people (self->a));
  RtPerson *person;

  wait_shown (self->a, bob, "Bob");
  wait_shown (self->b, ada, "Ada");
  person = rt_people_find (rt_network_get_people (self->a), bob);
  g_assert_true (rt_person_get_own_program (person));
  g_assert_true (rt_person_get_neighbour (person));
  g_assert_true (rt_person_get_you (rt_people_find (rt_network_get_people (self->a), ada)));
  rt_wait_until (g_list_model_get_n_items (people) == 2);

  rt_network_send_text (self->b, "hello", NULL);
  wait_rows (self->a, 1);
  g_assert_cmpstr (rt_message_item_get_sender_name (row_at (self->a, 0)), ==, "Bob");
  rt_networks_set_user_name (self->bob.networks, "Robert");
  wait_shown (self->a, bob, "Robert");
  rt_wait_until (g_str_equal (rt_message_item_get_sender_name (row_at (self->a, 0)), "Robert"));
  /* one like ours does not go without the id, on rows neither */
  rt_networks_set_user_name (self->bob.networks, "ADA");
  rt_wait_until (rt_message_item_get_sender_word (row_at (self->a, 0)) != NULL);
  g_assert_cmpstr (rt_person_get_word (person), ==, rt_person_get_short_id (person));
}

/* Where nobody of this program is, hardly anything goes out; and a name said by somebody else is not taken. */
static void
test_claims (Fixture *self, gconstpointer data)
{
  const char *bob = network_get_id (self->b);
  RtTalkCounts counts;
  g_autoptr (P2pAppFrame) mine = p2p_app_frame_new_name ("Mallory", P2P_APP_NAME_NONE, NULL);
  g_autoptr (P2pMessage) forged = NULL;
  GVariant *packets;
  P2pConnection *connection;

  wait_shown (self->a, bob, "Bob");
  teller_init (&self->mallory, self->a);
  teller_whisper (&self->mallory, self->a, mine);
  wait_shown (self->a, p2p_mesh_socket_get_id (self->mallory.socket), "Mallory");

  /* Bob is a neighbour: what another link brings in his name is not his */
  connection = p2p_mesh_socket_get_connection (self->mallory.socket, network_get_id (self->a));
  {
    g_autoptr (P2pAppFrame) his = p2p_app_frame_new_name ("Idiot", P2P_APP_NAME_NONE, NULL);

    packets = p2p_app_frame_pack (his);
  }
  forged = p2p_connection_send (connection, P2P_FLAG_BROADCAST, packets, bob, -1, NULL);
  g_assert_nonnull (forged);
  rt_network_get_talk_counts (self->a, &counts);
  rt_wait_until ((rt_network_get_talk_counts (self->a, &counts), counts.names_refused > 0));
  g_assert_cmpstr (get_shown (self->a, bob), ==, "Bob");
}

/* 500 names in a second cost three changes now, and one later. */
static void
count_changes_cb (RtPeople *people, RtPerson *person, guint *n)
{
  (*n)++;
}

static void
test_name_flood (Fixture *self, gconstpointer data)
{
  guint n = 0;
  RtTalkCounts counts;

  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  g_signal_connect (rt_network_get_people (self->a), "person-changed", G_CALLBACK (count_changes_cb), &n);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("Mallory %u", i);
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_name (name, P2P_APP_NAME_ASK, NULL);

      if (i % 2 == 0)
        teller_whisper (&self->mallory, self->a, frame);
      else
        p2p_mesh_socket_send_app (self->mallory.socket, frame, NULL);
    }
  rt_wait_until ((rt_network_get_talk_counts (self->a, &counts), counts.names >= 250));
  rt_network_send_text (self->b, "still here", NULL);
  wait_rows (self->a, 1);
  /* a few more where the machine is slow */
  g_assert_cmpuint (n, <=, RT_PEOPLE_NAME_BURST + 10);
  /* and he was not answered 500 times */
  g_assert_cmpuint (self->mallory.n_names, <=, 8);
  g_signal_handlers_disconnect_by_data (rt_network_get_people (self->a), &n);
}

/* A reply knows what it answers, whether the frame comes ahead of the text (it does) or behind it. */
static void
test_replies (Fixture *self, gconstpointer data)
{
  RtMessageItem *question, *reply;
  g_autoptr (GBytes) nothing = dup_id ("never said");

  wait_shown (self->a, network_get_id (self->b), "Bob");
  question = rt_network_send_text (self->a, "who is there?", NULL);
  wait_rows (self->b, 1);
  rt_network_send (self->b, "me", NULL, rt_message_item_get_id (row_at (self->b, 0)), NULL, NULL);
  wait_rows (self->a, 2);
  reply = row_at (self->a, 1);
  rt_wait_until (rt_message_item_get_reply_to (reply) != NULL);
  g_assert_true (g_bytes_equal (rt_message_item_get_reply_to (reply), rt_message_item_get_id (question)));
  rt_network_look_up_reply (self->a, reply);
  rt_wait_until (rt_message_item_get_reply_state (reply) == RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_preview (reply), ==, "who is there?");

  /* privately */
  rt_network_send (self->b, "only me", network_get_id (self->a), rt_message_item_get_id (row_at (self->b, 0)), NULL, NULL);
  wait_rows (self->a, 3);
  rt_wait_until (rt_message_item_get_reply_to (row_at (self->a, 2)) != NULL);

  /* to what nobody ever said */
  rt_network_send (self->b, "to nothing", NULL, nothing, NULL, NULL);
  wait_rows (self->a, 4);
  rt_wait_until (rt_message_item_get_reply_to (row_at (self->a, 3)) != NULL);
  rt_network_look_up_reply (self->a, row_at (self->a, 3));
  rt_wait_until (rt_message_item_get_reply_state (row_at (self->a, 3)) == RT_REPLY_UNKNOWN);
}

/* A reply whose frame comes behind its text. */
static void
test_late_reply (Fixture *self, gconstpointer data)
{
  GVariant *packet = g_variant_new_variant (g_variant_new_string ("late"));
  g_autoptr (P2pMessage) late = NULL;
  g_autoptr (P2pAppFrame) frame = NULL;
  g_autoptr (GBytes) id = NULL, to = dup_id ("whatever");

  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  p2p_mesh_socket_send_full (self->mallory.socket, P2P_FLAG_BROADCAST, NULL, g_variant_new_array (G_VARIANT_TYPE_VARIANT, &packet, 1), &late, NULL);
  wait_rows (self->a, 1);
  id = p2p_message_get_id (late);
  frame = p2p_app_frame_new_reply (id, to, NULL);
  p2p_mesh_socket_send_app (self->mallory.socket, frame, NULL);
  rt_wait_until (rt_message_item_get_reply_to (row_at (self->a, 0)) != NULL);
}

/* What nobody says is held for a while and bounded; what somebody else says his message answers is not believed. */
static void
test_reply_lies (Fixture *self, gconstpointer data)
{
  RtTalkCounts counts;

  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  rt_network_send_text (self->b, "what Bob says", NULL);
  wait_rows (self->a, 1);
  {
    g_autoptr (GBytes) about = dup_id ("to come"), to = dup_id ("whatever");
    g_autoptr (P2pAppFrame) of_bobs = p2p_app_frame_new_reply (rt_message_item_get_id (row_at (self->a, 0)), to, NULL);
    g_autoptr (P2pAppFrame) of_itself = p2p_app_frame_new_reply (about, about, NULL);

    p2p_mesh_socket_send_app (self->mallory.socket, of_bobs, NULL);
    p2p_mesh_socket_send_app (self->mallory.socket, of_itself, NULL);
  }
  rt_wait_until ((rt_network_get_talk_counts (self->a, &counts), counts.replies_dropped >= 2));
  g_assert_null (rt_message_item_get_reply_to (row_at (self->a, 0)));
  for (guint i = 0; i < 6000; i++)
    {
      g_autofree char *seed = g_strdup_printf ("about %u", i);
      g_autoptr (GBytes) about = dup_id (seed), to = dup_id ("whatever");
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_reply (about, to, NULL);
      g_autoptr (P2pMessage) message = make_said ("mallory", P2P_FLAG_BROADCAST, 0, "no matter");

      rt_network_take_reply (self->a, frame, message);
    }
  g_assert_cmpuint (g_hash_table_size (self->a->talk->held), <=, 4096);
  g_assert_cmpuint (self->a->talk->held_order.length, ==, g_hash_table_size (self->a->talk->held));
}

/* Whoever has it says so: of private ones at once, of public ones gathered. */
static void
test_receipts (Fixture *self, gconstpointer data)
{
  RtMessageItem *public, *private;
  g_autofree char *words = NULL;
  gint64 time;

  wait_shown (self->a, network_get_id (self->b), "Bob");
  wait_shown (self->b, network_get_id (self->a), "Ada");
  public = rt_network_send_text (self->a, "to everybody", NULL);
  private = rt_network_whisper_text (self->a, network_get_id (self->b), "to Bob", NULL);
  rt_wait_until (rt_message_item_get_n_receipts (private) == 1);
  g_assert_cmpuint (rt_message_item_get_n_receipts (public), ==, 0);
  rt_wait_until (rt_message_item_get_n_receipts (public) == 1);
  g_assert_cmpstr (rt_message_item_get_receipt (public, 0, &time), ==, network_get_id (self->b));
  g_object_get (private, "receipt-words", &words, NULL);
  g_assert_cmpstr (words, !=, NULL);
}

static void
test_receipt_lies (Fixture *self, gconstpointer data)
{
  RtMessageItem *own, *private;
  RtTalkCounts counts, before;

  wait_shown (self->a, network_get_id (self->b), "Bob");
  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  own = rt_network_send_text (self->a, "to everybody", NULL);
  private = rt_network_whisper_text (self->a, network_get_id (self->b), "to Bob", NULL);
  rt_wait_until (rt_message_item_get_n_receipts (private) == 1);
  rt_network_get_talk_counts (self->a, &before);
  /* of what is not ours, of what he cannot have, and the same very often */
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_autoptr (P2pAppFrame) frame = NULL;

      g_ptr_array_add (ids, g_bytes_ref (rt_message_item_get_id (own)));
      g_ptr_array_add (ids, g_bytes_ref (rt_message_item_get_id (private)));
      for (guint j = 2; j < P2P_APP_MAX_IDS; j++)
        {
          g_autofree char *seed = g_strdup_printf ("%u of %u", j, i);

          g_ptr_array_add (ids, dup_id (seed));
        }
      frame = p2p_app_frame_new_receipt (ids, NULL);
      teller_whisper (&self->mallory, self->a, frame);
    }
  rt_wait_until ((rt_network_get_talk_counts (self->a, &counts), counts.receipts - before.receipts >= 30 * P2P_APP_MAX_IDS));
  g_assert_cmpuint (counts.receipts_dropped - before.receipts_dropped, >, 10 * P2P_APP_MAX_IDS);
  /* Bob may have said it too by now */
  g_assert_cmpuint (rt_message_item_get_n_receipts (own), <=, 2);
  g_assert_cmpuint (rt_message_item_get_n_receipts (private), ==, 1);
}

/* Somebody else takes Bob's name: wherever it stands the id stands beside it, in what is quoted, told of as received, and sent to him. */
static void
test_impostor (Fixture *self, gconstpointer data)
{
  const char *bob = network_get_id (self->b);
  g_autofree char *short_id = rt_short_id (bob), *shown = g_strdup_printf ("Bob (%s)", short_id), *received = g_strdup_printf ("Received by %s", shown);
  g_autofree char *words = NULL;
  RtMessageItem *answer, *private;

  wait_shown (self->a, bob, "Bob");
  wait_shown (self->b, network_get_id (self->a), "Ada");
  rt_network_send_text (self->b, "who is there?", NULL);
  wait_rows (self->a, 1);
  answer = rt_network_send (self->a, "me", NULL, rt_message_item_get_id (row_at (self->a, 0)), NULL, NULL);
  rt_network_look_up_reply (self->a, answer);
  rt_wait_until (rt_message_item_get_reply_state (answer) == RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_name (answer), ==, "Bob");
  private = rt_network_whisper_text (self->a, bob, "you only", NULL);
  g_assert_cmpstr (rt_message_item_get_recipient_name (private), ==, "Bob");
  rt_wait_until (rt_message_item_get_n_receipts (private) == 1);
  rt_people_note_name (rt_network_get_people (self->a), "evilevilevil", "Bob", g_get_real_time ());
  rt_wait_until (g_strcmp0 (rt_message_item_get_recipient_name (private), shown) == 0);
  g_assert_cmpstr (rt_message_item_get_reply_name (answer), ==, shown);
  g_object_get (private, "receipt-words", &words, NULL);
  g_assert_cmpstr (words, ==, received);
  /* and on those that come from now on */
  answer = rt_network_send (self->a, "me again", NULL, rt_message_item_get_id (row_at (self->a, 0)), NULL, NULL);
  rt_network_look_up_reply (self->a, answer);
  rt_wait_until (rt_message_item_get_reply_state (answer) == RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_name (answer), ==, shown);
  private = rt_network_whisper_text (self->a, bob, "again", NULL);
  g_assert_cmpstr (rt_message_item_get_recipient_name (private), ==, shown);
}

/* Ids are free: what thousands of them say together costs what one node's does. */
static void
test_free_ids (Fixture *self, gconstpointer data)
{
  RtMessageItem *row;
  RtTalkCounts before, counts;

  rt_wait_until (rt_network_get_chat_loaded (self->a));
  wait_shown (self->a, network_get_id (self->b), "Bob");
  rt_network_send_text (self->b, "hello", NULL);
  wait_rows (self->a, 1);
  row = row_at (self->a, 0);
  rt_network_get_talk_counts (self->a, &before);
  /* receipts of what nobody knows */
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("node-%u", i);
      g_autoptr (P2pMessage) message = make_said (id, P2P_FLAG_BROADCAST, 0, "no matter");
      g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_autoptr (P2pAppFrame) frame = NULL;

      for (guint j = 0; j < 8; j++)
        {
          g_autofree char *seed = g_strdup_printf ("%u of %u", j, i);

          g_ptr_array_add (ids, dup_id (seed));
        }
      frame = p2p_app_frame_new_receipt (ids, NULL);
      rt_people_note_own_program (rt_network_get_people (self->a), id, g_get_real_time ());
      rt_network_take_receipt (self->a, frame, message, NULL);
      g_assert_cmpuint (self->a->talk->n_finds, <=, RT_TALK_FINDS_AT_A_TIME);
    }
  rt_network_get_talk_counts (self->a, &counts);
  g_assert_cmpuint (counts.receipts - before.receipts, ==, 8000);
  /* 4096, and what comes back meanwhile */
  g_assert_cmpuint (counts.receipts_dropped - before.receipts_dropped, >, 2000);
  g_assert_cmpuint (counts.finds_refused - before.finds_refused, >, 2000);
  /* files of what nobody knows: nothing of the disk is left for them just now */
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *seed = g_strdup_printf ("of file %u", i);
      g_autoptr (GBytes) about = dup_id (seed);
      g_autoptr (RtAttachment) attachment = rt_attachment_new_offered (about, 100, "a.bin", "", "node-1");

      g_signal_emit_by_name (rt_network_get_transfers (self->a), "offered", about, attachment);
      g_assert_cmpuint (self->a->talk->n_finds, <=, RT_TALK_FINDS_AT_A_TIME);
    }
  rt_network_get_talk_counts (self->a, &before);
  g_assert_cmpuint (before.finds_refused - counts.finds_refused, >, 500);
  rt_wait_until (self->a->talk->n_finds == 0);
  /* names: the rows are looked at once */
  g_assert_cmpstr (rt_message_item_get_sender_word (row), ==, NULL);
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *id = g_strdup_printf ("node-%u", i);

      rt_people_note_name (rt_network_get_people (self->a), id, i == 1000 ? "Bob" : "Nobody", g_get_real_time ());
    }
  g_assert_cmpuint (self->a->talk->rename_timer, !=, 0);
  g_assert_cmpuint (g_hash_table_size (self->a->talk->renamed), <=, 1024);
  g_assert_cmpstr (rt_message_item_get_sender_word (row), ==, NULL);
  rt_wait_until (rt_message_item_get_sender_word (row) != NULL);
  g_assert_cmpuint (g_hash_table_size (self->a->talk->renamed), ==, 0);
}

/* In a crowd nobody wants to know who has what. */
static void
test_no_receipts_in_a_crowd (Fixture *self, gconstpointer data)
{
  RtTalkCounts counts;

  teller_init (&self->mallory, self->a);
  rt_wait_until (self->mallory.n_names > 0);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *id = g_strdup_printf ("node-%u", i);

      rt_people_note_own_program (rt_network_get_people (self->a), id, g_get_real_time ());
    }
  rt_network_send_text (self->b, "to everybody", NULL);
  wait_rows (self->a, 1);
  rt_wait_until (self->a->talk->public_timer != 0);
  rt_wait_until (self->a->talk->public_timer == 0);
  rt_network_get_talk_counts (self->a, &counts);
  g_assert_cmpuint (counts.receipts_out, ==, 0);
}

/* One of py2p beside us reads plain words and hardly anything else; where nobody of this program is nothing is whispered or asked, and nothing told twice. */
static void
test_original (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "elsewhere", NULL);
  RtTalkCounts counts;
  RtPerson *person;

  rt_wait_until (rt_network_get_chat_loaded (network));
  network->talk->last_seen = g_get_real_time () / G_USEC_PER_SEC - 3600;
  original_init (&self->original, network);
  original_say (&self->original, "hello from py2p");
  wait_rows (network, 1);
  person = rt_people_find (rt_network_get_people (network), ORIGINAL_ID);
  g_assert_nonnull (person);
  g_assert_false (rt_person_get_own_program (person));
  g_assert_null (rt_person_get_name (person));
  rt_network_send_text (network, "hello yourself", NULL);
  rt_wait_until (self->original.n_texts == 1);
  g_assert_cmpstr (self->original.text, ==, "hello yourself");
  rt_wait_until (self->original.n_apps == 1);
  /* nobody would know what to do with another name, or with a receipt */
  rt_networks_set_user_name (self->ada.networks, "Augusta");
  g_assert_cmpuint (network->talk->name_timer, ==, 0);
  g_assert_cmpuint (network->talk->public_timer, ==, 0);
  rt_network_send (network, "an answer", NULL, rt_message_item_get_id (row_at (network, 0)), NULL, NULL);
  rt_wait_until (self->original.n_texts == 2);
  g_assert_cmpstr (self->original.text, ==, "an answer");
  rt_network_get_talk_counts (network, &counts);
  g_assert_cmpuint (counts.names_out, ==, 1);
  g_assert_cmpuint (counts.whispers_out, ==, 0);
  g_assert_cmpuint (counts.receipts_out, ==, 0);
  g_assert_cmpuint (self->original.n_app_whispers, ==, 0);
  g_assert_cmpuint (self->original.n_apps, <=, 2);
  g_assert_null (network->talk->round);
  /* of whom to ask what was missed waits for somebody who knows */
  g_assert_cmpint (network->talk->missed_from, !=, 0);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_gaps (network)), ==, 1);
  g_assert_false (self->original.ended);
}

static void
flood_people (RtPeople *people, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    {
      g_autofree char *id = g_strdup_printf ("Mallory%uxQmVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUq", i);

      rt_people_note_heard (people, id, g_get_real_time ());
    }
  rt_people_flush (people, g_get_real_time ());
}

/* Anybody makes ids by the thousand: of those that gave way nothing is held, also where nothing is kept, or not yet. */
static void
test_id_flood (Fixture *self, gconstpointer data)
{
  RtPeople *people = rt_network_get_people (self->a);

  rt_wait_until (rt_network_get_chat_loaded (self->a));
  self->a->chat_loaded = FALSE;
  for (guint i = 0; i < 3; i++)
    flood_people (people, i * RT_PEOPLE_MAX, RT_PEOPLE_MAX);
  g_assert_cmpuint (people->unsaved->len, <=, RT_PEOPLE_MAX);
  g_assert_cmpuint (people->unsaved->len, >, RT_PEOPLE_MAX / 2);
  self->a->chat_loaded = TRUE;
  flood_people (people, 0, 1);
  g_assert_cmpuint (people->unsaved->len, ==, 0);
  rt_network_free_chat (self->a);
  flood_people (people, 4 * RT_PEOPLE_MAX, RT_PEOPLE_MAX);
  g_assert_cmpuint (people->unsaved->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-talk/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("names", test_names);
  ADD ("claims", test_claims);
  ADD ("name-flood", test_name_flood);
  ADD ("replies", test_replies);
  ADD ("late-reply", test_late_reply);
  ADD ("reply-lies", test_reply_lies);
  ADD ("receipts", test_receipts);
  ADD ("receipt-lies", test_receipt_lies);
  ADD ("original", test_original);
  ADD ("impostor", test_impostor);
  ADD ("free-ids", test_free_ids);
  ADD ("no-receipts-in-a-crowd", test_no_receipts_in_a_crowd);
  ADD ("id-flood", test_id_flood);
  return g_test_run ();
}
