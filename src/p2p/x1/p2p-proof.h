/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-identity-private.h"
#include "p2p-leaves.h"

G_BEGIN_DECLS

/*
 * The proof of one leaf: that the owner of a key signed it. It is kept and told on as it is. Internal.
 * version 1 | pub 32 | signature 64 | index u16 | n_leaves u16 | path, n times 32 | note_length u8 | note; big-endian (docs/x1.md).
 */
#define P2P_PROOF_DOMAIN_MESSAGE "p2p-x1-sig"     /* the id of the leaf: that of the message */
#define P2P_PROOF_DOMAIN_VALUE "p2p-x1-value"     /* of a value of a ring */
#define P2P_PROOF_MIN_LENGTH 102
#define P2P_PROOF_MAX_DEPTH 9
#define P2P_PROOF_MAX_LENGTH (P2P_PROOF_MIN_LENGTH + 32 * P2P_PROOF_MAX_DEPTH + P2P_MAX_NOTE)

typedef struct {
  const guint8 *pub;            /* 32 */
  const guint8 *signature;      /* 64 */
  const guint8 *path;           /* depth times 32, from the leaf upwards */
  const guint8 *note;
  gsize         note_length;
  guint         index, n_leaves, depth;
} P2pProofView;

/* One signature over n leaves, and the proof of each: proofs has room for n, transfer full. network: the protocol's id. */
gboolean p2p_proof_sign (P2pIdentity *identity, const char *domain, const char *network, const P2pLeaf *leaves, guint n, GBytes **proofs);
/* The same for a signature that somebody else made: unchecked. */
void     p2p_proof_unpack_batch (const guint8 pub[32], const guint8 signature[64], const P2pLeaf *leaves, guint n, GBytes **proofs);
/* FALSE: malformed. What the view points at is the proof's. */
gboolean p2p_proof_read (GBytes *proof, P2pProofView *view);
/* The root that the signature has to be over, if the proof is one of id. */
void     p2p_proof_get_root (const P2pProofView *view, const guint8 id[32], guint8 root[32]);
/* What is signed: domain "\0" | u16 length, network | u16 n_leaves | root; transfer full. */
GByteArray *p2p_proof_get_statement (const char *domain, const char *network, guint n_leaves, const guint8 root[32]);

G_END_DECLS
