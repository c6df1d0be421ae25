/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/* What a frame is, as a person would sort it. */
typedef enum {
  RT_TRAFFIC_HANDSHAKE,
  RT_TRAFFIC_PEERS,             /* a list of other nodes */
  RT_TRAFFIC_RENEGOTIATION,
  RT_TRAFFIC_RESEND,
  RT_TRAFFIC_BROADCAST,
  RT_TRAFFIC_WHISPER,
  RT_TRAFFIC_APPLICATION,       /* a sub-flag of an application's own */
  RT_TRAFFIC_REQUEST,
  RT_TRAFFIC_RESPONSE,
  RT_TRAFFIC_TABLE,             /* of a shared or a distributed table */
  RT_TRAFFIC_OURS,              /* between nodes of this program: hello, ping, ids */
  RT_TRAFFIC_RESERVED,          /* a sub-flag that nobody uses */
  RT_TRAFFIC_UNREADABLE,        /* no message could be made of it */
} RtTrafficKind;

/* The same in so few that they can be chosen from. */
typedef enum {
  RT_TRAFFIC_GROUP_LINK,        /* handshakes, peers lists, renegotiations */
  RT_TRAFFIC_GROUP_MESSAGE,
  RT_TRAFFIC_GROUP_SEARCH,
  RT_TRAFFIC_GROUP_TABLE,
  RT_TRAFFIC_GROUP_OURS,
  RT_TRAFFIC_GROUP_OTHER,
  RT_TRAFFIC_N_GROUPS,
} RtTrafficGroup;

/* What became of it. The first three can go together. */
typedef enum {
  RT_TRAFFIC_DELIVERED = 1 << 0,
  RT_TRAFFIC_RELAYED = 1 << 1,
  RT_TRAFFIC_HANDLED = 1 << 2,
  RT_TRAFFIC_DUPLICATE = 1 << 3,
  RT_TRAFFIC_DROPPED = 1 << 4,
  RT_TRAFFIC_SENT = 1 << 5,
} RtTrafficVerdict;

/* A frame as it is taken in; all of it is the caller's. */
typedef struct {
  gint64           time;        /* UTC microseconds */
  gboolean         outgoing;
  const char      *peer_id;     /* nullable */
  const char      *address;     /* nullable */
  P2pMessage      *message;     /* nullable */
  gsize            size;
  P2pCompression   compression;
  RtTrafficVerdict verdict;
  const char      *reason;      /* of a dropped one, in words; a string that stays */
} RtFrame;

/* RtTrafficItem: a frame that crossed a link. Immutable. */
#define RT_TYPE_TRAFFIC_ITEM (rt_traffic_item_get_type ())
G_DECLARE_FINAL_TYPE (RtTrafficItem, rt_traffic_item, RT, TRAFFIC_ITEM, GObject)

RtTrafficItem   *rt_traffic_item_new (const RtFrame *frame);

gint64           rt_traffic_item_get_time (RtTrafficItem *self);
gboolean         rt_traffic_item_get_outgoing (RtTrafficItem *self);
const char      *rt_traffic_item_get_peer_id (RtTrafficItem *self);        /* nullable */
const char      *rt_traffic_item_get_address (RtTrafficItem *self);        /* "" when there is none */
P2pMessage      *rt_traffic_item_get_message (RtTrafficItem *self);        /* transfer none, nullable */
/* A copy of it, for who looks into the packets: what is unpacked then goes with the copy. Transfer full, nullable. */
P2pMessage      *rt_traffic_item_dup_message (RtTrafficItem *self);
gsize            rt_traffic_item_get_size (RtTrafficItem *self);
gsize            rt_traffic_item_get_weight (RtTrafficItem *self);         /* the bytes that keeping it costs, about */
P2pCompression   rt_traffic_item_get_compression (RtTrafficItem *self);
RtTrafficKind    rt_traffic_item_get_kind (RtTrafficItem *self);
RtTrafficGroup   rt_traffic_item_get_group (RtTrafficItem *self);
RtTrafficVerdict rt_traffic_item_get_verdict (RtTrafficItem *self);
const char      *rt_traffic_item_get_reason (RtTrafficItem *self);         /* nullable */
/* Who it is: the same for all frames of one link, before and after its handshake. */
gboolean         rt_traffic_item_is_of (RtTrafficItem *self, const char *address);

/* ---- rt-traffic-words.c: as a person reads it; all transfer full, safe to show, on one line ---- */
char *rt_traffic_item_dup_clock (RtTrafficItem *self);                     /* 14:02:03.456 */
char *rt_traffic_item_dup_direction (RtTrafficItem *self);
char *rt_traffic_item_dup_peer (RtTrafficItem *self);                      /* short id, else the address */
char *rt_traffic_item_dup_peer_full (RtTrafficItem *self);                 /* both, where both are known */
char *rt_traffic_item_dup_kind (RtTrafficItem *self);
char *rt_traffic_item_dup_size (RtTrafficItem *self);
char *rt_traffic_item_dup_compression (RtTrafficItem *self);
char *rt_traffic_item_dup_id (RtTrafficItem *self);                        /* the message id in hex, "" without a message */
char *rt_traffic_item_dup_short_id (RtTrafficItem *self);
char *rt_traffic_item_dup_verdict (RtTrafficItem *self);                   /* "delivered, relayed"; "dropped" */
char *rt_traffic_item_dup_verdict_full (RtTrafficItem *self);              /* with the reason */
char *rt_traffic_item_dup_spoken (RtTrafficItem *self);                    /* the row as a screen reader says it */
char *rt_traffic_item_dup_row (RtTrafficItem *self);                       /* for the clipboard, columns with tabs */
/* The packets as typed values, one a line, what is huge cut with its size. */
char *rt_traffic_item_dup_packets (RtTrafficItem *self);
/* The same of any message; NULL: "". It unpacks what it looks at: give it a copy of a message that is kept. */
char *rt_packets_dup_text (P2pMessage *message);
const char *rt_traffic_group_get_words (RtTrafficGroup group);

/* ---- rt-traffic-export.c ---- */
/* A line of JSON without its end; values as roundtable-node writes them, bytes in hex. */
void  rt_traffic_item_append_json (RtTrafficItem *self, GString *out);

G_END_DECLS
