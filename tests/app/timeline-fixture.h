/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/chat/rt-timeline.h"

G_BEGIN_DECLS

/* An item of a source for tests: its number says what it looks like. */
#define TEST_TYPE_ITEM (test_item_get_type ())
G_DECLARE_FINAL_TYPE (TestItem, test_item, TEST, ITEM, GObject)

TestItem   *test_item_new (gint64 number);
gint64      test_item_get_number (TestItem *self);
const char *test_item_get_text (TestItem *self);
void        test_item_set_text (TestItem *self, const char *text);
RtTimelineKey test_key (gint64 number);

/* A source of generated items with the numbers 0, 10, 20, …, made when they are asked for. Its pages come at once and by
 * peek_tail when the latency is 0, else that many milliseconds later, on a clock of its own that each frame advances. Edits are kept aside: others may be added and taken away. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

TestSource *test_source_new (guint64 n_items, guint latency_ms);
guint64     test_source_get_count (TestSource *self);
void        test_source_append (TestSource *self);
void        test_source_insert (TestSource *self, gint64 number);       /* of no generated one */
void        test_source_remove (TestSource *self, gint64 number);       /* of an inserted or appended one, or near the end */
void        test_source_change (TestSource *self, gint64 number, const char *text);
void        test_source_clear (TestSource *self, guint64 n_items);      /* a new generation */
void        test_source_bump   (TestSource *self);                     /* a new generation that is not told */
void        test_source_set_failing (TestSource *self, gboolean failing);
TestItem   *test_source_item_at (TestSource *self, guint64 rank);         /* transfer full */
guint       test_source_get_latency (TestSource *self);
void        test_source_advance (TestSource *self, guint ms);
guint       test_source_get_under_way (TestSource *self);
guint       test_source_get_requests (TestSource *self);
guint       test_source_get_most_under_way (TestSource *self, RtTimelineWhere where);

/* A window with a timeline on a virtual display */
typedef struct {
  GtkWidget     *window;
  RtTimeline    *timeline;
  GtkAdjustment *adjustment;
  TestSource    *source;
} Fixture;

void       fixture_set_up   (Fixture *f, guint64 n_items, guint latency_ms);
void       fixture_tear_down (Fixture *f);
double     fixture_frame    (Fixture *f);               /* runs until the next frame was painted; ms of CPU it took */
void       fixture_rest     (Fixture *f);               /* frames until nothing is being prepared any more */
double     fixture_page     (Fixture *f);
gboolean   fixture_middle   (Fixture *f, RtTimelineKey *key, double *y);
gboolean   fixture_row_y    (Fixture *f, const RtTimelineKey *key, double *y, double *height);
gboolean   fixture_row_key  (GtkWidget *row, RtTimelineKey *key);
void       fixture_assert_headers (Fixture *f);
double     fixture_bottom_gap (Fixture *f);             /* px between the newest row and where it belongs; NAN: not there */
double     fixture_scroll   (Fixture *f, double by, double *cpu);
gboolean   fixture_has_label (Fixture *f, const char *text);

/* What the widget may cost. Sanitizers make everything dearer, and measure nothing. */
#if defined (__has_feature)
# if __has_feature (address_sanitizer)
#  define MEASURES 0
# endif
#elif defined (__SANITIZE_ADDRESS__)
# define MEASURES 0
#endif
#ifndef MEASURES
# define MEASURES 1
#endif
#define MILLION 1000000u
#define MAX_ROWS_MADE 120u
void       fixture_assert_few_rows (Fixture *f);

G_END_DECLS
