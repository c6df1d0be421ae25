/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-scenario.h"

G_BEGIN_DECLS

/* A bar of the simulator: a scenario of each seed, and how many of them. */
typedef struct {
  const char *name;
  SimScenario *(*make) (guint64 seed, gboolean deep);
  guint seeds;                  /* from 1; in the quick part; 0: not there */
  guint deep_seeds;             /* with SIM_DEEP=1 */
  gboolean twice;               /* and the same hash */
  guint least_failing;          /* not 0: something is wrong on purpose, and at least so many % of the seeds have to find it */
  guint most_failing;           /* so many % may fail: what it takes is not all ours */
  const char *const *counts;    /* what the scenario counts, NULL: nothing; ends with NULL */
  guint shrinks_to;             /* not 0: so many events at most, of the first of them */
} SimBar;

/* As a test: what fails is told, with how to run it again. */
gboolean sim_bar_test (const SimBar *bar, gboolean deep);

/* The tests of the bars; with options, single seeds of them: see --help. SIM_DEEP=1: in full size; SIM_FIRST: the first seed if not 1 */
int sim_main (int argc, char **argv, const SimBar *bars, guint n_bars);

G_END_DECLS
