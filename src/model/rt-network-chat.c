/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of what was said, and rows by the id of their message. */
#include "config.h"

#include "rt-network-private.h"

#include <glib/gi18n-lib.h>

RtStoreChat *
rt_network_get_chat (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return NULL;
}

gboolean
rt_network_get_chat_loaded (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  return TRUE;
}

/* The newest first: what is asked for is mostly new. Transfer none. */
static RtMessageItem *
find_here (RtNetwork *self, GBytes *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->timeline));

  while (n-- > 0)
    {
      g_autoptr (RtMessageItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), n);
      GBytes *other = rt_message_item_get_id (item);

      if (other != NULL && g_bytes_equal (other, id))
        return item;
    }
  return NULL;
}

void
rt_network_find_message_async (RtNetwork *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  RtMessageItem *item;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_network_find_message_async);
  g_task_set_name (task, "[rt-model] find message");
  item = find_here (self, id);
  g_task_return_pointer (task, item != NULL ? g_object_ref (item) : NULL, g_object_unref);
}

RtMessageItem *
rt_network_find_message_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
looked_up_cb (GObject *network, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtMessageItem) item = user_data;
  g_autoptr (RtMessageItem) original = rt_network_find_message_finish (RT_NETWORK (network), result, NULL);

  if (original != NULL)
    rt_message_item_set_reply (item, RT_REPLY_FOUND, rt_message_item_get_text (original), rt_message_item_get_own (original) ? _("You") : rt_message_item_get_sender_name (original));
  else
    rt_message_item_set_reply (item, RT_REPLY_UNKNOWN, NULL, NULL);
}

void
rt_network_look_up_reply (RtNetwork *self, RtMessageItem *item)
{
  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  if (rt_message_item_get_reply_to (item) != NULL && rt_message_item_begin_reply (item))
    rt_network_find_message_async (self, rt_message_item_get_reply_to (item), NULL, looked_up_cb, g_object_ref (item));
}

/* ---- what others say beside the text ---- */

static void
tell_changed (RtNetwork *self, RtMessageItem *item)
{
  rt_memory_timeline_item_changed (self->timeline, RT_TIMELINE_ITEM (item));
}

void
rt_network_note_receipt (RtNetwork *self, GBytes *id, const char *node, gint64 time)
{
  RtMessageItem *item = find_here (self, id);

  /* of a private one whoever else says so lies */
  if (item != NULL && rt_message_item_get_private (item) && g_strcmp0 (rt_message_item_get_recipient (item), node) != 0)
    return;
  if (item != NULL && rt_message_item_get_own (item) && rt_message_item_add_receipt (item, node, time, NULL))
    tell_changed (self, item);
}

void
rt_network_note_reply (RtNetwork *self, GBytes *id, GBytes *to)
{
  RtMessageItem *item = find_here (self, id);

  if (item == NULL || rt_message_item_get_reply_to (item) != NULL)
    return;
  rt_message_item_set_reply_to (item, to);
  tell_changed (self, item);
}

void
rt_network_note_file (RtNetwork *self, GBytes *id, GBytes *file)
{
  RtMessageItem *item = find_here (self, id);

  if (item == NULL || rt_message_item_get_file (item) != NULL)
    return;
  rt_message_item_set_file (item, file);
  rt_network_prepare_item (self, item, NULL);
  tell_changed (self, item);
}

void
rt_network_note_name (RtNetwork *self, const char *id, const char *name, const char *word)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->timeline));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtMessageItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), i);

      if (!rt_message_item_get_own (item) && g_strcmp0 (rt_message_item_get_sender (item), id) == 0)
        rt_message_item_set_sender_name (item, name, word);
      if (g_strcmp0 (rt_message_item_get_recipient (item), id) == 0)
        rt_message_item_set_recipient_name (item, name);
    }
}
