/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/table/rt-table.h"

G_BEGIN_DECLS

/**
 * RtStagedRow: a change that waits: the key, what it was and what it shall be, and what stands in its way; with the buttons to take it back and, of a
 * conflict, to decide.
 */
#define RT_TYPE_STAGED_ROW (rt_staged_row_get_type ())
G_DECLARE_FINAL_TYPE (RtStagedRow, rt_staged_row, RT, STAGED_ROW, GtkWidget)

/* Both NULL: nothing. */
void        rt_staged_row_set_item (RtStagedRow *self, RtTable *table, RtTableRow *item);
/* What an RtTableOutcome looks like. */
const char *rt_outcome_icon (RtTableOutcome outcome);
char       *rt_outcome_dup_words (RtTableResult *result);

G_END_DECLS
