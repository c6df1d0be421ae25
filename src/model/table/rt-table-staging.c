/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person means to change, and what becomes of it when others change the same. */
#include "config.h"

#include "rt-table-private.h"
#include "model/timeline/rt-message-item.h"

#include <glib/gi18n-lib.h>

void
rt_table_set_row_state (RtTable *self, RtTableRow *row, RtTableRowState state, const char *error)
{
  gboolean was = row->state == RT_ROW_CONFLICT, is = state == RT_ROW_CONFLICT;

  if (row->state != state && self->sort_by == RT_TABLE_SORT_STATE)
    rt_table_view_note (self, row->key);
  rt_table_row_set_state (row, state, error);
  if (was == is)
    return;
  self->n_conflicts += is;
  self->n_conflicts -= was;
  rt_table_notify_counts (self);
}

static RtTableRowState
get_staged_state (RtTableRow *row)
{
  return row->edit->value != NULL ? RT_ROW_EDITED : RT_ROW_TO_DELETE;
}

RtTableRow *
rt_table_stage (RtTable *self, RtTableRow *row, GVariant *value, RtTableState *base)
{
  rt_table_row_set_edit (row, value, base);
  rt_table_set_row_state (self, row, get_staged_state (row), NULL);
  rt_table_check_edit (self, row);
  if (!row->listed)
    {
      row->listed = TRUE;
      rt_table_rows_insert (self->staged, rt_table_rows_get (self->staged)->len, row);
      rt_table_notify_staged (self);
    }
  rt_table_view_note_now (self, row);
  return row;
}

void
rt_table_drop_edit (RtTable *self, RtTableRow *row)
{
  g_autoptr (RtTableRow) held G_GNUC_UNUSED = g_object_ref (row);
  guint position;

  if (row->edit == NULL)
    return;
  rt_table_set_row_state (self, row, RT_ROW_NORMAL, NULL);
  rt_table_row_clear_edit (row);
  if (self->gathering)
    {
      rt_table_view_note (self, row->key);
      return;
    }
  if (row->listed && g_ptr_array_find (rt_table_rows_get (self->staged), row, &position))
    {
      row->listed = FALSE;
      rt_table_rows_remove (self->staged, position);
      rt_table_notify_staged (self);
    }
  rt_table_view_note_now (self, row);
}

/* The whole list at once, and not one by one from its front. */
void
rt_table_end_drops (RtTable *self)
{
  GPtrArray *staged = rt_table_rows_get (self->staged);
  GPtrArray *left = g_ptr_array_new_with_free_func (g_object_unref);

  self->gathering = FALSE;
  for (guint i = 0; i < staged->len; i++)
    {
      RtTableRow *row = staged->pdata[i];

      row->listed = row->edit != NULL;
      if (row->listed)
        g_ptr_array_add (left, g_object_ref (row));
    }
  rt_table_rows_replace (self->staged, left);
  rt_table_notify_staged (self);
}

static char *
conflict_words (RtTableRow *row)
{
  g_autoptr (RtTableState) now = rt_table_row_dup_state (row);
  RtTableMeta meta = { 0 };
  g_autofree char *who = NULL;

  if (now->value == NULL)
    return g_strdup (_("It was deleted since you saw it"));
  if (row->edit->base->unread)
    return g_strdup (_("It has a value that you had not seen"));
  if (row->table->source != NULL && rt_table_source_lookup (row->table->source, row->key, &meta) && meta.mine)
    return g_strdup (_("You have changed it elsewhere since you saw it here"));
  if (now->owner == NULL || *now->owner == '\0')
    return g_strdup (row->edit->base->value == NULL ? _("It was made by somebody else meanwhile") : _("It was changed by somebody else since you saw it"));
  who = rt_short_id (now->owner);
  return g_strdup_printf (row->edit->base->value == NULL ? _("It was made by %s meanwhile") : _("It was changed by %s since you saw it"), who);
}

void
rt_table_check_edit (RtTable *self, RtTableRow *row)
{
  g_autofree char *words = NULL;

  if (row->edit == NULL || row->state == RT_ROW_APPLYING)
    return;
  if (rt_table_row_is_as_seen (row) || rt_table_row_is_as_wanted (row))
    {
      if (row->state == RT_ROW_CONFLICT)
        rt_table_set_row_state (self, row, get_staged_state (row), NULL);
      if (row->edit->retry_since != 0)
        rt_table_plan_retry (self);
      return;
    }
  rt_table_row_set_retry (row, 0);
  words = conflict_words (row);
  rt_table_set_row_state (self, row, RT_ROW_CONFLICT, words);
}

/* ---- by the person ---- */

static gboolean
check_key (GBytes *key, GError **error)
{
  gsize length = g_bytes_get_size (key);

  if (length == 0)
    g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL, _("The key is empty"));
  else if (length > RT_TABLE_MAX_KEY)
    g_set_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_TOO_LARGE, _("The key is longer than %u bytes"), RT_TABLE_MAX_KEY);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_value (GVariant *value, GError **error)
{
  g_autoptr (GByteArray) packed = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UNIT))
    {
      g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL, _("A key cannot have nothing as its value: delete it instead"));
      return FALSE;
    }
  /* it packs to little more at most */
  if (!g_variant_is_container (value) && g_variant_get_size (value) < RT_VALUE_MAX_BYTES / 2)
    return TRUE;
  packed = g_byte_array_new ();
  if (!p2p_value_pack (value, packed, error))
    return FALSE;
  if (packed->len <= RT_VALUE_MAX_BYTES)
    return TRUE;
  g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_TOO_LARGE, _("The value is larger than 2 MiB"));
  return FALSE;
}

static gboolean
check_room (RtTable *self, GBytes *key, GError **error)
{
  RtTableRow *row = g_hash_table_lookup (self->by_key, key);

  if (row != NULL && row->state == RT_ROW_APPLYING)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("The key is just being applied"));
      return FALSE;
    }
  if ((row != NULL && row->edit != NULL) || rt_table_get_n_staged (self) < RT_TABLE_MAX_STAGED)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%u keys are staged: apply them, or take some back"), RT_TABLE_MAX_STAGED);
  return FALSE;
}

static gboolean
is_no_change (GVariant *value, RtTableState *base)
{
  if (base->unread)
    return FALSE;
  return value == NULL ? base->value == NULL : base->value != NULL && g_variant_equal (value, base->value);
}

/* A row for a key that was not loaded yet, too. */
static RtTableRow *
take_row (RtTable *self, GBytes *key)
{
  gboolean is_new = g_hash_table_lookup (self->by_key, key) == NULL;
  RtTableRow *row = rt_table_view_ensure (self, key);

  if (is_new && rt_table_row_refresh (row))
    rt_table_count_row (self, row, 1);
  return row;
}

RtTableRow *
rt_table_stage_set (RtTable *self, GBytes *key, GVariant *value, RtTableState *seen, GError **error)
{
  g_autoptr (GVariant) taken = NULL;
  g_autoptr (RtTableState) base = NULL;
  RtTableRow *row;

  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  g_return_val_if_fail (key != NULL && value != NULL, NULL);

  taken = g_variant_ref_sink (value);
  if (!check_key (key, error) || !check_value (taken, error) || !check_room (self, key, error))
    return NULL;
  row = take_row (self, key);
  base = seen != NULL ? rt_table_state_ref (seen) : rt_table_row_dup_state (row);
  if (is_no_change (taken, base))
    {
      rt_table_drop_edit (self, row);
      /* it may have been nothing but the edit */
      return g_hash_table_lookup (self->by_key, key);
    }
  return rt_table_stage (self, row, taken, base);
}

RtTableRow *
rt_table_stage_delete (RtTable *self, GBytes *key, RtTableState *seen, GError **error)
{
  g_autoptr (RtTableState) base = NULL;
  RtTableMeta meta = { 0 };
  RtTableRow *row;

  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  if (!check_key (key, error) || !check_room (self, key, error))
    return NULL;
  row = g_hash_table_lookup (self->by_key, key);
  /* By the source: it may have come, or gone, in this frame. */
  if (self->source == NULL || !rt_table_source_lookup (self->source, key, &meta))
    {
      if (row == NULL || row->edit == NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no such key"));
          return NULL;
        }
      rt_table_drop_edit (self, row);
      return g_hash_table_lookup (self->by_key, key);
    }
  row = take_row (self, key);
  base = seen != NULL ? rt_table_state_ref (seen) : rt_table_row_dup_state (row);
  return rt_table_stage (self, row, NULL, base);
}

void
rt_table_unstage (RtTable *self, GBytes *key)
{
  RtTableRow *row;

  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (key != NULL);

  row = g_hash_table_lookup (self->by_key, key);
  if (row != NULL && row->state != RT_ROW_APPLYING)
    rt_table_drop_edit (self, row);
}

void
rt_table_unstage_all (RtTable *self)
{
  g_autoptr (GPtrArray) rows = NULL;

  g_return_if_fail (RT_IS_TABLE (self));

  rows = g_ptr_array_copy (rt_table_rows_get (self->staged), (GCopyFunc) (void *) g_object_ref, NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      RtTableRow *row = rows->pdata[i];

      if (row->state == RT_ROW_APPLYING)
        continue;
      rt_table_set_row_state (self, row, RT_ROW_NORMAL, NULL);
      rt_table_row_clear_edit (row);
      rt_table_view_note (self, row->key);
    }
  rt_table_end_drops (self);
}

void
rt_table_keep_mine (RtTable *self, GBytes *key)
{
  g_autoptr (RtTableState) now = NULL;
  g_autoptr (GVariant) value = NULL;
  RtTableRow *row;

  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (key != NULL);

  row = g_hash_table_lookup (self->by_key, key);
  if (row == NULL || row->state != RT_ROW_CONFLICT)
    return;
  now = rt_table_row_dup_state (row);
  value = row->edit->value != NULL ? g_variant_ref (row->edit->value) : NULL;
  if (is_no_change (value, now))
    rt_table_drop_edit (self, row);
  else
    rt_table_stage (self, row, value, now);
}

void
rt_table_keep_theirs (RtTable *self, GBytes *key)
{
  rt_table_unstage (self, key);
}
