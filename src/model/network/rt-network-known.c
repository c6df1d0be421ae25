/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses that a network knows of, and their rows in the store. */
#include "config.h"

#include "rt-network-private.h"

#include <string.h>

/* Peers lists and comers-in name any number of addresses. Those of the configuration are kept whatever their number. */
#define MAX_KNOWN RT_NETWORK_MAX_KNOWN
/* In the store: it was among the neighbours of longest standing, who are dialled before others. */
#define SOURCE_ANCHOR "anchor"
#define SOURCE_LINK "link"

static void save (RtNetwork *self, RtKnownAddress *known, const char *source, gint64 failed);

void
rt_known_address_free (gpointer data)
{
  RtKnownAddress *known = data;

  rt_network_set_entry (known, NULL);
  g_free (known->address);
  g_free (known->host);
  g_clear_object (&known->peer);
  g_free (known);
}

RtKnownAddress *
rt_network_find_known (RtNetwork *self, const char *address)
{
  for (guint i = 0; i < self->known->len; i++)
    {
      RtKnownAddress *known = g_ptr_array_index (self->known, i);

      if (g_str_equal (known->address, address))
        return known;
    }
  return NULL;
}

static void
hide (RtNetwork *self, RtKnownAddress *known)
{
  guint position;

  if (g_list_store_find (self->known_shown, known->peer, &position))
    g_list_store_remove (self->known_shown, position);
}

/* The one that will be missed least: not configured, not in use, seen longest ago. */
static void
drop_one (RtNetwork *self)
{
  RtKnownAddress *oldest = NULL;

  for (guint i = 0; i < self->known->len; i++)
    {
      RtKnownAddress *known = g_ptr_array_index (self->known, i);

      if (known->configured || known->dialling)
        continue;
      if (oldest == NULL || rt_known_peer_get_last_seen (known->peer) < rt_known_peer_get_last_seen (oldest->peer))
        oldest = known;
    }
  if (oldest == NULL)
    return;
  hide (self, oldest);
  g_ptr_array_remove (self->known, oldest);
}

/* ---- the same in the address book of the node ---- */

static gboolean
is_linked (P2pKnownAddress *entry)
{
  return p2p_known_address_get_state (entry) == P2P_ADDRESS_STATE_LINKED;
}

/* A name, or another address than the node announces, is found to be linked here only. */
static void
entry_state_cb (RtKnownAddress *known)
{
  RtNetwork *self = known->network;
  gboolean linked = is_linked (known->entry);

  if (known->linked == linked)
    return;
  known->linked = linked;
  if (linked)
    {
      rt_known_peer_note_seen (known->peer, p2p_known_address_get_id (known->entry), g_get_real_time () / G_USEC_PER_SEC);
      rt_network_clear_error_of (self, known->address);
      save (self, known, NULL, 0);
    }
  rt_network_show_known (self);
}

static void
entry_anchor_cb (RtKnownAddress *known)
{
  save (known->network, known, p2p_known_address_get_anchor (known->entry) ? SOURCE_ANCHOR : SOURCE_LINK, 0);
}

void
rt_network_set_entry (RtKnownAddress *known, P2pKnownAddress *entry)
{
  if (known->entry == entry)
    return;
  if (known->entry != NULL)
    g_signal_handlers_disconnect_by_data (known->entry, known);
  known->linked = FALSE;
  g_set_object (&known->entry, entry);
  if (entry == NULL)
    return;
  g_signal_connect_swapped (entry, "notify::state", G_CALLBACK (entry_state_cb), known);
  g_signal_connect_swapped (entry, "notify::anchor", G_CALLBACK (entry_anchor_cb), known);
  if (is_linked (entry))
    entry_state_cb (known);
}

/* ---- */

RtKnownAddress *
rt_network_add_known (RtNetwork *self, const char *host, guint16 port)
{
  g_autofree char *address = rt_format_address (host, port);
  RtKnownAddress *known = rt_network_find_known (self, address);

  if (known != NULL)
    return known;
  if (self->known->len >= MAX_KNOWN)
    drop_one (self);
  known = g_new0 (RtKnownAddress, 1);
  known->network = self;
  known->host = g_strdup (host);
  known->port = port;
  known->peer = rt_known_peer_new (address, NULL, 0);
  known->address = g_steal_pointer (&address);
  g_ptr_array_add (self->known, known);
  rt_network_set_entry (known, rt_network_find_entry (self, host, port));
  return known;
}

/* Where the links lead to: by what the peers say, and by the sockets of those that we opened. Of P2pConnection, owned by
 * the routing table. */
static GHashTable *
map_links (RtNetwork *self)
{
  GHashTable *links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GListModel *table;
  guint n;

  if (self->socket == NULL)
    return links;
  table = p2p_mesh_socket_get_routing_table (self->socket);
  n = g_list_model_get_n_items (table);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);
      g_autofree char *socket_host = NULL;
      guint socket_port = 0;

      g_hash_table_insert (links, p2p_connection_dup_address (connection), connection);
      if (!p2p_connection_get_outgoing (connection))
        continue;
      g_object_get (connection, "peer-host", &socket_host, "peer-port", &socket_port, NULL);
      if (socket_host != NULL)
        g_hash_table_insert (links, rt_format_address (socket_host, (guint16) socket_port), connection);
    }
  return links;
}

static P2pConnection *
find_in (RtNetwork *self, GHashTable *links, RtKnownAddress *known)
{
  const char *id = rt_known_peer_get_id (known->peer);
  P2pConnection *connection = NULL;

  if (self->socket != NULL && id != NULL)
    connection = p2p_mesh_socket_get_connection (self->socket, id);
  return connection != NULL ? connection : g_hash_table_lookup (links, known->address);
}

P2pConnection *
rt_network_find_link (RtNetwork *self, RtKnownAddress *known)
{
  g_autoptr (GHashTable) links = map_links (self);

  return find_in (self, links, known);
}

/* The list has those without a link. */
void
rt_network_show_known (RtNetwork *self)
{
  g_autoptr (GHashTable) links = map_links (self);

  for (guint i = 0; i < self->known->len; i++)
    {
      RtKnownAddress *known = g_ptr_array_index (self->known, i);
      gboolean linked = known->linked || find_in (self, links, known) != NULL;
      gboolean shown = g_list_store_find (self->known_shown, known->peer, NULL);

      if (linked && shown)
        hide (self, known);
      else if (!linked && !shown)
        g_list_store_append (self->known_shown, known->peer);
    }
}

/* ---- store ---- */

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;

  /* An address forgotten is found again; a database that does not work is told of by RtNetworks. */
  if (!rt_store_save_peer_finish (RT_STORE (source), result, &error))
    g_debug ("%s: %s", rt_network_get_title (self), error->message);
}

static void
save (RtNetwork *self, RtKnownAddress *known, const char *source, gint64 failed)
{
  g_autoptr (RtStorePeer) row = NULL;

  /* the demonstration's have other ports the next time */
  if (known->port == 0 || self->seed != NULL || rt_network_is_demo (self))
    return;
  /* what was never there is a claim, and there may be any number: kept when it was true once, or the person tried it */
  if (known->offered && !known->configured && rt_known_peer_get_last_seen (known->peer) == 0 && g_strcmp0 (source, "person") != 0)
    return;
  row = rt_store_peer_new (rt_network_config_get_uuid (self->config), known->host, known->port);
  row->node_id = g_strdup (rt_known_peer_get_id (known->peer));
  row->source = g_strdup (known->configured ? "config" : source);
  row->last_seen = rt_known_peer_get_last_seen (known->peer);
  row->last_failure = failed;
  row->failure_words = g_strdup (rt_known_peer_get_cause (known->peer));
  g_object_get (known->peer, "attempts", &row->attempts, NULL);
  known->in_store = TRUE;
  rt_store_save_peer_async (self->store, row, saved_cb, g_object_ref (self));
}

void
rt_network_note_failure (RtNetwork *self, RtKnownAddress *known, const char *words, const char *source)
{
  rt_known_peer_note_failure (known->peer, words);
  save (self, known, source, g_get_real_time () / G_USEC_PER_SEC);
}

void
rt_network_note_seen (RtNetwork *self, const char *host, guint16 port, const char *id)
{
  g_autofree char *plain = NULL;
  RtKnownAddress *known;

  /* Told by the peer: it may be anything. */
  if (host == NULL || port == 0 || (plain = rt_normalise_host (host, NULL)) == NULL)
    return;
  known = rt_network_add_known (self, plain, port);
  rt_known_peer_note_seen (known->peer, id, g_get_real_time () / G_USEC_PER_SEC);
  save (self, known, NULL, 0);
}

static void
set_configured (RtNetwork *self, RtKnownAddress *known, gboolean configured)
{
  gboolean was = known->configured;

  known->configured = configured;
  if (self->socket == NULL)
    return;
  if (configured)
    p2p_mesh_socket_add_address (self->socket, known->host, known->port, NULL, P2P_ADDRESS_PINNED, 0);
  else if (was)
    p2p_mesh_socket_forget_address (self->socket, known->host, known->port);
}

void
rt_network_take_config_peers (RtNetwork *self)
{
  const char * const *peers = rt_network_config_get_peers (self->config);

  for (guint i = 0; i < self->known->len; i++)
    {
      RtKnownAddress *known = g_ptr_array_index (self->known, i);

      if (!g_strv_contains (peers, known->address))
        set_configured (self, known, FALSE);
    }
  for (guint i = 0; peers[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port;

      if (rt_parse_address (peers[i], &host, &port, NULL))
        set_configured (self, rt_network_add_known (self, host, port), TRUE);
    }
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = rt_store_load_peers_finish (RT_STORE (source), result, &error);

  if (rows == NULL)
    {
      g_debug ("%s: %s", rt_network_get_title (self), error->message);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    {
      const RtStorePeer *row = g_ptr_array_index (rows, i);
      RtKnownAddress *known = rt_network_add_known (self, row->host, row->port);

      if (!known->in_store && rt_known_peer_get_last_seen (known->peer) == 0)
        {
          known->in_store = TRUE;
          if (row->last_seen > 0)
            rt_known_peer_note_seen (known->peer, row->node_id, row->last_seen);
          if (row->failure_words != NULL && rt_known_peer_get_cause (known->peer) == NULL)
            rt_known_peer_note_failure (known->peer, row->failure_words);
        }
      /* One that was never there is not tried again by ourselves. */
      if (row->last_seen > 0 && !known->configured && self->socket != NULL)
        p2p_mesh_socket_add_address (self->socket, row->host, row->port, row->node_id,
                                     g_strcmp0 (row->source, SOURCE_ANCHOR) == 0 ? P2P_ADDRESS_ANCHOR : P2P_ADDRESS_DEFAULT,
                                     row->last_seen * G_USEC_PER_SEC);
    }
  rt_network_show_known (self);
}

void
rt_network_load_known (RtNetwork *self)
{
  rt_store_load_peers_async (self->store, rt_network_config_get_uuid (self->config), MAX_KNOWN, loaded_cb, g_object_ref (self));
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!rt_store_remove_peer_finish (RT_STORE (source), result, &error))
    g_debug ("%s: %s", rt_network_get_title (self), error->message);
}

gboolean
rt_network_offer_address (RtNetwork *self, const char *host, guint16 port)
{
  g_autofree char *address = NULL;
  RtKnownAddress *known;

  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  if (self->socket == NULL || !p2p_mesh_socket_add_address (self->socket, host, port, NULL, P2P_ADDRESS_DEFAULT, 0))
    return FALSE;
  address = rt_format_address (host, port);
  known = rt_network_find_known (self, address);
  if (known != NULL && !known->in_store)
    known->offered = TRUE;
  return TRUE;
}

gboolean
rt_network_can_forget (RtNetwork *self, const char *address)
{
  RtKnownAddress *known;

  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  known = rt_network_find_known (self, address);
  return known != NULL && !known->configured && !known->dialling && rt_network_find_link (self, known) == NULL;
}

void
rt_network_forget (RtNetwork *self, const char *address)
{
  RtKnownAddress *known;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (address != NULL);

  known = rt_network_find_known (self, address);
  if (known == NULL || !rt_network_can_forget (self, address))
    return;
  if (self->socket != NULL)
    p2p_mesh_socket_forget_address (self->socket, known->host, known->port);
  if (known->in_store)
    rt_store_remove_peer_async (self->store, rt_network_config_get_uuid (self->config), known->host, known->port, removed_cb, g_object_ref (self));
  rt_network_clear_error_of (self, known->address);
  hide (self, known);
  g_ptr_array_remove (self->known, known);
}
