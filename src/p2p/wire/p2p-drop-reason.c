/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-drop-reason.h"

typedef struct {
  const char *nick;
  const char *words;
} Reason;

static const Reason reasons[] = {
  [P2P_DROP_EMPTY] = { "empty", "a frame of no length" },
  [P2P_DROP_TOO_LARGE] = { "too_large", "a frame larger than this node takes" },
  [P2P_DROP_STALLED] = { "stalled", "a frame that was begun and not ended in time" },
  [P2P_DROP_MEMORY] = { "memory", "a frame for which there is no memory" },
  [P2P_DROP_CHECKSUM] = { "checksum", "bytes that are not what their checksum says" },
  [P2P_DROP_RATIO] = { "ratio", "a frame that unpacks to too many times its size" },
  [P2P_DROP_MALFORMED] = { "malformed", "bytes that are no message" },
  [P2P_DROP_COMPLEX] = { "complex", "a message nested too deep, or of too many parts" },
  [P2P_DROP_EARLY] = { "early", "a message before the handshake" },
  [P2P_DROP_HANDSHAKE] = { "handshake", "a handshake that is malformed or contradicts the one before" },
  [P2P_DROP_SENDER] = { "sender", "a sender that is no node" },
  [P2P_DROP_FORGED] = { "forged", "a private message in the name of another node" },
  [P2P_DROP_IMPERSONATED] = { "impersonated", "a message in this node’s name that it did not send" },
  [P2P_DROP_SHAPE] = { "shape", "a message whose contents do not fit its kind" },
  [P2P_DROP_LINK_LOCAL] = { "link_local", "a broadcast of what concerns a single link" },
  [P2P_DROP_UNEXPECTED] = { "unexpected", "a message of a kind that is not used here" },
  [P2P_DROP_EXPIRED] = { "expired", "a message too old, or from the future: a clock is wrong" },
  [P2P_DROP_UNMARKED_RESPONSE] = { "unmarked_response", "an answer that js2p nodes would stumble over" },
  [P2P_DROP_REFUSED] = { "refused", "a change that the shared table refused" },
  [P2P_DROP_RATE] = { "rate", "a request repeated too often" },
  [P2P_DROP_TOO_MANY] = { "too_many", "a list longer than this node takes" },
  [P2P_DROP_UNKNOWN_OPERATION] = { "unknown_operation", "an operation of a newer version" },
  [P2P_DROP_NOT_HELD] = { "not_held", "a message asked for that is not kept any more" },
  [P2P_DROP_QUEUE_FULL] = { "queue_full", "a message for a peer that reads too slowly" },
  [P2P_DROP_PEER_LIMIT] = { "peer_limit", "a message larger than the peer takes" },
  [P2P_DROP_RECV] = { "recv", "a message that the program did not read in time" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (reasons) == P2P_N_DROP_REASONS);

/**
 * p2p_drop_reason_get_nick:
 * @reason: a reason
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
 * Returns: what was dropped and why, for people: a fragment of a sentence in English, as in "a frame of no length"
 */
const char *
p2p_drop_reason_get_words (P2pDropReason reason)
{
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (reasons), NULL);

  return reasons[reason].words;
}
