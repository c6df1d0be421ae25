/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Dialling: by our program's wish, and of addresses that others told. */
#include "p2p-mesh-node-private.h"

#include "../wire/p2p-base58.h"

#include <string.h>

void
p2p_dial_free (P2pDial *dial)
{
  g_free (dial->host);
  g_free (dial->expected_id);
  g_free (dial->named_by);
  g_array_unref (dial->ops);
  g_free (dial);
}

/* A link that never came to be: told to whoever asked for it, to everybody, and kept. */
void
p2p_mesh_node_fail (P2pMeshNode *self, const char *host, guint16 port, GArray *ops, const GError *error)
{
  g_autofree char *address = p2p_address_to_text (host, port);
  g_autofree char *text = g_strdup_printf ("%s: %s", address, error->message);

  p2p_mesh_log (self, 1, "no link to %s: %s", address, error->message);
  p2p_mesh_node_add_status (self, error, text);
  if (ops != NULL)
    p2p_mesh_node_end_ops (self, ops, NULL, error);
  p2p_mesh_node_emit_failed (self, address, error);
}

/* A name may have led where an address would not have been followed to. Nothing was sent yet. */
static GError *
check_end (P2pDial *dial, P2pPipe *pipe)
{
  P2pPipeAddress address = { 0 };

  pipe->ops->get_peer (pipe, &address);
  if (p2p_mesh_is_kept_out (dial->node, NULL, address.host))
    return p2p_mesh_new_kept_out_error (dial->node, NULL, address.host);
  if (dial->named_by != NULL && address.host != NULL && !p2p_scope_may_lead_to (dial->named_by, address.host))
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS,
                        "%s leads to %s, where the node that told it may not send us", dial->host, address.host);
  return NULL;
}

static void
dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  P2pDial *dial = data;
  P2pMeshNode *self = dial->node;

  p2p_mesh_node_enter (self);
  g_ptr_array_remove (self->dials, dial);
  if (pipe != NULL)
    {
      g_autoptr (GError) refused = check_end (dial, pipe);

      if (refused != NULL)
        {
          pipe->ops->close (pipe);
          pipe = NULL;
          p2p_mesh_note_dial_failed (self, dial->host, dial->port, NULL, refused);
          p2p_mesh_node_fail (self, dial->host, dial->port, dial->ops, refused);
          if (dial->expected_id != NULL)
            p2p_mesh_requests_failed (self, dial->expected_id, refused);
        }
    }
  else if (pipe == NULL)
    {
      p2p_mesh_note_dial_failed (self, dial->host, dial->port, NULL, error);
      p2p_mesh_node_fail (self, dial->host, dial->port, dial->ops, error);
      if (dial->named_by != NULL && dial->expected_id != NULL)
        p2p_mesh_requests_failed (self, dial->expected_id, error);
    }
  if (pipe != NULL)
    p2p_mesh_node_adopt (self, pipe, dial);
  p2p_dial_free (dial);
  p2p_mesh_heal (self);
  p2p_mesh_node_leave (self);
}

gboolean
p2p_mesh_node_dial (P2pMeshNode *self, const char *host, guint16 port, const char *expected_id, const char *named_by,
                    gboolean automatic, const P2pMeshOp *op)
{
  P2pTransport *transport = self->env->transport;
  P2pDial *dial;

  if (self->table->len + self->pending->len + self->draining->len + self->dials->len >= self->limits.links)
    return FALSE;
  dial = g_new0 (P2pDial, 1);
  dial->node = self;
  dial->host = g_strdup (host);
  dial->port = port;
  dial->expected_id = g_strdup (expected_id);
  dial->named_by = g_strdup (named_by);
  dial->automatic = automatic;
  dial->ops = g_array_new (FALSE, FALSE, sizeof (P2pMeshOp));
  if (op != NULL)
    g_array_append_val (dial->ops, *op);
  g_ptr_array_add (self->dials, dial);
  p2p_mesh_log (self, 2, "dialling %s port %u", host, port);
  p2p_mesh_note_dialling (self, host, port, expected_id, named_by, FALSE);
  dial->handle = transport->ops->dial (transport, host, port, self->secure, dialled_cb, dial);
  return TRUE;
}

gboolean
p2p_mesh_node_is_dialling (P2pMeshNode *self, const char *host, guint16 port, const char *id)
{
  for (guint i = 0; i < self->dials->len; i++)
    {
      P2pDial *dial = g_ptr_array_index (self->dials, i);

      if ((dial->port == port && g_str_equal (dial->host, host)) || (id != NULL && g_strcmp0 (dial->expected_id, id) == 0))
        return TRUE;
    }
  for (guint i = 0; i < self->pending->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->pending, i);

      if (peer->outgoing && ((peer->dial_port == port && g_str_equal (peer->dial_host, host)) ||
                             (id != NULL && g_strcmp0 (peer->expected_id, id) == 0)))
        return TRUE;
    }
  return FALSE;
}

guint
p2p_mesh_node_count_outgoing (P2pMeshNode *self)
{
  GPtrArray *lists[] = { self->table, self->pending };
  guint n = self->dials->len;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      if (((P2pPeer *) g_ptr_array_index (lists[i], j))->outgoing)
        n++;
  return n;
}

/* Two wishes for one address are one dial. */
static gboolean
join_other (P2pMeshNode *self, const char *host, guint16 port, const char *id, const P2pMeshOp *op)
{
  for (guint i = 0; i < self->dials->len; i++)
    {
      P2pDial *dial = g_ptr_array_index (self->dials, i);

      if (dial->port == port && g_str_equal (dial->host, host) && g_strcmp0 (dial->expected_id, id) == 0)
        {
          g_array_append_val (dial->ops, *op);
          return TRUE;
        }
    }
  for (guint i = 0; i < self->pending->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->pending, i);

      if (peer->outgoing && peer->dial_port == port && g_str_equal (peer->dial_host, host) && g_strcmp0 (peer->expected_id, id) == 0)
        {
          g_array_append_val (peer->ops, *op);
          return TRUE;
        }
    }
  return FALSE;
}

/* The link to this very address, if there is one. */
static P2pPeer *
find_dialled (P2pMeshNode *self, const char *host, guint16 port, const char *id)
{
  if (id != NULL)
    return p2p_mesh_node_find_peer (self, id);
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (peer->outgoing && peer->dial_port == port && g_str_equal (peer->dial_host, host))
        return peer;
    }
  return NULL;
}

static GError *
check_wish (P2pMeshNode *self, const char *host, guint16 port, const char *id)
{
  if (self->closed)
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  if (host == NULL || *host == '\0' || port == 0)
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS, "“%s” port %u is no address to connect to", host != NULL ? host : "", port);
  if (id != NULL && !p2p_base58_is_valid (id, strlen (id)))
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS, "“%s” is not the id of a node", id);
  if (g_strcmp0 (id, self->id) == 0)
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SELF, "That is this node’s own id");
  if (p2p_mesh_is_kept_out (self, id, host))
    return p2p_mesh_new_kept_out_error (self, id, host);
  return NULL;
}

guint64
p2p_mesh_node_connect (P2pMeshNode *self, const char *host, guint16 port, const char *id, P2pMeshOpFunc func, gpointer data)
{
  P2pMeshOp op = p2p_mesh_node_new_op (self, func, data);
  g_autoptr (GError) error = check_wish (self, host, port, id);
  P2pPeer *peer = error == NULL ? find_dialled (self, host, port, id) : NULL;

  /* Should that link be dead without our knowing, a word on it brings it out, and the next wish dials. */
  if (peer != NULL)
    p2p_mesh_ask_peer (peer);
  if (error != NULL || peer != NULL)
    {
      p2p_mesh_node_defer_op (self, &op, peer, error);
      return op.handle;
    }
  p2p_mesh_node_enter (self);
  p2p_mesh_note_wish (self, host, port);
  if (!join_other (self, host, port, id, &op) && !p2p_mesh_node_dial (self, host, port, id, NULL, FALSE, &op))
    {
      error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY,
                           "There are %u links, which is as many as this node may have: close one first", self->limits.links);
      p2p_mesh_node_defer_op (self, &op, NULL, error);
    }
  p2p_mesh_node_leave (self);
  return op.handle;
}

static void
abandon_dial (P2pMeshNode *self, P2pDial *dial)
{
  self->env->transport->ops->cancel_dial (self->env->transport, dial->handle);
  g_ptr_array_remove (self->dials, dial);
  p2p_mesh_note_dial_cancelled (self, dial->host, dial->port);
  p2p_dial_free (dial);
}

void
p2p_mesh_node_cancel_dials (P2pMeshNode *self, const GError *error)
{
  while (self->dials->len > 0)
    {
      P2pDial *dial = g_ptr_array_index (self->dials, self->dials->len - 1);

      p2p_mesh_node_end_ops (self, dial->ops, NULL, error);
      abandon_dial (self, dial);
    }
}

void
p2p_mesh_node_cancel_blocked_dials (P2pMeshNode *self, const GError *error)
{
  for (guint i = self->dials->len; i-- > 0;)
    {
      P2pDial *dial = g_ptr_array_index (self->dials, i);

      if (!p2p_mesh_is_kept_out (self, dial->expected_id, dial->host))
        continue;
      p2p_mesh_node_end_ops (self, dial->ops, NULL, error);
      abandon_dial (self, dial);
    }
}

/* With the last wish for it goes a dial, and a link that is not in the table yet. */
gboolean
p2p_mesh_node_cancel_dial_op (P2pMeshNode *self, guint64 handle)
{
  for (guint i = 0; i < self->dials->len; i++)
    {
      P2pDial *dial = g_ptr_array_index (self->dials, i);

      if (p2p_mesh_ops_remove (dial->ops, handle))
        {
          if (dial->ops->len == 0 && !dial->automatic)
            abandon_dial (self, dial);
          return TRUE;
        }
    }
  for (guint i = 0; i < self->pending->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->pending, i);

      if (p2p_mesh_ops_remove (peer->ops, handle))
        {
          if (peer->ops->len == 0 && !peer->automatic)
            p2p_mesh_peer_end (peer, g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED, "We gave the link up"));
          return TRUE;
        }
    }
  return FALSE;
}
