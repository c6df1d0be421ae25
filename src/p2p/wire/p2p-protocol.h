/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-types.h"

G_BEGIN_DECLS

/**
 * P2P_PROTOCOL_VERSION:
 * The version of the protocol on the wire that is spoken by default.
 */
#define P2P_PROTOCOL_VERSION "0.7"
/**
 * P2P_NODE_POLICY_VERSION:
 * Which behaviour of the originals nodes follow within that version.
 */
#define P2P_NODE_POLICY_VERSION "870"
/**
 * P2P_DEFAULT_ENCRYPTION:
 * The encryption of the default protocols, as the originals have it.
 */
#define P2P_DEFAULT_ENCRYPTION "Plaintext"
/**
 * P2P_ENCRYPTION_PLAINTEXT:
 * Links that anybody on the way can read.
 */
#define P2P_ENCRYPTION_PLAINTEXT "Plaintext"
/**
 * P2P_ENCRYPTION_SSL:
 * Links through TLS with certificates that nobody vouches for: who only listens reads nothing, who sits in the middle does.
 */
#define P2P_ENCRYPTION_SSL "SSL"

P2P_EXPORT const char *p2p_get_protocol_release (void);   /* "0.7.870" */

/**
 * P2pProtocol:
 *
 * What nodes must share to talk: subnet, encryption and wire version. Immutable, reference-counted.
 */
typedef struct _P2pProtocol P2pProtocol;

#define P2P_TYPE_PROTOCOL (p2p_protocol_get_type ())
P2P_EXPORT GType p2p_protocol_get_type (void);
P2P_EXPORT P2pProtocol *p2p_protocol_new (const char *subnet, const char *encryption);
/* version: NULL is the default, "0.7"; also "0.6". Any text is taken here: what a node cannot speak it refuses itself. */
P2P_EXPORT P2pProtocol *p2p_protocol_new_with_version (const char *subnet, const char *encryption, const char *version);
P2P_EXPORT P2pProtocol *p2p_protocol_ref (P2pProtocol *self);
P2P_EXPORT void         p2p_protocol_unref (P2pProtocol *self);
P2P_EXPORT const char  *p2p_protocol_get_subnet (P2pProtocol *self);
P2P_EXPORT const char  *p2p_protocol_get_encryption (P2pProtocol *self);
P2P_EXPORT const char  *p2p_protocol_get_version (P2pProtocol *self);
P2P_EXPORT const char  *p2p_protocol_get_id (P2pProtocol *self);
P2P_EXPORT gboolean     p2p_protocol_equal (P2pProtocol *self, P2pProtocol *other);
/* That of a network with a shared table: the originals put "1" (leases) or "0" behind the program's subnet. base: NULL is the default, 'sync' Plaintext. */
P2P_EXPORT P2pProtocol *p2p_protocol_new_sync (P2pProtocol *base, gboolean leasing);
/* That of a network with a distributed table of at most 2^k storing nodes, whose nodes compare base58 (k) too; k 0: the originals' own, as it is. base: NULL is the default, 'chord' Plaintext. */
P2P_EXPORT P2pProtocol *p2p_protocol_new_chord (P2pProtocol *base, guint k);
P2P_EXPORT guint        p2p_protocol_get_k (P2pProtocol *self);
/* 'mesh', 'sync' and 'chord' Plaintext, and '' for the base; new references */
P2P_EXPORT P2pProtocol *p2p_protocol_get_default_mesh (void);
P2P_EXPORT P2pProtocol *p2p_protocol_get_default_sync (void);
P2P_EXPORT P2pProtocol *p2p_protocol_get_default_chord (void);
P2P_EXPORT P2pProtocol *p2p_protocol_get_default_base (void);

/* The originals' node id: base58(SHA-384(address text + protocol id + salt)). */
P2P_EXPORT char *p2p_node_id_from_address (const char *address_text, P2pProtocol *protocol, const char *salt);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pProtocol, p2p_protocol_unref)

G_END_DECLS
