/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AUTH: who proves on a link that he is who he says, and what becomes of who does not. */
#include "auth-fixture.h"

#include <stdlib.h>
#include <string.h>

static guint64
dropped (MeshNode *node, P2pDropReason reason)
{
  return mesh_stats (node).dropped[reason];
}

static void
check_pair (MeshFixture *mesh)
{
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (P2pX1) a = p2p_x1_new (alice->node);
  g_autoptr (P2pX1) b = p2p_x1_new (bob->node);
  g_autoptr (P2pIdentity) key = auth_key ("alice");

  mesh_connect (alice, bob);
  g_assert_true (p2p_peer_get_proven (mesh_peer (alice, bob)));
  g_assert_true (p2p_peer_get_proven (mesh_peer (bob, alice)));
  g_assert_cmpmem (p2p_x1_find_key (b, p2p_mesh_node_get_id (alice->node)), 32, p2p_identity_peek_public_key (key), 32);
  g_assert_cmpuint (p2p_x1_get_n_keys (a), ==, 2);
  g_assert_null (p2p_x1_find_key (a, "stranger"));
  g_assert_cmpstr (bob->log->str, ==, "pending\nadded alice\nconnected\n");
  g_assert_cmpuint (mesh_dropped (alice) + mesh_dropped (bob), ==, 0);
  mesh_send (alice, "hello");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (bob, "hello"), ==, 1);
}

static void
test_pair (void)
{
  g_autoptr (MeshFixture) plain = mesh_fixture_new (1);
  g_autoptr (MeshFixture) secure = auth_new_secure (2);

  check_pair (plain);
  check_pair (secure);
}

/* Each waits for the other's first word in vain, so a handshake comes before the proof. */
static void
test_slow (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  TestPath path = { .delay = 1400 * G_TIME_SPAN_MILLISECOND };
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (P2pX1) a = p2p_x1_new (alice->node);
  g_autoptr (P2pX1) b = p2p_x1_new (bob->node);

  test_world_set_path (mesh->world, &path);
  p2p_mesh_node_connect (alice->node, "bob", MESH_PORT, NULL, NULL, NULL);
  mesh_run (mesh, 12 * SECOND);
  g_assert_true (p2p_peer_get_proven (mesh_peer (alice, bob)));
  g_assert_true (p2p_peer_get_proven (mesh_peer (bob, alice)));
  g_assert_cmpuint (mesh_dropped (alice) + mesh_dropped (bob), ==, 0);
}

/* A node without a key is what it was, to one that has. */
static void
test_passing (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (P2pX1) a = p2p_x1_new (alice->node);
  TestHost *host = test_world_add_host (mesh->world, "passing");
  g_autoptr (P2pMeshNode) passing = p2p_mesh_node_new (test_host_get_env (host), mesh->protocol, NULL, NULL, NULL);
  P2pPeer *peer;

  g_assert_null (p2p_x1_new (passing));
  p2p_mesh_node_connect (passing, "alice", MESH_PORT, NULL, NULL, NULL);
  mesh_run (mesh, 10 * SECOND);
  peer = p2p_mesh_node_get_peer (alice->node, 0);
  g_assert_true (p2p_peer_is_own (peer));
  g_assert_false (p2p_peer_get_proven (peer));
  p2p_mesh_node_close (passing);
  mesh_run (mesh, SECOND);
}

typedef struct {
  MeshFixture *mesh;
  MeshNode *bob;
  P2pX1 *x1;
} World;

static void
world_clear (World *self)
{
  p2p_x1_free (self->x1);
  mesh_fixture_free (self->mesh);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static World
make_world (void)
{
  World self = { .mesh = mesh_fixture_new (1) };

  self.bob = mesh_add (self.mesh, "bob");
  self.x1 = p2p_x1_new (self.bob->node);
  return self;
}

/* The right answer, byte for byte by the page, so that the wrong ones below are wrong in what they say only. */
static void
test_by_hand (void)
{
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) peer = { 0 };

  auth_dial (&peer, world.mesh, "mallory", "mallory", world.bob);
  g_assert_cmpuint (peer.raw->messages->len, ==, 1);
  auth_hello_own (&peer);
  g_assert_nonnull (auth_find (peer.raw, P2P_CONTROL_AUTH));
  /* right behind it */
  g_assert_cmpuint (raw_count (peer.raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
  auth_say (&peer);
  raw_handshake (peer.raw);
  g_assert_true (p2p_peer_get_proven (p2p_mesh_node_find_peer (world.bob->node, peer.raw->id)));
  /* A second proof proves nothing more. */
  auth_say (&peer);
  g_assert_cmpuint (dropped (world.bob, P2P_DROP_SHAPE), ==, 1);
  g_assert_null (peer.raw->error);
}

static void
test_forged (void)
{
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) peer = { 0 };
  g_auto (AuthPeer) role = { 0 };
  g_auto (AuthPeer) other = { 0 };
  g_autoptr (P2pIdentity) alice = auth_key ("alice");

  auth_dial (&peer, world.mesh, "mallory", "mallory", world.bob);
  peer.spoil = TRUE;
  auth_hello_own (&peer);
  auth_say (&peer);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "its signature is wrong");
  g_assert_nonnull (peer.raw->error);
  g_assert_cmpuint (dropped (world.bob, P2P_DROP_FORGED_SIGNATURE), ==, 1);

  auth_dial (&role, world.mesh, "oscar", "oscar", world.bob);
  role.other_role = TRUE;
  auth_hello_own (&role);
  auth_say (&role);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "its signature is wrong");

  /* with another's id and key, and his own signature */
  auth_dial (&other, world.mesh, "trudy", "trudy", world.bob);
  g_free (other.raw->id);
  other.raw->id = p2p_identity_get_node_id (alice, world.mesh->protocol);
  auth_hello (&other, p2p_identity_peek_public_key (alice));
  auth_say (&other);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "is not node");
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (world.bob->node), ==, 0);
}

/* His own words come back to him. */
static void
test_reflected (void)
{
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) peer = { 0 };

  auth_dial (&peer, world.mesh, "mallory", "mallory", world.bob);
  auth_hello_own (&peer);
  auth_send (peer.raw, auth_find (peer.raw, P2P_CONTROL_AUTH));
  /* from another sender it is not even looked at */
  g_assert_cmpuint (dropped (world.bob, P2P_DROP_SHAPE), ==, 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (world.bob->node), ==, 0);
}

static void
test_malformed (void)
{
  static const char *const bad[] = {
    "[<@x 88>, <@x 1>, <@x 2>]",
    "[<@x 88>, <@x 1>, <@x 2>, <@ay []>, <@ay []>]",
    "[<@x 88>, <@x 1>, <@x 2>, <'signature'>, <@ay []>]",
    "[<@x 88>, <@x 1>, <@x 2>, <@x 5>, <@x 5>]",
    "[<@x 88>, <@x 1>, <@x 2>, <b'0123456789012345678901234567890123456789012345678901234567890123'>, <b'short'>]",
  };
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) early = { 0 };
  g_auto (AuthPeer) keyless = { 0 };

  auth_dial (&early, world.mesh, "early", "early", world.bob);
  auth_say (&early);
  g_assert_cmpuint (dropped (world.bob, P2P_DROP_EARLY), ==, 1);
  auth_dial (&keyless, world.mesh, "keyless", "keyless", world.bob);
  auth_hello (&keyless, NULL);
  g_assert_null (auth_find (keyless.raw, P2P_CONTROL_AUTH));
  auth_say (&keyless);
  g_assert_cmpuint (dropped (world.bob, P2P_DROP_SHAPE), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (AuthPeer) peer = { 0 };

      auth_dial (&peer, world.mesh, "mallory", "mallory", world.bob);
      auth_hello_own (&peer);
      raw_send (peer.raw, P2P_FLAG_WHISPER, "%s", bad[i]);
      g_assert_cmpuint (dropped (world.bob, P2P_DROP_SHAPE), ==, 2 + i);
      raw_handshake (peer.raw);
      g_assert_null (p2p_mesh_node_find_peer (world.bob->node, peer.raw->id));
    }
}

/* A key is shown and nothing is proved. */
static void
test_missing (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *bob;
  g_autoptr (P2pX1) x1 = NULL;
  g_auto (AuthPeer) peer = { 0 };

  mesh->limits.auth_seconds = 3;
  bob = mesh_add (mesh, "bob");
  x1 = p2p_x1_new (bob->node);
  auth_dial (&peer, mesh, "mallory", "mallory", bob);
  auth_hello_own (&peer);
  raw_handshake (peer.raw);
  raw_send (peer.raw, P2P_FLAG_BROADCAST, "[<@x 0>, <'let me in'>]");
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (bob->node), ==, 0);
  g_assert_cmpuint (dropped (bob, P2P_DROP_EARLY), ==, 1);
  mesh_run (mesh, 2 * SECOND);
  g_assert_null (peer.raw->error);
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (peer.raw->error);
  auth_assert_failed (bob, P2P_LINK_ERROR_IDENTITY, "does not prove it");
  g_assert_cmpuint (mesh_heard (bob, "let me in"), ==, 0);
}

static void
test_other_key (void)
{
  static const guint8 small[32] = { 1 };
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) peer = { 0 };
  g_auto (AuthPeer) weak = { 0 };
  g_autoptr (P2pIdentity) alice = auth_key ("alice");

  auth_dial (&peer, world.mesh, "mallory", "mallory", world.bob);
  auth_hello (&peer, p2p_identity_peek_public_key (alice));
  /* it could be that of another network: the handshake says that it is not */
  auth_say (&peer);
  g_assert_null (peer.raw->error);
  raw_handshake (peer.raw);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "shows a key that is not that node’s");
  auth_dial (&weak, world.mesh, "weak", "weak", world.bob);
  g_free (weak.raw->id);
  weak.raw->id = p2p_key_to_node_id (small, p2p_protocol_get_id (world.mesh->protocol));
  auth_hello (&weak, small);
  raw_handshake (weak.raw);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "shows a key that is not that node’s");
  g_assert_null (p2p_x1_find_key (world.x1, weak.raw->id));
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 1);
}

/* Two of ours in different networks: that is what they are told, as neither is another than he says. */
static void
test_other_network (void)
{
  g_auto (World) world = make_world ();
  g_autoptr (P2pProtocol) other = p2p_protocol_new ("elsewhere", P2P_ENCRYPTION_PLAINTEXT);
  MeshNode *alice = mesh_add_full (world.mesh, "alice", other, 0);
  g_autoptr (P2pX1) a = p2p_x1_new (alice->node);

  p2p_mesh_node_connect (alice->node, "bob", MESH_PORT, NULL, NULL, NULL);
  mesh_run (world.mesh, 5 * SECOND);
  auth_assert_failed (alice, P2P_LINK_ERROR_WRONG_NETWORK, "another network");
  auth_assert_failed (world.bob, P2P_LINK_ERROR_WRONG_NETWORK, "another network");
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 1);
}

/* ---- replay, and somebody in between ---- */

static void
test_replay (void)
{
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) honest = { 0 };
  g_auto (AuthPeer) thief = { 0 };
  g_autoptr (P2pMessage) said = NULL;

  auth_dial (&honest, world.mesh, "alice", "alice", world.bob);
  auth_hello_own (&honest);
  auth_say (&honest);
  raw_handshake (honest.raw);
  g_assert_true (p2p_peer_get_proven (p2p_mesh_node_find_peer (world.bob->node, honest.raw->id)));
  {
    g_auto (AuthPeer) copy = { 0 };

    /* What went over that link, on another one: the same HELLO, the same proof. */
    auth_dial (&copy, world.mesh, "mallory", "alice", world.bob);
    auth_hello_own (&copy);
    copy.raw->fixture = world.mesh;
    g_ptr_array_set_size (copy.raw->messages, 0);
    g_ptr_array_add (copy.raw->messages, p2p_message_ref (auth_find (honest.raw, P2P_CONTROL_HELLO)));
    auth_say (&copy);
    auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "its signature is wrong");
  }
  g_assert_null (honest.raw->error);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (world.bob->node), ==, 1);
}

typedef struct {
  RawPeer *to_alice, *to_bob;
  guint n;                      /* passed on of each */
} Mallory;

/* Passes on what came, as it is: the same bytes. */
static void
pass_on (Mallory *self)
{
  RawPeer *from[] = { self->to_alice, self->to_bob };
  RawPeer *to[] = { self->to_bob, self->to_alice };
  guint done[2] = { 0 };

  for (guint turn = 0; turn < 50; turn++)
    {
      for (guint i = 0; i < 2; i++)
        for (; done[i] < from[i]->messages->len && to[i]->error == NULL; done[i]++)
          p2p_link_send (to[i]->link, from[i]->messages->pdata[done[i]], P2P_LINK_SEND_PLAIN, NULL);
      mesh_run (self->to_alice->fixture, SECOND / 50);
    }
}

static void
check_between (MeshFixture *mesh, gboolean refused)
{
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (P2pX1) a = p2p_x1_new (alice->node);
  g_autoptr (P2pX1) b = p2p_x1_new (bob->node);
  g_autoptr (RawPeer) to_alice = raw_listen (mesh, "mallory", MESH_PORT);
  g_autoptr (RawPeer) to_bob = NULL;
  Mallory mallory;

  to_alice->mute = TRUE;
  p2p_mesh_node_connect (alice->node, "mallory", MESH_PORT, NULL, NULL, NULL);
  to_bob = raw_dial (mesh, "mallory", bob);
  to_bob->mute = TRUE;
  mallory = (Mallory) { .to_alice = to_alice, .to_bob = to_bob };
  pass_on (&mallory);
  if (refused)
    {
      auth_assert_failed (alice, P2P_LINK_ERROR_IDENTITY, "Somebody is between us and node");
      auth_assert_failed (bob, P2P_LINK_ERROR_IDENTITY, "Somebody is between us and node");
    }
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, refused ? 0 : 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (bob->node), ==, refused ? 0 : 1);
}

/* On TLS both ends sign what only the two ends of a link know; on Plaintext who passes all on is a piece of the wire. */
static void
test_between (void)
{
  g_autoptr (MeshFixture) plain = mesh_fixture_new (1);
  g_autoptr (MeshFixture) secure = auth_new_secure (2);

  check_between (secure, TRUE);
  check_between (plain, FALSE);
}

/* ---- stolen ids ---- */

static guint
count_claims (void)
{
  return g_strcmp0 (g_getenv ("SIM_DEEP"), "1") == 0 ? 10000 : 600;
}

/* Claims of a connected id, of all kinds: its link is the one that it was. */
static void
test_claims (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;
  g_autoptr (P2pX1) a = NULL;
  g_autoptr (P2pX1) b = NULL;
  g_autoptr (P2pIdentity) key = auth_key ("alice");
  guint n = count_claims ();
  P2pPeer *before;

  mesh->limits.accepts_per_second = G_MAXUINT16;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  a = p2p_x1_new (alice->node);
  b = p2p_x1_new (bob->node);
  mesh_connect (alice, bob);
  before = mesh_peer (bob, alice);
  for (guint i = 0; i < n; i++)
    {
      g_auto (AuthPeer) peer = { 0 };

      auth_dial (&peer, mesh, "mallory", "mallory", bob);
      g_free (peer.raw->id);
      peer.raw->id = p2p_identity_get_node_id (key, mesh->protocol);
      if (i % 4 != 0)
        auth_hello (&peer, i % 4 == 1 ? NULL : p2p_identity_peek_public_key (key));
      if (i % 4 == 3)
        auth_say (&peer);
      if (peer.raw->error == NULL)
        raw_handshake (peer.raw);
      g_assert_true (mesh_peer (bob, alice) == before);
      g_assert_cmpint (p2p_peer_get_state (before), ==, P2P_PEER_ESTABLISHED);
    }
  mesh_run (mesh, 10 * SECOND);
  g_assert_true (mesh_peer (bob, alice) == before);
  g_assert_cmpuint (mesh_count (bob, "removed"), ==, 0);
  g_assert_cmpuint (mesh_count (bob, "added"), ==, 1);
  g_test_message ("%u claims of a connected id: no displacement", n);
  mesh_send (bob, "still you");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "still you"), ==, 1);
}

/* An id whose key is known is refused to who says no HELLO, or shows no key; one that nobody has a key for is taken as ever. */
static void
test_downgrade (void)
{
  g_auto (World) world = make_world ();
  g_autoptr (P2pIdentity) alice = auth_key ("alice");
  g_autofree char *id = p2p_identity_get_node_id (alice, world.mesh->protocol);
  g_auto (AuthPeer) before = { 0 };
  g_auto (AuthPeer) original = { 0 };
  g_auto (AuthPeer) keyless = { 0 };
  g_auto (AuthPeer) stranger = { 0 };

  auth_dial (&before, world.mesh, "before", "alice", world.bob);
  raw_handshake (before.raw);
  g_assert_nonnull (p2p_mesh_node_find_peer (world.bob->node, id));
  g_assert_false (p2p_peer_get_proven (p2p_mesh_node_find_peer (world.bob->node, id)));
  /* From the moment on that the key is known: who came under the id without it goes. */
  g_assert_true (p2p_x1_pin (world.x1, p2p_identity_peek_public_key (alice)));
  mesh_run (world.mesh, SECOND / 10);
  g_assert_null (p2p_mesh_node_find_peer (world.bob->node, id));
  g_assert_nonnull (before.raw->error);

  auth_dial (&original, world.mesh, "original", "alice", world.bob);
  raw_handshake (original.raw);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "does not prove it");
  auth_dial (&keyless, world.mesh, "keyless", "alice", world.bob);
  auth_hello (&keyless, NULL);
  auth_assert_failed (world.bob, P2P_LINK_ERROR_IDENTITY, "does not prove it");
  auth_dial (&stranger, world.mesh, "stranger", "stranger", world.bob);
  raw_handshake (stranger.raw);
  g_assert_nonnull (p2p_mesh_node_find_peer (world.bob->node, stranger.raw->id));
}

/* Who waits at an id that he does not own is gone when its owner comes. */
static void
test_squatter (void)
{
  g_auto (World) world = make_world ();
  g_auto (AuthPeer) squatter = { 0 };
  g_auto (AuthPeer) owner = { 0 };

  auth_dial (&squatter, world.mesh, "squatter", "alice", world.bob);
  raw_handshake (squatter.raw);
  g_assert_nonnull (p2p_mesh_node_find_peer (world.bob->node, squatter.raw->id));
  auth_dial (&owner, world.mesh, "owner", "alice", world.bob);
  auth_hello_own (&owner);
  auth_say (&owner);
  raw_handshake (owner.raw);
  g_assert_true (p2p_peer_get_proven (p2p_mesh_node_find_peer (world.bob->node, owner.raw->id)));
  mesh_run (world.mesh, 5 * SECOND);
  g_assert_nonnull (squatter.raw->error);
  g_assert_null (owner.raw->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/auth/pair", test_pair);
  g_test_add_func ("/x1/auth/slow", test_slow);
  g_test_add_func ("/x1/auth/passing", test_passing);
  g_test_add_func ("/x1/auth/by-hand", test_by_hand);
  g_test_add_func ("/x1/auth/forged", test_forged);
  g_test_add_func ("/x1/auth/reflected", test_reflected);
  g_test_add_func ("/x1/auth/malformed", test_malformed);
  g_test_add_func ("/x1/auth/missing", test_missing);
  g_test_add_func ("/x1/auth/other-key", test_other_key);
  g_test_add_func ("/x1/auth/other-network", test_other_network);
  g_test_add_func ("/x1/auth/replay", test_replay);
  g_test_add_func ("/x1/auth/between", test_between);
  g_test_add_func ("/x1/auth/claims", test_claims);
  g_test_add_func ("/x1/auth/downgrade", test_downgrade);
  g_test_add_func ("/x1/auth/squatter", test_squatter);
  return g_test_run ();
}
