/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-address-book.h"

G_BEGIN_DECLS

struct _P2pAddressBook {
  const P2pLimits *limits;
  P2pRandom *random;
  P2pKnownFunc changed;
  gpointer data;
  GPtrArray *entries;           /* of P2pKnown, in the order in which they came */
};

/* p2p-address-book.c */
void     p2p_address_book_expire (P2pAddressBook *self, gint64 now);
void     p2p_address_book_set_waiting (P2pKnown *known, gboolean waiting);
guint32  p2p_address_book_draw   (P2pAddressBook *self);

/* p2p-address-pick.c */
void     p2p_known_find_keys (P2pKnown *known);

G_END_DECLS
