/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-timeline-source.h"

G_BEGIN_DECLS

/* A timeline kept in memory, bounded: beyond max_items, and beyond RT_MEMORY_TIMELINE_MAX_BYTES that the items say they hold, the oldest go. Also a GListModel of its items (for tests and lists). */
#define RT_TYPE_MEMORY_TIMELINE (rt_memory_timeline_get_type ())
G_DECLARE_FINAL_TYPE (RtMemoryTimeline, rt_memory_timeline, RT, MEMORY_TIMELINE, GObject)

#define RT_MEMORY_TIMELINE_MAX_ITEMS 20000u
/* Peers may send messages of megabytes: their number alone bounds nothing. */
#define RT_MEMORY_TIMELINE_MAX_BYTES (64u * 1024 * 1024)

RtMemoryTimeline *rt_memory_timeline_new (guint max_items);
void rt_memory_timeline_add (RtMemoryTimeline *self, RtTimelineItem *item);       /* in its place by key */
void rt_memory_timeline_item_changed (RtMemoryTimeline *self, RtTimelineItem *item);
void rt_memory_timeline_clear (RtMemoryTimeline *self);

G_END_DECLS
