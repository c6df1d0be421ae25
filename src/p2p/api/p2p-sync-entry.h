/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pSyncEntry:
 *
 * A key of a shared table and how it stands: a row of p2p_sync_socket_get_entries(). There is one for a key as long as somebody
 * holds it. It is of the thread of its socket; when the socket is gone it stays as it was last.
 *
 * All properties are read-only and notify, but for #P2pSyncEntry:lease-left, which passes by itself and notifies when another
 * lease began or the old one was renewed or ended.
 */
#define P2P_TYPE_SYNC_ENTRY (p2p_sync_entry_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pSyncEntry, p2p_sync_entry, P2P, SYNC_ENTRY, GObject)

P2P_EXPORT GBytes     *p2p_sync_entry_get_key (P2pSyncEntry *self);               /* transfer none */
P2P_EXPORT const char *p2p_sync_entry_get_text (P2pSyncEntry *self);              /* nullable: the key, when it is text */
P2P_EXPORT GVariant   *p2p_sync_entry_get_value (P2pSyncEntry *self);             /* transfer full, nullable: deleted */
P2P_EXPORT guint64     p2p_sync_entry_get_value_size (P2pSyncEntry *self);        /* bytes on the wire */
P2P_EXPORT const char *p2p_sync_entry_get_owner (P2pSyncEntry *self);             /* nullable */
P2P_EXPORT gint64      p2p_sync_entry_get_timestamp (P2pSyncEntry *self);         /* UTC seconds */
P2P_EXPORT guint       p2p_sync_entry_get_lease_left (P2pSyncEntry *self);        /* seconds; 0: anybody may write */
P2P_EXPORT gint64      p2p_sync_entry_get_lease_end (P2pSyncEntry *self);         /* UTC seconds; 0: there is no lease */
P2P_EXPORT gboolean    p2p_sync_entry_get_mine (P2pSyncEntry *self);
P2P_EXPORT gboolean    p2p_sync_entry_get_old (P2pSyncEntry *self);
P2P_EXPORT gboolean    p2p_sync_entry_get_signed (P2pSyncEntry *self);           /* by its owner, all that the value is made of */
P2P_EXPORT gboolean    p2p_sync_entry_get_deleted (P2pSyncEntry *self);

G_END_DECLS
