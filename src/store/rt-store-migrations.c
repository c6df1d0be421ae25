/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-private.h"

#include <glib/gi18n-lib.h>

/* Migration n brings a database of version n - 1 to version n. They are never changed once published. */
static const char * const migrations[] = {
  /* 1: who the person is, the networks he is in, and where their nodes were */
  "CREATE TABLE profile ("
  "  key TEXT PRIMARY KEY NOT NULL,"
  "  value TEXT NOT NULL"
  ") WITHOUT ROWID;"
  "CREATE TABLE networks ("
  "  uuid TEXT PRIMARY KEY NOT NULL,"
  "  position INTEGER NOT NULL,"
  "  subnet TEXT NOT NULL,"
  "  encryption TEXT NOT NULL,"
  "  version TEXT NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  listen_host TEXT NOT NULL,"
  "  listen_port INTEGER NOT NULL CHECK (listen_port BETWEEN 0 AND 65535),"
  "  out_address TEXT NOT NULL,"
  "  max_outgoing INTEGER NOT NULL,"
  "  peers TEXT NOT NULL,"
  "  created INTEGER NOT NULL"
  ") WITHOUT ROWID;"
  "CREATE TABLE known_peers ("
  "  network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE,"
  "  host TEXT NOT NULL,"
  "  port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),"
  "  node_id TEXT,"
  "  source TEXT NOT NULL,"
  "  last_seen INTEGER NOT NULL DEFAULT 0,"
  "  last_failure INTEGER NOT NULL DEFAULT 0,"
  "  failure_words TEXT,"
  "  attempts INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (network, host, port)"
  ") WITHOUT ROWID;"
  "CREATE INDEX known_peers_by_age ON known_peers (network, last_seen);",
  /* 2: shared tables: what their nodes keep, and what became of a key. Values can be large: these have row ids */
  "ALTER TABLE networks ADD COLUMN leasing INTEGER NOT NULL DEFAULT 1;"
  "CREATE TABLE table_records ("
  "  network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE,"
  "  key BLOB NOT NULL,"
  "  record BLOB NOT NULL,"
  "  PRIMARY KEY (network, key)"
  ");"
  "CREATE TABLE table_history ("
  "  id INTEGER PRIMARY KEY,"
  "  network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE,"
  "  key BLOB NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  value BLOB,"
  "  owner TEXT NOT NULL,"
  "  what TEXT NOT NULL"
  ");"
  "CREATE INDEX table_history_by_key ON table_history (network, key, id);"
  "CREATE INDEX table_history_by_age ON table_history (network, id);",
  /* 3: distributed tables: how many places the ring has, and whether the node stores for it. What it keeps are table_records */
  ("ALTER TABLE networks ADD COLUMN k INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE networks ADD COLUMN seeding INTEGER NOT NULL DEFAULT 1;"),
  /* 4: chats. A network that is removed leaves its chat without one, and the messages go piece by piece: they may be a million. Numbers come before texts in a row, because
   * those can be long; what is counted is counted once and kept. place is the time and a few bits that make it unique: the index of words is by it, so that what is found is in order. */
  ("CREATE TABLE chats ("
   "  id INTEGER PRIMARY KEY,"
   "  network TEXT UNIQUE REFERENCES networks (uuid) ON DELETE SET NULL,"
   "  read_time INTEGER NOT NULL DEFAULT 0,"
   "  read_row INTEGER NOT NULL DEFAULT 0,"
   "  muted INTEGER NOT NULL DEFAULT 0,"
   "  last_seen INTEGER NOT NULL DEFAULT 0,"
   "  n_messages INTEGER NOT NULL DEFAULT 0,"
   "  n_bytes INTEGER NOT NULL DEFAULT 0,"
   "  n_gone INTEGER NOT NULL DEFAULT 0,"
   "  n_unread INTEGER NOT NULL DEFAULT 0,"
   "  n_important INTEGER NOT NULL DEFAULT 0,"
   "  draft TEXT"
   ");"
   "CREATE TABLE chat_rows (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL);"
   "INSERT INTO chat_rows VALUES (1, 1);"
   "CREATE TABLE chat_hours ("
   "  chat INTEGER NOT NULL,"
   "  hour INTEGER NOT NULL,"
   "  n INTEGER NOT NULL,"
   "  PRIMARY KEY (chat, hour)"
   ") WITHOUT ROWID;"
   "CREATE TABLE messages ("
   "  row INTEGER PRIMARY KEY,"
   "  chat INTEGER NOT NULL,"
   "  time INTEGER NOT NULL,"
   "  place INTEGER NOT NULL,"
   "  sent INTEGER NOT NULL,"
   "  flags INTEGER NOT NULL,"
   "  delivery INTEGER NOT NULL,"
   "  n_links INTEGER NOT NULL,"
   "  n_attempts INTEGER NOT NULL,"
   "  next_try INTEGER NOT NULL,"
   "  id_head INTEGER,"
   "  id BLOB,"
   "  reply_to BLOB,"
   "  sender TEXT NOT NULL,"
   "  recipient TEXT,"
   "  teller TEXT,"
   "  sender_name TEXT,"
   "  via TEXT,"
   "  error TEXT,"
   "  text TEXT NOT NULL,"
   "  body BLOB,"
   "  file BLOB"
   ");"
   "CREATE UNIQUE INDEX messages_by_key ON messages (chat, time, row, flags);"
   "CREATE UNIQUE INDEX messages_by_place ON messages (place);"
   "CREATE INDEX messages_by_id ON messages (chat, id_head) WHERE id_head IS NOT NULL;"
   "CREATE INDEX messages_in_outbox ON messages (chat, time, row) WHERE flags & 64;"
   "CREATE TABLE receipts ("
   "  message INTEGER NOT NULL,"
   "  node TEXT NOT NULL,"
   "  time INTEGER NOT NULL,"
   "  PRIMARY KEY (message, node)"
   ") WITHOUT ROWID;"
   "CREATE TABLE people ("
   "  chat INTEGER NOT NULL,"
   "  id TEXT NOT NULL,"
   "  name TEXT,"
   "  heard INTEGER NOT NULL,"
   "  flags INTEGER NOT NULL,"
   "  PRIMARY KEY (chat, id)"
   ") WITHOUT ROWID;"
   "CREATE TABLE gaps ("
   "  chat INTEGER NOT NULL,"
   "  begins INTEGER NOT NULL,"
   "  ends INTEGER NOT NULL,"
   "  kind INTEGER NOT NULL,"
   "  PRIMARY KEY (chat, begins)"
   ") WITHOUT ROWID;"
   /* the texts are in messages: nothing is kept twice. Who changes one there, has to tell here: rt-store-words.h */
   "CREATE VIRTUAL TABLE message_words USING fts5 (text, tags, content = '', columnsize = 0,"
   " tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co So'\");"),
  /* 5: the words of messages whose place is below it are in the index as folding `version` had them, the others as the next one has: rt-store-refold.c */
  ("CREATE TABLE words_folding (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, below INTEGER NOT NULL);"
   "INSERT INTO words_folding SELECT 1, iif (max (place) IS NULL, 2, 1), coalesce (max (place) + 1, 0) FROM messages;"),
  /* 6: what the local network is told of a network: nothing, unless the person says so */
  "ALTER TABLE networks ADD COLUMN announce TEXT NOT NULL DEFAULT 'no'",
  /* 7: whom the person blocked: people by id (kind 0), and addresses (1); name: what somebody was called then */
  ("CREATE TABLE blocks ("
   "  network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE,"
   "  kind INTEGER NOT NULL,"
   "  what TEXT NOT NULL,"
   "  name TEXT,"
   "  added INTEGER NOT NULL,"
   "  PRIMARY KEY (network, kind, what)"
   ") WITHOUT ROWID;"),
  /* 8: whether the router is asked to open the port of a network */
  "ALTER TABLE networks ADD COLUMN map_port INTEGER NOT NULL DEFAULT 0",
  /* 9: who said it: what proves it; whose key is known since when, what the person calls him, and when they compared keys under which name. Of a network that it has a secret, which is elsewhere, and who the person is in it; NULL: the list of identities says so */
  ("ALTER TABLE messages ADD COLUMN proof BLOB;"
   "ALTER TABLE people ADD COLUMN pub BLOB;"
   "ALTER TABLE people ADD COLUMN known_since INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE people ADD COLUMN petname TEXT;"
   "ALTER TABLE people ADD COLUMN compared INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE people ADD COLUMN compared_name TEXT;"
   "ALTER TABLE people ADD COLUMN name_since INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE people ADD COLUMN petname_since INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE networks ADD COLUMN has_secret INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE networks ADD COLUMN identity TEXT"),
};

G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == RT_STORE_VERSION);

gboolean
rt_store_read_version (sqlite3 *db, int *version, GError **error)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "PRAGMA user_version", _("The database cannot be read"), error);
  int code;

  if (statement == NULL)
    return FALSE;
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    *version = sqlite3_column_int (statement, 0);
  else
    rt_store_set_sqlite_error (error, db, code, _("The database cannot be read"));
  sqlite3_finalize (statement);
  return code == SQLITE_ROW;
}

static gboolean
run_migrations (sqlite3 *db, GError **error)
{
  int version;

  /* Read again inside of the transaction: another process may have been first. */
  if (!rt_store_read_version (db, &version, error))
    return FALSE;
  for (; version < RT_STORE_VERSION; version++)
    {
      g_autofree char *set_version = g_strdup_printf ("PRAGMA user_version = %d", version + 1);

      if (!rt_store_exec (db, migrations[version], _("The database cannot be set up"), error) ||
          !rt_store_exec (db, set_version, _("The database cannot be set up"), error))
        return FALSE;
    }
  return TRUE;
}

/* All of it or nothing. */
gboolean
rt_store_migrate (sqlite3 *db, GError **error)
{
  int version;

  if (!rt_store_read_version (db, &version, error))
    return FALSE;
  if (version == RT_STORE_VERSION)
    return TRUE;
  if (!rt_store_exec (db, "BEGIN IMMEDIATE", _("The database cannot be set up"), error))
    return FALSE;
  if (run_migrations (db, error) && rt_store_exec (db, "COMMIT", _("The database cannot be set up"), error))
    return TRUE;
  rt_store_exec (db, "ROLLBACK", "", NULL);
  return FALSE;
}
