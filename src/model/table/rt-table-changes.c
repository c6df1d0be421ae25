/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-changes.h"

struct _RtTableChanges {
  GHashTable *values;           /* checksums by key; what is not there has no value */
  GHashTable *before;           /* the same of keys that changed, as they were; NULL: nobody counts */
  gint64      newest;
};

/* Its type is part of it: 1 is not true. Never 0. */
static gpointer
checksum_of (GVariant *value)
{
  g_autoptr (GBytes) bytes = NULL;
  guint sum;

  if (value == NULL)
    return NULL;
  bytes = g_variant_get_data_as_bytes (value);
  sum = g_bytes_hash (bytes) * 31 + g_str_hash (g_variant_get_type_string (value));
  return GUINT_TO_POINTER (MAX (sum, 1));
}

static GHashTable *
make_table (void)
{
  return g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
}

RtTableChanges *
rt_table_changes_new (void)
{
  RtTableChanges *self = g_new0 (RtTableChanges, 1);

  self->values = make_table ();
  return self;
}

void
rt_table_changes_free (RtTableChanges *self)
{
  g_hash_table_unref (self->values);
  g_clear_pointer (&self->before, g_hash_table_unref);
  g_free (self);
}

void
rt_table_changes_note (RtTableChanges *self, GBytes *key, GVariant *value, gboolean seen)
{
  gpointer now = checksum_of (value), was = g_hash_table_lookup (self->values, key);

  if (self->before != NULL && now != was)
    {
      gboolean known = g_hash_table_contains (self->before, key);

      if (seen && known)
        g_hash_table_insert (self->before, g_bytes_ref (key), now);
      else if (!seen && !known && g_hash_table_size (self->before) < RT_TABLE_CHANGES_MAX)
        g_hash_table_insert (self->before, g_bytes_ref (key), was);
      if (!seen)
        self->newest = g_get_monotonic_time ();
    }
  if (now != NULL)
    g_hash_table_insert (self->values, g_bytes_ref (key), now);
  else
    g_hash_table_remove (self->values, key);
}

void
rt_table_changes_begin (RtTableChanges *self)
{
  rt_table_changes_end (self);
  self->before = make_table ();
}

void
rt_table_changes_end (RtTableChanges *self)
{
  g_clear_pointer (&self->before, g_hash_table_unref);
  self->newest = 0;
}

guint
rt_table_changes_count (RtTableChanges *self, gint64 *newest)
{
  GHashTableIter iter;
  gpointer key, was;
  guint n = 0;

  *newest = self->newest;
  if (self->before == NULL)
    return 0;
  g_hash_table_iter_init (&iter, self->before);
  while (g_hash_table_iter_next (&iter, &key, &was))
    n += g_hash_table_lookup (self->values, key) != was;
  return n;
}
