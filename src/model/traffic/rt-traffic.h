/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-traffic-item.h"

G_BEGIN_DECLS

/* What is kept: whichever comes first. */
#define RT_TRAFFIC_MAX_FRAMES 10000u
#define RT_TRAFFIC_MAX_BYTES (32u * 1024 * 1024)
/* How often the list changes at most, and by how many frames then, however many come. */
#define RT_TRAFFIC_TICK_MS 100u
#define RT_TRAFFIC_MAX_PER_TICK 5000u

typedef enum {
  RT_TRAFFIC_BOTH_WAYS,
  RT_TRAFFIC_ONLY_IN,
  RT_TRAFFIC_ONLY_OUT,
} RtTrafficWay;

#define RT_TRAFFIC_ALL_GROUPS ((1u << RT_TRAFFIC_N_GROUPS) - 1)

/* Which frames are shown. */
typedef struct {
  RtTrafficWay way;
  guint        groups;          /* bits of RtTrafficGroup */
  guint        verdicts;        /* one of these bits at least; 0: any */
  const char  *address;         /* of this link only; nullable */
} RtTrafficFilter;

/**
 * RtTraffic: the newest frames, as a list of those that the filter lets through, the oldest first.
 *
 * However fast frames come: the list changes ten times a second at most, by two items-changed (what went in front, what came behind)
 * and a bounded number of items. What came faster is counted and not listed.
 *
 * Properties (readable; they notify at the same pace): n-frames (kept, let through or not), n-missed (came while paused), n-skipped (came too fast to be
 * listed); paused (writable).
 */
#define RT_TYPE_TRAFFIC (rt_traffic_get_type ())
G_DECLARE_FINAL_TYPE (RtTraffic, rt_traffic, RT, TRAFFIC, GObject)

RtTraffic *rt_traffic_new (void);
void       rt_traffic_add (RtTraffic *self, const RtFrame *frame);
void       rt_traffic_clear (RtTraffic *self);
void       rt_traffic_flush (RtTraffic *self);                          /* what waits for the next change of the list comes now */
guint      rt_traffic_get_n_frames (RtTraffic *self);
gsize      rt_traffic_get_n_bytes (RtTraffic *self);                    /* what the kept ones cost */
guint64    rt_traffic_get_n_missed (RtTraffic *self);
guint64    rt_traffic_get_n_skipped (RtTraffic *self);
gboolean   rt_traffic_get_paused (RtTraffic *self);
void       rt_traffic_set_paused (RtTraffic *self, gboolean paused);

/* text: in ids, addresses, kinds, reasons, message ids and the text of packets, whatever the case; NULL or "": any. */
void       rt_traffic_set_text (RtTraffic *self, const char *text);
void       rt_traffic_set_filter (RtTraffic *self, const RtTrafficFilter *filter);     /* NULL: all; copied */
void       rt_traffic_get_filter (RtTraffic *self, RtTrafficFilter *filter);    /* its address is ours */
gboolean   rt_traffic_is_filtered (RtTraffic *self);                    /* by text or otherwise */

/* What is shown, as lines of JSON; the file is written elsewhere than in the main loop, and replaced in one step. */
void       rt_traffic_export_async  (RtTraffic *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_traffic_export_finish (RtTraffic *self, GAsyncResult *result, guint *n_frames, GError **error);

G_END_DECLS
