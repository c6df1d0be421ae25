/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/nearby/rt-nearby-network.h"

G_BEGIN_DECLS

/* RtNearbyRow: one network that was found in the local network. */
#define RT_TYPE_NEARBY_ROW (rt_nearby_row_get_type ())
G_DECLARE_FINAL_TYPE (RtNearbyRow, rt_nearby_row, RT, NEARBY_ROW, AdwActionRow)

GtkWidget       *rt_nearby_row_new      (RtNearbyNetwork *item);
RtNearbyNetwork *rt_nearby_row_get_item (RtNearbyRow *self);            /* transfer none */

G_END_DECLS
