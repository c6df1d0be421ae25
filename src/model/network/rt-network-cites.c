/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages that cite a key of the table. */
#include "config.h"

#include "rt-network-private.h"
#include "model/timeline/rt-link.h"
#include "store/rt-store-chat.h"

static gboolean
cites (const char *text, const char *key)
{
  g_autoptr (GArray) links = rt_links_find (text);

  for (guint i = 0; i < links->len; i++)
    {
      RtLink *link = &g_array_index (links, RtLink, i);
      g_autofree char *name = link->kind == RT_LINK_KEY ? rt_link_dup_target (text, link) : NULL;

      if (g_strcmp0 (name, key) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetwork *self = g_task_get_source_object (task);
  const char *key = g_task_get_task_data (task);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) messages = NULL;
  GError *error = NULL;

  messages = rt_store_chat_cites_finish (RT_STORE_CHAT (object), result, &error);
  if (messages == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < messages->len; i++)
    {
      RtStoreMessage *message = messages->pdata[i];
      RtMessageItem *item;

      /* the store looks for words; what a citation is, the links say */
      if (message->text == NULL || !cites (message->text, key))
        continue;
      item = rt_message_item_new_stored (message);
      rt_network_prepare_item (self, item, NULL);
      g_ptr_array_add (items, item);
    }
  g_task_return_pointer (task, g_steal_pointer (&items), (GDestroyNotify) g_ptr_array_unref);
}

void
rt_network_find_cites_async (RtNetwork *self, const char *key, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtStoreChat *chat;
  GTask *task;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (key != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_network_find_cites_async);
  g_task_set_task_data (task, g_strdup (key), g_free);
  chat = rt_network_get_chat (self);
  if (chat != NULL)
    {
      rt_store_chat_cites_async (chat, key, n, cancellable, found_cb, task);
      return;
    }
  g_task_return_pointer (task, g_ptr_array_new_with_free_func (g_object_unref), (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

GPtrArray *
rt_network_find_cites_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
