/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beside the text, among nodes of this program: who is who, and what was said while we were not there. */
#pragma once

#include "rt-catch-up.h"
#include "rt-people.h"

G_BEGIN_DECLS

typedef struct _RtNetwork RtNetwork;

/* Signal of RtNetwork: caught-up (RtCatchUp): once for a round, also for one that brought only keys; none for one that brought nothing. */

/* Everybody heard in it, you too. Transfer none; the same object for the network's life. */
RtPeople   *rt_network_get_people (RtNetwork *self);
/* GListModel of RtGap, the oldest first: when we did not hear what was said. Transfer none; the same object for the network's life. */
GListModel *rt_network_get_gaps (RtNetwork *self);

G_END_DECLS
