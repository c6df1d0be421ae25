/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

#define LONG_TEXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static P2pCompression
method_of_next (MeshNode *node, RawPeer *raw)
{
  static guint number;
  g_autofree char *text = g_strdup_printf ("%s%u", LONG_TEXT, number++);

  mesh_send (node, text);
  mesh_run (node->fixture, SECOND / 10);
  return p2p_message_get_compression_used (raw_last (raw, 0, 0));
}

static void
test_methods (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  g_autoptr (GVariant) answer = NULL;
  g_autofree char *text = NULL;

  raw_handshake (raw);
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_NONE);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x 99>, <@x 17>, <@x 19>]>]");
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_RENEGOTIATE, 1), ==, 1);
  answer = p2p_message_get_packet (raw_last (raw, P2P_FLAG_RENEGOTIATE, 1), 1);
  text = g_variant_print (answer, FALSE);
  /* Of ours those that they have too, in our order. */
  g_assert_cmpstr (text, ==, "[<int64 19>, <int64 17>]");
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_ZLIB);
  g_assert_cmpuint (mesh_count (alice, "changed"), ==, 1);
  /* The same again is no news: no answer, or two nodes would go on for ever. */
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x 99>, <@x 17>, <@x 19>]>]");
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_RENEGOTIATE, 1), ==, 1);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <@av []>]");
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_NONE);
  /* Three in ten seconds were heard. */
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x 19>]>]");
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_RENEGOTIATE, 1), ==, 2);
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_NONE);
  mesh_run (mesh, 11 * SECOND);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x 19>]>]");
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_ZLIB);
  g_assert_null (raw->error);
}

/* Each limit as it is set, and one more than it. */
static void
test_limits (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (RawPeer) raw = NULL;
  MeshNode *alice;

  mesh->limits.renegotiations = 2;
  mesh->limits.resends = 2;
  mesh->limits.renegotiation_seconds = 5;
  alice = mesh_add (mesh, "alice");
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake (raw);
  mesh_send (alice, "again");
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < 3; i++)
        {
          raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x %u>, <@x 19>]>]", 17 + i % 2);
          mesh_run (mesh, SECOND / 10);
        }
      g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_RATE], ==, round + 1);
      mesh_run (mesh, 6 * SECOND);
    }
  for (guint i = 0; i < 3; i++)
    raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 9>]");
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_RATE], ==, 3);
}

/* py2p's [1, []]: whatever it says later, what is plain it can read. */
static void
test_python (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  raw_handshake_bin (raw);
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_ZLIB);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <@av []>]");
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 9>]");
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_NONE);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x 19>]>]");
  g_assert_cmpint (method_of_next (alice, raw), ==, P2P_COMPRESSION_NONE);
  g_assert_null (raw->error);
}

static void
test_resend (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  gsize n_first, n_second;
  const guint8 *first, *second;

  raw_handshake (raw);
  mesh_send (alice, "once more");
  mesh_run (mesh, SECOND);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 9>]");
  g_assert_cmpuint (raw_count (raw, 0, 0), ==, 2);
  first = p2p_message_peek_plain (g_ptr_array_index (raw->messages, raw->messages->len - 2), &n_first);
  second = p2p_message_peek_plain (g_ptr_array_index (raw->messages, raw->messages->len - 1), &n_second);
  g_assert_cmpmem (first, n_first, second, n_second);
  /* Once in ten seconds. */
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 9>]");
  g_assert_cmpuint (raw_count (raw, 0, 0), ==, 2);
  mesh_run (mesh, 11 * SECOND);
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 9>]");
  g_assert_cmpuint (raw_count (raw, 0, 0), ==, 3);
}

static void
test_bad (void)
{
  static const char *bad[] = { "[<@x 1>]", "[<@x 1>, <@x 5>]", "[<@x 1>, <['zlib']>]", "[<'x'>]", "[<@x 2>]", "@av []" };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  raw_handshake (raw);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      raw_send (raw, P2P_FLAG_RENEGOTIATE, "%s", bad[i]);
      g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, i + 1);
    }
  g_assert_null (raw->error);
}

/* Two of our own: what one asks for the other does. */
static void
test_ours (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  static const guint8 methods[] = { P2P_COMPRESSION_BZ2 };
  g_autoptr (GError) error = NULL;

  mesh_connect (alice, bob);
  g_assert_true (p2p_mesh_node_renegotiate (alice->node, mesh_peer (alice, bob), methods, 1, &error));
  g_assert_no_error (error);
  mesh_run (mesh, SECOND);
  g_assert_cmpint (p2p_peer_get_compression (mesh_peer (bob, alice)), ==, P2P_COMPRESSION_BZ2);
  mesh_send (bob, "say again?");
  mesh_run (mesh, SECOND);
  g_assert_true (p2p_mesh_node_request_resend (alice->node, mesh_peer (alice, bob), &error));
  mesh_run (mesh, SECOND);
  /* It came twice and was heard once. */
  g_assert_cmpuint (mesh_stats (alice).duplicates, ==, 1);
  g_assert_cmpuint (mesh_heard (alice, "say again?"), ==, 1);
}

static void
test_own_methods (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  static const guint8 methods[] = { P2P_COMPRESSION_LZMA, P2P_COMPRESSION_GZIP };
  gsize n;

  p2p_mesh_node_set_methods (alice->node, methods, 2);
  mesh_connect (alice, bob);
  g_assert_cmpmem (p2p_peer_get_methods (mesh_peer (bob, alice), &n), n, methods, 2);
  g_assert_cmpint (p2p_peer_get_compression (mesh_peer (alice, bob)), ==, P2P_COMPRESSION_LZMA);
  g_assert_cmpint (p2p_peer_get_compression (mesh_peer (bob, alice)), ==, P2P_COMPRESSION_GZIP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/renegotiate/limits", test_limits);
  g_test_add_func ("/mesh/renegotiate/methods", test_methods);
  g_test_add_func ("/mesh/renegotiate/python", test_python);
  g_test_add_func ("/mesh/renegotiate/resend", test_resend);
  g_test_add_func ("/mesh/renegotiate/bad", test_bad);
  g_test_add_func ("/mesh/renegotiate/ours", test_ours);
  g_test_add_func ("/mesh/renegotiate/own-methods", test_own_methods);
  return g_test_run ();
}
