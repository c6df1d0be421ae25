/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pVerifier:
 *
 * Checks proofs that were kept, of messages that may be old: who signed them. Many messages may have been signed together, and then only one signature is
 * checked for all of them; so one verifier is used for many proofs, in one thread. What it remembers is bounded. Reference-counted.
 */
typedef struct _P2pVerifier P2pVerifier;

#define P2P_TYPE_VERIFIER (p2p_verifier_get_type ())

P2P_EXPORT GType        p2p_verifier_get_type      (void);
P2P_EXPORT P2pVerifier *p2p_verifier_new           (void);
P2P_EXPORT P2pVerifier *p2p_verifier_ref           (P2pVerifier *self);
P2P_EXPORT void         p2p_verifier_unref         (P2pVerifier *self);
/* message_id: 32 bytes */
P2P_EXPORT gboolean     p2p_verifier_check_message (P2pVerifier *self, GBytes *proof, const char *protocol_id, const char *sender, GBytes *message_id, GError **error);
P2P_EXPORT GBytes      *p2p_proof_get_public_key   (GBytes *proof);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pVerifier, p2p_verifier_unref)

G_END_DECLS
