/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {                  /* kept as numbers: never renumber */
  RT_GAP_AWAY,                  /* the network was off here */
  RT_GAP_ALONE,                 /* it was on, and nobody was there */
  RT_GAP_SPLIT,                 /* the others were there in part: what the other part said came later */
} RtGapKind;

/**
 * RtGap: a time in which we did not hear what was said in a network. Immutable but for n-messages, n-keys and unasked.
 * Properties (readable): from, until (gint64, UTC microseconds: where a divider stands in the timeline, before what is later than until), kind, n-messages (guint; notifies: how many
 * of that time came later, told by others; 0: none, as far as we know nothing was said), n-keys (guint; notifies: keys of the shared
 * table that others changed in it, known since).
 */
#define RT_TYPE_GAP (rt_gap_get_type ())
G_DECLARE_FINAL_TYPE (RtGap, rt_gap, RT, GAP, GObject)

RtGap    *rt_gap_new (RtGapKind kind, gint64 from, gint64 until);
gint64    rt_gap_get_from (RtGap *self);
gint64    rt_gap_get_until (RtGap *self);
RtGapKind rt_gap_get_kind (RtGap *self);
guint     rt_gap_get_n_messages (RtGap *self);
void      rt_gap_set_n_messages (RtGap *self, guint n_messages);
guint     rt_gap_get_n_keys (RtGap *self);
void      rt_gap_set_n_keys (RtGap *self, guint n_keys);
/* Nobody was asked about it, for the person did not want that. */
gboolean  rt_gap_get_unasked (RtGap *self);
void      rt_gap_set_unasked (RtGap *self, gboolean unasked);

G_END_DECLS
