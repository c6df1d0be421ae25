/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the person blocked in a network. */
#include "config.h"

#include "rt-store-private.h"

#include <glib/gi18n-lib.h>

RtStoreBlock *
rt_store_block_new (const char *network, RtStoreBlockKind kind, const char *what)
{
  RtStoreBlock *block = g_new0 (RtStoreBlock, 1);

  block->network = g_strdup (network);
  block->kind = kind;
  block->what = g_strdup (what);
  return block;
}

static gpointer
copy_block (const RtStoreBlock *block)
{
  RtStoreBlock *copy = rt_store_block_new (block->network, block->kind, block->what);

  copy->name = g_strdup (block->name);
  copy->added = block->added;
  return copy;
}

void
rt_store_block_free (RtStoreBlock *self)
{
  g_free (self->network);
  g_free (self->what);
  g_free (self->name);
  g_free (self);
}

/* ---- load ---- */

static void
load_blocks_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("Who is blocked cannot be read");
  const char *network = g_task_get_task_data (task);
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_block_free);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = NULL;
  int code, version = 0;

  /* In an older one that can only be read nobody could be blocked. */
  if (rt_store_read_version (db->db, &version, &error) && version >= 7)
    statement = rt_store_prepare (db->db, "SELECT kind, what, name, added FROM blocks WHERE network = ?1 ORDER BY added, kind, what", doing, &error);
  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, network, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          RtStoreBlockKind kind = sqlite3_column_int (statement, 0) == RT_STORE_BLOCK_ADDRESS ? RT_STORE_BLOCK_ADDRESS : RT_STORE_BLOCK_PERSON;
          const char *what = (const char *) sqlite3_column_text (statement, 1);
          RtStoreBlock *block = rt_store_block_new (network, kind, what != NULL ? what : "");

          block->name = g_strdup ((const char *) sqlite3_column_text (statement, 2));
          block->added = sqlite3_column_int64 (statement, 3);
          g_ptr_array_add (blocks, block);
        }
      if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (&error, db->db, code, doing);
      sqlite3_finalize (statement);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&blocks), (GDestroyNotify) g_ptr_array_unref);
}

void
rt_store_load_blocks_async (RtStore *self, const char *network, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (network != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_load_blocks_async);
  g_task_set_name (task, "[rt-store] load blocks");
  g_task_set_task_data (task, g_strdup (network), g_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, load_blocks_job);
}

GPtrArray *
rt_store_load_blocks_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- save and remove ---- */

static void
run (RtStoreDb *db, GTask *task, const char *sql, const char *doing)
{
  const RtStoreBlock *block = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = rt_store_prepare (db->db, sql, doing, &error);

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, block->network, -1, SQLITE_STATIC);
      sqlite3_bind_int (statement, 2, (int) block->kind);
      sqlite3_bind_text (statement, 3, block->what, -1, SQLITE_STATIC);
      if (sqlite3_bind_parameter_count (statement) > 3)
        {
          sqlite3_bind_text (statement, 4, block->name, -1, SQLITE_STATIC);
          sqlite3_bind_int64 (statement, 5, block->added);
        }
      if (rt_store_finish_statement (db->db, statement, doing, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

static void
save_block_job (RtStoreDb *db, GTask *task)
{
  run (db, task, "INSERT OR REPLACE INTO blocks (network, kind, what, name, added) VALUES (?1, ?2, ?3, ?4, ?5)", _("Who is blocked cannot be written"));
}

static void
remove_block_job (RtStoreDb *db, GTask *task)
{
  run (db, task, "DELETE FROM blocks WHERE network = ?1 AND kind = ?2 AND what = ?3", _("Who is blocked cannot be written"));
}

static void
queue (RtStore *self, const RtStoreBlock *block, gpointer tag, const char *name, RtStoreJob job, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  (g_task_set_name) (task, name);
  g_task_set_task_data (task, copy_block (block), (GDestroyNotify) rt_store_block_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, job);
}

void
rt_store_save_block_async (RtStore *self, const RtStoreBlock *block, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (block != NULL && block->network != NULL && block->what != NULL);

  queue (self, block, rt_store_save_block_async, "[rt-store] save block", save_block_job, callback, user_data);
}

gboolean
rt_store_save_block_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rt_store_remove_block_async (RtStore *self, const RtStoreBlock *block, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (block != NULL && block->network != NULL && block->what != NULL);

  queue (self, block, rt_store_remove_block_async, "[rt-store] remove block", remove_block_job, callback, user_data);
}

gboolean
rt_store_remove_block_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
