/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/rt-message-item.h"

G_BEGIN_DECLS

/**
 * RtMessageRow: a message in the timeline; used again for other ones.
 *
 * Actions: message.reply, message.retry, message.copy, message.more, message.menu.
 * Signals: reply (RtMessageItem), retry (RtMessageItem).
 */
#define RT_TYPE_MESSAGE_ROW (rt_message_row_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageRow, rt_message_row, RT, MESSAGE_ROW, GtkWidget)

GtkWidget     *rt_message_row_new      (void);
/* previous: the message above, nullable: decides on the day and the sender's name */
void           rt_message_row_bind     (RtMessageRow *self, RtMessageItem *item, RtMessageItem *previous);
RtMessageItem *rt_message_row_get_item (RtMessageRow *self);            /* transfer none, nullable */

G_END_DECLS
