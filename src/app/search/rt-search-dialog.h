/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/timeline/rt-search.h"

G_BEGIN_DECLS

/* RtSearchDialog: looks for messages in all networks, or one; which is chosen is shown in its place (app.show-message). */
#define RT_TYPE_SEARCH_DIALOG (rt_search_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtSearchDialog, rt_search_dialog, RT, SEARCH_DIALOG, AdwWindow)

RtSearchDialog *rt_search_dialog_new        (GtkWindow *parent, RtNetworks *networks);
RtSearch       *rt_search_dialog_get_search (RtSearchDialog *self);     /* transfer none */

G_END_DECLS
