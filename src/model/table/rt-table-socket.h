/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table-kept.h"
#include "p2p/p2p.h"

G_BEGIN_DECLS

/* RtTableSocket: the table that the nodes of a network share. What has to be kept of it goes into the store, and what became of its keys. */
#define RT_TYPE_TABLE_SOCKET (rt_table_socket_get_type ())
G_DECLARE_FINAL_TYPE (RtTableSocket, rt_table_socket, RT, TABLE_SOCKET, GObject)

RtTableKept *rt_table_socket_new (P2pSyncSocket *socket, RtStoreTable *store);

G_END_DECLS
