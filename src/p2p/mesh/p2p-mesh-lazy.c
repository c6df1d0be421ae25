/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Ids in the place of bodies, among nodes of ours. A node with many links needs each body from a few of them: who brings what is known
 * already is told to send ids instead (PRUNE), and bodies again (GRAFT) when a body is missing or a link that brings them is lost. Who
 * links up is offered the ids of what was said lately, so that what was said on one side of a cut reaches the other.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* How often a link may change between bodies and ids. What we ask for is well within what we grant. */
#define CHANGES_A_WINDOW 16
#define CHANGES_WINDOW_SECONDS 10
#define CHANGE_SPAN (2 * G_TIME_SPAN_SECOND)
/* What a control frame is besides its ids, at most. */
#define CONTROL_OVERHEAD 256
/* Few links share the room for what is awaited as if they were so many. */
#define LEAST_SHARERS 4

static gboolean
is_lazy (P2pPeer *peer)
{
  return peer->state == P2P_PEER_ESTABLISHED && p2p_peer_has_cap (peer, P2P_CAP_LAZY_PUSH);
}

gsize
p2p_mesh_send_ids (P2pPeer *peer, P2pControlOp op, const guint8 *ids, gsize n_ids)
{
  gsize most = P2P_CONTROL_MAX_IDS;
  gsize sent = 0;

  if (peer->max_frame > 0)
    most = MIN (most, (peer->max_frame - CONTROL_OVERHEAD) / P2P_CONTROL_ID_LENGTH);
  while (sent < n_ids)
    {
      gsize n = MIN (n_ids - sent, most);
      GVariant *rest = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, ids + sent * P2P_CONTROL_ID_LENGTH, n * P2P_CONTROL_ID_LENGTH, 1);

      if (!p2p_mesh_send_control (peer, op, &rest, 1))
        break;
      sent += n;
    }
  if (op == P2P_CONTROL_IHAVE)
    peer->node->counters.ihave_out += sent;
  else
    peer->node->counters.iwant_out += sent;
  return sent;
}

/* A link that is busy is not filled with what can wait. */
static gboolean
is_busy (P2pPeer *peer)
{
  return p2p_link_get_queued (peer->link) > peer->node->limits.out_queue / 2;
}

/* ---- what we announce ---- */

/* Nobody hears of questions that were asked long ago, nor of what he would have to refuse. */
static gboolean
is_worth_offering (P2pMessage *message, gpointer data)
{
  gint64 subflag = p2p_message_get_subflag (message);

  return subflag != P2P_SUBFLAG_REQUEST && subflag != P2P_SUBFLAG_RESPONSE && p2p_mesh_check_time (data, message);
}

static void announce_cb (gpointer data);

/*
 * The first after a silence waits for a moment, in which others may join it; those that follow wait until a while after the round before.
 * A round goes to some of the links, the next one to others. Of two nodes that hold the same for each other the one whose turn comes
 * first saves the other the announcement; the while is another each time, so that they are not first together.
 */
static void
plan_round (P2pMeshNode *self)
{
  gint64 now = p2p_clock_now (self->env->clock);
  gint64 spacing = self->limits.announce_spacing_milliseconds * G_TIME_SPAN_MILLISECOND;
  gint64 due = now + self->limits.announce_milliseconds * G_TIME_SPAN_MILLISECOND;
  guint8 random;

  if (self->announce_timer != 0)
    return;
  p2p_random_fill (self->env->random, &random, 1);
  if (self->announced_at != 0)
    due = MAX (due, self->announced_at + spacing * (384 + random) / 512);
  self->announce_timer = p2p_clock_schedule (self->env->clock, due - now, announce_cb, self);
}

static void
offer_all (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GByteArray) ids = NULL;
  gsize n;

  if (is_busy (peer))
    return;
  ids = p2p_message_cache_list (self->cache, p2p_clock_now (self->env->clock), is_worth_offering, self);
  n = ids->len / P2P_CONTROL_ID_LENGTH;
  peer->offered = p2p_mesh_send_ids (peer, P2P_CONTROL_IHAVE, ids->data, n) == n;
}

/* FALSE: the link takes no more now; it hears of all that is kept later. */
static gboolean
send_announcements (P2pPeer *peer)
{
  gsize n = peer->announce != NULL ? peer->announce->len / P2P_CONTROL_ID_LENGTH : 0;

  if (!peer->offered)
    offer_all (peer);
  else if (n > 0 && p2p_mesh_send_ids (peer, P2P_CONTROL_IHAVE, peer->announce->data, n) < n)
    peer->offered = FALSE;
  if (peer->announce != NULL)
    g_byte_array_set_size (peer->announce, 0);
  return peer->offered;
}

static void
announce_cb (gpointer data)
{
  P2pMeshNode *self = data;
  guint first = self->announce_next;
  guint told = 0;
  gboolean again = FALSE;

  self->announce_timer = 0;
  self->announced_at = p2p_clock_now (self->env->clock);
  p2p_mesh_node_enter (self);
  for (guint i = 0; i < self->table->len; i++)
    {
      guint at = (first + i) % self->table->len;
      P2pPeer *peer = g_ptr_array_index (self->table, at);

      if (!is_lazy (peer) || (peer->offered && (peer->announce == NULL || peer->announce->len == 0)))
        continue;
      if (told == self->limits.announce_links || !send_announcements (peer))
        again = TRUE;
      else if (++told == self->limits.announce_links)
        self->announce_next = at + 1;
    }
  if (again)
    plan_round (self);
  p2p_mesh_node_leave (self);
}

static void
announce (P2pPeer *peer, P2pMessage *message)
{
  if (peer->announce == NULL)
    peer->announce = g_byte_array_new ();
  /* With the offer of all that is kept it is announced, too. */
  if (peer->offered)
    g_byte_array_append (peer->announce, p2p_message_peek_id (message), P2P_CONTROL_ID_LENGTH);
  if (peer->announce->len == P2P_CONTROL_MAX_IDS * P2P_CONTROL_ID_LENGTH)
    send_announcements (peer);
  plan_round (peer->node);
}

/* Only what is kept can be asked for. */
static gboolean
may_announce (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;

  return is_lazy (peer) && (peer->max_frame == 0 || p2p_message_get_length (message) <= peer->max_frame) &&
         p2p_message_cache_get (self->cache, p2p_message_peek_id (message), p2p_clock_now (self->env->clock)) != NULL;
}

/* What we had to ask for is new to whoever was a neighbour when it was said, or he would have sent it; a later one may have it. */
static gboolean
may_be_known (P2pPeer *peer, P2pMessage *message)
{
  return peer->since >= p2p_message_get_time (message) * G_TIME_SPAN_SECOND;
}

gboolean
p2p_mesh_pass_on (P2pPeer *peer, P2pMessage *message, gboolean recovered)
{
  gboolean may = may_announce (peer, message);

  if (may && (peer->send_ids || (recovered && may_be_known (peer, message))))
    peer->node->counters.bodies_saved++;
  else if (p2p_mesh_hand_to (peer, message, P2P_LINK_SEND_DEFAULT, NULL))
    return TRUE;
  /* Who reads too slowly for bodies hears of them when he reads again. */
  if (may)
    announce (peer, message);
  return may;
}

/*
 * Our own goes whole to some links even of those that want ids: it is new to everybody. When nobody takes it, the program is told so and
 * may say it again: then nobody shall hear of this one later.
 */
guint
p2p_mesh_push (P2pMeshNode *self, P2pMessage *message)
{
  guint extra = self->limits.eager_links;
  guint taken = 0;

  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      peer->push = p2p_mesh_is_withheld (peer, message) ? P2P_PUSH_WITHHELD : P2P_PUSH_ID;
      if (!peer->send_ids && peer->push == P2P_PUSH_ID && extra > 0)
        extra--;
    }
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (peer->push == P2P_PUSH_WITHHELD || (peer->send_ids && extra == 0))
        continue;
      extra -= peer->send_ids;
      peer->push = p2p_mesh_hand_to (peer, message, P2P_LINK_SEND_DEFAULT, NULL) ? P2P_PUSH_TAKEN : P2P_PUSH_FAILED;
      taken += peer->push == P2P_PUSH_TAKEN;
    }
  if (taken == 0)
    return 0;
  p2p_mesh_keep (self, message);
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (peer->push == P2P_PUSH_ID)
        taken += p2p_mesh_pass_on (peer, message, FALSE);
      else if (peer->push == P2P_PUSH_FAILED && may_announce (peer, message))
        announce (peer, message);
    }
  return taken;
}

/* He has it: it need not be announced to him. */
static void
withdraw (P2pPeer *peer, const guint8 *id)
{
  if (peer->announce == NULL)
    return;
  for (guint at = 0; at < peer->announce->len; at += P2P_CONTROL_ID_LENGTH)
    if (memcmp (peer->announce->data + at, id, P2P_CONTROL_ID_LENGTH) == 0)
      {
        g_byte_array_remove_range (peer->announce, at, P2P_CONTROL_ID_LENGTH);
        return;
      }
}

/* Once a link, as soon as both have said who they are. */
void
p2p_mesh_offer (P2pPeer *peer)
{
  if (peer->offered || !peer->hello_sent || !is_lazy (peer))
    return;
  offer_all (peer);
  if (!peer->offered)
    plan_round (peer->node);
}

void
p2p_mesh_keep (P2pMeshNode *self, P2pMessage *message)
{
  p2p_message_cache_put (self->cache, message, p2p_clock_now (self->env->clock));
}

/* ---- who sends us bodies ---- */

static void
count_feeds (P2pMeshNode *self, guint *links, guint *feeds)
{
  *links = *feeds = 0;
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (!is_lazy (peer))
        continue;
      ++*links;
      if (!peer->pruned)
        ++*feeds;
    }
}

static void
change_feed (P2pPeer *peer, gboolean pruned)
{
  peer->pruned = pruned;
  peer->feed_changed = p2p_clock_now (peer->node->env->clock);
  p2p_mesh_send_control (peer, pruned ? P2P_CONTROL_PRUNE : P2P_CONTROL_GRAFT, NULL, 0);
}

static gboolean
may_change (P2pPeer *peer)
{
  return peer->feed_changed == 0 || p2p_clock_now (peer->node->env->clock) - peer->feed_changed >= CHANGE_SPAN;
}

/* The first copies came by the shortest ways, or the safest ones: who brings one more than are needed need not. */
void
p2p_mesh_note_duplicate (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  const guint8 *id = p2p_message_peek_id (message);
  guint copies = p2p_message_cache_count_copy (self->cache, id, p2p_clock_now (self->env->clock));
  guint links, feeds;

  if (!is_lazy (peer))
    return;
  withdraw (peer, id);
  if (peer->pruned || copies <= self->limits.eager_feeds || !may_change (peer))
    return;
  count_feeds (self, &links, &feeds);
  if (links > self->limits.eager_links && feeds > self->limits.eager_feeds)
    change_feed (peer, TRUE);
}

void
p2p_mesh_graft (P2pPeer *peer)
{
  if (is_lazy (peer) && peer->pruned && may_change (peer))
    change_feed (peer, FALSE);
}

/* After a loss: bodies from as many links as before, at once. */
static void
keep_feeds (P2pMeshNode *self)
{
  guint links, feeds;

  count_feeds (self, &links, &feeds);
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (links > self->limits.eager_links && feeds >= self->limits.eager_feeds)
        return;
      if (!is_lazy (peer) || !peer->pruned)
        continue;
      change_feed (peer, FALSE);
      feeds++;
    }
}

void
p2p_mesh_lazy_ended (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  p2p_mesh_unwant_from (peer);
  if (!self->closed)
    keep_feeds (self);
}

/* ---- what others tell us ---- */

/* Who says it can do this, on a link that counts: a link that lost against another may have it on its way. */
static gboolean
is_expected (P2pPeer *peer)
{
  if (is_lazy (peer))
    return TRUE;
  if (peer->state == P2P_PEER_ESTABLISHED)
    p2p_mesh_drop (peer->node, peer, P2P_DROP_UNEXPECTED, NULL);
  else
    p2p_mesh_node_note_drop (peer->node, peer, P2P_DROP_UNEXPECTED, NULL);
  return FALSE;
}

static void
take_change (P2pPeer *peer, gboolean send_ids)
{
  P2pMeshNode *self = peer->node;

  if (!is_expected (peer))
    return;
  if (!p2p_rate_window_take (&peer->changes, p2p_clock_now (self->env->clock), CHANGES_A_WINDOW, CHANGES_WINDOW_SECONDS))
    p2p_mesh_drop (self, peer, P2P_DROP_RATE, NULL);
  else
    peer->send_ids = send_ids;
}

void
p2p_mesh_handle_prune (P2pPeer *peer)
{
  take_change (peer, TRUE);
}

void
p2p_mesh_handle_graft (P2pPeer *peer)
{
  take_change (peer, FALSE);
}

void
p2p_mesh_handle_ihave (P2pPeer *peer, const guint8 *ids, gsize n_ids)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  gboolean too_many = FALSE;
  guint links, feeds, share;

  if (!is_expected (peer))
    return;
  self->counters.ihave_in += n_ids;
  count_feeds (self, &links, &feeds);
  share = self->limits.awaited_messages / MAX (links, LEAST_SHARERS);
  for (gsize i = 0; i < n_ids; i++)
    {
      const guint8 *id = ids + i * P2P_CONTROL_ID_LENGTH;

      withdraw (peer, id);
      if (!p2p_seen_set_contains (self->seen, id, now))
        too_many |= !p2p_mesh_want (peer, id, share);
    }
  /* He cannot know our limits. */
  if (too_many)
    p2p_mesh_node_note_drop (self, peer, P2P_DROP_TOO_MANY, NULL);
}

/* Another key for each node and time: what is given to a node is remembered when its link ends. */
static gboolean
may_give (P2pPeer *peer, const guint8 *id, gboolean given)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  guint8 key[P2P_CONTROL_ID_LENGTH];

  for (guint i = 0; i < sizeof key; i++)
    key[i] = id[i] ^ peer->number[i];
  for (guint time = 0; time < self->limits.serves; time++)
    {
      guint32 mixed;

      memcpy (&mixed, key, sizeof mixed);
      mixed ^= time;
      memcpy (key, &mixed, sizeof mixed);
      if (given ? p2p_seen_set_add (self->served, key, now) : !p2p_seen_set_contains (self->served, key, now))
        return TRUE;
    }
  return FALSE;
}

void
p2p_mesh_handle_iwant (P2pPeer *peer, const guint8 *ids, gsize n_ids)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  gboolean repeated = FALSE;
  gboolean missing = FALSE;

  if (!is_expected (peer))
    return;
  self->counters.iwant_in += n_ids;
  for (gsize i = 0; i < n_ids; i++)
    {
      const guint8 *id = ids + i * P2P_CONTROL_ID_LENGTH;
      P2pMessage *message = p2p_message_cache_get (self->cache, id, now);

      if (message == NULL)
        missing = TRUE;
      else if (!may_give (peer, id, FALSE))
        repeated = TRUE;
      /* What does not fit is asked for again. */
      else if (is_busy (peer))
        {
          p2p_mesh_drop_outgoing (peer, P2P_DROP_QUEUE_FULL, message);
          break;
        }
      else if (p2p_mesh_hand_to (peer, message, P2P_LINK_SEND_DEFAULT, NULL))
        may_give (peer, id, TRUE);
    }
  if (missing)
    p2p_mesh_node_note_drop (self, peer, P2P_DROP_NOT_HELD, NULL);
  if (repeated)
    p2p_mesh_node_note_drop (self, peer, P2P_DROP_RATE, NULL);
}
