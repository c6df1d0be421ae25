/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/* A connection where there is no room for a table. Property: connection (construct only). */
#define RT_TYPE_PEER_ROW (rt_peer_row_get_type ())
G_DECLARE_FINAL_TYPE (RtPeerRow, rt_peer_row, RT, PEER_ROW, GtkListBoxRow)

GtkWidget     *rt_peer_row_new (P2pConnection *connection);
P2pConnection *rt_peer_row_get_connection (RtPeerRow *self);

G_END_DECLS
