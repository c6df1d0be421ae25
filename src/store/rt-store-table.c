/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-table-private.h"

struct _RtStoreTable {
  GObject       parent_instance;
  RtStore      *store;
  char         *network;
  char         *error;
  RtStoreBatch *gathering;      /* for the next transaction */
  GHashTable   *by_key;         /* of its records, not owning */
  GPtrArray    *waiting;        /* of GTask: flushes that wait for the transaction that is being made */
  GPtrArray    *waiting_next;   /* and for the one after it */
  gboolean      writing;
  guint         timer;
};

G_DEFINE_FINAL_TYPE (RtStoreTable, rt_store_table, G_TYPE_OBJECT)

enum { PROP_0, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void plan_write (RtStoreTable *self, guint milliseconds);
static void begin_write (RtStoreTable *self);

static gboolean
is_empty (const RtStoreBatch *batch)
{
  return batch->records->len == 0 && batch->past->len == 0 && !batch->forget;
}

static RtStoreBatch *
take_batch (RtStoreTable *self)
{
  RtStoreBatch *batch = self->gathering;

  g_hash_table_remove_all (self->by_key);
  self->gathering = rt_store_batch_new (self->network);
  return batch;
}

/* NULL: it went well. That the database is not open concerns more than this table, and is told by whoever opened it. */
static void
set_error (RtStoreTable *self, const GError *error)
{
  const char *advice = error != NULL ? rt_store_error_get_advice (error) : NULL;
  g_autofree char *words = NULL;

  if (error != NULL && !g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED))
    words = advice != NULL ? g_strdup_printf ("%s. %s", error->message, advice) : g_strdup (error->message);
  if (g_strcmp0 (self->error, words) == 0)
    return;
  g_free (self->error);
  self->error = g_steal_pointer (&words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
gather (RtStoreTable *self, GBytes *key, GBytes *record)
{
  RtStoreRecord *kept = g_hash_table_lookup (self->by_key, key);

  if (kept == NULL)
    {
      kept = g_new0 (RtStoreRecord, 1);
      kept->key = g_bytes_ref (key);
      g_ptr_array_add (self->gathering->records, kept);
      g_hash_table_insert (self->by_key, kept->key, kept);
    }
  g_clear_pointer (&kept->record, g_bytes_unref);
  kept->record = record != NULL ? g_bytes_ref (record) : NULL;
}

/* A flood of changes is not gathered without end: more than are kept are not even written. */
static void
bound_past (RtStoreTable *self)
{
  GPtrArray *past = self->gathering->past;

  if (past->len >= 2 * RT_STORE_TABLE_PAST)
    g_ptr_array_remove_range (past, 0, past->len - RT_STORE_TABLE_PAST);
}

/* It could not be written: what came meanwhile is newer. */
static void
put_back (RtStoreTable *self, RtStoreBatch *batch)
{
  g_autoptr (GPtrArray) newer = self->gathering->past;

  for (guint i = 0; i < batch->records->len && !self->gathering->forget; i++)
    {
      const RtStoreRecord *record = batch->records->pdata[i];

      if (!g_hash_table_contains (self->by_key, record->key))
        gather (self, record->key, record->record);
    }
  self->gathering->forget |= batch->forget;
  self->gathering->past = g_ptr_array_ref (batch->past);
  g_ptr_array_extend_and_steal (self->gathering->past, g_steal_pointer (&newer));
  bound_past (self);
}

/* ---- writing ---- */

static void
answer_waiting (RtStoreTable *self, GPtrArray *waiting, const GError *error)
{
  for (guint i = 0; i < waiting->len; i++)
    if (error != NULL)
      g_task_return_error (waiting->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (waiting->pdata[i], TRUE);
  g_ptr_array_unref (waiting);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtStoreTable) self = user_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *waiting = self->waiting;

  self->waiting = self->waiting_next;
  self->waiting_next = g_ptr_array_new_with_free_func (g_object_unref);
  self->writing = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    put_back (self, g_task_get_task_data (G_TASK (result)));
  set_error (self, error);
  answer_waiting (self, waiting, error);
  if (self->waiting->len > 0)
    begin_write (self);
  else if (!is_empty (self->gathering))
    plan_write (self, error != NULL ? RT_STORE_TABLE_RETRY_MILLISECONDS : RT_STORE_TABLE_MILLISECONDS);
}

static void
write_now (RtStoreTable *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self->store, NULL, callback, user_data);

  g_task_set_source_tag (task, write_now);
  g_task_set_name (task, "[rt-store] write table");
  g_task_set_task_data (task, take_batch (self), (GDestroyNotify) rt_store_batch_free);
  rt_store_queue (self->store, task, RT_STORE_JOB_DATABASE, rt_store_table_write_job);
}

static void
begin_write (RtStoreTable *self)
{
  self->writing = TRUE;
  write_now (self, written_cb, g_object_ref (self));
}

static void
clear_timer (RtStoreTable *self)
{
  GSource *source = self->timer != 0 ? g_main_context_find_source_by_id (g_main_context_get_thread_default (), self->timer) : NULL;

  if (source != NULL)
    g_source_destroy (source);
  self->timer = 0;
}

static gboolean
timer_cb (gpointer data)
{
  RtStoreTable *self = data;

  self->timer = 0;
  begin_write (self);
  return G_SOURCE_REMOVE;
}

static void
plan_write (RtStoreTable *self, guint milliseconds)
{
  g_autoptr (GSource) source = NULL;

  if (self->timer != 0 || self->writing)
    return;
  source = g_timeout_source_new (milliseconds);
  g_source_set_static_name (source, "[rt-store] table");
  g_source_set_callback (source, timer_cb, self, NULL);
  self->timer = g_source_attach (source, g_main_context_get_thread_default ());
}

void
rt_store_table_save (RtStoreTable *self, GBytes *key, GBytes *record)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));
  g_return_if_fail (key != NULL);

  gather (self, key, record);
  plan_write (self, RT_STORE_TABLE_MILLISECONDS);
}

void
rt_store_table_log (RtStoreTable *self, GBytes *key, gint64 time, GBytes *value, const char *owner)
{
  RtStorePast *past;
  gboolean large;

  g_return_if_fail (RT_IS_STORE_TABLE (self));
  g_return_if_fail (key != NULL);

  large = value != NULL && g_bytes_get_size (value) > RT_STORE_TABLE_PAST_VALUE;
  past = g_new0 (RtStorePast, 1);
  past->key = g_bytes_ref (key);
  past->time = time;
  past->value = value != NULL && !large ? g_bytes_ref (value) : NULL;
  past->owner = g_strdup (owner != NULL ? owner : "");
  past->what = g_strdup (value == NULL ? "delete" : large ? "large" : "set");
  g_ptr_array_add (self->gathering->past, past);
  bound_past (self);
  plan_write (self, RT_STORE_TABLE_MILLISECONDS);
}

void
rt_store_table_forget (RtStoreTable *self)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));

  g_hash_table_remove_all (self->by_key);
  g_ptr_array_set_size (self->gathering->records, 0);
  self->gathering->forget = TRUE;
  plan_write (self, RT_STORE_TABLE_MILLISECONDS);
}

void
rt_store_table_flush_async (RtStoreTable *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE_TABLE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_table_flush_async);
  g_task_set_name (task, "[rt-store] flush table");
  clear_timer (self);
  if (self->writing)
    g_ptr_array_add (is_empty (self->gathering) ? self->waiting : self->waiting_next, task);
  else if (is_empty (self->gathering))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else
    {
      g_ptr_array_add (self->waiting, task);
      begin_write (self);
    }
}

gboolean
rt_store_table_flush_finish (RtStoreTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
rt_store_table_get_error (RtStoreTable *self)
{
  g_return_val_if_fail (RT_IS_STORE_TABLE (self), NULL);
  return self->error;
}

void
rt_store_table_hurry (RtStoreTable *self)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));

  clear_timer (self);
  if (is_empty (self->gathering))
    return;
  if (self->writing)
    write_now (self, NULL, NULL);
  else
    begin_write (self);
}

/* ---- reading ---- */

typedef struct {
  GTask     *task;
  RtStoreJob job;
} Query;

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Query *query = user_data;

  /* A failure is told by the property: what there is can be read all the same. */
  rt_store_queue (RT_STORE_TABLE (source)->store, query->task, RT_STORE_JOB_DATABASE, query->job);
}

/* What was written before is there when it is read. */
static void
query_async (RtStoreTable *self, GBytes *key, gpointer tag, RtStoreJob job, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Query *query = g_new0 (Query, 1);

  query->task = g_task_new (self, cancellable, callback, user_data);
  query->job = job;
  g_task_set_source_tag (query->task, tag);
  g_task_set_name (query->task, "[rt-store] read table");
  g_task_set_task_data (query->task, rt_store_table_query_new (self->network, key), rt_store_table_query_free);
  rt_store_table_flush_async (self, flushed_cb, query);
}

void
rt_store_table_load_async (RtStoreTable *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));

  query_async (self, NULL, rt_store_table_load_async, rt_store_table_load_job, cancellable, callback, user_data);
}

GPtrArray *
rt_store_table_load_finish (RtStoreTable *self, GAsyncResult *result, guint *n_damaged, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (n_damaged != NULL)
    *n_damaged = ((RtStoreTableQuery *) g_task_get_task_data (G_TASK (result)))->n_damaged;
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_table_load_past_async (RtStoreTable *self, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));
  g_return_if_fail (key != NULL);

  query_async (self, key, rt_store_table_load_past_async, rt_store_table_load_past_job, cancellable, callback, user_data);
}

GPtrArray *
rt_store_table_load_past_finish (RtStoreTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- object ---- */

static void
rt_store_table_dispose (GObject *object)
{
  RtStoreTable *self = RT_STORE_TABLE (object);

  clear_timer (self);
  if (self->store != NULL && !is_empty (self->gathering))
    write_now (self, NULL, NULL);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (rt_store_table_parent_class)->dispose (object);
}

static void
rt_store_table_finalize (GObject *object)
{
  RtStoreTable *self = RT_STORE_TABLE (object);

  g_clear_pointer (&self->gathering, rt_store_batch_free);
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->waiting_next);
  g_free (self->network);
  g_free (self->error);

  G_OBJECT_CLASS (rt_store_table_parent_class)->finalize (object);
}

static void
rt_store_table_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtStoreTable *self = RT_STORE_TABLE (object);

  switch (prop_id)
    {
    case PROP_ERROR: g_value_set_string (value, self->error); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_store_table_class_init (RtStoreTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_store_table_dispose;
  object_class->finalize = rt_store_table_finalize;
  object_class->get_property = rt_store_table_get_property;
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_store_table_init (RtStoreTable *self)
{
  self->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting_next = g_ptr_array_new_with_free_func (g_object_unref);
}

RtStoreTable *
rt_store_table_new (RtStore *store, const char *network)
{
  RtStoreTable *self;

  g_return_val_if_fail (RT_IS_STORE (store), NULL);
  g_return_val_if_fail (network != NULL, NULL);

  self = g_object_new (RT_TYPE_STORE_TABLE, NULL);
  self->store = g_object_ref (store);
  self->network = g_strdup (network);
  self->gathering = rt_store_batch_new (network);
  return self;
}
