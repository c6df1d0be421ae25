/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-mesh-socket-private.h"

#include "p2p/wire/p2p-enum-types.h"

static void initable_iface_init (GInitableIface *iface);

G_DEFINE_TYPE_WITH_CODE (P2pMeshSocket, p2p_mesh_socket, G_TYPE_OBJECT,
                         G_ADD_PRIVATE (P2pMeshSocket)
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init))

enum {
  PROP_0,
  PROP_PROTOCOL,
  PROP_IDENTITY,
  PROP_LIMITS,
  PROP_ID,
  PROP_HOST,
  PROP_PORT,
  PROP_OUT_HOST,
  PROP_OUT_PORT,
  PROP_MAX_OUTGOING,
  PROP_DEBUG_LEVEL,
  PROP_N_CONNECTIONS,
  PROP_ROUTING_TABLE,
  PROP_AWAITING_IDS,
  PROP_CLOSED,
  PROP_WATCH_FRAMES,
  PROP_CLOCK_SKEW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

P2pMeshSocketPrivate *
p2p_mesh_socket_get_priv (P2pMeshSocket *self)
{
  return p2p_mesh_socket_get_instance_private (self);
}

P2pMeshNode *
p2p_mesh_socket_get_node (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  return priv->node;
}

static gboolean
p2p_mesh_socket_initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  P2pMeshSocket *self = P2P_MESH_SOCKET (initable);
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  if (priv->node != NULL)
    return TRUE;
  if (priv->env == NULL)
    priv->env = p2p_gio_env_new (NULL);
  if (priv->protocol == NULL)
    priv->protocol = p2p_protocol_get_default_mesh ();
  priv->node = p2p_mesh_node_new (priv->env, priv->protocol, priv->identity, priv->limits, error);
  if (priv->node == NULL)
    return FALSE;
  if (priv->limits == NULL)
    priv->limits = p2p_limits_copy (p2p_mesh_node_get_limits (priv->node));
  p2p_mesh_socket_watch_node (self);
  priv->x1 = p2p_x1_new (priv->node);
  if (priv->x1 != NULL)
    p2p_x1_set_key_func (priv->x1, p2p_mesh_socket_key_known, self);
  p2p_mesh_node_set_debug_level (priv->node, priv->debug_level);
  p2p_mesh_node_set_watched (priv->node, priv->watch_frames);
  p2p_mesh_node_set_max_outgoing (priv->node, priv->max_outgoing);
  p2p_mesh_node_set_out_address (priv->node, priv->out_host, priv->out_port);
  return TRUE;
}

static void
initable_iface_init (GInitableIface *iface)
{
  iface->init = p2p_mesh_socket_initable_init;
}

static void
p2p_mesh_socket_dispose (GObject *object)
{
  P2pMeshSocket *self = P2P_MESH_SOCKET (object);
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  if (priv->node != NULL)
    {
      p2p_mesh_node_close (priv->node);
      p2p_mesh_node_set_events (priv->node, NULL, NULL);
      p2p_mesh_socket_models_clear (self);
      p2p_mesh_socket_addresses_clear (self);
      g_clear_pointer (&priv->x1, p2p_x1_free);
      g_clear_pointer (&priv->node, p2p_mesh_node_unref);
    }
  p2p_mesh_socket_recv_clear (self);
  G_OBJECT_CLASS (p2p_mesh_socket_parent_class)->dispose (object);
}

static void
p2p_mesh_socket_finalize (GObject *object)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (P2P_MESH_SOCKET (object));

  g_ptr_array_unref (priv->established);
  g_ptr_array_unref (priv->awaiting);
  g_ptr_array_unref (priv->handlers);
  g_byte_array_unref (priv->scratch);
  g_clear_pointer (&priv->protocol, p2p_protocol_unref);
  g_clear_pointer (&priv->identity, p2p_identity_unref);
  g_clear_pointer (&priv->limits, p2p_limits_free);
  g_clear_pointer (&priv->env, p2p_env_unref);
  g_free (priv->out_host);
  G_OBJECT_CLASS (p2p_mesh_socket_parent_class)->finalize (object);
}

static void
p2p_mesh_socket_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pMeshSocket *self = P2P_MESH_SOCKET (object);
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  switch (prop_id)
    {
    case PROP_PROTOCOL:
      g_value_set_boxed (value, priv->protocol);
      break;
    case PROP_IDENTITY:
      g_value_set_boxed (value, priv->identity);
      break;
    case PROP_LIMITS:
      g_value_set_boxed (value, priv->limits);
      break;
    case PROP_ID:
      g_value_set_string (value, p2p_mesh_socket_get_id (self));
      break;
    case PROP_HOST:
      g_value_set_string (value, p2p_mesh_socket_get_host (self));
      break;
    case PROP_PORT:
      g_value_set_uint (value, p2p_mesh_socket_get_port (self));
      break;
    case PROP_OUT_HOST:
      g_value_set_string (value, p2p_mesh_socket_get_out_host (self));
      break;
    case PROP_OUT_PORT:
      g_value_set_uint (value, p2p_mesh_socket_get_out_port (self));
      break;
    case PROP_MAX_OUTGOING:
      g_value_set_uint (value, priv->max_outgoing);
      break;
    case PROP_DEBUG_LEVEL:
      g_value_set_uint (value, priv->debug_level);
      break;
    case PROP_N_CONNECTIONS:
      g_value_set_uint (value, priv->established->len);
      break;
    case PROP_ROUTING_TABLE:
      g_value_set_object (value, p2p_mesh_socket_get_routing_table (self));
      break;
    case PROP_AWAITING_IDS:
      g_value_set_object (value, p2p_mesh_socket_get_awaiting_ids (self));
      break;
    case PROP_CLOSED:
      g_value_set_boolean (value, priv->closed);
      break;
    case PROP_WATCH_FRAMES:
      g_value_set_boolean (value, priv->watch_frames);
      break;
    case PROP_CLOCK_SKEW:
      g_value_set_int64 (value, p2p_mesh_socket_get_clock_skew (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_mesh_socket_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  P2pMeshSocket *self = P2P_MESH_SOCKET (object);
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  switch (prop_id)
    {
    case PROP_PROTOCOL:
      priv->protocol = g_value_dup_boxed (value);
      break;
    case PROP_IDENTITY:
      priv->identity = g_value_dup_boxed (value);
      break;
    case PROP_LIMITS:
      priv->limits = g_value_dup_boxed (value);
      break;
    case PROP_OUT_HOST:
      p2p_mesh_socket_set_out_address (self, g_value_get_string (value), priv->out_port);
      break;
    case PROP_OUT_PORT:
      p2p_mesh_socket_set_out_address (self, priv->out_host, (guint16) g_value_get_uint (value));
      break;
    case PROP_MAX_OUTGOING:
      p2p_mesh_socket_set_max_outgoing (self, g_value_get_uint (value));
      break;
    case PROP_DEBUG_LEVEL:
      p2p_mesh_socket_set_debug_level (self, g_value_get_uint (value));
      break;
    case PROP_WATCH_FRAMES:
      p2p_mesh_socket_set_watch_frames (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags write = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * P2pMeshSocket:protocol:
   *
   * The network that the node belongs to. Without one: subnet `mesh`, Plaintext.
   */
  properties[PROP_PROTOCOL] = g_param_spec_boxed ("protocol", NULL, NULL, P2P_TYPE_PROTOCOL, construct);
  /**
   * P2pMeshSocket:identity:
   *
   * The key that the node's id follows from. Without one the node has another id each time.
   */
  properties[PROP_IDENTITY] = g_param_spec_boxed ("identity", NULL, NULL, P2P_TYPE_IDENTITY, construct);
  /**
   * P2pMeshSocket:limits:
   *
   * What the node puts up with.
   */
  properties[PROP_LIMITS] = g_param_spec_boxed ("limits", NULL, NULL, P2P_TYPE_LIMITS, construct);
  /**
   * P2pMeshSocket:id:
   *
   * The node's id.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, read);
  /**
   * P2pMeshSocket:host:
   *
   * The address listened on; %NULL before p2p_mesh_socket_listen().
   */
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, read);
  /**
   * P2pMeshSocket:port:
   *
   * The port listened on; 0 before p2p_mesh_socket_listen().
   */
  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, read);
  /**
   * P2pMeshSocket:out-host:
   *
   * The address that other nodes are told. When it is not set, that is the one listened on, or the LAN address where every
   * interface is listened on.
   */
  properties[PROP_OUT_HOST] = g_param_spec_string ("out-host", NULL, NULL, NULL, write);
  /**
   * P2pMeshSocket:out-port:
   *
   * The port that other nodes are told. When it is not set, that is the one listened on.
   */
  properties[PROP_OUT_PORT] = g_param_spec_uint ("out-port", NULL, NULL, 0, G_MAXUINT16, 0, write);
  /**
   * P2pMeshSocket:max-outgoing:
   *
   * How many links the node opens by itself, to nodes that its neighbours tell of. Those that it was asked for count.
   */
  properties[PROP_MAX_OUTGOING] = g_param_spec_uint ("max-outgoing", NULL, NULL, 0, G_MAXUINT, P2P_LIMIT_MAX_OUTGOING, write);
  /**
   * P2pMeshSocket:debug-level:
   *
   * What is logged, in the domain `p2p`: 0 nothing, 1 failures, 2 links, 3 what is dropped and looked for, 5 every handler entered
   * and every message in and out.
   */
  properties[PROP_DEBUG_LEVEL] = g_param_spec_uint ("debug-level", NULL, NULL, 0, 5, 0, write);
  /**
   * P2pMeshSocket:n-connections:
   *
   * How many nodes are in the routing table.
   */
  properties[PROP_N_CONNECTIONS] = g_param_spec_uint ("n-connections", NULL, NULL, 0, G_MAXUINT, 0, read);
  /**
   * P2pMeshSocket:routing-table:
   *
   * The neighbours, as a list of #P2pConnection in the order in which they came.
   */
  properties[PROP_ROUTING_TABLE] = g_param_spec_object ("routing-table", NULL, NULL, G_TYPE_LIST_MODEL, read);
  /**
   * P2pMeshSocket:awaiting-ids:
   *
   * The links whose handshake is to come, as a list of #P2pConnection.
   */
  properties[PROP_AWAITING_IDS] = g_param_spec_object ("awaiting-ids", NULL, NULL, G_TYPE_LIST_MODEL, read);
  /**
   * P2pMeshSocket:closed:
   *
   * Whether p2p_mesh_socket_close() was called.
   */
  properties[PROP_CLOSED] = g_param_spec_boolean ("closed", NULL, NULL, FALSE, read);
  /**
   * P2pMeshSocket:watch-frames:
   *
   * Whether #P2pMeshSocket::frame is emitted.
   */
  properties[PROP_WATCH_FRAMES] = g_param_spec_boolean ("watch-frames", NULL, NULL, FALSE, write);
  /**
   * P2pMeshSocket:clock-skew:
   *
   * Seconds that this clock is ahead of those of the nodes around; 0 when it is fine, as far as we know. Beyond the limit
   * `message-age-seconds` they drop what we say, and we what they say.
   */
  properties[PROP_CLOCK_SKEW] = g_param_spec_int64 ("clock-skew", NULL, NULL, -G_MAXINT32, G_MAXINT32, 0, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_mesh_socket_class_init (P2pMeshSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = p2p_mesh_socket_dispose;
  object_class->finalize = p2p_mesh_socket_finalize;
  object_class->get_property = p2p_mesh_socket_get_property;
  object_class->set_property = p2p_mesh_socket_set_property;
  install_properties (object_class);
  p2p_mesh_socket_install_signals (klass);
}

static void
p2p_mesh_socket_init (P2pMeshSocket *self)
{
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  priv->max_outgoing = P2P_LIMIT_MAX_OUTGOING;
  priv->established = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);
  priv->awaiting = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_peer_unref);
  priv->handlers = g_ptr_array_new ();
  priv->scratch = g_byte_array_new ();
}

P2pMeshSocket *
p2p_mesh_socket_new_with_env (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, P2pEnv *env, GError **error)
{
  g_autoptr (P2pMeshSocket) self =
    g_object_new (P2P_TYPE_MESH_SOCKET, "protocol", protocol, "identity", identity, "limits", limits, NULL);
  P2pMeshSocketPrivate *priv = p2p_mesh_socket_get_instance_private (self);

  if (env != NULL)
    priv->env = p2p_env_ref (env);
  if (!g_initable_init (G_INITABLE (self), NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}
