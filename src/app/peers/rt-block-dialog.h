/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* RtBlockDialog: asks before somebody, or a computer, is blocked, and says what that does. */
#define RT_TYPE_BLOCK_DIALOG (rt_block_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtBlockDialog, rt_block_dialog, RT, BLOCK_DIALOG, AdwMessageDialog)

/* id, host: one of them may be NULL; host: without a port. */
RtBlockDialog *rt_block_dialog_new (GtkWindow *parent, RtNetwork *network, const char *id, const char *host);

/* What a menu does: asks; or, where the person is blocked, unblocks. host: NULL: where he is, as far as that is known. */
void rt_block_toggle (GtkWidget *from, RtNetwork *network, const char *id, const char *host);
/* The same for a block; a toast says so. */
void rt_block_unblock (GtkWidget *from, RtNetwork *network, RtBlock *block);

G_END_DECLS
