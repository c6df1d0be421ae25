/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-private.h"

#include <glib/gi18n-lib.h>

#define READABLE_COLUMNS "uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address, max_outgoing, peers, created, leasing, k, seeding"
#define COLUMNS READABLE_COLUMNS ", announce, map_port, has_secret, identity"

RtStoreNetwork *
rt_store_network_new (void)
{
  RtStoreNetwork *self = g_new0 (RtStoreNetwork, 1);

  self->leasing = TRUE;
  self->seeding = TRUE;
  return self;
}

RtStoreNetwork *
rt_store_network_copy (const RtStoreNetwork *self)
{
  RtStoreNetwork *copy = rt_store_network_new ();

  *copy = *self;
  copy->uuid = g_strdup (self->uuid);
  copy->subnet = g_strdup (self->subnet);
  copy->encryption = g_strdup (self->encryption);
  copy->version = g_strdup (self->version);
  copy->kind = g_strdup (self->kind);
  copy->listen_host = g_strdup (self->listen_host);
  copy->out_address = g_strdup (self->out_address);
  copy->peers = g_strdup (self->peers);
  copy->announce = g_strdup (self->announce);
  copy->identity = g_strdup (self->identity);
  return copy;
}

void
rt_store_network_free (RtStoreNetwork *self)
{
  g_free (self->uuid);
  g_free (self->subnet);
  g_free (self->encryption);
  g_free (self->version);
  g_free (self->kind);
  g_free (self->listen_host);
  g_free (self->out_address);
  g_free (self->peers);
  g_free (self->announce);
  g_free (self->identity);
  g_free (self);
}

static GTask *
new_task (RtStore *self, gpointer tag, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, name);
  return task;
}

/* ---- load ---- */

static char *
dup_column (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

static RtStoreNetwork *
read_row (sqlite3_stmt *statement)
{
  RtStoreNetwork *network = rt_store_network_new ();

  network->uuid = dup_column (statement, 0);
  network->position = sqlite3_column_int64 (statement, 1);
  network->subnet = dup_column (statement, 2);
  network->encryption = dup_column (statement, 3);
  network->version = dup_column (statement, 4);
  network->kind = dup_column (statement, 5);
  network->listen_host = dup_column (statement, 6);
  network->listen_port = (guint) sqlite3_column_int64 (statement, 7);
  network->out_address = dup_column (statement, 8);
  network->max_outgoing = (guint) sqlite3_column_int64 (statement, 9);
  network->peers = dup_column (statement, 10);
  network->created = sqlite3_column_int64 (statement, 11);
  network->leasing = sqlite3_column_int (statement, 12) != 0;
  network->k = (guint) sqlite3_column_int64 (statement, 13);
  network->seeding = sqlite3_column_int (statement, 14) != 0;
  network->announce = dup_column (statement, 15);
  network->map_port = sqlite3_column_int (statement, 16) != 0;
  network->has_secret = sqlite3_column_int (statement, 17) != 0;
  network->identity = dup_column (statement, 18);
  return network;
}

/* An older one that can only be read was not migrated: what it has not got is as a migration would make it. */
static sqlite3_stmt *
select_networks (sqlite3 *db, const char *doing, GError **error)
{
  g_autofree char *sql = NULL;
  int version;

  if (!rt_store_read_version (db, &version, error))
    return NULL;
  sql = g_strdup_printf ("SELECT " READABLE_COLUMNS ", %s, %s, %s, %s FROM networks ORDER BY position, created, uuid",
                         version < 6 ? "'no'" : "announce", version < 8 ? "0" : "map_port", version < 9 ? "0" : "has_secret", version < 9 ? "NULL" : "identity");
  return rt_store_prepare (db, sql, doing, error);
}

static void
load_networks_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The networks cannot be read");
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_network_free);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = select_networks (db->db, doing, &error);
  int code = SQLITE_ERROR;

  if (statement != NULL)
    {
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        g_ptr_array_add (networks, read_row (statement));
      if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (&error, db->db, code, doing);
      sqlite3_finalize (statement);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&networks), (GDestroyNotify) g_ptr_array_unref);
}

void
rt_store_load_networks_async (RtStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE (self));

  rt_store_queue (self, new_task (self, rt_store_load_networks_async, "[rt-store] load networks", callback, user_data),
                  RT_STORE_JOB_DATABASE, load_networks_job);
}

GPtrArray *
rt_store_load_networks_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- save ---- */

static void
save_network_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The network cannot be written");
  const RtStoreNetwork *network = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement;

  /* Not INSERT OR REPLACE: that deletes the old row, and with it the known peers. */
  statement = rt_store_prepare (db->db,
                                "INSERT INTO networks (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
                                " ON CONFLICT (uuid) DO UPDATE SET position = ?2, subnet = ?3, encryption = ?4, version = ?5, kind = ?6,"
                                " listen_host = ?7, listen_port = ?8, out_address = ?9, max_outgoing = ?10, peers = ?11, leasing = ?13, k = ?14, seeding = ?15,"
                                " announce = ?16, map_port = ?17, has_secret = ?18, identity = ?19",
                                doing, &error);
  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, network->uuid, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 2, network->position);
      sqlite3_bind_text (statement, 3, network->subnet, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 4, network->encryption, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 5, network->version, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 6, network->kind, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 7, network->listen_host, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 8, network->listen_port);
      sqlite3_bind_text (statement, 9, network->out_address, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 10, network->max_outgoing);
      sqlite3_bind_text (statement, 11, network->peers, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 12, network->created);
      sqlite3_bind_int (statement, 13, network->leasing != FALSE);
      sqlite3_bind_int64 (statement, 14, network->k);
      sqlite3_bind_int (statement, 15, network->seeding != FALSE);
      sqlite3_bind_text (statement, 16, network->announce != NULL ? network->announce : "no", -1, SQLITE_STATIC);
      sqlite3_bind_int (statement, 17, network->map_port != FALSE);
      sqlite3_bind_int (statement, 18, network->has_secret != FALSE);
      sqlite3_bind_text (statement, 19, network->identity, -1, SQLITE_STATIC);
      if (rt_store_finish_statement (db->db, statement, doing, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

void
rt_store_save_network_async (RtStore *self, const RtStoreNetwork *network, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (network != NULL && network->uuid != NULL);

  task = new_task (self, rt_store_save_network_async, "[rt-store] save network", callback, user_data);
  g_task_set_task_data (task, rt_store_network_copy (network), (GDestroyNotify) rt_store_network_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, save_network_job);
}

gboolean
rt_store_save_network_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- remove ---- */

static void
remove_network_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The network cannot be forgotten");
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = rt_store_prepare (db->db, "DELETE FROM networks WHERE uuid = ?1", doing, &error);

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, g_task_get_task_data (task), -1, SQLITE_STATIC);
      if (rt_store_finish_statement (db->db, statement, doing, &error))
        {
          db->has_remains = TRUE;
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

void
rt_store_remove_network_async (RtStore *self, const char *uuid, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (uuid != NULL);

  task = new_task (self, rt_store_remove_network_async, "[rt-store] remove network", callback, user_data);
  g_task_set_task_data (task, g_strdup (uuid), g_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, remove_network_job);
}

gboolean
rt_store_remove_network_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
