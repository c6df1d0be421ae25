/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-table-private.h"

#include <glib/gi18n-lib.h>

struct _RtStoreTable {
  GObject        parent_instance;
  RtStore       *store;
  char          *network;
  RtStoreWriter *writer;        /* of RtStoreTableBatch; NULL: it is disposed of */
};

G_DEFINE_FINAL_TYPE (RtStoreTable, rt_store_table, G_TYPE_OBJECT)

enum { PROP_0, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

/* ---- writing ---- */

static gpointer
create_batch (gpointer owner)
{
  return rt_store_table_batch_new (RT_STORE_TABLE (owner)->network);
}

static void
error_changed (gpointer owner)
{
  g_object_notify_by_pspec (owner, properties[PROP_ERROR]);
}

static const RtStoreWriterKind kind = {
  .name = "[rt-store] table",
  .doing = N_("The table cannot be written"),
  .milliseconds = RT_STORE_TABLE_MILLISECONDS,
  .retry = RT_STORE_TABLE_RETRY_MILLISECONDS,
  .create = create_batch,
  .free = rt_store_table_batch_free,
  .count = rt_store_table_batch_count,
  .write = rt_store_table_write,
  .put_back = rt_store_table_batch_put_back,
  .bound = rt_store_table_batch_bound,
  .error_changed = error_changed,
};

void
rt_store_table_save (RtStoreTable *self, GBytes *key, GBytes *record)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));
  g_return_if_fail (key != NULL);

  rt_store_table_batch_put (rt_store_writer_get_gathering (self->writer), key, record);
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_table_log (RtStoreTable *self, GBytes *key, gint64 time, GBytes *value, const char *owner)
{
  RtStoreTableBatch *gathering;
  RtStorePast *past;
  gboolean large;

  g_return_if_fail (RT_IS_STORE_TABLE (self));
  g_return_if_fail (key != NULL);

  gathering = rt_store_writer_get_gathering (self->writer);
  large = value != NULL && g_bytes_get_size (value) > RT_STORE_TABLE_PAST_VALUE;
  past = g_new0 (RtStorePast, 1);
  past->key = g_bytes_ref (key);
  past->time = time;
  past->value = value != NULL && !large ? g_bytes_ref (value) : NULL;
  past->owner = g_strdup (owner != NULL ? owner : "");
  past->what = g_strdup (value == NULL ? "delete" : large ? "large" : "set");
  g_ptr_array_add (gathering->past, past);
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_table_forget (RtStoreTable *self)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));

  rt_store_table_batch_forget (rt_store_writer_get_gathering (self->writer));
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_table_flush_async (RtStoreTable *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));

  rt_store_writer_flush_async (self->writer, callback, user_data);
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
  return rt_store_writer_get_error (self->writer);
}

void
rt_store_table_hurry (RtStoreTable *self)
{
  g_return_if_fail (RT_IS_STORE_TABLE (self));

  rt_store_writer_hurry (self->writer);
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

  g_clear_pointer (&self->writer, rt_store_writer_free);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (rt_store_table_parent_class)->dispose (object);
}

static void
rt_store_table_finalize (GObject *object)
{
  RtStoreTable *self = RT_STORE_TABLE (object);

  g_free (self->network);

  G_OBJECT_CLASS (rt_store_table_parent_class)->finalize (object);
}

static void
rt_store_table_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtStoreTable *self = RT_STORE_TABLE (object);

  switch (prop_id)
    {
    case PROP_ERROR: g_value_set_string (value, rt_store_writer_get_error (self->writer)); break;
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
  self->writer = rt_store_writer_new (&kind, store, self);
  return self;
}
