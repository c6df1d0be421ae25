/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-private.h"

#include <glib/gi18n-lib.h>

typedef struct {
  char *key;
  char *value;
} Entry;

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry->value);
  g_free (entry);
}

static GTask *
new_task (RtStore *self, const char *key, const char *value, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Entry *entry = g_new0 (Entry, 1);

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, "[rt-store] profile");
  entry->key = g_strdup (key);
  entry->value = g_strdup (value);
  g_task_set_task_data (task, entry, free_entry);
  return task;
}

static void
set_profile_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("Your profile cannot be written");
  Entry *entry = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement;

  statement = rt_store_prepare (db->db,
                                entry->value == NULL ? "DELETE FROM profile WHERE key = ?1"
                                                     : "INSERT INTO profile (key, value) VALUES (?1, ?2)"
                                                       " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                                doing, &error);
  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, entry->key, -1, SQLITE_STATIC);
      if (entry->value != NULL)
        sqlite3_bind_text (statement, 2, entry->value, -1, SQLITE_STATIC);
      if (rt_store_finish_statement (db->db, statement, doing, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

void
rt_store_set_profile_async (RtStore *self, const char *key, const char *value, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (key != NULL);

  rt_store_queue (self, new_task (self, key, value, rt_store_set_profile_async, callback, user_data), RT_STORE_JOB_DATABASE,
                  set_profile_job);
}

gboolean
rt_store_set_profile_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
get_profile_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("Your profile cannot be read");
  Entry *entry = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = rt_store_prepare (db->db, "SELECT value FROM profile WHERE key = ?1", doing, &error);
  int code = SQLITE_ERROR;

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, entry->key, -1, SQLITE_STATIC);
      code = sqlite3_step (statement);
      if (code == SQLITE_ROW)
        entry->value = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      else if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (&error, db->db, code, doing);
      sqlite3_finalize (statement);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&entry->value), g_free);
}

void
rt_store_get_profile_async (RtStore *self, const char *key, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (key != NULL);

  rt_store_queue (self, new_task (self, key, NULL, rt_store_get_profile_async, callback, user_data), RT_STORE_JOB_DATABASE,
                  get_profile_job);
}

char *
rt_store_get_profile_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
