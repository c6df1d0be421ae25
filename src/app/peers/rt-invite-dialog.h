/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* An invitation to a network, as a link and as a picture, with what is in it; as long as it is open it says what is so now. */
#define RT_TYPE_INVITE_DIALOG (rt_invite_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtInviteDialog, rt_invite_dialog, RT, INVITE_DIALOG, AdwWindow)

RtInviteDialog *rt_invite_dialog_new      (GtkWindow *parent, RtNetwork *network);
const char     *rt_invite_dialog_get_link (RtInviteDialog *self);

G_END_DECLS
