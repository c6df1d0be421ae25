/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

#include "rt-chat-format.h"

#define CONTINUED (5 * 60 * G_TIME_SPAN_SECOND) /* a longer silence begins anew */
#define FOLD_CHARS 1700         /* about 30 lines of a narrow bubble */
#define FOLD_LINES 30
#define FOLD_SLACK 300          /* less than this is not worth hiding */
#define SPOKEN_CHARS 1000

static GDateTime *
local_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);

  /* years that no calendar has */
  return utc != NULL ? g_date_time_to_local (utc) : g_date_time_new_from_unix_local (0);
}

char *
rt_format_time (gint64 time)
{
  g_autoptr (GDateTime) at = local_time (time);
  const char *format = nl_langinfo (T_FMT);
  gboolean twelve = strstr (format, "%r") != NULL || strstr (format, "%I") != NULL || strstr (format, "%p") != NULL;

  return g_date_time_format (at, twelve ? "%-l:%M %p" : "%H:%M");
}

gboolean
rt_is_same_day (gint64 a, gint64 b)
{
  g_autoptr (GDateTime) x = local_time (a);
  g_autoptr (GDateTime) y = local_time (b);

  return g_date_time_get_year (x) == g_date_time_get_year (y) && g_date_time_get_day_of_year (x) == g_date_time_get_day_of_year (y);
}

gint64
rt_next_midnight (gint64 now)
{
  g_autoptr (GDateTime) at = local_time (now);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (at, 1);
  g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (tomorrow), g_date_time_get_month (tomorrow),
                                                          g_date_time_get_day_of_month (tomorrow), 0, 0, 0);

  return g_date_time_to_unix (midnight) * G_TIME_SPAN_SECOND;
}

char *
rt_format_day (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) at = local_time (time);
  g_autoptr (GDateTime) today = local_time (now);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (today, -1);

  if (rt_is_same_day (time, now))
    return g_strdup (_("Today"));
  if (g_date_time_get_year (at) == g_date_time_get_year (yesterday) &&
      g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (yesterday))
    return g_strdup (_("Yesterday"));
  if (g_date_time_get_year (at) == g_date_time_get_year (today))
    /* Translators: a day of this year, as strftime writes it: "Friday, 20 November" */
    return g_date_time_format (at, _("%A, %-d %B"));
  /* Translators: a day of another year, as strftime writes it: "20 November 2025" */
  return g_date_time_format (at, _("%-d %B %Y"));
}

gboolean
rt_is_continued (RtMessageItem *item, RtMessageItem *previous)
{
  return previous != NULL &&
         rt_message_item_get_own (item) == rt_message_item_get_own (previous) &&
         rt_message_item_get_private (item) == rt_message_item_get_private (previous) &&
         g_strcmp0 (rt_message_item_get_sender (item), rt_message_item_get_sender (previous)) == 0 &&
         g_strcmp0 (rt_message_item_get_recipient (item), rt_message_item_get_recipient (previous)) == 0 &&
         ABS (rt_message_item_get_time (item) - rt_message_item_get_time (previous)) < CONTINUED &&
         rt_is_same_day (rt_message_item_get_time (item), rt_message_item_get_time (previous));
}

char *
rt_format_private (RtMessageItem *item)
{
  const char *recipient = rt_message_item_get_recipient (item);

  if (!rt_message_item_get_private (item))
    return NULL;
  if (rt_message_item_get_own (item) && recipient != NULL)
    {
      g_autofree char *name = rt_short_id (recipient);

      /* Translators: over an own message that only one person gets; %s is the short id of that person */
      return g_strdup_printf (_("Private to %s"), name);
    }
  /* Translators: over a message that somebody sent to us only */
  return g_strdup (_("Private"));
}

char *
rt_format_delivery (RtMessageItem *item)
{
  char *text = NULL;

  if (!rt_message_item_get_own (item))
    return NULL;
  g_object_get (item, "delivery-text", &text, NULL);
  return text;
}

gboolean
rt_delivery_failed (RtDelivery delivery)
{
  return delivery == RT_DELIVERY_NOBODY || delivery == RT_DELIVERY_FAILED;
}

const char *
rt_delivery_icon (RtDelivery delivery)
{
  switch (delivery)
    {
    case RT_DELIVERY_SENDING:
      return "content-loading-symbolic";
    case RT_DELIVERY_HANDED:
      return "object-select-symbolic";
    case RT_DELIVERY_NOBODY:
      return "network-offline-symbolic";
    case RT_DELIVERY_FAILED:
      return "dialog-warning-symbolic";
    case RT_DELIVERY_NONE:
    default:
      return NULL;
    }
}

char *
rt_format_spoken (RtMessageItem *item)
{
  g_autofree char *time = rt_format_time (rt_message_item_get_time (item));
  g_autofree char *secret = rt_format_private (item);
  g_autofree char *delivery = rt_format_delivery (item);
  const char *name = rt_message_item_get_own (item) ? _("You") : rt_message_item_get_sender_name (item);
  const char *text = rt_message_item_get_text (item);
  const char *cut = strlen (text) > SPOKEN_CHARS ? g_utf8_find_prev_char (text, text + SPOKEN_CHARS) : NULL;
  GString *spoken = g_string_new (name);

  g_string_append_printf (spoken, ", %s", time);
  if (secret != NULL)
    g_string_append_printf (spoken, ", %s", secret);
  if (delivery != NULL)
    g_string_append_printf (spoken, ", %s", delivery);
  g_string_append (spoken, ": ");
  g_string_append_len (spoken, text, cut != NULL ? cut - text : -1);
  if (cut != NULL)
    g_string_append (spoken, "…");
  return g_string_free (spoken, FALSE);
}

gsize
rt_text_fold (const char *text)
{
  const char *end = text, *word = NULL;
  gsize chars = 0, lines = 0;

  while (*end != '\0' && chars < FOLD_CHARS && lines < FOLD_LINES)
    {
      if (*end == '\n')
        lines++;
      if (*end == ' ' || *end == '\n')
        word = end;
      end = g_utf8_next_char (end);
      chars++;
    }
  if (*end == '\0')
    return 0;
  /* a little more is shown rather than hidden behind a button that is as high */
  if (lines < FOLD_LINES && g_utf8_strlen (end, MIN (strlen (end), 4 * FOLD_SLACK + 4)) <= FOLD_SLACK && strchr (end, '\n') == NULL)
    return 0;
  if (word != NULL && end - word < 100)
    end = word;
  return end - text;
}
