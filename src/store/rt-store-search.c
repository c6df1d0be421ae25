/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-chat-private.h"
#include "rt-store-search.h"
#include "rt-store-words.h"

#include <glib/gi18n-lib.h>

/* A cancelled search ends after so many steps of SQLite's machine: some 50 microseconds. */
#define STEPS 2000
/* Of so many of the newest messages as many have a word for it to be a common one; so many messages are looked at one by one then. */
#define SAMPLE 500
#define COMMON 10u
#define LOOKED_AT 20000
#define TEXT_COLUMN 16

RtStoreQuery *
rt_store_query_copy (const RtStoreQuery *self)
{
  RtStoreQuery *copy = g_new0 (RtStoreQuery, 1);

  *copy = *self;
  copy->words = g_strdup (self->words);
  copy->network = g_strdup (self->network);
  copy->sender = g_strdup (self->sender);
  return copy;
}

void
rt_store_query_free (RtStoreQuery *self)
{
  g_free (self->words);
  g_free (self->network);
  g_free (self->sender);
  g_free (self);
}

void
rt_store_hit_free (RtStoreHit *self)
{
  rt_store_message_free (self->message);
  g_free (self->network);
  g_free (self->snippet);
  g_free (self);
}

void
rt_store_result_free (RtStoreResult *self)
{
  g_ptr_array_unref (self->hits);
  g_free (self);
}

/* ---- in the worker ---- */

typedef struct {
  sqlite3            *db;
  const RtStoreQuery *query;
  gint64              chat;             /* 0: all */
  gint64              first, last;      /* places */
  gint64              from, to;
  const char         *doing;
  const char         *stem;             /* of the last word */
  gint64              below;            /* of old words: a place */
} Search;

static gboolean
find_limits (Search *self, GError **error)
{
  sqlite3_stmt *statement;
  gint64 place;

  self->from = CLAMP (self->query->from, 0, RT_STORE_LAST_TIME);
  self->to = self->query->to > 0 ? MIN (self->query->to, RT_STORE_LAST_TIME) : RT_STORE_LAST_TIME;
  self->first = self->from << RT_STORE_PLACE_SHIFT;
  self->last = self->to == RT_STORE_LAST_TIME ? G_MAXINT64 : ((self->to + 1) << RT_STORE_PLACE_SHIFT) - 1;
  if (self->query->before_time <= 0)
    return TRUE;
  statement = rt_store_prepare (self->db, "SELECT place FROM messages WHERE row = ?1", self->doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->query->before_row);
  /* the row may be gone in the meantime */
  place = sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : MIN (self->query->before_time, RT_STORE_LAST_TIME) << RT_STORE_PLACE_SHIFT;
  sqlite3_finalize (statement);
  self->last = MIN (self->last, place - 1);
  return TRUE;
}

static void
add_hit (Search *self, sqlite3_stmt *statement, GPtrArray *hits)
{
  RtStoreMessage *message = rt_store_message_read (statement);
  RtStoreHit *hit;

  if (message == NULL)
    return;
  /* a name in the index may stand for two */
  if (self->query->sender != NULL && g_strcmp0 (message->sender, self->query->sender) != 0)
    {
      rt_store_message_free (message);
      return;
    }
  rt_store_message_read_receipts (self->db, message);
  hit = g_new0 (RtStoreHit, 1);
  hit->message = message;
  hit->network = g_strdup ((const char *) sqlite3_column_text (statement, RT_STORE_MESSAGE_N_COLUMNS));
  hit->snippet = rt_store_words_snippet (message->text, self->query->words, RT_STORE_SEARCH_SNIPPET);
  g_ptr_array_add (hits, hit);
}

/* FTS5 puts all messages with a word that begins so together before it gives the newest, which takes long where that is every other one of a million. Of what is in many of the
 * newest messages, hits are found faster by looking at one after the other. */
static gboolean
is_common (Search *self)
{
  sqlite3_stmt *statement = rt_store_prepare (self->db, "SELECT text FROM messages ORDER BY place DESC LIMIT ?1", self->doing, NULL);
  guint n = 0;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, SAMPLE);
  while (n < COMMON && sqlite3_step (statement) == SQLITE_ROW)
    n += rt_store_words_begins ((const char *) sqlite3_column_text (statement, 0), self->stem);
  sqlite3_finalize (statement);
  return n >= COMMON;
}

/* by_looking: the last word is not asked for, but looked for in what comes; *all: nothing is left behind the last one looked at. */
static gboolean
find_some (Search *self, RtStoreResult *result, gboolean by_looking, gboolean *all, GError **error)
{
  g_autofree char *match = rt_store_words_match (self->query->words, by_looking, self->below > 0, self->chat, self->query->sender, FALSE);
  guint n = self->query->n > 0 ? MIN (self->query->n, RT_STORE_SEARCH_PAGE) : RT_STORE_SEARCH_PAGE;
  sqlite3_stmt *statement;
  int code = SQLITE_DONE;

  if (match != NULL)
    statement = rt_store_prepare (self->db, "SELECT " RT_STORE_MESSAGE_COLUMNS ", c.network, m.place FROM message_words w CROSS JOIN messages m ON m.place = w.rowid"
                                            " CROSS JOIN chats c ON c.id = m.chat WHERE message_words MATCH ?1 AND w.rowid BETWEEN ?2 AND ?3 AND c.network IS NOT NULL"
                                            " ORDER BY w.rowid DESC LIMIT ?4", self->doing, error);
  else
    statement = rt_store_prepare (self->db, "SELECT " RT_STORE_MESSAGE_COLUMNS ", c.network, m.place FROM messages m CROSS JOIN chats c ON c.id = m.chat"
                                            " WHERE m.place BETWEEN ?2 AND ?3 AND c.network IS NOT NULL ORDER BY m.place DESC LIMIT ?4", self->doing, error);
  if (statement == NULL)
    return FALSE;
  if (match != NULL)
    sqlite3_bind_text (statement, 1, match, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, self->first);
  sqlite3_bind_int64 (statement, 3, self->last);
  sqlite3_bind_int64 (statement, 4, by_looking ? LOOKED_AT : -1);
  *all = TRUE;
  for (int looked = 0; !result->has_more && (code = sqlite3_step (statement)) == SQLITE_ROW;)
    {
      if (!by_looking || rt_store_words_begins ((const char *) sqlite3_column_text (statement, TEXT_COLUMN), self->stem))
        add_hit (self, statement, result->hits);
      result->has_more = result->hits->len > n;
      if (by_looking && ++looked == LOOKED_AT)
        {
          self->last = sqlite3_column_int64 (statement, RT_STORE_MESSAGE_N_COLUMNS + 1) - 1;
          *all = FALSE;
        }
    }
  if (result->has_more)
    g_ptr_array_remove_index (result->hits, n);
  else if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, self->db, code, self->doing);
  sqlite3_finalize (statement);
  return result->has_more || code == SQLITE_DONE;
}

static gboolean
find_hits (Search *self, RtStoreResult *result, GError **error)
{
  g_autofree char *stem = rt_store_words_dup_stem (self->query->words);
  gboolean all = FALSE;

  self->stem = stem;
  if (stem != NULL && is_common (self) && !find_some (self, result, TRUE, &all, error))
    return FALSE;
  return all || result->has_more || find_some (self, result, FALSE, &all, error);
}

/* In how many messages, and from when to when: of what was counted. */
static gboolean
find_covered (Search *self, RtStoreResult *result, GError **error)
{
  sqlite3_stmt *statement;
  int code;

  if (self->from == 0 && self->to == RT_STORE_LAST_TIME)
    statement = rt_store_prepare (self->db, "SELECT sum (n_messages),"
                                            " min ((SELECT time FROM messages WHERE chat = c.id ORDER BY time, row LIMIT 1)),"
                                            " max ((SELECT time FROM messages WHERE chat = c.id ORDER BY time DESC, row DESC LIMIT 1))"
                                            " FROM chats c WHERE network IS NOT NULL AND ?1 IN (0, id)", self->doing, error);
  else
    statement = rt_store_prepare (self->db, "SELECT sum ((SELECT sum (n) FROM chat_hours WHERE chat = c.id AND hour BETWEEN ?2 / 3600000000 AND ?3 / 3600000000)),"
                                            " min ((SELECT time FROM messages WHERE chat = c.id AND time BETWEEN ?2 AND ?3 ORDER BY time, row LIMIT 1)),"
                                            " max ((SELECT time FROM messages WHERE chat = c.id AND time BETWEEN ?2 AND ?3 ORDER BY time DESC, row DESC LIMIT 1))"
                                            " FROM chats c WHERE network IS NOT NULL AND ?1 IN (0, id)", self->doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->chat);
  if (sqlite3_bind_parameter_count (statement) > 1)
    {
      sqlite3_bind_int64 (statement, 2, self->from);
      sqlite3_bind_int64 (statement, 3, self->to);
    }
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    {
      result->n_covered = (guint64) MAX (0, sqlite3_column_int64 (statement, 0));
      result->covered_from = sqlite3_column_int64 (statement, 1);
      result->covered_to = sqlite3_column_int64 (statement, 2);
      if (self->below >> RT_STORE_PLACE_SHIFT > result->covered_from)
        result->exact_before = MIN (self->below >> RT_STORE_PLACE_SHIFT, result->covered_to);
    }
  else
    rt_store_set_sqlite_error (error, self->db, code, self->doing);
  sqlite3_finalize (statement);
  return code == SQLITE_ROW;
}

static int
progress_cb (void *data)
{
  return g_cancellable_is_cancelled (data);
}

static void
search_job (RtStoreDb *db, GTask *task)
{
  Search search = { .db = db->db, .query = g_task_get_task_data (task), .doing = _("The messages cannot be searched") };
  g_autoptr (RtStoreResult) result = g_new0 (RtStoreResult, 1);
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  gboolean good = TRUE, is_nowhere;

  search.below = rt_store_refold_get_below (db->db);
  result->hits = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_hit_free);
  if (cancellable != NULL)
    sqlite3_progress_handler (db->db, STEPS, progress_cb, cancellable);
  if (search.query->network != NULL)
    search.chat = rt_store_chat_find_id (db->db, search.query->network, search.doing, &error);
  /* signs only are found nowhere; no words at all are everything */
  is_nowhere = (search.query->network != NULL && search.chat == 0) ||
               (search.query->words != NULL && *search.query->words != '\0' && !rt_store_words_is_something (search.query->words));
  if (error == NULL && (search.query->network == NULL || search.chat != 0))
    good = find_limits (&search, &error) && find_covered (&search, result, &error) && (is_nowhere || find_hits (&search, result, &error));
  sqlite3_progress_handler (db->db, 0, NULL, NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (good && error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&result), (GDestroyNotify) rt_store_result_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
rt_store_search_async (RtStore *self, const RtStoreQuery *query, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (query != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_store_search_async);
  g_task_set_name (task, "[rt-store] search");
  g_task_set_task_data (task, rt_store_query_copy (query), (GDestroyNotify) rt_store_query_free);
  rt_store_queue (self, task, RT_STORE_JOB_DATABASE, search_job);
}

RtStoreResult *
rt_store_search_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
