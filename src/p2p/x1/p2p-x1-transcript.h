/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-identity-private.h"
#include "p2p-secret.h"

G_BEGIN_DECLS

/* What AUTH signs, and proves the network's secret with (docs/x1.md). Internal. */
typedef enum {
  P2P_AUTH_DIALLED = 0,         /* the signer dialled */
  P2P_AUTH_WAS_DIALLED = 1,
} P2pAuthRole;

#define P2P_AUTH_NONCE_LENGTH 32
#define P2P_AUTH_MAC_LENGTH 32
#define P2P_AUTH_BINDING_LENGTH 32

/*
 * role: the signer's. A key is NULL where a node has none. network: the protocol's id. binding: 32 bytes of the TLS exporter, NULL where
 * there is no TLS.
 */
GBytes *p2p_auth_transcript (P2pAuthRole role, const char *signer_id, const char *other_id, const guint8 *signer_pub, const guint8 *other_pub,
                             const guint8 signer_nonce[32], const guint8 other_nonce[32], const char *network, const guint8 *binding);
gboolean p2p_auth_sign      (P2pIdentity *identity, GBytes *transcript, guint8 signature[64]);
gboolean p2p_auth_check     (const guint8 pub[32], GBytes *transcript, const guint8 signature[64]);
void     p2p_auth_mac       (P2pSecret *secret, GBytes *transcript, guint8 mac[32]);
/* In the same time, whatever is wrong. */
gboolean p2p_auth_check_mac (P2pSecret *secret, GBytes *transcript, const guint8 mac[32]);

G_END_DECLS
