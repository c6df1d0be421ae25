/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/people/rt-people.h"
#include "model/timeline/rt-message-item.h"

G_BEGIN_DECLS

/**
 * RtMessageRow: one message. Rows are used again for other messages.
 *
 * Signals, each with the RtMessageItem: reply (to whom it was for), whisper (to its sender only), retry, cancel, details, original (to the message that it answers).
 * Actions: message.reply, message.whisper, message.retry, message.cancel, message.details, message.original, message.copy, message.more, message.menu, message.open-link (an address).
 */
#define RT_TYPE_MESSAGE_ROW (rt_message_row_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageRow, rt_message_row, RT, MESSAGE_ROW, GtkWidget)

GtkWidget     *rt_message_row_new      (void);
/* previous: the message above, nullable; it decides whether the day and the sender are named. */
void           rt_message_row_bind     (RtMessageRow *self, RtMessageItem *item, RtMessageItem *previous);
/* It can be looked at and copied, and nothing else is offered. */
void           rt_message_row_set_read_only (RtMessageRow *self, gboolean read_only);
RtMessageItem *rt_message_row_get_item (RtMessageRow *self);            /* transfer none, nullable */
/* Who is who, for what stands beside a name; nullable. Before it is bound. */
void           rt_message_row_set_people (RtMessageRow *self, RtPeople *people);

G_END_DECLS
