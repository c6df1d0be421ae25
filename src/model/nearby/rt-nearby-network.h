/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/networks/rt-invitation.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/**
 * RtNearbyNetwork: a network that is announced in the local network, by one computer or several. Claims: anybody there may say anything.
 * Signal: changed.
 */
#define RT_TYPE_NEARBY_NETWORK (rt_nearby_network_get_type ())
G_DECLARE_FINAL_TYPE (RtNearbyNetwork, rt_nearby_network, RT, NEARBY_NETWORK, GObject)

/* invitation: is taken; its addresses are where it was found. computers: their names, is taken. */
RtNearbyNetwork    *rt_nearby_network_new            (RtInvitation *invitation, GPtrArray *computers, RtNetwork *network, gboolean own);
/* To the state of another one; tells of it when it is another. */
void                rt_nearby_network_take           (RtNearbyNetwork *self, RtNearbyNetwork *other);
gboolean            rt_nearby_network_is_of          (RtNearbyNetwork *self, RtNearbyNetwork *other);
const RtInvitation *rt_nearby_network_get_invitation (RtNearbyNetwork *self);
/* The one that we are in already; NULL: none. Transfer none. */
RtNetwork          *rt_nearby_network_get_network    (RtNearbyNetwork *self);
/* We announce it ourselves, alone or like others. */
gboolean            rt_nearby_network_get_own        (RtNearbyNetwork *self);
/* Others that announce it. */
guint               rt_nearby_network_get_n_computers (RtNearbyNetwork *self);
/* "On ada-laptop and 2 others · Chat · Encrypted". Transfer full. */
char               *rt_nearby_network_dup_words      (RtNearbyNetwork *self);

G_END_DECLS
