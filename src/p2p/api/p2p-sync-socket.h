/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-mesh-socket.h"
#include "p2p-sync-entry.h"
#include "p2p-table-result.h"

G_BEGIN_DECLS

/**
 * P2pSyncSocket:
 *
 * A #P2pMeshSocket whose nodes share a table: every node holds all of it, and what one writes the others have soon. Keys are bytes
 * (those of a text its UTF-8), values whatever MessagePack can say, but for nil.
 *
 * With #P2pSyncSocket:leasing who writes a key has it for an hour, and for another hour from each write of it on; until then the
 * writes of others are refused, here and everywhere. A lease keeps people from overwriting each other. It is not a lock: nodes that
 * cannot hear each other may both have written. They agree on one of the values when they meet. Nor does it keep out who means ill:
 * since when he has a key each node says himself, and is believed for up to two days. Who wrote a value is proved where
 * #P2pSyncEntry:signed says so; a program that cares who may write looks at that and at #P2pSyncEntry:owner.
 *
 * The protocol that it is made with is the program's own; the socket puts "1" or "0" for leasing behind the subnet, as the
 * originals do. Messages of people pass as in any #P2pMeshSocket.
 *
 * Handlers may do anything, dropping the last reference to the socket included. All of it is of the socket's thread.
 */
/* Signals:
 *   update (GBytes key, GVariant value, P2pSyncEntry entry)     a key has a new value, of ours or another's
 *   delete (GBytes key)                                         it has none any more
 *   confirmed (GBytes key)                                      what an earlier run knew of it is not old any more
 *   record (GBytes key, GBytes record nullable)                 what has to be kept for p2p_sync_socket_restore(); NULL: forget it
 *   refused (GBytes key, string owner, GError reason)           a write of another node that this table did not take */
#define P2P_TYPE_SYNC_SOCKET (p2p_sync_socket_get_type ())
P2P_EXPORT G_DECLARE_DERIVABLE_TYPE (P2pSyncSocket, p2p_sync_socket, P2P, SYNC_SOCKET, P2pMeshSocket)

/**
 * P2pSyncSocketClass:
 * @parent_class: the class that it derives from
 *
 * The class of #P2pSyncSocket. A subclass has nothing to override: it connects to signals, as any program.
 */
struct _P2pSyncSocketClass {
  P2pMeshSocketClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

/* The errors of p2p_mesh_socket_new() */
P2P_EXPORT P2pSyncSocket *p2p_sync_socket_new (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, gboolean leasing, GError **error);
P2P_EXPORT gboolean       p2p_sync_socket_get_leasing (P2pSyncSocket *self);
P2P_EXPORT guint          p2p_sync_socket_get_n_keys (P2pSyncSocket *self);
/* P2pSyncEntry by the bytes of the keys, transfer none. Live; entries are made when asked for. */
P2P_EXPORT GListModel    *p2p_sync_socket_get_entries (P2pSyncSocket *self);

/* ---- reading; it goes on when the socket was closed ---- */
P2P_EXPORT gboolean      p2p_sync_socket_contains (P2pSyncSocket *self, GBytes *key);
P2P_EXPORT gboolean      p2p_sync_socket_contains_text (P2pSyncSocket *self, const char *key);
P2P_EXPORT P2pSyncEntry *p2p_sync_socket_get_entry (P2pSyncSocket *self, GBytes *key);            /* transfer full, nullable */
P2P_EXPORT char         *p2p_sync_socket_dup_writer (P2pSyncSocket *self, GBytes *key);          /* nullable; of a deleted key who deleted it */
/* transfer full; P2P_TABLE_ERROR_NOT_FOUND */
P2P_EXPORT GVariant     *p2p_sync_socket_get (P2pSyncSocket *self, GBytes *key, GError **error);
P2P_EXPORT GVariant     *p2p_sync_socket_get_text (P2pSyncSocket *self, const char *key, GError **error);
P2P_EXPORT GVariant     *p2p_sync_socket_get_with_fallback (P2pSyncSocket *self, GBytes *key, GVariant *fallback);   /* transfer full, nullable */
P2P_EXPORT GPtrArray    *p2p_sync_socket_get_keys (P2pSyncSocket *self);           /* transfer full: of GBytes */
P2P_EXPORT GVariant     *p2p_sync_socket_get_values (P2pSyncSocket *self);         /* transfer full: av */
P2P_EXPORT GVariant     *p2p_sync_socket_get_items (P2pSyncSocket *self);          /* transfer full: a(ayv), a copy of the table */

/* ---- writing: P2P_TABLE_ERROR, and P2P_LINK_ERROR_SOCKET_CLOSED ---- */
P2P_EXPORT gboolean   p2p_sync_socket_set (P2pSyncSocket *self, GBytes *key, GVariant *value, GError **error);
P2P_EXPORT gboolean   p2p_sync_socket_set_text (P2pSyncSocket *self, const char *key, GVariant *value, GError **error);
P2P_EXPORT gboolean   p2p_sync_socket_delete_key (P2pSyncSocket *self, GBytes *key, GError **error);
P2P_EXPORT gboolean   p2p_sync_socket_delete_text (P2pSyncSocket *self, const char *key, GError **error);
/* entries: a(ayv) or a{sv}. Each is tried, in order; how many were taken. results: one P2pTableResult for each, transfer full. */
P2P_EXPORT guint      p2p_sync_socket_update (P2pSyncSocket *self, GVariant *entries, GPtrArray **results);
/* The value that was deleted, transfer full */
P2P_EXPORT GVariant  *p2p_sync_socket_pop (P2pSyncSocket *self, GBytes *key, GError **error);
P2P_EXPORT GVariant  *p2p_sync_socket_pop_text (P2pSyncSocket *self, const char *key, GError **error);
P2P_EXPORT GVariant  *p2p_sync_socket_pop_with_fallback (P2pSyncSocket *self, GBytes *key, GVariant *fallback, GError **error);
P2P_EXPORT gboolean   p2p_sync_socket_popitem (P2pSyncSocket *self, GBytes **key, GVariant **value, GError **error);
/* The merged map, transfer full */
P2P_EXPORT GVariant  *p2p_sync_socket_apply_delta (P2pSyncSocket *self, GBytes *key, GVariant *map, GError **error);
P2P_EXPORT GVariant  *p2p_sync_socket_apply_delta_text (P2pSyncSocket *self, const char *key, GVariant *map, GError **error);

/* What the signal record gave in an earlier run: before listen() */
P2P_EXPORT gboolean   p2p_sync_socket_restore (P2pSyncSocket *self, GBytes *record, GError **error);

G_END_DECLS
