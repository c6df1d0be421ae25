/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-demo-guide.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/*
 * RtDemo: four peers in this process, so that the program can be learned with nobody there. They are networks as the person's own is, but for their keys, which follow from the
 * uuid of his, and for what they keep: nothing. Their links go over the loopback interface. They answer the person, never each other, and are quiet when he is quiet.
 *
 *   he — Ada — Cleo — Dag
 *   he — Bo  — Cleo
 */
#define RT_TYPE_DEMO (rt_demo_get_type ())
G_DECLARE_FINAL_TYPE (RtDemo, rt_demo, RT, DEMO, GObject)

#define RT_DEMO_PEERS 4u

/* host: the person's network, which owns this. Nobody is there yet. */
RtDemo    *rt_demo_new      (RtNetwork *host);
void       rt_demo_begin    (RtDemo *self, P2pMeshSocket *socket);
void       rt_demo_end      (RtDemo *self);
RtNetwork *rt_demo_get_peer (RtDemo *self, guint position);            /* transfer none */
/* The table changes by itself: the person asked for the demo, or was heard of, not long ago. */
gboolean   rt_demo_get_lively (RtDemo *self);
/* What they have heard, and not answered yet. */
guint      rt_demo_get_n_waiting (RtDemo *self);
/* How long they take to answer (1000), how long they wait then for those who have not heard it (4000), and from one count to the next (10000): milliseconds, for tests. */
void       rt_demo_set_pace (RtDemo *self, guint answer_pace, guint patience, guint count_pace);

G_END_DECLS
