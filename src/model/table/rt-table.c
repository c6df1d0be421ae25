/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-private.h"
#include "model/rt-model-enums.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (RtTable, rt_table, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ROWS, PROP_FILTER, PROP_SHOW, PROP_SORT_BY, PROP_DESCENDING, PROP_WORKING, PROP_N_KEYS, PROP_N_UNREAD, PROP_N_SHOWN,
  PROP_STAGED, PROP_N_STAGED, PROP_N_CONFLICTS, PROP_APPLYING, PROP_UNDO_TEXT, PROP_REDO_TEXT, PROP_REFUSAL,
  N_PROPS
};

enum { RESULT, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
notify (RtTable *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
rt_table_notify_staged (RtTable *self)
{
  notify (self, PROP_N_STAGED);
}

void
rt_table_notify_counts (RtTable *self)
{
  notify (self, PROP_N_CONFLICTS);
}

void
rt_table_notify_working (RtTable *self)
{
  gboolean working = self->build != NULL;

  if (self->told_working == working)
    return;
  self->told_working = working;
  notify (self, PROP_WORKING);
}

void
rt_table_notify_rows (RtTable *self)
{
  notify (self, PROP_N_KEYS);
  notify (self, PROP_N_UNREAD);
  notify (self, PROP_N_SHOWN);
}

void
rt_table_notify_applying (RtTable *self)
{
  notify (self, PROP_APPLYING);
}

void
rt_table_notify_undo (RtTable *self)
{
  notify (self, PROP_UNDO_TEXT);
  notify (self, PROP_REDO_TEXT);
}

void
rt_table_emit_result (RtTable *self, RtTableResult *result)
{
  g_signal_emit (self, signals[RESULT], 0, result);
}

gint64
rt_table_get_now (RtTable *self)
{
  return self->source != NULL ? rt_table_source_get_now (self->source) : g_get_real_time () / G_USEC_PER_SEC;
}

gint64
rt_table_slice_end (void)
{
  return g_get_monotonic_time () + RT_TABLE_SLICE_MICROSECONDS;
}

guint
rt_table_add_idle (const char *name, GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, name);
  g_source_set_callback (source, func, data, NULL);
  return g_source_attach (source, g_main_context_get_thread_default ());
}

/* ---- the source ---- */

static void
update_refusal (RtTable *self)
{
  g_autofree char *words = self->source != NULL ? rt_table_source_dup_refusal (self->source) : g_strdup (_("The network is off"));

  if (g_strcmp0 (words, self->refusal) == 0)
    return;
  g_free (self->refusal);
  self->refusal = g_steal_pointer (&words);
  notify (self, PROP_REFUSAL);
}

/* What is before somebody's eyes, of another source or of one that is up again. */
static void
fetch_wanted (RtTable *self)
{
  if (self->source == NULL || !rt_table_source_is_fetching (self->source) || self->refusal != NULL)
    return;
  for (guint i = 0; i < self->every->len; i++)
    {
      RtTableRow *row = self->every->pdata[i];

      if (row->viewers > 0)
        rt_table_source_fetch (self->source, row->key, FALSE);
    }
}

static gboolean
fetch_cb (gpointer data)
{
  RtTable *self = data;

  fetch_wanted (self);
  self->fetch_timer = rt_timer_add (RT_TABLE_FETCH_SECONDS * 1000, "[rt-model] fetch again", fetch_cb, self);
  return G_SOURCE_REMOVE;
}

static void
standing_cb (RtTableSource *source, RtTable *self)
{
  update_refusal (self);
  fetch_wanted (self);
  rt_table_retry_soon (self);
}

static void
changed_cb (RtTableSource *source, GBytes *key, RtTable *self)
{
  rt_table_view_note (self, key);
}

static void
reset_cb (RtTableSource *source, RtTable *self)
{
  rt_table_view_reload (self);
}

static void
drop_source (RtTable *self)
{
  if (self->source == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
}

void
rt_table_set_source (RtTable *self, RtTableSource *source)
{
  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (source == NULL || RT_IS_TABLE_SOURCE (source));

  if (self->source == source)
    return;
  drop_source (self);
  rt_timer_clear (&self->fetch_timer);
  if (source != NULL)
    {
      self->source = g_object_ref (source);
      if (rt_table_source_is_fetching (source))
        self->fetch_timer = rt_timer_add (RT_TABLE_FETCH_SECONDS * 1000, "[rt-model] fetch again", fetch_cb, self);
      g_signal_connect (source, "changed", G_CALLBACK (changed_cb), self);
      g_signal_connect (source, "reset", G_CALLBACK (reset_cb), self);
      g_signal_connect (source, "standing", G_CALLBACK (standing_cb), self);
    }
  update_refusal (self);
  rt_table_view_reload (self);
  fetch_wanted (self);
  rt_table_plan_retry (self);
}

/* ---- what is shown ---- */

void
rt_table_set_filter (RtTable *self, const char *filter)
{
  g_return_if_fail (RT_IS_TABLE (self));

  if (filter == NULL)
    filter = "";
  if (g_strcmp0 (self->filter, filter) == 0)
    return;
  g_free (self->filter);
  self->filter = g_utf8_make_valid (filter, -1);
  g_clear_pointer (&self->needle, rt_needle_free);
  if (*self->filter != '\0')
    self->needle = rt_needle_new (self->filter);
  notify (self, PROP_FILTER);
  rt_table_view_rebuild (self);
}

void
rt_table_set_show (RtTable *self, RtTableShow show)
{
  g_return_if_fail (RT_IS_TABLE (self));

  if (self->show == show)
    return;
  self->show = show;
  notify (self, PROP_SHOW);
  rt_table_view_rebuild (self);
}

void
rt_table_set_sort (RtTable *self, RtTableSort sort_by, gboolean descending)
{
  g_return_if_fail (RT_IS_TABLE (self));

  descending = descending != FALSE;
  if (self->sort_by == sort_by && self->descending == descending)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (self->sort_by != sort_by)
    notify (self, PROP_SORT_BY);
  if (self->descending != descending)
    notify (self, PROP_DESCENDING);
  self->sort_by = sort_by;
  self->descending = descending;
  rt_table_view_rebuild (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- object ---- */

static void
rt_table_dispose (GObject *object)
{
  RtTable *self = RT_TABLE (object);

  drop_source (self);
  rt_timer_clear (&self->retry_timer);
  rt_timer_clear (&self->fetch_timer);
  rt_table_view_free (self);

  G_OBJECT_CLASS (rt_table_parent_class)->dispose (object);
}

static void
rt_table_finalize (GObject *object)
{
  RtTable *self = RT_TABLE (object);

  rt_table_free_steps (self);
  g_object_unref (self->rows);
  g_object_unref (self->staged);
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->every);
  g_hash_table_unref (self->pending);
  g_ptr_array_unref (self->pending_order);
  g_clear_pointer (&self->needle, rt_needle_free);
  g_free (self->filter);
  g_free (self->refusal);
  g_free (self->undo_text);
  g_free (self->redo_text);

  G_OBJECT_CLASS (rt_table_parent_class)->finalize (object);
}

static void
rt_table_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtTable *self = RT_TABLE (object);

  switch (prop_id)
    {
    case PROP_ROWS: g_value_set_object (value, self->rows); break;
    case PROP_FILTER: g_value_set_string (value, self->filter); break;
    case PROP_SHOW: g_value_set_enum (value, (int) self->show); break;
    case PROP_SORT_BY: g_value_set_enum (value, (int) self->sort_by); break;
    case PROP_DESCENDING: g_value_set_boolean (value, self->descending); break;
    case PROP_WORKING: g_value_set_boolean (value, self->build != NULL); break;
    case PROP_N_KEYS: g_value_set_uint (value, self->n_exist); break;
    case PROP_N_UNREAD: g_value_set_uint (value, self->n_unread); break;
    case PROP_N_SHOWN: g_value_set_uint (value, rt_table_rows_get (self->rows)->len); break;
    case PROP_STAGED: g_value_set_object (value, self->staged); break;
    case PROP_N_STAGED: g_value_set_uint (value, rt_table_get_n_staged (self)); break;
    case PROP_N_CONFLICTS: g_value_set_uint (value, self->n_conflicts); break;
    case PROP_APPLYING: g_value_set_boolean (value, self->apply != NULL); break;
    case PROP_UNDO_TEXT: g_value_set_string (value, self->undo_text); break;
    case PROP_REDO_TEXT: g_value_set_string (value, self->redo_text); break;
    case PROP_REFUSAL: g_value_set_string (value, self->refusal); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RtTable *self = RT_TABLE (object);

  switch (prop_id)
    {
    case PROP_FILTER: rt_table_set_filter (self, g_value_get_string (value)); break;
    case PROP_SHOW: rt_table_set_show (self, (RtTableShow) g_value_get_enum (value)); break;
    case PROP_SORT_BY: rt_table_set_sort (self, (RtTableSort) g_value_get_enum (value), self->descending); break;
    case PROP_DESCENDING: rt_table_set_sort (self, self->sort_by, g_value_get_boolean (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_table_class_init (RtTableClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = flags | G_PARAM_WRITABLE;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_table_dispose;
  object_class->finalize = rt_table_finalize;
  object_class->get_property = rt_table_get_property;
  object_class->set_property = rt_table_set_property;

  properties[PROP_ROWS] = g_param_spec_object ("rows", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_FILTER] = g_param_spec_string ("filter", NULL, NULL, "", writable);
  properties[PROP_SHOW] = g_param_spec_enum ("show", NULL, NULL, RT_TYPE_TABLE_SHOW, RT_TABLE_SHOW_ALL, writable);
  properties[PROP_SORT_BY] = g_param_spec_enum ("sort-by", NULL, NULL, RT_TYPE_TABLE_SORT, RT_TABLE_SORT_KEY, writable);
  properties[PROP_DESCENDING] = g_param_spec_boolean ("descending", NULL, NULL, FALSE, writable);
  properties[PROP_WORKING] = g_param_spec_boolean ("working", NULL, NULL, FALSE, flags);
  properties[PROP_N_KEYS] = g_param_spec_uint ("n-keys", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_UNREAD] = g_param_spec_uint ("n-unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_SHOWN] = g_param_spec_uint ("n-shown", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STAGED] = g_param_spec_object ("staged", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_N_STAGED] = g_param_spec_uint ("n-staged", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_CONFLICTS] = g_param_spec_uint ("n-conflicts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_APPLYING] = g_param_spec_boolean ("applying", NULL, NULL, FALSE, flags);
  properties[PROP_UNDO_TEXT] = g_param_spec_string ("undo-text", NULL, NULL, NULL, flags);
  properties[PROP_REDO_TEXT] = g_param_spec_string ("redo-text", NULL, NULL, NULL, flags);
  properties[PROP_REFUSAL] = g_param_spec_string ("refusal", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[RESULT] = g_signal_new ("result", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_TABLE_RESULT);
}

static void
rt_table_init (RtTable *self)
{
  self->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->every = g_ptr_array_new_with_free_func (g_object_unref);
  self->rows = rt_table_rows_new (RT_TYPE_TABLE_ROW);
  self->staged = rt_table_rows_new (RT_TYPE_TABLE_ROW);
  self->pending = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->pending_order = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->filter = g_strdup ("");
  g_queue_init (&self->undo);
  g_queue_init (&self->redo);
}

RtTable *
rt_table_new (RtTableSource *source)
{
  RtTable *self = g_object_new (RT_TYPE_TABLE, NULL);

  rt_table_set_source (self, source);
  update_refusal (self);
  return self;
}

/* ---- getters ---- */

GListModel *
rt_table_get_rows (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  return G_LIST_MODEL (self->rows);
}

GListModel *
rt_table_get_staged (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  return G_LIST_MODEL (self->staged);
}

const char *
rt_table_get_filter (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  return self->filter;
}

RtTableSort
rt_table_get_sort (RtTable *self, gboolean *descending)
{
  g_return_val_if_fail (RT_IS_TABLE (self), RT_TABLE_SORT_KEY);

  if (descending != NULL)
    *descending = self->descending;
  return self->sort_by;
}

gboolean
rt_table_get_working (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), FALSE);
  return self->build != NULL;
}

guint
rt_table_get_n_keys (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), 0);
  return self->n_exist;
}

guint
rt_table_get_n_staged (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), 0);
  return rt_table_rows_get (self->staged)->len;
}

guint
rt_table_get_n_conflicts (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), 0);
  return self->n_conflicts;
}

gboolean
rt_table_get_applying (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), FALSE);
  return self->apply != NULL;
}

const char *
rt_table_get_refusal (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  return self->refusal;
}

gboolean
rt_table_is_distributed (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), FALSE);

  return self->source != NULL && rt_table_source_is_fetching (self->source);
}

const char *
rt_table_get_undo_text (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  return self->undo_text;
}

const char *
rt_table_get_redo_text (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  return self->redo_text;
}

RtTableRow *
rt_table_find (RtTable *self, GBytes *key)
{
  g_return_val_if_fail (RT_IS_TABLE (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return g_hash_table_lookup (self->by_key, key);
}

/* ---- values that are fetched ---- */

gboolean
rt_table_is_fetching (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), FALSE);
  return self->source != NULL && rt_table_source_is_fetching (self->source);
}

guint
rt_table_get_n_unread (RtTable *self)
{
  g_return_val_if_fail (RT_IS_TABLE (self), 0);
  return self->n_unread;
}

char *
rt_table_dup_unread_words (RtTable *self)
{
  gboolean sorted;

  g_return_val_if_fail (RT_IS_TABLE (self), NULL);

  sorted = self->sort_by == RT_TABLE_SORT_VALUE || self->sort_by == RT_TABLE_SORT_KIND || self->sort_by == RT_TABLE_SORT_SIZE;
  if (self->n_unread == 0 || (self->needle == NULL && !sorted))
    return NULL;
  return g_strdup_printf (ngettext ("%u of %u values is not read yet: what is shown goes by the others",
                                    "%u of %u values are not read yet: what is shown goes by the others", self->n_unread), self->n_unread, self->n_exist);
}

void
rt_table_want (RtTable *self, GBytes *key)
{
  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (key != NULL);

  if (self->source != NULL)
    rt_table_source_fetch (self->source, key, FALSE);
}

void
rt_table_read_again (RtTable *self, GBytes *key)
{
  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (key != NULL);

  if (self->source != NULL)
    rt_table_source_fetch (self->source, key, TRUE);
}

/* ---- history ---- */

static void
history_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *items = RT_TABLE_SOURCE_GET_IFACE (object)->load_history_finish (RT_TABLE_SOURCE (object), result, &error);

  if (items != NULL)
    g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
rt_table_load_history_async (RtTable *self, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtTableSourceInterface *iface;
  GTask *task;

  g_return_if_fail (RT_IS_TABLE (self));
  g_return_if_fail (key != NULL);

  iface = self->source != NULL ? RT_TABLE_SOURCE_GET_IFACE (self->source) : NULL;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_table_load_history_async);
  g_task_set_name (task, "[rt-table] load history");
  if (iface != NULL && iface->load_history_async != NULL)
    {
      iface->load_history_async (self->source, key, cancellable, history_loaded_cb, task);
      return;
    }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", _("No history is kept here"));
  g_object_unref (task);
}

GPtrArray *
rt_table_load_history_finish (RtTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
