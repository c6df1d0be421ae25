/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-node.h"
#include "p2p-sync-table.h"

G_BEGIN_DECLS

/*
 * A mesh node with a table that the network shares: the P2pMeshLayer of sub-flags store and delta, and of the operations DIGEST, BUCKETS,
 * KEYS, WANT and RECORDS among ours. Rules of the mesh node hold: one thread, events after the state is consistent.
 */
typedef struct _P2pSyncNode P2pSyncNode;

typedef struct {
  /* key has another state (value NULL in lookup: deleted); mine: our own program did it. Old value and new can be told apart by what the receiver knows. */
  void (*changed) (GBytes *key, gboolean mine, gpointer data);
  /* What is known of key from an earlier run, another node says too: it is not old any more. NULL: changed is called instead. */
  void (*confirmed) (GBytes *key, gpointer data);
  /* the record of key is to be kept (record: MessagePack, p2p_sync_table_pack_record()) or forgotten (NULL); of writes that did not change what is seen, too */
  void (*keep)    (GBytes *key, GBytes *record, gpointer data);
  /* Nullable. FALSE: nobody keeps records just now, so that none need be made, which is a third of the work of a write */
  gboolean (*keeps) (gpointer data);
  /* a write of another was refused: counted as a drop as well */
  void (*refused) (GBytes *key, const char *owner, const GError *error, gpointer data);
} P2pSyncEvents;

/* Makes itself the layer of mesh, of which it takes a reference. The protocol's subnet already has its "1" or "0" (p2p_protocol_new_sync()). */
P2pSyncNode *p2p_sync_node_new   (P2pMeshNode *mesh, gboolean leasing);
void         p2p_sync_node_free  (P2pSyncNode *self);           /* before or after the mesh node was closed */
void         p2p_sync_node_set_events (P2pSyncNode *self, const P2pSyncEvents *events, gpointer data);
P2pSyncTable *p2p_sync_node_get_table (P2pSyncNode *self);      /* to read */
P2pMeshNode *p2p_sync_node_get_mesh (P2pSyncNode *self);

/* value: any but nil. P2P_TABLE_ERROR_{VALUE,KEY,LEASED,FULL,TOO_LARGE,JS2P_KEY}. Own state first, then the broadcast. *links (nullable): how many took it. */
gboolean p2p_sync_node_set    (P2pSyncNode *self, GBytes *key, GVariant *value, guint *links, GError **error);
gboolean p2p_sync_node_delete (P2pSyncNode *self, GBytes *key, guint *links, GError **error);                     /* NOT_FOUND, LEASED */
gboolean p2p_sync_node_delta  (P2pSyncNode *self, GBytes *key, GVariant *map, guint *links, GError **error);      /* NOT_A_MAP, ... */
/* What an earlier run kept: before listening. Own ones still within their lease are offered again when a link comes up. */
gboolean p2p_sync_node_restore (P2pSyncNode *self, GBytes *record, GError **error);
guint    p2p_sync_node_get_lease_left (P2pSyncNode *self, const P2pSyncState *state);   /* seconds; 0: anybody may write */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pSyncNode, p2p_sync_node_free)

G_END_DECLS
