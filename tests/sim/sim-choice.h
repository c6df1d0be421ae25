/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/link/p2p-env.h"

G_BEGIN_DECLS

/*
 * Two hosts and a network that does nothing by itself: whoever runs it chooses what happens next among all that may. What is under way
 * arrives within SIM_CHOICE_DELAY at the latest; until then it may be overtaken by anything but what was sent before it on the same way.
 * Timers run in their order, when nothing that is under way must have arrived before.
 */
typedef struct _SimChoice SimChoice;

#define SIM_CHOICE_DELAY (500 * G_TIME_SPAN_MILLISECOND)

SimChoice *sim_choice_new   (void);
void       sim_choice_free  (SimChoice *self);
P2pEnv    *sim_choice_get_env (SimChoice *self, guint host);
const char *sim_choice_get_address (guint host);
/* Something that the test does, some time within SIM_CHOICE_DELAY. */
void       sim_choice_plan  (SimChoice *self, P2pTimerFunc func, gpointer data);
/* How many things may happen next; those that are due at once have happened. */
guint      sim_choice_count (SimChoice *self);
/* That one does. */
void       sim_choice_do    (SimChoice *self, guint index);
char      *sim_choice_describe (SimChoice *self, guint index);
/* Bytes, dials and ends on their way, and plans. */
guint      sim_choice_get_n_moving (SimChoice *self);
gint64     sim_choice_now   (SimChoice *self);
/* The bytes that went and came on every connection, what is under way, and the timers. */
guint64    sim_choice_hash  (SimChoice *self, guint64 hash);
guint64    sim_hash_bytes   (guint64 hash, gconstpointer bytes, gsize length);

G_END_DECLS
