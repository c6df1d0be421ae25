/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-limits.h"

G_BEGIN_DECLS

/*
 * What the unfinished frames of all links of a node may take together (P2pLimits.in_budget). A link charges it for what it keeps. Where
 * there is no room, the link that keeps most is ended, so that whoever hoards loses, and never one that has a little; of those that
 * keep as much, one that gets nothing more, and of these the newest.
 */
typedef struct _P2pBudget P2pBudget;

P2pBudget *p2p_budget_new      (const P2pLimits *limits);   /* borrowed for its life */
void       p2p_budget_free     (P2pBudget *self);           /* after its links */
gsize      p2p_budget_get_used (P2pBudget *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pBudget, p2p_budget_free)

G_END_DECLS
