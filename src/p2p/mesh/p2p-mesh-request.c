/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Whispers to nodes that are no neighbours: ask everybody where the node is, dial it, deliver.
 *
 * Our request ids begin with a mark that base58 does not have. The originals echo it, so they serve us; a js2p that gets an answer
 * to a request of its own breaks (quirk J5), so unmarked requests are answered towards py2p only, and unmarked answers go no further.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"

#define REQUEST_MARK "x1."
#define MAX_REQUEST_ID 128
/* Peers lists for one who asks: a list is many times as long as the question. */
#define LISTS_A_WINDOW 8
#define LISTS_WINDOW_SECONDS 10
/* py2p knows its neighbours by bin ids, js2p and we by str. When nobody answered to the one form, the other is tried. */
#define OTHER_FORM_SPAN (2 * G_TIME_SPAN_SECOND)
/* Answers with an address that leads nowhere, before we stop believing them. */
#define MAX_DIALS 4

struct _P2pMeshRequest {
  P2pMeshNode *node;
  P2pMeshOp op;
  char *id;
  P2pIdForm form;
  GVariant *packets;            /* NULL: nothing is said */
  char *rid;
  gint64 deadline;
  guint64 timer;
  guint dials;
  char *failure;                /* of the last dial */
};

static void
request_free (P2pMeshRequest *request)
{
  p2p_clock_cancel (request->node->env->clock, request->timer);
  g_free (request->id);
  g_free (request->rid);
  g_free (request->failure);
  g_clear_pointer (&request->packets, g_variant_unref);
  g_free (request);
}

gboolean
p2p_mesh_request_id_is_marked (GVariant *rid)
{
  gsize length;
  const char *text = p2p_mesh_value_peek_text (rid, &length);

  return text != NULL && length > strlen (REQUEST_MARK) && memcmp (text, REQUEST_MARK, strlen (REQUEST_MARK)) == 0;
}

static char *
make_request_id (P2pMeshNode *self)
{
  guint8 bytes[16];
  g_autofree char *text = NULL;

  p2p_random_fill (self->env->random, bytes, sizeof bytes);
  text = p2p_base58_encode_bytes (bytes, sizeof bytes, NULL);
  return g_strconcat (REQUEST_MARK, text, NULL);
}

static void
ask_everybody (P2pMeshRequest *request, P2pIdForm form)
{
  GVariant *packets[3] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_REQUEST)),
    g_variant_new_variant (g_variant_new_string (request->rid)),
    g_variant_new_variant (form == P2P_ID_FORM_BIN ? p2p_mesh_value_new_bin (request->id) : g_variant_new_string (request->id)),
  };

  p2p_mesh_log (request->node, 3, "asking for node %s", request->id);
  p2p_mesh_broadcast (request->node, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)));
}

static void
end_request (P2pMeshRequest *request, P2pPeer *peer, const GError *error)
{
  P2pMeshNode *self = request->node;

  p2p_mesh_node_end_op (self, &request->op, peer, error);
  g_ptr_array_remove (self->requests, request);
  request_free (request);
}

static void
give_up (P2pMeshRequest *request)
{
  P2pMeshNode *self = request->node;
  g_autoptr (GError) error = NULL;

  if (request->failure != NULL)
    error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND, "Node %s was found but not reached: %s", request->id, request->failure);
  else
    error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND,
                         "Node %s was not found within %u seconds: no node that answered is linked to it", request->id, self->limits.request_seconds);
  end_request (request, NULL, error);
}

static void
request_timer_cb (gpointer data)
{
  P2pMeshRequest *request = data;
  P2pMeshNode *self = request->node;
  P2pClock *clock = self->env->clock;
  gint64 left = request->deadline - p2p_clock_now (clock);

  request->timer = 0;
  p2p_mesh_node_enter (self);
  if (left <= 0)
    give_up (request);
  else
    {
      if (request->dials == 0)
        ask_everybody (request, request->form == P2P_ID_FORM_BIN ? P2P_ID_FORM_STR : P2P_ID_FORM_BIN);
      request->timer = p2p_clock_schedule (clock, left, request_timer_cb, request);
    }
  p2p_mesh_node_leave (self);
}

/* packets: NULL: nothing */
static void
tell (P2pPeer *peer, GVariant *packets, GError **error)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (P2pMessage) message = packets != NULL ? p2p_mesh_node_new_message (self, P2P_FLAG_WHISPER, packets, error) : NULL;

  if (message != NULL)
    p2p_mesh_node_send_to (self, peer, message, P2P_LINK_SEND_DEFAULT, error);
}

static void
deliver (P2pMeshRequest *request, P2pPeer *peer)
{
  g_autoptr (GError) error = NULL;

  tell (peer, request->packets, &error);
  end_request (request, peer, error);
}

static GError *
check_whisper (P2pMeshNode *self, const char *id, GVariant *packets)
{
  g_autoptr (P2pMessage) probe = NULL;
  GError *error = NULL;

  if (self->closed)
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  if (id == NULL || !p2p_base58_is_valid (id, strlen (id)))
    return g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS, "“%s” is not the id of a node", id != NULL ? id : "");
  if (g_str_equal (id, self->id))
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SELF, "That is this node’s own id");
  if (p2p_mesh_is_kept_out (self, id, NULL))
    return p2p_mesh_new_kept_out_error (self, id, NULL);
  if (packets != NULL)
    probe = p2p_mesh_node_new_message (self, P2P_FLAG_WHISPER, packets, &error);
  return error;
}

static void
search (P2pMeshNode *self, const char *id, P2pIdForm form, GVariant *packets, const P2pMeshOp *op)
{
  P2pClock *clock = self->env->clock;
  P2pMeshRequest *request = g_new0 (P2pMeshRequest, 1);
  P2pMeshRequest *other = NULL;

  for (guint i = 0; i < self->requests->len && other == NULL; i++)
    {
      other = g_ptr_array_index (self->requests, i);
      if (!g_str_equal (other->id, id))
        other = NULL;
    }
  request->node = self;
  request->op = *op;
  request->id = g_strdup (id);
  request->form = form;
  request->packets = packets != NULL ? g_variant_ref (packets) : NULL;
  request->deadline = p2p_clock_now (clock) + self->limits.request_seconds * G_TIME_SPAN_SECOND;
  request->timer = p2p_clock_schedule (clock, MIN (OTHER_FORM_SPAN, self->limits.request_seconds * G_TIME_SPAN_SECOND), request_timer_cb, request);
  /* Two whispers to one node are one search; the later one asks by itself only when it is not found soon. */
  request->rid = other != NULL ? g_strdup (other->rid) : make_request_id (self);
  g_ptr_array_add (self->requests, request);
  if (other == NULL)
    ask_everybody (request, form);
}

guint64
p2p_mesh_node_whisper_to (P2pMeshNode *self, const char *id, P2pIdForm form, GVariant *packets, P2pMeshOpFunc func, gpointer data)
{
  g_autoptr (GVariant) owned = packets != NULL ? g_variant_ref_sink (packets) : NULL;
  P2pMeshOp op = p2p_mesh_node_new_op (self, func, data);
  g_autoptr (GError) error = check_whisper (self, id, owned);
  P2pPeer *peer = error == NULL ? p2p_mesh_node_find_peer (self, id) : NULL;

  if (peer != NULL)
    {
      tell (peer, owned, &error);
      p2p_mesh_node_defer_op (self, &op, peer, error);
      return op.handle;
    }
  if (error == NULL && self->table->len == 0)
    error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND, "There is no link to any node that could be asked where %s is", id);
  if (error == NULL && self->requests->len >= self->limits.requests)
    error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY, "%u nodes are being looked for already", self->requests->len);
  if (error != NULL)
    {
      p2p_mesh_node_defer_op (self, &op, NULL, error);
      return op.handle;
    }
  p2p_mesh_node_enter (self);
  search (self, id, form, owned, &op);
  p2p_mesh_node_leave (self);
  return op.handle;
}

void
p2p_mesh_handle_request (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) wanted = p2p_message_get_packet (message, 2);
  g_autofree char *id = NULL;
  const char *host = NULL;
  guint16 port = 0;

  p2p_mesh_log (self, 5, "handler: request");
  if (p2p_message_get_n_packets (message) == 2 && p2p_mesh_value_is_star (rid))
    {
      /* Who asks on and on still gets an answer, which he may need as a sign of life, but not the whole list. */
      p2p_mesh_send_peers (peer, p2p_rate_window_take (&peer->peers_asked, p2p_clock_now (self->env->clock), LISTS_A_WINDOW, LISTS_WINDOW_SECONDS)
                                   ? self->limits.peers_per_list : 0);
      return;
    }
  id = p2p_mesh_value_dup_id (wanted);
  if (id == NULL || rid == NULL)
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!p2p_mesh_request_id_is_marked (rid) && p2p_message_get_sender_form (message) != P2P_ID_FORM_BIN)
    return;
  if (g_str_equal (id, self->id))
    {
      if (self->listener != 0)
        {
          host = p2p_mesh_node_get_out_host (self);
          port = p2p_mesh_node_get_out_port (self);
        }
    }
  else
    {
      P2pPeer *found = p2p_mesh_node_find_peer (self, id);

      if (found != NULL)
        {
          host = found->host;
          port = found->port;
        }
    }
  if (host == NULL)
    return;
  {
    GVariant *info[2] = { g_variant_new_variant (p2p_mesh_value_new_address (host, port)), g_variant_new_variant (wanted) };
    GVariant *packets[3] = {
      g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_RESPONSE)),
      g_variant_new_variant (rid),
      g_variant_new_variant (g_variant_new_array (G_VARIANT_TYPE_VARIANT, info, G_N_ELEMENTS (info))),
    };
    g_autoptr (P2pMessage) answer =
      p2p_mesh_node_new_message (self, P2P_FLAG_BROADCAST, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), NULL);

    if (answer != NULL)
      p2p_mesh_node_send_to (self, peer, answer, P2P_LINK_SEND_DEFAULT, NULL);
  }
}

static P2pMeshRequest *
find_request (P2pMeshNode *self, const char *rid, const char *id)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      P2pMeshRequest *request = g_ptr_array_index (self->requests, i);

      if (g_str_equal (request->rid, rid) && g_str_equal (request->id, id))
        return request;
    }
  return NULL;
}

/* Anybody may answer: the handshake at the address has to show the id before the whisper goes there. */
void
p2p_mesh_handle_response (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GVariant) rid_value = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) info = p2p_message_get_packet (message, 2);
  g_autoptr (GVariant) address = p2p_mesh_value_get_child (info, 0);
  g_autoptr (GVariant) named = p2p_mesh_value_get_child (info, 1);
  g_autofree char *rid = p2p_mesh_value_dup_text (rid_value, MAX_REQUEST_ID);
  g_autofree char *id = p2p_mesh_value_dup_id (named);
  g_autofree char *host = NULL;
  guint16 port;
  P2pMeshRequest *request;

  p2p_mesh_log (self, 5, "handler: response");
  if (rid == NULL || id == NULL || !p2p_mesh_value_get_address (address, &host, &port))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  request = find_request (self, rid, id);
  /* What somebody said of him who is blocked since, or where nobody is to be dialled. */
  if (p2p_mesh_is_kept_out (self, id, host))
    return;
  if (request == NULL || host == NULL || request->dials >= MAX_DIALS || p2p_mesh_node_is_dialling (self, host, port, id))
    return;
  if (!p2p_scope_may_lead_to (peer->socket_host, host))
    {
      g_free (request->failure);
      request->failure = g_strdup_printf ("its address %s is of no use from here", host);
      return;
    }
  request->dials++;
  p2p_mesh_log (self, 3, "node %s is said to be at %s port %u", id, host, port);
  if (!p2p_mesh_node_dial (self, host, port, id, peer->socket_host, TRUE, NULL))
    {
      g_free (request->failure);
      request->failure = g_strdup_printf ("this node has as many links as it may");
    }
}

void
p2p_mesh_requests_reached (P2pMeshNode *self, P2pPeer *peer)
{
  for (guint i = 0; i < self->requests->len;)
    {
      P2pMeshRequest *request = g_ptr_array_index (self->requests, i);

      if (g_str_equal (request->id, peer->id))
        deliver (request, peer);
      else
        i++;
    }
}

void
p2p_mesh_requests_failed (P2pMeshNode *self, const char *id, const GError *error)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      P2pMeshRequest *request = g_ptr_array_index (self->requests, i);

      if (g_str_equal (request->id, id))
        {
          g_free (request->failure);
          request->failure = g_strdup (error->message);
        }
    }
}

void
p2p_mesh_end_requests (P2pMeshNode *self, const GError *error)
{
  while (self->requests->len > 0)
    end_request (g_ptr_array_index (self->requests, 0), NULL, error);
}

void
p2p_mesh_end_requests_for (P2pMeshNode *self, const char *id, const GError *error)
{
  for (guint i = self->requests->len; i-- > 0;)
    if (g_str_equal (((P2pMeshRequest *) g_ptr_array_index (self->requests, i))->id, id))
      end_request (g_ptr_array_index (self->requests, i), NULL, error);
}

gboolean
p2p_mesh_cancel_request (P2pMeshNode *self, guint64 handle)
{
  for (guint i = 0; i < self->requests->len; i++)
    {
      P2pMeshRequest *request = g_ptr_array_index (self->requests, i);

      if (request->op.handle == handle)
        {
          g_ptr_array_remove_index (self->requests, i);
          request_free (request);
          return TRUE;
        }
    }
  return FALSE;
}

GPtrArray *
p2p_mesh_node_get_requests (P2pMeshNode *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->requests->len; i++)
    {
      const char *id = ((P2pMeshRequest *) g_ptr_array_index (self->requests, i))->id;

      if (!g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
        g_ptr_array_add (ids, g_strdup (id));
    }
  return ids;
}
