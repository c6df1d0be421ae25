/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of the database are not what they were: it opens, and all that the damage did not touch is there. STORE_DEEP=1: as often as reliability.md section 9 says. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat-test.h"
#include "faulty-vfs.h"
#include "store/rt-store-salvage.h"

enum { N_DAMAGED = 2000 };

/* A database with all kinds of things in it, its bytes. */
static GBytes *
make_database (const char *path)
{
  g_autoptr (RtStore) store = open_well (path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autofree char *bytes = NULL, *large = g_strnfill (9000, 'l');
  gsize length;

  for (guint i = 0; i < N_DAMAGED; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u of them %s", i, i % 200 == 0 ? large : "with some words more");
      g_autoptr (RtStoreMessage) message = make_message (chat, i, (gint64) (i + 1) * SECOND, text);

      message->flags = i % 50 == 0 ? RT_STORE_MESSAGE_OWN : 0;
      rt_store_chat_add (chat, message, FALSE);
    }
  g_assert_true (flush_chat (chat, NULL));
  g_assert_true (set_profile (store, "user-name", "Ada", NULL));
  g_clear_object (&chat);
  close_store (store);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

/* Opened, and all of it looked at, as a person would: how many messages are as they were. A damage that is found only then is mended at the next start. */
static guint
count_sound (const char *path)
{
  guint n_sound = 0;

  for (guint start = 0; start < 3; start++)
    {
      g_autoptr (RtStore) store = rt_store_new ();
      g_autoptr (GPtrArray) networks = NULL;
      g_autofree char *notice = NULL;
      g_autoptr (GError) error = NULL;
      gint64 time = 0, row = 0;
      gboolean more = TRUE;

      /* it never comes to an end of it otherwise */
      g_assert_cmpuint (start, <, 2);
      n_sound = 0;
      if (!open_store (store, path, &notice, &error))
        {
          /* one bit of the version: nobody can know that it is not newer. All is as it was */
          g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_TOO_NEW);
          close_somehow (store);
          return N_DAMAGED;
        }
      networks = load_networks (store);
      for (guint i = 0; i < networks->len; i++, more = TRUE, time = 0, row = 0)
        {
          g_autoptr (RtStoreChat) chat = rt_store_chat_new (store, ((RtStoreNetwork *) networks->pdata[i])->uuid);

          while (more && error == NULL)
            {
              g_autoptr (GAsyncResult) result = NULL;
              g_autoptr (RtStoreChatPage) page = NULL;

              rt_store_chat_page_async (chat, RT_STORE_CHAT_PAGE_AFTER, time, row, 500, NULL, rt_wait_result_cb, &result);
              rt_wait_result (result);
              page = rt_store_chat_page_finish (chat, result, &error);
              more = page != NULL && page->has_after && page->messages->len > 0;
              for (guint k = 0; page != NULL && k < page->messages->len; k++)
                {
                  const RtStoreMessage *message = page->messages->pdata[k];
                  g_autofree char *beginning = g_strdup_printf ("message %d of them ", (int) (message->time / SECOND) - 1);

                  time = message->time;
                  row = message->row;
                  n_sound += g_str_has_prefix (message->text, beginning);
                }
            }
          if (error == NULL)
            {
              g_autoptr (GAsyncResult) result = NULL;

              /* a person goes on, and words are looked for */
              add_numbered (chat, 100000 + start, TRUE);
              flush_chat (chat, &error);
              g_clear_error (&error);
              rt_store_search_async (store, &(RtStoreQuery) { .words = (char *) "message words" }, NULL, rt_wait_result_cb, &result);
              rt_wait_result (result);
              {
                g_autoptr (RtStoreResult) found G_GNUC_UNUSED = rt_store_search_finish (store, result, &error);
              }
            }
        }
      close_somehow (store);
      if (!g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED))
        break;
    }
  return n_sound;
}

static void
write_damaged (const char *path, const guint8 *bytes, gsize length)
{
  static const char * const others[] = { "", "-wal", "-shm", ".damaged-1", ".damaged-2", ".is-damaged", ".mended", ".mended-is-whole" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *name = g_strconcat (path, others[i], NULL);

      g_unlink (name);
    }
  g_assert_true (g_file_set_contents (path, (const char *) bytes, (gssize) length, NULL));
}

static void
test_flipped (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole = make_database (self->path);
  gsize length = g_bytes_get_size (whole);
  guint rounds = choose (40, 2000), least = N_DAMAGED;
  guint64 sum = 0;

  for (guint i = 0; i < rounds; i++)
    {
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      /* some in what every database begins with, the others anywhere */
      gsize at = i % 10 == 0 ? (gsize) g_test_rand_int_range (0, 4096) : (gsize) g_test_rand_int_range (0, (gint32) length);
      guint n;

      bytes[at] ^= (guint8) (1 << g_test_rand_int_range (0, 8));
      write_damaged (self->path, bytes, length);
      n = count_sound (self->path);
      if (n < N_DAMAGED * 98 / 100)
        g_test_message ("byte %" G_GSIZE_FORMAT " of page %" G_GSIZE_FORMAT ": %u of %u messages", at % 4096, at / 4096 + 1, n, (guint) N_DAMAGED);
      sum += n;
      least = MIN (least, n);
    }
  g_test_message ("%u flipped bytes: %.3f %% of all messages, at least %u of %u", rounds, (double) sum / rounds / N_DAMAGED * 100.0, least, (guint) N_DAMAGED);
  g_assert_cmpfloat ((double) sum / rounds, >=, N_DAMAGED * 0.99);
}

/* Each bit of what every database begins with: no number in it may make SQLite speak of something else than a damage. */
static void
test_first_bytes (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole = make_database (self->path);
  gsize length = g_bytes_get_size (whole);

  /* the lowest bits are those that SQLite takes for something else */
  for (guint bit = 0; bit < 100 * 8; bit += bit % 8 == 0 ? 1 : choose (7, 1))
    {
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      g_autofree char *place = g_strdup_printf ("bit %u of byte %u", bit % 8, bit / 8);

      bytes[bit / 8] ^= (guint8) (1 << bit % 8);
      write_damaged (self->path, bytes, length);
      if (count_sound (self->path) < N_DAMAGED * 99 / 100)
        g_error ("%s: messages were lost", place);
    }
}

/* A bit of a column's name, where the database says what tables it has: SQLite finds nothing wrong with the file then, and no such column. */
static void
test_names (Fixture *self, gconstpointer data)
{
  static const char * const names[] = { "n_attempts", "id_head", "reply_to", "read_time", "words_folding" };
  g_autoptr (GBytes) whole = make_database (self->path);
  gsize length = g_bytes_get_size (whole);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      guint8 *at = memmem (bytes, length, names[i], strlen (names[i]));
      guint n;

      g_assert_nonnull (at);
      *at ^= 1;
      write_damaged (self->path, bytes, length);
      n = count_sound (self->path);
      g_test_message ("%s: %u of %u messages", names[i], n, (guint) N_DAMAGED);
      g_assert_cmpuint (n, >=, N_DAMAGED * 98 / 100);
    }
}

static gboolean
count_row (const RtStoreValue *values, gpointer user_data)
{
  (*(guint *) user_data)++;
  return TRUE;
}

static void
test_truncated (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole = make_database (self->path);
  gsize length = g_bytes_get_size (whole);
  guint rounds = choose (12, 200);

  for (guint i = 0; i < rounds; i++)
    {
      gsize end = i == 0 ? 0 : (gsize) g_test_rand_int_range (0, (gint32) length);
      guint n_there = 0, n;

      write_damaged (self->path, g_bytes_get_data (whole, NULL), end);
      rt_store_pages_find_messages (self->path, count_row, &n_there);
      n = count_sound (self->path);
      g_assert_cmpuint (n, >=, n_there * 99 / 100);
    }
}

/* A large database is not looked at as a whole when it is opened: what is found later is mended at the next start, and said. */
static void
test_found_later (Fixture *self, gconstpointer data)
{
  g_autofree char *mark = NULL, *notice = NULL, *name = NULL, *bytes = NULL, *aside = NULL;
  g_autoptr (GBytes) whole = make_database (self->path);
  g_autoptr (RtStore) store = NULL;
  gsize length;

  mark = g_strconcat (self->path, ".is-damaged", NULL);
  aside = g_strconcat (self->path, ".damaged-1", NULL);
  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  store = rt_store_new ();
  g_assert_true (open_store (store, self->path, &notice, NULL));
  g_assert_nonnull (strstr (notice, "2000 messages"));
  g_assert_nonnull (strstr (notice, aside));
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  name = get_profile (store, "user-name", NULL);
  g_assert_cmpstr (name, ==, "Ada");
  close_store (store);
  assert_whole (self->path, "2000");
  assert_answer (self->path, "SELECT n_unread FROM chats", "1960");
  /* the damaged one is as it was, and nothing else is left */
  g_assert_true (g_file_get_contents (aside, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
  g_free (g_steal_pointer (&aside));
  aside = g_strconcat (self->path, "-reading", NULL);
  g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
}

/* There is no room for a new one: the damaged one stays what it is, and where it is, until there is. */
static void
test_no_room (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole = make_database (self->path);
  g_autofree char *mark = g_strconcat (self->path, ".is-damaged", NULL), *aside = g_strconcat (self->path, ".damaged-1", NULL);

  for (guint i = 1; i < 400; i += choose (60, 3))
    {
      g_autoptr (RtStore) store = rt_store_new ();
      g_autofree char *notice = NULL, *bytes = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      g_assert_true (g_file_set_contents (mark, "", 0, NULL));
      faulty_vfs_fail (i, SQLITE_FULL, TRUE);
      if (open_store (store, self->path, &notice, &error))
        {
          faulty_vfs_fail (0, SQLITE_FULL, FALSE);
          close_somehow (store);
          g_unlink (aside);
          continue;
        }
      faulty_vfs_fail (0, SQLITE_FULL, FALSE);
      g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FULL);
      close_somehow (store);
      g_assert_false (g_file_test (aside, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_test (mark, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
      if (i == 1)
        g_assert_cmpmem (bytes, length, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
    }
  g_assert_cmpuint (count_sound (self->path), ==, N_DAMAGED);
}

/* Killed between the two moves, or before them: it is ended, or done again. */
static void
test_killed_while_mended (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole G_GNUC_UNUSED = make_database (self->path);
  g_autofree char *mark = g_strconcat (self->path, ".is-damaged", NULL), *mended = g_strconcat (self->path, ".mended", NULL);

  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  g_assert_true (g_file_set_contents (mended, "half of it", -1, NULL));
  g_assert_cmpuint (count_sound (self->path), ==, N_DAMAGED);
  g_assert_false (g_file_test (mended, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (self->path, mended), ==, 0);
  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  g_assert_cmpuint (count_sound (self->path), ==, N_DAMAGED);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS) || g_file_test (mended, G_FILE_TEST_EXISTS));
}

/* Killed when the new one was whole, and of the damaged one nothing, or only what is beside it, was moved: the new one is taken as it is. */
static void
test_killed_when_whole (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole G_GNUC_UNUSED = make_database (self->path);
  g_autofree char *mark = g_strconcat (self->path, ".is-damaged", NULL), *mended = g_strconcat (self->path, ".mended", NULL);
  g_autofree char *is_whole = g_strconcat (mended, "-is-whole", NULL), *aside = g_strconcat (self->path, ".damaged-1", NULL), *aside_wal = g_strconcat (aside, "-wal", NULL);

  for (guint moved = 0; moved < 2; moved++)
    {
      g_autofree char *bytes = NULL;

      g_assert_cmpint (g_rename (self->path, mended), ==, 0);
      g_assert_true (g_file_set_contents (self->path, "what it was made of", -1, NULL));
      g_assert_true (g_file_set_contents (mark, "", 0, NULL) && g_file_set_contents (is_whole, "", 0, NULL));
      if (moved)
        g_assert_true (g_file_set_contents (aside_wal, "its WAL", -1, NULL));
      g_assert_cmpuint (count_sound (self->path), ==, N_DAMAGED);
      g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS) || g_file_test (mended, G_FILE_TEST_EXISTS) || g_file_test (is_whole, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_get_contents (aside, &bytes, NULL, NULL));
      g_assert_cmpstr (bytes, ==, "what it was made of");
      g_assert_cmpint (g_unlink (aside), ==, 0);
    }
  /* in its place already */
  g_assert_true (g_file_set_contents (mark, "", 0, NULL) && g_file_set_contents (is_whole, "", 0, NULL));
  g_assert_cmpuint (count_sound (self->path), ==, N_DAMAGED);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS) || g_file_test (is_whole, G_FILE_TEST_EXISTS) || g_file_test (aside, G_FILE_TEST_EXISTS));
}

enum { N_ERASED = 600 };

/* All that is of the network goes, as it does when nobody asks for anything else. */
static void
erase_network (const char *path)
{
  g_autoptr (RtStore) store = open_well (path);
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_remove_network_async (store, "two", rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_remove_network_finish (store, result, NULL));
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *left = ask (path, "SELECT (SELECT count (*) FROM messages) + (SELECT count (*) FROM chats)");

      if (atoi (left) == N_DAMAGED + 1)
        break;
      g_assert_cmpuint (i, <, 599);
      rt_wait_milliseconds (50);
    }
  close_store (store);
}

/* What was erased is nowhere in the file; and where it still is in free pages, as with what did not overwrite them, mending does not bring it back. */
static void
test_erased (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole G_GNUC_UNUSED = make_database (self->path);
  g_autofree char *before = NULL, *bytes = NULL, *mark = g_strconcat (self->path, ".is-damaged", NULL);
  gsize length, length_before;
  guint n_found;
  sqlite3 *db = NULL;
  guint8 *leaf;

  {
    g_autoptr (RtStore) store = open_well (self->path);
    g_autoptr (RtStoreChat) chat = open_chat (store, "two");

    for (guint i = 0; i < N_ERASED; i++)
      {
        g_autofree char *text = g_strdup_printf ("erased thing %u of them, with some words more", i);

        add_message (chat, 10000 + i, (gint64) (10000 + i) * SECOND, text);
      }
    g_assert_true (flush_chat (chat, NULL));
    g_clear_object (&chat);
    close_store (store);
  }
  g_assert_true (g_file_get_contents (self->path, &before, &length_before, NULL));
  g_assert_nonnull (memmem (before, length_before, "erased thing", strlen ("erased thing")));
  erase_network (self->path);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  g_assert_null (memmem (bytes, length, "erased thing", strlen ("erased thing")));

  /* the same by hand, without anything overwritten */
  g_free (g_steal_pointer (&bytes));
  g_assert_true (g_file_set_contents (self->path, before, (gssize) length_before, NULL));
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA secure_delete = OFF;"
                                     "DELETE FROM messages WHERE chat = (SELECT id FROM chats WHERE network = 'two');"
                                     "DELETE FROM chats WHERE network = 'two'; DELETE FROM networks WHERE uuid = 'two'", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  g_assert_nonnull (memmem (bytes, length, "erased thing", strlen ("erased thing")));
  /* a leaf in the midst of what is kept is of no use any more */
  leaf = memmem (bytes, length, "message 1030 of them", strlen ("message 1030 of them"));
  g_assert_nonnull (leaf);
  memset (bytes + ((char *) leaf - bytes) / 4096 * 4096, 0xff, 4096);
  write_damaged (self->path, (const guint8 *) bytes, length);
  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  n_found = count_sound (self->path);
  g_test_message ("%u of %u messages", n_found, (guint) N_DAMAGED);
  g_assert_cmpuint (n_found, >=, N_DAMAGED * 98 / 100);
  g_assert_cmpuint (n_found, <, N_DAMAGED);
  assert_answer (self->path, "SELECT count (*) FROM messages WHERE text LIKE 'erased%'", "0");
  assert_answer (self->path, "SELECT count (*) FROM networks", "1");
}

/* Each bit of the version. */
static void
test_version (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) whole = make_database (self->path);
  gsize length = g_bytes_get_size (whole);
  guint n_refused = 0;

  for (guint bit = 0; bit < 32; bit++)
    {
      g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), length);
      g_autofree char *aside = g_strconcat (self->path, ".damaged-1", NULL);

      bytes[60 + bit / 8] ^= (guint8) (1 << bit % 8);
      write_damaged (self->path, bytes, length);
      g_assert_cmpuint (count_sound (self->path), ==, N_DAMAGED);
      n_refused += !g_file_test (aside, G_FILE_TEST_EXISTS);
    }
  /* 11, 13, 25, 41, 73, 137, 265, 521 may be newer ones */
  g_assert_cmpuint (n_refused, ==, 8);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  faulty_vfs_install ();

#define ADD(name, func) g_test_add ("/store-damage/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("found-later", test_found_later);
  ADD ("killed-while-mended", test_killed_while_mended);
  ADD ("killed-when-whole", test_killed_when_whole);
  ADD ("erased", test_erased);
  ADD ("version", test_version);
  ADD ("no-room", test_no_room);
  ADD ("first-bytes", test_first_bytes);
  ADD ("names", test_names);
  ADD ("flipped", test_flipped);
  ADD ("truncated", test_truncated);
  return g_test_run ();
}
