/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two nodes that dial each other: one link stays, the same at both ends, and nothing that was said is lost. */
#include "raw-peer.h"

#define PORT MESH_PORT

static void
whisper (MeshNode *from, MeshNode *to, const char *text)
{
  P2pPeer *peer = mesh_peer (from, to);
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (peer);
  message = p2p_mesh_node_new_message (from->node, P2P_FLAG_WHISPER, g_variant_new_parsed ("[<@x 2>, <%s>]", text), NULL);
  p2p_mesh_node_send_to (from->node, peer, message, P2P_LINK_SEND_DEFAULT, &error);
  g_assert_no_error (error);
}

static void
assert_one_link (MeshNode *one, MeshNode *two)
{
  P2pPeer *a = mesh_peer (one, two);
  P2pPeer *b = mesh_peer (two, one);
  P2pPipeAddress at;

  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (one->node), ==, 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (two->node), ==, 1);
  /* It is the same link: they see the same two ports. */
  g_assert_true (p2p_peer_get_outgoing (a) != p2p_peer_get_outgoing (b));
  p2p_link_get_own (p2p_peer_get_link (a), &at);
  g_assert_cmpuint (at.port, ==, p2p_peer_get_peer_port (b));
  p2p_link_get_own (p2p_peer_get_link (b), &at);
  g_assert_cmpuint (at.port, ==, p2p_peer_get_peer_port (a));
  g_assert_cmpuint (mesh_stats (one).links_pending + mesh_stats (two).links_pending, ==, 0);
}

typedef struct { MeshNode *from, *to; MeshResult result; } Dial;

static void
dial_cb (gpointer data)
{
  Dial *dial = data;

  p2p_mesh_node_connect (dial->from->node, test_host_get_address (dial->to->host), PORT, NULL, mesh_result_cb, &dial->result);
}

/* What is said as soon as there is a link arrives, whichever link that was. */
static void
greet (MeshNode *self)
{
  MeshNode *other = self->fixture->nodes->pdata[self->fixture->nodes->pdata[0] == self ? 1 : 0];

  whisper (self, other, "hello");
}

static void
try_once (guint64 seed, gint64 later, gboolean greater_first)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (seed);
  TestPath path = { .delay = 20000, .jitter = 60000, .chunk = 200, .chunk_random = TRUE };
  MeshNode *greater, *smaller;
  Dial dials[2] = { 0 };

  test_world_set_path (mesh->world, &path);
  mesh_add_ordered (mesh, &greater, &smaller);
  greater->act_at = smaller->act_at = "added";
  greater->act = smaller->act = greet;
  dials[0] = (Dial) { .from = greater_first ? greater : smaller, .to = greater_first ? smaller : greater };
  dials[1] = (Dial) { .from = dials[0].to, .to = dials[0].from };
  test_world_schedule (mesh->world, 1, dial_cb, &dials[0]);
  test_world_schedule (mesh->world, 1 + later, dial_cb, &dials[1]);
  mesh_run (mesh, 10 * SECOND);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (dials[i].result.calls, ==, 1);
      g_assert_no_error (dials[i].result.error);
      g_assert_true (dials[i].result.peer != NULL);
      mesh_result_clear (&dials[i].result);
    }
  assert_one_link (greater, smaller);
  /* Of two links that crossed it is the greater's. */
  if (later == 0)
    g_assert_true (p2p_peer_get_outgoing (mesh_peer (greater, smaller)));
  g_assert_cmpuint (mesh_heard (greater, "hello"), ==, 1);
  g_assert_cmpuint (mesh_heard (smaller, "hello"), ==, 1);
  g_assert_cmpuint (greater->connected, ==, 1);
  g_assert_cmpuint (smaller->connected, ==, 1);
  g_assert_cmpuint (greater->failed + smaller->failed, ==, 0);
  /* The good one is readable, both ways. */
  mesh_send (greater, "still here");
  whisper (smaller, greater, "me too");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (smaller, "still here"), ==, 1);
  g_assert_cmpuint (mesh_heard (greater, "me too"), ==, 1);
}

static void
test_both_dial (void)
{
  for (guint64 seed = 1; seed <= 60; seed++)
    for (guint first = 0; first < 2; first++)
      {
        try_once (seed, 0, first == 0);
        try_once (seed, (gint64) seed * 4000, first == 0);
      }
}

static void
test_twice (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *greater, *smaller;
  MeshNode *nodes[2];

  mesh_add_ordered (mesh, &greater, &smaller);
  nodes[0] = greater;
  nodes[1] = smaller;
  mesh_connect (greater, smaller);
  for (guint i = 0; i < 2; i++)
    {
      g_auto (MeshResult) result = { 0 };

      /* By another name, so that it cannot be known before the handshake. */
      p2p_mesh_node_connect (nodes[i]->node, test_host_get_name (nodes[1 - i]->host), PORT, NULL, mesh_result_cb, &result);
      mesh_run (mesh, 5 * SECOND);
      g_assert_no_error (result.error);
      assert_one_link (greater, smaller);
      g_assert_true (mesh_peer (nodes[i], nodes[1 - i]) == result.peer);
      g_assert_cmpuint (greater->connected, ==, 1);
    }
}

/* The same node by its name and by its address, within one second: nothing but the links themselves tells which is the later. */
static void
test_two_ways_at_once (void)
{
  for (guint64 seed = 1; seed <= 40; seed++)
    {
      g_autoptr (MeshFixture) mesh = mesh_fixture_new (seed);
      TestPath path = { .delay = 20000, .jitter = 60000 };
      MeshNode *nodes[2];
      MeshResult results[2] = { 0 };

      test_world_set_path (mesh->world, &path);
      mesh_add_ordered (mesh, &nodes[0], &nodes[1]);
      p2p_mesh_node_connect (nodes[seed % 2]->node, test_host_get_name (nodes[1 - seed % 2]->host), PORT, NULL, mesh_result_cb, &results[0]);
      p2p_mesh_node_connect (nodes[seed % 2]->node, test_host_get_address (nodes[1 - seed % 2]->host), PORT, NULL, mesh_result_cb, &results[1]);
      mesh_run (mesh, 10 * SECOND);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_no_error (results[i].error);
          mesh_result_clear (&results[i]);
        }
      assert_one_link (nodes[0], nodes[1]);
    }
}

/* One address is dialled once, however many ask. */
static void
test_one_dial (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshResult results[3] = { 0 };

  for (guint i = 0; i < 3; i++)
    p2p_mesh_node_connect (alice->node, "bob", PORT, NULL, mesh_result_cb, &results[i]);
  mesh_run (mesh, SECOND);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (results[i].calls, ==, 1);
      g_assert_true (results[i].peer == mesh_peer (alice, bob));
      mesh_result_clear (&results[i]);
    }
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
  /* Nor is it dialled again while the link is there. */
  p2p_mesh_node_connect (alice->node, "bob", PORT, NULL, mesh_result_cb, &results[0]);
  mesh_run (mesh, SECOND);
  g_assert_true (results[0].peer == mesh_peer (alice, bob));
  mesh_result_clear (&results[0]);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
}

/* A node that died without a word and comes again with the same id is let in, whoever of the two opened the dead link. */
static void
return_of_the_dead (gboolean greater_returns, gboolean opened_by_him)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *greater, *smaller, *alice, *bob, *again;

  mesh_add_ordered (mesh, &greater, &smaller);
  alice = greater_returns ? smaller : greater;
  bob = greater_returns ? greater : smaller;
  mesh_connect (opened_by_him ? bob : alice, opened_by_him ? alice : bob);
  test_conn_stall (test_world_get_conn (mesh->world, 0), TRUE);
  p2p_mesh_node_set_events (bob->node, NULL, NULL);
  mesh_drop (bob);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
  again = mesh_add (mesh, test_host_get_name (bob->host));
  mesh_connect (again, alice);
  /* The older link has so long for a sign of life. */
  mesh_run (mesh, 8 * SECOND);
  assert_one_link (alice, again);
  mesh_send (alice, "welcome back");
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (again, "welcome back"), ==, 1);
  assert_one_link (alice, again);
}

static void
test_return_of_the_dead (void)
{
  for (guint i = 0; i < 4; i++)
    return_of_the_dead (i & 1, i & 2);
}

/* Whoever only says that he is a node whose link lives does not get its place... */
static void
test_impostor (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *greater, *smaller;
  g_autoptr (RawPeer) mallory = NULL;
  P2pPeer *peer;

  mesh_add_ordered (mesh, &greater, &smaller);
  mesh_connect (greater, smaller);
  peer = mesh_peer (greater, smaller);
  mallory = raw_dial (mesh, "mallory", greater);
  g_free (mallory->id);
  mallory->id = g_strdup (p2p_mesh_node_get_id (smaller->node));
  raw_handshake (mallory);
  mesh_run (mesh, 8 * SECOND);
  g_assert_true (mesh_peer (greater, smaller) == peer);
  mesh_send (greater, "to the right one");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (smaller, "to the right one"), ==, 1);
  /* He is kept, should the right one die, and told nothing but that somebody of ours is there. */
  g_assert_null (mallory->error);
  g_assert_cmpuint (mallory->messages->len, ==, 1);
  mesh_run (mesh, (P2P_LIMIT_PARK_SECONDS + P2P_LIMIT_PARK_SECONDS / 4) * SECOND);
  g_assert_error (mallory->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  g_assert_cmpuint (mallory->messages->len, ==, 1);
  g_assert_true (mesh_peer (greater, smaller) == peer);
}

/* ...but a node whose old link breaks while it waits gets in at once. */
static void
test_old_link_breaks (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *greater, *smaller, *again;

  mesh_add_ordered (mesh, &greater, &smaller);
  mesh_connect (greater, smaller);
  test_conn_stall (test_world_get_conn (mesh->world, 0), TRUE);
  p2p_mesh_node_set_events (smaller->node, NULL, NULL);
  mesh_drop (smaller);
  mesh_run (mesh, SECOND);
  again = mesh_add (mesh, test_host_get_name (smaller->host));
  mesh_connect (again, greater);
  g_assert_true (p2p_peer_get_outgoing (mesh_peer (greater, again)));
  test_conn_cut (test_world_get_conn (mesh->world, 0));
  mesh_run (mesh, SECOND / 10);
  assert_one_link (greater, again);
  mesh_send (greater, "welcome back");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (again, "welcome back"), ==, 1);
}

/* ---- py2p ---- */

/*
 * py2p that dials us and that we dial gets a handshake on one link only: on that which the node with the greater id opened. There it keeps
 * it in any case; on the other it may lose both.
 */
static void
test_sure (void)
{
  for (guint greater = 0; greater < 2; greater++)
    {
      g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
      MeshNode *alice = mesh_add (mesh, "alice");
      g_autoptr (RawPeer) dialled = raw_listen (mesh, "dialled", PORT);
      g_autoptr (RawPeer) dialler = raw_dial (mesh, "dialler", alice);
      g_autofree char *largest = g_strnfill (66, 'z');

      g_free (dialled->id);
      g_free (dialler->id);
      dialled->id = g_strdup (greater ? largest : "2");
      dialler->id = g_strdup (dialled->id);
      p2p_mesh_node_connect (alice->node, "dialled", PORT, dialled->id, NULL, NULL);
      mesh_run (mesh, SECOND / 20);
      raw_handshake_bin (dialler);
      g_assert_cmpuint (raw_count (dialler, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, greater);
      raw_handshake_bin (dialled);
      mesh_run (mesh, 2 * SECOND);
      g_assert_cmpuint (raw_count (dialler, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, greater);
      g_assert_cmpuint (raw_count (dialled, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1 - greater);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
      g_assert_true (p2p_peer_get_outgoing (p2p_mesh_node_get_peer (alice->node, 0)) == !greater);
      /* Nor does the timer of the one that waits say anything there, and it is there when the other ends. */
      g_assert_null (dialled->error);
      g_assert_null (dialler->error);
      p2p_link_close (greater ? dialler->link : dialled->link);
      mesh_run (mesh, SECOND);
      g_assert_cmpuint (raw_count (greater ? dialled : dialler, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
    }
}

/* A spare that ends while it was to take the place leaves that to the next. */
static void
test_spares (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) first = raw_dial (mesh, "first", alice);
  g_autoptr (RawPeer) second = raw_dial (mesh, "second", alice);
  g_autoptr (RawPeer) third = raw_dial (mesh, "third", alice);
  RawPeer *raws[] = { first, second, third };

  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_free (raws[i]->id);
      raws[i]->id = g_strnfill (66, 'z');
      raw_handshake_bin (raws[i]);
      g_assert_cmpuint (raw_count (raws[i], P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, i == 0);
    }
  p2p_link_close (first->link);
  mesh_run (mesh, SECOND / 10);
  p2p_link_close (third->link);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (raw_count (third, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 0);
  g_assert_cmpuint (raw_count (second, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
}

/* ---- the times are limits like others ---- */

static void
test_grace (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice;
  g_autoptr (RawPeer) raw = raw_listen (mesh, "raw", PORT);

  mesh->limits.grace_milliseconds = 500;
  alice = mesh_add (mesh, "alice");
  p2p_mesh_node_connect (alice->node, "raw", PORT, NULL, NULL, NULL);
  mesh_run (mesh, SECOND / 10);
  raw_handshake_bin (raw);
  mesh_run (mesh, SECOND * 3 / 10);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 0);
  mesh_run (mesh, SECOND * 3 / 10);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
}

/* The rule settles what happens at once. A link that has been there is not given up for another that lives no better. */
static void
test_conflict_seconds (void)
{
  for (guint late = 0; late < 2; late++)
    {
      g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
      MeshNode *greater, *smaller;

      mesh->limits.conflict_seconds = late ? 1 : 60;
      mesh_add_ordered (mesh, &greater, &smaller);
      mesh_connect (smaller, greater);
      mesh_run (mesh, 5 * SECOND);
      p2p_mesh_node_connect (greater->node, test_host_get_name (smaller->host), PORT, NULL, NULL, NULL);
      mesh_run (mesh, 10 * SECOND);
      g_assert_cmpuint (test_host_get_dials_made (greater->host), ==, 1);
      assert_one_link (greater, smaller);
      g_assert_true (p2p_peer_get_outgoing (mesh_peer (smaller, greater)) == (late == 1));
    }
}

static void
test_life_seconds (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *greater, *smaller, *again;
  P2pPeer *old;

  mesh->limits.life_seconds = 20;
  mesh_add_ordered (mesh, &greater, &smaller);
  mesh_connect (greater, smaller);
  old = mesh_peer (greater, smaller);
  test_conn_stall (test_world_get_conn (mesh->world, 0), TRUE);
  p2p_mesh_node_set_events (smaller->node, NULL, NULL);
  mesh_drop (smaller);
  again = mesh_add (mesh, test_host_get_name (smaller->host));
  p2p_mesh_node_connect (again->node, test_host_get_name (greater->host), PORT, NULL, NULL, NULL);
  mesh_run (mesh, 15 * SECOND);
  g_assert_true (mesh_peer (greater, again) == old);
  mesh_run (mesh, 10 * SECOND);
  g_assert_true (mesh_peer (greater, again) != old);
  assert_one_link (greater, again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/conflict/both-dial", test_both_dial);
  g_test_add_func ("/mesh/conflict/twice", test_twice);
  g_test_add_func ("/mesh/conflict/two-ways-at-once", test_two_ways_at_once);
  g_test_add_func ("/mesh/conflict/one-dial", test_one_dial);
  g_test_add_func ("/mesh/conflict/return-of-the-dead", test_return_of_the_dead);
  g_test_add_func ("/mesh/conflict/impostor", test_impostor);
  g_test_add_func ("/mesh/conflict/old-link-breaks", test_old_link_breaks);
  g_test_add_func ("/mesh/conflict/sure", test_sure);
  g_test_add_func ("/mesh/conflict/spares", test_spares);
  g_test_add_func ("/mesh/conflict/grace", test_grace);
  g_test_add_func ("/mesh/conflict/conflict-seconds", test_conflict_seconds);
  g_test_add_func ("/mesh/conflict/life-seconds", test_life_seconds);
  return g_test_run ();
}
