/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/*
 * The actions of a widget that is about one network (its property "network"): network.invite, .edit, .rename, .secret, .announce, .leave, .start, .stop,
 * .mark-read. They do no work: each hands the network's uuid to the window's action of that name.
 */
void rt_network_actions_install (GtkWidgetClass *widget_class);
/* Which of them make sense now; to be called when the network's state changes. */
void rt_network_actions_update  (GtkWidget *widget, RtNetwork *network);

/* Its state, and before that that it is private, where it is. Transfer full. */
char       *rt_network_dup_state_words (RtNetwork *network);
/* How a state is drawn; the words are the network's own. */
const char *rt_network_state_icon (RtNetworkState state);

G_END_DECLS
