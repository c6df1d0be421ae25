/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/nearby/rt-nearby.h"

G_BEGIN_DECLS

/**
 * RtNearbyDialog: networks in the local network, and whether one looks for them at all. One that is chosen is asked about (RtJoinDialog); nothing is joined before.
 * Signal: accepted (RtNetwork): it was joined, or was there; the dialog closes after it.
 */
#define RT_TYPE_NEARBY_DIALOG (rt_nearby_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtNearbyDialog, rt_nearby_dialog, RT, NEARBY_DIALOG, AdwWindow)

RtNearbyDialog *rt_nearby_dialog_new (GtkWindow *parent, RtNetworks *networks, RtSettings *settings, RtNearby *nearby);

G_END_DECLS
