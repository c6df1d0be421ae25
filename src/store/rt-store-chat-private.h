/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-chat.h"
#include "rt-store-private.h"

G_BEGIN_DECLS

/* The last time that a place in the index of words can be made of: in the year 2255. */
#define RT_STORE_LAST_TIME ((G_GINT64_CONSTANT (1) << 53) - 1)

RtStoreMessage   *rt_store_message_copy_bounded (const RtStoreMessage *message);
gsize             rt_store_message_get_weight (const RtStoreMessage *self);
int               rt_store_message_compare (const RtStoreMessage *self, gint64 time, gint64 row);
RtStoreChatState *rt_store_chat_state_new (void);
RtStoreChatPage  *rt_store_chat_page_new (void);

G_END_DECLS
