/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-drop-reason.h"

/* Programs translate them: here they are only marked for that. */
#define N_(words) words

typedef struct {
  const char *nick;
  const char *words;
} Reason;

static const Reason reasons[] = {
  [P2P_DROP_EMPTY] = { "empty", N_("a frame of no length") },
  [P2P_DROP_TOO_LARGE] = { "too_large", N_("a frame larger than this node takes") },
  [P2P_DROP_STALLED] = { "stalled", N_("a frame that was begun and not ended in time") },
  [P2P_DROP_MEMORY] = { "memory", N_("a frame for which there is no memory") },
  [P2P_DROP_CHECKSUM] = { "checksum", N_("bytes that are not what their checksum says") },
  [P2P_DROP_RATIO] = { "ratio", N_("a frame that unpacks to too many times its size") },
  [P2P_DROP_MALFORMED] = { "malformed", N_("bytes that are no message") },
  [P2P_DROP_COMPLEX] = { "complex", N_("a message nested too deep, or of too many parts") },
  [P2P_DROP_EARLY] = { "early", N_("a message before the handshake") },
  [P2P_DROP_HANDSHAKE] = { "handshake", N_("a handshake that is malformed or contradicts the one before") },
  [P2P_DROP_SENDER] = { "sender", N_("a sender that is no node") },
  [P2P_DROP_FORGED] = { "forged", N_("a private message in the name of another node") },
  [P2P_DROP_IMPERSONATED] = { "impersonated", N_("a message in this node’s name that it did not send") },
  [P2P_DROP_SHAPE] = { "shape", N_("a message whose contents do not fit its kind") },
  [P2P_DROP_LINK_LOCAL] = { "link_local", N_("a broadcast of what concerns a single link") },
  [P2P_DROP_UNEXPECTED] = { "unexpected", N_("a message of a kind that is not used here") },
  [P2P_DROP_EXPIRED] = { "expired", N_("a message too old, or from the future: a clock is wrong") },
  [P2P_DROP_UNMARKED_RESPONSE] = { "unmarked_response", N_("an answer that js2p nodes would stumble over") },
  [P2P_DROP_REFUSED] = { "refused", N_("a change that the shared table refused") },
  [P2P_DROP_RATE] = { "rate", N_("a request repeated too often") },
  [P2P_DROP_TOO_MANY] = { "too_many", N_("a list longer than this node takes") },
  [P2P_DROP_UNKNOWN_OPERATION] = { "unknown_operation", N_("an operation of a newer version") },
  [P2P_DROP_NOT_HELD] = { "not_held", N_("a message asked for that is not kept any more") },
  [P2P_DROP_QUEUE_FULL] = { "queue_full", N_("a message for a peer that reads too slowly") },
  [P2P_DROP_PEER_LIMIT] = { "peer_limit", N_("a message larger than the peer takes") },
  [P2P_DROP_RECV] = { "recv", N_("a message that the program did not read in time") },
  [P2P_DROP_BLOCKED] = { "blocked", N_("a message or a link of a node or an address that is blocked here") },
  [P2P_DROP_LAB] = { "lab", N_("a message lost on purpose: lab mode") },
  [P2P_DROP_FORGED_SIGNATURE] = { "bad_signature", N_("a signature that is not right") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (reasons) == P2P_N_DROP_REASONS);

/**
 * p2p_drop_reason_get_nick:
 * @reason: a reason
 *
 * The name of a reason that programs go by. It does not change from one version to the next.
 *
 * Returns: its short name, for programs: `expired`, `link_local`, ...
 */
const char *
p2p_drop_reason_get_nick (P2pDropReason reason)
{
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (reasons), NULL);

  return reasons[reason].nick;
}

/**
 * p2p_drop_reason_get_words:
 * @reason: a reason
 *
 * The words for a reason.
 *
 * Returns: what was dropped and why, for people: a fragment of a sentence in English, as in "a frame of no length"
 */
const char *
p2p_drop_reason_get_words (P2pDropReason reason)
{
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (reasons), NULL);

  return reasons[reason].words;
}
