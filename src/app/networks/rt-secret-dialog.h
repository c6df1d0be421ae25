/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/* RtSecretDialog: asks for the secret of a private network that is lost here, or locked away; an invitation to the network does, too. It stays the same network. */
#define RT_TYPE_SECRET_DIALOG (rt_secret_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtSecretDialog, rt_secret_dialog, RT, SECRET_DIALOG, AdwWindow)

/* A network waits for its secret: there is something to ask. */
gboolean        rt_secret_dialog_is_wanted (RtNetwork *network);
RtSecretDialog *rt_secret_dialog_new       (GtkWindow *parent, RtNetworks *networks, RtNetwork *network);

G_END_DECLS
