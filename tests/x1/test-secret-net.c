/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks with a secret: who proves that he knows it is let in, and nobody else hears a thing. */
#include "auth-fixture.h"

#include <string.h>

static P2pSecret *
make_secret (MeshFixture *mesh, const char *text)
{
  g_autoptr (GError) error = NULL;
  P2pSecret *secret = p2p_secret_new (text, p2p_protocol_get_id (mesh->protocol), &error);

  g_assert_no_error (error);
  return secret;
}

static P2pX1 *
attach (MeshNode *node, const char *text)
{
  P2pX1 *x1 = p2p_x1_new (node->node);
  g_autoptr (P2pSecret) secret = text != NULL ? make_secret (node->fixture, text) : NULL;
  g_autoptr (GError) error = NULL;

  if (secret != NULL)
    g_assert_true (p2p_x1_set_secret (x1, secret, &error));
  g_assert_cmpint (p2p_x1_has_secret (x1), ==, text != NULL);
  return x1;
}

static void
dial (MeshNode *from, const char *to)
{
  p2p_mesh_node_connect (from->node, to, MESH_PORT, NULL, NULL, NULL);
  mesh_run (from->fixture, 3 * SECOND);
}

static void
assert_alone (MeshNode *a, MeshNode *b)
{
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (a->node), ==, 0);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (b->node), ==, 0);
}

static void
check_right (gboolean late_hello)
{
  g_autoptr (MeshFixture) mesh = auth_new_secure (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (P2pX1) a = NULL;
  g_autoptr (P2pX1) b = NULL;

  if (late_hello)
    {
      p2p_mesh_node_set_late_hello (alice->node, TRUE);
      p2p_mesh_node_set_late_hello (bob->node, TRUE);
    }
  a = attach (alice, "correct horse");
  /* as it was typed */
  b = attach (bob, " correct horse\n");
  /* A ring that is made later than the secret does not forget it. */
  p2p_mesh_node_set_late_hello (bob->node, late_hello);
  g_assert_false (p2p_mesh_node_get_late_hello (bob->node));
  mesh_connect (alice, bob);
  g_assert_true (p2p_peer_get_proven (mesh_peer (alice, bob)));
  g_assert_true (p2p_peer_get_proven (mesh_peer (bob, alice)));
  g_assert_cmpuint (mesh_dropped (alice) + mesh_dropped (bob), ==, 0);
  mesh_send (alice, "among us");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (bob, "among us"), ==, 1);
}

static void
test_right (void)
{
  check_right (FALSE);
  check_right (TRUE);
}

/* Both ends are told in words, whoever dialled. */
static void
test_wrong (void)
{
  g_autoptr (MeshFixture) mesh = auth_new_secure (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *carol = mesh_add (mesh, "carol");
  g_autoptr (P2pX1) a = attach (alice, "correct horse");
  g_autoptr (P2pX1) b = attach (bob, "Correct horse");
  g_autoptr (P2pX1) c = attach (carol, NULL);

  dial (alice, "bob");
  auth_assert_failed (alice, P2P_LINK_ERROR_SECRET, "has another secret");
  auth_assert_failed (bob, P2P_LINK_ERROR_SECRET, "has another secret");
  assert_alone (alice, bob);
  dial (carol, "alice");
  auth_assert_failed (carol, P2P_LINK_ERROR_SECRET, "it asks for a secret");
  auth_assert_failed (alice, P2P_LINK_ERROR_SECRET, "has no secret");
  dial (alice, "carol");
  auth_assert_failed (carol, P2P_LINK_ERROR_SECRET, "it asks for a secret");
  auth_assert_failed (alice, P2P_LINK_ERROR_SECRET, "has no secret");
  assert_alone (alice, carol);
}

/* An original, a node without a key and one that says nothing: they hear who is there, and nothing else. */
static void
test_strangers (void)
{
  g_autoptr (MeshFixture) mesh = auth_new_secure (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (P2pX1) a = attach (alice, "correct horse");
  g_autoptr (P2pX1) b = attach (bob, "correct horse");
  g_autoptr (RawPeer) original = NULL;
  g_autoptr (RawPeer) mute = NULL;
  g_autoptr (RawPeer) listener = raw_listen (mesh, "listener", MESH_PORT);
  g_auto (AuthPeer) keyless = { 0 };
  g_auto (AuthPeer) curious = { 0 };

  mesh_connect (alice, bob);
  mute = raw_dial (mesh, "mute", alice);
  original = raw_dial (mesh, "original", alice);
  raw_handshake (original);
  mesh_run (mesh, 5 * SECOND);
  auth_assert_failed (alice, P2P_LINK_ERROR_SECRET, "has no secret, and this network is private");
  auth_dial (&keyless, mesh, "keyless", "keyless", alice);
  auth_hello (&keyless, NULL);
  auth_assert_failed (alice, P2P_LINK_ERROR_SECRET, "has no secret");
  auth_dial (&curious, mesh, "curious", "curious", alice);
  auth_hello_own (&curious);
  mesh_send (bob, "among us");
  mesh_run (mesh, 12 * SECOND);
  g_assert_cmpuint (mesh_heard (alice, "among us"), ==, 1);
  /* HELLO each, and no proof to try secrets on */
  g_assert_cmpuint (original->messages->len, ==, 1);
  g_assert_cmpuint (keyless.raw->messages->len, ==, 1);
  g_assert_cmpuint (curious.raw->messages->len, ==, 1);
  g_assert_cmpuint (mute->messages->len, ==, 1);
  g_assert_nonnull (auth_find (mute, P2P_CONTROL_HELLO));
  g_assert_nonnull (mute->error);
  /* Nor does who is dialled hear more. */
  p2p_mesh_node_connect (alice->node, "listener", MESH_PORT, NULL, NULL, NULL);
  mesh_run (mesh, SECOND / 2);
  raw_handshake (listener);
  mesh_run (mesh, 5 * SECOND);
  auth_assert_failed (alice, P2P_LINK_ERROR_SECRET, "has no secret");
  g_assert_cmpuint (listener->messages->len, ==, 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
}

/* A secret that is known is of no use on another link: it is bound to that one. */
static void
test_by_hand (void)
{
  static const guint8 zeros[32];
  g_autoptr (MeshFixture) mesh = auth_new_secure (1);
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (P2pX1) b = attach (bob, "correct horse");
  g_autoptr (P2pSecret) right = make_secret (mesh, "correct horse");
  g_autoptr (P2pSecret) wrong = make_secret (mesh, "another horse");
  guint8 binding[32];

  for (guint i = 0; i < 4; i++)
    {
      g_auto (AuthPeer) peer = { 0 };

      auth_dial (&peer, mesh, "mallory", "mallory", bob);
      g_assert_true (p2p_link_get_binding (peer.raw->link, binding));
      peer.binding = i == 0 ? NULL : binding;
      peer.secret = i == 1 ? NULL : i == 2 ? wrong : right;
      auth_hello_own (&peer);
      g_assert_null (auth_find (peer.raw, P2P_CONTROL_AUTH));
      auth_say (&peer);
      if (i == 3)
        {
          g_assert_cmpuint (auth_count (peer.raw, P2P_CONTROL_AUTH), ==, 1);
          g_assert_cmpuint (raw_count (peer.raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
          raw_handshake (peer.raw);
          g_assert_true (p2p_peer_get_proven (p2p_mesh_node_find_peer (bob->node, peer.raw->id)));
          continue;
        }
      g_assert_cmpuint (raw_count (peer.raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 0);
      if (i > 0)
        {
          g_autoptr (GVariant) mac = p2p_message_get_packet (auth_find (peer.raw, P2P_CONTROL_AUTH), P2P_CONTROL_REST + 1);
          gsize length;

          g_assert_cmpmem (g_variant_get_fixed_array (mac, &length, 1), 32, zeros, 32);
          /* It may go on as it likes: it is over in a second. */
          g_assert_null (peer.raw->error);
          mesh_run (mesh, SECOND);
        }
      g_assert_nonnull (peer.raw->error);
      auth_assert_failed (bob, i == 0 ? P2P_LINK_ERROR_IDENTITY : P2P_LINK_ERROR_SECRET,
                          i == 0 ? "Somebody is between us" : i == 1 ? "has no secret" : "has another secret");
    }
}

static void
test_refused (void)
{
  g_autoptr (MeshFixture) plain = mesh_fixture_new (1);
  g_autoptr (MeshFixture) mesh = auth_new_secure (1);
  MeshNode *alice = mesh_add (plain, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *carol = mesh_add (mesh, "carol");
  g_autoptr (P2pX1) a = p2p_x1_new (alice->node);
  g_autoptr (P2pX1) b = p2p_x1_new (bob->node);
  g_autoptr (P2pSecret) secret = make_secret (mesh, "correct horse");
  g_autoptr (GError) error = NULL;

  g_assert_false (p2p_x1_set_secret (a, secret, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET);
  g_clear_error (&error);
  mesh_connect (bob, carol);
  g_assert_false (p2p_x1_set_secret (b, secret, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET);
  g_assert_false (p2p_x1_has_secret (b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/secret/right", test_right);
  g_test_add_func ("/x1/secret/wrong", test_wrong);
  g_test_add_func ("/x1/secret/strangers", test_strangers);
  g_test_add_func ("/x1/secret/by-hand", test_by_hand);
  g_test_add_func ("/x1/secret/refused", test_refused);
  return g_test_run ();
}
