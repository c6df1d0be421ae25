/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who speaks first on a link. */
#include "p2p-mesh-node-private.h"

static void
speak_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;

  peer->speak_timer = 0;
  p2p_mesh_node_enter (self);
  p2p_mesh_introduce (peer);
  p2p_mesh_node_leave (self);
}

/*
 * Nodes of the originals speak first, whether they dial or are dialled, and among ours it is the one that was dialled. So each waits
 * for the other's first word, and nobody waits in vain: who hears nothing speaks all the same.
 */
void
p2p_mesh_begin (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  if (!self->own_frames || self->late_hello)
    {
      p2p_mesh_send_handshake (peer);
      return;
    }
  if (!peer->outgoing)
    p2p_mesh_send_hello (peer);
  peer->speak_timer = p2p_clock_schedule (self->env->clock, self->limits.withhold_milliseconds * (G_TIME_SPAN_SECOND / 1000), speak_cb, peer);
}

/* We know who is there, or have waited for it long enough. */
void
p2p_mesh_introduce (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  gboolean waited_in_vain = !peer->is_own && peer->id == NULL;

  p2p_clock_cancel (self->env->clock, peer->speak_timer);
  peer->speak_timer = 0;
  if (peer->is_own || waited_in_vain)
    p2p_mesh_send_hello (peer);
  p2p_mesh_send_handshake (peer);
}
