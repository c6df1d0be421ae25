/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Whom the program blocked: by id, by host, or both.
 *
 * There is no link to or from him, nobody's list makes us dial him, and what he says to everybody is not told to the program. It is passed
 * on all the same: the others did not block him, and a network in which some nodes swallow what they do not like has holes that nobody can
 * explain. For the same reason what he writes into a table is taken: the tables of all nodes have to be equal, whoever wrote what.
 * An id is a claim as long as nothing is signed: he may come back under another, and somebody else may use his.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"

GError *
p2p_mesh_new_blocked_error (const char *what)
{
  return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_BLOCKED, "%s is blocked here", what);
}

gboolean
p2p_mesh_is_kept_out (P2pMeshNode *self, const char *id, const char *host)
{
  return p2p_mesh_node_is_blocked (self, id, host) || p2p_mesh_node_is_split (self, id);
}

GError *
p2p_mesh_new_kept_out_error (P2pMeshNode *self, const char *id, const char *host)
{
  if (p2p_mesh_node_is_blocked (self, id, host))
    return p2p_mesh_new_blocked_error (p2p_mesh_node_is_blocked (self, id, NULL) ? id : host);
  return p2p_mesh_new_split_error (id != NULL ? id : host);
}

P2pDropReason
p2p_mesh_get_kept_out_reason (P2pMeshNode *self, const char *id, const char *host)
{
  return p2p_mesh_node_is_blocked (self, id, host) ? P2P_DROP_BLOCKED : P2P_DROP_LAB;
}

gboolean
p2p_mesh_node_is_blocked (P2pMeshNode *self, const char *id, const char *host)
{
  return p2p_block_list_has_id (self->blocked, id) || p2p_block_list_has_host (self->blocked, host);
}

gboolean
p2p_mesh_is_blocked_sender (P2pMeshNode *self, P2pMessage *message)
{
  return p2p_block_list_has_id (self->blocked, p2p_message_get_sender (message));
}

static gboolean
is_blocked_peer (P2pMeshNode *self, P2pPeer *peer)
{
  return p2p_mesh_node_is_blocked (self, peer->id, peer->socket_host) || p2p_mesh_node_is_blocked (self, peer->hello_id, peer->dial_host);
}

static P2pPeer *
find_blocked_peer (P2pMeshNode *self)
{
  /* A link that lost before the one that won: it must not come back in its place. */
  GPtrArray *lists[] = { self->pending, self->draining, self->table };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      if (is_blocked_peer (self, g_ptr_array_index (lists[i], j)))
        return g_ptr_array_index (lists[i], j);
  return NULL;
}

static gboolean
check_host (P2pMeshNode *self, const char *host, GError **error)
{
  const char *own[] = { self->host, self->lan_host, p2p_mesh_node_get_out_host (self) };
  g_autofree char *wanted = NULL;

  if (host == NULL || *host == '\0' || strlen (host) > P2P_MAX_HOST_LENGTH)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS, "“%.64s” is neither an IP address nor the name of a computer", host != NULL ? host : "");
      return FALSE;
    }
  wanted = p2p_block_list_dup_host (host);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *ours = own[i] != NULL ? p2p_block_list_dup_host (own[i]) : NULL;

      if (g_strcmp0 (wanted, ours) == 0)
        {
          g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF, "%s is this node’s own address", host);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_id (P2pMeshNode *self, const char *id, GError **error)
{
  if (id == NULL || *id == '\0' || strlen (id) > P2P_LIMIT_ID_CHARS || !p2p_base58_is_valid (id, strlen (id)))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS, "“%.96s” is not the id of a node", id != NULL ? id : "");
      return FALSE;
    }
  if (g_str_equal (id, self->id))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF, "That is this node’s own id");
      return FALSE;
    }
  return TRUE;
}

gboolean
p2p_mesh_node_block (P2pMeshNode *self, P2pBlockKind kind, const char *what, GError **error)
{
  g_autoptr (GError) reason = NULL;
  P2pPeer *peer;

  if (kind == P2P_BLOCK_ID ? !check_id (self, what, error) : !check_host (self, what, error))
    return FALSE;
  if (p2p_block_list_has_id (self->blocked, kind == P2P_BLOCK_ID ? what : NULL) || p2p_block_list_has_host (self->blocked, kind == P2P_BLOCK_HOST ? what : NULL))
    return TRUE;
  if (p2p_block_list_get_n (self->blocked) >= self->limits.blocked)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY, "%u nodes and addresses are blocked already, which is as many as may be", self->limits.blocked);
      return FALSE;
    }
  p2p_block_list_add (self->blocked, kind, what);
  if (self->closed)
    return TRUE;
  reason = p2p_mesh_new_blocked_error (what);
  p2p_mesh_log (self, 1, "%s", reason->message);
  p2p_mesh_node_enter (self);
  p2p_mesh_node_cancel_blocked_dials (self, reason);
  if (kind == P2P_BLOCK_ID)
    p2p_mesh_end_requests_for (self, what, reason);
  while ((peer = find_blocked_peer (self)) != NULL)
    p2p_mesh_peer_end (peer, g_error_copy (reason));
  p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
  return TRUE;
}

gboolean
p2p_mesh_node_unblock (P2pMeshNode *self, P2pBlockKind kind, const char *what)
{
  g_autofree char *host = kind == P2P_BLOCK_HOST ? p2p_block_list_dup_host (what) : NULL;

  if (!p2p_block_list_remove (self->blocked, kind, what))
    return FALSE;
  if (self->closed)
    return TRUE;
  p2p_mesh_node_enter (self);
  /* He is as good as new: no pause of before keeps him waiting. */
  for (guint i = 0; i < p2p_address_book_get_n (self->book); i++)
    {
      P2pKnown *known = p2p_address_book_get (self->book, i);
      g_autofree char *theirs = kind == P2P_BLOCK_HOST ? p2p_block_list_dup_host (known->host) : g_strdup (known->id);

      if (g_strcmp0 (theirs, kind == P2P_BLOCK_HOST ? host : what) == 0 && !p2p_mesh_node_is_blocked (self, known->id, known->host) &&
          known->state != P2P_ADDRESS_STATE_DIALLING && known->state != P2P_ADDRESS_STATE_LINKED)
        p2p_address_book_renew (known);
    }
  p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
  return TRUE;
}

char **
p2p_mesh_node_dup_blocked (P2pMeshNode *self, P2pBlockKind kind)
{
  return p2p_block_list_dup (self->blocked, kind);
}
