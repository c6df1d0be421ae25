/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The object: how it is made, what it tells, and its lists. What programs do with it is in -ops.c, -read.c, -write.c and -ring.c. */
#include "config.h"

#include "p2p-chord-socket-private.h"

#include "p2p/api/p2p-api-enum-types.h"

static void initable_iface_init (GInitableIface *iface);

G_DEFINE_TYPE_WITH_CODE (P2pChordSocket, p2p_chord_socket, P2P_TYPE_MESH_SOCKET,
                         G_ADD_PRIVATE (P2pChordSocket)
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init))

enum {
  PROP_0,
  PROP_K,
  PROP_SEEDING,
  PROP_SEED_STATE,
  PROP_KEYS,
  PROP_RING,
  PROP_N_VALUES,
  PROP_N_BYTES,
  N_PROPS
};

enum {
  ADD,
  DELETE,
  RECORD,
  REFUSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static GInitableIface *parent_initable;

P2pChordSocketPrivate *
p2p_chord_socket_get_priv (P2pChordSocket *self)
{
  return p2p_chord_socket_get_instance_private (self);
}

static const P2pChordName *
look_up (P2pChordSocket *self, GBytes *key)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  return priv->node != NULL ? p2p_chord_names_get (p2p_chord_node_get_names (priv->node), bytes, length) : NULL;
}

static P2pChordKey *
ensure_key_cb (GBytes *key, gpointer data)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (data);
  P2pChordKey *row = g_hash_table_lookup (priv->registry, key);

  return row != NULL ? g_object_ref (row) : p2p_chord_key_new (priv->registry, key, look_up (data, key));
}

/* ---- what the node tells: any of it may lead to the last reference being dropped ---- */

static gboolean
is_heard (P2pChordSocket *self, guint signal)
{
  return g_signal_has_handler_pending (self, signals[signal], 0, TRUE);
}

static P2pClock *
get_clock (P2pChordSocket *self)
{
  return p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self))->env->clock;
}

static void
flush_keys_cb (gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);

  priv->keys_timer = 0;
  if (priv->keys != NULL)
    p2p_chord_keys_flush (priv->keys);
}

static void
note_key (P2pChordSocket *self, GBytes *key, gboolean there)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);

  if (priv->keys != NULL && p2p_chord_keys_note (priv->keys, key, there) && priv->keys_timer == 0)
    priv->keys_timer = p2p_clock_schedule (get_clock (self), 0, flush_keys_cb, self);
}

static void
update_key (P2pChordSocket *self, GBytes *key)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  P2pChordKey *found = g_hash_table_lookup (priv->registry, key);
  const P2pChordName *name = found != NULL ? look_up (self, key) : NULL;
  g_autoptr (P2pChordKey) row = name != NULL ? g_object_ref (found) : NULL;

  if (row != NULL)
    p2p_chord_key_update (row, name);
}

static void
added_cb (GBytes *added, gboolean mine, gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);
  g_autoptr (GBytes) key = g_bytes_ref (added);

  note_key (self, key, TRUE);
  update_key (self, key);
  if (is_heard (self, ADD))
    g_signal_emit (self, signals[ADD], 0, key);
}

static void
deleted_cb (GBytes *deleted, gboolean mine, gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);
  g_autoptr (GBytes) key = g_bytes_ref (deleted);

  note_key (self, key, FALSE);
  update_key (self, key);
  if (is_heard (self, DELETE))
    g_signal_emit (self, signals[DELETE], 0, key);
}

static void
tell_stored (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  guint n_values = p2p_chord_socket_get_n_values (self);
  guint64 n_bytes = p2p_chord_socket_get_n_bytes (self);
  gboolean other_values = n_values != priv->n_values, other_bytes = n_bytes != priv->n_bytes;

  priv->n_values = n_values;
  priv->n_bytes = n_bytes;
  if (other_values)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_VALUES]);
  if (other_bytes)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_BYTES]);
}

static void
ring_cb (gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  g_autoptr (GArray) seen = NULL;

  if (priv->node == NULL || priv->members == NULL)
    return;
  seen = p2p_chord_node_get_seen (priv->node);
  p2p_chord_members_update (priv->members, seen);
  tell_stored (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RING]);
}

static void
seed_cb (gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  gboolean before = priv->seeding;

  priv->seeding = p2p_chord_socket_get_seeding (self);
  if (before != priv->seeding)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEEDING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEED_STATE]);
}

static void
keep_cb (GBytes *id, GBytes *record, gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);

  g_signal_emit (self, signals[RECORD], 0, id, record);
}

static gboolean
keeps_cb (gpointer data)
{
  return is_heard (data, RECORD);
}

static void
refused_cb (const char *giver, const GError *error, gpointer data)
{
  g_autoptr (P2pChordSocket) self = g_object_ref (data);

  g_signal_emit (self, signals[REFUSED], 0, giver, error);
}

static const P2pChordEvents node_events = {
  .added = added_cb,
  .deleted = deleted_cb,
  .ring = ring_cb,
  .seed = seed_cb,
  .keep = keep_cb,
  .keeps = keeps_cb,
  .refused = refused_cb,
};

/* ---- object ---- */

static gboolean
check_k (guint k, GError **error)
{
  if (k <= P2P_CHORD_MAX_K)
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_K, "k is %u; it is between %u and %u, or 0 for the ring of the originals",
               k, P2P_CHORD_MIN_K, P2P_CHORD_MAX_K);
  return FALSE;
}

static gboolean
p2p_chord_socket_initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  P2pChordSocket *self = P2P_CHORD_SOCKET (initable);
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  P2pMeshSocketPrivate *mesh = p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self));
  P2pProtocol *used;

  if (priv->node != NULL)
    return TRUE;
  if (!check_k (priv->k, error))
    return FALSE;
  used = p2p_protocol_new_chord (mesh->protocol, priv->k);
  g_clear_pointer (&mesh->protocol, p2p_protocol_unref);
  mesh->protocol = used;
  if (!parent_initable->init (initable, cancellable, error))
    return FALSE;
  priv->node = p2p_chord_node_new (mesh->node, priv->k);
  p2p_chord_node_set_events (priv->node, &node_events, self);
  return TRUE;
}

static void
initable_iface_init (GInitableIface *iface)
{
  parent_initable = g_type_interface_peek_parent (iface);
  iface->init = p2p_chord_socket_initable_init;
}

static void
p2p_chord_socket_dispose (GObject *object)
{
  P2pChordSocket *self = P2P_CHORD_SOCKET (object);
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);
  g_autoptr (P2pChordKeys) keys = g_steal_pointer (&priv->keys);
  g_autoptr (P2pChordMembers) members = g_steal_pointer (&priv->members);

  p2p_chord_socket_end_operations (self);
  if (priv->keys_timer != 0)
    p2p_clock_cancel (get_clock (self), priv->keys_timer);
  priv->keys_timer = 0;
  if (priv->node != NULL)
    p2p_chord_node_set_events (priv->node, NULL, NULL);
  g_clear_pointer (&priv->node, p2p_chord_node_free);
  if (keys != NULL)
    p2p_chord_keys_detach (keys);
  if (members != NULL)
    p2p_chord_members_detach (members);
  G_OBJECT_CLASS (p2p_chord_socket_parent_class)->dispose (object);
}

static void
p2p_chord_socket_finalize (GObject *object)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (P2P_CHORD_SOCKET (object));

  g_hash_table_unref (priv->registry);
  g_ptr_array_unref (priv->operations);
  G_OBJECT_CLASS (p2p_chord_socket_parent_class)->finalize (object);
}

static void
p2p_chord_socket_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pChordSocket *self = P2P_CHORD_SOCKET (object);

  switch (prop_id)
    {
    case PROP_K:
      g_value_set_uint (value, p2p_chord_socket_get_k (self));
      break;
    case PROP_SEEDING:
      g_value_set_boolean (value, p2p_chord_socket_get_seeding (self));
      break;
    case PROP_SEED_STATE:
      g_value_set_enum (value, p2p_chord_socket_get_seed_state (self));
      break;
    case PROP_KEYS:
      g_value_set_object (value, p2p_chord_socket_get_key_list (self));
      break;
    case PROP_RING:
      g_value_set_object (value, p2p_chord_socket_get_ring (self));
      break;
    case PROP_N_VALUES:
      g_value_set_uint (value, p2p_chord_socket_get_n_values (self));
      break;
    case PROP_N_BYTES:
      g_value_set_uint64 (value, p2p_chord_socket_get_n_bytes (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_socket_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_K:
      p2p_chord_socket_get_priv (P2P_CHORD_SOCKET (object))->k = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_signals (P2pChordSocketClass *klass)
{
  /**
   * P2pChordSocket::add:
   * @self: the socket
   * @key: the key
   *
   * A key was said to be in the table. As in the originals that may be one that was there already, when somebody wrote it anew.
   */
  signals[ADD] = g_signal_new ("add", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * P2pChordSocket::delete:
   * @self: the socket
   * @key: the key
   *
   * A key was said not to be in the table any more.
   */
  signals[DELETE] = g_signal_new ("delete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * P2pChordSocket::record:
   * @self: the socket
   * @id: of what
   * @record: (nullable): what to keep in the place of what was kept of @id before; %NULL: nothing
   *
   * A value that this node stores is another, or a name that it knows, as p2p_chord_socket_restore() takes it. A program that keeps
   * the latest record of each id brings its part of the table back after a restart.
   */
  signals[RECORD] = g_signal_new ("record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_BYTES, G_TYPE_BYTES);
  /**
   * P2pChordSocket::refused:
   * @self: the socket
   * @giver: the id of the neighbour that sent it
   * @reason: why, %P2P_TABLE_ERROR
   *
   * A value came to be stored here that this node did not take.
   */
  signals[REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
p2p_chord_socket_class_init (P2pChordSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = p2p_chord_socket_dispose;
  object_class->finalize = p2p_chord_socket_finalize;
  object_class->get_property = p2p_chord_socket_get_property;
  object_class->set_property = p2p_chord_socket_set_property;

  /**
   * P2pChordSocket:k:
   *
   * At most 2^k nodes store, and a value is found in k steps; 0: the ring of the originals. Nodes that differ in this do not talk to
   * each other.
   */
  properties[PROP_K] = g_param_spec_uint ("k", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * P2pChordSocket:seeding:
   *
   * Whether it stores values for others, or is about to.
   */
  properties[PROP_SEEDING] = g_param_spec_boolean ("seeding", NULL, NULL, FALSE, read);
  /**
   * P2pChordSocket:seed-state:
   *
   * How far joining or leaving is.
   */
  properties[PROP_SEED_STATE] = g_param_spec_enum ("seed-state", NULL, NULL, P2P_TYPE_CHORD_SEED_STATE, P2P_CHORD_SEED_STATE_NOT, read);
  /**
   * P2pChordSocket:keys:
   *
   * The keys that were said to be in the table, as a list of #P2pChordKey in the order of the keys' bytes.
   */
  properties[PROP_KEYS] = g_param_spec_object ("keys", NULL, NULL, G_TYPE_LIST_MODEL, read);
  /**
   * P2pChordSocket:ring:
   *
   * The storing nodes that are known, as a list of #P2pChordMemberInfo by place. It is the same list all the time; it notifies when
   * something about it, about this node's place or its part of the ring is another, several changes together.
   */
  properties[PROP_RING] = g_param_spec_object ("ring", NULL, NULL, G_TYPE_LIST_MODEL, read);
  /**
   * P2pChordSocket:n-values:
   *
   * How many values this node stores.
   */
  properties[PROP_N_VALUES] = g_param_spec_uint ("n-values", NULL, NULL, 0, G_MAXUINT, 0, read);
  /**
   * P2pChordSocket:n-bytes:
   *
   * How many bytes these take.
   */
  properties[PROP_N_BYTES] = g_param_spec_uint64 ("n-bytes", NULL, NULL, 0, G_MAXUINT64, 0, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals (klass);
}

static void
p2p_chord_socket_init (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_instance_private (self);

  priv->registry = p2p_chord_key_registry_new ();
  priv->keys = p2p_chord_keys_new (ensure_key_cb, self);
  priv->members = p2p_chord_members_new ();
  priv->operations = g_ptr_array_new ();
}

P2pChordSocket *
p2p_chord_socket_new_with_env (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, guint k, P2pEnv *env, GError **error)
{
  g_autoptr (P2pChordSocket) self =
    g_object_new (P2P_TYPE_CHORD_SOCKET, "protocol", protocol, "identity", identity, "limits", limits, "k", k, NULL);

  if (env != NULL)
    p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self))->env = p2p_env_ref (env);
  if (!g_initable_init (G_INITABLE (self), NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- for programs ---- */

/**
 * p2p_chord_socket_new:
 * @protocol: (nullable): the network; %NULL for subnet `chord`, Plaintext
 * @identity: (nullable): what the node's id, and so its place on the ring, follows from; %NULL for one that is another each time
 * @limits: (nullable): what the node puts up with; %NULL for the defaults
 * @k: 0 for the ring of the originals; 1 to 10 for one of at most 2^k storing nodes
 * @error: return location
 *
 * Makes a node with a distributed table, which lives in the thread-default main context of the caller. It stores nothing before it
 * joins, and does nothing before it listens or connects.
 *
 * Returns: (transfer full): the node; %NULL with %P2P_TABLE_ERROR_K or the errors of p2p_mesh_socket_new()
 */
P2pChordSocket *
p2p_chord_socket_new (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, guint k, GError **error)
{
  return p2p_chord_socket_new_with_env (protocol, identity, limits, k, NULL, error);
}

/**
 * p2p_chord_socket_get_k:
 * @self: the socket
 *
 * The k that the socket was made with, and that all nodes of the network share.
 *
 * Returns: how many storing nodes there may be, as a power of two; 0: the ring of the originals
 */
guint
p2p_chord_socket_get_k (P2pChordSocket *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), 0);

  return p2p_chord_socket_get_priv (self)->k;
}

/**
 * p2p_chord_socket_get_seed_state:
 * @self: the socket
 *
 * What became of p2p_chord_socket_join() and p2p_chord_socket_unjoin_async() so far.
 *
 * Returns: how far joining or leaving is
 */
P2pChordSeedState
p2p_chord_socket_get_seed_state (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), P2P_CHORD_SEED_STATE_NOT);

  switch (priv->node != NULL ? p2p_chord_node_get_seed (priv->node) : P2P_CHORD_SEED_NOT)
    {
    case P2P_CHORD_SEED_JOINING:
      return P2P_CHORD_SEED_STATE_JOINING;
    case P2P_CHORD_SEED_JOINED:
      return P2P_CHORD_SEED_STATE_JOINED;
    case P2P_CHORD_SEED_LEAVING:
      return P2P_CHORD_SEED_STATE_LEAVING;
    case P2P_CHORD_SEED_NOT:
    default:
      return P2P_CHORD_SEED_STATE_NOT;
    }
}

/**
 * p2p_chord_socket_get_seeding:
 * @self: the socket
 *
 * Whether p2p_chord_socket_join() was asked for, and p2p_chord_socket_unjoin_async() not since.
 *
 * Returns: whether it stores values for others, or is about to
 */
gboolean
p2p_chord_socket_get_seeding (P2pChordSocket *self)
{
  P2pChordSeedState state = p2p_chord_socket_get_seed_state (self);

  return state == P2P_CHORD_SEED_STATE_JOINING || state == P2P_CHORD_SEED_STATE_JOINED;
}

/**
 * p2p_chord_socket_get_key_list:
 * @self: the socket
 *
 * The list follows what is said, the changes of one turn of the main loop together. A row is made when it is asked for, and is the
 * same for as long as somebody holds it.
 *
 * Returns: (transfer none): the keys that were said to be in the table, as #P2pChordKey in the order of the keys' bytes
 */
GListModel *
p2p_chord_socket_get_key_list (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);

  return priv->keys != NULL ? G_LIST_MODEL (priv->keys) : NULL;
}

/**
 * p2p_chord_socket_get_ring:
 * @self: the socket
 *
 * The ring, for a view. The list follows what is known of it.
 *
 * Returns: (transfer none): the storing nodes that are known, this one among them when it stores, as #P2pChordMemberInfo by place
 */
GListModel *
p2p_chord_socket_get_ring (P2pChordSocket *self)
{
  P2pChordSocketPrivate *priv = p2p_chord_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_CHORD_SOCKET (self), NULL);

  return priv->members != NULL ? G_LIST_MODEL (priv->members) : NULL;
}
