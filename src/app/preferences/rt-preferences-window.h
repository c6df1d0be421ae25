/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "app/rt-background.h"
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/**
 * RtPreferencesWindow: what the person may choose, as it is in RtSettings: it is so at once; and the own name, which is kept with the networks. What would erase something asks first.
 */
#define RT_TYPE_PREFERENCES_WINDOW (rt_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (RtPreferencesWindow, rt_preferences_window, RT, PREFERENCES_WINDOW, AdwPreferencesWindow)

/* background: nullable */
GtkWidget *rt_preferences_window_new (GtkWindow *parent, RtNetworks *networks, RtSettings *settings, RtBackground *background);

G_END_DECLS
