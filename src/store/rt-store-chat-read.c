/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chat as it is kept: what is read, with what waits to be written. */
#include "config.h"

#include "rt-store-chat-private.h"

static GTask *
new_task (RtStoreChat *self, gpointer tag, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, name);
  return task;
}

/* Read by the worker, completed here: what was handed to it before is in what it read, the answers come in the order of the jobs; so what waits now is all that can be missing. */
static void
ask_worker (RtStoreChat *self, GTask *outer, RtStoreChatQuery *query, RtStoreJob job, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (self->store, g_task_get_cancellable (outer), callback, outer);

  g_task_set_source_tag (task, ask_worker);
  g_task_set_name (task, "[rt-store] read chat");
  g_task_set_task_data (task, query, (GDestroyNotify) rt_store_chat_query_free);
  rt_store_queue (self->store, task, RT_STORE_JOB_DATABASE, job);
}

/* ---- load ---- */

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  RtStoreChat *self = g_task_get_source_object (outer);
  GError *error = NULL;
  RtStoreChatState *state = g_task_propagate_pointer (G_TASK (result), &error);

  if (state == NULL)
    {
      g_task_return_error (outer, error);
      return;
    }
  rt_store_chat_take_state (self, state, g_task_get_task_data (G_TASK (result)));
  g_task_return_pointer (outer, state, (GDestroyNotify) rt_store_chat_state_free);
}

void
rt_store_chat_load_async (RtStoreChat *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_STORE_CHAT (self));

  ask_worker (self, new_task (self, rt_store_chat_load_async, "[rt-store] load chat", cancellable, callback, user_data), rt_store_chat_query_new (self->network),
              rt_store_chat_load_job, loaded_cb);
}

RtStoreChatState *
rt_store_chat_load_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- pages ---- */

static int
compare_messages (gconstpointer a, gconstpointer b)
{
  const RtStoreMessage *first = *(RtStoreMessage **) a, *second = *(RtStoreMessage **) b;

  return rt_store_message_compare (first, second->time, second->row);
}

/* What waits is put over what was read: it is newer. An update that was read by the worker already is the same. */
static gboolean
merge_batch (RtStoreChatPage *page, const RtStoreChatBatch *batch)
{
  g_autoptr (GHashTable) rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  gboolean added = FALSE;

  for (guint i = 0; i < page->messages->len; i++)
    {
      RtStoreMessage *message = page->messages->pdata[i];

      g_hash_table_insert (rows, &message->row, GUINT_TO_POINTER (i + 1));
      if (message->id != NULL)
        g_hash_table_add (ids, message->id);
    }
  for (guint i = 0; i < batch->messages->len; i++)
    {
      const RtStoreWaiting *waiting = batch->messages->pdata[i];
      guint at = GPOINTER_TO_UINT (g_hash_table_lookup (rows, &waiting->message->row));

      if (at > 0)
        {
          RtStoreMessage *old = page->messages->pdata[at - 1], *copy = rt_store_message_copy (waiting->message);

          copy->n_receipts = old->n_receipts;
          copy->receipts = g_strdupv (old->receipts);
          g_hash_table_remove (rows, &old->row);
          if (old->id != NULL)
            g_hash_table_remove (ids, old->id);
          page->messages->pdata[at - 1] = copy;
          g_hash_table_insert (rows, &copy->row, GUINT_TO_POINTER (at));
          rt_store_message_free (old);
        }
      else if (waiting->is_new && (waiting->message->id == NULL || !g_hash_table_contains (ids, waiting->message->id)))
        {
          g_ptr_array_add (page->messages, rt_store_message_copy (waiting->message));
          added = TRUE;
        }
    }
  return added;
}

static guint
find_in_page (RtStoreChatPage *page, gint64 time, gint64 row)
{
  guint at = 0;

  while (at < page->messages->len && rt_store_message_compare (page->messages->pdata[at], time, row) < 0)
    at++;
  return at;
}

/* Back to what was asked for. What was read of the other side of the key is not there; what waits may be. */
static void
cut_page (RtStoreChatPage *page, const RtStoreChatQuery *query, gint64 first_time, gint64 first_row, gint64 last_time, gint64 last_row)
{
  guint n = page->messages->len;
  guint begin = 0, end = n;

  if (query->where != RT_STORE_CHAT_PAGE_TAIL)
    {
      guint at = find_in_page (page, query->time, query->row);
      guint behind = at + (at < n && rt_store_message_compare (page->messages->pdata[at], query->time, query->row) == 0 ? 1 : 0);

      if (query->where == RT_STORE_CHAT_PAGE_AFTER)
        begin = behind;
      if (query->where == RT_STORE_CHAT_PAGE_BEFORE)
        end = at;
      if (query->where == RT_STORE_CHAT_PAGE_AROUND)
        {
          begin = at - MIN (query->n, at);
          end = MIN (behind + query->n, n);
        }
    }
  /* beyond what was read there is more that was not: what waits there is of another page */
  if (page->has_before && query->where != RT_STORE_CHAT_PAGE_AFTER)
    begin = MAX (begin, find_in_page (page, first_time, first_row));
  if (page->has_after && (query->where == RT_STORE_CHAT_PAGE_AFTER || query->where == RT_STORE_CHAT_PAGE_AROUND))
    end = MIN (end, find_in_page (page, last_time, last_row + 1));
  begin = MIN (begin, end);
  if (query->where == RT_STORE_CHAT_PAGE_TAIL || query->where == RT_STORE_CHAT_PAGE_BEFORE)
    begin = MAX (begin, end - MIN (query->n, end - begin));
  if (query->where == RT_STORE_CHAT_PAGE_AFTER)
    end = MIN (end, begin + query->n);
  page->has_before |= begin > 0;
  page->has_after |= end < n;
  if (end < n)
    g_ptr_array_remove_range (page->messages, end, n - end);
  if (begin > 0)
    g_ptr_array_remove_range (page->messages, 0, begin);
}

static void
page_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  RtStoreChat *self = g_task_get_source_object (outer);
  const RtStoreChatQuery *query = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  RtStoreChatPage *page = g_task_propagate_pointer (G_TASK (result), &error);
  const RtStoreChatBatch *batch;
  const RtStoreMessage *first, *last;
  gint64 times[2] = { 0, G_MAXINT64 }, rows[2] = { 0, G_MAXINT64 - 1 };

  if (page == NULL)
    {
      g_task_return_error (outer, error);
      return;
    }
  if (page->messages->len > 0)
    {
      first = page->messages->pdata[0];
      last = page->messages->pdata[page->messages->len - 1];
      times[0] = first->time;
      rows[0] = first->row;
      times[1] = last->time;
      rows[1] = last->row;
    }
  for (guint i = 0; (batch = rt_store_writer_get_batch (self->writer, i)) != NULL; i++)
    merge_batch (page, batch);
  g_ptr_array_sort (page->messages, compare_messages);
  cut_page (page, query, times[0], rows[0], times[1], rows[1]);
  g_task_return_pointer (outer, page, (GDestroyNotify) rt_store_chat_page_free);
}

void
rt_store_chat_page_async (RtStoreChat *self, RtStoreChatWhere where, gint64 time, gint64 row, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtStoreChatQuery *query;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  query = rt_store_chat_query_new (self->network);
  query->where = where;
  query->time = time;
  query->row = row;
  query->n = CLAMP (n, 1, RT_STORE_CHAT_PAGE);
  ask_worker (self, new_task (self, rt_store_chat_page_async, "[rt-store] page", cancellable, callback, user_data), query, rt_store_chat_page_job, page_read_cb);
}

RtStoreChatPage *
rt_store_chat_page_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- one ---- */

/* The newest of it that waits; NULL: it does not. Updates give own ones their ids. */
static const RtStoreMessage *
find_waiting (const RtStoreChatBatch *batch, GBytes *id)
{
  for (guint i = batch->messages->len; i-- > 0;)
    {
      const RtStoreWaiting *waiting = batch->messages->pdata[i];

      if (waiting->message->id != NULL && g_bytes_equal (waiting->message->id, id))
        return waiting->message;
    }
  return NULL;
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  RtStoreChat *self = g_task_get_source_object (outer);
  const RtStoreChatQuery *query = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (RtStoreMessage) found = g_task_propagate_pointer (G_TASK (result), &error);
  const RtStoreMessage *waiting = NULL, *newer;
  const RtStoreChatBatch *batch;

  for (guint i = 0; (batch = rt_store_writer_get_batch (self->writer, i)) != NULL; i++)
    if ((newer = find_waiting (batch, query->id)) != NULL)
      waiting = newer;
  if (error != NULL)
    g_task_return_error (outer, g_steal_pointer (&error));
  else if (waiting != NULL)
    {
      RtStoreMessage *copy = rt_store_message_copy (waiting);

      if (found != NULL)
        {
          copy->n_receipts = found->n_receipts;
          copy->receipts = g_strdupv (found->receipts);
        }
      g_task_return_pointer (outer, copy, (GDestroyNotify) rt_store_message_free);
    }
  else
    g_task_return_pointer (outer, g_steal_pointer (&found), (GDestroyNotify) rt_store_message_free);
}

void
rt_store_chat_find_async (RtStoreChat *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtStoreChatQuery *query;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (id != NULL);

  query = rt_store_chat_query_new (self->network);
  query->id = g_bytes_ref (id);
  ask_worker (self, new_task (self, rt_store_chat_find_async, "[rt-store] find", cancellable, callback, user_data), query, rt_store_chat_find_job, found_cb);
}

RtStoreMessage *
rt_store_chat_find_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- what is read as it is: with what waits handed over first ---- */

static void
array_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  gpointer array = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    g_task_return_error (outer, error);
  else
    g_task_return_pointer (outer, array, (GDestroyNotify) g_ptr_array_unref);
}

static void
history_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  RtStoreChatPage *page = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    g_task_return_error (outer, error);
  else
    g_task_return_pointer (outer, page, (GDestroyNotify) rt_store_chat_page_free);
}

typedef struct {
  GTask              *outer;
  RtStoreChatQuery   *query;
  RtStoreJob          job;
  GAsyncReadyCallback callback;
} Later;

/* Whether it could be written or not: what is there is read. */
static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Later *later = user_data;
  RtStoreChat *self = RT_STORE_CHAT (source);

  rt_store_chat_flush_finish (self, result, NULL);
  ask_worker (self, later->outer, later->query, later->job, later->callback);
}

static void
ask_after_flush (RtStoreChat *self, GTask *outer, RtStoreChatQuery *query, RtStoreJob job, GAsyncReadyCallback callback)
{
  Later *later = g_new0 (Later, 1);

  later->outer = outer;
  later->query = query;
  later->job = job;
  later->callback = callback;
  rt_store_chat_flush_async (self, flushed_cb, later);
}

void
rt_store_chat_receipts_async (RtStoreChat *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtStoreChatQuery *query;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (id != NULL);

  query = rt_store_chat_query_new (self->network);
  query->id = g_bytes_ref (id);
  ask_after_flush (self, new_task (self, rt_store_chat_receipts_async, "[rt-store] receipts", cancellable, callback, user_data), query, rt_store_chat_receipts_job, array_read_cb);
}

GPtrArray *
rt_store_chat_receipts_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_history_async (RtStoreChat        *self,
                             gint64              from,
                             gint64              until,
                             gint64              behind_time,
                             GBytes             *behind_id,
                             guint               n,
                             gsize               max_bytes,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  RtStoreChatQuery *query;

  g_return_if_fail (RT_IS_STORE_CHAT (self));

  query = rt_store_chat_query_new (self->network);
  /* somebody else asks: whatever he says, it is no time beyond all times */
  query->from = CLAMP (from, 0, RT_STORE_LAST_TIME / G_USEC_PER_SEC);
  query->until = CLAMP (until, 0, RT_STORE_LAST_TIME / G_USEC_PER_SEC);
  query->time = CLAMP (behind_time, 0, RT_STORE_LAST_TIME / G_USEC_PER_SEC);
  query->id = behind_id != NULL ? g_bytes_ref (behind_id) : NULL;
  query->n = CLAMP (n, 1, RT_STORE_CHAT_PAGE);
  query->max_bytes = max_bytes;
  ask_after_flush (self, new_task (self, rt_store_chat_history_async, "[rt-store] history", cancellable, callback, user_data), query, rt_store_chat_history_job, history_read_cb);
}

RtStoreChatPage *
rt_store_chat_history_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_cites_async (RtStoreChat *self, const char *key, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtStoreChatQuery *query;

  g_return_if_fail (RT_IS_STORE_CHAT (self));
  g_return_if_fail (key != NULL);

  query = rt_store_chat_query_new (self->network);
  query->key = g_utf8_make_valid (key, -1);
  query->n = CLAMP (n, 1, RT_STORE_CHAT_PAGE);
  ask_after_flush (self, new_task (self, rt_store_chat_cites_async, "[rt-store] cites", cancellable, callback, user_data), query, rt_store_chat_cites_job, array_read_cb);
}

GPtrArray *
rt_store_chat_cites_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
