/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links that broke without a word are found, and what is asked for that costs next to nothing. */
#include "raw-peer.h"

#include <string.h>

static void
find_half_open (guint64 seed, gboolean own)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (seed);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  if (!own)
    p2p_mesh_node_set_own_frames (bob->node, FALSE);
  /* Nobody comes again, which would tell the other. */
  p2p_mesh_node_set_max_outgoing (alice->node, 0);
  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  mesh_connect (alice, bob);
  mesh_run (mesh, (gint64) seed * 7 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  test_conn_stall (test_world_get_conn (mesh->world, 0), TRUE);
  /* Not before it had its chances... */
  mesh_run (mesh, 20 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  /* ...and then: one of ours is asked, waited for, asked and waited for; an original has half of the time to answer. */
  mesh_run (mesh, ((own ? 3 * P2P_LIMIT_PING_SECONDS : 2 * P2P_LIMIT_IDLE_SECONDS) - 20) * SECOND);
  g_assert_cmpuint (mesh_count (alice, "removed bob SILENT"), ==, 1);
  g_assert_cmpuint (mesh_count (bob, "removed alice SILENT"), ==, 1);
}

static void
test_half_open (void)
{
  for (guint64 seed = 1; seed <= 12; seed++)
    {
      find_half_open (seed, TRUE);
      find_half_open (seed, FALSE);
    }
}

/* Why it ended is said in words, where people look. */
static void
test_words (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  g_autoptr (GVariant) status = NULL;
  const char *code;
  const char *words;

  raw->mute = TRUE;
  raw_handshake (raw);
  mesh_run (mesh, 60 * SECOND);
  g_assert_nonnull (raw->error);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, 2);
  status = p2p_mesh_node_get_status (alice->node);
  g_assert_cmpuint (g_variant_n_children (status), >=, 1);
  g_variant_get_child (status, 0, "(&sx&s)", &code, NULL, &words);
  g_assert_cmpstr (code, ==, "P2P_LINK_ERROR_SILENT");
  g_assert_nonnull (strstr (words, "No sign of life"));
}

/* An original is asked as rarely as that, and its answer keeps the link. */
static void
test_original (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  guint asked;

  raw_handshake (raw);
  mesh_run (mesh, 600 * SECOND);
  g_assert_null (raw->error);
  asked = raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST);
  g_assert_cmpuint (asked, >=, 600 / P2P_LIMIT_IDLE_SECONDS);
  g_assert_cmpuint (asked, <=, 600 / (P2P_LIMIT_IDLE_SECONDS * 4 / 5));
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 1);
}

/* py2p answers every handshake. One that does not has lost the link without telling us. */
static void
test_unanswered_handshake (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  raw->mute = TRUE;
  raw_handshake_bin (raw);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
  mesh_run (mesh, (P2P_LIMIT_ANSWER_SECONDS + 1) * SECOND);
  g_assert_cmpuint (mesh_count (alice, "removed stranger SILENT"), ==, 1);
  g_assert_nonnull (raw->error);
}

/* At rest: not more than a frame each way in the time of a ping. In a busy time: none. */
static void
test_cost (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  P2pNodeStats before[2], after[2];

  mesh_connect (alice, bob);
  mesh_run (mesh, 5 * SECOND);
  before[0] = mesh_stats (alice);
  before[1] = mesh_stats (bob);
  mesh_run (mesh, 600 * SECOND);
  after[0] = mesh_stats (alice);
  after[1] = mesh_stats (bob);
  for (guint i = 0; i < 2; i++)
    {
      guint64 frames = after[i].messages_out - before[i].messages_out;

      g_assert_cmpuint (frames, >, 0);
      g_assert_cmpuint (frames, <=, 600 / (P2P_LIMIT_PING_SECONDS * 4 / 5));
      g_assert_cmpuint (after[i].bytes_out - before[i].bytes_out, <=, frames * 128);
    }
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);

      mesh_send (alice, text);
      mesh_send (bob, text);
      mesh_run (mesh, 5 * SECOND);
    }
  g_assert_cmpuint (mesh_stats (alice).messages_out - after[0].messages_out, <=, 61);
}

static void
test_round_trip (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  TestPath path = { .delay = 40000 };
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  P2pPeer *peer;

  test_world_set_path (mesh->world, &path);
  mesh_connect (alice, bob);
  /* From the first words on... */
  peer = mesh_peer (alice, bob);
  g_assert_cmpint (p2p_peer_get_round_trip (peer), ==, 80000);
  g_assert_cmpint (p2p_peer_get_round_trip (mesh_peer (bob, alice)), >=, 80000);
  mesh_run (mesh, 300 * SECOND);
  g_assert_cmpint (p2p_peer_get_round_trip (peer), ==, 80000);
  g_assert_cmpint (p2p_peer_get_round_trip (mesh_peer (bob, alice)), <=, 120000);
  g_assert_cmpuint (mesh_count (alice, "changed bob") + mesh_count (bob, "changed alice"), >, 0);
}

/* Nobody makes up a time by an answer that was not asked for, or by two. */
static void
test_false_pong (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  P2pPeer *peer;
  gint64 before;

  mesh_connect (alice, bob);
  peer = mesh_peer (alice, bob);
  before = p2p_peer_get_round_trip (peer);
  p2p_mesh_handle_pong (peer, 0);
  p2p_mesh_handle_pong (peer, 1);
  p2p_mesh_handle_pong (peer, -1);
  g_assert_cmpint (p2p_peer_get_round_trip (peer), ==, before);
}

/* The times are limits like others. */
static void
test_limits (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice;
  MeshNode *bob;

  mesh->limits.ping_seconds = 4;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  mesh_connect (alice, bob);
  test_conn_stall (test_world_get_conn (mesh->world, 0), TRUE);
  mesh_run (mesh, 13 * SECOND);
  g_assert_cmpuint (mesh_count (alice, "removed bob SILENT"), ==, 1);
}

/* A thousand links made in one moment are not asked in one. */
static void
test_spread (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  RawPeer *raws[16];
  guint at_once = 0;
  guint last[G_N_ELEMENTS (raws)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raws[i] = raw_dial (mesh, name, alice);
      raw_handshake (raws[i]);
    }
  for (guint second = 0; second < 60; second++)
    {
      guint now = 0;

      mesh_run (mesh, SECOND);
      for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
        {
          guint asked = raw_count (raws[i], P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST);

          now += asked - last[i];
          last[i] = asked;
        }
      at_once = MAX (at_once, now);
    }
  g_assert_cmpuint (at_once, <=, G_N_ELEMENTS (raws) / 2);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_assert_cmpuint (last[i], >, 0);
      raw_free (raws[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/ping/half-open", test_half_open);
  g_test_add_func ("/mesh/ping/words", test_words);
  g_test_add_func ("/mesh/ping/original", test_original);
  g_test_add_func ("/mesh/ping/unanswered-handshake", test_unanswered_handshake);
  g_test_add_func ("/mesh/ping/cost", test_cost);
  g_test_add_func ("/mesh/ping/round-trip", test_round_trip);
  g_test_add_func ("/mesh/ping/false-pong", test_false_pong);
  g_test_add_func ("/mesh/ping/limits", test_limits);
  g_test_add_func ("/mesh/ping/spread", test_spread);
  return g_test_run ();
}
