/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-sync-record-private.h"

G_BEGIN_DECLS

/* What a record costs beside its key and what its owners wrote: its places in the index. */
#define P2P_SYNC_RECORD_BYTES 256u

#define P2P_SYNC_RECENT_BYTES 64u

/* A write of ours that goes with others into one signature, when somebody has to be told. */
typedef struct {
  P2pSyncProof *proof;
  guint8 id[32];
  GBytes *note;
} P2pSyncUnproven;

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
  const P2pSyncJudge *judge;    /* NULL: nobody signs */
  gpointer judge_data;
  char *own_id;
  gboolean purge_due;
  GArray *unproven;             /* of P2pSyncUnproven: writes of ours */
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

/* ---- p2p-sync-check.c ---- */
gboolean p2p_sync_check_key   (P2pSyncTable *self, gsize length, GError **error);
gboolean p2p_sync_check_value (P2pSyncTable *self, const P2pWrite *write, GError **error);
gboolean p2p_sync_check_time  (gint64 time, gint64 now, GError **error);
/* How far a clock may be ahead of ours */
#define P2P_SYNC_FUTURE_SECONDS 60
/* Is there room for so many more bytes, in a new record (NULL) or not? */
gboolean p2p_sync_check_room  (P2pSyncTable *self, const P2pSyncRecord *record, const P2pSyncOwner *owner, gsize more, GError **error);
/* What a write adds at most. */
gsize    p2p_sync_cost_of     (P2pSyncTable *self, P2pSyncRecord *record, P2pSyncOwner *owner, gsize key_length, const P2pWrite *write);

/* ---- p2p-sync-merge.c ---- */
typedef struct {
  const P2pSyncOwner *owner;
  P2pWriteClock clock;
  GBytes *value;
  gboolean is_signed;
} P2pSyncSeen;

/* Did its owner sign all that it comes to? */
gboolean       p2p_sync_record_is_signed (const P2pSyncRecord *record);
P2pSyncSeen    p2p_sync_look      (P2pSyncRecord *record);                      /* nullable */
gboolean       p2p_sync_differs   (P2pSyncSeen *before, P2pSyncRecord *record); /* and forgets it */
P2pSyncRecord *p2p_sync_make_record (P2pSyncTable *self, const guint8 *key, gsize length, GError **error);

/* ---- p2p-sync-purge.c: without what is not signed, of owners that sign; NULL: nothing is left of the record. ---- */
P2pSyncRecord *p2p_sync_table_purge_record (P2pSyncTable *self, P2pSyncRecord *record, gint64 now, gboolean *changed);

G_END_DECLS
