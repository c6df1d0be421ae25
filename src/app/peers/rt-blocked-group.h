/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* RtBlockedGroup: whom the person blocked in a network, each with "Unblock"; not to be seen while there is nobody. Property network (nullable). */
#define RT_TYPE_BLOCKED_GROUP (rt_blocked_group_get_type ())
G_DECLARE_FINAL_TYPE (RtBlockedGroup, rt_blocked_group, RT, BLOCKED_GROUP, GtkWidget)

void rt_blocked_group_set_network (RtBlockedGroup *self, RtNetwork *network);

G_END_DECLS
