/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/* RtSearchHit: a message that was found. Immutable; its sender is called as on its row, with what tells him from others of that name. */
#define RT_TYPE_SEARCH_HIT (rt_search_hit_get_type ())
G_DECLARE_FINAL_TYPE (RtSearchHit, rt_search_hit, RT, SEARCH_HIT, GObject)

RtNetwork  *rt_search_hit_get_network     (RtSearchHit *self);
const char *rt_search_hit_get_sender      (RtSearchHit *self);
const char *rt_search_hit_get_sender_name (RtSearchHit *self);
gboolean    rt_search_hit_get_own         (RtSearchHit *self);
gboolean    rt_search_hit_get_private     (RtSearchHit *self);
/* Of a private one: it left so, and nobody or everybody on the way could read it; neither: it has not left. */
gboolean    rt_search_hit_get_sealed      (RtSearchHit *self);
gboolean    rt_search_hit_get_plain       (RtSearchHit *self);
RtTrust     rt_search_hit_get_trust       (RtSearchHit *self);
gint64      rt_search_hit_get_time        (RtSearchHit *self);
void        rt_search_hit_get_key         (RtSearchHit *self, RtTimelineKey *key);
/* A line of the text */
const char *rt_search_hit_get_text        (RtSearchHit *self);
/* What was found in it: of RtSearchSpan, in bytes. */
typedef struct {
  guint begin, end;
} RtSearchSpan;
const GArray *rt_search_hit_get_spans     (RtSearchHit *self);

/**
 * RtSearch: looks through what is kept of all networks; a GListModel of RtSearchHit, the newest first, that grows by rt_search_more(). What is asked for is looked for a moment after it was said last; an answer that is
 * overtaken is thrown away.
 * Properties: words, network (nullable: all), sender (an id, nullable), from and to (gint64, UTC microseconds; 0: any): writable; searching, has-more, covered (words: in what was looked, nullable), error (words, nullable): readable. All notify.
 */
#define RT_TYPE_SEARCH (rt_search_get_type ())
G_DECLARE_FINAL_TYPE (RtSearch, rt_search, RT, SEARCH, GObject)

#define RT_SEARCH_MILLISECONDS 120u
/* Hits that come at once, more than fit into a view: a row is made for each of them in one turn. */
#define RT_SEARCH_PAGE 20u
/* Hits that are held; more than anybody looks through */
#define RT_SEARCH_MAX_HITS 2000u

RtSearch   *rt_search_new          (RtNetworks *networks);
void        rt_search_set_words    (RtSearch *self, const char *words);
void        rt_search_set_network  (RtSearch *self, RtNetwork *network);
void        rt_search_set_sender   (RtSearch *self, const char *id);
void        rt_search_set_dates    (RtSearch *self, gint64 from, gint64 to);
gboolean    rt_search_get_asked    (RtSearch *self);                    /* there is something to look for */
gboolean    rt_search_get_searching (RtSearch *self);
gboolean    rt_search_get_has_more (RtSearch *self);
void        rt_search_more         (RtSearch *self);
const char *rt_search_get_covered  (RtSearch *self);
const char *rt_search_get_error    (RtSearch *self);

G_END_DECLS
