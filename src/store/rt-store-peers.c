/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-private.h"

#include <glib/gi18n-lib.h>

RtStorePeer *
rt_store_peer_new (const char *network, const char *host, guint16 port)
{
  RtStorePeer *peer = g_new0 (RtStorePeer, 1);

  peer->network = g_strdup (network);
  peer->host = g_strdup (host);
  peer->port = port;
  return peer;
}

RtStorePeer *
rt_store_peer_copy (const RtStorePeer *self)
{
  RtStorePeer *copy = g_new0 (RtStorePeer, 1);

  *copy = *self;
  copy->network = g_strdup (self->network);
  copy->host = g_strdup (self->host);
  copy->node_id = g_strdup (self->node_id);
  copy->source = g_strdup (self->source);
  copy->failure_words = g_strdup (self->failure_words);
  return copy;
}

void
rt_store_peer_free (RtStorePeer *self)
{
  g_free (self->network);
  g_free (self->host);
  g_free (self->node_id);
  g_free (self->source);
  g_free (self->failure_words);
  g_free (self);
}

typedef struct {
  char *network;
  guint n;
} Query;

static void
free_query (gpointer data)
{
  Query *query = data;

  g_free (query->network);
  g_free (query);
}

/* ---- load ---- */

static RtStorePeer *
read_row (sqlite3_stmt *statement, const char *network)
{
  RtStorePeer *peer = rt_store_peer_new (network, (const char *) sqlite3_column_text (statement, 0),
                                         (guint16) sqlite3_column_int (statement, 1));

  peer->node_id = g_strdup ((const char *) sqlite3_column_text (statement, 2));
  peer->source = g_strdup ((const char *) sqlite3_column_text (statement, 3));
  peer->last_seen = sqlite3_column_int64 (statement, 4);
  peer->last_failure = sqlite3_column_int64 (statement, 5);
  peer->failure_words = g_strdup ((const char *) sqlite3_column_text (statement, 6));
  peer->attempts = (guint) sqlite3_column_int64 (statement, 7);
  return peer;
}

static void
load_peers_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The known addresses cannot be read");
  const Query *query = g_task_get_task_data (task);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_peer_free);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement;
  int code;

  statement = rt_store_prepare (db->db,
                                "SELECT host, port, node_id, source, last_seen, last_failure, failure_words, attempts FROM known_peers"
                                " WHERE network = ?1 ORDER BY last_seen DESC, host, port LIMIT ?2",
                                doing, &error);
  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, query->network, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 2, query->n);
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        g_ptr_array_add (peers, read_row (statement, query->network));
      if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (&error, db->db, code, doing);
      sqlite3_finalize (statement);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&peers), (GDestroyNotify) g_ptr_array_unref);
}

void
rt_store_load_peers_async (RtStore *self, const char *network, guint n, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Query *query;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (network != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_load_peers_async);
  g_task_set_name (task, "[rt-store] load peers");
  query = g_new0 (Query, 1);
  query->network = g_strdup (network);
  query->n = n;
  g_task_set_task_data (task, query, free_query);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, load_peers_job);
}

GPtrArray *
rt_store_load_peers_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- save and remove ---- */

static gboolean
save_peer (sqlite3 *db, const RtStorePeer *peer, GError **error)
{
  const char *doing = _("A known address cannot be written");
  sqlite3_stmt *statement;

  statement = rt_store_prepare (db,
                                "INSERT INTO known_peers (network, host, port, node_id, source, last_seen, last_failure, failure_words, attempts)"
                                " VALUES (?1, ?2, ?3, ?4, coalesce (?5, 'link'), ?6, ?7, ?8, ?9)"
                                " ON CONFLICT (network, host, port) DO UPDATE SET node_id = coalesce (?4, node_id), source = coalesce (?5, source),"
                                " last_seen = max (?6, last_seen), last_failure = max (?7, last_failure), failure_words = ?8, attempts = ?9",
                                doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, peer->network, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, peer->host, -1, SQLITE_STATIC);
  sqlite3_bind_int (statement, 3, peer->port);
  sqlite3_bind_text (statement, 4, peer->node_id, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 5, peer->source, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 6, peer->last_seen);
  sqlite3_bind_int64 (statement, 7, peer->last_failure);
  sqlite3_bind_text (statement, 8, peer->failure_words, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 9, peer->attempts);
  if (!rt_store_finish_statement (db, statement, doing, error))
    return FALSE;

  /* Peers tell us any number of addresses: the table is bounded. What was just written stays. */
  statement = rt_store_prepare (db,
                                "DELETE FROM known_peers WHERE network = ?1 AND NOT (host = ?2 AND port = ?3) AND (host, port) IN"
                                " (SELECT host, port FROM known_peers WHERE network = ?1 ORDER BY last_seen DESC, last_failure DESC LIMIT -1 OFFSET ?4)",
                                doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, peer->network, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, peer->host, -1, SQLITE_STATIC);
  sqlite3_bind_int (statement, 3, peer->port);
  sqlite3_bind_int (statement, 4, RT_STORE_MAX_PEERS);
  return rt_store_finish_statement (db, statement, doing, error);
}

static void
save_peer_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("A known address cannot be written");
  g_autoptr (GError) error = NULL;

  if (rt_store_exec (db->db, "BEGIN IMMEDIATE", doing, &error))
    {
      if (save_peer (db->db, g_task_get_task_data (task), &error) && rt_store_exec (db->db, "COMMIT", doing, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
      rt_store_exec (db->db, "ROLLBACK", doing, NULL);
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

void
rt_store_save_peer_async (RtStore *self, const RtStorePeer *peer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (peer != NULL && peer->network != NULL && peer->host != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_save_peer_async);
  g_task_set_name (task, "[rt-store] save peer");
  g_task_set_task_data (task, rt_store_peer_copy (peer), (GDestroyNotify) rt_store_peer_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, save_peer_job);
}

gboolean
rt_store_save_peer_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
remove_peer_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("A known address cannot be forgotten");
  const RtStorePeer *peer = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = rt_store_prepare (db->db, "DELETE FROM known_peers WHERE network = ?1 AND host = ?2 AND port = ?3", doing, &error);

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, peer->network, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 2, peer->host, -1, SQLITE_STATIC);
      sqlite3_bind_int (statement, 3, peer->port);
      if (rt_store_finish_statement (db->db, statement, doing, &error))
        {
          g_task_return_boolean (task, TRUE);
          return;
        }
    }
  g_task_return_error (task, g_steal_pointer (&error));
}

void
rt_store_remove_peer_async (RtStore             *self,
                            const char          *network,
                            const char          *host,
                            guint16              port,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (network != NULL && host != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_remove_peer_async);
  g_task_set_name (task, "[rt-store] remove peer");
  g_task_set_task_data (task, rt_store_peer_new (network, host, port), (GDestroyNotify) rt_store_peer_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, remove_peer_job);
}

gboolean
rt_store_remove_peer_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
