/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* An address that we know of and have no link to: why not, and a button to try. */
#define RT_TYPE_KNOWN_PEER_ROW (rt_known_peer_row_get_type ())
G_DECLARE_FINAL_TYPE (RtKnownPeerRow, rt_known_peer_row, RT, KNOWN_PEER_ROW, AdwActionRow)

GtkWidget *rt_known_peer_row_new (RtKnownPeer *peer, RtNetwork *network);

G_END_DECLS
