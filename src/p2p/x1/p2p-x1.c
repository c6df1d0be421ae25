/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-x1-private.h"

/* Boxes that are remembered, whatever the limits say. */
#define LEAST_OPENED 1024
#define MOST_OPENED (1u << 23)

static P2pX1 *x1_of (P2pPeer *peer);

/* ---- links ---- */

P2pX1Link *
p2p_x1_link_ref (P2pX1Link *self)
{
  self->refs++;
  return self;
}

void
p2p_x1_link_unref (P2pX1Link *self)
{
  if (--self->refs > 0)
    return;
  g_clear_error (&self->refusal);
  g_free (self);
}

P2pX1Link *
p2p_x1_link_of (P2pPeer *peer)
{
  P2pX1Link *link = p2p_peer_get_guard_data (peer);

  if (link != NULL)
    return link;
  link = g_new0 (P2pX1Link, 1);
  link->refs = 1;
  link->x1 = x1_of (peer);
  link->peer = peer;
  g_ptr_array_add (link->x1->links, link);
  p2p_peer_set_guard_data (peer, link);
  return link;
}

static void
end_link (P2pX1Link *link)
{
  p2p_clock_cancel (link->x1->env->clock, link->auth_timer);
  link->auth_timer = 0;
  p2p_peer_set_guard_data (link->peer, NULL);
  g_ptr_array_remove (link->x1->links, link);
  link->peer = NULL;
  link->x1 = NULL;
  p2p_x1_link_unref (link);
}

/* ---- what the mesh asks ---- */

static void
moved_cb (P2pPeer *from, P2pPeer *to, gpointer data)
{
  P2pX1Link *link = p2p_peer_get_guard_data (to);

  if (link != NULL)
    link->peer = to;
  p2p_x1_holder_moved (((P2pX1 *) data)->holder, from, to);
}

static void
removed_cb (P2pPeer *peer, gpointer data)
{
  P2pX1 *self = data;
  P2pX1Link *link = p2p_peer_get_guard_data (peer);

  p2p_x1_holder_removed (self->holder, peer);
  if (link != NULL)
    end_link (link);
}

static void
sending_cb (P2pMessage *message, GBytes *note, gpointer data)
{
  P2pX1 *self = data;

  p2p_x1_signer_send (self->signer, message, note);
}

static P2pGuardVerdict
check_cb (P2pMessage *message, P2pPeer *source, gpointer data)
{
  P2pX1 *self = data;

  return p2p_x1_holder_check (self->holder, message, source);
}

static void
closing_cb (gpointer data)
{
  P2pX1 *self = data;

  p2p_x1_signer_flush (self->signer);
  p2p_x1_holder_clear (self->holder);
}

static const P2pMeshGuard guard = {
  .greeted = p2p_x1_auth_greeted,
  .control = p2p_x1_auth_control,
  .may_introduce = p2p_x1_auth_may_introduce,
  .admit = p2p_x1_auth_admit,
  .explain = p2p_x1_auth_explain,
  .moved = moved_cb,
  .removed = removed_cb,
  .sending = sending_cb,
  .check = check_cb,
  .seal = p2p_x1_seal_seal,
  .open = p2p_x1_seal_open,
  .closing = closing_cb,
};

static P2pX1 *
x1_of (P2pPeer *peer)
{
  return p2p_mesh_node_get_guard_data (p2p_peer_get_node (peer), &guard);
}

/* ---- life ---- */

/* Boxes that are remembered, so that none is opened twice: twice as many as can be opened while one is of now, as the set forgets half of them at a time. */
static guint
get_most_opened (const P2pLimits *limits)
{
  guint64 most = 4 * (guint64) limits->message_age_seconds * limits->signature_checks;

  return (guint) CLAMP (most, LEAST_OPENED, MOST_OPENED);
}

P2pX1 *
p2p_x1_new (P2pMeshNode *mesh)
{
  P2pIdentity *identity = p2p_mesh_node_get_identity (mesh);
  P2pX1 *self;

  if (identity == NULL)
    return NULL;
  self = g_new0 (P2pX1, 1);
  self->mesh = mesh;
  self->env = p2p_env_ref (p2p_mesh_node_get_env (mesh));
  self->identity = p2p_identity_ref (identity);
  self->limits = *p2p_mesh_node_get_limits (mesh);
  self->network = p2p_protocol_get_id (p2p_mesh_node_get_protocol (mesh));
  self->keys = p2p_x1_keys_new (self->limits.known_keys);
  self->ears = g_rc_box_new0 (P2pX1Ears);
  self->links = g_ptr_array_new ();
  self->verifier = p2p_verifier_new ();
  self->signer = p2p_x1_signer_new (self);
  self->holder = p2p_x1_holder_new (self);
  self->opened = p2p_seen_set_new (self->env->random, get_most_opened (&self->limits), 2 * self->limits.message_age_seconds * G_TIME_SPAN_SECOND);
  p2p_mesh_node_set_guard (mesh, &guard, self);
  p2p_mesh_node_add_caps (mesh, P2P_CAP_E2E_WHISPER);
  p2p_x1_pin (self, p2p_identity_peek_public_key (identity));
  return self;
}

void
p2p_x1_free (P2pX1 *self)
{
  p2p_mesh_node_set_guard (self->mesh, NULL, NULL);
  p2p_x1_signer_free (self->signer);
  p2p_x1_holder_free (self->holder);
  p2p_seen_set_free (self->opened);
  self->ears->func = NULL;
  g_rc_box_release (self->ears);
  while (self->links->len > 0)
    end_link (self->links->pdata[self->links->len - 1]);
  g_ptr_array_unref (self->links);
  p2p_x1_keys_free (self->keys);
  g_clear_pointer (&self->secret, p2p_secret_unref);
  p2p_verifier_unref (self->verifier);
  p2p_identity_unref (self->identity);
  p2p_env_unref (self->env);
  g_free (self);
}

P2pX1 *
p2p_x1_of (P2pMeshNode *mesh)
{
  return p2p_mesh_node_get_guard_data (mesh, &guard);
}

void
p2p_x1_get_stats (P2pX1 *self, P2pX1Stats *stats)
{
  *stats = self->stats;
  stats->held = p2p_x1_holder_count (self->holder);
}

void
p2p_x1_set_key_func (P2pX1 *self, P2pX1KeyFunc func, gpointer data)
{
  self->ears->func = func;
  self->ears->data = data;
}
