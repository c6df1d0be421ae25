/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

static void
assert_failed (MeshNode *node, P2pLinkError code, const char *words)
{
  g_assert_error (node->last_failure, P2P_LINK_ERROR, (int) code);
  if (words != NULL && strstr (node->last_failure->message, words) == NULL)
    g_error ("“%s” does not say “%s”", node->last_failure->message, words);
}

static void
test_both_ways (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_auto (MeshResult) result = { 0 };
  P2pPeer *peer;

  p2p_mesh_node_connect (alice->node, "bob", 4000, NULL, mesh_result_cb, &result);
  g_assert_cmpuint (result.calls, ==, 0);
  mesh_run (mesh, SECOND);

  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_no_error (result.error);
  g_assert_cmpstr (alice->log->str, ==, "pending\nadded bob\nconnected\n");
  g_assert_cmpstr (bob->log->str, ==, "pending\nadded alice\nconnected\n");
  peer = mesh_peer (alice, bob);
  g_assert_true (peer == result.peer);
  g_assert_true (p2p_peer_get_outgoing (peer));
  g_assert_false (p2p_peer_get_outgoing (mesh_peer (bob, alice)));
  g_assert_cmpstr (p2p_peer_get_host (mesh_peer (bob, alice)), ==, test_host_get_address (alice->host));
  g_assert_cmpuint (p2p_peer_get_port (mesh_peer (bob, alice)), ==, 4000);
  g_assert_cmpint (p2p_peer_get_compression (peer), !=, P2P_COMPRESSION_NONE);
}

static void
test_what_is_sent (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  P2pMessage *handshake;
  g_autoptr (GVariant) id = NULL;
  g_autoptr (GVariant) protocol = NULL;
  g_autoptr (GVariant) address = NULL;
  g_autoptr (GVariant) port = NULL;

  /* A HELLO at once; the handshake when it is known who is there, or nobody says it. */
  g_assert_cmpuint (raw->messages->len, ==, 1);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 1);
  mesh_run (mesh, P2P_LIMIT_WITHHOLD_MILLISECONDS * (SECOND / 1000));
  handshake = raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_HANDSHAKE);
  g_assert_cmpuint (raw->messages->len, ==, 2);
  id = p2p_message_get_packet (handshake, 1);
  protocol = p2p_message_get_packet (handshake, 2);
  address = p2p_message_get_packet (handshake, 3);
  port = p2p_mesh_value_get_child (address, 1);

  /* Everything a str; exactly five. */
  g_assert_cmpuint (p2p_message_get_n_packets (handshake), ==, 5);
  g_assert_cmpstr (g_variant_get_string (id, NULL), ==, p2p_mesh_node_get_id (alice->node));
  g_assert_cmpstr (g_variant_get_string (protocol, NULL), ==, p2p_protocol_get_id (mesh->protocol));
  g_assert_cmpint (g_variant_get_int64 (port), ==, 4000);
  g_assert_cmpint (p2p_message_get_sender_form (handshake), ==, P2P_ID_FORM_STR);
  g_assert_cmpint (p2p_message_get_compression_used (handshake), ==, P2P_COMPRESSION_NONE);

  raw_handshake (raw);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), ==, 1);
  g_assert_cmpuint (mesh_count (alice, "added"), ==, 1);
  /* The second one, which js2p sends, changes nothing. */
  raw_handshake (raw);
  g_assert_cmpuint (raw->messages->len, ==, 3);
  g_assert_cmpuint (mesh_count (alice, "changed"), ==, 0);
  g_assert_null (raw->error);
  /* One that tells another address is heard; one that tells another id is not. */
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'%s'>, <'%s'>, <[<'10.9.9.9'>, <@x 5000>]>, <[<@x 19>]>]", raw->id, p2p_protocol_get_id (mesh->protocol));
  g_assert_cmpuint (mesh_count (alice, "changed"), ==, 1);
  g_assert_cmpstr (p2p_peer_get_host (p2p_mesh_node_get_peer (alice->node, 0)), ==, "10.9.9.9");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'1111'>, <'%s'>, <[<'10.9.9.9'>, <@x 5000>]>, <@av []>]", p2p_protocol_get_id (mesh->protocol));
  g_assert_cmpstr (p2p_peer_get_id (p2p_mesh_node_get_peer (alice->node, 0)), ==, raw->id);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_HANDSHAKE], ==, 1);
}

static void
test_wrong_network (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (P2pProtocol) other = p2p_protocol_new ("elsewhere", P2P_ENCRYPTION_PLAINTEXT);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add_full (mesh, "bob", other, 0);
  g_auto (MeshResult) result = { 0 };
  g_autoptr (GVariant) status = NULL;
  const char *code;

  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), 4000, NULL, mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_NETWORK);
  assert_failed (alice, P2P_LINK_ERROR_WRONG_NETWORK, test_host_get_address (bob->host));
  /* Who was dialled learns of it too. */
  assert_failed (bob, P2P_LINK_ERROR_WRONG_NETWORK, test_host_get_address (alice->host));
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node) + p2p_mesh_node_get_n_peers (bob->node), ==, 0);
  status = p2p_mesh_node_get_status (alice->node);
  g_assert_cmpuint (g_variant_n_children (status), ==, 1);
  g_variant_get_child (status, 0, "(&sxs)", &code, NULL, NULL);
  g_assert_cmpstr (code, ==, "P2P_LINK_ERROR_WRONG_NETWORK");
}

static void
test_silent_close (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  p2p_link_close (raw->link);
  mesh_run (mesh, SECOND);
  assert_failed (alice, P2P_LINK_ERROR_CLOSED_BY_PEER, "another network");
}

static void
test_refused (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_auto (MeshResult) refused = { 0 };
  g_auto (MeshResult) nobody = { 0 };
  g_auto (MeshResult) bad = { 0 };
  g_auto (MeshResult) own = { 0 };

  test_world_add_host (mesh->world, "empty");
  p2p_mesh_node_connect (alice->node, "empty", 4000, NULL, mesh_result_cb, &refused);
  p2p_mesh_node_connect (alice->node, "nowhere", 4000, NULL, mesh_result_cb, &nobody);
  p2p_mesh_node_connect (alice->node, "empty", 0, NULL, mesh_result_cb, &bad);
  p2p_mesh_node_connect (alice->node, "empty", 1, p2p_mesh_node_get_id (alice->node), mesh_result_cb, &own);
  g_assert_cmpuint (bad.calls, ==, 0);
  mesh_run (mesh, 30 * SECOND);
  g_assert_error (refused.error, P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED);
  g_assert_error (nobody.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_RESOLVED);
  g_assert_error (bad.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS);
  g_assert_error (own.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF);
}

static void
test_self (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_auto (MeshResult) result = { 0 };

  p2p_mesh_node_connect (alice->node, test_host_get_address (alice->host), 4000, NULL, mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF);
  g_assert_cmpuint (alice->failed, ==, 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, 0);
}

static void
test_expected_id (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *carol = mesh_add (mesh, "carol");
  g_auto (MeshResult) wrong = { 0 };
  g_auto (MeshResult) right = { 0 };
  g_auto (MeshResult) again = { 0 };

  /* who would dial back the one that left him at once */
  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  p2p_mesh_node_connect (alice->node, "bob", 4000, p2p_mesh_node_get_id (carol->node), mesh_result_cb, &wrong);
  mesh_run (mesh, SECOND);
  g_assert_error (wrong.error, P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_ID);
  g_assert_null (mesh_peer (alice, bob));
  p2p_mesh_node_connect (alice->node, "bob", 4000, p2p_mesh_node_get_id (bob->node), mesh_result_cb, &right);
  mesh_run (mesh, SECOND);
  g_assert_no_error (right.error);
  /* Connected already: that is the answer, at no dial. */
  p2p_mesh_node_connect (alice->node, "bob", 4000, p2p_mesh_node_get_id (bob->node), mesh_result_cb, &again);
  mesh_run (mesh, SECOND);
  g_assert_true (again.peer == right.peer);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 2);
}

static void
test_timeout (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_listen (mesh, "mute", 4000);
  g_auto (MeshResult) result = { 0 };

  p2p_mesh_node_connect (alice->node, "mute", 4000, NULL, mesh_result_cb, &result);
  mesh_run (mesh, (P2P_LIMIT_HANDSHAKE_SECONDS - 1) * SECOND);
  g_assert_nonnull (raw->link);
  g_assert_cmpuint (result.calls, ==, 0);
  mesh_run (mesh, 2 * SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_HANDSHAKE_TIMEOUT);
}

static void
test_cancel (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_listen (mesh, "mute", 4000);
  g_auto (MeshResult) dial = { 0 };
  g_auto (MeshResult) pending = { 0 };
  g_auto (MeshResult) deferred = { 0 };
  guint64 handle;

  handle = p2p_mesh_node_connect (alice->node, "mute", 4000, NULL, mesh_result_cb, &dial);
  p2p_mesh_node_cancel (alice->node, handle);
  mesh_run (mesh, SECOND);
  g_assert_null (raw->link);
  handle = p2p_mesh_node_connect (alice->node, "mute", 4000, NULL, mesh_result_cb, &pending);
  mesh_run (mesh, SECOND);
  g_assert_nonnull (raw->link);
  p2p_mesh_node_cancel (alice->node, handle);
  handle = p2p_mesh_node_connect (alice->node, "", 0, NULL, mesh_result_cb, &deferred);
  p2p_mesh_node_cancel (alice->node, handle);
  p2p_mesh_node_cancel (alice->node, handle);
  mesh_run (mesh, 20 * SECOND);
  g_assert_error (raw->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  g_assert_cmpuint (dial.calls + pending.calls + deferred.calls, ==, 0);
  g_assert_cmpuint (alice->failed, ==, 0);
}

static void
test_malformed (void)
{
  static const char *bad[] = {
    "[<@x 5>, <'0OIl'>, <'%s'>, <[<'10.0.0.9'>, <@x 4000>]>, <@av []>]",
    "[<@x 5>, <''>, <'%s'>, <[<'10.0.0.9'>, <@x 4000>]>, <@av []>]",
    "[<@x 5>, <@x 7>, <'%s'>, <[<'10.0.0.9'>, <@x 4000>]>, <@av []>]",
    "[<@x 5>, <'111111111122222222223333333333444444444455555555556666666666777777777788888888889999999999'>, <'%s'>, <[<'10.0.0.9'>, <@x 4000>]>, <@av []>]",
    "[<@x 5>, <'abc'>, <'%s'>, <'10.0.0.9:4000'>, <@av []>]",
    "[<@x 5>, <'abc'>, <'%s'>, <[<'10.0.0.9'>, <@x 70000>]>, <@av []>]",
    "[<@x 5>, <'abc'>, <'%s'>, <[<'10.0.0.9'>, <@x 4000>]>, <['zlib']>]",
    "[<@x 5>, <'abc'>, <'%s'>, <[<'10.0.0.9'>, <@x 4000>]>, <()>]",
  };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
      g_auto (GStrv) halves = g_strsplit (bad[i], "%s", 2);

      raw_send (raw, P2P_FLAG_WHISPER, "%s%s%s", halves[0], p2p_protocol_get_id (mesh->protocol), halves[1]);
      g_assert_nonnull (raw->error);
      assert_failed (alice, P2P_LINK_ERROR_HANDSHAKE, NULL);
    }
  g_assert_cmpuint (alice->failed, ==, G_N_ELEMENTS (bad));
  g_assert_cmpuint (mesh_count (alice, "added"), ==, 0);
}

static void
test_tolerated (void)
{
  static const char *odd[] = {
    "[<@x 5>, <'%s'>, <'%s'>, <[<()>, <@x 0>]>, <[<@x 19>, <@x 99>, <@x 4711>]>]",
    "[<@d 5.0>, <'%s'>, <'%s'>, <[<''>, <@d 4000.0>]>, <[<@d 19.0>]>]",
  };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);
      g_autoptr (RawPeer) raw = raw_dial (mesh, name, alice);
      g_auto (GStrv) parts = g_strsplit (odd[i], "%s", 3);

      raw_send (raw, P2P_FLAG_WHISPER, "%s%s%s%s%s", parts[0], raw->id, parts[1], p2p_protocol_get_id (mesh->protocol), parts[2]);
      g_assert_null (raw->error);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
      /* No address was told: the socket's is shown, and nobody is sent there. */
      g_assert_cmpstr (p2p_peer_get_host (p2p_mesh_node_get_peer (alice->node, 0)), ==, test_host_get_address (raw->host));
      p2p_link_close (raw->link);
      mesh_run (mesh, SECOND);
    }
}

static void
test_before_handshake (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = NULL;

  mesh_connect (alice, bob);
  raw = raw_dial (mesh, "raw", alice);
  raw_send (raw, P2P_FLAG_BROADCAST, "[<@x 0>, <'too early'>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 7>, <[<[<[<'10.0.0.77'>, <@x 4000>]>, <'abc'>]>]>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
  raw_send (raw, P2P_FLAG_RENEGOTIATE, "[<@x 9>]");
  g_assert_null (raw->error);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_EARLY], ==, 4);
  g_assert_cmpuint (raw->messages->len, ==, 1);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_CONTROL), ==, 1);
  g_assert_cmpuint (mesh_heard (alice, "too early") + mesh_heard (bob, "too early"), ==, 0);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
  raw_handshake (raw);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 2);
}

static void
test_bin_ids (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "python", alice);

  raw_handshake_bin (raw);
  g_assert_cmpint (p2p_peer_get_id_form (p2p_mesh_node_get_peer (alice->node, 0)), ==, P2P_ID_FORM_BIN);
  /* Their id is a str wherever we write it. */
  mesh_send (alice, "hello");
  mesh_run (mesh, SECOND);
  g_assert_cmpint (p2p_message_get_sender_form (raw_last (raw, P2P_FLAG_BROADCAST, P2P_SUBFLAG_BROADCAST)), ==, P2P_ID_FORM_STR);
}

static void
test_protocols (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  TestHost *host = test_world_add_host (mesh->world, "host");
  static const struct { const char *encryption, *version; int code; } cases[] = {
    { "Plaintext", "0.7", -1 },
    { "Plaintext", "0.6", -1 },
    { "SSL", "0.7", -1 },
    { "Plaintext", "0.5", P2P_LINK_ERROR_FAILED },
    { "rot13", "0.7", P2P_LINK_ERROR_UNKNOWN_ENCRYPTION },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (P2pProtocol) protocol = p2p_protocol_new_with_version ("x", cases[i].encryption, cases[i].version);
      g_autoptr (GError) error = NULL;
      g_autoptr (P2pMeshNode) node = p2p_mesh_node_new (test_host_get_env (host), protocol, NULL, NULL, &error);

      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, P2P_LINK_ERROR, cases[i].code);
      g_assert_true ((node != NULL) == (error == NULL));
    }
  test_host_set_tls (host, FALSE);
  {
    g_autoptr (P2pProtocol) protocol = p2p_protocol_new ("x", "SSL");
    g_autoptr (GError) error = NULL;

    g_assert_null (p2p_mesh_node_new (test_host_get_env (host), protocol, NULL, NULL, &error));
    g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS_UNAVAILABLE);
  }
}

static void
test_ids (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autofree char *id = g_strdup (p2p_mesh_node_get_id (alice->node));
  g_autoptr (P2pMeshNode) one = NULL;
  g_autoptr (P2pMeshNode) two = NULL;
  MeshNode *again;

  /* The same key makes the same node after a restart; without one each start is another node. */
  p2p_mesh_node_close (alice->node);
  g_assert_false (p2p_mesh_node_close (alice->node));
  mesh_drop (alice);
  again = mesh_add (mesh, "alice");
  g_assert_cmpstr (p2p_mesh_node_get_id (again->node), ==, id);
  one = p2p_mesh_node_new (test_host_get_env (again->host), mesh->protocol, NULL, NULL, NULL);
  two = p2p_mesh_node_new (test_host_get_env (again->host), mesh->protocol, NULL, NULL, NULL);
  g_assert_cmpstr (p2p_mesh_node_get_id (one), !=, p2p_mesh_node_get_id (two));
}

/* Who listens on every interface tells the address that others see; an outward address goes before it. */
static void
test_out_address (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *bob = mesh_add (mesh, "bob");
  TestHost *host = test_world_add_host (mesh->world, "wide");
  g_autoptr (P2pMeshNode) wide = p2p_mesh_node_new (test_host_get_env (host), mesh->protocol, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  P2pPeer *peer;

  g_assert_null (p2p_mesh_node_get_out_host (wide));
  g_assert_true (p2p_mesh_node_listen (wide, NULL, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (p2p_mesh_node_get_host (wide), ==, "0.0.0.0");
  g_assert_cmpuint (p2p_mesh_node_get_port (wide), !=, 0);
  g_assert_cmpstr (p2p_mesh_node_get_out_host (wide), ==, test_host_get_address (host));
  g_assert_false (p2p_mesh_node_listen (wide, NULL, 0, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_LISTEN);
  p2p_mesh_node_connect (wide, "bob", 4000, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  peer = p2p_mesh_node_find_peer (bob->node, p2p_mesh_node_get_id (wide));
  g_assert_cmpstr (p2p_peer_get_host (peer), ==, test_host_get_address (host));
  g_assert_cmpuint (p2p_peer_get_port (peer), ==, p2p_mesh_node_get_port (wide));
  p2p_mesh_node_set_out_address (wide, "203.0.113.9", 4711);
  g_assert_cmpstr (p2p_mesh_node_get_out_host (wide), ==, "203.0.113.9");
  g_assert_cmpuint (p2p_mesh_node_get_out_port (wide), ==, 4711);
  p2p_mesh_node_close (wide);
  mesh_run (mesh, SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/handshake/both-ways", test_both_ways);
  g_test_add_func ("/mesh/handshake/what-is-sent", test_what_is_sent);
  g_test_add_func ("/mesh/handshake/wrong-network", test_wrong_network);
  g_test_add_func ("/mesh/handshake/silent-close", test_silent_close);
  g_test_add_func ("/mesh/handshake/refused", test_refused);
  g_test_add_func ("/mesh/handshake/self", test_self);
  g_test_add_func ("/mesh/handshake/expected-id", test_expected_id);
  g_test_add_func ("/mesh/handshake/timeout", test_timeout);
  g_test_add_func ("/mesh/handshake/cancel", test_cancel);
  g_test_add_func ("/mesh/handshake/malformed", test_malformed);
  g_test_add_func ("/mesh/handshake/tolerated", test_tolerated);
  g_test_add_func ("/mesh/handshake/before", test_before_handshake);
  g_test_add_func ("/mesh/handshake/bin-ids", test_bin_ids);
  g_test_add_func ("/mesh/handshake/protocols", test_protocols);
  g_test_add_func ("/mesh/handshake/ids", test_ids);
  g_test_add_func ("/mesh/handshake/out-address", test_out_address);
  return g_test_run ();
}
