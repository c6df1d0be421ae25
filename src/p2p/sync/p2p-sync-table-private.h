/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-sync-record-private.h"

G_BEGIN_DECLS

/* What a record costs beside its key and what its owners wrote: its places in the index. */
#define P2P_SYNC_RECORD_BYTES 256u

#define P2P_SYNC_RECENT_BYTES 64u

struct _P2pSyncTable {
  P2pLimits limits;
  gboolean leasing;
  GHashTable *records;          /* guint64 key digest: P2pSyncRecord */
  GHashTable *owners;           /* guint64 digest of the name: P2pSyncOwner */
  GSequence *all;               /* P2pSyncRecord by the bytes of their keys */
  GSequence *live;              /* those with a value */
  GPtrArray *buckets[P2P_TABLE_BUCKETS];        /* by the key digest's first byte; in no order */
  GPtrArray *passing;           /* those of which time will forget something: deleted, or of more than one owner; in no order */
  guint64 sums[P2P_TABLE_BUCKETS];
  GByteArray *listed;           /* what p2p_sync_table_list_bucket() said last: it is asked for part by part */
  int listed_bucket;            /* -1: none, or it changed since */
  gsize bytes;
  /* A write asks for its key half a dozen times, and for its owner: digests of what was asked for last */
  guint8 recent[P2P_SYNC_RECENT_BYTES];
  gsize recent_length;          /* 0: none */
  guint64 recent_digest;
  P2pSyncOwner *recent_owner;   /* not held */
};

/* p2p-sync-table.c: the record of a key, or NULL; a new one takes its place, one that changes is taken out of the sums and put in again. */
guint64        p2p_sync_table_digest  (P2pSyncTable *self, const guint8 *key, gsize length);      /* p2p_sync_key_digest() */
P2pSyncRecord *p2p_sync_table_find    (P2pSyncTable *self, const guint8 *key, gsize length);
void           p2p_sync_table_add     (P2pSyncTable *self, P2pSyncRecord *record);
void           p2p_sync_table_remove  (P2pSyncTable *self, P2pSyncRecord *record);
void           p2p_sync_table_uncount (P2pSyncTable *self, P2pSyncRecord *record);
void           p2p_sync_table_count   (P2pSyncTable *self, P2pSyncRecord *record);
gboolean       p2p_sync_table_settle  (P2pSyncTable *self, P2pSyncRecord *record, gint64 now);

G_END_DECLS
