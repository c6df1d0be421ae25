/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-peer.h"

#include "p2p/mesh/p2p-mesh-layer.h"

/* Whom the program blocked: no link, no dial, nothing told to it, and the network as whole as it was. */

static gboolean
block (MeshNode *self, MeshNode *other)
{
  g_autoptr (GError) error = NULL;
  gboolean done = p2p_mesh_node_block (self->node, P2P_BLOCK_ID, p2p_mesh_node_get_id (other->node), &error);

  g_assert_no_error (error);
  return done;
}

static void
block_host (MeshNode *self, const char *host)
{
  g_autoptr (GError) error = NULL;

  p2p_mesh_node_block (self->node, P2P_BLOCK_HOST, host, &error);
  g_assert_no_error (error);
}

static guint64
count_blocked (MeshNode *self)
{
  return mesh_stats (self).dropped[P2P_DROP_BLOCKED];
}

static void
no_dials (MeshNode *self)
{
  p2p_mesh_node_set_max_outgoing (self->node, 0);
}

/* ---- links ---- */

static void
test_link_ends (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob");
  g_auto (MeshResult) result = { 0 };

  mesh_connect (alice, bob);
  block (alice, bob);
  g_assert_cmpuint (mesh_count (alice, "removed bob BLOCKED"), ==, 1);
  g_assert_null (mesh_peer (alice, bob));
  mesh_run (mesh, 60 * SECOND);
  /* Bob tries again and again, and we do not. */
  g_assert_null (mesh_peer (alice, bob));
  g_assert_null (mesh_peer (bob, alice));
  g_assert_cmpuint (mesh_count (alice, "failed"), >, 0);
  g_assert_error (alice->last_failure, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
  g_assert_cmpuint (count_blocked (alice), >, 0);

  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), MESH_PORT, p2p_mesh_node_get_id (bob->node), mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
  mesh_result_clear (&result);
  /* Where it is not known who is there, the handshake tells. */
  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), MESH_PORT, NULL, mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
}

/* Pending ones and dials under way, too. */
static void
test_beginnings (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob");
  g_auto (MeshResult) dial = { 0 };
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  no_dials (alice);
  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), MESH_PORT, p2p_mesh_node_get_id (bob->node), mesh_result_cb, &dial);
  block (alice, bob);
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, 1);
  block_host (alice, test_host_get_address (raw->host));
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, 0);
  g_assert_cmpuint (mesh_stats (alice).dials, ==, 0);
  mesh_run (mesh, SECOND);
  g_assert_error (dial.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
  g_assert_nonnull (raw->error);
}

static void
test_address (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  g_auto (MeshResult) result = { 0 };
  guint64 refused;

  mesh_connect (alice, bob);
  mesh_connect (alice, carol);
  block_host (alice, test_host_get_address (bob->host));
  g_assert_cmpuint (mesh_count (alice, "removed bob BLOCKED"), ==, 1);
  g_assert_nonnull (mesh_peer (alice, carol));
  refused = count_blocked (alice);
  mesh_run (mesh, 60 * SECOND);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_cmpuint (count_blocked (alice), >, refused);
  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), MESH_PORT + 1, NULL, mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
  /* His words still come by others: that is what blocking the id is for. */
  mesh_connect (bob, carol);
  mesh_send (bob, "hello");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "hello"), ==, 1);
}

/* A peers list names him, and the address book knows him from before. */
static void
test_never_dialled (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol"), *dave = mesh_add (mesh, "dave");

  no_dials (bob);
  no_dials (carol);
  no_dials (dave);
  p2p_mesh_node_add_address (alice->node, test_host_get_address (bob->host), MESH_PORT, p2p_mesh_node_get_id (bob->node), P2P_ADDRESS_PINNED, 0);
  block (alice, bob);
  block_host (alice, test_host_get_address (dave->host));
  mesh_connect (carol, bob);
  mesh_connect (carol, dave);
  mesh_connect (alice, carol);
  mesh_run (mesh, 120 * SECOND);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_null (mesh_peer (alice, dave));
  /* Not even knocked at: neither heard of a link that failed. */
  g_assert_cmpuint (mesh_count (bob, "failed") + mesh_count (bob, "dropped"), ==, 0);
  g_assert_cmpuint (mesh_count (dave, "failed") + mesh_count (dave, "dropped"), ==, 0);
}

/* ---- what he says ---- */

static void
test_messages (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol"), *dave = mesh_add (mesh, "dave");
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Bob", P2P_APP_NAME_NONE, NULL);
  g_autoptr (P2pMessage) told = NULL;
  guint64 relayed;

  no_dials (alice);
  no_dials (bob);
  no_dials (carol);
  no_dials (dave);
  /* bob - carol - alice - dave: what bob says comes to dave by way of alice */
  mesh_connect (bob, carol);
  mesh_connect (carol, alice);
  mesh_connect (alice, dave);
  block (alice, bob);
  relayed = mesh_stats (alice).relayed;
  mesh_send (bob, "one");
  told = p2p_mesh_node_new_app (bob->node, P2P_FLAG_BROADCAST, name, NULL);
  p2p_mesh_node_send_message (bob->node, told);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (alice, "one"), ==, 0);
  g_assert_cmpuint (alice->apps->len, ==, 0);
  g_assert_cmpuint (mesh_heard (dave, "one"), ==, 1);
  g_assert_cmpuint (dave->apps->len, ==, 1);
  g_assert_cmpuint (mesh_stats (alice).relayed, ==, relayed + 2);
  g_assert_cmpuint (count_blocked (alice), ==, 2);
  /* Carol did nothing wrong, and nobody else is blocked. */
  g_assert_nonnull (mesh_peer (alice, carol));
  mesh_send (carol, "two");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "two"), ==, 1);

  p2p_mesh_node_unblock (alice->node, P2P_BLOCK_ID, p2p_mesh_node_get_id (bob->node));
  mesh_send (bob, "three");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "three"), ==, 1);
  g_assert_cmpuint (mesh_heard (alice, "one"), ==, 0);
}

/* He asks where somebody is: others may tell him. We look for him: not at all. */
static void
test_requests (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  g_auto (MeshResult) before = { 0 }, after = { 0 };
  guint64 dropped;

  no_dials (alice);
  no_dials (bob);
  no_dials (carol);
  mesh_connect (bob, carol);
  mesh_connect (carol, alice);
  p2p_mesh_node_whisper_to (alice->node, p2p_mesh_node_get_id (bob->node), P2P_ID_FORM_STR, NULL, mesh_result_cb, &before);
  block (alice, bob);
  mesh_run (mesh, SECOND);
  g_assert_error (before.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
  p2p_mesh_node_whisper_to (alice->node, p2p_mesh_node_get_id (bob->node), P2P_ID_FORM_STR, NULL, mesh_result_cb, &after);
  mesh_run (mesh, SECOND);
  g_assert_error (after.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED);
  g_assert_null (mesh_peer (alice, bob));

  dropped = count_blocked (alice);
  p2p_mesh_node_whisper_to (bob->node, p2p_mesh_node_get_id (alice->node), P2P_ID_FORM_STR, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (count_blocked (alice), >, dropped);
  g_assert_null (mesh_peer (alice, bob));
}

static gboolean
take_all_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  guint *taken = data;

  *taken += 1;
  return TRUE;
}

/* What he writes into a table: all nodes have the same one. */
static void
test_layer (void)
{
  static const P2pMeshLayer layer = { .message = take_all_cb };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  guint taken = 0;

  no_dials (alice);
  no_dials (bob);
  mesh_connect (bob, carol);
  mesh_connect (carol, alice);
  block (alice, bob);
  p2p_mesh_node_set_layer (alice->node, &layer, &taken);
  mesh_send (bob, "a write");
  mesh_run (mesh, SECOND);
  p2p_mesh_node_set_layer (alice->node, NULL, NULL);
  g_assert_cmpuint (taken, ==, 1);
  g_assert_cmpuint (count_blocked (alice), ==, 0);
}

/* ---- who can be blocked ---- */

static void
expect_refusal (MeshNode *self, P2pBlockKind kind, const char *what, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (p2p_mesh_node_block (self->node, kind, what, &error));
  g_assert_error (error, P2P_LINK_ERROR, code);
  g_assert_false (kind == P2P_BLOCK_ID ? p2p_mesh_node_is_blocked (self->node, what, NULL) : p2p_mesh_node_is_blocked (self->node, NULL, what));
}

static void
test_refused (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autofree char *long_id = g_strnfill (89, 'a');
  g_autofree char *long_host = g_strnfill (300, 'h');

  expect_refusal (alice, P2P_BLOCK_ID, p2p_mesh_node_get_id (alice->node), P2P_LINK_ERROR_SELF);
  expect_refusal (alice, P2P_BLOCK_HOST, test_host_get_address (alice->host), P2P_LINK_ERROR_SELF);
  expect_refusal (alice, P2P_BLOCK_ID, "", P2P_LINK_ERROR_BAD_ADDRESS);
  expect_refusal (alice, P2P_BLOCK_ID, "no0id", P2P_LINK_ERROR_BAD_ADDRESS);
  expect_refusal (alice, P2P_BLOCK_ID, long_id, P2P_LINK_ERROR_BAD_ADDRESS);
  expect_refusal (alice, P2P_BLOCK_HOST, "", P2P_LINK_ERROR_BAD_ADDRESS);
  expect_refusal (alice, P2P_BLOCK_HOST, long_host, P2P_LINK_ERROR_BAD_ADDRESS);
  /* However it is written. */
  p2p_mesh_node_set_out_address (alice->node, "2001:DB8::1", 4000);
  expect_refusal (alice, P2P_BLOCK_HOST, "2001:db8:0::1", P2P_LINK_ERROR_SELF);
}

static void
test_spellings (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_auto (GStrv) hosts = NULL;

  block_host (alice, "2001:DB8:0:0::7");
  block_host (alice, "2001:db8::7");
  block_host (alice, "::ffff:192.0.2.5");
  block_host (alice, "Example.ORG");
  g_assert_true (p2p_mesh_node_is_blocked (alice->node, NULL, "2001:db8::7"));
  g_assert_true (p2p_mesh_node_is_blocked (alice->node, NULL, "192.0.2.5"));
  g_assert_true (p2p_mesh_node_is_blocked (alice->node, NULL, "example.org"));
  g_assert_false (p2p_mesh_node_is_blocked (alice->node, "abc", "192.0.2.6"));
  hosts = p2p_mesh_node_dup_blocked (alice->node, P2P_BLOCK_HOST);
  g_assert_cmpuint (g_strv_length (hosts), ==, 3);
  g_assert_cmpstr (hosts[2], ==, "example.org");
  g_assert_true (p2p_mesh_node_unblock (alice->node, P2P_BLOCK_HOST, "EXAMPLE.org"));
  g_assert_false (p2p_mesh_node_unblock (alice->node, P2P_BLOCK_HOST, "example.org"));
  g_assert_false (p2p_mesh_node_is_blocked (alice->node, NULL, "example.org"));
}

/* Thousands of them: bounded, and nobody pays for it a message. */
static void
test_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;

  mesh->limits.blocked = 3000;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  mesh_connect (bob, alice);
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.9.%u.%u", i / 250, i % 250 + 1);

      block_host (alice, host);
    }
  expect_refusal (alice, P2P_BLOCK_HOST, "10.8.0.1", P2P_LINK_ERROR_TOO_MANY);
  expect_refusal (alice, P2P_BLOCK_ID, p2p_mesh_node_get_id (bob->node), P2P_LINK_ERROR_TOO_MANY);
  /* Again is no more. */
  block_host (alice, "10.9.0.1");
  mesh_send (bob, "hello");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "hello"), ==, 1);
  g_assert_true (p2p_mesh_node_unblock (alice->node, P2P_BLOCK_HOST, "10.9.0.1"));
  block (alice, bob);
  g_assert_null (mesh_peer (alice, bob));
}

static void
test_unblock (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob");

  no_dials (bob);
  mesh_connect (alice, bob);
  block (alice, bob);
  mesh_run (mesh, 300 * SECOND);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_true (p2p_mesh_node_unblock (alice->node, P2P_BLOCK_ID, p2p_mesh_node_get_id (bob->node)));
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  /* By his address it is the same. */
  block_host (alice, test_host_get_address (bob->host));
  mesh_run (mesh, 300 * SECOND);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_true (p2p_mesh_node_unblock (alice->node, P2P_BLOCK_HOST, test_host_get_address (bob->host)));
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
}

/* From within an event, and of a node that is closed. */
static void
block_stranger (MeshNode *self)
{
  P2pPeer *peer = p2p_mesh_node_get_peer (self->node, 0);

  p2p_mesh_node_block (self->node, P2P_BLOCK_ID, p2p_peer_get_id (peer), NULL);
}

static void
test_within (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob");

  alice->act_at = "added bob";
  alice->act = block_stranger;
  p2p_mesh_node_connect (bob->node, test_host_get_address (alice->host), MESH_PORT, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_count (alice, "removed bob BLOCKED"), ==, 1);
  p2p_mesh_node_close (alice->node);
  g_assert_true (p2p_mesh_node_unblock (alice->node, P2P_BLOCK_ID, p2p_mesh_node_get_id (bob->node)));
  g_assert_true (block (alice, bob));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/block/link-ends", test_link_ends);
  g_test_add_func ("/mesh/block/beginnings", test_beginnings);
  g_test_add_func ("/mesh/block/address", test_address);
  g_test_add_func ("/mesh/block/never-dialled", test_never_dialled);
  g_test_add_func ("/mesh/block/messages", test_messages);
  g_test_add_func ("/mesh/block/requests", test_requests);
  g_test_add_func ("/mesh/block/layer", test_layer);
  g_test_add_func ("/mesh/block/refused", test_refused);
  g_test_add_func ("/mesh/block/spellings", test_spellings);
  g_test_add_func ("/mesh/block/limit", test_limit);
  g_test_add_func ("/mesh/block/unblock", test_unblock);
  g_test_add_func ("/mesh/block/within", test_within);
  return g_test_run ();
}
