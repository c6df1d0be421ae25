/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Is the other end still there? */
#include "p2p-mesh-node-private.h"

void
p2p_mesh_handle_ping (P2pPeer *peer, gint64 token)
{
  GVariant *rest[1] = { g_variant_new_int64 (token) };

  p2p_mesh_send_control (peer, P2P_CONTROL_PONG, rest, G_N_ELEMENTS (rest));
}

void
p2p_mesh_handle_pong (P2pPeer *peer, gint64 token)
{
}
