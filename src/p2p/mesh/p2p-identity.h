/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-protocol.h"

G_BEGIN_DECLS

/**
 * P2pIdentity:
 *
 * An Ed25519 key. The node id follows from it and the protocol: base58(SHA-384("p2p-id-v1\0" || public key || protocol id)),
 * so it outlives restarts and changes of address. Immutable, reference-counted.
 */
typedef struct _P2pIdentity P2pIdentity;

#define P2P_TYPE_IDENTITY (p2p_identity_get_type ())
/**
 * P2P_IDENTITY_SEED_LENGTH:
 * Bytes of the secret that an identity follows from.
 */
#define P2P_IDENTITY_SEED_LENGTH 32

P2P_EXPORT GType p2p_identity_get_type (void);
P2P_EXPORT P2pIdentity *p2p_identity_new_from_seed (GBytes *seed, GError **error);   /* 32 bytes */
P2P_EXPORT P2pIdentity *p2p_identity_ref (P2pIdentity *self);
P2P_EXPORT void         p2p_identity_unref (P2pIdentity *self);
P2P_EXPORT GBytes      *p2p_identity_get_public_key (P2pIdentity *self);             /* transfer full: 32 bytes */
P2P_EXPORT GBytes      *p2p_identity_get_seed (P2pIdentity *self);                   /* transfer full: secret */
P2P_EXPORT char        *p2p_identity_get_node_id (P2pIdentity *self, P2pProtocol *protocol);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pIdentity, p2p_identity_unref)

G_END_DECLS
