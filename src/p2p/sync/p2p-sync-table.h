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
 * What is signed (p2p_sync_table_set_judge()): of an owner whose key is known only what he signed is taken, and since and marks of his row are those of
 * his newest write's note. The writes are gone through as before, but that a signed one takes the key from one that is not, and comes first in its second; if
 * a signed one holds the key then, its value and lease are those of going through the signed ones alone. Both come out the same: the unsigned
 * get the key only when no signed lease runs, so they keep no signed one from it. In a record with a signed one nothing is settled, for anybody could say so;
 * who is two hours old and would not be missed is forgotten, which is a function of what is known. docs/table.md says why it converges.
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
  GBytes *proof;                /* nullable: that the owner signed the message of that id, which was looked at already */
  gboolean mine;                /* our own: it need not be proved to us */
} P2pWrite;

typedef enum {
  P2P_MERGE_CHANGED,            /* the key has another value, holder or time now */
  P2P_MERGE_NOTED,              /* kept, for it may still matter; nothing that is seen changed */
  P2P_MERGE_OLD,                /* known, or outdone */
  P2P_MERGE_REFUSED,            /* by a limit, a time beyond now + 60, a delta onto what is no map (kept, for the map may come late), a malformed value, no signature: why is the error */
  P2P_MERGE_WAIT,               /* of a record: there was no time to look at its signatures. Nothing was taken */
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
  gboolean is_signed;           /* by its owner, all that the value is made of */
} P2pSyncState;

typedef enum {
  P2P_SYNC_GOOD,
  P2P_SYNC_UNSIGNED,
  P2P_SYNC_FORGED,
  P2P_SYNC_LATER,               /* no more signatures are looked at just now */
} P2pSyncVerdict;

/* Who knows about keys (x1/). */
typedef struct {
  gboolean believes;            /* who does not sign, too: this node sees no signatures of what it hears, only of what it is told */
  gboolean (*is_certified) (const char *owner, gpointer data);
  /* Was a message of that id signed by owner? Not UNSIGNED. GOOD: owner is certified from now on. */
  P2pSyncVerdict (*check)  (const char *owner, const guint8 id[32], GBytes *proof, gpointer data);
  /* From our own disk: owner's key is known from now on. FALSE: it is not his. */
  gboolean (*learn)        (const char *owner, const guint8 pub[32], gpointer data);
  gboolean (*sign)         (const guint8 *ids, GBytes *const *notes, guint n, GBytes **proofs, gpointer data);      /* ids: n times 32; of 512 at most */
} P2pSyncJudge;

/* Who is told of in vain */
typedef struct {
  char *owner;
  gboolean forged;              /* there was a proof, of something else */
} P2pSyncRefusal;

P2pSyncTable *p2p_sync_table_new  (const P2pLimits *limits, gboolean leasing);
void          p2p_sync_table_free (P2pSyncTable *self);
/* Before the first write. self: the id of this node, which signs. Without one nobody signs, and proofs are no more than bytes. */
void          p2p_sync_table_set_judge (P2pSyncTable *self, const P2pSyncJudge *judge, gpointer data, const char *own_id);
/* Owner's key is known: what is not signed of his is to be purged. TRUE: there may be some. */
gboolean      p2p_sync_table_certify   (P2pSyncTable *self, const char *owner);
/* changed (nullable): of GBytes, the keys of which something went, or all. FALSE: there was nothing to do. */
gboolean      p2p_sync_table_purge     (P2pSyncTable *self, gint64 now, GPtrArray *changed);
gboolean      p2p_sync_table_has_owner (P2pSyncTable *self, const char *owner);         /* who wrote something that is kept, and did not sign so far */
/* What our write of the key, which was merged, says besides: our row after it; NULL: nothing. Its proof is made when somebody needs it, or taken. */
GBytes       *p2p_sync_table_note_write (P2pSyncTable *self, const guint8 *key, gsize key_length, const P2pWrite *write);
void          p2p_sync_table_take_proof (P2pSyncTable *self, const guint8 id[32], GBytes *bytes);

/* error (nullable) for REFUSED: P2P_TABLE_ERROR */
P2pMerge p2p_sync_table_merge (P2pSyncTable *self, const guint8 *key, gsize key_length, const P2pWrite *write, gint64 now, GError **error);
/* A whole record of another table of ours, or of an earlier run, as p2p_sync_record_pack() wrote it. restored: from disk, so it is old. */
P2pMerge p2p_sync_table_merge_packed (P2pSyncTable *self, GVariant *record, gboolean restored, gint64 now, GBytes **key, GError **error);

/* The same. refused (nullable): of P2pSyncRefusal (p2p_sync_refusal_free()), whose writes in it are not signed: the others are taken all the same. */
P2pMerge p2p_sync_table_merge_told (P2pSyncTable *self, GVariant *record, gboolean restored, gint64 now, GBytes **key, GPtrArray *refused, GError **error);
void     p2p_sync_refusal_free (gpointer refusal);

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
 * a stamp (owner str, time, sequence, id bin), a mark 20 bytes; behind the contenders what is settled, and what proves those that are signed (docs/x1.md). Floating. NULL: no such key. */
GVariant *p2p_sync_table_pack_record (P2pSyncTable *self, const guint8 *key, gsize key_length);
/* One of many fields in parts, which come to all of it when each is merged. *part: 0 for the first; then for the next, 0: there is none. Floating, nullable. */
GVariant *p2p_sync_table_pack_part (P2pSyncTable *self, const guint8 *key, gsize key_length, guint *part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pSyncTable, p2p_sync_table_free)

/* P2P_TABLE_ERROR is declared in wire/p2p-types.h with the other domains. */

G_END_DECLS
