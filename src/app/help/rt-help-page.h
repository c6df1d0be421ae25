/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "rt-guide.h"

G_BEGIN_DECLS

/**
 * RtHelpPage: a page of the user guide, as widgets: what stands in it, the pages that are listed in it, and at its end the pages that its
 * text leads to, so that every link is a row with a name, too.
 * Signal: go (string: "page" or "page#section"). Up and Down scroll what it is in.
 */
#define RT_TYPE_HELP_PAGE (rt_help_page_get_type ())
G_DECLARE_FINAL_TYPE (RtHelpPage, rt_help_page, RT, HELP_PAGE, GtkWidget)

GtkWidget   *rt_help_page_new (RtGuide *guide, RtGuidePage *page);
RtGuidePage *rt_help_page_get_page (RtHelpPage *self);
/* Of a section, or of a block; NULL: there is none. */
GtkWidget   *rt_help_page_find_section (RtHelpPage *self, const char *id);
GtkWidget   *rt_help_page_find_block (RtHelpPage *self, int block);
/* A list of pages, whose rows lead to them by rt_help_row_get_target(). */
GtkWidget   *rt_help_list_new (const char *name);
void         rt_help_list_add (GtkListBox *list, const char *target, const char *title, const char *words);
const char  *rt_help_row_get_target (GtkListBoxRow *row);

G_END_DECLS
