/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * RtHelpWindow: the user guide, offline: a page of it, the way back, a search. It stays usable while a dialog is open: it is in a window group of its own.
 * Properties: page (id of the page that is shown; read only, notifies).
 * Actions: help.back, help.contents, help.search.
 */
#define RT_TYPE_HELP_WINDOW (rt_help_window_get_type ())
G_DECLARE_FINAL_TYPE (RtHelpWindow, rt_help_window, RT, HELP_WINDOW, AdwWindow)

RtHelpWindow *rt_help_window_new (GtkApplication *application);
/* target: "page" or "page#section"; one that is not there is the index. */
void          rt_help_window_go (RtHelpWindow *self, const char *target);
const char   *rt_help_window_get_page (RtHelpWindow *self);

G_END_DECLS
