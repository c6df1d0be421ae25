/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-proof-batch.h"
#include "p2p-x1-private.h"

G_BEGIN_DECLS

#define P2P_X1_SIDE_CAR_VERSION 1

extern const P2pProver p2p_x1_prover;  /* of a P2pProofBatch */

void     p2p_x1_take_side_car (P2pX1 *self, P2pMessage *message, P2pPeer *source);
gboolean p2p_x1_may_check     (P2pX1 *self, P2pX1Link *link);           /* one more signature that this link has us look at */

G_END_DECLS
