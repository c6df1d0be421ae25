/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Rows of long lists draw themselves, one widget a row: GTK keeps two hundred rows of a list up to date, and a label for each cell is too much for
 * that. x counts from where reading begins, so that nothing is left or right.
 */
#define RT_ROW_ICON_SIZE 16
#define RT_ROW_DIM 0.55f

/* Kept at the list, for all of its rows. */
int  rt_row_get_line_height (GtkWidget *row);
/* The font is another: each row measures again. From GtkWidgetClass.system_setting_changed. */
void rt_row_forget_line_height (GtkWidget *row);
/* One line, cut where there is no room. at_end: it stands at the end of its room. */
void rt_row_draw_text (GtkWidget *row, GtkSnapshot *snapshot, const char *text, double x, double y, double width, gboolean at_end, float alpha);
/* color: a named one; NULL: that of the text. */
void rt_row_draw_icon (GtkWidget *row, GtkSnapshot *snapshot, const char *name, double x, double y, const char *color);

G_END_DECLS
