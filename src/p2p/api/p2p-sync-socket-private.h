/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../sync/p2p-sync-node.h"
#include "p2p-mesh-socket-private.h"
#include "p2p-sync-entries.h"
#include "p2p-sync-socket.h"

G_BEGIN_DECLS

typedef struct {
  gboolean leasing;
  P2pSyncNode *node;            /* NULL: not made yet, or disposed */
  GHashTable *registry;         /* p2p_sync_entry_registry_new() */
  P2pSyncEntries *entries;
} P2pSyncSocketPrivate;

/* A socket in another environment than GIO's: of a test or a simulator. */
P2pSyncSocket *p2p_sync_socket_new_with_env (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, gboolean leasing, P2pEnv *env, GError **error);

P2pSyncSocketPrivate *p2p_sync_socket_get_priv (P2pSyncSocket *self);
/* NULL: disposed */
P2pSyncTable *p2p_sync_socket_get_table (P2pSyncSocket *self);
/* Transfer full; the entry of a key that nothing is known of says that it is deleted. NULL: the socket is disposed. */
P2pSyncEntry *p2p_sync_socket_ensure_entry (P2pSyncSocket *self, GBytes *key);
/* A value of the table, transfer full */
GVariant     *p2p_sync_socket_unpack (P2pSyncSocket *self, GBytes *value);

/* p2p-sync-socket-write.c */
gboolean      p2p_sync_socket_check_open    (P2pSyncSocket *self, GError **error);
void          p2p_sync_socket_set_not_found (GBytes *key, GError **error);

G_END_DECLS
