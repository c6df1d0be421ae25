/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-table.h"
#include "rt-store-writer.h"

G_BEGIN_DECLS

/* What is written together. */
typedef struct {
  char       *network;
  gboolean    forget;           /* first of all */
  GPtrArray  *records;          /* of RtStoreRecord; record NULL: to be forgotten */
  GHashTable *by_key;           /* of them, not owning */
  GPtrArray  *past;             /* of RtStorePast, in their order */
} RtStoreTableBatch;

RtStoreTableBatch *rt_store_table_batch_new    (const char *network);
void               rt_store_table_batch_free   (gpointer self);
guint              rt_store_table_batch_count  (gpointer self);         /* of everything in it */
void               rt_store_table_batch_put    (RtStoreTableBatch *self, GBytes *key, GBytes *record);
void               rt_store_table_batch_forget (RtStoreTableBatch *self);
/* Failed was not written; what newer has come since wins. Takes failed. */
void               rt_store_table_batch_put_back (gpointer newer, gpointer failed);
guint              rt_store_table_batch_bound  (gpointer owner, gpointer self);

typedef struct {
  char   *network;
  GBytes *key;                  /* of past */
  guint   n_damaged;
} RtStoreTableQuery;

RtStoreTableQuery *rt_store_table_query_new  (const char *network, GBytes *key);
void               rt_store_table_query_free (gpointer data);

gboolean rt_store_table_write (RtStoreDb *db, gpointer batch, GError **error);

void rt_store_table_load_job      (RtStoreDb *db, GTask *task);         /* RtStoreTableQuery */
void rt_store_table_load_past_job (RtStoreDb *db, GTask *task);

G_END_DECLS
