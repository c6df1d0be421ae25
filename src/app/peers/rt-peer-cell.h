/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/* A cell of the table of peers, which knows what it is about. Property: connection. */
#define RT_TYPE_PEER_CELL (rt_peer_cell_get_type ())
G_DECLARE_FINAL_TYPE (RtPeerCell, rt_peer_cell, RT, PEER_CELL, AdwBin)

P2pConnection *rt_peer_cell_get_connection (RtPeerCell *self);          /* nullable */

G_END_DECLS
