/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "own-peer.h"

#include <string.h>

/* Application frames among nodes: who gets them, who may send how many, and what becomes of those that are no good. */

static GBytes *
make_id (guint8 first)
{
  guint8 id[P2P_APP_ID_LENGTH] = { first };

  return g_bytes_new (id, sizeof id);
}

static P2pAppFrame *
get_app (MeshNode *node, guint index)
{
  g_assert_cmpuint (index, <, node->apps->len);
  return g_ptr_array_index (node->apps, index);
}

static guint64
get_dropped (MeshNode *node, P2pDropReason reason)
{
  return mesh_stats (node).dropped[reason];
}

static void
broadcast (MeshNode *node, P2pAppFrame *frame)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_app (node->node, P2P_FLAG_BROADCAST, frame, &error);

  g_assert_no_error (error);
  p2p_mesh_node_send_message (node->node, message);
  mesh_run (node->fixture, 2 * SECOND);
}

static void
whisper (MeshNode *node, MeshNode *to, P2pAppFrame *frame)
{
  g_autoptr (GError) error = NULL;

  p2p_mesh_node_send_app_to (node->node, mesh_peer (node, to), frame, &error);
  g_assert_no_error (error);
  mesh_run (node->fixture, SECOND);
}

/* A frame as a link says it that keeps to nothing. */
static void
say (RawPeer *raw, P2pAppFrame *frame)
{
  g_autoptr (GVariant) packets = g_variant_ref_sink (p2p_app_frame_pack (frame));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, raw->id, mesh_now (raw->fixture), packets, NULL);

  if (raw->error == NULL)
    p2p_link_send (raw->link, message, P2P_LINK_SEND_PLAIN, NULL);
  mesh_run (raw->fixture, SECOND / 1000);
}

static void
test_everybody (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Alice", P2P_APP_NAME_ASK, NULL);

  mesh_connect (alice, bob);
  mesh_connect (bob, carol);
  broadcast (alice, name);
  broadcast (alice, name);
  /* Both, once each, also a hop away; and nobody takes one for a message. */
  g_assert_cmpuint (bob->apps->len, ==, 2);
  g_assert_cmpuint (carol->apps->len, ==, 2);
  g_assert_cmpuint (alice->apps->len, ==, 0);
  g_assert_cmpstr (p2p_app_frame_get_name (get_app (carol, 1)), ==, "Alice");
  g_assert_cmpuint (p2p_app_frame_get_flags (get_app (carol, 0)), ==, P2P_APP_NAME_ASK);
  g_assert_cmpuint (bob->messages->len + carol->messages->len, ==, 0);
  g_assert_cmpuint (mesh_dropped (bob) + mesh_dropped (carol), ==, 0);
}

static void
test_originals (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Alice", P2P_APP_NAME_NONE, NULL);
  g_autoptr (GError) error = NULL;

  /* In the middle is a node that knows no frames of ours. */
  p2p_mesh_node_set_own_frames (bob->node, FALSE);
  p2p_mesh_node_set_max_outgoing (alice->node, 0);
  p2p_mesh_node_set_max_outgoing (carol->node, 0);
  mesh_connect (alice, bob);
  mesh_connect (carol, bob);
  broadcast (alice, name);
  g_assert_cmpuint (carol->apps->len, ==, 1);
  g_assert_cmpuint (bob->apps->len, ==, 0);
  g_assert_cmpuint (get_dropped (bob, P2P_DROP_UNKNOWN_OPERATION), ==, 1);

  g_assert_false (p2p_mesh_node_send_app_to (alice->node, mesh_peer (alice, bob), name, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED);
  g_assert_false (p2p_peer_is_own (mesh_peer (alice, bob)));
}

static void
test_what_goes_where (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (GBytes) id = make_id (1);
  g_autoptr (P2pAppFrame) ask = p2p_app_frame_new_history_ask (1, 0, 10, 5, 0, NULL, NULL);
  g_autoptr (P2pAppFrame) reply = p2p_app_frame_new_reply (NULL, id, NULL);
  g_autoptr (P2pAppFrame) about = p2p_app_frame_with_about (reply, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = NULL;

  g_assert_null (p2p_mesh_node_new_app (alice->node, P2P_FLAG_BROADCAST, ask, &error));
  g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE);
  g_clear_error (&error);
  g_assert_null (p2p_mesh_node_new_app (alice->node, P2P_FLAG_BROADCAST, reply, &error));
  g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE);
  message = p2p_mesh_node_new_app (alice->node, P2P_FLAG_BROADCAST, about, NULL);
  g_assert_nonnull (message);
}

/* Answers come only to who asked, from whom he asked, and as often as he asked. */
static void
test_answers (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob"), *carol = mesh_add (mesh, "carol");
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GBytes) file = make_id (2);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (P2pAppFrame) ask = p2p_app_frame_new_history_ask (7, 0, 10, 5, 0, NULL, NULL);
  g_autoptr (P2pAppFrame) answer = p2p_app_frame_new_history (7, P2P_APP_HISTORY_END, none, NULL);
  g_autoptr (P2pAppFrame) fetch = p2p_app_frame_new_fetch (8, file, 0, 2, NULL);
  g_autoptr (P2pAppFrame) stop = p2p_app_frame_new_fetch (8, file, 0, 0, NULL);
  g_autoptr (P2pAppFrame) chunk = p2p_app_frame_new_chunk (8, file, 0, bytes, NULL);

  mesh_connect (alice, bob);
  mesh_connect (alice, carol);
  whisper (bob, alice, answer);
  g_assert_cmpuint (alice->apps->len, ==, 0);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNEXPECTED), ==, 1);

  whisper (alice, bob, ask);
  g_assert_cmpuint (bob->apps->len, ==, 1);
  whisper (carol, alice, answer);
  whisper (bob, alice, answer);
  whisper (bob, alice, answer);
  g_assert_cmpuint (alice->apps->len, ==, 1);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNEXPECTED), ==, 3);

  whisper (alice, bob, fetch);
  for (guint i = 0; i < 3; i++)
    whisper (bob, alice, chunk);
  g_assert_cmpuint (alice->apps->len, ==, 3);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNEXPECTED), ==, 4);

  /* Twice as many for two questions; none when we say that it is enough. */
  whisper (alice, bob, fetch);
  whisper (alice, bob, fetch);
  whisper (bob, alice, chunk);
  whisper (bob, alice, chunk);
  whisper (bob, alice, chunk);
  g_assert_cmpuint (alice->apps->len, ==, 6);
  whisper (alice, bob, stop);
  whisper (bob, alice, chunk);
  g_assert_cmpuint (alice->apps->len, ==, 6);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNEXPECTED), ==, 5);
  /* That costs nobody his link: he may have sent it before he heard that. */
  g_assert_nonnull (mesh_peer (alice, bob));
}

/* Questions without an answer are forgotten, the oldest first. */
static void
test_many_questions (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  mesh->limits.app_frames = 1000;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  mesh_connect (alice, bob);
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (P2pAppFrame) ask = p2p_app_frame_new_history_ask (i, 0, 10, 5, 0, NULL, NULL);

      p2p_mesh_node_send_app_to (alice->node, mesh_peer (alice, bob), ask, NULL);
    }
  g_assert_cmpuint (alice->node->asked->len, ==, 256);
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (P2pAppFrame) answer = p2p_app_frame_new_history (i, P2P_APP_HISTORY_END, none, NULL);

      p2p_mesh_node_send_app_to (bob->node, mesh_peer (bob, alice), answer, NULL);
    }
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (bob->apps->len, ==, 300);
  g_assert_cmpuint (alice->apps->len, ==, 256);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNEXPECTED), ==, 300 - 256);
  g_assert_cmpuint (alice->node->asked->len, ==, 0);
}

/* More frames than a link may whisper are dropped; a flood costs it. Average, burst, and that time gives them back. */
static void
test_rate (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Raw", P2P_APP_NAME_NONE, NULL);
  g_autoptr (RawPeer) raw = NULL;
  MeshNode *alice, *bob;

  mesh->limits.app_frames = 4;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  mesh_connect (alice, bob);
  raw = own_dial (mesh, "raw", alice);
  for (guint i = 0; i < 9; i++)
    say (raw, name);
  g_assert_cmpuint (alice->apps->len, ==, 8);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_RATE), ==, 1);
  mesh_run (mesh, SECOND);
  for (guint i = 0; i < 5; i++)
    say (raw, name);
  g_assert_cmpuint (alice->apps->len, ==, 12);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_RATE), ==, 2);
  g_assert_no_error (raw->error);
  for (guint i = 0; i < 20; i++)
    say (raw, name);
  g_assert_nonnull (raw->error);
  g_assert_nonnull (mesh_peer (alice, bob));
}

/* Of bytes that were asked for, too. Nobody is blamed for these. */
static void
test_bytes (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (GBytes) file = make_id (3);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autofree guint8 *zeros = g_malloc0 (P2P_APP_MAX_CHUNK);
  g_autoptr (GBytes) full = g_bytes_new_static (zeros, P2P_APP_MAX_CHUNK);
  g_autoptr (P2pAppFrame) fetch = p2p_app_frame_new_fetch (9, file, 0, 128, NULL);
  g_autoptr (P2pAppFrame) large = p2p_app_frame_new_chunk (9, file, 0, full, NULL);
  g_autoptr (P2pAppFrame) small = p2p_app_frame_new_chunk (9, file, 0, empty, NULL);
  g_autoptr (RawPeer) raw = NULL;
  MeshNode *alice;

  mesh->limits.app_bytes = 51200;
  mesh->limits.app_frames = 1;
  alice = mesh_add (mesh, "alice");
  raw = own_dial (mesh, "raw", alice);
  g_assert_true (p2p_mesh_node_send_app_to (alice->node, own_peer_at (alice, raw), fetch, NULL));
  for (guint i = 0; i < 4; i++)
    say (raw, large);
  g_assert_cmpuint (alice->apps->len, ==, 2);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_RATE), ==, 2);
  /* 4 KiB less the heads of two are left: empty ones count as 1 KiB. */
  for (guint i = 0; i < 60; i++)
    say (raw, small);
  g_assert_cmpuint (alice->apps->len, >=, 4);
  g_assert_cmpuint (alice->apps->len, <=, 2 + 4 + 3);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_RATE), >=, 50);
  mesh_run (mesh, 2 * SECOND);
  say (raw, large);
  g_assert_cmpuint (g_bytes_get_size (p2p_app_frame_get_bytes (get_app (alice, alice->apps->len - 1))), ==, P2P_APP_MAX_CHUNK);
  g_assert_no_error (raw->error);
}

static void
test_malformed (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice"), *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = NULL;
  g_autofree char *long_name = g_strnfill (1024 * 1024, 'n');
  static const char * const bad[] = {
    "[<@x 90>]", "[<@x 90>, <@x 1>]", "[<@x 90>, <'1'>, <@x 1>]", "[<@x 90>, <@x 1>, <@x 1>]", "[<@x 90>, <@x 1>, <@x 1>, <@x 5>, <@x 0>]",
    "[<@x 90>, <@x 1>, <@x 2>, <@ay [1]>, <@ay [1]>]", "[<@x 90>, <@x 1>, <@x 3>, <@ay []>]", "[<@x 90>, <@x 1>, <@x 4>, <@x -1>]",
  };

  mesh_connect (alice, bob);
  raw = own_dial_full (mesh, "raw", alice, 2 * 1024 * 1024);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      raw_send_full (raw, P2P_FLAG_BROADCAST, raw->id, P2P_ID_FORM_STR, mesh_now (mesh), bad[i]);
      mesh_run (mesh, SECOND);
    }
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_SHAPE), ==, G_N_ELEMENTS (bad));
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <@x 1>, <@x 1>, <'%s'>, <@x 0>]", long_name);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_TOO_MANY), ==, 1);
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <@x 2>, <@x 1>]");
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <@x 1>, <@x 99>, <'later'>]");
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <@x 1>, <@x 4>, <@x 1>, <@x 0>, <@x 9>, <@x 5>, <@ay []>]");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNKNOWN_OPERATION), ==, 2);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_LINK_LOCAL), ==, 1);
  for (guint i = 0; i < 30; i++)
    raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <@x 1>, <@x 1>, <@x %u>]", i);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_SHAPE), ==, G_N_ELEMENTS (bad) + 30);
  /* Nobody who relays any of that loses his link: neither raw to us, nor we to bob. */
  g_assert_no_error (raw->error);
  g_assert_nonnull (mesh_peer (alice, bob));
  g_assert_cmpuint (alice->apps->len + bob->apps->len, ==, 0);
  g_assert_cmpuint (alice->messages->len + bob->messages->len, ==, 0);

  /* A whisper is his own work. */
  for (guint i = 0; i < 20 && raw->error == NULL; i++)
    raw_send (raw, P2P_FLAG_WHISPER, "%s", bad[i % G_N_ELEMENTS (bad)]);
  mesh_run (mesh, SECOND);
  g_assert_nonnull (raw->error);
}

/* From who did not say HELLO no whisper is heard; and none with another flag. */
static void
test_strangers (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  raw_handshake (raw);
  for (guint i = 0; i < 200; i++)
    raw_send (raw, P2P_FLAG_WHISPER, "[<@x 90>, <@x 1>, <@x 1>, <'Raw'>, <@x 0>]");
  raw_send (raw, 3, "[<@x 90>, <@x 1>, <@x 1>, <'Raw'>, <@x 0>]");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (alice->apps->len, ==, 0);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_EARLY), ==, 200);
  g_assert_cmpuint (get_dropped (alice, P2P_DROP_UNEXPECTED), ==, 1);
  g_assert_no_error (raw->error);
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <@x 1>, <@x 1>, <'Raw'>, <@x 0>]");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (alice->apps->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/app/everybody", test_everybody);
  g_test_add_func ("/mesh/app/originals", test_originals);
  g_test_add_func ("/mesh/app/what-goes-where", test_what_goes_where);
  g_test_add_func ("/mesh/app/answers", test_answers);
  g_test_add_func ("/mesh/app/many-questions", test_many_questions);
  g_test_add_func ("/mesh/app/rate", test_rate);
  g_test_add_func ("/mesh/app/bytes", test_bytes);
  g_test_add_func ("/mesh/app/malformed", test_malformed);
  g_test_add_func ("/mesh/app/strangers", test_strangers);
  return g_test_run ();
}
