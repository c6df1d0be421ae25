/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is acknowledged is there again: after a kill at any point, with a full disk, with one that fails, in a folder that cannot be written. STORE_DEEP=1: as often as
 * reliability.md section 9 says. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chat-test.h"
#include "faulty-vfs.h"
#include "store/rt-store-chat-private.h"

static char *program;

/* ---- killed ---- */

/* Another process: adds messages from first on, and says how many there are for sure. */
static int
run_writer (const char *path, guint first)
{
  g_autoptr (RtStore) store = open_well (path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");

  for (guint n = first;;)
    {
      guint end = n + 1 + n % 50;

      for (; n < end; n++)
        add_numbered (chat, n, n % 3 == 0);
      if (!flush_chat (chat, NULL) || write (STDOUT_FILENO, &n, sizeof n) != sizeof n)
        return 1;
    }
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  guint rounds = choose (10, 200), acknowledged = 0;

  for (guint round = 0; round < rounds; round++)
    {
      g_autofree char *first = g_strdup_printf ("%u", acknowledged), *count = NULL;
      const char *argv[] = { program, "--writer", self->path, first, NULL };
      g_autoptr (GError) error = NULL;
      gint64 begin, until;
      guint n, read_so_far = 0, wanted = (guint) g_test_rand_int_range (0, 8);
      int out;
      GPid writer;

      g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &writer, NULL, &out, NULL, &error);
      g_assert_no_error (error);
      while (read_so_far < wanted && read (out, &n, sizeof n) == sizeof n)
        {
          acknowledged = n;
          read_so_far++;
        }
      /* at any point of what it does now */
      until = g_get_monotonic_time () + g_test_rand_int_range (0, 3000);
      while (g_get_monotonic_time () < until)
        ;
      g_assert_cmpint (kill (writer, SIGKILL), ==, 0);
      while (read (out, &n, sizeof n) == sizeof n)
        acknowledged = n;
      close (out);
      g_assert_cmpint (waitpid (writer, NULL, 0), ==, writer);

      begin = g_get_monotonic_time ();
      {
        g_autoptr (RtStore) store = open_well (self->path);
        g_autoptr (RtStoreChat) chat = open_chat (store, "one");

        g_test_message ("round %u: %u acknowledged, open again in %.1f ms", round, acknowledged, (double) (g_get_monotonic_time () - begin) / 1000.0);
        g_assert_cmpuint (rt_store_chat_count (chat), >=, acknowledged);
        g_clear_object (&chat);
        close_store (store);
      }
      count = ask (self->path, "SELECT count (*) FROM messages");
      if (acknowledged > 0)
        assert_whole (self->path, count);
      {
        g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM messages WHERE time <= %u000000", acknowledged), *expected = g_strdup_printf ("%u", acknowledged);

        assert_answer (self->path, sql, expected);
      }
      /* what was there without having been acknowledged is not written twice: the next one begins behind it */
      acknowledged = (guint) g_ascii_strtoull (count, NULL, 10);
    }
}

/* ---- disks that fail ---- */

enum { N_FAULTY = 60 };

/* Adds messages while the disk may fail, then writes the rest with one that does not: all are there, once. */
static void
write_through (const char *path, guint n, int code, gboolean for_good)
{
  g_autoptr (RtStore) store = open_well (path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autofree char *expected = g_strdup_printf ("%u", N_FAULTY);

  faulty_vfs_fail (n, code, for_good);
  for (guint i = 0; i < N_FAULTY; i++)
    {
      add_numbered (chat, i, i % 7 == 0);
      if (i % 10 == 9)
        {
          g_autoptr (GError) error = NULL;

          if (!flush_chat (chat, &error))
            {
              g_autoptr (GAsyncResult) result = NULL;
              g_autoptr (RtStoreChatPage) page = NULL;

              g_assert_cmpint ((int) error->domain, ==, (int) RT_STORE_ERROR);
              g_assert_nonnull (strstr (rt_store_chat_get_error (chat), "kept in memory"));
              /* it can be read or not, but whatever is answered is all of it */
              rt_store_chat_page_async (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, N_FAULTY, NULL, rt_wait_result_cb, &result);
              rt_wait_result (result);
              page = rt_store_chat_page_finish (chat, result, NULL);
              if (page != NULL)
                g_assert_cmpuint (page->messages->len, ==, i + 1);
            }
        }
    }
  faulty_vfs_fail (0, code, FALSE);
  g_assert_true (flush_chat (chat, NULL));
  g_assert_null (rt_store_chat_get_error (chat));
  g_assert_cmpuint (rt_store_chat_count (chat), ==, N_FAULTY);
  g_clear_object (&chat);
  close_store (store);
  assert_whole (path, expected);
}

static void
test_disk_fails (Fixture *self, gconstpointer data)
{
  static const struct { int code; gboolean for_good; } kinds[] = {
    { SQLITE_IOERR_WRITE, FALSE }, { SQLITE_IOERR, TRUE }, { SQLITE_FULL, FALSE }, { SQLITE_FULL, TRUE },
  };
  guint n = choose (7, 500);

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (guint i = 1; i <= n; i++)
      {
        g_autofree char *path = g_strdup_printf ("%s-%u-%u", self->path, k, i);

        /* the quick run looks at some of the same places */
        write_through (path, n == 500 ? i : 1 + i * i * 2, kinds[k].code, kinds[k].for_good);
        g_unlink (path);
      }
}

/* While it opens: it does, or says why not; and a good database is never set aside for it. */
static void
test_disk_fails_at_start (Fixture *self, gconstpointer data)
{
  guint n = choose (18, 300);

  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s-%u", self->path, i), *aside = g_strconcat (path, ".damaged-1", NULL);
      g_autoptr (RtStore) store = rt_store_new ();
      g_autofree char *notice = NULL;
      g_autoptr (GError) error = NULL;

      if (i % 2 == 0)
        {
          g_autoptr (RtStore) before = open_well (path);
          g_autoptr (RtStoreChat) chat = open_chat (before, "one");

          add_numbered (chat, 1, FALSE);
          g_assert_true (flush_chat (chat, NULL));
          g_clear_object (&chat);
          close_store (before);
        }
      faulty_vfs_fail (n == 300 ? i : i * 3, SQLITE_IOERR, i % 3 == 0);
      if (!open_store (store, path, &notice, &error))
        g_assert_cmpint ((int) error->domain, ==, (int) RT_STORE_ERROR);
      faulty_vfs_fail (0, SQLITE_IOERR, FALSE);
      g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
      close_somehow (store);
      g_clear_object (&store);
      store = open_well (path);
      close_store (store);
      assert_answer (path, "PRAGMA user_version", "9");
      if (i % 2 == 0)
        assert_whole (path, "1");
    }
}

static void
test_full (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreChatPage) page = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_chat_set_retry (chat, 100);
  for (guint i = 0; i < 3000; i++)
    {
      add_numbered (chat, i, i % 100 == 0);
      if (i == 999)
        {
          g_assert_true (flush_chat (chat, NULL));
          faulty_vfs_fail (1, SQLITE_FULL, TRUE);
        }
    }
  g_assert_false (flush_chat (chat, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (rt_store_chat_get_error (chat), "Make room on the disk"));
  page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 1000);
  g_assert_cmpuint (page->messages->len, ==, 1000);
  g_assert_cmpint (((RtStoreMessage *) page->messages->pdata[0])->time, ==, 2001 * SECOND);
  faulty_vfs_fail (0, SQLITE_FULL, FALSE);
  /* nobody has to do anything: it is tried again by itself */
  rt_wait_until (rt_store_chat_get_error (chat) == NULL);
  g_clear_object (&chat);
  close_store (store);
  assert_whole (self->path, "3000");
}

/* What the worker has been given in a hurry comes back, too, when the disk takes nothing: also what it says of messages that came before it. */
static void
test_hurried (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreMessage) message = make_message (chat, 1, SECOND, "message 0 of them");
  g_autoptr (RtStoreChatPage) page = NULL;
  gboolean for_good = data == NULL;

  rt_store_chat_set_retry (chat, 100);
  message->flags = RT_STORE_MESSAGE_OWN;
  /* or only the first is not written: the second is not, either, for it says something of that */
  faulty_vfs_fail (1, SQLITE_FULL, for_good);
  rt_store_chat_add (chat, message, TRUE);
  message->n_links = 7;
  rt_store_chat_update (chat, message, FALSE);
  add_message (chat, 2, 2 * SECOND, "message 1 of them");
  rt_store_chat_hurry (chat);
  add_message (chat, 3, 3 * SECOND, "message 2 of them");
  add_message (chat, 2, 2 * SECOND, "message 1 once more");
  rt_store_chat_hurry (chat);
  page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 10);
  g_assert_cmpuint (page->messages->len, ==, 3);
  g_assert_true (flush_chat (chat, NULL) != for_good);
  g_assert_true (!for_good || strstr (rt_store_chat_get_error (chat), "Make room on the disk") != NULL);
  faulty_vfs_fail (0, SQLITE_FULL, FALSE);
  rt_wait_until (rt_store_chat_get_error (chat) == NULL);
  g_assert_true (flush_chat (chat, NULL));
  g_assert_cmpuint (rt_store_chat_count (chat), ==, 3);
  g_clear_object (&chat);
  close_store (store);
  assert_whole (self->path, "3");
  assert_answer (self->path, "SELECT group_concat (n_links, ' ') FROM (SELECT n_links FROM messages ORDER BY time)", "7 0 0");
}

/* ---- mending without room ---- */

typedef struct {
  guint64 most_room;            /* to be set */
  gint64  wait;                 /* until it is tried again */
} Look;

/* In the worker: lets it be time to try again, when that was planned. */
static void
look_job (RtStoreDb *db, GTask *task)
{
  Look *look = g_task_get_task_data (task);

  db->most_room = look->most_room;
  look->wait = db->next_try == 0 ? 0 : db->next_try - g_get_monotonic_time ();
  if (db->next_try != 0)
    db->next_try = 1;
  g_task_return_boolean (task, TRUE);
}

static gint64
look_at_worker (RtStore *store, guint64 most_room)
{
  g_autoptr (GAsyncResult) result = NULL;
  Look look = { .most_room = most_room };
  GTask *task = g_task_new (store, NULL, rt_wait_result_cb, &result);

  g_task_set_task_data (task, &look, NULL);
  rt_store_queue (store, task, RT_STORE_JOB_ANY, look_job);
  rt_wait_result (result);
  return look.wait;
}

static void
noticed_cb (RtStore *store, const char *words, char **heard)
{
  g_free (*heard);
  *heard = g_strdup (words);
}

/* A damaged database on a disk that is full, or too small for two of it: nothing is copied in vain each second, and when it was mended at last the person is told. */
static void
test_no_room_to_mend (Fixture *self, gconstpointer data)
{
  g_autofree char *mark = g_strconcat (self->path, ".is-damaged", NULL), *mended = g_strconcat (self->path, ".mended", NULL), *heard = NULL;
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (RtStore) before = open_well (self->path);
    g_autoptr (RtStoreChat) chat = open_chat (before, "one");

    add_numbered (chat, 0, FALSE);
    g_assert_true (flush_chat (chat, NULL));
    g_clear_object (&chat);
    close_store (before);
  }
  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  g_signal_connect (store, "noticed", G_CALLBACK (noticed_cb), &heard);
  look_at_worker (store, 4096);
  faulty_vfs_fail (1, SQLITE_FULL, TRUE);
  g_assert_false (open_store (store, self->path, NULL, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, "no room"));
  /* it was not even tried */
  g_assert_cmpuint (faulty_vfs_get_n_operations (), ==, 0);
  g_assert_false (g_file_test (mended, G_FILE_TEST_EXISTS));

  /* room by what the disk says, and yet none: not the next moment again */
  g_assert_cmpint (look_at_worker (store, 0), >, 50 * G_USEC_PER_SEC);
  g_assert_false (set_profile (store, "a", "b", NULL));
  g_assert_cmpuint (faulty_vfs_get_n_operations (), >, 0);
  g_assert_false (g_file_test (mended, G_FILE_TEST_EXISTS));
  g_assert_null (heard);
  faulty_vfs_fail (0, SQLITE_FULL, FALSE);
  g_assert_false (set_profile (store, "a", "b", NULL));
  g_assert_cmpint (look_at_worker (store, 0), >, 50 * G_USEC_PER_SEC);
  g_assert_true (set_profile (store, "a", "b", NULL));
  g_assert_nonnull (heard);
  g_assert_nonnull (strstr (heard, "was damaged"));
  close_store (store);
  assert_whole (self->path, "1");
}

/* ---- a folder that cannot be written ---- */

/* What an older one has not got is as a migration would make it. */
static void
assert_read (RtStore *store, int version)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) networks = load_networks (store), blocks = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (networks->len, ==, 1);
  g_assert_cmpstr (((RtStoreNetwork *) networks->pdata[0])->announce, ==, version < 6 ? "no" : "everybody");
  g_assert_cmpint (((RtStoreNetwork *) networks->pdata[0])->map_port, ==, version >= 8);
  rt_store_load_blocks_async (store, "one", rt_wait_result_cb, &result);
  rt_wait_result (result);
  blocks = rt_store_load_blocks_finish (store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (blocks->len, ==, version < 7 ? 0 : 1);
}

/* In another process, because root may write everywhere: it becomes somebody else. */
static int
run_reader (const char *path, int version)
{
  g_autofree char *folder = g_path_get_dirname (path), *notice = NULL;
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (RtStoreChat) chat = NULL;
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    return 77;
  g_assert_true (open_store (store, path, &notice, &error));
  g_assert_nonnull (strstr (notice, "Make the folder writable"));
  assert_read (store, version);
  chat = rt_store_chat_new (store, "one");
  rt_store_chat_set_retry (chat, 100);
  {
    g_autoptr (RtStoreChatState) state = load_chat (chat);
    g_autoptr (RtStoreChatPage) page = NULL;

    g_assert_cmpuint (state->tail->len, ==, 5);
    add_numbered (chat, 100, TRUE);
    g_assert_false (flush_chat (chat, &error));
    g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_READ_ONLY);
    g_assert_nonnull (strstr (rt_store_chat_get_error (chat), "Make the folder writable"));
    page = load_page (chat, RT_STORE_CHAT_PAGE_TAIL, 0, 0, 10);
    g_assert_cmpuint (page->messages->len, ==, 6);
  }
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  rt_wait_until (rt_store_chat_get_error (chat) == NULL);
  g_clear_object (&chat);
  close_store (store);
  assert_whole (path, "6");
  return 0;
}

static void
test_read_only (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int version = GPOINTER_TO_INT (data);
  g_autofree char *number = g_strdup_printf ("%d", version);
  const char *argv[] = { program, "--reader", self->path, number, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  {
    g_autoptr (RtStore) store = open_well (self->path);
    g_autoptr (RtStoreChat) chat = open_chat (store, "one");

    for (guint i = 0; i < 5; i++)
      add_numbered (chat, i, FALSE);
    g_assert_true (flush_chat (chat, NULL));
    g_clear_object (&chat);
    close_store (store);
  }
  tell (self->path, "UPDATE networks SET announce = 'everybody', map_port = 1");
  tell (self->path, "INSERT INTO blocks VALUES ('one', 0, 'eve', 'Eve', 5)");
  go_back_to (self->path, version);
  g_assert_cmpint (g_chmod (self->folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (self->path, 0400), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0500), ==, 0);
  if (geteuid () == 0)
    {
      g_autofree char *lock = g_strconcat (self->path, ".lock", NULL);

      if (chown (self->path, 65534, 65534) != 0 || chown (folder, 65534, 65534) != 0 || chown (lock, 65534, 65534) != 0)
        {
          g_test_skip ("nobody else can be the owner of the folder");
          return;
        }
    }
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("this user cannot become another one");
  else
    g_assert_cmpint (status, ==, 0);
  g_chmod (folder, 0700);
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--writer"))
    return run_writer (argv[2], (guint) g_ascii_strtoull (argv[3], NULL, 10));
  if (argc == 4 && g_str_equal (argv[1], "--reader"))
    return run_reader (argv[2], atoi (argv[3]));
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  faulty_vfs_install ();

#define ADD(name, func) g_test_add ("/store-survives/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("killed", test_killed);
  ADD ("full", test_full);
  ADD ("disk-fails", test_disk_fails);
  ADD ("disk-fails-at-start", test_disk_fails_at_start);
  ADD ("hurried", test_hurried);
  g_test_add ("/store-survives/hurried-once", Fixture, "once", fixture_set_up, test_hurried, fixture_tear_down);
  ADD ("no-room-to-mend", test_no_room_to_mend);
#define ADD_READ_ONLY(version) g_test_add ("/store-survives/read-only/" #version, Fixture, GINT_TO_POINTER (version), fixture_set_up, test_read_only, fixture_tear_down)
  ADD_READ_ONLY (5);
  ADD_READ_ONLY (6);
  ADD_READ_ONLY (7);
  ADD_READ_ONLY (8);
  return g_test_run ();
}
