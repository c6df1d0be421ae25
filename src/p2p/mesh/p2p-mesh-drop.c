/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What goes no further, counted by reason, and what crosses the links, for those that watch. */
#include "p2p-mesh-node-private.h"

#include "../wire/p2p-frame.h"

/* Points that a bad frame costs. */
#define PENALTY 10

void
p2p_mesh_tell_frame (P2pPeer *peer, gboolean outgoing, P2pMessage *message, gsize size, P2pCompression compression,
                     P2pFrameVerdict verdict, P2pDropReason reason)
{
  P2pMeshNode *self = peer->node;

  if (G_LIKELY (!self->watched))
    return;
  p2p_mesh_node_emit_frame (self, p2p_frame_info_new (p2p_clock_utc (self->env->clock), outgoing, peer->id,
                                                      p2p_address_to_text (peer->socket_host, peer->socket_port), message, size,
                                                      compression, verdict, reason));
}

static void
count (P2pMeshNode *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  self->counters.dropped[reason]++;
  if (peer != NULL)
    peer->dropped[reason]++;
  if (G_LIKELY (self->debug_level < 3))
    return;
  if (message != NULL)
    p2p_mesh_node_log_text (self, 3, "dropped: %s: flag %" G_GINT64_FORMAT " sub-flag %" G_GINT64_FORMAT " of %s, time %" G_GINT64_FORMAT,
                            p2p_drop_reason_get_words (reason), p2p_message_get_flag (message), p2p_message_get_subflag (message),
                            p2p_message_get_sender (message), p2p_message_get_time (message));
  else
    p2p_mesh_node_log_text (self, 3, "dropped: %s", p2p_drop_reason_get_words (reason));
}

/*
 * Is it the fault of whoever is at the other end of the link? Originals relay what they did not look at, so of a broadcast only a peer
 * that says it looks first is to blame; and not where two nodes may differ in good faith: in their clocks, their limits, the table on
 * top of them. Entries of a list (no message) may have been told to the peer by others.
 */
static gboolean
is_own_fault (P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  switch (reason)
    {
    case P2P_DROP_FORGED:
    case P2P_DROP_HANDSHAKE:
    case P2P_DROP_UNEXPECTED:
    case P2P_DROP_TOO_MANY:
      return TRUE;
    case P2P_DROP_SHAPE:
      return message != NULL && (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST || p2p_peer_has_cap (peer, P2P_CAP_VALIDATES));
    case P2P_DROP_RATE:
      /* py2p renegotiates and asks on and on when it stumbles (quirk B1); our own control frames have no such excuse. */
      return peer->is_own;
    case P2P_DROP_MALFORMED:
    case P2P_DROP_SENDER:
    case P2P_DROP_LINK_LOCAL:
    case P2P_DROP_UNMARKED_RESPONSE:
      return p2p_peer_has_cap (peer, P2P_CAP_VALIDATES);
    default:
      return FALSE;
    }
}

/* The link ends after this frame, not inside of whatever looks at it. */
static void
punish (P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);

  if (self->limits.penalty == 0 || !is_own_fault (peer, reason, message))
    return;
  peer->penalty = MAX (peer->penalty - (now - peer->penalty_time) * (double) self->limits.penalty_decay / G_TIME_SPAN_SECOND, 0) + PENALTY;
  peer->penalty_time = now;
  if (peer->penalty < self->limits.penalty || self->condemned != NULL)
    return;
  self->condemned = p2p_peer_ref (peer);
  self->condemned_for = reason;
}

void
p2p_mesh_carry_out (P2pMeshNode *self)
{
  g_autoptr (P2pPeer) peer = g_steal_pointer (&self->condemned);

  if (peer == NULL || peer->node != self)
    return;
  /* Nor is it dialled because a list names it. */
  if (peer->id != NULL)
    p2p_mesh_note_parted (self, peer->id);
  p2p_mesh_peer_end (peer, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_MISBEHAVED,
                                        "The peer sent too much that no honest node sends, lately %s",
                                        p2p_drop_reason_get_words (self->condemned_for)));
}

void
p2p_mesh_drop (P2pMeshNode *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  count (self, peer, reason, message);
  if (peer != NULL && peer->node == self)
    punish (peer, reason, message);
  self->verdict |= P2P_FRAME_DROPPED;
  self->drop_reason = reason;
}

void
p2p_mesh_drop_blameless (P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;

  count (self, peer, reason, message);
  self->verdict |= P2P_FRAME_DROPPED;
  self->drop_reason = reason;
}

void
p2p_mesh_drop_frame (P2pPeer *peer, P2pDropReason reason, gsize size)
{
  count (peer->node, peer, reason, NULL);
  punish (peer, reason, NULL);
  p2p_mesh_tell_frame (peer, FALSE, NULL, size, P2P_COMPRESSION_NONE, P2P_FRAME_DROPPED, reason);
}

void
p2p_mesh_drop_outgoing (P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  count (peer->node, peer, reason, message);
  p2p_mesh_tell_frame (peer, TRUE, message, P2P_FRAME_HEADER_LENGTH + p2p_message_get_length (message), P2P_COMPRESSION_NONE,
                       P2P_FRAME_DROPPED, reason);
}

void
p2p_mesh_node_note_drop (P2pMeshNode *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  count (self, peer, reason, message);
}

void
p2p_mesh_node_set_watched (P2pMeshNode *self, gboolean watched)
{
  GPtrArray *lists[] = { self->table, self->pending, self->draining };

  self->watched = watched;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      p2p_link_set_watched (((P2pPeer *) g_ptr_array_index (lists[i], j))->link, watched);
}
