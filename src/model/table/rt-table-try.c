/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One staged row is written, or is not, and it is told why. */
#include "config.h"

#include "rt-table-private.h"
#include "model/timeline/rt-message-item.h"

#include <glib/gi18n-lib.h>

static RtTableResult *
refuse (RtTable *self, RtTableRow *row, RtTableOutcome outcome, const char *words)
{
  rt_table_set_row_state (self, row, RT_ROW_FAILED, words);
  rt_table_view_note (self, row->key);
  return rt_table_result_new (row, outcome, words);
}

static char *
lease_words (RtTableRow *row, const RtTableMeta *meta)
{
  g_autofree char *who = rt_short_id (meta->owner);
  g_autofree char *left = NULL;

  rt_table_row_refresh (row);
  left = rt_table_row_dup_lease_text (row);
  return g_strdup_printf (_("%s holds the lease for another %s"), who, left);
}

/* In whatever words the source says it: another's lease runs or it does not. */
static RtTableResult *
refuse_by_source (RtTable *self, RtTableRow *row, const GError *error)
{
  RtTableMeta meta = { 0 };

  if (rt_table_source_lookup (self->source, row->key, &meta) && !meta.mine && meta.lease_end > rt_table_get_now (self))
    {
      g_autofree char *words = lease_words (row, &meta);

      return refuse (self, row, RT_OUTCOME_LEASED, words);
    }
  return refuse (self, row, RT_OUTCOME_FAILED, error->message);
}

static RtTableResult *
tell_conflict (RtTable *self, RtTableRow *row)
{
  rt_table_set_row_state (self, row, row->edit->value != NULL ? RT_ROW_EDITED : RT_ROW_TO_DELETE, NULL);
  rt_table_check_edit (self, row);
  /* What it is now was too much to be kept, or changed back meanwhile: the writing has been refused all the same. */
  if (row->state != RT_ROW_CONFLICT)
    rt_table_set_row_state (self, row, RT_ROW_CONFLICT, _("It was changed by somebody else since you saw it"));
  rt_table_view_note (self, row->key);
  return rt_table_result_new (row, RT_OUTCOME_CONFLICT, row->error);
}

/* ---- a source that answers at once ---- */

static RtTableResult *
write_now (RtTable *self, RtTableRow *row, RtTableState **before, GVariant **wanted)
{
  g_autoptr (GVariant) value = row->edit->value != NULL ? g_variant_ref (row->edit->value) : NULL;
  g_autoptr (RtTableState) now = rt_table_row_dup_state (row);
  g_autoptr (GError) error = NULL;
  gboolean done;

  done = value != NULL ? rt_table_source_set (self->source, row->key, value, &error) : rt_table_source_delete_key (self->source, row->key, &error);
  if (!done)
    return refuse_by_source (self, row, error);
  rt_table_view_note (self, row->key);
  rt_table_drop_edit (self, row);
  *before = g_steal_pointer (&now);
  *wanted = g_steal_pointer (&value);
  return rt_table_result_new (row, RT_OUTCOME_APPLIED, NULL);
}

/* ---- one that answers later ---- */

typedef struct {
  RtTable      *table;
  RtTableRow   *row;
  RtTableState *base;
  GVariant     *wanted;         /* NULL: a delete */
  RtTableTried  func;
  gpointer      data;
} Try;

static void
free_try (Try *try)
{
  g_object_unref (try->table);
  g_object_unref (try->row);
  rt_table_state_unref (try->base);
  g_clear_pointer (&try->wanted, g_variant_unref);
  g_free (try);
}

/* It was not tried, or nobody knows whether it was written: it stays staged, and is looked at. */
static RtTableResult *
stop (RtTable *self, RtTableRow *row, const char *words)
{
  rt_table_set_row_state (self, row, row->edit->value != NULL ? RT_ROW_EDITED : RT_ROW_TO_DELETE, NULL);
  rt_table_check_edit (self, row);
  rt_table_view_note (self, row->key);
  return rt_table_result_new (row, RT_OUTCOME_CANCELLED, words);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Try *try = user_data;
  RtTable *self = try->table;
  g_autoptr (RtTableResult) told = NULL;
  g_autoptr (RtTableState) before = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  gboolean done = rt_table_source_write_finish (RT_TABLE_SOURCE (source), result, &words, &error);

  self->gathering = self->apply != NULL;
  if (done)
    {
      rt_table_view_note (self, try->row->key);
      rt_table_drop_edit (self, try->row);
      /* it was looked at, and was what the person saw */
      before = rt_table_state_new (try->base->value, try->base->owner, try->base->written);
      told = rt_table_result_new (try->row, RT_OUTCOME_APPLIED, words);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG))
    told = tell_conflict (self, try->row);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    told = stop (self, try->row, error->message);
  else
    told = refuse (self, try->row, RT_OUTCOME_FAILED, error->message);
  self->gathering = FALSE;
  try->func (self, try->row, told, before, done ? try->wanted : NULL, try->data);
  free_try (try);
}

static void
begin_write (RtTable *self, RtTableRow *row, GCancellable *cancellable, RtTableTried func, gpointer data)
{
  Try *try = g_new0 (Try, 1);

  try->table = g_object_ref (self);
  try->row = g_object_ref (row);
  try->base = rt_table_state_ref (row->edit->base);
  try->wanted = row->edit->value != NULL ? g_variant_ref (row->edit->value) : NULL;
  try->func = func;
  try->data = data;
  /* nothing of it can be changed by the person until it is known */
  rt_table_set_row_state (self, row, RT_ROW_APPLYING, NULL);
  rt_table_source_write_async (self->source, row->key, try->wanted, try->base->value, cancellable, written_cb, try);
}

/* ---- either ---- */

/* Never stays at APPLYING. */
void
rt_table_try_row (RtTable *self, RtTableRow *row, GCancellable *cancellable, RtTableTried func, gpointer data)
{
  g_autoptr (RtTableResult) result = NULL;
  g_autoptr (RtTableState) before = NULL;
  g_autoptr (GVariant) wanted = NULL;
  gboolean fetching = self->source != NULL && rt_table_source_is_fetching (self->source);

  if (row->edit == NULL)
    result = rt_table_result_new (row, RT_OUTCOME_FAILED, _("Nothing is staged for this key"));
  else if (self->source == NULL || self->refusal != NULL)
    result = refuse (self, row, RT_OUTCOME_FAILED, self->refusal != NULL ? self->refusal : _("The network is off"));
  else if (!fetching && rt_table_row_is_as_wanted (row))
    {
      /* Not written once more: that would only take the key from its owner. */
      rt_table_drop_edit (self, row);
      result = rt_table_result_new (row, RT_OUTCOME_APPLIED, _("It was so already"));
    }
  else if (!rt_table_row_is_as_seen (row) && !rt_table_row_is_as_wanted (row))
    result = tell_conflict (self, row);
  else if (fetching)
    {
      begin_write (self, row, cancellable, func, data);
      return;
    }
  else
    result = write_now (self, row, &before, &wanted);
  func (self, row, result, before, wanted, data);
}
