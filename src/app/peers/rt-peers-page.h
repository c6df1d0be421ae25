/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/**
 * RtPeersPage: who is connected, who is known, and how a friend gets here.
 * Property: network.
 * Actions on the peer whose menu is open: peers.message, .disconnect, .copy-address, .copy-id.
 */
#define RT_TYPE_PEERS_PAGE (rt_peers_page_get_type ())
G_DECLARE_FINAL_TYPE (RtPeersPage, rt_peers_page, RT, PEERS_PAGE, GtkWidget)

RtNetwork *rt_peers_page_get_network (RtPeersPage *self);               /* nullable */
void       rt_peers_page_set_network (RtPeersPage *self, RtNetwork *network);
/* The menu of a connection, at a point of a widget of the page (negative: below the widget). */
void       rt_peers_page_open_menu (GtkWidget *from, P2pConnection *connection, double x, double y);

G_END_DECLS
