/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What goes no further, counted by reason, and what crosses the links, for those that watch. */
#include "p2p-mesh-node-private.h"

#include "../wire/p2p-frame.h"

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

void
p2p_mesh_drop (P2pMeshNode *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  count (self, peer, reason, message);
  self->verdict |= P2P_FRAME_DROPPED;
  self->drop_reason = reason;
}

void
p2p_mesh_drop_frame (P2pPeer *peer, P2pDropReason reason, gsize size)
{
  count (peer->node, peer, reason, NULL);
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
