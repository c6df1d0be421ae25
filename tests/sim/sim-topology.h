/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-scenario.h"

G_BEGIN_DECLS

typedef struct {
  guint from, to;
} SimEdge;

/*
 * All hosts start within the first second, and at second 1 + their share of span each dials the next one on so many random rings: a
 * network of one piece where each node has two links a ring. Returns who dials whom (SimEdge, transfer full).
 */
GArray *sim_add_rings (SimScenario *scenario, TestRng *rng, guint n_rings, gint64 span);

/* Figures of what was said. A delivery counts when the node lived from the sending on until the end. */
typedef struct {
  guint64 deliveries;           /* that should be */
  guint64 missing;
  guint first_missing_cast;     /* numbers, valid when something is missing */
  guint first_missing_host;
  guint max_hops;
  guint p99_hops;
} SimFigures;

/* Of casts sent before until (world time). stable: nodes born so long before the sending; 0 counts all. */
void    sim_net_get_figures (SimNet *net, gint64 stable, gint64 until, SimFigures *figures);

/* Bytes of memory that this process has. */
gsize   sim_get_memory (void);

G_END_DECLS
