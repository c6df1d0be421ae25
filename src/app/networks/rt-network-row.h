/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* A network in the sidebar: title, state in words with an icon, unread count, menu. Property: network (construct only). */
#define RT_TYPE_NETWORK_ROW (rt_network_row_get_type ())
G_DECLARE_FINAL_TYPE (RtNetworkRow, rt_network_row, RT, NETWORK_ROW, GtkListBoxRow)

GtkWidget *rt_network_row_new (RtNetwork *network);
RtNetwork *rt_network_row_get_network (RtNetworkRow *self);

G_END_DECLS
