/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/**
 * RtIdentitiesWindow: who the person is, in which network: a list, and a page for each. There new ones are made, and brought from elsewhere.
 */
#define RT_TYPE_IDENTITIES_WINDOW (rt_identities_window_get_type ())
G_DECLARE_FINAL_TYPE (RtIdentitiesWindow, rt_identities_window, RT, IDENTITIES_WINDOW, AdwPreferencesWindow)

/* The one that there is, or a new one. ref: of the one whose page is shown; NULL: the list. */
RtIdentitiesWindow *rt_identities_window_present (GtkWindow *parent, RtNetworks *networks, const char *ref);
/* As if it had been chosen in a file dialog. */
void                rt_identities_window_import (RtIdentitiesWindow *self, GFile *file);

G_END_DECLS
