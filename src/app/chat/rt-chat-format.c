/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

#include <gtk/gtk.h>

#include "rt-chat-format.h"

#define CONTINUED (5 * 60 * G_TIME_SPAN_SECOND) /* a longer silence begins anew */
#define FOLD_CHARS 1700         /* about 30 lines of a narrow bubble */
#define FOLD_LINES 30
#define FOLD_SLACK 300          /* less than this is not worth hiding */
#define SPOKEN_CHARS 1000
/* Days begin at one of these everywhere, at least since there were computers. */
#define QUARTER (15 * 60 * G_TIME_SPAN_SECOND)

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
  g_autoptr (GDateTime) x = NULL;
  g_autoptr (GDateTime) y = NULL;

  /* most are asked of neighbours; the time zone is read from the disk each time */
  if (a >= 0 && b >= 0 && a / QUARTER == b / QUARTER)
    return TRUE;
  x = local_time (a);
  y = local_time (b);
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
         g_strcmp0 (rt_message_item_get_told (item), rt_message_item_get_told (previous)) == 0 &&
         g_strcmp0 (rt_message_item_get_recipient (item), rt_message_item_get_recipient (previous)) == 0 &&
         rt_message_item_get_trust (item) == rt_message_item_get_trust (previous) &&
         ABS (rt_message_item_get_time (item) - rt_message_item_get_time (previous)) < CONTINUED &&
         rt_is_same_day (rt_message_item_get_time (item), rt_message_item_get_time (previous));
}

static gboolean
is_right_to_left (gunichar c)
{
  switch ((int) g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_HEBREW:
    case G_UNICODE_SCRIPT_NKO:
    case G_UNICODE_SCRIPT_SYRIAC:
    case G_UNICODE_SCRIPT_THAANA:
      return TRUE;
    default:
      /* Adlam, and what is only in old books, but no emoji */
      return c >= 0x10800 && c < 0x1F000 && (c < 0x11000 || c >= 0x1E800);
    }
}

/* Within other words, a name of the other direction keeps its direction to itself. */
static char *
isolate (const char *words)
{
  gboolean other = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  for (const char *at = words; *at != '\0' && !other; at = g_utf8_next_char (at))
    other = is_right_to_left (g_utf8_get_char (at));
  return other ? g_strconcat ("\u2068", words, "\u2069", NULL) : g_strdup (words);
}

/* An own one that has not left: who can read it is not decided. Out of a file: nobody knows. */
static gboolean
is_undecided (RtMessageItem *item)
{
  return rt_message_item_get_imported (item) || (rt_message_item_get_own (item) && rt_message_item_get_sent_time (item) == 0);
}

const char *
rt_private_icon (RtMessageItem *item)
{
  if (is_undecided (item))
    return RT_PRIVATE_ICON;
  return rt_message_item_get_sealed (item) ? "channel-secure-symbolic" : "channel-insecure-symbolic";
}

/* Transfer of words full, of the result too. */
static char *
add_seal (RtMessageItem *item, char *words)
{
  g_autofree char *before = words;

  if (is_undecided (item))
    return g_steal_pointer (&before);
  if (rt_message_item_get_sealed (item))
    /* Translators: over a message; %s is "Private" or "Private to …": nobody else could read it, wherever it passed */
    return g_strdup_printf (_("%s · sealed"), before);
  /* Translators: over a message; %s is "Private" or "Private to …": the nodes that it passed could read it */
  return g_strdup_printf (_("%s · plain"), before);
}

char *
rt_format_private (RtMessageItem *item)
{
  const char *recipient = rt_message_item_get_recipient (item);

  if (!rt_message_item_get_private (item))
    return NULL;
  if (rt_message_item_get_own (item) && recipient != NULL)
    {
      const char *known = rt_message_item_get_recipient_name (item);
      g_autofree char *name = known != NULL ? isolate (known) : rt_short_id (recipient);

      /* Translators: over an own message that only one person gets; %s is the name of that person */
      return add_seal (item, g_strdup_printf (_("Private to %s"), name));
    }
  /* Translators: over a message that somebody sent to us only */
  return add_seal (item, g_strdup (_("Private")));
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
  return delivery == RT_DELIVERY_NOBODY || delivery == RT_DELIVERY_FAILED || delivery == RT_DELIVERY_CANCELLED ||
         delivery == RT_DELIVERY_UNSURE;
}

gboolean
rt_delivery_can_retry (RtDelivery delivery)
{
  return rt_delivery_failed (delivery) || delivery == RT_DELIVERY_QUEUED || delivery == RT_DELIVERY_THROUGH;
}

/* Each state has a shape of its own. */
const char *
rt_delivery_icon (RtMessageItem *item)
{
  switch (rt_message_item_get_delivery (item))
    {
    case RT_DELIVERY_QUEUED:
      return "document-open-recent-symbolic";
    case RT_DELIVERY_SENDING:
      return "content-loading-symbolic";
    case RT_DELIVERY_HANDED:
      return rt_message_item_get_n_receipts (item) > 0 ? "emblem-default-symbolic" : "object-select-symbolic";
    case RT_DELIVERY_NOBODY:
      return "network-offline-symbolic";
    case RT_DELIVERY_FAILED:
      return "dialog-warning-symbolic";
    case RT_DELIVERY_CANCELLED:
      return "action-unavailable-symbolic";
    case RT_DELIVERY_UNSURE:
      return "dialog-question-symbolic";
    case RT_DELIVERY_THROUGH:
      return "mail-forward-symbolic";
    case RT_DELIVERY_NONE:
    default:
      return NULL;
    }
}

char *
rt_format_sender (RtMessageItem *item)
{
  const char *name = rt_message_item_get_own (item) ? _("You") : rt_message_item_get_sender_name (item);
  const char *word = rt_message_item_get_sender_word (item), *told = rt_message_item_get_told (item);
  g_autofree char *shown = NULL, *both = NULL;

  if (told == NULL && (word == NULL || rt_message_item_get_own (item)))
    return g_strdup (name);
  shown = isolate (name);
  if (word != NULL && !rt_message_item_get_own (item))
    /* Translators: a name that several people have, then the short id of who it is */
    both = g_strdup_printf (_("%s (%s)"), shown, word);
  if (told != NULL)
    {
      g_autofree char *teller = rt_short_id (told);

      /* Translators: who is said to have written it, then the short id of who told us of it later */
      return g_strdup_printf (_("%s · told by %s"), both != NULL ? both : shown, teller);
    }
  return g_steal_pointer (&both);
}

char *
rt_format_reply_name (RtMessageItem *item)
{
  const char *name = rt_message_item_get_reply_name (item);

  if (rt_message_item_get_reply_state (item) != RT_REPLY_FOUND || name == NULL)
    return NULL;
  /* what a message answers is not in what its sender signed */
  if (rt_message_item_get_told (item) != NULL)
    {
      g_autofree char *teller = rt_short_id (rt_message_item_get_told (item));
      g_autofree char *shown = isolate (name);

      /* Translators: over the message that another one is said to answer: who wrote it, then the short id of who told us that it is the one */
      return g_strdup_printf (_("%s · as told by %s"), shown, teller);
    }
  if (rt_message_item_get_imported (item))
    {
      g_autofree char *shown = isolate (name);

      /* Translators: over the message that another one is said to answer in an archive: who wrote it */
      return g_strdup_printf (_("%s · as the file says"), shown);
    }
  return g_strdup (name);
}

char *
rt_format_reply_text (RtMessageItem *item)
{
  const char *preview = rt_message_item_get_reply_preview (item);

  switch (rt_message_item_get_reply_state (item))
    {
    case RT_REPLY_FOUND:
      if (preview != NULL && *preview != '\0')
        return g_strdup (preview);
      return g_strdup (_("A message without text"));
    case RT_REPLY_UNKNOWN:
      return g_strdup (_("Answers a message that is not known here"));
    case RT_REPLY_NONE:
    case RT_REPLY_LOOKING:
    default:
      return g_strdup (_("Looking for the message that this answers…"));
    }
}

char *
rt_format_spoken (RtMessageItem *item)
{
  g_autofree char *time = rt_format_time (rt_message_item_get_time (item));
  g_autofree char *secret = rt_format_private (item);
  g_autofree char *delivery = rt_format_delivery (item);
  g_autofree char *sender = rt_format_sender (item);
  const char *text = rt_message_item_get_text (item);
  const char *cut = strlen (text) > SPOKEN_CHARS ? g_utf8_find_prev_char (text, text + SPOKEN_CHARS) : NULL;
  GString *spoken = g_string_new (sender);

  g_string_append_printf (spoken, ", %s", time);
  if (secret != NULL)
    g_string_append_printf (spoken, ", %s", secret);
  if (rt_message_item_get_mention (item))
    g_string_append_printf (spoken, ", %s", _("mentions you"));
  if (rt_message_item_get_reply_to (item) != NULL)
    {
      g_autofree char *name = rt_format_reply_name (item);
      g_autofree char *words = rt_format_reply_text (item);

      g_string_append (spoken, ", ");
      if (name != NULL)
        g_string_append_printf (spoken, _("Answers %s: %s"), name, words);
      else
        g_string_append (spoken, words);
    }
  if (delivery != NULL)
    g_string_append_printf (spoken, ", %s", delivery);
  g_string_append (spoken, ": ");
  g_string_append_len (spoken, text, cut != NULL ? cut - text : -1);
  if (cut != NULL)
    g_string_append (spoken, "…");
  return g_string_free (spoken, FALSE);
}

char *
rt_format_moment (gint64 time, gint64 now)
{
  g_autofree char *clock = rt_format_time (time);
  g_autofree char *day = NULL;

  if (rt_is_same_day (time, now))
    return g_steal_pointer (&clock);
  day = rt_format_day (time, now);
  /* Translators: a day, then a time of it: "Yesterday, 14:02" */
  return g_strdup_printf (_("%s, %s"), day, clock);
}

char *
rt_format_heard (gint64 heard, gint64 now)
{
  gint64 ago = (now - heard) / G_USEC_PER_SEC;
  g_autofree char *moment = NULL;

  if (heard <= 0)
    return g_strdup (_("Not heard yet"));
  if (ago < 60)
    return g_strdup (_("Heard just now"));
  if (ago < 3600)
    return g_strdup_printf (ngettext ("Heard %d minute ago", "Heard %d minutes ago", (gulong) (ago / 60)), (int) (ago / 60));
  moment = rt_format_moment (heard, now);
  /* Translators: when somebody was heard for the last time: "14:02" or "Yesterday, 14:02" */
  return g_strdup_printf (_("Heard last: %s"), moment);
}

char *
rt_format_gap (RtGap *gap, gint64 now)
{
  g_autofree char *from = rt_format_moment (rt_gap_get_from (gap), now);
  g_autofree char *until = rt_is_same_day (rt_gap_get_from (gap), rt_gap_get_until (gap)) ? rt_format_time (rt_gap_get_until (gap))
                                                                                       : rt_format_moment (rt_gap_get_until (gap), now);
  guint n = rt_gap_get_n_messages (gap);
  g_autofree char *messages = NULL, *keys = rt_words_for_keys (rt_gap_get_n_keys (gap), 0), *came = NULL;
  GString *words = g_string_new (NULL);

  switch (rt_gap_get_kind (gap))
    {
    case RT_GAP_SPLIT:
      /* Translators: two times, with their days where they are others than today */
      g_string_append_printf (words, _("The network was split from %s to %s"), from, until);
      break;
    case RT_GAP_ALONE:
      g_string_append_printf (words, _("Nobody else was here from %s to %s"), from, until);
      break;
    case RT_GAP_AWAY:
    default:
      g_string_append_printf (words, _("You were away from %s to %s"), from, until);
    }
  /* Translators: of messages that others told us of after we had been away */
  messages = n > 0 ? g_strdup_printf (ngettext ("%u message was caught up", "%u messages were caught up", n), n) : NULL;
  came = rt_words_join (messages, keys);
  if (came != NULL)
    g_string_append_printf (words, ": %s", came);
  return g_string_free (words, FALSE);
}

gsize
rt_text_lines (const char *text, guint n_lines)
{
  const char *end = text;

  for (; n_lines > 0 && *end != '\0'; n_lines--)
    end += strcspn (end, "\n") + (strchr (end, '\n') != NULL);
  return end - text;
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
