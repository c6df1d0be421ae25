/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as they are kept. */
#include "rt-message-item-private.h"

#include <string.h>

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

/* A database may hold anything. */
static RtDelivery
check_delivery (const RtStoreMessage *stored)
{
  if ((stored->flags & RT_STORE_MESSAGE_OWN) == 0)
    return RT_DELIVERY_NONE;
  return stored->delivery > RT_DELIVERY_NONE && stored->delivery <= RT_DELIVERY_THROUGH ? (RtDelivery) stored->delivery : RT_DELIVERY_FAILED;
}

RtMessageItem *
rt_message_item_new_stored (const RtStoreMessage *stored)
{
  RtMessageItem *self = g_object_new (RT_TYPE_MESSAGE_ITEM, NULL);
  gboolean truncated;

  self->key.time = stored->time;
  self->key.sequence = stored->row;
  self->sent = stored->sent;
  self->own = (stored->flags & RT_STORE_MESSAGE_OWN) != 0;
  self->private = (stored->flags & RT_STORE_MESSAGE_PRIVATE) != 0;
  self->mention = (stored->flags & RT_STORE_MESSAGE_MENTION) != 0;
  self->imported = (stored->flags & RT_STORE_MESSAGE_IMPORTED) != 0;
  self->kind = (stored->flags & RT_STORE_MESSAGE_VALUES) != 0 ? RT_MESSAGE_VALUES : RT_MESSAGE_TEXT;
  self->sender = g_strdup (stored->sender != NULL ? stored->sender : "");
  self->sender_name = stored->sender_name != NULL && *stored->sender_name != '\0' ? rt_sanitise_line (stored->sender_name, RT_MESSAGE_MAX_TEXT) : rt_short_id (stored->sender);
  if (stored->recipient != NULL)
    {
      self->recipient = g_strdup (stored->recipient);
      self->recipient_name = rt_short_id (stored->recipient);
    }
  self->told = g_strdup (stored->teller);
  self->via = g_strdup (stored->via);
  self->text = rt_sanitise_text (stored->text, RT_MESSAGE_MAX_TEXT, &truncated);
  self->truncated = truncated || strlen (self->text) >= RT_MESSAGE_MAX_TEXT - 4;
  /* Own ones are kept as they were written. */
  if (self->own)
    self->written = g_strdup (stored->text != NULL ? stored->text : "");
  self->id = ref_bytes (stored->id);
  self->body = ref_bytes (stored->body);
  self->reply_to = ref_bytes (stored->reply_to);
  self->reply_state = self->reply_to != NULL ? RT_REPLY_LOOKING : RT_REPLY_NONE;
  self->file = ref_bytes (stored->file);
  rt_message_item_read_trust (self, stored);
  self->delivery = check_delivery (stored);
  self->n_links = stored->n_links;
  self->n_attempts = stored->n_attempts;
  self->next_try = stored->next_try;
  self->delivery_error = stored->error != NULL ? rt_sanitise_line (stored->error, RT_MESSAGE_MAX_TEXT) : NULL;
  for (guint i = 0; stored->receipts != NULL && stored->receipts[i] != NULL; i++)
    rt_message_item_add_receipt (self, stored->receipts[i], 0, NULL);
  self->n_kept_receipts = stored->n_receipts;
  self->weight = strlen (self->text) + (self->body != NULL ? g_bytes_get_size (self->body) : 0);
  return self;
}

RtStoreMessage *
rt_message_item_to_store (RtMessageItem *self, gboolean outbox)
{
  RtStoreMessage *stored = rt_store_message_new ();

  stored->row = self->key.sequence;
  stored->time = self->key.time;
  stored->sent = self->sent;
  stored->flags = (self->own ? RT_STORE_MESSAGE_OWN : 0) | (self->private ? RT_STORE_MESSAGE_PRIVATE : 0) | (self->mention ? RT_STORE_MESSAGE_MENTION : 0) |
                  (self->kind == RT_MESSAGE_VALUES ? RT_STORE_MESSAGE_VALUES : 0) | (self->told != NULL ? RT_STORE_MESSAGE_TOLD : 0) |
                  (self->imported ? RT_STORE_MESSAGE_IMPORTED : 0) | (outbox ? RT_STORE_MESSAGE_OUTBOX : 0);
  stored->sender = g_strdup (self->sender != NULL ? self->sender : "");
  stored->recipient = g_strdup (self->recipient);
  stored->teller = g_strdup (self->told);
  /* what the person calls him is kept once, and not in each row */
  stored->sender_name = self->own || self->claimed_name != NULL ? g_strdup (self->own ? self->sender_name : self->claimed_name) : rt_short_id (self->sender);
  stored->text = g_strdup (self->written != NULL ? self->written : self->text);
  stored->id = ref_bytes (self->id);
  stored->body = self->message != NULL ? p2p_message_dup_body (self->message) : ref_bytes (self->body);
  stored->reply_to = ref_bytes (self->reply_to);
  stored->file = ref_bytes (self->file);
  stored->via = g_strdup (self->via);
  stored->delivery = self->delivery;
  stored->n_links = self->n_links;
  stored->n_attempts = self->n_attempts;
  stored->next_try = self->next_try;
  stored->error = g_strdup (self->delivery_error);
  rt_message_item_store_trust (self, stored);
  return stored;
}
