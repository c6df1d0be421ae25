/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The address book as a list of objects, made when somebody asks for it the first time. */
#include "config.h"

#include "p2p-known-address-private.h"
#include "p2p-mesh-socket-private.h"

static void
append (P2pMeshSocketPrivate *priv, P2pKnown *known)
{
  g_autoptr (P2pKnownAddress) address = p2p_known_address_new (known, priv->env->clock);

  g_ptr_array_add (priv->known, known);
  g_list_store_append (priv->known_model, address);
}

void
p2p_mesh_socket_note_address (P2pMeshSocket *self, P2pKnown *known, P2pKnownChange change)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autoptr (P2pKnownAddress) address = NULL;
  guint at;

  if (priv->known_model == NULL)
    return;
  if (!g_ptr_array_find (priv->known, known, &at))
    {
      /* Whatever is still to be told of it when it is gone already. */
      if (known->book != NULL)
        append (priv, known);
      return;
    }
  if (change == P2P_KNOWN_REMOVED)
    {
      g_ptr_array_remove_index (priv->known, at);
      g_list_store_remove (priv->known_model, at);
      return;
    }
  address = g_list_model_get_item (G_LIST_MODEL (priv->known_model), at);
  p2p_known_address_update (address, priv->env->clock);
}

/**
 * p2p_mesh_socket_get_known_addresses:
 * @self: the socket
 *
 * What the node knows of where other nodes are: neighbours, whom it tries to reach and why that failed, and whom it might dial one
 * day. The list and its rows change as things happen.
 *
 * Returns: (transfer none): a list of #P2pKnownAddress, in the order in which they became known
 */
GListModel *
p2p_mesh_socket_get_known_addresses (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  if (priv->known_model == NULL)
    {
      P2pAddressBook *book = priv->node != NULL ? p2p_mesh_node_get_addresses (priv->node) : NULL;

      priv->known = g_ptr_array_new ();
      priv->known_model = g_list_store_new (P2P_TYPE_KNOWN_ADDRESS);
      for (guint i = 0; book != NULL && i < p2p_address_book_get_n (book); i++)
        append (priv, p2p_address_book_get (book, i));
    }
  return G_LIST_MODEL (priv->known_model);
}

void
p2p_mesh_socket_addresses_clear (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  if (priv->known_model != NULL)
    g_list_store_remove_all (priv->known_model);
  g_clear_object (&priv->known_model);
  g_clear_pointer (&priv->known, g_ptr_array_unref);
}

/**
 * p2p_mesh_socket_add_address:
 * @self: the socket
 * @host: an IP address or a name
 * @port: the port
 * @id: (nullable): the node that was there
 * @flags: what is special about it
 * @last_seen: when it was seen in an earlier life: UTC, microseconds; 0: never
 *
 * Tells the node of an address. A pinned one (%P2P_ADDRESS_PINNED) is dialled at once and again whenever there is no link to it,
 * with growing pauses. Another is dialled when the node wants more links. Flags are added to those it has.
 *
 * Returns: whether it is known now; %FALSE when it is no address, when the socket is closed, or when there is no room
 */
gboolean
p2p_mesh_socket_add_address (P2pMeshSocket *self, const char *host, guint16 port, const char *id, P2pAddressFlags flags, gint64 last_seen)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_add_address (node, host, port, id, flags, last_seen) != NULL;
}

/**
 * p2p_mesh_socket_forget_address:
 * @self: the socket
 * @host: an IP address or a name
 * @port: the port
 *
 * Forgets an address, pinned or not. A link to it stays; the address may become known again from others.
 *
 * Returns: whether it was known
 */
gboolean
p2p_mesh_socket_forget_address (P2pMeshSocket *self, const char *host, guint16 port)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL && p2p_mesh_node_forget_address (node, host, port);
}
