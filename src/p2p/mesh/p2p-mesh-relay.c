/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What comes in: shape check, seen before, valid, relay, handle, in this order (the originals relay before they look). A bad
 * relayed message never costs the link that brought it: its node may have passed it on in good faith.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"

/* How far the time of a message of ours may run ahead to tell it from an equal one. */
#define MAX_TIME_SHIFT 20

static gboolean
is_mesh_or_link_local (gint64 subflag)
{
  switch (subflag)
    {
    case P2P_SUBFLAG_COMPRESSION:
    case P2P_SUBFLAG_PING:
    case P2P_SUBFLAG_PONG:
    case P2P_SUBFLAG_HANDSHAKE:
    case P2P_SUBFLAG_PEERS:
    case P2P_SUBFLAG_RESEND:
    case P2P_SUBFLAG_RETRIEVE:
    case P2P_SUBFLAG_RETRIEVED:
    case P2P_SUBFLAG_FORWARD:
    case P2P_SUBFLAG_NEW_PATHS:
    case P2P_SUBFLAG_REVOKE_PATHS:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_key (GVariant *value)
{
  return value != NULL && (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) || g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING) ||
                           g_variant_is_of_type (value, G_VARIANT_TYPE ("(ay)")));
}

static gboolean
is_map (GVariant *value)
{
  return value != NULL && (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT) || g_variant_is_of_type (value, G_VARIANT_TYPE ("a(vv)")));
}

static gboolean
check_request_shape (P2pMessage *message)
{
  g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) wanted = p2p_message_get_packet (message, 2);
  g_autofree char *id = p2p_mesh_value_dup_id (wanted);

  return id != NULL && is_key (rid);
}

static gboolean
check_response_shape (P2pMessage *message)
{
  g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) info = p2p_message_get_packet (message, 2);
  g_autoptr (GVariant) address = p2p_mesh_value_get_child (info, 0);
  g_autoptr (GVariant) found = p2p_mesh_value_get_child (info, 1);
  g_autofree char *id = p2p_mesh_value_dup_id (found);
  g_autofree char *host = NULL;
  guint16 port;

  return id != NULL && is_key (rid) && p2p_mesh_value_get_address (address, &host, &port);
}

static gboolean
check_table_shape (P2pMessage *message, gint64 subflag)
{
  gsize n = p2p_message_get_n_packets (message);
  g_autoptr (GVariant) key = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) value = NULL;

  if (!is_key (key))
    return FALSE;
  if (subflag == P2P_SUBFLAG_NOTIFY)
    return n == 2 || n == 3;
  if (subflag == P2P_SUBFLAG_STORE)
    return n >= 3 && n <= 5;
  value = p2p_message_get_packet (message, 2);
  return n >= 3 && is_map (value);
}

/* The counter of what is wrong with it; NULL: nothing. */
static guint64 *
check_broadcast (P2pMeshNode *self, P2pMessage *message, P2pPeer *source)
{
  gint64 subflag = p2p_message_get_subflag (message);
  const char *sender = p2p_message_get_sender (message);
  gboolean good = TRUE;

  /* A neighbour's own id was looked at in its handshake. */
  if (p2p_message_get_n_packets (message) < 1 ||
      ((source == NULL || strcmp (source->id, sender) != 0) && !p2p_base58_is_valid (sender, strlen (sender))))
    return &self->counters.dropped_malformed;
  if (is_mesh_or_link_local (subflag))
    return &self->counters.dropped_link_local;
  switch (subflag)
    {
    case P2P_SUBFLAG_REQUEST:
      good = check_request_shape (message);
      break;
    case P2P_SUBFLAG_RESPONSE:
      good = check_response_shape (message);
      if (good)
        {
          g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);

          /* A js2p that gets an answer to its own request drops the link it comes on (quirk J5). */
          if (!p2p_mesh_request_id_is_marked (rid))
            return &self->counters.dropped_unmarked_response;
        }
      break;
    case P2P_SUBFLAG_NOTIFY:
    case P2P_SUBFLAG_STORE:
    case P2P_SUBFLAG_DELTA:
      good = check_table_shape (message, subflag);
      break;
    default:
      break;
    }
  if (good && self->layer != NULL && self->layer->validate != NULL)
    good = self->layer->validate (message, self->layer_data);
  return good ? NULL : &self->counters.dropped_malformed;
}

static gboolean
is_timely (P2pMeshNode *self, P2pMessage *message)
{
  gint64 now = p2p_clock_utc_seconds (self->env->clock);
  gint64 time = p2p_message_get_time (message);
  gint64 span = self->limits.message_age_seconds;

  return time >= now - span && time <= now + span;
}

static void
log_message (P2pMeshNode *self, const char *way, P2pMessage *message, P2pPeer *peer)
{
  p2p_mesh_node_log_text (self, 5, "%s %s: flag %" G_GINT64_FORMAT " sub-flag %" G_GINT64_FORMAT " of %s, %" G_GSIZE_FORMAT " packets, %" G_GSIZE_FORMAT " bytes",
                          way, peer->id != NULL ? peer->id : peer->socket_host, p2p_message_get_flag (message), p2p_message_get_subflag (message),
                          p2p_message_get_sender (message), p2p_message_get_n_packets (message), p2p_message_get_length (message));
}

static gboolean
hand_to (P2pPeer *peer, P2pMessage *message, P2pLinkSendFlags flags, GError **error)
{
  P2pMeshNode *self = peer->node;

  if (G_UNLIKELY (self->debug_level >= 5))
    log_message (self, "to", message, peer);
  if (p2p_link_send (peer->link, message, flags, error))
    return TRUE;
  self->counters.dropped_queue_full++;
  return FALSE;
}

static gboolean
relay (P2pMeshNode *self, P2pMessage *message, P2pPeer *source)
{
  const char *sender = p2p_message_get_sender (message);
  gboolean relayed = FALSE;

  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (peer == source || strcmp (peer->id, sender) == 0 || (source != NULL && strcmp (peer->id, source->id) == 0))
        continue;
      relayed |= hand_to (peer, message, P2P_LINK_SEND_DEFAULT, NULL);
    }
  if (relayed)
    self->counters.relayed++;
  return relayed;
}

/* TRUE: new and good, so it was relayed and is to be handled. */
static gboolean
take_broadcast (P2pMeshNode *self, P2pMessage *message, P2pPeer *source)
{
  const guint8 *id = p2p_message_peek_id (message);
  gint64 now = p2p_clock_now (self->env->clock);
  guint64 *bad = check_broadcast (self, message, source);

  if (bad == NULL && p2p_seen_set_contains (self->seen, id, now))
    {
      self->counters.duplicates++;
      return FALSE;
    }
  if (bad == NULL && !is_timely (self, message))
    bad = &self->counters.dropped_expired;
  if (bad != NULL)
    {
      (*bad)++;
      p2p_mesh_log (self, 3, "dropped: sub-flag %" G_GINT64_FORMAT " of %s, time %" G_GINT64_FORMAT,
                    p2p_message_get_subflag (message), p2p_message_get_sender (message), p2p_message_get_time (message));
      return FALSE;
    }
  p2p_seen_set_add (self->seen, id, now);
  relay (self, message, source);
  return TRUE;
}

static void
give_away (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  P2pPeer *from = peer;

  if (self->layer != NULL && self->layer->message != NULL && self->layer->message (message, peer, self->layer_data))
    return;
  /* What is still heard of a link that lost against another comes, for programs, on that other. */
  if (peer->state == P2P_PEER_DRAINING)
    from = p2p_mesh_node_find_peer (self, peer->id);
  p2p_mesh_node_emit_message (self, message, from != NULL ? from : peer);
}

static void
handle (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 subflag = p2p_message_get_subflag (message);

  switch (subflag)
    {
    case P2P_SUBFLAG_PEERS:
      p2p_mesh_handle_peers (peer, message);
      break;
    case P2P_SUBFLAG_REQUEST:
      p2p_mesh_handle_request (peer, message);
      break;
    case P2P_SUBFLAG_RESPONSE:
      p2p_mesh_handle_response (peer, message);
      break;
    case P2P_SUBFLAG_COMPRESSION:
    case P2P_SUBFLAG_RESEND:
    case P2P_SUBFLAG_PING:
    case P2P_SUBFLAG_PONG:
      self->counters.dropped_link_local++;
      break;
    case P2P_SUBFLAG_HANDSHAKE:
      /* Of two elements it is a chord node's meta; of any other number it is nothing. */
      if (self->layer != NULL && self->layer->message != NULL)
        self->layer->message (message, peer, self->layer_data);
      else
        self->counters.dropped_link_local++;
      break;
    case P2P_SUBFLAG_NO_OP:
      if (p2p_message_get_flag (message) != P2P_FLAG_WHISPER)
        give_away (peer, message);
      break;
    default:
      give_away (peer, message);
      break;
    }
}

void
p2p_mesh_receive (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 flag = p2p_message_get_flag (message);

  if (G_UNLIKELY (self->debug_level >= 5))
    log_message (self, "from", message, peer);
  /* Exactly five elements make a handshake, and nobody's but the neighbour's own. */
  if (flag != P2P_FLAG_BROADCAST && flag != P2P_FLAG_RENEGOTIATE && p2p_message_get_subflag (message) == P2P_SUBFLAG_HANDSHAKE &&
      p2p_message_get_n_packets (message) == 5)
    {
      p2p_mesh_handle_handshake (peer, message);
      return;
    }
  if (peer->state == P2P_PEER_PENDING)
    {
      self->counters.dropped_early++;
      p2p_mesh_log (self, 3, "dropped: it came before the handshake");
      return;
    }
  if (flag == P2P_FLAG_RENEGOTIATE)
    {
      p2p_mesh_handle_renegotiate (peer, message);
      return;
    }
  if (flag == P2P_FLAG_BROADCAST ? take_broadcast (self, message, peer) : p2p_message_get_n_packets (message) > 0)
    handle (peer, message);
  else if (flag != P2P_FLAG_BROADCAST)
    self->counters.dropped_malformed++;
}

/* ---- what goes out ---- */

/* An id that we heard or sent already says that the same was said in the same second. */
static gboolean
is_repetition (P2pMeshNode *self, gint64 flag, P2pMessage *message)
{
  return message != NULL && flag == P2P_FLAG_BROADCAST &&
         p2p_seen_set_contains (self->seen, p2p_message_peek_id (message), p2p_clock_now (self->env->clock));
}

P2pMessage *
p2p_mesh_node_new_message (P2pMeshNode *self, gint64 flag, GVariant *packets, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (packets);
  gint64 time = p2p_clock_utc_seconds (self->env->clock);
  P2pMessage *message = p2p_message_new (flag, self->id, time, owned, error);

  for (gint64 shift = 1; shift <= MAX_TIME_SHIFT && is_repetition (self, flag, message); shift++)
    {
      p2p_message_unref (message);
      message = p2p_message_new (flag, self->id, time + shift, owned, error);
    }
  return message;
}

P2pMessage *
p2p_mesh_node_new_packed (P2pMeshNode *self, gint64 flag, const guint8 *packed, gsize length, gsize n_packets)
{
  gint64 time = p2p_clock_utc_seconds (self->env->clock);
  P2pMessage *message = p2p_message_new_packed (flag, self->id, P2P_ID_FORM_STR, time, packed, length, n_packets);

  for (gint64 shift = 1; shift <= MAX_TIME_SHIFT && is_repetition (self, flag, message); shift++)
    {
      p2p_message_unref (message);
      message = p2p_message_new_packed (flag, self->id, P2P_ID_FORM_STR, time + shift, packed, length, n_packets);
    }
  return message;
}

void
p2p_mesh_note_sent (P2pMeshNode *self, P2pMessage *message)
{
  if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    p2p_seen_set_add (self->seen, p2p_message_peek_id (message), p2p_clock_now (self->env->clock));
}

guint
p2p_mesh_node_send_message (P2pMeshNode *self, P2pMessage *message)
{
  guint taken = 0;

  p2p_mesh_note_sent (self, message);
  for (guint i = 0; i < self->table->len; i++)
    if (hand_to (g_ptr_array_index (self->table, i), message, P2P_LINK_SEND_DEFAULT, NULL))
      taken++;
  return taken;
}

gboolean
p2p_mesh_node_send_to (P2pMeshNode *self, P2pPeer *peer, P2pMessage *message, P2pLinkSendFlags flags, GError **error)
{
  if (peer->node != self || peer->state != P2P_PEER_ESTABLISHED)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED, "There is no link to %s now",
                   peer->id != NULL ? peer->id : peer->socket_host);
      return FALSE;
    }
  p2p_mesh_note_sent (self, message);
  return hand_to (peer, message, flags, error);
}

gboolean
p2p_mesh_whisper (P2pPeer *peer, GVariant *packets)
{
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (peer->node, P2P_FLAG_WHISPER, packets, NULL);

  return message != NULL && p2p_mesh_node_send_to (peer->node, peer, message, P2P_LINK_SEND_DEFAULT, NULL);
}

guint
p2p_mesh_broadcast (P2pMeshNode *self, GVariant *packets)
{
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (self, P2P_FLAG_BROADCAST, packets, NULL);

  return message != NULL ? p2p_mesh_node_send_message (self, message) : 0;
}

gboolean
p2p_mesh_node_waterfall (P2pMeshNode *self, P2pMessage *message)
{
  const guint8 *id = p2p_message_peek_id (message);
  gint64 now = p2p_clock_now (self->env->clock);

  if (self->closed || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST || check_broadcast (self, message, NULL) != NULL ||
      !is_timely (self, message) || !p2p_seen_set_add (self->seen, id, now))
    return FALSE;
  return relay (self, message, NULL);
}
