/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-invitation.h"

G_BEGIN_DECLS

/* What an invitation says, a row each, instead of what the list had. Claims of somebody: plain text everywhere. */
void rt_invitation_facts_fill (GtkListBox *list, const RtInvitation *invitation);

G_END_DECLS
