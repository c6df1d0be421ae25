/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What it costs a node to hear signed broadcasts: two nodes, or three in a row, in a world of the tests, once as they are without keys and once
 * signing, in turns. In CPU time of all of them together, the world's part included; the best round of each counts. Prints one line of JSON.
 *
 * signed-bench [ROUNDS [MESSAGES [NODES]]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "x1-fixture.h"

#define BATCH 1000

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

typedef struct {
  guint64 heard, verified;
} Ear;

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  Ear *ear = data;

  ear->heard++;
  ear->verified += p2p_message_get_verified (message);
}

static double
run (gboolean signing, guint n_messages, guint n_nodes, Ear *ear)
{
  static const P2pMeshNodeEvents events = { .message = message_cb };
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *nodes[8];
  gint64 begin, took;
  guint8 payload[64] = { 0 };
  Ear others = { 0 };

  for (guint i = 0; i < n_nodes; i++)
    {
      g_autofree char *name = g_strdup_printf ("node %u", i);

      nodes[i] = signing ? x1_add (x1, name) : mesh_add (x1->mesh, name);
      p2p_mesh_node_set_max_outgoing (nodes[i]->node, 0);
      p2p_mesh_node_set_events (nodes[i]->node, &events, i + 1 == n_nodes ? ear : &others);
      if (i > 0)
        mesh_connect (nodes[i], nodes[i - 1]);
    }
  ear->heard = ear->verified = 0;
  begin = get_cpu_time ();
  for (guint i = 0; i < n_messages; i++)
    {
      g_autoptr (P2pMessage) message = NULL;

      memcpy (payload, &i, sizeof i);
      message = p2p_mesh_node_new_message (nodes[0]->node, P2P_FLAG_BROADCAST,
        g_variant_new_parsed ("[<@x 0>, <%@ay>]", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, payload, sizeof payload, 1)), NULL);
      p2p_mesh_node_send_message (nodes[0]->node, message);
      if (i % BATCH == BATCH - 1)
        mesh_run (x1->mesh, SECOND / 50);
    }
  mesh_run (x1->mesh, SECOND);
  took = get_cpu_time () - begin;
  if (ear->heard != n_messages || (signing && ear->verified != n_messages))
    g_error ("signed-bench: %" G_GUINT64_FORMAT " heard, %" G_GUINT64_FORMAT " of them verified", ear->heard, ear->verified);
  return (double) n_messages * 1e9 / (double) took;
}

int
main (int argc, char **argv)
{
  guint rounds = argc > 1 ? (guint) atoi (argv[1]) : 5;
  guint n_messages = argc > 2 ? (guint) atoi (argv[2]) : 50000;
  guint n_nodes = argc > 3 ? CLAMP ((guint) atoi (argv[3]), 2, 8) : 2;
  double best[2] = { 0 };
  Ear ear;

  for (guint round = 0; round < rounds; round++)
    for (guint signing = 0; signing < 2; signing++)
      best[signing] = MAX (best[signing], run (signing != 0, n_messages, n_nodes, &ear));
  printf ("{\"nodes\":%u,\"plain\":%.0f,\"signed\":%.0f,\"ratio\":%.2f}\n", n_nodes, best[0], best[1], best[1] / best[0]);
  return 0;
}
