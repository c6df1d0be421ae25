/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-mesh-node-private.h"

/* The ring grows to what one input needs (closing 128 links, say) and stays so: messages cost no allocation. */
#define SMALLEST_RING 16

static void
clear_event (P2pMeshEvent *event)
{
  /* After the last news of a peer nothing of the shell's hangs on it. */
  if (event->type == P2P_MESH_EVENT_REMOVED || event->type == P2P_MESH_EVENT_DROPPED)
    {
      event->peer->finished = TRUE;
      p2p_peer_drop_user_data (event->peer);
    }
  g_clear_pointer (&event->peer, p2p_peer_unref);
  g_clear_pointer (&event->message, p2p_message_unref);
  g_clear_pointer (&event->app, p2p_app_frame_unref);
  g_clear_pointer (&event->proof, g_bytes_unref);
  g_clear_error (&event->error);
  g_clear_pointer (&event->text, g_free);
  g_clear_pointer (&event->frame, p2p_frame_info_unref);
  g_clear_pointer (&event->known, p2p_known_unref);
  if (event->destroy != NULL)
    event->destroy (event->data);
}

static void
push (P2pMeshNode *self, const P2pMeshEvent *event)
{
  g_assert (self->depth > 0);

  if (self->ring_count == self->ring_size)
    {
      guint size = MAX (SMALLEST_RING, self->ring_size * 2);
      P2pMeshEvent *ring = g_new (P2pMeshEvent, size);

      for (guint i = 0; i < self->ring_count; i++)
        ring[i] = self->ring[(self->ring_head + i) % self->ring_size];
      g_free (self->ring);
      self->ring = ring;
      self->ring_size = size;
      self->ring_head = 0;
    }
  self->ring[(self->ring_head + self->ring_count++) % self->ring_size] = *event;
}

static void
deliver (P2pMeshNode *self, P2pMeshEvent *event)
{
  static const P2pMeshNodeEvents nobody;
  const P2pMeshNodeEvents *events = self->events != NULL ? self->events : &nobody;
  gpointer data = self->events_data;

  switch (event->type)
    {
    case P2P_MESH_EVENT_PENDING:
      if (events->pending != NULL)
        events->pending (event->peer, data);
      break;
    case P2P_MESH_EVENT_DROPPED:
      if (events->dropped != NULL)
        events->dropped (event->peer, event->error, data);
      break;
    case P2P_MESH_EVENT_ADDED:
      if (events->added != NULL)
        events->added (event->peer, data);
      break;
    case P2P_MESH_EVENT_CHANGED:
      if (events->changed != NULL)
        events->changed (event->peer, data);
      break;
    case P2P_MESH_EVENT_REMOVED:
      if (events->removed != NULL)
        events->removed (event->peer, event->error, data);
      break;
    case P2P_MESH_EVENT_CONNECTED:
      if (events->connected != NULL)
        events->connected (data);
      break;
    case P2P_MESH_EVENT_LINK_FAILED:
      if (events->link_failed != NULL)
        events->link_failed (event->text, event->error, data);
      break;
    case P2P_MESH_EVENT_MESSAGE:
      /* Nobody who closed the node expects to hear more. */
      if (events->message != NULL && !self->closed)
        events->message (event->message, event->peer, data);
      break;
    case P2P_MESH_EVENT_APP:
      if (events->app != NULL && !self->closed)
        events->app (event->app, event->message, event->peer, data);
      break;
    case P2P_MESH_EVENT_TOLD:
      if (events->told != NULL && !self->closed)
        events->told (event->peer, event->data, data);
      break;
    case P2P_MESH_EVENT_CLOCK_SKEW:
      if (events->clock_skew != NULL)
        events->clock_skew (self->clock_skew, data);
      break;
    case P2P_MESH_EVENT_OP:
      if (event->op.func != NULL)
        event->op.func (event->peer, event->error, event->op.data);
      break;
    case P2P_MESH_EVENT_IMPERSONATED:
      if (events->impersonated != NULL)
        events->impersonated (event->message, event->peer, data);
      break;
    case P2P_MESH_EVENT_PROVED:
      if (events->proved != NULL && !self->closed)
        events->proved (event->message, event->proof, data);
      break;
    case P2P_MESH_EVENT_FRAME:
      if (events->frame != NULL && self->watched)
        events->frame (event->frame, data);
      break;
    case P2P_MESH_EVENT_KNOWN:
      if (events->address != NULL)
        events->address (event->known, event->change, data);
      break;
    case P2P_MESH_EVENT_LAYER:
      event->func (event->data);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
p2p_mesh_node_enter (P2pMeshNode *self)
{
  if (self->depth++ == 0)
    p2p_mesh_node_ref (self);
}

void
p2p_mesh_node_leave (P2pMeshNode *self)
{
  g_assert (self->depth > 0);

  if (self->depth > 1)
    {
      self->depth--;
      return;
    }
  /* Depth stays 1 while handlers run: what they call only adds to the ring, and this loop goes on with it. */
  while (self->ring_count > 0)
    {
      P2pMeshEvent event = self->ring[self->ring_head];

      self->ring_head = (self->ring_head + 1) % self->ring_size;
      self->ring_count--;
      deliver (self, &event);
      clear_event (&event);
    }
  self->depth = 0;
  p2p_mesh_node_unref (self);
}

void
p2p_mesh_node_clear_events (P2pMeshNode *self)
{
  for (; self->ring_count > 0; self->ring_count--)
    {
      clear_event (&self->ring[self->ring_head]);
      self->ring_head = (self->ring_head + 1) % self->ring_size;
    }
  g_clear_pointer (&self->ring, g_free);
  self->ring_size = 0;
  for (guint i = 0; i < self->deferred->len; i++)
    clear_event (&g_array_index (self->deferred, P2pMeshEvent, i));
  g_array_set_size (self->deferred, 0);
}

void
p2p_mesh_node_emit_peer (P2pMeshNode *self, P2pMeshEventType type, P2pPeer *peer, const GError *error)
{
  P2pMeshEvent event = { .type = type, .peer = p2p_peer_ref (peer), .error = error != NULL ? g_error_copy (error) : NULL };

  push (self, &event);
}

void
p2p_mesh_node_emit_plain (P2pMeshNode *self, P2pMeshEventType type)
{
  P2pMeshEvent event = { .type = type };

  push (self, &event);
}

void
p2p_mesh_node_emit_failed (P2pMeshNode *self, const char *address, const GError *error)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_LINK_FAILED, .text = g_strdup (address), .error = g_error_copy (error) };

  push (self, &event);
}

void
p2p_mesh_node_emit_message (P2pMeshNode *self, P2pMessage *message, P2pPeer *peer)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_MESSAGE, .message = p2p_message_ref (message), .peer = p2p_peer_ref (peer) };

  self->counters.delivered++;
  self->verdict |= P2P_FRAME_DELIVERED;
  push (self, &event);
}

void
p2p_mesh_node_emit_app (P2pMeshNode *self, P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_APP, .app = p2p_app_frame_ref (frame), .message = p2p_message_ref (message), .peer = p2p_peer_ref (peer) };

  self->counters.delivered++;
  self->verdict |= P2P_FRAME_DELIVERED;
  push (self, &event);
}

void
p2p_mesh_node_emit_told (P2pMeshNode *self, P2pPeer *peer, char **ids)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_TOLD, .peer = p2p_peer_ref (peer), .data = ids, .destroy = (GDestroyNotify) g_strfreev };

  push (self, &event);
}

void
p2p_mesh_node_emit_known (P2pMeshNode *self, P2pKnown *known, P2pKnownChange change)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_KNOWN, .known = known, .change = change };

  /* Often, and seldom of interest: nobody is woken for nothing. */
  if (self->events == NULL || self->events->address == NULL)
    return;
  p2p_known_ref (known);
  push (self, &event);
}

void
p2p_mesh_node_emit_impersonated (P2pMeshNode *self, P2pMessage *message, P2pPeer *peer)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_IMPERSONATED, .message = p2p_message_ref (message), .peer = p2p_peer_ref (peer) };

  push (self, &event);
}

void
p2p_mesh_node_emit_proved (P2pMeshNode *self, P2pMessage *message, GBytes *proof)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_PROVED, .message = p2p_message_ref (message), .proof = g_bytes_ref (proof) };

  push (self, &event);
}

void
p2p_mesh_node_emit_layer (P2pMeshNode *self, P2pLayerFunc func, gpointer data, GDestroyNotify destroy)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_LAYER, .func = func, .data = data, .destroy = destroy };

  push (self, &event);
}

static P2pMeshEvent
make_op_event (const P2pMeshOp *op, P2pPeer *peer, const GError *error)
{
  return (P2pMeshEvent) {
    .type = P2P_MESH_EVENT_OP,
    .op = *op,
    .peer = peer != NULL && error == NULL ? p2p_peer_ref (peer) : NULL,
    .error = error != NULL ? g_error_copy (error) : NULL,
  };
}

void
p2p_mesh_node_end_op (P2pMeshNode *self, const P2pMeshOp *op, P2pPeer *peer, const GError *error)
{
  P2pMeshEvent event = make_op_event (op, peer, error);

  push (self, &event);
}

void
p2p_mesh_node_end_ops (P2pMeshNode *self, GArray *ops, P2pPeer *peer, const GError *error)
{
  for (guint i = 0; i < ops->len; i++)
    p2p_mesh_node_end_op (self, &g_array_index (ops, P2pMeshOp, i), peer, error);
  g_array_set_size (ops, 0);
}

static void
deliver_deferred_cb (gpointer data)
{
  P2pMeshNode *self = data;

  self->deferred_timer = 0;
  p2p_mesh_node_enter (self);
  for (guint i = 0; i < self->deferred->len; i++)
    push (self, &g_array_index (self->deferred, P2pMeshEvent, i));
  g_array_set_size (self->deferred, 0);
  p2p_mesh_node_leave (self);
  p2p_mesh_node_unref (self);   /* what the timer held */
}

static void
defer (P2pMeshNode *self, const P2pMeshEvent *event)
{
  g_array_append_val (self->deferred, *event);
  if (self->deferred_timer == 0)
    {
      /* The one timer that outlives a close: whoever began an operation learns its end. */
      p2p_mesh_node_ref (self);
      self->deferred_timer = p2p_clock_schedule (self->env->clock, 0, deliver_deferred_cb, self);
    }
}

void
p2p_mesh_node_defer_op (P2pMeshNode *self, const P2pMeshOp *op, P2pPeer *peer, const GError *error)
{
  P2pMeshEvent event = make_op_event (op, peer, error);

  defer (self, &event);
}

void
p2p_mesh_node_emit_frame (P2pMeshNode *self, P2pFrameInfo *frame)
{
  P2pMeshEvent event = { .type = P2P_MESH_EVENT_FRAME, .frame = frame };

  /* A link that sends by itself, or for our program, is no input of ours: whoever watches hears of it a little later. */
  if (self->depth > 0)
    push (self, &event);
  else
    defer (self, &event);
}

gboolean
p2p_mesh_node_forget_op (P2pMeshNode *self, guint64 handle)
{
  for (guint i = 0; i < self->ring_count; i++)
    {
      P2pMeshEvent *event = &self->ring[(self->ring_head + i) % self->ring_size];

      if (event->type == P2P_MESH_EVENT_OP && event->op.handle == handle)
        {
          event->op.func = NULL;
          return TRUE;
        }
    }
  for (guint i = 0; i < self->deferred->len; i++)
    {
      P2pMeshEvent *event = &g_array_index (self->deferred, P2pMeshEvent, i);

      if (event->op.handle == handle)
        {
          clear_event (event);
          g_array_remove_index (self->deferred, i);
          return TRUE;
        }
    }
  return FALSE;
}

void
p2p_mesh_ops_take (GArray *ops, GArray *from)
{
  g_array_append_vals (ops, from->data, from->len);
  g_array_set_size (from, 0);
}

gboolean
p2p_mesh_ops_remove (GArray *ops, guint64 handle)
{
  for (guint i = 0; i < ops->len; i++)
    if (g_array_index (ops, P2pMeshOp, i).handle == handle)
      {
        g_array_remove_index (ops, i);
        return TRUE;
      }
  return FALSE;
}
