/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of what was said: back from the store before the node is heard, and into it from then on. */
#include "config.h"

#include "rt-network-private.h"
#include "model/timeline/rt-store-timeline.h"

#include <glib/gi18n-lib.h>

RtStoreChat *
rt_network_get_chat (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->chat;
}

gboolean
rt_network_get_chat_loaded (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  return self->chat_loaded;
}

/* The disk is full, or it cannot be written for another reason: the chat goes on, but would not be there after a restart. */
static void
chat_error_cb (RtStoreChat *chat, GParamSpec *pspec, RtNetwork *self)
{
  const char *error = rt_store_chat_get_error (chat);

  if (error != NULL)
    {
      g_free (self->chat_trouble);
      self->chat_trouble = g_strdup_printf (_("What is said is not kept at the moment. %s"), error);
      rt_network_set_error (self, self->chat_trouble, NULL, FALSE);
      return;
    }
  if (self->chat_trouble != NULL && g_strcmp0 (self->chat_trouble, self->error) == 0)
    rt_network_set_error (self, NULL, NULL, FALSE);
  g_clear_pointer (&self->chat_trouble, g_free);
}

void
rt_network_end_load (RtNetwork *self)
{
  self->chat_loaded = TRUE;
  rt_network_emit_chat_loaded (self);
  rt_network_begin_waiting (self);
}

/* Everything works as before, in memory. */
static void
go_without (RtNetwork *self)
{
  rt_network_free_chat (self);
  g_clear_object (&self->timeline);
  self->timeline = RT_TIMELINE_SOURCE (rt_memory_timeline_new (RT_MEMORY_TIMELINE_MAX_ITEMS));
  rt_network_notify_timeline (self);
}

static void
chat_loaded_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetwork) self = user_data;
  g_autoptr (GError) error = NULL;
  RtStoreChatState *state = rt_store_chat_load_finish (RT_STORE_CHAT (chat), result, &error);

  /* the network is left already */
  if (self->chat == NULL)
    {
      g_clear_pointer (&state, rt_store_chat_state_free);
      self->chat_loaded = TRUE;
      return;
    }
  if (state == NULL)
    {
      g_autofree char *words = g_strdup_printf (_("What was said here before cannot be read, and what is said now is not kept. %s"), error->message);

      go_without (self);
      if (!g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED))
        {
          self->chat_trouble = g_steal_pointer (&words);
          rt_network_set_error (self, self->chat_trouble, NULL, FALSE);
        }
      rt_network_talk_loaded (self, NULL);
      rt_network_end_load (self);
      return;
    }
  self->chat_state = state;
  if (state->newest_time < g_get_real_time () + RT_NETWORK_MAX_AHEAD)
    self->newest_time = MAX (self->newest_time, state->newest_time);
  /* rows are called by names */
  rt_network_talk_loaded (self, state);
  rt_store_timeline_begin (RT_STORE_TIMELINE (self->timeline), state->tail, state->n_messages > state->tail->len);
  rt_network_restore_outbox (self, state->outbox);
  rt_network_restore_unread (self);
  rt_network_begin_age (self);
}

static RtMessageItem *
make_stored (const RtStoreMessage *stored, gpointer data)
{
  RtMessageItem *item = rt_message_item_new_stored (stored);

  rt_network_prepare_item (data, item, NULL);
  return item;
}

void
rt_network_open_chat (RtNetwork *self)
{
  g_return_if_fail (self->chat == NULL);

  self->chat = rt_store_chat_new (self->store, rt_network_config_get_uuid (self->config));
  self->chat_loaded = FALSE;
  g_signal_connect_object (self->chat, "notify::error", G_CALLBACK (chat_error_cb), self, 0);
  g_clear_object (&self->timeline);
  self->timeline = RT_TIMELINE_SOURCE (rt_store_timeline_new (self->chat, make_stored, self));
  rt_store_chat_load_async (self->chat, NULL, chat_loaded_cb, g_object_ref (self));
}

void
rt_network_hurry_chat (RtNetwork *self)
{
  if (self->chat != NULL)
    rt_store_chat_hurry (self->chat);
}

void
rt_network_free_chat (RtNetwork *self)
{
  if (self->chat != NULL)
    g_signal_handlers_disconnect_by_data (self->chat, self);
  if (self->timeline != NULL && RT_IS_STORE_TIMELINE (self->timeline))
    rt_store_timeline_close (RT_STORE_TIMELINE (self->timeline));
  g_clear_object (&self->chat);
  g_clear_pointer (&self->chat_state, rt_store_chat_state_free);
  g_clear_pointer (&self->chat_trouble, g_free);
}

gint64
rt_network_take_row (RtNetwork *self)
{
  return self->chat != NULL ? rt_store_chat_take_row (self->chat) : ++self->sequence;
}

/* ---- rows by the id of their message ---- */

static void
found_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetwork *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (RtStoreMessage) stored = rt_store_chat_find_finish (RT_STORE_CHAT (chat), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (stored != NULL && RT_IS_STORE_TIMELINE (self->timeline))
    g_task_return_pointer (task, rt_store_timeline_adopt (RT_STORE_TIMELINE (self->timeline), stored), g_object_unref);
  else
    g_task_return_pointer (task, NULL, NULL);
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
  item = rt_network_find_held (self, id);
  if (item == NULL && self->chat != NULL)
    rt_store_chat_find_async (self->chat, id, cancellable, found_cb, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, item != NULL ? g_object_ref (item) : NULL, g_object_unref);
}

RtMessageItem *
rt_network_find_message_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
