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

/* Figures of what was said. */
typedef struct {
  guint64 deliveries;           /* that should be */
  guint64 missing;
  guint first_missing_cast;     /* numbers, valid when something is missing */
  guint first_missing_host;
  guint max_hops;
  guint p99_hops;
} SimFigures;

/*
 * Of casts sent from one world time until before another. A delivery counts when both nodes lived so long before the sending, and live so
 * long after it: -1: to the end.
 */
void    sim_net_get_figures (SimNet *net, gint64 from, gint64 until, gint64 before, gint64 after, SimFigures *figures);

/* Bytes of memory that this process has. */
gsize   sim_get_memory (void);

G_END_DECLS
