/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/nearby/rt-nearby.h"

G_BEGIN_DECLS

/* RtAnnounceDialog: who in the local network can find one of the person's networks; and before that, what each is told. */
#define RT_TYPE_ANNOUNCE_DIALOG (rt_announce_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtAnnounceDialog, rt_announce_dialog, RT, ANNOUNCE_DIALOG, AdwWindow)

RtAnnounceDialog *rt_announce_dialog_new (GtkWindow *parent, RtNetworks *networks, RtNetwork *network, RtNearby *nearby);

G_END_DECLS
