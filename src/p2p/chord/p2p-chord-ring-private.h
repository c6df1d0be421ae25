/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-ring.h"

G_BEGIN_DECLS

struct _P2pChordRing {
  P2pChordMember *own;
  guint n_after, n_before;
  gboolean around;              /* after is everybody but us */
  GPtrArray *after;             /* of P2pChordMember, the nearest first, as is before */
  GPtrArray *before;
  GPtrArray *contacts;          /* by place; of one place the smaller id last */
  P2pChordMember *fingers[P2P_CHORD_MAX_FINGERS];
};

static inline P2pChordMember *
p2p_chord_nth_member (GPtrArray *list, guint index)
{
  return index < list->len ? list->pdata[index] : NULL;
}

/* p2p-chord-ring-contacts.c */
void p2p_chord_ring_clear_fingers (P2pChordRing *self, const char *id);         /* NULL: all */

G_END_DECLS
