/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-key-format.h"

/* Of a key in a sentence. */
#define SHORT_CHARS 40

/* How a key stands that the person does nothing with. */
typedef enum {
  STANDING_UNREAD,              /* its value is somewhere on a ring */
  STANDING_READ,
  STANDING_OLD,
  STANDING_MINE,
  STANDING_LEASED,
  STANDING_FREE,
} Standing;

static Standing
get_standing (RtTableRow *row)
{
  /* nobody owns a key of a ring */
  if (rt_table_row_get_unread (row))
    return STANDING_UNREAD;
  if (rt_table_row_get_exists (row) && (rt_table_row_get_owner (row) == NULL || (rt_table_row_get_fetched (row) && !rt_table_row_get_mine (row))))
    return STANDING_READ;
  if (rt_table_row_get_old (row))
    return STANDING_OLD;
  if (rt_table_row_get_mine (row))
    return STANDING_MINE;
  return rt_table_row_get_lease_left (row) > 0 ? STANDING_LEASED : STANDING_FREE;
}

const char *
rt_key_state_icon (RtTableRow *row)
{
  switch (rt_table_row_get_state (row))
    {
    case RT_ROW_EDITED: return "document-edit-symbolic";
    case RT_ROW_TO_DELETE: return "user-trash-symbolic";
    case RT_ROW_APPLYING: return "emblem-synchronizing-symbolic";
    case RT_ROW_FAILED: return "dialog-error-symbolic";
    case RT_ROW_CONFLICT: return "dialog-warning-symbolic";
    case RT_ROW_NORMAL:
    default: break;
    }
  if (!rt_table_row_get_exists (row))
    return "user-trash-symbolic";
  switch (get_standing (row))
    {
    case STANDING_UNREAD:
      return rt_table_row_get_trouble (row) != NULL && !rt_table_row_get_reading (row) ? "dialog-warning-symbolic" : "content-loading-symbolic";
    case STANDING_READ:
      return rt_table_row_get_old (row) ? "document-open-recent-symbolic" : "object-select-symbolic";
    case STANDING_OLD: return "document-open-recent-symbolic";
    case STANDING_MINE: return "avatar-default-symbolic";
    case STANDING_LEASED: return "changes-prevent-symbolic";
    case STANDING_FREE:
    default: return "changes-allow-symbolic";
    }
}

const char *
rt_key_state_color (RtTableRow *row)
{
  switch (rt_table_row_get_state (row))
    {
    case RT_ROW_FAILED: return "error_color";
    case RT_ROW_CONFLICT: return "warning_color";
    case RT_ROW_EDITED:
    case RT_ROW_TO_DELETE:
    case RT_ROW_APPLYING: return "accent_color";
    case RT_ROW_NORMAL:
    default: return NULL;
    }
}

static const char *
get_state_word (RtTableRow *row)
{
  switch (rt_table_row_get_state (row))
    {
    case RT_ROW_EDITED: return rt_table_row_get_exists (row) ? _("edited") : _("new");
    case RT_ROW_TO_DELETE: return _("to be deleted");
    case RT_ROW_APPLYING: return _("being applied");
    case RT_ROW_FAILED: return _("refused");
    case RT_ROW_CONFLICT: return _("conflict");
    case RT_ROW_NORMAL:
    default: break;
    }
  switch (get_standing (row))
    {
    case STANDING_UNREAD: return rt_table_row_get_kind_text (row);
    /* Translators: the value of a key as it was; others said since that they wrote it */
    case STANDING_READ: return rt_table_row_get_old (row) ? _("changed since") : _("read");
    /* Translators: a key of the table that nobody has confirmed since the program was started */
    case STANDING_OLD: return _("old");
    /* Translators: a key of the table that the person wrote */
    case STANDING_MINE: return _("yours");
    /* Translators: a key of the table that only another can change for now */
    case STANDING_LEASED: return _("leased");
    /* Translators: a key of the table that everybody can change */
    case STANDING_FREE:
    default: return _("free");
    }
}

static char *
dup_unread (RtTableRow *row)
{
  const char *trouble = rt_table_row_get_trouble (row);

  if (rt_table_row_get_reading (row))
    return g_strdup (_("The value is being read"));
  if (trouble != NULL)
    /* Translators: %s is why, in words */
    return g_strdup_printf (_("The value cannot be read. %s"), trouble);
  return g_strdup (_("The value is not read yet"));
}

char *
rt_key_dup_state (RtTableRow *row)
{
  g_autofree char *owner = NULL;
  g_autofree char *left = NULL;
  g_autofree char *moment = NULL;

  switch (rt_table_row_get_state (row))
    {
    case RT_ROW_EDITED:
      return g_strdup (rt_table_row_get_exists (row) ? _("Edited, not applied yet") : _("New, not applied yet"));
    case RT_ROW_TO_DELETE:
      return g_strdup (_("To be deleted, not applied yet"));
    case RT_ROW_APPLYING:
      return g_strdup (_("Being applied"));
    case RT_ROW_FAILED:
      return g_strdup (rt_table_row_get_retrying (row) ? _("Refused; tried again when the lease ends") : _("Refused"));
    case RT_ROW_CONFLICT:
      return g_strdup (_("Conflict: others changed it since you saw it"));
    case RT_ROW_NORMAL:
    default:
      break;
    }
  if (!rt_table_row_get_exists (row))
    return g_strdup (_("Deleted: there is no such key any more"));
  if (get_standing (row) == STANDING_UNREAD)
    return dup_unread (row);
  if (get_standing (row) == STANDING_READ && rt_table_row_get_old (row))
    return g_strdup (_("As it was read; somebody has written it since"));
  if (get_standing (row) == STANDING_READ && !rt_table_row_get_signed (row))
    return g_strdup (_("Read from its places on the ring"));
  owner = rt_table_row_dup_owner_text (row);
  left = rt_table_row_dup_lease_text (row);
  moment = rt_key_dup_moment (rt_table_row_get_written (row));
  switch (get_standing (row))
    {
    case STANDING_READ:
      /* Translators: %s is the id of who wrote the value of a key, and signed it */
      return g_strdup_printf (_("Read from its places on the ring; signed by %s"), owner);
    case STANDING_UNREAD:
    case STANDING_OLD:
      /* Translators: %s is who wrote a key: "you", or an id */
      return g_strdup_printf (_("Old, by %s: nobody has confirmed it since the start"), owner);
    case STANDING_MINE:
      if (rt_table_row_get_lease_left (row) == 0)
        return g_strdup (_("Yours; anybody can change it"));
      /* Translators: %s is a time, as in "12 min" */
      return g_strdup_printf (_("Yours, leased for %s"), left);
    case STANDING_LEASED:
      /* Translators: an id, then a time, as in "12 min" */
      return g_strdup_printf (_("Leased by %s for %s"), owner, left);
    case STANDING_FREE:
    default:
      /* Translators: an id, then when it was, as in "20:15" */
      return g_strdup_printf (_("Free; written by %s, %s"), owner, moment);
    }
}

char *
rt_key_dup_moment (gint64 time)
{
  g_autoptr (GDateTime) moment = time > 0 ? g_date_time_new_from_unix_local (time) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (moment == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (moment) == g_date_time_get_year (now) && g_date_time_get_day_of_year (moment) == g_date_time_get_day_of_year (now))
    return g_date_time_format (moment, "%H:%M");
  return g_date_time_format (moment, "%x");
}

char *
rt_key_dup_full_moment (gint64 time)
{
  g_autoptr (GDateTime) moment = time > 0 ? g_date_time_new_from_unix_local (time) : NULL;
  char *text = moment != NULL ? g_date_time_format (moment, "%c") : NULL;

  return text != NULL ? text : g_strdup ("");
}

/* Minutes and seconds, as on a clock: there is no room for words. A lease is of an hour at most. */
static char *
dup_countdown (guint left)
{
  return g_strdup_printf ("%u:%02u", left / 60, left % 60);
}

static char *
dup_value (RtTableRow *row)
{
  g_autofree char *staged = NULL;

  g_object_get (row, "staged-text", &staged, NULL);
  if (staged != NULL)
    return g_steal_pointer (&staged);
  return g_strdup (rt_table_row_get_value_text (row));
}

char *
rt_key_dup_cell (RtTableRow  *row,
                 RtKeyColumn  column)
{
  gboolean exists = rt_table_row_get_exists (row);

  switch (column)
    {
    case RT_KEY_COLUMN_KEY:
      return g_strdup (rt_table_row_get_key_text (row));
    case RT_KEY_COLUMN_VALUE:
      return dup_value (row);
    case RT_KEY_COLUMN_KIND:
      return g_strdup (exists ? rt_table_row_get_kind_text (row) : "");
    case RT_KEY_COLUMN_OWNER:
      return exists ? rt_table_row_dup_owner_text (row) : g_strdup ("");
    case RT_KEY_COLUMN_WRITTEN:
      return rt_key_dup_moment (rt_table_row_get_written (row));
    case RT_KEY_COLUMN_LEASE:
      return exists && rt_table_row_get_lease_left (row) > 0 ? dup_countdown (rt_table_row_get_lease_left (row)) : g_strdup ("—");
    case RT_KEY_COLUMN_STATE:
    case RT_N_KEY_COLUMNS:
    default:
      return g_strdup (get_state_word (row));
    }
}

char *
rt_key_dup_spoken (RtTableRow *row)
{
  g_autofree char *value = dup_value (row);
  g_autofree char *state = rt_key_dup_state (row);

  if (rt_table_row_get_unread (row) && (value == NULL || *value == '\0'))
    /* Translators: a key, how it stands */
    return g_strdup_printf (_("%s. %s"), rt_table_row_get_key_text (row), state);
  if (!rt_table_row_get_exists (row))
    /* Translators: a key, its new value, how it stands */
    return g_strdup_printf (_("%s: %s. %s"), rt_table_row_get_key_text (row), value != NULL ? value : "", state);
  /* Translators: a key, its value, the type of that, how it stands */
  return g_strdup_printf (_("%s: %s (%s). %s"), rt_table_row_get_key_text (row), value != NULL ? value : "",
                          rt_value_kind_words (rt_table_row_get_kind (row)), state);
}

char *
rt_key_dup_short (RtTableRow *row)
{
  const char *text = rt_table_row_get_key_text (row);
  g_autofree char *cut = NULL;

  if (g_utf8_strlen (text, -1) <= SHORT_CHARS)
    return g_strdup (text);
  cut = g_utf8_substring (text, 0, SHORT_CHARS - 1);
  return g_strconcat (cut, "…", NULL);
}
