/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-timeline.h"

G_BEGIN_DECLS

#define RT_TIMELINE_ROW_ESTIMATE 64.0    /* px a row that was never laid out is taken for; a constant, so that bounds do not tremble */
#define RT_TIMELINE_ROW_LEAST 30u        /* px that hardly a row is lower than */
#define RT_TIMELINE_NEED 120.0           /* px beyond the view that are there in every frame */
#define RT_TIMELINE_PREFETCH 900.0       /* px beyond the view that the tick makes in its spare time */
#define RT_TIMELINE_DROP 1500.0          /* px beyond the view after which a row goes back into the pool */
#define RT_TIMELINE_BUDGET 3000          /* µs of a frame that the tick may use */
#define RT_TIMELINE_END_SPACE 12         /* px before the first and after the last row */
#define RT_TIMELINE_STICK 1.5            /* px from the bottom that count as the bottom */
#define RT_TIMELINE_PAGE 100u            /* items asked for at a time */
#define RT_TIMELINE_AHEAD 60u            /* items left on a side when its next page is asked for: about two views */
#define RT_TIMELINE_MAX_ITEMS 800u       /* items in memory before the far side goes */

typedef enum {
  RT_TIMELINE_ROW_ITEM,
  RT_TIMELINE_ROW_DIVIDER,
  RT_TIMELINE_ROW_EDGE,                  /* "Loading…": rows that are still to come */
} RtTimelineRowKind;

typedef struct {
  RtTimelineRowKind kind;
  GtkWidget        *widget;
  RtTimelineItem   *item;                /* of an ITEM */
  guint             divider;             /* id of a DIVIDER */
  int               height;
} RtTimelineRow;

/* A row that is no item. Its widget is made when it comes near the view, and is a child of the timeline from then on. */
typedef struct {
  guint         id;
  RtTimelineKey key;
  GtkWidget    *widget;                  /* nullable */
  RtTimelineCreateDivider create;
  GObject      *what;
} RtTimelineDivider;

typedef enum { RT_TIMELINE_SIDE_BEFORE, RT_TIMELINE_SIDE_AFTER, RT_TIMELINE_SIDE_WHOLE, RT_TIMELINE_N_SIDES } RtTimelineSide;

typedef struct {
  GWeakRef        timeline;
  RtTimelineSide  side;
  gboolean        head;                  /* WHOLE: the oldest rows are what is wanted */
  gboolean        stale;                 /* something changed in what it will answer: ask again */
  gboolean        grown;                 /* rows were appended since it was asked */
} RtTimelineRequest;

struct _RtTimeline {
  GtkWidget parent_instance;

  GtkAdjustment      *hadjustment, *vadjustment;
  GtkScrollablePolicy hscroll_policy, vscroll_policy;

  RtTimelineSource   *source;
  RtTimelineCreateRow create;
  RtTimelineBindRow   bind;
  gpointer            factory_data;

  /* The window of items that are in memory, oldest first */
  GPtrArray *items;
  gboolean   has_before, has_after;
  guint64    base_rank;                  /* rows before items[0], an estimate unless 0 */
  guint64    total;                      /* rows in all, likewise */
  gboolean   known;                      /* a first page has come */
  GCancellable      *pending[RT_TIMELINE_N_SIDES];
  RtTimelineRequest *requests[RT_TIMELINE_N_SIDES];    /* owned by their callbacks */
  gboolean   failed[RT_TIMELINE_N_SIDES];

  /* The rows that are laid out: a run of neighbours, in value coordinates */
  GArray    *rows;                       /* of RtTimelineRow */
  guint      first;                      /* index in items of the first ITEM row */
  guint      n_item_rows;
  double     top;                        /* y of rows[0] */
  GPtrArray *pool;                       /* widgets to be used again */
  int        width, page;                /* of the last allocation */
  gboolean   warm;                       /* rows were made ahead */
  gboolean   stick;                      /* the bottom is followed */
  gboolean   rushed;                     /* more than a view of it came since the last tick */
  guint      configuring;                /* the adjustment is being changed by us */
  gboolean   allocating, disposing;
  gboolean   leaping;                    /* the value went where no rows are; they are asked for */
  double     leap_value;
  guint64    leap_rank;
  guint      tick_id, spare_id;
  GtkWidget *keep;                       /* row whose top stays in the next layout */

  /* A jump that waits for its page */
  gboolean      jumping, jump_flash;
  RtTimelineKey jump_key;
  GtkWidget    *flashed;
  guint         flash_id;

  GtkWidget    *edges[2];
  GArray       *dividers;                /* of RtTimelineDivider, by key, then in the order they came */
  guint         last_divider;            /* id */

  gboolean      has_focus_key;
  RtTimelineKey focus_key;
  int           focus_end;               /* -1, 1: Home or End waits for its page */

  guint    new_below, told_new_below;
  gboolean at_bottom, empty;             /* as last notified */
  RtTimelineStats stats;
};

/* rt-timeline.c */
void     rt_timeline_update_state (RtTimeline *self);

/* rt-timeline-rows.c: the rows that are laid out */
RtTimelineRow *rt_timeline_row       (RtTimeline *self, guint position);
double   rt_timeline_row_y           (RtTimeline *self, guint position);
double   rt_timeline_bottom          (RtTimeline *self);
gboolean rt_timeline_find_row        (RtTimeline *self, RtTimelineItem *item, guint *position);
void     rt_timeline_bind_row        (RtTimeline *self, guint position, guint index);
void     rt_timeline_insert_row      (RtTimeline *self, guint position, RtTimelineRowKind kind, guint index);   /* index: of the item, or id of the divider */
void     rt_timeline_remove_row      (RtTimeline *self, guint position);
void     rt_timeline_drop_rows       (RtTimeline *self);
void     rt_timeline_remove_edges    (RtTimeline *self);
gboolean rt_timeline_extend_up       (RtTimeline *self);
gboolean rt_timeline_extend_down     (RtTimeline *self);
void     rt_timeline_set_row_shown  (GtkWidget *widget, gboolean shown);     /* what is not is kept for later */
void     rt_timeline_plan_spare      (RtTimeline *self);
gboolean rt_timeline_warm_pool       (RtTimeline *self, gint64 deadline);
void     rt_timeline_flash           (RtTimeline *self, GtkWidget *row);
void     rt_timeline_stop_flash      (RtTimeline *self);

/* rt-timeline-dividers.c: rows that are no items */
void     rt_timeline_place_dividers  (RtTimeline *self);
guint    rt_timeline_divider_above   (RtTimeline *self, guint index, guint below);   /* id of the next one to be shown over below (an id; 0: over the item); 0: none */
guint    rt_timeline_divider_below   (RtTimeline *self, guint index, guint above);   /* the same, downwards */
GtkWidget *rt_timeline_divider_widget (RtTimeline *self, guint id);
void     rt_timeline_forget_dividers (RtTimeline *self);

/* rt-timeline-layout.c: where they are */
void     rt_timeline_seed            (RtTimeline *self, guint index, double y);
void     rt_timeline_settle          (RtTimeline *self);
void     rt_timeline_value_changed   (RtTimeline *self);
void     rt_timeline_allocate        (GtkWidget *widget, int width, int height, int baseline);
void     rt_timeline_snapshot        (GtkWidget *widget, GtkSnapshot *snapshot);
void     rt_timeline_queue           (RtTimeline *self);
void     rt_timeline_show_index      (RtTimeline *self, guint index);
void     rt_timeline_page_arrived    (RtTimeline *self, gboolean head);

/* rt-timeline-window.c: the items in memory */
void     rt_timeline_item_key        (RtTimeline *self, guint index, RtTimelineKey *key);
guint    rt_timeline_lower_bound     (RtTimeline *self, const RtTimelineKey *key);   /* first index not below key */
gboolean rt_timeline_find_item       (RtTimeline *self, const RtTimelineKey *key, guint *index);
guint    rt_timeline_first_usable    (RtTimeline *self);
void     rt_timeline_load_tail       (RtTimeline *self);
void     rt_timeline_load_head       (RtTimeline *self);
void     rt_timeline_load_around     (RtTimeline *self, const RtTimelineKey *key);
void     rt_timeline_load_rank       (RtTimeline *self, guint64 rank);
void     rt_timeline_load_more       (RtTimeline *self);
void     rt_timeline_forget          (RtTimeline *self);
void     rt_timeline_fix_ranks       (RtTimeline *self);
void     rt_timeline_evict_before    (RtTimeline *self);
void     rt_timeline_evict_after     (RtTimeline *self);
void     rt_timeline_skip            (RtTimeline *self);

/* rt-timeline-changes.c: what the source tells */
void     rt_timeline_connect_source  (RtTimeline *self);
void     rt_timeline_disconnect_source (RtTimeline *self);

/* rt-timeline-focus.c */
void     rt_timeline_class_init_focus (GtkWidgetClass *widget_class);
void     rt_timeline_restore_focus   (RtTimeline *self);
void     rt_timeline_focus_target    (RtTimeline *self, guint index);
void     rt_timeline_focus_end       (RtTimeline *self);
void     rt_timeline_release_focus   (RtTimeline *self, GtkWidget *row);

G_END_DECLS
