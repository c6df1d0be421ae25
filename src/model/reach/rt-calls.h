/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/* What neighbours answered of late. */
typedef struct {
  guint n_asked, n_waiting;
  guint n_reached_far, n_reached_near;  /* by how they see us: at an address of the whole Internet, or not */
  guint n_failed_far, n_failed_near;    /* refused, or no answer */
} RtCallCounts;

/**
 * RtCalls: asks neighbours whether they can come to us, and goes to those that ask us: a connection to where their link comes from, at the port that they name, closed as soon as it is there; nothing is sent over it.
 * For one node and one address once in RT_CALLS_APART seconds, RT_CALLS_A_MINUTE together, RT_CALLS_AT_ONCE at once: nobody's ports are looked through by us, and nobody is called but who asks.
 * Signal: changed.
 */
#define RT_TYPE_CALLS (rt_calls_get_type ())
G_DECLARE_FINAL_TYPE (RtCalls, rt_calls, RT, CALLS, GObject)

#define RT_CALLS_APART 60u
#define RT_CALLS_A_MINUTE 16u
#define RT_CALLS_AT_ONCE 4u
#define RT_CALLS_SECONDS 5u
/* So many are asked at once, and waited for so long. */
#define RT_CALLS_ASKED 3u
#define RT_CALLS_PATIENCE 10u

RtCalls    *rt_calls_new        (void);
void        rt_calls_set_socket (RtCalls *self, P2pMeshSocket *socket);        /* nullable */
/* The node is there for this computer alone: neighbours on it are called, too. */
void        rt_calls_set_here   (RtCalls *self, gboolean here);
/* Whether whoever comes from there may be called: not on this computer, not at the router. */
gboolean    rt_calls_may_call   (const char *host);
/* Asks some neighbours of ours whether they can come to this port; nobody twice in RT_CALLS_APART seconds. How many. */
guint       rt_calls_ask        (RtCalls *self, guint16 port);
void        rt_calls_get_counts (RtCalls *self, RtCallCounts *counts);
/* Where neighbours outside of the local network see us: NULL: nobody said, or they do not agree. */
const char *rt_calls_get_host   (RtCalls *self);

G_END_DECLS
