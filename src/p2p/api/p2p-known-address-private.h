/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-address-book.h"
#include "p2p-known-address.h"

G_BEGIN_DECLS

/* clock: for as long as the entry is in the book */
P2pKnownAddress *p2p_known_address_new    (P2pKnown *known, P2pClock *clock);
/* Notifies of what is different from what it told last. */
void             p2p_known_address_update (P2pKnownAddress *self, P2pClock *clock);

G_END_DECLS
