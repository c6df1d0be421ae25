/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids in the place of bodies: what it may cost, and what there is no room for. */
#include "own-peer.h"

#include <string.h>

#define MILLISECOND G_TIME_SPAN_MILLISECOND

/* A new link of the same node begins no new count. */
static void
test_served_is_remembered (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (RawPeer) first = NULL;
  MeshNode *alice;

  mesh->limits.serves = 2;
  alice = mesh_add (mesh, "alice");
  first = raw_dial (mesh, "first", alice);
  raw_handshake (first);
  mesh_send (alice, "kept");
  for (guint i = 0; i < 4; i++)
    {
      RawPeer *raw = own_dial (mesh, "raw", alice);
      g_autoptr (GByteArray) ids = own_get_ids (raw, P2P_CONTROL_IHAVE);

      g_assert_cmpuint (ids->len, ==, 32);
      own_send_ids (raw, P2P_CONTROL_IWANT, ids->data, 1);
      g_assert_cmpuint (own_heard (raw, "kept"), ==, i < 2);
      raw_free (raw);
      mesh_run (mesh, SECOND);
    }
  {
    g_autoptr (RawPeer) other = own_dial (mesh, "other", alice);
    g_autoptr (GByteArray) ids = own_get_ids (other, P2P_CONTROL_IHAVE);

    own_send_ids (other, P2P_CONTROL_IWANT, ids->data, 1);
    g_assert_cmpuint (own_heard (other, "kept"), ==, 1);
  }
}

/* Whoever announces without end has his share of the room, and others have theirs. */
static void
test_announced_without_end (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autofree guint8 *ids = g_malloc (512 * 32);
  MeshNode *alice;
  g_autoptr (RawPeer) flood = NULL;
  g_autoptr (RawPeer) friend = NULL;
  g_autoptr (P2pMessage) message = NULL;

  mesh->limits.awaited_messages = 400;
  alice = mesh_add (mesh, "alice");
  flood = own_dial (mesh, "flood", alice);
  friend = own_dial (mesh, "friend", alice);
  for (guint round = 0; round < 5; round++)
    {
      for (guint i = 0; i < 512; i++)
        own_fake_id (round * 512 + i, ids + 32 * i);
      own_send_ids (flood, P2P_CONTROL_IHAVE, ids, 512);
      g_assert_cmpuint (own_peer_at (alice, flood)->n_wanted, <=, 100);
      g_assert_cmpuint (alice->node->wanted->len, <=, 100);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_TOO_MANY], ==, 5);
  message = own_make (friend, "all the same");
  own_send_ids (friend, P2P_CONTROL_IHAVE, p2p_message_peek_id (message), 1);
  mesh_run (mesh, SECOND / 2);
  g_assert_true (own_has_id (friend, P2P_CONTROL_IWANT, p2p_message_peek_id (message)));
  g_assert_null (flood->error);
  mesh_run (mesh, 20 * SECOND);
  g_assert_cmpuint (alice->node->wanted->len, ==, 0);
}

/* What is not kept, and what nobody may ask for. */
static void
test_refused (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = own_dial (mesh, "raw", alice);
  guint8 ids[64];

  own_fake_id (1, ids);
  own_fake_id (2, ids + 32);
  own_send_ids (raw, P2P_CONTROL_IWANT, ids, 2);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_NOT_HELD], ==, 1);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 7>, <@ay [byte 1]>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 8>]");
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, 2);
  /* To and fro, more often than anybody needs. */
  for (guint i = 0; i < 10; i++)
    {
      own_send (raw, P2P_CONTROL_PRUNE);
      own_send (raw, P2P_CONTROL_GRAFT);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_RATE], ==, 4);
}

/* What is asked for leaves half of a link's queue to what is said now. */
static void
test_half_a_queue (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  const guint8 plain = 0;
  MeshNode *alice;
  g_autoptr (RawPeer) friend = NULL;
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GByteArray) ids = NULL;
  P2pPeer *peer;

  mesh->limits.out_queue = 512 * 1024;
  alice = mesh_add (mesh, "alice");
  p2p_mesh_node_set_methods (alice->node, &plain, 0);
  friend = raw_dial (mesh, "friend", alice);
  raw_handshake (friend);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u ", i);
      g_autofree char *text = g_strnfill (10000, 'x');

      memcpy (text, number, strlen (number));
      mesh_send (alice, text);
      mesh_run (mesh, 10 * MILLISECOND);
    }
  raw = own_dial (mesh, "raw", alice);
  ids = own_get_ids (raw, P2P_CONTROL_IHAVE);
  g_assert_cmpuint (ids->len, ==, 300 * 32);
  peer = own_peer_at (alice, raw);
  test_host_set_read_rate (raw->host, 10);
  /* The network takes some of it, so that he has to ask for more. */
  for (guint i = 0; i < 5 && p2p_link_get_queued (peer->link) <= 256 * 1024; i++)
    {
      own_send_ids (raw, P2P_CONTROL_IWANT, ids->data, 300);
      g_assert_cmpuint (p2p_link_get_queued (peer->link), <=, 256 * 1024 + 10500);
    }
  g_assert_cmpuint (p2p_link_get_queued (peer->link), >, 256 * 1024);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], >=, 1);
}

/* What a slow reader had no room for he hears when he reads again. */
static void
test_slow_reader (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  const guint8 plain = 0;
  MeshNode *alice;
  MeshNode *bob;
  MeshNode *carol;

  mesh->limits.out_queue = 128 * 1024;
  alice = mesh_add (mesh, "alice");
  p2p_mesh_node_set_methods (alice->node, &plain, 0);
  bob = mesh_add (mesh, "bob");
  carol = mesh_add (mesh, "carol");
  /* He hears of it by nobody else. */
  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  p2p_mesh_node_set_max_outgoing (carol->node, 0);
  mesh_connect (bob, alice);
  mesh_connect (carol, alice);
  g_assert_null (mesh_peer (carol, bob));
  test_host_set_read_rate (bob->host, 10);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u ", i);
      g_autofree char *text = g_strnfill (4000, 'x');

      memcpy (text, number, strlen (number));
      mesh_send (alice, text);
      mesh_run (mesh, 2 * MILLISECOND);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], >, 100);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (bob->messages->len, <, 300);
  test_host_set_read_rate (bob->host, 0);
  mesh_run (mesh, 40 * SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 400);
}

/* The spans of time, and how many are told at once: as they are set. */
static void
test_limits (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice;
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) two = NULL;
  guint8 id[32];

  mesh->limits.announce_milliseconds = 400;
  mesh->limits.announce_spacing_milliseconds = 4000;
  mesh->limits.announce_links = 1;
  mesh->limits.patience_milliseconds = 2000;
  alice = mesh_add (mesh, "alice");
  mesh_connect (bob, alice);
  one = own_dial (mesh, "one", alice);
  two = own_dial (mesh, "two", alice);
  own_send (one, P2P_CONTROL_PRUNE);
  own_send (two, P2P_CONTROL_PRUNE);
  mesh_send (bob, "told to one, then to the other");
  mesh_run (mesh, 350 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE) + own_count (two, P2P_CONTROL_IHAVE), ==, 0);
  mesh_run (mesh, 150 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE) + own_count (two, P2P_CONTROL_IHAVE), ==, 1);
  mesh_run (mesh, 2400 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE) + own_count (two, P2P_CONTROL_IHAVE), ==, 1);
  mesh_run (mesh, 3000 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE), ==, 1);
  g_assert_cmpuint (own_count (two, P2P_CONTROL_IHAVE), ==, 1);

  own_fake_id (1, id);
  own_send_ids (one, P2P_CONTROL_IHAVE, id, 1);
  mesh_run (mesh, 1800 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IWANT), ==, 0);
  mesh_run (mesh, 300 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IWANT), ==, 1);
}

/* From how many links bodies come, and from how many links on that is so. */
static void
test_feeds_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  RawPeer *raw[3];
  MeshNode *alice;
  g_autoptr (P2pMessage) message = NULL;

  mesh->limits.eager_links = 2;
  mesh->limits.eager_feeds = 1;
  alice = mesh_add (mesh, "alice");
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raw[i] = own_dial (mesh, name, alice);
    }
  message = own_make (raw[0], "enough");
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    own_give (raw[i], message);
  g_assert_cmpuint (own_count_feeds (alice), ==, 1);
  g_assert_false (own_peer_at (alice, raw[0])->pruned);
  /* So many get whole what we say ourselves, whatever they want. */
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    own_send (raw[i], P2P_CONTROL_PRUNE);
  mesh_send (alice, "ours");
  mesh_run (mesh, 50 * MILLISECOND);
  g_assert_cmpuint (own_heard (raw[0], "ours") + own_heard (raw[1], "ours") + own_heard (raw[2], "ours"), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    raw_free (raw[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/lazy-limits/served-is-remembered", test_served_is_remembered);
  g_test_add_func ("/mesh/lazy-limits/announced-without-end", test_announced_without_end);
  g_test_add_func ("/mesh/lazy-limits/refused", test_refused);
  g_test_add_func ("/mesh/lazy-limits/half-a-queue", test_half_a_queue);
  g_test_add_func ("/mesh/lazy-limits/slow-reader", test_slow_reader);
  g_test_add_func ("/mesh/lazy-limits/limits", test_limits);
  g_test_add_func ("/mesh/lazy-limits/feeds-limit", test_feeds_limit);
  return g_test_run ();
}
