/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-proof.h"

G_BEGIN_DECLS

/* All that a signature is over: the proof of each leaf is made of it when somebody asks. Reference-counted atomically; internal. */
typedef struct _P2pProofBatch P2pProofBatch;

/* The notes are copied. NULL: none, too many, or a note that is too long. */
P2pProofBatch *p2p_proof_batch_new   (const P2pLeaf *leaves, guint n);
P2pProofBatch *p2p_proof_batch_ref   (P2pProofBatch *self);
void           p2p_proof_batch_unref (P2pProofBatch *self);
/* One of these comes first. FALSE: OpenSSL has no memory. */
gboolean       p2p_proof_batch_sign  (P2pProofBatch *self, P2pIdentity *identity, const char *domain, const char *network);
void           p2p_proof_batch_set_signature (P2pProofBatch *self, const guint8 pub[32], const guint8 signature[64]);   /* unchecked */
const guint8  *p2p_proof_batch_peek_signature (P2pProofBatch *self);
/* Transfer full; in any thread */
GBytes        *p2p_proof_batch_make  (P2pProofBatch *self, guint index);

/* ---- for both ends of a proof ---- */
#define P2P_PROOF_VERSION 1

void p2p_proof_hash_leaf (const guint8 *id, const guint8 *note, gsize note_length, guint8 *hash);
void p2p_proof_hash_node (const guint8 *left, const guint8 *right, guint8 *hash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pProofBatch, p2p_proof_batch_unref)

G_END_DECLS
