/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

typedef enum {
  RT_NETWORK_DIALOG_CREATE,
  RT_NETWORK_DIALOG_JOIN,         /* asks for the address of a friend first */
  RT_NETWORK_DIALOG_EDIT,
} RtNetworkDialogMode;

/**
 * RtNetworkDialog: everything that a person can say about a network, checked while typing.
 * Signal: accepted (RtNetwork): it was made or changed; the dialog closes after it.
 */
#define RT_TYPE_NETWORK_DIALOG (rt_network_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtNetworkDialog, rt_network_dialog, RT, NETWORK_DIALOG, AdwWindow)

/* network: for EDIT */
RtNetworkDialog *rt_network_dialog_new (GtkWindow *parent, RtNetworks *networks, RtNetworkDialogMode mode, RtNetwork *network);
/* Why it cannot be accepted as it stands, in words; NULL: it can. */
const char      *rt_network_dialog_get_problem (RtNetworkDialog *self);
/* What the fields say now. */
RtNetworkConfig *rt_network_dialog_dup_config (RtNetworkDialog *self);

G_END_DECLS
