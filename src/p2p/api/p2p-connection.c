/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-connection-private.h"

#include <string.h>

#include "p2p-api-enum-types.h"
#include "p2p/wire/p2p-enum-types.h"

#include "../mesh/p2p-mesh-guard.h"
#include "../mesh/p2p-mesh-values.h"

/* What was told last, so that a notification means a change. */
typedef struct {
  P2pConnectionState state;
  P2pCompression compression;
  P2pLinkStats stats;
  gint64 since;
  gboolean has_id;
  char *host;
  guint16 port;
  guint8 methods[P2P_MESH_MAX_METHODS];
  gsize n_methods;
  gboolean own;
  gboolean verified;
  P2pCapabilities capabilities;
  gint64 round_trip;
  gint64 clock_offset;
} Told;

struct _P2pConnection {
  GObject parent_instance;
  P2pPeer *peer;
  char *encryption;
  char *version;
  Told told;
};

G_DEFINE_FINAL_TYPE (P2pConnection, p2p_connection, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_HOST,
  PROP_PORT,
  PROP_PEER_HOST,
  PROP_PEER_PORT,
  PROP_OUTGOING,
  PROP_STATE,
  PROP_ENCRYPTION,
  PROP_VERSION,
  PROP_COMPRESSION,
  PROP_METHODS,
  PROP_SINCE,
  PROP_LAST_HEARD,
  PROP_BYTES_IN,
  PROP_BYTES_OUT,
  PROP_MESSAGES_IN,
  PROP_MESSAGES_OUT,
  PROP_ID_FORM,
  PROP_OWN,
  PROP_VERIFIED,
  PROP_CAPABILITIES,
  PROP_ROUND_TRIP,
  PROP_CLOCK_OFFSET,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
p2p_connection_finalize (GObject *object)
{
  P2pConnection *self = P2P_CONNECTION (object);

  g_clear_pointer (&self->peer, p2p_peer_unref);
  g_free (self->encryption);
  g_free (self->version);
  g_free (self->told.host);
  G_OBJECT_CLASS (p2p_connection_parent_class)->finalize (object);
}

static void
get_counter (P2pConnection *self, guint prop_id, GValue *value)
{
  P2pLinkStats stats;

  p2p_peer_get_stats (self->peer, &stats);
  switch (prop_id)
    {
    case PROP_BYTES_IN:
      g_value_set_uint64 (value, stats.bytes_in);
      break;
    case PROP_BYTES_OUT:
      g_value_set_uint64 (value, stats.bytes_out);
      break;
    case PROP_MESSAGES_IN:
      g_value_set_uint64 (value, stats.messages_in);
      break;
    case PROP_MESSAGES_OUT:
    default:
      g_value_set_uint64 (value, stats.messages_out);
      break;
    }
}

static void
p2p_connection_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pConnection *self = P2P_CONNECTION (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, p2p_peer_get_id (self->peer));
      break;
    case PROP_HOST:
      g_value_set_string (value, p2p_peer_get_host (self->peer));
      break;
    case PROP_PORT:
      g_value_set_uint (value, p2p_peer_get_port (self->peer));
      break;
    case PROP_PEER_HOST:
      g_value_set_string (value, p2p_peer_get_peer_host (self->peer));
      break;
    case PROP_PEER_PORT:
      g_value_set_uint (value, p2p_peer_get_peer_port (self->peer));
      break;
    case PROP_OUTGOING:
      g_value_set_boolean (value, p2p_peer_get_outgoing (self->peer));
      break;
    case PROP_STATE:
      g_value_set_enum (value, p2p_connection_get_state (self));
      break;
    case PROP_ENCRYPTION:
      g_value_set_string (value, self->encryption);
      break;
    case PROP_VERSION:
      g_value_set_string (value, self->version);
      break;
    case PROP_COMPRESSION:
      g_value_set_enum (value, p2p_peer_get_compression (self->peer));
      break;
    case PROP_METHODS:
      g_value_take_boxed (value, p2p_connection_get_methods (self));
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, p2p_peer_get_since (self->peer));
      break;
    case PROP_LAST_HEARD:
      g_value_set_int64 (value, p2p_peer_get_last_heard (self->peer));
      break;
    case PROP_BYTES_IN:
    case PROP_BYTES_OUT:
    case PROP_MESSAGES_IN:
    case PROP_MESSAGES_OUT:
      get_counter (self, prop_id, value);
      break;
    case PROP_ID_FORM:
      g_value_set_enum (value, p2p_peer_get_id_form (self->peer));
      break;
    case PROP_OWN:
      g_value_set_boolean (value, p2p_peer_is_own (self->peer));
      break;
    case PROP_VERIFIED:
      g_value_set_boolean (value, p2p_peer_get_proven (self->peer));
      break;
    case PROP_CAPABILITIES:
      g_value_set_flags (value, p2p_peer_get_capabilities (self->peer));
      break;
    case PROP_ROUND_TRIP:
      g_value_set_int64 (value, p2p_peer_get_round_trip (self->peer));
      break;
    case PROP_CLOCK_OFFSET:
      g_value_set_int64 (value, p2p_peer_get_clock_offset (self->peer));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, p2p_peer_get_error (self->peer));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_connection_class_init (P2pConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = p2p_connection_finalize;
  object_class->get_property = p2p_connection_get_property;

  /**
   * P2pConnection:id:
   *
   * The id of the node at the other end, %NULL before its handshake.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  /**
   * P2pConnection:host:
   *
   * Where the node says that it listens; when it says nothing of use, the address of the socket.
   */
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);
  /**
   * P2pConnection:port:
   *
   * The port that belongs to #P2pConnection:host.
   */
  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, flags);
  /**
   * P2pConnection:peer-host:
   *
   * The numeric address at the other end of the socket.
   */
  properties[PROP_PEER_HOST] = g_param_spec_string ("peer-host", NULL, NULL, NULL, flags);
  /**
   * P2pConnection:peer-port:
   *
   * The port at the other end of the socket.
   */
  properties[PROP_PEER_PORT] = g_param_spec_uint ("peer-port", NULL, NULL, 0, G_MAXUINT16, 0, flags);
  /**
   * P2pConnection:outgoing:
   *
   * Whether we opened the link.
   */
  properties[PROP_OUTGOING] = g_param_spec_boolean ("outgoing", NULL, NULL, FALSE, flags);
  /**
   * P2pConnection:state:
   *
   * How far it is.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, P2P_TYPE_CONNECTION_STATE, P2P_CONNECTION_HANDSHAKE, flags);
  /**
   * P2pConnection:encryption:
   *
   * The encryption, as the protocol names it: `Plaintext` or `SSL`.
   */
  properties[PROP_ENCRYPTION] = g_param_spec_string ("encryption", NULL, NULL, NULL, flags);
  /**
   * P2pConnection:version:
   *
   * The version of the protocol that is spoken.
   */
  properties[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, flags);
  /**
   * P2pConnection:compression:
   *
   * The method that we pack with.
   */
  properties[PROP_COMPRESSION] = g_param_spec_enum ("compression", NULL, NULL, P2P_TYPE_COMPRESSION, P2P_COMPRESSION_NONE, flags);
  /**
   * P2pConnection:methods:
   *
   * The compression methods that the node understands, a byte each, in its order of preference.
   */
  properties[PROP_METHODS] = g_param_spec_boxed ("methods", NULL, NULL, G_TYPE_BYTES, flags);
  /**
   * P2pConnection:since:
   *
   * When the handshake was, before it when the link was made, in microseconds UTC.
   */
  properties[PROP_SINCE] = g_param_spec_int64 ("since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * P2pConnection:last-heard:
   *
   * When the last frame came, in microseconds UTC; 0 when none did.
   */
  properties[PROP_LAST_HEARD] = g_param_spec_int64 ("last-heard", NULL, NULL, 0, G_MAXINT64, 0, flags);
  /**
   * P2pConnection:bytes-in:
   *
   * Bytes of frames that came. The counters are notified about once a second.
   */
  properties[PROP_BYTES_IN] = g_param_spec_uint64 ("bytes-in", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * P2pConnection:bytes-out:
   *
   * Bytes of frames that went.
   */
  properties[PROP_BYTES_OUT] = g_param_spec_uint64 ("bytes-out", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * P2pConnection:messages-in:
   *
   * Messages that came, the nodes' own business included.
   */
  properties[PROP_MESSAGES_IN] = g_param_spec_uint64 ("messages-in", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * P2pConnection:messages-out:
   *
   * Messages that went, the nodes' own business included.
   */
  properties[PROP_MESSAGES_OUT] = g_param_spec_uint64 ("messages-out", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  /**
   * P2pConnection:id-form:
   *
   * How the node spells its id: py2p as bin, the others as str.
   */
  properties[PROP_ID_FORM] = g_param_spec_enum ("id-form", NULL, NULL, P2P_TYPE_ID_FORM, P2P_ID_FORM_STR, flags);
  /**
   * P2pConnection:own:
   *
   * Whether the node runs this library: it said HELLO (docs/x1.md). Nothing else follows from it.
   */
  properties[PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  /**
   * P2pConnection:verified:
   *
   * Whether the node proved on this link that it has the key which its id is made of.
   */
  properties[PROP_VERIFIED] = g_param_spec_boolean ("verified", NULL, NULL, FALSE, flags);
  /**
   * P2pConnection:capabilities:
   *
   * What the node says it can do beyond what every node can; 0 for the originals.
   */
  properties[PROP_CAPABILITIES] = g_param_spec_flags ("capabilities", NULL, NULL, P2P_TYPE_CAPABILITIES, 0, flags);
  /**
   * P2pConnection:round-trip:
   *
   * How long a word there and back takes, in microseconds, smoothed; -1 when it is not known, which it never is of the originals.
   */
  properties[PROP_ROUND_TRIP] = g_param_spec_int64 ("round-trip", NULL, NULL, -1, G_MAXINT64, -1, flags);
  /**
   * P2pConnection:clock-offset:
   *
   * Seconds that the node's clock is ahead of ours, as far as its messages tell; 0 when they did not yet.
   */
  properties[PROP_CLOCK_OFFSET] = g_param_spec_int64 ("clock-offset", NULL, NULL, -G_MAXINT32, G_MAXINT32, 0, flags);
  /**
   * P2pConnection:error:
   *
   * Why it is over; %NULL while it lives.
   */
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_connection_init (P2pConnection *self)
{
}

P2pConnection *
p2p_connection_new (P2pMeshNode *node, P2pPeer *peer)
{
  P2pConnection *self = g_object_new (P2P_TYPE_CONNECTION, NULL);
  P2pProtocol *protocol = p2p_mesh_node_get_protocol (node);

  self->peer = p2p_peer_ref (peer);
  self->encryption = g_strdup (p2p_protocol_get_encryption (protocol));
  self->version = g_strdup (p2p_protocol_get_version (protocol));
  p2p_connection_update (self);
  return self;
}

P2pPeer *
p2p_connection_get_peer (P2pConnection *self)
{
  return self->peer;
}

static void
notify_if (P2pConnection *self, gboolean changed, guint prop_id)
{
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
update_counters (P2pConnection *self)
{
  P2pLinkStats *told = &self->told.stats;
  P2pLinkStats now;
  P2pLinkStats before = *told;

  p2p_peer_get_stats (self->peer, &now);
  *told = now;
  notify_if (self, now.bytes_in != before.bytes_in, PROP_BYTES_IN);
  notify_if (self, now.bytes_out != before.bytes_out, PROP_BYTES_OUT);
  notify_if (self, now.messages_in != before.messages_in, PROP_MESSAGES_IN);
  notify_if (self, now.messages_out != before.messages_out, PROP_MESSAGES_OUT);
  notify_if (self, now.messages_in != before.messages_in, PROP_LAST_HEARD);
}

static void
update_address (P2pConnection *self)
{
  const char *host = p2p_peer_get_host (self->peer);
  guint16 port = p2p_peer_get_port (self->peer);
  gboolean other_host = g_strcmp0 (self->told.host, host) != 0;
  gboolean other_port = self->told.port != port;

  if (other_host)
    {
      g_free (self->told.host);
      self->told.host = g_strdup (host);
    }
  self->told.port = port;
  notify_if (self, other_host, PROP_HOST);
  notify_if (self, other_port, PROP_PORT);
}

static void
update_methods (P2pConnection *self)
{
  gsize n_methods;
  const guint8 *methods = p2p_peer_get_methods (self->peer, &n_methods);
  P2pCompression compression = p2p_peer_get_compression (self->peer);
  gboolean other_methods = n_methods != self->told.n_methods || memcmp (methods, self->told.methods, n_methods) != 0;
  gboolean other_compression = compression != self->told.compression;

  memcpy (self->told.methods, methods, n_methods);
  self->told.n_methods = n_methods;
  self->told.compression = compression;
  notify_if (self, other_methods, PROP_METHODS);
  notify_if (self, other_compression, PROP_COMPRESSION);
}

/* What it said of itself, and what we measured of it. */
static void
update_own (P2pConnection *self)
{
  Told *told = &self->told;
  Told before = *told;

  told->own = p2p_peer_is_own (self->peer);
  told->verified = p2p_peer_get_proven (self->peer);
  told->capabilities = p2p_peer_get_capabilities (self->peer);
  told->round_trip = p2p_peer_get_round_trip (self->peer);
  told->clock_offset = p2p_peer_get_clock_offset (self->peer);
  notify_if (self, told->own != before.own, PROP_OWN);
  notify_if (self, told->verified != before.verified, PROP_VERIFIED);
  notify_if (self, told->capabilities != before.capabilities, PROP_CAPABILITIES);
  notify_if (self, told->round_trip != before.round_trip, PROP_ROUND_TRIP);
  notify_if (self, told->clock_offset != before.clock_offset, PROP_CLOCK_OFFSET);
}

void
p2p_connection_update (P2pConnection *self)
{
  P2pConnectionState state = p2p_connection_get_state (self);
  gboolean other_state = state != self->told.state;
  gboolean other_since = p2p_peer_get_since (self->peer) != self->told.since;
  gboolean has_id = p2p_peer_get_id (self->peer) != NULL;
  gboolean other_id = has_id != self->told.has_id;

  g_object_freeze_notify (G_OBJECT (self));
  self->told.state = state;
  self->told.since = p2p_peer_get_since (self->peer);
  self->told.has_id = has_id;
  notify_if (self, other_id, PROP_ID);
  notify_if (self, other_id, PROP_ID_FORM);
  notify_if (self, other_since, PROP_SINCE);
  update_address (self);
  update_methods (self);
  update_own (self);
  update_counters (self);
  notify_if (self, other_state && state == P2P_CONNECTION_CLOSED, PROP_ERROR);
  notify_if (self, other_state, PROP_STATE);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * p2p_connection_get_encryption:
 * @self: a connection
 *
 * How the link is encrypted: %P2P_ENCRYPTION_PLAINTEXT or %P2P_ENCRYPTION_SSL.
 *
 * Returns: the encryption, as the protocol names it
 */
const char *
p2p_connection_get_encryption (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  return self->encryption;
}

/**
 * p2p_connection_get_version:
 * @self: a connection
 *
 * The version of the protocol on this link, `0.7` or `0.6`.
 *
 * Returns: the version of the protocol that is spoken
 */
const char *
p2p_connection_get_version (P2pConnection *self)
{
  g_return_val_if_fail (P2P_IS_CONNECTION (self), NULL);

  return self->version;
}
