/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-message.h"
#include "../x1/p2p-proof.h"
#include "p2p-sync-table-private.h"

G_BEGIN_DECLS

/*
 * What proves writes. A write is signed as the message that it went out as, by its id; so whoever has the write can spell the message again, and see
 * whether it comes to that id (docs/x1.md, "Stores of a shared table").
 */
P2pSyncProof *p2p_sync_proof_new   (GBytes *bytes, GBytes *map);
P2pSyncProof *p2p_sync_proof_ref   (P2pSyncProof *self);
void          p2p_sync_proof_unref (P2pSyncProof *self);

/* The message of a write. empty: a delete is the empty string, because a js2p hears it. */
P2pMessage *p2p_sync_spell      (const char *owner, const P2pWriteClock *clock, P2pWriteKind kind, const guint8 *key, gsize key_length, GBytes *value, gboolean empty);
/* Does it come to the id of its clock? */
gboolean    p2p_sync_is_spelled (const char *owner, const P2pWriteClock *clock, P2pWriteKind kind, const guint8 *key, gsize key_length, GBytes *value);
GBytes     *p2p_sync_make_map   (GBytes *name, GBytes *value);          /* of one field */
gboolean    p2p_sync_is_one_field (GBytes *map);                        /* what make_map() makes */

/* The note of a write: the row of its owner after it; NULL: it is the only mark. */
gboolean    p2p_sync_marks_unpack (const guint8 *bytes, gsize length, gint64 since, P2pSyncMark *marks, guint *n_marks);
GBytes     *p2p_sync_row_pack   (const P2pSyncContender *contender);
/* FALSE: no row that leads to a write of that clock. */
gboolean    p2p_sync_row_unpack (const guint8 *note, gsize length, const P2pWriteClock *clock, gboolean deleted, P2pSyncRow *row);
gboolean    p2p_sync_row_read   (GBytes *proof, const P2pWriteClock *clock, gboolean deleted, P2pSyncRow *row);
/* Does it begin less than P2P_SYNC_REACH_SECONDS before its first mark? */
gboolean    p2p_sync_row_is_within (const P2pSyncRow *row);

/* A write that goes into the table: whoever signs has to have signed it. proof: transfer full, nullable. */
gboolean    p2p_sync_check_signed (P2pSyncTable *table, P2pSyncOwner *owner, const guint8 *key, gsize key_length, const P2pWrite *write,
                                   P2pSyncProof **proof, GError **error);
void        p2p_sync_refuse_unsigned (const char *owner, gboolean forged, GError **error);

/* A proof as it was told */
typedef struct {
  guint8 id[32];
  GBytes *bytes;
  GBytes *map;                  /* nullable: nobody's word before it was spelled */
  P2pSyncProof *proof;          /* as it goes into the table; NULL: not yet */
  P2pSyncVerdict verdict;       /* of the signature, when it was looked at... */
  gboolean looked;
  char *owner;                  /* whose write it was spelled as, NULL: none's yet... */
  P2pWriteClock clock;          /* ...and that one's */
  GArray *pairs;                /* those of map, in order; none when it is not that write's; NULL: not looked at yet */
} P2pSyncToldProof;

void        p2p_sync_told_proof_clear (gpointer proof);
/* All writes that a contender, which somebody told, is made of; with the proofs that were told with it. When it is GOOD it has them, and its owner's own row. */
P2pSyncVerdict p2p_sync_prove_contender (P2pSyncTable *table, GBytes *key, P2pSyncContender *contender, GArray *proofs, gboolean restored);

/* ---- ours, that are to be signed yet ---- */
GArray     *p2p_sync_unproven_list (void);
void        p2p_sync_table_add_unproven (P2pSyncTable *self, P2pSyncProof *proof, const guint8 id[32], GBytes *note);
void        p2p_sync_table_prove_ours   (P2pSyncTable *self);

G_END_DECLS
