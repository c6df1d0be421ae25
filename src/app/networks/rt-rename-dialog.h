/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/* Asks for another name of a network, which decides who can talk, and says so. */
#define RT_TYPE_RENAME_DIALOG (rt_rename_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtRenameDialog, rt_rename_dialog, RT, RENAME_DIALOG, AdwMessageDialog)

RtRenameDialog *rt_rename_dialog_new (GtkWindow *parent, RtNetworks *networks, RtNetwork *network);

G_END_DECLS
