/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whose keys are known, and the secret of the network. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

/**
 * p2p_mesh_socket_set_secret:
 * @self: the socket, with an identity, before it listens and dials
 * @secret: the secret of the network, made for the id of this socket's #P2pMeshSocket:protocol
 * @error: return location
 *
 * Makes the network private: links come about only between nodes that prove to each other that they have the same secret, bound to the link. Nobody else is told
 * anything but this node's id and public key. Nodes of the originals have no secrets, so there are none in such a network.
 *
 * Who is dialled can try secrets on what he is sent, as fast as he computes them: a secret of p2p_secret_generate() cannot be found so, one that is easy to guess can.
 *
 * Returns: whether it has the secret now; %FALSE with %P2P_LINK_ERROR_SECRET: the network is not encrypted, the socket has no identity, or there
 *   were links already; %P2P_LINK_ERROR_SOCKET_CLOSED
 */
gboolean
p2p_mesh_socket_set_secret (P2pMeshSocket *self, P2pSecret *secret, GError **error)
{
  P2pMeshSocketPrivate *priv;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (secret != NULL, FALSE);

  priv = p2p_mesh_socket_get_priv (self);
  if (!p2p_mesh_socket_check_node (priv, error))
    return FALSE;
  if (priv->x1 == NULL)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "A node in a network with a secret needs an identity");
      return FALSE;
    }
  return p2p_x1_set_secret (priv->x1, secret, error);
}

/**
 * p2p_mesh_socket_get_has_secret:
 * @self: the socket
 *
 * Is the network private? See p2p_mesh_socket_set_secret().
 *
 * Returns: whether the node lets in only who has the secret
 */
gboolean
p2p_mesh_socket_get_has_secret (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);

  priv = p2p_mesh_socket_get_priv (self);
  return priv->x1 != NULL && p2p_x1_has_secret (priv->x1);
}

/**
 * p2p_mesh_socket_find_key:
 * @self: the socket
 * @id: the id of a node
 *
 * The key that the id is made of, once anybody showed it: from then on nothing under this id counts without a proof. Nobody can show one for the id of an original.
 * The limit `known-keys` says how many are remembered.
 *
 * Returns: (transfer full) (nullable): the 32 bytes of the public key; %NULL when it is not known, or this socket has no identity
 */
GBytes *
p2p_mesh_socket_find_key (P2pMeshSocket *self, const char *id)
{
  P2pMeshSocketPrivate *priv;
  const guint8 *pub;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  priv = p2p_mesh_socket_get_priv (self);
  pub = priv->x1 != NULL ? p2p_x1_find_key (priv->x1, id) : NULL;
  return pub != NULL ? g_bytes_new (pub, 32) : NULL;
}

/**
 * p2p_mesh_socket_pin_key:
 * @self: the socket
 * @key: the 32 bytes of a public key
 *
 * Tells the socket a key of an earlier run, so that its node has to prove itself from the first word on. It is not forgotten. Programs keep what
 * #P2pMeshSocket::key-known tells and pin it at the next start.
 *
 * Returns: whether it is pinned; %FALSE: it is no key, there are three quarters of `known-keys`, or this socket has no identity
 */
gboolean
p2p_mesh_socket_pin_key (P2pMeshSocket *self, GBytes *key)
{
  P2pMeshSocketPrivate *priv;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  priv = p2p_mesh_socket_get_priv (self);
  return priv->x1 != NULL && !priv->closed && g_bytes_get_size (key) == 32 && p2p_x1_pin (priv->x1, g_bytes_get_data (key, NULL));
}
