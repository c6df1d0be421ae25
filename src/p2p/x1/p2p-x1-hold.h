/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-proof-batch.h"
#include "p2p-x1.h"

G_BEGIN_DECLS

/* Broadcasts of others and their proofs, whichever comes first. Internal. */
typedef struct _P2pX1Holder P2pX1Holder;

/* What a link uses of what there is for all. */
typedef struct {
  guint  messages;              /* that wait */
  gsize  bytes;
  GQueue proofs;                /* whose messages did not come; the oldest first */
} P2pX1Share;

P2pX1Holder    *p2p_x1_holder_new     (P2pX1 *x1);
void            p2p_x1_holder_free    (P2pX1Holder *self);
void            p2p_x1_holder_clear   (P2pX1Holder *self);
P2pGuardVerdict p2p_x1_holder_check   (P2pX1Holder *self, P2pMessage *message, P2pPeer *source);
/* It is right. source: who brought it */
void            p2p_x1_holder_prove   (P2pX1Holder *self, const guint8 id[32], const guint8 pub[32], const char *sender,
                                       P2pProofBatch *batch, guint index, P2pPeer *source);
/* Those that were proved just now, in the order in which they were. */
void            p2p_x1_holder_release (P2pX1Holder *self);
void            p2p_x1_holder_removed (P2pX1Holder *self, P2pPeer *peer);
/* Its link goes on as another's. */
void            p2p_x1_holder_moved   (P2pX1Holder *self, P2pPeer *from, P2pPeer *to);
guint           p2p_x1_holder_count   (P2pX1Holder *self);

G_END_DECLS
