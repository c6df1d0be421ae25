/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/**
 * RtNameGroup: the person's own name, to be changed: checked as on the first page, and told to all networks as soon as it is applied. It is not seen before there is a name.
 */
#define RT_TYPE_NAME_GROUP (rt_name_group_get_type ())
G_DECLARE_FINAL_TYPE (RtNameGroup, rt_name_group, RT, NAME_GROUP, AdwPreferencesGroup)

void rt_name_group_set_networks (RtNameGroup *self, RtNetworks *networks);

G_END_DECLS
