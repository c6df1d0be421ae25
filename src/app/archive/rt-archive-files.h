/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What was chosen; nothing is called when it was not. */
typedef void (*RtArchiveChosen) (GtkWindow *window, GFile *file);

/* One question of a window at a time; it goes with the window. name: of a file to be written; NULL: one is to be opened. */
void rt_archive_ask_file (GtkWindow *window, const char *title, const char *accept, const char *name, RtArchiveChosen chosen);

G_END_DECLS
