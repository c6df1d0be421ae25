/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the person wants nothing to do with in this network: kept, and told to each of its nodes before it is heard. */
#include "config.h"

#include "rt-network-private.h"
#include "model/reach/rt-address-scope.h"
#include "model/people/rt-people-private.h"
#include "model/people/rt-person-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

static char *
dup_key (RtBlockKind kind, const char *what)
{
  return g_strdup_printf ("%d %s", (int) kind, what);
}

static RtBlock *
find (RtNetwork *self, RtBlockKind kind, const char *what)
{
  g_autofree char *key = dup_key (kind, what);

  return g_hash_table_lookup (self->blocks_by_key, key);
}

static void
show_person (RtNetwork *self, RtBlock *block, gboolean blocked)
{
  RtPerson *person = rt_block_get_kind (block) == RT_BLOCK_PERSON ? rt_people_find (self->people, rt_block_get_what (block)) : NULL;

  if (person != NULL)
    rt_person_set_blocked (person, blocked);
}

static void
set_own_address_error (GError **error, const char *host)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("%s is the address of this computer, and cannot be blocked"), host);
}

/* The words of the library are for programmers. */
static void
explain (GError **error, const GError *refusal, RtBlock *block)
{
  gboolean own = g_error_matches (refusal, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF);

  if (own && rt_block_get_kind (block) == RT_BLOCK_PERSON)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("That is you: nobody can block himself"));
  else if (own)
    set_own_address_error (error, rt_block_get_what (block));
  else
    {
      g_autofree char *words = rt_sanitise_line (refusal->message, 512);

      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
    }
}

/* Of one on this computer it would be all of them, and ourselves: a node that listens everywhere does not know it for its own. */
static gboolean
is_loopback (const char *host)
{
  return host != NULL && rt_address_scope (host) == RT_ADDRESS_COMPUTER;
}

/* FALSE: it does not hold, and the words say why. */
static gboolean
tell_socket (P2pMeshSocket *socket, RtBlock *block, GError **error)
{
  const char *what = rt_block_get_what (block);
  g_autoptr (GError) refusal = NULL;
  gboolean holds = FALSE;

  if (rt_block_get_kind (block) == RT_BLOCK_PERSON)
    holds = p2p_mesh_socket_block_id (socket, what, &refusal);
  else if (is_loopback (what))
    set_own_address_error (error, what);
  else
    holds = p2p_mesh_socket_block_address (socket, what, &refusal);
  if (refusal != NULL)
    explain (error, refusal, block);
  return holds;
}

/* It stands in the list, whatever the node says: that it does not hold stands there, too. */
static void
tell_again (P2pMeshSocket *socket, RtBlock *block)
{
  g_autoptr (GError) error = NULL;

  tell_socket (socket, block, &error);
  rt_block_set_problem (block, error != NULL ? error->message : NULL);
}

static void
add (RtNetwork *self, RtBlock *block)
{
  g_hash_table_insert (self->blocks_by_key, dup_key (rt_block_get_kind (block), rt_block_get_what (block)), block);
  g_list_store_append (self->blocks, block);
  show_person (self, block, TRUE);
}

/* ---- store ---- */

static RtStoreBlock *
make_stored (RtNetwork *self, RtBlock *block)
{
  RtStoreBlock *stored = rt_store_block_new (rt_network_config_get_uuid (self->config),
                                             rt_block_get_kind (block) == RT_BLOCK_PERSON ? RT_STORE_BLOCK_PERSON : RT_STORE_BLOCK_ADDRESS,
                                             rt_block_get_what (block));

  stored->name = g_strdup (rt_block_get_name (block));
  stored->added = rt_block_get_added (block);
  return stored;
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;

  /* It holds until the program ends; a database that does not work is told of by RtNetworks. */
  if (!rt_store_save_block_finish (RT_STORE (source), result, &error))
    g_debug ("%s: %s", rt_network_get_title (self), error->message);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!rt_store_remove_block_finish (RT_STORE (source), result, &error))
    g_debug ("%s: %s", rt_network_get_title (self), error->message);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = rt_store_load_blocks_finish (RT_STORE (source), result, &error);

  if (rows == NULL)
    {
      /* where nothing is kept nobody was blocked before, and all of that is told of by RtNetworks */
      if (g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED))
        return;
      g_free (self->blocks_error);
      self->blocks_error = rt_sanitise_line (error->message, 512);
      g_object_notify (G_OBJECT (self), "blocks-error");
      return;
    }
  for (guint i = 0; i < rows->len && g_list_model_get_n_items (G_LIST_MODEL (self->blocks)) < P2P_LIMIT_BLOCKED; i++)
    {
      const RtStoreBlock *row = g_ptr_array_index (rows, i);
      RtBlockKind kind = row->kind == RT_STORE_BLOCK_PERSON ? RT_BLOCK_PERSON : RT_BLOCK_ADDRESS;
      g_autoptr (RtBlock) block = NULL;

      /* blocked again, faster than the disk; and a file may hold anything */
      if (find (self, kind, row->what) != NULL || !g_utf8_validate (row->what, -1, NULL))
        continue;
      block = rt_block_new (kind, row->what, row->name != NULL && g_utf8_validate (row->name, -1, NULL) ? row->name : NULL, row->added);
      add (self, block);
    }
  rt_network_tell_blocks (self, self->socket != NULL ? self->socket : self->opening);
}

void
rt_network_load_blocks (RtNetwork *self)
{
  rt_store_load_blocks_async (self->store, rt_network_config_get_uuid (self->config), loaded_cb, g_object_ref (self));
}

/* ---- */

void
rt_network_init_blocks (RtNetwork *self)
{
  self->blocks = g_list_store_new (RT_TYPE_BLOCK);
  self->blocks_by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
rt_network_free_blocks (RtNetwork *self)
{
  g_clear_pointer (&self->blocks_by_key, g_hash_table_unref);
  g_clear_pointer (&self->blocks_error, g_free);
  g_clear_object (&self->blocks);
}

void
rt_network_tell_blocks (RtNetwork *self, P2pMeshSocket *socket)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->blocks));

  for (guint i = 0; socket != NULL && i < n; i++)
    {
      g_autoptr (RtBlock) block = g_list_model_get_item (G_LIST_MODEL (self->blocks), i);

      /* An address may be this computer's by now, for one. */
      tell_again (socket, block);
    }
}

void
rt_network_show_blocks (RtNetwork *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->blocks));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtBlock) block = g_list_model_get_item (G_LIST_MODEL (self->blocks), i);

      show_person (self, block, TRUE);
    }
}

GListModel *
rt_network_get_blocks (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  return G_LIST_MODEL (self->blocks);
}

const char *
rt_network_get_blocks_error (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  return self->blocks_error;
}

RtBlock *
rt_network_find_block (RtNetwork *self, RtBlockKind kind, const char *what)
{
  g_autofree char *host = NULL;

  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (what == NULL || g_hash_table_size (self->blocks_by_key) == 0)
    return NULL;
  if (kind == RT_BLOCK_ADDRESS)
    host = rt_normalise_host (what, NULL);
  return find (self, kind, host != NULL ? host : what);
}

static gboolean
check (RtNetwork *self, RtBlockKind kind, const char *what, GError **error)
{
  if (kind == RT_BLOCK_PERSON && g_strcmp0 (what, self->node_id) == 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("That is you: nobody can block himself"));
  else if (kind == RT_BLOCK_PERSON && (*what == '\0' || strlen (what) > P2P_LIMIT_ID_CHARS || !g_str_is_ascii (what)))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("This is not the id of anybody"));
  else if (kind == RT_BLOCK_ADDRESS && is_loopback (what))
    set_own_address_error (error, what);
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->blocks)) >= P2P_LIMIT_BLOCKED)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%u are blocked here already, and more are not possible: unblock some first"), P2P_LIMIT_BLOCKED);
  else
    return TRUE;
  return FALSE;
}

gboolean
rt_network_block (RtNetwork *self, RtBlockKind kind, const char *what, GError **error)
{
  g_autofree char *host = NULL, *name = NULL;
  g_autoptr (RtBlock) block = NULL;
  g_autoptr (RtStoreBlock) stored = NULL;

  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  g_return_val_if_fail (what != NULL, FALSE);

  if (kind == RT_BLOCK_ADDRESS)
    {
      host = rt_normalise_host (what, error);
      if (host == NULL)
        return FALSE;
      what = host;
    }
  if (find (self, kind, what) != NULL)
    return TRUE;
  if (!check (self, kind, what, error))
    return FALSE;
  if (kind == RT_BLOCK_PERSON)
    name = rt_people_dup_name (self->people, what);
  block = rt_block_new (kind, what, name, g_get_real_time () / G_USEC_PER_SEC);
  /* It may end links, and who hears of that asks whether somebody is blocked. */
  add (self, block);
  if (self->socket != NULL && !tell_socket (self->socket, block, error))
    {
      rt_network_take_block_back (self, block);
      return FALSE;
    }
  if (self->opening != NULL)
    tell_again (self->opening, block);
  stored = make_stored (self, block);
  rt_store_save_block_async (self->store, stored, saved_cb, g_object_ref (self));
  return TRUE;
}

void
rt_network_take_block_back (RtNetwork *self, RtBlock *block)
{
  g_autofree char *key = dup_key (rt_block_get_kind (block), rt_block_get_what (block));
  guint at;

  g_hash_table_remove (self->blocks_by_key, key);
  show_person (self, block, FALSE);
  if (g_list_store_find (self->blocks, block, &at))
    g_list_store_remove (self->blocks, at);
}

void
rt_network_unblock (RtNetwork *self, RtBlock *block)
{
  g_autoptr (RtBlock) held G_GNUC_UNUSED = NULL;
  g_autoptr (RtStoreBlock) stored = NULL;
  P2pMeshSocket *sockets[2];

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_BLOCK (block));

  if (find (self, rt_block_get_kind (block), rt_block_get_what (block)) != block)
    return;
  held = g_object_ref (block);
  rt_network_take_block_back (self, block);
  sockets[0] = self->socket;
  sockets[1] = self->opening;
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    if (sockets[i] != NULL && rt_block_get_kind (block) == RT_BLOCK_PERSON)
      p2p_mesh_socket_unblock_id (sockets[i], rt_block_get_what (block));
    else if (sockets[i] != NULL)
      p2p_mesh_socket_unblock_address (sockets[i], rt_block_get_what (block));
  stored = make_stored (self, block);
  rt_store_remove_block_async (self->store, stored, removed_cb, g_object_ref (self));
}

char *
rt_network_dup_host_of (RtNetwork *self, const char *id)
{
  P2pConnection *connection;

  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  connection = self->socket != NULL ? p2p_mesh_socket_get_connection (self->socket, id) : NULL;
  if (connection != NULL)
    {
      g_autofree char *host = NULL;

      g_object_get (connection, "peer-host", &host, NULL);
      return is_loopback (host) ? NULL : g_steal_pointer (&host);
    }
  for (guint i = 0; i < self->known->len; i++)
    {
      const RtKnownAddress *known = g_ptr_array_index (self->known, i);

      if (g_strcmp0 (rt_known_peer_get_id (known->peer), id) == 0)
        return is_loopback (known->host) ? NULL : g_strdup (known->host);
    }
  return NULL;
}
