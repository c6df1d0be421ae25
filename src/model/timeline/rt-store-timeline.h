/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-message-item.h"
#include "store/rt-store-chat.h"

G_BEGIN_DECLS

/* So many of the newest are in memory, and so many bytes of them at most. */
#define RT_STORE_TIMELINE_NEWEST 500u
#define RT_STORE_TIMELINE_MAX_BYTES (16u * 1024 * 1024)

/* Makes a row of what is kept of it. Transfer full. */
typedef RtMessageItem *(*RtStoreTimelineMake) (const RtStoreMessage *stored, gpointer data);

/**
 * RtStoreTimeline: what was said in a network, all of it, over what the store keeps: the newest in memory, older ones by pages. A row is the same object for as long as
 * somebody holds it. What is added here has to be given to the store, too (rt_store_chat_add()), in the same turn of the loop.
 */
#define RT_TYPE_STORE_TIMELINE (rt_store_timeline_get_type ())
G_DECLARE_FINAL_TYPE (RtStoreTimeline, rt_store_timeline, RT, STORE_TIMELINE, GObject)

/* make: NULL: rt_message_item_new_stored(). data lives as long as the timeline is open. */
RtStoreTimeline *rt_store_timeline_new (RtStoreChat *chat, RtStoreTimelineMake make, gpointer data);
/* What the store had at first: the newest, of RtStoreMessage, oldest first. has_before: there are older ones. */
void             rt_store_timeline_begin (RtStoreTimeline *self, GPtrArray *tail, gboolean has_before);
/* It is not kept any more, or its network goes: what is in memory stays. */
void             rt_store_timeline_close (RtStoreTimeline *self);
void             rt_store_timeline_add (RtStoreTimeline *self, RtMessageItem *item);            /* in its place by key */
void             rt_store_timeline_item_changed (RtStoreTimeline *self, RtMessageItem *item);
/* The row of what is kept: the one that there is, or a new one. Transfer full. */
RtMessageItem   *rt_store_timeline_adopt (RtStoreTimeline *self, const RtStoreMessage *stored);
/* Among the rows that somebody holds. Transfer none, nullable. */
RtMessageItem   *rt_store_timeline_find_held (RtStoreTimeline *self, GBytes *id);
/* Of RtMessageItem, all that somebody holds, by key. Transfer full. */
GPtrArray       *rt_store_timeline_dup_held (RtStoreTimeline *self);
/* Of the newest row in memory; FALSE: there is none. */
gboolean         rt_store_timeline_get_newest (RtStoreTimeline *self, RtTimelineKey *key);
guint            rt_store_timeline_get_n_held (RtStoreTimeline *self);

G_END_DECLS
