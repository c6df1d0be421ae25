/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-kept.h"
#include "p2p/p2p.h"

G_DEFINE_INTERFACE (RtTableKept, rt_table_kept, RT_TYPE_TABLE_SOURCE)

static void
rt_table_kept_default_init (RtTableKeptInterface *iface)
{
}

void
rt_table_kept_set_refusal (RtTableKept *self, const char *words)
{
  RT_TABLE_KEPT_GET_IFACE (self)->set_refusal (self, words);
}

gboolean
rt_table_kept_restore (RtTableKept *self, GBytes *id, GBytes *record)
{
  return RT_TABLE_KEPT_GET_IFACE (self)->restore (self, id, record);
}

void
rt_table_kept_begin_log (RtTableKept *self)
{
  RT_TABLE_KEPT_GET_IFACE (self)->begin_log (self);
}

gboolean
rt_table_kept_begin_count (RtTableKept *self, gint64 since, gboolean deletes)
{
  RtTableKeptInterface *iface = RT_TABLE_KEPT_GET_IFACE (self);

  if (iface->begin_count == NULL)
    return FALSE;
  iface->begin_count (self, since, deletes);
  return TRUE;
}

void
rt_table_kept_end_count (RtTableKept *self)
{
  RtTableKeptInterface *iface = RT_TABLE_KEPT_GET_IFACE (self);

  if (iface->end_count != NULL)
    iface->end_count (self);
}

guint
rt_table_kept_count (RtTableKept *self, gint64 *newest)
{
  RtTableKeptInterface *iface = RT_TABLE_KEPT_GET_IFACE (self);

  *newest = 0;
  return iface->count != NULL ? iface->count (self, newest) : 0;
}

/* ---- history ---- */

static RtTablePast *
make_past (const RtStorePast *stored)
{
  RtTablePast *past = g_new0 (RtTablePast, 1);
  gsize length;
  const guint8 *bytes = stored->value != NULL ? g_bytes_get_data (stored->value, &length) : NULL;
  GVariant *value = bytes != NULL ? p2p_value_unpack (bytes, length, NULL, NULL) : NULL;

  past->time = stored->time;
  past->value = value != NULL ? g_variant_ref_sink (value) : NULL;
  /* not every table knows */
  past->owner = *stored->owner != '\0' ? g_strdup (stored->owner) : NULL;
  past->deleted = g_str_equal (stored->what, "delete");
  past->too_large = g_str_equal (stored->what, "large");
  return past;
}

static void
past_loaded_cb (GObject *store, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) stored = rt_store_table_load_past_finish (RT_STORE_TABLE (store), result, &error);
  GPtrArray *items;

  if (stored == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  items = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_table_past_free);
  for (guint i = 0; i < stored->len; i++)
    g_ptr_array_add (items, make_past (stored->pdata[i]));
  g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
}

void
rt_table_kept_load_history_async (RtTableSource       *source,
                                  RtStoreTable        *store,
                                  GBytes              *key,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);

  g_task_set_source_tag (task, rt_table_kept_load_history_async);
  g_task_set_name (task, "[rt-model] history of a key");
  rt_store_table_load_past_async (store, key, cancellable, past_loaded_cb, task);
}

GPtrArray *
rt_table_kept_load_history_finish (RtTableSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_table_kept_log (RtStoreTable *store, GBytes *key, GVariant *value, const char *owner)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  if (value == NULL)
    rt_store_table_log (store, key, now, NULL, owner);
  else if (p2p_value_pack (value, packed, NULL))
    {
      g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));

      rt_store_table_log (store, key, now, bytes, owner);
    }
}
