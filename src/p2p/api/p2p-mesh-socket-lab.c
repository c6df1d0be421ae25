/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-mesh-socket-private.h"

/**
 * p2p_mesh_socket_set_lab:
 * @self: the socket
 * @delay: milliseconds that each frame waits, at most 10000
 * @jitter: milliseconds that it waits longer, evenly by chance, at most 10000
 * @loss: which part of all messages gets lost, 0 to 1
 *
 * Makes the links of this node worse on purpose, so that a program can be tried where the network is too good. All of it is done
 * here, and holds for what goes out and for what comes in, each: with a delay of 100, an answer takes 200 longer.
 *
 * Frames keep their order, however much @jitter there is. What waits counts towards the limits `out-queue` and `frame`: where too
 * much of it waits nothing more is sent, or read.
 *
 * A message that is lost is gone on that one link; who sent it cannot know. The frames by which two nodes set up and keep their link do not
 * get lost. It is counted as %P2P_DROP_LAB.
 *
 * With 0 for @delay and @jitter what waits goes on at once. A new socket has 0 everywhere.
 */
void
p2p_mesh_socket_set_lab (P2pMeshSocket *self, guint delay, guint jitter, double loss)
{
  P2pMeshNode *node;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));
  g_return_if_fail (loss >= 0 && loss <= 1);

  node = p2p_mesh_socket_get_node (self);
  if (node != NULL)
    p2p_mesh_node_set_lab (node, delay, jitter, (guint) (loss * P2P_LAB_ALL_LOST + 0.5));
}

/**
 * p2p_mesh_socket_get_lab:
 * @self: the socket
 * @delay: (out) (optional): milliseconds that each frame waits
 * @jitter: (out) (optional): milliseconds that it waits longer at most
 * @loss: (out) (optional): which part of all messages gets lost
 *
 * What p2p_mesh_socket_set_lab() set.
 */
void
p2p_mesh_socket_get_lab (P2pMeshSocket *self, guint *delay, guint *jitter, double *loss)
{
  P2pMeshNode *node;
  guint d = 0, j = 0, l = 0;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  node = p2p_mesh_socket_get_node (self);
  if (node != NULL)
    p2p_mesh_node_get_lab (node, &d, &j, &l);
  if (delay != NULL)
    *delay = d;
  if (jitter != NULL)
    *jitter = j;
  if (loss != NULL)
    *loss = (double) l / P2P_LAB_ALL_LOST;
}

/**
 * p2p_mesh_socket_split:
 * @self: the socket
 * @ids: (nullable) (array zero-terminated=1): ids of nodes; %NULL: all nodes
 *
 * Splits the network on purpose: links to these nodes end with %P2P_LINK_ERROR_SPLIT, and none comes about until the split is over. A
 * split that there was is replaced. What the nodes on the other side say still comes where others pass it on.
 */
void
p2p_mesh_socket_split (P2pMeshSocket *self, const char * const *ids)
{
  g_autoptr (P2pMeshSocket) held G_GNUC_UNUSED = NULL;
  P2pMeshNode *node;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  held = g_object_ref (self);
  node = p2p_mesh_socket_get_node (self);
  if (node != NULL)
    p2p_mesh_node_split (node, ids);
}

/**
 * p2p_mesh_socket_end_split:
 * @self: the socket
 *
 * Ends the split. The nodes that were linked when it began are dialled where they were.
 */
void
p2p_mesh_socket_end_split (P2pMeshSocket *self)
{
  g_autoptr (P2pMeshSocket) held G_GNUC_UNUSED = NULL;
  P2pMeshNode *node;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  held = g_object_ref (self);
  node = p2p_mesh_socket_get_node (self);
  if (node != NULL)
    p2p_mesh_node_end_split (node);
}

/**
 * p2p_mesh_socket_has_split:
 * @self: the socket
 *
 * Whether the network is split on purpose at the moment.
 *
 * Returns: whether there is a split that p2p_mesh_socket_split() made
 */
gboolean
p2p_mesh_socket_has_split (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_has_split (node);
}

/**
 * p2p_mesh_socket_is_split:
 * @self: the socket
 * @id: (nullable): the id of a node
 *
 * Whether a node is kept away on purpose at the moment.
 *
 * Returns: whether that node is on the other side of a split; without an id: whether all are
 */
gboolean
p2p_mesh_socket_is_split (P2pMeshSocket *self, const char *id)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_is_split (node, id);
}
