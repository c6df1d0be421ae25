/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-mesh-socket-private.h"

static gboolean
block (P2pMeshSocket *self, P2pBlockKind kind, const char *what, GError **error)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  return p2p_mesh_socket_check_node (priv, error) && p2p_mesh_node_block (priv->node, kind, what, error);
}

/**
 * p2p_mesh_socket_block_id:
 * @self: the socket
 * @id: the id of a node
 * @error: return location
 *
 * Blocks a node. A link to it ends (%P2P_LINK_ERROR_BLOCKED), none comes about any more, and it is not dialled. What it says to everybody
 * goes to no handler, no signal and not to recv(), and is counted as %P2P_DROP_BLOCKED: messages, application frames, requests. It is passed on
 * to others all the same, and what it writes into a shared table is taken, or the tables of the network would not be equal.
 *
 * The id is what the node claims to be. Whoever is blocked may come back under another.
 *
 * A socket forgets its blocks when it ends: the program keeps them.
 *
 * Returns: whether it is blocked now; %FALSE with %P2P_LINK_ERROR_BAD_ADDRESS: it is no id; _SELF: it is our own; _TOO_MANY: the limit
 *   `blocked` is reached; _SOCKET_CLOSED
 */
gboolean
p2p_mesh_socket_block_id (P2pMeshSocket *self, const char *id, GError **error)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return block (self, P2P_BLOCK_ID, id, error);
}

/**
 * p2p_mesh_socket_block_address:
 * @self: the socket
 * @host: an IP address or a name, without a port
 * @error: return location
 *
 * Blocks a computer: no link to it or from it, whichever node it is and whatever its port. All who share the address are blocked with it.
 * What nodes there say to everybody still comes by way of others: that is what p2p_mesh_socket_block_id() is for.
 *
 * Returns: whether it is blocked now; %FALSE with the errors of p2p_mesh_socket_block_id()
 */
gboolean
p2p_mesh_socket_block_address (P2pMeshSocket *self, const char *host, GError **error)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  return block (self, P2P_BLOCK_HOST, host, error);
}

/**
 * p2p_mesh_socket_unblock_id:
 * @self: the socket
 * @id: the id of a node
 *
 * From now on the node is as any other. What it said meanwhile does not come back.
 *
 * Returns: whether it was blocked
 */
gboolean
p2p_mesh_socket_unblock_id (P2pMeshSocket *self, const char *id)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_unblock (node, P2P_BLOCK_ID, id);
}

/**
 * p2p_mesh_socket_unblock_address:
 * @self: the socket
 * @host: an IP address or a name
 *
 * Takes back p2p_mesh_socket_block_address(). From now on there may be links again.
 *
 * Returns: whether it was blocked
 */
gboolean
p2p_mesh_socket_unblock_address (P2pMeshSocket *self, const char *host)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_unblock (node, P2P_BLOCK_HOST, host);
}

/**
 * p2p_mesh_socket_is_blocked:
 * @self: the socket
 * @id: (nullable): the id of a node
 * @host: (nullable): an IP address or a name
 *
 * Whether a node, or a computer, is blocked: either is enough.
 *
 * Returns: whether either of them is blocked
 */
gboolean
p2p_mesh_socket_is_blocked (P2pMeshSocket *self, const char *id, const char *host)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_is_blocked (node, id, host);
}

static char **
dup_blocked (P2pMeshSocket *self, P2pBlockKind kind)
{
  P2pMeshNode *node = p2p_mesh_socket_get_node (self);

  return node != NULL ? p2p_mesh_node_dup_blocked (node, kind) : g_new0 (char *, 1);
}

/**
 * p2p_mesh_socket_get_blocked_ids:
 * @self: the socket
 *
 * Which nodes are blocked.
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids that are blocked, in the order in which they were
 */
char **
p2p_mesh_socket_get_blocked_ids (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return dup_blocked (self, P2P_BLOCK_ID);
}

/**
 * p2p_mesh_socket_get_blocked_addresses:
 * @self: the socket
 *
 * Which computers are blocked.
 *
 * Returns: (transfer full) (array zero-terminated=1): the hosts that are blocked, in the order in which they were
 */
char **
p2p_mesh_socket_get_blocked_addresses (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return dup_blocked (self, P2P_BLOCK_HOST);
}
