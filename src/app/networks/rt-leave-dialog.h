/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/* Asks whether a network is to be left, and says what is lost; leaves it when told so. */
#define RT_TYPE_LEAVE_DIALOG (rt_leave_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtLeaveDialog, rt_leave_dialog, RT, LEAVE_DIALOG, AdwMessageDialog)

RtLeaveDialog *rt_leave_dialog_new (GtkWindow *parent, RtNetworks *networks, RtNetwork *network);

G_END_DECLS
