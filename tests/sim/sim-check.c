/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold of a node whenever no input is being taken. */
#include "sim-net.h"

static char *
check_peer (P2pMeshNode *node, P2pPeer *peer, P2pPeerState state)
{
  if (peer->node != node)
    return g_strdup ("a listed link belongs to no node");
  if (peer->state != state)
    return g_strdup_printf ("a link is in the list of another state: %d instead of %d", peer->state, state);
  if (peer->link == NULL || p2p_link_is_closed (peer->link))
    return g_strdup ("a listed link is closed");
  if (p2p_link_get_queued (peer->link) > node->limits.out_queue + (gsize) node->limits.frame)
    return g_strdup_printf ("%" G_GSIZE_FORMAT " bytes are queued", p2p_link_get_queued (peer->link));
  if (state != P2P_PEER_PENDING && peer->id == NULL)
    return g_strdup ("a link past its handshake has no id");
  if (state != P2P_PEER_ESTABLISHED && peer->timer == 0)
    return g_strdup_printf ("a link of state %d would wait for ever", state);
  return NULL;
}

static char *
check_tables (P2pMeshNode *node)
{
  GPtrArray *lists[] = { node->table, node->pending, node->draining };
  const P2pPeerState states[] = { P2P_PEER_ESTABLISHED, P2P_PEER_PENDING, P2P_PEER_DRAINING };

  for (guint i = 0; i < node->table->len; i++)
    if (((P2pPeer *) g_ptr_array_index (node->table, i))->n_wanted > node->wanted->len)
      return g_strdup ("a link announced more than is awaited");
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      {
        P2pPeer *peer = g_ptr_array_index (lists[i], j);
        char *fault = check_peer (node, peer, states[i]);

        if (fault != NULL)
          return fault;
        if (states[i] == P2P_PEER_ESTABLISHED && g_hash_table_lookup (node->by_id, peer->id) != peer)
          return g_strdup_printf ("%s is in the table, and not the one found by its id", peer->id);
        if (states[i] == P2P_PEER_ESTABLISHED && g_str_equal (peer->id, node->id))
          return g_strdup ("the node has a link to itself");
      }
  return NULL;
}

static char *
check_closed (P2pMeshNode *node)
{
  if (node->table->len + node->pending->len + node->draining->len + node->dials->len + node->requests->len > 0)
    return g_strdup ("a closed node has links, dials or requests");
  if (node->wanted->len > 0 || node->want_timer != 0 || node->announce_timer != 0)
    return g_strdup ("a closed node waits for messages or announces some");
  if (node->listener != 0 || node->heal_timer != 0 || node->ask_timer != 0 || node->accept_timer != 0)
    return g_strdup ("a closed node listens or waits for something");
  return NULL;
}

char *
p2p_mesh_node_check (P2pMeshNode *node, gboolean deep)
{
  guint incoming = 0;

  if (node->depth != 0 || node->ring_count != 0)
    return g_strdup ("an input has not come to its end");
  if (node->deferred->len > 0 && node->deferred_timer == 0)
    return g_strdup ("a result waits for ever");
  if (node->closed)
    return check_closed (node);
  if (g_hash_table_size (node->by_id) != node->table->len)
    return g_strdup_printf ("%u ids for %u links in the table", g_hash_table_size (node->by_id), node->table->len);
  if (node->table->len + node->pending->len + node->draining->len > node->limits.links)
    return g_strdup_printf ("%u links", node->table->len + node->pending->len + node->draining->len);
  for (guint i = 0; i < node->pending->len; i++)
    incoming += !((P2pPeer *) g_ptr_array_index (node->pending, i))->outgoing;
  if (incoming > node->limits.pending_links)
    return g_strdup_printf ("%u links came in and did not say who they are", incoming);
  if (node->wanted->len > node->limits.awaited_messages)
    return g_strdup_printf ("%u messages are awaited", node->wanted->len);
  if (node->wanted->len > 0 && node->want_timer == 0)
    return g_strdup ("what is awaited is waited for in vain");
  if (p2p_message_cache_get_size (node->cache) > node->limits.cache_messages || p2p_message_cache_get_bytes (node->cache) > node->limits.cache_bytes)
    return g_strdup_printf ("%u messages of %" G_GSIZE_FORMAT " bytes are kept", p2p_message_cache_get_size (node->cache), p2p_message_cache_get_bytes (node->cache));
  if (node->requests->len > node->limits.requests)
    return g_strdup_printf ("%u requests", node->requests->len);
  if (node->status.length > node->limits.status_entries)
    return g_strdup_printf ("%u entries of the status", node->status.length);
  return deep ? check_tables (node) : NULL;
}
