/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-writer.h"

#include <glib/gi18n-lib.h>

typedef struct _Batch Batch;

/* An atomic_rc_box: the worker has a reference while it is handed over. */
struct _Batch {
  const RtStoreWriterKind *kind;
  gpointer   content;           /* NULL: it is done with */
  GPtrArray *waiting;           /* of GTask: flushes that it ends; nullable */
  Batch     *after;             /* nullable */
  gboolean   is_written;        /* of the worker's thread */
};

struct _RtStoreWriter {
  const RtStoreWriterKind *kind;
  RtStore   *store;
  gpointer   owner;             /* with a reference for each batch that is handed over */
  Batch     *gathering;
  GPtrArray *handed;            /* of Batch, oldest first: what the worker has */
  gpointer   failed;            /* what was not written, while something newer is handed over; NULL: nothing */
  GSource   *timer;
  guint      retry;
  gboolean   is_urgent;         /* what is gathered does not wait */
  gboolean   is_failing;        /* so did the newest write */
  guint64    n_lost;            /* that could not be written and were too many */
  char      *error;
};

/* ---- batches ---- */

static Batch *
new_batch (RtStoreWriter *self)
{
  Batch *batch = g_atomic_rc_box_new0 (Batch);

  batch->kind = self->kind;
  batch->content = self->kind->create (self->owner);
  return batch;
}

static void
clear_batch (gpointer data)
{
  Batch *batch = data;

  g_clear_pointer (&batch->content, batch->kind->free);
  g_clear_pointer (&batch->waiting, g_ptr_array_unref);
  if (batch->after != NULL)
    g_atomic_rc_box_release_full (batch->after, clear_batch);
}

static void
release_batch (gpointer data)
{
  g_atomic_rc_box_release_full (data, clear_batch);
}

static gboolean
is_empty (RtStoreWriter *self)
{
  return self->kind->count (self->gathering->content) == 0;
}

static void
add_waiting (Batch *batch, GTask *task)
{
  if (batch->waiting == NULL)
    batch->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (batch->waiting, task);
}

static void
answer_waiting (GPtrArray *waiting, const GError *error)
{
  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    if (error != NULL)
      g_task_return_error (waiting->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (waiting->pdata[i], TRUE);
}

gpointer
rt_store_writer_get_batch (RtStoreWriter *self, guint i)
{
  if (self->failed != NULL && i-- == 0)
    return self->failed;
  if (i < self->handed->len)
    return ((Batch *) self->handed->pdata[i])->content;
  return i == self->handed->len ? self->gathering->content : NULL;
}

gpointer
rt_store_writer_get_gathering (RtStoreWriter *self)
{
  return self->gathering->content;
}

/* ---- errors ---- */

static char *
describe (RtStoreWriter *self, const GError *error)
{
  const char *advice = rt_store_error_get_advice (error);
  g_autofree char *loss = self->n_lost > 0 && self->kind->describe_loss != NULL ? self->kind->describe_loss (self->n_lost) : NULL;
  GString *words = g_string_new (error->message);

  if (advice != NULL)
    g_string_append_printf (words, ". %s", advice);
  if (loss != NULL)
    g_string_append_printf (words, " %s", loss);
  return g_string_free (words, FALSE);
}

static void
set_error (RtStoreWriter *self, const GError *error)
{
  g_autofree char *words = error != NULL && !g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED) ? describe (self, error) : NULL;

  if (g_strcmp0 (self->error, words) == 0)
    return;
  g_free (self->error);
  self->error = g_steal_pointer (&words);
  self->kind->error_changed (self->owner);
}

const char *
rt_store_writer_get_error (RtStoreWriter *self)
{
  return self->error;
}

/* ---- writing ---- */

static void hand_over (RtStoreWriter *self);

static void
clear_timer (RtStoreWriter *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean
timer_cb (gpointer data)
{
  hand_over (data);
  return G_SOURCE_REMOVE;
}

static void
plan_write (RtStoreWriter *self, guint milliseconds)
{
  if (self->timer != NULL || self->handed->len > 0)
    return;
  self->timer = g_timeout_source_new (milliseconds);
  g_source_set_static_name (self->timer, self->kind->name);
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static gboolean
is_many (RtStoreWriter *self)
{
  return self->kind->most > 0 && self->kind->count (self->gathering->content) >= self->kind->most;
}

static void
bound (RtStoreWriter *self)
{
  self->n_lost += self->kind->bound (self->owner, self->gathering->content);
}

static void
put_back (RtStoreWriter *self, gpointer failed)
{
  if (self->failed != NULL)
    {
      self->kind->put_back (failed, g_steal_pointer (&self->failed));
      self->failed = failed;
    }
  else
    self->failed = failed;
  /* it is older than what the worker has: it waits until that comes back, too */
  if (self->handed->len > 0)
    return;
  self->kind->put_back (self->gathering->content, g_steal_pointer (&self->failed));
  bound (self);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RtStoreWriter *self = user_data;
  g_autoptr (GObject) owner G_GNUC_UNUSED = self->owner;
  g_autoptr (GError) error = NULL;
  Batch *batch = g_ptr_array_steal_index (self->handed, 0);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&batch->waiting);
  gboolean is_urgent = self->is_urgent, was_failed = self->failed != NULL;

  g_clear_pointer (&batch->after, release_batch);
  self->is_urgent = is_urgent && self->handed->len > 0;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (self->kind->written != NULL)
        self->kind->written (self->owner, batch->content);
      self->n_lost = 0;
    }
  else
    put_back (self, g_steal_pointer (&batch->content));
  g_clear_pointer (&batch->content, self->kind->free);
  release_batch (batch);
  self->is_failing = error != NULL;
  /* the error of what failed first says why */
  if (!was_failed)
    set_error (self, error);
  answer_waiting (waiting, error);
  if (self->handed->len > 0)
    return;
  if (self->gathering->waiting != NULL || (error == NULL && !is_empty (self) && (is_urgent || is_many (self))))
    hand_over (self);
  else if (!is_empty (self))
    plan_write (self, error != NULL ? self->retry : self->kind->milliseconds);
}

static void
write_job (RtStoreDb *db, GTask *task)
{
  Batch *batch = g_task_get_task_data (task);
  GError *error = NULL;

  if (batch->after != NULL && !batch->after->is_written)
    {
      g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_FAILED, "%s", _(batch->kind->doing));
      return;
    }
  batch->is_written = batch->kind->write (db, batch->content, &error);
  if (batch->is_written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes the batch. */
static void
queue_batch (RtStoreWriter *self, Batch *batch, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (self->store, NULL, callback, self);

  g_task_set_source_tag (task, queue_batch);
  g_task_set_name (task, self->kind->name);
  g_task_set_task_data (task, batch, release_batch);
  rt_store_queue (self->store, task, RT_STORE_JOB_DATABASE, write_job);
}

static void
hand_over (RtStoreWriter *self)
{
  Batch *batch = self->gathering;

  clear_timer (self);
  if (self->handed->len > 0)
    batch->after = g_atomic_rc_box_acquire (self->handed->pdata[self->handed->len - 1]);
  self->gathering = new_batch (self);
  g_ptr_array_add (self->handed, batch);
  g_object_ref (self->owner);
  queue_batch (self, g_atomic_rc_box_acquire (batch), written_cb);
}

void
rt_store_writer_gathered (RtStoreWriter *self, gboolean now)
{
  bound (self);
  if (self->handed->len > 0)
    self->is_urgent |= now;
  else if (now || (!self->is_failing && is_many (self)))
    hand_over (self);
  else
    plan_write (self, self->kind->milliseconds);
}

void
rt_store_writer_flush_async (RtStoreWriter *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self->owner, NULL, callback, user_data);

  g_task_set_source_tag (task, rt_store_writer_flush_async);
  g_task_set_name (task, self->kind->name);
  if (!is_empty (self))
    {
      add_waiting (self->gathering, task);
      if (self->handed->len == 0)
        hand_over (self);
    }
  else if (self->handed->len > 0)
    add_waiting (self->handed->pdata[self->handed->len - 1], task);
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

void
rt_store_writer_hurry (RtStoreWriter *self)
{
  if (is_empty (self))
    return;
  if (self->handed->len < RT_STORE_WRITER_HANDED)
    hand_over (self);
  else
    self->is_urgent = TRUE;
}

void
rt_store_writer_set_retry (RtStoreWriter *self, guint milliseconds)
{
  self->retry = milliseconds;
}

/* ---- life ---- */

RtStoreWriter *
rt_store_writer_new (const RtStoreWriterKind *kind, RtStore *store, gpointer owner)
{
  RtStoreWriter *self = g_new0 (RtStoreWriter, 1);

  self->kind = kind;
  self->store = g_object_ref (store);
  self->owner = owner;
  self->retry = kind->retry;
  self->handed = g_ptr_array_new_with_free_func (release_batch);
  self->gathering = new_batch (self);
  return self;
}

void
rt_store_writer_free (RtStoreWriter *self)
{
  clear_timer (self);
  /* each one that is handed over has the owner */
  g_warn_if_fail (self->handed->len == 0);
  if (!is_empty (self))
    queue_batch (self, g_steal_pointer (&self->gathering), NULL);
  g_clear_pointer (&self->gathering, release_batch);
  g_ptr_array_unref (self->handed);
  g_object_unref (self->store);
  g_free (self->error);
  g_free (self);
}
