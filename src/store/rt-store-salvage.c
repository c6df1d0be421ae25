/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be read of a damaged database is brought over into a new one: row by row, from both ends of each table, and messages from wherever in the file they are. */
#include "config.h"

#include "rt-store-salvage.h"
#include "rt-store-chat-private.h"
#include "rt-store-words.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* One transaction for so many. */
#define BATCH 5000u
/* Networks of which only messages are left. */
#define MAX_LOST_NETWORKS 64u
#define MAX_CHAT 1000000

/* In this order: what refers to something comes after it. Older databases have fewer columns: the further lines of a table are for them. */
static const struct {
  const char *table, *columns, *order, *backwards;
} tables[] = {
  { "profile", "key, value", "key", "key DESC" },
  { "networks", "uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address, max_outgoing, peers, created, leasing, k, seeding, announce, map_port, has_secret, identity", "uuid", "uuid DESC" },
  { "networks", "uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address, max_outgoing, peers, created, leasing, k, seeding, announce, map_port", "uuid", "uuid DESC" },
  { "networks", "uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address, max_outgoing, peers, created, leasing, k, seeding, announce", "uuid", "uuid DESC" },
  { "networks", "uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address, max_outgoing, peers, created, leasing, k, seeding", "uuid", "uuid DESC" },
  { "networks", "uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address, max_outgoing, peers, created", "uuid", "uuid DESC" },
  { "known_peers", "network, host, port, node_id, source, last_seen, last_failure, failure_words, attempts", "network, host, port", "network DESC, host DESC, port DESC" },
  { "blocks", "network, kind, what, name, added", "network, kind, what", "network DESC, kind DESC, what DESC" },
  { "table_records", "network, key, record", "rowid", "rowid DESC" },
  { "table_history", "id, network, key, time, value, owner, what", "id", "id DESC" },
  { "chats", "id, network, read_time, read_row, muted, last_seen, n_gone, draft", "id", "id DESC" },
  { "messages", RT_STORE_MESSAGE_ALL ", proof", "row", "row DESC" },
  { "messages", RT_STORE_MESSAGE_ALL, "row", "row DESC" },
  { "receipts", "message, node, time", "message, node", "message DESC, node DESC" },
  { "people", "chat, id, name, heard, flags, pub, known_since, petname, compared, compared_name, name_since, petname_since", "chat, id", "chat DESC, id DESC" },
  { "people", "chat, id, name, heard, flags", "chat, id", "chat DESC, id DESC" },
  { "gaps", "chat, begins, ends, kind", "chat, begins", "chat DESC, begins DESC" },
};

typedef struct {
  sqlite3      *into;
  sqlite3_stmt *add, *add_words, *has_chat, *add_chat, *add_network;
  GError       *error;          /* that something cannot be written */
  guint         n_pending;
  guint         n_lost_networks;
} Salvage;

static const char *
doing_this (void)
{
  return _("What can be read of the damaged database cannot be written");
}

/* In between there is a commit: what was brought over stays, whatever happens. */
static void
count_row (Salvage *self)
{
  if (++self->n_pending < BATCH || self->error != NULL)
    return;
  self->n_pending = 0;
  if (rt_store_exec (self->into, "COMMIT", doing_this (), &self->error))
    rt_store_exec (self->into, "BEGIN", doing_this (), &self->error);
}

static void
bind_value (sqlite3_stmt *statement, int at, const RtStoreValue *value)
{
  switch (value->type)
    {
    case SQLITE_INTEGER: sqlite3_bind_int64 (statement, at, value->number); break;
    case SQLITE_TEXT: sqlite3_bind_text64 (statement, at, value->data, value->length, SQLITE_STATIC, SQLITE_UTF8); break;
    case SQLITE_BLOB: sqlite3_bind_blob64 (statement, at, value->length > 0 ? value->data : "", value->length, SQLITE_STATIC); break;
    default: sqlite3_bind_null (statement, at); break;
    }
}

/* A row that does not fit is left out; one for which there is no room is an error. */
static gboolean
step (Salvage *self, sqlite3_stmt *statement)
{
  int code = self->error == NULL ? sqlite3_step (statement) : SQLITE_ABORT;

  if (self->error == NULL && code != SQLITE_DONE && code != SQLITE_ROW && (code & 0xff) != SQLITE_CONSTRAINT && (code & 0xff) != SQLITE_MISMATCH && (code & 0xff) != SQLITE_TOOBIG)
    rt_store_set_sqlite_error (&self->error, self->into, code, doing_this ());
  sqlite3_reset (statement);
  return code == SQLITE_DONE || code == SQLITE_ROW;
}

/* ---- messages ---- */

/* The chat of a message that can be read is there, if need be with a network of which nothing else is known. */
static gboolean
ensure_chat (Salvage *self, gint64 chat)
{
  g_autofree char *uuid = NULL;
  gboolean has;

  sqlite3_bind_int64 (self->has_chat, 1, chat);
  has = sqlite3_step (self->has_chat) == SQLITE_ROW;
  sqlite3_reset (self->has_chat);
  if (has)
    return TRUE;
  if (self->n_lost_networks >= MAX_LOST_NETWORKS)
    return FALSE;
  self->n_lost_networks++;
  uuid = g_uuid_string_random ();
  sqlite3_bind_text (self->add_network, 1, uuid, -1, SQLITE_STATIC);
  /* Translators: the name of a network of which only messages could be read in a damaged database */
  sqlite3_bind_text (self->add_network, 2, _("recovered"), -1, SQLITE_STATIC);
  sqlite3_bind_int64 (self->add_chat, 1, chat);
  sqlite3_bind_text (self->add_chat, 2, uuid, -1, SQLITE_STATIC);
  return step (self, self->add_network) && step (self, self->add_chat);
}

/* Damaged bytes may look like a row; one of ours fits together. */
static gboolean
is_message (const RtStoreValue *values)
{
  const RtStoreValue *row = values, *chat = values + 1, *time = values + 2, *place = values + 3, *id_head = values + 10, *id = values + 11, *sender = values + 13, *text = values + 19;
  gint64 head;

  for (guint i = 0; i < 10; i++)
    if (values[i].type != SQLITE_INTEGER)
      return FALSE;
  if (row->number <= 0 || chat->number <= 0 || chat->number > MAX_CHAT || time->number < 0 || time->number > RT_STORE_LAST_TIME ||
      place->number >> RT_STORE_PLACE_SHIFT < time->number || place->number >> RT_STORE_PLACE_SHIFT > time->number + (1 << 21) ||
      sender->type != SQLITE_TEXT || text->type != SQLITE_TEXT || !g_utf8_validate (text->data, (gssize) text->length, NULL) ||
      !g_utf8_validate (sender->data, (gssize) sender->length, NULL))
    return FALSE;
  if (id->type == SQLITE_NULL)
    return id_head->type == SQLITE_NULL;
  if (id->type != SQLITE_BLOB || id->length != 32 || id_head->type != SQLITE_INTEGER)
    return FALSE;
  memcpy (&head, id->data, sizeof head);
  return GINT64_FROM_BE (head) == id_head->number;
}

static gboolean
take_message (const RtStoreValue *values, gpointer user_data)
{
  Salvage *self = user_data;
  g_autofree char *sender = NULL, *text = NULL, *spread = NULL, *tags = NULL;

  if (!is_message (values) || !ensure_chat (self, values[1].number))
    return TRUE;
  for (int i = 0; i < RT_STORE_MESSAGE_N_ALL; i++)
    bind_value (self->add, i + 1, &values[i]);
  if (!step (self, self->add) || sqlite3_changes (self->into) == 0)
    return TRUE;
  sender = g_strndup (values[13].data, values[13].length);
  text = g_strndup (values[19].data, values[19].length);
  spread = rt_store_words_spread (text);
  tags = rt_store_words_tags (values[1].number, sender, text);
  sqlite3_bind_int64 (self->add_words, 1, values[3].number);
  sqlite3_bind_text (self->add_words, 2, spread, -1, SQLITE_STATIC);
  sqlite3_bind_text (self->add_words, 3, tags, -1, SQLITE_STATIC);
  step (self, self->add_words);
  count_row (self);
  return self->error == NULL;
}

/* ---- tables ---- */

static void
read_values (sqlite3_stmt *statement, RtStoreValue *values, int n)
{
  for (int i = 0; i < n; i++)
    {
      values[i].type = sqlite3_column_type (statement, i);
      values[i].number = values[i].type == SQLITE_INTEGER ? sqlite3_column_int64 (statement, i) : 0;
      values[i].data = values[i].type == SQLITE_TEXT ? (const void *) sqlite3_column_text (statement, i) : sqlite3_column_blob (statement, i);
      values[i].length = (gsize) sqlite3_column_bytes (statement, i);
      if (values[i].data == NULL)
        values[i].data = "";
    }
}

static void
take_row (Salvage *self, sqlite3_stmt *add, guint table, const RtStoreValue *values, int n)
{
  /* the settings of a network may be lost, what was said in it is not */
  if (g_str_equal (tables[table].table, "chats") && values[1].type == SQLITE_TEXT)
    {
      g_autofree char *uuid = g_strndup (values[1].data, values[1].length);

      sqlite3_bind_text (self->add_network, 1, uuid, -1, SQLITE_STATIC);
      sqlite3_bind_text (self->add_network, 2, _("recovered"), -1, SQLITE_STATIC);
      step (self, self->add_network);
      sqlite3_clear_bindings (self->add_network);
    }
  for (int i = 0; i < n; i++)
    bind_value (add, i + 1, &values[i]);
  step (self, add);
  sqlite3_clear_bindings (add);
  count_row (self);
}

/* TRUE: all of it was read. */
static gboolean
take_table (Salvage *self, sqlite3 *from, guint table, gboolean backwards)
{
  g_autofree char *select_sql = g_strdup_printf ("SELECT %s FROM %s ORDER BY %s", tables[table].columns, tables[table].table,
                                                 backwards ? tables[table].backwards : tables[table].order);
  g_autoptr (GString) add_sql = g_string_new (NULL);
  sqlite3_stmt *select = NULL, *add = NULL;
  RtStoreValue values[RT_STORE_MESSAGE_N_ALL];
  int n, code = SQLITE_ERROR;

  /* an older one has not got everything, and that is nothing bad */
  if (sqlite3_prepare_v2 (from, select_sql, -1, &select, NULL) != SQLITE_OK)
    return FALSE;
  n = sqlite3_column_count (select);
  g_string_append_printf (add_sql, "INSERT OR IGNORE INTO %s (%s) VALUES (?", tables[table].table, tables[table].columns);
  for (int i = 1; i < n; i++)
    g_string_append (add_sql, ", ?");
  g_string_append_c (add_sql, ')');
  if (sqlite3_prepare_v2 (self->into, add_sql->str, -1, &add, NULL) == SQLITE_OK)
    while (self->error == NULL && (code = sqlite3_step (select)) == SQLITE_ROW)
      {
        read_values (select, values, n);
        if (n == RT_STORE_MESSAGE_N_OLD)
          values[n] = (RtStoreValue) { .type = SQLITE_NULL };
        if (n >= RT_STORE_MESSAGE_N_OLD)
          take_message (values, self);
        else
          take_row (self, add, table, values, n);
      }
  sqlite3_finalize (select);
  sqlite3_finalize (add);
  return code == SQLITE_DONE;
}

/* ---- all of it ---- */

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);
  g_autoptr (GError) local = NULL;

  if (!g_file_test (from, G_FILE_TEST_EXISTS) || g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &local))
    return TRUE;
  g_set_error (error, RT_STORE_ERROR, g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? RT_STORE_ERROR_FULL : RT_STORE_ERROR_FAILED, "%s: %s", doing_this (),
               local->message);
  return FALSE;
}

static void
remove_copy (const char *copy)
{
  static const char * const companions[] = { "", "-wal", "-shm", "-journal", ".is-damaged" };

  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *name = g_strconcat (copy, companions[i], NULL);

      g_unlink (name);
    }
}

static gboolean
is_readable (sqlite3 *db)
{
  int version;

  return rt_store_read_version (db, &version, NULL) && rt_store_exec (db, "SELECT count (*) FROM sqlite_master", "", NULL);
}

/* What is in the WAL goes into the file, so that it is found in its pages too. */
static sqlite3 *
open_copy (const char *copy)
{
  sqlite3 *db = NULL;

  for (guint attempt = 0; attempt < 2; attempt++)
    {
      if (sqlite3_open_v2 (copy, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK && is_readable (db))
        {
          rt_store_exec (db, "PRAGMA wal_checkpoint (TRUNCATE)", "", NULL);
          return db;
        }
      sqlite3_close (db);
      db = NULL;
      rt_store_pages_mend_header (copy);
    }
  return NULL;
}

/* What is counted is counted anew. */
static void
count_all (Salvage *self)
{
  static const char * const sqls[] = {
    "DELETE FROM chat_hours",
    "INSERT INTO chat_hours (chat, hour, n) SELECT chat, time / 3600000000, count (*) FROM messages GROUP BY 1, 2",
    ("UPDATE chats SET n_messages = (SELECT count (*) FROM messages WHERE chat = chats.id),"
     " n_bytes = (SELECT coalesce (sum (length (CAST (text AS BLOB)) + coalesce (length (body), 0) + coalesce (length (file), 0) + coalesce (length (proof), 0)), 0) FROM messages WHERE chat = chats.id),"
     " n_unread = (SELECT count (*) FROM messages WHERE chat = chats.id AND (row > chats.read_row AND row < 1 << 56 OR time > chats.read_time) AND flags & 17 = 0),"
     " n_important = (SELECT count (*) FROM messages WHERE chat = chats.id AND (row > chats.read_row AND row < 1 << 56 OR time > chats.read_time) AND flags & 17 = 0 AND flags & 34 <> 0)"),
    "UPDATE chat_rows SET next = max (next, (SELECT coalesce (max (row), 0) + 1 FROM messages WHERE row < 1 << 56))",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sqls); i++)
    if (self->error == NULL)
      rt_store_exec (self->into, sqls[i], doing_this (), &self->error);
}

static guint64
count_messages (sqlite3 *db)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "SELECT sum (n_messages) FROM chats", "", NULL);
  guint64 n = statement != NULL && sqlite3_step (statement) == SQLITE_ROW ? (guint64) sqlite3_column_int64 (statement, 0) : 0;

  sqlite3_finalize (statement);
  return n;
}

static gboolean
prepare_all (Salvage *self)
{
  return (self->add = rt_store_prepare (self->into, "INSERT OR IGNORE INTO messages (" RT_STORE_MESSAGE_ALL ", proof)"
                                                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", doing_this (), &self->error)) != NULL &&
         (self->add_words = rt_store_prepare (self->into, "INSERT INTO message_words (rowid, text, tags) VALUES (?1, ?2, ?3)", doing_this (), &self->error)) != NULL &&
         (self->has_chat = rt_store_prepare (self->into, "SELECT 1 FROM chats WHERE id = ?1", doing_this (), &self->error)) != NULL &&
         (self->add_chat = rt_store_prepare (self->into, "INSERT OR IGNORE INTO chats (id, network) VALUES (?1, ?2)", doing_this (), &self->error)) != NULL &&
         (self->add_network = rt_store_prepare (self->into, "INSERT OR IGNORE INTO networks (uuid, position, subnet, encryption, version, kind, listen_host, listen_port, out_address,"
                                                            " max_outgoing, peers, created) VALUES (?1, 1000000, ?2, 'SSL', '0.7', 'mesh', '0.0.0.0', 0, '', 4, '', 0)",
                                                "", NULL)) != NULL;
}

gboolean
rt_store_salvage (sqlite3 *into, const char *aside, guint64 *n_messages, GError **error)
{
  g_autofree char *copy = g_strconcat (aside, "-reading", NULL), *aside_wal = g_strconcat (aside, "-wal", NULL), *copy_wal = g_strconcat (copy, "-wal", NULL);
  Salvage self = { .into = into };
  gboolean all_messages = FALSE;
  sqlite3 *from;

  remove_copy (copy);
  /* not durable one by one: the damaged one is still there */
  if (copy_file (aside, copy, &self.error) && copy_file (aside_wal, copy_wal, &self.error) && rt_store_exec (into, "PRAGMA synchronous = OFF", doing_this (), &self.error) &&
      rt_store_exec (into, "BEGIN", doing_this (), &self.error) && prepare_all (&self))
    {
      from = open_copy (copy);
      for (guint i = 0; from != NULL && i < G_N_ELEMENTS (tables); i++)
        {
          gboolean is_messages = g_str_equal (tables[i].table, "messages");

          if (is_messages && all_messages)
            continue;
          if ((take_table (&self, from, i, FALSE) || take_table (&self, from, i, TRUE)) && is_messages)
            all_messages = TRUE;
        }
      sqlite3_close (from);
      if (!all_messages)
        rt_store_pages_find_messages (copy, take_message, &self);
      count_all (&self);
    }
  sqlite3_finalize (self.add);
  sqlite3_finalize (self.add_words);
  sqlite3_finalize (self.has_chat);
  sqlite3_finalize (self.add_chat);
  sqlite3_finalize (self.add_network);
  if (self.error == NULL)
    rt_store_exec (into, "COMMIT", doing_this (), &self.error);
  if (self.error != NULL)
    rt_store_exec (into, "ROLLBACK", "", NULL);
  rt_store_exec (into, "PRAGMA synchronous = FULL", "", NULL);
  rt_store_exec (into, "PRAGMA wal_checkpoint (PASSIVE)", "", NULL);
  remove_copy (copy);
  *n_messages = count_messages (into);
  if (self.error == NULL)
    return TRUE;
  g_propagate_error (error, self.error);
  return FALSE;
}
