/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "model/reach/rt-reachability.h"

G_BEGIN_DECLS

/* "Can others reach you?": what is known of it, one thing to do, and the router. */
#define RT_TYPE_PORTS_DIALOG (rt_ports_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtPortsDialog, rt_ports_dialog, RT, PORTS_DIALOG, AdwWindow)

RtPortsDialog *rt_ports_dialog_new (GtkWindow *parent, RtNetwork *network);

G_END_DECLS
