/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Is the other end still there? A link that broke without a word looks like one on which nobody has anything to say. So after a time
 * without a byte the other end is asked for one: one of ours by PING, an original for its peers, which it answers. Whoever says nothing to
 * two such questions is gone. What is said anyway answers, too: a busy link costs nothing.
 */
#include "p2p-mesh-node-private.h"

/* Questions without an answer. */
#define MAX_UNANSWERED 2
/* A measured time counts for one part in so many. */
#define ROUND_TRIP_PARTS 8

static void look_cb (gpointer data);

/* Links of one age are not asked in one moment: up to a fifth earlier. */
static gint64
vary (P2pMeshNode *self, gint64 span)
{
  guint32 number;

  p2p_random_fill (self->env->random, (guint8 *) &number, sizeof number);
  return span - span / 5 * (number % 1024) / 1024;
}

static gboolean
takes_pings (P2pPeer *peer)
{
  return p2p_peer_has_cap (peer, P2P_CAP_PING);
}

static gint64
patience (P2pPeer *peer)
{
  const P2pLimits *limits = &peer->node->limits;

  return (takes_pings (peer) ? limits->ping_seconds : limits->idle_seconds) * G_TIME_SPAN_SECOND;
}

/* Half of the patience with an original: it has to be found out within a minute. */
static gint64
answer_span (P2pPeer *peer)
{
  return takes_pings (peer) ? patience (peer) : patience (peer) / 2;
}

static void
look_again (P2pPeer *peer, gint64 span)
{
  P2pClock *clock = peer->node->env->clock;

  p2p_clock_cancel (clock, peer->life_timer);
  peer->life_timer = p2p_clock_schedule (clock, MAX (span, 0), look_cb, peer);
}

static void
send_ping (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  GVariant *rest[1];

  peer->ping_token++;
  peer->ping_sent = p2p_clock_now (self->env->clock);
  rest[0] = g_variant_new_int64 (peer->ping_token);
  p2p_mesh_send_control (peer, P2P_CONTROL_PING, rest, G_N_ELEMENTS (rest));
}

void
p2p_mesh_ask_for_life (P2pPeer *peer)
{
  if (takes_pings (peer))
    send_ping (peer);
  else
    p2p_mesh_ask_peer (peer);
}

static void
look_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  gint64 heard = MAX (p2p_link_get_last_received (peer->link), peer->established_at);
  gint64 idle = now - heard;

  peer->life_timer = 0;
  p2p_mesh_node_enter (self);
  if (heard >= peer->asked_at)
    peer->unanswered = 0;
  if (peer->unanswered >= MAX_UNANSWERED)
    {
      p2p_mesh_peer_end (peer, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SILENT,
                                            "No sign of life from %s port %u for %" G_GINT64_FORMAT " seconds: it is gone, or the way to it is broken",
                                            peer->socket_host, peer->socket_port, idle / G_TIME_SPAN_SECOND));
    }
  else if (peer->unanswered > 0 || idle >= peer->next_patience)
    {
      peer->unanswered++;
      peer->asked_at = now;
      peer->next_patience = vary (self, patience (peer));
      look_again (peer, answer_span (peer));
      p2p_mesh_ask_for_life (peer);
    }
  else
    look_again (peer, peer->next_patience - idle);
  p2p_mesh_node_leave (self);
}

void
p2p_mesh_start_life (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  peer->asked_at = 0;
  peer->unanswered = 0;
  peer->next_patience = vary (self, patience (peer));
  look_again (peer, peer->next_patience);
}

void
p2p_mesh_stop_life (P2pPeer *peer)
{
  P2pClock *clock = peer->node->env->clock;

  p2p_clock_cancel (clock, peer->life_timer);
  p2p_clock_cancel (clock, peer->answer_timer);
  p2p_clock_cancel (clock, peer->speak_timer);
  peer->life_timer = peer->answer_timer = peer->speak_timer = 0;
}

void
p2p_mesh_handle_ping (P2pPeer *peer, gint64 token)
{
  GVariant *rest[1];

  if (peer->state != P2P_PEER_ESTABLISHED)
    return;
  rest[0] = g_variant_new_int64 (token);
  p2p_mesh_send_control (peer, P2P_CONTROL_PONG, rest, G_N_ELEMENTS (rest));
}

/* Also that between our HELLO and the word that it was waited for with. */
void
p2p_mesh_note_round_trip (P2pPeer *peer, gint64 took)
{
  peer->rtt_us = peer->rtt_us < 0 ? took : peer->rtt_us + (took - peer->rtt_us) / ROUND_TRIP_PARTS;
}

/* Only the newest PING has a time. That it is answered at all is in the bytes that came. */
void
p2p_mesh_handle_pong (P2pPeer *peer, gint64 token)
{
  P2pMeshNode *self = peer->node;

  if (peer->ping_sent == 0 || token != peer->ping_token || peer->pong_token == token)
    return;
  peer->pong_token = token;
  p2p_mesh_note_round_trip (peer, p2p_clock_now (self->env->clock) - peer->ping_sent);
  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_CHANGED, peer, NULL);
}
