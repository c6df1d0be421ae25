/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clock that is off mutes a node. Whose it is, is found out before a message is lost, and said. */
#include "raw-peer.h"

#include <string.h>

#include "p2p/api/p2p-mesh-socket-private.h"

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

/* ---- as programs see it ---- */

static void
note_skew_cb (P2pMeshSocket *socket, gint64 skew, GArray *told)
{
  gint64 property;

  g_object_get (socket, "clock-skew", &property, NULL);
  g_assert_cmpint (property, ==, skew);
  g_array_append_val (told, skew);
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_socket (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *bob = mesh_add (mesh, "bob");
  TestHost *host = test_world_add_host (mesh->world, "alice");
  g_autoptr (P2pMeshSocket) alice = p2p_mesh_socket_new_with_env (mesh->protocol, NULL, NULL, test_host_get_env (host), NULL);
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (gint64));
  P2pConnection *connection;
  gint64 offset, round_trip;
  guint notified[3] = { 0 };

  g_assert_true (p2p_mesh_socket_listen (alice, test_host_get_address (host), 4000, NULL));
  g_signal_connect (alice, "clock-skew", G_CALLBACK (note_skew_cb), told);
  g_signal_connect (alice, "notify::clock-skew", G_CALLBACK (count_cb), &notified[0]);
  g_assert_cmpint (p2p_mesh_socket_get_clock_skew (alice), ==, 0);
  p2p_mesh_node_connect (bob->node, test_host_get_address (host), 4000, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  connection = p2p_mesh_socket_get_connection (alice, p2p_mesh_node_get_id (bob->node));
  g_assert_nonnull (connection);
  g_signal_connect (connection, "notify::clock-offset", G_CALLBACK (count_cb), &notified[1]);
  g_signal_connect (connection, "notify::round-trip", G_CALLBACK (count_cb), &notified[2]);
  g_assert_cmpint (p2p_connection_get_clock_offset (connection), ==, 0);

  test_host_set_utc_skew (host, -200 * SECOND);
  mesh_run (mesh, 60 * SECOND);
  g_assert_cmpint (p2p_mesh_socket_get_clock_skew (alice), ==, -200);
  g_object_get (connection, "clock-offset", &offset, "round-trip", &round_trip, NULL);
  g_assert_cmpint (offset, ==, 200);
  g_assert_cmpint (round_trip, ==, p2p_connection_get_round_trip (connection));
  g_assert_cmpint (round_trip, >=, 0);
  test_host_set_utc_skew (host, 0);
  mesh_run (mesh, 60 * SECOND);
  g_assert_cmpuint (told->len, ==, 2);
  g_assert_cmpint (g_array_index (told, gint64, 0), ==, -200);
  g_assert_cmpint (g_array_index (told, gint64, 1), ==, 0);
  g_assert_cmpuint (notified[0], ==, 2);
  g_assert_cmpuint (notified[1], ==, 2);
  g_signal_handlers_disconnect_by_data (connection, &notified[1]);
  g_signal_handlers_disconnect_by_data (connection, &notified[2]);
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
  g_test_add_func ("/mesh/skew/socket", test_socket);
  return g_test_run ();
}
