/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clock, executor and random source of the hosts of sim-choice.h. */
#include "sim-choice-private.h"

#define UTC (G_GINT64_CONSTANT (1700000000) * G_TIME_SPAN_SECOND)

static guint64
add_timer (Host *host, Timer timer, gint64 delay)
{
  GArray *timers = host->net->timers[host->index];
  guint at = timers->len;

  timer.handle = host->net->next_handle++;
  timer.due = host->net->now + delay;
  while (at > 0 && g_array_index (timers, Timer, at - 1).due > timer.due)
    at--;
  g_array_insert_val (timers, at, timer);
  return timer.handle;
}

static gboolean
take_timer (Host *host, guint64 handle, Timer *timer)
{
  GArray *timers = host->net->timers[host->index];

  for (guint i = 0; i < timers->len; i++)
    if (g_array_index (timers, Timer, i).handle == handle)
      {
        *timer = g_array_index (timers, Timer, i);
        g_array_remove_index (timers, i);
        return TRUE;
      }
  return FALSE;
}

static gint64
clock_now (P2pClock *base)
{
  return ((HostClock *) base)->host->net->now;
}

/* It stands still, so that what was said sooner or later looks the same. */
static gint64
clock_utc (P2pClock *base)
{
  return UTC;
}

static guint64
clock_schedule (P2pClock *base, gint64 delay, P2pTimerFunc func, gpointer data)
{
  return add_timer (((HostClock *) base)->host, (Timer) { .func = func, .data = data }, delay);
}

static void
clock_cancel (P2pClock *base, guint64 handle)
{
  Timer timer;

  take_timer (((HostClock *) base)->host, handle, &timer);
}

static guint64
executor_run (P2pExecutor *base, P2pJobFunc job, gpointer data, P2pDoneFunc done, gpointer user_data)
{
  return add_timer (((HostExecutor *) base)->host, (Timer) { .done = done, .result = job (data), .data = user_data }, 0);
}

static void
executor_cancel (P2pExecutor *base, guint64 handle, GDestroyNotify free_result)
{
  Timer timer;

  if (take_timer (((HostExecutor *) base)->host, handle, &timer) && free_result != NULL)
    free_result (timer.result);
}

static void
random_fill (P2pRandom *base, guint8 *bytes, gsize length)
{
  Host *host = ((HostRandom *) base)->host;

  for (gsize i = 0; i < length; i++)
    {
      guint64 word = (++host->drawn + host->index * 1000003u) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

      bytes[i] = (guint8) ((word ^ word >> 29) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9) >> 40);
    }
}

void
sim_choice_init_host (Host *host)
{
  static const P2pClockOps clock_ops = { clock_now, clock_utc, clock_schedule, clock_cancel };
  static const P2pRandomOps random_ops = { random_fill };
  static const P2pExecutorOps executor_ops = { executor_run, executor_cancel };

  host->clock = (HostClock) { { &clock_ops }, host };
  host->random = (HostRandom) { { &random_ops }, host };
  host->executor = (HostExecutor) { { &executor_ops }, host };
  host->env.clock = &host->clock.base;
  host->env.random = &host->random.base;
  host->env.executor = &host->executor.base;
}
