/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A handler may call anything: close, drop the last reference, connect, send. */
#include "raw-peer.h"

static void
close_it (MeshNode *self)
{
  g_assert_true (p2p_mesh_node_close (self->node));
}

static void
drop_it (MeshNode *self)
{
  p2p_mesh_node_set_events (self->node, NULL, NULL);
  mesh_drop (self);
}

static void
close_and_drop (MeshNode *self)
{
  close_it (self);
  drop_it (self);
}

static void
disconnect_all (MeshNode *self)
{
  while (p2p_mesh_node_get_n_peers (self->node) > 0)
    p2p_mesh_node_disconnect (self->node, p2p_mesh_node_get_peer (self->node, 0));
}

static void
talk (MeshNode *self)
{
  MeshNode *bob = self->fixture->nodes->pdata[1];

  mesh_send (self, "from inside");
  p2p_mesh_node_request_peers (self->node);
  p2p_mesh_node_connect (self->node, test_host_get_address (bob->host), 4000, NULL, NULL, NULL);
}

/* Everything that happens to alice, with something done at each of it. */
static void
live (const char *at, void (*act) (MeshNode *self))
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *carol = mesh_add (mesh, "carol");
  g_autoptr (RawPeer) raw = raw_listen (mesh, "raw", 4000);
  g_auto (MeshResult) result = { 0 };

  alice->act_at = at;
  alice->act = act;
  p2p_mesh_node_connect (carol->node, test_host_get_address (alice->host), 4000, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  if (alice->node != NULL)
    {
      p2p_mesh_node_connect (alice->node, "nowhere", 4000, NULL, NULL, NULL);
      p2p_mesh_node_connect (alice->node, test_host_get_address (alice->host), 4000, NULL, NULL, NULL);
    }
  mesh_run (mesh, 10 * SECOND);
  if (alice->node != NULL)
    p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), 4000, NULL, mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  mesh_send (carol, "hello");
  mesh_run (mesh, SECOND);
  if (alice->node != NULL)
    p2p_mesh_node_connect (alice->node, "raw", 4000, NULL, NULL, NULL);
  mesh_run (mesh, SECOND);
  if (raw->link != NULL && !p2p_link_is_closed (raw->link))
    {
      raw_handshake (raw);
      if (raw->error == NULL)
        raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'%s'>, <'%s'>, <[<'10.1.1.1'>, <@x 1>]>, <@av []>]", raw->id, p2p_protocol_get_id (mesh->protocol));
    }
  p2p_mesh_node_close (carol->node);
  mesh_run (mesh, 20 * SECOND);
  g_assert_null (alice->act);
}

static void
test_everywhere (void)
{
  static const char *events[] = { "pending", "added", "connected", "message", "removed", "failed", "changed", "dropped" };
  void (*acts[]) (MeshNode *) = { close_it, drop_it, close_and_drop, disconnect_all, talk };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    for (guint j = 0; j < G_N_ELEMENTS (acts); j++)
      {
        g_test_message ("%s, %u", events[i], j);
        live (events[i], acts[j]);
      }
}

/* ---- the ends of operations ---- */

static void
drop_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  close_and_drop (data);
}

static void
test_at_the_end (void)
{
  static const char *hosts[] = { "bob", "nowhere", "" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
      MeshNode *alice = mesh_add (mesh, "alice");

      mesh_add (mesh, "bob");
      p2p_mesh_node_connect (alice->node, hosts[i], 4000, NULL, drop_cb, alice);
      mesh_run (mesh, 10 * SECOND);
      g_assert_null (alice->node);
    }
}

/* Closing ends everything that is under way, in one go, with the reason. */
static void
test_close_ends_all (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = raw_listen (mesh, "raw", 4000);
  MeshResult results[4] = { 0 };

  mesh_connect (alice, bob);
  test_host_set_silent (test_world_add_host (mesh->world, "silent"), TRUE);
  p2p_mesh_node_connect (alice->node, "silent", 4000, NULL, mesh_result_cb, &results[0]);
  p2p_mesh_node_connect (alice->node, "raw", 4000, NULL, mesh_result_cb, &results[1]);
  p2p_mesh_node_whisper_to (alice->node, "abc", P2P_ID_FORM_STR, g_variant_new_parsed ("[<@x 2>]"), mesh_result_cb, &results[2]);
  mesh_run (mesh, SECOND);
  p2p_mesh_node_connect (alice->node, "", 0, NULL, mesh_result_cb, &results[3]);
  g_assert_nonnull (raw->link);
  p2p_mesh_node_close (alice->node);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (results[i].calls, ==, 1);
      g_assert_error (results[i].error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
    }
  g_assert_cmpuint (mesh_count (alice, "removed bob CLOSED"), ==, 1);
  g_assert_cmpuint (alice->failed, ==, 0);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (results[3].calls, ==, 1);
  g_assert_null (mesh_peer (bob, alice));
  /* What is asked of it now ends at once, with words. */
  mesh_result_clear (&results[0]);
  p2p_mesh_node_connect (alice->node, "bob", 4000, NULL, mesh_result_cb, &results[0]);
  g_assert_false (p2p_mesh_node_listen (alice->node, "127.0.0.1", 0, NULL));
  mesh_run (mesh, SECOND);
  g_assert_error (results[0].error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
  for (guint i = 0; i < 4; i++)
    mesh_result_clear (&results[i]);
}

/* Several messages of one read, and the node closed at the first: the others are not told. */
static void
test_silence_after_close (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_connect (alice, bob);
  bob->act_at = "message";
  bob->act = close_it;
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (alice, text);
    }
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/reentrancy/everywhere", test_everywhere);
  g_test_add_func ("/mesh/reentrancy/at-the-end", test_at_the_end);
  g_test_add_func ("/mesh/reentrancy/close-ends-all", test_close_ends_all);
  g_test_add_func ("/mesh/reentrancy/silence-after-close", test_silence_after_close);
  return g_test_run ();
}
