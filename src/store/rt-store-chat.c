/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chat as it is kept: what is written. Reading is in rt-store-chat-read.c. */
#include "config.h"

#include "rt-store-chat-private.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE (RtStoreChat, rt_store_chat, G_TYPE_OBJECT)

enum { PROP_0, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

static RtStoreChatBatch *
get_gathering (RtStoreChat *self)
{
  return rt_store_writer_get_gathering (self->writer);
}

/* ---- how it is written ---- */

static gpointer
create_batch (gpointer owner)
{
  RtStoreChat *self = owner;
  RtStoreChatBatch *batch = rt_store_chat_batch_new (self->network);

  batch->max_messages = self->max_messages;
  batch->max_bytes = self->max_bytes;
  batch->keep_since = self->keep_since;
  return batch;
}

static guint
bound_batch (gpointer owner, gpointer batch)
{
  return rt_store_chat_batch_bound (batch, RT_STORE_CHAT (owner)->max_waiting);
}

/* What was not added, or went. */
static void
written (gpointer owner, gpointer data)
{
  RtStoreChat *self = owner;
  const RtStoreChatBatch *batch = data;

  for (guint i = 0; i < batch->less->len; i++)
    {
      const RtStoreHour *hour = &g_array_index (batch->less, RtStoreHour, i);

      rt_store_chat_count_messages (self, hour->hour * RT_STORE_HOUR, -hour->n);
    }
  get_gathering (self)->looks |= batch->more;
}

static void
error_changed (gpointer owner)
{
  g_object_notify_by_pspec (owner, properties[PROP_ERROR]);
}

static char *
describe_loss (guint64 n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n);

  /* Translators: a number of messages */
  return g_strdup_printf (_("%s were too many for the memory and are lost."), number);
}

static const RtStoreWriterKind kind = {
  .name = "[rt-store] chat",
  .doing = N_("The messages cannot be written"),
  .milliseconds = RT_STORE_CHAT_MILLISECONDS,
  .most = RT_STORE_CHAT_BATCH,
  .retry = RT_STORE_CHAT_RETRY_MILLISECONDS,
  .create = create_batch,
  .free = rt_store_chat_batch_free,
  .count = rt_store_chat_batch_count,
  .write = rt_store_chat_write,
  .put_back = rt_store_chat_batch_put_back,
  .bound = bound_batch,
  .written = written,
  .error_changed = error_changed,
  .describe_loss = describe_loss,
};

/* ---- what is known without asking ---- */

gint64
rt_store_chat_take_row (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), 0);

  /* Nothing could be read, and perhaps something can be written later. No other chat began in the same microsecond. */
  if (self->next_row == 0)
    self->next_row = g_get_real_time () << 10;
  return self->next_row++;
}

gint64
rt_store_chat_get_last_row (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), 0);

  return MAX (self->next_row - 1, 0);
}

const char *
rt_store_chat_get_error (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), NULL);
  return rt_store_writer_get_error (self->writer);
}

/* ---- writing ---- */

static gboolean
waits (RtStoreChat *self, GBytes *id)
{
  const RtStoreChatBatch *batch;

  for (guint i = 0; (batch = rt_store_writer_get_batch (self->writer, i)) != NULL; i++)
    if (g_hash_table_contains (batch->by_id, id))
      return TRUE;
  return FALSE;
}

static void
put (RtStoreChat *self, RtStoreMessage *message, gboolean is_new, gboolean now)
{
  RtStoreChatBatch *gathering = get_gathering (self);

  rt_store_chat_batch_put (gathering, message, is_new);
  gathering->durable |= now;
  rt_store_writer_gathered (self->writer, now);
}

void
rt_store_chat_add (RtStoreChat *self, const RtStoreMessage *message, gboolean now)
{
  RtStoreMessage *copy;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (message != NULL && message->row > 0);

  if (message->id != NULL && waits (self, message->id))
    return;
  copy = rt_store_message_copy_bounded (message);
  rt_store_chat_count_messages (self, copy->time, 1);
  put (self, copy, TRUE, now);
}

void
rt_store_chat_update (RtStoreChat *self, const RtStoreMessage *message, gboolean now)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (message != NULL && message->row > 0);

  put (self, rt_store_message_copy_bounded (message), FALSE, now);
}

void
rt_store_chat_set_proof (RtStoreChat *self, GBytes *id, const char *sender, GBytes *proof)
{
  RtStoreChatBatch *gathering;
  RtStoreWaiting *waiting;
  RtStoreNewProof *later;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (id != NULL && sender != NULL && proof != NULL);

  if (g_bytes_get_size (proof) > RT_STORE_CHAT_PROOF)
    return;
  gathering = get_gathering (self);
  waiting = g_hash_table_lookup (gathering->by_id, id);
  if (waiting != NULL && waiting->message->proof == NULL && g_strcmp0 (waiting->message->sender, sender) == 0)
    {
      RtStoreMessage *message = rt_store_message_copy (waiting->message);

      message->proof = g_bytes_ref (proof);
      message->flags |= RT_STORE_MESSAGE_VERIFIED;
      rt_store_chat_batch_put (gathering, message, FALSE);
      return;
    }
  if (gathering->proofs->len >= RT_STORE_CHAT_BATCH * 10)
    g_ptr_array_remove_range (gathering->proofs, 0, RT_STORE_CHAT_BATCH);
  later = g_new0 (RtStoreNewProof, 1);
  later->id = g_bytes_ref (id);
  later->sender = g_strdup (sender);
  later->proof = g_bytes_ref (proof);
  g_ptr_array_add (gathering->proofs, later);
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_add_receipt (RtStoreChat *self, GBytes *id, const char *node, gint64 time)
{
  RtStoreChatBatch *gathering;
  RtStoreNewReceipt *receipt;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (id != NULL && node != NULL);

  gathering = get_gathering (self);
  /* as much as a disk that is full for a long time may leave in memory */
  if (gathering->receipts->len >= RT_STORE_CHAT_BATCH * 10)
    g_ptr_array_remove_range (gathering->receipts, 0, RT_STORE_CHAT_BATCH);
  receipt = g_new0 (RtStoreNewReceipt, 1);
  receipt->id = g_bytes_ref (id);
  receipt->node = g_strndup (node, RT_STORE_CHAT_WORDS);
  receipt->time = time;
  g_ptr_array_add (gathering->receipts, receipt);
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_set_read (RtStoreChat *self, gint64 time, gint64 row)
{
  RtStoreChatBatch *gathering;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  gathering = get_gathering (self);
  gathering->sets_read = TRUE;
  gathering->read_time = time;
  gathering->read_row = row;
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_set_draft (RtStoreChat *self, const char *text)
{
  RtStoreChatBatch *gathering;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  gathering = get_gathering (self);
  g_free (gathering->draft);
  gathering->draft = rt_store_cut (g_strdup (text), RT_STORE_CHAT_DRAFT);
  gathering->sets_draft = TRUE;
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_set_muted (RtStoreChat *self, gboolean muted)
{
  RtStoreChatBatch *gathering;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  gathering = get_gathering (self);
  gathering->sets_muted = TRUE;
  gathering->muted = muted;
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_set_last_seen (RtStoreChat *self, gint64 seconds)
{
  RtStoreChatBatch *gathering;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  gathering = get_gathering (self);
  gathering->sets_last_seen = TRUE;
  gathering->last_seen = seconds;
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_keep_since (RtStoreChat *self, gint64 since)
{
  RtStoreChatBatch *gathering;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  gathering = get_gathering (self);
  self->keep_since = gathering->keep_since = since;
  if (since == 0)
    return;
  gathering->looks = TRUE;
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_save_person (RtStoreChat *self, const RtStorePerson *person)
{
  RtStoreChatBatch *gathering;
  RtStorePerson *copy;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (person != NULL && person->id != NULL);

  gathering = get_gathering (self);
  if (g_hash_table_size (gathering->people) >= RT_STORE_CHAT_PEOPLE && !g_hash_table_contains (gathering->people, person->id))
    return;
  copy = rt_store_person_copy (person);
  copy->id = rt_store_cut (copy->id, RT_STORE_CHAT_WORDS);
  copy->name = rt_store_cut (copy->name, RT_STORE_CHAT_WORDS);
  copy->petname = rt_store_cut (copy->petname, RT_STORE_CHAT_WORDS);
  copy->compared_name = rt_store_cut (copy->compared_name, RT_STORE_CHAT_WORDS);
  if (copy->pub != NULL && g_bytes_get_size (copy->pub) != 32)
    g_clear_pointer (&copy->pub, g_bytes_unref);
  g_hash_table_replace (gathering->people, copy->id, copy);
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_save_gap (RtStoreChat *self, const RtStoreGap *gap)
{
  RtStoreChatBatch *gathering;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (gap != NULL);

  gathering = get_gathering (self);
  if (gathering->gaps->len >= RT_STORE_CHAT_GAPS)
    g_array_remove_index (gathering->gaps, 0);
  g_array_append_val (gathering->gaps, *gap);
  rt_store_writer_gathered (self->writer, FALSE);
}

void
rt_store_chat_flush_async (RtStoreChat *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  rt_store_writer_flush_async (self->writer, callback, user_data);
}

gboolean
rt_store_chat_flush_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rt_store_chat_hurry (RtStoreChat *self)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  rt_store_writer_hurry (self->writer);
}

void
rt_store_chat_set_limits (RtStoreChat *self, guint64 messages, guint64 bytes, gsize waiting)
{
  RtStoreChatBatch *gathering = get_gathering (self);

  self->max_messages = gathering->max_messages = messages;
  self->max_bytes = gathering->max_bytes = bytes;
  self->max_waiting = waiting;
}

void
rt_store_chat_set_retry (RtStoreChat *self, guint milliseconds)
{
  rt_store_writer_set_retry (self->writer, milliseconds);
}

/* ---- object ---- */

static void
rt_store_chat_dispose (GObject *object)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  g_clear_pointer (&self->writer, rt_store_writer_free);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (rt_store_chat_parent_class)->dispose (object);
}

static void
rt_store_chat_finalize (GObject *object)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  g_array_unref (self->hours);
  g_free (self->network);

  G_OBJECT_CLASS (rt_store_chat_parent_class)->finalize (object);
}

static void
rt_store_chat_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  switch (prop_id)
    {
    case PROP_ERROR: g_value_set_string (value, rt_store_writer_get_error (self->writer)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_store_chat_class_init (RtStoreChatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_store_chat_dispose;
  object_class->finalize = rt_store_chat_finalize;
  object_class->get_property = rt_store_chat_get_property;
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_store_chat_init (RtStoreChat *self)
{
  self->hours = g_array_new (FALSE, FALSE, sizeof (RtStoreHour));
  self->max_messages = RT_STORE_CHAT_MESSAGES;
  self->max_bytes = RT_STORE_CHAT_BYTES;
  self->max_waiting = RT_STORE_CHAT_WAITING_BYTES;
}

RtStoreChat *
rt_store_chat_new (RtStore *store, const char *network)
{
  RtStoreChat *self;

  g_return_val_if_fail (RT_IS_STORE (store), NULL);
  g_return_val_if_fail (network != NULL, NULL);

  self = g_object_new (RT_TYPE_STORE_CHAT, NULL);
  self->store = g_object_ref (store);
  self->network = g_strdup (network);
  self->writer = rt_store_writer_new (&kind, store, self);
  return self;
}

const char *
rt_store_chat_get_network (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), NULL);
  return self->network;
}
