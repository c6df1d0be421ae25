/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/reach/rt-reach.h"

G_BEGIN_DECLS

/* RtReachDialog: "Why can't I reach …?", for one address. */
#define RT_TYPE_REACH_DIALOG (rt_reach_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtReachDialog, rt_reach_dialog, RT, REACH_DIALOG, AdwWindow)

/* parent: an RtWindow in the program, whose actions the fixes are. address: NULL or "" for one that is typed here. */
RtReachDialog *rt_reach_dialog_new (GtkWindow *parent, RtNetwork *network, const char *address);
RtReach       *rt_reach_dialog_get_reach (RtReachDialog *self);        /* nullable */

G_END_DECLS
