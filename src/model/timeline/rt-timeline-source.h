/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The place of a row: a total order that never changes. */
typedef struct {
  gint64 time;          /* UTC microseconds: when it was heard or sent here */
  gint64 sequence;      /* breaks ties; unique */
} RtTimelineKey;

int rt_timeline_key_compare (const RtTimelineKey *a, const RtTimelineKey *b);

/* What a timeline shows a row of. Items are immutable in key; whatever else changes is announced by `changed` of the source. */
#define RT_TYPE_TIMELINE_ITEM (rt_timeline_item_get_type ())
G_DECLARE_INTERFACE (RtTimelineItem, rt_timeline_item, RT, TIMELINE_ITEM, GObject)
struct _RtTimelineItemInterface {
  GTypeInterface parent;
  void (*get_key) (RtTimelineItem *self, RtTimelineKey *key);
  gsize (*get_weight) (RtTimelineItem *self);   /* bytes that it holds, for sources that are bounded; never changes. NULL: not worth counting */
};
void  rt_timeline_item_get_key (RtTimelineItem *self, RtTimelineKey *key);
gsize rt_timeline_item_get_weight (RtTimelineItem *self);

/* A page: items oldest first, of one generation of the source. */
typedef struct {
  GPtrArray *items;             /* of RtTimelineItem, owned */
  gboolean   has_before, has_after;
  guint      generation;
} RtTimelinePage;
void rt_timeline_page_free (RtTimelinePage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTimelinePage, rt_timeline_page_free)

/**
 * RtTimelineSource:
 *
 * Where the rows of a timeline come from, by pages with keys, never by offset. Answers come later, from the main loop
 * (a source in memory answers in the call too when asked by peek_tail). In the thread of the main context only.
 *
 * Signals, each with the key's item: appended (item; newest), inserted (item; somewhere), changed (item), removed (item),
 * reset (everything is different; the generation went up; pages of an older one are to be thrown away).
 */
#define RT_TYPE_TIMELINE_SOURCE (rt_timeline_source_get_type ())
G_DECLARE_INTERFACE (RtTimelineSource, rt_timeline_source, RT, TIMELINE_SOURCE, GObject)

typedef enum { RT_TIMELINE_TAIL, RT_TIMELINE_BEFORE, RT_TIMELINE_AFTER, RT_TIMELINE_AROUND } RtTimelineWhere;

struct _RtTimelineSourceInterface {
  GTypeInterface parent;
  /* key: for BEFORE, AFTER and AROUND (there n on either side and the row itself); the finish answers the page */
  void            (*load_async)  (RtTimelineSource *self, RtTimelineWhere where, const RtTimelineKey *key, guint n,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  RtTimelinePage *(*load_finish) (RtTimelineSource *self, GAsyncResult *result, GError **error);
  RtTimelinePage *(*peek_tail)   (RtTimelineSource *self, guint n);                 /* nullable: what is there without waiting */
  guint64         (*count_hint)  (RtTimelineSource *self);                          /* for the scrollbar: may be an estimate */
  guint64         (*rank_hint)   (RtTimelineSource *self, const RtTimelineKey *key);/* rows before it, likewise */
  guint           (*get_generation) (RtTimelineSource *self);
};

void            rt_timeline_source_load_async  (RtTimelineSource *self, RtTimelineWhere where, const RtTimelineKey *key, guint n,
                                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtTimelinePage *rt_timeline_source_load_finish (RtTimelineSource *self, GAsyncResult *result, GError **error);
RtTimelinePage *rt_timeline_source_peek_tail   (RtTimelineSource *self, guint n);
guint64         rt_timeline_source_count_hint  (RtTimelineSource *self);
guint64         rt_timeline_source_rank_hint   (RtTimelineSource *self, const RtTimelineKey *key);
guint           rt_timeline_source_get_generation (RtTimelineSource *self);

/* For implementations */
void rt_timeline_source_appended (RtTimelineSource *self, RtTimelineItem *item);
void rt_timeline_source_inserted (RtTimelineSource *self, RtTimelineItem *item);
void rt_timeline_source_changed  (RtTimelineSource *self, RtTimelineItem *item);
void rt_timeline_source_removed  (RtTimelineSource *self, RtTimelineItem *item);
void rt_timeline_source_reset    (RtTimelineSource *self);

G_END_DECLS
