/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* How programs make a socket, what it says of itself, and what it may be told. */
#include "config.h"

#include "p2p-mesh-socket-private.h"

#include <string.h>

/**
 * p2p_mesh_socket_new:
 * @protocol: (nullable): the network; %NULL for subnet `mesh`, Plaintext
 * @identity: (nullable): what the node's id follows from; %NULL for an id that is another one each time
 * @limits: (nullable): what the node puts up with; %NULL for the defaults
 * @error: return location
 *
 * Makes a node, which lives in the thread-default main context of the caller. It does nothing before it listens or connects.
 *
 * Returns: (transfer full): the node; %NULL with %P2P_LINK_ERROR_UNKNOWN_ENCRYPTION, %P2P_LINK_ERROR_TLS_UNAVAILABLE or, when
 *   the version is not spoken here, %P2P_LINK_ERROR_FAILED
 */
P2pMeshSocket *
p2p_mesh_socket_new (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, GError **error)
{
  return p2p_mesh_socket_new_with_env (protocol, identity, limits, NULL, error);
}

/**
 * p2p_mesh_socket_get_protocol:
 * @self: the socket
 *
 * What all nodes of the network have in common.
 *
 * Returns: (transfer none): the network that the node belongs to
 */
P2pProtocol *
p2p_mesh_socket_get_protocol (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return p2p_mesh_socket_get_priv (self)->protocol;
}

/**
 * p2p_mesh_socket_get_identity:
 * @self: the socket
 *
 * The key that the node was made with.
 *
 * Returns: (transfer none) (nullable): what the node's id follows from; %NULL when it has an id for this time only
 */
P2pIdentity *
p2p_mesh_socket_get_identity (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return p2p_mesh_socket_get_priv (self)->identity;
}

/**
 * p2p_mesh_socket_get_id:
 * @self: the socket
 *
 * Who the node is in its network: base58, at most %P2P_LIMIT_ID_CHARS characters.
 *
 * Returns: the node's id
 */
const char *
p2p_mesh_socket_get_id (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL ? p2p_mesh_node_get_id (node) : NULL;
}

/**
 * p2p_mesh_socket_get_host:
 * @self: the socket
 *
 * Where the node listens.
 *
 * Returns: (nullable): the address listened on; %NULL before p2p_mesh_socket_listen()
 */
const char *
p2p_mesh_socket_get_host (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL ? p2p_mesh_node_get_host (node) : NULL;
}

/**
 * p2p_mesh_socket_get_port:
 * @self: the socket
 *
 * The port the node listens on; the one that the system chose when 0 was asked for.
 *
 * Returns: the port listened on; 0 before p2p_mesh_socket_listen()
 */
guint16
p2p_mesh_socket_get_port (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL ? p2p_mesh_node_get_port (node) : 0;
}

/**
 * p2p_mesh_socket_get_out_host:
 * @self: the socket
 *
 * Where others are told that the node listens: what p2p_mesh_socket_set_out_address() said, else what it listens on, or the address in the LAN when that
 * is every interface.
 *
 * Returns: (nullable): the address that others are told; %NULL when there is none yet
 */
const char *
p2p_mesh_socket_get_out_host (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  return priv->node != NULL ? p2p_mesh_node_get_out_host (priv->node) : priv->out_host;
}

/**
 * p2p_mesh_socket_get_out_port:
 * @self: the socket
 *
 * The port that belongs to p2p_mesh_socket_get_out_host().
 *
 * Returns: the port that others are told; 0 when there is none yet
 */
guint16
p2p_mesh_socket_get_out_port (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);

  return priv->node != NULL ? p2p_mesh_node_get_out_port (priv->node) : priv->out_port;
}

/**
 * p2p_mesh_socket_get_max_outgoing:
 * @self: the socket
 *
 * How many links the node wants to have opened by itself, %P2P_LIMIT_MAX_OUTGOING at first. Links that the program asks for come on top.
 *
 * Returns: how many links the node opens by itself
 */
guint
p2p_mesh_socket_get_max_outgoing (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);

  return p2p_mesh_socket_get_priv (self)->max_outgoing;
}

/**
 * p2p_mesh_socket_get_stats:
 * @self: the socket
 * @stats: (out caller-allocates): the counters
 *
 * What passed so far.
 */
void
p2p_mesh_socket_get_stats (P2pMeshSocket *self, P2pMeshStats *stats)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  P2pNodeStats node = { 0 };

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));
  g_return_if_fail (stats != NULL);

  if (priv->node != NULL)
    p2p_mesh_node_get_stats (priv->node, &node);
  *stats = (P2pMeshStats) {
    .messages_in = node.messages_in,
    .messages_out = node.messages_out,
    .bytes_in = node.bytes_in,
    .bytes_out = node.bytes_out,
    .relayed = node.relayed,
    .duplicates = node.duplicates,
    .delivered = node.delivered,
    .ihave_in = node.ihave_in,
    .ihave_out = node.ihave_out,
    .iwant_in = node.iwant_in,
    .iwant_out = node.iwant_out,
    .bodies_saved = node.bodies_saved,
    .recovered = node.recovered,
    .recv_dropped = node.dropped[P2P_DROP_RECV],
    .links_established = node.links_established,
    .links_pending = node.links_pending,
    .dials = node.dials,
  };
  memcpy (stats->dropped, node.dropped, sizeof stats->dropped);
  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    stats->dropped_total += node.dropped[i];
}

/**
 * p2p_mesh_socket_get_dropped:
 * @self: the socket
 * @reason: a reason
 *
 * How often something was dropped for one reason, over all links there were.
 *
 * Returns: how many frames and messages went no further for that reason so far
 */
guint64
p2p_mesh_socket_get_dropped (P2pMeshSocket *self, P2pDropReason reason)
{
  P2pMeshStats stats;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);
  g_return_val_if_fail ((guint) reason < P2P_N_DROP_REASONS, 0);

  p2p_mesh_socket_get_stats (self, &stats);
  return stats.dropped[reason];
}

/**
 * p2p_mesh_socket_get_clock_skew:
 * @self: the socket
 *
 * How far the clock of this computer seems to be off, by what the neighbours say. 0 below #P2pLimits.clock_skew_seconds.
 *
 * Returns: seconds that this clock is ahead of those of the nodes around; 0 when it is fine, as far as we know
 */
gint64
p2p_mesh_socket_get_clock_skew (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), 0);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL ? p2p_mesh_node_get_clock_skew (node) : 0;
}

/**
 * p2p_mesh_socket_get_watch_frames:
 * @self: the socket
 *
 * Whether every frame is told. It costs time, so it is off at first.
 *
 * Returns: whether #P2pMeshSocket::frame is emitted
 */
gboolean
p2p_mesh_socket_get_watch_frames (P2pMeshSocket *self)
{
  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), FALSE);

  return p2p_mesh_socket_get_priv (self)->watch_frames;
}

/**
 * p2p_mesh_socket_set_watch_frames:
 * @self: the socket
 * @watch_frames: whether #P2pMeshSocket::frame is emitted
 *
 * Whether every frame is told of. It costs nothing when it is off, and about a microsecond a frame when it is on.
 */
void
p2p_mesh_socket_set_watch_frames (P2pMeshSocket *self, gboolean watch_frames)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  if (priv->watch_frames == !!watch_frames)
    return;
  priv->watch_frames = !!watch_frames;
  if (priv->node != NULL)
    p2p_mesh_node_set_watched (priv->node, priv->watch_frames);
  g_object_notify (G_OBJECT (self), "watch-frames");
}

/**
 * p2p_mesh_socket_get_status:
 * @self: the socket
 *
 * The errors that were met so far, the newest last; only so many are kept.
 *
 * Returns: (transfer full): an `a(sxs)` of the code's name (see p2p_error_get_code_name()), microseconds UTC and words; empty
 *   when all is well
 */
GVariant *
p2p_mesh_socket_get_status (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL ? p2p_mesh_node_get_status (node) : g_variant_ref_sink (g_variant_new ("a(sxs)", NULL));
}

/**
 * p2p_mesh_socket_get_requests:
 * @self: the socket
 *
 * Which nodes p2p_mesh_socket_whisper_to_async() and its relatives are looking for.
 *
 * Returns: (transfer container) (element-type utf8): the ids of the nodes that are looked for right now
 */
GPtrArray *
p2p_mesh_socket_get_requests (P2pMeshSocket *self)
{
  P2pMeshNode *node;

  g_return_val_if_fail (P2P_IS_MESH_SOCKET (self), NULL);

  node = p2p_mesh_socket_get_node (self);
  return node != NULL ? p2p_mesh_node_get_requests (node) : g_ptr_array_new_with_free_func (g_free);
}

/**
 * p2p_mesh_socket_set_out_address:
 * @self: the socket
 * @host: (nullable): the address that others are told, %NULL for the one listened on
 * @port: the port that others are told, 0 for the one listened on
 *
 * For nodes behind a router that forwards a port to them. Neighbours that there are already learn nothing of it.
 */
void
p2p_mesh_socket_set_out_address (P2pMeshSocket *self, const char *host, guint16 port)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);
  g_autofree char *before = NULL;
  gboolean other_host;
  gboolean other_port = priv->out_port != port;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  other_host = g_strcmp0 (priv->out_host, host) != 0;
  if (!other_host && !other_port)
    return;
  before = priv->out_host;
  priv->out_host = g_strdup (host);
  priv->out_port = port;
  if (priv->node != NULL)
    p2p_mesh_node_set_out_address (priv->node, priv->out_host, port);
  if (other_host)
    g_object_notify (G_OBJECT (self), "out-host");
  if (other_port)
    g_object_notify (G_OBJECT (self), "out-port");
}

/**
 * p2p_mesh_socket_set_max_outgoing:
 * @self: the socket
 * @max: how many links
 *
 * How many links the node opens by itself. Links that there are stay.
 */
void
p2p_mesh_socket_set_max_outgoing (P2pMeshSocket *self, guint max)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  if (priv->max_outgoing == max)
    return;
  priv->max_outgoing = max;
  if (priv->node != NULL)
    p2p_mesh_node_set_max_outgoing (priv->node, max);
  g_object_notify (G_OBJECT (self), "max-outgoing");
}

/**
 * p2p_mesh_socket_set_methods:
 * @self: the socket
 * @methods: #P2pCompression numbers, a byte each, in order of preference; none: nothing is packed
 *
 * Which compression methods the node offers and sends with, on links that are made from now on. Without it those are all of
 * this build. Frames that are packed otherwise are still read.
 */
void
p2p_mesh_socket_set_methods (P2pMeshSocket *self, GBytes *methods)
{
  P2pMeshNode *node;
  const guint8 *bytes;
  gsize n_methods;

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));
  g_return_if_fail (methods != NULL);

  node = p2p_mesh_socket_get_node (self);
  bytes = g_bytes_get_data (methods, &n_methods);
  if (node != NULL)
    p2p_mesh_node_set_methods (node, bytes != NULL ? bytes : (const guint8 *) "", n_methods);
}

/**
 * p2p_mesh_socket_set_debug_level:
 * @self: the socket
 * @level: 0 to 5, see #P2pMeshSocket:debug-level
 *
 * What is logged.
 */
void
p2p_mesh_socket_set_debug_level (P2pMeshSocket *self, guint level)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_priv (self);

  g_return_if_fail (P2P_IS_MESH_SOCKET (self));

  if (priv->debug_level == level)
    return;
  priv->debug_level = level;
  if (priv->node != NULL)
    p2p_mesh_node_set_debug_level (priv->node, level);
  g_object_notify (G_OBJECT (self), "debug-level");
}

/**
 * p2p_get_utc:
 *
 * The time of this computer in the unit that messages have it in. In any thread.
 *
 * Returns: now, in whole seconds UTC
 */
gint64
p2p_get_utc (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}
