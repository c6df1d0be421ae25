/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * AUTH: who showed a key proves that he has it, and in a network with a secret that he knows it, on this very link (docs/x1.md). What
 * either end signs holds what both said in HELLO and, where there is TLS, what only the two ends of it know: who stands in between cannot
 * pass it on.
 */
#include "p2p-x1-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

/* Who is told that his secret is another has so long to read it. */
#define REFUSAL_SPAN G_TIME_SPAN_SECOND

static void deadline_cb (gpointer data);

static void
set_deadline (P2pX1Link *link, gint64 span)
{
  if (link->auth_timer == 0)
    link->auth_timer = p2p_clock_schedule (link->x1->env->clock, span, deadline_cb, link);
}

static gint64
get_patience (P2pX1 *self)
{
  return self->limits.auth_seconds * G_TIME_SPAN_SECOND;
}

/* ---- words ---- */

static char *
address_of (P2pPeer *peer)
{
  return p2p_address_to_text (p2p_peer_get_peer_host (peer), p2p_peer_get_peer_port (peer));
}

static gboolean
is_secure (P2pX1 *self)
{
  return g_str_equal (p2p_protocol_get_encryption (p2p_mesh_node_get_protocol (self->mesh)), P2P_ENCRYPTION_SSL);
}

static GError *
new_unproven_error (P2pX1 *self, P2pPeer *peer)
{
  g_autofree char *address = address_of (peer);

  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "%s says that it is node %s, and does not prove it", address, p2p_peer_get_claimed_id (peer));
}

static GError *
new_wrong_error (P2pX1 *self, P2pPeer *peer)
{
  g_autofree char *address = address_of (peer);

  if (is_secure (self))
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "Somebody is between us and node %s, or %s is not that node: what it signed is not this link",
                        p2p_peer_get_claimed_id (peer), address);
  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "%s is not node %s, which it says it is: its signature is wrong", address, p2p_peer_get_claimed_id (peer));
}

static GError *
new_key_error (P2pPeer *peer)
{
  g_autofree char *address = address_of (peer);

  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "%s says that it is node %s, and shows a key that is not that node’s",
                      address, p2p_peer_get_claimed_id (peer));
}

static GError *
new_other_secret_error (P2pPeer *peer)
{
  g_autofree char *address = address_of (peer);

  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "%s has another secret than this network", address);
}

static GError *
new_no_secret_error (P2pPeer *peer)
{
  g_autofree char *address = address_of (peer);

  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "%s has no secret, and this network is private: only who knows its secret is let in", address);
}

static GError *
new_private_error (P2pPeer *peer)
{
  g_autofree char *address = address_of (peer);

  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "%s is in a private network: it asks for a secret, and there is none here", address);
}

static void
deadline_cb (gpointer data)
{
  P2pX1Link *link = data;
  P2pMeshNode *mesh = link->x1->mesh;
  GError *error;

  link->auth_timer = 0;
  if (link->refusal != NULL)
    error = g_error_copy (link->refusal);
  else
    error = link->x1->secret != NULL ? new_no_secret_error (link->peer) : new_unproven_error (link->x1, link->peer);
  p2p_mesh_node_enter (mesh);
  p2p_mesh_guard_end (link->peer, error);
  p2p_mesh_node_leave (mesh);
}

/* ---- ours ---- */

static GBytes *
make_transcript (P2pX1Link *link, gboolean ours)
{
  P2pX1 *self = link->x1;
  P2pPeer *peer = link->peer;
  const char *ids[2] = { p2p_mesh_node_get_id (self->mesh), p2p_peer_get_claimed_id (peer) };
  const guint8 *pubs[2] = { p2p_identity_peek_public_key (self->identity), p2p_peer_get_public_key (peer) };
  const guint8 *nonces[2] = { p2p_peer_get_nonce (peer, TRUE), p2p_peer_get_nonce (peer, FALSE) };
  gboolean signer_dialled = p2p_peer_get_outgoing (peer) == ours;
  guint8 binding[P2P_AUTH_BINDING_LENGTH];
  guint me = ours ? 0 : 1;

  return p2p_auth_transcript (signer_dialled ? P2P_AUTH_DIALLED : P2P_AUTH_WAS_DIALLED, ids[me], ids[1 - me], pubs[me], pubs[1 - me],
                              nonces[me], nonces[1 - me], self->network, p2p_peer_get_binding (peer, binding) ? binding : NULL);
}

/* refused: a MAC of zeros, which says no more than that there is a secret, and that his is not it. */
static void
say_auth (P2pX1Link *link, gboolean refused)
{
  P2pX1 *self = link->x1;
  g_autoptr (GBytes) transcript = NULL;
  guint8 signature[P2P_SIGNATURE_LENGTH];
  guint8 mac[P2P_AUTH_MAC_LENGTH] = { 0 };
  GVariant *rest[2];

  if (link->said)
    return;
  link->said = TRUE;
  transcript = make_transcript (link, TRUE);
  if (!p2p_auth_sign (self->identity, transcript, signature))
    return;
  if (self->secret != NULL && !refused)
    p2p_auth_mac (self->secret, transcript, mac);
  rest[0] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, signature, sizeof signature, 1);
  rest[1] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, mac, self->secret != NULL ? sizeof mac : 0, 1);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_AUTH, rest, G_N_ELEMENTS (rest));
}

/* ---- both said HELLO ---- */

static GError *
check_key (P2pX1 *self, P2pPeer *peer)
{
  const guint8 *pub = p2p_peer_get_public_key (peer);
  const char *claimed = p2p_peer_get_claimed_id (peer);
  g_autofree char *id = NULL;
  guint8 binding[P2P_AUTH_BINDING_LENGTH];

  if (pub == NULL && self->secret != NULL)
    return new_no_secret_error (peer);
  if (pub == NULL)
    return p2p_x1_find_key (self, claimed) != NULL ? new_unproven_error (self, peer) : NULL;
  id = p2p_key_to_node_id (pub, self->network);
  if (!p2p_key_is_sound (pub) || !g_str_equal (id, claimed))
    return new_key_error (peer);
  /* A link that both ends know nothing of could be two, with somebody in between. */
  if (is_secure (self) && !p2p_peer_get_binding (peer, binding))
    return new_wrong_error (self, peer);
  return NULL;
}

void
p2p_x1_auth_greeted (P2pPeer *peer, gpointer data)
{
  P2pX1 *self = data;
  P2pX1Link *link = p2p_x1_link_of (peer);
  GError *error = check_key (self, peer);

  link->greeted = TRUE;
  /* The same key has another id in another network: his handshake says whether that is all. */
  link->other_key = error != NULL && p2p_peer_get_public_key (peer) != NULL && p2p_peer_get_id (peer) == NULL && self->secret == NULL;
  if (link->other_key)
    {
      g_error_free (error);
      return;
    }
  if (error != NULL)
    {
      p2p_mesh_guard_end (peer, error);
      return;
    }
  if (p2p_peer_get_public_key (peer) == NULL)
    return;
  p2p_x1_note_key (self, p2p_peer_get_public_key (peer), FALSE);
  if (!p2p_peer_is_pending (peer))
    set_deadline (link, get_patience (self));
  /* Of two who have a secret whoever dialled shows first that he knows it: nobody gets a MAC to try secrets on by asking for it. */
  if (self->secret == NULL || p2p_peer_get_outgoing (peer))
    say_auth (link, FALSE);
}

/* ---- his ---- */

static gboolean
get_bytes (P2pMessage *message, gsize index, guint8 *bytes, gsize length)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, index);
  gconstpointer data;
  gsize found;

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  data = g_variant_get_fixed_array (value, &found, 1);
  if (found != length)
    return FALSE;
  if (length > 0)
    memcpy (bytes, data, length);
  return TRUE;
}

static GError *
check_secret (P2pX1Link *link, GBytes *transcript, const guint8 *mac)
{
  static const guint8 refusal[P2P_AUTH_MAC_LENGTH];
  P2pX1 *self = link->x1;

  if (self->secret == NULL)
    return mac != NULL ? new_private_error (link->peer) : NULL;
  if (mac == NULL)
    return new_no_secret_error (link->peer);
  if (memcmp (mac, refusal, sizeof refusal) == 0 || !p2p_auth_check_mac (self->secret, transcript, mac))
    return new_other_secret_error (link->peer);
  return NULL;
}

/* Who was dialled and is of a private network says that it is, before it closes. */
static void
refuse (P2pX1Link *link, GError *error)
{
  if (link->x1->secret == NULL || link->said || !g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET))
    {
      p2p_mesh_guard_end (link->peer, error);
      return;
    }
  link->refusal = error;
  say_auth (link, TRUE);
  p2p_clock_cancel (link->x1->env->clock, link->auth_timer);
  link->auth_timer = 0;
  set_deadline (link, REFUSAL_SPAN);
}

static void
admit (P2pX1Link *link)
{
  P2pX1 *self = link->x1;
  g_autoptr (P2pPeer) peer = p2p_peer_ref (link->peer);

  p2p_clock_cancel (self->env->clock, link->auth_timer);
  link->auth_timer = 0;
  p2p_peer_set_proven (peer, TRUE);
  p2p_x1_note_key (self, p2p_peer_get_public_key (peer), TRUE);
  say_auth (link, FALSE);
  p2p_mesh_guard_introduce (peer);
  p2p_mesh_guard_admit (peer);
}

gboolean
p2p_x1_auth_control (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data)
{
  P2pX1 *self = data;
  P2pX1Link *link = p2p_x1_link_of (peer);
  const guint8 *pub = p2p_peer_get_public_key (peer);
  g_autoptr (GBytes) transcript = NULL;
  guint8 signature[P2P_SIGNATURE_LENGTH];
  guint8 mac[P2P_AUTH_MAC_LENGTH];
  gboolean has_mac;
  GError *error;

  if (op != P2P_CONTROL_AUTH)
    return FALSE;
  if (!link->greeted)
    {
      p2p_mesh_drop (self->mesh, peer, P2P_DROP_EARLY, message);
      return TRUE;
    }
  has_mac = get_bytes (message, P2P_CONTROL_REST + 1, mac, sizeof mac);
  /* One a link, of who showed a key. */
  if (link->heard || link->other_key || pub == NULL || !g_str_equal (p2p_message_get_sender (message), p2p_peer_get_claimed_id (peer)) ||
      !get_bytes (message, P2P_CONTROL_REST, signature, sizeof signature) || (!has_mac && !get_bytes (message, P2P_CONTROL_REST + 1, NULL, 0)))
    {
      p2p_mesh_drop (self->mesh, peer, P2P_DROP_SHAPE, message);
      return TRUE;
    }
  link->heard = TRUE;
  transcript = make_transcript (link, FALSE);
  if (!p2p_auth_check (pub, transcript, signature))
    {
      p2p_mesh_drop (self->mesh, peer, P2P_DROP_FORGED_SIGNATURE, message);
      p2p_mesh_guard_end (peer, new_wrong_error (self, peer));
      return TRUE;
    }
  error = check_secret (link, transcript, has_mac ? mac : NULL);
  if (error != NULL)
    refuse (link, error);
  else
    admit (link);
  return TRUE;
}

/* ---- what the mesh asks ---- */

gboolean
p2p_x1_auth_may_introduce (P2pPeer *peer, gpointer data)
{
  P2pX1 *self = data;

  return self->secret == NULL || p2p_peer_get_proven (peer);
}

P2pGuardVerdict
p2p_x1_auth_admit (P2pPeer *peer, GError **error, gpointer data)
{
  P2pX1 *self = data;
  P2pX1Link *link = p2p_x1_link_of (peer);
  gboolean may_come = p2p_peer_get_public_key (peer) != NULL || (!p2p_peer_is_own (peer) && p2p_mesh_node_get_late_hello (self->mesh));

  if (p2p_peer_get_proven (peer))
    return P2P_GUARD_GO;
  if (link->other_key)
    {
      g_propagate_error (error, check_key (self, peer));
      return P2P_GUARD_REFUSE;
    }
  /* Of ours only one of a ring without a secret says its handshake first: HELLO and AUTH follow, and it hears why it is not let in. */
  if (self->secret != NULL && !p2p_peer_is_own (peer))
    {
      set_deadline (link, get_patience (self));
      return P2P_GUARD_WAIT;
    }
  if (self->secret != NULL)
    {
      g_propagate_error (error, link->refusal != NULL ? g_error_copy (link->refusal) : new_no_secret_error (peer));
      return P2P_GUARD_REFUSE;
    }
  if (p2p_peer_get_public_key (peer) == NULL && p2p_x1_find_key (self, p2p_peer_get_claimed_id (peer)) == NULL)
    return P2P_GUARD_GO;
  if (may_come)
    {
      set_deadline (link, get_patience (self));
      return P2P_GUARD_WAIT;
    }
  g_propagate_error (error, new_unproven_error (self, peer));
  return P2P_GUARD_REFUSE;
}

/* Why a link that its other end closed came to nothing, when that is known better. */
GError *
p2p_x1_auth_explain (P2pPeer *peer, gpointer data)
{
  P2pX1Link *link = p2p_peer_get_guard_data (peer);

  return link != NULL && link->refusal != NULL ? g_error_copy (link->refusal) : NULL;
}

/* Somebody showed the key of this id: who has a link under it and proved nothing does so, or was somebody else. */
void
p2p_x1_auth_certified (P2pX1 *self, const char *id)
{
  P2pPeer *peer = p2p_mesh_node_find_peer (self->mesh, id);
  gboolean may_come;

  if (peer == NULL || p2p_peer_get_proven (peer))
    return;
  may_come = p2p_peer_get_public_key (peer) != NULL || p2p_mesh_node_get_late_hello (self->mesh);
  set_deadline (p2p_x1_link_of (peer), may_come ? get_patience (self) : 0);
}

gboolean
p2p_x1_set_secret (P2pX1 *self, P2pSecret *secret, GError **error)
{
  if (!is_secure (self))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "A network with a secret needs the encryption SSL: with Plaintext everybody on the way reads along");
      return FALSE;
    }
  if (!p2p_mesh_node_set_private (self->mesh))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET, "A network gets its secret before its first link");
      return FALSE;
    }
  p2p_secret_ref (secret);
  g_clear_pointer (&self->secret, p2p_secret_unref);
  self->secret = secret;
  return TRUE;
}

gboolean
p2p_x1_has_secret (P2pX1 *self)
{
  return self->secret != NULL;
}
