/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is staged is written, key by key, and what became of each is told. */
#include "config.h"

#include "rt-table-private.h"
#include "rt-message-item.h"
#include "rt-model-enums.h"

#include <glib/gi18n-lib.h>

/* ---- results ---- */

struct _RtTableResult {
  GObject        parent_instance;
  RtTableRow    *row;
  char          *words;
  RtTableOutcome outcome;
};

G_DEFINE_FINAL_TYPE (RtTableResult, rt_table_result, G_TYPE_OBJECT)

enum { PROP_0, PROP_ROW, PROP_KEY_TEXT, PROP_OUTCOME, PROP_WORDS, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void
rt_table_result_finalize (GObject *object)
{
  RtTableResult *self = RT_TABLE_RESULT (object);

  g_object_unref (self->row);
  g_free (self->words);

  G_OBJECT_CLASS (rt_table_result_parent_class)->finalize (object);
}

static void
rt_table_result_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtTableResult *self = RT_TABLE_RESULT (object);

  switch (prop_id)
    {
    case PROP_ROW: g_value_set_object (value, self->row); break;
    case PROP_KEY_TEXT: g_value_set_string (value, rt_table_row_get_key_text (self->row)); break;
    case PROP_OUTCOME: g_value_set_enum (value, (int) self->outcome); break;
    case PROP_WORDS: g_value_set_string (value, self->words); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_result_class_init (RtTableResultClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_table_result_finalize;
  object_class->get_property = rt_table_result_get_property;

  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, RT_TYPE_TABLE_ROW, flags);
  properties[PROP_KEY_TEXT] = g_param_spec_string ("key-text", NULL, NULL, NULL, flags);
  properties[PROP_OUTCOME] = g_param_spec_enum ("outcome", NULL, NULL, RT_TYPE_TABLE_OUTCOME, RT_OUTCOME_APPLIED, flags);
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_table_result_init (RtTableResult *self)
{
}

RtTableResult *
rt_table_result_new (RtTableRow *row, RtTableOutcome outcome, const char *words)
{
  RtTableResult *self = g_object_new (RT_TYPE_TABLE_RESULT, NULL);

  self->row = g_object_ref (row);
  self->outcome = outcome;
  self->words = g_strdup (words);
  return self;
}

RtTableRow *
rt_table_result_get_row (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), NULL);
  return self->row;
}

const char *
rt_table_result_get_key_text (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), NULL);
  return rt_table_row_get_key_text (self->row);
}

RtTableOutcome
rt_table_result_get_outcome (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), RT_OUTCOME_FAILED);
  return self->outcome;
}

const char *
rt_table_result_get_words (RtTableResult *self)
{
  g_return_val_if_fail (RT_IS_TABLE_RESULT (self), NULL);
  return self->words;
}

/* ---- one row ---- */

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

/* Never stays at APPLYING. */
RtTableResult *
rt_table_try_row (RtTable *self, RtTableRow *row, RtTableState **before, GVariant **wanted)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtTableState) now = NULL;
  gboolean done;

  if (row->edit == NULL)
    return rt_table_result_new (row, RT_OUTCOME_FAILED, _("Nothing is staged for this key"));
  if (self->source == NULL || self->refusal != NULL)
    return refuse (self, row, RT_OUTCOME_FAILED, self->refusal != NULL ? self->refusal : _("The network is off"));
  if (rt_table_row_is_as_wanted (row))
    {
      /* Not written once more: that would only take the key from its owner. */
      rt_table_drop_edit (self, row);
      return rt_table_result_new (row, RT_OUTCOME_APPLIED, _("It was so already"));
    }
  if (!rt_table_row_is_as_seen (row))
    {
      rt_table_set_row_state (self, row, RT_ROW_EDITED, NULL);
      rt_table_check_edit (self, row);
      rt_table_view_note (self, row->key);
      return rt_table_result_new (row, RT_OUTCOME_CONFLICT, row->error);
    }
  now = rt_table_row_dup_state (row);
  value = row->edit->value != NULL ? g_variant_ref (row->edit->value) : NULL;
  done = value != NULL ? rt_table_source_set (self->source, row->key, value, &error) : rt_table_source_delete_key (self->source, row->key, &error);
  if (!done)
    return refuse_by_source (self, row, error);
  rt_table_view_note (self, row->key);
  rt_table_drop_edit (self, row);
  if (before != NULL)
    *before = g_steal_pointer (&now);
  if (wanted != NULL)
    *wanted = g_steal_pointer (&value);
  return rt_table_result_new (row, RT_OUTCOME_APPLIED, NULL);
}

/* ---- all of them ---- */

struct _RtTableApply {
  GTask       *task;
  GPtrArray   *rows;
  GPtrArray   *results;
  guint        next;
  gint64       listed;          /* monotonic: the list of the staged was made anew */
  RtTableStep *step;
};

/* Made anew it costs a slice: not after each. */
#define LIST_MICROSECONDS 200000

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

static gboolean
apply_cb (gpointer data)
{
  g_autoptr (RtTable) self = g_object_ref (data);
  RtTableApply *apply = self->apply;
  gint64 end = rt_table_slice_end ();

  self->gathering = TRUE;
  while (apply->next < apply->rows->len && g_get_monotonic_time () < end)
    {
      RtTableRow *row = apply->rows->pdata[apply->next++];
      g_autoptr (RtTableState) before = NULL;
      g_autoptr (GVariant) wanted = NULL;

      if (row->edit != NULL && g_cancellable_is_cancelled (g_task_get_cancellable (apply->task)))
        {
          g_ptr_array_add (apply->results, leave_row (self, row));
          continue;
        }
      g_ptr_array_add (apply->results, rt_table_try_row (self, row, &before, &wanted));
      if (before != NULL)
        rt_table_step_add (apply->step, row->key, before, wanted);
    }
  self->gathering = FALSE;
  if (apply->next == apply->rows->len || g_get_monotonic_time () - apply->listed > LIST_MICROSECONDS)
    {
      rt_table_end_drops (self);
      apply->listed = g_get_monotonic_time ();
    }
  if (apply->next < apply->rows->len)
    return G_SOURCE_CONTINUE;
  end_apply (self);
  return G_SOURCE_REMOVE;
}

void
rt_table_add_result (RtTable *self, RtTableResult *result)
{
  g_ptr_array_add (self->apply->results, g_object_ref (result));
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
  for (guint i = 0; keys == NULL && i < staged->len; i++)
    g_ptr_array_add (apply->rows, g_object_ref (staged->pdata[i]));
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      RtTableRow *row = g_hash_table_lookup (self->by_key, keys->pdata[i]);

      if (row != NULL && row->edit != NULL)
        g_ptr_array_add (apply->rows, g_object_ref (row));
    }
  for (guint i = 0; i < apply->rows->len; i++)
    if (((RtTableRow *) apply->rows->pdata[i])->state != RT_ROW_CONFLICT)
      rt_table_set_row_state (self, apply->rows->pdata[i], RT_ROW_APPLYING, NULL);
  self->apply = apply;
  rt_table_notify_applying (self);
  rt_table_add_idle ("[rt-model] apply", apply_cb, self);
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
