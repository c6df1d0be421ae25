/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages for chats, and a chat's calls waited for. */
#pragma once

#include "store-test.h"
#include "store/rt-store-chat.h"
#include "store/rt-store-search.h"

G_BEGIN_DECLS

/* A second; times of messages in tests are small. */
#define SECOND ((gint64) G_USEC_PER_SEC)

/* Of a network of that name, which is saved first when it is not there; its state is loaded and thrown away. */
RtStoreChat      *open_chat (RtStore *store, const char *network);
RtStoreChatState *load_chat (RtStoreChat *chat);
GBytes           *make_id (guint n);
/* With the id make_id (n), by "sender"; row taken. */
RtStoreMessage   *make_message (RtStoreChat *chat, guint n, gint64 time, const char *text);
void              add_message (RtStoreChat *chat, guint n, gint64 time, const char *text);
gboolean          flush_chat (RtStoreChat *chat, GError **error);
RtStoreChatPage  *load_page (RtStoreChat *chat, RtStoreChatWhere where, gint64 time, gint64 row, guint n);
RtStoreMessage   *find_message (RtStoreChat *chat, guint n);
RtStoreResult    *search (RtStore *store, const RtStoreQuery *query);
/* deep with STORE_DEEP=1 */
guint             choose (guint quick, guint deep);
/* "message N of them" at second N + 1, own ones to be on the disk at once */
void              add_numbered (RtStoreChat *chat, guint n, gboolean own);
/* Past the store: the file is sound, and has n messages however they are counted. */
void              assert_whole (const char *path, const char *n);
/* However it goes: another one may open it then. */
void              close_somehow (RtStore *store);
/* The texts, with a space between. */
char             *print_messages (GPtrArray *messages);

#define assert_messages(messages, expected) \
  G_STMT_START { g_autofree char *printed_ = print_messages (messages); g_assert_cmpstr (printed_, ==, expected); } G_STMT_END
/* The seconds of what was found, with a space between. */
char             *print_hits (const RtStoreResult *result);

#define assert_hits(result, expected) \
  G_STMT_START { g_autofree char *printed_ = print_hits (result); g_assert_cmpstr (printed_, ==, expected); } G_STMT_END
#define ASSERT_FOUND(store, words_, expected) \
  G_STMT_START { \
    g_autoptr (RtStoreResult) found_ = search (store, &(RtStoreQuery) { .words = (char *) words_ }); \
    assert_hits (found_, expected); \
  } G_STMT_END

G_END_DECLS
