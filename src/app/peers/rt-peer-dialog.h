/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/* RtPeerDialog: everything about one connection, for as long as one looks; it stays when the connection ends, and tells why it did. */
#define RT_TYPE_PEER_DIALOG (rt_peer_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtPeerDialog, rt_peer_dialog, RT, PEER_DIALOG, AdwWindow)

RtPeerDialog *rt_peer_dialog_new (GtkWindow *parent, P2pConnection *connection);

G_END_DECLS
