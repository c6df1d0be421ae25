/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../link/p2p-env.h"

G_BEGIN_DECLS

#define P2P_SEEN_ID_LENGTH 32

/*
 * The ids of messages seen lately, by the time of their arrival here (what a message says of its own time does not matter). Two
 * generations: an id is remembered for at least max_age and at most twice that, unless more than capacity ids come in that time;
 * then the oldest half goes.
 */
typedef struct _P2pSeenSet P2pSeenSet;

P2pSeenSet *p2p_seen_set_new      (P2pRandom *random, guint capacity, gint64 max_age);
void        p2p_seen_set_free     (P2pSeenSet *self);
gboolean    p2p_seen_set_contains (P2pSeenSet *self, const guint8 *id, gint64 now);
/* FALSE: it was there */
gboolean    p2p_seen_set_add      (P2pSeenSet *self, const guint8 *id, gint64 now);
guint       p2p_seen_set_get_size (P2pSeenSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pSeenSet, p2p_seen_set_free)

G_END_DECLS
