/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Application frames: what programs of ours tell each other, [0x5A, version, operation, ...]. docs/x1.md lists them all. Broadcasts were
 * relayed before they come here, by whomever, so of one that is no good nobody's link suffers.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../chat/p2p-app-frame-private.h"

/* How much more than its second's share may come at once. */
#define BURST 2
/* A link has such a part of what may come through others. */
#define THROUGH_SHARE 4
/* What the smallest page or chunk counts as: it costs more than its bytes. */
#define LEAST_BYTES 1024
/* Questions under way that are remembered, all nodes together: the oldest goes. */
#define MAX_ASKED 256

/* What we asked a node for, and how often it may answer. By the node, not the link: that may be replaced meanwhile. */
typedef struct {
  char *id;
  P2pAppOp op;                  /* of the answer */
  gint64 token;
  guint left;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->id);
  g_free (asked);
}

void
p2p_mesh_app_init (P2pMeshNode *self)
{
  self->asked = g_ptr_array_new_with_free_func (asked_free);
}

void
p2p_mesh_app_clear (P2pMeshNode *self)
{
  g_clear_pointer (&self->asked, g_ptr_array_unref);
}

static Asked *
find_asked (P2pMeshNode *self, const char *id, P2pAppOp op, gint64 token, guint *index)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      Asked *asked = g_ptr_array_index (self->asked, i);

      if (asked->op == op && asked->token == token && strcmp (asked->id, id) == 0)
        {
          *index = i;
          return asked;
        }
    }
  return NULL;
}

static void
note_asked (P2pMeshNode *self, const char *id, P2pAppFrame *frame)
{
  P2pAppOp op = frame->op == P2P_APP_FETCH ? P2P_APP_CHUNK : frame->op == P2P_APP_CALL ? P2P_APP_CALLED : P2P_APP_HISTORY;
  guint n = frame->op == P2P_APP_FETCH ? frame->n : 1;
  guint at;
  Asked *asked = find_asked (self, id, op, frame->token, &at);

  if (n == 0)
    {
      /* Enough of it: what is on its way still comes, and nobody looks at it. */
      if (asked != NULL)
        g_ptr_array_remove_index (self->asked, at);
      return;
    }
  if (asked == NULL)
    {
      if (self->asked->len >= MAX_ASKED)
        g_ptr_array_remove_index (self->asked, 0);
      asked = g_new0 (Asked, 1);
      asked->id = g_strdup (id);
      asked->op = op;
      asked->token = frame->token;
      g_ptr_array_add (self->asked, asked);
    }
  asked->left = MIN (asked->left + n, G_MAXINT32);
}

static gboolean
take_asked (P2pMeshNode *self, const char *id, P2pAppFrame *frame)
{
  guint at;
  Asked *asked = find_asked (self, id, frame->op, frame->token, &at);

  if (asked == NULL)
    return FALSE;
  if (--asked->left == 0)
    g_ptr_array_remove_index (self->asked, at);
  return TRUE;
}

/* ---- in ---- */

/* What came through others, in a box, is of who made it: not of the link that brought it. */
static gboolean
is_through (P2pPeer *peer, P2pMessage *message)
{
  return strcmp (p2p_message_get_sender (message), peer->id) != 0;
}

static gboolean
take_token (double *tokens, gint64 *filled, double rate, gint64 now)
{
  double seconds = (double) (now - *filled) / G_TIME_SPAN_SECOND;

  *tokens = *filled == 0 ? rate * BURST : MIN (rate * BURST, *tokens + seconds * rate);
  *filled = now;
  if (*tokens < 1)
    return FALSE;
  *tokens -= 1;
  return TRUE;
}

/* So much of it for all who send it, as who they are costs nothing, and a part of that by way of one link. */
static gboolean
take_share_through (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);

  if (take_token (&peer->app_through, &peer->app_through_filled, MAX ((double) self->limits.app_frames / THROUGH_SHARE, 1), now) &&
      take_token (&self->app_through, &self->app_through_filled, self->limits.app_frames, now))
    return TRUE;
  p2p_mesh_drop_blameless (peer, P2P_DROP_RATE, message);
  return FALSE;
}

static void
refill (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  gint64 now = p2p_clock_now (self->env->clock);
  double seconds = (double) (now - peer->app_filled) / G_TIME_SPAN_SECOND;
  double most_frames = (double) self->limits.app_frames * BURST;
  double most_bytes = (double) self->limits.app_bytes * BURST;

  if (peer->app_filled == 0)
    {
      peer->app_frames = most_frames;
      peer->app_bytes = most_bytes;
    }
  else
    {
      peer->app_frames = MIN (most_frames, peer->app_frames + seconds * self->limits.app_frames);
      peer->app_bytes = MIN (most_bytes, peer->app_bytes + seconds * self->limits.app_bytes);
    }
  peer->app_filled = now;
}

/* FALSE: it was dropped. Of pages and chunks it was us who asked for more than we take. */
static gboolean
take_share (P2pPeer *peer, P2pMessage *message)
{
  gint64 op = p2p_app_frame_peek_op (message);

  if (is_through (peer, message))
    return take_share_through (peer, message);
  refill (peer);
  if (op == P2P_APP_HISTORY || op == P2P_APP_CHUNK)
    {
      double bytes = (double) MAX (p2p_message_get_length (message), LEAST_BYTES);

      if (peer->app_bytes < bytes)
        {
          p2p_mesh_drop_blameless (peer, P2P_DROP_RATE, message);
          return FALSE;
        }
      peer->app_bytes -= bytes;
      return TRUE;
    }
  if (peer->app_frames < 1)
    {
      p2p_mesh_drop (peer->node, peer, P2P_DROP_RATE, message);
      return FALSE;
    }
  peer->app_frames--;
  return TRUE;
}

static P2pAppFrame *
read_frame (P2pPeer *peer, P2pMessage *message)
{
  g_autoptr (GError) error = NULL;
  P2pAppFrame *frame = p2p_app_frame_parse (message, &error);
  P2pDropReason reason = P2P_DROP_SHAPE;

  if (frame != NULL)
    return frame;
  if (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_UNKNOWN_OPERATION))
    reason = P2P_DROP_UNKNOWN_OPERATION;
  else if (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_LIMIT))
    reason = P2P_DROP_TOO_MANY;
  p2p_mesh_log (peer->node, 3, "%s", error->message);
  if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST || is_through (peer, message))
    p2p_mesh_drop_blameless (peer, reason, message);
  else
    p2p_mesh_drop (peer->node, peer, reason, message);
  return NULL;
}

static gboolean
is_for_everybody (P2pAppOp op)
{
  return op == P2P_APP_NAME || op == P2P_APP_REPLY || op == P2P_APP_RECEIPT || op == P2P_APP_FILE;
}

void
p2p_mesh_handle_app (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  gint64 flag = p2p_message_get_flag (message);
  g_autoptr (P2pAppFrame) frame = NULL;
  P2pPeer *from = peer;

  p2p_mesh_log (self, 5, "handler: application frame");
  if (!self->own_frames)
    {
      p2p_mesh_drop (self, peer, P2P_DROP_UNKNOWN_OPERATION, message);
      return;
    }
  if (flag != P2P_FLAG_BROADCAST && (flag != P2P_FLAG_WHISPER || !(peer->is_own || is_through (peer, message))))
    {
      p2p_mesh_drop_blameless (peer, flag != P2P_FLAG_WHISPER ? P2P_DROP_UNEXPECTED : P2P_DROP_EARLY, message);
      return;
    }
  if (flag == P2P_FLAG_WHISPER && !take_share (peer, message))
    return;
  frame = read_frame (peer, message);
  if (frame == NULL)
    return;
  if (flag == P2P_FLAG_BROADCAST && !is_for_everybody (frame->op))
    {
      p2p_mesh_drop_blameless (peer, P2P_DROP_LINK_LOCAL, message);
      return;
    }
  if ((frame->op == P2P_APP_HISTORY || frame->op == P2P_APP_CHUNK || frame->op == P2P_APP_CALLED) && !take_asked (self, peer->id, frame))
    {
      p2p_mesh_drop_blameless (peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  /* What is still heard of a link that lost against another comes, for programs, on that other. */
  if (peer->state == P2P_PEER_DRAINING)
    from = p2p_mesh_node_find_peer (self, peer->id);
  p2p_mesh_node_emit_app (self, frame, message, from != NULL ? from : peer);
}

/* ---- out ---- */

gboolean
p2p_peer_takes_app (P2pPeer *peer)
{
  /* Where HELLO follows the handshake nobody knows yet; who is an original ignores it. */
  return peer->node != NULL && peer->node->own_frames && (peer->is_own || peer->node->late_hello);
}

P2pMessage *
p2p_mesh_node_new_app (P2pMeshNode *self, gint64 flag, P2pAppFrame *frame, GError **error)
{
  if (flag == P2P_FLAG_BROADCAST && !is_for_everybody (frame->op))
    {
      g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "Questions and their answers go to one node, not to everybody");
      return NULL;
    }
  if ((frame->op == P2P_APP_REPLY || frame->op == P2P_APP_FILE) && frame->about == NULL)
    {
      g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "The frame does not say what message it is about");
      return NULL;
    }
  return p2p_mesh_node_new_message (self, flag, p2p_app_frame_pack (frame), error);
}

gboolean
p2p_mesh_node_send_app_to (P2pMeshNode *self, P2pPeer *peer, P2pAppFrame *frame, GError **error)
{
  g_autoptr (P2pMessage) message = NULL;

  if (!p2p_peer_takes_app (peer))
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED, "Node %s knows no such frames: it did not say that it is one of ours",
                   peer->id != NULL ? peer->id : peer->socket_host);
      return FALSE;
    }
  message = p2p_mesh_node_new_app (self, P2P_FLAG_WHISPER, frame, error);
  if (message == NULL || !p2p_mesh_node_send_to (self, peer, message, P2P_LINK_SEND_DEFAULT, error))
    return FALSE;
  if (frame->op == P2P_APP_FETCH || frame->op == P2P_APP_HISTORY_ASK || frame->op == P2P_APP_CALL)
    note_asked (self, peer->id, frame);
  return TRUE;
}
