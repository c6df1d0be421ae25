/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-map-private.h"
#include "../wire/p2p-limits-private.h"
#include "p2p-sync-table.h"

G_BEGIN_DECLS

/* A node that wrote, once a table. */
typedef struct {
  guint64 digest;               /* of its name: what it is found by */
  guint refs;
  guint n_keys;                 /* that it holds */
  gsize bytes;                  /* of what it wrote, and of the keys that it holds */
  P2pIdForm form;               /* as far as it was heard */
  gboolean certified;           /* somebody showed the key that its name is made of: what is not signed is not his */
  gboolean mine;                /* that of this node, which signs */
  char name[];
} P2pSyncOwner;

/* What proves a write to anybody: kept and told on as it is (docs/x1.md). Of one for all stamps of a write. */
typedef struct {
  guint refs;
  gboolean seen;                /* while sizes are added up */
  GBytes *bytes;                /* NULL: of a write of ours, to be made when somebody is told */
  GBytes *map;                  /* nullable: the whole delta, of which later ones may leave less; unless it is of one field */
} P2pSyncProof;

/* A write. */
typedef struct {
  P2pSyncOwner *owner;
  P2pWriteClock clock;
  P2pSyncProof *proof;          /* NULL: nobody signed it */
} P2pSyncStamp;

/* What a delta put into a map. */
typedef struct {
  GBytes *name;                 /* the key in the map, packed: str and bin stay apart */
  GBytes *value;
  P2pSyncStamp stamp;
} P2pSyncField;

/* A second in which an owner wrote, and what he did last in it. */
typedef struct {
  gint64 time;
  guint64 id;                   /* the first bytes of the message's */
  guint32 sequence;
  gboolean deleted;
} P2pSyncMark;

/* Of an owner's seconds so many are kept; of those before only where the row began that leads to them, without a gap longer than a lease. */
#define P2P_SYNC_MARKS 8u
/* And no further before them, where its owner signs: nobody else can say whether it is so. Who goes on says half of that when it would be more, so that it seldom moves. */
#define P2P_SYNC_REACH_SECONDS (48 * 3600)

/* What one owner wrote; without leasing what everybody wrote. */
typedef struct {
  P2pSyncStamp newest;
  gint64 since;                 /* not after the first mark */
  P2pSyncMark *marks;           /* by time; the last is the newest's. Without leasing that one only */
  guint n_marks;
  guint at;                     /* while they are replayed */
  gboolean tried;
  gboolean held;                /* it had the key once */
  gboolean based;               /* there was a store or a delete; else there were deltas only */
  P2pSyncStamp base_stamp;      /* without leasing of anybody */
  GBytes *base;                 /* NULL: a delete */
  GPtrArray *fields;            /* nullable; P2pSyncField by name, each newer than base */
  P2pSyncOwner *payer;          /* nullable: to whom its bytes are counted... */
  gsize paid;                   /* ...so many */
} P2pSyncContender;

struct _P2pSyncRecord {
  GBytes *key;
  const guint8 *key_bytes;      /* its, as are the next ones: an ordered insert looks at many keys */
  gsize key_length;
  guint64 key_begin;            /* the first eight, zeros behind a shorter one; big-endian */
  guint64 key_digest;
  guint64 digest;               /* of all that is known */
  guint place;                  /* in its bucket */
  guint passing;                /* its place, from 1, among those of which time will forget something */
  gsize size;
  GPtrArray *contenders;        /* P2pSyncContender by owner */
  P2pSyncContender *holder;
  P2pSyncOwner *settled_owner;  /* nullable: what was before he took the key, at settled, is forgotten */
  gint64 settled;
  GBytes *left;                 /* nullable: what that came to, while his deltas are onto it */
  gint64 from;                  /* since when he has it; G_MININT64: before anybody else */
  gint64 acquired;              /* since when he did not let it go */
  GBytes *value;                /* NULL: deleted */
  P2pSyncOwner *counted;        /* whose key it is counted as */
  GSequenceIter *iter;          /* among all */
  GSequenceIter *live;          /* among those with a value, or NULL */
  gboolean old;
};

/* By the names of owners; and of two writes of one second the smaller owner's is the greater. */
int  p2p_sync_owner_compare (const P2pSyncOwner *a, const P2pSyncOwner *b);
int  p2p_write_clock_compare (const P2pWriteClock *a, const P2pWriteClock *b);
/* Of one owner by its clock; of two in one second the smaller one's is the greater. */
int  p2p_sync_stamp_compare (const P2pSyncStamp *a, const P2pSyncStamp *b);
void p2p_sync_stamp_set     (P2pSyncTable *table, P2pSyncStamp *self, const P2pSyncStamp *stamp);
void p2p_sync_stamp_clear   (P2pSyncTable *table, P2pSyncStamp *self);
/* An order that is the same everywhere; NULL, a delete, is the least. */
int  p2p_sync_value_compare (GBytes *a, GBytes *b);

/* Of nothing none */
static inline gsize
p2p_sync_size (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* What an owner's write says of his writes before it */
typedef struct {
  gint64 since;
  P2pSyncMark marks[P2P_SYNC_MARKS];
  guint n_marks;
} P2pSyncRow;

/* No time is later. */
#define P2P_SYNC_LATEST (G_MAXINT64 / 4)

static inline gboolean
p2p_sync_contender_is_signed (const P2pSyncContender *self)
{
  return self->newest.proof != NULL;
}

P2pSyncOwner *p2p_sync_owner_ref   (P2pSyncOwner *self);
void          p2p_sync_owner_unref (P2pSyncTable *table, P2pSyncOwner *self);
P2pSyncOwner *p2p_sync_table_intern (P2pSyncTable *self, const char *name, gsize length);

P2pSyncContender *p2p_sync_contender_new   (P2pSyncOwner *owner);
void              p2p_sync_contender_free  (P2pSyncTable *table, P2pSyncContender *self);
gsize             p2p_sync_contender_size  (const P2pSyncContender *self);
/* With what proves it */
gsize             p2p_sync_contender_cost  (const P2pSyncContender *self);
/* What it gets larger by at most when more, of the same owner, is merged; self: NULL: there is none yet. */
gsize             p2p_sync_contender_growth (const P2pSyncContender *self, const P2pSyncContender *more);
/* So many bytes are its owner's from now on, instead of those before. */
void              p2p_sync_contender_count (P2pSyncTable *table, P2pSyncContender *self, gsize bytes);
/* Each of these: TRUE when that was news. */
gboolean          p2p_sync_contender_mark  (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, gboolean deleted, gboolean leasing);
/* Of ours, after a write: it reaches back no further than others believe. */
void              p2p_sync_contender_limit_row (P2pSyncContender *self);
/* Of a signed write: the row is what its owner says himself, whatever was told of him before. */
gboolean          p2p_sync_contender_take_row (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, const P2pSyncRow *row);
/* Without what is not signed, of owners that sign. FALSE: nothing is left of it. */
gboolean          p2p_sync_contender_purge (P2pSyncTable *table, P2pSyncContender *self, gboolean leasing, gboolean *changed);
gboolean          p2p_sync_contender_merge_marks (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncContender *other, gboolean leasing);
gboolean          p2p_sync_contender_store (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, GBytes *value);
gboolean          p2p_sync_contender_set_field (P2pSyncTable *table, P2pSyncContender *self, const P2pSyncStamp *stamp, GBytes *name, GBytes *value);
void              p2p_sync_contender_drop_base (P2pSyncTable *table, P2pSyncContender *self);
void              p2p_sync_contender_drop_field (P2pSyncTable *table, P2pSyncContender *self, guint i);
gboolean          p2p_sync_contender_is_deleted (const P2pSyncContender *self);
/* Forgets what was before time; of a row that goes on through it the rest is kept. FALSE: all was before, and nothing is forgotten. */
gboolean          p2p_sync_contender_cut   (P2pSyncTable *table, P2pSyncContender *self, gint64 time);
/* What its base, or else that of those before, comes to with its fields of from until before to. A reference. */
GBytes           *p2p_sync_contender_value (const P2pSyncContender *self, GBytes *before, gint64 from, gint64 to);
gboolean          p2p_sync_contender_base_counts (const P2pSyncContender *self, gint64 from, gint64 to);

P2pSyncRecord    *p2p_sync_record_new     (GBytes *key, guint64 key_digest);
void              p2p_sync_record_free    (P2pSyncTable *table, P2pSyncRecord *self);
/* The contender of owner, without leasing the only one; made when there is none. */
P2pSyncContender *p2p_sync_record_find    (P2pSyncRecord *self, const P2pSyncOwner *owner, gboolean leasing);
P2pSyncContender *p2p_sync_record_obtain  (P2pSyncRecord *self, P2pSyncOwner *owner, gboolean leasing);
/* What was before owner took it, at time, is settled, and came to left (nullable): the later word of two counts. TRUE: that is news. */
gboolean          p2p_sync_record_set_settled (P2pSyncTable *table, P2pSyncRecord *self, P2pSyncOwner *owner, gint64 time, GBytes *left);
void              p2p_sync_record_clear_settled (P2pSyncTable *table, P2pSyncRecord *self);
gboolean          p2p_sync_record_has_signed (const P2pSyncRecord *self);
/* Who holds it, with what value; and what cannot matter any more is forgotten. */
void              p2p_sync_record_resolve (P2pSyncTable *table, P2pSyncRecord *self, const P2pLimits *limits, gint64 now);

/* ---- p2p-sync-digest.c ---- */
void      p2p_sync_record_digest (P2pSyncRecord *self);
/* 20 bytes */
void      p2p_sync_mark_append   (const P2pSyncMark *mark, GByteArray *into);

/* ---- p2p-sync-pack.c ---- */
GVariant *p2p_sync_record_pack   (P2pSyncRecord *self);
/* What a packed record says, from anybody: each child read with its bounds checked. FALSE: that is none. */
gboolean  p2p_sync_unpack_key    (GVariant *record, GBytes **key, GPtrArray *contenders, guint max_contenders);
/* What proves some of its writes, a child too: [id bin, proof bin, (map bin)], ... FALSE: the child is no such thing. */
gboolean  p2p_sync_unpack_proofs (GVariant *packed, GArray *proofs);
/* What is settled, a child too, of three values: new references of the owner and of what was left. FALSE: the child is no such thing. */
gboolean  p2p_sync_unpack_settled (P2pSyncTable *table, GVariant *packed, const P2pLimits *limits, P2pSyncOwner **owner, gint64 *time, GBytes **left);
/* A contender with all that it says; NULL: that is none. */
P2pSyncContender *p2p_sync_unpack_contender (P2pSyncTable *table, GVariant *packed, const P2pLimits *limits);

G_END_DECLS
