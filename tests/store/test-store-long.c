/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long history: 20,000 messages, or a million with STORE_DEEP=1. What is asserted is measured against the same run with an empty network; the bars in milliseconds are asserted only
 * in the deep run, where the machine has nothing else to do. */
#include <string.h>
#include <time.h>

#include "chat-test.h"

/* Bars of the deep run, in milliseconds: reliability.md section 9, with what a page may take. */
#define OPEN_MS 300.0
/* What a network with anything in it takes more than one without: a page of rows, whatever else is there. */
#define OPEN_RATIO 1.3
#define OPEN_PAGE_MS 5.0
#define PAGE_MS 5.0
#define SEARCH_MS 100.0
#define INSERTS_A_SECOND 20000.0
#define ROUNDS 15

static gboolean
is_deep (void)
{
  return g_getenv ("STORE_DEEP") != NULL;
}

static double
milliseconds_since (gint64 begin)
{
  return (double) (g_get_monotonic_time () - begin) / 1000.0;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return first < second ? -1 : first > second;
}

static double
find_median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return values[n / 2];
}

static const char *
make_word (char *word, guint n)
{
  g_snprintf (word, 16, "w%x", n);
  return word;
}

/* About ten words: of a few that everybody says, and of 50,000 that are rare, as texts have them. */
static char *
make_text (guint n, GRand *rand)
{
  static const char * const common[] = { "the", "and", "that", "message", "of", "table", "tomorrow", "to" };
  GString *text = g_string_new (NULL);
  char word[16];

  for (guint i = 0; i < 10; i++)
    {
      double place = g_rand_double (rand);

      if (i > 0)
        g_string_append_c (text, ' ');
      if (i < 4)
        g_string_append (text, common[g_rand_int_range (rand, 0, G_N_ELEMENTS (common))]);
      else
        g_string_append (text, make_word (word, (guint) (place * place * place * 50000)));
    }
  if (n % 8 == 3)
    g_string_append (text, n % 16 == 3 ? " Ёлка и größe" : " елка и Grösse");
  if (n % 100000 == 5)
    g_string_append (text, " quokka");
  return g_string_free (text, FALSE);
}

/* A second: by the clock, and *by_work: of what the processor worked for it, which does not depend on what else the machine does. */
static double
fill (RtStoreChat *chat, guint n, double *by_work)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double taken = 0, worked = 0;
  gint64 begin;
  clock_t began;

  for (guint i = 0; i < n;)
    {
      g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);

      for (; i < n && messages->len < 5000; i++)
        {
          g_autofree char *text = make_text (i, rand);
          RtStoreMessage *message = make_message (chat, i, (gint64) i * 30 * SECOND, text);

          g_free (message->sender);
          message->sender = g_strdup_printf ("sender-%u-with-an-id-as-long-as-ids-are-in-the-network", i % 50);
          g_ptr_array_add (messages, message);
        }
      begin = g_get_monotonic_time ();
      began = clock ();
      for (guint k = 0; k < messages->len; k++)
        rt_store_chat_add (chat, messages->pdata[k], FALSE);
      g_assert_true (flush_chat (chat, NULL));
      taken += milliseconds_since (begin);
      worked += (double) (clock () - began) / CLOCKS_PER_SEC * 1000.0;
    }
  *by_work = n / worked * 1000.0;
  return n / taken * 1000.0;
}

/* From nothing to what a page shows: open, load, tail. */
static double
measure_open (const char *path, const char *network)
{
  double taken[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      gint64 begin = g_get_monotonic_time ();
      g_autoptr (RtStore) store = open_well (path);
      g_autoptr (RtStoreChat) chat = rt_store_chat_new (store, network);
      g_autoptr (RtStoreChatState) state = load_chat (chat);

      taken[i] = milliseconds_since (begin);
      g_assert_nonnull (state);
      g_clear_object (&chat);
      close_store (store);
    }
  return find_median (taken, ROUNDS);
}

static double
measure_load (RtStore *store, const char *network)
{
  double taken[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (RtStoreChat) chat = rt_store_chat_new (store, network);
      gint64 begin = g_get_monotonic_time ();
      g_autoptr (RtStoreChatState) state G_GNUC_UNUSED = load_chat (chat);

      taken[i] = milliseconds_since (begin);
    }
  return find_median (taken, ROUNDS);
}

static double
measure_pages (RtStoreChat *chat, guint n, double *worst)
{
  double taken[100];

  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    {
      gint64 time = (gint64) g_test_rand_int_range (0, (gint32) n) * 30 * SECOND;
      gint64 begin = g_get_monotonic_time ();
      g_autoptr (RtStoreChatPage) page = load_page (chat, i % 4, time, 0, 60);

      taken[i] = milliseconds_since (begin);
      g_assert_cmpuint (page->messages->len, >, 0);
    }
  *worst = 0;
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    *worst = MAX (*worst, taken[i]);
  return find_median (taken, G_N_ELEMENTS (taken));
}

static void
measure_searches (RtStore *store, guint n)
{
  g_autofree char *sender = g_strdup_printf ("sender-%u-with-an-id-as-long-as-ids-are-in-the-network", 7u);
  g_autoptr (GString) many = g_string_new (NULL);

  for (guint i = 0; i < 200; i++)
    {
      char word[16];

      g_string_append_printf (many, "%s ", make_word (word, i));
    }
  const struct { const char *name; RtStoreQuery query; } asked[] = {
    { "many-words", { .words = many->str } },
    { "common", { .words = (char *) "message " } },
    { "common-prefix", { .words = (char *) "message" } },
    { "one-letter", { .words = (char *) "m" } },
    { "two-letters", { .words = (char *) "w1" } },
    { "three-letters", { .words = (char *) "w1a" } },
    { "two-prefix", { .words = (char *) "the w1a" } },
    { "prefix-of-network", { .words = (char *) "mess", .network = (char *) "full" } },
    { "prefix-of-sender", { .words = (char *) "mess", .sender = sender } },
    { "two-common", { .words = (char *) "the table " } },
    { "rare", { .words = (char *) "quokka" } },
    { "nothing", { .words = (char *) "wombat" } },
    { "common-and-rare", { .words = (char *) "message quokka" } },
    { "phrase", { .words = (char *) "\"the message\"" } },
    { "sender", { .words = (char *) "message ", .sender = sender } },
    { "empty-network", { .words = (char *) "message ", .network = (char *) "empty" } },
    { "network", { .words = (char *) "message ", .network = (char *) "full" } },
    { "old", { .words = (char *) "message ", .to = (gint64) n * 3 * SECOND } },
    { "folded", { .words = (char *) "ёлка " } },
    { "folded-prefix", { .words = (char *) "GRÖSS" } },
    { "folded-nothing", { .words = (char *) "ёжик" } },
    { "everything", { .words = NULL } },
    { "everything-of-sender", { .words = NULL, .sender = sender } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      double taken[5], median;
      guint found = 0;

      for (guint k = 0; k < G_N_ELEMENTS (taken); k++)
        {
          gint64 begin = g_get_monotonic_time ();
          g_autoptr (RtStoreResult) result = search (store, &asked[i].query);

          taken[k] = milliseconds_since (begin);
          found = result->hits->len;
        }
      median = find_median (taken, G_N_ELEMENTS (taken));
      g_test_message ("search %s: %.2f ms, %u hits", asked[i].name, median, found);
      if (is_deep ())
        g_assert_cmpfloat (median, <=, SEARCH_MS);
    }
}

/* All of it brought over into a new one, as after damage. */
static void
measure_salvage (const char *path, guint n)
{
  g_autofree char *mark = g_strconcat (path, ".is-damaged", NULL), *notice = NULL;
  g_autoptr (RtStore) store = rt_store_new ();
  g_autoptr (RtStoreChat) chat = rt_store_chat_new (store, "full");
  g_autoptr (GAsyncResult) result = NULL;
  gint64 begin = g_get_monotonic_time ();

  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  /* half a minute, of a million: longer than anything else is waited for on a busy machine */
  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (rt_store_open_finish (store, result, &notice, NULL));
  g_test_message ("salvaged in %.1f s: %s", milliseconds_since (begin) / 1000.0, notice);
  rt_store_chat_state_free (load_chat (chat));
  g_assert_cmpuint (rt_store_chat_count (chat), ==, n);
}

static void
test_long_history (Fixture *self, gconstpointer data)
{
  guint n = is_deep () ? 1000000 : 20000;
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) empty G_GNUC_UNUSED = open_chat (store, "empty"), full = open_chat (store, "full");
  g_autofree char *alone = g_strconcat (self->path, "-empty", NULL);
  double by_work, rate = fill (full, n, &by_work), opened, opened_empty, page, worst, load, load_empty;
  gint64 begin;

  {
    g_autoptr (RtStore) other = open_well (alone);
    g_autoptr (RtStoreChat) chat G_GNUC_UNUSED = open_chat (other, "empty");
  }
  g_test_message ("%u messages, %.0f a second gathered, %.0f a second of the processor's time", n, rate, by_work);
  page = measure_pages (full, n, &worst);
  load = measure_load (store, "full");
  load_empty = measure_load (store, "empty");
  g_test_message ("page of 60: %.2f ms, worst %.2f ms; load %.2f ms, of an empty network %.2f ms", page, worst, load, load_empty);
  measure_searches (store, n);
  {
    g_autofree char *sql = g_strdup_printf ("SELECT max (row) FROM messages WHERE time <= %" G_GINT64_FORMAT, (gint64) n * 15 * SECOND);
    g_autofree char *row = ask (self->path, sql);

    begin = g_get_monotonic_time ();
    rt_store_chat_set_read (full, (gint64) n * 15 * SECOND, g_ascii_strtoll (row, NULL, 10));
  }
  g_assert_true (flush_chat (full, NULL));
  g_test_message ("read mark in the middle: %.2f ms", milliseconds_since (begin));
  g_clear_object (&full);
  g_clear_object (&empty);
  close_store (store);
  g_clear_object (&store);
  opened = measure_open (self->path, "full");
  opened_empty = measure_open (self->path, "empty");
  g_test_message ("open and load: %.2f ms, of an empty network %.2f ms, of an empty database %.2f ms", opened, opened_empty, measure_open (alone, "empty"));
  {
    g_autofree char *size = ask (self->path, "SELECT page_count * page_size / 1048576 FROM pragma_page_count, pragma_page_size");

    g_test_message ("the database is %s MiB", size);
  }
  if (is_deep ())
    measure_salvage (self->path, n);
  /* one page of rows more than nothing: whatever the machine does, no part of it grows with the history */
  g_assert_cmpfloat (load, <, load_empty + 50.0);
  if (is_deep ())
    {
      g_assert_cmpfloat (by_work, >=, INSERTS_A_SECOND);
      g_assert_cmpfloat (page, <=, PAGE_MS);
      g_assert_cmpfloat (opened, <=, OPEN_MS);
      g_assert_cmpfloat (opened, <=, OPEN_RATIO * opened_empty + OPEN_PAGE_MS);
    }
}

/* An index of the folding before is made anew while somebody searches in it. */
static void
test_refolding (Fixture *self, gconstpointer data)
{
  guint n = is_deep () ? 300000 : 2000, n_searches = 0;
  double taken, worst = 0, sum = 0;
  gint64 begin;
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreChat) chat = open_chat (store, "full");

  tell (self->path, "UPDATE words_folding SET version = 1, below = 9223372036854775807");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("Ёлка номер %u, ещё одна große Straße слово%u", i, i * 7919 % 5000);

      add_message (chat, i, (gint64) i * 30 * SECOND, text);
      if (i % 5000 == 4999)
        g_assert_true (flush_chat (chat, NULL));
    }
  g_assert_true (flush_chat (chat, NULL));
  g_clear_object (&chat);
  close_store (store);
  g_clear_object (&store);

  begin = g_get_monotonic_time ();
  store = open_well (self->path);
  for (gboolean done = FALSE; !done;)
    {
      g_autofree char *below = ask (self->path, "SELECT below FROM words_folding");
      gint64 asked = g_get_monotonic_time ();
      g_autoptr (RtStoreResult) result = search (store, &(RtStoreQuery) { .words = (char *) (n_searches % 2 ? "елка слово17" : "ёлка ") });

      taken = milliseconds_since (asked);
      worst = MAX (worst, taken);
      sum += taken;
      n_searches++;
      g_assert_cmpuint (result->hits->len, >, 0);
      done = g_str_equal (below, "0");
      /* as somebody who types */
      for (gint64 end = g_get_monotonic_time () + 200000; !done && g_get_monotonic_time () < end;)
        g_usleep (10000);
    }
  g_test_message ("%u messages folded anew in %.1f s; %u searches meanwhile: %.1f ms, worst %.1f ms", n, milliseconds_since (begin) / 1000.0, n_searches, sum / n_searches, worst);
  if (is_deep ())
    g_assert_cmpfloat (sum / n_searches, <=, SEARCH_MS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store-chat/long-history", Fixture, NULL, fixture_set_up, test_long_history, fixture_tear_down);
  g_test_add ("/store-chat/refolding", Fixture, NULL, fixture_set_up, test_refolding, fixture_tear_down);
  return g_test_run ();
}
