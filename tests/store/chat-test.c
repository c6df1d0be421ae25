/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat-test.h"

#include <string.h>

RtStoreChatState *
load_chat (RtStoreChat *chat)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtStoreChatState *state;

  rt_store_chat_load_async (chat, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  state = rt_store_chat_load_finish (chat, result, &error);
  g_assert_no_error (error);
  return state;
}

RtStoreChat *
open_chat (RtStore *store, const char *network)
{
  g_autoptr (RtStoreNetwork) saved = make_network (network, 0, network);
  g_autoptr (RtStoreChatState) state G_GNUC_UNUSED = NULL;
  RtStoreChat *chat;

  g_assert_true (save_network (store, saved, NULL));
  chat = rt_store_chat_new (store, network);
  state = load_chat (chat);
  return chat;
}

GBytes *
make_id (guint n)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) &n, sizeof n);
  g_checksum_get_digest (checksum, digest, &length);
  return g_bytes_new (digest, length);
}

RtStoreMessage *
make_message (RtStoreChat *chat, guint n, gint64 time, const char *text)
{
  RtStoreMessage *message = rt_store_message_new ();

  message->row = rt_store_chat_take_row (chat);
  message->time = time;
  message->sent = time / SECOND;
  message->sender = g_strdup ("sender");
  message->text = g_strdup (text);
  message->id = make_id (n);
  message->body = g_bytes_new (text, strlen (text));
  return message;
}

void
add_message (RtStoreChat *chat, guint n, gint64 time, const char *text)
{
  g_autoptr (RtStoreMessage) message = make_message (chat, n, time, text);

  rt_store_chat_add (chat, message, FALSE);
}

gboolean
flush_chat (RtStoreChat *chat, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_chat_flush_async (chat, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_chat_flush_finish (chat, result, error);
}

RtStoreChatPage *
load_page (RtStoreChat *chat, RtStoreChatWhere where, gint64 time, gint64 row, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtStoreChatPage *page;

  rt_store_chat_page_async (chat, where, time, row, n, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  page = rt_store_chat_page_finish (chat, result, &error);
  g_assert_no_error (error);
  return page;
}

RtStoreMessage *
find_message (RtStoreChat *chat, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) id = make_id (n);
  g_autoptr (GError) error = NULL;
  RtStoreMessage *message;

  rt_store_chat_find_async (chat, id, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  message = rt_store_chat_find_finish (chat, result, &error);
  g_assert_no_error (error);
  return message;
}

RtStoreResult *
search (RtStore *store, const RtStoreQuery *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtStoreResult *found;

  rt_store_search_async (store, query, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  found = rt_store_search_finish (store, result, &error);
  g_assert_no_error (error);
  return found;
}

char *
print_messages (GPtrArray *messages)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", ((RtStoreMessage *) messages->pdata[i])->text);
  return g_string_free (text, FALSE);
}

guint
choose (guint quick, guint deep)
{
  return g_getenv ("STORE_DEEP") != NULL ? deep : quick;
}

void
add_numbered (RtStoreChat *chat, guint n, gboolean own)
{
  g_autofree char *text = g_strdup_printf ("message %u of them", n);
  g_autoptr (RtStoreMessage) message = make_message (chat, n, (gint64) (n + 1) * SECOND, text);

  message->flags = own ? RT_STORE_MESSAGE_OWN : 0;
  rt_store_chat_add (chat, message, own);
}

void
assert_whole (const char *path, const char *n)
{
  assert_answer (path, "PRAGMA integrity_check", "ok");
  tell (path, "INSERT INTO message_words (message_words) VALUES ('integrity-check')");
  assert_answer (path, "SELECT count (*) FROM messages", n);
  assert_answer (path, "SELECT count (DISTINCT id) FROM messages", n);
  assert_answer (path, "SELECT sum (n_messages) FROM chats", n);
  assert_answer (path, "SELECT sum (n) FROM chat_hours", n);
}

/* Another one may open it then; that the disk fails while it is closed is nothing to wonder about here. */
void
close_somehow (RtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_close_async (store, rt_wait_result_cb, &result);
  rt_wait_result (result);
  rt_store_close_finish (store, result, NULL);
}

char *
print_hits (const RtStoreResult *result)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < result->hits->len; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? " " : "", (int) (((RtStoreHit *) result->hits->pdata[i])->message->time / SECOND));
  return g_string_free (text, FALSE);
}
