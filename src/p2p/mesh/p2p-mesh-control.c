/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Link control: whispers among nodes that run this library, [0x58, version, operation, ...]. docs/x1.md lists them all. Versions
 * and operations that we do not know are ignored, and so are all of them but HELLO from who has not said it.
 */
#include "p2p-mesh-node-private.h"

gboolean
p2p_peer_has_cap (P2pPeer *peer, P2pCapabilities cap)
{
  return peer->is_own && (peer->caps & cap) == (guint64) cap;
}

gboolean
p2p_mesh_send_control (P2pPeer *peer, P2pControlOp op, GVariant **rest, gsize n_rest)
{
  P2pMeshNode *self = peer->node;
  GVariant *boxed[P2P_CONTROL_REST + P2P_CONTROL_MAX_REST];
  g_autoptr (GVariant) all = NULL;
  g_autoptr (P2pMessage) message = NULL;

  g_return_val_if_fail (n_rest <= P2P_CONTROL_MAX_REST, FALSE);

  boxed[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_CONTROL));
  boxed[1] = g_variant_new_variant (g_variant_new_int64 (P2P_CONTROL_VERSION));
  boxed[2] = g_variant_new_variant (g_variant_new_int64 (op));
  for (gsize i = 0; i < n_rest; i++)
    boxed[P2P_CONTROL_REST + i] = g_variant_new_variant (rest[i]);
  all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, boxed, P2P_CONTROL_REST + n_rest));
  message = p2p_message_new (P2P_FLAG_WHISPER, self->id, p2p_clock_utc_seconds (self->env->clock), all, NULL);
  /* Keys, nonces and ids do not get smaller by packing. */
  return message != NULL && p2p_link_send (peer->link, message, P2P_LINK_SEND_PLAIN, NULL);
}

static gboolean
get_number (P2pMessage *message, gsize index, gint64 *number)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, index);

  return p2p_mesh_value_get_int (value, number);
}

static void
handle_ids (P2pPeer *peer, P2pMessage *message, void (*func) (P2pPeer *peer, const guint8 *ids, gsize n_ids))
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST);
  const guint8 *ids;
  gsize length;

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      p2p_mesh_drop (peer->node, peer, P2P_DROP_SHAPE, message);
      return;
    }
  ids = g_variant_get_fixed_array (value, &length, 1);
  if (length % P2P_CONTROL_ID_LENGTH != 0 || length / P2P_CONTROL_ID_LENGTH > P2P_CONTROL_MAX_IDS)
    {
      p2p_mesh_drop (peer->node, peer, length % P2P_CONTROL_ID_LENGTH != 0 ? P2P_DROP_SHAPE : P2P_DROP_TOO_MANY, message);
      return;
    }
  if (length > 0)
    func (peer, ids, length / P2P_CONTROL_ID_LENGTH);
}

static void
handle_token (P2pPeer *peer, P2pMessage *message, void (*func) (P2pPeer *peer, gint64 token))
{
  gint64 token;

  if (get_number (message, P2P_CONTROL_REST, &token))
    func (peer, token);
  else
    p2p_mesh_drop (peer->node, peer, P2P_DROP_SHAPE, message);
}

static void
dispatch (P2pPeer *peer, P2pMessage *message, gint64 op)
{
  P2pMeshNode *self = peer->node;

  switch (op)
    {
    case P2P_CONTROL_PING:
      handle_token (peer, message, p2p_mesh_handle_ping);
      break;
    case P2P_CONTROL_PONG:
      handle_token (peer, message, p2p_mesh_handle_pong);
      break;
    case P2P_CONTROL_IHAVE:
      handle_ids (peer, message, p2p_mesh_handle_ihave);
      break;
    case P2P_CONTROL_IWANT:
      handle_ids (peer, message, p2p_mesh_handle_iwant);
      break;
    case P2P_CONTROL_PRUNE:
      p2p_mesh_handle_prune (peer);
      break;
    case P2P_CONTROL_GRAFT:
      p2p_mesh_handle_graft (peer);
      break;
    default:
      if (self->layer == NULL || self->layer->control == NULL || !self->layer->control (peer, op, message, self->layer_data))
        p2p_mesh_drop (self, peer, P2P_DROP_UNKNOWN_OPERATION, message);
      break;
    }
}

void
p2p_mesh_handle_control (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 version;
  gint64 op;

  if (!self->own_frames)
    {
      p2p_mesh_drop (self, peer, P2P_DROP_UNKNOWN_OPERATION, message);
      return;
    }
  if (!get_number (message, 1, &version) || !get_number (message, 2, &op))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (version != P2P_CONTROL_VERSION)
    p2p_mesh_drop (self, peer, P2P_DROP_UNKNOWN_OPERATION, message);
  else if (op == P2P_CONTROL_HELLO)
    p2p_mesh_handle_hello (peer, message);
  else if (peer->is_own && self->guard != NULL && self->guard->control != NULL && self->guard->control (peer, op, message, self->guard_data))
    return;
  else if (peer->state == P2P_PEER_PENDING || !peer->is_own || peer->waits_for_guard)
    p2p_mesh_drop (self, peer, P2P_DROP_EARLY, message);
  else
    {
      if (g_str_equal (p2p_message_get_sender (message), peer->id))
        p2p_mesh_note_clock (peer, p2p_message_get_time (message));
      dispatch (peer, message, op);
    }
}
