/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clock that is off mutes a node. Whose it is, is found out before a message is lost, and said. */
#include "mesh-fixture.h"

#include <string.h>

static MeshNode *
add_skewed (MeshFixture *mesh, const char *name, gint64 seconds)
{
  MeshNode *node = mesh_add (mesh, name);

  test_host_set_utc_skew (node->host, seconds * SECOND);
  return node;
}

static void
test_offsets (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = add_skewed (mesh, "bob", 20);

  mesh_connect (alice, bob);
  g_assert_cmpint (p2p_peer_get_clock_offset (mesh_peer (alice, bob)), ==, 20);
  g_assert_cmpint (p2p_peer_get_clock_offset (mesh_peer (bob, alice)), ==, -20);
  /* That is nothing to speak of. */
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 0);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (bob->node), ==, 0);
}

/* The one who is off knows it at once, the others know that it is not they. */
static void
test_one_is_off (void)
{
  static const gint64 skews[] = { 100, -100, 45, -3600 * 24 * 365 };

  for (guint i = 0; i < G_N_ELEMENTS (skews); i++)
    {
      g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
      MeshNode *alice = mesh_add (mesh, "alice");
      MeshNode *bob = mesh_add (mesh, "bob");
      MeshNode *carol = mesh_add (mesh, "carol");
      MeshNode *late = add_skewed (mesh, "late", skews[i]);
      g_autoptr (GVariant) status = NULL;
      const char *code;
      const char *words;

      mesh_connect (alice, bob);
      mesh_connect (bob, carol);
      mesh_connect (carol, alice);
      mesh_connect (late, alice);
      mesh_connect (late, bob);
      g_assert_cmpint (p2p_mesh_node_get_clock_skew (late->node), ==, skews[i]);
      g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 0);
      g_assert_cmpint (p2p_mesh_node_get_clock_skew (bob->node), ==, 0);
      g_assert_cmpint (p2p_mesh_node_get_clock_skew (carol->node), ==, 0);
      g_assert_cmpuint (mesh_count (late, "skew"), ==, 1);
      status = p2p_mesh_node_get_status (late->node);
      g_variant_get_child (status, 0, "(&sx&s)", &code, NULL, &words);
      g_assert_cmpstr (code, ==, "P2P_LINK_ERROR_CLOCK");
      g_assert_nonnull (strstr (words, skews[i] > 0 ? "ahead of" : "behind"));
    }
}

/* A clock that is set right again, or goes wrong on the way, is noticed by the next word. */
static void
test_comes_and_goes (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_connect (alice, bob);
  test_host_set_utc_skew (alice->host, 90 * SECOND);
  mesh_run (mesh, 40 * SECOND);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 90);
  test_host_set_utc_skew (alice->host, 0);
  mesh_run (mesh, 40 * SECOND);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 0);
  g_assert_cmpuint (mesh_count (alice, "skew 0"), ==, 1);
}

/* And if messages are lost by it before that, not more than two. */
static void
test_within_two_messages (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_connect (alice, bob);
  test_host_set_utc_skew (alice->host, 120 * SECOND);
  mesh_send (bob, "one");
  mesh_run (mesh, SECOND / 2);
  mesh_send (bob, "two");
  mesh_run (mesh, SECOND / 2);
  g_assert_cmpuint (mesh_heard (alice, "one") + mesh_heard (alice, "two"), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_EXPIRED], ==, 2);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 120);
}

/* One that lies, or is off himself, does not outweigh two. */
static void
test_outvoted (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *carol = mesh_add (mesh, "carol");
  g_autoptr (RawPeer) liar = raw_dial (mesh, "liar", alice);

  mesh_connect (alice, bob);
  raw_send_full (liar, P2P_FLAG_WHISPER, liar->id, P2P_ID_FORM_STR, mesh_now (mesh) + 5000, "[<@x 7>, <@av []>]");
  raw_handshake (liar);
  raw_send_full (liar, P2P_FLAG_WHISPER, liar->id, P2P_ID_FORM_STR, G_MAXINT64, "[<@x 7>, <@av []>]");
  g_assert_cmpint (p2p_peer_get_clock_offset (p2p_mesh_node_find_peer (alice->node, liar->id)), ==, G_MAXINT32);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 0);
  mesh_connect (alice, carol);
  raw_send_full (liar, P2P_FLAG_WHISPER, liar->id, P2P_ID_FORM_STR, G_MININT64, "[<@x 7>, <@av []>]");
  g_assert_cmpint (p2p_peer_get_clock_offset (p2p_mesh_node_find_peer (alice->node, liar->id)), ==, -G_MAXINT32);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, 0);
  /* Nor does a message in another's name, or one that he passes on, say anything about a clock. */
  raw_send_full (liar, P2P_FLAG_WHISPER, p2p_mesh_node_get_id (bob->node), P2P_ID_FORM_STR, 5, "[<@x 7>, <@av []>]");
  g_assert_cmpint (p2p_peer_get_clock_offset (mesh_peer (alice, bob)), ==, 0);
}

static void
test_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice;
  MeshNode *bob = add_skewed (mesh, "bob", 12);

  mesh->limits.clock_skew_seconds = 10;
  alice = mesh_add (mesh, "alice");
  mesh_connect (alice, bob);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (alice->node), ==, -12);
  g_assert_cmpint (p2p_mesh_node_get_clock_skew (bob->node), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/skew/offsets", test_offsets);
  g_test_add_func ("/mesh/skew/one-is-off", test_one_is_off);
  g_test_add_func ("/mesh/skew/comes-and-goes", test_comes_and_goes);
  g_test_add_func ("/mesh/skew/within-two-messages", test_within_two_messages);
  g_test_add_func ("/mesh/skew/outvoted", test_outvoted);
  g_test_add_func ("/mesh/skew/limit", test_limit);
  return g_test_run ();
}
