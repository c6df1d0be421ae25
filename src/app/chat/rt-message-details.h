/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/timeline/rt-message-item.h"
#include "model/people/rt-people.h"
#include "store/rt-store-chat.h"

G_BEGIN_DECLS

/* RtMessageDetails: all that is known of a message, its packets as typed values; what changes meanwhile changes in it. */
#define RT_TYPE_MESSAGE_DETAILS (rt_message_details_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageDetails, rt_message_details, RT, MESSAGE_DETAILS, AdwWindow)

/* people: who is who; chat: where its receipts are kept; both nullable */
RtMessageDetails *rt_message_details_new (GtkWindow *parent, RtMessageItem *item, RtPeople *people, RtStoreChat *chat);

G_END_DECLS
