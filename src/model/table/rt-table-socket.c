/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-changes.h"
#include "rt-table-socket.h"

#include <glib/gi18n-lib.h>

struct _RtTableSocket {
  GObject        parent_instance;
  P2pSyncSocket *socket;
  RtStoreTable  *store;
  P2pSyncEntry  *looked_up;     /* whose owner was given out */
  char          *refusal;
  gboolean       logging;
  RtTableChanges *changes;
  gint64         since;         /* UTC seconds: what is written later is seen as it comes, and not counted */
  gboolean       deletes;       /* they are counted */
};

static void source_iface_init (RtTableSourceInterface *iface);
static void kept_iface_init (RtTableKeptInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtTableSocket, rt_table_socket, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_SOURCE, source_iface_init)
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_KEPT, kept_iface_init))

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
  meta->signed_by_owner = p2p_sync_entry_get_signed (self->looked_up);
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

static void
load_history_async (RtTableSource *source, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  rt_table_kept_load_history_async (source, RT_TABLE_SOCKET (source)->store, key, cancellable, callback, user_data);
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
  iface->load_history_finish = rt_table_kept_load_history_finish;
}

/* ---- what the socket tells ---- */

static void
update_cb (RtTableSocket *self, GBytes *key, GVariant *value, P2pSyncEntry *entry)
{
  gboolean seen = p2p_sync_entry_get_mine (entry) || p2p_sync_entry_get_timestamp (entry) > self->since;

  rt_table_changes_note (self->changes, key, value, seen);
  if (self->logging)
    rt_table_kept_log (self->store, key, value, p2p_sync_entry_get_owner (entry));
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

static void
delete_cb (RtTableSocket *self, GBytes *key)
{
  g_autofree char *writer = p2p_sync_socket_dup_writer (self->socket, key);

  rt_table_changes_note (self->changes, key, NULL, !self->deletes || g_strcmp0 (writer, p2p_mesh_socket_get_id (P2P_MESH_SOCKET (self->socket))) == 0);
  if (self->logging)
    rt_table_kept_log (self->store, key, NULL, writer);
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

/* ---- RtTableKept ---- */

static void
set_refusal (RtTableKept *kept, const char *words)
{
  RtTableSocket *self = RT_TABLE_SOCKET (kept);
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

static gboolean
restore (RtTableKept *kept, GBytes *id, GBytes *record)
{
  return p2p_sync_socket_restore (RT_TABLE_SOCKET (kept)->socket, record, NULL);
}

static void
begin_log (RtTableKept *kept)
{
  RT_TABLE_SOCKET (kept)->logging = TRUE;
}

static void
begin_count (RtTableKept *kept, gint64 since, gboolean deletes)
{
  RtTableSocket *self = RT_TABLE_SOCKET (kept);

  self->since = since;
  self->deletes = deletes;
  rt_table_changes_begin (self->changes);
}

static void
end_count (RtTableKept *kept)
{
  rt_table_changes_end (RT_TABLE_SOCKET (kept)->changes);
}

static guint
count (RtTableKept *kept, gint64 *newest)
{
  return rt_table_changes_count (RT_TABLE_SOCKET (kept)->changes, newest);
}

static void
kept_iface_init (RtTableKeptInterface *iface)
{
  iface->set_refusal = set_refusal;
  iface->restore = restore;
  iface->begin_log = begin_log;
  iface->begin_count = begin_count;
  iface->end_count = end_count;
  iface->count = count;
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
  rt_table_changes_free (self->changes);

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
  self->changes = rt_table_changes_new ();
}

RtTableKept *
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
  return RT_TABLE_KEPT (self);
}
