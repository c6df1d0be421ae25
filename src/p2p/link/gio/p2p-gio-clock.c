/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"
#include "../p2p-timer-heap.h"

typedef struct {
  P2pClock base;
  GSource *source;
  P2pTimerHeap *timers;
} P2pGioClock;

typedef struct {
  GSource base;
  P2pGioClock *clock;
} ClockSource;

static gint64
clock_now (P2pClock *base)
{
  return g_get_monotonic_time ();
}

static gint64
clock_utc (P2pClock *base)
{
  return g_get_real_time ();
}

/* No ready time is set: that would wake the loop by a system call each time, and timers come only from its own thread, so
 * that prepare() always sees them. */
static guint64
clock_schedule (P2pClock *base, gint64 delay, P2pTimerFunc func, gpointer data)
{
  P2pGioClock *self = (P2pGioClock *) base;

  return p2p_timer_heap_add (self->timers, g_get_monotonic_time () + MAX (delay, 0), func, data);
}

static void
clock_cancel (P2pClock *base, guint64 handle)
{
  p2p_timer_heap_remove (((P2pGioClock *) base)->timers, handle);
}

static gboolean
source_prepare (GSource *source, gint *timeout)
{
  P2pGioClock *self = ((ClockSource *) source)->clock;
  gint64 time, left;

  *timeout = -1;
  if (!p2p_timer_heap_peek (self->timers, &time))
    return FALSE;
  left = time - g_source_get_time (source);
  if (left <= 0)
    return TRUE;
  *timeout = (gint) MIN ((left + 999) / 1000, G_MAXINT);
  return FALSE;
}

static gboolean
source_check (GSource *source)
{
  P2pGioClock *self = ((ClockSource *) source)->clock;
  gint64 time;

  return p2p_timer_heap_peek (self->timers, &time) && time <= g_source_get_time (source);
}

static gboolean
source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  P2pGioClock *self = ((ClockSource *) source)->clock;
  /* The loop's time is a little old; what was added in this turn for at once is due all the same, but at the next turn. */
  gint64 until = g_get_monotonic_time ();
  guint64 mark = p2p_timer_heap_mark (self->timers);
  P2pTimerFunc func;
  gpointer data;

  while (!g_source_is_destroyed (source) && p2p_timer_heap_pop_marked (self->timers, until, mark, &func, &data))
    func (data);
  return G_SOURCE_CONTINUE;
}

P2pClock *
p2p_gio_clock_new (GMainContext *context)
{
  static const P2pClockOps ops = { clock_now, clock_utc, clock_schedule, clock_cancel };
  static GSourceFuncs funcs = { source_prepare, source_check, source_dispatch, NULL, NULL, NULL };
  P2pGioClock *self = g_new0 (P2pGioClock, 1);

  self->base.ops = &ops;
  self->timers = p2p_timer_heap_new ();
  self->source = g_source_new (&funcs, sizeof (ClockSource));
  ((ClockSource *) self->source)->clock = self;
  g_source_set_static_name (self->source, "[p2p] clock");
  g_source_set_priority (self->source, P2P_GIO_PRIORITY);
  g_source_attach (self->source, context);
  return &self->base;
}

void
p2p_gio_clock_free (P2pClock *base)
{
  P2pGioClock *self = (P2pGioClock *) base;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  p2p_timer_heap_free (self->timers);
  g_free (self);
}
