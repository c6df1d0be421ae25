/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Internal to the files that speak with other nodes of this program, and to their tests. */
#pragma once

#include "rt-network-private.h"
#include "model/people/rt-person-private.h"

G_BEGIN_DECLS

/* One that was missed for less is no gap: nodes tell each other what was said in the last minutes anyway. */
#define RT_TALK_GAP_SECONDS 60
/* While somebody is there this is written down so often: a program that is killed takes so much for missed that it heard. */
#define RT_TALK_SEEN_SECONDS 30u
/* A node that starts is told by others what they keep, of the last minute or two: so much of before it started is known again, for so long. */
#define RT_TALK_BEFORE_SECONDS 300
#define RT_TALK_BEFORE_MESSAGES 4096u
/* Names, replies and the like are broadcast only while one of this program was heard in so many seconds. */
#define RT_TALK_LIVELY_SECONDS 600

/* Kept among the gaps, and no gap: it is another network since. */
#define RT_TALK_OTHER_NETWORK 3u

/* A round asks so many nodes, one after the other, for so much, and waits so long for a page. */
#define RT_CATCH_UP_TELLERS 3u
#define RT_CATCH_UP_MESSAGES 2000u
#define RT_CATCH_UP_BYTES (4u * 1024 * 1024)
#define RT_CATCH_UP_PAGES 256u
#define RT_CATCH_UP_DAYS 7
#define RT_CATCH_UP_PAGE_SECONDS 20u
/* No longer by one node, however many pages he has: he tells no more than RT_HISTORY_CREDIT in that time. The page that is on its way then is taken. */
#define RT_CATCH_UP_TELLER_SECONDS 60
/* What was said so long before the gap may have come too late to be heard. */
#define RT_CATCH_UP_SLACK_SECONDS 120
/* A message whose time is so much later than now is not believed. */
#define RT_CATCH_UP_AHEAD_SECONDS 60
/* Who told that there is more, but not now, is asked again so much later, so often. */
#define RT_CATCH_UP_AGAIN_SECONDS 60
#define RT_CATCH_UP_AGAIN 5u
/* The same node's coming again is no reason to ask it more often. */
#define RT_CATCH_UP_HEAL_AGAIN_SECONDS 600

/* A table that is compared with ours is told in many pieces: it has been, when so long no key changed. */
#define RT_CATCH_UP_QUIET_SECONDS 2
#define RT_CATCH_UP_TABLE_SECONDS 30

/* Others are told so much of our history: together at a time, and each in a minute. */
#define RT_HISTORY_AT_A_TIME 4u
/* The others wait for their turn, so many: after a power cut all come back at once. */
#define RT_HISTORY_WAITING 64u
#define RT_HISTORY_CREDIT (1024u * 1024)
/* Ids are free: all of them together have no more than this in the same time. */
#define RT_HISTORY_CREDIT_OF_ALL (4u * 1024 * 1024)
/* What a page costs besides its bytes, be they told or passed over. */
#define RT_HISTORY_PAGE_COST 4096u
#define RT_HISTORY_CREDIT_SECONDS 60
#define RT_HISTORY_PAGE_BYTES (56u * 1024)

/* Messages that nobody looks at, and that somebody says something about: so many are read from the disk at a time. */
#define RT_TALK_FINDS_AT_A_TIME 256u

typedef struct _RtRound RtRound;

struct _RtTalk {
  RtTalkCounts counts;
  gint64       begun;           /* UTC seconds: the node is up since */
  gint64       since;           /* UTC seconds: it is another network since; 0: it was always this one */
  gint64       last_seen;       /* UTC seconds: somebody was there; 0: never */
  guint        seen_timer;
  gboolean     loaded;          /* what was kept is here, or nothing is kept */
  gboolean     somebody;        /* somebody is there */
  gint64       together;        /* UTC seconds: since then */

  P2pVerifier *verifier;        /* of what others tell */
  GHashTable  *before;          /* ids of what was heard in the last minutes before */

  /* names */
  guint        name_timer;
  gint64       name_told;       /* monotonic: broadcast */
  gboolean     name_started;    /* told when the first came */
  gboolean     name_ask;        /* of the broadcast to come */

  /* replies that wait for their message */
  GHashTable  *held;            /* by the id of the message that follows */
  GQueue       held_order;      /* of the same, not owned, the first first */
  GHashTable  *recent;          /* ids of messages heard lately, and who sent them */
  GQueue       recent_order;

  /* receipts that are being gathered */
  GHashTable  *private_heard;   /* ids of sealed messages of this life */
  GQueue       private_order;
  GPtrArray   *public_ids;      /* the newest */
  GHashTable  *private_ids;     /* by sender: GPtrArray */
  guint        public_timer, private_timer;

  /* what all may claim together */
  guint        receipt_credit, find_credit;
  gint64       receipt_time, find_time;         /* monotonic: when they were counted */
  /* what we ask others to pass on in boxes: messages, and receipts */
  guint        box_credit, box_receipt_credit;
  gint64       box_time, box_receipt_time;      /* likewise */
  guint        n_finds;         /* under way */

  /* who is called otherwise than rows call him */
  GHashTable  *renamed;         /* ids */
  gboolean     all_renamed;     /* too many to remember */
  guint        rename_timer;
  gint64       renamed_at;      /* monotonic */

  /* history */
  guint        serving;
  GQueue       waiting;         /* questions */
  guint        told_credit;     /* of all who ask */
  gint64       told_time;       /* monotonic: when it was counted */
  RtRound     *round;           /* NULL: none is under way */
  guint        round_timer, heal_timer;
  guint        n_rounds;
  gint64       missed_from;     /* UTC seconds: nobody was asked yet what was said since; 0: nothing is missed */
  RtGapKind    missed_kind;
  guint        n_again;         /* rounds that were put off, one after the other */
  gint64       again_seconds;   /* RT_CATCH_UP_AGAIN_SECONDS */
  gint64       healed;          /* monotonic: a link made us ask */
  /* keys that changed, and what a round brought: both are told together */
  guint        count_timer;     /* 0: nobody counts, or it was counted */
  gint64       count_ends, counted;     /* monotonic; begun the last time, 0: never */
  guint        conflicts_before;
  RtGap       *count_gap;       /* NULL: none */
  RtCatchUpResult outcome;      /* n_messages, n_keys: 0 where there is none */
  gint64       least_gap;       /* RT_TALK_GAP_SECONDS */
  gint64       teller_seconds;  /* RT_CATCH_UP_TELLER_SECONDS */
};

/* ---- rt-network-talk.c ---- */
/* NULL, or a neighbour of this program that said it himself, on his own link. */
RtPerson *rt_network_get_teller (RtNetwork *self, P2pMessage *message, P2pConnection *connection);
void      rt_network_whisper_frame (RtNetwork *self, const char *id, P2pAppFrame *frame);
/* Sealed, to somebody whose key is known and who is not linked to us. FALSE: he is not told. */
gboolean  rt_network_tell_through  (RtNetwork *self, const char *id, P2pAppFrame *frame);

/* ---- rt-network-trust.c ---- */
void rt_network_begin_trust (RtNetwork *self);
/* Of somebody who was heard: his key, if the node knows it. */
void rt_network_learn_key   (RtNetwork *self, const char *id);
/* Beside the text, of somebody who signs, and not signed: somebody else may have said it. */
void rt_network_refuse_frame (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message);

/* ---- rt-network-names.c ---- */
void rt_network_take_name (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection);
/* A link to a node of this program is new. */
void rt_network_introduce (RtNetwork *self, const char *id);
/* The first link is. */
void rt_network_begin_names (RtNetwork *self);
void rt_network_tell_name_later (RtNetwork *self, gboolean ask, guint milliseconds);

/* ---- rt-network-beside.c ---- */
void rt_network_take_reply (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message);
void rt_network_take_receipt (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection);
/* A message was heard: its sender wants to know, and a reply to it may come late. */
void rt_network_note_heard (RtNetwork *self, P2pMessage *message);
/* One that we have was said once more: its sender does not know that we have it. */
void rt_network_note_again (RtNetwork *self, P2pMessage *message);
/* Of a sealed one, which is remembered: it was heard in this life. */
gboolean rt_network_is_again (RtNetwork *self, P2pMessage *message);
void rt_network_init_beside (RtNetwork *self);
void rt_network_free_beside (RtNetwork *self);

/* ---- rt-network-claims.c ---- */
/* FALSE: there is none left of burst, of which rate come back in a second. since: 0 at first. */
gboolean rt_credit_take (guint *credit, gint64 *since, guint burst, gint64 rate);

/* ---- rt-network-called.c ---- */
void rt_network_init_called (RtNetwork *self);
void rt_network_free_called (RtNetwork *self);

/* ---- rt-network-history.c ---- */
/* The socket is gone: nobody waits any more. */
void rt_network_drop_asks (RtNetwork *self);
void rt_network_take_history_ask (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection);

/* ---- rt-network-catch-up.c ---- */
void rt_network_take_history (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection);
/* Somebody of whom history can be asked is there. person: he came just now; NULL: something else changed. heard: when he was heard before. */
void rt_network_consider_catch_up (RtNetwork *self, RtPerson *person, gint64 heard);
/* A link is gone; NULL: all are. */
void rt_network_drop_teller (RtNetwork *self, const char *id);

/* UTC seconds: what was said since was asked about, and not all of it was told yet; 0: there is no such thing. */
gint64   rt_network_get_unasked (RtNetwork *self);
/* FALSE: none is under way, and none is about to be. */
gboolean rt_network_is_catching_up (RtNetwork *self);

/* ---- rt-network-caught-up.c ---- */
/* Somebody is there from whom changes of the table may come, which are those of before. */
void rt_network_begin_count (RtNetwork *self);
/* Likewise, of who was not heard since then. */
void rt_network_begin_count_of_split (RtNetwork *self, gint64 from);
/* They are to stand there, too. */
void rt_network_count_for_gap (RtNetwork *self, RtGap *gap);
/* keep: what was counted so far is told. */
void rt_network_end_count (RtNetwork *self, gboolean keep);
void rt_network_tell_outcome (RtNetwork *self);
/* What came of a round. */
void rt_network_take_outcome (RtNetwork *self, const RtCatchUpResult *outcome);

/* ---- rt-network-gaps.c ---- */
/* Nobody was there, and somebody is. */
void     rt_network_end_gap (RtNetwork *self);
void     rt_network_save_gap (RtNetwork *self, RtGap *gap);
void     rt_network_add_gap (RtNetwork *self, RtGap *gap, gboolean save);
/* What was missed was asked about, or is of another network. */
void     rt_network_forget_missed (RtNetwork *self);
gboolean rt_network_is_in_gap (RtNetwork *self, gint64 from, gint64 until);
/* What came of each: items of RtMessageItem, between two times. */
void     rt_network_count_in_gaps (RtNetwork *self, GPtrArray *items, gint64 first, gint64 last);
void     rt_network_restore_gaps (RtNetwork *self, GPtrArray *gaps);

G_END_DECLS
