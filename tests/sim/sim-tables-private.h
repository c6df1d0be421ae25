/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-tables.h"

G_BEGIN_DECLS

/* Of the design, in seconds; not taken from what is tested. */
#define SIM_LEASE 3600
#define SIM_TOMBSTONE 7200
/* Nodes give tombstones up by clocks that are not the same, and do not look all the time. */
#define SIM_CLOCKS_APART 200

char     *sim_tables_print_key  (GBytes *key);
gboolean  sim_tables_look_up    (P2pSyncTable *table, GBytes *key, P2pSyncState *state);
GVariant *sim_tables_pack_record (P2pSyncTable *table, GBytes *key);   /* a reference; NULL: no such key */
char     *sim_tables_describe   (P2pSyncTable *table, GBytes *key);
int       sim_tables_compare_clocks (const P2pWriteClock *a, const P2pWriteClock *b);

G_END_DECLS
