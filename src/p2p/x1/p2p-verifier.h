/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-proof.h"
#include "p2p-proof-check.h"

G_BEGIN_DECLS

/* What the nodes use of a verifier. It remembers 256 keys, and 4096 signatures that were right. Internal. */

/* Did the node of this id sign this leaf? FALSE: P2P_LINK_ERROR_IDENTITY. network: the protocol's id. */
gboolean p2p_verifier_check (P2pVerifier *self, GBytes *proof, const char *domain, const char *network,
                             const char *signer_id, const guint8 id[32], GError **error);
/* TRUE: check() would say TRUE, and without checking a signature. */
gboolean p2p_verifier_knows (P2pVerifier *self, GBytes *proof, const char *domain, const char *network,
                             const char *signer_id, const guint8 id[32]);
/* How many signatures were checked so far */
guint64  p2p_verifier_get_n_checked (P2pVerifier *self);

G_END_DECLS
