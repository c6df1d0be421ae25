/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Who signed a value. One signature is over the five positions of a key, in the order of the hashes, with one stamp and one value (docs/x1.md). So who knows the key and one of the five proofs can make
 * the other four: what one place lacks it gets with its proof, from whoever looks. Whether a proof holds is looked at by who is to keep the value or to believe it, and not by those on the way.
 */
#include "p2p-chord-ask-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-value.h"
#include "../x1/p2p-proof-batch.h"
#include "p2p-chord-part-private.h"

/* Of a node without a key: as many as a link of one with a key has. */
#define LINK_SHARE 4.0

/* What it has to be whatever it is of. */
gboolean
p2p_chord_proof_is_sound (GBytes *proof, const P2pChordSpot *spot)
{
  P2pProofView view;

  return g_bytes_get_size (proof) <= P2P_CHORD_PROOF_MOST && p2p_proof_read (proof, &view) && view.n_leaves == P2P_CHORD_HASHES && view.index == spot->hash &&
         view.note_length == 0;
}

static const char *
get_network (P2pChordNode *self)
{
  return p2p_protocol_get_id (p2p_mesh_node_get_protocol (self->mesh));
}

char *
p2p_chord_get_author (P2pChordNode *self, GBytes *proof)
{
  P2pProofView view;

  return proof != NULL && p2p_proof_read (proof, &view) ? p2p_key_to_node_id (view.pub, get_network (self)) : NULL;
}

void
p2p_chord_leaf_id (const P2pChordSpot *spot, guint64 stamp, GBytes *value, guint8 id[P2P_SHA256_LENGTH])
{
  guint8 bytes[1 + P2P_CHORD_NUMBER_BYTES + 8 + 1 + P2P_SHA256_LENGTH];
  guint8 *at = bytes;
  guint64 big = GUINT64_TO_BE (stamp);
  gsize length = 0;
  const guint8 *content = value != NULL ? g_bytes_get_data (value, &length) : NULL;

  *at++ = spot->hash;
  memcpy (at, spot->number, P2P_CHORD_NUMBER_BYTES);
  at += P2P_CHORD_NUMBER_BYTES;
  memcpy (at, &big, sizeof big);
  at += sizeof big;
  *at++ = value == NULL;
  p2p_sha256 (content != NULL ? content : (const guint8 *) "", length, at);
  p2p_sha256 (bytes, sizeof bytes, id);
}

/* A node without a key hears no side-cars, and looks at these all the same: what it keeps it tells on. */
static P2pX1Verdict
check_alone (P2pChordNode *self, P2pPeer *teller, const char *author, const guint8 *id, GBytes *proof)
{
  double most = self->limits.signature_checks / LINK_SHARE;

  if (self->verifier == NULL)
    self->verifier = p2p_verifier_new ();
  if (p2p_verifier_knows (self->verifier, proof, P2P_PROOF_DOMAIN_VALUE, get_network (self), author, id))
    return P2P_X1_GOOD;
  if (teller != NULL && !p2p_chord_may (self, &self->checks, most, most))
    return P2P_X1_LATER;
  return p2p_verifier_check (self->verifier, proof, P2P_PROOF_DOMAIN_VALUE, get_network (self), author, id, NULL) ? P2P_X1_GOOD : P2P_X1_FORGED;
}

P2pX1Verdict
p2p_chord_check (P2pChordNode *self, P2pPeer *teller, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, char **author)
{
  P2pX1 *x1 = p2p_x1_of (self->mesh);
  g_autofree char *signer = p2p_chord_proof_is_sound (proof, spot) ? p2p_chord_get_author (self, proof) : NULL;
  guint8 id[P2P_SHA256_LENGTH];
  P2pX1Verdict verdict;

  if (signer == NULL)
    return P2P_X1_FORGED;
  p2p_chord_leaf_id (spot, stamp, value, id);
  verdict = x1 != NULL ? p2p_x1_check_value (x1, teller, signer, id, proof) : check_alone (self, teller, signer, id, proof);
  if (verdict == P2P_X1_GOOD && author != NULL)
    *author = g_steal_pointer (&signer);
  return verdict;
}

static void
make_leaves (const P2pChordSpot *spots, guint64 stamp, GBytes *value, P2pLeaf leaves[P2P_CHORD_HASHES])
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      leaves[i] = (P2pLeaf) { 0 };
      p2p_chord_leaf_id (&spots[i], stamp, value, leaves[i].id);
    }
}

gboolean
p2p_chord_sign (P2pChordNode *self, const P2pChordSpot spots[P2P_CHORD_HASHES], guint64 stamp, GBytes *value, P2pChordProofs *proofs)
{
  P2pLeaf leaves[P2P_CHORD_HASHES];

  p2p_chord_proofs_clear (proofs);
  if (p2p_x1_of (self->mesh) == NULL || !p2p_mesh_node_get_own_frames (self->mesh))
    return FALSE;
  make_leaves (spots, stamp, value, leaves);
  return p2p_proof_sign (p2p_mesh_node_get_identity (self->mesh), P2P_PROOF_DOMAIN_VALUE, get_network (self), leaves, P2P_CHORD_HASHES, proofs->of);
}

/* The signature is over the root; that of what they are made of here is the same, or they are of something else. */
gboolean
p2p_chord_complete (const P2pChordSpot spots[P2P_CHORD_HASHES], guint64 stamp, GBytes *value, GBytes *proof, P2pChordProofs *proofs)
{
  P2pLeaf leaves[P2P_CHORD_HASHES];
  P2pProofView view;

  p2p_chord_proofs_clear (proofs);
  if (!p2p_proof_read (proof, &view) || view.n_leaves != P2P_CHORD_HASHES)
    return FALSE;
  make_leaves (spots, stamp, value, leaves);
  p2p_proof_unpack_batch (view.pub, view.signature, leaves, P2P_CHORD_HASHES, proofs->of);
  if (g_bytes_equal (proofs->of[view.index], proof))
    return TRUE;
  p2p_chord_proofs_clear (proofs);
  return FALSE;
}

void
p2p_chord_look_get_spots (P2pChordLook *look, P2pChordSpot spots[P2P_CHORD_HASHES])
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    spots[i] = look->answers[i].spot;
}

/* A stamp nobody told is the earliest: it fills what is empty, and is in nobody's way. */
guint64
p2p_chord_look_get_state (P2pChordLook *look, P2pChordProofs *proofs)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  g_autoptr (GBytes) value = look->value != NULL ? p2p_chord_pack (look->value) : NULL;

  p2p_chord_look_get_spots (look, spots);
  if (look->proof != NULL && p2p_chord_complete (spots, look->proof_stamp, value, look->proof, proofs))
    return look->proof_stamp;
  p2p_chord_proofs_clear (proofs);
  return MAX (look->stamp, 1);
}

void
p2p_chord_proofs_clear (P2pChordProofs *self)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_clear_pointer (&self->of[i], g_bytes_unref);
}

/* As it is signed, kept and sent: what is unpacked and packed again stays so. */
GBytes *
p2p_chord_pack (GVariant *value)
{
  GByteArray *packed = g_byte_array_new ();

  p2p_value_pack (value, packed, NULL);
  return g_byte_array_free_to_bytes (packed);
}
