/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-ring-table.h"

#include <string.h>

#include "model/table/rt-table-cache.h"

/* What was asked for. */
typedef struct {
  GBytes   *key;
  GTask    *task;               /* of a write; NULL: a read */
  GVariant *value, *seen;
  GCancellable *cancellable;
} Ask;

struct _FakeRingTable {
  GObject       parent_instance;
  FakeTable    *inner;
  RtTableCache *cache;
  GQueue        asked;
  char         *author;         /* of what is read; NULL: nobody signed it */
  GHashTable   *failures;       /* key: words */
  GHashTable   *lost;
  int           milliseconds;
  guint         timer;
  guint         n_reads;
};

static void source_iface_init (RtTableSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeRingTable, fake_ring_table, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_SOURCE, source_iface_init))

static void
free_ask (Ask *ask)
{
  g_bytes_unref (ask->key);
  g_clear_object (&ask->task);
  g_clear_object (&ask->cancellable);
  g_clear_pointer (&ask->value, g_variant_unref);
  g_clear_pointer (&ask->seen, g_variant_unref);
  g_free (ask);
}

static char *
text_of (GBytes *key)
{
  return g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
}

static GVariant *
peek (FakeRingTable *self, GBytes *key)
{
  g_autofree char *text = text_of (key);

  return g_hash_table_contains (self->lost, text) ? NULL : fake_table_peek (self->inner, text);
}

static gboolean
is_same (GVariant *a, GVariant *b)
{
  return a == NULL || b == NULL ? a == b : g_variant_equal (a, b);
}

static void
end_write (FakeRingTable *self, Ask *ask)
{
  g_autoptr (GTask) task = g_steal_pointer (&ask->task);
  g_autofree char *text = text_of (ask->key);
  GVariant *now = peek (self, ask->key);
  GError *error = NULL;
  gboolean done;

  if (is_same (now, ask->value))
    {
      g_task_return_pointer (task, g_strdup ("It was so already"), g_free);
      return;
    }
  if (!is_same (now, ask->seen))
    {
      rt_table_cache_put (self->cache, ask->key, now, NULL);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG, "It was changed meanwhile");
      return;
    }
  g_hash_table_remove (self->lost, text);
  done = ask->value != NULL ? rt_table_source_set (RT_TABLE_SOURCE (self->inner), ask->key, ask->value, &error)
                            : rt_table_source_delete_key (RT_TABLE_SOURCE (self->inner), ask->key, &error);
  if (!done)
    {
      g_task_return_error (task, error);
      return;
    }
  if (ask->value != NULL)
    rt_table_cache_put (self->cache, ask->key, ask->value, NULL);
  g_task_return_pointer (task, g_strdup ("5 of 5 places have it"), g_free);
}

static void
answer (FakeRingTable *self, Ask *ask)
{
  g_autofree char *text = text_of (ask->key);
  const char *failure = g_hash_table_lookup (self->failures, text);

  if (ask->task != NULL)
    end_write (self, ask);
  else if (failure != NULL)
    rt_table_cache_fail (self->cache, ask->key, failure);
  else
    rt_table_cache_take (self->cache, ask->key, peek (self, ask->key), self->author);
  free_ask (ask);
}

guint
fake_ring_table_answer (FakeRingTable *self, guint n)
{
  g_autoptr (FakeRingTable) held G_GNUC_UNUSED = g_object_ref (self);
  guint answered = 0;

  for (n = MIN (n, self->asked.length); answered < n && self->asked.length > 0; answered++)
    answer (self, g_queue_pop_head (&self->asked));
  return answered;
}

static gboolean
timer_cb (gpointer data)
{
  FakeRingTable *self = data;

  self->timer = 0;
  fake_ring_table_answer (self, G_MAXUINT);
  return G_SOURCE_REMOVE;
}

static void
add_ask (FakeRingTable *self, Ask *ask)
{
  g_queue_push_tail (&self->asked, ask);
  if (self->milliseconds >= 0 && self->timer == 0)
    self->timer = g_timeout_add ((guint) self->milliseconds, timer_cb, self);
}

/* ---- the cache ---- */

static void
read_value (GBytes *key, gpointer data)
{
  FakeRingTable *self = data;
  Ask *ask = g_new0 (Ask, 1);

  ask->key = g_bytes_ref (key);
  self->n_reads++;
  add_ask (self, ask);
}

static void
tell_changed (GBytes *key, gpointer data)
{
  rt_table_source_changed (data, key);
}

/* ---- RtTableSource ---- */

static GPtrArray *
list (RtTableSource *source)
{
  return rt_table_source_list (RT_TABLE_SOURCE (FAKE_RING_TABLE (source)->inner));
}

static gboolean
lookup (RtTableSource *source, GBytes *key, RtTableMeta *meta)
{
  FakeRingTable *self = FAKE_RING_TABLE (source);

  if (!rt_table_source_lookup (RT_TABLE_SOURCE (self->inner), key, meta))
    return FALSE;
  meta->owner = NULL;
  meta->lease_end = 0;
  rt_table_cache_look (self->cache, key, meta);
  return TRUE;
}

static GVariant *
get_value (RtTableSource *source, GBytes *key)
{
  return rt_table_cache_get (FAKE_RING_TABLE (source)->cache, key);
}

static gboolean
set (RtTableSource *source, GBytes *key, GVariant *value, GError **error)
{
  g_assert_not_reached ();
}

static gboolean
delete_key (RtTableSource *source, GBytes *key, GError **error)
{
  g_assert_not_reached ();
}

static gint64
get_now (RtTableSource *source)
{
  return rt_table_source_get_now (RT_TABLE_SOURCE (FAKE_RING_TABLE (source)->inner));
}

static char *
dup_refusal (RtTableSource *source)
{
  return rt_table_source_dup_refusal (RT_TABLE_SOURCE (FAKE_RING_TABLE (source)->inner));
}

static void
fetch (RtTableSource *source, GBytes *key, gboolean again)
{
  rt_table_cache_want (FAKE_RING_TABLE (source)->cache, key, again);
}

static void
unfetch (RtTableSource *source, GBytes *key)
{
  rt_table_cache_unwant (FAKE_RING_TABLE (source)->cache, key);
}

static void
cancelled_cb (FakeRingTable *self, GCancellable *cancellable)
{
  g_autoptr (FakeRingTable) held G_GNUC_UNUSED = g_object_ref (self);

  for (guint n = self->asked.length; n > 0 && self->asked.length > 0; n--)
    {
      Ask *ask = g_queue_pop_head (&self->asked);

      if (ask->cancellable != cancellable)
        {
          g_queue_push_tail (&self->asked, ask);
          continue;
        }
      g_task_return_new_error (ask->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped on its way: it may have been written");
      free_ask (ask);
    }
}

static void
write_async (RtTableSource *source, GBytes *key, GVariant *value, GVariant *seen, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->key = g_bytes_ref (key);
  ask->task = g_task_new (source, NULL, callback, user_data);
  ask->value = value != NULL ? g_variant_ref_sink (value) : NULL;
  ask->seen = seen != NULL ? g_variant_ref (seen) : NULL;
  add_ask (FAKE_RING_TABLE (source), ask);
  if (cancellable == NULL)
    return;
  ask->cancellable = g_object_ref (cancellable);
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), source, G_CONNECT_SWAPPED);
}

static gboolean
write_finish (RtTableSource *source, GAsyncResult *result, char **words, GError **error)
{
  *words = g_task_propagate_pointer (G_TASK (result), error);
  return *words != NULL;
}

static void
load_history_async (RtTableSource *source, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtTableSource *inner = RT_TABLE_SOURCE (FAKE_RING_TABLE (source)->inner);

  RT_TABLE_SOURCE_GET_IFACE (inner)->load_history_async (inner, key, cancellable, callback, user_data);
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
  iface->fetch = fetch;
  iface->unfetch = unfetch;
  iface->write_async = write_async;
  iface->write_finish = write_finish;
}

/* ---- what the inner one tells ---- */

static void
changed_cb (FakeRingTable *self, GBytes *key)
{
  RtTableMeta meta = { 0 };

  if (rt_table_source_lookup (RT_TABLE_SOURCE (self->inner), key, &meta))
    rt_table_cache_note (self->cache, key);
  else
    rt_table_cache_forget (self->cache, key);
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

static void
standing_cb (FakeRingTable *self)
{
  rt_table_cache_revive (self->cache);
  rt_table_source_standing (RT_TABLE_SOURCE (self));
}

/* ---- object ---- */

static void
fake_ring_table_finalize (GObject *object)
{
  FakeRingTable *self = FAKE_RING_TABLE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_queue_clear_full (&self->asked, (GDestroyNotify) free_ask);
  rt_table_cache_free (self->cache);
  g_hash_table_unref (self->failures);
  g_hash_table_unref (self->lost);
  g_free (self->author);
  g_object_unref (self->inner);

  G_OBJECT_CLASS (fake_ring_table_parent_class)->finalize (object);
}

static void
fake_ring_table_class_init (FakeRingTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_ring_table_finalize;
}

static void
fake_ring_table_init (FakeRingTable *self)
{
  g_queue_init (&self->asked);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

FakeRingTable *
fake_ring_table_new_full (FakeTable *inner, int milliseconds, gsize max_bytes)
{
  const RtTableCacheFuncs funcs = { read_value, tell_changed };
  FakeRingTable *self = g_object_new (FAKE_TYPE_RING_TABLE, NULL);

  self->inner = g_object_ref (inner);
  self->milliseconds = milliseconds;
  self->cache = rt_table_cache_new (max_bytes, &funcs, self);
  fake_table_set_leasing (inner, FALSE);
  g_signal_connect_object (inner, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (inner, "reset", G_CALLBACK (rt_table_source_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (inner, "standing", G_CALLBACK (standing_cb), self, G_CONNECT_SWAPPED);
  return self;
}

FakeRingTable *
fake_ring_table_new (FakeTable *inner, int milliseconds)
{
  return fake_ring_table_new_full (inner, milliseconds, RT_TABLE_CACHE_BYTES);
}

void
fake_ring_table_fail_read (FakeRingTable *self, const char *key, const char *words)
{
  if (words != NULL)
    g_hash_table_insert (self->failures, g_strdup (key), g_strdup (words));
  else
    g_hash_table_remove (self->failures, key);
}

void
fake_ring_table_sign (FakeRingTable *self, const char *author)
{
  g_free (self->author);
  self->author = g_strdup (author);
}

void
fake_ring_table_lose (FakeRingTable *self, const char *key)
{
  g_hash_table_add (self->lost, g_strdup (key));
}

void
fake_ring_table_break (FakeRingTable *self, const char *words)
{
  for (guint n = self->asked.length; n > 0 && self->asked.length > 0; n--)
    {
      Ask *ask = g_queue_pop_head (&self->asked);

      if (ask->task != NULL)
        g_task_return_new_error (ask->task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", words);
      else
        rt_table_cache_fail (self->cache, ask->key, words);
      free_ask (ask);
    }
}

guint
fake_ring_table_get_n_reads (FakeRingTable *self)
{
  return self->n_reads;
}

guint
fake_ring_table_get_n_pending (FakeRingTable *self)
{
  return self->asked.length;
}

gsize
fake_ring_table_get_bytes (FakeRingTable *self)
{
  return rt_table_cache_get_bytes (self->cache);
}
