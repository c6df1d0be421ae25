/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Links to neighbours: who is at the other end, one of ours or a node of the originals, and whether it stores. */
#include "p2p-chord-node-private.h"

#include "../wire/p2p-base58.h"

/* A node of ours says HELLO right behind its handshake; who said nothing by then is an original that has nothing to say. */
#define HELLO_SPAN G_TIME_SPAN_SECOND

P2pChordLink *
p2p_chord_find_link (P2pChordNode *self, P2pPeer *peer)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = g_ptr_array_index (self->links, i);

      if (link->peer == peer)
        return link;
    }
  return NULL;
}

P2pChordLink *
p2p_chord_find_link_by_id (P2pChordNode *self, const char *id)
{
  P2pPeer *peer = p2p_mesh_node_find_peer (self->mesh, id);

  return peer != NULL ? p2p_chord_find_link (self, peer) : NULL;
}

void
p2p_chord_link_know (P2pChordLink *self, gboolean is_original)
{
  /* It was late in saying HELLO. */
  if (self->known && self->is_original && !is_original)
    {
      p2p_chord_names_stop (self);
      p2p_chord_ring_link_removed (self);
    }
  else if (self->known)
    return;
  p2p_clock_cancel (p2p_chord_clock (self->node), self->known_timer);
  self->known_timer = 0;
  self->known = TRUE;
  self->is_original = is_original;
  if (!is_original)
    p2p_chord_names_begin (self);
  p2p_chord_ring_link_added (self);
}

static void
known_cb (gpointer data)
{
  P2pChordLink *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->known_timer = 0;
  p2p_mesh_node_enter (mesh);
  p2p_chord_link_know (self, TRUE);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_link_begin (P2pChordNode *node, P2pPeer *peer)
{
  P2pChordLink *self = g_new0 (P2pChordLink, 1);

  self->node = node;
  self->peer = p2p_peer_ref (peer);
  self->n_values = self->n_bytes = -1;
  g_ptr_array_add (node->links, self);
  if (p2p_peer_is_own (peer))
    p2p_chord_link_know (self, FALSE);
  else
    self->known_timer = p2p_clock_schedule (p2p_chord_clock (node), HELLO_SPAN, known_cb, self);
  /* Who was called says it in any case, as the originals do. */
  if (!p2p_peer_get_outgoing (peer) || p2p_chord_is_taking (node))
    p2p_chord_send_meta (self);
}

/* It is in no list any more when others hear of it. */
void
p2p_chord_link_end (P2pChordLink *self)
{
  P2pChordNode *node = self->node;
  guint index;

  /* What it wrote is there, and nobody signed it. */
  if (self->is_original && self->member != NULL)
    self->node->had_original = TRUE;
  if (g_ptr_array_find (node->links, self, &index))
    g_ptr_array_remove_index (node->links, index);
  p2p_clock_cancel (p2p_chord_clock (node), self->known_timer);
  p2p_chord_names_stop (self);
  if (self->member != NULL)
    p2p_chord_ring_remove_contact (node->ring, self->member);
  if (self->known)
    p2p_chord_ring_link_removed (self);
  p2p_chord_asking_link_removed (self);
  p2p_chord_emit_ring (node);
  g_clear_pointer (&self->member, p2p_chord_member_unref);
  p2p_peer_unref (self->peer);
  g_free (self);
}

static P2pChordMember *
make_member (P2pChordLink *self, const P2pChordPlace *place)
{
  const char *id = p2p_peer_get_id (self->peer);
  guint8 number[P2P_BASE58_MAX_BYTES];
  P2pChordMember *member;
  P2pChordPlace own;

  if (place == NULL && self->node->k > 0)
    return NULL;
  if (place == NULL)
    {
      if (!p2p_base58_decode_fixed (id, number, sizeof number, NULL))
        return NULL;
      p2p_chord_place_init (&own, 0, number, sizeof number);
      place = &own;
    }
  member = p2p_chord_member_new (place, id, p2p_peer_get_host (self->peer), p2p_peer_get_port (self->peer));
  member->is_original = self->is_original;
  return member;
}

void
p2p_chord_link_set_storing (P2pChordLink *self, gboolean storing, const P2pChordPlace *place)
{
  P2pChordNode *node = self->node;
  g_autoptr (P2pChordMember) old = g_steal_pointer (&self->member);
  gboolean changed = self->storing != storing;

  self->storing = storing;
  self->member = storing ? make_member (self, place) : NULL;
  if (self->member != NULL && old != NULL && p2p_chord_member_equal (self->member, old))
    {
      g_clear_pointer (&self->member, p2p_chord_member_unref);
      self->member = g_steal_pointer (&old);
    }
  else if (self->member != NULL || old != NULL)
    {
      changed = TRUE;
      if (old != NULL)
        p2p_chord_ring_remove_contact (node->ring, old);
      if (self->member != NULL)
        p2p_chord_ring_add_contact (node->ring, self->member);
    }
  if (!changed)
    return;
  p2p_chord_ring_link_changed (self);
  p2p_chord_emit_ring (node);
}
