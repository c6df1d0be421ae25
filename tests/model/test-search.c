/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include "teller.h"
#include "model/network/rt-network-private.h"
#include "model/timeline/rt-day.h"
#include "model/timeline/rt-search.h"

static RtSearchHit *
get_hit (RtSearch *search, guint position)
{
  g_autoptr (RtSearchHit) hit = g_list_model_get_item (G_LIST_MODEL (search), position);

  g_assert_nonnull (hit);
  return hit;                   /* the list holds it */
}

static void
check_span (RtSearchHit *hit, guint begin, guint end)
{
  const GArray *spans = rt_search_hit_get_spans (hit);

  g_assert_cmpuint (spans->len, ==, 1);
  g_assert_cmpuint (g_array_index (spans, RtSearchSpan, 0).begin, ==, begin);
  g_assert_cmpuint (g_array_index (spans, RtSearchSpan, 0).end, ==, end);
}

static guint
count (RtSearch *search)
{
  rt_wait_until (!rt_search_get_searching (search));
  g_assert_cmpstr (rt_search_get_error (search), ==, NULL);
  return g_list_model_get_n_items (G_LIST_MODEL (search));
}

/* Written a moment ago, in two networks, one of which is off: all is found, by words, network and sender, and it is said in what was looked. */
static void
test_finds (void)
{
  Person ada;
  g_autoptr (RtSearch) search = NULL;
  RtNetwork *one, *two;
  RtTimelineKey key, found;
  RtMessageItem *item;

  person_init (&ada);
  rt_networks_set_user_name (ada.networks, "Ada");
  one = person_join (&ada, "one", NULL);
  two = person_join (&ada, "two", NULL);
  rt_wait_until (rt_network_get_chat_loaded (one) && rt_network_get_chat_loaded (two));
  item = rt_network_send_text (one, "the apples <b>are</b> ripe", NULL);
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  rt_network_stop (two);
  rt_network_send_text (two, "pears & apples", NULL);
  rt_network_send_text (two, "nothing", NULL);

  search = rt_search_new (ada.networks);
  g_assert_false (rt_search_get_asked (search));
  rt_search_set_words (search, " apples ");
  g_assert_true (rt_search_get_searching (search));
  g_assert_cmpuint (count (search), ==, 2);
  g_assert_true (rt_search_hit_get_network (get_hit (search, 0)) == two);
  g_assert_cmpstr (rt_search_hit_get_text (get_hit (search, 0)), ==, "pears & apples");
  check_span (get_hit (search, 0), 8, 14);
  g_assert_cmpstr (rt_search_hit_get_text (get_hit (search, 1)), ==, "the apples <b>are</b> ripe");
  check_span (get_hit (search, 1), 4, 10);
  g_assert_true (rt_search_hit_get_own (get_hit (search, 1)));
  rt_search_hit_get_key (get_hit (search, 1), &found);
  g_assert_cmpint (rt_timeline_key_compare (&key, &found), ==, 0);
  g_assert_nonnull (strstr (rt_search_get_covered (search), "3 messages in 2 networks"));

  rt_search_set_network (search, one);
  g_assert_cmpuint (count (search), ==, 1);
  g_assert_nonnull (strstr (rt_search_get_covered (search), "1 message in 1 network"));
  rt_search_set_network (search, NULL);
  rt_search_set_sender (search, "nobody");
  g_assert_cmpuint (count (search), ==, 0);
  g_assert_nonnull (rt_search_get_covered (search));
  rt_search_set_sender (search, NULL);
  rt_search_set_dates (search, g_get_real_time () + G_TIME_SPAN_HOUR, 0);
  g_assert_cmpuint (count (search), ==, 0);
  rt_search_set_dates (search, 0, 0);
  g_assert_cmpuint (count (search), ==, 2);
  rt_search_set_words (search, "");
  g_assert_cmpuint (count (search), ==, 0);
  g_assert_null (rt_search_get_covered (search));
  g_clear_object (&search);
  person_clear (&ada);
}

/* Who wrote it is called as on its row: with the id where another has the name, too. */
static void
test_senders (void)
{
  Person ada;
  g_autoptr (RtSearch) search = NULL;
  static const char * const said[][3] = { { "22222", "Ben", "pears" }, { "33333", NULL, "plums" } };
  static const char * const shown[] = { "33333", "Cem (22222)" };
  RtNetwork *one;

  person_init (&ada);
  one = person_join (&ada, "one", NULL);
  rt_wait_until (rt_network_get_chat_loaded (one));
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autoptr (P2pMessage) message = make_said (said[i][0], P2P_FLAG_BROADCAST, 0, said[i][2]);

      if (said[i][1] != NULL)
        rt_people_note_name (rt_network_get_people (one), said[i][0], said[i][1], g_get_real_time ());
      rt_network_take_message (one, message, NULL);
    }
  search = rt_search_new (ada.networks);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      /* he changes his name, and then another has the new one */
      if (i == 1)
        {
          rt_people_note_name (rt_network_get_people (one), "22222", "Cem", g_get_real_time ());
          rt_people_note_name (rt_network_get_people (one), "44444", "cem", g_get_real_time ());
        }
      rt_search_set_words (search, i == 0 ? "plums" : "pears");
      g_assert_cmpuint (count (search), ==, 1);
      g_assert_cmpstr (rt_search_hit_get_sender_name (get_hit (search, 0)), ==, shown[i]);
    }
  g_clear_object (&search);
  person_clear (&ada);
}

/* Odd things that a person types are words, no query language. */
static void
test_odd_words (void)
{
  Person ada;
  g_autoptr (RtSearch) search = NULL;
  g_autofree char *letters = g_strnfill (10000, 'x'), *quotes = g_strnfill (10000, '"'), *stars = g_strnfill (10000, '*');
  const char * const odd[] = { letters, quotes, stars, "^a", "-a", "text:a", "{text tags} : a", "NEAR(a b, 2)", "a*", "+a", "\342\200\256a\342\201\246", "\342\200\256", "\xf3\xa0\x80\xa1",
                               "!!!", "…—“”", "\xff\xfe", "\"", "a AND", "NEAR(", "col:x", "*", "-", "(((", "\"a\" OR \"b", "'; DROP TABLE messages; --", "\xf0\x9f\x98\x80" };

  person_init (&ada);
  rt_network_send_text (person_join (&ada, "one", NULL), "something", NULL);
  search = rt_search_new (ada.networks);
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      rt_search_set_words (search, odd[i]);
      count (search);
    }
  rt_search_set_words (search, "someth");
  g_assert_cmpuint (count (search), ==, 1);
  g_clear_object (&search);
  person_clear (&ada);
}

#define MANY (2 * RT_SEARCH_PAGE + RT_SEARCH_PAGE / 2)

/* More than a page comes when it is asked for; what is overtaken is thrown away. */
static void
test_pages (void)
{
  Person ada;
  g_autoptr (RtSearch) search = NULL;
  RtNetwork *one;
  guint n;

  person_init (&ada);
  one = person_join (&ada, "one", NULL);
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *text = g_strdup_printf ("many %u", i);

      g_assert_nonnull (rt_network_send_text (one, text, NULL));
    }
  search = rt_search_new (ada.networks);
  rt_search_set_words (search, "nothing of it");
  rt_search_set_words (search, "many");
  n = count (search);
  g_assert_cmpuint (n, ==, RT_SEARCH_PAGE);
  g_assert_true (rt_search_get_has_more (search));
  rt_search_more (search);
  g_assert_cmpuint (count (search), ==, 2 * RT_SEARCH_PAGE);
  rt_search_more (search);
  g_assert_cmpuint (count (search), ==, MANY);
  g_assert_false (rt_search_get_has_more (search));
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *text = g_strdup_printf ("many %u", MANY - 1 - i);

      g_assert_cmpstr (rt_search_hit_get_text (get_hit (search, i)), ==, text);
    }
  /* Gone in the middle of it. */
  rt_search_set_words (search, "man");
  rt_wait_until (rt_search_get_searching (search));
  g_clear_object (&search);
  person_clear (&ada);
}

/* Days as they are written, in whatever digits; and as long as they are where the clocks are changed. */
static void
test_days (void)
{
  static const struct { const char *text, *day; } written[] = {
    { "2026-11-22", "2026-11-22" }, { " 2026-1-2 ", "2026-01-02" }, { "2026/11/22", "2026-11-22" }, { "2026.11.22", "2026-11-22" }, { "٢٠٢٦-١١-٢٢", "2026-11-22" },
    { "\342\200\2172026-11-22\342\200\217", "2026-11-22" }, { "۲۰۲۶-۱۱-۲۲", "2026-11-22" }, { "11/22/2026", "2026-11-22" }, { "22 November 2026", "2026-11-22" },
    { "November 22, 2026", "2026-11-22" }, { "11/22/26", "2026-11-22" }, { "2024-02-29", "2024-02-29" }, { "1970-01-01", "1970-01-01" }, { "2254-12-31", "2254-12-31" },
    { "2026-02-29", NULL }, { "2026-13-01", NULL }, { "2026-11", NULL }, { "2026-11-", NULL }, { "2026-11-22-1", NULL }, { "20261122222", NULL }, { "", NULL }, { "-", NULL },
    { "12", NULL }, { "yes", NULL }, { "1969-12-31", NULL }, { "2255-01-01", NULL }, { "9999-01-01", NULL }, { "0000-00-00", NULL }, { "\377", NULL }, { NULL, NULL },
  };
  g_autofree char *zone = g_strdup (g_getenv ("TZ"));
  GDate day, next;

  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      gboolean good = rt_day_parse (written[i].text, &day);
      g_autofree char *text = good ? rt_day_to_text (&day) : NULL;

      if (g_strcmp0 (text, written[i].day) != 0)
        g_error ("“%s” is %s, not %s", written[i].text, text, written[i].day);
    }
  g_setenv ("TZ", "EST5EDT,M3.2.0,M11.1.0", TRUE);
  g_assert_true (rt_day_parse ("2026-11-01", &day) && rt_day_parse ("2026-11-02", &next));
  g_assert_cmpint (rt_day_begin (&day), ==, G_GINT64_CONSTANT (1793505600) * G_USEC_PER_SEC);
  g_assert_cmpint (rt_day_end (&day) + 1 - rt_day_begin (&day), ==, 25 * G_TIME_SPAN_HOUR);
  g_assert_cmpint (rt_day_end (&day) + 1, ==, rt_day_begin (&next));
  g_assert_true (rt_day_parse ("2026-03-08", &day));
  g_assert_cmpint (rt_day_end (&day) + 1 - rt_day_begin (&day), ==, 23 * G_TIME_SPAN_HOUR);
  rt_day_set_time (&day, rt_day_end (&next));
  g_assert_cmpint (g_date_compare (&day, &next), ==, 0);
  if (zone != NULL)
    g_setenv ("TZ", zone, TRUE);
  else
    g_unsetenv ("TZ");
}

/* It is said for which days was looked, also where there is nothing. */
static void
test_dates (void)
{
  Person ada;
  g_autoptr (RtSearch) search = NULL;
  GDate today, long_ago;

  person_init (&ada);
  rt_network_send_text (person_join (&ada, "one", NULL), "apples", NULL);
  rt_day_set_time (&today, g_get_real_time ());
  g_assert_true (rt_day_parse ("2001-02-03", &long_ago));
  search = rt_search_new (ada.networks);
  rt_search_set_dates (search, rt_day_begin (&long_ago), rt_day_end (&today));
  g_assert_cmpuint (count (search), ==, 1);
  g_assert_nonnull (strstr (rt_search_get_covered (search), "Only from 02/03/01 to "));
  rt_search_set_dates (search, rt_day_begin (&today), 0);
  g_assert_cmpuint (count (search), ==, 1);
  g_assert_nonnull (strstr (rt_search_get_covered (search), " on, as chosen."));
  rt_search_set_dates (search, 0, rt_day_end (&long_ago));
  g_assert_cmpuint (count (search), ==, 0);
  g_assert_cmpstr (rt_search_get_covered (search), ==, "There are no messages of that time. Only up to 02/03/01, as chosen.");
  g_clear_object (&search);
  person_clear (&ada);
}

/* A network is left while it is searched, and while what was found in it is shown. */
static void
test_left (void)
{
  Person ada;
  g_autoptr (RtSearch) search = NULL;
  RtNetwork *one, *two;

  person_init (&ada);
  one = person_join (&ada, "one", NULL);
  two = person_join (&ada, "two", NULL);
  rt_wait_until (rt_network_get_chat_loaded (one) && rt_network_get_chat_loaded (two));
  rt_network_send_text (one, "apples", NULL);
  rt_network_send_text (two, "apples", NULL);
  search = rt_search_new (ada.networks);
  rt_search_set_words (search, "apples");
  g_assert_cmpuint (count (search), ==, 2);
  rt_search_set_network (search, one);
  g_assert_cmpuint (count (search), ==, 1);
  rt_search_set_words (search, "apple");
  rt_networks_remove (ada.networks, one);
  g_assert_cmpuint (count (search), ==, 1);
  g_assert_true (rt_search_hit_get_network (get_hit (search, 0)) == two);
  g_assert_nonnull (strstr (rt_search_get_covered (search), "1 message in 1 network"));
  rt_networks_remove (ada.networks, two);
  g_assert_cmpuint (count (search), ==, 0);
  g_clear_object (&search);
  person_clear (&ada);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* before there are threads: it sets the environment */
  g_test_add_func ("/search/days", test_days);
  g_test_add_func ("/search/finds", test_finds);
  g_test_add_func ("/search/senders", test_senders);
  g_test_add_func ("/search/odd-words", test_odd_words);
  g_test_add_func ("/search/pages", test_pages);
  g_test_add_func ("/search/dates", test_dates);
  g_test_add_func ("/search/left", test_left);
  return g_test_run ();
}
