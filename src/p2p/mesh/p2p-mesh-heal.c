/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Keeping the node in its network: whom we know, whom we dial by ourselves and when, and what we do after a loss.
 *
 * Pinned addresses are dialled whenever there is no link to them. Others are dialled while there are fewer outgoing links than
 * wished for, and neighbours that were lost to a failure for some time longer: where a network broke in two, each half has links
 * enough of its own.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* Neighbours of our own kind, before we keep twice as many links. */
#define OWN_LINKS_FOR_MORE 4
/*
 * Where an original goes, the others close all the links among them and dial nobody: those with a link to us are all that is left. So
 * where there are more originals than ours we keep so many times as many links, and where one was lost for some time, too.
 */
#define GATHER_LINKS 4
#define GATHER_SPAN G_TIME_SPAN_MINUTE
/* When many are lost in such a span, the network may have broken in two, and they are not left to long pauses. */
#define BREAK_SPAN (5 * G_TIME_SPAN_MINUTE)
/* Below it are the services of a system, which nobody shall make us knock at. */
#define FIRST_USER_PORT 1024
/* Nodes that our program parted from and that are remembered. */
#define MAX_PARTED 64

/* ---- whom our program parted from ---- */

static GList *
find_parted (P2pMeshNode *self, const char *id)
{
  return g_queue_find_custom (&self->parted, id, (GCompareFunc) strcmp);
}

void
p2p_mesh_forget_parted (P2pMeshNode *self, const char *id)
{
  GList *found = find_parted (self, id);

  if (found == NULL)
    return;
  g_free (found->data);
  g_queue_delete_link (&self->parted, found);
}

/* Until our program dials it, or it comes by itself. */
void
p2p_mesh_note_parted (P2pMeshNode *self, const char *id)
{
  p2p_mesh_forget_parted (self, id);
  g_queue_push_tail (&self->parted, g_strdup (id));
  if (self->parted.length > MAX_PARTED)
    g_free (g_queue_pop_head (&self->parted));
  for (guint i = 0; i < p2p_address_book_get_n (self->book); i++)
    {
      P2pKnown *known = p2p_address_book_get (self->book, i);

      if (g_strcmp0 (known->id, id) == 0)
        known->parted = TRUE;
    }
}

/* ---- the book ---- */

void
p2p_mesh_known_changed (P2pKnown *known, P2pKnownChange change, gpointer data)
{
  p2p_mesh_node_emit_known (data, known, change);
}

static gboolean
is_own_address (P2pMeshNode *self, const char *host, guint16 port)
{
  const char *own_host = p2p_mesh_node_get_out_host (self);

  return own_host != NULL && port == p2p_mesh_node_get_out_port (self) && g_str_equal (host, own_host);
}

gboolean
p2p_mesh_is_wanted (P2pMeshNode *self, const char *host, guint16 port, const char *id)
{
  if (p2p_mesh_is_kept_out (self, id, host))
    return FALSE;
  if (id != NULL && (g_str_equal (id, self->id) || find_parted (self, id) != NULL || p2p_mesh_node_find_peer (self, id) != NULL ||
                     p2p_address_book_is_dialling_id (self->book, id)))
    return FALSE;
  return !is_own_address (self, host, port) && !p2p_mesh_node_is_dialling (self, host, port, id);
}

static gboolean
may_dial_cb (P2pKnown *known, gpointer data)
{
  return p2p_mesh_is_wanted (data, known->host, known->port, known->id);
}

/* Of a peers list. Only so many of one list get here. */
void
p2p_mesh_note_told (P2pPeer *teller, const char *host, guint16 port, const char *id)
{
  P2pMeshNode *self = teller->node;
  P2pKnown *known;

  if (g_str_equal (id, self->id) || is_own_address (self, host, port) || find_parted (self, id) != NULL || p2p_mesh_node_is_blocked (self, id, host))
    return;
  if (port < FIRST_USER_PORT || !p2p_scope_may_lead_to (teller->socket_host, host))
    {
      p2p_mesh_log (self, 3, "not dialling %s port %u, which %s told", host, port, teller->socket_host);
      return;
    }
  known = p2p_address_book_add (self->book, host, port, id, P2P_ADDRESS_SOURCE_PEERS, teller->socket_host);
  if (known != NULL && known->once && known->state == P2P_ADDRESS_STATE_GIVEN_UP)
    p2p_address_book_renew (known);
  if (known != NULL)
    known->once = FALSE;
}

void
p2p_mesh_note_dialling (P2pMeshNode *self, const char *host, guint16 port, const char *id, const char *named_by, gboolean chosen)
{
  P2pKnown *known = p2p_address_book_find (self->book, host, port);
  gboolean once = known == NULL;

  known = p2p_address_book_add (self->book, host, port, id, named_by != NULL ? P2P_ADDRESS_SOURCE_RESPONSE : P2P_ADDRESS_SOURCE_PROGRAM, named_by);

  if (known == NULL)
    return;
  known->once |= once;
  p2p_address_book_note_dialling (known, chosen, p2p_clock_utc (self->env->clock));
}

/* Our program asks for it: whatever was said against it before. */
void
p2p_mesh_note_wish (P2pMeshNode *self, const char *host, guint16 port)
{
  P2pKnown *known = p2p_address_book_find (self->book, host, port);

  if (known != NULL && known->state != P2P_ADDRESS_STATE_DIALLING && known->state != P2P_ADDRESS_STATE_LINKED)
    p2p_address_book_renew (known);
}

void
p2p_mesh_note_dial_cancelled (P2pMeshNode *self, const char *host, guint16 port)
{
  P2pKnown *known = p2p_address_book_find (self->book, host, port);

  if (known != NULL && !p2p_mesh_node_is_dialling (self, host, port, NULL))
    p2p_address_book_note_cancelled (known);
}

/* No link to anybody, or many neighbours lost not long ago. */
static gboolean
is_hurried (P2pMeshNode *self)
{
  gint64 now = p2p_clock_now (self->env->clock);
  guint missed;

  if (self->table->len == 0)
    return TRUE;
  missed = p2p_address_book_count_missed (self->book, now - BREAK_SPAN);
  return missed >= 2 && missed * 4 >= missed + self->table->len;
}

void
p2p_mesh_note_dial_failed (P2pMeshNode *self, const char *host, guint16 port, const char *id, const GError *error)
{
  P2pKnown *known = p2p_address_book_find (self->book, host, port);
  P2pClock *clock = self->env->clock;

  if (known == NULL || known->state != P2P_ADDRESS_STATE_DIALLING || p2p_mesh_node_is_dialling (self, host, port, NULL))
    return;
  if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE) && id != NULL)
    {
      /* The node is there, and we have a link to it by another way. */
      known->reached = TRUE;
      p2p_address_book_note_linked (known, id, FALSE, p2p_clock_now (clock), p2p_clock_utc (clock));
    }
  else if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED) ||
           g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED) ||
           g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED))
    p2p_address_book_note_cancelled (known);
  else
    p2p_address_book_note_failed (known, error, is_hurried (self), p2p_clock_now (clock), p2p_clock_utc (clock));
}

/*
 * What a node that came to us announces as its address is believed for what nobody vouches for better: not for an address that our
 * program named, unless the link comes from there, and not where another node was reached before.
 */
static P2pKnown *
find_announced (P2pMeshNode *self, P2pPeer *peer)
{
  P2pKnown *known;

  if (peer->host == NULL || peer->port < FIRST_USER_PORT || is_own_address (self, peer->host, peer->port) ||
      !p2p_scope_may_lead_to (peer->socket_host, peer->host))
    return NULL;
  known = p2p_address_book_add (self->book, peer->host, peer->port, NULL, P2P_ADDRESS_SOURCE_INCOMING, NULL);
  if (known == NULL || g_strcmp0 (known->id, peer->id) == 0)
    return known;
  if (known->state == P2P_ADDRESS_STATE_LINKED || known->state == P2P_ADDRESS_STATE_DIALLING)
    return NULL;
  if (g_str_equal (peer->host, peer->socket_host) ||
      (p2p_scope_of_host (peer->host) == P2P_SCOPE_LOOPBACK && p2p_scope_of_host (peer->socket_host) == P2P_SCOPE_LOOPBACK))
    return known;
  return known->reached || known->source == P2P_ADDRESS_SOURCE_PROGRAM || known->flags & P2P_ADDRESS_PINNED ? NULL : known;
}

void
p2p_mesh_note_linked (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  gint64 utc = p2p_clock_utc (self->env->clock);
  P2pKnown *known;

  if (peer->dial_host != NULL)
    known = p2p_address_book_add (self->book, peer->dial_host, peer->dial_port, peer->id, P2P_ADDRESS_SOURCE_PROGRAM, NULL);
  else
    known = find_announced (self, peer);
  if (known != NULL)
    p2p_address_book_note_linked (known, peer->id, peer->outgoing, now, utc);
  for (guint i = 0; i < p2p_address_book_get_n (self->book); i++)
    {
      P2pKnown *other = p2p_address_book_get (self->book, i);

      if (other != known && other->state != P2P_ADDRESS_STATE_DIALLING && other->state != P2P_ADDRESS_STATE_LINKED &&
          g_strcmp0 (other->id, peer->id) == 0)
        p2p_address_book_note_linked (other, peer->id, FALSE, now, utc);
    }
  p2p_address_book_update_anchors (self->book);
  self->discover_pause = 0;
}

void
p2p_mesh_note_lost (P2pPeer *peer, const GError *error)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  gint64 utc = p2p_clock_utc (self->env->clock);

  if (p2p_mesh_node_find_peer (self, peer->id) != NULL)
    return;
  if (!peer->is_own && find_parted (self, peer->id) == NULL)
    self->original_lost = now;
  for (guint i = 0; i < p2p_address_book_get_n (self->book); i++)
    {
      P2pKnown *known = p2p_address_book_get (self->book, i);

      if (known->state == P2P_ADDRESS_STATE_LINKED && g_strcmp0 (known->id, peer->id) == 0)
        p2p_address_book_note_lost (known, error, now, utc);
    }
  p2p_address_book_update_anchors (self->book);
  self->discover_pause = 0;
  if (self->table->len == 0)
    p2p_address_book_hurry (self->book, now);
}

/* ---- whom to dial, and when ---- */

/* The earliest time at which a dial of our own making may be. */
static gint64
find_free_time (P2pMeshNode *self)
{
  guint per_minute = CLAMP (self->limits.dials_per_minute, 1, P2P_MESH_MAX_DIALS_PER_MINUTE);
  guint per_second = CLAMP (self->limits.dials_per_second, 1, per_minute);
  gint64 time = 0;

  if (self->n_dialled >= per_minute)
    time = self->dialled_at[(self->n_dialled - per_minute) % P2P_MESH_MAX_DIALS_PER_MINUTE] + G_TIME_SPAN_MINUTE;
  if (self->n_dialled >= per_second)
    time = MAX (time, self->dialled_at[(self->n_dialled - per_second) % P2P_MESH_MAX_DIALS_PER_MINUTE] + G_TIME_SPAN_SECOND);
  return time;
}

static gboolean
dial (P2pMeshNode *self, P2pKnown *known, gboolean chosen)
{
  /* An address that somebody told leads to the node he named, or to nobody. Where we were before, whoever it is now is welcome. */
  gboolean told = known->named_by != NULL && !known->reached;
  g_autoptr (P2pKnown) held G_GNUC_UNUSED = p2p_known_ref (known);

  if (!p2p_mesh_node_dial (self, known->host, known->port, told ? known->id : NULL, known->named_by, TRUE, NULL))
    return FALSE;
  known->chosen = chosen;
  if (chosen)
    self->dialled_at[self->n_dialled++ % P2P_MESH_MAX_DIALS_PER_MINUTE] = p2p_clock_now (self->env->clock);
  return TRUE;
}

guint
p2p_mesh_node_get_wish (P2pMeshNode *self)
{
  guint own = 0;

  for (guint i = 0; i < self->table->len; i++)
    own += p2p_peer_is_own (g_ptr_array_index (self->table, i));
  if (own < self->table->len - own || (self->original_lost != 0 && p2p_clock_now (self->env->clock) - self->original_lost < GATHER_SPAN))
    return GATHER_LINKS * self->max_outgoing;
  return own >= OWN_LINKS_FOR_MORE ? 2 * self->max_outgoing : self->max_outgoing;
}

static gboolean
has_room (P2pMeshNode *self)
{
  return self->dials->len < self->limits.dials_in_flight &&
         self->table->len + self->pending->len + self->draining->len + self->dials->len < self->limits.links;
}

static void
heal_cb (gpointer data)
{
  P2pMeshNode *self = data;

  self->heal_timer = 0;
  p2p_mesh_node_enter (self);
  p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
}

static void
set_timer (P2pMeshNode *self, gint64 due, gint64 now)
{
  P2pClock *clock = self->env->clock;

  if (self->heal_timer != 0 && self->heal_due == due)
    return;
  p2p_clock_cancel (clock, self->heal_timer);
  self->heal_timer = 0;
  self->heal_due = due;
  if (due != G_MAXINT64)
    self->heal_timer = p2p_clock_schedule (clock, MAX (due - now, G_TIME_SPAN_MILLISECOND), heal_cb, self);
}

void
p2p_mesh_heal (P2pMeshNode *self)
{
  const char *own_host = p2p_mesh_node_get_out_host (self);
  gint64 now = p2p_clock_now (self->env->clock);
  guint wish, most;
  gboolean want, want_missed;
  P2pAddressTimes times;
  P2pKnown *known;
  gint64 due;

  if (self->closed)
    return;
  wish = p2p_mesh_node_get_wish (self);
  most = 2 * wish;
  while (has_room (self) && (known = p2p_address_book_pick_pinned (self->book, may_dial_cb, self, now)) != NULL)
    if (!dial (self, known, FALSE))
      break;
  while (has_room (self) && p2p_mesh_node_count_outgoing (self) < wish && find_free_time (self) <= now &&
         (known = p2p_address_book_pick (self->book, own_host, may_dial_cb, self, now)) != NULL)
    if (!dial (self, known, TRUE))
      break;
  while (has_room (self) && p2p_mesh_node_count_outgoing (self) < most && find_free_time (self) <= now &&
         (known = p2p_address_book_pick_missed (self->book, may_dial_cb, self, now)) != NULL)
    if (!dial (self, known, TRUE))
      break;

  want = p2p_mesh_node_count_outgoing (self) < wish;
  want_missed = p2p_mesh_node_count_outgoing (self) < most;
  times = p2p_address_book_schedule (self->book, own_host, may_dial_cb, self, want, want_missed, now);
  p2p_mesh_discover (self, want);
  due = MIN (times.wanted, times.missed);
  if (due != G_MAXINT64)
    due = MAX (due, find_free_time (self));
  due = MIN (due, times.pinned);
  /* Where there is no room, the end of a dial or link brings us here again. */
  set_timer (self, has_room (self) ? due : G_MAXINT64, now);
}

/* ---- what the program says ---- */

static gboolean
is_address (const char *host, guint16 port)
{
  return host != NULL && *host != '\0' && strlen (host) <= P2P_MAX_HOST_LENGTH && port != 0;
}

P2pKnown *
p2p_mesh_node_add_address (P2pMeshNode *self, const char *host, guint16 port, const char *id, P2pAddressFlags flags, gint64 seen)
{
  P2pKnown *known;

  if (self->closed || !is_address (host, port))
    return NULL;
  p2p_mesh_node_enter (self);
  known = p2p_address_book_add (self->book, host, port, id, P2P_ADDRESS_SOURCE_PROGRAM, NULL);
  if (known != NULL)
    {
      gboolean newly = known->once || flags & ~known->flags & P2P_ADDRESS_PINNED;

      known->once = FALSE;
      p2p_address_book_set_flags (known, known->flags | flags);
      if (seen != 0)
        p2p_address_book_set_seen (known, seen);
      if (newly && known->state != P2P_ADDRESS_STATE_LINKED && known->state != P2P_ADDRESS_STATE_DIALLING)
        p2p_address_book_renew (known);
      p2p_mesh_heal (self);
    }
  p2p_mesh_node_leave (self);
  return known;
}

gboolean
p2p_mesh_node_forget_address (P2pMeshNode *self, const char *host, guint16 port)
{
  P2pKnown *known = host != NULL ? p2p_address_book_find (self->book, host, port) : NULL;

  if (known == NULL)
    return FALSE;
  p2p_mesh_node_enter (self);
  p2p_address_book_forget (known);
  if (!self->closed)
    p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
  return TRUE;
}

P2pAddressBook *
p2p_mesh_node_get_addresses (P2pMeshNode *self)
{
  return self->book;
}
