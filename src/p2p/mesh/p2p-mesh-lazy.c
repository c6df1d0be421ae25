/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Ids in the place of bodies. */
#include "p2p-mesh-node-private.h"

void
p2p_mesh_handle_ihave (P2pPeer *peer, const guint8 *ids, gsize n_ids)
{
  p2p_mesh_drop (peer->node, peer, P2P_DROP_UNKNOWN_OPERATION, NULL);
}

void
p2p_mesh_handle_iwant (P2pPeer *peer, const guint8 *ids, gsize n_ids)
{
  p2p_mesh_drop (peer->node, peer, P2P_DROP_UNKNOWN_OPERATION, NULL);
}

void
p2p_mesh_handle_prune (P2pPeer *peer)
{
  p2p_mesh_drop (peer->node, peer, P2P_DROP_UNKNOWN_OPERATION, NULL);
}

void
p2p_mesh_handle_graft (P2pPeer *peer)
{
  p2p_mesh_drop (peer->node, peer, P2P_DROP_UNKNOWN_OPERATION, NULL);
}
