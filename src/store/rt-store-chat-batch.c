/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits to be written of a chat. */
#include "config.h"

#include "rt-store-chat-private.h"

#include <string.h>

/* What a message takes in memory beside its texts; about. */
#define OVERHEAD 600u

static void
free_waiting (gpointer data)
{
  RtStoreWaiting *waiting = data;

  rt_store_message_free (waiting->message);
  g_free (waiting);
}

static void
free_receipt (gpointer data)
{
  RtStoreNewReceipt *receipt = data;

  g_bytes_unref (receipt->id);
  g_free (receipt->node);
  g_free (receipt);
}

static void
free_proof (gpointer data)
{
  RtStoreNewProof *proof = data;

  g_bytes_unref (proof->id);
  g_free (proof->sender);
  g_bytes_unref (proof->proof);
  g_free (proof);
}

RtStoreChatBatch *
rt_store_chat_batch_new (const char *network)
{
  RtStoreChatBatch *self = g_new0 (RtStoreChatBatch, 1);

  self->network = g_strdup (network);
  self->messages = g_ptr_array_new_with_free_func (free_waiting);
  self->by_row = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->by_id = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->receipts = g_ptr_array_new_with_free_func (free_receipt);
  self->proofs = g_ptr_array_new_with_free_func (free_proof);
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) rt_store_person_free);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (RtStoreGap));
  self->less = g_array_new (FALSE, FALSE, sizeof (RtStoreHour));
  self->max_messages = RT_STORE_CHAT_MESSAGES;
  self->max_bytes = RT_STORE_CHAT_BYTES;
  return self;
}

void
rt_store_chat_batch_free (gpointer data)
{
  RtStoreChatBatch *self = data;

  g_free (self->network);
  g_hash_table_unref (self->by_row);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->receipts);
  g_ptr_array_unref (self->proofs);
  g_hash_table_unref (self->people);
  g_array_unref (self->gaps);
  g_array_unref (self->less);
  g_free (self->draft);
  g_free (self);
}

guint
rt_store_chat_batch_count (gpointer data)
{
  const RtStoreChatBatch *self = data;

  return self->messages->len + self->receipts->len + self->proofs->len + g_hash_table_size (self->people) + self->gaps->len + self->sets_read + self->sets_draft + self->sets_muted +
         self->sets_last_seen + self->looks;
}

static gsize
weigh (const RtStoreWaiting *waiting)
{
  return rt_store_message_get_weight (waiting->message) + OVERHEAD;
}

static void
register_waiting (RtStoreChatBatch *self, RtStoreWaiting *waiting)
{
  g_hash_table_replace (self->by_row, &waiting->message->row, waiting);
  if (waiting->message->id != NULL && waiting->is_new)
    g_hash_table_replace (self->by_id, waiting->message->id, waiting);
  self->weight += weigh (waiting);
}

static void
unregister_waiting (RtStoreChatBatch *self, RtStoreWaiting *waiting)
{
  g_hash_table_remove (self->by_row, &waiting->message->row);
  if (waiting->message->id != NULL && g_hash_table_lookup (self->by_id, waiting->message->id) == waiting)
    g_hash_table_remove (self->by_id, waiting->message->id);
  self->weight -= weigh (waiting);
}

RtStoreWaiting *
rt_store_chat_batch_put (RtStoreChatBatch *self, RtStoreMessage *message, gboolean is_new)
{
  RtStoreWaiting *waiting = g_hash_table_lookup (self->by_row, &message->row);

  if (waiting != NULL)
    {
      unregister_waiting (self, waiting);
      rt_store_message_free (waiting->message);
    }
  else
    {
      waiting = g_new0 (RtStoreWaiting, 1);
      g_ptr_array_add (self->messages, waiting);
    }
  waiting->message = message;
  waiting->is_new |= is_new;
  register_waiting (self, waiting);
  return waiting;
}

void
rt_store_chat_batch_put_back (gpointer data, gpointer failed_data)
{
  RtStoreChatBatch *newer = data, *failed = failed_data;
  g_autoptr (GPtrArray) later = newer->messages;
  GPtrArray *receipts = newer->receipts, *proofs = newer->proofs;
  GHashTableIter iter;
  gpointer person;

  newer->messages = g_ptr_array_new_with_free_func (free_waiting);
  g_hash_table_remove_all (newer->by_row);
  g_hash_table_remove_all (newer->by_id);
  newer->weight = 0;
  for (guint i = 0; i < failed->messages->len; i++)
    {
      RtStoreWaiting *waiting = failed->messages->pdata[i];

      rt_store_chat_batch_put (newer, g_steal_pointer (&waiting->message), waiting->is_new);
    }
  g_hash_table_remove_all (failed->by_row);
  g_hash_table_remove_all (failed->by_id);
  g_ptr_array_set_free_func (failed->messages, g_free);
  for (guint i = 0; i < later->len; i++)
    {
      RtStoreWaiting *waiting = later->pdata[i];

      rt_store_chat_batch_put (newer, g_steal_pointer (&waiting->message), waiting->is_new);
    }
  g_ptr_array_set_free_func (later, g_free);

  newer->receipts = g_ptr_array_ref (failed->receipts);
  g_ptr_array_extend_and_steal (newer->receipts, receipts);
  newer->proofs = g_ptr_array_ref (failed->proofs);
  g_ptr_array_extend_and_steal (newer->proofs, proofs);
  g_hash_table_iter_init (&iter, failed->people);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    if (g_hash_table_size (newer->people) < RT_STORE_CHAT_PEOPLE && !g_hash_table_contains (newer->people, ((RtStorePerson *) person)->id))
      {
        RtStorePerson *copy = rt_store_person_copy (person);

        g_hash_table_insert (newer->people, copy->id, copy);
      }
  g_array_prepend_vals (newer->gaps, failed->gaps->data, failed->gaps->len);
  if (failed->sets_read && !newer->sets_read)
    {
      newer->sets_read = TRUE;
      newer->read_time = failed->read_time;
      newer->read_row = failed->read_row;
    }
  if (failed->sets_draft && !newer->sets_draft)
    {
      newer->sets_draft = TRUE;
      newer->draft = g_steal_pointer (&failed->draft);
    }
  if (failed->sets_muted && !newer->sets_muted)
    {
      newer->sets_muted = TRUE;
      newer->muted = failed->muted;
    }
  if (failed->sets_last_seen && !newer->sets_last_seen)
    {
      newer->sets_last_seen = TRUE;
      newer->last_seen = failed->last_seen;
    }
  newer->durable |= failed->durable;
  newer->looks |= failed->looks;
  g_array_append_vals (newer->less, failed->less->data, failed->less->len);
  rt_store_chat_batch_free (failed);
}

guint
rt_store_chat_batch_bound (RtStoreChatBatch *self, gsize weight)
{
  g_autoptr (GPtrArray) all = NULL;
  guint n = 0;

  if (self->weight <= weight)
    return 0;
  all = g_steal_pointer (&self->messages);
  self->messages = g_ptr_array_new_with_free_func (free_waiting);
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      RtStoreWaiting *waiting = all->pdata[i];

      /* a little more than has to go: this is not for each message that comes */
      if (self->weight > weight - weight / 16 && (waiting->message->flags & RT_STORE_MESSAGE_OWN) == 0)
        {
          unregister_waiting (self, waiting);
          rt_store_hours_add (self->less, waiting->message->time, waiting->is_new ? 1 : 0);
          free_waiting (waiting);
          n++;
        }
      else
        g_ptr_array_add (self->messages, waiting);
    }
  return n;
}

RtStoreChatQuery *
rt_store_chat_query_new (const char *network)
{
  RtStoreChatQuery *self = g_new0 (RtStoreChatQuery, 1);

  self->network = g_strdup (network);
  return self;
}

void
rt_store_chat_query_free (RtStoreChatQuery *self)
{
  g_free (self->network);
  g_clear_pointer (&self->id, g_bytes_unref);
  g_free (self->key);
  g_clear_pointer (&self->hours, g_array_unref);
  g_free (self);
}

/* The hours of what is removed or added at once are few. */
void
rt_store_hours_add (GArray *hours, gint64 time, gint64 n)
{
  RtStoreHour hour = { time / RT_STORE_HOUR, n, 0 };

  if (n == 0)
    return;
  for (guint i = hours->len; i-- > 0;)
    if (g_array_index (hours, RtStoreHour, i).hour == hour.hour)
      {
        g_array_index (hours, RtStoreHour, i).n += n;
        return;
      }
  g_array_append_val (hours, hour);
}
