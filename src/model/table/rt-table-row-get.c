/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row says. */
#include "config.h"

#include "rt-table-private.h"
#include "model/timeline/rt-message-item.h"

#include <glib/gi18n-lib.h>

GBytes *
rt_table_row_get_key (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->key;
}

const char *
rt_table_row_get_key_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  if (self->key_text == NULL)
    {
      gboolean is_text;

      self->key_text = rt_table_key_to_text (self->key, &is_text);
      self->key_is_text = is_text != FALSE;
    }
  return self->key_text;
}

gboolean
rt_table_row_get_exists (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->exists;
}

const char *
rt_table_row_get_value_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  rt_table_row_look (self);
  return self->preview;
}

RtValueKind
rt_table_row_get_kind (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), RT_VALUE_TEXT);

  rt_table_row_look (self);
  return self->kind;
}

const char *
rt_table_row_get_kind_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  if (!self->exists)
    return "";
  if (self->unread)
    return self->reading ? _("being read…") : self->trouble != NULL ? _("cannot be read") : _("not read yet");
  return self->nothing ? _("no value") : rt_value_kind_words (rt_table_row_get_kind (self));
}

gboolean
rt_table_row_get_unread (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->unread;
}

gboolean
rt_table_row_get_reading (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->reading;
}

const char *
rt_table_row_get_trouble (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->trouble;
}

gsize
rt_table_row_get_size (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);
  return self->size;
}

gboolean
rt_table_row_get_fetched (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->fetched;
}

gboolean
rt_table_row_get_signed (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->signed_by_owner;
}

const char *
rt_table_row_get_owner (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->owner;
}

char *
rt_table_row_dup_owner_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  if (!self->exists)
    return g_strdup ("");
  if (self->mine)
    return g_strdup (_("you"));
  /* not every table knows who wrote what */
  return *self->owner == '\0' ? g_strdup ("") : rt_short_id (self->owner);
}

gint64
rt_table_row_get_written (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);
  return self->written;
}

gboolean
rt_table_row_get_mine (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->mine;
}

gboolean
rt_table_row_get_old (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->old;
}

gint64
rt_table_row_get_lease_end (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);
  return self->lease_end;
}

guint
rt_table_row_get_lease_left (RtTableRow *self)
{
  gint64 left;

  g_return_val_if_fail (RT_IS_TABLE_ROW (self), 0);

  if (self->lease_end == 0 || self->table == NULL)
    return 0;
  left = self->lease_end - rt_table_get_now (self->table);
  return (guint) CLAMP (left, 0, G_MAXINT);
}

static char *
lease_words (guint left)
{
  if (left == 0)
    return g_strdup (_("free"));
  if (left < 60)
    return g_strdup_printf (C_("time left", "%u s"), left);
  if (left < 3600)
    return g_strdup_printf (C_("time left", "%u min %u s"), left / 60, left % 60);
  return g_strdup_printf (C_("time left", "%u h %u min"), left / 3600, left / 60 % 60);
}

char *
rt_table_row_dup_lease_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  return self->exists ? lease_words (rt_table_row_get_lease_left (self)) : g_strdup ("");
}

RtTableRowState
rt_table_row_get_state (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), RT_ROW_NORMAL);
  return self->state;
}

const char *
rt_table_row_get_state_text (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);

  switch (self->state)
    {
    case RT_ROW_EDITED: return _("Edited, not applied");
    case RT_ROW_TO_DELETE: return _("To be deleted");
    case RT_ROW_APPLYING: return _("Being applied");
    case RT_ROW_FAILED: return _("Refused");
    case RT_ROW_CONFLICT: return _("Changed by somebody else");
    case RT_ROW_NORMAL:
    default: return "";
    }
}

const char *
rt_table_row_get_error (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), NULL);
  return self->error;
}

gboolean
rt_table_row_get_retrying (RtTableRow *self)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);
  return self->edit != NULL && self->edit->retry_since != 0;
}

gboolean
rt_table_row_get_staged (RtTableRow *self, GVariant **value, RtTableState **base)
{
  g_return_val_if_fail (RT_IS_TABLE_ROW (self), FALSE);

  if (value != NULL)
    *value = self->edit != NULL ? self->edit->value : NULL;
  if (base != NULL)
    *base = self->edit != NULL ? self->edit->base : NULL;
  return self->edit != NULL;
}
