/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../wire/p2p-drop-reason.h"
#include "../wire/p2p-message.h"

G_BEGIN_DECLS

/**
 * P2pConnectionState:
 * @P2P_CONNECTION_HANDSHAKE: connected, the peer has not said who it is
 * @P2P_CONNECTION_ESTABLISHED: in the routing table
 * @P2P_CONNECTION_CLOSED: over; #P2pConnection:error says why
 *
 * How far a link is. It only goes forward.
 */
typedef enum { /*< underscore_name=p2p_connection_state >*/
  P2P_CONNECTION_HANDSHAKE,
  P2P_CONNECTION_ESTABLISHED,
  P2P_CONNECTION_CLOSED,
} P2pConnectionState;

/**
 * P2pConnection:
 *
 * A link to another node, as programs see it. It outlives the link and then tells how that ended. It is of the thread of its socket, and its properties notify.
 */
/* Properties (all readable): id (string, NULL before the handshake), host and port (announced by the peer, else those of the socket),
 * peer-host and peer-port (of the socket), outgoing, state, encryption (string), compression (what we send with), methods (ay: what the peer
 * understands), version (string), since (gint64, UTC microseconds of the handshake, or of the connection before it), bytes-in, bytes-out,
 * messages-in, messages-out (guint64; notified about once a second while they change), last-heard (gint64, UTC microseconds, 0: never),
 * id-form, own (runs this library), capabilities (#P2pCapabilities), round-trip (gint64, microseconds, -1: unknown), clock-offset (gint64, seconds ahead of
 * ours), error (boxed GError, NULL while it lives). */
#define P2P_TYPE_CONNECTION (p2p_connection_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pConnection, p2p_connection, P2P, CONNECTION, GObject)

P2P_EXPORT const char        *p2p_connection_get_id (P2pConnection *self);          /* nullable */
P2P_EXPORT const char        *p2p_connection_get_host (P2pConnection *self);
P2P_EXPORT guint16            p2p_connection_get_port (P2pConnection *self);
P2P_EXPORT char              *p2p_connection_dup_address (P2pConnection *self);     /* "host:port", IPv6 in brackets */
P2P_EXPORT gboolean           p2p_connection_get_outgoing (P2pConnection *self);
P2P_EXPORT P2pConnectionState p2p_connection_get_state (P2pConnection *self);
P2P_EXPORT const char        *p2p_connection_get_encryption (P2pConnection *self);
P2P_EXPORT const char        *p2p_connection_get_version (P2pConnection *self);
P2P_EXPORT P2pCompression     p2p_connection_get_compression (P2pConnection *self);
P2P_EXPORT GBytes            *p2p_connection_get_methods (P2pConnection *self);     /* transfer full */
P2P_EXPORT gint64             p2p_connection_get_since (P2pConnection *self);
P2P_EXPORT gint64             p2p_connection_get_last_heard (P2pConnection *self);
P2P_EXPORT guint64            p2p_connection_get_bytes_in (P2pConnection *self);
P2P_EXPORT guint64            p2p_connection_get_bytes_out (P2pConnection *self);
P2P_EXPORT guint64            p2p_connection_get_dropped (P2pConnection *self, P2pDropReason reason);
P2P_EXPORT gsize              p2p_connection_get_queued (P2pConnection *self);
P2P_EXPORT gboolean           p2p_connection_get_own (P2pConnection *self);
P2P_EXPORT gboolean           p2p_connection_get_verified (P2pConnection *self);
P2P_EXPORT P2pCapabilities    p2p_connection_get_capabilities (P2pConnection *self);
P2P_EXPORT gint64             p2p_connection_get_round_trip (P2pConnection *self);
P2P_EXPORT gint64             p2p_connection_get_clock_offset (P2pConnection *self);
P2P_EXPORT const GError      *p2p_connection_get_error (P2pConnection *self);       /* nullable */
P2P_EXPORT int                p2p_connection_get_fd (P2pConnection *self);
/* One message on this link only. id and time override those of our node when given (NULL, -1: ours). packets av, the sub-flag first. */
P2P_EXPORT P2pMessage        *p2p_connection_send (P2pConnection *self, gint64 flag, GVariant *packets, const char *id, gint64 time, GError **error);
P2P_EXPORT gboolean           p2p_connection_send_raw (P2pConnection *self, GBytes *frame, GError **error);
/* Tell the peer what we understand from now on (renegotiate compression); methods ay in order of preference. js2p drops a link for it. */
P2P_EXPORT gboolean           p2p_connection_renegotiate (P2pConnection *self, GBytes *methods, GError **error);
P2P_EXPORT gboolean           p2p_connection_request_resend (P2pConnection *self, GError **error);

G_END_DECLS
