/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/**
 * RtWhoGroup: who the person is to be in a network: somebody new, or one that he is already; and what others will see of that.
 */
#define RT_TYPE_WHO_GROUP (rt_who_group_get_type ())
G_DECLARE_FINAL_TYPE (RtWhoGroup, rt_who_group, RT, WHO_GROUP, AdwPreferencesGroup)

/* network: the one that is edited; NULL: a new one. Once. */
void        rt_who_group_set_networks (RtWhoGroup *self, RtNetworks *networks, RtNetwork *network);
/* For the property identity of a configuration. */
const char *rt_who_group_get_identity (RtWhoGroup *self);

G_END_DECLS
