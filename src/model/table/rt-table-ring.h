/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table-kept.h"
#include "p2p/p2p.h"

G_BEGIN_DECLS

/*
 * RtTableRing: the distributed table of a network. Its names are here, its values at five places of the ring each: they are read when somebody looks, and before one is written. The store
 * keeps what the node has to know again after a restart. Of the history of a key: what we wrote, what was found to have changed, deletes.
 * Signal: written (GBytes key): by us; the network tells nobody of that, where the key was there before.
 */
#define RT_TYPE_TABLE_RING (rt_table_ring_get_type ())
G_DECLARE_FINAL_TYPE (RtTableRing, rt_table_ring, RT, TABLE_RING, GObject)

RtTableKept *rt_table_ring_new (P2pChordSocket *socket, RtStoreTable *store);

G_END_DECLS
