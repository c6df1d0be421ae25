/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-gap.h"
#include "rt-timeline-source.h"

G_BEGIN_DECLS

/**
 * RtCatchUp: what came of a round of asking others what was said in our absence; told of once, when the round is over. Immutable.
 * Properties (readable): n-messages (guint: new to us, of others, from - until), n-important (guint: those of them in which we are named), n-keys (guint: keys of the shared table that others gave another value meanwhile; 0: none, or not known), n-conflicts (guint: of these, keys that the person was about
 * to change), from and until
 * (gint64, UTC microseconds: the time asked about), n-tellers (guint: how many told something new), complete (boolean: FALSE if there was more than a round takes, or somebody stopped in between), kind (#RtGapKind: why we asked).
 */
#define RT_TYPE_CATCH_UP (rt_catch_up_get_type ())
G_DECLARE_FINAL_TYPE (RtCatchUp, rt_catch_up, RT, CATCH_UP, GObject)

guint     rt_catch_up_get_n_messages (RtCatchUp *self);
guint     rt_catch_up_get_n_important (RtCatchUp *self);
guint     rt_catch_up_get_n_keys (RtCatchUp *self);
guint     rt_catch_up_get_n_conflicts (RtCatchUp *self);
guint     rt_catch_up_get_n_tellers (RtCatchUp *self);
gint64    rt_catch_up_get_from (RtCatchUp *self);
gint64    rt_catch_up_get_until (RtCatchUp *self);
RtGapKind rt_catch_up_get_kind (RtCatchUp *self);
gboolean  rt_catch_up_get_complete (RtCatchUp *self);
/* The first and the last of the new rows. FALSE: there are none. */
gboolean  rt_catch_up_get_first (RtCatchUp *self, RtTimelineKey *key);
gboolean  rt_catch_up_get_last (RtCatchUp *self, RtTimelineKey *key);

/* "17 keys changed, 2 conflicts"; NULL: neither. Transfer full. */
char     *rt_words_for_keys (guint n_keys, guint n_conflicts);
/* Either may be NULL. Transfer full. */
char     *rt_words_join     (const char *first, const char *second);

/* ---- for RtNetwork and tests ---- */
typedef struct {
  RtGapKind     kind;
  gint64        from, until;
  guint         n_messages, n_important, n_keys, n_conflicts, n_tellers;
  RtTimelineKey first, last;
  gboolean      complete;
} RtCatchUpResult;
RtCatchUp *rt_catch_up_new (const RtCatchUpResult *result);

G_END_DECLS
