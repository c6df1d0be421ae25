/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The words of buttons and check buttons, but of flat ones only if they are more than two, are broken into lines where they have no room; GTK keeps them on one, and a window of large letters would be as wide as that. */
void rt_wrap_buttons (GtkWidget *below);

G_END_DECLS
