/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node would sign, made without one. */
#pragma once

#include "p2p/p2p.h"

G_BEGIN_DECLS

/* Always the same. Transfer full. */
P2pIdentity *make_identity (guint8 of);
/* That the node of this identity said it. Transfer full. */
GBytes      *make_proof (P2pIdentity *identity, const char *protocol_id, GBytes *message_id);

G_END_DECLS
