/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* A reason and how often it was met. */
typedef struct {
  const char *words;            /* a string that stays; to be translated where it is shown */
  guint64     n;
} RtDropCount;

/* What a node counted at one time. */
typedef struct {
  guint64      messages_in, messages_out, bytes_in, bytes_out, delivered, relayed, duplicates, dropped;
  RtDropCount  reasons[32];     /* those met, the most frequent first */
  guint        n_reasons;
} RtCount;

/* A second, from one reading to the next. */
#define RT_COUNTERS_SECONDS 1u

/**
 * RtCounters: what the node of a network has counted, and how much of it in a second.
 * Properties: network (construct only), active (it reads the node each second; FALSE at first).
 * Signal: changed.
 */
#define RT_TYPE_COUNTERS (rt_counters_get_type ())
G_DECLARE_FINAL_TYPE (RtCounters, rt_counters, RT, COUNTERS, GObject)

RtCounters    *rt_counters_new (RtNetwork *network);                    /* network: nullable */
void           rt_counters_set_active (RtCounters *self, gboolean active);
const RtCount *rt_counters_get_count (RtCounters *self);
/* Of the last second: as a count, of which only the sums mean something. */
const RtCount *rt_counters_get_rate (RtCounters *self);
/* A reading at this monotonic time, in microseconds. */
void           rt_counters_take (RtCounters *self, const RtCount *count, gint64 now);

/* "12 messages/s in, 3/s out"; transfer full */
char          *rt_counters_dup_messages (RtCounters *self);
char          *rt_counters_dup_bytes (RtCounters *self);
/* Each reason with its number, a line each; "" when nothing was dropped. */
char          *rt_counters_dup_reasons (RtCounters *self);

G_END_DECLS
