/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-limits-private.h"
#include "p2p-sync-table.h"

G_BEGIN_DECLS

/* A node that wrote, once a table. */
typedef struct {
  guint64 digest;               /* of its name: what it is found by */
  guint refs;
  guint n_keys;                 /* that it holds */
  char name[];
} P2pSyncOwner;

/* A write. */
typedef struct {
  P2pSyncOwner *owner;
  P2pWriteClock clock;
} P2pSyncStamp;

/* What a delta put into a map. */
typedef struct {
  GBytes *name;                 /* the key in the map, packed: str and bin stay apart */
  GBytes *value;
  P2pSyncStamp stamp;
} P2pSyncField;

/* What one owner wrote; without leasing what everybody wrote. */
typedef struct {
  P2pSyncStamp newest;
  gint64 start;
  gboolean based;               /* there was a store or a delete; else there were deltas only */
  P2pSyncStamp base_stamp;
  GBytes *base;                 /* NULL: a delete */
  GPtrArray *fields;            /* nullable; P2pSyncField by name, each newer than base */
  GBytes *value;                /* base with its fields, when there are any: made when asked for */
} P2pSyncContender;

struct _P2pSyncRecord {
  GBytes *key;
  guint64 key_digest;
  guint64 digest;               /* of all that is known */
  guint place;                  /* in its bucket */
  gsize size;
  GPtrArray *contenders;        /* by owner */
  P2pSyncContender *holder;
  P2pSyncOwner *counted;        /* whose key it is counted as */
  GSequenceIter *iter;          /* among all */
  GSequenceIter *live;          /* among those with a value, or NULL */
  gboolean old;
};

/* By the names of owners; and of two writes of one second the smaller owner's is the greater. */
int  p2p_sync_owner_compare (const P2pSyncOwner *a, const P2pSyncOwner *b);
int  p2p_write_clock_compare (const P2pWriteClock *a, const P2pWriteClock *b);

P2pSyncOwner *p2p_sync_owner_ref   (P2pSyncOwner *self);
void          p2p_sync_owner_unref (P2pSyncTable *table, P2pSyncOwner *self);
P2pSyncOwner *p2p_sync_table_intern (P2pSyncTable *self, const char *name, gsize length);

P2pSyncContender *p2p_sync_contender_new   (P2pSyncOwner *owner);
void              p2p_sync_contender_free  (P2pSyncTable *table, P2pSyncContender *self);
gsize             p2p_sync_contender_size  (const P2pSyncContender *self);
/* Puts what a store, delete (value NULL) or a field of a delta says in its place. TRUE: it changed something. Takes a reference of the stamp's owner. */
gboolean          p2p_sync_contender_note  (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, gint64 start);
gboolean          p2p_sync_contender_store (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, GBytes *value);
gboolean          p2p_sync_contender_set_field (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, GBytes *name, GBytes *value);
GBytes           *p2p_sync_contender_get_value (P2pSyncContender *self);        /* NULL: deleted */
gboolean          p2p_sync_contender_is_deleted (const P2pSyncContender *self);

P2pSyncRecord    *p2p_sync_record_new     (GBytes *key, guint64 key_digest);
void              p2p_sync_record_free    (P2pSyncTable *table, P2pSyncRecord *self);
/* The contender of owner; without leasing the only one. */
P2pSyncContender *p2p_sync_record_find    (P2pSyncRecord *self, const P2pSyncOwner *owner, gboolean leasing);
void              p2p_sync_record_resolve (P2pSyncTable *table, P2pSyncRecord *self, gboolean leasing, guint max_contenders);

gboolean p2p_sync_is_map (GBytes *value);
/* Each key and value of a packed map; FALSE when it is none. */
typedef struct { const guint8 *bytes; gsize length; gsize at; guint32 left; } P2pSyncMapIter;
gboolean p2p_sync_map_iter_init (P2pSyncMapIter *self, GBytes *map);
gboolean p2p_sync_map_iter_next (P2pSyncMapIter *self, const guint8 **name, gsize *name_length, const guint8 **value, gsize *value_length);

/* ---- p2p-sync-digest.c ---- */
void      p2p_sync_record_digest (P2pSyncRecord *self);
GVariant *p2p_sync_record_pack   (P2pSyncRecord *self);
/* What a packed record says, from anybody: each child read with its bounds checked. FALSE: that is none. */
gboolean  p2p_sync_unpack_key    (GVariant *record, GBytes **key, GPtrArray *contenders, guint max_contenders);
/* A contender with all that it says; NULL: that is none. */
P2pSyncContender *p2p_sync_unpack_contender (P2pSyncTable *table, GVariant *packed, const P2pLimits *limits);

G_END_DECLS
