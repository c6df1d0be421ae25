/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-nearby-network.h"
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

typedef enum {
  RT_NEARBY_OFF,                /* the person did not ask for it */
  RT_NEARBY_LOOKING,
  RT_NEARBY_NOTHING,            /* nobody has answered so far; it goes on */
  RT_NEARBY_FOUND,
  RT_NEARBY_NO_BUS,             /* there is nothing to ask on this machine */
  RT_NEARBY_NO_DAEMON,          /* Avahi does not run */
  RT_NEARBY_FAILED,
} RtNearbyState;

/**
 * RtNearby: networks in the local network, a GListModel of RtNearbyNetwork: what others announce there to everybody (docs/lan.md). Empty unless the person wants it: the setting
 * find-nearby. And what is told there of our own networks: nothing, unless the person wants it of one (RtNetworkConfig:announce).
 *
 * Nothing is joined and nobody connected to by what is found; but for a network that the person is in, and lets be found: there the addresses of others are tried as those are that
 * neighbours name, by the node, which finds out who is there.
 * Signal: changed: of state, words, counts, and of what is announced.
 */
#define RT_TYPE_NEARBY (rt_nearby_get_type ())
G_DECLARE_FINAL_TYPE (RtNearby, rt_nearby, RT, NEARBY, GObject)

/* Addresses that are tried of one network at once, while it is on; and one a minute after that. */
#define RT_NEARBY_MAX_OFFERED 64u

RtNearby      *rt_nearby_new           (RtNetworks *networks, RtSettings *settings);
RtNearbyState  rt_nearby_get_state     (RtNearby *self);
/* For a person, whatever the state. Transfer full. */
char          *rt_nearby_dup_words     (RtNearby *self);
/* What else is announced: to members of networks that we are not in; and what there was no room for, or is none of ours. NULL: nothing. Transfer full. */
char          *rt_nearby_dup_rest_words (RtNearby *self);
/* After NO_BUS, FAILED: somebody thinks that it may be better now. */
void           rt_nearby_try_again     (RtNearby *self);
/* How it stands with telling of a network: "Announced as “friends 3f9c”". Transfer full. */
char          *rt_nearby_dup_announced_words (RtNearby *self, RtNetwork *network);

/* For tests: also what listens on this computer only is announced. */
void           rt_nearby_set_announce_local (RtNearby *self);

G_END_DECLS
