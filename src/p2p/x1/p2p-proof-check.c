/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What programs are given of p2p-verifier.c and p2p-proof.c. */
#include "p2p-proof-check.h"

#include "p2p-verifier.h"

G_DEFINE_BOXED_TYPE (P2pVerifier, p2p_verifier, p2p_verifier_ref, p2p_verifier_unref)

/**
 * p2p_verifier_check_message:
 * @self: a verifier
 * @proof: what came with the message: bytes that the library gave, or anything else
 * @protocol_id: the network, p2p_protocol_get_id()
 * @sender: the id of the node that should have signed it
 * @message_id: 32 bytes, the id of the message
 * @error: return location
 *
 * Did the node of this id sign this message? It needs no connection, and nothing but what it is given.
 *
 * Returns: whether it did; %FALSE with %P2P_LINK_ERROR_IDENTITY
 */
gboolean
p2p_verifier_check_message (P2pVerifier *self, GBytes *proof, const char *protocol_id, const char *sender, GBytes *message_id, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (proof != NULL, FALSE);
  g_return_val_if_fail (protocol_id != NULL && strlen (protocol_id) <= G_MAXUINT16, FALSE);
  g_return_val_if_fail (sender != NULL, FALSE);
  g_return_val_if_fail (message_id != NULL && g_bytes_get_size (message_id) == P2P_LEAF_ID_LENGTH, FALSE);

  return p2p_verifier_check (self, proof, P2P_PROOF_DOMAIN_MESSAGE, protocol_id, sender, g_bytes_get_data (message_id, NULL), error);
}

/**
 * p2p_proof_get_public_key:
 * @proof: a proof, or anything else
 *
 * The key that a proof names. That the signature is one of it is not looked at: p2p_verifier_check_message() does that.
 *
 * Returns: (transfer full) (nullable): the 32 bytes of the public key, or %NULL when this is no proof
 */
GBytes *
p2p_proof_get_public_key (GBytes *proof)
{
  P2pProofView view;

  g_return_val_if_fail (proof != NULL, NULL);

  return p2p_proof_read (proof, &view) ? g_bytes_new (view.pub, P2P_PUBLIC_KEY_LENGTH) : NULL;
}
