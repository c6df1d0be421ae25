/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The broadcast that says whose others are: signatures, over the ids of many (docs/x1.md). It was relayed when it comes here. */
#include "p2p-x1-side-car.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

#define PACKETS 5

const P2pProver p2p_x1_prover = {
  .make = (GBytes *(*) (gpointer, guint)) p2p_proof_batch_make,
  .ref = (gpointer (*) (gpointer)) p2p_proof_batch_ref,
  .unref = (void (*) (gpointer)) p2p_proof_batch_unref,
};

typedef struct {
  const guint8 *pub, *signature, *leaves;
  gsize leaves_length;
} SideCar;

static const guint8 *
peek_bytes (GVariant *packets, gsize index, gsize *length)
{
  g_autoptr (GVariant) value = p2p_mesh_value_get_child (packets, index);

  /* within the packets, which are kept */
  return (const guint8 *) p2p_mesh_value_peek_text (value, length);
}

static gboolean
read_side_car (GVariant *packets, SideCar *car)
{
  gsize pub_length = 0, signature_length = 0;

  if (g_variant_n_children (packets) < PACKETS)
    return FALSE;
  car->pub = peek_bytes (packets, 2, &pub_length);
  car->signature = peek_bytes (packets, 3, &signature_length);
  car->leaves = peek_bytes (packets, 4, &car->leaves_length);
  return car->pub != NULL && pub_length == P2P_PUBLIC_KEY_LENGTH && car->signature != NULL && signature_length == P2P_SIGNATURE_LENGTH &&
         car->leaves != NULL;
}

static gboolean
take_token (double *tokens, gint64 *filled, guint rate, gint64 now)
{
  *tokens = *filled == 0 ? rate : MIN (rate, *tokens + (double) (now - *filled) * rate / G_TIME_SPAN_SECOND);
  *filled = now;
  if (*tokens < 1)
    return FALSE;
  *tokens -= 1;
  return TRUE;
}

static gboolean
is_key_of (P2pX1 *self, const guint8 pub[P2P_PUBLIC_KEY_LENGTH], const char *id)
{
  const guint8 *known = p2p_x1_find_key (self, id);
  g_autofree char *made = NULL;

  if (known != NULL)
    return memcmp (known, pub, P2P_PUBLIC_KEY_LENGTH) == 0;
  made = p2p_key_is_sound (pub) ? p2p_key_to_node_id (pub, self->network) : NULL;
  return g_strcmp0 (made, id) == 0;
}

/* What those sign who never proved to have a key takes a quarter of the link's at most: such keys cost nothing. */
static gboolean
may_check_of (P2pX1 *self, P2pX1Link *link, const char *signer)
{
  guint rate = MAX (self->limits.signature_checks / P2P_X1_LINK_SHARE / P2P_X1_LINK_SHARE, 1);

  if (!p2p_x1_is_proven (self, signer) && !take_token (&link->new_checks, &link->new_checks_filled, rate, p2p_clock_now (self->env->clock)))
    return FALSE;
  return p2p_x1_may_check (self, link);
}

/* Whoever makes signatures up has us compute: so many a second, and of a link a quarter of them. */
gboolean
p2p_x1_may_check (P2pX1 *self, P2pX1Link *link)
{
  guint rate = self->limits.signature_checks;
  gint64 now = p2p_clock_now (self->env->clock);

  return take_token (&link->checks, &link->checks_filled, rate / P2P_X1_LINK_SHARE, now) &&
         take_token (&self->checks, &self->checks_filled, rate, now);
}

void
p2p_x1_take_side_car (P2pX1 *self, P2pMessage *message, P2pPeer *source)
{
  const char *sender = p2p_message_get_sender (message);
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);
  g_autoptr (GVariant) version = p2p_mesh_value_get_child (packets, 1);
  g_autofree P2pLeaf *leaves = g_new (P2pLeaf, P2P_MAX_LEAVES);
  g_autoptr (P2pProofBatch) batch = NULL;
  g_autoptr (GBytes) first = NULL;
  SideCar car;
  gint64 number;
  guint n;

  self->stats.side_cars_in++;
  if (p2p_mesh_value_get_int (version, &number) && number != P2P_X1_SIDE_CAR_VERSION)
    {
      p2p_mesh_drop_blameless (source, P2P_DROP_UNKNOWN_OPERATION, message);
      return;
    }
  n = version != NULL && read_side_car (packets, &car) ? p2p_leaves_unpack (car.leaves, car.leaves_length, leaves) : 0;
  if (n == 0)
    {
      p2p_mesh_drop_blameless (source, P2P_DROP_SHAPE, message);
      return;
    }
  if (!is_key_of (self, car.pub, sender))
    {
      p2p_mesh_drop_blameless (source, P2P_DROP_FORGED_SIGNATURE, message);
      return;
    }
  /* No room for one that is only shown: it is noted when something is signed with it. */
  p2p_x1_note_key (self, car.pub, FALSE);
  if (!may_check_of (self, p2p_x1_link_of (source), sender))
    {
      p2p_mesh_drop_blameless (source, P2P_DROP_RATE, message);
      return;
    }
  batch = p2p_proof_batch_new (leaves, n);
  p2p_proof_batch_set_signature (batch, car.pub, car.signature);
  first = p2p_proof_batch_make (batch, 0);
  /* The others are of the same tree. */
  if (!p2p_verifier_check (self->verifier, first, P2P_PROOF_DOMAIN_MESSAGE, self->network, sender, leaves[0].id, NULL))
    {
      p2p_mesh_drop_blameless (source, P2P_DROP_FORGED_SIGNATURE, message);
      return;
    }
  p2p_x1_note_key (self, car.pub, TRUE);
  for (guint i = 0; i < n; i++)
    p2p_x1_holder_prove (self->holder, leaves[i].id, car.pub, sender, batch, i, source);
  p2p_x1_holder_release (self->holder);
}

static P2pX1Verdict
check (P2pX1 *self, P2pPeer *teller, const char *domain, const char *signer, const guint8 id[32], GBytes *proof)
{
  P2pProofView view;

  if (!p2p_proof_read (proof, &view))
    return P2P_X1_FORGED;
  if (!p2p_verifier_knows (self->verifier, proof, domain, self->network, signer, id))
    {
      if (teller != NULL && !p2p_x1_may_check (self, p2p_x1_link_of (teller)))
        return P2P_X1_LATER;
      if (!p2p_verifier_check (self->verifier, proof, domain, self->network, signer, id, NULL))
        return P2P_X1_FORGED;
    }
  /* Values are not what is said in somebody's name: a key that signed nothing else takes no place of one that did. */
  p2p_x1_note_key (self, view.pub, g_str_equal (domain, P2P_PROOF_DOMAIN_MESSAGE));
  return P2P_X1_GOOD;
}

P2pX1Verdict
p2p_x1_check (P2pX1 *self, P2pPeer *teller, const char *signer, const guint8 id[32], GBytes *proof)
{
  return check (self, teller, P2P_PROOF_DOMAIN_MESSAGE, signer, id, proof);
}

P2pX1Verdict
p2p_x1_check_value (P2pX1 *self, P2pPeer *teller, const char *signer, const guint8 id[32], GBytes *proof)
{
  return check (self, teller, P2P_PROOF_DOMAIN_VALUE, signer, id, proof);
}
