/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"

#define MAX_THREADS 2

/* The threads outlive nothing of ours: what they touch is the job and the main context it holds. */
typedef struct {
  P2pExecutor base;
  GMainContext *context;
  GThreadPool *pool;            /* made at the first job */
  GHashTable *jobs;             /* guint64 handle -> Job, those whose results are awaited */
  guint64 next_handle;
} P2pGioExecutor;

typedef struct {
  GMainContext *context;
  P2pJobFunc func;
  gpointer data;
  gpointer result;
  /* below: of the loop's thread */
  P2pGioExecutor *executor;     /* NULL: cancelled */
  guint64 handle;
  P2pDoneFunc done;
  gpointer user_data;
  GDestroyNotify free_result;
} Job;

static void
free_job (gpointer data)
{
  Job *job = data;

  g_main_context_unref (job->context);
  g_free (job);
}

static gboolean
deliver_cb (gpointer data)
{
  Job *job = data;

  if (job->executor != NULL)
    {
      g_hash_table_remove (job->executor->jobs, &job->handle);
      job->done (job->result, job->user_data);
    }
  else if (job->free_result != NULL && job->result != NULL)
    {
      job->free_result (job->result);
    }
  return G_SOURCE_REMOVE;
}

static void
run_job (gpointer data, gpointer unused)
{
  Job *job = data;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_autoptr (GMainContext) context = g_main_context_ref (job->context);

  job->result = job->func (job->data);
  g_source_set_static_name (source, "[p2p] result of a job");
  g_source_set_priority (source, P2P_GIO_PRIORITY);
  g_source_set_callback (source, deliver_cb, job, free_job);
  g_source_attach (source, context);
}

static guint64
executor_run (P2pExecutor *base, P2pJobFunc func, gpointer data, P2pDoneFunc done, gpointer user_data)
{
  P2pGioExecutor *self = (P2pGioExecutor *) base;
  Job *job = g_new0 (Job, 1);

  job->context = g_main_context_ref (self->context);
  job->func = func;
  job->data = data;
  job->executor = self;
  job->handle = self->next_handle++;
  job->done = done;
  job->user_data = user_data;
  g_hash_table_insert (self->jobs, &job->handle, job);
  if (self->pool == NULL)
    self->pool = g_thread_pool_new (run_job, NULL, MAX_THREADS, FALSE, NULL);
  /* Fails only where no thread can be started; the job then waits for one that ends. */
  g_thread_pool_push (self->pool, job, NULL);
  return job->handle;
}

static void
forget_job (Job *job, GDestroyNotify free_result)
{
  job->executor = NULL;
  job->free_result = free_result;
}

static void
executor_cancel (P2pExecutor *base, guint64 handle, GDestroyNotify free_result)
{
  P2pGioExecutor *self = (P2pGioExecutor *) base;
  Job *job = g_hash_table_lookup (self->jobs, &handle);

  if (job == NULL)
    return;
  g_hash_table_remove (self->jobs, &handle);
  forget_job (job, free_result);
}

P2pExecutor *
p2p_gio_executor_new (GMainContext *context)
{
  static const P2pExecutorOps ops = { executor_run, executor_cancel };
  P2pGioExecutor *self = g_new0 (P2pGioExecutor, 1);

  self->base.ops = &ops;
  self->context = g_main_context_ref (context);
  self->jobs = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->next_handle = 1;
  return &self->base;
}

void
p2p_gio_executor_free (P2pExecutor *base)
{
  P2pGioExecutor *self = (P2pGioExecutor *) base;
  GHashTableIter iter;
  gpointer job;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    forget_job (job, NULL);
  g_hash_table_unref (self->jobs);
  /* Jobs under way and in line still run; nobody waits for them. */
  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, FALSE);
  g_main_context_unref (self->context);
  g_free (self);
}
