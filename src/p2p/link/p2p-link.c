/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-link-private.h"
#include "../wire/p2p-compression.h"
#include "../wire/p2p-compression-private.h"
#include <string.h>

static const P2pPipeEvents pipe_events = {
  .received = p2p_link_received,
  .writable = p2p_link_writable,
  .closed = p2p_link_pipe_closed,
};

P2pLink *
p2p_link_new (P2pEnv *env, const P2pLimits *limits, P2pPipe *pipe, gboolean outgoing, const P2pLinkEvents *events, gpointer data)
{
  P2pLink *self = g_new0 (P2pLink, 1);
  P2pPipeAddress address;

  self->refs = 1;
  self->env = p2p_env_ref (env);
  self->limits = limits;
  self->pipe = pipe;
  self->outgoing = outgoing;
  self->events = events;
  self->data = data;
  g_queue_init (&self->chunks);
  g_queue_init (&self->slots);
  g_queue_init (&self->late);

  pipe->ops->get_peer (pipe, &address);
  self->peer_host = g_strdup (address.host);
  self->peer_port = address.port;
  pipe->ops->get_own (pipe, &address);
  self->own_host = g_strdup (address.host);
  self->own_port = address.port;
  self->has_digest = pipe->ops->get_digest (pipe, self->digest);
  self->has_binding = pipe->ops->get_binding (pipe, self->binding);
  pipe->ops->start (pipe, &pipe_events, self);
  return self;
}

void
p2p_link_set_budget (P2pLink *self, P2pBudget *budget)
{
  self->budget = budget;
}

P2pLink *
p2p_link_ref (P2pLink *self)
{
  self->refs++;
  return self;
}

static void
finalize (P2pLink *self)
{
  g_clear_pointer (&self->last_message, p2p_message_unref);
  g_clear_pointer (&self->last_body, g_bytes_unref);
  p2p_link_set_filler (self, NULL);
  g_free (self->in.bytes);
  g_free (self->methods);
  g_free (self->own_methods);
  g_free (self->peer_host);
  g_free (self->own_host);
  p2p_env_unref (self->env);
  g_free (self);
}

/* The last reference closes the link at once, also from inside of one of its callbacks: no more of them follow. */
void
p2p_link_unref (P2pLink *self)
{
  if (--self->refs > 0)
    return;
  self->holds++;
  p2p_link_close (self);
  p2p_link_release (self);
}

P2pLinkHold *
p2p_link_hold (P2pLink *self)
{
  self->holds++;
  return self;
}

void
p2p_link_release (P2pLinkHold *self)
{
  if (--self->holds == 0 && self->refs == 0)
    finalize (self);
}

static void
shut (P2pLink *self)
{
  P2pPipe *pipe = g_steal_pointer (&self->pipe);

  p2p_link_in_clear (self);
  p2p_link_out_clear (self);
  pipe->ops->close (pipe);
}

void
p2p_link_close (P2pLink *self)
{
  if (self->pipe == NULL)
    return;
  p2p_link_out_flush_last (self);
  shut (self);
}

void
p2p_link_fail (P2pLink *self, GError *error)
{
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);
  g_autoptr (GError) owned = error;

  if (self->pipe == NULL)
    return;
  shut (self);
  self->events->closed (self, owned, self->data);
}

void
p2p_link_refuse (P2pLink *self, P2pDropReason reason, gsize size, GError *error)
{
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);

  if (self->pipe != NULL && self->events->dropped != NULL)
    self->events->dropped (self, reason, size, error, self->data);
  p2p_link_fail (self, error);
}

void
p2p_link_set_established (P2pLink *self, gboolean established)
{
  self->established = established;
}

static void
choose_send_method (P2pLink *self)
{
  gsize n_ours = self->n_own_methods;
  const guint8 *ours = self->own_methods != NULL ? self->own_methods : p2p_get_compression_methods (&n_ours);
  g_autofree guint8 *common = g_malloc (MAX (n_ours, 1));

  self->send_method = P2P_COMPRESSION_NONE;
  if (p2p_ordered_intersection (ours, n_ours, self->methods, self->n_methods, common) > 0)
    self->send_method = common[0];
}

void
p2p_link_set_methods (P2pLink *self, const guint8 *methods, gsize n_methods)
{
  guint8 *copy = n_methods > 0 ? g_memdup2 (methods, n_methods) : NULL;

  g_free (self->methods);
  self->methods = copy;
  self->n_methods = n_methods;
  choose_send_method (self);
}

void
p2p_link_set_own_methods (P2pLink *self, const guint8 *methods, gsize n_methods)
{
  g_free (self->own_methods);
  self->own_methods = g_malloc (MAX (n_methods, 1));
  if (n_methods > 0)
    memcpy (self->own_methods, methods, n_methods);
  self->n_own_methods = n_methods;
  choose_send_method (self);
}

const guint8 *
p2p_link_get_methods (P2pLink *self, gsize *n_methods)
{
  *n_methods = self->n_methods;
  return self->methods;
}

P2pCompression
p2p_link_get_send_method (P2pLink *self)
{
  return self->plain_only ? P2P_COMPRESSION_NONE : self->send_method;
}

void
p2p_link_set_compressing (P2pLink *self, gboolean compressing)
{
  self->plain_only = !compressing;
}

void
p2p_link_set_watched (P2pLink *self, gboolean watched)
{
  self->watched = watched;
}

gsize
p2p_link_get_frame_size (P2pLink *self)
{
  return self->frame_size;
}

void
p2p_link_set_data (P2pLink *self, gpointer data)
{
  self->data = data;
}

gboolean
p2p_link_is_outgoing (P2pLink *self)
{
  return self->outgoing;
}

gboolean
p2p_link_is_closed (P2pLink *self)
{
  return self->pipe == NULL;
}

gint64
p2p_link_get_last_received (P2pLink *self)
{
  return self->received_at;
}

void
p2p_link_get_stats (P2pLink *self, P2pLinkStats *stats)
{
  *stats = self->stats;
}

void
p2p_link_get_peer (P2pLink *self, P2pPipeAddress *address)
{
  address->host = self->peer_host;
  address->port = self->peer_port;
}

void
p2p_link_get_own (P2pLink *self, P2pPipeAddress *address)
{
  address->host = self->own_host;
  address->port = self->own_port;
}

gboolean
p2p_link_get_digest (P2pLink *self, guint8 digest[32])
{
  if (self->has_digest)
    memcpy (digest, self->digest, sizeof self->digest);
  return self->has_digest;
}

gboolean
p2p_link_get_binding (P2pLink *self, guint8 binding[32])
{
  if (self->has_binding)
    memcpy (binding, self->binding, sizeof self->binding);
  return self->has_binding;
}

int
p2p_link_get_fd (P2pLink *self)
{
  return self->pipe != NULL ? self->pipe->ops->get_fd (self->pipe) : -1;
}
