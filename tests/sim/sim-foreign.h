/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-tables.h"

G_BEGIN_DECLS

/*
 * How the tables of py2p's kind differ from ours when all is quiet, and why: what became of the write that holds with us where it differs,
 * and what is there instead. Each kind has a line in table-exceptions.txt; a kind that has none is a failure.
 */
typedef enum {
  SIM_FOREIGN_COMPARED,         /* numbers of SimNet.counts; the kinds of the file follow */
  SIM_FOREIGN_EQUAL,
  SIM_FOREIGN_APART,            /* nodes in no network with ours: nothing was compared */
  SIM_FOREIGN_KINDS,
} SimForeignCount;

/* The names of what is counted, in that order; ends with NULL, transfer full. */
char  **sim_foreign_load_kinds (void);
/* Compares the tables of all models that live with the one of ours (all of which are equal). strict: any difference fails */
void    sim_foreign_compare    (SimNet *net, const char *const *kinds, guint n_keys, gboolean strict);

G_END_DECLS
