/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-socket.h"

#include <glib/gi18n-lib.h>

struct _RtTableSocket {
  GObject        parent_instance;
  P2pSyncSocket *socket;
  RtStoreTable  *store;
  P2pSyncEntry  *looked_up;     /* whose owner was given out */
  char          *refusal;
  gboolean       logging;
};

static void source_iface_init (RtTableSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtTableSocket, rt_table_socket, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_SOURCE, source_iface_init))

/* ---- RtTableSource ---- */

static GPtrArray *
list (RtTableSource *source)
{
  return p2p_sync_socket_get_keys (RT_TABLE_SOCKET (source)->socket);
}

static gboolean
lookup (RtTableSource *source, GBytes *key, RtTableMeta *meta)
{
  RtTableSocket *self = RT_TABLE_SOCKET (source);

  g_clear_object (&self->looked_up);
  self->looked_up = p2p_sync_socket_get_entry (self->socket, key);
  if (self->looked_up == NULL)
    return FALSE;
  meta->owner = p2p_sync_entry_get_owner (self->looked_up);
  meta->written = p2p_sync_entry_get_timestamp (self->looked_up);
  meta->lease_end = p2p_sync_entry_get_lease_end (self->looked_up);
  meta->size = p2p_sync_entry_get_value_size (self->looked_up);
  meta->mine = p2p_sync_entry_get_mine (self->looked_up);
  /* of a node that is off everything may have changed meanwhile */
  meta->old = p2p_sync_entry_get_old (self->looked_up) || self->refusal != NULL;
  return TRUE;
}

static GVariant *
get_value (RtTableSource *source, GBytes *key)
{
  return p2p_sync_socket_get_with_fallback (RT_TABLE_SOCKET (source)->socket, key, NULL);
}

static gboolean
may_write (RtTableSocket *self, GError **error)
{
  if (self->refusal == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY, self->refusal);
  return FALSE;
}

static gboolean
set (RtTableSource *source, GBytes *key, GVariant *value, GError **error)
{
  RtTableSocket *self = RT_TABLE_SOCKET (source);

  return may_write (self, error) && p2p_sync_socket_set (self->socket, key, value, error);
}

static gboolean
delete_key (RtTableSource *source, GBytes *key, GError **error)
{
  RtTableSocket *self = RT_TABLE_SOCKET (source);

  return may_write (self, error) && p2p_sync_socket_delete_key (self->socket, key, error);
}

static gint64
get_now (RtTableSource *source)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static char *
dup_refusal (RtTableSource *source)
{
  return g_strdup (RT_TABLE_SOCKET (source)->refusal);
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
  past->owner = g_strdup (stored->owner);
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

static void
load_history_async (RtTableSource *source, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);

  g_task_set_source_tag (task, load_history_async);
  g_task_set_name (task, "[rt-model] history of a key");
  rt_store_table_load_past_async (RT_TABLE_SOCKET (source)->store, key, cancellable, past_loaded_cb, task);
}

static GPtrArray *
load_history_finish (RtTableSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
source_iface_init (RtTableSourceInterface *iface)
{
  iface->list = list;
  iface->lookup = lookup;
  iface->get_value = get_value;
  iface->set = set;
  iface->delete_key = delete_key;
  iface->get_now = get_now;
  iface->dup_refusal = dup_refusal;
  iface->load_history_async = load_history_async;
  iface->load_history_finish = load_history_finish;
}

/* ---- what the socket tells ---- */

static void
update_cb (RtTableSocket *self, GBytes *key, GVariant *value, P2pSyncEntry *entry)
{
  if (self->logging)
    {
      g_autoptr (GByteArray) packed = g_byte_array_new ();

      if (p2p_value_pack (value, packed, NULL))
        {
          g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&packed));

          rt_store_table_log (self->store, key, get_now (NULL), bytes, p2p_sync_entry_get_owner (entry));
        }
    }
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

static void
delete_cb (RtTableSocket *self, GBytes *key)
{
  if (self->logging)
    {
      g_autofree char *writer = p2p_sync_socket_dup_writer (self->socket, key);

      rt_store_table_log (self->store, key, get_now (NULL), NULL, writer);
    }
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

/* Nothing was written, so nothing is logged. */
static void
confirmed_cb (RtTableSocket *self, GBytes *key)
{
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

static void
record_cb (RtTableSocket *self, GBytes *key, GBytes *record)
{
  rt_store_table_save (self->store, key, record);
}

/* ---- object ---- */

static void
rt_table_socket_finalize (GObject *object)
{
  RtTableSocket *self = RT_TABLE_SOCKET (object);

  g_clear_object (&self->looked_up);
  g_object_unref (self->socket);
  g_object_unref (self->store);
  g_free (self->refusal);

  G_OBJECT_CLASS (rt_table_socket_parent_class)->finalize (object);
}

static void
rt_table_socket_class_init (RtTableSocketClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_table_socket_finalize;
}

static void
rt_table_socket_init (RtTableSocket *self)
{
  self->refusal = g_strdup (_("The network is being started"));
}

RtTableSocket *
rt_table_socket_new (P2pSyncSocket *socket, RtStoreTable *store)
{
  RtTableSocket *self;

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (socket), NULL);
  g_return_val_if_fail (RT_IS_STORE_TABLE (store), NULL);

  self = g_object_new (RT_TYPE_TABLE_SOCKET, NULL);
  self->socket = g_object_ref (socket);
  self->store = g_object_ref (store);
  g_signal_connect_object (socket, "update", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (socket, "delete", G_CALLBACK (delete_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (socket, "confirmed", G_CALLBACK (confirmed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (socket, "record", G_CALLBACK (record_cb), self, G_CONNECT_SWAPPED);
  return self;
}

void
rt_table_socket_set_refusal (RtTableSocket *self, const char *words)
{
  gboolean was = self->refusal != NULL;

  if (g_strcmp0 (self->refusal, words) == 0)
    return;
  g_free (self->refusal);
  self->refusal = g_strdup (words);
  rt_table_source_standing (RT_TABLE_SOURCE (self));
  /* All of them look older, or not, than before. */
  if (was != (words != NULL))
    rt_table_source_reset (RT_TABLE_SOURCE (self));
}

gboolean
rt_table_socket_restore (RtTableSocket *self, GBytes *record)
{
  return p2p_sync_socket_restore (self->socket, record, NULL);
}

void
rt_table_socket_begin_log (RtTableSocket *self)
{
  self->logging = TRUE;
}
