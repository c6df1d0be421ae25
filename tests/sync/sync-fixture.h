/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/sync/p2p-sync-table.h"
#include "p2p/wire/p2p-value.h"

/* text: a GVariant in its text form */
GBytes  *sync_pack (const char *text);
P2pMerge sync_merge (P2pSyncTable *table, const char *key, P2pWriteKind kind, const char *owner, gint64 time, guint sequence, const char *text, gint64 now, GError **error);
/* A store or a delete (text NULL), its id made of all of it, at a time when it is not from the future. */
P2pMerge sync_write (P2pSyncTable *table, const char *key, const char *owner, gint64 time, const char *text);
P2pMerge sync_delta (P2pSyncTable *table, const char *key, const char *owner, gint64 time, const char *text);
/* "owner@time value", the time and its sequence; NULL: nothing known. Deleted: "owner@time -" */
char    *sync_show (P2pSyncTable *table, const char *key);
#define sync_assert(table, key, expected) G_STMT_START { g_autofree char *shown = sync_show (table, key); g_assert_cmpstr (shown, ==, expected); } G_STMT_END
void     sync_assert_equal (P2pSyncTable *a, P2pSyncTable *b);
/* All that from knows, packed and unpacked as on its way, into to. How many were refused. */
guint    sync_copy (P2pSyncTable *from, P2pSyncTable *to, gint64 now);
