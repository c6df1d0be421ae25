/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

/* Every limit has its default here; security.md of the design says why each has its value, docs/limits.md what it bounds. */

/**
 * P2P_LIMIT_FRAME_BEFORE_HANDSHAKE:
 * The default of #P2pLimits.frame_before_handshake.
 */
#define P2P_LIMIT_FRAME_BEFORE_HANDSHAKE (8u * 1024)
/**
 * P2P_LIMIT_FRAME:
 * The default of #P2pLimits.frame.
 */
#define P2P_LIMIT_FRAME (4u * 1024 * 1024)
/**
 * P2P_LIMIT_RATIO:
 * The default of #P2pLimits.ratio.
 */
#define P2P_LIMIT_RATIO 256u
/**
 * P2P_LIMIT_RATIO_FLOOR:
 * The default of #P2pLimits.ratio_floor.
 */
#define P2P_LIMIT_RATIO_FLOOR (64u * 1024)
/**
 * P2P_LIMIT_LZMA_MEMORY:
 * The default of #P2pLimits.lzma_memory.
 */
#define P2P_LIMIT_LZMA_MEMORY (16u * 1024 * 1024)
/**
 * P2P_LIMIT_DEPTH:
 * The default of #P2pLimits.depth.
 */
#define P2P_LIMIT_DEPTH 32u
/**
 * P2P_LIMIT_ELEMENTS:
 * The default of #P2pLimits.elements.
 */
#define P2P_LIMIT_ELEMENTS 65536u
/**
 * P2P_LIMIT_ID_CHARS:
 * Characters of a node id, and of a key on the ring: what base58 needs for 512 bits. The wire fixes it.
 */
#define P2P_LIMIT_ID_CHARS 88u
/**
 * P2P_LIMIT_LINKS:
 * The default of #P2pLimits.links.
 */
#define P2P_LIMIT_LINKS 128u
/**
 * P2P_LIMIT_PENDING_LINKS:
 * The default of #P2pLimits.pending_links.
 */
#define P2P_LIMIT_PENDING_LINKS 32u
/**
 * P2P_LIMIT_LINKS_PER_ADDRESS:
 * The default of #P2pLimits.links_per_address.
 */
#define P2P_LIMIT_LINKS_PER_ADDRESS 8u
/**
 * P2P_LIMIT_ACCEPTS_PER_SECOND:
 * The default of #P2pLimits.accepts_per_second.
 */
#define P2P_LIMIT_ACCEPTS_PER_SECOND 20u
/**
 * P2P_LIMIT_HANDSHAKE_SECONDS:
 * The default of #P2pLimits.handshake_seconds.
 */
#define P2P_LIMIT_HANDSHAKE_SECONDS 10u
/**
 * P2P_LIMIT_AUTH_SECONDS:
 * The default of #P2pLimits.auth_seconds.
 */
#define P2P_LIMIT_AUTH_SECONDS 5u
/**
 * P2P_LIMIT_KNOWN_KEYS:
 * The default of #P2pLimits.known_keys.
 */
#define P2P_LIMIT_KNOWN_KEYS 16384u
/**
 * P2P_LIMIT_WITHHOLD_MILLISECONDS:
 * The default of #P2pLimits.withhold_milliseconds.
 */
#define P2P_LIMIT_WITHHOLD_MILLISECONDS 1000u
/**
 * P2P_LIMIT_GRACE_MILLISECONDS:
 * The default of #P2pLimits.grace_milliseconds.
 */
#define P2P_LIMIT_GRACE_MILLISECONDS 100u
/**
 * P2P_LIMIT_CONFLICT_SECONDS:
 * The default of #P2pLimits.conflict_seconds.
 */
#define P2P_LIMIT_CONFLICT_SECONDS 2u
/**
 * P2P_LIMIT_LIFE_SECONDS:
 * The default of #P2pLimits.life_seconds.
 */
#define P2P_LIMIT_LIFE_SECONDS 5u
/**
 * P2P_LIMIT_ANSWER_SECONDS:
 * The default of #P2pLimits.answer_seconds.
 */
#define P2P_LIMIT_ANSWER_SECONDS 3u
/**
 * P2P_LIMIT_PARK_SECONDS:
 * The default of #P2pLimits.park_seconds.
 */
#define P2P_LIMIT_PARK_SECONDS 120u
/**
 * P2P_LIMIT_PING_SECONDS:
 * The default of #P2pLimits.ping_seconds.
 */
#define P2P_LIMIT_PING_SECONDS 15u
/**
 * P2P_LIMIT_IDLE_SECONDS:
 * The default of #P2pLimits.idle_seconds.
 */
#define P2P_LIMIT_IDLE_SECONDS 30u
/**
 * P2P_LIMIT_CLOCK_SKEW_SECONDS:
 * The default of #P2pLimits.clock_skew_seconds.
 */
#define P2P_LIMIT_CLOCK_SKEW_SECONDS 30u
/**
 * P2P_LIMIT_FRAME_SECONDS:
 * The default of #P2pLimits.frame_seconds.
 */
#define P2P_LIMIT_FRAME_SECONDS 60u
/**
 * P2P_LIMIT_FRAME_RATE:
 * The default of #P2pLimits.frame_rate.
 */
#define P2P_LIMIT_FRAME_RATE 1024u
/**
 * P2P_LIMIT_FRAME_RATE_SECONDS:
 * The default of #P2pLimits.frame_rate_seconds.
 */
#define P2P_LIMIT_FRAME_RATE_SECONDS 15u
/**
 * P2P_LIMIT_IN_BUDGET:
 * The default of #P2pLimits.in_budget.
 */
#define P2P_LIMIT_IN_BUDGET (64u * 1024 * 1024)
/**
 * P2P_LIMIT_TLS_HANDSHAKES:
 * The default of #P2pLimits.tls_handshakes.
 */
#define P2P_LIMIT_TLS_HANDSHAKES 4u
/**
 * P2P_LIMIT_TLS_SECONDS:
 * The default of #P2pLimits.tls_seconds.
 */
#define P2P_LIMIT_TLS_SECONDS 10u
/**
 * P2P_LIMIT_TLS_PATIENCE:
 * The default of #P2pLimits.tls_patience.
 */
#define P2P_LIMIT_TLS_PATIENCE 1u
/**
 * P2P_LIMIT_DESCRIPTOR_RESERVE:
 * The default of #P2pLimits.descriptor_reserve.
 */
#define P2P_LIMIT_DESCRIPTOR_RESERVE (2 * P2P_LIMIT_MAX_OUTGOING)
/**
 * P2P_LIMIT_FAILURES_PER_SECOND:
 * The default of #P2pLimits.failures_per_second.
 */
#define P2P_LIMIT_FAILURES_PER_SECOND 10u
/**
 * P2P_LIMIT_DIALS_IN_FLIGHT:
 * The default of #P2pLimits.dials_in_flight.
 */
#define P2P_LIMIT_DIALS_IN_FLIGHT 8u
/**
 * P2P_LIMIT_DIALS_PER_SECOND:
 * The default of #P2pLimits.dials_per_second.
 */
#define P2P_LIMIT_DIALS_PER_SECOND 1u
/**
 * P2P_LIMIT_DIALS_PER_MINUTE:
 * The default of #P2pLimits.dials_per_minute.
 */
#define P2P_LIMIT_DIALS_PER_MINUTE 16u
/**
 * P2P_LIMIT_LINKS_PER_PREFIX:
 * The default of #P2pLimits.links_per_prefix.
 */
#define P2P_LIMIT_LINKS_PER_PREFIX 2u
/**
 * P2P_LIMIT_ADDRESSES:
 * The default of #P2pLimits.addresses.
 */
#define P2P_LIMIT_ADDRESSES 256u
/**
 * P2P_LIMIT_ADDRESS_FAILURES:
 * The default of #P2pLimits.address_failures.
 */
#define P2P_LIMIT_ADDRESS_FAILURES 8u
/**
 * P2P_LIMIT_BLOCKED:
 * The default of #P2pLimits.blocked.
 */
#define P2P_LIMIT_BLOCKED 4096u
/**
 * P2P_LIMIT_REDIAL_SECONDS:
 * The default of #P2pLimits.redial_seconds.
 */
#define P2P_LIMIT_REDIAL_SECONDS 300u
/**
 * P2P_LIMIT_REDIAL_ALONE_SECONDS:
 * The default of #P2pLimits.redial_alone_seconds.
 */
#define P2P_LIMIT_REDIAL_ALONE_SECONDS 15u
/**
 * P2P_LIMIT_DISCOVER_SECONDS:
 * The default of #P2pLimits.discover_seconds.
 */
#define P2P_LIMIT_DISCOVER_SECONDS 60u
/**
 * P2P_LIMIT_PEERS_PER_LIST:
 * The default of #P2pLimits.peers_per_list.
 */
#define P2P_LIMIT_PEERS_PER_LIST 32u
/**
 * P2P_LIMIT_SEEN_IDS:
 * The default of #P2pLimits.seen_ids.
 */
#define P2P_LIMIT_SEEN_IDS 131072u
/**
 * P2P_LIMIT_SEEN_SECONDS:
 * The default of #P2pLimits.seen_seconds.
 */
#define P2P_LIMIT_SEEN_SECONDS 120u
/**
 * P2P_LIMIT_MESSAGE_AGE_SECONDS:
 * The default of #P2pLimits.message_age_seconds.
 */
#define P2P_LIMIT_MESSAGE_AGE_SECONDS 60u
/**
 * P2P_LIMIT_CACHE_MESSAGES:
 * The default of #P2pLimits.cache_messages.
 */
#define P2P_LIMIT_CACHE_MESSAGES 4096u
/**
 * P2P_LIMIT_CACHE_BYTES:
 * The default of #P2pLimits.cache_bytes.
 */
#define P2P_LIMIT_CACHE_BYTES (8u * 1024 * 1024)
/**
 * P2P_LIMIT_CACHE_SECONDS:
 * The default of #P2pLimits.cache_seconds.
 */
#define P2P_LIMIT_CACHE_SECONDS 60u
/**
 * P2P_LIMIT_SERVES:
 * The default of #P2pLimits.serves.
 */
#define P2P_LIMIT_SERVES 3u
/**
 * P2P_LIMIT_AWAITED_MESSAGES:
 * The default of #P2pLimits.awaited_messages.
 */
#define P2P_LIMIT_AWAITED_MESSAGES 32768u
/**
 * P2P_LIMIT_EAGER_LINKS:
 * The default of #P2pLimits.eager_links.
 */
#define P2P_LIMIT_EAGER_LINKS 6u
/**
 * P2P_LIMIT_EAGER_FEEDS:
 * The default of #P2pLimits.eager_feeds.
 */
#define P2P_LIMIT_EAGER_FEEDS 2u
/**
 * P2P_LIMIT_ANNOUNCE_MILLISECONDS:
 * The default of #P2pLimits.announce_milliseconds.
 */
#define P2P_LIMIT_ANNOUNCE_MILLISECONDS 100u
/**
 * P2P_LIMIT_ANNOUNCE_SPACING_MILLISECONDS:
 * The default of #P2pLimits.announce_spacing_milliseconds.
 */
#define P2P_LIMIT_ANNOUNCE_SPACING_MILLISECONDS 1000u
/**
 * P2P_LIMIT_ANNOUNCE_LINKS:
 * The default of #P2pLimits.announce_links.
 */
#define P2P_LIMIT_ANNOUNCE_LINKS 4u
/**
 * P2P_LIMIT_PATIENCE_MILLISECONDS:
 * The default of #P2pLimits.patience_milliseconds.
 */
#define P2P_LIMIT_PATIENCE_MILLISECONDS 300u
/**
 * P2P_LIMIT_REQUESTS:
 * The default of #P2pLimits.requests.
 */
#define P2P_LIMIT_REQUESTS 256u
/**
 * P2P_LIMIT_REQUEST_SECONDS:
 * The default of #P2pLimits.request_seconds.
 */
#define P2P_LIMIT_REQUEST_SECONDS 30u
/**
 * P2P_LIMIT_RENEGOTIATIONS:
 * The default of #P2pLimits.renegotiations.
 */
#define P2P_LIMIT_RENEGOTIATIONS 3u
/**
 * P2P_LIMIT_RESENDS:
 * The default of #P2pLimits.resends.
 */
#define P2P_LIMIT_RESENDS 1u
/**
 * P2P_LIMIT_RENEGOTIATION_SECONDS:
 * The default of #P2pLimits.renegotiation_seconds.
 */
#define P2P_LIMIT_RENEGOTIATION_SECONDS 10u
/**
 * P2P_LIMIT_OUT_QUEUE:
 * The default of #P2pLimits.out_queue.
 */
#define P2P_LIMIT_OUT_QUEUE (8u * 1024 * 1024)
/**
 * P2P_LIMIT_OUT_QUEUE_SECONDS:
 * The default of #P2pLimits.out_queue_seconds.
 */
#define P2P_LIMIT_OUT_QUEUE_SECONDS 30u
/**
 * P2P_LIMIT_RECV_QUEUE:
 * The default of #P2pLimits.recv_queue.
 */
#define P2P_LIMIT_RECV_QUEUE 10000u
/**
 * P2P_LIMIT_PENALTY:
 * The default of #P2pLimits.penalty.
 */
#define P2P_LIMIT_PENALTY 100u
/**
 * P2P_LIMIT_PENALTY_DECAY:
 * The default of #P2pLimits.penalty_decay.
 */
#define P2P_LIMIT_PENALTY_DECAY 1u
/**
 * P2P_LIMIT_TABLE_KEYS:
 * The default of #P2pLimits.table_keys.
 */
#define P2P_LIMIT_TABLE_KEYS 262144u
/**
 * P2P_LIMIT_TABLE_BYTES:
 * The default of #P2pLimits.table_bytes.
 */
#define P2P_LIMIT_TABLE_BYTES (128u * 1024 * 1024)
/**
 * P2P_LIMIT_TABLE_OWNER_KEYS:
 * The default of #P2pLimits.table_owner_keys.
 */
#define P2P_LIMIT_TABLE_OWNER_KEYS 131072u
/**
 * P2P_LIMIT_TABLE_OWNER_BYTES:
 * The default of #P2pLimits.table_owner_bytes.
 */
#define P2P_LIMIT_TABLE_OWNER_BYTES (64u * 1024 * 1024)
/**
 * P2P_LIMIT_TABLE_KEY:
 * The default of #P2pLimits.table_key.
 */
#define P2P_LIMIT_TABLE_KEY 1024u
/**
 * P2P_LIMIT_TABLE_VALUE:
 * The default of #P2pLimits.table_value.
 */
#define P2P_LIMIT_TABLE_VALUE (2u * 1024 * 1024)
/**
 * P2P_LIMIT_TABLE_CONTENDERS:
 * The default of #P2pLimits.table_contenders.
 */
#define P2P_LIMIT_TABLE_CONTENDERS 8u
/**
 * P2P_LIMIT_TABLE_DIGEST_SECONDS:
 * The default of #P2pLimits.table_digest_seconds.
 */
#define P2P_LIMIT_TABLE_DIGEST_SECONDS 30u
/**
 * P2P_LIMIT_TABLE_DUMP_SECONDS:
 * The default of #P2pLimits.table_dump_seconds.
 */
#define P2P_LIMIT_TABLE_DUMP_SECONDS 60u
/**
 * P2P_LIMIT_TABLE_DUMPS:
 * The default of #P2pLimits.table_dumps.
 */
#define P2P_LIMIT_TABLE_DUMPS 64u
/**
 * P2P_LIMIT_CHORD_VALUE:
 * The default of #P2pLimits.chord_value.
 */
#define P2P_LIMIT_CHORD_VALUE (64u * 1024)
/**
 * P2P_LIMIT_CHORD_BYTES:
 * The default of #P2pLimits.chord_bytes.
 */
#define P2P_LIMIT_CHORD_BYTES (64u * 1024 * 1024)
/**
 * P2P_LIMIT_CHORD_SHARE:
 * The default of #P2pLimits.chord_share.
 */
#define P2P_LIMIT_CHORD_SHARE 8u
/**
 * P2P_LIMIT_CHORD_NAMES:
 * The default of #P2pLimits.chord_names.
 */
#define P2P_LIMIT_CHORD_NAMES 262144u
/**
 * P2P_LIMIT_CHORD_NAMES_BYTES:
 * The default of #P2pLimits.chord_names_bytes.
 */
#define P2P_LIMIT_CHORD_NAMES_BYTES (64u * 1024 * 1024)
/**
 * P2P_LIMIT_CHORD_SECONDS:
 * The default of #P2pLimits.chord_seconds.
 */
#define P2P_LIMIT_CHORD_SECONDS 10u
/**
 * P2P_LIMIT_CHORD_NIL_MILLISECONDS:
 * The default of #P2pLimits.chord_nil_milliseconds.
 */
#define P2P_LIMIT_CHORD_NIL_MILLISECONDS 1000u
/**
 * P2P_LIMIT_CHORD_REQUESTS:
 * The default of #P2pLimits.chord_requests.
 */
#define P2P_LIMIT_CHORD_REQUESTS 4096u
/**
 * P2P_LIMIT_CHORD_LINK_REQUESTS:
 * The default of #P2pLimits.chord_link_requests.
 */
#define P2P_LIMIT_CHORD_LINK_REQUESTS 512u
/**
 * P2P_LIMIT_CHORD_STABILISE_SECONDS:
 * The default of #P2pLimits.chord_stabilise_seconds.
 */
#define P2P_LIMIT_CHORD_STABILISE_SECONDS 5u
/**
 * P2P_LIMIT_CHORD_HOPS:
 * The default of #P2pLimits.chord_hops.
 */
#define P2P_LIMIT_CHORD_HOPS 32u
/**
 * P2P_LIMIT_CHORD_REPUBLISH_SECONDS:
 * The default of #P2pLimits.chord_republish_seconds.
 */
#define P2P_LIMIT_CHORD_REPUBLISH_SECONDS 1800u
/**
 * P2P_LIMIT_CHORD_WRITTEN:
 * The default of #P2pLimits.chord_written.
 */
#define P2P_LIMIT_CHORD_WRITTEN 10000u
/**
 * P2P_LIMIT_CHORD_DUMP_SECONDS:
 * The default of #P2pLimits.chord_dump_seconds.
 */
#define P2P_LIMIT_CHORD_DUMP_SECONDS 60u
/**
 * P2P_LIMIT_CHORD_TOMBSTONE_SECONDS:
 * The default of #P2pLimits.chord_tombstone_seconds.
 */
#define P2P_LIMIT_CHORD_TOMBSTONE_SECONDS 7200u
/**
 * P2P_LIMIT_APP_FRAMES:
 * The default of #P2pLimits.app_frames.
 */
#define P2P_LIMIT_APP_FRAMES 256u
/**
 * P2P_LIMIT_APP_BYTES:
 * The default of #P2pLimits.app_bytes.
 */
#define P2P_LIMIT_APP_BYTES (64u * 1024 * 1024)
/**
 * P2P_LIMIT_SIGN_MILLISECONDS:
 * The default of #P2pLimits.sign_milliseconds.
 */
#define P2P_LIMIT_SIGN_MILLISECONDS 10u
/**
 * P2P_LIMIT_PROOF_MILLISECONDS:
 * The default of #P2pLimits.proof_milliseconds.
 */
#define P2P_LIMIT_PROOF_MILLISECONDS 500u
/**
 * P2P_LIMIT_PROOF_SECONDS:
 * The default of #P2pLimits.proof_seconds.
 */
#define P2P_LIMIT_PROOF_SECONDS 60u
/**
 * P2P_LIMIT_HELD_MESSAGES:
 * The default of #P2pLimits.held_messages.
 */
#define P2P_LIMIT_HELD_MESSAGES 4096u
/**
 * P2P_LIMIT_HELD_BYTES:
 * The default of #P2pLimits.held_bytes.
 */
#define P2P_LIMIT_HELD_BYTES (16u * 1024 * 1024)
/**
 * P2P_LIMIT_HELD_PROOFS:
 * The default of #P2pLimits.held_proofs.
 */
#define P2P_LIMIT_HELD_PROOFS 4096u
/**
 * P2P_LIMIT_SIGNATURE_CHECKS:
 * The default of #P2pLimits.signature_checks.
 */
#define P2P_LIMIT_SIGNATURE_CHECKS 2000u
/**
 * P2P_LIMIT_STATUS_ENTRIES:
 * The default of #P2pLimits.status_entries.
 */
#define P2P_LIMIT_STATUS_ENTRIES 64u
/**
 * P2P_LIMIT_MAX_OUTGOING:
 * Links that a node opens by itself, unless p2p_mesh_socket_set_max_outgoing() says otherwise.
 */
#define P2P_LIMIT_MAX_OUTGOING 4u
