/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Who speaks first on a link, and which of two links to one node stays ("rule W", docs/x1.md).
 *
 * Among ours both ends compute the same from the same bytes, and the loser is heard out. The originals have no rule that holds:
 * py2p may keep a link that it closed and forget the one that it kept, js2p keeps them all. So each of them gets a single handshake
 * of ours, on one link, for as long as that link lives; others to it wait ("parked"), heard but never spoken to.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"

/* How long the loser of two links to one node is still heard: what was sent on it before the other end knew arrives. */
#define DRAIN_SPAN (2 * G_TIME_SPAN_SECOND)
/* The links of a node that crashed end together: one that was parked is given so long to end, too, before it is made use of. */
#define RETURN_SPAN (G_TIME_SPAN_SECOND / 4)
/* Redials of originals that let both links go, in so many seconds. */
#define MAX_REDIALS 8
#define REDIAL_SECONDS 10
/* Links of a py2p that are parked besides the newest. */
#define MAX_SPARED 3

static void park (P2pPeer *peer, P2pPeer *other);
static P2pPeer *choose_loser (P2pMeshNode *self, const char *id);

static gboolean
is_plain (P2pMeshNode *self)
{
  return !self->own_frames || self->late_hello;
}

gboolean
p2p_mesh_is_original (P2pPeer *peer)
{
  return !is_plain (peer->node) && !peer->is_own;
}

/* ---- who speaks first ---- */

static void speak_cb (gpointer data);

static void
speak_later (P2pPeer *peer, guint milliseconds)
{
  P2pClock *clock = peer->node->env->clock;

  p2p_clock_cancel (clock, peer->speak_timer);
  peer->speak_timer = p2p_clock_schedule (clock, milliseconds * (G_TIME_SPAN_SECOND / 1000), speak_cb, peer);
}

/*
 * Whose greater id opened it. py2p, which shuts the newcomer or the older of two links by this but files the newcomer in any case, keeps
 * such a one whatever else there is; of another it may lose all.
 */
static gboolean
is_sure (P2pPeer *peer)
{
  return peer->outgoing == (memcmp (peer->node->number, peer->number, sizeof peer->number) > 0);
}

/* A link of ours that will lead there, of which we do not know yet where it leads, or which is still being dialled. */
static gboolean
we_go_to (P2pMeshNode *self, P2pPeer *peer)
{
  for (guint i = 0; i < self->pending->len; i++)
    {
      P2pPeer *other = g_ptr_array_index (self->pending, i);

      if (other->outgoing && (other->id != NULL ? g_str_equal (other->id, peer->id) : g_str_equal (other->socket_host, peer->socket_host)))
        return TRUE;
    }
  return peer->host != NULL && p2p_mesh_node_is_dialling (self, peer->host, peer->port, peer->id);
}

/* A link from there, of which we do not know yet who opened it: it may be the same node. */
static gboolean
somebody_comes_from (P2pMeshNode *self, const char *host)
{
  for (guint i = 0; i < self->pending->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->pending, i);

      if (!peer->outgoing && peer->id == NULL && !peer->is_own && g_str_equal (peer->socket_host, host))
        return TRUE;
    }
  return FALSE;
}

/* Something is on its way that is better to be answered than this link of an original. */
static gboolean
is_better_coming (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  P2pPeer *loser = choose_loser (self, peer->id);

  if (is_sure (peer))
    return FALSE;
  if (loser != NULL && loser != peer && is_sure (loser))
    return TRUE;
  return peer->outgoing ? somebody_comes_from (self, peer->socket_host) : we_go_to (self, peer);
}

static void
speak_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;
  P2pPeer *old = peer->id != NULL ? p2p_mesh_node_find_peer (self, peer->id) : NULL;
  gint64 age = p2p_clock_now (self->env->clock) - peer->opened_at;

  peer->speak_timer = 0;
  if (peer->waits_for_guard)
    return;
  p2p_mesh_node_enter (self);
  if (peer->id == NULL)
    p2p_mesh_introduce (peer);
  else if (old != NULL)
    park (peer, old);
  else if (age < self->limits.withhold_milliseconds * (G_TIME_SPAN_SECOND / 1000) && is_better_coming (peer))
    speak_later (peer, MAX (self->limits.grace_milliseconds / 2, 1));
  else
    p2p_mesh_establish (peer, NULL);
  p2p_mesh_node_leave (self);
}

/*
 * Nodes of the originals speak first, whether they dial or are dialled, and among ours it is the one that was dialled. So each waits
 * for the other's first word, and nobody waits in vain: who hears nothing speaks all the same.
 */
void
p2p_mesh_begin (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  peer->opened_at = p2p_clock_now (self->env->clock);
  if (is_plain (self))
    {
      p2p_mesh_send_handshake (peer);
      return;
    }
  if (!peer->outgoing)
    p2p_mesh_send_hello (peer);
  speak_later (peer, self->limits.withhold_milliseconds);
}

/* We know who is there, or have waited for it long enough. */
void
p2p_mesh_introduce (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (P2pPeer) held = p2p_peer_ref (peer);
  gboolean waited_in_vain = !peer->is_own && peer->id == NULL;

  p2p_clock_cancel (self->env->clock, peer->speak_timer);
  peer->speak_timer = 0;
  if (peer->is_own || waited_in_vain)
    p2p_mesh_send_hello (peer);
  p2p_mesh_guard_greet (peer);
  if (held->state != P2P_PEER_CLOSED && p2p_mesh_may_introduce (peer))
    p2p_mesh_send_handshake (peer);
}

/* ---- ours against ours ---- */

/* The nonce of whoever opened the link, then that of the other. */
static void
digest_nonces (P2pPeer *peer, guint8 digest[P2P_SHA256_LENGTH])
{
  guint8 both[2 * P2P_HELLO_NONCE_LENGTH];

  memcpy (both, peer->outgoing ? peer->own_nonce : peer->nonce, P2P_HELLO_NONCE_LENGTH);
  memcpy (both + P2P_HELLO_NONCE_LENGTH, peer->outgoing ? peer->nonce : peer->own_nonce, P2P_HELLO_NONCE_LENGTH);
  p2p_sha256 (both, sizeof both, digest);
}

/*
 * Of two links to one node the one stays that the node with the greater id opened; of two that the same node opened, that with the
 * smaller digest of nonces; without HELLO the later one (by the opener's first handshake). But nobody who only says that he is a
 * node takes the place of a link that was there before he came: that one has to be dead first.
 */
static gboolean
newcomer_wins (P2pPeer *old, P2pPeer *newcomer)
{
  P2pMeshNode *self = newcomer->node;
  gboolean both_own = old->is_own && newcomer->is_own;

  /* Where HELLO follows the handshake the newcomer had no time to say it, and at the other end it is the other link that had none: what both know by now decides. */
  gboolean too_early = self->late_hello && old->is_own;

  if (old->proven && !newcomer->proven)
    return FALSE;
  if ((both_own || too_early) && newcomer->opened_at - old->established_at > self->limits.conflict_seconds * G_TIME_SPAN_SECOND)
    return FALSE;
  if (old->is_own != newcomer->is_own && !too_early)
    return FALSE;
  if (old->outgoing != newcomer->outgoing)
    return newcomer->outgoing == (memcmp (self->number, newcomer->number, sizeof self->number) > 0);
  if (both_own && !self->late_hello)
    {
      guint8 digests[2][P2P_SHA256_LENGTH];

      digest_nonces (old, digests[0]);
      digest_nonces (newcomer, digests[1]);
      return memcmp (digests[1], digests[0], P2P_SHA256_LENGTH) < 0;
    }
  return newcomer->dialler_time > old->dialler_time;
}

static void
lose (P2pPeer *peer, P2pPeer *other)
{
  p2p_mesh_node_end_ops (peer->node, peer->ops, other, NULL);
  p2p_mesh_peer_drain (peer);
  p2p_mesh_peer_wait_for (peer, other);
}

/* ---- an original ---- */

/*
 * One a node; if there are more, the newest is the likeliest to live. But py2p that dialled us by our id and loses that link before
 * our handshake keeps the dead one in its table for ever: some of those that it opened are left to it.
 */
static void
end_other_parked (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  guint spared = 0;

  for (guint i = self->draining->len; i > 0; i--)
    {
      P2pPeer *other = g_ptr_array_index (self->draining, i - 1);

      if (other == peer || !other->parked || !g_str_equal (other->id, peer->id))
        continue;
      if (other->outgoing && !peer->outgoing && is_sure (other))
        continue;
      if (!other->outgoing && other->id_form == P2P_ID_FORM_BIN && ++spared <= MAX_SPARED)
        continue;
      p2p_mesh_peer_end (other, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE, "There is another link to this node"));
    }
}

static void
park (P2pPeer *peer, P2pPeer *other)
{
  peer->parked = !peer->greeted;
  lose (peer, other);
  end_other_parked (peer);
}

/* Links that wait for their turn to be answered, when another to the same node got it. */
static void
park_pending (P2pPeer *winner)
{
  P2pMeshNode *self = winner->node;

  for (guint i = self->pending->len; i > 0; i--)
    {
      P2pPeer *peer = g_ptr_array_index (self->pending, i - 1);

      if (peer->id == NULL || !g_str_equal (peer->id, winner->id))
        continue;
      p2p_clock_cancel (self->env->clock, peer->speak_timer);
      peer->speak_timer = 0;
      park (peer, winner);
    }
}

/*
 * py2p that dials a node whose id it was told takes that link for the node's own at once, and when our handshake comes on another it
 * may lose both. So the answer on a link that we opened waits a moment, and the link that it opened goes before it.
 */
static void
settle_with_original (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  P2pPeer *old = p2p_mesh_node_find_peer (self, peer->id);

  if (old != NULL)
    park (peer, old);
  else if (!peer->greeted && peer->id_form == P2P_ID_FORM_BIN && self->listener != 0 &&
           (peer->outgoing || is_better_coming (peer)))
    speak_later (peer, self->limits.grace_milliseconds);
  else
    {
      g_autoptr (P2pPeer) held G_GNUC_UNUSED = p2p_peer_ref (peer);

      p2p_mesh_establish (held, NULL);
      if (held->state == P2P_PEER_ESTABLISHED)
        park_pending (held);
    }
}

/* Its handshake came: into the table with it, or which of two stays? */
void
p2p_mesh_settle (P2pPeer *peer)
{
  P2pPeer *old;

  if (p2p_mesh_is_original (peer))
    {
      settle_with_original (peer);
      return;
    }
  old = p2p_mesh_node_find_peer (peer->node, peer->id);
  if (old != NULL && !newcomer_wins (old, peer))
    lose (peer, old);
  else
    p2p_mesh_establish (peer, old);
}

/* ---- a handshake that nobody answers ---- */

static void
unanswered_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;

  peer->answer_timer = 0;
  if (peer->answered)
    return;
  p2p_mesh_node_enter (self);
  p2p_mesh_peer_end (peer, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SILENT, "Node %s did not answer our handshake within %u seconds",
                                        peer->id, self->limits.answer_seconds));
  p2p_mesh_node_leave (self);
}

/* py2p answers every handshake by a peers list, unless it has taken the link out of its tables. */
void
p2p_mesh_expect_answer (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  if (p2p_mesh_is_original (peer) && peer->id_form == P2P_ID_FORM_BIN)
    peer->answer_timer = p2p_clock_schedule (self->env->clock, self->limits.answer_seconds * G_TIME_SPAN_SECOND, unanswered_cb, peer);
}

static gboolean
is_young (P2pPeer *peer)
{
  return p2p_clock_now (peer->node->env->clock) - MAX (peer->opened_at, peer->established_at) < peer->node->limits.answer_seconds * G_TIME_SPAN_SECOND;
}

/* It let go of all links, each for the sake of another. Where it came from it may also be reached, if it says so. */
static void
redial (P2pPeer *peer, const GError *error)
{
  P2pMeshNode *self = peer->node;
  const char *host = peer->outgoing ? peer->dial_host : peer->host;
  guint16 port = peer->outgoing ? peer->dial_port : peer->port;

  if (!is_young (peer) || !p2p_mesh_is_original (peer) || peer->id_form != P2P_ID_FORM_BIN || host == NULL || port == 0 ||
      (!peer->outgoing && g_strcmp0 (host, peer->socket_host) != 0) ||
      !(g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER) || g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SILENT)) ||
      p2p_mesh_node_is_dialling (self, host, port, peer->id) ||
      !p2p_rate_window_take (&self->redials, p2p_clock_now (self->env->clock), MAX_REDIALS, REDIAL_SECONDS))
    return;
  p2p_mesh_log (self, 2, "node %s let go of its links to us: dialling it again", peer->id);
  p2p_mesh_node_dial (self, host, port, peer->id, NULL, TRUE, NULL);
}

/* ---- the loser ---- */

static void
return_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;
  P2pPeer *other = p2p_mesh_node_find_peer (self, peer->id);

  peer->timer = 0;
  p2p_mesh_node_enter (self);
  if (other != NULL)
    p2p_mesh_peer_wait_for (peer, other);
  else if (p2p_mesh_is_trusted (peer))
    p2p_mesh_peer_return (peer, NULL);
  else
    p2p_mesh_peer_end (peer, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE, "There was another link to this node"));
  p2p_mesh_node_leave (self);
}

/* The newest, or one that is sure. */
static P2pPeer *
choose_loser (P2pMeshNode *self, const char *id)
{
  P2pPeer *chosen = NULL;

  for (guint i = self->draining->len; i > 0; i--)
    {
      P2pPeer *loser = g_ptr_array_index (self->draining, i - 1);

      if (loser->asked_other != 0 && g_str_equal (loser->id, id) && (chosen == NULL || (!is_sure (chosen) && is_sure (loser))))
        chosen = loser;
    }
  return chosen;
}

/* A link that lost against one that is over now, and not by our wish. Returns whether it will do. */
static gboolean
let_loser_in (P2pMeshNode *self, const char *id)
{
  P2pPeer *loser = choose_loser (self, id);

  if (loser == NULL || !p2p_mesh_is_trusted (loser))
    return FALSE;
  if (!loser->parked)
    {
      p2p_mesh_peer_return (loser, NULL);
      return TRUE;
    }
  p2p_clock_cancel (self->env->clock, loser->timer);
  loser->timer = p2p_clock_schedule (self->env->clock, RETURN_SPAN, return_cb, loser);
  return is_sure (loser);
}

/* A link that had won, or one that was to take the place of such a one. */
void
p2p_mesh_winner_ended (P2pPeer *winner, const GError *error)
{
  P2pMeshNode *self = winner->node;

  if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED) || g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE) ||
      p2p_mesh_node_find_peer (self, winner->id) != NULL)
    return;
  if (!let_loser_in (self, winner->id))
    redial (winner, error);
}

/* Our program parts from the node: none of its links comes back. */
void
p2p_mesh_end_losers (P2pMeshNode *self, const char *id)
{
  for (guint i = self->draining->len; i > 0; i--)
    {
      P2pPeer *loser = g_ptr_array_index (self->draining, i - 1);

      if (g_str_equal (loser->id, id))
        p2p_mesh_peer_end (loser, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED, "We closed the link"));
    }
}

static gboolean
may_stay_parked (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  gint64 idle = p2p_clock_now (self->env->clock) - p2p_link_get_last_received (peer->link);
  guint links = self->table->len + self->pending->len + self->draining->len;

  /* py2p that loses a link, be it this one, asks its neighbours for others, and two py2p that do so lose each other (quirk B1). It
   * costs a descriptor to spare them that. */
  if (peer->id_form == P2P_ID_FORM_BIN && links < self->limits.links / 2)
    return TRUE;
  return idle < self->limits.park_seconds * G_TIME_SPAN_SECOND;
}

static void
drained_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;
  P2pPeer *other = peer->asked_other != 0 ? p2p_mesh_node_find_peer (self, peer->id) : NULL;

  peer->timer = 0;
  p2p_mesh_node_enter (self);
  if (other != NULL && p2p_link_get_last_received (other->link) < peer->asked_other && p2p_mesh_is_trusted (peer))
    p2p_mesh_peer_return (peer, other);
  else if (peer->parked && other != NULL && may_stay_parked (peer))
    peer->timer = p2p_clock_schedule (self->env->clock, self->limits.park_seconds * G_TIME_SPAN_SECOND / 4, drained_cb, peer);
  else
    p2p_mesh_peer_end (peer, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE, "There is another link to this node"));
  p2p_mesh_node_leave (self);
}

/*
 * The other, older link won. It may be dead without our knowing, and the node have come again on this one: the older is asked for a
 * word. This one is let in when it stays silent, or ends for it.
 */
void
p2p_mesh_peer_wait_for (P2pPeer *peer, P2pPeer *other)
{
  P2pClock *clock = peer->node->env->clock;

  peer->asked_other = p2p_clock_now (clock);
  p2p_clock_cancel (clock, peer->timer);
  peer->timer = p2p_clock_schedule (clock, peer->node->limits.life_seconds * G_TIME_SPAN_SECOND, drained_cb, peer);
  p2p_mesh_ask_for_life (other);
}

/* The loser of two links to one node: out of the tables, still heard for a moment, never spoken to again. */
void
p2p_mesh_peer_drain (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  P2pPeerState state = peer->state;

  p2p_peer_ref (peer);
  peer->state = P2P_PEER_DRAINING;
  peer->error = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE, "There is another link to this node");
  p2p_mesh_log (self, 2, "link %s %s port %u: there is another to the same node, it is heard out",
                peer->outgoing ? "to" : "from", peer->socket_host, peer->socket_port);
  p2p_mesh_stop_life (peer);
  p2p_mesh_peer_leave_table (peer, state, peer->error);
  g_ptr_array_add (self->draining, peer);
  p2p_clock_cancel (self->env->clock, peer->timer);
  peer->timer = p2p_clock_schedule (self->env->clock, DRAIN_SPAN, drained_cb, peer);
}
