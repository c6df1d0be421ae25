/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Links from their beginning to their end: listening, the limits on who may come in, the tables, and what follows when one ends. */
#include "p2p-mesh-node-private.h"

#include <string.h>

static void link_message_cb (P2pLink *link, P2pMessage *message, gpointer data);
static void link_closed_cb (P2pLink *link, const GError *error, gpointer data);
static void link_dropped_cb (P2pLink *link, P2pDropReason reason, gsize size, const GError *error, gpointer data);
static void link_sent_cb (P2pLink *link, P2pMessage *message, gsize size, P2pCompression compression, gpointer data);

static const P2pLinkEvents link_events = {
  .message = link_message_cb,
  .closed = link_closed_cb,
  .dropped = link_dropped_cb,
  .sent = link_sent_cb,
};

/* ---- listening ---- */

static gboolean
is_every_interface (const char *address)
{
  return address == NULL || *address == '\0' || g_str_equal (address, "0.0.0.0") || g_str_equal (address, "::");
}

static void
accept_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  P2pMeshNode *self = data;

  p2p_mesh_node_enter (self);
  if (pipe != NULL)
    p2p_mesh_node_adopt (self, pipe, NULL);
  else
    p2p_mesh_node_fail_incoming (self, address->host, address->port, error);
  p2p_mesh_node_leave (self);
}

static gboolean admit_cb (const P2pPipeAddress *address, guint same, GError **error, gpointer data);

gboolean
p2p_mesh_node_listen (P2pMeshNode *self, const char *address, guint16 port, GError **error)
{
  P2pTransport *transport = self->env->transport;
  guint16 bound = 0;

  if (self->closed)
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
      return FALSE;
    }
  if (self->listener != 0)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_LISTEN, "The node listens already, on port %u", self->port);
      return FALSE;
    }
  if (address == NULL || *address == '\0')
    address = "0.0.0.0";
  self->listener = transport->ops->listen (transport, address, port, self->secure, accept_cb, self, &bound, error);
  if (self->listener == 0)
    return FALSE;
  transport->ops->set_gate (transport, self->listener, &self->limits, admit_cb);

  self->accepting = TRUE;
  self->host = g_strdup (address);
  self->port = bound;
  if (is_every_interface (address))
    self->lan_host = transport->ops->lan_address (transport);
  p2p_mesh_log (self, 1, "listening on %s port %u", address, bound);
  return TRUE;
}

void
p2p_mesh_node_set_out_address (P2pMeshNode *self, const char *host, guint16 port)
{
  char *copy = host != NULL && *host != '\0' ? g_strdup (host) : NULL;

  g_free (self->out_host);
  self->out_host = copy;
  self->out_port = port;
}

const char *
p2p_mesh_node_get_host (P2pMeshNode *self)
{
  return self->host;
}

guint16
p2p_mesh_node_get_port (P2pMeshNode *self)
{
  return self->port;
}

const char *
p2p_mesh_node_get_out_host (P2pMeshNode *self)
{
  if (self->out_host != NULL)
    return self->out_host;
  return self->lan_host != NULL ? self->lan_host : self->host;
}

guint16
p2p_mesh_node_get_out_port (P2pMeshNode *self)
{
  return self->out_port != 0 ? self->out_port : self->port;
}

/* ---- who may come in ---- */

/* Others cannot take the places that our own dials need. */
static guint
incoming_limit (P2pMeshNode *self)
{
  return self->limits.links - MIN (2 * self->max_outgoing, self->limits.links / 4);
}

static void
refill_accepts_cb (gpointer data)
{
  P2pMeshNode *self = data;

  self->accept_timer = 0;
  p2p_mesh_node_update_accepting (self);
}

/* Too many: they wait in the backlog of the system, which costs us nothing, until there is room. */
void
p2p_mesh_node_update_accepting (P2pMeshNode *self)
{
  gint64 now = p2p_clock_now (self->env->clock);
  guint links = self->table->len + self->pending->len + self->draining->len;
  guint incoming = 0;
  gboolean accepting;

  if (self->listener == 0)
    return;
  for (guint i = 0; i < self->pending->len; i++)
    if (!((P2pPeer *) g_ptr_array_index (self->pending, i))->outgoing)
      incoming++;

  self->accept_tokens += (now - self->accept_filled) * (double) self->limits.accepts_per_second / G_TIME_SPAN_SECOND;
  self->accept_tokens = MIN (self->accept_tokens, self->limits.accepts_per_second);
  self->accept_filled = now;

  accepting = links < incoming_limit (self) && incoming < self->limits.pending_links && self->accept_tokens >= 1;
  if (self->accept_tokens < 1 && self->accept_timer == 0)
    self->accept_timer = p2p_clock_schedule (self->env->clock, G_TIME_SPAN_SECOND / MAX (self->limits.accepts_per_second, 1),
                                             refill_accepts_cb, self);
  if (accepting == self->accepting)
    return;
  self->accepting = accepting;
  p2p_mesh_log (self, 2, accepting ? "taking links again" : "no more links for now");
  self->env->transport->ops->set_accepting (self->env->transport, self->listener, accepting);
}

static gboolean
has_room (P2pMeshNode *self, GError **error)
{
  guint links = self->table->len + self->pending->len + self->draining->len;

  if (links < incoming_limit (self))
    return TRUE;
  g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY, "There are %u links, which is as many as this node takes", links);
  return FALSE;
}

static gboolean
may_come_in (P2pMeshNode *self, const char *host, guint same, GError **error)
{
  GPtrArray *lists[] = { self->table, self->pending, self->draining };

  if (!has_room (self, error))
    return FALSE;
  if (!self->limits.count_loopback && p2p_scope_of_host (host) == P2P_SCOPE_LOOPBACK)
    return TRUE;
  self->accept_tokens -= 1;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      {
        P2pPeer *peer = g_ptr_array_index (lists[i], j);

        if (!peer->outgoing && g_str_equal (peer->socket_host, host))
          same++;
      }
  if (same < self->limits.links_per_address)
    return TRUE;
  g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY,
               "%s has %u links to us already, which is as many as one address may have", host, same);
  return FALSE;
}

/* Before TLS: refusing costs least there. */
static gboolean
admit_cb (const P2pPipeAddress *address, guint same, GError **error, gpointer data)
{
  P2pMeshNode *self = data;
  gboolean may;

  p2p_mesh_node_enter (self);
  if (p2p_mesh_is_kept_out (self, NULL, address->host))
    {
      p2p_mesh_node_note_drop (self, NULL, p2p_mesh_get_kept_out_reason (self, NULL, address->host), NULL);
      g_propagate_error (error, p2p_mesh_new_kept_out_error (self, NULL, address->host));
      p2p_mesh_node_leave (self);
      return FALSE;
    }
  may = may_come_in (self, address->host, same, error);
  p2p_mesh_node_update_accepting (self);
  p2p_mesh_node_leave (self);
  return may;
}

/* Whoever floods us with bad beginnings shall not flood our program with the news. */
void
p2p_mesh_node_fail_incoming (P2pMeshNode *self, const char *host, guint16 port, const GError *error)
{
  self->counters.incoming_failed++;
  if (p2p_rate_window_take (&self->failures, p2p_clock_now (self->env->clock), self->limits.failures_per_second, 1))
    {
      p2p_mesh_node_fail (self, host, port, NULL, error);
      return;
    }
  self->counters.incoming_untold++;
  p2p_mesh_log (self, 3, "no link from %s port %u, which is not told: %s", host, port, error->message);
}

/* ---- a link begins ---- */

static void
handshake_timeout_cb (gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;
  GError *reason;

  peer->timer = 0;
  p2p_mesh_node_enter (self);
  reason = p2p_mesh_guard_explain (peer);
  if (reason == NULL)
    reason = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_HANDSHAKE_TIMEOUT,
                          "%s port %u did not say who it is within %u seconds: it may be no node of a mesh",
                          peer->socket_host, peer->socket_port, self->limits.handshake_seconds);
  p2p_mesh_peer_end (peer, reason);
  p2p_mesh_node_leave (self);
}

void
p2p_mesh_node_adopt (P2pMeshNode *self, P2pPipe *pipe, P2pDial *dial)
{
  g_autoptr (GError) error = NULL;
  P2pPipeAddress address = { 0 };
  g_autofree char *host = NULL;
  P2pPeer *peer;

  if (self->closed)
    {
      pipe->ops->close (pipe);
      return;
    }
  pipe->ops->get_peer (pipe, &address);
  host = g_strdup (address.host != NULL ? address.host : "");
  /* While it waited for TLS others may have come, or it was blocked. */
  if (dial == NULL && p2p_mesh_is_kept_out (self, NULL, host))
    error = p2p_mesh_new_kept_out_error (self, NULL, host);
  if (dial == NULL && (error != NULL || !has_room (self, &error)))
    {
      guint16 port = address.port;

      pipe->ops->close (pipe);
      p2p_mesh_node_fail_incoming (self, host, port, error);
      p2p_mesh_node_update_accepting (self);
      return;
    }

  peer = p2p_peer_new (self);
  peer->outgoing = dial != NULL;
  peer->socket_host = g_steal_pointer (&host);
  peer->socket_port = address.port;
  peer->since = p2p_clock_utc (self->env->clock);
  if (dial != NULL)
    {
      peer->automatic = dial->automatic;
      peer->expected_id = g_strdup (dial->expected_id);
      peer->dial_host = g_strdup (dial->host);
      peer->dial_port = dial->port;
      p2p_mesh_ops_take (peer->ops, dial->ops);
    }
  g_ptr_array_add (self->pending, peer);
  peer->link = p2p_link_new (self->env, &self->limits, pipe, peer->outgoing, &link_events, peer);
  p2p_link_set_budget (peer->link, self->budget);
  p2p_link_set_watched (peer->link, self->watched);
  p2p_link_set_lab (peer->link, &self->lab);
  if (self->own_methods)
    p2p_link_set_own_methods (peer->link, self->methods, self->n_methods);
  peer->timer = p2p_clock_schedule (self->env->clock, self->limits.handshake_seconds * G_TIME_SPAN_SECOND, handshake_timeout_cb, peer);
  p2p_mesh_log (self, 2, "link %s %s port %u", peer->outgoing ? "to" : "from", peer->socket_host, peer->socket_port);
  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_PENDING, peer, NULL);
  p2p_mesh_node_update_accepting (self);
  p2p_mesh_begin (peer);
}

/* ---- what a link says ---- */

static void
link_message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;

  p2p_mesh_node_enter (self);
  if (G_UNLIKELY (self->lab_loss > 0) && p2p_mesh_lab_loses (peer, message))
    {
      p2p_mesh_drop_blameless (peer, P2P_DROP_LAB, message);
      p2p_mesh_tell_frame (peer, FALSE, message, p2p_link_get_frame_size (link), P2P_COMPRESSION_NONE, P2P_FRAME_DROPPED, P2P_DROP_LAB);
    }
  else
    p2p_mesh_receive (peer, message);
  if (G_UNLIKELY (self->condemned != NULL))
    p2p_mesh_carry_out (self);
  p2p_mesh_node_leave (self);
}

static void
link_closed_cb (P2pLink *link, const GError *error, gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;
  GError *reason;

  p2p_mesh_node_enter (self);
  reason = peer->state == P2P_PEER_PENDING ? p2p_mesh_guard_explain (peer) : NULL;
  if (reason == NULL && peer->state == P2P_PEER_PENDING && g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER))
    reason = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER,
                          "%s port %u closed the link without saying who it is: it may be in another network "
                          "(subnet, encryption or version), which nodes of the originals do not tell",
                          peer->socket_host, peer->socket_port);
  else if (reason == NULL)
    reason = g_error_copy (error);
  p2p_mesh_peer_end (peer, reason);
  p2p_mesh_node_leave (self);
}

/* Originals pass on what they did not look at: where the link may go on it was no fault of whoever is at its other end. */
static void
link_dropped_cb (P2pLink *link, P2pDropReason reason, gsize size, const GError *error, gpointer data)
{
  P2pPeer *peer = data;
  P2pMeshNode *self = peer->node;

  p2p_mesh_node_enter (self);
  p2p_mesh_log (self, 3, "%s port %u: %s", peer->socket_host, peer->socket_port, error->message);
  p2p_mesh_drop_frame (peer, reason, size);
  if (self->condemned != NULL)
    p2p_mesh_carry_out (self);
  p2p_mesh_node_leave (self);
}

static void
link_sent_cb (P2pLink *link, P2pMessage *message, gsize size, P2pCompression compression, gpointer data)
{
  p2p_mesh_tell_frame (data, TRUE, message, size, compression, P2P_FRAME_SENT, 0);
}

/* ---- a link ends ---- */

static void
close_link (P2pPeer *peer)
{
  P2pClock *clock = peer->node->env->clock;
  P2pNodeStats *counters = &peer->node->counters;
  P2pLinkStats *stats = &peer->final_stats;

  p2p_mesh_stop_life (peer);
  p2p_clock_cancel (clock, peer->timer);
  peer->timer = 0;
  peer->last_compression = p2p_link_get_send_method (peer->link);
  p2p_link_get_stats (peer->link, stats);
  if (stats->last_in != 0)
    stats->last_in = p2p_clock_utc (clock) - (p2p_clock_now (clock) - stats->last_in);
  counters->messages_in += stats->messages_in;
  counters->messages_out += stats->messages_out;
  counters->bytes_in += stats->bytes_in;
  counters->bytes_out += stats->bytes_out;
  p2p_link_close (peer->link);
  g_clear_pointer (&peer->link, p2p_link_unref);
}

static gboolean
is_ordinary_end (const GError *error)
{
  return g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER) ||
         g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED) ||
         g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED) ||
         g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
}

/* Both ends of a link to ourselves are ours: the one that dialled tells. Losing against a better link is no failure. */
static gboolean
is_worth_telling (P2pPeer *peer, const GError *error)
{
  if (error->domain != P2P_LINK_ERROR)
    return TRUE;
  switch ((P2pLinkError) error->code)
    {
    case P2P_LINK_ERROR_SELF:
      return peer->outgoing;
    case P2P_LINK_ERROR_DUPLICATE:
    case P2P_LINK_ERROR_CLOSED:
    case P2P_LINK_ERROR_SOCKET_CLOSED:
      return FALSE;
    default:
      return TRUE;
    }
}

static void
end_pending (P2pPeer *peer, const GError *error)
{
  P2pMeshNode *self = peer->node;

  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_DROPPED, peer, error);
  g_ptr_array_remove (self->pending, peer);
  if (peer->dial_host != NULL)
    p2p_mesh_note_dial_failed (self, peer->dial_host, peer->dial_port, peer->id, error);
  if (is_worth_telling (peer, error) && !peer->outgoing)
    p2p_mesh_node_fail_incoming (self, peer->socket_host, peer->socket_port, error);
  else if (is_worth_telling (peer, error))
    p2p_mesh_node_fail (self, peer->dial_host != NULL ? peer->dial_host : peer->socket_host,
                        peer->dial_host != NULL ? peer->dial_port : peer->socket_port, peer->ops, error);
  else
    p2p_mesh_node_end_ops (self, peer->ops, NULL, error);
  if (peer->automatic && peer->expected_id != NULL)
    p2p_mesh_requests_failed (self, peer->expected_id, error);
}

static void
end_established (P2pPeer *peer, const GError *error)
{
  P2pMeshNode *self = peer->node;

  if (g_hash_table_lookup (self->by_id, peer->id) == peer)
    g_hash_table_remove (self->by_id, peer->id);
  /* The layer may have something to say to everybody by it, and this link takes nothing any more. */
  g_ptr_array_remove (self->table, peer);
  if (self->layer != NULL && self->layer->removed != NULL)
    self->layer->removed (peer, self->layer_data);
  p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_REMOVED, peer, error);
  p2p_mesh_lazy_ended (peer);
  p2p_mesh_note_lost (peer, error);
  if (!is_ordinary_end (error))
    {
      g_autofree char *address = p2p_address_to_text (p2p_peer_get_host (peer), p2p_peer_get_port (peer));
      g_autofree char *text = g_strdup_printf ("%s: %s", address, error->message);

      p2p_mesh_node_add_status (self, error, text);
    }
}

/* Out of the lists of its state, and everybody told. */
void
p2p_mesh_peer_leave_table (P2pPeer *peer, P2pPeerState state, const GError *error)
{
  if (state == P2P_PEER_PENDING)
    end_pending (peer, error);
  else
    end_established (peer, error);
}

void
p2p_mesh_peer_end (P2pPeer *peer, GError *error)
{
  P2pMeshNode *self = peer->node;
  P2pPeerState state = peer->state;

  if (state == P2P_PEER_CLOSED)
    {
      g_error_free (error);
      return;
    }
  p2p_peer_ref (peer);
  p2p_mesh_log (self, 2, "link %s %s port %u ends: %s", peer->outgoing ? "to" : "from", peer->socket_host, peer->socket_port, error->message);
  peer->state = P2P_PEER_CLOSED;
  if (peer->error == NULL)
    peer->error = g_error_copy (error);
  p2p_mesh_guard_removed (peer);
  close_link (peer);
  switch (state)
    {
    case P2P_PEER_PENDING:
      end_pending (peer, error);
      break;
    case P2P_PEER_ESTABLISHED:
      end_established (peer, error);
      break;
    case P2P_PEER_DRAINING:
      g_ptr_array_remove (self->draining, peer);
      break;
    case P2P_PEER_CLOSED:
    default:
      g_assert_not_reached ();
    }
  if (!self->closed)
    {
      p2p_mesh_node_update_accepting (self);
      if (state == P2P_PEER_ESTABLISHED || state == P2P_PEER_DRAINING)
        p2p_mesh_winner_ended (peer, error);
      if (state == P2P_PEER_ESTABLISHED)
        {
          p2p_mesh_compare_clocks (self);
          p2p_mesh_ask_for_more (self);
        }
      p2p_mesh_heal (self);
    }
  peer->node = NULL;
  g_error_free (error);
  p2p_peer_unref (peer);
}

void
p2p_mesh_node_disconnect (P2pMeshNode *self, P2pPeer *peer)
{
  if (peer->node != self)
    return;
  p2p_mesh_node_enter (self);
  if (peer->id != NULL)
    {
      p2p_mesh_note_parted (self, peer->id);
      p2p_mesh_end_losers (self, peer->id);
    }
  p2p_mesh_peer_end (peer, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED, "We closed the link"));
  p2p_mesh_node_leave (self);
}
