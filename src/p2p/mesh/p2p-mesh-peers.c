/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Peers lists: what we tell of our neighbours, and whom we dial of those that others tell of. */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* Links lost together ask once. */
#define ASK_SPAN G_TIME_SPAN_SECOND
/* Who has fewer links than it wishes asks its neighbours whom they know by now: soon, then ever less often. A list is told with a
 * handshake only, and who was alone with one neighbour then would be alone without it. */
#define FIRST_DISCOVERY (2 * G_TIME_SPAN_SECOND)
#define ASK_FOR_SPEAKER_SPAN (10 * G_TIME_SPAN_SECOND)

/*
 * py2p files a node under the form that the node itself gave its id, and dials those of a list that it does not find: towards it
 * the id of another py2p is bytes, or it would dial a neighbour again, close one of the two links, and stumble (quirk B1).
 */
static GVariant *
new_id_for (P2pPeer *receiver, P2pPeer *other)
{
  if (receiver->id_form == P2P_ID_FORM_BIN && other->id_form == P2P_ID_FORM_BIN)
    return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, other->id, strlen (other->id), 1);
  return g_variant_new_string (other->id);
}

/*
 * js2p throws, and with that drops who sent the list, when it comes to a second node to dial before the first one has answered
 * (quirk J3); the lists of those that it dials instead are the next to make it do so, many times a second. So it is told of one
 * node a list, each time of another.
 */
static gboolean
dials_one_at_a_time (P2pPeer *peer)
{
  return p2p_mesh_is_original (peer) && peer->id_form == P2P_ID_FORM_STR;
}

void
p2p_mesh_send_peers (P2pPeer *peer, guint most)
{
  P2pMeshNode *self = peer->node;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  GVariant *packets[2];
  gboolean one = dials_one_at_a_time (peer);
  guint first = one ? peer->peers_told : 0;
  guint n = 0;

  for (guint i = 0; i < self->table->len && n < (one ? MIN (most, 1) : most); i++)
    {
      guint at = (first + i) % self->table->len;
      P2pPeer *other = g_ptr_array_index (self->table, at);
      GVariant *entry[2];

      /* An address of this machine or wire is no use, and no business, of who is elsewhere. */
      if (other == peer || other->host == NULL || g_str_equal (other->id, peer->id) ||
          !p2p_scope_may_lead_to (peer->socket_host, other->host))
        continue;
      entry[0] = g_variant_new_variant (p2p_mesh_value_new_address (other->host, other->port));
      entry[1] = g_variant_new_variant (new_id_for (peer, other));
      g_variant_builder_add (&list, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, entry, G_N_ELEMENTS (entry)));
      n++;
      peer->peers_told = at + 1;
    }
  packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_PEERS));
  packets[1] = g_variant_new_variant (g_variant_builder_end (&list));
  p2p_mesh_whisper (peer, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
}

/* ids: nullable; takes the id too, where it is one. */
static void
take_entry (P2pPeer *source, GVariant *entry, GPtrArray *ids)
{
  P2pMeshNode *self = source->node;
  g_autoptr (GVariant) address = p2p_mesh_value_get_child (entry, 0);
  g_autoptr (GVariant) named = p2p_mesh_value_get_child (entry, 1);
  g_autofree char *id = p2p_mesh_value_dup_id (named);
  g_autofree char *host = NULL;
  guint16 port;

  if (id == NULL || !p2p_mesh_value_get_address (address, &host, &port))
    {
      p2p_mesh_drop (self, source, P2P_DROP_SHAPE, NULL);
      return;
    }
  if (host != NULL)
    p2p_mesh_note_told (source, host, port, id);
  if (ids != NULL)
    g_ptr_array_add (ids, g_steal_pointer (&id));
}

void
p2p_mesh_handle_peers (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GVariant) list = p2p_message_get_packet (message, 1);
  g_autoptr (GPtrArray) ids = NULL;
  gsize n;

  p2p_mesh_log (self, 5, "handler: peers");
  if (list == NULL || !g_variant_is_of_type (list, G_VARIANT_TYPE ("av")))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  n = MIN (g_variant_n_children (list), self->limits.peers_per_list);
  if (self->events != NULL && self->events->told != NULL)
    ids = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = p2p_mesh_value_get_child (list, i);

      take_entry (peer, entry, ids);
    }
  if (ids != NULL)
    {
      g_ptr_array_add (ids, NULL);
      p2p_mesh_node_emit_told (self, peer, (char **) g_ptr_array_free (g_steal_pointer (&ids), FALSE));
    }
  p2p_mesh_heal (self);
}

/* `*` as bin: py2p takes the str, which it sends itself, for an id (quirk B1). */
void
p2p_mesh_ask_peer (P2pPeer *peer)
{
  GVariant *packets[2] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_REQUEST)),
    g_variant_new_variant (p2p_mesh_value_new_bin ("*")),
  };

  p2p_mesh_whisper (peer, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
}

void
p2p_mesh_node_request_peers (P2pMeshNode *self)
{
  self->asked_for_peers = p2p_clock_now (self->env->clock);
  for (guint i = 0; i < self->table->len; i++)
    p2p_mesh_ask_peer (g_ptr_array_index (self->table, i));
}

/* Somebody speaks whom we know no way to: some original may know one. Among originals nobody tells of those who come later. */
void
p2p_mesh_note_speaker (P2pPeer *source, const char *id)
{
  P2pMeshNode *self = source->node;
  gint64 now = p2p_clock_now (self->env->clock);

  if (source->is_own || source->state != P2P_PEER_ESTABLISHED || g_str_equal (id, self->id) || p2p_mesh_node_find_peer (self, id) != NULL)
    return;
  if ((self->asked_for_speaker != 0 && now - self->asked_for_speaker < ASK_FOR_SPEAKER_SPAN) || p2p_address_book_find_id (self->book, id) != NULL)
    return;
  self->asked_for_speaker = now;
  /* Whoever brought it first may be further from him than others. */
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (!peer->is_own)
        p2p_mesh_ask_peer (peer);
    }
}

static void
ask_cb (gpointer data)
{
  P2pMeshNode *self = data;

  self->ask_timer = 0;
  p2p_mesh_ask_for_more (self);
}

void
p2p_mesh_ask_for_more (P2pMeshNode *self)
{
  gint64 now = p2p_clock_now (self->env->clock);

  if (self->table->len == 0 || self->ask_timer != 0 || p2p_mesh_node_count_outgoing (self) >= self->max_outgoing)
    return;
  if (self->asked_for_peers != 0 && now - self->asked_for_peers < ASK_SPAN)
    self->ask_timer = p2p_clock_schedule (self->env->clock, ASK_SPAN - (now - self->asked_for_peers), ask_cb, self);
  else
    p2p_mesh_node_request_peers (self);
}

static void
discover_cb (gpointer data)
{
  P2pMeshNode *self = data;

  self->discover_timer = 0;
  p2p_mesh_node_enter (self);
  self->discover_pause = MIN (self->discover_pause * 2, self->limits.discover_seconds * G_TIME_SPAN_SECOND);
  p2p_mesh_node_request_peers (self);
  p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
}

/* needed: fewer links than are wished for. */
void
p2p_mesh_discover (P2pMeshNode *self, gboolean needed)
{
  P2pClock *clock = self->env->clock;

  needed = needed && self->table->len > 0 && self->limits.discover_seconds > 0;
  if (needed == (self->discover_timer != 0))
    return;
  p2p_clock_cancel (clock, self->discover_timer);
  self->discover_timer = 0;
  if (!needed)
    return;
  self->discover_pause = MAX (self->discover_pause, FIRST_DISCOVERY);
  self->discover_timer = p2p_clock_schedule (clock, p2p_address_book_vary (self->book, self->discover_pause), discover_cb, self);
}
