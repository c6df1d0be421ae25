/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AUTH where HELLO follows the handshake: in rings. */
#include "auth-fixture.h"

#include <string.h>

typedef struct {
  MeshFixture *mesh;
  MeshNode *alice, *bob;
  P2pX1 *a, *b;
  GString *log;                 /* what the layer of bob is told */
} World;

static void
added_cb (P2pPeer *peer, gpointer data)
{
  World *self = data;

  g_string_append (self->log, p2p_peer_get_proven (peer) ? "added proven, " : "added, ");
}

static void
greeted_cb (P2pPeer *peer, gpointer data)
{
  World *self = data;

  g_string_append (self->log, p2p_peer_get_proven (peer) ? "greeted proven, " : "greeted, ");
}

static const P2pMeshLayer layer = { .added = added_cb, .greeted = greeted_cb };

static void
add_alice (World *self)
{
  self->alice = mesh_add (self->mesh, "alice");
  p2p_mesh_node_set_late_hello (self->alice->node, TRUE);
  self->a = p2p_x1_new (self->alice->node);
}

static void
make_world (World *self)
{
  *self = (World) { .mesh = mesh_fixture_new (1), .log = g_string_new (NULL) };
  self->bob = mesh_add (self->mesh, "bob");
  p2p_mesh_node_set_late_hello (self->bob->node, TRUE);
  p2p_mesh_node_set_layer (self->bob->node, &layer, self);
  self->b = p2p_x1_new (self->bob->node);
  add_alice (self);
}

static void
remove_alice (World *self)
{
  p2p_mesh_node_close (self->alice->node);
  mesh_run (self->mesh, SECOND);
  g_clear_pointer (&self->a, p2p_x1_free);
  mesh_drop (self->alice);
}

static void
world_clear (World *self)
{
  p2p_mesh_node_close (self->bob->node);
  p2p_mesh_node_set_layer (self->bob->node, NULL, NULL);
  g_clear_pointer (&self->a, p2p_x1_free);
  p2p_x1_free (self->b);
  mesh_fixture_free (self->mesh);
  g_string_free (self->log, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* The first time each takes the other for an original until his HELLO; the second time his proof comes before he is let in. */
static void
test_twice (void)
{
  g_auto (World) world = { 0 };

  make_world (&world);
  mesh_connect (world.alice, world.bob);
  g_assert_true (p2p_peer_get_proven (mesh_peer (world.bob, world.alice)));
  g_assert_true (p2p_peer_get_proven (mesh_peer (world.alice, world.bob)));
  g_assert_cmpstr (world.log->str, ==, "added, greeted proven, ");
  remove_alice (&world);
  g_string_truncate (world.log, 0);
  /* She remembers nothing: to her bob is an original again, and what she says to him at once waits with her. */
  add_alice (&world);
  mesh_connect (world.alice, world.bob);
  g_assert_cmpstr (world.log->str, ==, "added proven, ");
  g_assert_true (p2p_peer_get_proven (mesh_peer (world.alice, world.bob)));
  g_assert_cmpuint (mesh_dropped (world.alice) + mesh_dropped (world.bob), ==, 0);
}

/* Who says that he is alice and shows her key has so long to prove it. */
static void
test_liar (void)
{
  g_auto (World) world = { 0 };
  g_auto (AuthPeer) first = { 0 };
  g_auto (AuthPeer) second = { 0 };

  make_world (&world);
  remove_alice (&world);
  auth_dial (&first, world.mesh, "first", "alice", world.bob);
  raw_handshake (first.raw);
  auth_hello_own (&first);
  /* one of ours perhaps: nobody is told before it proved itself */
  g_assert_cmpstr (world.log->str, ==, "added, ");
  mesh_run (world.mesh, 4 * SECOND);
  g_assert_null (first.raw->error);
  mesh_run (world.mesh, 2 * SECOND);
  g_assert_nonnull (first.raw->error);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (world.bob->node), ==, 0);
  g_assert_cmpstr (world.log->str, ==, "added, ");

  /* From now on the key is known: he is not even let in. */
  auth_dial (&second, world.mesh, "second", "alice", world.bob);
  raw_handshake (second.raw);
  for (guint i = 0; i < 100; i++)
    raw_send (second.raw, P2P_FLAG_BROADCAST, "[<@x 0>, <'words %u'>]", i);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (world.bob->node), ==, 0);
  g_assert_nonnull (second.raw->error);
  g_assert_nonnull (strstr (world.bob->log->str, "IDENTITY"));
  g_assert_cmpuint (world.bob->messages->len, ==, 0);
}

/* What waits is heard in its order when he proves himself, so much of it and not more. */
static void
test_held (void)
{
  g_auto (World) world = { 0 };
  g_auto (AuthPeer) peer = { 0 };
  g_autofree char *large = g_strnfill (60000, 'x');
  guint n = 0;

  make_world (&world);
  remove_alice (&world);
  peer.key = auth_key ("alice");
  g_assert_true (p2p_x1_pin (world.b, p2p_identity_peek_public_key (peer.key)));
  auth_clear (&peer);
  auth_dial (&peer, world.mesh, "again", "alice", world.bob);
  raw_handshake (peer.raw);
  raw_send (peer.raw, P2P_FLAG_BROADCAST, "[<@x 0>, <'first'>]");
  for (guint i = 0; i < 20; i++)
    raw_send (peer.raw, P2P_FLAG_BROADCAST, "[<@x 0>, <'%s'>, <@x %u>]", large, i);
  g_assert_cmpuint (world.bob->messages->len, ==, 0);
  g_assert_cmpuint (mesh_stats (world.bob).dropped[P2P_DROP_EARLY], ==, 3);
  auth_hello_own (&peer);
  auth_say (&peer);
  mesh_run (world.mesh, SECOND);
  g_assert_true (p2p_peer_get_proven (p2p_mesh_node_find_peer (world.bob->node, peer.raw->id)));
  g_assert_cmpstr (world.log->str, ==, "added proven, ");
  g_assert_cmpuint (mesh_heard (world.bob, "first"), ==, 1);
  n = world.bob->messages->len;
  g_assert_cmpuint (n, ==, 18);
  g_assert_null (peer.raw->error);
}

/* An original in a ring is let in as ever. */
static void
test_original (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (RawPeer) original = NULL;

  make_world (&world);
  original = raw_dial (world.mesh, "original", world.bob);
  raw_handshake (original);
  mesh_run (world.mesh, 10 * SECOND);
  g_assert_nonnull (p2p_mesh_node_find_peer (world.bob->node, original->id));
  g_assert_null (original->error);
}

/* A proven link is displaced by nobody who only claims to be its other end. */
static void
test_claims (void)
{
  g_auto (World) world = { 0 };
  P2pPeer *before;

  make_world (&world);
  mesh_connect (world.alice, world.bob);
  before = mesh_peer (world.bob, world.alice);
  for (guint i = 0; i < 300; i++)
    {
      g_auto (AuthPeer) peer = { 0 };

      auth_dial (&peer, world.mesh, "mallory", "alice", world.bob);
      peer.spoil = TRUE;
      raw_handshake (peer.raw);
      if (i % 3 > 0)
        auth_hello (&peer, i % 3 == 1 ? NULL : p2p_identity_peek_public_key (peer.key));
      if (i % 3 > 1)
        auth_say (&peer);
      g_assert_true (mesh_peer (world.bob, world.alice) == before);
    }
  mesh_run (world.mesh, 20 * SECOND);
  g_assert_true (mesh_peer (world.bob, world.alice) == before);
  g_assert_cmpuint (mesh_count (world.bob, "removed"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/ring/twice", test_twice);
  g_test_add_func ("/x1/ring/liar", test_liar);
  g_test_add_func ("/x1/ring/held", test_held);
  g_test_add_func ("/x1/ring/original", test_original);
  g_test_add_func ("/x1/ring/claims", test_claims);
  return g_test_run ();
}
