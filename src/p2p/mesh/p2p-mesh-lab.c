/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Made worse on purpose, at this node alone: slow links (p2p-link-lab.c), messages that get lost, a network that is split. Over TCP nothing gets
 * lost on a link that lives: what is lost here is a message whole, on its way in or out. The frames by which two nodes set up and
 * keep their link are not: a link that is broken for good would show nothing but itself.
 *
 * A split ends the links to those on the other side and lets none come about. What they say still comes if somebody else passes it on.
 */
#include "p2p-mesh-node-private.h"

typedef struct {
  char *id;
  char *host;
  guint16 port;
} P2pSplitOff;

static void
free_split_off (gpointer data)
{
  P2pSplitOff *off = data;

  g_free (off->id);
  g_free (off->host);
  g_free (off);
}

/* ---- delay and loss ---- */

static void
for_each_link (P2pMeshNode *self, void (*func) (P2pLink *link))
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);

  for (guint i = 0; i < self->table->len; i++)
    g_ptr_array_add (peers, p2p_peer_ref (g_ptr_array_index (self->table, i)));
  for (guint i = 0; i < peers->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (peers, i);

      if (peer->node == self && peer->link != NULL)
        func (peer->link);
    }
}

void
p2p_mesh_node_set_lab (P2pMeshNode *self, guint delay, guint jitter, guint loss)
{
  self->lab.delay = MIN (delay, P2P_LAB_MAX_DELAY) * G_TIME_SPAN_MILLISECOND;
  self->lab.jitter = MIN (jitter, P2P_LAB_MAX_DELAY) * G_TIME_SPAN_MILLISECOND;
  self->lab_loss = MIN (loss, P2P_LAB_ALL_LOST);
  if (self->closed || self->lab.delay > 0 || self->lab.jitter > 0)
    return;
  /* what waited for nothing else */
  p2p_mesh_node_enter (self);
  for_each_link (self, p2p_link_hurry);
  p2p_mesh_node_leave (self);
}

void
p2p_mesh_node_get_lab (P2pMeshNode *self, guint *delay, guint *jitter, guint *loss)
{
  *delay = (guint) (self->lab.delay / G_TIME_SPAN_MILLISECOND);
  *jitter = (guint) (self->lab.jitter / G_TIME_SPAN_MILLISECOND);
  *loss = self->lab_loss;
}

static gboolean
keeps_link (P2pMessage *message)
{
  switch (p2p_message_get_subflag (message))
    {
    case P2P_SUBFLAG_CONTROL:
    case P2P_SUBFLAG_HANDSHAKE:
    case P2P_SUBFLAG_COMPRESSION:
    case P2P_SUBFLAG_RESEND:
      return p2p_message_get_flag (message) != P2P_FLAG_BROADCAST;
    default:
      return p2p_message_get_flag (message) == P2P_FLAG_RENEGOTIATE;
    }
}

gboolean
p2p_mesh_lab_loses (P2pPeer *peer, P2pMessage *message)
{
  guint32 number;

  if (peer->state != P2P_PEER_ESTABLISHED || keeps_link (message))
    return FALSE;
  p2p_random_fill (peer->node->env->random, (guint8 *) &number, sizeof number);
  return (guint64) number * P2P_LAB_ALL_LOST >> 32 < peer->node->lab_loss;
}

/* ---- split ---- */

GError *
p2p_mesh_new_split_error (const char *what)
{
  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_SPLIT, "%s is on the other side of a split that was made on purpose: lab mode", what);
}

gboolean
p2p_mesh_node_has_split (P2pMeshNode *self)
{
  return self->split;
}

gboolean
p2p_mesh_node_is_split (P2pMeshNode *self, const char *id)
{
  if (G_LIKELY (!self->split))
    return FALSE;
  return self->split_ids == NULL || (id != NULL && g_strv_contains ((const char * const *) self->split_ids, id));
}

static P2pPeer *
find_split_peer (P2pMeshNode *self)
{
  /* as of a block: a link that lost must not come back in the place of the one that won */
  GPtrArray *lists[] = { self->pending, self->draining, self->table };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      {
        P2pPeer *peer = g_ptr_array_index (lists[i], j);

        if (p2p_mesh_node_is_split (self, peer->id) || p2p_mesh_node_is_split (self, peer->hello_id))
          return peer;
      }
  return NULL;
}

static void
cut_off (P2pMeshNode *self, P2pPeer *peer)
{
  g_autoptr (GError) error = p2p_mesh_new_split_error (peer->id != NULL ? peer->id : peer->socket_host);

  /* where one came in he says himself where he is: that leads no further than lists of others do */
  if (peer->state == P2P_PEER_ESTABLISHED && (peer->dial_host != NULL || p2p_scope_may_lead_to (peer->socket_host, p2p_peer_get_host (peer))))
    {
      P2pSplitOff *off = g_new0 (P2pSplitOff, 1);

      off->id = g_strdup (peer->id);
      off->host = g_strdup (peer->dial_host != NULL ? peer->dial_host : p2p_peer_get_host (peer));
      off->port = peer->dial_host != NULL ? peer->dial_port : p2p_peer_get_port (peer);
      g_ptr_array_add (self->split_off, off);
    }
  p2p_mesh_peer_end (peer, g_error_copy (error));
}

/* Who is on this side again is dialled where he was, and as good as new. */
static void
join (P2pMeshNode *self)
{
  for (guint i = 0; i < p2p_address_book_get_n (self->book); i++)
    {
      P2pKnown *known = p2p_address_book_get (self->book, i);

      if (!p2p_mesh_is_kept_out (self, known->id, known->host) && known->state != P2P_ADDRESS_STATE_DIALLING && known->state != P2P_ADDRESS_STATE_LINKED)
        p2p_address_book_renew (known);
    }
  for (guint i = 0; i < self->split_off->len;)
    {
      P2pSplitOff *off = g_ptr_array_index (self->split_off, i);

      if (p2p_mesh_is_kept_out (self, off->id, off->host))
        {
          i++;
          continue;
        }
      if (p2p_mesh_is_wanted (self, off->host, off->port, off->id))
        p2p_mesh_node_dial (self, off->host, off->port, off->id, NULL, TRUE, NULL);
      g_ptr_array_remove_index (self->split_off, i);
    }
  p2p_mesh_heal (self);
}

void
p2p_mesh_node_split (P2pMeshNode *self, const char * const *ids)
{
  g_autoptr (GError) error = NULL;
  P2pPeer *peer;

  if (self->split_off == NULL)
    self->split_off = g_ptr_array_new_with_free_func (free_split_off);
  g_strfreev (self->split_ids);
  self->split_ids = g_strdupv ((char **) ids);
  self->split = TRUE;
  if (self->closed)
    return;
  p2p_mesh_log (self, 1, "the network is split on purpose");
  p2p_mesh_node_enter (self);
  error = p2p_mesh_new_split_error ("A node");
  p2p_mesh_node_cancel_blocked_dials (self, error);
  if (ids == NULL)
    p2p_mesh_end_requests (self, error);
  while ((peer = find_split_peer (self)) != NULL)
    cut_off (self, peer);
  join (self);
  p2p_mesh_node_leave (self);
}

void
p2p_mesh_node_end_split (P2pMeshNode *self)
{
  if (!self->split)
    return;
  self->split = FALSE;
  g_clear_pointer (&self->split_ids, g_strfreev);
  if (self->closed)
    return;
  p2p_mesh_log (self, 1, "the split is over");
  p2p_mesh_node_enter (self);
  join (self);
  p2p_mesh_node_leave (self);
}

void
p2p_mesh_lab_clear (P2pMeshNode *self)
{
  g_clear_pointer (&self->split_ids, g_strfreev);
  g_clear_pointer (&self->split_off, g_ptr_array_unref);
}
