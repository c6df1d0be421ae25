/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-private.h"

#include <glib/gi18n-lib.h>

/* Without a job for so long there is time for cleaning up; microseconds. */
#define CLEANING_PAUSE 20000

/* What store and thread share. The thread has its own reference, so that a store may go without waiting for it. */
typedef struct {
  GAsyncQueue *jobs;
  RtStoreDb    db;
  GWeakRef     store;           /* for what it has to be told */
} Worker;

typedef struct {
  GTask           *task;        /* NULL: end of work */
  RtStoreJobNeeds  needs;
  RtStoreJob       run;
} Job;

struct _RtStore {
  GObject  parent_instance;
  Worker  *worker;
};

G_DEFINE_FINAL_TYPE (RtStore, rt_store, G_TYPE_OBJECT)

enum { NOTICED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
finalize_worker (gpointer data)
{
  Worker *worker = data;

  g_async_queue_unref (worker->jobs);
  g_weak_ref_clear (&worker->store);
}

/* ---- notices ---- */

typedef struct {
  Worker *worker;
  char   *words;
} Notice;

static void
free_notice (gpointer data)
{
  Notice *notice = data;

  g_atomic_rc_box_release_full (notice->worker, finalize_worker);
  g_free (notice->words);
  g_free (notice);
}

static gboolean
notice_cb (gpointer data)
{
  Notice *notice = data;
  g_autoptr (RtStore) self = g_weak_ref_get (&notice->worker->store);

  if (self != NULL)
    g_signal_emit (self, signals[NOTICED], 0, notice->words);
  return G_SOURCE_REMOVE;
}

/* Before the answer of the job that was in the queue. Takes words. */
static void
tell (Worker *worker, GTask *task, char *words)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->worker = g_atomic_rc_box_acquire (worker);
  notice->words = words;
  g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, notice_cb, notice, free_notice);
}

/* ---- the worker ---- */

/* While there is none, there is time to clean up. */
static Job *
take_job (Worker *worker)
{
  Job *job = NULL;

  while (job == NULL && worker->db.db != NULL && (worker->db.has_remains || worker->db.has_old_words))
    {
      job = g_async_queue_timeout_pop (worker->jobs, CLEANING_PAUSE);
      if (job == NULL && worker->db.has_remains)
        rt_store_db_clean_some (&worker->db);
      else if (job == NULL)
        rt_store_db_refold_some (&worker->db);
    }
  return job != NULL ? job : g_async_queue_pop (worker->jobs);
}

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;

  for (;;)
    {
      g_autofree Job *job = take_job (worker);
      g_autoptr (GTask) task = job->task;
      char *notice = NULL;

      if (task == NULL)
        break;
      if (g_task_return_error_if_cancelled (task))
        continue;
      if (job->needs == RT_STORE_JOB_DATABASE)
        rt_store_db_try_again (&worker->db, &notice);
      if (notice != NULL)
        tell (worker, task, notice);
      if (job->needs == RT_STORE_JOB_DATABASE && worker->db.db == NULL)
        {
          g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED, _("The database is not open"));
          continue;
        }
      job->run (&worker->db, task);
    }

  rt_store_db_close (&worker->db, NULL);
  g_atomic_rc_box_release_full (worker, finalize_worker);
  return NULL;
}

static void
push_job (Worker *worker, GTask *task, RtStoreJobNeeds needs, RtStoreJob run)
{
  Job *job = g_new0 (Job, 1);

  job->task = task;
  job->needs = needs;
  job->run = run;
  g_async_queue_push (worker->jobs, job);
}

void
rt_store_queue (RtStore *self, GTask *task, RtStoreJobNeeds needs, RtStoreJob job)
{
  push_job (self->worker, task, needs, job);
}

static void
rt_store_finalize (GObject *object)
{
  RtStore *self = RT_STORE (object);

  /* Not joined: the last reference may be dropped by the worker itself. */
  push_job (self->worker, NULL, RT_STORE_JOB_ANY, NULL);
  g_atomic_rc_box_release_full (self->worker, finalize_worker);

  G_OBJECT_CLASS (rt_store_parent_class)->finalize (object);
}

static void
rt_store_class_init (RtStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_store_finalize;
  signals[NOTICED] = g_signal_new ("noticed", RT_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rt_store_init (RtStore *self)
{
  g_autoptr (GThread) thread = NULL;

  self->worker = g_atomic_rc_box_new0 (Worker);
  self->worker->jobs = g_async_queue_new ();
  self->worker->db.lock_fd = -1;
  g_weak_ref_init (&self->worker->store, self);
  thread = g_thread_new ("rt-store", run_worker, g_atomic_rc_box_acquire (self->worker));
}

RtStore *
rt_store_new (void)
{
  return g_object_new (RT_TYPE_STORE, NULL);
}

/* ---- open and close ---- */

typedef struct {
  char *path;
  char *notice;
} Opening;

static void
free_opening (gpointer data)
{
  Opening *opening = data;

  g_free (opening->path);
  g_free (opening->notice);
  g_free (opening);
}

static void
open_job (RtStoreDb *db, GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (db->db != NULL)
    g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_FAILED, _("The database is open already"));
  else if (!rt_store_db_open (db, opening->path, &opening->notice, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
rt_store_open_async (RtStore *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Opening *opening;

  g_return_if_fail (RT_IS_STORE (self));
  g_return_if_fail (path != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_store_open_async);
  g_task_set_name (task, "[rt-store] open");
  opening = g_new0 (Opening, 1);
  opening->path = g_strdup (path);
  g_task_set_task_data (task, opening, free_opening);
  rt_store_queue (self, task, RT_STORE_JOB_ANY, open_job);
}

gboolean
rt_store_open_finish (RtStore *self, GAsyncResult *result, char **notice, GError **error)
{
  Opening *opening;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  opening = g_task_get_task_data (G_TASK (result));
  if (notice != NULL)
    *notice = g_steal_pointer (&opening->notice);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
close_job (RtStoreDb *db, GTask *task)
{
  g_autoptr (GError) error = NULL;

  if (!rt_store_db_close (db, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
rt_store_close_async (RtStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (RT_IS_STORE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_store_close_async);
  g_task_set_name (task, "[rt-store] close");
  rt_store_queue (self, task, RT_STORE_JOB_ANY, close_job);
}

gboolean
rt_store_close_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
