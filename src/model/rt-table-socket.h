/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table-source.h"
#include "p2p/p2p.h"
#include "store/rt-store-table.h"

G_BEGIN_DECLS

/* RtTableSocket: the table of a node of ours. What has to be kept of it goes into the store, and what became of its keys; it can be read when the node is off. */
#define RT_TYPE_TABLE_SOCKET (rt_table_socket_get_type ())
G_DECLARE_FINAL_TYPE (RtTableSocket, rt_table_socket, RT, TABLE_SOCKET, GObject)

RtTableSocket *rt_table_socket_new (P2pSyncSocket *socket, RtStoreTable *store);
/* Why nothing can be written, in words; NULL: it can. At first: that it is being started. */
void rt_table_socket_set_refusal (RtTableSocket *self, const char *words);
/* A record that the store has. FALSE: it is none. */
gboolean rt_table_socket_restore (RtTableSocket *self, GBytes *record);
/* From now on what becomes of keys is written down. */
void rt_table_socket_begin_log (RtTableSocket *self);

G_END_DECLS
