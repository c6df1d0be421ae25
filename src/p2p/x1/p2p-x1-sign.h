/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-x1.h"

G_BEGIN_DECLS

/* Signs what we say to everybody. Internal. */
typedef struct _P2pX1Signer P2pX1Signer;

P2pX1Signer *p2p_x1_signer_new     (P2pX1 *x1);
void         p2p_x1_signer_free    (P2pX1Signer *self);
/* Right before it goes out. note: at most 255 bytes, which the proof says too; nullable */
void         p2p_x1_signer_send    (P2pX1Signer *self, P2pMessage *message, GBytes *note);
void         p2p_x1_signer_flush   (P2pX1Signer *self);
/* Questions for nodes, their answers and signatures are not signed; whatever else goes to everybody is, or does not count. */
gboolean     p2p_x1_is_signed      (P2pMessage *message);

G_END_DECLS
