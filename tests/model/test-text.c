/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/timeline/rt-message-item.h"

#define FFFD "\xEF\xBF\xBD"

static void
test_table (void)
{
  static const struct {
    const char *text, *shown, *line;
  } cases[] = {
    { "", "", NULL },
    { "plain", "plain", NULL },
    { "Grüße, 世界 🙂", "Grüße, 世界 🙂", NULL },
    { "<b>no markup</b> &amp;", "<b>no markup</b> &amp;", NULL },
    { "two\nlines\tand a tab", "two\nlines\tand a tab", "two lines and a tab" },
    { "dos\r\nmac\rend", "dos\nmac\nend", "dos mac end" },
    { "a\xE2\x80\xA8" "b\xE2\x80\xA9" "c\xC2\x85" "d", "a\nb\nc\nd", "a b c d" },
    /* control characters, C0 and C1, and the escape of a terminal */
    { "bell\a escape\033[31m del\x7F", "bell" FFFD " escape" FFFD "[31m del" FFFD, NULL },
    { "c1 \xC2\x9B 31m", "c1 " FFFD " 31m", NULL },
    /* every bidi control */
    { "evil\xE2\x80\xAE" "gpj.exe", "evilgpj.exe", NULL },
    { "\xE2\x80\xAA\xE2\x80\xAB\xE2\x80\xAC\xE2\x80\xAD\xE2\x80\xAE" "x", "x", NULL },
    { "\xE2\x81\xA6\xE2\x81\xA7\xE2\x81\xA8\xE2\x81\xA9" "x", "x", NULL },
    { "\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C" "x", "x", NULL },
    /* right-to-left text itself stays */
    { "שלום", "שלום", NULL },
    /* hidden ones go, the joiners that scripts and emoji need stay */
    { "\xEF\xBB\xBF" "bom\xEF\xBF\xB9", "bom", NULL },
    { "می\xE2\x80\x8C" "خواهم", "می\xE2\x80\x8C" "خواهم", NULL },
    { "👩\xE2\x80\x8D👩", "👩\xE2\x80\x8D👩", NULL },
    /* invalid UTF-8: byte by byte */
    { "a\xFF" "b", "a" FFFD "b", NULL },
    { "cut \xE2\x82", "cut " FFFD FFFD, NULL },
    { "overlong \xC0\x80", "overlong " FFFD FFFD, NULL },
    { "surrogate \xED\xA0\x80", "surrogate " FFFD FFFD FFFD, NULL },
    { "non-character \xEF\xBF\xBF \xEF\xB7\x90", "non-character " FFFD " " FFFD, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean truncated = TRUE;
      g_autofree char *shown = rt_sanitise_text (cases[i].text, RT_MESSAGE_MAX_TEXT, &truncated);
      g_autofree char *line = rt_sanitise_line (cases[i].text, RT_MESSAGE_MAX_TEXT);

      g_assert_cmpstr (shown, ==, cases[i].shown);
      g_assert_cmpstr (line, ==, cases[i].line != NULL ? cases[i].line : cases[i].shown);
      g_assert_false (truncated);
    }
}

static void
test_null (void)
{
  g_autofree char *text = rt_sanitise_text (NULL, 10, NULL);
  g_autofree char *line = rt_sanitise_line (NULL, 10);

  g_assert_cmpstr (text, ==, "");
  g_assert_cmpstr (line, ==, "");
}

static void
test_zalgo (void)
{
  g_autoptr (GString) zalgo = g_string_new (NULL);
  g_autofree char *shown = NULL;
  glong marks = 0;

  for (guint letter = 0; letter < 3; letter++)
    {
      g_string_append_c (zalgo, 'o');
      for (guint i = 0; i < 500; i++)
        g_string_append_unichar (zalgo, 0x0300 + i % 0x50);
    }
  shown = rt_sanitise_text (zalgo->str, RT_MESSAGE_MAX_TEXT, NULL);
  for (const char *p = shown; *p != '\0'; p = g_utf8_next_char (p))
    marks += g_unichar_ismark (g_utf8_get_char (p)) != FALSE;
  g_assert_cmpint (marks, ==, 3 * 8);
  g_assert_cmpint (g_utf8_strlen (shown, -1), ==, 3 + 3 * 8);
}

static void
test_bounded (void)
{
  g_autofree char *long_text = g_strnfill (1024 * 1024, 'x');
  g_autofree char *shown = NULL, *umlauts = NULL, *exact = NULL, *grown = NULL;
  gboolean truncated;

  shown = rt_sanitise_text (long_text, RT_MESSAGE_MAX_TEXT, &truncated);
  g_assert_true (truncated);
  g_assert_cmpuint (strlen (shown), ==, RT_MESSAGE_MAX_TEXT);

  /* never in the middle of a character */
  umlauts = rt_sanitise_text ("äöü", 5, &truncated);
  g_assert_true (truncated);
  g_assert_cmpstr (umlauts, ==, "äö");
  exact = rt_sanitise_text ("äöü", 6, &truncated);
  g_assert_false (truncated);
  g_assert_cmpstr (exact, ==, "äöü");
  /* nor longer because a replacement is longer than what it replaces */
  grown = rt_sanitise_text ("\a\a\a\a", 7, &truncated);
  g_assert_true (truncated);
  g_assert_cmpstr (grown, ==, FFFD FFFD);
}

/* Whatever bytes come: valid, bounded, and the same when it is done twice. */
static void
test_random (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      guint n = (guint) g_test_rand_int_range (0, 60);
      gsize max = (gsize) g_test_rand_int_range (0, 80);
      g_autofree char *bytes = g_malloc0 (n + 1);
      g_autofree char *once = NULL, *twice = NULL;
      gboolean truncated;

      for (guint i = 0; i < n; i++)
        bytes[i] = (char) g_test_rand_int_range (1, 256);
      once = rt_sanitise_text (bytes, max, &truncated);
      g_assert_true (g_utf8_validate (once, -1, NULL));
      g_assert_cmpuint (strlen (once), <=, max);
      twice = rt_sanitise_text (once, max, NULL);
      g_assert_cmpstr (once, ==, twice);
      for (const char *p = once; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_true (*p == '\n' || *p == '\t' || !g_unichar_iscntrl (g_utf8_get_char (p)));
    }
}

static void
test_short_id (void)
{
  static const struct {
    const char *id, *shown;
  } cases[] = {
    { NULL, "?" },
    { "", "?" },
    { "abc", "abc" },
    { "123456789", "123456789" },
    { "1234567890", "1234…7890" },
    { "Ab3xQQQQQQQQQQQQQQQQQQQQQQQQQ9fQz", "Ab3x…9fQz" },
    { "<b>é", "?b???" },
    { "\xFF\xFE\033[31m0123456789", "????…6789" },
    { "a\xE2\x80\xAE" "b", "a???b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = rt_short_id (cases[i].id);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

static void
test_mentions (void)
{
  g_assert_true (rt_text_mentions ("Ada", "Ada"));
  g_assert_true (rt_text_mentions ("hey ADA!", "Ada"));
  g_assert_true (rt_text_mentions ("Radar, @ada: look", "Ada"));
  g_assert_true (rt_text_mentions ("an ÉLISE Ö", "élise ö"));
  g_assert_false (rt_text_mentions ("Radar", "Ada"));
  g_assert_false (rt_text_mentions ("Adas", "Ada"));
  g_assert_false (rt_text_mentions ("Ada_1", "Ada"));
  g_assert_false (rt_text_mentions ("anything", ""));
  g_assert_false (rt_text_mentions ("anything", NULL));
  g_assert_false (rt_text_mentions (NULL, "Ada"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/text/table", test_table);
  g_test_add_func ("/model/text/null", test_null);
  g_test_add_func ("/model/text/zalgo", test_zalgo);
  g_test_add_func ("/model/text/bounded", test_bounded);
  g_test_add_func ("/model/text/random", test_random);
  g_test_add_func ("/model/text/short-id", test_short_id);
  g_test_add_func ("/model/text/mentions", test_mentions);
  return g_test_run ();
}
