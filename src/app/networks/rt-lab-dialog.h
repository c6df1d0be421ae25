/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/demo/rt-lab.h"

G_BEGIN_DECLS

/* Makes a network worse on purpose; what is chosen holds at once. */
#define RT_TYPE_LAB_DIALOG (rt_lab_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtLabDialog, rt_lab_dialog, RT, LAB_DIALOG, AdwWindow)

RtLabDialog *rt_lab_dialog_new (GtkWindow *parent, RtNetwork *network);

G_END_DECLS
