/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared tables as they are kept. */
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "table-test.h"

static RtStoreTable *
open_table (RtStore *store, const char *uuid)
{
  g_autoptr (RtStoreNetwork) network = make_network (uuid, 0, uuid);

  g_assert_true (save_network (store, network, NULL));
  return rt_store_table_new (store, uuid);
}

static void
log_value (RtStoreTable *table, const char *key, gint64 time, GBytes *value)
{
  g_autoptr (GBytes) key_bytes = bytes_of (key);

  rt_store_table_log (table, key_bytes, time, value, "owner");
}

static gboolean
flush (RtStoreTable *table, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_table_flush_async (table, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_table_flush_finish (table, result, error);
}

static GPtrArray *
load_past (RtStoreTable *table, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) key_bytes = bytes_of (key);
  g_autoptr (GError) error = NULL;
  GPtrArray *items;

  rt_store_table_load_past_async (table, key_bytes, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  items = rt_store_table_load_past_finish (table, result, &error);
  g_assert_no_error (error);
  return items;
}

static void
test_records (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = open_table (store, "one"), other = open_table (store, "two");
  g_autoptr (GBytes) odd = g_bytes_new ("\0\xff", 2), record = bytes_of ("odd");

  assert_records (table, "");
  save_record (table, "b", "1");
  save_record (table, "a", "2");
  save_record (table, "b", "3");
  save_record (other, "b", "of the other");
  assert_records (table, "a=2 b=3");
  save_record (table, "a", NULL);
  save_record (table, "c", "4");
  save_record (table, "never", NULL);
  g_assert_true (flush (table, NULL));
  assert_records (table, "b=3 c=4");
  g_assert_true (flush (table, NULL));
  rt_store_table_save (table, odd, record);
  {
    g_autoptr (GPtrArray) records = load_records (table, NULL);

    g_assert_cmpuint (records->len, ==, 3);
    g_assert_true (g_bytes_equal (((RtStoreRecord *) records->pdata[0])->key, odd));
  }
  rt_store_table_forget (table);
  save_record (table, "new", "5");
  assert_records (table, "new=5");
  assert_records (other, "b=of the other");
  assert_answer (self->path, "SELECT count (*) FROM table_records WHERE network = 'one'", "1");
}

/* A thousand changes are a few transactions. */
static void
test_gathered (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = open_table (store, "one");

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%04u", i % 100), *record = g_strdup_printf ("%u", i);

      save_record (table, key, record);
      if (i % 100 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  /* nothing was written yet: the first half second is not over, unless this machine stood still */
  g_assert_true (flush (table, NULL));
  assert_answer (self->path, "SELECT count (*) || ' ' || min (CAST (record AS INTEGER)) FROM table_records", "100 900");
  /* by itself, without a flush */
  save_record (table, "late", "x");
  {
    g_autofree char *n = NULL;

    rt_wait_until ((g_free (n), n = ask (self->path, "SELECT count (*) FROM table_records"), g_str_equal (n, "101")));
  }
}

static void
test_last_reference_writes (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  RtStoreTable *table = open_table (store, "one");

  save_record (table, "a", "kept");
  g_assert_finalize_object (table);
  close_store (store);
  assert_answer (self->path, "SELECT CAST (record AS TEXT) FROM table_records", "kept");
}

static void
test_history (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = open_table (store, "one");
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (RT_STORE_TABLE_PAST_VALUE + 1), RT_STORE_TABLE_PAST_VALUE + 1);
  g_autoptr (GPtrArray) past = NULL;
  const RtStorePast *item;

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (GBytes) value = bytes_of (text);

      log_value (table, "a", 100 + i, value);
      if (i == 15)
        g_assert_true (flush (table, NULL));
    }
  log_value (table, "b", 1, large);
  log_value (table, "b", 2, NULL);
  past = load_past (table, "a");
  g_assert_cmpuint (past->len, ==, RT_STORE_TABLE_PAST_PER_KEY);
  item = past->pdata[0];
  g_assert_cmpint (item->time, ==, 129);
  g_assert_cmpstr (item->owner, ==, "owner");
  g_assert_cmpmem (g_bytes_get_data (item->value, NULL), g_bytes_get_size (item->value), "29", 2);
  assert_answer (self->path, "SELECT count (*) FROM table_history WHERE key = CAST ('a' AS BLOB)", "20");
  g_ptr_array_unref (past);
  past = load_past (table, "b");
  g_assert_cmpuint (past->len, ==, 2);
  item = past->pdata[0];
  g_assert_cmpstr (item->what, ==, "delete");
  item = past->pdata[1];
  g_assert_cmpstr (item->what, ==, "large");
  g_assert_null (item->value);
}

static void
test_history_is_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = open_table (store, "one"), other = open_table (store, "two");
  g_autoptr (GBytes) value = bytes_of ("v");

  log_value (other, "key", 1, value);
  g_assert_true (flush (other, NULL));
  for (guint i = 0; i < RT_STORE_TABLE_PAST + 500; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      log_value (table, key, i, value);
      if (i == 6000)
        g_assert_true (flush (table, NULL));
    }
  g_assert_true (flush (table, NULL));
  assert_answer (self->path, "SELECT count (*) || ' ' || min (time) FROM table_history WHERE network = 'one'", "10000 500");
  assert_answer (self->path, "SELECT count (*) FROM table_history WHERE network = 'two'", "1");
}

static void
test_damaged_rows (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = open_table (store, "one");
  g_autoptr (GPtrArray) records = NULL, past = NULL;
  g_autofree char *text = NULL;
  guint n_damaged;

  save_record (table, "good", "1");
  g_assert_true (flush (table, NULL));
  tell (self->path, "INSERT INTO table_records VALUES ('one', CAST ('empty' AS BLOB), CAST ('' AS BLOB))");
  tell (self->path, "INSERT INTO table_records VALUES ('one', 'text', CAST ('x' AS BLOB))");
  tell (self->path, "INSERT INTO table_records VALUES ('one', CAST ('number' AS BLOB), 5)");
  tell (self->path, "INSERT INTO table_history (network, key, time, value, owner, what) VALUES ('one', CAST ('good' AS BLOB), 'no time', 7, CAST (x'ff' AS TEXT), 'set')");
  tell (self->path, "INSERT INTO table_history (network, key, time, value, owner, what) VALUES ('one', CAST ('good' AS BLOB), 5, 'text', 'me', 'set')");
  records = load_records (table, &n_damaged);
  text = print_records (records);
  g_assert_cmpstr (text, ==, "good=1");
  g_assert_cmpuint (n_damaged, ==, 3);
  past = load_past (table, "good");
  g_assert_cmpuint (past->len, ==, 1);
  g_assert_null (((RtStorePast *) past->pdata[0])->value);
}

/* What cannot be written is said, kept, and written when it can be. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = rt_store_table_new (store, "nobody");
  g_autoptr (RtStoreNetwork) network = make_network ("nobody", 0, "nobody");
  g_autoptr (GBytes) value = bytes_of ("v");
  g_autoptr (GError) error = NULL;

  save_record (table, "a", "1");
  log_value (table, "a", 1, value);
  g_assert_false (flush (table, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED);
  g_assert_true (g_str_has_prefix (rt_store_table_get_error (table), error->message));
  g_assert_nonnull (strstr (rt_store_table_get_error (table), "kept in memory"));
  save_record (table, "b", "2");
  g_assert_true (save_network (store, network, NULL));
  log_value (table, "a", 2, NULL);
  g_assert_true (flush (table, NULL));
  g_assert_null (rt_store_table_get_error (table));
  assert_records (table, "a=1 b=2");
  assert_answer (self->path, "SELECT group_concat (time) FROM table_history", "1,2");
}

static void
test_goes_with_its_network (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreTable) table = open_table (store, "one");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) value = bytes_of ("v");

  save_record (table, "a", "1");
  log_value (table, "a", 1, value);
  g_assert_true (flush (table, NULL));
  rt_store_remove_network_async (store, "one", rt_wait_result_cb, &result);
  rt_wait_result (result);
  assert_answer (self->path, "SELECT (SELECT count (*) FROM table_records) + (SELECT count (*) FROM table_history)", "0");
}

/* Killed in the midst of it: each transaction is there wholly or not at all. */
static void
test_killed (Fixture *self, gconstpointer data)
{
  int lines[2];
  g_autofree char *counts = NULL;
  pid_t pid;
  char byte;

  g_assert_cmpint (pipe (lines), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr (RtStore) store = open_well (self->path);
      g_autoptr (RtStoreTable) table = open_table (store, "one");

      for (guint round = 0;; round++)
        {
          g_autofree char *record = g_strdup_printf ("%u", round);

          for (guint i = 0; i < 200; i++)
            {
              g_autofree char *key = g_strdup_printf ("%u", i);

              save_record (table, key, record);
            }
          flush (table, NULL);
          if (round == 5 && write (lines[1], "x", 1) != 1)
            _exit (1);
        }
    }
  g_assert_cmpint (read (lines[0], &byte, 1), ==, 1);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (lines[0]);
  close (lines[1]);
  {
    g_autoptr (RtStore) store G_GNUC_UNUSED = open_well (self->path);

    counts = ask (self->path, "SELECT count (*) || ' ' || count (DISTINCT record) FROM table_records");
    g_assert_cmpstr (counts, ==, "200 1");
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-table/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  /* first: it forks, and there should be no threads yet */
  ADD ("killed", test_killed);
  ADD ("records", test_records);
  ADD ("gathered", test_gathered);
  ADD ("last-reference-writes", test_last_reference_writes);
  ADD ("history", test_history);
  ADD ("history-is-bounded", test_history_is_bounded);
  ADD ("damaged-rows", test_damaged_rows);
  ADD ("refused", test_refused);
  ADD ("goes-with-its-network", test_goes_with_its_network);
  return g_test_run ();
}
