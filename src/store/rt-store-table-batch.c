/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits to be written of a shared table, and what is asked of one. */
#include "config.h"

#include "rt-store-table-private.h"

void
rt_store_record_free (RtStoreRecord *self)
{
  g_bytes_unref (self->key);
  g_clear_pointer (&self->record, g_bytes_unref);
  g_free (self);
}

void
rt_store_past_free (RtStorePast *self)
{
  g_bytes_unref (self->key);
  g_clear_pointer (&self->value, g_bytes_unref);
  g_free (self->owner);
  g_free (self->what);
  g_free (self);
}

RtStoreTableQuery *
rt_store_table_query_new (const char *network, GBytes *key)
{
  RtStoreTableQuery *self = g_new0 (RtStoreTableQuery, 1);

  self->network = g_strdup (network);
  self->key = key != NULL ? g_bytes_ref (key) : NULL;
  return self;
}

void
rt_store_table_query_free (gpointer data)
{
  RtStoreTableQuery *self = data;

  g_free (self->network);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self);
}

RtStoreTableBatch *
rt_store_table_batch_new (const char *network)
{
  RtStoreTableBatch *self = g_new0 (RtStoreTableBatch, 1);

  self->network = g_strdup (network);
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_record_free);
  self->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->past = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_past_free);
  return self;
}

void
rt_store_table_batch_free (gpointer data)
{
  RtStoreTableBatch *self = data;

  g_free (self->network);
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->records);
  g_ptr_array_unref (self->past);
  g_free (self);
}

guint
rt_store_table_batch_count (gpointer data)
{
  const RtStoreTableBatch *self = data;

  return self->records->len + self->past->len + self->forget;
}

void
rt_store_table_batch_put (RtStoreTableBatch *self, GBytes *key, GBytes *record)
{
  RtStoreRecord *kept = g_hash_table_lookup (self->by_key, key);

  if (kept == NULL)
    {
      kept = g_new0 (RtStoreRecord, 1);
      kept->key = g_bytes_ref (key);
      g_ptr_array_add (self->records, kept);
      g_hash_table_insert (self->by_key, kept->key, kept);
    }
  g_clear_pointer (&kept->record, g_bytes_unref);
  kept->record = record != NULL ? g_bytes_ref (record) : NULL;
}

void
rt_store_table_batch_forget (RtStoreTableBatch *self)
{
  g_hash_table_remove_all (self->by_key);
  g_ptr_array_set_size (self->records, 0);
  self->forget = TRUE;
}

void
rt_store_table_batch_put_back (gpointer data, gpointer failed_data)
{
  RtStoreTableBatch *newer = data, *failed = failed_data;
  GPtrArray *later = newer->past;

  for (guint i = 0; i < failed->records->len && !newer->forget; i++)
    {
      const RtStoreRecord *record = failed->records->pdata[i];

      if (!g_hash_table_contains (newer->by_key, record->key))
        rt_store_table_batch_put (newer, record->key, record->record);
    }
  newer->forget |= failed->forget;
  newer->past = g_ptr_array_ref (failed->past);
  g_ptr_array_extend_and_steal (newer->past, later);
  rt_store_table_batch_free (failed);
}

/* More than are kept are not even written. */
guint
rt_store_table_batch_bound (gpointer owner, gpointer data)
{
  GPtrArray *past = ((RtStoreTableBatch *) data)->past;

  if (past->len >= 2 * RT_STORE_TABLE_PAST)
    g_ptr_array_remove_range (past, 0, past->len - RT_STORE_TABLE_PAST);
  return 0;
}
