/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/**
 * RtChatPage: what is said in a network, and where one says something.
 *
 * Property: network. Actions: chat.newest, chat.first-unread, chat.go-to-date, chat.people, chat.cancel-reply,
 * chat.show-message ((xx): a key).
 */
#define RT_TYPE_CHAT_PAGE (rt_chat_page_get_type ())
G_DECLARE_FINAL_TYPE (RtChatPage, rt_chat_page, RT, CHAT_PAGE, GtkWidget)

GtkWidget  *rt_chat_page_new           (void);
RtNetwork  *rt_chat_page_get_network   (RtChatPage *self);              /* transfer none, nullable */
void        rt_chat_page_set_network   (RtChatPage *self, RtNetwork *network);
/* What is written next goes to this node only. */
void        rt_chat_page_start_whisper (RtChatPage *self, const char *id);
/* Shows the message, and marks it for a moment. */
void        rt_chat_page_show_message  (RtChatPage *self, const RtTimelineKey *key);

/* It is before the person's eyes now: its network is told whether he reads the end of it. */
void        rt_chat_page_update_following (RtChatPage *self);

G_END_DECLS
