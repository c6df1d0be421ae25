/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row of plain text, whatever is in it: a name, an address, an id, words of a peer. subtitle: or NULL. */
GtkWidget *rt_plain_row_new (const char *title, const char *subtitle);
/* A toast of plain text: its title is markup, and one with an & in it would show nothing. */
AdwToast  *rt_plain_toast_new (const char *words);

G_END_DECLS
