/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is speaking: what is proved, what is not, and what that moves. */
#include "kept-fixture.h"
#include "original.h"
#include "model/timeline/rt-notices.h"
#include "model/transfers/rt-transfers-private.h"
#include "p2p/wire/p2p-message-struct.h"

#include <string.h>

#define SIGNER "signersignersigner"
#define ORIGINAL "originaloriginal"
/* as long as it takes to say a message to a neighbour many times over */
#define LINGER_MILLISECONDS 1000

static GBytes *
make_bytes (char of, gsize length)
{
  g_autofree char *data = g_malloc (length);

  memset (data, of, length);
  return g_bytes_new (data, length);
}

static void
know_key (RtNetwork *network, const char *id)
{
  g_autoptr (GBytes) key = make_bytes ('k', 32);

  rt_people_note_heard (rt_network_get_people (network), id, g_get_real_time ());
  rt_people_note_key (rt_network_get_people (network), id, key, g_get_real_time ());
}

/* As the node hands it on when it found a proof; proof 0: it came on a link that needs none. */
static void
prove (P2pMessage *message, char proof)
{
  message->verified = TRUE;
  message->proof = proof != 0 ? make_bytes (proof, 102) : NULL;
}

static RtMessageItem *
hear (RtNetwork *network, const char *sender, const char *text, gboolean proved)
{
  g_autoptr (P2pMessage) message = make_message (sender, P2P_FLAG_BROADCAST, g_get_real_time () / G_USEC_PER_SEC, text);

  if (proved)
    prove (message, 'p');
  rt_network_take_message (network, message, "55555");
  return row_at (network, count_rows (network) - 1);
}

/* A frame as the node tells of it. */
static void
hear_frame (RtNetwork *network, const char *sender, P2pAppFrame *frame, gboolean proved)
{
  g_autoptr (GVariant) packets = g_variant_ref_sink (p2p_app_frame_pack (frame));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, sender, g_get_real_time () / G_USEC_PER_SEC, packets, NULL);

  if (proved)
    prove (message, 'p');
  g_signal_emit_by_name (rt_network_get_socket (network), "app-frame", frame, message, NULL);
}

static void
note_trust (GObject *item, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

/* Three kinds of rows; a proof that comes late changes one, and all is there in the next life. */
static void
test_rows (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "trust", NULL);
  g_autoptr (GBytes) late = make_bytes ('l', 134), id = NULL, wrong = NULL;
  RtMessageItem *item;
  guint n = 0;

  know_key (network, SIGNER);
  g_assert_cmpint (rt_message_item_get_trust (hear (network, SIGNER, "proved", TRUE)), ==, RT_TRUST_VERIFIED);
  g_assert_cmpint (rt_message_item_get_trust (hear (network, ORIGINAL, "cannot be", FALSE)), ==, RT_TRUST_UNVERIFIED);
  item = hear (network, SIGNER, "forged", FALSE);
  g_assert_cmpint (rt_message_item_get_trust (item), ==, RT_TRUST_UNSIGNED);
  g_assert_nonnull (strstr (rt_trust_words (RT_TRUST_UNSIGNED), "Not signed, though"));
  item = hear (network, SIGNER, "late", FALSE);
  g_signal_connect (item, "notify::trust", G_CALLBACK (note_trust), &n);
  id = g_bytes_ref (rt_message_item_get_id (item));
  wrong = g_bytes_ref (rt_message_item_get_id (row_at (network, 2)));
  g_signal_emit_by_name (rt_network_get_socket (network), "message-proved", id, SIGNER, late);
  /* somebody else's proof proves nothing of it */
  g_signal_emit_by_name (rt_network_get_socket (network), "message-proved", wrong, ORIGINAL, late);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (rt_message_item_get_trust (item), ==, RT_TRUST_VERIFIED);
  g_assert_true (g_bytes_equal (rt_message_item_get_proof (item), late));
  item = rt_network_send_text (network, "mine", NULL);
  g_assert_cmpint (rt_message_item_get_trust (item), ==, RT_TRUST_OWN);
  g_assert_null (rt_trust_words (RT_TRUST_OWN));
  flush (network);

  network = begin_again (&self->ada);
  {
    static const RtTrust expected[] = { RT_TRUST_VERIFIED, RT_TRUST_UNVERIFIED, RT_TRUST_UNSIGNED, RT_TRUST_VERIFIED, RT_TRUST_OWN };
    RtPerson *signer = rt_people_find (rt_network_get_people (network), SIGNER);

    for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
      g_assert_cmpint (rt_message_item_get_trust (row_at (network, i)), ==, expected[i]);
    g_assert_cmpuint (g_bytes_get_size (rt_message_item_get_proof (row_at (network, 0))), ==, 102);
    g_assert_true (g_bytes_equal (rt_message_item_get_proof (row_at (network, 3)), late));
    g_assert_nonnull (signer);
    g_assert_cmpint (rt_person_get_state (signer), ==, RT_PERSON_SIGNED);
    /* who was known is known: nobody speaks for him in this life */
    g_assert_cmpint (rt_message_item_get_trust (hear (network, SIGNER, "forged again", FALSE)), ==, RT_TRUST_UNSIGNED);
  }
}

static void
keep_notice_cb (RtNotices *notices, const RtNotice *notice, RtNotice **kept)
{
  g_clear_pointer (kept, rt_notice_free);
  *kept = rt_notice_copy (notice);
}

/* What warns beside a row warns where the row is quoted and where it is told of, and does not ring; and is gone when it is proved. */
static void
test_marks (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "marks", NULL);
  RtPeople *people = rt_network_get_people (network);
  g_autoptr (RtNotices) notices = NULL;
  g_autoptr (GBytes) late = make_bytes ('l', 102);
  RtNotice *notice = NULL;
  RtMessageItem *forged, *answer;

  rt_networks_set_user_name (self->ada.networks, "Ada");
  know_key (network, SIGNER);
  rt_people_note_claim (people, SIGNER, "Sam", NULL, TRUE, g_get_real_time ());
  notices = rt_notices_new (G_LIST_MODEL (self->ada.networks));
  g_signal_connect (notices, "show", G_CALLBACK (keep_notice_cb), &notice);
  forged = hear (network, SIGNER, "Ada, come at once", FALSE);
  rt_wait_until (notice != NULL);
  g_assert_cmpstr (notice->body, ==, "Sam · Not signed: Ada, come at once");
  g_assert_false (notice->important);
  answer = hear (network, ORIGINAL, "I come too", FALSE);
  rt_network_note_reply (network, rt_message_item_get_id (answer), rt_message_item_get_id (forged));
  rt_network_look_up_reply (network, answer);
  rt_wait_until (rt_message_item_get_reply_state (answer) == RT_REPLY_FOUND);
  g_assert_cmpstr (rt_message_item_get_reply_name (answer), ==, "Sam · Not signed");
  rt_network_note_proof (network, rt_message_item_get_id (forged), SIGNER, late);
  rt_wait_until (g_strcmp0 (rt_message_item_get_reply_name (answer), "Sam") == 0);
  /* one who took the name, though he signs */
  g_clear_pointer (&notice, rt_notice_free);
  know_key (network, "33333");
  rt_people_note_claim (people, "33333", "sam", NULL, TRUE, g_get_real_time ());
  hear (network, "33333", "it is me", TRUE);
  rt_wait_until (notice != NULL && strstr (notice->body, "· Changed: it is me") != NULL);
  g_clear_pointer (&notice, rt_notice_free);
}

/* It came so that nobody could read it, and so that nobody else could have said it. */
static void
test_sealed (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "sealed", NULL);
  g_autoptr (P2pMessage) message = make_message (SIGNER, P2P_FLAG_WHISPER, g_get_real_time () / G_USEC_PER_SEC, "psst");

  prove (message, 0);
  message->sealed = TRUE;
  rt_network_take_message (network, message, SIGNER);
  /* this life is young: it is looked up first */
  wait_rows (network, 1);
  flush (network);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (rt_message_item_get_sealed (row_at (network, 0)));
      g_assert_cmpint (rt_message_item_get_trust (row_at (network, 0)), ==, RT_TRUST_VERIFIED);
      g_assert_null (rt_message_item_get_proof (row_at (network, 0)));
      if (i == 0)
        network = begin_again (&self->ada);
    }
}

/* Names, replies and receipts of those who sign, which they did not say. */
static void
test_forged_frames (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "frames", NULL);
  RtPeople *people = rt_network_get_people (network);
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Mallory", P2P_APP_NAME_NONE, NULL), reply = NULL, receipt = NULL;
  g_autoptr (GBytes) to = make_bytes ('t', 32);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  RtMessageItem *own, *heard;
  RtTalkCounts counts;

  rt_wait_until (rt_network_get_socket (network) != NULL);
  know_key (network, SIGNER);
  own = rt_network_send_text (network, "mine", NULL);
  {
    g_autoptr (P2pMessage) sent = make_message (network_get_id (network), P2P_FLAG_BROADCAST, 1700000000, "mine");

    rt_message_item_set_sent (own, sent, RT_DELIVERY_HANDED, 1, NULL);
    rt_network_save_item (network, own, FALSE, FALSE);
    rt_network_tell_item (network, own);
    flush (network);
  }
  heard = hear (network, SIGNER, "said", TRUE);
  g_ptr_array_add (ids, rt_message_item_get_id (own));
  receipt = p2p_app_frame_new_receipt (ids, NULL);
  reply = p2p_app_frame_new_reply (rt_message_item_get_id (heard), to, NULL);

  for (guint i = 0; i < 2; i++)
    {
      gboolean proved = i == 1;
      RtPerson *person = rt_people_find (people, SIGNER);

      hear_frame (network, SIGNER, name, proved);
      hear_frame (network, SIGNER, receipt, proved);
      hear_frame (network, SIGNER, reply, proved);
      g_assert_cmpstr (rt_person_get_name (person), ==, proved ? "Mallory" : NULL);
      g_assert_cmpuint (rt_message_item_get_n_receipts (own), ==, (guint) i);
      rt_network_get_talk_counts (network, &counts);
      g_assert_cmpuint (counts.unsigned_frames, ==, 3);
      g_assert_cmpuint (counts.replies, ==, i);
    }
  /* those of an original can be claimed by anybody, as ever */
  hear (network, ORIGINAL, "said", FALSE);
  hear_frame (network, ORIGINAL, name, FALSE);
  g_assert_cmpstr (rt_person_get_claimed_name (rt_people_find (people, ORIGINAL)), ==, "Mallory");
  g_assert_cmpint (rt_person_get_state (rt_people_find (people, ORIGINAL)), ==, RT_PERSON_SAME_NAME);
}

/* What the person calls somebody stands wherever he is named, in this life and the next; what he called himself is kept with what he said. */
static void
test_petname (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "petname", NULL);
  g_autoptr (GBytes) id = make_bytes ('m', 32);
  g_autofree char *asked = NULL;

  know_key (network, SIGNER);
  rt_people_note_claim (rt_network_get_people (network), SIGNER, "countess", id, TRUE, g_get_real_time ());
  hear (network, SIGNER, "before", TRUE);
  g_assert_true (rt_people_set_petname (rt_network_get_people (network), SIGNER, "Ada", NULL));
  g_assert_true (rt_people_set_compared (rt_network_get_people (network), SIGNER, TRUE, g_get_real_time ()));
  hear (network, SIGNER, "after", TRUE);
  rt_wait_until (g_str_equal (rt_message_item_get_sender_name (row_at (network, 0)), "Ada"));
  rt_people_flush (rt_network_get_people (network), g_get_real_time ());
  flush (network);

  network = begin_again (&self->ada);
  for (guint i = 0; i < 2; i++)
    {
      RtMessageItem *item = row_at (network, i);
      g_autoptr (RtStoreMessage) stored = rt_message_item_to_store (item, FALSE);

      g_assert_cmpstr (rt_message_item_get_sender_name (item), ==, "Ada");
      g_assert_cmpstr (rt_message_item_get_claimed_name (item), ==, "countess");
      g_assert_cmpstr (stored->sender_name, ==, "countess");
    }
  asked = rt_people_dup_shown_name (rt_network_get_people (network), SIGNER);
  g_assert_cmpstr (asked, ==, "Ada");
  g_assert_cmpint (rt_person_get_compared (rt_people_find (rt_network_get_people (network), SIGNER)), >, 0);
}

/* Pieces of files are given to who proves that he asked for them, and not to who says so on his link. */
static void
test_forged_fetch (KeptFixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "fetch", NULL), *b;
  g_autofree char *address = network_dup_address (a);
  RtTransfers *transfers = rt_network_get_transfers (a);
  g_autoptr (GBytes) bytes = make_bytes ('f', 300 * 1024);
  g_autoptr (RtAttachment) own = rt_transfers_add_bytes (transfers, bytes, "f.bin", NULL);
  g_autoptr (P2pAppFrame) frame = NULL;
  g_autoptr (GVariant) packets = NULL;
  P2pConnection *connection;

  b = person_join (&self->bob, "fetch", address);
  wait_peers (a, 1);
  rt_wait_until (rt_attachment_get_state (own) == RT_ATTACHMENT_HERE);
  rt_transfers_offer (transfers, own, NULL);
  connection = p2p_mesh_socket_get_connection (rt_network_get_socket (a), network_get_id (b));
  g_assert_true (rt_network_can_seal (a, network_get_id (b)));
  frame = p2p_app_frame_new_fetch (7, rt_attachment_get_file (own), 0, 2, NULL);
  packets = g_variant_ref_sink (p2p_app_frame_pack (frame));
  for (guint proved = 0; proved < 2; proved++)
    {
      g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, network_get_id (b), g_get_real_time () / G_USEC_PER_SEC, packets, NULL);

      if (proved)
        prove (message, 0);
      g_signal_emit_by_name (rt_network_get_socket (a), "app-frame", frame, message, connection);
      g_assert_cmpuint (transfers->serves->len, ==, proved);
    }
}

/* Said on his link, and not sealed: it was not he. */
static void
test_plain_whisper (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "plain", NULL);
  g_autoptr (P2pMessage) signer = make_message (SIGNER, P2P_FLAG_WHISPER, g_get_real_time () / G_USEC_PER_SEC, "psst");
  g_autoptr (P2pMessage) original = make_message (ORIGINAL, P2P_FLAG_WHISPER, g_get_real_time () / G_USEC_PER_SEC, "psst");

  know_key (network, SIGNER);
  rt_network_take_message (network, signer, SIGNER);
  rt_network_take_message (network, original, ORIGINAL);
  g_assert_cmpint (rt_message_item_get_trust (row_at (network, 0)), ==, RT_TRUST_UNSIGNED);
  g_assert_cmpint (rt_message_item_get_trust (row_at (network, 1)), ==, RT_TRUST_UNVERIFIED);
}

/* "Only he can read this", and then who has no key comes under his id, before his key is known to the socket of this life: it stays here, in this life and in the next. */
static void
test_promise (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "promise", NULL);
  Original impostor = { 0 };
  RtMessageItem *item;

  know_key (network, ORIGINAL_ID);
  g_assert_true (rt_network_can_seal (network, ORIGINAL_ID));
  g_assert_cmpint (rt_network_get_way (network, ORIGINAL_ID), ==, RT_WAY_WAITS);
  rt_network_whisper_text (network, ORIGINAL_ID, "for your eyes only", NULL);
  for (guint i = 0; i < 2; i++)
    {
      original_init (&impostor, network);
      wait_peers (network, 1);
      item = row_at (network, 0);
      rt_wait_milliseconds (LINGER_MILLISECONDS);
      g_assert_cmpuint (impostor.n_whispers, ==, 0);
      g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_QUEUED);
      rt_network_retry (network, item);
      rt_wait_milliseconds (LINGER_MILLISECONDS);
      g_assert_cmpuint (impostor.n_whispers, ==, 0);
      g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_QUEUED);
      g_assert_null (rt_message_item_get_id (item));
      original_clear (&impostor);
      if (i == 0)
        {
          flush (network);
          network = begin_again (&self->ada);
          rt_network_start (network);
          wait_up (network);
        }
    }
  /* what is written now is plain, and is said to be; it leaves, and the other does not */
  original_init (&impostor, network);
  wait_peers (network, 1);
  g_assert_cmpint (rt_network_get_way (network, ORIGINAL_ID), ==, RT_WAY_PLAIN);
  rt_network_cancel (network, row_at (network, 0));
  item = rt_network_whisper_text (network, ORIGINAL_ID, "for whoever it is", NULL);
  wait_handed (item);
  g_assert_false (rt_message_item_get_sealed (item));
  rt_wait_until (impostor.n_whispers == 1);
  original_clear (&impostor);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/network-trust/" name, KeptFixture, NULL, kept_set_up, func, kept_tear_down)
  ADD ("rows", test_rows);
  ADD ("sealed", test_sealed);
  ADD ("marks", test_marks);
  ADD ("forged-frames", test_forged_frames);
  ADD ("petname", test_petname);
  ADD ("forged-fetch", test_forged_fetch);
  ADD ("plain-whisper", test_plain_whisper);
  ADD ("promise", test_promise);
  return g_test_run ();
}
