/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a connection says of itself. */
#include "config.h"

#include "p2p-connection-private.h"

#include "../mesh/p2p-mesh-guard.h"
#include "../mesh/p2p-mesh-values.h"

/**
 * p2p_connection_get_id:
 * @self: a connection
 *
 * Which node is at the other end. It is a claim; p2p_connection_get_verified() says whether it was proven.
 *
 * Returns: (nullable): the id of the node at the other end, %NULL before its handshake
 */
const char *
p2p_connection_get_id (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  return p2p_peer_get_id (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_host:
 * @self: a connection
 *
 * The host at which the node can be dialled, as far as it is known. It is a claim of that node.
 *
 * Returns: where the node says that it listens, or else the address of the socket
 */
const char *
p2p_connection_get_host (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  return p2p_peer_get_host (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_port:
 * @self: a connection
 *
 * The port at which the node can be dialled, as far as it is known. It is a claim of that node.
 *
 * Returns: the port that belongs to p2p_connection_get_host()
 */
guint16
p2p_connection_get_port (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  return p2p_peer_get_port (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_dup_address:
 * @self: a connection
 *
 * Where the node can be dialled, as text: p2p_connection_get_host() and p2p_connection_get_port().
 *
 * Returns: (transfer full): host and port as people write them: `host:port`, an IPv6 address in brackets
 */
char *
p2p_connection_dup_address (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  return p2p_address_to_text (p2p_peer_get_host (p2p_connection_get_peer (self)), p2p_peer_get_port (p2p_connection_get_peer (self)));
}

/**
 * p2p_connection_get_outgoing:
 * @self: a connection
 *
 * Who opened the link.
 *
 * Returns: whether we opened it
 */
gboolean
p2p_connection_get_outgoing (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), FALSE);

  return p2p_peer_get_outgoing (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_state:
 * @self: a connection
 *
 * How far the link is; it only goes forward.
 *
 * Returns: how far it is
 */
P2pConnectionState
p2p_connection_get_state (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), P2P_CONNECTION_CLOSED);

  switch (p2p_peer_get_state (p2p_connection_get_peer (self)))
    {
    case P2P_PEER_PENDING:
      return P2P_CONNECTION_HANDSHAKE;
    case P2P_PEER_ESTABLISHED:
      return P2P_CONNECTION_ESTABLISHED;
    case P2P_PEER_DRAINING:
    case P2P_PEER_CLOSED:
    default:
      return P2P_CONNECTION_CLOSED;
    }
}

/**
 * p2p_connection_get_compression:
 * @self: a connection
 *
 * How what goes out over this link is packed. It may change while the link lives.
 *
 * Returns: the method that we pack with
 */
P2pCompression
p2p_connection_get_compression (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), P2P_COMPRESSION_NONE);

  return p2p_peer_get_compression (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_methods:
 * @self: a connection
 *
 * Which compression methods may be used towards the node.
 *
 * Returns: (transfer full): the compression methods that the node understands, a byte each, in its order
 */
GBytes *
p2p_connection_get_methods (P2pConnection *self)
{
  const guint8 *methods;
  gsize n_methods;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  methods = p2p_peer_get_methods (p2p_connection_get_peer (self), &n_methods);
  return g_bytes_new (methods, n_methods);
}

/**
 * p2p_connection_get_since:
 * @self: a connection
 *
 * How long the link is there.
 *
 * Returns: when the handshake was, before it when the link was made; microseconds UTC
 */
gint64
p2p_connection_get_since (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  return p2p_peer_get_since (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_last_heard:
 * @self: a connection
 *
 * The last sign of life.
 *
 * Returns: when the last frame came, in microseconds UTC; 0 when none did
 */
gint64
p2p_connection_get_last_heard (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  return p2p_peer_get_last_heard (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_bytes_in:
 * @self: a connection
 *
 * How much came over this link, as it was on the wire.
 *
 * Returns: bytes of frames that came
 */
guint64
p2p_connection_get_bytes_in (P2pConnection *self)
{
  P2pLinkStats stats;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  p2p_peer_get_stats (p2p_connection_get_peer (self), &stats);
  return stats.bytes_in;
}

/**
 * p2p_connection_get_bytes_out:
 * @self: a connection
 *
 * How much went over this link, as it was on the wire.
 *
 * Returns: bytes of frames that went
 */
guint64
p2p_connection_get_bytes_out (P2pConnection *self)
{
  P2pLinkStats stats;

  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  p2p_peer_get_stats (p2p_connection_get_peer (self), &stats);
  return stats.bytes_out;
}

/**
 * p2p_connection_get_dropped:
 * @self: a connection
 * @reason: a reason
 *
 * How often something of this link was dropped for one reason. p2p_mesh_socket_get_dropped() has the sum of all links.
 *
 * Returns: how many frames and messages of this link went no further for that reason
 */
guint64
p2p_connection_get_dropped (P2pConnection *self, P2pDropReason reason)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);
  g_return_val_if_fail ((guint) reason < P2P_N_DROP_REASONS, 0);

  return p2p_peer_get_dropped (p2p_connection_get_peer (self), reason);
}

/**
 * p2p_connection_get_queued:
 * @self: a connection
 *
 * How much the other end has not taken yet. At #P2pLimits.out_queue nothing more is handed over.
 *
 * Returns: bytes that wait here for the system to take them
 */
gsize
p2p_connection_get_queued (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  return p2p_peer_get_queued (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_own:
 * @self: a connection
 *
 * What the node is: one of this library can do more than one of the originals, see p2p_connection_get_capabilities().
 *
 * Returns: whether the node runs this library, as it says
 */
gboolean
p2p_connection_get_own (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), FALSE);

  return p2p_peer_is_own (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_verified:
 * @self: a connection
 *
 * Did the node prove, on this link, that it has the key which its id is made of? Where the link is encrypted, that also means that nobody is in between.
 *
 * Returns: whether it did; %FALSE for nodes of the originals, and for all when our own has no identity
 */
gboolean
p2p_connection_get_verified (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), FALSE);

  return p2p_peer_get_proven (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_capabilities:
 * @self: a connection
 *
 * What a node of this library said in its greeting. Of others: nothing.
 *
 * Returns: what the node says it can do beyond what every node can
 */
P2pCapabilities
p2p_connection_get_capabilities (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  return p2p_peer_get_capabilities (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_round_trip:
 * @self: a connection
 *
 * The time of the last ping. Only nodes of this library answer pings.
 *
 * Returns: how long a word there and back takes, in microseconds; -1 when it is not known
 */
gint64
p2p_connection_get_round_trip (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), -1);

  return p2p_peer_get_round_trip (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_clock_offset:
 * @self: a connection
 *
 * How far the clock at the other end is from this one; negative when it is behind. It is taken from the times in what the node itself said.
 *
 * Returns: seconds that the node's clock is ahead of ours, as far as we know
 */
gint64
p2p_connection_get_clock_offset (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), 0);

  return p2p_peer_get_clock_offset (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_error:
 * @self: a connection
 *
 * What ended the link: a %P2P_LINK_ERROR.
 *
 * Returns: (nullable) (transfer none): why it is over; %NULL while it lives
 */
const GError *
p2p_connection_get_error (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  return p2p_peer_get_error (p2p_connection_get_peer (self));
}

/**
 * p2p_connection_get_fd:
 * @self: a connection
 *
 * The file descriptor of the socket, for looking at it (`getsockopt()`, say); reading and writing is the library's.
 *
 * Returns: the descriptor, or -1
 */
int
p2p_connection_get_fd (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), -1);

  return p2p_peer_get_fd (p2p_connection_get_peer (self));
}
