/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-chat.h"

G_BEGIN_DECLS

/* Most hits in an answer, and most characters and different words of a query that count. */
#define RT_STORE_SEARCH_PAGE 200u
#define RT_STORE_SEARCH_WORDS 512u
#define RT_STORE_SEARCH_TERMS 32u
/* A snippet is at most so many characters. */
#define RT_STORE_SEARCH_SNIPPET 160u

/* What is looked for: NULL and 0 are any. */
typedef struct {
  char  *words;                 /* all of them; "in quotes": in a row; the last one may be the beginning of one */
  char  *network;
  char  *sender;                /* an id */
  gint64 from, to;              /* UTC microseconds, inclusive */
  gint64 before_time, before_row;       /* behind the last hit of the page before this one */
  guint  n;                     /* hits; 0: RT_STORE_SEARCH_PAGE */
} RtStoreQuery;

RtStoreQuery *rt_store_query_copy (const RtStoreQuery *self);
void          rt_store_query_free (RtStoreQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreQuery, rt_store_query_free)

typedef struct {
  RtStoreMessage *message;
  char           *network;
  char           *snippet;      /* one line of the text, with \1 and \2 around what was found */
} RtStoreHit;

void rt_store_hit_free (RtStoreHit *self);

typedef struct {
  GPtrArray *hits;              /* of RtStoreHit, the newest first */
  gboolean   has_more;
  guint64    n_covered;         /* messages in which was looked: of the network or of all; about so many where there are dates */
  gint64     covered_from, covered_to;  /* places of the first and the last of them, UTC microseconds; 0: there is none */
  gint64     exact_before;      /* what is older was found only as it is written, but for accents and case: its index is being made anew; 0: nothing */
} RtStoreResult;

void rt_store_result_free (RtStoreResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreResult, rt_store_result_free)

/* In what is written (rt_store_chat_hurry() first). Cancelled, it stops in the midst. Without words: everything that the rest of the query lets through. */
void           rt_store_search_async  (RtStore *self, const RtStoreQuery *query, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtStoreResult *rt_store_search_finish (RtStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
