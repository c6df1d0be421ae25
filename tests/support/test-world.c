/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-env-private.h"

/* An endless chain of events of one instant is a fault of what is under test; say so instead of hanging. */
#define MAX_EVENTS_AT_ONCE 20000000u
#define UTC_AT_START (G_GINT64_CONSTANT (1700000000) * G_TIME_SPAN_SECOND)

TestWorld *
test_world_new (guint64 seed)
{
  TestWorld *self = g_new0 (TestWorld, 1);

  self->events = p2p_timer_heap_new ();
  self->seed = seed;
  self->rng = test_rng_make (seed, "test", 0);
  self->hosts = g_ptr_array_new ();
  self->hosts_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->conns);
  self->now = G_TIME_SPAN_SECOND;
  self->job_cost = G_TIME_SPAN_MILLISECOND;
  return self;
}

static void
check_nothing_left (TestHost *host)
{
  guint listeners = host->listeners->len, dials = g_hash_table_size (host->dials), jobs = g_hash_table_size (host->jobs);
  guint timers = g_hash_table_size (host->timers);

  if (listeners + dials + jobs + timers > 0)
    g_error ("%s left behind: %u listeners, %u dials, %u jobs, %u timers", host->name, listeners, dials, jobs, timers);
  if (!g_atomic_ref_count_compare (&host->env.base.refs, 1))
    g_error ("%s: somebody still holds its environment", host->name);
}

static void
free_host (TestHost *host)
{
  test_transport_clear (host);
  g_hash_table_unref (host->timers);
  g_hash_table_unref (host->jobs);
  g_free (host->name);
  g_free (host->address);
  g_free (host);
}

void
test_world_free (TestWorld *self)
{
  for (GList *l = self->conns.head; l != NULL; l = l->next)
    for (guint end = 0; end < 2; end++)
      if (!test_pipe_is_closed (test_conn_get_pipe (l->data, end)))
        g_error ("%s left a pipe open", test_host_get_name (test_conn_get_host (l->data, end)));
  for (guint i = 0; i < self->hosts->len; i++)
    check_nothing_left (self->hosts->pdata[i]);

  while (self->conns.tail != NULL)
    test_conn_discard (self->conns.tail->data);
  for (guint i = 0; i < self->hosts->len; i++)
    free_host (self->hosts->pdata[i]);
  g_hash_table_unref (self->hosts_by_name);
  g_ptr_array_unref (self->hosts);
  p2p_timer_heap_free (self->events);
  g_free (self);
}

guint64
test_world_get_seed (TestWorld *self)
{
  return self->seed;
}

TestRng *
test_world_get_rng (TestWorld *self)
{
  return &self->rng;
}

gint64
test_world_now (TestWorld *self)
{
  return self->now;
}

static gboolean
step_until (TestWorld *self, gint64 until)
{
  P2pTimerFunc func;
  gpointer data;
  gint64 time;

  if (!p2p_timer_heap_peek (self->events, &time) || !p2p_timer_heap_pop (self->events, until, &func, &data))
    return FALSE;
  self->now = MAX (self->now, time);
  self->n_events++;
  self->touched = NULL;
  func (data);
  if (self->observer != NULL && self->touched != NULL)
    self->observer (self, self->touched, self->observer_data);
  return TRUE;
}

gboolean
test_world_step (TestWorld *self)
{
  return step_until (self, G_MAXINT64);
}

void
test_world_settle (TestWorld *self)
{
  for (guint n = 0; step_until (self, self->now); n++)
    if (n > MAX_EVENTS_AT_ONCE)
      g_error ("events of one instant never end");
}

void
test_world_advance (TestWorld *self, gint64 span)
{
  gint64 until = self->now + span;

  while (step_until (self, until))
    ;
  self->now = until;
}

gboolean
test_world_run_until (TestWorld *self, gboolean (*check) (gpointer data), gpointer data, gint64 span)
{
  gint64 until = self->now + span;

  for (;;)
    {
      if (check (data))
        return TRUE;
      if (!step_until (self, until))
        break;
    }
  self->now = until;
  return FALSE;
}

guint64
test_world_schedule (TestWorld *self, gint64 delay, P2pTimerFunc func, gpointer data)
{
  return p2p_timer_heap_add (self->events, self->now + delay, func, data);
}

void
test_world_set_path (TestWorld *self, const TestPath *path)
{
  self->path = *path;
}

void
test_world_set_job_cost (TestWorld *self, gint64 microseconds)
{
  self->job_cost = microseconds;
}

static void
free_env (P2pEnv *env)
{
  g_error ("%s: its environment lost a reference too many", ((TestEnv *) env)->host->name);
}

static void
fill_random (P2pRandom *base, guint8 *bytes, gsize length)
{
  TestRandom *self = (TestRandom *) base;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) test_rng_next (&self->host->rng);
}

TestHost *
test_world_add_host (TestWorld *self, const char *name)
{
  guint number = self->hosts->len + 1;
  g_autofree char *address = g_strdup_printf ("10.%u.%u.%u", number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);

  return test_world_add_host_at (self, name, address);
}

TestHost *
test_world_add_host_at (TestWorld *self, const char *name, const char *address)
{
  static const P2pRandomOps random_ops = { fill_random };
  TestHost *host = g_new0 (TestHost, 1);
  guint number = self->hosts->len + 1;

  host->world = self;
  host->number = number;
  host->rng = test_rng_make (self->seed, "node", number);
  host->network_rng = test_rng_make (self->seed, "dials", number);
  host->name = g_strdup (name);
  host->address = g_strdup (address);
  host->has_tls = TRUE;
  host->next_handle = 1;
  host->next_port = 40000;
  host->random = (TestRandom) { { &random_ops }, host };
  test_clock_init (host);
  test_executor_init (host);
  test_transport_init (host);

  host->env.host = host;
  host->env.base.clock = &host->clock.base;
  host->env.base.random = &host->random.base;
  host->env.base.executor = &host->executor.base;
  host->env.base.transport = &host->transport.base;
  host->env.base.free_func = free_env;
  g_atomic_ref_count_init (&host->env.base.refs);
  fill_random (&host->random.base, host->digest, sizeof host->digest);
  g_ptr_array_add (self->hosts, host);
  /* The first of two of one name is the one that is found. */
  if (!g_hash_table_contains (self->hosts_by_name, host->name))
    g_hash_table_insert (self->hosts_by_name, host->name, host);
  g_hash_table_insert (self->hosts_by_name, host->address, host);
  return host;
}

TestHost *
test_world_find_host (TestWorld *self, const char *name_or_address)
{
  return g_hash_table_lookup (self->hosts_by_name, name_or_address);
}

P2pEnv *
test_host_get_env (TestHost *self)
{
  return &self->env.base;
}

const char *
test_host_get_name (TestHost *self)
{
  return self->name;
}

const char *
test_host_get_address (TestHost *self)
{
  return self->address;
}

guint
test_host_get_number (TestHost *self)
{
  return self->number;
}

void
test_host_set_utc_skew (TestHost *self, gint64 microseconds)
{
  self->utc_skew = microseconds;
}

void
test_host_set_tls (TestHost *self, gboolean has_tls)
{
  self->has_tls = has_tls;
}

void
test_host_set_refusing (TestHost *self, gboolean refusing)
{
  self->refusing = refusing;
}

void
test_host_set_silent (TestHost *self, gboolean silent)
{
  self->silent = silent;
}

/* ---- the clock ---- */

typedef struct {
  TestHost *host;
  guint64 handle;
  P2pTimerFunc func;
  gpointer data;
} TestTimer;

static gint64
clock_now (P2pClock *base)
{
  return ((TestClock *) base)->host->world->now;
}

static gint64
clock_utc (P2pClock *base)
{
  TestHost *host = ((TestClock *) base)->host;

  return UTC_AT_START + host->world->now + host->utc_skew;
}

static void
run_timer (gpointer data)
{
  TestTimer timer = *(TestTimer *) data;

  g_hash_table_remove (timer.host->timers, &((TestTimer *) data)->handle);
  test_world_note (timer.host->world, TEST_EVENT_TIMER, timer.host, 0, 0);
  timer.func (timer.data);
}

static guint64
clock_schedule (P2pClock *base, gint64 delay, P2pTimerFunc func, gpointer data)
{
  TestHost *host = ((TestClock *) base)->host;
  TestTimer *timer = g_new (TestTimer, 1);

  g_assert (delay >= 0);
  *timer = (TestTimer) { host, 0, func, data };
  timer->handle = p2p_timer_heap_add (host->world->events, host->world->now + delay, run_timer, timer);
  g_hash_table_insert (host->timers, &timer->handle, timer);
  return timer->handle;
}

static void
clock_cancel (P2pClock *base, guint64 handle)
{
  TestHost *host = ((TestClock *) base)->host;

  if (g_hash_table_contains (host->timers, &handle))
    {
      p2p_timer_heap_remove (host->world->events, handle);
      g_hash_table_remove (host->timers, &handle);
    }
}

void
test_clock_init (TestHost *host)
{
  static const P2pClockOps ops = { clock_now, clock_utc, clock_schedule, clock_cancel };

  host->clock = (TestClock) { { &ops }, host };
  host->timers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
}

guint
test_host_get_n_timers (TestHost *self)
{
  return g_hash_table_size (self->timers);
}

/* ---- the executor: a job runs at once, its result comes after the cost ---- */

typedef struct {
  TestHost *host;
  guint64 handle;
  gpointer result;
  P2pDoneFunc done;
  gpointer user_data;
} TestJob;

static void
finish_job (gpointer data)
{
  TestJob job = *(TestJob *) data;

  g_hash_table_remove (job.host->jobs, &((TestJob *) data)->handle);
  test_world_note (job.host->world, TEST_EVENT_JOB, job.host, 0, 0);
  job.done (job.result, job.user_data);
}

static guint64
executor_run (P2pExecutor *base, P2pJobFunc func, gpointer data, P2pDoneFunc done, gpointer user_data)
{
  TestHost *host = ((TestExecutor *) base)->host;
  TestJob *job = g_new (TestJob, 1);

  *job = (TestJob) { host, 0, func (data), done, user_data };
  job->handle = p2p_timer_heap_add (host->world->events, host->world->now + host->world->job_cost, finish_job, job);
  g_hash_table_insert (host->jobs, &job->handle, job);
  host->jobs_run++;
  return job->handle;
}

static void
executor_cancel (P2pExecutor *base, guint64 handle, GDestroyNotify free_result)
{
  TestHost *host = ((TestExecutor *) base)->host;
  TestJob *job = g_hash_table_lookup (host->jobs, &handle);

  if (job == NULL)
    return;
  p2p_timer_heap_remove (host->world->events, handle);
  if (free_result != NULL && job->result != NULL)
    free_result (job->result);
  g_hash_table_remove (host->jobs, &handle);
}

void
test_executor_init (TestHost *host)
{
  static const P2pExecutorOps ops = { executor_run, executor_cancel };

  host->executor = (TestExecutor) { { &ops }, host };
  host->jobs = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
}

guint
test_host_get_n_jobs (TestHost *self)
{
  return g_hash_table_size (self->jobs);
}

guint
test_host_get_jobs_run (TestHost *self)
{
  return self->jobs_run;
}

/* ---- conns ---- */

TestConn *
test_world_pair (TestWorld *self, TestHost *dialler, TestHost *acceptor, gboolean secure, P2pPipe **dialler_pipe, P2pPipe **acceptor_pipe)
{
  TestConn *conn = test_conn_new (self, dialler, acceptor, dialler->next_port++, acceptor->next_port++, secure);

  *dialler_pipe = test_conn_get_pipe (conn, 0);
  *acceptor_pipe = test_conn_get_pipe (conn, 1);
  return conn;
}

guint
test_world_get_n_conns (TestWorld *self)
{
  return self->conns.length;
}

TestConn *
test_world_get_conn (TestWorld *self, guint index)
{
  return g_queue_peek_nth (&self->conns, index);
}

TestConn *
test_world_find_conn (TestWorld *self, TestHost *dialler, TestHost *acceptor)
{
  for (GList *l = self->conns.head; l != NULL; l = l->next)
    {
      TestConn *conn = l->data;

      if (test_conn_get_host (conn, 0) == dialler && test_conn_get_host (conn, 1) == acceptor)
        return conn;
    }
  return NULL;
}
