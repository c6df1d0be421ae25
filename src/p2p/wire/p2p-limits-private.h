/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-limits.h"

G_BEGIN_DECLS

/* Internal: limits, or the defaults where it is NULL. */
const P2pLimits *p2p_limits_or_default (const P2pLimits *limits);
/* For what a peer decides the size of: NULL when memory is short. Freed by g_free(). */
gpointer p2p_limits_allocate (const P2pLimits *limits, gsize length);

G_END_DECLS
