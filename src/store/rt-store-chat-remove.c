/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages go: the oldest where there are too many, and those of networks that are not there any more. */
#include "config.h"

#include "rt-store-chat-private.h"
#include "rt-store-words.h"

#include <glib/gi18n-lib.h>

/* So many in one go: what a person asks for in the meantime waits so long. */
#define CLEAN 300u

typedef struct {
  sqlite3_stmt *select, *words, *receipts, *remove, *hour;
  gint64        below;          /* of old words */
} Statements;

static void
finalize_all (Statements *self)
{
  sqlite3_finalize (self->select);
  sqlite3_finalize (self->words);
  sqlite3_finalize (self->receipts);
  sqlite3_finalize (self->remove);
  sqlite3_finalize (self->hour);
}

static gboolean
prepare_all (Statements *self, sqlite3 *db, const char *doing, GError **error)
{
  return (self->select = rt_store_prepare (db, "SELECT row, place, time, flags, length (CAST (text AS BLOB)) + coalesce (length (body), 0) + coalesce (length (file), 0) + coalesce (length (proof), 0), sender, text"
                                               " FROM messages WHERE chat = ?1 AND flags & ?3 = 0 ORDER BY time, row LIMIT ?2", doing, error)) != NULL &&
         (self->words = rt_store_prepare (db, "INSERT INTO message_words (message_words, rowid, text, tags) VALUES ('delete', ?1, ?2, ?3)", doing, error)) != NULL &&
         (self->receipts = rt_store_prepare (db, "DELETE FROM receipts WHERE message = ?1", doing, error)) != NULL &&
         (self->remove = rt_store_prepare (db, "DELETE FROM messages WHERE row = ?1", doing, error)) != NULL &&
         (self->hour = rt_store_prepare (db, "UPDATE chat_hours SET n = max (0, n - ?3) WHERE chat = ?1 AND hour = ?2", doing, error)) != NULL;
}

/* The words of one, and its receipts. */
static gboolean
remove_what_is_its (Statements *self, sqlite3 *db, gint64 chat, const char *doing, GError **error)
{
  const char *sender = (const char *) sqlite3_column_text (self->select, 5), *text = (const char *) sqlite3_column_text (self->select, 6);
  gint64 place = sqlite3_column_int64 (self->select, 1);
  g_autofree char *spread = rt_store_refold_spread (text != NULL ? text : "", place, self->below), *tags = rt_store_words_tags (chat, sender != NULL ? sender : "", text != NULL ? text : "");

  sqlite3_bind_int64 (self->words, 1, place);
  sqlite3_bind_text (self->words, 2, spread, -1, SQLITE_STATIC);
  sqlite3_bind_text (self->words, 3, tags, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (self->receipts, 1, sqlite3_column_int64 (self->select, 0));
  return rt_store_step_once (db, self->words, doing, error) && rt_store_step_once (db, self->receipts, doing, error);
}

gboolean
rt_store_chat_remove_oldest (sqlite3 *db, gint64 chat, guint n, gint64 read_time, gint64 read_row, GArray *less, RtStoreGone *gone, GError **error)
{
  const char *doing = _("The oldest messages cannot be removed");
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64)), hours = g_array_new (FALSE, FALSE, sizeof (RtStoreHour));
  Statements statements = { .below = rt_store_refold_get_below (db) };
  gboolean good = prepare_all (&statements, db, doing, error);
  int code = SQLITE_DONE;

  if (good)
    {
      sqlite3_bind_int64 (statements.select, 1, chat);
      sqlite3_bind_int64 (statements.select, 2, n);
      /* what waits yet stays as long as its network */
      sqlite3_bind_int64 (statements.select, 3, less != NULL ? RT_STORE_MESSAGE_OUTBOX : 0);
    }
  while (good && (code = sqlite3_step (statements.select)) == SQLITE_ROW)
    {
      gint64 row = sqlite3_column_int64 (statements.select, 0), time = sqlite3_column_int64 (statements.select, 2), flags = sqlite3_column_int64 (statements.select, 3);

      g_array_append_val (rows, row);
      rt_store_hours_add (hours, time, 1);
      gone->n++;
      gone->n_bytes += (guint64) sqlite3_column_int64 (statements.select, 4);
      if (rt_store_is_unread (flags, time, row, read_time, read_row))
        {
          gone->n_unread++;
          gone->n_important += (flags & (RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_MENTION)) != 0;
        }
      good = remove_what_is_its (&statements, db, chat, doing, error);
    }
  if (good && code != SQLITE_DONE)
    {
      rt_store_set_sqlite_error (error, db, code, doing);
      good = FALSE;
    }
  if (statements.select != NULL)
    sqlite3_reset (statements.select);
  for (guint i = 0; good && i < rows->len; i++)
    {
      sqlite3_bind_int64 (statements.remove, 1, g_array_index (rows, gint64, i));
      good = rt_store_step_once (db, statements.remove, doing, error);
    }
  for (guint i = 0; good && i < hours->len; i++)
    {
      const RtStoreHour *hour = &g_array_index (hours, RtStoreHour, i);

      sqlite3_bind_int64 (statements.hour, 1, chat);
      sqlite3_bind_int64 (statements.hour, 2, hour->hour);
      sqlite3_bind_int64 (statements.hour, 3, hour->n);
      if (less != NULL)
        rt_store_hours_add (less, hour->hour * RT_STORE_HOUR, hour->n);
      good = rt_store_step_once (db, statements.hour, doing, error);
    }
  finalize_all (&statements);
  return good;
}

/* ---- what is left of networks that were removed ---- */

static gint64
find_orphan (sqlite3 *db)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "SELECT id FROM chats WHERE network IS NULL LIMIT 1", "", NULL);
  gint64 chat = 0;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    chat = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return chat;
}

static gboolean
remove_chat (sqlite3 *db, gint64 chat)
{
  static const char * const tables[] = { "DELETE FROM people WHERE chat = ?1", "DELETE FROM gaps WHERE chat = ?1", "DELETE FROM chat_hours WHERE chat = ?1",
                                         "DELETE FROM chats WHERE id = ?1" };
  gboolean good = TRUE;

  for (guint i = 0; good && i < G_N_ELEMENTS (tables); i++)
    {
      sqlite3_stmt *statement = rt_store_prepare (db, tables[i], "", NULL);

      good = statement != NULL;
      if (good)
        {
          sqlite3_bind_int64 (statement, 1, chat);
          good = rt_store_finish_statement (db, statement, "", NULL);
        }
    }
  return good;
}

void
rt_store_db_clean_some (RtStoreDb *self)
{
  gint64 chat = find_orphan (self->db);
  RtStoreGone gone = { 0 };

  /* what cannot be done now is for the next start */
  self->has_remains = FALSE;
  if (chat == 0)
    return;
  /* nobody waits for it, and what is not gone after all goes later */
  rt_store_exec (self->db, "PRAGMA synchronous = NORMAL", "", NULL);
  if (!rt_store_exec (self->db, "BEGIN IMMEDIATE", "", NULL))
    {
      rt_store_exec (self->db, "PRAGMA synchronous = FULL", "", NULL);
      return;
    }
  if (rt_store_chat_remove_oldest (self->db, chat, CLEAN, 0, 0, NULL, &gone, NULL) && (gone.n > 0 || remove_chat (self->db, chat)) && rt_store_exec (self->db, "COMMIT", "", NULL))
    self->has_remains = TRUE;
  else
    rt_store_exec (self->db, "ROLLBACK", "", NULL);
  rt_store_exec (self->db, "PRAGMA synchronous = FULL", "", NULL);
}
