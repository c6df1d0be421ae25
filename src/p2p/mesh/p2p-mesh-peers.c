/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Peers lists: what we tell of our neighbours, and whom we dial of those that others tell of. */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* Addresses kept for later, when a link is lost or a dial fails. */
#define MAX_CANDIDATES 64
/* Nodes that our program parted from and that are remembered. */
#define MAX_PARTED 64
/* Dials of addresses that others told, in a minute: whoever tells a victim's address makes no flood of it. */
#define DIALS_A_MINUTE 16
/* Links lost together ask once. */
#define ASK_SPAN G_TIME_SPAN_SECOND

static void
free_candidate (gpointer data)
{
  P2pCandidate *candidate = data;

  g_free (candidate->host);
  g_free (candidate->id);
  g_free (candidate->named_by);
  g_free (candidate);
}

void
p2p_mesh_clear_candidates (P2pMeshNode *self)
{
  g_queue_clear_full (&self->candidates, free_candidate);
  g_queue_clear_full (&self->parted, g_free);
}

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

void
p2p_mesh_send_peers (P2pPeer *peer, guint most)
{
  P2pMeshNode *self = peer->node;
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  GVariant *packets[2];
  guint n = 0;

  for (guint i = 0; i < self->table->len && n < most; i++)
    {
      P2pPeer *other = g_ptr_array_index (self->table, i);
      GVariant *entry[2];

      /* An address of this machine or wire is no use, and no business, of who is elsewhere. */
      if (other == peer || other->host == NULL || g_str_equal (other->id, peer->id) ||
          !p2p_scope_may_lead_to (peer->socket_host, other->host))
        continue;
      entry[0] = g_variant_new_variant (p2p_mesh_value_new_address (other->host, other->port));
      entry[1] = g_variant_new_variant (new_id_for (peer, other));
      g_variant_builder_add (&list, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, entry, G_N_ELEMENTS (entry)));
      n++;
    }
  packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_PEERS));
  packets[1] = g_variant_new_variant (g_variant_builder_end (&list));
  p2p_mesh_whisper (peer, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
}

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
}

static gboolean
is_wanted (P2pMeshNode *self, const char *host, guint16 port, const char *id)
{
  const char *own_host = p2p_mesh_node_get_out_host (self);

  if (g_str_equal (id, self->id) || find_parted (self, id) != NULL || p2p_mesh_node_find_peer (self, id) != NULL || p2p_mesh_node_is_dialling (self, host, port, id))
    return FALSE;
  return own_host == NULL || port != p2p_mesh_node_get_out_port (self) || !g_str_equal (host, own_host);
}

static gboolean
is_candidate (P2pMeshNode *self, const char *id)
{
  for (GList *l = self->candidates.head; l != NULL; l = l->next)
    if (g_str_equal (((P2pCandidate *) l->data)->id, id))
      return TRUE;
  return FALSE;
}

static void
take_entry (P2pPeer *source, GVariant *entry)
{
  P2pMeshNode *self = source->node;
  g_autoptr (GVariant) address = p2p_mesh_value_get_child (entry, 0);
  g_autoptr (GVariant) named = p2p_mesh_value_get_child (entry, 1);
  g_autofree char *id = p2p_mesh_value_dup_id (named);
  g_autofree char *host = NULL;
  guint16 port;
  P2pCandidate *candidate;

  if (id == NULL || !p2p_mesh_value_get_address (address, &host, &port))
    {
      p2p_mesh_drop (self, source, P2P_DROP_SHAPE, NULL);
      return;
    }
  if (host == NULL || !is_wanted (self, host, port, id) || is_candidate (self, id))
    return;
  if (!p2p_scope_may_lead_to (source->socket_host, host))
    {
      p2p_mesh_log (self, 3, "not dialling %s, which %s told", host, source->socket_host);
      return;
    }
  candidate = g_new (P2pCandidate, 1);
  *candidate = (P2pCandidate) { g_steal_pointer (&host), port, g_steal_pointer (&id), g_strdup (source->socket_host) };
  g_queue_push_tail (&self->candidates, candidate);
  if (self->candidates.length > MAX_CANDIDATES)
    free_candidate (g_queue_pop_head (&self->candidates));
}

void
p2p_mesh_handle_peers (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GVariant) list = p2p_message_get_packet (message, 1);
  gsize n;

  p2p_mesh_log (self, 5, "handler: peers");
  if (list == NULL || !g_variant_is_of_type (list, G_VARIANT_TYPE ("av")))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  n = MIN (g_variant_n_children (list), self->limits.peers_per_list);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = p2p_mesh_value_get_child (list, i);

      take_entry (peer, entry);
    }
  p2p_mesh_dial_candidates (self);
}

static void
dial_more_cb (gpointer data)
{
  P2pMeshNode *self = data;

  self->dial_timer = 0;
  p2p_mesh_node_enter (self);
  p2p_mesh_dial_candidates (self);
  p2p_mesh_node_leave (self);
}

static gboolean
take_dial_token (P2pMeshNode *self)
{
  gint64 now = p2p_clock_now (self->env->clock);

  self->dial_tokens = MIN (self->dial_tokens + (now - self->dial_filled) * (double) DIALS_A_MINUTE / G_TIME_SPAN_MINUTE, DIALS_A_MINUTE);
  self->dial_filled = now;
  if (self->dial_tokens >= 1)
    {
      self->dial_tokens -= 1;
      return TRUE;
    }
  if (self->dial_timer == 0)
    self->dial_timer = p2p_clock_schedule (self->env->clock, G_TIME_SPAN_MINUTE / DIALS_A_MINUTE, dial_more_cb, self);
  return FALSE;
}

void
p2p_mesh_dial_candidates (P2pMeshNode *self)
{
  while (!self->closed && self->candidates.length > 0 && self->dials->len < self->limits.dials_in_flight &&
         p2p_mesh_node_count_outgoing (self) < self->max_outgoing)
    {
      P2pCandidate *candidate = g_queue_peek_head (&self->candidates);

      if (is_wanted (self, candidate->host, candidate->port, candidate->id))
        {
          if (!take_dial_token (self) ||
              !p2p_mesh_node_dial (self, candidate->host, candidate->port, candidate->id, candidate->named_by, NULL))
            return;
        }
      free_candidate (g_queue_pop_head (&self->candidates));
    }
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
