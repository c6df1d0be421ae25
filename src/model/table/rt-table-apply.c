/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is staged is written, key by key, and what became of each is told. */
#include "config.h"

#include "rt-table-private.h"

#include <glib/gi18n-lib.h>

struct _RtTableApply {
  GTask       *task;
  GPtrArray   *rows;
  GPtrArray   *results;         /* first those that were not even tried, then those of the rows */
  guint        n_untried;
  guint        next;
  guint        n_under_way;     /* written over a network, not yet answered */
  guint        idle;            /* 0: the next answer goes on */
  gint64       listed;          /* monotonic: the list of the staged was made anew */
  RtTableStep *step;
};

/* Made anew it costs a slice: not after each. */
#define LIST_MICROSECONDS 200000
/* Over a network. */
#define AT_ONCE 8u

static gboolean apply_cb (gpointer data);

static void
end_apply (RtTable *self)
{
  RtTableApply *apply = g_steal_pointer (&self->apply);
  g_autoptr (GTask) task = apply->task;
  RtTableRows *results = rt_table_rows_new (RT_TYPE_TABLE_RESULT);

  rt_table_rows_replace (results, g_steal_pointer (&apply->results));
  rt_table_take_step (self, g_steal_pointer (&apply->step));
  g_ptr_array_unref (apply->rows);
  g_free (apply);
  rt_table_notify_applying (self);
  rt_table_notify_undo (self);
  /* not g_task_return_pointer() of a cancelled task: what was tried is told */
  g_task_return_pointer (task, results, g_object_unref);
}

static RtTableResult *
leave_row (RtTable *self, RtTableRow *row)
{
  rt_table_set_row_state (self, row, row->edit->value != NULL ? RT_ROW_EDITED : RT_ROW_TO_DELETE, NULL);
  rt_table_check_edit (self, row);
  rt_table_view_note (self, row->key);
  return rt_table_result_new (row, RT_OUTCOME_CANCELLED, _("Not tried: you stopped before"));
}

static void
tried_cb (RtTable *self, RtTableRow *row, RtTableResult *result, RtTableState *before, GVariant *wanted, gpointer data)
{
  RtTableApply *apply = self->apply;

  apply->results->pdata[apply->n_untried + GPOINTER_TO_UINT (data)] = g_object_ref (result);
  apply->n_under_way--;
  if (before != NULL)
    rt_table_step_add (apply->step, row->key, before, wanted);
  if (apply->idle == 0)
    apply->idle = rt_table_add_idle ("[rt-model] apply", apply_cb, self);
}

static void
try_next (RtTable *self, RtTableApply *apply)
{
  guint index = apply->next++;
  RtTableRow *row = apply->rows->pdata[index];
  GCancellable *cancellable = g_task_get_cancellable (apply->task);

  if (row->edit != NULL && g_cancellable_is_cancelled (cancellable))
    {
      apply->results->pdata[apply->n_untried + index] = leave_row (self, row);
      return;
    }
  apply->n_under_way++;
  rt_table_try_row (self, row, cancellable, tried_cb, GUINT_TO_POINTER (index));
}

static gboolean
apply_cb (gpointer data)
{
  g_autoptr (RtTable) self = g_object_ref (data);
  RtTableApply *apply = self->apply;
  gint64 end = rt_table_slice_end ();
  gboolean ended;

  self->gathering = TRUE;
  while (apply->next < apply->rows->len && apply->n_under_way < AT_ONCE && g_get_monotonic_time () < end)
    try_next (self, apply);
  self->gathering = FALSE;
  ended = apply->next == apply->rows->len && apply->n_under_way == 0;
  if (ended || g_get_monotonic_time () - apply->listed > LIST_MICROSECONDS)
    {
      rt_table_end_drops (self);
      apply->listed = g_get_monotonic_time ();
    }
  if (!ended && apply->next < apply->rows->len && apply->n_under_way < AT_ONCE)
    return G_SOURCE_CONTINUE;
  apply->idle = 0;
  if (ended)
    end_apply (self);
  return G_SOURCE_REMOVE;
}

void
rt_table_add_result (RtTable *self, RtTableResult *result)
{
  /* before the first is tried */
  g_ptr_array_insert (self->apply->results, (int) self->apply->n_untried++, g_object_ref (result));
}

/* Takes the task. keys: those without an edit are left out. */
void
rt_table_start_apply (RtTable *self, GTask *task, GPtrArray *keys, RtTableStepKind kind)
{
  RtTableApply *apply = g_new0 (RtTableApply, 1);
  GPtrArray *staged = rt_table_rows_get (self->staged);

  apply->task = task;
  g_task_set_check_cancellable (task, FALSE);
  apply->step = rt_table_step_new (kind);
  apply->rows = g_ptr_array_new_with_free_func (g_object_unref);
  apply->results = g_ptr_array_new_with_free_func (g_object_unref);
  /* one that is just being tried again by itself tells of it by itself */
  for (guint i = 0; keys == NULL && i < staged->len; i++)
    if (((RtTableRow *) staged->pdata[i])->state != RT_ROW_APPLYING)
      g_ptr_array_add (apply->rows, g_object_ref (staged->pdata[i]));
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      RtTableRow *row = g_hash_table_lookup (self->by_key, keys->pdata[i]);

      if (row != NULL && row->edit != NULL && row->state != RT_ROW_APPLYING)
        g_ptr_array_add (apply->rows, g_object_ref (row));
    }
  for (guint i = 0; i < apply->rows->len; i++)
    if (((RtTableRow *) apply->rows->pdata[i])->state != RT_ROW_CONFLICT)
      rt_table_set_row_state (self, apply->rows->pdata[i], RT_ROW_APPLYING, NULL);
  g_ptr_array_set_size (apply->results, (int) apply->rows->len);
  self->apply = apply;
  rt_table_notify_applying (self);
  apply->idle = rt_table_add_idle ("[rt-model] apply", apply_cb, self);
}

void
rt_table_apply_async (RtTable *self, GPtrArray *keys, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_TABLE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_table_apply_async);
  g_task_set_name (task, "[rt-model] apply");
  if (self->apply != NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "%s", _("Something is being applied already"));
      g_object_unref (task);
      return;
    }
  rt_table_start_apply (self, task, keys, RT_STEP_EDIT);
}

GListModel *
rt_table_apply_finish (RtTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
