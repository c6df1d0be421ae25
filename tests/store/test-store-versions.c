/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Databases as older programs left them are opened, and everything in them is there. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "chat-test.h"
#include "table-test.h"

/* A database of the first version, as a Roundtable before this one left it. */
static void
test_first_version (Fixture *self, gconstpointer data)
{
  static const char * const made[] = {
    "PRAGMA user_version = 1",
    "CREATE TABLE profile (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE networks (uuid TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL, subnet TEXT NOT NULL, encryption TEXT NOT NULL, version TEXT NOT NULL,"
    " kind TEXT NOT NULL, listen_host TEXT NOT NULL, listen_port INTEGER NOT NULL CHECK (listen_port BETWEEN 0 AND 65535), out_address TEXT NOT NULL,"
    " max_outgoing INTEGER NOT NULL, peers TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE known_peers (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, host TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),"
    " node_id TEXT, source TEXT NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0, last_failure INTEGER NOT NULL DEFAULT 0, failure_words TEXT,"
    " attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (network, host, port)) WITHOUT ROWID",
    "CREATE INDEX known_peers_by_age ON known_peers (network, last_seen)",
    "INSERT INTO profile VALUES ('user-name', 'Ada')",
    "INSERT INTO networks VALUES ('one', 3, 'club', 'SSL', '0.7', 'mesh', '0.0.0.0', 4444, '', 4, '10.0.0.5:4444', 1700000000)",
    "INSERT INTO known_peers VALUES ('one', '10.0.0.5', 4444, 'id', 'person', 5, 0, NULL, 0)",
  };
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (RtStore) store = NULL;
  g_autoptr (GPtrArray) networks = NULL, peers = NULL;
  g_autofree char *name = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (sqlite3_exec (db, made[i], NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  store = open_well (self->path);
  assert_answer (self->path, "PRAGMA user_version", "9");
  name = get_profile (store, "user-name", NULL);
  g_assert_cmpstr (name, ==, "Ada");
  networks = load_networks (store);
  g_assert_cmpuint (networks->len, ==, 1);
  {
    RtStoreNetwork *network = networks->pdata[0];
    g_autoptr (RtStoreTable) table G_GNUC_UNUSED = rt_store_table_new (store, "one");

    g_assert_cmpstr (network->subnet, ==, "club");
    g_assert_cmpint (network->position, ==, 3);
    g_assert_true (network->leasing);
    g_assert_cmpuint (network->k, ==, 0);
    g_assert_true (network->seeding);
    network->leasing = FALSE;
    g_assert_true (save_network (store, network, NULL));
    save_record (table, "a", "1");
    assert_records (table, "a=1");
  }
  peers = load_peers (store, "one", 10);
  g_assert_cmpuint (peers->len, ==, 1);
  assert_answer (self->path, "SELECT leasing FROM networks", "0");
}

/* One of the second, with a table in it: it is all there, and can be a distributed one. */
static void
test_second_version (Fixture *self, gconstpointer data)
{
  static const char * const made[] = {
    "PRAGMA user_version = 2",
    "CREATE TABLE profile (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE networks (uuid TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL, subnet TEXT NOT NULL, encryption TEXT NOT NULL, version TEXT NOT NULL,"
    " kind TEXT NOT NULL, listen_host TEXT NOT NULL, listen_port INTEGER NOT NULL CHECK (listen_port BETWEEN 0 AND 65535), out_address TEXT NOT NULL,"
    " max_outgoing INTEGER NOT NULL, peers TEXT NOT NULL, created INTEGER NOT NULL, leasing INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID",
    "CREATE TABLE known_peers (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, host TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),"
    " node_id TEXT, source TEXT NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0, last_failure INTEGER NOT NULL DEFAULT 0, failure_words TEXT,"
    " attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (network, host, port)) WITHOUT ROWID",
    "CREATE TABLE table_records (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, key BLOB NOT NULL, record BLOB NOT NULL, PRIMARY KEY (network, key))",
    ("CREATE TABLE table_history (id INTEGER PRIMARY KEY, network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, key BLOB NOT NULL, time INTEGER NOT NULL,"
     " value BLOB, owner TEXT NOT NULL, what TEXT NOT NULL)"),
    "INSERT INTO networks VALUES ('one', 3, 'club', 'SSL', '0.7', 'sync', '0.0.0.0', 4444, '', 4, '', 1700000000, 0)",
    "INSERT INTO table_records VALUES ('one', CAST ('a' AS BLOB), CAST ('1' AS BLOB))",
  };
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (RtStore) store = NULL;
  g_autoptr (GPtrArray) networks = NULL, again = NULL;
  g_autoptr (RtStoreTable) table = NULL;
  RtStoreNetwork *network;
  sqlite3 *db = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (sqlite3_exec (db, made[i], NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  store = open_well (self->path);
  assert_answer (self->path, "PRAGMA user_version", "9");
  networks = load_networks (store);
  network = networks->pdata[0];
  g_assert_false (network->leasing);
  g_assert_cmpuint (network->k, ==, 0);
  g_assert_true (network->seeding);
  table = rt_store_table_new (store, "one");
  assert_records (table, "a=1");
  g_assert_false (network->map_port);
  network->k = 6;
  network->seeding = FALSE;
  network->map_port = TRUE;
  g_assert_true (save_network (store, network, NULL));
  again = load_networks (store);
  network = again->pdata[0];
  g_assert_cmpuint (network->k, ==, 6);
  g_assert_false (network->seeding);
  g_assert_true (network->map_port);
  /* the records of the table are still those of the row */
  assert_records (table, "a=1");
}

/* One of the third, as a Roundtable without chats left it: it gets them, and nothing of it is lost. */
static void
test_third_version (Fixture *self, gconstpointer data)
{
  static const char * const made[] = {
    "PRAGMA user_version = 3",
    "CREATE TABLE profile (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE networks (uuid TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL, subnet TEXT NOT NULL, encryption TEXT NOT NULL, version TEXT NOT NULL,"
    " kind TEXT NOT NULL, listen_host TEXT NOT NULL, listen_port INTEGER NOT NULL CHECK (listen_port BETWEEN 0 AND 65535), out_address TEXT NOT NULL,"
    " max_outgoing INTEGER NOT NULL, peers TEXT NOT NULL, created INTEGER NOT NULL, leasing INTEGER NOT NULL DEFAULT 1, k INTEGER NOT NULL DEFAULT 0,"
    " seeding INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID",
    "CREATE TABLE known_peers (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, host TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),"
    " node_id TEXT, source TEXT NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0, last_failure INTEGER NOT NULL DEFAULT 0, failure_words TEXT,"
    " attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (network, host, port)) WITHOUT ROWID",
    "CREATE INDEX known_peers_by_age ON known_peers (network, last_seen)",
    "CREATE TABLE table_records (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, key BLOB NOT NULL, record BLOB NOT NULL, PRIMARY KEY (network, key))",
    ("CREATE TABLE table_history (id INTEGER PRIMARY KEY, network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, key BLOB NOT NULL, time INTEGER NOT NULL,"
     " value BLOB, owner TEXT NOT NULL, what TEXT NOT NULL)"),
    "CREATE INDEX table_history_by_key ON table_history (network, key, id)",
    "CREATE INDEX table_history_by_age ON table_history (network, id)",
    "INSERT INTO profile VALUES ('user-name', 'Ada')",
    "INSERT INTO networks VALUES ('one', 3, 'club', 'SSL', '0.7', 'chord', '0.0.0.0', 4444, '', 4, '10.0.0.5:4444', 1700000000, 0, 6, 0)",
    "INSERT INTO known_peers VALUES ('one', '10.0.0.5', 4444, 'id', 'person', 5, 0, NULL, 0)",
    "INSERT INTO table_records VALUES ('one', CAST ('a' AS BLOB), CAST ('1' AS BLOB))",
    "INSERT INTO table_history (network, key, time, value, owner, what) VALUES ('one', CAST ('a' AS BLOB), 5, CAST ('v' AS BLOB), 'me', 'set')",
  };
  g_autofree char *folder = g_path_get_dirname (self->path), *name = NULL;
  g_autoptr (RtStore) store = NULL;
  g_autoptr (RtStoreChat) chat = NULL;
  g_autoptr (RtStoreTable) table = NULL;
  g_autoptr (GPtrArray) networks = NULL, peers = NULL;
  g_autoptr (RtStoreChatPage) page = NULL;
  RtStoreNetwork *network;
  sqlite3 *db = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (sqlite3_exec (db, made[i], NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  store = open_well (self->path);
  assert_answer (self->path, "PRAGMA user_version", "9");
  assert_answer (self->path, "PRAGMA integrity_check", "ok");
  name = get_profile (store, "user-name", NULL);
  g_assert_cmpstr (name, ==, "Ada");
  networks = load_networks (store);
  network = networks->pdata[0];
  g_assert_cmpstr (network->kind, ==, "chord");
  g_assert_cmpuint (network->k, ==, 6);
  g_assert_false (network->leasing || network->seeding);
  peers = load_peers (store, "one", 10);
  g_assert_cmpuint (peers->len, ==, 1);
  table = rt_store_table_new (store, "one");
  assert_records (table, "a=1");
  assert_answer (self->path, "SELECT owner FROM table_history", "me");
  chat = rt_store_chat_new (store, "one");
  rt_store_chat_state_free (load_chat (chat));
  add_message (chat, 1, SECOND, "first");
  page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 10);
  assert_messages (page->messages, "first");
  g_assert_true (flush_chat (chat, NULL));
  assert_answer (self->path, "SELECT text FROM messages", "first");
}

/* One of the fourth, whose words are folded by FTS5 alone: it is searched as it was, and better. */
static void
test_fourth_version (Fixture *self, gconstpointer data)
{
  static const char * const made[] = {
    "PRAGMA user_version = 4",
    "CREATE TABLE profile (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE networks (uuid TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL, subnet TEXT NOT NULL, encryption TEXT NOT NULL, version TEXT NOT NULL,"
    " kind TEXT NOT NULL, listen_host TEXT NOT NULL, listen_port INTEGER NOT NULL CHECK (listen_port BETWEEN 0 AND 65535), out_address TEXT NOT NULL,"
    " max_outgoing INTEGER NOT NULL, peers TEXT NOT NULL, created INTEGER NOT NULL, leasing INTEGER NOT NULL DEFAULT 1, k INTEGER NOT NULL DEFAULT 0,"
    " seeding INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID",
    "CREATE TABLE known_peers (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, host TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),"
    " node_id TEXT, source TEXT NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0, last_failure INTEGER NOT NULL DEFAULT 0, failure_words TEXT,"
    " attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (network, host, port)) WITHOUT ROWID",
    "CREATE INDEX known_peers_by_age ON known_peers (network, last_seen)",
    "CREATE TABLE table_records (network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, key BLOB NOT NULL, record BLOB NOT NULL, PRIMARY KEY (network, key))",
    ("CREATE TABLE table_history (id INTEGER PRIMARY KEY, network TEXT NOT NULL REFERENCES networks (uuid) ON DELETE CASCADE, key BLOB NOT NULL, time INTEGER NOT NULL,"
     " value BLOB, owner TEXT NOT NULL, what TEXT NOT NULL)"),
    "CREATE INDEX table_history_by_key ON table_history (network, key, id)",
    "CREATE INDEX table_history_by_age ON table_history (network, id)",
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
     "CREATE VIRTUAL TABLE message_words USING fts5 (text, tags, content = '', columnsize = 0,"
     " tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co So'\");"),
    "INSERT INTO networks VALUES ('one', 3, 'club', 'SSL', '0.7', 'mesh', '0.0.0.0', 4444, '', 4, '', 1700000000, 0, 6, 0)",
    "INSERT INTO chats (id, network, n_messages, n_bytes, draft) VALUES (1, 'one', 2, 20, 'begun')",
    "INSERT INTO chat_hours VALUES (1, 0, 2)",
    "UPDATE chat_rows SET next = 3",
    "INSERT INTO messages (row, chat, time, place, sent, flags, delivery, n_links, n_attempts, next_try, sender, text)"
    " VALUES (1, 1, 1000000, 1024000000, 1, 0, 0, 0, 0, 0, 'sender', 'Ёлка'), (2, 1, 2000000, 2048000000, 2, 0, 0, 0, 0, 0, 'sender', 'Größe #b')",
    "INSERT INTO message_words (rowid, text, tags) VALUES (1024000000, 'Ёлка', 'c1 s1b81f886'), (2048000000, 'Größe #b', 'c1 s1b81f886 h')",
  };
  static const struct { const char *words, *found; } asked[] = { { "елка ", "Ёлка" }, { "ёлка", "Ёлка" }, { "grosse ", "Größe #b" }, { "größe", "Größe #b" } };
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (RtStore) store = NULL;
  g_autoptr (RtStoreChat) chat = NULL;
  g_autoptr (RtStoreChatState) state = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (sqlite3_exec (db, made[i], NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  store = open_well (self->path);
  assert_answer (self->path, "PRAGMA user_version", "9");
  assert_answer (self->path, "PRAGMA integrity_check", "ok");
  chat = rt_store_chat_new (store, "one");
  state = load_chat (chat);
  g_assert_cmpstr (state->draft, ==, "begun");
  for (gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;;)
    {
      g_autofree char *folding = ask (self->path, "SELECT version || ' ' || below FROM words_folding");

      if (g_strcmp0 (folding, "2 0") == 0)
        break;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (RtStoreResult) result = search (store, &(RtStoreQuery) { .words = (char *) asked[i].words });

      g_assert_cmpuint (result->hits->len, ==, 1);
      g_assert_cmpstr (((RtStoreHit *) result->hits->pdata[0])->message->text, ==, asked[i].found);
    }
}

/* Whatever of the last steps it has gone, it is no damaged one, and is brought to the newest with all that is in it. */
static void
test_later_versions (Fixture *self, gconstpointer data)
{
  for (int version = 5; version < 9; version++)
    {
      g_autoptr (RtStore) store = open_well (self->path);
      g_autoptr (RtStoreNetwork) made = make_network ("one", 0, "club");
      g_autoptr (GPtrArray) networks = NULL, again = NULL;
      g_autofree char *aside = g_strconcat (self->path, ".damaged-1", NULL);
      RtStoreNetwork *network;

      made->announce = g_strdup ("everybody");
      made->map_port = TRUE;
      g_assert_true (save_network (store, made, NULL));
      close_store (store);
      g_clear_object (&store);
      tell (self->path, "INSERT OR REPLACE INTO blocks VALUES ('one', 0, 'eve', 'Eve', 5)");
      go_back_to (self->path, version);

      store = open_well (self->path);
      g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
      assert_answer (self->path, "PRAGMA user_version", "9");
      assert_answer (self->path, "SELECT count (*) FROM blocks", version < 7 ? "0" : "1");
      networks = load_networks (store);
      g_assert_cmpuint (networks->len, ==, 1);
      network = networks->pdata[0];
      g_assert_cmpstr (network->subnet, ==, "club");
      /* of a network of before it, nobody is told anything until the person says so */
      g_assert_cmpstr (network->announce, ==, version < 6 ? "no" : "everybody");
      g_assert_cmpint (network->map_port, ==, version >= 8);
      /* of before it nobody is private by himself, and nothing is proved */
      g_assert_false (network->has_secret);
      g_assert_null (network->identity);
      network->has_secret = TRUE;
      network->identity = g_strdup ("somebody");
      g_free (network->announce);
      network->announce = g_strdup ("members");
      g_assert_true (save_network (store, network, NULL));
      again = load_networks (store);
      g_assert_cmpstr (((RtStoreNetwork *) again->pdata[0])->announce, ==, "members");
      g_assert_true (((RtStoreNetwork *) again->pdata[0])->has_secret);
      g_assert_cmpstr (((RtStoreNetwork *) again->pdata[0])->identity, ==, "somebody");
      assert_answer (self->path, "SELECT count (*) FROM pragma_table_info ('messages') WHERE name = 'proof'", "1");
      close_store (store);
    }
}

/* A number that was damaged is found by what is there, from whichever version it takes the database to be. */
static void
test_wrong_version (Fixture *self, gconstpointer data)
{
  for (int version = 0; version < 9; version++)
    {
      g_autoptr (RtStore) store = open_well (self->path);
      g_autofree char *number = g_strdup_printf ("PRAGMA user_version = %d", version), *aside = g_strdup_printf ("%s.damaged-%d", self->path, version + 1);

      close_store (store);
      g_clear_object (&store);
      tell (self->path, number);
      store = rt_store_new ();
      g_assert_true (open_store (store, self->path, NULL, NULL));
      g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
      assert_answer (self->path, "PRAGMA user_version", "9");
      close_store (store);
    }
}

/* Migrations are never changed once published: somebody has databases that were made by them. With a new one, the digest of the newest version is added. */
static void
test_form_is_fixed (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autofree char *form = NULL, *digest = NULL;

  close_store (store);
  form = ask (self->path, "SELECT group_concat (sql, ';') FROM (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'message\\_words\\_%' ESCAPE '\\' ORDER BY name)");
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, form, -1);
  g_assert_cmpstr (digest, ==, "66c2fd6ccda69fa3f252122707807ef592aedd08c0146666be7eeb8baf27b9a6");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-versions/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("first", test_first_version);
  ADD ("second", test_second_version);
  ADD ("third", test_third_version);
  ADD ("fourth", test_fourth_version);
  ADD ("later", test_later_versions);
  ADD ("wrong", test_wrong_version);
  ADD ("form-is-fixed", test_form_is_fixed);
  return g_test_run ();
}
