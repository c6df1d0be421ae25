/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-ring.h"
#include "rt-table-cache.h"
#include "model/network/rt-network-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_PLACES 5u

struct _RtTableRing {
  GObject         parent_instance;
  P2pChordSocket *socket;
  RtStoreTable   *store;
  RtTableCache   *cache;
  char           *id;           /* ours */
  char           *refusal;
  GHashTable     *deleting;     /* keys of which we delete the value just now */
  guint           hint;         /* where the last key was found: most often they are asked for in order */
  gboolean        logging;
};

static void source_iface_init (RtTableSourceInterface *iface);
static void kept_iface_init (RtTableKeptInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtTableRing, rt_table_ring, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_SOURCE, source_iface_init)
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_KEPT, kept_iface_init))

enum { WRITTEN, N_SIGNALS };

static guint signals[N_SIGNALS];

/* As it is on the wire: a program may have made the same of another type. */
static gboolean
is_same (GVariant *a, GVariant *b)
{
  g_autoptr (GByteArray) packed_a = NULL, packed_b = NULL;

  if (a == NULL || b == NULL)
    return a == b;
  if (g_variant_equal (a, b))
    return TRUE;
  packed_a = g_byte_array_new ();
  packed_b = g_byte_array_new ();
  return p2p_value_pack (a, packed_a, NULL) && p2p_value_pack (b, packed_b, NULL) && packed_a->len == packed_b->len &&
         memcmp (packed_a->data, packed_b->data, packed_a->len) == 0;
}

static void
log_value (RtTableRing *self, GBytes *key, GVariant *value, const char *owner)
{
  if (self->logging)
    rt_table_kept_log (self->store, key, value, owner);
}

/* ---- keys ---- */

static GPtrArray *
list (RtTableSource *source)
{
  return p2p_chord_socket_get_keys (RT_TABLE_RING (source)->socket);
}

/* The list is in the order of the keys' bytes. */
static P2pChordKey *
find_key (RtTableRing *self, GBytes *key)
{
  GListModel *keys = p2p_chord_socket_get_key_list (self->socket);
  guint low = 0, high = g_list_model_get_n_items (keys), probe = self->hint + 1;

  while (low < high)
    {
      guint middle = probe < high && probe >= low ? probe : low + (high - low) / 2;
      g_autoptr (P2pChordKey) item = g_list_model_get_item (keys, middle);
      int order = g_bytes_compare (p2p_chord_key_get_key (item), key);

      if (order == 0)
        {
          self->hint = middle;
          return g_steal_pointer (&item);
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
      probe = G_MAXUINT;
    }
  return NULL;
}

static gboolean
lookup (RtTableSource *source, GBytes *key, RtTableMeta *meta)
{
  RtTableRing *self = RT_TABLE_RING (source);
  g_autoptr (P2pChordKey) found = NULL;

  if (!p2p_chord_socket_contains (self->socket, key))
    return FALSE;
  *meta = (RtTableMeta) { 0 };
  found = find_key (self, key);
  if (found != NULL)
    {
      meta->written = p2p_chord_key_get_since (found);
      meta->mine = p2p_chord_key_get_mine (found);
    }
  /* who wrote it is known where it is signed, and of ourselves */
  meta->owner = meta->mine ? self->id : NULL;
  rt_table_cache_look (self->cache, key, meta);
  if (meta->signed_by_owner)
    meta->mine = g_strcmp0 (meta->owner, self->id) == 0;
  if (self->refusal != NULL && !meta->unread)
    meta->old = TRUE;
  return TRUE;
}

static GVariant *
get_value (RtTableSource *source, GBytes *key)
{
  return rt_table_cache_get (RT_TABLE_RING (source)->cache, key);
}

static gboolean
set (RtTableSource *source, GBytes *key, GVariant *value, GError **error)
{
  g_return_val_if_reached (FALSE);
}

static gboolean
delete_key (RtTableSource *source, GBytes *key, GError **error)
{
  g_return_val_if_reached (FALSE);
}

static gint64
get_now (RtTableSource *source)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static char *
dup_refusal (RtTableSource *source)
{
  return g_strdup (RT_TABLE_RING (source)->refusal);
}

static void
load_history_async (RtTableSource *source, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  rt_table_kept_load_history_async (source, RT_TABLE_RING (source)->store, key, cancellable, callback, user_data);
}

/* ---- reading ---- */

typedef struct {
  RtTableRing *ring;
  GBytes      *key;
} Reading;

static void
read_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  RtTableRing *self = reading->ring;
  g_autoptr (GError) error = NULL;
  g_autofree char *author = NULL;
  g_autoptr (GVariant) value = p2p_chord_socket_get_signed_finish (P2P_CHORD_SOCKET (socket), result, &author, &error);

  if (value != NULL || g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND))
    {
      g_autoptr (GVariant) before = rt_table_cache_get (self->cache, reading->key);

      if (before != NULL && value != NULL && !is_same (before, value))
        log_value (self, reading->key, value, author != NULL ? author : "");
      rt_table_cache_take (self->cache, reading->key, value, author);
    }
  else
    {
      g_autofree char *words = rt_words_for_error (error, NULL);

      rt_table_cache_fail (self->cache, reading->key, words);
    }
  g_bytes_unref (reading->key);
  g_object_unref (reading->ring);
  g_free (reading);
}

static void
read_value (GBytes *key, gpointer data)
{
  RtTableRing *self = data;
  Reading *reading = g_new0 (Reading, 1);

  reading->ring = g_object_ref (self);
  reading->key = g_bytes_ref (key);
  p2p_chord_socket_get_async (self->socket, key, 0, NULL, read_cb, reading);
}

static void
tell_changed (GBytes *key, gpointer data)
{
  rt_table_source_changed (data, key);
}

static void
fetch (RtTableSource *source, GBytes *key, gboolean again)
{
  RtTableRing *self = RT_TABLE_RING (source);

  if (self->refusal == NULL)
    rt_table_cache_want (self->cache, key, again);
}

static void
unfetch (RtTableSource *source, GBytes *key)
{
  rt_table_cache_unwant (RT_TABLE_RING (source)->cache, key);
}

/* ---- writing ---- */

typedef struct {
  GBytes   *key;
  GVariant *value, *seen;
} Write;

static void
free_write (gpointer data)
{
  Write *write = data;

  g_bytes_unref (write->key);
  g_clear_pointer (&write->value, g_variant_unref);
  g_clear_pointer (&write->seen, g_variant_unref);
  g_free (write);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* It may be at some of the places: whoever looks at it reads it again. */
static void
fail_write (GTask *task, const GError *error)
{
  RtTableRing *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  g_autofree char *words = rt_words_for_error (error, NULL);

  rt_table_cache_note (self->cache, write->key);
  rt_table_source_changed (RT_TABLE_SOURCE (self), write->key);
  if (is_cancelled (error))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _("Stopped while it was being written: some places may have it"));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", words);
}

static void
set_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtTableRing *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  guint n_places = 0;

  if (!p2p_chord_socket_set_finish (P2P_CHORD_SOCKET (socket), result, &n_places, &error))
    {
      fail_write (task, error);
      return;
    }
  log_value (self, write->key, write->value, self->id);
  rt_table_cache_put (self->cache, write->key, write->value, p2p_mesh_socket_get_identity (P2P_MESH_SOCKET (socket)) != NULL ? self->id : NULL);
  g_signal_emit (self, signals[WRITTEN], 0, write->key);
  /* Translators: the value of a key is at five places of a network */
  g_task_return_pointer (task, g_strdup_printf (_("%u of %u places have it"), MIN (n_places, N_PLACES), N_PLACES), g_free);
}

static void
deleted_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtTableRing *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  g_hash_table_remove (self->deleting, write->key);
  if (!p2p_chord_socket_delete_key_finish (P2P_CHORD_SOCKET (socket), result, &error) && !g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND))
    {
      fail_write (task, error);
      return;
    }
  rt_table_cache_forget (self->cache, write->key);
  rt_table_source_changed (RT_TABLE_SOURCE (self), write->key);
  g_task_return_pointer (task, g_strdup (_("It is deleted")), g_free);
}

/* What is there now is neither what the person saw nor what is wanted. */
static void
refuse_write (GTask *task, GVariant *now, const char *author)
{
  RtTableRing *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);

  rt_table_cache_put (self->cache, write->key, now, author);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG, "%s", _("It was changed meanwhile"));
}

static void
looked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  P2pChordSocket *socket = P2P_CHORD_SOCKET (object);
  g_autoptr (GTask) task = user_data;
  RtTableRing *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *author = NULL;
  g_autoptr (GVariant) now = p2p_chord_socket_get_signed_finish (socket, result, &author, &error);
  /* Places that do not agree, or say what its author did not sign, say no value that counts: one who saw none writes over none. */
  gboolean none = now == NULL && (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND) ||
                                  (write->seen == NULL && (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT) ||
                                                           g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED))));

  if (now == NULL && !none)
    {
      g_autofree char *words = rt_words_for_error (error, NULL);

      if (is_cancelled (error))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _("Not written: you stopped before"));
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, _("Not written, because it could not be looked at before: %s"), words);
    }
  else if (now != NULL && is_same (now, write->value))
    {
      rt_table_cache_put (self->cache, write->key, now, author);
      g_task_return_pointer (task, g_strdup (_("It was so already")), g_free);
    }
  else if (!is_same (now, write->seen))
    refuse_write (task, now, author);
  else if (write->value != NULL)
    p2p_chord_socket_set_async (socket, write->key, write->value, 0, cancellable, set_cb, g_steal_pointer (&task));
  else
    {
      g_hash_table_add (self->deleting, g_bytes_ref (write->key));
      p2p_chord_socket_delete_key_async (socket, write->key, 0, cancellable, deleted_cb, g_steal_pointer (&task));
    }
}

static void
write_async (RtTableSource *source, GBytes *key, GVariant *value, GVariant *seen, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtTableRing *self = RT_TABLE_RING (source);
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Write *write = g_new0 (Write, 1);

  write->key = g_bytes_ref (key);
  write->value = value != NULL ? g_variant_ref_sink (value) : NULL;
  write->seen = seen != NULL ? g_variant_ref (seen) : NULL;
  g_task_set_source_tag (task, write_async);
  g_task_set_name (task, "[rt-model] write to the ring");
  /* what became of it is told in our own words */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, write, free_write);
  if (self->refusal != NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_READ_ONLY, "%s", self->refusal);
      g_object_unref (task);
      return;
    }
  p2p_chord_socket_get_async (self->socket, key, 0, cancellable, looked_cb, task);
}

static gboolean
write_finish (RtTableSource *source, GAsyncResult *result, char **words, GError **error)
{
  *words = g_task_propagate_pointer (G_TASK (result), error);
  return *words != NULL;
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
  iface->fetch = fetch;
  iface->unfetch = unfetch;
  iface->write_async = write_async;
  iface->write_finish = write_finish;
}

/* ---- RtTableKept ---- */

static void
set_refusal (RtTableKept *kept, const char *words)
{
  RtTableRing *self = RT_TABLE_RING (kept);
  gboolean was = self->refusal != NULL;

  if (g_strcmp0 (self->refusal, words) == 0)
    return;
  g_free (self->refusal);
  self->refusal = g_strdup (words);
  if (words == NULL)
    rt_table_cache_revive (self->cache);
  rt_table_source_standing (RT_TABLE_SOURCE (self));
  if (was != (words != NULL))
    rt_table_source_reset (RT_TABLE_SOURCE (self));
}

static gboolean
restore (RtTableKept *kept, GBytes *id, GBytes *record)
{
  return p2p_chord_socket_restore (RT_TABLE_RING (kept)->socket, id, record, NULL);
}

static void
begin_log (RtTableKept *kept)
{
  RT_TABLE_RING (kept)->logging = TRUE;
}

static void
kept_iface_init (RtTableKeptInterface *iface)
{
  iface->set_refusal = set_refusal;
  iface->restore = restore;
  iface->begin_log = begin_log;
}

/* ---- what the socket tells ---- */

static void
add_cb (RtTableRing *self, GBytes *key)
{
  rt_table_cache_note (self->cache, key);
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

static void
delete_cb (RtTableRing *self, GBytes *key)
{
  log_value (self, key, NULL, g_hash_table_contains (self->deleting, key) ? self->id : "");
  rt_table_cache_forget (self->cache, key);
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

static void
record_cb (RtTableRing *self, GBytes *id, GBytes *record)
{
  rt_store_table_save (self->store, id, record);
}

/* ---- object ---- */

static void
rt_table_ring_finalize (GObject *object)
{
  RtTableRing *self = RT_TABLE_RING (object);

  rt_table_cache_free (self->cache);
  g_hash_table_unref (self->deleting);
  g_object_unref (self->socket);
  g_object_unref (self->store);
  g_free (self->id);
  g_free (self->refusal);

  G_OBJECT_CLASS (rt_table_ring_parent_class)->finalize (object);
}

static void
rt_table_ring_class_init (RtTableRingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_table_ring_finalize;

  signals[WRITTEN] = g_signal_new ("written", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
}

static void
rt_table_ring_init (RtTableRing *self)
{
  const RtTableCacheFuncs funcs = { read_value, tell_changed };

  self->refusal = g_strdup (_("The network is being started"));
  self->deleting = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->cache = rt_table_cache_new (RT_TABLE_CACHE_BYTES, &funcs, self);
}

RtTableKept *
rt_table_ring_new (P2pChordSocket *socket, RtStoreTable *store)
{
  RtTableRing *self;

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (socket), NULL);
  g_return_val_if_fail (RT_IS_STORE_TABLE (store), NULL);

  self = g_object_new (RT_TYPE_TABLE_RING, NULL);
  self->socket = g_object_ref (socket);
  self->store = g_object_ref (store);
  self->id = g_strdup (p2p_mesh_socket_get_id (P2P_MESH_SOCKET (socket)));
  g_signal_connect_object (socket, "add", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (socket, "delete", G_CALLBACK (delete_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (socket, "record", G_CALLBACK (record_cb), self, G_CONNECT_SWAPPED);
  return RT_TABLE_KEPT (self);
}
