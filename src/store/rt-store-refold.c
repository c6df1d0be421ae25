/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of words, message by message, to the folding of today: the newest first, a little at a time. Up to where it is done is in the database, in the same transaction. */
#include "config.h"

#include "rt-store-private.h"
#include "rt-store-words.h"

#include <string.h>

/* In one go: what a person asks for in the meantime waits so long. Read are more than changed: most texts are the same in all foldings. */
#define READ 2000
#define CHANGED 100u
#define CHANGED_BYTES (64u * 1024)

gint64
rt_store_refold_get_below (sqlite3 *db)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "SELECT below FROM words_folding", "", NULL);
  /* there is no such table: an older database that can only be read */
  gint64 below = statement == NULL ? G_MAXINT64 : 0;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    below = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return below;
}

char *
rt_store_refold_spread (const char *text, gint64 place, gint64 below)
{
  return place < below ? rt_store_words_spread_before (text) : rt_store_words_spread (text);
}

static gboolean
index_words (sqlite3 *db, sqlite3_stmt *statement, gint64 place, const char *spread, const char *tags)
{
  sqlite3_bind_int64 (statement, 1, place);
  sqlite3_bind_text (statement, 2, spread, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, tags, -1, SQLITE_STATIC);
  return rt_store_step_once (db, statement, "", NULL);
}

/* *below: of the last one that is done; 0: all are. */
static gboolean
refold (sqlite3 *db, gint64 *below)
{
  sqlite3_stmt *select = rt_store_prepare (db, "SELECT place, chat, sender, text FROM messages WHERE place < ?1 ORDER BY place DESC LIMIT ?2", "", NULL);
  sqlite3_stmt *remove = rt_store_prepare (db, "INSERT INTO message_words (message_words, rowid, text, tags) VALUES ('delete', ?1, ?2, ?3)", "", NULL);
  sqlite3_stmt *add = rt_store_prepare (db, "INSERT INTO message_words (rowid, text, tags) VALUES (?1, ?2, ?3)", "", NULL);
  gboolean good = select != NULL && remove != NULL && add != NULL;
  guint changed = 0, looked_at = 0;
  gsize bytes = 0;
  int code = SQLITE_DONE;

  if (good)
    {
      sqlite3_bind_int64 (select, 1, *below);
      sqlite3_bind_int64 (select, 2, READ);
    }
  while (good && changed < CHANGED && bytes < CHANGED_BYTES && (code = sqlite3_step (select)) == SQLITE_ROW)
    {
      const char *sender = (const char *) sqlite3_column_text (select, 2), *text = (const char *) sqlite3_column_text (select, 3);

      *below = sqlite3_column_int64 (select, 0);
      looked_at++;
      if (text != NULL && !rt_store_words_is_plain (text))
        {
          g_autofree char *before = rt_store_words_spread_before (text), *now = rt_store_words_spread (text);
          g_autofree char *tags = rt_store_words_tags (sqlite3_column_int64 (select, 1), sender != NULL ? sender : "", text);

          good = index_words (db, remove, *below, before, tags) && index_words (db, add, *below, now, tags);
          changed++;
          bytes += strlen (text);
        }
    }
  if (code == SQLITE_DONE && looked_at < READ)
    *below = 0;
  else if (code != SQLITE_ROW && code != SQLITE_DONE)
    good = FALSE;
  sqlite3_finalize (select);
  sqlite3_finalize (remove);
  sqlite3_finalize (add);
  return good;
}

static gboolean
note_below (sqlite3 *db, gint64 below)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "UPDATE words_folding SET below = ?1, version = iif (?1 = 0, ?2, version)", "", NULL);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, below);
  sqlite3_bind_int (statement, 2, RT_STORE_WORDS_FOLDING);
  return rt_store_finish_statement (db, statement, "", NULL);
}

void
rt_store_db_refold_some (RtStoreDb *self)
{
  gint64 below = 0;

  /* what cannot be done now is for the next start */
  self->has_old_words = FALSE;
  /* nobody waits for it, and what is not there after all is done later */
  rt_store_exec (self->db, "PRAGMA synchronous = NORMAL", "", NULL);
  if (rt_store_exec (self->db, "BEGIN IMMEDIATE", "", NULL))
    {
      below = rt_store_refold_get_below (self->db);
      if (below > 0 && refold (self->db, &below) && note_below (self->db, below) && rt_store_exec (self->db, "COMMIT", "", NULL))
        self->has_old_words = below > 0;
      else
        rt_store_exec (self->db, "ROLLBACK", "", NULL);
    }
  rt_store_exec (self->db, "PRAGMA synchronous = FULL", "", NULL);
}
