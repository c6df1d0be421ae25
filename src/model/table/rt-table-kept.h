/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table-source.h"
#include "store/rt-store-table.h"

G_BEGIN_DECLS

/* RtTableKept: a table of a node of ours, of which the store keeps something. It can be read when the node is off. */
#define RT_TYPE_TABLE_KEPT (rt_table_kept_get_type ())
G_DECLARE_INTERFACE (RtTableKept, rt_table_kept, RT, TABLE_KEPT, RtTableSource)

struct _RtTableKeptInterface {
  GTypeInterface parent_iface;
  void     (*set_refusal) (RtTableKept *self, const char *words);
  gboolean (*restore)     (RtTableKept *self, GBytes *id, GBytes *record);
  void     (*begin_log)   (RtTableKept *self);
  /* optional */
  void     (*begin_count) (RtTableKept *self, gint64 since, gboolean deletes);
  void     (*end_count)   (RtTableKept *self);
  guint    (*count)       (RtTableKept *self, gint64 *newest);
};

/* Why nothing can be written, in words; NULL: it can. At first: that it is being started. */
void     rt_table_kept_set_refusal (RtTableKept *self, const char *words);
/* A record that the store has. FALSE: it is none. */
gboolean rt_table_kept_restore     (RtTableKept *self, GBytes *id, GBytes *record);
/* From now on what becomes of keys is written down. */
void     rt_table_kept_begin_log   (RtTableKept *self);
/* How many keys have another value than when it was begun, because of what others wrote until since (UTC seconds); of deletes nobody knows when, and they count or do not.
 * newest: monotonic microseconds of the last change, 0: there was none. FALSE: of this table nobody can say. */
gboolean rt_table_kept_begin_count (RtTableKept *self, gint64 since, gboolean deletes);
void     rt_table_kept_end_count   (RtTableKept *self);
guint    rt_table_kept_count       (RtTableKept *self, gint64 *newest);

/* The history of a key in store: what RtTableSource asks for. */
void       rt_table_kept_load_history_async  (RtTableSource *source, RtStoreTable *store, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *rt_table_kept_load_history_finish (RtTableSource *source, GAsyncResult *result, GError **error);
/* value: NULL: it was deleted. */
void       rt_table_kept_log (RtStoreTable *store, GBytes *key, GVariant *value, const char *owner);

G_END_DECLS
