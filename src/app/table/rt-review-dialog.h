/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "model/table/rt-table.h"

G_BEGIN_DECLS

/**
 * RtReviewDialog: the changes that wait, each with what was and what shall be; applied all together, and then what became of each.
 */
#define RT_TYPE_REVIEW_DIALOG (rt_review_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtReviewDialog, rt_review_dialog, RT, REVIEW_DIALOG, AdwWindow)

RtReviewDialog *rt_review_dialog_new (GtkWindow *parent, RtTable *table);

G_END_DECLS
