/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-day.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More is no day in any language. */
#define MOST_CHARACTERS 64

/* With plain digits, and without what only says in which direction it is written. */
static char *
simplify (const char *text)
{
  GString *plain = g_string_new (NULL);
  guint n = 0;

  for (const char *p = text; *p != '\0' && n++ < MOST_CHARACTERS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isdigit (c))
        g_string_append_c (plain, (char) ('0' + g_unichar_digit_value (c)));
      else if (g_unichar_type (c) != G_UNICODE_FORMAT && c >= ' ')
        g_string_append_unichar (plain, c);
    }
  return g_strstrip (g_string_free (plain, FALSE));
}

static gboolean
is_good (const GDate *day)
{
  return g_date_valid (day) && g_date_get_year (day) >= RT_DAY_FIRST_YEAR && g_date_get_year (day) <= RT_DAY_LAST_YEAR;
}

static gboolean
is_number (const char *text, gsize least, gsize most)
{
  gsize length = strlen (text);

  return length >= least && length <= most && strspn (text, "0123456789") == length;
}

/* The year first: it cannot be meant in another way. */
static gboolean
parse_numbers (const char *text, GDate *day)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "-./", -1);
  guint year, month, number;

  if (g_strv_length (parts) != 3 || !is_number (parts[0], 4, 4) || !is_number (parts[1], 1, 2) || !is_number (parts[2], 1, 2))
    return FALSE;
  year = (guint) g_ascii_strtoull (parts[0], NULL, 10);
  month = (guint) g_ascii_strtoull (parts[1], NULL, 10);
  number = (guint) g_ascii_strtoull (parts[2], NULL, 10);
  if (!g_date_valid_dmy ((GDateDay) number, (GDateMonth) month, (GDateYear) year))
    return FALSE;
  g_date_set_dmy (day, (GDateDay) number, (GDateMonth) month, (GDateYear) year);
  return is_good (day);
}

gboolean
rt_day_parse (const char *text, GDate *day)
{
  g_autofree char *plain = NULL;
  guint n_digits = 0;

  g_date_clear (day, 1);
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  plain = simplify (text);
  for (const char *p = plain; *p != '\0'; p++)
    n_digits += (guint) g_ascii_isdigit (*p);
  if (parse_numbers (plain, day))
    return TRUE;
  /* half of a date is none; a year that comes first is not guessed at */
  if (n_digits < 3 || (n_digits >= 4 && g_ascii_isdigit (plain[0]) && g_ascii_isdigit (plain[1]) && g_ascii_isdigit (plain[2])))
    return FALSE;
  g_date_set_parse (day, plain);
  if (g_date_valid (day) && g_date_get_year (day) < 100)
    g_date_set_year (day, (GDateYear) (g_date_get_year (day) + 2000));
  return is_good (day);
}

char *
rt_day_to_text (const GDate *day)
{
  g_return_val_if_fail (g_date_valid (day), NULL);
  return g_strdup_printf ("%04u-%02u-%02u", (guint) g_date_get_year (day), (guint) g_date_get_month (day), (guint) g_date_get_day (day));
}

static GDateTime *
at_midnight (const GDate *day)
{
  return g_date_time_new_local (g_date_get_year (day), (int) g_date_get_month (day), g_date_get_day (day), 0, 0, 0);
}

char *
rt_day_to_words (const GDate *day)
{
  g_autoptr (GDateTime) midday = NULL;

  g_return_val_if_fail (g_date_valid (day), NULL);
  midday = g_date_time_new_utc (g_date_get_year (day), (int) g_date_get_month (day), g_date_get_day (day), 12, 0, 0);
  /* Translators: a day of another year, as strftime writes it: "20 November 2025" */
  return g_date_time_format (midday, _("%-d %B %Y"));
}

void
rt_day_set_time (GDate *day, gint64 time)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  g_date_clear (day, 1);
  if (local != NULL)
    g_date_set_dmy (day, (GDateDay) g_date_time_get_day_of_month (local), (GDateMonth) g_date_time_get_month (local), (GDateYear) g_date_time_get_year (local));
}

gint64
rt_day_begin (const GDate *day)
{
  g_autoptr (GDateTime) midnight = NULL;

  g_return_val_if_fail (g_date_valid (day), 0);
  midnight = at_midnight (day);
  return midnight != NULL ? g_date_time_to_unix (midnight) * G_USEC_PER_SEC : 0;
}

gint64
rt_day_end (const GDate *day)
{
  GDate next = *day;

  g_return_val_if_fail (g_date_valid (day), 0);
  g_date_add_days (&next, 1);
  return rt_day_begin (&next) - 1;
}
