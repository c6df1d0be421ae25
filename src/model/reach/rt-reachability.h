/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-calls.h"
#include "rt-port-map.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* Whether others can come in, as far as it can be known without a server. */
typedef enum {
  RT_REACHED_UNKNOWN,
  RT_REACHED_PROVEN,            /* somebody came from outside */
  RT_REACHED_LIKELY,            /* nobody did, and everything that is known speaks for it */
  RT_REACHED_NEARBY,            /* somebody came, out of a local network */
  RT_REACHED_NO,
} RtReached;

typedef enum {
  RT_FINDING_GOOD,
  RT_FINDING_BAD,
  RT_FINDING_OPEN,              /* says neither */
} RtFindingKind;

typedef enum {
  RT_REACHED_FIX_NONE,
  RT_REACHED_FIX_GO_ONLINE,
  RT_REACHED_FIX_EDIT_NETWORK,
  RT_REACHED_FIX_ASK_ROUTER,
} RtReachedFix;

typedef struct {
  RtFindingKind kind;
  char         *title;
  char         *details;
} RtFinding;

/* What is known. */
typedef struct {
  gboolean       up;
  gboolean       loopback_only;
  gboolean       ipv4_only;             /* it listens so */
  guint16        port;
  guint          n_peers;
  const char    *lan;                   /* our address in the local network, nullable */
  const char    *ipv6;                  /* one of the whole world, nullable */
  const char    *out_address;           /* that the person wrote down; NULL or "" */
  gboolean       asks_router;
  RtPortMapState map_state;
  RtPortTrouble  map_trouble;
  char          *map_words;
  gint64         came_in, came_from_far;        /* UTC microseconds, or 0 */
  RtCallCounts   calls;
  const char    *seen_at;               /* by neighbours from outside, nullable */
  const char    *router_address;        /* as the router says, nullable */
} RtReachFacts;

/* The findings (of RtFinding, are added), and what follows of them. */
RtReached     rt_reach_judge (const RtReachFacts *facts, GPtrArray *findings, RtReachedFix *fix);
void          rt_finding_free (RtFinding *self);
/* One sentence; advice: what to do, or "". Not to be freed. */
const char   *rt_reached_get_words (RtReached reached);
const char   *rt_reached_get_advice (RtReached reached, RtReachedFix fix);

/**
 * RtReachability: whether others can come to a network of ours, and what speaks for it and against it; kept up to date.
 * Signal: changed.
 */
#define RT_TYPE_REACHABILITY (rt_reachability_get_type ())
G_DECLARE_FINAL_TYPE (RtReachability, rt_reachability, RT, REACHABILITY, GObject)

RtReachability *rt_reachability_new (RtNetwork *network);
RtNetwork      *rt_reachability_get_network  (RtReachability *self);
GPtrArray      *rt_reachability_get_findings (RtReachability *self);      /* of RtFinding */
RtReached       rt_reachability_get_reached  (RtReachability *self);
RtReachedFix    rt_reachability_get_fix      (RtReachability *self);
/* Asks neighbours, who are asked once a minute. */
void            rt_reachability_ask_neighbours (RtReachability *self);
/* Asks again whoever can be asked. */
void            rt_reachability_check        (RtReachability *self);
/* For a long time the node only went to others, and nobody came: something is to be done. */
gboolean        rt_reachability_is_missing   (RtReachability *self);
/* As long as that. */
#define RT_REACHABILITY_PATIENCE (3 * G_TIME_SPAN_MINUTE)
/* All of it as text, to be sent to who helps. Transfer full. */
char           *rt_reachability_dup_report   (RtReachability *self);

G_END_DECLS
