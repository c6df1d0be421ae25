/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-sync-entry-private.h"

G_BEGIN_DECLS

/*
 * The keys that have a value, in the order of their bytes, as the signals told so far: the table itself may be ahead of that while
 * several changes of one frame are being told. A list model of P2pSyncEntry, which are made when somebody asks for them.
 */
#define P2P_TYPE_SYNC_ENTRIES (p2p_sync_entries_get_type ())
G_DECLARE_FINAL_TYPE (P2pSyncEntries, p2p_sync_entries, P2P, SYNC_ENTRIES, GObject)

/* The entry of a key that the list has, transfer full */
typedef P2pSyncEntry *(*P2pEnsureEntryFunc) (GBytes *key, gpointer data);

P2pSyncEntries *p2p_sync_entries_new    (P2pEnsureEntryFunc ensure, gpointer data);
guint           p2p_sync_entries_get_n  (P2pSyncEntries *self);
/* TRUE: the list was another, and has said so; whoever it told may have done anything. */
gboolean        p2p_sync_entries_note   (P2pSyncEntries *self, GBytes *key, gboolean has_value);
/* The socket goes: the list is empty from now on. */
void            p2p_sync_entries_detach (P2pSyncEntries *self);

G_END_DECLS
