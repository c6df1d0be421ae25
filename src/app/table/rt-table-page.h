/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/table/rt-table.h"
#include "rt-key-details.h"

G_BEGIN_DECLS

/**
 * RtTablePage: the table that a network shares: its keys, filtered and sorted; all of one of them, and an editor; changes that wait to be applied.
 * Property: table (RtTable, nullable).
 * Actions: table.find, .new-key, .edit, .delete, .undo, .redo, .review, .discard, .copy-key, .copy-value, .back, .keep-mine, .keep-theirs, .apply-one,
 * .unstage, .import, .export, .save-value, .show, .sort, .descending, .everything, .open-menu.
 */
#define RT_TYPE_TABLE_PAGE (rt_table_page_get_type ())
G_DECLARE_FINAL_TYPE (RtTablePage, rt_table_page, RT, TABLE_PAGE, GtkWidget)

RtTable   *rt_table_page_get_table (RtTablePage *self);                 /* nullable */
void       rt_table_page_set_table (RtTablePage *self, RtTable *table);
/* For a page of a ring, which is one of these with something around the details: side has the details in it, and says by its property show-back whether there is a way
 * back to the list; it is at least width pixels wide. Columns and menus become those of a table whose keys nobody owns. */
RtKeyDetails *rt_table_page_get_details (RtTablePage *self);
void       rt_table_page_set_side (RtTablePage *self, GtkWidget *side, int width);
void       rt_table_page_show_side (RtTablePage *self);
/* What an empty list means, and what can be done about it; action NULL: nothing. */
void       rt_table_page_set_empty (RtTablePage *self, const char *title, const char *description, const char *label, const char *action);
/* The key, also one that the filter leaves out; FALSE: there is none of that name. */
gboolean   rt_table_page_show_key (RtTablePage *self, const char *name);
/* To the other pane of the page: TRUE; past its last or first one: FALSE. */
gboolean   rt_table_page_step_pane (RtTablePage *self, int step);
/* The files that the dialogs would ask for; a toast tells what came of it. */
void       rt_table_page_import_from (RtTablePage *self, GFile *file);
void       rt_table_page_export_to (RtTablePage *self, GFile *file);

G_END_DECLS
