/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/traffic/rt-traffic-item.h"

G_BEGIN_DECLS

/**
 * RtTrafficDetails: all of a frame, its packets as typed values, to be read and copied.
 * Properties: item, show-back (a button that leads back to the list).
 */
#define RT_TYPE_TRAFFIC_DETAILS (rt_traffic_details_get_type ())
G_DECLARE_FINAL_TYPE (RtTrafficDetails, rt_traffic_details, RT, TRAFFIC_DETAILS, GtkWidget)

RtTrafficItem *rt_traffic_details_get_item (RtTrafficDetails *self);    /* nullable */
void           rt_traffic_details_set_item (RtTrafficDetails *self, RtTrafficItem *item);

G_END_DECLS
