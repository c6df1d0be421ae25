/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-table-result.h"

G_BEGIN_DECLS

/* error: taken, nullable */
P2pTableResult *p2p_table_result_new (GBytes *key, GError *error);

G_END_DECLS
