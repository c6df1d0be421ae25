/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who is there? */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"

#define HANDSHAKE_PACKETS 5
/* How far the time of a handshake may run ahead to tell a link from one before it. */
#define MAX_TIME_AHEAD 20
/* A protocol id is base58 of 256 bits: 44 characters. */
#define MAX_PROTOCOL_ID 128

typedef struct {
  char *id;
  P2pIdForm id_form;
  char *protocol;
  char *host;
  guint16 port;
  guint8 methods[P2P_MESH_MAX_METHODS];
  gsize n_methods;
} Handshake;

static void
handshake_clear (Handshake *self)
{
  g_free (self->id);
  g_free (self->protocol);
  g_free (self->host);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Handshake, handshake_clear)

/* Of two links that one node opens to another within a second, the times have to tell both ends which is the later. */
static gint64
take_dialler_time (P2pMeshNode *self)
{
  gint64 now = p2p_clock_utc_seconds (self->env->clock);

  self->dialler_time = CLAMP (self->dialler_time + 1, now, now + MAX_TIME_AHEAD);
  return self->dialler_time;
}

/* ids as str everywhere: js2p finds nobody by a bin (quirk J1). Never compressed. */
void
p2p_mesh_send_handshake (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  const char *host = p2p_mesh_node_get_out_host (self);
  P2pPipeAddress own = { 0 };
  gsize n_methods;
  const guint8 *methods = p2p_mesh_node_get_methods (self, &n_methods);
  GVariant *packets[HANDSHAKE_PACKETS];
  GVariant *boxed[HANDSHAKE_PACKETS];
  g_autoptr (GVariant) all = NULL;
  g_autoptr (P2pMessage) message = NULL;

  if (peer->greeted)
    return;
  if (host == NULL)
    {
      /* No listener: an address has to be there, and port 0 says that nobody listens at it. */
      p2p_link_get_own (peer->link, &own);
      host = own.host != NULL ? own.host : "0.0.0.0";
    }
  packets[0] = g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE);
  packets[1] = g_variant_new_string (self->id);
  packets[2] = g_variant_new_string (p2p_protocol_get_id (self->protocol));
  packets[3] = p2p_mesh_value_new_address (host, p2p_mesh_node_get_out_port (self));
  packets[4] = p2p_mesh_value_new_methods (methods, n_methods);
  for (guint i = 0; i < HANDSHAKE_PACKETS; i++)
    boxed[i] = g_variant_new_variant (packets[i]);

  all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, boxed, HANDSHAKE_PACKETS));
  if (peer->outgoing)
    peer->dialler_time = take_dialler_time (self);
  message = p2p_message_new (P2P_FLAG_WHISPER, self->id, peer->outgoing ? peer->dialler_time : p2p_clock_utc_seconds (self->env->clock), all, NULL);
  if (message == NULL)
    return;
  peer->greeted = TRUE;
  p2p_link_send (peer->link, message, P2P_LINK_SEND_PLAIN, NULL);
}

static gboolean
read_handshake (P2pMessage *message, Handshake *handshake)
{
  g_autoptr (GVariant) id = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) protocol = p2p_message_get_packet (message, 2);
  g_autoptr (GVariant) address = p2p_message_get_packet (message, 3);
  g_autoptr (GVariant) methods = p2p_message_get_packet (message, 4);

  handshake->id = p2p_mesh_value_dup_id (id);
  handshake->id_form = id != NULL && g_variant_is_of_type (id, G_VARIANT_TYPE_BYTESTRING) ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR;
  handshake->protocol = p2p_mesh_value_dup_text (protocol, MAX_PROTOCOL_ID);
  return p2p_mesh_value_get_address (address, &handshake->host, &handshake->port) &&
         p2p_mesh_value_get_methods (methods, handshake->methods, sizeof handshake->methods, &handshake->n_methods) &&
         handshake->id != NULL && handshake->protocol != NULL;
}

/* Of a distributed table whose k is another: its id is that of ours, but for what stands behind it. */
static GError *
explain_other_network (P2pProtocol *protocol, const char *theirs, const char *address)
{
  g_autoptr (P2pProtocol) plain = p2p_protocol_new_chord (protocol, 0);
  const char *id = p2p_protocol_get_id (plain);
  guint k = p2p_protocol_get_k (protocol);
  guint64 their_k = 0;

  if (g_str_has_prefix (theirs, id) && (theirs[strlen (id)] == '\0' || p2p_base58_decode_uint64 (theirs + strlen (id), &their_k, NULL)))
    {
      g_autofree char *ours = k > 0 ? g_strdup_printf ("k = %u", k) : g_strdup ("no k");
      g_autofree char *his = their_k > 0 ? g_strdup_printf ("k = %" G_GUINT64_FORMAT, their_k) : g_strdup ("no k");

      return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_NETWORK, "%s has a ring of another size: %s there, %s here (“%s”)", address, his, ours,
                          p2p_protocol_get_subnet (protocol));
    }
  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_NETWORK,
                      "%s is in another network: its subnet, encryption or version differs from ours (“%s”, %s, %s)",
                      address, p2p_protocol_get_subnet (protocol), p2p_protocol_get_encryption (protocol), p2p_protocol_get_version (protocol));
}

static GError *
check_handshake (P2pPeer *peer, const Handshake *handshake, gboolean well_formed)
{
  P2pMeshNode *self = peer->node;
  P2pProtocol *protocol = self->protocol;
  g_autofree char *address = p2p_address_to_text (peer->dial_host != NULL ? peer->dial_host : peer->socket_host,
                                                  peer->dial_host != NULL ? peer->dial_port : peer->socket_port);

  /* First of all: what is odd about another network's handshake is none of our business. */
  if (handshake->protocol != NULL && !g_str_equal (handshake->protocol, p2p_protocol_get_id (protocol)))
    return explain_other_network (protocol, handshake->protocol, address);
  if (!well_formed)
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_HANDSHAKE, "%s sent a malformed handshake", address);
  if (g_str_equal (handshake->id, self->id))
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SELF, "%s is this node itself, or another with the same key", address);
  if (p2p_mesh_is_kept_out (self, handshake->id, NULL))
    return p2p_mesh_new_kept_out_error (self, handshake->id, NULL);
  if (peer->expected_id != NULL && !g_str_equal (peer->expected_id, handshake->id))
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_ID, "At %s answers node %s, not %s", address, handshake->id, peer->expected_id);
  return NULL;
}

/* What may change later on. Returns whether it did. */
static gboolean
take_details (P2pPeer *peer, const Handshake *handshake)
{
  gboolean changed = g_strcmp0 (peer->host, handshake->host) != 0 || peer->port != handshake->port ||
                     peer->n_methods != handshake->n_methods || memcmp (peer->methods, handshake->methods, handshake->n_methods) != 0;

  g_free (peer->host);
  peer->host = g_strdup (handshake->host);
  peer->port = handshake->port;
  memcpy (peer->methods, handshake->methods, handshake->n_methods);
  peer->n_methods = handshake->n_methods;
  p2p_link_set_methods (peer->link, peer->methods, peer->n_methods);
  return changed;
}

void
p2p_mesh_establish (P2pPeer *peer, P2pPeer *old)
{
  P2pMeshNode *self = peer->node;
  gboolean first = self->table->len == 0;

  p2p_clock_cancel (self->env->clock, peer->timer);
  peer->timer = 0;
  peer->state = P2P_PEER_ESTABLISHED;
  peer->since = p2p_clock_utc (self->env->clock);
  peer->established_at = p2p_clock_now (self->env->clock);
  p2p_link_set_established (peer->link, TRUE);
  g_ptr_array_add (self->table, p2p_peer_ref (peer));
  g_ptr_array_remove (self->pending, peer);
  g_hash_table_replace (self->by_id, peer->id, peer);
  p2p_mesh_forget_parted (self, peer->id);
  p2p_mesh_note_linked (peer);
  p2p_mesh_log (self, 2, "node %s at %s port %u is in the routing table", peer->id, peer->socket_host, peer->socket_port);

  p2p_mesh_introduce (peer);
  if (self->late_hello)
    p2p_mesh_send_hello (peer);
  p2p_mesh_guard_greet (peer);
  if (peer->state != P2P_PEER_ESTABLISHED)
    return;
  p2p_mesh_expect_answer (peer);
  p2p_mesh_start_life (peer);
  p2p_mesh_compare_clocks (self);

  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_ADDED, peer, NULL);
  if (old != NULL)
    p2p_mesh_peer_drain (old);
  if (first)
    p2p_mesh_node_emit_plain (self, P2P_MESH_EVENT_CONNECTED);
  p2p_mesh_node_end_ops (self, peer->ops, peer, NULL);
  p2p_mesh_send_peers (peer, self->limits.peers_per_list);
  p2p_mesh_offer (peer);
  if (self->layer != NULL && self->layer->added != NULL)
    self->layer->added (peer, self->layer_data);
  p2p_mesh_requests_reached (self, peer);
  p2p_mesh_node_update_accepting (self);
  p2p_mesh_heal (self);
}

/*
 * The link that won is dead: the one that lost takes its place. The node at the other end, which came again, holds it for its only
 * one, or would have closed it by now. That it is over was told, so it comes back as a new one.
 */
void
p2p_mesh_peer_return (P2pPeer *loser, P2pPeer *old)
{
  P2pMeshNode *self = loser->node;
  P2pPeer *peer = p2p_peer_new (self);

  p2p_mesh_log (self, 2, "node %s is gone from its link and here on another", loser->id);
  peer->outgoing = loser->outgoing;
  peer->automatic = loser->automatic;
  peer->socket_host = g_strdup (loser->socket_host);
  peer->socket_port = loser->socket_port;
  peer->dial_host = g_strdup (loser->dial_host);
  peer->dial_port = loser->dial_port;
  peer->expected_id = g_strdup (loser->expected_id);
  peer->id = g_strdup (loser->id);
  peer->id_form = loser->id_form;
  memcpy (peer->number, loser->number, sizeof peer->number);
  peer->host = g_strdup (loser->host);
  peer->port = loser->port;
  memcpy (peer->methods, loser->methods, loser->n_methods);
  peer->n_methods = loser->n_methods;
  peer->dialler_time = loser->dialler_time;
  peer->greeted = loser->greeted;
  peer->hello_sent = loser->hello_sent;
  peer->is_own = loser->is_own;
  peer->hello_id = g_strdup (loser->hello_id);
  peer->caps = loser->caps;
  peer->has_pub = loser->has_pub;
  memcpy (peer->pub, loser->pub, sizeof peer->pub);
  memcpy (peer->nonce, loser->nonce, sizeof peer->nonce);
  memcpy (peer->own_nonce, loser->own_nonce, sizeof peer->own_nonce);
  peer->max_frame = loser->max_frame;
  peer->opened_at = loser->opened_at;
  peer->rtt_us = loser->rtt_us;
  peer->clock_known = loser->clock_known;
  peer->clock_offset = loser->clock_offset;
  peer->send_ids = loser->send_ids;
  peer->pruned = loser->pruned;
  peer->guard_greeted = loser->guard_greeted;
  peer->proven = loser->proven;
  peer->guard_data = g_steal_pointer (&loser->guard_data);
  p2p_mesh_guard_moved (loser, peer);
  peer->link = g_steal_pointer (&loser->link);
  p2p_link_set_data (peer->link, peer);

  p2p_clock_cancel (self->env->clock, loser->timer);
  loser->timer = 0;
  loser->state = P2P_PEER_CLOSED;
  loser->node = NULL;
  g_ptr_array_remove (self->draining, loser);

  g_ptr_array_add (self->pending, peer);
  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_PENDING, peer, NULL);
  p2p_mesh_establish (peer, old);
}

/* One frame a write; within TLS that is enough: a read ends with the record, that is with the frame, and what a record held besides
 * would wait there until more comes. Elsewhere the frames need filling up. */
static void
send_carefully (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  p2p_link_set_careful (peer->link, TRUE);
  if (self->secure)
    return;
  if (self->filler == NULL)
    {
      static const guint8 packed[] = { P2P_SUBFLAG_NO_OP };

      self->filler = p2p_message_new_packed (P2P_FLAG_WHISPER, self->id, P2P_ID_FORM_STR, p2p_clock_utc_seconds (self->env->clock),
                                             packed, sizeof packed, 1);
    }
  p2p_link_set_filler (peer->link, self->filler);
}

static void
admit (P2pPeer *peer)
{
  g_autoptr (GError) error = NULL;

  switch (p2p_mesh_ask_guard (peer, &error))
    {
    case P2P_GUARD_WAIT:
      peer->waits_for_guard = TRUE;
      if (peer->node->late_hello)
        p2p_link_set_established (peer->link, TRUE);
      /* Where it follows the handshake it may be what is waited for. */
      p2p_mesh_send_hello (peer);
      p2p_mesh_guard_greet (peer);
      break;
    case P2P_GUARD_REFUSE:
      p2p_mesh_peer_end (peer, g_steal_pointer (&error));
      break;
    case P2P_GUARD_GO:
    default:
      p2p_mesh_settle (peer);
      break;
    }
}

void
p2p_mesh_handle_handshake (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_auto (Handshake) handshake = { 0 };
  gboolean well_formed = read_handshake (message, &handshake);
  GError *error;

  p2p_mesh_log (self, 5, "handler: handshake");
  if (peer->state != P2P_PEER_PENDING || peer->id != NULL)
    {
      /* js2p sends two, and later ones may tell a new address or other methods. Nobody becomes another node on the way. */
      if (!well_formed || !g_str_equal (handshake.id, peer->id) || !g_str_equal (handshake.protocol, p2p_protocol_get_id (self->protocol)))
        {
          p2p_mesh_drop (self, peer, P2P_DROP_HANDSHAKE, message);
          p2p_mesh_log (self, 2, "a later handshake of %s says something else: left alone", peer->id);
        }
      else if (peer->state == P2P_PEER_ESTABLISHED && take_details (peer, &handshake))
        p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_CHANGED, peer, NULL);
      return;
    }

  error = check_handshake (peer, &handshake, well_formed);
  if (error != NULL)
    {
      if (error->code == P2P_LINK_ERROR_HANDSHAKE)
        p2p_mesh_drop (self, peer, P2P_DROP_HANDSHAKE, message);
      else if (error->code == P2P_LINK_ERROR_BLOCKED)
        p2p_mesh_drop (self, peer, P2P_DROP_BLOCKED, message);
      p2p_mesh_peer_end (peer, error);
      return;
    }
  if (!p2p_mesh_check_hello_id (peer, handshake.id))
    return;
  peer->id = g_strdup (handshake.id);
  peer->id_form = handshake.id_form;
  p2p_base58_decode_fixed (peer->id, peer->number, sizeof peer->number, NULL);
  if (!peer->outgoing)
    peer->dialler_time = p2p_message_get_time (message);
  take_details (peer, &handshake);
  if (peer->id_form == P2P_ID_FORM_BIN)
    send_carefully (peer);

  if (!peer->is_own)
    p2p_mesh_note_clock (peer, p2p_message_get_time (message));
  else if (peer->outgoing && peer->hello_sent != 0)
    p2p_mesh_note_round_trip (peer, p2p_clock_now (self->env->clock) - peer->hello_sent);
  admit (peer);
}
