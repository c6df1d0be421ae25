/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../link/p2p-env.h"
#include "../mesh/p2p-identity-private.h"

G_BEGIN_DECLS

/*
 * A message that only its receiver can read, signed by its sender: eph 32 | ciphertext | tag 16 (docs/x1.md). Internal. network: the
 * protocol's id; ids are those of the nodes in it.
 */
#define P2P_SEAL_OVERHEAD 144
#define P2P_SEAL_MAX_BODY (64 << 20)

/* NULL: P2P_LINK_ERROR_IDENTITY when the key is none that anything can be sealed for, _FAILED when the body is too long. */
GBytes *p2p_seal_box  (P2pIdentity *from, const guint8 to_pub[32], const char *network, const char *from_id, const char *to_id, GBytes *body,
                       P2pRandom *random, GError **error);
/* The body. NULL: P2P_LINK_ERROR_IDENTITY: not for us, not whole, or not signed by the node of from_id. */
GBytes *p2p_seal_open (P2pIdentity *to, const char *network, const char *from_id, const char *to_id, GBytes *box, guint8 from_pub[32], GError **error);

G_END_DECLS
