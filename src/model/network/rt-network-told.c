/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others tell of what was said while we were away. */
#include "rt-network-talk-private.h"

RtTold *
rt_told_new (P2pMessage *message, gint64 heard, GBytes *reply, GBytes *proof)
{
  RtTold *told = g_new0 (RtTold, 1);

  told->message = p2p_message_ref (message);
  told->heard = heard;
  told->reply = reply != NULL ? g_bytes_ref (reply) : NULL;
  told->proof = proof != NULL ? g_bytes_ref (proof) : NULL;
  return told;
}

void
rt_told_free (RtTold *told)
{
  p2p_message_unref (told->message);
  g_clear_pointer (&told->reply, g_bytes_unref);
  g_clear_pointer (&told->proof, g_bytes_unref);
  g_free (told);
}

typedef struct {
  GPtrArray *told;
  char      *teller;
  guint      next;
  GPtrArray *items;             /* those that were new */
} Take;

static void
take_free (gpointer data)
{
  Take *take = data;

  g_ptr_array_unref (take->told);
  g_free (take->teller);
  g_clear_pointer (&take->items, g_ptr_array_unref);
  g_free (take);
}

static void
take_one (RtNetwork *self, Take *take, const RtTold *told)
{
  g_autoptr (RtMessageItem) item = NULL;

  /* with a proof of something else somebody means to deceive us: it is as if it had not been told. Without one it is a claim. */
  if (told->proof != NULL && !rt_network_check_proof (self, told->message, told->proof))
    {
      self->talk->counts.told_forged++;
      return;
    }
  self->talk->counts.told_proved += told->proof != NULL;
  item = rt_message_item_new_told (told->message, told->heard * G_USEC_PER_SEC, rt_network_take_row (self), take->teller);
  rt_message_item_set_reply_to (item, told->reply);
  if (told->proof != NULL)
    rt_message_item_set_verified (item, told->proof);
  /* he signs, and what is told of him without that is no better than what is heard so */
  else if (rt_network_is_unsigned (self, told->message))
    rt_message_item_set_unsigned (item);
  rt_message_item_set_mention (item, rt_text_mentions (rt_message_item_get_text (item), self->user_name));
  rt_network_prepare_item (self, item, NULL);
  rt_network_add_item (self, item);
  rt_network_note_original (self, item);
  g_ptr_array_add (take->items, g_object_ref (item));
}

static void
looked_for_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetwork *self = RT_NETWORK (source);
  Take *take = g_task_get_task_data (task);
  const RtTold *told = take->told->pdata[take->next++];
  g_autoptr (GError) error = NULL;
  g_autoptr (RtMessageItem) known = rt_network_find_message_finish (self, result, &error);

  if (known == NULL && error == NULL && p2p_message_get_flag (told->message) == P2P_FLAG_BROADCAST)
    take_one (self, take, told);
  else if (known != NULL && told->proof != NULL && rt_message_item_get_proof (known) == NULL && !rt_message_item_get_private (known) &&
           rt_network_check_proof (self, told->message, told->proof))
    {
      g_autoptr (GBytes) id = p2p_message_get_id (told->message);

      rt_network_note_proof (self, id, p2p_message_get_sender (told->message), told->proof);
    }
  if (take->next < take->told->len)
    {
      const RtTold *next = take->told->pdata[take->next];
      g_autoptr (GBytes) id = p2p_message_get_id (next->message);

      rt_network_find_message_async (self, id, NULL, looked_for_cb, g_steal_pointer (&task));
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&take->items), (GDestroyNotify) g_ptr_array_unref);
}

void
rt_network_take_told_async (RtNetwork *self, GPtrArray *told, const char *teller, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Take *take = g_new0 (Take, 1);

  g_task_set_source_tag (task, rt_network_take_told_async);
  g_task_set_name (task, "[rt-model] take what was told");
  take->told = g_ptr_array_ref (told);
  take->teller = g_strdup (teller);
  take->items = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, take, take_free);
  if (told->len > 0)
    {
      const RtTold *first = told->pdata[0];
      g_autoptr (GBytes) id = p2p_message_get_id (first->message);

      rt_network_find_message_async (self, id, NULL, looked_for_cb, g_steal_pointer (&task));
      return;
    }
  g_task_return_pointer (task, g_steal_pointer (&take->items), (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *
rt_network_take_told_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
