/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-private.h"
#include "rt-store-table.h"

G_BEGIN_DECLS

/* What is written together. */
typedef struct {
  char      *network;
  gboolean   forget;            /* first of all */
  GPtrArray *records;           /* of RtStoreRecord; record NULL: to be forgotten */
  GPtrArray *past;              /* of RtStorePast, in their order */
} RtStoreBatch;

RtStoreBatch *rt_store_batch_new  (const char *network);
void          rt_store_batch_free (RtStoreBatch *self);

typedef struct {
  char   *network;
  GBytes *key;                  /* of past */
  guint   n_damaged;
} RtStoreTableQuery;

RtStoreTableQuery *rt_store_table_query_new  (const char *network, GBytes *key);
void               rt_store_table_query_free (gpointer data);

void rt_store_table_write_job     (RtStoreDb *db, GTask *task);         /* RtStoreBatch */
void rt_store_table_load_job      (RtStoreDb *db, GTask *task);         /* RtStoreTableQuery */
void rt_store_table_load_past_job (RtStoreDb *db, GTask *task);

G_END_DECLS
