/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Our own broadcasts and their side-cars (docs/x1.md). The first after a pause is signed alone, and its side-car goes right before it;
 * those that follow are gathered, so that a signature is over many where there are many.
 */
#include "p2p-x1-sign.h"

#include <string.h>

#include "../wire/p2p-message-private.h"
#include "p2p-proof.h"
#include "p2p-x1-side-car.h"

struct _P2pX1Signer {
  P2pX1     *x1;
  GPtrArray *messages;          /* that went, and wait for their signature */
  GPtrArray *notes;             /* GBytes or NULL, of each */
  gsize      length;            /* of their leaves */
  gint64     signed_at;         /* 0: never */
  guint64    timer;
};

static void
unref_note (gpointer note)
{
  if (note != NULL)
    g_bytes_unref (note);
}

P2pX1Signer *
p2p_x1_signer_new (P2pX1 *x1)
{
  P2pX1Signer *self = g_new0 (P2pX1Signer, 1);

  self->x1 = x1;
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  self->notes = g_ptr_array_new_with_free_func (unref_note);
  return self;
}

void
p2p_x1_signer_free (P2pX1Signer *self)
{
  p2p_clock_cancel (self->x1->env->clock, self->timer);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

gboolean
p2p_x1_is_signed (P2pMessage *message)
{
  gint64 subflag = p2p_message_get_subflag (message);

  return subflag != P2P_SUBFLAG_REQUEST && subflag != P2P_SUBFLAG_RESPONSE && subflag != P2P_SUBFLAG_SIDE_CAR;
}

static GVariant *
new_bin (const guint8 *bytes, gsize length)
{
  return g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1));
}

static void
send_side_car (P2pX1Signer *self, P2pProofBatch *batch, GBytes *leaves)
{
  P2pX1 *x1 = self->x1;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (leaves, &length);
  g_autoptr (P2pMessage) message = NULL;
  GVariant *packets[5];

  packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_SIDE_CAR));
  packets[1] = g_variant_new_variant (g_variant_new_int64 (P2P_X1_SIDE_CAR_VERSION));
  packets[2] = new_bin (p2p_identity_peek_public_key (x1->identity), P2P_PUBLIC_KEY_LENGTH);
  packets[3] = new_bin (p2p_proof_batch_peek_signature (batch), P2P_SIGNATURE_LENGTH);
  packets[4] = new_bin (bytes, length);
  message = p2p_mesh_node_new_message (x1->mesh, P2P_FLAG_BROADCAST,
                                       g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), NULL);
  if (message == NULL)
    return;
  x1->stats.side_cars_out++;
  p2p_mesh_node_send_message (x1->mesh, message);
}

static void
tell (P2pX1Signer *self, P2pProofBatch *batch, GPtrArray *messages)
{
  P2pMeshNode *mesh = self->x1->mesh;

  for (guint i = 0; i < messages->len && p2p_mesh_guard_hears_proofs (mesh); i++)
    {
      g_autoptr (GBytes) proof = p2p_proof_batch_make (batch, i);

      p2p_mesh_guard_prove (mesh, messages->pdata[i], proof);
    }
}

static void
sign (P2pX1Signer *self, gboolean alone)
{
  P2pX1 *x1 = self->x1;
  guint n = self->messages->len;
  g_autoptr (GPtrArray) messages = NULL;
  g_autoptr (GPtrArray) notes = NULL;
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (P2pProofBatch) batch = NULL;
  g_autofree P2pLeaf *leaves = NULL;

  p2p_clock_cancel (x1->env->clock, self->timer);
  self->timer = 0;
  if (n == 0)
    return;
  messages = g_steal_pointer (&self->messages);
  notes = g_steal_pointer (&self->notes);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  self->notes = g_ptr_array_new_with_free_func (unref_note);
  self->length = 0;
  self->signed_at = p2p_clock_now (x1->env->clock);

  leaves = g_new0 (P2pLeaf, n);
  for (guint i = 0; i < n; i++)
    {
      memcpy (leaves[i].id, p2p_message_peek_id (messages->pdata[i]), sizeof leaves[i].id);
      if (notes->pdata[i] != NULL)
        leaves[i].note = g_bytes_get_data (notes->pdata[i], &leaves[i].note_length);
    }
  batch = p2p_proof_batch_new (leaves, n);
  /* OpenSSL has no memory: others will take them for unproved. */
  if (!p2p_proof_batch_sign (batch, x1->identity, P2P_PROOF_DOMAIN_MESSAGE, x1->network))
    return;
  x1->stats.signed_out += n;
  packed = p2p_leaves_pack (leaves, n);
  /* It has gone nowhere yet. */
  if (alone)
    p2p_message_set_provable (messages->pdata[0], &p2p_x1_prover, batch, 0);
  p2p_mesh_node_enter (x1->mesh);
  send_side_car (self, batch, packed);
  tell (self, batch, messages);
  p2p_mesh_node_leave (x1->mesh);
}

void
p2p_x1_signer_flush (P2pX1Signer *self)
{
  sign (self, FALSE);
}

static void
timeout_cb (gpointer data)
{
  P2pX1Signer *self = data;

  self->timer = 0;
  sign (self, FALSE);
}

void
p2p_x1_signer_send (P2pX1Signer *self, P2pMessage *message, GBytes *note)
{
  P2pX1 *x1 = self->x1;
  gint64 now = p2p_clock_now (x1->env->clock);
  gint64 pause = x1->limits.sign_milliseconds * G_TIME_SPAN_MILLISECOND;
  P2pLeaf leaf = { .note_length = note != NULL ? g_bytes_get_size (note) : 0 };

  g_return_if_fail (leaf.note_length <= P2P_MAX_NOTE);

  if (!p2p_mesh_node_get_own_frames (x1->mesh) || !p2p_x1_is_signed (message))
    return;
  if (self->length + p2p_leaf_get_length (&leaf) > P2P_MAX_LEAVES_LENGTH)
    p2p_x1_signer_flush (self);
  g_ptr_array_add (self->messages, p2p_message_ref (message));
  g_ptr_array_add (self->notes, note != NULL ? g_bytes_ref (note) : NULL);
  self->length += p2p_leaf_get_length (&leaf);
  if (self->messages->len == 1 && (self->signed_at == 0 || now - self->signed_at >= pause))
    sign (self, TRUE);
  else if (self->messages->len == P2P_MAX_LEAVES)
    sign (self, FALSE);
  else if (self->timer == 0)
    self->timer = p2p_clock_schedule (x1->env->clock, pause, timeout_cb, self);
}
