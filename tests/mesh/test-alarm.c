/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages in our name that are not ours, and messages that come again. */
#include "raw-peer.h"

static void
send_broadcast (RawPeer *raw, const char *sender, int offset, const char *packets)
{
  raw_send_full (raw, P2P_FLAG_BROADCAST, sender, P2P_ID_FORM_STR, mesh_now (raw->fixture) + offset, packets);
}

/* A neighbour of ours hears of a forgery by way of us, tells it once a minute, and counts every one. */
static void
test_alarm (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *ours = mesh_add (mesh, "ours"), *victim;
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", ours);

  raw_handshake (raw);
  victim = mesh_add (mesh, "victim");
  mesh_connect (victim, ours);
  mesh_run (mesh, 30 * SECOND);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *packets = g_strdup_printf ("[<@x 0>, <'forged %u'>]", i);

      send_broadcast (raw, p2p_mesh_node_get_id (victim->node), 0, packets);
    }
  g_assert_cmpuint (mesh_stats (victim).dropped[P2P_DROP_IMPERSONATED], ==, 5);
  g_assert_cmpuint (mesh_count (victim, "impersonated"), ==, 1);
  g_assert_cmpuint (victim->messages->len, ==, 0);
  g_assert_nonnull (mesh_peer (victim, ours));
  mesh_run (mesh, 61 * SECOND);
  send_broadcast (raw, p2p_mesh_node_get_id (victim->node), 0, "[<@x 0>, <'again'>]");
  g_assert_cmpuint (mesh_count (victim, "impersonated"), ==, 2);
  /* What it did say comes back as what it is. */
  mesh_send (victim, "mine");
  mesh_run (mesh, SECOND);
  {
    P2pMessage *mine = raw_last (raw, P2P_FLAG_BROADCAST, 0);

    p2p_link_send (raw->link, mine, P2P_LINK_SEND_PLAIN, NULL);
  }
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_count (victim, "impersonated"), ==, 2);
}

/* Of a node that keeps its id: what it said before it was started again is no forgery. */
static void
test_restarted (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *ours = mesh_add (mesh, "ours");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", ours);

  raw_handshake (raw);
  send_broadcast (raw, p2p_mesh_node_get_id (ours->node), -10, "[<@x 0>, <'of yesterday'>]");
  g_assert_cmpuint (mesh_count (ours, "impersonated"), ==, 0);
  g_assert_cmpuint (mesh_heard (ours, "of yesterday"), ==, 1);
}

static void
test_replay (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *ours = mesh_add (mesh, "ours");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", ours);
  g_autoptr (P2pMessage) message = NULL;

  raw_handshake (raw);
  message = p2p_message_new (0, "abc", mesh_now (mesh) + 60, g_variant_new_parsed ("[<@x 0>, <'once'>]"), NULL);
  /* Good for two minutes by its time; each second of four. */
  for (guint i = 0; i < 240; i++)
    {
      p2p_link_send (raw->link, message, P2P_LINK_SEND_PLAIN, NULL);
      mesh_run (mesh, SECOND);
    }
  g_assert_cmpuint (mesh_heard (ours, "once"), ==, 1);
  g_assert_null (raw->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/alarm/impersonated", test_alarm);
  g_test_add_func ("/mesh/alarm/restarted", test_restarted);
  g_test_add_func ("/mesh/alarm/replay", test_replay);
  return g_test_run ();
}
