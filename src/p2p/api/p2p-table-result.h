/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pTableResult:
 *
 * What became of one key of p2p_sync_socket_update(), or of an operation of #P2pChordSocket on many. Immutable, reference-counted, for any thread.
 */
typedef struct _P2pTableResult P2pTableResult;

#define P2P_TYPE_TABLE_RESULT (p2p_table_result_get_type ())
P2P_EXPORT GType           p2p_table_result_get_type (void);
P2P_EXPORT P2pTableResult *p2p_table_result_ref      (P2pTableResult *self);
P2P_EXPORT void            p2p_table_result_unref    (P2pTableResult *self);
P2P_EXPORT GBytes         *p2p_table_result_get_key  (P2pTableResult *self);      /* transfer none */
P2P_EXPORT const GError   *p2p_table_result_get_error (P2pTableResult *self);     /* transfer none, nullable: it was taken */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pTableResult, p2p_table_result_unref)

G_END_DECLS
