/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-scenario.h"

G_BEGIN_DECLS

/* Something that goes wrong in this time, and mostly comes right again. with_skew: a clock may be put wrong, and a node may be told to
 * part from another; both stay so */
/* Some of the hosts are of py2p's kind, some have compression methods of their own, which the others may lack. */
void sim_add_kinds (SimScenario *self, TestRng *rng, double share);
void sim_add_fault   (SimScenario *scenario, TestRng *rng, gint64 from, gint64 until, gboolean with_skew);
/* All that could be wrong is right from now on: lines, hosts, groups; and everybody is there. */
void sim_add_peace   (SimScenario *scenario, gint64 time);
/* Messages to all, whispers, questions for peers. */
void sim_add_traffic (SimScenario *scenario, TestRng *rng, gint64 from, gint64 until, gint64 longest);

G_END_DECLS
