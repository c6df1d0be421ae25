/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"
#include "p2p-limit-defaults.h"

G_BEGIN_DECLS

/**
 * P2pAllocateFunc: (skip)
 * @length: how many bytes
 * @data: that of whoever set it
 *
 * Finds memory for what a peer decides the size of. For tests; it is called in any thread.
 *
 * Returns: (transfer full) (nullable): the memory, to be freed by g_free(); %NULL when there is none
 */
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
 * @links: links at once, of which some are kept for our own dials
 * @pending_links: of these, links without a handshake yet
 * @links_per_address: links from one address; not from loopback unless @count_loopback
 * @count_loopback: whether @links_per_address and @accepts_per_second count loopback addresses too
 * @accepts_per_second: incoming connections that are taken a second; not from loopback unless @count_loopback
 * @handshake_seconds: until the handshake
 * @auth_seconds: for who showed a key to prove that it is his, where he may do so after the handshake
 * @known_keys: ids whose key is known, so that nothing under them counts without a proof; those that the program pinned among them, three quarters of the places at most, who may come in beyond it
 * @withhold_milliseconds: how long we wait for the first word of who is there before we say who we are
 * @grace_milliseconds: how long our answer to an original that we dialled waits for a link that it opens
 * @conflict_seconds: links opened so soon after each other are settled by the rule; a later one waits for the end of the earlier
 * @life_seconds: for a sign of life from a link, when another to the same node came
 * @answer_seconds: for py2p to answer our handshake
 * @park_seconds: how long a spare link to an original may be silent
 * @ping_seconds: without a byte from a node of ours until it is asked for one; silent twice so long after that it is gone
 * @idle_seconds: the same for an original; then it has half of it, twice
 * @clock_skew_seconds: by which our clock may be off before it is told
 * @frame_seconds: a begun frame must end in this time...
 * @frame_rate: ...and move so many bytes a second...
 * @frame_rate_seconds: ...averaged over each so many seconds from its first byte on
 * @in_budget: bytes of the unfinished frames of all links together; not less than @frame
 * @tls_handshakes: TLS handshakes of incoming links at once: each takes a thread
 * @tls_seconds: for TLS to be set up, waiting for its turn included
 * @tls_patience: seconds after which one gives its turn to another that waits
 * @descriptor_reserve: file descriptors that incoming links leave for our own dials
 * @failures_per_second: failures of incoming links that are told; the rest is counted
 * @dials_in_flight: dials of the node's own at once
 * @dials_per_second: dials that the node makes by itself; what the program asked for is not held up
 * @dials_per_minute: the same a minute; at most 64
 * @links_per_prefix: outgoing links, chosen by the node itself, to one IPv4 /24 or IPv6 /48; not to its own LAN
 * @addresses: addresses in the address book
 * @address_failures: in a row, before an address that the program did not pin is given up
 * @blocked: nodes and hosts that the program may block, together
 * @redial_seconds: the longest pause between attempts at one address...
 * @redial_alone_seconds: ...and that of a node without any link
 * @discover_seconds: the longest pause between questions for more nodes, while too few are known; 0: none are asked
 * @peers_per_list: addresses taken from one list of peers
 * @seen_ids: ids of messages that are remembered, 96 at least, in two generations of...
 * @seen_seconds: ...so long each
 * @message_age_seconds: how far the time of a message may be from ours, either way
 * @cache_messages: broadcasts kept for nodes of ours that missed them...
 * @cache_bytes: ...of so many bytes together...
 * @cache_seconds: ...for so long, and not longer than @seen_seconds
 * @serves: how often one node is given a kept broadcast that it asks for
 * @awaited_messages: announced messages that did not come yet: all links share the room
 * @eager_links: a node with more links to nodes of ours than this takes ids from some; so many get whole what we say
 * @eager_feeds: links to nodes of ours that bring us whole messages, when there are so many links
 * @announce_milliseconds: how long an id waits for others...
 * @announce_spacing_milliseconds: ...and from one round of announcements to the next, about
 * @announce_links: links that a round goes to
 * @patience_milliseconds: how long what was announced may take to come by itself, before it is asked for
 * @requests: searches for a node under way...
 * @request_seconds: ...until one is given up
 * @renegotiations: messages about compression that are answered on a link, and...
 * @resends: ...frames sent again, in each...
 * @renegotiation_seconds: ...so many seconds
 * @out_queue: bytes that wait for one link; more are refused and counted
 * @out_queue_seconds: how long a link may stay above half of @out_queue
 * @recv_queue: messages kept for p2p_mesh_socket_recv(), the oldest is dropped for a new one; 0: none, for programs that read the signal
 * @penalty: points at which a link ends: bad frames that only its other end can have made are 10 each; 0: never
 * @penalty_decay: points a link is forgiven a second
 * @table_keys: keys that the table holds, deleted ones that it still remembers among them
 * @table_bytes: bytes of its keys, values and what is noted about them
 * @table_owner_keys: keys that one node holds
 * @table_owner_bytes: bytes of what one node wrote, with the keys that it holds
 * @table_key: bytes of a key
 * @table_value: bytes of a value
 * @table_contenders: nodes whose writes of one key are kept
 * @table_digest_seconds: how often nodes of ours compare their tables
 * @table_dump_seconds: in which a link is given the whole table once
 * @table_dumps: times that the whole table goes out in these seconds, to whomever: the next one waits
 * @chord_value: bytes of a value in a distributed table
 * @chord_bytes: bytes of what a node stores of it, replicas included...
 * @chord_share: ...and which part of that (one in so many) may come by one neighbour, when half of it is taken
 * @chord_names: keys whose names are known, deleted ones that are still remembered among them...
 * @chord_names_bytes: ...and the bytes that they take
 * @chord_seconds: for an answer, when the program does not say how long
 * @chord_nil_milliseconds: how long an original that said that it has nothing may still find it
 * @chord_requests: questions for values under way, of which three quarters may be those of neighbours...
 * @chord_link_requests: ...and those of one neighbour among them
 * @chord_stabilise_seconds: how often the neighbours on the ring are asked for theirs
 * @chord_hops: how often a question for a place is passed on
 * @chord_republish_seconds: how often what our program wrote is looked after
 * @chord_written: keys that our program wrote and that are looked after
 * @chord_dump_seconds: in which a neighbour is told all names, or all values of its arc, once
 * @chord_tombstone_seconds: how long deletes are remembered
 * @app_frames: application frames that a link may whisper a second, on average; twice as many at once
 * @app_bytes: the same in bytes, for pages of history and chunks of files, which we asked for
 * @sign_milliseconds: how long our broadcasts are gathered for one signature; the first after such a pause is signed alone, at once
 * @proof_milliseconds: how long a broadcast of a node with a known key waits for its signature
 * @proof_seconds: how long signatures without their broadcast, and broadcasts told of without one, are remembered
 * @held_messages: broadcasts that wait for their signature, a link’s a quarter of them; as many that were told of without are remembered
 * @held_bytes: the same in bytes
 * @held_proofs: broadcasts that were signed and did not come yet, a link’s a quarter of them
 * @signature_checks: signatures that are checked a second, a link’s a quarter of them
 * @status_entries: causes that p2p_mesh_socket_get_status() remembers
 *
 * What a node puts up with. Set them before the node is made. Each has a name too, for p2p_limits_set() and the option
 * --limit of roundtable-node; the default of a member `frame` is %P2P_LIMIT_FRAME, and so on. docs/limits.md has them with their tests.
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
  gboolean count_loopback;
  guint32 accepts_per_second;
  guint32 handshake_seconds;
  guint32 auth_seconds;
  guint32 known_keys;
  guint32 withhold_milliseconds;
  guint32 grace_milliseconds;
  guint32 conflict_seconds;
  guint32 life_seconds;
  guint32 answer_seconds;
  guint32 park_seconds;
  guint32 ping_seconds;
  guint32 idle_seconds;
  guint32 clock_skew_seconds;
  guint32 frame_seconds;
  guint32 frame_rate;
  guint32 frame_rate_seconds;
  guint32 in_budget;
  guint32 tls_handshakes;
  guint32 tls_seconds;
  guint32 tls_patience;
  guint32 descriptor_reserve;
  guint32 failures_per_second;
  guint32 dials_in_flight;
  guint32 dials_per_second;
  guint32 dials_per_minute;
  guint32 links_per_prefix;
  guint32 addresses;
  guint32 address_failures;
  guint32 blocked;
  guint32 redial_seconds;
  guint32 redial_alone_seconds;
  guint32 discover_seconds;
  guint32 peers_per_list;
  guint32 seen_ids;
  guint32 seen_seconds;
  guint32 message_age_seconds;
  guint32 cache_messages;
  guint32 cache_bytes;
  guint32 cache_seconds;
  guint32 serves;
  guint32 awaited_messages;
  guint32 eager_links;
  guint32 eager_feeds;
  guint32 announce_milliseconds;
  guint32 announce_spacing_milliseconds;
  guint32 announce_links;
  guint32 patience_milliseconds;
  guint32 requests;
  guint32 request_seconds;
  guint32 renegotiations;
  guint32 resends;
  guint32 renegotiation_seconds;
  guint32 out_queue;
  guint32 out_queue_seconds;
  guint32 recv_queue;
  guint32 penalty;
  guint32 penalty_decay;
  guint32 table_keys;
  guint32 table_bytes;
  guint32 table_owner_keys;
  guint32 table_owner_bytes;
  guint32 table_key;
  guint32 table_value;
  guint32 table_contenders;
  guint32 table_digest_seconds;
  guint32 table_dump_seconds;
  guint32 table_dumps;
  guint32 chord_value;
  guint32 chord_bytes;
  guint32 chord_share;
  guint32 chord_names;
  guint32 chord_names_bytes;
  guint32 chord_seconds;
  guint32 chord_nil_milliseconds;
  guint32 chord_requests;
  guint32 chord_link_requests;
  guint32 chord_stabilise_seconds;
  guint32 chord_hops;
  guint32 chord_republish_seconds;
  guint32 chord_written;
  guint32 chord_dump_seconds;
  guint32 chord_tombstone_seconds;
  guint32 app_frames;
  guint32 app_bytes;
  guint32 sign_milliseconds;
  guint32 proof_milliseconds;
  guint32 proof_seconds;
  guint32 held_messages;
  guint32 held_bytes;
  guint32 held_proofs;
  guint32 signature_checks;
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
