/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is looked for is found, in whatever script, and nothing that a person types is an error. */
#include <string.h>

#include "chat-test.h"
#include "store/rt-store-words.h"

static const char * const texts[] = {
  /* 0 */ "Hello world",
  /* 1 */ "hello, WORLD! and the Über-größe",
  /* 2 */ "今天天气很好，我们去公园吧",
  /* 3 */ "東京タワーへ行きました",
  /* 4 */ "안녕하세요 여러분",
  /* 5 */ "สวัสดีครับ",
  /* 6 */ "party 🎉🎉 at eight",
  /* 7 */ "C++ \"quoted\" AND (OR) NOT near* text:x ^",
  /* 8 */ "line one\nline two \001odd\002",
  /* 9 */ "https://example.org/path?query=1",
  /* 10 */ "Привет, мир; ёлка",
  /* 11 */ "worldly hello",
  /* 12 */ "Straße İstanbul ılık Łódź Æther Ångström ﬁne e\314\201te\314\201",
  /* 13 */ "мой и мои, \320\270\314\206од",
  /* 14 */ "كِتَابٌ مـــدرسة أحمد إلى مكتبى ٢٠٢٦ ﻻ",
  /* 15 */ "ＷＩＤＥ ｶﾞｽ ガラス ᄒ\341\205\241\341\206\253",
  /* 16 */ "soft\302\255hyphen 𝓯𝓪𝓷𝓬𝔂 Σίσυφος \342\200\217rtl\342\200\217 ﷺ",
  /* 17 */ "\314\201\314\201\314\201",
};

static const struct {
  const char *words, *expected;
} asked[] = {
  { "hello", "11 1 0" }, { "HELLO world", "11 1 0" }, { "hello world ", "1 0" }, { "\"hello world\"", "1 0" }, { "wor", "11 1 0" }, { "wor ", "" }, { "grosse", "1" }, { "große ", "1" },
  { "größe", "1" }, { "grö", "1" }, { "GRÖSSE", "1" }, { "GRÖẞE ", "1" }, { "uber", "1" }, { "天气", "2" }, { "天 气 ", "2" }, { "气天", "" }, { "公园吧", "2" }, { "タワー", "3" }, { "東京", "3" }, { "京東", "" },
  { "하세", "4" }, { "녕하", "4" }, { "สดี", "5" }, { "🎉", "6" }, { "party 🎉 eight", "6" }, { "c++", "7" }, { "and", "7 1" }, { "\"", "" }, { "\"\"", "" }, { "*", "" }, { "(", "" },
  { "text:x", "7" }, { "NOT", "7" }, { "near*", "7" }, { "^", "" }, { "odd", "8" }, { "example.org", "9" }, { "query=1", "9" }, { "привет", "10" }, { "ёлка", "10" }, { "tags", "" },
  { "c1", "" }, { "h", "11 9 1 0" }, { "a\"b", "" }, { "\377\376", "" }, { "  \t\n", "" },
  { "елка", "10" }, { "Елка ", "10" }, { "ЁЛК", "10" }, { "strasse", "12" }, { "straße ", "12" }, { "STRASSE ", "12" }, { "istanbul", "12" }, { "ISTANBUL", "12" }, { "ıstanbul", "12" },
  { "ilik", "12" }, { "ILIK ", "12" }, { "lodz", "12" }, { "aether", "12" }, { "angstrom ", "12" }, { "fine", "12" }, { "été", "12" }, { "ete ", "12" },
  { "мой", "13" }, { "мой ", "13" }, { "мои ", "13" }, { "моё", "" }, { "йод", "13" }, { "иод", "" },
  { "كتاب", "14" }, { "كِتاب ", "14" }, { "مدرسة", "14" }, { "مدرسه ", "14" }, { "احمد", "14" }, { "الي ", "14" }, { "إلى ", "14" }, { "مکتبی", "14" }, { "2026", "14" }, { "۲۰۲۶", "14" },
  { "لا", "14" }, { "wide", "15" }, { "ｗｉｄｅ", "15" }, { "ガス", "15" }, { "カス", "" }, { "ｶﾞﾗｽ", "15" }, { "한", "15" }, { "softhyphen", "16" }, { "fancy", "16" }, { "σισυφοσ ", "16" },
  { "\342\200\256rtl", "16" }, { "ﷺ", "16" }, { "\314\201", "" }, { "ـ", "" }, { "\"كتاب مدرسة\"", "14" },
};

static void
add_texts (RtStoreChat *chat)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    add_message (chat, i, i * SECOND, texts[i]);
  g_assert_true (flush_chat (chat, NULL));
}

static void
test_words (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");

  add_texts (chat);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (RtStoreResult) result = search (store, &(RtStoreQuery) { .words = (char *) asked[i].words });
      g_autofree char *printed = print_hits (result);

      if (g_strcmp0 (printed, asked[i].expected) != 0)
        g_error ("%s: %s is found, not %s", asked[i].words, printed, asked[i].expected);
      g_assert_cmpuint (result->n_covered, ==, G_N_ELEMENTS (texts));
    }
}

/* Whatever is asked, it is answered. */
static void
test_nonsense (Fixture *self, gconstpointer data)
{
  static const char * const parts[] = { "\"", "*", "(", ")", " ", "AND", "OR", "NOT", "NEAR(", "a", "世", "^", ":", "{", "}", "+", "-", "'", ";", "\\", "#", "\302", "🎉", "\t", "text", "," };
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autofree char *large = g_strnfill (100000, 'x');

  add_texts (chat);
  for (guint round = 0; round < 500; round++)
    {
      g_autoptr (GString) words = g_string_new (NULL);

      for (guint i = (guint) g_test_rand_int_range (0, 12); i > 0; i--)
        g_string_append (words, parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))]);
      rt_store_result_free (search (store, &(RtStoreQuery) { .words = words->str }));
    }
  rt_store_result_free (search (store, &(RtStoreQuery) { .words = large }));
}

static void
test_filters (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) one = open_chat (store, "one"), two = open_chat (store, "two");
  g_autoptr (RtStoreResult) result = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (RtStoreMessage) message = make_message (i % 2 ? one : two, i, i * SECOND, "text");

      g_free (message->sender);
      message->sender = g_strdup (i % 3 ? "ada" : "ben");
      rt_store_chat_add (i % 2 ? one : two, message, FALSE);
    }
  g_assert_true (flush_chat (one, NULL));
  g_assert_true (flush_chat (two, NULL));
#define FIND(expected, ...) \
  G_STMT_START { \
    result = search (store, &(RtStoreQuery) { __VA_ARGS__ }); \
    assert_hits (result, expected); \
    g_clear_pointer (&result, rt_store_result_free); \
  } G_STMT_END
  for (guint with_words = 0; with_words < 2; with_words++)
    {
      char *words = (char *) (with_words ? "text" : NULL);

      FIND ("9 8 7 6 5 4 3 2 1 0", .words = words);
      FIND ("9 7 5 3 1", .words = words, .network = (char *) "one");
      FIND ("", .words = words, .network = (char *) "three");
      FIND ("9 6 3 0", .words = words, .sender = (char *) "ben");
      FIND ("9 3", .words = words, .network = (char *) "one", .sender = (char *) "ben");
      FIND ("", .words = words, .sender = (char *) "eve");
      FIND ("7 6 5 4", .words = words, .from = 4 * SECOND, .to = 7 * SECOND);
      FIND ("9 8", .words = words, .from = 7 * SECOND + 1);
      FIND ("0", .words = words, .to = SECOND - 1);
    }
#undef FIND
  result = search (store, &(RtStoreQuery) { .words = (char *) "text", .network = (char *) "one" });
  g_assert_cmpuint (result->n_covered, ==, 5);
  g_assert_cmpint (result->covered_from, ==, SECOND);
  g_assert_cmpint (result->covered_to, ==, 9 * SECOND);
  g_assert_cmpstr (((RtStoreHit *) result->hits->pdata[0])->network, ==, "one");
  g_clear_pointer (&result, rt_store_result_free);
  result = search (store, &(RtStoreQuery) { .words = (char *) "text", .from = 2 * SECOND, .to = 4 * SECOND });
  g_assert_cmpuint (result->n_covered, ==, 10);
  g_assert_cmpint (result->covered_from, ==, 2 * SECOND);
  g_assert_cmpint (result->covered_to, ==, 4 * SECOND);
}

/* Page after page, through what came out of order and what is of one moment: each once. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  enum { N = 500 };
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  RtStoreQuery query = { .words = (char *) "te", .n = 7 };
  gint64 before = G_MAXINT64;

  for (guint i = 0; i < N; i++)
    add_message (chat, i, (i * 37 % N / 10) * SECOND, "text");
  g_assert_true (flush_chat (chat, NULL));
  for (gboolean more = TRUE; more;)
    {
      g_autoptr (RtStoreResult) result = search (store, &query);

      for (guint i = 0; i < result->hits->len; i++)
        {
          RtStoreMessage *message = ((RtStoreHit *) result->hits->pdata[i])->message;

          g_assert_cmpint (message->time, <=, before);
          g_assert_true (g_hash_table_add (seen, GSIZE_TO_POINTER (message->row)));
          before = message->time;
          query.before_time = message->time;
          query.before_row = message->row;
        }
      more = result->has_more;
      g_assert_true (!more || result->hits->len == 7);
      if (query.before_time == 0)
        break;
    }
  g_assert_cmpuint (g_hash_table_size (seen), >=, N - 10);
}

/* Beginnings of words: as FTS5 itself finds them, and with very many of them. */
static void
test_beginnings (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *text = g_strdup_printf ("Word%x other%u Слово%u", i, i % 5, i % 40);

      add_message (chat, i, i, text);
    }
  g_assert_true (flush_chat (chat, NULL));
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *hex = g_strdup_printf ("%x", i), *begin = g_strdup_printf ("%s%.*s", i % 3 == 0 ? "wOrd" : i % 3 == 1 ? "othe" : "слов", i % 3 == 0 ? 4 : 0, hex);
      g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM message_words WHERE message_words MATCH 'text : %s *'", begin), *expected = ask (self->path, sql);
      RtStoreQuery query = { .words = begin };
      guint n = 0;

      for (gboolean more = TRUE; more;)
        {
          g_autoptr (RtStoreResult) result = search (store, &query);

          n += result->hits->len;
          more = result->has_more;
          if (more)
            {
              RtStoreMessage *last = ((RtStoreHit *) result->hits->pdata[result->hits->len - 1])->message;

              query.before_time = last->time;
              query.before_row = last->row;
            }
        }
      g_assert_cmpuint (n, ==, g_ascii_strtoull (expected, NULL, 10));
    }
}

static void
test_snippets (void)
{
  static const struct { const char *text, *words, *expected; guint n; } shown[] = {
    { "Hello world", "hello", "\1Hello\2 world", 100 },
    { "Hello world", "wor", "Hello \1wor\2ld", 100 },
    { "Hello world", "wor ", "Hello world", 100 },
    { "die Größe\nist", "grosse größe", "die \1Größe\2 ist", 100 },
    { "die Größe\nist", "gro", "die \1Grö\2ße ist", 100 },
    { "hello  big, world", "\"big world\"", "hello  \1big, world\2", 100 },
    { "今天天气很好", "天气", "今天\1天气\2很好", 100 },
    { "one two three four five six", "four", "…ee \1four\2 five …", 13 },
    { "a \1b\2 c", "b", "a \1b\2 c", 100 },
    { "", "x", "", 100 },
    { "xyz", "", "xyz", 100 },
    { "🎉🎉", "🎉", "\1🎉\2\1🎉\2", 100 },
    { "и ёлка", "елка", "и \1ёлка\2", 100 },
    { "die Straße hier", "strass", "die \1Straß\2e hier", 100 },
    { "die Straße hier", "stras", "die \1Straß\2e hier", 100 },
    { "كِتَابٌ هنا", "كتاب", "\1كِتَابٌ\2 هنا", 100 },
    { "e\314\201te\314\201 x", "ete", "\1e\314\201te\314\201\2 x", 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autofree char *line = rt_store_words_snippet (shown[i].text, shown[i].words, shown[i].n);

      g_assert_cmpstr (line, ==, shown[i].expected);
    }
  /* the longest text, all of it found by the most words */
  {
    g_autoptr (GString) text = g_string_new (NULL), words = g_string_new (NULL);
    g_autofree char *line = NULL;

    for (guint i = 0; i < 20000; i++)
      g_string_append_unichar (text, 0x4e00 + i % 40);
    for (guint i = 0; i < 40; i++)
      {
        g_string_append_unichar (words, 0x4e00 + i);
        g_string_append_c (words, ' ');
      }
    line = rt_store_words_snippet (text->str, words->str, RT_STORE_SEARCH_SNIPPET);
    g_assert_true (g_utf8_validate (line, -1, NULL));
    g_assert_cmpuint (g_utf8_strlen (line, -1), <=, 3 * RT_STORE_SEARCH_SNIPPET + 1);
  }
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (GError) error = NULL;
  RtStoreQuery query = { .words = (char *) "te", .sender = (char *) "nobody" };

  for (guint i = 0; i < 3000; i++)
    add_message (chat, i, i, "text");
  g_assert_true (flush_chat (chat, NULL));
  rt_store_search_async (store, &query, cancellable, rt_wait_result_cb, &result);
  g_cancellable_cancel (cancellable);
  rt_wait_result (result);
  g_assert_null (rt_store_search_finish (store, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  rt_store_result_free (search (store, &query));
}

/* So many words take no time: the same ones are asked for once, and no more than 32. */
static void
test_many_words (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (GString) words = g_string_new (NULL), same = g_string_new (NULL);
  g_autofree char *match = NULL;
  guint n = 0;

  add_texts (chat);
  for (guint i = 0; i < 1000; i++)
    {
      g_string_append_printf (words, "%c%c ", 'a' + i % 26, 'a' + i / 26 % 26);
      g_string_append (same, "hello ");
    }
  match = rt_store_words_match (words->str, FALSE, FALSE, 0, NULL, FALSE);
  for (const char *p = strstr (match, " AND "); p != NULL; p = strstr (p + 1, " AND "))
    n++;
  g_assert_cmpuint (n, ==, RT_STORE_SEARCH_TERMS - 1);
  rt_store_result_free (search (store, &(RtStoreQuery) { .words = words->str }));
  {
    g_autoptr (RtStoreResult) result = search (store, &(RtStoreQuery) { .words = same->str });

    assert_hits (result, "11 1 0");
  }
}

/* An index that is damaged under our hands is told in words, once; the next start makes a new one of the messages. */
static void
test_damaged_index (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "one");
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (RtStoreResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;

  add_texts (chat);
  g_clear_object (&chat);
  close_store (store);
  g_clear_object (&store);
  tell (self->path, "UPDATE message_words_data SET block = x'ffffffffffffffffffffffffffffffff' WHERE id > 10");
  store = open_well (self->path);
  rt_store_search_async (store, &(RtStoreQuery) { .words = (char *) "hello" }, NULL, rt_wait_result_cb, &answer);
  rt_wait_result (answer);
  result = rt_store_search_finish (store, answer, &error);
  g_assert_null (result);
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_DAMAGED);
  close_somehow (store);
  g_clear_object (&store);
  store = rt_store_new ();
  g_assert_true (open_store (store, self->path, &notice, NULL));
  ASSERT_FOUND (store, "hello ", "11 1 0");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store-search/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  g_test_add_func ("/store-search/snippets", test_snippets);
  ADD ("words", test_words);
  ADD ("beginnings", test_beginnings);
  ADD ("nonsense", test_nonsense);
  ADD ("filters", test_filters);
  ADD ("pages", test_pages);
  ADD ("cancelled", test_cancelled);
  ADD ("many-words", test_many_words);
  ADD ("damaged-index", test_damaged_index);
  return g_test_run ();
}
