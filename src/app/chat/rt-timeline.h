/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/timeline/rt-timeline-source.h"

G_BEGIN_DECLS

/**
 * RtTimeline: a list of rows that grows at both ends and keeps its place.
 *
 * A GtkScrollable to be put into a GtkScrolledWindow. What is learnt about rows that are not shown moves the bounds of the
 * adjustment, never its value, so neither kinetic scrolling nor a page that comes late makes anything leap.
 *
 * Properties: at-bottom (the newest row is in view and new ones are followed), new-below (rows that came while it was not),
 * empty (the source has no rows; FALSE while that is unknown).
 */
#define RT_TYPE_TIMELINE (rt_timeline_get_type ())
G_DECLARE_FINAL_TYPE (RtTimeline, rt_timeline, RT, TIMELINE, GtkWidget)

/* A new row (floating); it should be focusable and have an accessible label once it is bound. */
typedef GtkWidget *(*RtTimelineCreateRow) (gpointer user_data);
/* Shows item in row. previous is the item above it, NULL for the very first. Rows are used again for other items. */
typedef void (*RtTimelineBindRow) (GtkWidget *row, RtTimelineItem *item, RtTimelineItem *previous, gpointer user_data);

GtkWidget        *rt_timeline_new            (void);
RtTimelineSource *rt_timeline_get_source     (RtTimeline *self);        /* transfer none, nullable */
void              rt_timeline_set_source     (RtTimeline *self, RtTimelineSource *source);
void              rt_timeline_set_factory    (RtTimeline *self, RtTimelineCreateRow create, RtTimelineBindRow bind, gpointer user_data);
/* A row that is no item: shown before the first item whose key is not below key, while there is one. Its widget is what create
 * answers (floating) for what, when it comes near the view. Of several at one place the one added last is lowest.
 * Answers an id, never 0, to take it away with (0: does nothing). */
typedef GtkWidget *(*RtTimelineCreateDivider) (GObject *what, gpointer user_data);
guint             rt_timeline_add_divider    (RtTimeline *self, const RtTimelineKey *key, RtTimelineCreateDivider create, GObject *what);
void              rt_timeline_remove_divider (RtTimeline *self, guint id);
void              rt_timeline_scroll_to_bottom (RtTimeline *self);
/* Shows the row, and with flash marks it for a moment. Where the source does not have the key, its place is shown. */
void              rt_timeline_jump_to_key    (RtTimeline *self, const RtTimelineKey *key, gboolean flash);
/* The next layout leaves the top of this row where it is: for a row that grows because a person asked it to. */
void              rt_timeline_keep_row       (RtTimeline *self, GtkWidget *row);
/* Binds all rows again, e.g. because the day changed. */
void              rt_timeline_rebind         (RtTimeline *self);
gboolean          rt_timeline_get_at_bottom  (RtTimeline *self);
guint             rt_timeline_get_new_below  (RtTimeline *self);
gboolean          rt_timeline_get_empty      (RtTimeline *self);
/* The keys of the uppermost and the lowest row of which something shows; FALSE: there is none. */
gboolean          rt_timeline_get_shown      (RtTimeline *self, RtTimelineKey *first, RtTimelineKey *last);
/* The row that shows the item with this key: transfer none, nullable. */
GtkWidget        *rt_timeline_get_row        (RtTimeline *self, const RtTimelineKey *key);

/* What it costs, for tests. */
typedef struct {
  guint rows_made, rows_shown, items_held, ticks;
} RtTimelineStats;
void              rt_timeline_get_stats      (RtTimeline *self, RtTimelineStats *stats);

G_END_DECLS
