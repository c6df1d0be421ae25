/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <string.h>

#include "../link/p2p-env.h"
#include "p2p-leaves.h"

G_BEGIN_DECLS

/*
 * What messages and their proofs are found by: the id, and of a proof whose it is. Its hash is keyed, as the ids of a side-car may be
 * any that its maker likes. Internal.
 */
typedef struct {
  guint64 keys[8];
} P2pX1Salt;

typedef struct {
  guint  hash;
  guint8 bytes[2 * P2P_LEAF_ID_LENGTH];
} P2pX1Slot;

static inline void
p2p_x1_salt_init (P2pX1Salt *self, P2pRandom *random)
{
  p2p_random_fill (random, (guint8 *) self->keys, sizeof self->keys);
}

/* pub: nullable */
static inline void
p2p_x1_slot_init (P2pX1Slot *self, const P2pX1Salt *salt, const guint8 *id, const guint8 *pub)
{
  guint64 words[8];
  guint64 sum = 0;

  memcpy (self->bytes, id, P2P_LEAF_ID_LENGTH);
  if (pub != NULL)
    memcpy (self->bytes + P2P_LEAF_ID_LENGTH, pub, P2P_LEAF_ID_LENGTH);
  else
    memset (self->bytes + P2P_LEAF_ID_LENGTH, 0, P2P_LEAF_ID_LENGTH);
  memcpy (words, self->bytes, sizeof words);
  for (guint i = 0; i < G_N_ELEMENTS (words); i += 2)
    sum += (words[i] + salt->keys[i]) * (words[i + 1] + salt->keys[i + 1]);
  self->hash = (guint) (sum >> 32);
}

static inline guint
p2p_x1_slot_hash (gconstpointer slot)
{
  return ((const P2pX1Slot *) slot)->hash;
}

static inline gboolean
p2p_x1_slot_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (((const P2pX1Slot *) a)->bytes, ((const P2pX1Slot *) b)->bytes, 2 * P2P_LEAF_ID_LENGTH) == 0;
}

G_END_DECLS
