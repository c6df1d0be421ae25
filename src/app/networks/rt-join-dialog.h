/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-invitation.h"
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/**
 * RtJoinDialog: what an invitation would do, and whether it is to be done. One to a network that the person is in leads there, and its addresses are added if he likes.
 * Signal: accepted (RtNetwork): it was joined, or was there; the dialog is closed then.
 */
#define RT_TYPE_JOIN_DIALOG (rt_join_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtJoinDialog, rt_join_dialog, RT, JOIN_DIALOG, AdwWindow)

/* ask_name: the person has not said his name yet, and nobody else asks. */
RtJoinDialog       *rt_join_dialog_new            (GtkWindow *parent, RtNetworks *networks, const RtInvitation *invitation, gboolean ask_name);
const RtInvitation *rt_join_dialog_get_invitation (RtJoinDialog *self);

G_END_DECLS
