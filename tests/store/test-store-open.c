/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is there when it opens, and whatever happens to it. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-test.h"

static void
test_migration (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  struct stat st;

  close_store (store);
  assert_answer (self->path, "PRAGMA user_version", "9");
  assert_answer (self->path, "PRAGMA journal_mode", "wal");
  assert_answer (self->path, "SELECT group_concat (name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)",
                 "blocks chat_hours chat_rows chats gaps known_peers message_words message_words_config message_words_data message_words_idx messages networks people profile receipts table_history"
                 " table_records words_folding");
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

/* One of them came to the version of a database that the other had just not made yet, took it for damaged, and moved it aside: once in thirty times. */
static void
test_two_at_once_often (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 60; i++)
    {
      g_autoptr (RtStore) first = rt_store_new (), second = rt_store_new ();
      g_autoptr (GAsyncResult) first_result = NULL, second_result = NULL;
      g_autofree char *path = g_strdup_printf ("%s-%u", self->path, i), *aside = g_strconcat (path, ".damaged-1", NULL);
      g_autofree char *first_notice = NULL, *second_notice = NULL;
      g_autoptr (GError) error = NULL;

      rt_store_open_async (first, path, NULL, rt_wait_result_cb, &first_result);
      rt_store_open_async (second, path, NULL, rt_wait_result_cb, &second_result);
      rt_wait_until (first_result != NULL && second_result != NULL);
      rt_store_open_finish (first, first_result, &first_notice, &error);
      g_assert_no_error (error);
      rt_store_open_finish (second, second_result, &second_notice, &error);
      g_assert_no_error (error);
      g_assert_true ((first_notice == NULL) != (second_notice == NULL));
      g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
      close_store (first);
      close_store (second);
    }
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

/* ---- killed while writing ---- */

static char *program;

/* Another process: writes n after n, and says so when each is acknowledged. */
static int
run_writer (const char *path)
{
  g_autoptr (RtStore) store = open_well (path);

  for (guint n = 1;; n++)
    {
      g_autofree char *value = g_strdup_printf ("%u", n);
      g_autoptr (GError) error = NULL;

      if (!set_profile (store, value, value, &error) || write (STDOUT_FILENO, &n, sizeof n) != sizeof n)
        return 1;
    }
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  guint written = 0;

  for (guint round = 0; round < 15; round++)
    {
      const char *argv[] = { program, "--writer", self->path, NULL };
      g_autofree char *count = NULL;
      g_autoptr (GError) error = NULL;
      guint acknowledged = 0, wanted = (guint) g_test_rand_int_range (1, 60), n;
      int out;
      GPid writer;

      g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &writer, NULL, &out, NULL, &error);
      g_assert_no_error (error);
      while (acknowledged < wanted && read (out, &n, sizeof n) == sizeof n)
        acknowledged = n;
      g_assert_cmpuint (acknowledged, ==, wanted);
      g_assert_cmpint (kill (writer, SIGKILL), ==, 0);
      /* what it got out before it died counts too */
      while (read (out, &n, sizeof n) == sizeof n)
        acknowledged = n;
      close (out);
      g_assert_cmpint (waitpid (writer, NULL, 0), ==, writer);

      {
        g_autoptr (RtStore) store = open_well (self->path);

        close_store (store);
      }
      assert_answer (self->path, "PRAGMA integrity_check", "ok");
      count = ask (self->path, "SELECT count (*) FROM profile WHERE key = value");
      written = MAX (written, acknowledged);
      g_assert_cmpuint (g_ascii_strtoull (count, NULL, 10), >=, written);
    }
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--writer"))
    return run_writer (argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-open/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("migration", test_migration);
  ADD ("migration-is-all-or-nothing", test_migration_is_all_or_nothing);
  ADD ("two-at-once", test_two_at_once);
  ADD ("two-at-once-often", test_two_at_once_often);
  ADD ("newer-is-left-alone", test_newer_is_left_alone);
  ADD ("damaged", test_damaged);
  ADD ("no-folder", test_no_folder);
  ADD ("read-only-folder", test_read_only_folder);
  ADD ("full", test_full);
  ADD ("dropped-while-busy", test_dropped_while_busy);
  ADD ("killed", test_killed);
  return g_test_run ();
}
