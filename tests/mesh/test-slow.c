/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A neighbour that reads slowly costs the others nothing, and nothing is lost on it in silence. */
#include "raw-peer.h"

#define HONEST 5
#define MESSAGES 512
#define SIZE (32 * 1024)
#define SLOW_RATE 1024

typedef struct {
  gint64 span;                  /* until all honest ones had heard everything */
  gint64 above_since;           /* the queue of the slow one passed the mark */
} Run;

static gboolean
heard_all (MeshNode *mates[HONEST])
{
  for (guint i = 0; i < HONEST; i++)
    if (mates[i]->messages->len < MESSAGES)
      return FALSE;
  return TRUE;
}

static guint
send_one (MeshNode *alice, guint number)
{
  g_autofree char *text = g_strnfill (SIZE, 'x');
  g_autoptr (P2pMessage) message = NULL;

  message = p2p_mesh_node_new_message (alice->node, P2P_FLAG_BROADCAST, g_variant_new_parsed ("[<@x 0>, <%x>, <%s>]", (gint64) number, text), NULL);
  return p2p_mesh_node_send_message (alice->node, message);
}

/* As much as the honest links take: above a megabyte waiting for one of them we wait. */
static Run
offer (MeshFixture *mesh, MeshNode *alice, MeshNode *mates[HONEST], P2pPeer *slow)
{
  gint64 began = test_world_now (mesh->world);
  guint64 taken = 0;
  Run run = { 0 };
  guint sent = 0;

  while (!heard_all (mates))
    {
      gsize queued = 0;

      for (guint i = 0; i < HONEST; i++)
        queued = MAX (queued, p2p_link_get_queued (mesh_peer (alice, mates[i])->link));
      if (sent < MESSAGES && queued < 1024 * 1024)
        taken += send_one (alice, sent++);
      else
        mesh_run (mesh, SECOND / 1000);
      if (slow != NULL)
        {
          g_assert_cmpuint (p2p_link_get_queued (slow->link), <=, mesh->limits.out_queue);
          if (run.above_since == 0 && p2p_link_get_queued (slow->link) > mesh->limits.out_queue / 2)
            run.above_since = test_world_now (mesh->world);
        }
      g_assert_cmpint (test_world_now (mesh->world) - began, <, 60 * SECOND);
    }
  run.span = test_world_now (mesh->world) - began;

  /* How many took each, and that no more and no fewer are missing than are counted. */
  if (slow == NULL)
    {
      g_assert_cmpuint (taken, ==, MESSAGES * HONEST);
    }
  else
    {
      g_assert_cmpuint (p2p_peer_get_dropped (slow, P2P_DROP_QUEUE_FULL), >, 0);
      g_assert_cmpuint (taken + p2p_peer_get_dropped (slow, P2P_DROP_QUEUE_FULL), ==, MESSAGES * (HONEST + 1));
      g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], ==, p2p_peer_get_dropped (slow, P2P_DROP_QUEUE_FULL));
    }
  return run;
}

static Run
run_once (gboolean with_slow)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (RawPeer) raw = NULL;
  MeshNode *alice, *mates[HONEST];
  P2pPeer *slow = NULL;
  const guint8 plain = 0;
  TestPath path = { .delay = 1000, .rate = 8 * 1024 * 1024 };
  Run run;

  test_world_set_path (mesh->world, &path);
  alice = mesh_add (mesh, "alice");
  p2p_mesh_node_set_max_outgoing (alice->node, 0);
  for (guint i = 0; i < HONEST; i++)
    {
      g_autofree char *name = g_strdup_printf ("mate%u", i);

      mates[i] = mesh_add (mesh, name);
      p2p_mesh_node_set_max_outgoing (mates[i]->node, 0);
      p2p_mesh_node_set_methods (mates[i]->node, &plain, 0);
      mesh_connect (alice, mates[i]);
    }
  if (with_slow)
    {
      raw = raw_dial (mesh, "slow", alice);
      raw_handshake (raw);
      mesh_run (mesh, SECOND);
      test_host_set_read_rate (raw->host, SLOW_RATE);
      slow = p2p_mesh_node_find_peer (alice->node, raw->id);
      g_assert_nonnull (slow);
      p2p_peer_ref (slow);
    }
  run = offer (mesh, alice, mates, slow);
  if (with_slow)
    {
      gint64 end = run.above_since + mesh->limits.out_queue_seconds * SECOND;

      /* Thirty seconds above the mark, which is half of what may wait: the end, and it is told why. */
      g_assert_cmpint (run.above_since, >, 0);
      mesh_run (mesh, end - test_world_now (mesh->world) - SECOND / 100);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, HONEST + 1);
      mesh_run (mesh, SECOND / 50);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, HONEST);
      g_assert_error (p2p_peer_get_error (slow), P2P_LINK_ERROR, P2P_LINK_ERROR_QUEUE_FULL);
      p2p_peer_unref (slow);
    }
  return run;
}

static void
test_one_of_six (void)
{
  Run without = run_once (FALSE), with = run_once (TRUE);

  g_test_message ("%u MiB to %u: %.3f s, beside a slow one %.3f s", MESSAGES * SIZE / 1024 / 1024, HONEST, without.span / 1e6, with.span / 1e6);
  g_assert_cmpfloat (without.span, >=, 0.9 * with.span);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/slow/one-of-six", test_one_of_six);
  return g_test_run ();
}
