/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-env.h"

G_BEGIN_DECLS

/*
 * Timers in the order in which they are due; those of one instant in the order in which they were added. What a P2pClock is
 * made of: GIO's and the tests' keep their timers in one. Adding, taking and removing cost O(log n) and no allocation of their own.
 */
typedef struct _P2pTimerHeap P2pTimerHeap;

P2pTimerHeap *p2p_timer_heap_new        (void);
void          p2p_timer_heap_free       (P2pTimerHeap *self);
guint64       p2p_timer_heap_add        (P2pTimerHeap *self, gint64 time, P2pTimerFunc func, gpointer data);   /* never 0 */
/* FALSE when it ran, was removed, or never was. */
gboolean      p2p_timer_heap_remove     (P2pTimerHeap *self, guint64 handle);
gboolean      p2p_timer_heap_peek       (P2pTimerHeap *self, gint64 *time);
/* The next one when it is due by then; it is out of the heap before its function runs. */
gboolean      p2p_timer_heap_pop        (P2pTimerHeap *self, gint64 until, P2pTimerFunc *func, gpointer *data);
/* The same, but only one added before the mark: what a turn adds waits for the next turn. */
guint64       p2p_timer_heap_mark       (P2pTimerHeap *self);
gboolean      p2p_timer_heap_pop_marked (P2pTimerHeap *self, gint64 until, guint64 mark, P2pTimerFunc *func, gpointer *data);
guint         p2p_timer_heap_get_length (P2pTimerHeap *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pTimerHeap, p2p_timer_heap_free)

G_END_DECLS
