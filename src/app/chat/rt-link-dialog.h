/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Shows where an address leads, all of it, with what is odd about it; it is opened, or copied, only when the person says so. parent: a widget of the window. Transfer none. */
GtkWindow *rt_link_dialog_present (GtkWidget *parent, const char *address);

G_END_DECLS
