/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row of the timeline tells about itself. */
#include "rt-message-item-private.h"

P2pMessage *
rt_message_item_get_message (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);

  /* Of most rows nobody asks for it. */
  if (self->message == NULL && self->body != NULL)
    {
      self->message = p2p_message_new_from_body (self->body, NULL);
      g_clear_pointer (&self->body, g_bytes_unref);
    }
  return self->message;
}

RtMessageKind
rt_message_item_get_kind (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), RT_MESSAGE_TEXT);
  return self->kind;
}

const char *
rt_message_item_get_text (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->text;
}

const char *
rt_message_item_get_written (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->written;
}

const char *
rt_message_item_get_sender (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->sender;
}

const char *
rt_message_item_get_sender_name (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->sender_name;
}

gboolean
rt_message_item_get_imported (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->imported;
}

gboolean
rt_message_item_get_own (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->own;
}

gboolean
rt_message_item_get_private (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->private;
}

const char *
rt_message_item_get_recipient (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->recipient;
}

RtDelivery
rt_message_item_get_delivery (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), RT_DELIVERY_NONE);
  return self->delivery;
}

guint
rt_message_item_get_n_links (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->n_links;
}

const char *
rt_message_item_get_delivery_error (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->delivery_error;
}

gint64
rt_message_item_get_time (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->key.time;
}

gint64
rt_message_item_get_sent_time (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->sent;
}

GBytes *
rt_message_item_get_id (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->id;
}

GBytes *
rt_message_item_get_reply_to (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->reply_to;
}

RtReplyState
rt_message_item_get_reply_state (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), RT_REPLY_NONE);
  return self->reply_state;
}

const char *
rt_message_item_get_reply_preview (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->reply_preview;
}

const char *
rt_message_item_get_reply_name (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->reply_name;
}

const char *
rt_message_item_get_told (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->told;
}

const char *
rt_message_item_get_via (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->via;
}

GObject *
rt_message_item_get_attachment (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->attachment;
}

GBytes *
rt_message_item_get_file (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->file;
}

gboolean
rt_message_item_get_mention (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->mention;
}

const char *
rt_message_item_get_sender_word (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->sender_word;
}

const char *
rt_message_item_get_recipient_name (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->recipient_name;
}

guint
rt_message_item_get_n_attempts (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->n_attempts;
}

gint64
rt_message_item_get_next_try (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->next_try;
}

gboolean
rt_message_item_get_truncated (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->truncated;
}

guint
rt_message_item_get_n_receipts (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return MAX (self->receipts != NULL ? self->receipts->len : 0, self->n_kept_receipts);
}

const char *
rt_message_item_get_receipt (RtMessageItem *self, guint position, gint64 *time)
{
  const RtReceipt *receipt;

  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);

  if (self->receipts == NULL || position >= self->receipts->len)
    return NULL;
  receipt = &g_array_index (self->receipts, RtReceipt, position);
  if (time != NULL)
    *time = receipt->time;
  return receipt->node;
}
