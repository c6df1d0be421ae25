/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links of a network: whom the person dials, and what the socket tells. Whom to dial besides, and when again, the node knows. */
#include "config.h"

#include "rt-network-private.h"

#include <glib/gi18n-lib.h>

typedef struct {
  RtNetwork *network;
  char      *address;
  P2pMeshSocket *socket;
  guint      attempts;          /* before this one */
} Dial;

static void
dial_free (Dial *dial)
{
  g_object_unref (dial->network);
  g_object_unref (dial->socket);
  g_free (dial->address);
  g_free (dial);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dial, dial_free)

static guint
get_attempts (RtKnownAddress *known)
{
  guint attempts;

  g_object_get (known->peer, "attempts", &attempts, NULL);
  return attempts;
}

/* An attempt failed: once for the attempt, whether the socket's signal or the call's end comes first. */
static void
take_failure (RtNetwork *self, RtKnownAddress *known, const GError *error, gboolean by_person)
{
  g_autofree char *words = rt_words_for_error (error, known->address);

  rt_network_note_failure (self, known, words, by_person || known->configured ? "person" : "list");
  /* Of an address out of a peers list the row says enough. */
  if ((known->configured || (by_person && rt_error_is_lasting (error))) && !known->linked)
    rt_network_set_error (self, words, known->address, rt_error_is_lasting (error));
}

/* The attempt that dial stands for is over. */
static void
end_dial (Dial *dial, P2pConnection *connection, const GError *error)
{
  RtNetwork *self = dial->network;
  RtKnownAddress *known = rt_network_find_known (self, dial->address);

  /* It is another life of the network by now. */
  if (known == NULL || self->socket != dial->socket)
    return;
  known->dialling = FALSE;
  if (connection != NULL)
    {
      rt_network_clear_error_of (self, known->address);
      rt_network_note_seen (self, known->host, known->port, p2p_connection_get_id (connection));
    }
  else if (get_attempts (known) == dial->attempts && !g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED))
    {
      take_failure (self, known, error, TRUE);
      known->noted = TRUE;
    }
  rt_network_show_known (self);
}

static Dial *
begin_dial (RtNetwork *self, RtKnownAddress *known)
{
  Dial *dial = g_new0 (Dial, 1);

  known->dialling = TRUE;
  known->noted = FALSE;
  dial->network = g_object_ref (self);
  dial->socket = g_object_ref (self->socket);
  dial->address = g_strdup (known->address);
  dial->attempts = get_attempts (known);
  return dial;
}

/* ---- what the socket says ---- */

static void
peer_added_cb (P2pMeshSocket *socket, P2pConnection *connection, RtNetwork *self)
{
  g_autofree char *address = p2p_connection_dup_address (connection);

  rt_network_note_incoming (self, connection);
  rt_network_note_seen (self, p2p_connection_get_host (connection), p2p_connection_get_port (connection), p2p_connection_get_id (connection));
  rt_network_clear_error_of (self, address);
  rt_network_clear_foreign_error (self);
  rt_network_show_known (self);
  rt_network_update_state (self);
  rt_network_note_reachable (self, p2p_connection_get_id (connection));
}

static void
peer_removed_cb (P2pMeshSocket *socket, P2pConnection *connection, const GError *reason, RtNetwork *self)
{
  g_autofree char *address = p2p_connection_dup_address (connection);
  RtKnownAddress *known = rt_network_find_known (self, address);

  if (known != NULL && reason != NULL && !g_error_matches (reason, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE))
    {
      g_autofree char *words = rt_words_for_error (reason, address);

      rt_network_note_failure (self, known, words, NULL);
    }
  rt_network_update_state (self);
  rt_network_show_known (self);
}

static void
link_failed_cb (P2pMeshSocket *socket, const char *address, const GError *reason, RtNetwork *self)
{
  RtKnownAddress *known = rt_network_find_known (self, address);
  g_autofree char *host = NULL;
  guint16 port;

  if (known == NULL && !rt_parse_address (address, &host, &port, NULL))
    return;
  /* Out of a peers list; a link that came in and failed has a port that nobody listens at, and is no address. */
  if (known == NULL && rt_error_is_of_dial (reason))
    known = rt_network_add_known (self, host, port);
  if (known != NULL && known->noted)
    {
      known->noted = FALSE;
    }
  else if (known != NULL)
    {
      take_failure (self, known, reason, known->dialling);
      rt_network_show_known (self);
    }
  else if (g_error_matches (reason, P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_NETWORK) || g_error_matches (reason, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET))
    {
      g_autofree char *words = rt_words_for_error (reason, host);

      rt_network_set_error (self, words, host, TRUE);
    }
}

static void
message_cb (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, RtNetwork *self)
{
  rt_network_take_message (self, message, connection != NULL ? p2p_connection_get_id (connection) : NULL);
}

static void
splice (RtNetwork *self, GListModel *from, guint offset, guint position, guint removed, guint added)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < added; i++)
    g_ptr_array_add (items, g_list_model_get_item (from, position + i));
  g_list_store_splice (self->connections, offset + position, removed, items->pdata, added);
}

static void
table_changed_cb (GListModel *table, guint position, guint removed, guint added, RtNetwork *self)
{
  self->n_established = self->n_established + added - removed;
  splice (self, table, 0, position, removed, added);
}

static void
awaiting_changed_cb (GListModel *awaiting, guint position, guint removed, guint added, RtNetwork *self)
{
  splice (self, awaiting, self->n_established, position, removed, added);
}

/* The socket is up. */
void
rt_network_begin_links (RtNetwork *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);
  GListModel *awaiting = p2p_mesh_socket_get_awaiting_ids (self->socket);

  g_signal_connect (self->socket, "peer-added", G_CALLBACK (peer_added_cb), self);
  g_signal_connect (self->socket, "peer-removed", G_CALLBACK (peer_removed_cb), self);
  g_signal_connect (self->socket, "link-failed", G_CALLBACK (link_failed_cb), self);
  g_signal_connect (self->socket, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (table, "items-changed", G_CALLBACK (table_changed_cb), self);
  g_signal_connect (awaiting, "items-changed", G_CALLBACK (awaiting_changed_cb), self);

  rt_network_show_graph (self, self->socket);
  rt_network_begin_standing (self);
  rt_network_take_config_peers (self);
  rt_network_show_known (self);
  rt_network_load_known (self);
}

/* The socket is about to go. */
void
rt_network_end_links (RtNetwork *self)
{
  rt_network_show_graph (self, NULL);
  rt_network_end_standing (self);
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_signal_handlers_disconnect_by_data (p2p_mesh_socket_get_routing_table (self->socket), self);
  g_signal_handlers_disconnect_by_data (p2p_mesh_socket_get_awaiting_ids (self->socket), self);
  self->n_established = 0;
  g_list_store_remove_all (self->connections);
}

/* ---- what the person asks for ---- */

static void
person_dialled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Dial *dial = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pConnection) connection = p2p_mesh_socket_connect_to_finish (P2P_MESH_SOCKET (source), result, &error);

  end_dial (dial, connection, error);
  if (connection != NULL)
    g_task_return_boolean (task, TRUE);
  else
    {
      g_autofree char *words = rt_words_for_error (error, dial->address);

      g_task_return_new_error (task, error->domain, error->code, "%s", words);
    }
}

void
rt_network_connect_async (RtNetwork           *self,
                          const char          *address,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  RtKnownAddress *known;
  guint16 port;

  g_return_if_fail (RT_IS_NETWORK (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_network_connect_async);
  g_task_set_name (task, "[rt-model] connect");
  if (!rt_parse_address (address, &host, &port, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (self->socket == NULL)
    {
      g_task_return_new_error (task, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, _("The network is off"));
      return;
    }
  known = rt_network_add_known (self, host, port);
  if (known->dialling || rt_network_find_link (self, known) != NULL)
    {
      g_task_return_new_error (task, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE,
                               known->dialling ? _("%s is being connected to already") : _("There is a connection to %s already"),
                               known->address);
      return;
    }
  g_task_set_task_data (task, begin_dial (self, known), (GDestroyNotify) dial_free);
  rt_network_show_known (self);
  p2p_mesh_socket_connect_to_async (self->socket, host, port, NULL, cancellable, person_dialled_cb, g_steal_pointer (&task));
  /* To be tried again when links are wanted, should nobody be there now. */
  p2p_mesh_socket_add_address (self->socket, host, port, NULL, P2P_ADDRESS_DEFAULT, 0);
}

gboolean
rt_network_connect_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rt_network_disconnect (RtNetwork *self, P2pConnection *connection)
{
  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (P2P_IS_CONNECTION (connection));

  if (self->socket == NULL)
    return;
  /* The node leaves it closed until the person says otherwise, or the other comes to us. */
  p2p_mesh_socket_disconnect (self->socket, connection);
}
