/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-identity.h"

G_BEGIN_DECLS

/* What the secret of an identity does, and what a public key is worth. */
#define P2P_PUBLIC_KEY_LENGTH 32
#define P2P_SIGNATURE_LENGTH 64

const guint8 *p2p_identity_peek_public_key (P2pIdentity *self);
/* Ed25519 over the bytes. FALSE only when OpenSSL has no memory. In any thread. */
gboolean p2p_identity_sign (P2pIdentity *self, const guint8 *bytes, gsize length, guint8 signature[P2P_SIGNATURE_LENGTH]);
/* Wiped when it is freed. */
GBytes *p2p_identity_copy_seed (const guint8 seed[P2P_IDENTITY_SEED_LENGTH]);
/* The secret of the X25519 key that belongs to it; to be wiped by who asked. */
void p2p_identity_get_x25519_secret (P2pIdentity *self, guint8 secret[32]);

/* FALSE: no point, one of small order (for which a signature proves nothing), or not its only encoding. */
gboolean p2p_key_is_sound (const guint8 pub[P2P_PUBLIC_KEY_LENGTH]);
/* Checked without a cache: p2p-verifier.h has one. FALSE for keys that are not sound, too. */
gboolean p2p_key_verify (const guint8 pub[P2P_PUBLIC_KEY_LENGTH], const guint8 *bytes, gsize length, const guint8 signature[P2P_SIGNATURE_LENGTH]);
/* network: the protocol's id */
char *p2p_key_to_node_id (const guint8 pub[P2P_PUBLIC_KEY_LENGTH], const char *network);

G_END_DECLS
