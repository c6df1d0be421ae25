/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A GtkWidgetClass.focus for a container that overrides grab_focus(): GTK's own would call that, and a container that gives the
 * focus to one of its children could then not be left by the Tab key. */
gboolean rt_focus_children (GtkWidget *widget, GtkDirectionType direction);

G_END_DECLS
