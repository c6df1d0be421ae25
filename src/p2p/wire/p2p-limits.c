/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-limits-private.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (P2pLimits, p2p_limits, p2p_limits_copy, p2p_limits_free)

static const P2pLimits defaults = {
  .frame_before_handshake = P2P_LIMIT_FRAME_BEFORE_HANDSHAKE,
  .frame = P2P_LIMIT_FRAME,
  .ratio = P2P_LIMIT_RATIO,
  .ratio_floor = P2P_LIMIT_RATIO_FLOOR,
  .lzma_memory = P2P_LIMIT_LZMA_MEMORY,
  .depth = P2P_LIMIT_DEPTH,
  .elements = P2P_LIMIT_ELEMENTS,
  .links = P2P_LIMIT_LINKS,
  .pending_links = P2P_LIMIT_PENDING_LINKS,
  .links_per_address = P2P_LIMIT_LINKS_PER_ADDRESS,
  .accepts_per_second = P2P_LIMIT_ACCEPTS_PER_SECOND,
  .handshake_seconds = P2P_LIMIT_HANDSHAKE_SECONDS,
  .auth_seconds = P2P_LIMIT_AUTH_SECONDS,
  .known_keys = P2P_LIMIT_KNOWN_KEYS,
  .withhold_milliseconds = P2P_LIMIT_WITHHOLD_MILLISECONDS,
  .grace_milliseconds = P2P_LIMIT_GRACE_MILLISECONDS,
  .conflict_seconds = P2P_LIMIT_CONFLICT_SECONDS,
  .life_seconds = P2P_LIMIT_LIFE_SECONDS,
  .answer_seconds = P2P_LIMIT_ANSWER_SECONDS,
  .park_seconds = P2P_LIMIT_PARK_SECONDS,
  .ping_seconds = P2P_LIMIT_PING_SECONDS,
  .idle_seconds = P2P_LIMIT_IDLE_SECONDS,
  .clock_skew_seconds = P2P_LIMIT_CLOCK_SKEW_SECONDS,
  .frame_seconds = P2P_LIMIT_FRAME_SECONDS,
  .frame_rate = P2P_LIMIT_FRAME_RATE,
  .frame_rate_seconds = P2P_LIMIT_FRAME_RATE_SECONDS,
  .in_budget = P2P_LIMIT_IN_BUDGET,
  .tls_handshakes = P2P_LIMIT_TLS_HANDSHAKES,
  .tls_seconds = P2P_LIMIT_TLS_SECONDS,
  .tls_patience = P2P_LIMIT_TLS_PATIENCE,
  .descriptor_reserve = P2P_LIMIT_DESCRIPTOR_RESERVE,
  .failures_per_second = P2P_LIMIT_FAILURES_PER_SECOND,
  .dials_in_flight = P2P_LIMIT_DIALS_IN_FLIGHT,
  .dials_per_second = P2P_LIMIT_DIALS_PER_SECOND,
  .dials_per_minute = P2P_LIMIT_DIALS_PER_MINUTE,
  .links_per_prefix = P2P_LIMIT_LINKS_PER_PREFIX,
  .addresses = P2P_LIMIT_ADDRESSES,
  .address_failures = P2P_LIMIT_ADDRESS_FAILURES,
  .blocked = P2P_LIMIT_BLOCKED,
  .redial_seconds = P2P_LIMIT_REDIAL_SECONDS,
  .redial_alone_seconds = P2P_LIMIT_REDIAL_ALONE_SECONDS,
  .discover_seconds = P2P_LIMIT_DISCOVER_SECONDS,
  .peers_per_list = P2P_LIMIT_PEERS_PER_LIST,
  .seen_ids = P2P_LIMIT_SEEN_IDS,
  .seen_seconds = P2P_LIMIT_SEEN_SECONDS,
  .message_age_seconds = P2P_LIMIT_MESSAGE_AGE_SECONDS,
  .cache_messages = P2P_LIMIT_CACHE_MESSAGES,
  .cache_bytes = P2P_LIMIT_CACHE_BYTES,
  .cache_seconds = P2P_LIMIT_CACHE_SECONDS,
  .serves = P2P_LIMIT_SERVES,
  .awaited_messages = P2P_LIMIT_AWAITED_MESSAGES,
  .eager_links = P2P_LIMIT_EAGER_LINKS,
  .eager_feeds = P2P_LIMIT_EAGER_FEEDS,
  .announce_milliseconds = P2P_LIMIT_ANNOUNCE_MILLISECONDS,
  .announce_spacing_milliseconds = P2P_LIMIT_ANNOUNCE_SPACING_MILLISECONDS,
  .announce_links = P2P_LIMIT_ANNOUNCE_LINKS,
  .patience_milliseconds = P2P_LIMIT_PATIENCE_MILLISECONDS,
  .requests = P2P_LIMIT_REQUESTS,
  .request_seconds = P2P_LIMIT_REQUEST_SECONDS,
  .renegotiations = P2P_LIMIT_RENEGOTIATIONS,
  .resends = P2P_LIMIT_RESENDS,
  .renegotiation_seconds = P2P_LIMIT_RENEGOTIATION_SECONDS,
  .out_queue = P2P_LIMIT_OUT_QUEUE,
  .out_queue_seconds = P2P_LIMIT_OUT_QUEUE_SECONDS,
  .recv_queue = P2P_LIMIT_RECV_QUEUE,
  .penalty = P2P_LIMIT_PENALTY,
  .penalty_decay = P2P_LIMIT_PENALTY_DECAY,
  .table_keys = P2P_LIMIT_TABLE_KEYS,
  .table_bytes = P2P_LIMIT_TABLE_BYTES,
  .table_owner_keys = P2P_LIMIT_TABLE_OWNER_KEYS,
  .table_owner_bytes = P2P_LIMIT_TABLE_OWNER_BYTES,
  .table_key = P2P_LIMIT_TABLE_KEY,
  .table_value = P2P_LIMIT_TABLE_VALUE,
  .table_contenders = P2P_LIMIT_TABLE_CONTENDERS,
  .table_digest_seconds = P2P_LIMIT_TABLE_DIGEST_SECONDS,
  .table_dump_seconds = P2P_LIMIT_TABLE_DUMP_SECONDS,
  .table_dumps = P2P_LIMIT_TABLE_DUMPS,
  .chord_value = P2P_LIMIT_CHORD_VALUE,
  .chord_bytes = P2P_LIMIT_CHORD_BYTES,
  .chord_share = P2P_LIMIT_CHORD_SHARE,
  .chord_names = P2P_LIMIT_CHORD_NAMES,
  .chord_names_bytes = P2P_LIMIT_CHORD_NAMES_BYTES,
  .chord_seconds = P2P_LIMIT_CHORD_SECONDS,
  .chord_nil_milliseconds = P2P_LIMIT_CHORD_NIL_MILLISECONDS,
  .chord_requests = P2P_LIMIT_CHORD_REQUESTS,
  .chord_link_requests = P2P_LIMIT_CHORD_LINK_REQUESTS,
  .chord_stabilise_seconds = P2P_LIMIT_CHORD_STABILISE_SECONDS,
  .chord_hops = P2P_LIMIT_CHORD_HOPS,
  .chord_republish_seconds = P2P_LIMIT_CHORD_REPUBLISH_SECONDS,
  .chord_written = P2P_LIMIT_CHORD_WRITTEN,
  .chord_dump_seconds = P2P_LIMIT_CHORD_DUMP_SECONDS,
  .chord_tombstone_seconds = P2P_LIMIT_CHORD_TOMBSTONE_SECONDS,
  .app_frames = P2P_LIMIT_APP_FRAMES,
  .app_bytes = P2P_LIMIT_APP_BYTES,
  .sign_milliseconds = P2P_LIMIT_SIGN_MILLISECONDS,
  .proof_milliseconds = P2P_LIMIT_PROOF_MILLISECONDS,
  .proof_seconds = P2P_LIMIT_PROOF_SECONDS,
  .held_messages = P2P_LIMIT_HELD_MESSAGES,
  .held_bytes = P2P_LIMIT_HELD_BYTES,
  .held_proofs = P2P_LIMIT_HELD_PROOFS,
  .signature_checks = P2P_LIMIT_SIGNATURE_CHECKS,
  .status_entries = P2P_LIMIT_STATUS_ENTRIES,
};

/* The members in their order, each 32 bits wide: whoever adds one names it here. */
static const char * const names[] = {
  "frame-before-handshake",
  "frame",
  "ratio",
  "ratio-floor",
  "lzma-memory",
  "depth",
  "elements",
  "links",
  "pending-links",
  "links-per-address",
  "count-loopback",
  "accepts-per-second",
  "handshake-seconds",
  "auth-seconds",
  "known-keys",
  "withhold-milliseconds",
  "grace-milliseconds",
  "conflict-seconds",
  "life-seconds",
  "answer-seconds",
  "park-seconds",
  "ping-seconds",
  "idle-seconds",
  "clock-skew-seconds",
  "frame-seconds",
  "frame-rate",
  "frame-rate-seconds",
  "in-budget",
  "tls-handshakes",
  "tls-seconds",
  "tls-patience",
  "descriptor-reserve",
  "failures-per-second",
  "dials-in-flight",
  "dials-per-second",
  "dials-per-minute",
  "links-per-prefix",
  "addresses",
  "address-failures",
  "blocked",
  "redial-seconds",
  "redial-alone-seconds",
  "discover-seconds",
  "peers-per-list",
  "seen-ids",
  "seen-seconds",
  "message-age-seconds",
  "cache-messages",
  "cache-bytes",
  "cache-seconds",
  "serves",
  "awaited-messages",
  "eager-links",
  "eager-feeds",
  "announce-milliseconds",
  "announce-spacing-milliseconds",
  "announce-links",
  "patience-milliseconds",
  "requests",
  "request-seconds",
  "renegotiations",
  "resends",
  "renegotiation-seconds",
  "out-queue",
  "out-queue-seconds",
  "recv-queue",
  "penalty",
  "penalty-decay",
  "table-keys",
  "table-bytes",
  "table-owner-keys",
  "table-owner-bytes",
  "table-key",
  "table-value",
  "table-contenders",
  "table-digest-seconds",
  "table-dump-seconds",
  "table-dumps",
  "chord-value",
  "chord-bytes",
  "chord-share",
  "chord-names",
  "chord-names-bytes",
  "chord-seconds",
  "chord-nil-milliseconds",
  "chord-requests",
  "chord-link-requests",
  "chord-stabilise-seconds",
  "chord-hops",
  "chord-republish-seconds",
  "chord-written",
  "chord-dump-seconds",
  "chord-tombstone-seconds",
  "app-frames",
  "app-bytes",
  "sign-milliseconds",
  "proof-milliseconds",
  "proof-seconds",
  "held-messages",
  "held-bytes",
  "held-proofs",
  "signature-checks",
  "status-entries",
  NULL
};
G_STATIC_ASSERT (G_STRUCT_OFFSET (P2pLimits, status_entries) == (G_N_ELEMENTS (names) - 2) * sizeof (guint32));
G_STATIC_ASSERT (G_STRUCT_OFFSET (P2pLimits, allocate) - G_STRUCT_OFFSET (P2pLimits, status_entries) <= 2 * sizeof (guint32));

const P2pLimits *
p2p_limits_or_default (const P2pLimits *limits)
{
  return limits != NULL ? limits : &defaults;
}

gpointer
p2p_limits_allocate (const P2pLimits *limits, gsize length)
{
  if (limits->allocate != NULL)
    return limits->allocate (length, limits->allocate_data);
  return g_try_malloc (length);
}

/**
 * p2p_limits_init:
 * @self: what to fill
 *
 * Fills in the defaults.
 */
void
p2p_limits_init (P2pLimits *self)
{
  g_return_if_fail (self != NULL);

  *self = defaults;
}

/**
 * p2p_limits_new:
 *
 * Makes limits that have their defaults.
 *
 * Returns: (transfer full): the defaults
 */
P2pLimits *
p2p_limits_new (void)
{
  P2pLimits *self = g_new (P2pLimits, 1);

  p2p_limits_init (self);
  return self;
}

/**
 * p2p_limits_copy:
 * @self: limits
 *
 * Copies limits.
 *
 * Returns: (transfer full): the same again
 */
P2pLimits *
p2p_limits_copy (const P2pLimits *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * p2p_limits_free:
 * @self: (transfer full): limits
 *
 * Frees limits.
 */
void
p2p_limits_free (P2pLimits *self)
{
  g_free (self);
}

/* The member of that name, with dashes or underscores; -1: there is none. */
static gssize
find_member (const char *name)
{
  g_autofree char *dashed = g_strdelimit (g_strdup (name), "_", '-');

  for (gsize i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], dashed))
      return (gssize) i;
  return -1;
}

/**
 * p2p_limits_get_names:
 *
 * The names by which p2p_limits_set() and p2p_limits_get() know the limits, for programs that list them.
 *
 * Returns: (transfer none) (array zero-terminated=1): the names of all limits, in the order of the members
 */
const char * const *
p2p_limits_get_names (void)
{
  return names;
}

/**
 * p2p_limits_set:
 * @self: limits
 * @name: which: a member's name, with dashes or underscores
 * @value: its value; 0 or 1 for one that is a boolean
 *
 * Sets a limit by its name.
 *
 * Returns: %FALSE when there is no limit of that name
 */
gboolean
p2p_limits_set (P2pLimits *self, const char *name, guint32 value)
{
  gssize i;

  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  i = find_member (name);
  if (i >= 0)
    memcpy ((char *) self + i * sizeof value, &value, sizeof value);
  return i >= 0;
}

/**
 * p2p_limits_get:
 * @self: limits
 * @name: which
 * @value: (out): its value
 *
 * Gets a limit by its name.
 *
 * Returns: %FALSE when there is no limit of that name
 */
gboolean
p2p_limits_get (const P2pLimits *self, const char *name, guint32 *value)
{
  gssize i;

  g_return_val_if_fail (self != NULL && name != NULL && value != NULL, FALSE);

  i = find_member (name);
  if (i >= 0)
    memcpy (value, (const char *) self + i * sizeof *value, sizeof *value);
  return i >= 0;
}
