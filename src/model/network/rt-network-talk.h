/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beside the text, among nodes of this program: who is who, and what was said while we were not there. */
#pragma once

#include "model/timeline/rt-catch-up.h"
#include "model/people/rt-people.h"

G_BEGIN_DECLS

typedef struct _RtNetwork RtNetwork;

/* Signal of RtNetwork: caught-up (RtCatchUp): once for a round, and what changed in the table; none where neither brought anything. */

/* Everybody heard in it, you too. Transfer none; the same object for the network's life. */
RtPeople   *rt_network_get_people (RtNetwork *self);
/* GListModel of RtGap, the oldest first: when we did not hear what was said. Transfer none; the same object for the network's life. */
GListModel *rt_network_get_gaps (RtNetwork *self);

/* ---- rt-network-seal.c ---- */
/* What is written to him alone can be read by nobody else, wherever it passes. FALSE: it would be a plain whisper. */
gboolean    rt_network_can_seal (RtNetwork *self, const char *id);
/* ---- rt-network-through.c ---- */
typedef enum {
  RT_WAY_PLAIN,                 /* as a plain whisper, now or when he can be reached */
  RT_WAY_LINK,                  /* sealed, over the link to him */
  RT_WAY_THROUGH,               /* sealed, through others */
  RT_WAY_WAITS,                 /* sealed, when somebody is there */
} RtWay;
/* Which way what is written to him alone would go now. */
RtWay       rt_network_get_way (RtNetwork *self, const char *id);

/* What was said to us beside the text and what became of it, and what we said, since the network was made. */
typedef struct {
  guint64 names, names_refused;         /* of nothing that can be shown, or for somebody who is our neighbour and did not say it */
  guint64 replies, replies_dropped;     /* no message came with it */
  guint64 receipts, receipts_dropped;   /* by id; too many of one node, or of all that are not our neighbours */
  guint64 finds, finds_refused;         /* messages that were looked for on the disk because somebody said something about them; too many */
  guint64 asks, asks_refused;           /* for history; too many, or by none of ours */
  guint64 pages, pages_refused;         /* of history; not asked for */
  guint64 told, told_known;             /* messages in them that were new, and were not */
  guint64 unsigned_frames;              /* of those who sign, and not signed: refused */
  guint64 told_proved, told_forged;     /* with a proof that holds, and with one that does not: refused */
  guint64 told_refused;                 /* of another time than was asked about, of the future, more than a round takes */
  guint64 names_out, receipts_out;      /* broadcast; both also whispered */
  guint64 whispers_out;
  guint64 boxes_out, box_receipts_out;  /* private messages and receipts for them that went through others */
  guint64 repeated;                     /* private messages that were there already */
  guint64 served;                       /* messages told to others */
} RtTalkCounts;
void        rt_network_get_talk_counts (RtNetwork *self, RtTalkCounts *counts);

G_END_DECLS
