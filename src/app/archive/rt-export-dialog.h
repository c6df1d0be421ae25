/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* RtExportDialog: a network's history into a file: which part of it, how far it is, and what became of it. Closed, it stops. */
#define RT_TYPE_EXPORT_DIALOG (rt_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtExportDialog, rt_export_dialog, RT, EXPORT_DIALOG, AdwWindow)

RtExportDialog *rt_export_dialog_new    (GtkWindow *parent, RtNetwork *network);
/* What was chosen, into this file. */
void            rt_export_dialog_export (RtExportDialog *self, GFile *file);

G_END_DECLS
