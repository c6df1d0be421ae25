/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chat as it is kept: what is written. Reading is in rt-store-chat-read.c. */
#include "config.h"

#include "rt-store-chat-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (RtStoreChat, rt_store_chat, G_TYPE_OBJECT)

enum { PROP_0, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void begin_write (RtStoreChat *self);

/* ---- what is not written yet ---- */

guint
rt_store_chat_get_batches (RtStoreChat *self, RtStoreChatBatch *batches[RT_STORE_CHAT_BATCHES])
{
  RtStoreChatBatch *all[RT_STORE_CHAT_BATCHES] = { self->failed, self->in_flight, self->hurried, self->gathering };
  guint n = 0;

  for (guint i = 0; i < RT_STORE_CHAT_BATCHES; i++)
    if (all[i] != NULL)
      batches[n++] = all[i];
  return n;
}

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

/* ---- errors ---- */

static char *
describe (const GError *error, guint64 n_lost)
{
  const char *advice = rt_store_error_get_advice (error);
  GString *words = g_string_new (error->message);

  if (advice != NULL)
    g_string_append_printf (words, ". %s", advice);
  if (n_lost > 0)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n_lost);

      g_string_append_c (words, ' ');
      /* Translators: a number of messages */
      g_string_append_printf (words, _("%s were too many for the memory and are lost."), number);
    }
  return g_string_free (words, FALSE);
}

/* NULL: it went well. That the database is not open concerns more than this chat, and is told by whoever opened it. */
void
rt_store_chat_set_error (RtStoreChat *self, const GError *error)
{
  g_autofree char *words = error != NULL && !g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED) ? describe (error, self->n_lost) : NULL;

  if (g_strcmp0 (self->error, words) == 0)
    return;
  g_free (self->error);
  self->error = g_steal_pointer (&words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

const char *
rt_store_chat_get_error (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), NULL);
  return self->error;
}

/* ---- writing ---- */

static void
clear_timer (RtStoreChat *self)
{
  GSource *source = self->timer != 0 ? g_main_context_find_source_by_id (g_main_context_get_thread_default (), self->timer) : NULL;

  if (source != NULL)
    g_source_destroy (source);
  self->timer = 0;
}

static gboolean
timer_cb (gpointer data)
{
  RtStoreChat *self = data;

  self->timer = 0;
  begin_write (self);
  return G_SOURCE_REMOVE;
}

static void
plan_write (RtStoreChat *self, guint milliseconds)
{
  g_autoptr (GSource) source = NULL;

  if (self->timer != 0 || self->in_flight != NULL)
    return;
  source = g_timeout_source_new (milliseconds);
  g_source_set_static_name (source, "[rt-store] chat");
  g_source_set_callback (source, timer_cb, self, NULL);
  self->timer = g_source_attach (source, g_main_context_get_thread_default ());
}

static void
answer_waiting (GPtrArray *waiting, const GError *error)
{
  for (guint i = 0; i < waiting->len; i++)
    if (error != NULL)
      g_task_return_error (waiting->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (waiting->pdata[i], TRUE);
  g_ptr_array_unref (waiting);
}

/* More than fits into memory while nothing can be written. */
static void
bound_gathering (RtStoreChat *self)
{
  guint n = rt_store_chat_batch_bound (self->gathering, self->max_waiting);

  self->n_lost += n;
}

static void
take_less (RtStoreChat *self, GArray *less)
{
  for (guint i = 0; i < less->len; i++)
    {
      const RtStoreHour *hour = &g_array_index (less, RtStoreHour, i);

      rt_store_chat_count_messages (self, hour->hour * RT_STORE_HOUR, -hour->n);
    }
}

static RtStoreChatBatch *
take_batch (RtStoreChat *self)
{
  RtStoreChatBatch *batch = self->gathering;

  batch->max_messages = self->max_messages;
  batch->max_bytes = self->max_bytes;
  self->gathering = rt_store_chat_batch_new (self->network);
  return batch;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtStoreChat) self = user_data;
  g_autoptr (GError) error = NULL;
  RtStoreChatBatch *batch = self->in_flight;
  GPtrArray *waiting = self->waiting[0];
  gboolean is_urgent = self->is_urgent, was_failed = self->failed != NULL;

  self->waiting[0] = self->waiting[1];
  self->waiting[1] = self->waiting[2];
  self->waiting[2] = g_ptr_array_new_with_free_func (g_object_unref);
  self->in_flight = g_steal_pointer (&self->hurried);
  self->is_urgent = is_urgent && self->in_flight != NULL;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      take_less (self, batch->less);
      self->n_lost = 0;
      rt_store_chat_batch_free (batch);
    }
  /* it is older than what the worker has: it waits until that comes back, too */
  else if (self->in_flight != NULL)
    self->failed = batch;
  else
    {
      rt_store_chat_batch_put_back (self->gathering, batch);
      if (self->failed != NULL)
        rt_store_chat_batch_put_back (self->gathering, g_steal_pointer (&self->failed));
      bound_gathering (self);
    }
  /* the error of what failed first says why */
  if (!was_failed)
    rt_store_chat_set_error (self, error);
  answer_waiting (waiting, error);
  if (self->in_flight != NULL)
    return;
  if (self->waiting[0]->len > 0 || (error == NULL && !rt_store_chat_batch_is_empty (self->gathering) && (is_urgent || self->gathering->messages->len >= RT_STORE_CHAT_BATCH)))
    begin_write (self);
  else if (!rt_store_chat_batch_is_empty (self->gathering))
    plan_write (self, error != NULL ? self->retry : RT_STORE_CHAT_MILLISECONDS);
}

/* The batch stays its owner's: the worker only looks at it until it has answered. */
static void
write_batch (RtStoreChat *self, RtStoreChatBatch *batch, GDestroyNotify destroy, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self->store, NULL, callback, user_data);

  g_task_set_source_tag (task, write_batch);
  g_task_set_name (task, "[rt-store] write chat");
  g_task_set_task_data (task, batch, destroy);
  rt_store_queue (self->store, task, RT_STORE_JOB_DATABASE, rt_store_chat_write_job);
}

static void
begin_write (RtStoreChat *self)
{
  clear_timer (self);
  self->in_flight = take_batch (self);
  write_batch (self, self->in_flight, NULL, written_cb, g_object_ref (self));
}

/* Something was added to what is gathered. */
static void
gathered (RtStoreChat *self, gboolean now)
{
  if (self->in_flight != NULL)
    self->is_urgent |= now;
  else if (now || (self->error == NULL && self->gathering->messages->len >= RT_STORE_CHAT_BATCH))
    begin_write (self);
  else
    plan_write (self, RT_STORE_CHAT_MILLISECONDS);
}

void
rt_store_chat_add (RtStoreChat *self, const RtStoreMessage *message, gboolean now)
{
  RtStoreMessage *copy;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (message != NULL && message->row > 0);

  if (message->id != NULL && (g_hash_table_contains (self->gathering->by_id, message->id) ||
                              (self->in_flight != NULL && g_hash_table_contains (self->in_flight->by_id, message->id)) ||
                              (self->hurried != NULL && g_hash_table_contains (self->hurried->by_id, message->id)) ||
                              (self->failed != NULL && g_hash_table_contains (self->failed->by_id, message->id))))
    return;
  copy = rt_store_message_copy_bounded (message);
  rt_store_chat_count_messages (self, copy->time, 1);
  rt_store_chat_batch_put (self->gathering, copy, TRUE);
  self->gathering->durable |= now;
  bound_gathering (self);
  gathered (self, now);
}

void
rt_store_chat_update (RtStoreChat *self, const RtStoreMessage *message, gboolean now)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (message != NULL && message->row > 0);

  rt_store_chat_batch_put (self->gathering, rt_store_message_copy_bounded (message), FALSE);
  self->gathering->durable |= now;
  bound_gathering (self);
  gathered (self, now);
}

void
rt_store_chat_add_receipt (RtStoreChat *self, GBytes *id, const char *node, gint64 time)
{
  RtStoreNewReceipt *receipt;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (id != NULL && node != NULL);

  /* as much as a disk that is full for a long time may leave in memory */
  if (self->gathering->receipts->len >= RT_STORE_CHAT_BATCH * 10)
    g_ptr_array_remove_range (self->gathering->receipts, 0, RT_STORE_CHAT_BATCH);
  receipt = g_new0 (RtStoreNewReceipt, 1);
  receipt->id = g_bytes_ref (id);
  receipt->node = g_strndup (node, RT_STORE_CHAT_WORDS);
  receipt->time = time;
  g_ptr_array_add (self->gathering->receipts, receipt);
  gathered (self, FALSE);
}

void
rt_store_chat_set_read (RtStoreChat *self, gint64 time, gint64 row)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  self->gathering->sets_read = TRUE;
  self->gathering->read_time = time;
  self->gathering->read_row = row;
  gathered (self, FALSE);
}

void
rt_store_chat_set_draft (RtStoreChat *self, const char *text)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  g_free (self->gathering->draft);
  self->gathering->draft = rt_store_cut (g_strdup (text), RT_STORE_CHAT_DRAFT);
  self->gathering->sets_draft = TRUE;
  gathered (self, FALSE);
}

void
rt_store_chat_set_muted (RtStoreChat *self, gboolean muted)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  self->gathering->sets_muted = TRUE;
  self->gathering->muted = muted;
  gathered (self, FALSE);
}

void
rt_store_chat_set_last_seen (RtStoreChat *self, gint64 seconds)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  self->gathering->sets_last_seen = TRUE;
  self->gathering->last_seen = seconds;
  gathered (self, FALSE);
}

void
rt_store_chat_save_person (RtStoreChat *self, const RtStorePerson *person)
{
  RtStorePerson *copy;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (person != NULL && person->id != NULL);

  if (g_hash_table_size (self->gathering->people) >= RT_STORE_CHAT_PEOPLE && !g_hash_table_contains (self->gathering->people, person->id))
    return;
  copy = rt_store_person_copy (person);
  copy->id = rt_store_cut (copy->id, RT_STORE_CHAT_WORDS);
  copy->name = rt_store_cut (copy->name, RT_STORE_CHAT_WORDS);
  g_hash_table_replace (self->gathering->people, copy->id, copy);
  gathered (self, FALSE);
}

void
rt_store_chat_save_gap (RtStoreChat *self, const RtStoreGap *gap)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (gap != NULL);

  if (self->gathering->gaps->len >= RT_STORE_CHAT_GAPS)
    g_array_remove_index (self->gathering->gaps, 0);
  g_array_append_val (self->gathering->gaps, *gap);
  gathered (self, FALSE);
}

void
rt_store_chat_flush_async (RtStoreChat *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_chat_flush_async);
  g_task_set_name (task, "[rt-store] flush chat");
  if (self->in_flight != NULL)
    g_ptr_array_add (self->waiting[(self->hurried != NULL) + !rt_store_chat_batch_is_empty (self->gathering)], task);
  else if (rt_store_chat_batch_is_empty (self->gathering))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
  else
    {
      g_ptr_array_add (self->waiting[0], task);
      begin_write (self);
    }
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

  if (rt_store_chat_batch_is_empty (self->gathering))
    return;
  if (self->in_flight == NULL)
    begin_write (self);
  else if (self->hurried == NULL)
    {
      self->hurried = take_batch (self);
      self->hurried->after = g_atomic_rc_box_acquire (self->in_flight->written);
      write_batch (self, self->hurried, NULL, written_cb, g_object_ref (self));
    }
  else
    self->is_urgent = TRUE;
}

void
rt_store_chat_set_limits (RtStoreChat *self, guint64 messages, guint64 bytes, gsize waiting)
{
  self->max_messages = messages;
  self->max_bytes = bytes;
  self->max_waiting = waiting;
}

void
rt_store_chat_set_retry (RtStoreChat *self, guint milliseconds)
{
  self->retry = milliseconds;
}

/* ---- object ---- */

static void
rt_store_chat_dispose (GObject *object)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  clear_timer (self);
  if (self->store != NULL && !rt_store_chat_batch_is_empty (self->gathering))
    write_batch (self, take_batch (self), (GDestroyNotify) rt_store_chat_batch_free, NULL, NULL);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (rt_store_chat_parent_class)->dispose (object);
}

static void
rt_store_chat_finalize (GObject *object)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  g_clear_pointer (&self->gathering, rt_store_chat_batch_free);
  for (guint i = 0; i < G_N_ELEMENTS (self->waiting); i++)
    g_ptr_array_unref (self->waiting[i]);
  g_array_unref (self->hours);
  g_free (self->network);
  g_free (self->error);

  G_OBJECT_CLASS (rt_store_chat_parent_class)->finalize (object);
}

static void
rt_store_chat_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  switch (prop_id)
    {
    case PROP_ERROR: g_value_set_string (value, self->error); break;
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
  for (guint i = 0; i < G_N_ELEMENTS (self->waiting); i++)
    self->waiting[i] = g_ptr_array_new_with_free_func (g_object_unref);
  self->hours = g_array_new (FALSE, FALSE, sizeof (RtStoreHour));
  self->max_messages = RT_STORE_CHAT_MESSAGES;
  self->max_bytes = RT_STORE_CHAT_BYTES;
  self->max_waiting = RT_STORE_CHAT_WAITING_BYTES;
  self->retry = RT_STORE_CHAT_RETRY_MILLISECONDS;
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
  self->gathering = rt_store_chat_batch_new (network);
  return self;
}

const char *
rt_store_chat_get_network (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), NULL);
  return self->network;
}
