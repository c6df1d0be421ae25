/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/p2p.h"

G_BEGIN_DECLS

/* What the page says of a ring, in words. */

/* A storing node. */
typedef struct {
  char    *id;
  char    *address;             /* nullable */
  double   fraction;            /* of the way round, [0, 1) */
  gboolean is_self, linked, is_own;
  gboolean after, before, finger;
  gint64   n_values, n_bytes;   /* -1: it did not tell */
} RtRingMember;

void  rt_ring_member_read       (RtRingMember *self, P2pChordMemberInfo *info);
void  rt_ring_member_clear      (RtRingMember *self);
char *rt_ring_member_dup_name   (const RtRingMember *self);             /* "you", or a short id */
char *rt_ring_member_dup_role   (const RtRingMember *self);             /* what it is to us */
char *rt_ring_member_dup_stored (const RtRingMember *self);             /* "12 values, 3.4 kB" */
char *rt_ring_member_dup_spoken (const RtRingMember *self);             /* all of it, in one line */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RtRingMember, rt_ring_member_clear)

/* What a place of the chosen key said. */
typedef enum {
  RT_RING_WAITING,              /* no answer yet */
  RT_RING_AGREES,               /* the value that counts, or with all others: nothing */
  RT_RING_OTHER,                /* another value */
  RT_RING_NOTHING,
  RT_RING_SILENT,
  RT_RING_NOBODY,               /* there was nobody to ask */
} RtRingAnswer;

#define RT_RING_N_PLACES 5u

typedef struct {
  char        *hash;
  char        *words;
  char        *asked, *holder;  /* ids, nullable */
  char        *author;          /* who signed what it said, nullable */
  double       fraction;
  RtRingAnswer answer;
  gboolean     has_value;
  gboolean     is_self;
  guint        hops;
  double       milliseconds;
} RtRingPlace;

/* The place at that index of a lookup; FALSE: there is no such. */
gboolean rt_ring_place_read       (RtRingPlace *self, P2pChordLookup *lookup, guint index);
void     rt_ring_place_clear      (RtRingPlace *self);
char    *rt_ring_place_dup_title  (const RtRingPlace *self);            /* "sha1, at 31 %" */
char    *rt_ring_place_dup_way    (const RtRingPlace *self);            /* "7kQX…oTiR · 2 hops · 12 ms" */
char    *rt_ring_place_dup_spoken (const RtRingPlace *self);
const char *rt_ring_answer_words  (RtRingAnswer answer);                /* for the legend */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RtRingPlace, rt_ring_place_clear)

char    *rt_ring_dup_outcome (P2pChordLookup *lookup);                  /* what it came to: "4 of 5 places say the same" */

/* Ids and addresses are from others: they are shown as plain text, and cut. */
char    *rt_ring_dup_percent (double fraction);                         /* "31 %" */

G_END_DECLS
