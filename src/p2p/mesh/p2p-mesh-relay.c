/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What comes in: shape check, seen before, valid, relay, handle, in this order (the originals relay before they look). A bad
 * relayed message never costs the link that brought it: its node may have passed it on in good faith.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* How far the time of a message of ours may run ahead to tell it from an equal one. */
#define MAX_TIME_SHIFT 20
/* Between two alarms. */
#define ALARM_SECONDS 60

static void
log_message (P2pMeshNode *self, const char *way, P2pMessage *message, P2pPeer *peer)
{
  p2p_mesh_node_log_text (self, 5, "%s %s: flag %" G_GINT64_FORMAT " sub-flag %" G_GINT64_FORMAT " of %s, %" G_GSIZE_FORMAT " packets, %" G_GSIZE_FORMAT " bytes",
                          way, peer->id != NULL ? peer->id : peer->socket_host, p2p_message_get_flag (message), p2p_message_get_subflag (message),
                          p2p_message_get_sender (message), p2p_message_get_n_packets (message), p2p_message_get_length (message));
}

gboolean
p2p_mesh_hand_to (P2pPeer *peer, P2pMessage *message, P2pLinkSendFlags flags, GError **error)
{
  P2pMeshNode *self = peer->node;

  if (G_UNLIKELY (self->debug_level >= 5))
    log_message (self, "to", message, peer);
  if (peer->max_frame > 0 && p2p_message_get_length (message) > peer->max_frame)
    {
      p2p_mesh_drop_outgoing (peer, P2P_DROP_PEER_LIMIT, message);
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FRAME_TOO_LARGE,
                   "A message of %" G_GSIZE_FORMAT " bytes is more than node %s takes, which is %u",
                   p2p_message_get_length (message), peer->id, peer->max_frame);
      return FALSE;
    }
  /* whoever sends it cannot know */
  if (G_UNLIKELY (self->lab_loss > 0) && p2p_mesh_lab_loses (peer, message))
    {
      p2p_mesh_drop_outgoing (peer, P2P_DROP_LAB, message);
      return TRUE;
    }
  if (p2p_message_get_subflag (message) == P2P_SUBFLAG_SIDE_CAR)
    flags |= P2P_LINK_SEND_DENSE | P2P_LINK_SEND_MORE;
  if (p2p_link_send (peer->link, message, flags, error))
    return TRUE;
  p2p_mesh_drop_outgoing (peer, P2P_DROP_QUEUE_FULL, message);
  return FALSE;
}

gboolean
p2p_mesh_is_withheld (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;

  return self->layer != NULL && self->layer->withhold != NULL && self->layer->withhold (peer, message, self->layer_data);
}

/* What the node type on top says of a new and good one. */
static P2pLayerVerdict
ask_layer (P2pMeshNode *self, P2pMessage *message, P2pPeer *source)
{
  if (self->layer == NULL || self->layer->validate == NULL)
    return P2P_LAYER_RELAY;
  return self->layer->validate (message, source, self->layer_data);
}

static gboolean
relay (P2pMeshNode *self, P2pMessage *message, P2pPeer *source, gboolean recovered, P2pLayerVerdict verdict)
{
  const char *sender = p2p_message_get_sender (message);
  gboolean relayed = FALSE;

  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      /* The sender hears it from us, where he is one of ours: he alone knows whether he said it. */
      if (peer == source || (!peer->is_own && strcmp (peer->id, sender) == 0) || (source != NULL && strcmp (peer->id, source->id) == 0))
        continue;
      if ((verdict == P2P_LAYER_KEEP && !peer->is_own) || p2p_mesh_is_withheld (peer, message))
        continue;
      relayed |= p2p_mesh_pass_on (peer, message, recovered);
    }
  if (relayed)
    {
      self->counters.relayed++;
      self->verdict |= P2P_FRAME_RELAYED;
    }
  return relayed;
}

/* A node that keeps its id may hear what it said before it was started anew. */
static gboolean
is_of_this_run (P2pMeshNode *self, P2pMessage *message)
{
  return p2p_message_get_time (message) > self->started + MAX_TIME_SHIFT;
}

/* Whoever can forge one can forge many: told once a minute, counted always. */
static void
raise_alarm (P2pPeer *source, P2pMessage *message)
{
  P2pMeshNode *self = source->node;
  g_autoptr (GError) error = NULL;

  if (!p2p_rate_window_take (&self->alarms, p2p_clock_now (self->env->clock), 1, ALARM_SECONDS))
    return;
  error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_IMPERSONATED,
                       "Another node speaks in this node’s name: a message that this node did not send came by way of %s port %u. %s",
                       source->socket_host, source->socket_port,
                       self->guard != NULL ? "Unless it has this node’s key, too, nodes that check signatures do not believe it"
                                           : "This node signs nothing, so nobody can tell the two apart");
  p2p_mesh_node_add_status (self, error, error->message);
  p2p_mesh_node_emit_impersonated (self, message, source);
}

/* TRUE: new and good, so it was relayed and is to be handled. */
static gboolean
take_broadcast (P2pMeshNode *self, P2pMessage *message, P2pPeer *source)
{
  const guint8 *id = p2p_message_peek_id (message);
  gint64 now = p2p_clock_now (self->env->clock);
  P2pDropReason reason = P2P_DROP_EXPIRED;
  gboolean good = p2p_mesh_check_broadcast (self, message, source, &reason);
  gboolean is_ours = strcmp (p2p_message_get_sender (message), self->id) == 0;
  P2pLayerVerdict verdict;
  gboolean recovered;

  if (good && (p2p_seen_set_contains (self->seen, id, now) || (is_ours && p2p_seen_set_contains (self->said, id, now))))
    {
      self->counters.duplicates++;
      self->verdict |= P2P_FRAME_DUPLICATE;
      if (source->is_own)
        p2p_mesh_note_duplicate (source, message);
      return FALSE;
    }
  if (good && !p2p_mesh_check_time (self, message))
    good = FALSE;
  else if (good && is_ours && is_of_this_run (self, message))
    {
      reason = P2P_DROP_IMPERSONATED;
      good = FALSE;
      raise_alarm (source, message);
    }
  if (!good)
    {
      p2p_mesh_unwant (self, id);
      p2p_mesh_drop (self, source, reason, message);
      if (reason == P2P_DROP_EXPIRED)
        p2p_mesh_note_expired (self, source, message);
      return FALSE;
    }
  p2p_seen_set_add (self->seen, id, now);
  recovered = p2p_mesh_unwant (self, id);
  if (recovered)
    {
      self->counters.recovered++;
      source->gave_at = now;
    }
  /* Refused ones were seen, too: their copies are not looked at and told again. */
  verdict = ask_layer (self, message, source);
  if (verdict == P2P_LAYER_REFUSE)
    {
      p2p_mesh_drop (self, source, P2P_DROP_REFUSED, message);
      return FALSE;
    }
  p2p_mesh_keep (self, message);
  relay (self, message, source, recovered, verdict);
  if (!p2p_mesh_is_blocked_sender (self, message))
    p2p_mesh_note_speaker (source, p2p_message_get_sender (message));
  return TRUE;
}

static void
give_away (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  P2pPeer *from = peer;

  if (self->layer != NULL && self->layer->message != NULL && self->layer->message (message, peer, self->layer_data))
    return;
  /* After the layer: what he writes into a table has to be in ours as in all the others. */
  if (p2p_mesh_is_blocked_sender (self, message))
    {
      p2p_mesh_drop_blameless (peer, P2P_DROP_BLOCKED, message);
      return;
    }
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

  /* It was passed on: what he asks others may answer, and what he answers others may have asked. */
  if ((subflag == P2P_SUBFLAG_REQUEST || subflag == P2P_SUBFLAG_RESPONSE || subflag == P2P_SUBFLAG_APPLICATION) &&
      p2p_mesh_is_blocked_sender (self, message))
    {
      p2p_mesh_drop_blameless (peer, P2P_DROP_BLOCKED, message);
      return;
    }
  switch (subflag)
    {
    case P2P_SUBFLAG_PEERS:
      if (strcmp (p2p_message_get_sender (message), peer->id) == 0)
        p2p_mesh_note_clock (peer, p2p_message_get_time (message));
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
      p2p_mesh_drop (self, peer, P2P_DROP_UNEXPECTED, message);
      break;
    case P2P_SUBFLAG_HANDSHAKE:
      /* Of two elements it is a chord node's meta; of any other number it is nothing. */
      if (self->layer != NULL && self->layer->message != NULL)
        self->layer->message (message, peer, self->layer_data);
      else
        p2p_mesh_drop (self, peer, P2P_DROP_UNEXPECTED, message);
      break;
    case P2P_SUBFLAG_NO_OP:
      if (p2p_message_get_flag (message) != P2P_FLAG_WHISPER)
        give_away (peer, message);
      break;
    case P2P_SUBFLAG_SIDE_CAR:
      /* Without a guard. Relayed, for nodes that know them; no text for anybody's eyes. */
      p2p_mesh_drop (self, peer, P2P_DROP_UNKNOWN_OPERATION, message);
      break;
    case P2P_SUBFLAG_APPLICATION:
      p2p_mesh_handle_app (peer, message);
      break;
    default:
      give_away (peer, message);
      break;
    }
}

/* What was sealed for us is handled in the place of what it came in. */
static void
handle_open (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (P2pMessage) open = NULL;

  if (self->guard == NULL || self->guard->open == NULL || self->guard->open (peer, message, &open, self->guard_data) == P2P_GUARD_GO)
    handle (peer, open != NULL ? open : message);
}

/* What the guard looks at first. */
static void
handle_guarded (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  const P2pMeshGuard *guard = self->guard;

  if (guard == NULL || guard->check == NULL || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST ||
      guard->check (message, peer, self->guard_data) == P2P_GUARD_GO)
    handle_open (peer, message);
}

void
p2p_mesh_guard_release (P2pMeshNode *self, P2pPeer *source, P2pMessage *message)
{
  /* The link that brought it may be over; a neighbour there has to be, to tell programs of. */
  if (source->node != self)
    source = p2p_mesh_node_get_n_peers (self) > 0 ? p2p_mesh_node_get_peer (self, 0) : NULL;
  if (self->closed)
    return;
  if (source != NULL)
    handle_open (source, message);
  else
    p2p_mesh_node_note_drop (self, NULL, P2P_DROP_EXPIRED, message);
}

static void
look_at (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 flag = p2p_message_get_flag (message);

  /* Exactly five elements make a handshake, and nobody's but the neighbour's own. */
  if (flag != P2P_FLAG_BROADCAST && flag != P2P_FLAG_RENEGOTIATE && p2p_message_get_subflag (message) == P2P_SUBFLAG_HANDSHAKE &&
      p2p_message_get_n_packets (message) == 5)
    {
      p2p_mesh_handle_handshake (peer, message);
      return;
    }
  if (flag == P2P_FLAG_WHISPER && p2p_message_get_subflag (message) == P2P_SUBFLAG_CONTROL)
    {
      p2p_mesh_handle_control (peer, message);
      return;
    }
  if (peer->state == P2P_PEER_PENDING)
    {
      if (!p2p_mesh_hold_early (peer, message))
        p2p_mesh_drop (self, peer, P2P_DROP_EARLY, message);
      return;
    }
  /* What is for us alone comes from who made it. */
  if (flag != P2P_FLAG_BROADCAST && strcmp (p2p_message_get_sender (message), peer->id) != 0)
    {
      gboolean is_ours = strcmp (p2p_message_get_sender (message), self->id) == 0;

      if (is_ours)
        raise_alarm (peer, message);
      p2p_mesh_drop (self, peer, is_ours ? P2P_DROP_IMPERSONATED : P2P_DROP_FORGED, message);
      return;
    }
  peer->answered = TRUE;
  if (flag == P2P_FLAG_RENEGOTIATE)
    {
      p2p_mesh_handle_renegotiate (peer, message);
      return;
    }
  if (flag == P2P_FLAG_BROADCAST ? take_broadcast (self, message, peer) : p2p_message_get_n_packets (message) > 0)
    handle_guarded (peer, message);
  else if (flag != P2P_FLAG_BROADCAST)
    p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
}

/* With somebody watching: the peer may be over when it was looked at. */
static void
look_at_watched (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 time = p2p_clock_utc (self->env->clock);
  gsize size = p2p_link_get_frame_size (peer->link);
  g_autoptr (P2pPeer) held = p2p_peer_ref (peer);

  look_at (peer, message);
  if (self->verdict == 0 || self->verdict == P2P_FRAME_RELAYED)
    self->verdict |= P2P_FRAME_HANDLED;
  p2p_mesh_node_emit_frame (self, p2p_frame_info_new (time, FALSE, held->id, p2p_address_to_text (held->socket_host, held->socket_port), message,
                                                      size, p2p_message_get_compression_used (message), self->verdict, self->drop_reason));
}

void
p2p_mesh_receive (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;

  if (G_UNLIKELY (self->debug_level >= 5))
    log_message (self, "from", message, peer);
  self->verdict = 0;
  if (G_UNLIKELY (self->watched))
    look_at_watched (peer, message);
  else
    look_at (peer, message);
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
    {
      gint64 now = p2p_clock_now (self->env->clock);

      p2p_seen_set_add (self->seen, p2p_message_peek_id (message), now);
      if (strcmp (p2p_message_get_sender (message), self->id) == 0)
        p2p_seen_set_add (self->said, p2p_message_peek_id (message), now);
    }
}

/* A whisper may go out as another, which only this neighbour can read. */
static gboolean
hand_sealed (P2pPeer *peer, P2pMessage *message, P2pLinkSendFlags flags, GError **error)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (P2pMessage) sealed = NULL;

  if (self->guard != NULL && self->guard->seal != NULL && p2p_message_get_flag (message) == P2P_FLAG_WHISPER &&
      !self->guard->seal (peer, message, &sealed, error, self->guard_data))
    return FALSE;
  return p2p_mesh_hand_to (peer, sealed != NULL ? sealed : message, flags, error);
}

guint
p2p_mesh_node_send_noted (P2pMeshNode *self, P2pMessage *message, GBytes *note)
{
  guint taken = 0;

  p2p_mesh_note_sent (self, message);
  if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    {
      p2p_mesh_node_enter (self);
      if (self->guard != NULL && self->guard->sending != NULL && strcmp (p2p_message_get_sender (message), self->id) == 0)
        self->guard->sending (message, note, self->guard_data);
      taken = p2p_mesh_push (self, message);
      p2p_mesh_node_leave (self);
      return taken;
    }
  for (guint i = 0; i < self->table->len; i++)
    if (hand_sealed (g_ptr_array_index (self->table, i), message, P2P_LINK_SEND_DEFAULT, NULL))
      taken++;
  return taken;
}

guint
p2p_mesh_node_send_message (P2pMeshNode *self, P2pMessage *message)
{
  return p2p_mesh_node_send_noted (self, message, NULL);
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
  return hand_sealed (peer, message, flags, error);
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
  P2pDropReason reason;
  P2pLayerVerdict verdict;

  if (self->closed || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST || !p2p_mesh_check_broadcast (self, message, NULL, &reason) ||
      !p2p_mesh_check_time (self, message) || !p2p_seen_set_add (self->seen, id, now))
    return FALSE;
  verdict = ask_layer (self, message, NULL);
  if (verdict == P2P_LAYER_REFUSE)
    return FALSE;
  p2p_mesh_keep (self, message);
  return relay (self, message, NULL, FALSE, verdict);
}
