/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The mesh's side of its guard (x1/): what it may know of a link and do about it. */
#include "p2p-mesh-guard.h"

#include "p2p-mesh-node-private.h"

/* Of a link that waits. */
#define MAX_EARLY 64
#define MAX_EARLY_BYTES (1024 * 1024)

void
p2p_mesh_node_set_guard (P2pMeshNode *self, const P2pMeshGuard *guard, gpointer data)
{
  self->guard = guard;
  self->guard_data = data;
}

gpointer
p2p_mesh_node_get_guard_data (P2pMeshNode *self, const P2pMeshGuard *guard)
{
  return self->guard == guard ? self->guard_data : NULL;
}

gboolean
p2p_mesh_node_get_own_frames (P2pMeshNode *self)
{
  return self->own_frames;
}

void
p2p_peer_set_guard_data (P2pPeer *self, gpointer data)
{
  self->guard_data = data;
}

gpointer
p2p_peer_get_guard_data (P2pPeer *self)
{
  return self->guard_data;
}

void
p2p_peer_set_proven (P2pPeer *self, gboolean proven)
{
  self->proven = proven;
}

gboolean
p2p_peer_get_proven (P2pPeer *self)
{
  return self->proven;
}

const char *
p2p_peer_get_claimed_id (P2pPeer *self)
{
  return self->id != NULL ? self->id : self->hello_id;
}

const guint8 *
p2p_peer_get_public_key (P2pPeer *self)
{
  return self->has_pub ? self->pub : NULL;
}

const guint8 *
p2p_peer_get_nonce (P2pPeer *self, gboolean own)
{
  if (own)
    return self->hello_sent != 0 ? self->own_nonce : NULL;
  return self->is_own ? self->nonce : NULL;
}

gboolean
p2p_peer_get_binding (P2pPeer *self, guint8 binding[32])
{
  return self->link != NULL && p2p_link_get_binding (self->link, binding);
}

gboolean
p2p_peer_is_pending (P2pPeer *self)
{
  return self->state == P2P_PEER_PENDING;
}

/* ---- what is asked of it ---- */

gboolean
p2p_mesh_may_introduce (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  return self->guard == NULL || self->guard->may_introduce == NULL || self->guard->may_introduce (peer, self->guard_data);
}

void
p2p_mesh_guard_greet (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  if (peer->guard_greeted || !peer->is_own || peer->hello_sent == 0 || self->guard == NULL)
    return;
  peer->guard_greeted = TRUE;
  if (self->guard->greeted != NULL)
    self->guard->greeted (peer, self->guard_data);
}

P2pGuardVerdict
p2p_mesh_ask_guard (P2pPeer *peer, GError **error)
{
  P2pMeshNode *self = peer->node;

  if (self->guard == NULL || self->guard->admit == NULL)
    return P2P_GUARD_GO;
  return self->guard->admit (peer, error, self->guard_data);
}

void
p2p_mesh_guard_removed (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  if (self->guard != NULL && self->guard->removed != NULL)
    self->guard->removed (peer, self->guard_data);
}

GError *
p2p_mesh_guard_explain (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  return self->guard != NULL && self->guard->explain != NULL ? self->guard->explain (peer, self->guard_data) : NULL;
}

void
p2p_mesh_guard_moved (P2pPeer *from, P2pPeer *to)
{
  P2pMeshNode *self = to->node;

  if (self->guard != NULL && self->guard->moved != NULL)
    self->guard->moved (from, to, self->guard_data);
}

/* May it take the place of another, or come back in the place of one? */
gboolean
p2p_mesh_is_trusted (P2pPeer *peer)
{
  g_autoptr (GError) error = NULL;

  return p2p_mesh_ask_guard (peer, &error) == P2P_GUARD_GO;
}

gboolean
p2p_mesh_node_get_late_hello (P2pMeshNode *self)
{
  return self->late_hello;
}

gboolean
p2p_mesh_node_set_private (P2pMeshNode *self)
{
  if (self->closed || self->table->len + self->pending->len + self->draining->len > 0)
    return FALSE;
  self->is_private = TRUE;
  self->late_hello = FALSE;
  return TRUE;
}

/* ---- what came behind the handshake of who has to prove it ---- */

/* Where HELLO follows the handshake, who takes us for an original speaks on before he hears ours, and proves himself after that. */
gboolean
p2p_mesh_hold_early (P2pPeer *peer, P2pMessage *message)
{
  if (!peer->waits_for_guard || !peer->node->late_hello || peer->n_early_bytes + p2p_message_get_length (message) > MAX_EARLY_BYTES)
    return FALSE;
  if (peer->early == NULL)
    peer->early = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  if (peer->early->len >= MAX_EARLY)
    return FALSE;
  g_ptr_array_add (peer->early, p2p_message_ref (message));
  peer->n_early_bytes += p2p_message_get_length (message);
  return TRUE;
}

static void
hear_early (P2pPeer *peer)
{
  g_autoptr (GPtrArray) early = g_steal_pointer (&peer->early);

  for (guint i = 0; early != NULL && i < early->len && peer->node != NULL; i++)
    p2p_mesh_receive (peer, early->pdata[i]);
}

/* ---- what it decides ---- */

void
p2p_mesh_guard_introduce (P2pPeer *peer)
{
  if (peer->node != NULL && peer->state == P2P_PEER_PENDING)
    p2p_mesh_introduce (peer);
}

void
p2p_mesh_guard_admit (P2pPeer *peer)
{
  g_autoptr (P2pPeer) held = p2p_peer_ref (peer);
  gboolean waits = peer->waits_for_guard;

  peer->waits_for_guard = FALSE;
  if (peer->node != NULL && peer->state == P2P_PEER_ESTABLISHED)
    {
      p2p_mesh_node_emit_peer (peer->node, P2P_MESH_EVENT_CHANGED, peer, NULL);
      if (waits)
        p2p_mesh_begin_own (peer);
    }
  else if (peer->node != NULL && peer->state == P2P_PEER_PENDING && waits)
    {
      p2p_mesh_settle (peer);
      hear_early (held);
    }
}

void
p2p_mesh_guard_certified (P2pMeshNode *self, const char *id)
{
  if (self->layer != NULL && self->layer->certified != NULL)
    self->layer->certified (id, self->layer_data);
}

static gboolean
has_ear (P2pMeshNode *self)
{
  const P2pMeshNodeEvents *events = self->events;

  return events != NULL && events->proved != NULL && (events->hears_proved == NULL || events->hears_proved (self->events_data));
}

/* Our own come by the thousand, and a proof is made for who hears of it. */
gboolean
p2p_mesh_guard_hears_proofs (P2pMeshNode *self)
{
  return !self->closed && ((self->layer != NULL && self->layer->proved != NULL) || has_ear (self));
}

void
p2p_mesh_guard_prove (P2pMeshNode *self, P2pMessage *message, GBytes *proof)
{
  if (self->closed)
    return;
  if (self->layer != NULL && self->layer->proved != NULL)
    self->layer->proved (message, proof, self->layer_data);
  if (has_ear (self))
    p2p_mesh_node_emit_proved (self, message, proof);
}

void
p2p_mesh_guard_end (P2pPeer *peer, GError *error)
{
  if (peer->node == NULL)
    g_error_free (error);
  else
    p2p_mesh_peer_end (peer, error);
}
