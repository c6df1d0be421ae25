/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../chord/p2p-chord-node.h"
#include "p2p-chord-member-info.h"

G_BEGIN_DECLS

P2pChordMemberInfo  *p2p_chord_member_info_new       (const P2pChordSeen *seen);
/* Notifies of what is different. Whoever is told may do anything. */
void                 p2p_chord_member_info_update    (P2pChordMemberInfo *self, const P2pChordSeen *seen);
const P2pChordPlace *p2p_chord_member_info_get_place (P2pChordMemberInfo *self);

G_END_DECLS
