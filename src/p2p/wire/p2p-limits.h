/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/* Every limit has a name and a default here; security.md of the design says why each has its value. */
#define P2P_LIMIT_FRAME_BEFORE_HANDSHAKE   (8u * 1024)
#define P2P_LIMIT_FRAME                    (4u * 1024 * 1024)
#define P2P_LIMIT_RATIO                    256u
#define P2P_LIMIT_RATIO_FLOOR              (64u * 1024)
#define P2P_LIMIT_LZMA_MEMORY              (16u * 1024 * 1024)
#define P2P_LIMIT_DEPTH                    32u
#define P2P_LIMIT_ELEMENTS                 65536u
#define P2P_LIMIT_ID_CHARS                 88u
#define P2P_LIMIT_LINKS                    128u
#define P2P_LIMIT_PENDING_LINKS            32u
#define P2P_LIMIT_LINKS_PER_ADDRESS        8u
#define P2P_LIMIT_ACCEPTS_PER_SECOND       20u
#define P2P_LIMIT_HANDSHAKE_SECONDS        10u
#define P2P_LIMIT_WITHHOLD_MILLISECONDS    1000u
#define P2P_LIMIT_GRACE_MILLISECONDS       100u
#define P2P_LIMIT_CONFLICT_SECONDS         2u
#define P2P_LIMIT_LIFE_SECONDS             5u
#define P2P_LIMIT_ANSWER_SECONDS           3u
#define P2P_LIMIT_PARK_SECONDS             120u
#define P2P_LIMIT_PING_SECONDS             15u
#define P2P_LIMIT_IDLE_SECONDS             30u
#define P2P_LIMIT_CLOCK_SKEW_SECONDS       30u
#define P2P_LIMIT_FRAME_SECONDS            60u
#define P2P_LIMIT_FRAME_RATE               1024u
#define P2P_LIMIT_FRAME_RATE_SECONDS       15u
#define P2P_LIMIT_IN_BUDGET                (64u * 1024 * 1024)
#define P2P_LIMIT_TLS_HANDSHAKES           4u
#define P2P_LIMIT_TLS_SECONDS              10u
#define P2P_LIMIT_TLS_PATIENCE             1u
#define P2P_LIMIT_DESCRIPTOR_RESERVE       (2 * P2P_LIMIT_MAX_OUTGOING)
#define P2P_LIMIT_FAILURES_PER_SECOND      10u
#define P2P_LIMIT_DIALS_IN_FLIGHT          8u
#define P2P_LIMIT_DIALS_PER_SECOND         1u
#define P2P_LIMIT_DIALS_PER_MINUTE         16u
#define P2P_LIMIT_LINKS_PER_PREFIX         2u
#define P2P_LIMIT_ADDRESSES                256u
#define P2P_LIMIT_ADDRESS_FAILURES         8u
#define P2P_LIMIT_BLOCKED                  4096u
#define P2P_LIMIT_REDIAL_SECONDS           300u
#define P2P_LIMIT_REDIAL_ALONE_SECONDS     15u
#define P2P_LIMIT_DISCOVER_SECONDS         60u
#define P2P_LIMIT_PEERS_PER_LIST           32u
#define P2P_LIMIT_SEEN_IDS                 131072u
#define P2P_LIMIT_SEEN_SECONDS             120u
#define P2P_LIMIT_MESSAGE_AGE_SECONDS      60u
#define P2P_LIMIT_CACHE_MESSAGES           4096u
#define P2P_LIMIT_CACHE_BYTES              (8u * 1024 * 1024)
#define P2P_LIMIT_CACHE_SECONDS            60u
#define P2P_LIMIT_SERVES                   3u
#define P2P_LIMIT_AWAITED_MESSAGES         32768u
#define P2P_LIMIT_EAGER_LINKS              6u
#define P2P_LIMIT_EAGER_FEEDS              2u
#define P2P_LIMIT_ANNOUNCE_MILLISECONDS    100u
#define P2P_LIMIT_ANNOUNCE_SPACING_MILLISECONDS 1000u
#define P2P_LIMIT_ANNOUNCE_LINKS           4u
#define P2P_LIMIT_PATIENCE_MILLISECONDS    300u
#define P2P_LIMIT_REQUESTS                 256u
#define P2P_LIMIT_REQUEST_SECONDS          30u
#define P2P_LIMIT_RENEGOTIATIONS           3u
#define P2P_LIMIT_RESENDS                  1u
#define P2P_LIMIT_RENEGOTIATION_SECONDS    10u
#define P2P_LIMIT_OUT_QUEUE                (8u * 1024 * 1024)
#define P2P_LIMIT_OUT_QUEUE_SECONDS        30u
#define P2P_LIMIT_RECV_QUEUE               10000u
#define P2P_LIMIT_PENALTY                  100u
#define P2P_LIMIT_PENALTY_DECAY            1u
#define P2P_LIMIT_TABLE_KEYS               262144u
#define P2P_LIMIT_TABLE_BYTES              (128u * 1024 * 1024)
#define P2P_LIMIT_TABLE_OWNER_KEYS         131072u
#define P2P_LIMIT_TABLE_OWNER_BYTES        (64u * 1024 * 1024)
#define P2P_LIMIT_TABLE_KEY                1024u
#define P2P_LIMIT_TABLE_VALUE              (2u * 1024 * 1024)
#define P2P_LIMIT_TABLE_CONTENDERS         8u
#define P2P_LIMIT_TABLE_DIGEST_SECONDS     30u
#define P2P_LIMIT_TABLE_DUMP_SECONDS       60u
#define P2P_LIMIT_TABLE_DUMPS              64u
#define P2P_LIMIT_CHORD_VALUE                (64u * 1024)
#define P2P_LIMIT_CHORD_BYTES                (64u * 1024 * 1024)
#define P2P_LIMIT_CHORD_SHARE                8u
#define P2P_LIMIT_CHORD_NAMES                262144u
#define P2P_LIMIT_CHORD_NAMES_BYTES          (64u * 1024 * 1024)
#define P2P_LIMIT_CHORD_SECONDS              10u
#define P2P_LIMIT_CHORD_NIL_MILLISECONDS     1000u
#define P2P_LIMIT_CHORD_REQUESTS             4096u
#define P2P_LIMIT_CHORD_LINK_REQUESTS        512u
#define P2P_LIMIT_CHORD_STABILISE_SECONDS    5u
#define P2P_LIMIT_CHORD_HOPS                 32u
#define P2P_LIMIT_CHORD_REPUBLISH_SECONDS    1800u
#define P2P_LIMIT_CHORD_WRITTEN              10000u
#define P2P_LIMIT_CHORD_DUMP_SECONDS         60u
#define P2P_LIMIT_CHORD_TOMBSTONE_SECONDS    7200u
#define P2P_LIMIT_APP_FRAMES               256u
#define P2P_LIMIT_APP_BYTES                (64u * 1024 * 1024)
#define P2P_LIMIT_STATUS_ENTRIES           64u
#define P2P_LIMIT_MAX_OUTGOING             4u

/* Internal: memory for length bytes, to be freed by g_free(); NULL when there is none. In any thread. */
typedef gpointer (*P2pAllocateFunc) (gsize length, gpointer data);

/**
 * P2pLimits:
 * @frame_before_handshake: bytes of a frame before the handshake
 * @frame: bytes of a frame, packed or unpacked, after it
 * @ratio: how many times larger than itself a frame may unpack to...
 * @ratio_floor: ...where it unpacks to more than this
 * @lzma_memory: bytes that the lzma decoder may use
 * @depth: nesting of values
 * @elements: elements of a frame, all depths together
 *
 * What a node puts up with. Set them before the node listens or connects. Each has a name too, for p2p_limits_set() and the option
 * --limit of roundtable-node.
 */
typedef struct {
  guint32 frame_before_handshake;
  guint32 frame;
  guint32 ratio;
  guint32 ratio_floor;
  guint32 lzma_memory;
  guint32 depth;
  guint32 elements;
  guint32 links;
  guint32 pending_links;
  guint32 links_per_address;
  gboolean count_loopback;          /* links_per_address counts loopback addresses too (off) */
  guint32 accepts_per_second;       /* not for loopback unless count_loopback */
  guint32 handshake_seconds;
  guint32 withhold_milliseconds;    /* how long we wait for the first word of who is there before we say who we are */
  guint32 grace_milliseconds;       /* how long our answer to an original that we dialled waits for a link that it opens */
  guint32 conflict_seconds;         /* links opened so soon after each other are settled by the rule; a later one waits for the end of the earlier */
  guint32 life_seconds;             /* for a sign of life from a link, when another to the same node came */
  guint32 answer_seconds;           /* for py2p to answer our handshake */
  guint32 park_seconds;             /* how long a spare link to an original may be silent */
  guint32 ping_seconds;             /* without a byte from a node of ours until it is asked for one; silent twice so long after that it is gone */
  guint32 idle_seconds;             /* the same for an original; then it has half of it, twice */
  guint32 clock_skew_seconds;       /* by which our clock may be off before it is told */
  guint32 frame_seconds;            /* a begun frame must end in this time... */
  guint32 frame_rate;               /* ...and move so many bytes a second... */
  guint32 frame_rate_seconds;       /* ...averaged over each so many seconds from its first byte on */
  guint32 in_budget;                /* bytes of the unfinished frames of all links together; not less than frame */
  guint32 tls_handshakes;           /* of incoming links, at once: each takes a thread */
  guint32 tls_seconds;              /* for TLS to be set up, waiting for its turn included */
  guint32 tls_patience;             /* seconds after which one gives its turn to another that waits */
  guint32 descriptor_reserve;       /* file descriptors that incoming links leave for our own dials */
  guint32 failures_per_second;      /* failures of incoming links that are told; the rest is counted */
  guint32 dials_in_flight;
  guint32 dials_per_second;         /* those that the node makes by itself; what the program asked for is not held up */
  guint32 dials_per_minute;         /* at most 64 */
  guint32 links_per_prefix;         /* outgoing, chosen by the node itself, to one IPv4 /24 or IPv6 /48; not to its own LAN */
  guint32 addresses;                /* in the address book */
  guint32 address_failures;         /* in a row, before an address that the program did not pin is given up */
  guint32 blocked;                  /* nodes and hosts that the program may block, together */
  guint32 redial_seconds;           /* the longest pause between attempts at one address... */
  guint32 redial_alone_seconds;     /* ...and that of a node without any link */
  guint32 discover_seconds;         /* the longest pause between questions for more nodes, while too few are known; 0: none are asked */
  guint32 peers_per_list;
  guint32 seen_ids;
  guint32 seen_seconds;
  guint32 message_age_seconds;
  guint32 cache_messages;           /* broadcasts kept for nodes of ours that missed them... */
  guint32 cache_bytes;              /* ...of so many bytes together... */
  guint32 cache_seconds;            /* ...for so long, and not longer than seen_seconds */
  guint32 serves;                   /* how often one node is given a kept broadcast that it asks for */
  guint32 awaited_messages;         /* announced ones that did not come yet: all links share the room */
  guint32 eager_links;              /* a node with more links to nodes of ours than this takes ids from some; so many get whole what we say */
  guint32 eager_feeds;              /* links to nodes of ours that bring us whole messages, when there are so many links */
  guint32 announce_milliseconds;    /* how long an id waits for others... */
  guint32 announce_spacing_milliseconds; /* ...and from one round of announcements to the next, about */
  guint32 announce_links;           /* links that a round goes to */
  guint32 patience_milliseconds;    /* how long what was announced may take to come by itself, before it is asked for */
  guint32 requests;
  guint32 request_seconds;
  guint32 renegotiations;
  guint32 resends;
  guint32 renegotiation_seconds;
  guint32 out_queue;                /* bytes a link */
  guint32 out_queue_seconds;        /* how long a link may stay above out_queue / 2 */
  guint32 recv_queue;               /* messages kept for recv(); 0: none, for programs that read the signal */
  guint32 penalty;                  /* points at which a link ends: bad frames that only its other end can have made are 10 each; 0: never */
  guint32 penalty_decay;            /* points a link is forgiven a second */
  guint32 table_keys;               /* keys that the table holds, deleted ones that it still remembers among them */
  guint32 table_bytes;              /* of its keys, values and what is noted about them */
  guint32 table_owner_keys;         /* keys that one node holds */
  guint32 table_owner_bytes;        /* of what one node wrote, with the keys that it holds */
  guint32 table_key;                /* bytes of a key */
  guint32 table_value;              /* bytes of a value */
  guint32 table_contenders;         /* nodes whose writes of one key are kept */
  guint32 table_digest_seconds;     /* how often nodes of ours compare their tables */
  guint32 table_dump_seconds;       /* in which a link is given the whole table once */
  guint32 table_dumps;              /* times that the whole table goes out in these seconds, to whomever: the next one waits */
  guint32 chord_value;              /* bytes of a value in a distributed table */
  guint32 chord_bytes;              /* of what a node stores of it, replicas included... */
  guint32 chord_share;              /* ...and which part of that (one in so many) may come by one neighbour, when half of it is taken */
  guint32 chord_names;              /* keys whose names are known, deleted ones that are still remembered among them... */
  guint32 chord_names_bytes;        /* ...and the bytes that they take */
  guint32 chord_seconds;            /* for an answer, when the program does not say how long */
  guint32 chord_nil_milliseconds;   /* how long an original that said that it has nothing may still find it */
  guint32 chord_requests;           /* questions for values under way, of which three quarters may be those of neighbours... */
  guint32 chord_link_requests;      /* ...and those of one neighbour among them */
  guint32 chord_stabilise_seconds;  /* how often the neighbours on the ring are asked for theirs */
  guint32 chord_hops;               /* how often a question for a place is passed on */
  guint32 chord_republish_seconds;  /* how often what our program wrote is looked after */
  guint32 chord_written;            /* keys that our program wrote and that are looked after */
  guint32 chord_dump_seconds;       /* in which a neighbour is told all names, or all values of its arc, once */
  guint32 chord_tombstone_seconds;  /* how long deletes are remembered */
  guint32 app_frames;               /* application frames that a link may whisper a second, on average; twice as many at once */
  guint32 app_bytes;                /* the same in bytes, for pages of history and chunks of files, which we asked for */
  guint32 status_entries;           /* the last one: the names of p2p-limits.c end with it */

  /*< private >*/
  P2pAllocateFunc allocate;         /* for what a peer decides the size of; NULL: g_try_malloc() */
  gpointer allocate_data;
} P2pLimits;

#define P2P_TYPE_LIMITS (p2p_limits_get_type ())
P2P_EXPORT GType p2p_limits_get_type (void);
P2P_EXPORT P2pLimits *p2p_limits_new (void);
P2P_EXPORT void       p2p_limits_init (P2pLimits *self);
P2P_EXPORT P2pLimits *p2p_limits_copy (const P2pLimits *self);
P2P_EXPORT void       p2p_limits_free (P2pLimits *self);
P2P_EXPORT const char * const *p2p_limits_get_names (void);
P2P_EXPORT gboolean   p2p_limits_set (P2pLimits *self, const char *name, guint32 value);
P2P_EXPORT gboolean   p2p_limits_get (const P2pLimits *self, const char *name, guint32 *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pLimits, p2p_limits_free)

G_END_DECLS
