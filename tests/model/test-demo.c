/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demonstration: peers in this process, that answer. */
#include <string.h>

#include "model/demo/rt-demo.h"
#include "model/demo/rt-lab.h"
#include "model/network/rt-network-private.h"
#include "network-test.h"

enum { ADA, BO, CLEO, DAG };

/* ---- what they say ---- */

static void
assert_answer (RtDemoGuide *guide, RtDemoEvent event, const char *text, const char *contains, RtDemoStep step)
{
  g_autofree char *words = rt_demo_guide_answer (guide, event, text, "Ada");

  if (contains == NULL)
    g_assert_null (words);
  else if (words == NULL || strstr (words, contains) == NULL)
    g_error ("“%s” was to be in “%s”", contains, words);
  g_assert_cmpuint (guide->step, ==, step);
}

static void
test_tour (void)
{
  RtDemoGuide guide = { 0 };

  /* what it does not wait for is answered by a tip, or not at all */
  assert_answer (&guide, RT_DEMO_WROTE, "#tea", NULL, RT_DEMO_STEP_TALK);
  assert_answer (&guide, RT_DEMO_SAID, "hello", "choose Reply", RT_DEMO_STEP_REPLY);
  assert_answer (&guide, RT_DEMO_SAID, "what?", "by way of Ada", RT_DEMO_STEP_REPLY);
  assert_answer (&guide, RT_DEMO_WHISPERED, "psst", "“next”", RT_DEMO_STEP_REPLY);
  assert_answer (&guide, RT_DEMO_REPLIED, "here", "That was a reply", RT_DEMO_STEP_WHISPER);
  assert_answer (&guide, RT_DEMO_WHISPERED, "psst", "Only you and I", RT_DEMO_STEP_TABLE);
  assert_answer (&guide, RT_DEMO_WROTE, "#{my tea}", "I have #{my tea} now", RT_DEMO_STEP_LOOK);
  assert_answer (&guide, RT_DEMO_WROTE, "#tea", NULL, RT_DEMO_STEP_LOOK);
  assert_answer (&guide, RT_DEMO_SAID, "seen", "lab mode", RT_DEMO_STEP_DONE);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *words = rt_demo_guide_answer (&guide, RT_DEMO_SAID, "next", NULL);

      g_assert_nonnull (words);
      g_assert_null (strstr (words, "“next”"));
    }
  g_assert_cmpuint (guide.step, ==, RT_DEMO_STEP_DONE);
}

/* A step can be skipped, and is not praised then; and all of it seen again. */
static void
test_skipped (void)
{
  RtDemoGuide guide = { 0 };

  assert_answer (&guide, RT_DEMO_SAID, " NEXT ", "Now answer me", RT_DEMO_STEP_REPLY);
  assert_answer (&guide, RT_DEMO_WHISPERED, "next", "Now say something to me alone", RT_DEMO_STEP_WHISPER);
  assert_answer (&guide, RT_DEMO_SAID, "next", "Now open the Table", RT_DEMO_STEP_TABLE);
  assert_answer (&guide, RT_DEMO_SAID, "next", "Now open the Peers", RT_DEMO_STEP_LOOK);
  assert_answer (&guide, RT_DEMO_SAID, "next", "At last", RT_DEMO_STEP_DONE);
  assert_answer (&guide, RT_DEMO_SAID, "Help", "Hello!", RT_DEMO_STEP_TALK);
  assert_answer (&guide, RT_DEMO_SAID, "next to nothing", "I heard you", RT_DEMO_STEP_REPLY);
}

/* ---- over real links ---- */

typedef struct {
  Person     you;
  RtNetwork *network;
  RtDemo    *demo;
} Fixture;

/* Fast: the tests wait for what they say, not for them to say it. Whoever has not heard it is waited for as long as a test takes. */
#define PATIENCE 60000
static void
wait_begin (Fixture *self)
{
  wait_up (self->network);
  self->demo = rt_network_get_demo (self->network);
  g_assert_nonnull (self->demo);
  rt_demo_set_pace (self->demo, 1, PATIENCE, 20);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "demo", TRUE, "subnet", "Demo", "kind", "sync",
                                                     "encryption", data != NULL ? data : P2P_ENCRYPTION_PLAINTEXT,
                                                     "listen-host", "127.0.0.1", "max-outgoing", 0u, NULL);
  g_autoptr (GError) error = NULL;

  person_init (&self->you);
  rt_networks_set_user_name (self->you.networks, "Eve");
  self->network = rt_networks_add (self->you.networks, config, &error);
  g_assert_no_error (error);
  wait_begin (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->you);
}

static const char *
get_peer_id (Fixture *self, guint position)
{
  return rt_demo_get_peer (self->demo, position)->node_id;
}

/* The newest row, when there are so many. */
static RtMessageItem *
wait_row (Fixture *self, guint n)
{
  wait_rows (self->network, n);
  return row_at (self->network, n - 1);
}

static void
assert_from (Fixture *self, RtMessageItem *item, guint peer, const char *contains)
{
  if (strstr (rt_message_item_get_text (item), contains) == NULL)
    g_error ("“%s” was to be in “%s”", contains, rt_message_item_get_text (item));
  g_assert_cmpstr (rt_message_item_get_sender (item), ==, get_peer_id (self, peer));
}

/* All that there will be: whoever comes later may hear what was said, or be told of it. */
static void
wait_links (Fixture *self)
{
  wait_peers (self->network, 2);
  wait_peers (rt_demo_get_peer (self->demo, ADA), 2);
  wait_peers (rt_demo_get_peer (self->demo, BO), 2);
  wait_peers (rt_demo_get_peer (self->demo, CLEO), 3);
  wait_peers (rt_demo_get_peer (self->demo, DAG), 1);
}

static gboolean
is_known (RtNetwork *network, const char *id)
{
  RtPerson *person = rt_people_find (rt_network_get_people (network), id);

  return person != NULL && rt_person_get_own_program (person) && strstr (rt_person_get_shown_name (person), "…") == NULL;
}

/* Whoever comes is greeted, answered, privately too, and called back; all by real packets. */
static void
test_talks (Fixture *self, gconstpointer data)
{
  RtMessageItem *own, *item;
  g_autofree char *called = NULL;

  /* two are linked to us, the others behind them */
  wait_peers (self->network, 2);
  item = wait_row (self, 1);
  assert_from (self, item, ADA, "Hello!");
  rt_wait_until (g_strcmp0 (rt_message_item_get_sender_name (item), "Ada the program") == 0);
  wait_links (self);

  /* all know of all; only then they tell what they have heard */
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    rt_wait_until (is_known (rt_demo_get_peer (self->demo, i), network_get_id (self->network)) && is_known (self->network, get_peer_id (self, i)));

  /* who is named answers */
  own = rt_network_send_text (self->network, "hello, Dag", NULL);
  item = wait_row (self, 3);
  assert_from (self, item, DAG, "choose Reply");
  rt_wait_until (rt_message_item_get_reply_to (item) != NULL);
  g_assert_true (g_bytes_equal (rt_message_item_get_reply_to (item), rt_message_item_get_id (own)));
  /* and who is answered */
  rt_network_send (self->network, "here", NULL, rt_message_item_get_id (item), NULL, NULL);
  item = wait_row (self, 5);
  assert_from (self, item, DAG, "That was a reply");
  /* what is said to one he answers alone, though no link leads to him */
  rt_network_whisper_text (self->network, get_peer_id (self, DAG), "psst", NULL);
  item = wait_row (self, 7);
  assert_from (self, item, DAG, "Only you and I");
  g_assert_true (rt_message_item_get_private (item));
  /* they have heard us, each by its name */
  rt_wait_until (rt_message_item_get_n_receipts (own) == 4);
}

static GVariant *
dup_value (RtNetwork *network, const char *key)
{
  return p2p_sync_socket_get_text (P2P_SYNC_SOCKET (rt_network_get_socket (network)), key, NULL);
}

static gint64
get_count (RtNetwork *network)
{
  g_autoptr (GVariant) value = dup_value (network, "count");

  return value != NULL ? g_variant_get_int64 (value) : 0;
}

/* The table changes, what is theirs cannot be changed by us, and what is ours they see. */
static void
test_table (Fixture *self, gconstpointer data)
{
  P2pSyncSocket *table;
  g_autoptr (GError) error = NULL;
  RtMessageItem *item;

  rt_wait_until (get_count (self->network) >= 3);
  for (guint i = 0; i < 3; i++)
    {
      const char *keys[] = { "welcome", "weather", "rota" };

      rt_wait_until (p2p_sync_socket_contains_text (P2P_SYNC_SOCKET (rt_network_get_socket (self->network)), keys[i]));
    }
  table = P2P_SYNC_SOCKET (rt_network_get_socket (self->network));
  g_assert_false (p2p_sync_socket_set_text (table, "count", g_variant_new_string ("mine"), &error));
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_LEASED);
  item = wait_row (self, 1);
  wait_links (self);
  for (guint i = 0; i < 3; i++)
    {
      rt_network_send_text (self->network, "next", NULL);
      item = wait_row (self, 3 + 2 * i);
    }
  g_assert_nonnull (strstr (rt_message_item_get_text (item), "Table page"));
  g_assert_true (p2p_sync_socket_set_text (table, "tea", g_variant_new_string ("green"), NULL));
  item = wait_row (self, 8);
  assert_from (self, item, CLEO, "I have #tea now");
}

/* Off is off, for them too; on again they are who they were, and say nothing of themselves. After a restart, too. */
static void
test_lives (Fixture *self, gconstpointer data)
{
  g_autofree char *ada = NULL;
  gint64 count;

  wait_peers (self->network, 2);
  ada = g_strdup (get_peer_id (self, ADA));
  wait_row (self, 1);
  rt_wait_until (get_count (self->network) >= 2);
  rt_network_stop (self->network);
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    g_assert_cmpint (rt_network_get_state (rt_demo_get_peer (self->demo, i)), ==, RT_NETWORK_STOPPED);
  rt_network_start (self->network);
  wait_peers (self->network, 2);
  g_assert_cmpstr (get_peer_id (self, ADA), ==, ada);
  count = get_count (self->network);
  rt_wait_until (get_count (self->network) > count);
  count = get_count (self->network);

  person_end (&self->you);
  person_begin (&self->you);
  self->network = person_get (&self->you, 0);
  g_assert_true (rt_network_config_get_demo (rt_network_get_config (self->network)));
  wait_begin (self);
  wait_links (self);
  g_assert_cmpstr (get_peer_id (self, ADA), ==, ada);
  /* who has not been heard of may not be there */
  g_assert_false (rt_demo_get_lively (self->demo));
  /* nobody greets again */
  rt_network_send_text (self->network, "back", NULL);
  wait_rows (self->network, 3);
  g_assert_cmpuint (count_rows (self->network), ==, 3);
  /* it goes on where it was */
  g_assert_true (rt_demo_get_lively (self->demo));
  rt_wait_until (get_count (self->network) > count);
  /* and of where they were nothing is kept: they are elsewhere the next time */
  for (guint i = 0; i < g_list_model_get_n_items (rt_network_get_known_peers (self->network)); i++)
    {
      g_autoptr (RtKnownPeer) known = g_list_model_get_item (rt_network_get_known_peers (self->network), i);

      g_assert_null (rt_known_peer_get_cause (known));
    }
}

/* Who leaves leaves nothing. */
static void
test_left (Fixture *self, gconstpointer data)
{
  RtNetwork *peers[RT_DEMO_PEERS];
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (self->network));
  g_autoptr (RtNetworkConfig) second = g_object_new (RT_TYPE_NETWORK_CONFIG, "demo", TRUE, "subnet", "Demo", "kind", "sync", "encryption", P2P_ENCRYPTION_PLAINTEXT, NULL);
  g_autoptr (GError) error = NULL;

  wait_peers (self->network, 2);
  /* there is one at a time */
  g_assert_null (rt_networks_add (self->you.networks, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    {
      peers[i] = rt_demo_get_peer (self->demo, i);
      g_object_add_weak_pointer (G_OBJECT (peers[i]), (gpointer *) &peers[i]);
    }
  rt_networks_remove (self->you.networks, self->network);
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    rt_wait_until (peers[i] == NULL);
  person_end (&self->you);
  person_begin (&self->you);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->you.networks)), ==, 0);
  /* and may come again */
  self->network = rt_networks_add (self->you.networks, second, NULL);
  g_assert_nonnull (self->network);
  wait_begin (self);
  wait_peers (self->network, 2);
}

static gboolean
has (RtNetwork *network, RtMessageItem *item)
{
  return rt_message_item_get_id (item) != NULL && rt_network_find_held (network, rt_message_item_get_id (item)) != NULL;
}

/* Who writes more than they answer is not answered for ever, and they answer him alone. */
static void
test_many (Fixture *self, gconstpointer data)
{
  RtMessageItem *last;

  wait_row (self, 1);
  wait_links (self);
  rt_demo_set_pace (self->demo, 3600000, PATIENCE, 10000);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("number %u", i);

      rt_network_send_text (self->network, text, NULL);
    }
  last = rt_network_send_text (self->network, "the last", NULL);
  for (guint i = 0; i < RT_DEMO_PEERS; i++)
    rt_wait_until (has (rt_demo_get_peer (self->demo, i), last));
  /* four at a time */
  rt_demo_set_pace (self->demo, 1, PATIENCE, 10000);
  wait_rows (self->network, 1 + 21 + 4);
  rt_network_send_text (self->network, "after all", NULL);
  wait_rows (self->network, 1 + 22 + 5);
  g_assert_cmpuint (count_rows (self->network), ==, 1 + 22 + 5);
}

/* Heard by one long before the others: he who is named answers, and nobody else does when it comes to him. */
static void
test_late (Fixture *self, gconstpointer data)
{
  RtMessageItem *own, *item;
  RtNetwork *dag = rt_demo_get_peer (self->demo, DAG);

  wait_row (self, 1);
  wait_links (self);
  /* as on a machine that has no time for its sockets: Dag is the last */
  g_object_set (rt_network_get_lab (dag), "delay", 200u, NULL);
  rt_network_send_text (self->network, "hello, Dag", NULL);
  item = wait_row (self, 3);
  assert_from (self, item, DAG, "choose Reply");
  /* whom it does not reach nobody waits for without end; and when it does, it is answered already */
  g_object_set (rt_network_get_lab (dag), "delay", RT_LAB_MAX_DELAY, NULL);
  rt_demo_set_pace (self->demo, 1, 1, 20);
  own = rt_network_send_text (self->network, "once, Dag", NULL);
  item = wait_row (self, 5);
  g_assert_cmpstr (rt_message_item_get_sender (item), !=, get_peer_id (self, DAG));
  rt_demo_set_pace (self->demo, 1, PATIENCE, 20);
  g_object_set (rt_network_get_lab (dag), "delay", 0u, NULL);
  rt_wait_until (has (dag, own));
  g_assert_cmpuint (rt_demo_get_n_waiting (self->demo), ==, 0);
  rt_network_send_text (self->network, "again, Dag", NULL);
  item = wait_row (self, 7);
  assert_from (self, item, DAG, "");
  g_assert_cmpuint (count_rows (self->network), ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/demo/tour", test_tour);
  g_test_add_func ("/demo/skipped", test_skipped);
  g_test_add ("/demo/talks", Fixture, NULL, set_up, test_talks, tear_down);
  g_test_add ("/demo/talks-encrypted", Fixture, P2P_ENCRYPTION_SSL, set_up, test_talks, tear_down);
  g_test_add ("/demo/table", Fixture, NULL, set_up, test_table, tear_down);
  g_test_add ("/demo/lives", Fixture, NULL, set_up, test_lives, tear_down);
  g_test_add ("/demo/left", Fixture, NULL, set_up, test_left, tear_down);
  g_test_add ("/demo/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/demo/late", Fixture, NULL, set_up, test_late, tear_down);
  return g_test_run ();
}
