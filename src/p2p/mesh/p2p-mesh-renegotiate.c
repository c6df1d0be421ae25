/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What py2p says when a frame of ours did not suit it, and what a program of ours may say. js2p drops a link for any of it. */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-compression-private.h"

static GVariant *
make_packets (gint64 subflag, GVariant *rest)
{
  GVariant *packets[2] = { g_variant_new_variant (g_variant_new_int64 (subflag)), rest != NULL ? g_variant_new_variant (rest) : NULL };

  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, rest != NULL ? 2 : 1);
}

static gboolean
send_renegotiation (P2pPeer *peer, GVariant *packets, GError **error)
{
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (peer->node, P2P_FLAG_RENEGOTIATE, packets, error);

  return message != NULL && p2p_mesh_node_send_to (peer->node, peer, message, P2P_LINK_SEND_PLAIN, error);
}

static void
handle_methods (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GVariant) list = p2p_message_get_packet (message, 1);
  guint8 methods[P2P_MESH_MAX_METHODS];
  guint8 common[P2P_MESH_MAX_METHODS];
  gsize n_methods;
  gsize n_ours;
  gsize n_common;
  const guint8 *ours = p2p_mesh_node_get_methods (self, &n_ours);

  if (!p2p_mesh_value_get_methods (list, methods, sizeof methods, &n_methods))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!p2p_rate_window_take (&peer->renegotiations, p2p_clock_now (self->env->clock), self->limits.renegotiations, self->limits.renegotiation_seconds))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_RATE, message);
      return;
    }
  /* Its two ends will disagree about what is packed from now on (quirk B1): what is plain it can always read. */
  if (n_methods == 0 && peer->id_form == P2P_ID_FORM_BIN)
    p2p_link_set_compressing (peer->link, FALSE);
  if (n_methods == peer->n_methods && memcmp (methods, peer->methods, n_methods) == 0)
    return;

  memcpy (peer->methods, methods, n_methods);
  peer->n_methods = n_methods;
  p2p_link_set_methods (peer->link, methods, n_methods);
  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_CHANGED, peer, NULL);
  n_common = p2p_ordered_intersection (ours, MIN (n_ours, sizeof common), methods, n_methods, common);
  send_renegotiation (peer, make_packets (P2P_SUBFLAG_COMPRESSION, p2p_mesh_value_new_methods (common, n_common)), NULL);
}

void
p2p_mesh_handle_renegotiate (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;

  p2p_mesh_log (self, 5, "handler: renegotiate");
  if (peer->state != P2P_PEER_ESTABLISHED)
    return;
  switch (p2p_message_get_subflag (message))
    {
    case P2P_SUBFLAG_COMPRESSION:
      handle_methods (peer, message);
      break;
    case P2P_SUBFLAG_RESEND:
      if (p2p_rate_window_take (&peer->resends, p2p_clock_now (self->env->clock), self->limits.resends, self->limits.renegotiation_seconds))
        p2p_link_resend_last (peer->link);
      else
        p2p_mesh_drop (self, peer, P2P_DROP_RATE, message);
      break;
    default:
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      break;
    }
}

static gboolean
check_peer (P2pMeshNode *self, P2pPeer *peer, GError **error)
{
  if (peer->node == self && peer->state == P2P_PEER_ESTABLISHED)
    return TRUE;
  g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED, "There is no link to %s now", peer->id != NULL ? peer->id : peer->socket_host);
  return FALSE;
}

gboolean
p2p_mesh_node_renegotiate (P2pMeshNode *self, P2pPeer *peer, const guint8 *methods, gsize n_methods, GError **error)
{
  return check_peer (self, peer, error) &&
         send_renegotiation (peer, make_packets (P2P_SUBFLAG_COMPRESSION, p2p_mesh_value_new_methods (methods, n_methods)), error);
}

gboolean
p2p_mesh_node_request_resend (P2pMeshNode *self, P2pPeer *peer, GError **error)
{
  return check_peer (self, peer, error) && send_renegotiation (peer, make_packets (P2P_SUBFLAG_RESEND, NULL), error);
}
