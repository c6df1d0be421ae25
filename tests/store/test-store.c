/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "rt-wait.h"
#include "store/rt-store.h"

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("rt-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "sub", "roundtable.db", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  rt_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* ---- the asynchronous calls, waited for ---- */

static gboolean
open_store (RtStore *store, const char *path, char **notice, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_open_finish (store, result, notice, error);
}

static void
close_store (RtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_close_async (store, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_close_finish (store, result, &error));
  g_assert_no_error (error);
}

static RtStore *
open_well (const char *path)
{
  RtStore *store = rt_store_new ();
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;
  gboolean opened = open_store (store, path, &notice, &error);

  g_assert_no_error (error);
  g_assert_true (opened);
  g_assert_cmpstr (notice, ==, NULL);
  return store;
}

static gboolean
set_profile (RtStore *store, const char *key, const char *value, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_set_profile_async (store, key, value, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_set_profile_finish (store, result, error);
}

static char *
get_profile (RtStore *store, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_get_profile_async (store, key, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_get_profile_finish (store, result, error);
}

static gboolean
save_network (RtStore *store, const RtStoreNetwork *network, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_save_network_async (store, network, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_save_network_finish (store, result, error);
}

static GPtrArray *
load_networks (RtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *networks;

  rt_store_load_networks_async (store, rt_wait_result_cb, &result);
  rt_wait_result (result);
  networks = rt_store_load_networks_finish (store, result, &error);
  g_assert_no_error (error);
  return networks;
}

static gboolean
save_peer (RtStore *store, const RtStorePeer *peer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_save_peer_async (store, peer, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_save_peer_finish (store, result, error);
}

static GPtrArray *
load_peers (RtStore *store, const char *network, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *peers;

  rt_store_load_peers_async (store, network, n, rt_wait_result_cb, &result);
  rt_wait_result (result);
  peers = rt_store_load_peers_finish (store, result, &error);
  g_assert_no_error (error);
  return peers;
}

static RtStoreNetwork *
make_network (const char *uuid, gint64 position, const char *subnet)
{
  RtStoreNetwork *network = rt_store_network_new ();

  network->uuid = g_strdup (uuid);
  network->position = position;
  network->subnet = g_strdup (subnet);
  network->encryption = g_strdup ("SSL");
  network->version = g_strdup ("0.7");
  network->kind = g_strdup ("mesh");
  network->listen_host = g_strdup ("0.0.0.0");
  network->listen_port = 4444;
  network->out_address = g_strdup ("");
  network->max_outgoing = 4;
  network->peers = g_strdup ("10.0.0.5:4444\n[fe80::1]:5555");
  network->created = 1700000000;
  return network;
}

/* What a fresh look at the file says, past the store. */
static char *
ask (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  char *answer = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return answer;
}

static void
tell (const char *path, const char *sql)
{
  g_free (ask (path, sql));
}

#define assert_answer(path, sql, expected) \
  G_STMT_START { g_autofree char *answer_ = ask (path, sql); g_assert_cmpstr (answer_, ==, expected); } G_STMT_END

/* ---- tests ---- */

static void
test_migration (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  struct stat st;

  close_store (store);
  assert_answer (self->path, "PRAGMA user_version", "1");
  assert_answer (self->path, "PRAGMA journal_mode", "wal");
  assert_answer (self->path, "SELECT group_concat (name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)",
                 "known_peers networks profile");
  g_assert_cmpint (stat (self->path, &st), ==, 0);
  g_assert_cmphex (st.st_mode & 0777, ==, 0600);
}

/* A database in which a migration broke off is as it was before it. */
static void
test_migration_is_all_or_nothing (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE networks (foreign_one)", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  g_assert_false (open_store (store, self->path, NULL, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED);
  assert_answer (self->path, "PRAGMA user_version", "0");
  assert_answer (self->path, "SELECT count (*) FROM sqlite_master WHERE name = 'profile'", "0");
}

static void
test_two_at_once (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) first = rt_store_new (), second = rt_store_new ();
  g_autoptr (GAsyncResult) first_result = NULL, second_result = NULL;
  g_autofree char *first_notice = NULL, *second_notice = NULL, *value = NULL;
  g_autoptr (GError) error = NULL;

  /* both make the same new database, in threads of their own */
  rt_store_open_async (first, self->path, NULL, rt_wait_result_cb, &first_result);
  rt_store_open_async (second, self->path, NULL, rt_wait_result_cb, &second_result);
  rt_wait_until (first_result != NULL && second_result != NULL);
  g_assert_true (rt_store_open_finish (first, first_result, &first_notice, &error));
  g_assert_true (rt_store_open_finish (second, second_result, &second_notice, &error));
  g_assert_no_error (error);
  /* exactly one of them is told that it is not alone */
  g_assert_true ((first_notice == NULL) != (second_notice == NULL));
  g_assert_nonnull (strstr (first_notice != NULL ? first_notice : second_notice, "Another Roundtable"));

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%u", i);

      g_assert_true (set_profile (i % 2 ? first : second, key, "here", &error));
      g_assert_no_error (error);
    }
  value = get_profile (second, "key-1", &error);
  g_assert_cmpstr (value, ==, "here");
  close_store (first);
  close_store (second);
  assert_answer (self->path, "SELECT count (*) FROM profile", "20");
  assert_answer (self->path, "PRAGMA integrity_check", "ok");
}

static void
test_newer_is_left_alone (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStore) old = rt_store_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL, *value = NULL;
  gsize n_before, n_after;

  g_assert_true (set_profile (store, "user-name", "Ada", NULL));
  close_store (store);
  tell (self->path, "PRAGMA journal_mode = DELETE");
  tell (self->path, "PRAGMA user_version = 99");
  g_assert_true (g_file_get_contents (self->path, &before, &n_before, NULL));

  g_assert_false (open_store (old, self->path, NULL, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_TOO_NEW);
  g_assert_nonnull (strstr (error->message, "newer Roundtable (version 99"));
  g_assert_true (g_file_get_contents (self->path, &after, &n_after, NULL));
  g_assert_cmpmem (after, n_after, before, n_before);

  /* and everything else says that nothing is open */
  g_clear_error (&error);
  g_assert_false (set_profile (old, "user-name", "Eve", &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED);
  g_clear_error (&error);
  value = get_profile (old, "user-name", &error);
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED);
  g_assert_cmpstr (value, ==, NULL);
}

static void
assert_set_aside (const char *path, const char *garbage, gsize length, guint number)
{
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%u", path, number);
  g_autofree char *notice = NULL, *kept = NULL, *value = NULL;
  gsize n_kept;

  g_assert_true (g_file_set_contents (path, garbage, (gssize) length, NULL));
  g_assert_true (open_store (store, path, &notice, &error));
  g_assert_no_error (error);
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, aside));
  g_assert_true (g_file_get_contents (aside, &kept, &n_kept, NULL));
  g_assert_cmpmem (kept, n_kept, garbage, length);
  g_assert_true (set_profile (store, "user-name", "Ada", &error));
  value = get_profile (store, "user-name", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (value, ==, "Ada");
  close_store (store);
}

static void
test_damaged (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *whole = NULL;
  g_autofree char *text = g_strnfill (5000, 'x');
  gsize n_whole;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  /* no database at all */
  assert_set_aside (self->path, text, 5000, 1);
  /* a database with a page overwritten, and one that ends early */
  assert_set_aside (self->path, "SQLite format 3", 16, 2);
  g_assert_true (g_file_get_contents (self->path, &whole, &n_whole, NULL));
  g_assert_cmpuint (n_whole, >, 8192);
  memset (whole + 4096, 0xa5, 4096);
  assert_set_aside (self->path, whole, n_whole, 3);
  g_free (whole);
  g_assert_true (g_file_get_contents (self->path, &whole, &n_whole, NULL));
  assert_set_aside (self->path, whole, 4096 + 100, 4);
}

/* A test as root may write anywhere, so the folder is one that nobody can make: a file is in its place. */
static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (folder, "x", 1, NULL));
  g_assert_false (open_store (store, self->path, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, folder));
}

static void
test_read_only_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write into any folder");
      return;
    }
  g_assert_cmpint (g_chmod (self->folder, 0500), ==, 0);
  g_assert_false (open_store (store, self->path, NULL, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_READ_ONLY);
  g_assert_cmpint (g_chmod (self->folder, 0700), ==, 0);
}

/* No space, as a limit on the size of files: writing fails in words, and works again when there is space. */
static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autofree char *large = g_strnfill (4 * 1024 * 1024, 'y');
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, narrow;

  g_assert_true (set_profile (store, "user-name", "Ada", &error));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  narrow = before;
  narrow.rlim_cur = 512 * 1024;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &narrow), ==, 0);
  g_assert_false (set_profile (store, "large", large, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_nonnull (error);
  g_assert_cmpint ((int) error->domain, ==, (int) RT_STORE_ERROR);
  g_assert_nonnull (strstr (error->message, "cannot be written"));
  g_clear_error (&error);

  value = get_profile (store, "user-name", &error);
  g_assert_cmpstr (value, ==, "Ada");
  g_assert_true (set_profile (store, "large", large, &error));
  g_assert_no_error (error);
  close_store (store);
  assert_answer (self->path, "PRAGMA integrity_check", "ok");
  assert_answer (self->path, "SELECT length (value) FROM profile WHERE key = 'large'", "4194304");
}

static void
test_profile (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStore) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *missing = NULL, *name = NULL, *removed = NULL;

  missing = get_profile (store, "user-name", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (missing, ==, NULL);
  g_assert_true (set_profile (store, "user-name", "Ada", &error));
  g_assert_true (set_profile (store, "user-name", "Ädä '); DROP TABLE profile; --", &error));
  close_store (store);

  again = open_well (self->path);
  name = get_profile (again, "user-name", &error);
  g_assert_cmpstr (name, ==, "Ädä '); DROP TABLE profile; --");
  g_assert_true (set_profile (again, "user-name", NULL, &error));
  removed = get_profile (again, "user-name", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (removed, ==, NULL);
  close_store (again);
}

static void
test_networks (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStore) again = NULL;
  g_autoptr (RtStoreNetwork) a = make_network ("uuid-a", 1, "Küche");
  g_autoptr (RtStoreNetwork) b = make_network ("uuid-b", 0, "mesh");
  g_autoptr (GPtrArray) none = load_networks (store);
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GError) error = NULL;
  const RtStoreNetwork *first, *second;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (save_network (store, a, &error));
  g_assert_true (save_network (store, b, &error));
  b->listen_port = 65535;
  g_free (b->out_address);
  b->out_address = g_strdup ("example.org:1");
  b->created = 1;               /* a network is created once */
  g_assert_true (save_network (store, b, &error));
  b->listen_port = 65536;
  g_assert_false (save_network (store, b, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED);
  close_store (store);

  again = open_well (self->path);
  networks = load_networks (again);
  g_assert_cmpuint (networks->len, ==, 2);
  first = g_ptr_array_index (networks, 0);
  second = g_ptr_array_index (networks, 1);
  g_assert_cmpstr (first->uuid, ==, "uuid-b");
  g_assert_cmpuint (first->listen_port, ==, 65535);
  g_assert_cmpstr (first->out_address, ==, "example.org:1");
  g_assert_cmpint (first->created, ==, 1700000000);
  g_assert_cmpstr (second->uuid, ==, "uuid-a");
  g_assert_cmpstr (second->subnet, ==, "Küche");
  g_assert_cmpstr (second->encryption, ==, "SSL");
  g_assert_cmpstr (second->version, ==, "0.7");
  g_assert_cmpstr (second->kind, ==, "mesh");
  g_assert_cmpstr (second->listen_host, ==, "0.0.0.0");
  g_assert_cmpuint (second->max_outgoing, ==, 4);
  g_assert_cmpstr (second->peers, ==, "10.0.0.5:4444\n[fe80::1]:5555");
  close_store (again);
}

static void
test_known_peers (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) network = make_network ("uuid-a", 0, "mesh");
  g_autoptr (RtStorePeer) peer = rt_store_peer_new ("uuid-a", "10.0.0.1", 4444);
  g_autoptr (RtStorePeer) stranger = rt_store_peer_new ("uuid-nobody", "10.0.0.1", 4444);
  g_autoptr (GPtrArray) peers = NULL, newest = NULL, rest = NULL;
  g_autoptr (GAsyncResult) removal = NULL;
  g_autoptr (GError) error = NULL;
  const RtStorePeer *found;

  g_assert_true (save_network (store, network, &error));
  /* of no network: refused */
  g_assert_false (save_peer (store, stranger, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  peer->node_id = g_strdup ("id-1");
  peer->source = g_strdup ("person");
  peer->last_seen = 100;
  g_assert_true (save_peer (store, peer, &error));
  g_clear_pointer (&peer->node_id, g_free);
  g_clear_pointer (&peer->source, g_free);
  peer->last_seen = 0;
  peer->last_failure = 150;
  peer->failure_words = g_strdup ("Nobody listens at 10.0.0.1:4444");
  peer->attempts = 3;
  g_assert_true (save_peer (store, peer, &error));
  for (guint i = 2; i < 12; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.0.0.%u", i);
      g_autoptr (RtStorePeer) other = rt_store_peer_new ("uuid-a", host, 4444);

      other->last_seen = i;
      g_assert_true (save_peer (store, other, &error));
    }

  peers = load_peers (store, "uuid-a", 100);
  g_assert_cmpuint (peers->len, ==, 11);
  found = g_ptr_array_index (peers, 0);
  g_assert_cmpstr (found->host, ==, "10.0.0.1");
  g_assert_cmpuint (found->port, ==, 4444);
  g_assert_cmpstr (found->node_id, ==, "id-1");
  g_assert_cmpstr (found->source, ==, "person");
  g_assert_cmpint (found->last_seen, ==, 100);
  g_assert_cmpint (found->last_failure, ==, 150);
  g_assert_cmpstr (found->failure_words, ==, "Nobody listens at 10.0.0.1:4444");
  g_assert_cmpuint (found->attempts, ==, 3);
  newest = load_peers (store, "uuid-a", 8);
  g_assert_cmpuint (newest->len, ==, 8);
  g_assert_cmpstr (((RtStorePeer *) g_ptr_array_index (newest, 1))->host, ==, "10.0.0.11");

  rt_store_remove_peer_async (store, "uuid-a", "10.0.0.1", 4444, rt_wait_result_cb, &removal);
  rt_wait_result (removal);
  g_assert_true (rt_store_remove_peer_finish (store, removal, &error));
  rest = load_peers (store, "uuid-a", 100);
  g_assert_cmpuint (rest->len, ==, 10);
  close_store (store);
}

static void
test_known_peers_are_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) network = make_network ("uuid-a", 0, "mesh");
  g_autoptr (GPtrArray) peers = NULL;
  g_autoptr (GError) error = NULL;
  guint answered = 0;
  g_autofree GAsyncResult **results = g_new0 (GAsyncResult *, RT_STORE_MAX_PEERS + 20);

  g_assert_true (save_network (store, network, &error));
  tell (self->path, "PRAGMA optimize");
  for (guint i = 0; i < RT_STORE_MAX_PEERS + 20; i++)
    {
      g_autoptr (RtStorePeer) peer = rt_store_peer_new ("uuid-a", "10.0.0.1", (guint16) (1000 + i));

      peer->last_seen = i + 1;
      rt_store_save_peer_async (store, peer, rt_wait_result_cb, &results[i]);
    }
  for (guint i = 0; i < RT_STORE_MAX_PEERS + 20; i++)
    {
      rt_wait_result (results[i]);
      answered += rt_store_save_peer_finish (store, results[i], NULL);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (answered, ==, RT_STORE_MAX_PEERS + 20);
  peers = load_peers (store, "uuid-a", 10000);
  g_assert_cmpuint (peers->len, ==, RT_STORE_MAX_PEERS);
  /* those seen longest ago went */
  g_assert_cmpint (((RtStorePeer *) g_ptr_array_index (peers, RT_STORE_MAX_PEERS - 1))->last_seen, ==, 21);
  close_store (store);
}

static void
test_remove_network (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) a = make_network ("uuid-a", 0, "a"), b = make_network ("uuid-b", 1, "b");
  g_autoptr (RtStorePeer) of_a = rt_store_peer_new ("uuid-a", "h", 1), of_b = rt_store_peer_new ("uuid-b", "h", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (save_network (store, a, &error) && save_network (store, b, &error));
  g_assert_true (save_peer (store, of_a, &error) && save_peer (store, of_b, &error));
  rt_store_remove_network_async (store, "uuid-a", rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_remove_network_finish (store, result, &error));
  g_assert_no_error (error);
  close_store (store);
  assert_answer (self->path, "SELECT group_concat (uuid) FROM networks", "uuid-b");
  assert_answer (self->path, "SELECT group_concat (network) FROM known_peers", "uuid-b");
}

/* Results come in the order of the questions, and closing waits for all that was asked before. */
static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  GAsyncResult *results[50] = { NULL };
  g_autoptr (GAsyncResult) closing = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      rt_store_set_profile_async (store, "n", value, rt_wait_result_cb, &results[i]);
    }
  rt_store_close_async (store, rt_wait_result_cb, &closing);
  rt_wait_result (closing);
  g_assert_true (rt_store_close_finish (store, closing, &error));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_assert_nonnull (results[i]);
      g_assert_true (rt_store_set_profile_finish (store, results[i], &error));
      g_clear_object (&results[i]);
    }
  assert_answer (self->path, "SELECT value FROM profile WHERE key = 'n'", "49");
}

static void
test_keys_without_database (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = rt_store_new ();
  g_autofree char *path = g_build_filename (self->folder, "identities", "x.key", NULL);
  g_autoptr (GAsyncResult) loading = NULL, removing = NULL;
  g_autoptr (GBytes) seed = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_load_key_async (store, path, NULL, rt_wait_result_cb, &loading);
  rt_store_remove_key_async (store, path, rt_wait_result_cb, &removing);
  rt_wait_until (loading != NULL && removing != NULL);
  seed = rt_store_load_key_finish (store, loading, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (seed), ==, 32);
  g_assert_true (rt_store_remove_key_finish (store, removing, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Unreferenced while work is waiting: all of it is done, and nothing is leaked or joined. */
static void
test_dropped_while_busy (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtStore *store = open_well (self->path);

  for (guint i = 0; i < 20; i++)
    rt_store_set_profile_async (store, "k", "v", NULL, NULL);
  rt_store_set_profile_async (store, "last", "yes", rt_wait_result_cb, &result);
  g_object_unref (store);
  rt_wait_result (result);
  g_assert_true (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("migration", test_migration);
  ADD ("migration-is-all-or-nothing", test_migration_is_all_or_nothing);
  ADD ("two-at-once", test_two_at_once);
  ADD ("newer-is-left-alone", test_newer_is_left_alone);
  ADD ("damaged", test_damaged);
  ADD ("no-folder", test_no_folder);
  ADD ("read-only-folder", test_read_only_folder);
  ADD ("full", test_full);
  ADD ("profile", test_profile);
  ADD ("networks", test_networks);
  ADD ("known-peers", test_known_peers);
  ADD ("known-peers-are-bounded", test_known_peers_are_bounded);
  ADD ("remove-network", test_remove_network);
  ADD ("order", test_order);
  ADD ("keys-without-database", test_keys_without_database);
  ADD ("dropped-while-busy", test_dropped_while_busy);
  return g_test_run ();
}
