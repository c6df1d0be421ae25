/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker does for shared tables. */
#include "config.h"

#include "rt-store-table-private.h"

#include <glib/gi18n-lib.h>

/* ---- write ---- */

static gboolean
write_records (sqlite3 *db, const RtStoreTableBatch *batch, const char *doing, GError **error)
{
  sqlite3_stmt *save = rt_store_prepare (db, "INSERT INTO table_records (network, key, record) VALUES (?1, ?2, ?3)"
                                             " ON CONFLICT (network, key) DO UPDATE SET record = ?3", doing, error);
  sqlite3_stmt *forget = save != NULL ? rt_store_prepare (db, "DELETE FROM table_records WHERE network = ?1 AND key = ?2", doing, error) : NULL;
  gboolean good = forget != NULL;

  for (guint i = 0; good && i < batch->records->len; i++)
    {
      const RtStoreRecord *record = batch->records->pdata[i];
      sqlite3_stmt *statement = record->record != NULL ? save : forget;

      sqlite3_bind_text (statement, 1, batch->network, -1, SQLITE_STATIC);
      rt_store_bind_bytes (statement, 2, record->key);
      if (record->record != NULL)
        rt_store_bind_bytes (statement, 3, record->record);
      good = rt_store_step_once (db, statement, doing, error);
    }
  sqlite3_finalize (save);
  sqlite3_finalize (forget);
  return good;
}

static gboolean
write_past (sqlite3 *db, const RtStoreTableBatch *batch, const char *doing, GError **error)
{
  sqlite3_stmt *add = rt_store_prepare (db, "INSERT INTO table_history (network, key, time, value, owner, what) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
                                            /* the same said once more, as a renewal of a lease is, is nothing that became of it */
                                            " WHERE ?6 = 'large' OR NOT EXISTS (SELECT 1 FROM (SELECT value, owner, what FROM table_history"
                                            " WHERE network = ?1 AND key = ?2 ORDER BY id DESC LIMIT 1) WHERE value IS ?4 AND owner = ?5 AND what = ?6)", doing, error);
  sqlite3_stmt *trim = add != NULL ? rt_store_prepare (db, "DELETE FROM table_history WHERE id IN (SELECT id FROM table_history"
                                                           " WHERE network = ?1 AND key = ?2 ORDER BY id DESC LIMIT -1 OFFSET ?3)", doing, error) : NULL;
  gboolean good = trim != NULL;

  for (guint i = 0; good && i < batch->past->len; i++)
    {
      const RtStorePast *past = batch->past->pdata[i];

      sqlite3_bind_text (add, 1, batch->network, -1, SQLITE_STATIC);
      rt_store_bind_bytes (add, 2, past->key);
      sqlite3_bind_int64 (add, 3, past->time);
      rt_store_bind_bytes (add, 4, past->value);
      sqlite3_bind_text (add, 5, past->owner, -1, SQLITE_STATIC);
      sqlite3_bind_text (add, 6, past->what, -1, SQLITE_STATIC);
      sqlite3_bind_text (trim, 1, batch->network, -1, SQLITE_STATIC);
      rt_store_bind_bytes (trim, 2, past->key);
      sqlite3_bind_int (trim, 3, RT_STORE_TABLE_PAST_PER_KEY);
      good = rt_store_step_once (db, add, doing, error) && rt_store_step_once (db, trim, doing, error);
    }
  sqlite3_finalize (add);
  sqlite3_finalize (trim);
  return good;
}

static gboolean
trim_past (sqlite3 *db, const RtStoreTableBatch *batch, const char *doing, GError **error)
{
  sqlite3_stmt *statement;

  if (batch->past->len == 0)
    return TRUE;
  statement = rt_store_prepare (db, "DELETE FROM table_history WHERE network = ?1 AND id <="
                                    " (SELECT id FROM table_history WHERE network = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)", doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, batch->network, -1, SQLITE_STATIC);
  sqlite3_bind_int (statement, 2, RT_STORE_TABLE_PAST);
  return rt_store_finish_statement (db, statement, doing, error);
}

static gboolean
forget_records (sqlite3 *db, const RtStoreTableBatch *batch, const char *doing, GError **error)
{
  sqlite3_stmt *statement;

  if (!batch->forget)
    return TRUE;
  statement = rt_store_prepare (db, "DELETE FROM table_records WHERE network = ?1", doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, batch->network, -1, SQLITE_STATIC);
  return rt_store_finish_statement (db, statement, doing, error);
}

gboolean
rt_store_table_write (RtStoreDb *db, gpointer data, GError **error)
{
  const char *doing = _("The table cannot be written");
  const RtStoreTableBatch *batch = data;

  if (!rt_store_exec (db->db, "BEGIN IMMEDIATE", doing, error))
    return FALSE;
  if (forget_records (db->db, batch, doing, error) && write_records (db->db, batch, doing, error) && write_past (db->db, batch, doing, error) &&
      trim_past (db->db, batch, doing, error) && rt_store_exec (db->db, "COMMIT", doing, error))
    return TRUE;
  rt_store_exec (db->db, "ROLLBACK", doing, NULL);
  return FALSE;
}

/* ---- load ---- */

static GBytes *
get_bytes (sqlite3_stmt *statement, int column)
{
  return g_bytes_new (sqlite3_column_blob (statement, column), (gsize) sqlite3_column_bytes (statement, column));
}

/* Not of another type, and not empty: whatever somebody did to the file. */
static gboolean
is_blob (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_type (statement, column) == SQLITE_BLOB && sqlite3_column_bytes (statement, column) > 0;
}

static gboolean
is_utf8 (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL && g_utf8_validate (text, -1, NULL);
}

void
rt_store_table_load_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The table cannot be read");
  RtStoreTableQuery *query = g_task_get_task_data (task);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_record_free);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = rt_store_prepare (db->db, "SELECT key, record FROM table_records WHERE network = ?1 ORDER BY key", doing, &error);
  int code;

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, query->network, -1, SQLITE_STATIC);
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          RtStoreRecord *record;

          if (!is_blob (statement, 0) || !is_blob (statement, 1))
            {
              query->n_damaged++;
              continue;
            }
          record = g_new0 (RtStoreRecord, 1);
          record->key = get_bytes (statement, 0);
          record->record = get_bytes (statement, 1);
          g_ptr_array_add (records, record);
        }
      if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (&error, db->db, code, doing);
      sqlite3_finalize (statement);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&records), (GDestroyNotify) g_ptr_array_unref);
}

void
rt_store_table_load_past_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The history cannot be read");
  RtStoreTableQuery *query = g_task_get_task_data (task);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_past_free);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = rt_store_prepare (db->db, "SELECT time, value, owner, what FROM table_history"
                                                      " WHERE network = ?1 AND key = ?2 ORDER BY id DESC LIMIT ?3", doing, &error);
  int code;

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, query->network, -1, SQLITE_STATIC);
      rt_store_bind_bytes (statement, 2, query->key);
      sqlite3_bind_int (statement, 3, RT_STORE_TABLE_PAST_PER_KEY);
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          RtStorePast *past;

          if (!is_utf8 (statement, 2) || !is_utf8 (statement, 3))
            continue;
          past = g_new0 (RtStorePast, 1);
          past->key = g_bytes_ref (query->key);
          past->time = sqlite3_column_int64 (statement, 0);
          past->value = is_blob (statement, 1) ? get_bytes (statement, 1) : NULL;
          past->owner = g_strdup ((const char *) sqlite3_column_text (statement, 2));
          past->what = g_strdup ((const char *) sqlite3_column_text (statement, 3));
          g_ptr_array_add (items, past);
        }
      if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (&error, db->db, code, doing);
      sqlite3_finalize (statement);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&items), (GDestroyNotify) g_ptr_array_unref);
}
