/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store.h"

G_BEGIN_DECLS

/* How much is kept of what became of keys; the oldest goes. */
#define RT_STORE_TABLE_PAST_PER_KEY 20u
#define RT_STORE_TABLE_PAST_VALUE (64u * 1024)
#define RT_STORE_TABLE_PAST 10000u
/* One transaction in so long, whatever is written. */
#define RT_STORE_TABLE_MILLISECONDS 500u
/* After one that failed: the disk may be full. */
#define RT_STORE_TABLE_RETRY_MILLISECONDS 5000u

/* What a node of a shared table keeps of a key. */
typedef struct {
  GBytes *key;
  GBytes *record;
} RtStoreRecord;

void rt_store_record_free (RtStoreRecord *self);

/* What became of a key once. */
typedef struct {
  GBytes *key;
  gint64  time;                 /* UTC seconds */
  GBytes *value;                /* NULL: none, or it was of more than RT_STORE_TABLE_PAST_VALUE bytes */
  char   *owner;
  char   *what;                 /* "set", "delete"; "large": a set, whose value was not kept */
} RtStorePast;

void rt_store_past_free (RtStorePast *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStorePast, rt_store_past_free)

/**
 * RtStoreTable: the shared table of a network, as it is kept. Writes are gathered and made together, so that a thousand changes are one transaction; what was not written
 * because the disk is full is tried again. Of the thread of whoever made it. The last reference writes what is left.
 * Property: error (words, nullable: the newest write failed; NULL again after one that did not).
 */
#define RT_TYPE_STORE_TABLE (rt_store_table_get_type ())
G_DECLARE_FINAL_TYPE (RtStoreTable, rt_store_table, RT, STORE_TABLE, GObject)

RtStoreTable *rt_store_table_new  (RtStore *store, const char *network);
/* record: NULL: it is forgotten. The newest of a key counts. */
void          rt_store_table_save (RtStoreTable *self, GBytes *key, GBytes *record);
/* value: NULL: it was deleted */
void          rt_store_table_log  (RtStoreTable *self, GBytes *key, gint64 time, GBytes *value, const char *owner);
const char   *rt_store_table_get_error (RtStoreTable *self);
/* All that was asked for before is written, or could not be. */
void          rt_store_table_flush_async  (RtStoreTable *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean      rt_store_table_flush_finish (RtStoreTable *self, GAsyncResult *result, GError **error);

/* Hands what is left to the worker at once: before the store is closed. */
void          rt_store_table_hurry (RtStoreTable *self);

/* Of RtStoreRecord, by their keys; *n_damaged: rows that are none and were left out. Transfer full. */
void          rt_store_table_load_async  (RtStoreTable *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray    *rt_store_table_load_finish (RtStoreTable *self, GAsyncResult *result, guint *n_damaged, GError **error);
/* Of RtStorePast, the newest first, what waits to be written too. Transfer full. */
void          rt_store_table_load_past_async  (RtStoreTable *self, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray    *rt_store_table_load_past_finish (RtStoreTable *self, GAsyncResult *result, GError **error);
/* The records are those of another network now. */
void          rt_store_table_forget (RtStoreTable *self);

G_END_DECLS
