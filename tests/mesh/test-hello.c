/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HELLO and the frames of link control: known among ours, believed in little, nothing to anybody else. */
#include "raw-peer.h"

#include <string.h>

#include "p2p/mesh/p2p-identity.h"

#define ZEROS "byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0"
#define NONCE "<@ay [" ZEROS ", " ZEROS ", " ZEROS ", " ZEROS "]>"
#define GOOD_HELLO "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <@ay []>, " NONCE ", <@x 70000>]"
#define ALL_CAPS (P2P_CAP_VALIDATES | P2P_CAP_LAZY_PUSH | P2P_CAP_PING | P2P_CAP_MAX_FRAME)

static P2pPeer *
only_peer (MeshNode *node)
{
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (node->node), ==, 1);
  return p2p_mesh_node_get_peer (node->node, 0);
}

static const P2pMeshGuard no_guard = { NULL };

static void
test_known (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob;
  P2pPeer *at_alice;
  P2pPeer *at_bob;
  g_autoptr (GBytes) key = NULL;

  mesh->limits.frame = 200000;
  bob = mesh_add (mesh, "bob");
  p2p_mesh_node_set_guard (bob->node, &no_guard, NULL);
  mesh_connect (alice, bob);
  at_alice = mesh_peer (alice, bob);
  at_bob = mesh_peer (bob, alice);
  g_assert_true (p2p_peer_is_own (at_alice));
  g_assert_true (p2p_peer_is_own (at_bob));
  g_assert_cmpuint (p2p_peer_get_capabilities (at_alice), ==, ALL_CAPS);
  g_assert_true (p2p_peer_has_cap (at_bob, P2P_CAP_PING));
  g_assert_false (p2p_peer_has_cap (at_bob, P2P_CAP_SYNC_DIGEST));
  g_assert_cmpuint (at_alice->max_frame, ==, 200000);
  g_assert_cmpuint (at_bob->max_frame, ==, P2P_LIMIT_FRAME);
  /* Each has the other's nonce, and the key that his id is made of. */
  g_assert_cmpmem (at_alice->nonce, 32, at_bob->own_nonce, 32);
  g_assert_cmpmem (at_bob->nonce, 32, at_alice->own_nonce, 32);
  g_assert_cmpint (memcmp (at_bob->nonce, at_bob->own_nonce, 32), !=, 0);
  g_assert_true (at_alice->has_pub);
  /* Who has nobody to prove it shows no key. */
  g_assert_false (at_bob->has_pub);
  key = p2p_identity_get_public_key (bob->node->identity);
  g_assert_cmpmem (at_alice->pub, 32, g_bytes_get_data (key, NULL), 32);
}

static void
test_without_key (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  TestHost *host = test_world_add_host (mesh->world, "passing");
  g_autoptr (P2pMeshNode) passing = p2p_mesh_node_new (test_host_get_env (host), mesh->protocol, NULL, NULL, NULL);

  p2p_mesh_node_connect (passing, "alice", 4000, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  g_assert_true (only_peer (alice)->is_own);
  g_assert_false (only_peer (alice)->has_pub);
  p2p_mesh_node_close (passing);
  mesh_run (mesh, SECOND);
}

/* Who waits for whom: the dialler for the first word of who was dialled, he for the handshake or HELLO of the dialler. */
static void
test_order (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) dialler = raw_dial (mesh, "dialler", alice);
  g_autoptr (RawPeer) own = raw_dial (mesh, "own", alice);
  g_autoptr (RawPeer) dialled = raw_listen (mesh, "dialled", 4000);
  g_autoptr (RawPeer) mute = raw_listen (mesh, "mute", 4000);
  P2pMessage *first;

  /* An original that dials speaks first, and has its answer at once. */
  raw_handshake (dialler);
  g_assert_cmpuint (raw_count (dialler, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
  raw_send (own, P2P_FLAG_WHISPER, GOOD_HELLO);
  g_assert_cmpuint (raw_count (own, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
  g_assert_cmpuint (raw_count (own, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 1);

  /* To an original that is dialled we never say HELLO. */
  p2p_mesh_node_connect (alice->node, "dialled", 4000, NULL, NULL, NULL);
  mesh_run (mesh, SECOND / 10);
  g_assert_cmpuint (dialled->messages->len, ==, 0);
  raw_handshake (dialled);
  g_assert_cmpuint (raw_count (dialled, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
  g_assert_cmpuint (raw_count (dialled, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 0);

  /* Who hears nothing speaks when the wait is over, and says all he has to say. */
  p2p_mesh_node_connect (alice->node, "mute", 4000, NULL, NULL, NULL);
  mesh_run (mesh, P2P_LIMIT_WITHHOLD_MILLISECONDS * 1000 - SECOND / 20);
  g_assert_cmpuint (mute->messages->len, ==, 0);
  mesh_run (mesh, SECOND / 10);
  g_assert_cmpuint (mute->messages->len, ==, 2);
  first = g_ptr_array_index (mute->messages, 0);
  g_assert_cmpint (p2p_message_get_subflag (first), ==, P2P_SUBFLAG_CONTROL);
  g_assert_cmpuint (raw_count (mute, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
}

/* The wait is a limit like others. */
static void
test_shorter_wait (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice;
  g_autoptr (RawPeer) raw = NULL;

  mesh->limits.withhold_milliseconds = 50;
  alice = mesh_add (mesh, "alice");
  raw = raw_dial (mesh, "raw", alice);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE), ==, 1);
}

/* With our frames off a node is as one of the originals: it speaks at once, says no HELLO and takes none. */
static void
test_off (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = NULL;

  p2p_mesh_node_set_own_frames (bob->node, FALSE);
  mesh_connect (alice, bob);
  g_assert_false (mesh_peer (alice, bob)->is_own);
  g_assert_false (mesh_peer (bob, alice)->is_own);
  raw = raw_dial (mesh, "raw", bob);
  g_assert_cmpuint (raw->messages->len, ==, 1);
  raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE);
  raw_send (raw, P2P_FLAG_WHISPER, GOOD_HELLO);
  raw_handshake (raw);
  g_assert_false (p2p_mesh_node_find_peer (bob->node, raw->id)->is_own);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 0);
}

/* Where only a handshake may come first, HELLO follows it. */
static void
test_late (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  p2p_mesh_node_set_late_hello (alice->node, TRUE);
  p2p_mesh_node_set_late_hello (bob->node, TRUE);
  mesh_connect (alice, bob);
  g_assert_true (mesh_peer (alice, bob)->is_own);
  g_assert_true (mesh_peer (bob, alice)->is_own);
  g_assert_cmpstr (alice->log->str, ==, "pending\nadded bob\nconnected\nchanged bob\n");
}

/* Two names on one link, whichever comes first: it is over, in words. */
static void
test_two_names (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
      MeshNode *alice = mesh_add (mesh, "alice");
      g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

      if (i == 1)
        raw_handshake (raw);
      raw_send_full (raw, P2P_FLAG_WHISPER, "22222", P2P_ID_FORM_STR, mesh_now (mesh), GOOD_HELLO);
      if (i == 0)
        raw_handshake (raw);
      g_assert_nonnull (raw->error);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 0);
      if (i == 0)
        {
          g_assert_error (alice->last_failure, P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_ID);
          g_assert_nonnull (strstr (alice->last_failure->message, "said that it is node 22222"));
        }
      else
        g_assert_cmpuint (mesh_count (alice, "removed stranger WRONG_ID"), ==, 1);
    }
}

static void
test_malformed (void)
{
  static const char *bad[] = {
    "[<@x 88>]",
    "[<@x 88>, <@x 1>]",
    "[<@x 88>, <'1'>, <@x 1>, <@x 99>, <@ay []>, " NONCE ", <@x 70000>]",
    "[<@x 88>, <@x 1>, <@x 1>]",
    "[<@x 88>, <@x 1>, <@x 1>, <@x -1>, <@ay []>, " NONCE ", <@x 70000>]",
    "[<@x 88>, <@x 1>, <@x 1>, <'99'>, <@ay []>, " NONCE ", <@x 70000>]",
    "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <@ay [byte 1]>, " NONCE ", <@x 70000>]",
    "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <''>, " NONCE ", <@x 70000>]",
    "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <@ay []>, <@ay [byte 1]>, <@x 70000>]",
    "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <@ay []>, " NONCE ", <@x 1023>]",
    "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <@ay []>, " NONCE "]",
  };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (RawPeer) raw = NULL;
  MeshNode *alice;

  mesh->limits.penalty = 0;
  alice = mesh_add (mesh, "alice");
  raw = raw_dial (mesh, "raw", alice);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      raw_send (raw, P2P_FLAG_WHISPER, "%s", bad[i]);
      g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, i + 1);
    }
  /* None of it costs the link, and none of it was taken. */
  raw_handshake (raw);
  g_assert_null (raw->error);
  g_assert_false (only_peer (alice)->is_own);
  /* More than we know, and all that an integer may hold, is fine; a second one is not. */
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@d 1.0>, <@x 1>, <@t 0xffffffffffffffff>, <@ay []>, " NONCE ", <@x 99999999999>, <'later'>]");
  g_assert_true (only_peer (alice)->is_own);
  g_assert_cmpuint (only_peer (alice)->max_frame, ==, G_MAXUINT32);
  g_assert_cmpuint (p2p_peer_get_capabilities (only_peer (alice)), ==, 0x1ff);
  raw_send (raw, P2P_FLAG_WHISPER, GOOD_HELLO);
  g_assert_cmpuint (p2p_peer_get_capabilities (only_peer (alice)), ==, 0x1ff);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, G_N_ELEMENTS (bad) + 1);
}

static void
test_unknown (void)
{
  static const char *unknown[] = {
    "[<@x 88>, <@x 2>, <@x 1>]",
    "[<@x 88>, <@x 1>, <@x 2>]",
    "[<@x 88>, <@x 1>, <@x 4>, <@ay []>]",
    "[<@x 88>, <@x 1>, <@x 6>]",
    "[<@x 88>, <@x 1>, <@x 11>]",
    "[<@x 88>, <@x 1>, <@x -5>]",
  };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  guint64 early;

  raw_handshake (raw);
  /* Who did not say HELLO is not heard in anything else. */
  early = mesh_stats (alice).dropped[P2P_DROP_EARLY];
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 3>, <@x 7>]");
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_EARLY], ==, early + 1);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 1);

  raw_send (raw, P2P_FLAG_WHISPER, GOOD_HELLO);
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      raw_send (raw, P2P_FLAG_WHISPER, "%s", unknown[i]);
      g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_UNKNOWN_OPERATION], ==, i + 1);
    }
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 89>, <@ay [byte 1]>]");
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 90>, <'for nodes to come'>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 87>]");
  g_assert_null (raw->error);
  g_assert_cmpuint (alice->messages->len, ==, 0);
}

/* A message that a peer does not take is not sent to him; the sender is told in words, and others get it. */
static void
test_max_frame (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) small = raw_dial (mesh, "small", alice);
  g_autofree char *text = g_strnfill (80000, 'x');
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  mesh_connect (alice, bob);
  raw_send (small, P2P_FLAG_WHISPER, GOOD_HELLO);
  raw_handshake (small);
  mesh_send (alice, text);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (bob, text), ==, 1);
  g_assert_cmpuint (raw_count (small, P2P_FLAG_BROADCAST, P2P_SUBFLAG_BROADCAST), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_PEER_LIMIT], ==, 1);
  message = p2p_mesh_node_new_message (alice->node, P2P_FLAG_WHISPER, g_variant_new_parsed ("[<@x 2>, <%s>]", text), NULL);
  g_assert_false (p2p_mesh_node_send_to (alice->node, p2p_mesh_node_find_peer (alice->node, small->id), message, P2P_LINK_SEND_DEFAULT, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "70000"));
  text[60000] = '\0';
  mesh_send (alice, text);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (raw_count (small, P2P_FLAG_BROADCAST, P2P_SUBFLAG_BROADCAST), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/hello/known", test_known);
  g_test_add_func ("/mesh/hello/without-key", test_without_key);
  g_test_add_func ("/mesh/hello/order", test_order);
  g_test_add_func ("/mesh/hello/shorter-wait", test_shorter_wait);
  g_test_add_func ("/mesh/hello/off", test_off);
  g_test_add_func ("/mesh/hello/late", test_late);
  g_test_add_func ("/mesh/hello/two-names", test_two_names);
  g_test_add_func ("/mesh/hello/malformed", test_malformed);
  g_test_add_func ("/mesh/hello/unknown", test_unknown);
  g_test_add_func ("/mesh/hello/max-frame", test_max_frame);
  return g_test_run ();
}
