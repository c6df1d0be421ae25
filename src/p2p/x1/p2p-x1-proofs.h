/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-x1-private.h"
#include "p2p-x1-slot.h"

G_BEGIN_DECLS

/* Proofs, found right, of messages that did not come yet: so many, each link a quarter of them, for so long. Internal. */
typedef struct _P2pX1Proofs P2pX1Proofs;

P2pX1Proofs *p2p_x1_proofs_new  (const P2pX1Salt *salt, guint max, gint64 max_age);
void         p2p_x1_proofs_free (P2pX1Proofs *self);
/* The oldest make room, first those of the same link. */
void         p2p_x1_proofs_put  (P2pX1Proofs *self, const guint8 id[32], const guint8 pub[32], GBytes *proof, P2pX1Link *link, gint64 now);
/* The link is over. What it brought stays, as of nobody: all of those have the share of one link. */
void         p2p_x1_proofs_orphan (P2pX1Proofs *self, P2pX1Link *link);
/* Once; transfer full, nullable */
GBytes      *p2p_x1_proofs_take (P2pX1Proofs *self, const guint8 id[32], const guint8 pub[32], gint64 now);
guint        p2p_x1_proofs_count (P2pX1Proofs *self);

G_END_DECLS
