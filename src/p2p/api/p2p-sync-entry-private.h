/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../link/p2p-env.h"
#include "../sync/p2p-sync-table.h"
#include "p2p-sync-entry.h"

G_BEGIN_DECLS

/* Which entries there are: those that somebody holds, by key. It holds none of them. */
GHashTable   *p2p_sync_entry_registry_new (void);
/* state: NULL: nothing is known of the key (any more). It registers itself. own_id: of the socket. Transfer full. */
P2pSyncEntry *p2p_sync_entry_new    (GHashTable *registry, GBytes *key, const P2pSyncState *state, const char *own_id, P2pEnv *env);
/* Notifies of what is different from what it told last. */
void          p2p_sync_entry_update (P2pSyncEntry *self, const P2pSyncState *state);

G_END_DECLS
