/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pDropReason:
 * @P2P_DROP_EMPTY: a frame of no length; ends the link
 * @P2P_DROP_TOO_LARGE: a frame over the limit; ends the link, unless it is only what the frame unpacks to that is too large
 * @P2P_DROP_STALLED: a frame that was begun and not ended in time; ends the link
 * @P2P_DROP_MEMORY: a frame for which there is no memory; ends the link
 * @P2P_DROP_CHECKSUM: a body that is not what its checksum says, in any packing; ends the link
 * @P2P_DROP_RATIO: a body that unpacks to too many times its size
 * @P2P_DROP_MALFORMED: a right checksum over bytes that are no message
 * @P2P_DROP_COMPLEX: values nested too deep, or too many of them
 * @P2P_DROP_EARLY: something before the handshake that may not come before it
 * @P2P_DROP_HANDSHAKE: a handshake that is none, or one that says something else than the one before
 * @P2P_DROP_SENDER: a sender that is no node id
 * @P2P_DROP_FORGED: a message for this node alone, in the name of another node than the one that sent it
 * @P2P_DROP_IMPERSONATED: a message in this node's name that it did not send
 * @P2P_DROP_SHAPE: packets that are not those of such a message
 * @P2P_DROP_LINK_LOCAL: a broadcast of what concerns a single link
 * @P2P_DROP_UNEXPECTED: a message of a kind that no node sends, or that this link did not announce
 * @P2P_DROP_EXPIRED: made too long ago, or in the future
 * @P2P_DROP_UNMARKED_RESPONSE: an answer that a js2p would stumble over
 * @P2P_DROP_REFUSED: refused by the table or the ring on top of the mesh
 * @P2P_DROP_RATE: more often than is answered
 * @P2P_DROP_TOO_MANY: more at once than is taken
 * @P2P_DROP_UNKNOWN_OPERATION: an operation between nodes of ours that this version does not know
 * @P2P_DROP_NOT_HELD: asked for, and not kept here any more
 * @P2P_DROP_QUEUE_FULL: not handed over, because the peer reads too slowly
 * @P2P_DROP_PEER_LIMIT: not handed over, because it is larger than the peer says it takes
 * @P2P_DROP_RECV: given up by the queue of recv(), because the program read too slowly
 * @P2P_DROP_BLOCKED: of a node, or from an address, that the program blocked: a broadcast was relayed, and not told to the program
 * @P2P_DROP_LAB: lost on purpose, or of a node on the other side of a split: p2p_mesh_socket_set_lab()
 * @P2P_DROP_FORGED_SIGNATURE: a signature that is not one of whom it names, over what it names; nobody's fault on the way
 *
 * Why a frame or message went no further. Every one that does not is counted under one of these.
 */
typedef enum { /*< underscore_name=p2p_drop_reason >*/
  P2P_DROP_EMPTY,
  P2P_DROP_TOO_LARGE,
  P2P_DROP_STALLED,
  P2P_DROP_MEMORY,
  P2P_DROP_CHECKSUM,
  P2P_DROP_RATIO,
  P2P_DROP_MALFORMED,
  P2P_DROP_COMPLEX,
  P2P_DROP_EARLY,
  P2P_DROP_HANDSHAKE,
  P2P_DROP_SENDER,
  P2P_DROP_FORGED,
  P2P_DROP_IMPERSONATED,
  P2P_DROP_SHAPE,
  P2P_DROP_LINK_LOCAL,
  P2P_DROP_UNEXPECTED,
  P2P_DROP_EXPIRED,
  P2P_DROP_UNMARKED_RESPONSE,
  P2P_DROP_REFUSED,
  P2P_DROP_RATE,
  P2P_DROP_TOO_MANY,
  P2P_DROP_UNKNOWN_OPERATION,
  P2P_DROP_NOT_HELD,
  P2P_DROP_QUEUE_FULL,
  P2P_DROP_PEER_LIMIT,
  P2P_DROP_RECV,
  P2P_DROP_BLOCKED,
  P2P_DROP_LAB,
  P2P_DROP_FORGED_SIGNATURE,
} P2pDropReason;

/**
 * P2P_N_DROP_REASONS:
 *
 * how many reasons there are.
 */
#define P2P_N_DROP_REASONS 29

P2P_EXPORT const char *p2p_drop_reason_get_nick  (P2pDropReason reason);
P2P_EXPORT const char *p2p_drop_reason_get_words (P2pDropReason reason);

G_END_DECLS
