/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-node.h"
#include "p2p-connection.h"

G_BEGIN_DECLS

P2pConnection *p2p_connection_new      (P2pMeshNode *node, P2pPeer *peer);
P2pPeer       *p2p_connection_get_peer (P2pConnection *self);
void           p2p_connection_update   (P2pConnection *self);   /* notifies what changed since the last time */

G_END_DECLS
