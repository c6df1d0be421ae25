/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-member-info-private.h"

G_BEGIN_DECLS

/* Who is on the ring, by place: a list model of P2pChordMemberInfo, the same object for a node as long as it is there. */
#define P2P_TYPE_CHORD_MEMBERS (p2p_chord_members_get_type ())
G_DECLARE_FINAL_TYPE (P2pChordMembers, p2p_chord_members, P2P, CHORD_MEMBERS, GObject)

P2pChordMembers *p2p_chord_members_new    (void);
/* seen: of P2pChordSeen, by place. Whoever it tells may do anything. */
void             p2p_chord_members_update (P2pChordMembers *self, GArray *seen);
/* The socket goes: the list is empty from now on. */
void             p2p_chord_members_detach (P2pChordMembers *self);

G_END_DECLS
