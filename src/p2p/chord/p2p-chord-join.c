/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Joining the ring and leaving it. */
#include "p2p-chord-node-private.h"

guint64
p2p_chord_node_join (P2pChordNode *self, P2pChordDoneFunc done, gpointer data)
{
  guint64 handle = p2p_chord_new_handle (self);

  p2p_mesh_node_enter (self->mesh);
  p2p_chord_set_seed (self, P2P_CHORD_SEED_JOINED);
  p2p_chord_send_meta_to_all (self);
  p2p_chord_end_done (self, handle, done, data, NULL);
  p2p_mesh_node_leave (self->mesh);
  return handle;
}

guint64
p2p_chord_node_unjoin (P2pChordNode *self, guint timeout_ms, P2pChordDoneFunc done, gpointer data)
{
  guint64 handle = p2p_chord_new_handle (self);

  p2p_mesh_node_enter (self->mesh);
  p2p_chord_set_seed (self, P2P_CHORD_SEED_NOT);
  p2p_chord_send_meta_to_all (self);
  p2p_chord_end_done (self, handle, done, data, NULL);
  p2p_mesh_node_leave (self->mesh);
  return handle;
}

gboolean
p2p_chord_ring_cancel (P2pChordNode *self, guint64 handle)
{
  return FALSE;
}
