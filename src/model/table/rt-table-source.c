/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-source.h"

G_DEFINE_INTERFACE (RtTableSource, rt_table_source, G_TYPE_OBJECT)

enum { CHANGED, RESET, STANDING, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
rt_table_source_default_init (RtTableSourceInterface *iface)
{
  signals[CHANGED] = g_signal_new ("changed", RT_TYPE_TABLE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[RESET] = g_signal_new ("reset", RT_TYPE_TABLE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STANDING] = g_signal_new ("standing", RT_TYPE_TABLE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
rt_table_past_free (RtTablePast *self)
{
  g_clear_pointer (&self->value, g_variant_unref);
  g_free (self->owner);
  g_free (self);
}

GPtrArray *
rt_table_source_list (RtTableSource *self)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->list (self);
}

gboolean
rt_table_source_lookup (RtTableSource *self, GBytes *key, RtTableMeta *meta)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->lookup (self, key, meta);
}

GVariant *
rt_table_source_get_value (RtTableSource *self, GBytes *key)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->get_value (self, key);
}

gboolean
rt_table_source_set (RtTableSource *self, GBytes *key, GVariant *value, GError **error)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->set (self, key, value, error);
}

gboolean
rt_table_source_delete_key (RtTableSource *self, GBytes *key, GError **error)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->delete_key (self, key, error);
}

gint64
rt_table_source_get_now (RtTableSource *self)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->get_now (self);
}

char *
rt_table_source_dup_refusal (RtTableSource *self)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->dup_refusal (self);
}

gboolean
rt_table_source_is_fetching (RtTableSource *self)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->write_async != NULL;
}

void
rt_table_source_fetch (RtTableSource *self, GBytes *key, gboolean again)
{
  RtTableSourceInterface *iface = RT_TABLE_SOURCE_GET_IFACE (self);

  if (iface->fetch != NULL)
    iface->fetch (self, key, again);
}

void
rt_table_source_unfetch (RtTableSource *self, GBytes *key)
{
  RtTableSourceInterface *iface = RT_TABLE_SOURCE_GET_IFACE (self);

  if (iface->unfetch != NULL)
    iface->unfetch (self, key);
}

void
rt_table_source_write_async (RtTableSource       *self,
                             GBytes              *key,
                             GVariant            *value,
                             GVariant            *seen,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  RT_TABLE_SOURCE_GET_IFACE (self)->write_async (self, key, value, seen, cancellable, callback, user_data);
}

gboolean
rt_table_source_write_finish (RtTableSource *self, GAsyncResult *result, char **words, GError **error)
{
  return RT_TABLE_SOURCE_GET_IFACE (self)->write_finish (self, result, words, error);
}

void
rt_table_source_changed (RtTableSource *self, GBytes *key)
{
  g_signal_emit (self, signals[CHANGED], 0, key);
}

void
rt_table_source_reset (RtTableSource *self)
{
  g_signal_emit (self, signals[RESET], 0);
}

void
rt_table_source_standing (RtTableSource *self)
{
  g_signal_emit (self, signals[STANDING], 0);
}
