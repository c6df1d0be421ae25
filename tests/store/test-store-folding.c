/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How words are folded in the index, and how an index of an older folding becomes one of today: in the midst of use, stopped and killed. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chat-test.h"
#include "store/rt-store-chat-private.h"
#include "store/rt-store-words.h"

static const char *program;

/* What the index was given must be what takes it out again, for ever: a change here is a new folding. */
static void
test_index_is_fixed (void)
{
  static const struct { const char *text, *before, *now; } spread[] = {
    { "Plain Text", "Plain Text", "Plain Text" },
    { "Plain text, größer", "Plain text, größer", "plain text, grosser" },
    { "a世b界🎉ไ한", "a 世 b 界  🎉  ไ  한 ", "a 世 b 界  🎉  ไ  한 " },
    { "Ёлка, МОЙ, ЇЖАК", "Ёлка, МОЙ, ЇЖАК", "елка, мой, їжак" },
    { "أَحْمَدُ آية ٱلْمَدْرَسَـةُ لئن شيء", "أَحْمَدُ آية ٱلْمَدْرَسَـةُ لئن شيء", "احمد ايه المدرسه لين شيء" },
    { "हिन्दी ไทย", "हिन्दी  ไ  ท  ย ", "हिन्दी  ไ  ท  ย " },
    { "שָׁלוֹם İı ½", "שָׁלוֹם İı ½", "שלום ii 1\342\201\2042" },
  };
  g_autofree char *tags = rt_store_words_tags (12, "sender", "a #b");

  for (guint i = 0; i < G_N_ELEMENTS (spread); i++)
    {
      g_autofree char *before = rt_store_words_spread_before (spread[i].text), *now = rt_store_words_spread (spread[i].text);

      g_assert_cmpstr (before, ==, spread[i].before);
      g_assert_cmpstr (now, ==, spread[i].now);
    }
  g_assert_cmpstr (tags, ==, "c12 s1b81f886 h");
}

/* No letter becomes very many, and what is folded is as it is when it is folded again. */
static void
test_folding_is_bounded (void)
{
  for (gunichar c = 1; c <= 0x10ffff; c++)
    {
      char letter[7] = { 0 };
      g_autofree char *once = NULL, *twice = NULL;

      if (!g_unichar_validate (c))
        continue;
      g_unichar_to_utf8 (c, letter);
      once = rt_store_words_spread (letter);
      g_assert_true (g_utf8_validate (once, -1, NULL));
      g_assert_cmpuint (strlen (once), <=, 24);
      /* spaces around what stands alone are added again */
      twice = rt_store_words_spread (g_strstrip (once));
      if (c >= 0x80)
        g_assert_cmpstr (g_strstrip (twice), ==, once);
    }
}

static void
make_old (const char *path)
{
  tell (path, "UPDATE words_folding SET version = 1, below = 9223372036854775807");
}

/* Until the worker has made the index anew. */
static void
wait_folded (const char *path)
{
  for (gint64 end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;;)
    {
      g_autofree char *below = ask (path, "SELECT below FROM words_folding");

      if (g_strcmp0 (below, "0") == 0)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
}

static void
assert_no_words (Fixture *self)
{
  static const char * const all[] = { "елка", "ё", "strasse", "große", "كتاب", "كِتاب", "plain" };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM message_words WHERE message_words MATCH '\"%s\" *'", all[i]);

      assert_answer (self->path, sql, "0");
    }
}

/* An index that is as the folding before this one had it: what is written is found as it was, told so; made anew in the background, as folded; and taken out again, whichever it is. */
static void
test_refolding (Fixture *self, gconstpointer data)
{
  static const char * const said[] = { "ёлка", "елка", "große Straße", "grosse Strasse", "كِتَاب", "plain" };
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = NULL;
  g_autoptr (RtStoreResult) result = NULL;

  make_old (self->path);
  chat = open_chat (store, "one");
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    add_message (chat, i + 1, (i + 1) * SECOND, said[i]);
  g_assert_true (flush_chat (chat, NULL));
  ASSERT_FOUND (store, "ёлка ", "2 1");
  ASSERT_FOUND (store, "елка ", "2");
  ASSERT_FOUND (store, "große ", "4 3");
  ASSERT_FOUND (store, "grosse ", "4");
  ASSERT_FOUND (store, "plain ", "6");
  result = search (store, &(RtStoreQuery) { .words = (char *) "x" });
  g_assert_cmpint (result->exact_before, ==, 6 * SECOND);
  close_store (store);
  g_clear_object (&chat);
  g_clear_object (&store);

  store = open_well (self->path);
  wait_folded (self->path);
  assert_answer (self->path, "SELECT version FROM words_folding", "2");
  chat = open_chat (store, "one");
  ASSERT_FOUND (store, "ёлка ", "2 1");
  ASSERT_FOUND (store, "елка ", "2 1");
  ASSERT_FOUND (store, "große ", "4 3");
  ASSERT_FOUND (store, "\"grosse strasse\" ", "4 3");
  ASSERT_FOUND (store, "كتاب ", "5");
  ASSERT_FOUND (store, "plain ", "6");
  g_clear_pointer (&result, rt_store_result_free);
  result = search (store, &(RtStoreQuery) { .words = (char *) "x" });
  g_assert_cmpint (result->exact_before, ==, 0);
  /* all of them go, with their words */
  rt_store_chat_set_limits (chat, 1, G_MAXUINT64, G_MAXSIZE);
  add_message (chat, 50, 50 * SECOND, "other");
  g_assert_true (flush_chat (chat, NULL));
  assert_no_words (self);
}

/* Another process, which has nothing else to do. */
static int
run_folder (const char *path)
{
  g_autoptr (RtStore) store G_GNUC_UNUSED = open_well (path);

  if (write (STDOUT_FILENO, "x", 1) != 1)
    return 1;
  for (;;)
    pause ();
}

/* Killed at any point: it goes on from there, and no message is in the index twice or not at all. */
static void
test_killed (Fixture *self, gconstpointer data)
{
  guint n = choose (2000, 20000), rounds = choose (8, 100);
  g_autofree char *expected = g_strdup_printf ("%u", n);
  const char *argv[] = { program, "--folder", self->path, NULL };

  {
    g_autoptr (RtStore) store = open_well (self->path);
    g_autoptr (RtStoreChat) chat = NULL;

    make_old (self->path);
    chat = open_chat (store, "one");
    for (guint i = 0; i < n; i++)
      add_message (chat, i, (i + 1) * SECOND, "ёлка Straße");
    g_assert_true (flush_chat (chat, NULL));
    close_store (store);
  }
  for (guint round = 0; round < rounds; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *left = NULL;
      GPid folder;
      char begun;
      int out;

      g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &folder, NULL, &out, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (read (out, &begun, 1), ==, 1);
      g_usleep ((gulong) g_test_rand_int_range (0, 200000));
      g_assert_cmpint (kill (folder, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (folder, NULL, 0), ==, folder);
      close (out);
      left = ask (self->path, "SELECT count (*) FROM messages WHERE place < (SELECT below FROM words_folding)");
      g_test_message ("round %u: %s left", round, left);
      {
        /* what is done and what is not, each in its form */
        g_autofree char *sql = g_strdup_printf ("SELECT (SELECT count (*) FROM message_words WHERE message_words MATCH '\"ёлка\"') || ' ' ||"
                                                " (SELECT count (*) FROM message_words WHERE message_words MATCH '\"елка\"')");
        g_autofree char *both = g_strdup_printf ("%s %u", left, n - (guint) g_ascii_strtoull (left, NULL, 10));

        assert_answer (self->path, sql, both);
      }
    }
  {
    g_autoptr (RtStore) store G_GNUC_UNUSED = open_well (self->path);

    wait_folded (self->path);
    assert_answer (self->path, "SELECT count (*) FROM message_words WHERE message_words MATCH '\"елка\"'", expected);
    assert_answer (self->path, "SELECT count (*) FROM message_words WHERE message_words MATCH '\"ёлка\"'", "0");
    assert_answer (self->path, "PRAGMA integrity_check", "ok");
  }
}

/* One that can only be read may be of a version without the table: all of it is of the folding before. */
static void
test_without_table (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (RtStoreResult) result = NULL;

  tell (self->path, "DROP TABLE words_folding");
  add_message (chat, 1, SECOND, "ёлка");
  g_assert_true (flush_chat (chat, NULL));
  ASSERT_FOUND (store, "ёлка ", "1");
  result = search (store, &(RtStoreQuery) { .words = (char *) "x" });
  g_assert_cmpint (result->exact_before, ==, SECOND);
}

/* Stopped anywhere, at it goes on; what comes, goes and is asked for in the meantime is where it should be. */
static void
test_refolding_is_stopped (Fixture *self, gconstpointer data)
{
  enum { N = 3000 };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint n = N;

  {
    g_autoptr (RtStore) store = open_well (self->path);
    g_autoptr (RtStoreChat) chat = NULL;

    make_old (self->path);
    chat = open_chat (store, "one");
    for (guint i = 0; i < N; i++)
      add_message (chat, i, (i + 1) * SECOND, i % 3 == 0 ? "plain" : "ёлка Straße");
    g_assert_true (flush_chat (chat, NULL));
    close_store (store);
  }
  for (guint round = 0; round < 8; round++)
    {
      g_autoptr (RtStore) store = open_well (self->path);
      g_autoptr (RtStoreChat) chat = open_chat (store, "one");
      gint64 before = 0;

      g_usleep ((gulong) g_rand_int_range (rand, 20000, 100000));
      /* into what is done, and what is not */
      add_message (chat, n, g_rand_int_range (rand, 1, N) * SECOND, "ёлка Straße");
      n++;
      g_assert_true (flush_chat (chat, NULL));
      {
        guint found = 0;

        /* as it is written it is found, wherever it is */
        for (gboolean more = TRUE; more;)
          {
            g_autoptr (RtStoreResult) result = search (store, &(RtStoreQuery) { .words = (char *) "ёлка ", .to = before });

            found += result->hits->len;
            more = result->has_more;
            if (more)
              before = ((RtStoreHit *) result->hits->pdata[result->hits->len - 1])->message->time - 1;
          }
        g_assert_cmpuint (found, >=, N * 2 / 3 - 8);
      }
      close_store (store);
    }
  {
    g_autoptr (RtStore) store = open_well (self->path);
    g_autoptr (RtStoreChat) chat = NULL;
    g_autofree char *expected = g_strdup_printf ("%u", n - N / 3);

    wait_folded (self->path);
    chat = open_chat (store, "one");
    assert_answer (self->path, "SELECT count (*) FROM message_words WHERE message_words MATCH '\"елка\"'", expected);
    assert_answer (self->path, "SELECT count (*) FROM message_words WHERE message_words MATCH '\"ёлка\"'", "0");
    assert_answer (self->path, "SELECT count (*) FROM message_words WHERE message_words MATCH '\"straße\"'", "0");
    rt_store_chat_set_limits (chat, 1, G_MAXUINT64, G_MAXSIZE);
    for (guint i = 0; i < 10; i++)
      {
        add_message (chat, n + i, (N + 100 + i) * SECOND, "other");
        g_assert_true (flush_chat (chat, NULL));
      }
    assert_no_words (self);
  }
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--folder"))
    return run_folder (argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-folding/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  g_test_add_func ("/store-folding/index-is-fixed", test_index_is_fixed);
  g_test_add_func ("/store-folding/is-bounded", test_folding_is_bounded);
  ADD ("anew", test_refolding);
  ADD ("stopped", test_refolding_is_stopped);
  ADD ("killed", test_killed);
  ADD ("without-table", test_without_table);
  return g_test_run ();
}
