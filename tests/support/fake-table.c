/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-table.h"

#include <string.h>

#define LEASE_SECONDS 3600

typedef struct {
  GBytes   *key;
  GVariant *value;              /* NULL: deleted */
  char     *owner;
  gint64    written;
  GPtrArray *past;              /* of RtTablePast, the oldest first */
} Entry;

struct _FakeTable {
  GObject     parent_instance;
  GHashTable *entries;          /* by GBytes */
  GPtrArray  *sorted;           /* the same, not owning */
  char       *refusal;
  char       *failure;
  gint64      now;
  gboolean    leasing;
  guint       n_writes;
};

static void source_iface_init (RtTableSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeTable, fake_table, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TABLE_SOURCE, source_iface_init))

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->key);
  g_clear_pointer (&entry->value, g_variant_unref);
  g_ptr_array_unref (entry->past);
  g_free (entry->owner);
  g_free (entry);
}

static gint64
get_lease_end (FakeTable *self, const Entry *entry)
{
  return self->leasing && entry->value != NULL ? entry->written + LEASE_SECONDS + 1 : 0;
}

static Entry *
find (FakeTable *self, GBytes *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  return entry != NULL && entry->value != NULL ? entry : NULL;
}

static guint
find_place (FakeTable *self, GBytes *key)
{
  guint low = 0, high = self->sorted->len;

  /* most often they come in order */
  if (high > 0 && g_bytes_compare (((Entry *) self->sorted->pdata[high - 1])->key, key) < 0)
    return high;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_bytes_compare (((Entry *) self->sorted->pdata[middle])->key, key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
write_entry (FakeTable *self, GBytes *key, const char *owner, GVariant *value, gint64 written)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);
  RtTablePast *past = g_new0 (RtTablePast, 1);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->past = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_table_past_free);
      entry->key = g_bytes_ref (key);
      g_ptr_array_insert (self->sorted, (int) find_place (self, key), entry);
      g_hash_table_insert (self->entries, entry->key, entry);
    }
  if (value != NULL)
    g_variant_ref_sink (value);
  g_clear_pointer (&entry->value, g_variant_unref);
  entry->value = value;
  g_free (entry->owner);
  entry->owner = g_strdup (owner);
  entry->written = written;
  past->time = written;
  past->value = value != NULL ? g_variant_ref (value) : NULL;
  past->owner = g_strdup (owner);
  past->deleted = value == NULL;
  g_ptr_array_add (entry->past, past);
}

/* ---- RtTableSource ---- */

static GPtrArray *
list (RtTableSource *source)
{
  FakeTable *self = FAKE_TABLE (source);
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < self->sorted->len; i++)
    {
      const Entry *entry = self->sorted->pdata[i];

      if (entry->value != NULL)
        g_ptr_array_add (keys, g_bytes_ref (entry->key));
    }
  return keys;
}

static gboolean
lookup (RtTableSource *source, GBytes *key, RtTableMeta *meta)
{
  FakeTable *self = FAKE_TABLE (source);
  Entry *entry = find (self, key);

  if (entry == NULL)
    return FALSE;
  memset (meta, 0, sizeof *meta);
  meta->owner = entry->owner;
  meta->written = entry->written;
  meta->lease_end = get_lease_end (self, entry);
  meta->size = g_variant_get_size (entry->value);
  meta->mine = g_str_equal (entry->owner, FAKE_ME);
  meta->old = self->refusal != NULL;
  return TRUE;
}

static GVariant *
get_value (RtTableSource *source, GBytes *key)
{
  Entry *entry = find (FAKE_TABLE (source), key);

  return entry != NULL ? g_variant_ref (entry->value) : NULL;
}

static gboolean
may_write (FakeTable *self, GBytes *key, GError **error)
{
  Entry *entry = find (self, key);

  self->n_writes++;
  if (self->refusal != NULL || self->failure != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, self->refusal != NULL ? self->refusal : self->failure);
      g_clear_pointer (&self->failure, g_free);
      return FALSE;
    }
  if (entry == NULL || g_str_equal (entry->owner, FAKE_ME) || get_lease_end (self, entry) <= self->now)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "leased by %s", entry->owner);
  return FALSE;
}

static gboolean
set (RtTableSource *source, GBytes *key, GVariant *value, GError **error)
{
  FakeTable *self = FAKE_TABLE (source);

  if (!may_write (self, key, error))
    return FALSE;
  write_entry (self, key, FAKE_ME, value, self->now);
  rt_table_source_changed (source, key);
  return TRUE;
}

static gboolean
delete_key (RtTableSource *source, GBytes *key, GError **error)
{
  FakeTable *self = FAKE_TABLE (source);

  if (!may_write (self, key, error))
    return FALSE;
  if (find (self, key) == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such key");
      return FALSE;
    }
  write_entry (self, key, FAKE_ME, NULL, self->now);
  rt_table_source_changed (source, key);
  return TRUE;
}

static gint64
get_now (RtTableSource *source)
{
  return FAKE_TABLE (source)->now;
}

static char *
dup_refusal (RtTableSource *source)
{
  return g_strdup (FAKE_TABLE (source)->refusal);
}

static void
load_history_async (RtTableSource *source, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  Entry *entry = g_hash_table_lookup (FAKE_TABLE (source)->entries, key);
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_table_past_free);

  for (guint i = entry != NULL ? entry->past->len : 0; i-- > 0 && items->len < 20;)
    {
      const RtTablePast *past = entry->past->pdata[i];
      RtTablePast *copy = g_memdup2 (past, sizeof *past);

      copy->value = past->value != NULL ? g_variant_ref (past->value) : NULL;
      copy->owner = g_strdup (past->owner);
      g_ptr_array_add (items, copy);
    }
  g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
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

/* ---- object ---- */

static void
fake_table_finalize (GObject *object)
{
  FakeTable *self = FAKE_TABLE (object);

  g_ptr_array_unref (self->sorted);
  g_hash_table_unref (self->entries);
  g_free (self->refusal);
  g_free (self->failure);

  G_OBJECT_CLASS (fake_table_parent_class)->finalize (object);
}

static void
fake_table_class_init (FakeTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_table_finalize;
}

static void
fake_table_init (FakeTable *self)
{
  self->entries = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, free_entry);
  self->sorted = g_ptr_array_new ();
  self->now = 1700000000;
  self->leasing = TRUE;
}

FakeTable *
fake_table_new (void)
{
  return g_object_new (FAKE_TYPE_TABLE, NULL);
}

static GVariant *
make_value (guint i)
{
  switch (i % 7)
    {
    case 0: return g_variant_new_int64 (i);
    case 1: return g_variant_new_take_string (g_strdup_printf ("value of %u", i));
    case 2: return g_variant_new_boolean (i % 2 == 0);
    case 3: return g_variant_new_double (i / 7.0);
    case 4: return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &i, sizeof i, 1);
    case 5: return g_variant_new_parsed ("[<%x>, <'item'>]", (gint64) i);
    default: return g_variant_new_parsed ("{'number': <%x>}", (gint64) i);
    }
}

void
fake_table_fill (FakeTable *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("key-%06u", i);
      g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

      write_entry (self, key, FAKE_OTHER, make_value (i), self->now - 10 - (i % 2) * 2 * LEASE_SECONDS);
    }
  rt_table_source_reset (RT_TABLE_SOURCE (self));
}

void
fake_table_put (FakeTable *self, const char *text, const char *owner, GVariant *value)
{
  g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

  write_entry (self, key, owner, value, self->now);
  rt_table_source_changed (RT_TABLE_SOURCE (self), key);
}

void
fake_table_set_now (FakeTable *self, gint64 now)
{
  self->now = now;
  rt_table_source_standing (RT_TABLE_SOURCE (self));
}

void
fake_table_set_refusal (FakeTable *self, const char *words)
{
  g_free (self->refusal);
  self->refusal = g_strdup (words);
  rt_table_source_standing (RT_TABLE_SOURCE (self));
}

void
fake_table_fail_next (FakeTable *self, const char *words)
{
  g_free (self->failure);
  self->failure = g_strdup (words);
}

void
fake_table_set_leasing (FakeTable *self, gboolean leasing)
{
  self->leasing = leasing;
  rt_table_source_reset (RT_TABLE_SOURCE (self));
}

guint
fake_table_get_n_writes (FakeTable *self)
{
  return self->n_writes;
}

GVariant *
fake_table_peek (FakeTable *self, const char *text)
{
  g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));
  Entry *entry = find (self, key);

  return entry != NULL ? entry->value : NULL;
}
