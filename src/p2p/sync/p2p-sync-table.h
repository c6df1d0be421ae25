/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-limits.h"
#include "../wire/p2p-message.h"

G_BEGIN_DECLS

/*
 * The table that everybody holds, as a value. No clock (the time of day, in UTC seconds, is an argument), no network, no random source.
 *
 * With leasing a key is held as if all writes of it had come in the order of their times, one after the other: the first writer holds it;
 * a write of the holder is taken, and makes his lease last P2P_LEASE_SECONDS from then; a write of another is refused until the lease is
 * over or the holder deleted the key, and then makes him the holder. Of one second the holder's writes come first, then the smaller owner's.
 * So a renewal never moves the start of a lease, who was refused gains nothing by it later, and the writes may come in any order, late
 * or twice. The value is what the holder wrote last; what he wrote before he held it does not count. A delta of a new holder is onto what
 * the one before him left. After a delete there is no value (a tombstone, kept for P2P_TOMBSTONE_SECONDS).
 *
 * Why not the smallest (start, owner) of the contenders, start being the first of a row of writes without a gap of a lease, whoever held
 * the key then? It does not converge and is not safe: (1) of writes of one owner at 0, 3000 and 6000 the start is 0 or, when the middle one
 * comes last, 3000; (2) who writes in vain while another holds a key is the older contender as soon as that lease is over, and takes the
 * key from whoever got it rightly; (3) a delete and a write after it are one row, so that he who took the key between them loses it.
 *
 * What is kept for that: of each contender the seconds in which he wrote, the last P2P_SYNC_MARKS of them; of those before only where their
 * row began. What cannot matter any more is forgotten: two hours after a takeover what was before it, but for the value that it came to if the
 * deltas since are onto that, and those who never held the key. So forgetting changes nothing that is seen. Of two
 * tables that know the same, within these bounds, all is equal, whatever the order was; of two that forgot differently it is equal when
 * each gave the other its records (once or a few times).
 *
 * Without leasing there is a single contender: the newest write, whoever made it. In one second the smaller owner wins, as with the originals.
 * A delta changes the fields that it has, each with the clock of its write.
 *
 * What a network does not tell us cannot be kept: a table that was away for longer than P2P_TOMBSTONE_SECONDS brings back what was deleted
 * meanwhile, and a lease is no lock: (time, owner) of a state is a fencing token for whoever needs one.
 */
#define P2P_LEASE_SECONDS 3600
#define P2P_TOMBSTONE_SECONDS 7200
#define P2P_TABLE_BUCKETS 256

/* The order of an owner's own writes: (time, sequence, id). sequence tells those of one second apart. */
typedef struct {
  gint64 time;                  /* UTC seconds */
  guint32 sequence;
  guint8 id[32];                /* of the message; zeros where only owner and time are known (a table told at joining) */
} P2pWriteClock;

typedef enum {
  P2P_WRITE_STORE,
  P2P_WRITE_DELETE,
  P2P_WRITE_DELTA,              /* value is a map: its fields take the place of those of the value */
} P2pWriteKind;

typedef struct {
  P2pWriteKind kind;
  const char *owner;
  P2pWriteClock clock;
  GBytes *value;                /* MessagePack; NULL: P2P_WRITE_DELETE */
} P2pWrite;

typedef enum {
  P2P_MERGE_CHANGED,            /* the key has another value, holder or time now */
  P2P_MERGE_NOTED,              /* kept, for it may still matter; nothing that is seen changed */
  P2P_MERGE_OLD,                /* known, or outdone */
  P2P_MERGE_REFUSED,            /* by a limit, a time beyond now + 60, a delta onto what is no map (kept, for the map may come late), a malformed value: why is the error */
} P2pMerge;

typedef struct _P2pSyncTable P2pSyncTable;
typedef struct _P2pSyncRecord P2pSyncRecord;    /* what is known of one key; owned by the table, alive until the next change of it */

/* How the key stands now, for readers. */
typedef struct {
  GBytes *key;                  /* not owned, as are the others */
  GBytes *value;                /* MessagePack; NULL: deleted */
  const char *owner;
  P2pIdForm owner_form;         /* P2P_ID_FORM_STR unless heard otherwise */
  P2pWriteClock clock;          /* of the newest write; (time, owner) is the fencing token */
  gint64 lease_start;           /* since when the owner did not let it go */
  gint64 lease_end;             /* the first second in which somebody else may write: time + 3600 + 1; without leasing and after a delete: 0 */
  gboolean old;                 /* from an earlier run, and no peer said the same since */
} P2pSyncState;

P2pSyncTable *p2p_sync_table_new  (const P2pLimits *limits, gboolean leasing);
void          p2p_sync_table_free (P2pSyncTable *self);

/* error (nullable) for REFUSED: P2P_TABLE_ERROR */
P2pMerge p2p_sync_table_merge (P2pSyncTable *self, const guint8 *key, gsize key_length, const P2pWrite *write, gint64 now, GError **error);
/* A whole record of another table of ours, or of an earlier run, as p2p_sync_record_pack() wrote it. restored: from disk, so it is old. */
P2pMerge p2p_sync_table_merge_packed (P2pSyncTable *self, GVariant *record, gboolean restored, gint64 now, GBytes **key, GError **error);

/* May owner write the key now? P2P_TABLE_ERROR_LEASED with the holder and the time left, FULL, ... ; fills the clock such a write has to have to be
 * newer than his own before (time >= now; sequence 0 unless he wrote in that second already). id stays to be filled. */
gboolean p2p_sync_table_check_write (P2pSyncTable *self, const guint8 *key, gsize key_length, const P2pWrite *write, gint64 now, P2pWriteClock *clock, GError **error);

/* How the node of owner spells its id, once heard: originals take another spelling for another node. Of those that wrote something only. */
void     p2p_sync_table_set_owner_form (P2pSyncTable *self, const char *owner, P2pIdForm form);

gboolean p2p_sync_table_lookup (P2pSyncTable *self, const guint8 *key, gsize key_length, P2pSyncState *state);   /* FALSE: nothing known. Deleted: value NULL */
guint    p2p_sync_table_get_n_keys (P2pSyncTable *self);          /* with a value */
guint    p2p_sync_table_get_n_records (P2pSyncTable *self);       /* and tombstones */
gsize    p2p_sync_table_get_bytes (P2pSyncTable *self);
/* In the order of the keys' bytes. from: NULL: the first; else the first after it. FALSE: no more. Tombstones too. */
gboolean p2p_sync_table_next (P2pSyncTable *self, GBytes *from, P2pSyncState *state);
/* The place of a key among those with a value, in the order of bytes, and back; O(log n). -1 / FALSE: none. */
int      p2p_sync_table_get_position (P2pSyncTable *self, const guint8 *key, gsize key_length);
gboolean p2p_sync_table_get_nth (P2pSyncTable *self, guint position, P2pSyncState *state);

/* Forgets tombstones and contenders whose time is over. How many records went. */
guint    p2p_sync_table_expire (P2pSyncTable *self, gint64 now);
guint    p2p_sync_table_expire_into (P2pSyncTable *self, gint64 now, GPtrArray *changed);   /* changed (nullable): of GBytes, the keys of which something went, or all */
void     p2p_sync_table_confirm_all (P2pSyncTable *self);         /* a peer's table is equal: nothing is old any more */
gboolean p2p_sync_table_confirm (P2pSyncTable *self, const guint8 *key, gsize key_length);

/* ---- comparing (docs/x1.md) ---- */
void     p2p_sync_table_get_root (P2pSyncTable *self, guint8 root[32]);
guint64  p2p_sync_table_get_bucket (P2pSyncTable *self, guint bucket);          /* sum of the digests of its keys' states */
/* (8 bytes of the key's digest, 8 bytes of its state's digest) for each record of the bucket, ordered by the first */
void     p2p_sync_table_list_bucket (P2pSyncTable *self, guint bucket, GByteArray *into);
/* By the 8 bytes; NULL: none. */
GBytes  *p2p_sync_table_find_digest (P2pSyncTable *self, const guint8 digest[8]);
guint64  p2p_sync_key_digest (const guint8 *key, gsize key_length);             /* big-endian of those 8 bytes; the bucket is its first byte */
/* [key bin, contender...], a contender [stamp..., since, marks bin, nil or (stamp..., value bin or nil when deleted), field...], a field [stamp..., name bin, value bin],
 * a stamp (owner str, time, sequence, id bin), a mark 20 bytes; behind the contenders what is settled (docs/x1.md). Floating. NULL: no such key. */
GVariant *p2p_sync_table_pack_record (P2pSyncTable *self, const guint8 *key, gsize key_length);
/* One of many fields in parts, which come to all of it when each is merged. *part: 0 for the first; then for the next, 0: there is none. Floating, nullable. */
GVariant *p2p_sync_table_pack_part (P2pSyncTable *self, const guint8 *key, gsize key_length, guint *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pSyncTable, p2p_sync_table_free)

/* P2P_TABLE_ERROR is declared in wire/p2p-types.h with the other domains. */

G_END_DECLS
