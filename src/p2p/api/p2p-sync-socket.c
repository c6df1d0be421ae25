/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The object: how it is made, what it tells, and the list of its keys. What programs do with it is in -read.c and -write.c. */
#include "config.h"

#include "p2p-sync-socket-private.h"

#include "p2p/wire/p2p-value.h"

static void initable_iface_init (GInitableIface *iface);

G_DEFINE_TYPE_WITH_CODE (P2pSyncSocket, p2p_sync_socket, P2P_TYPE_MESH_SOCKET,
                         G_ADD_PRIVATE (P2pSyncSocket)
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init))

enum {
  PROP_0,
  PROP_LEASING,
  PROP_N_KEYS,
  PROP_ENTRIES,
  N_PROPS
};

enum {
  UPDATE,
  DELETE,
  CONFIRMED,
  RECORD,
  REFUSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static GInitableIface *parent_initable;

P2pSyncSocketPrivate *
p2p_sync_socket_get_priv (P2pSyncSocket *self)
{
  return p2p_sync_socket_get_instance_private (self);
}

P2pSyncTable *
p2p_sync_socket_get_table (P2pSyncSocket *self)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (self);

  return priv->node != NULL ? p2p_sync_node_get_table (priv->node) : NULL;
}

GVariant *
p2p_sync_socket_unpack (P2pSyncSocket *self, GBytes *value)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (value, &length);
  GVariant *unpacked = p2p_value_unpack (bytes, length, p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self))->limits, NULL);

  return unpacked != NULL ? g_variant_ref_sink (unpacked) : NULL;
}

static gboolean
look_up (P2pSyncSocket *self, GBytes *key, P2pSyncState *state)
{
  P2pSyncTable *table = p2p_sync_socket_get_table (self);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  return table != NULL && p2p_sync_table_lookup (table, bytes, length, state);
}

P2pSyncEntry *
p2p_sync_socket_ensure_entry (P2pSyncSocket *self, GBytes *key)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (self);
  P2pMeshSocketPrivate *mesh = p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self));
  P2pSyncEntry *entry;
  P2pSyncState state;
  gboolean known;

  if (priv->node == NULL)
    return NULL;
  entry = g_hash_table_lookup (priv->registry, key);
  if (entry != NULL)
    return g_object_ref (entry);
  known = look_up (self, key, &state);
  return p2p_sync_entry_new (priv->registry, known ? state.key : key, known ? &state : NULL, p2p_mesh_socket_get_id (P2P_MESH_SOCKET (self)),
                             mesh->env);
}

static P2pSyncEntry *
ensure_entry_cb (GBytes *key, gpointer data)
{
  return p2p_sync_socket_ensure_entry (data, key);
}

/* ---- what the node tells: any of it may lead to the last reference being dropped ---- */

static gboolean
is_heard (P2pSyncSocket *self, guint signal)
{
  return g_signal_has_handler_pending (self, signals[signal], 0, TRUE);
}

static void
update_entry (P2pSyncSocket *self, GBytes *key, const P2pSyncState *state)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (self);
  P2pSyncEntry *found = g_hash_table_lookup (priv->registry, key);
  g_autoptr (P2pSyncEntry) entry = found != NULL ? g_object_ref (found) : NULL;

  if (entry != NULL)
    p2p_sync_entry_update (entry, state);
}

static void
emit_update (P2pSyncSocket *self, GBytes *key, GBytes *packed)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (P2pSyncEntry) entry = NULL;

  if (!is_heard (self, UPDATE))
    return;
  value = p2p_sync_socket_unpack (self, packed);
  entry = p2p_sync_socket_ensure_entry (self, key);
  if (value != NULL && entry != NULL)
    g_signal_emit (self, signals[UPDATE], 0, key, value, entry);
}

static void
changed_cb (GBytes *changed, gboolean mine, gpointer data)
{
  g_autoptr (P2pSyncSocket) self = g_object_ref (data);
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (self);
  P2pSyncState state;
  gboolean known = look_up (self, changed, &state);
  g_autoptr (GBytes) key = g_bytes_ref (known ? state.key : changed);
  g_autoptr (GBytes) value = known && state.value != NULL ? g_bytes_ref (state.value) : NULL;
  g_autoptr (P2pSyncEntries) entries = priv->entries != NULL ? g_object_ref (priv->entries) : NULL;

  if (entries == NULL)
    return;
  update_entry (self, key, known ? &state : NULL);
  if (p2p_sync_entries_note (entries, key, value != NULL))
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_KEYS]);
      if (value == NULL)
        g_signal_emit (self, signals[DELETE], 0, key);
    }
  if (value != NULL)
    emit_update (self, key, value);
}

/* No news for those who read values. */
static void
confirmed_cb (GBytes *key, gpointer data)
{
  g_autoptr (P2pSyncSocket) self = g_object_ref (data);
  P2pSyncState state;
  gboolean known = look_up (self, key, &state);

  update_entry (self, key, known ? &state : NULL);
  if (is_heard (self, CONFIRMED))
    g_signal_emit (self, signals[CONFIRMED], 0, key);
}

static void
keep_cb (GBytes *key, GBytes *record, gpointer data)
{
  g_autoptr (P2pSyncSocket) self = g_object_ref (data);

  g_signal_emit (self, signals[RECORD], 0, key, record);
}

static gboolean
keeps_cb (gpointer data)
{
  return is_heard (data, RECORD);
}

static void
refused_cb (GBytes *key, const char *owner, const GError *error, gpointer data)
{
  g_autoptr (P2pSyncSocket) self = g_object_ref (data);

  g_signal_emit (self, signals[REFUSED], 0, key, owner, error);
}

static const P2pSyncEvents node_events = {
  .changed = changed_cb,
  .confirmed = confirmed_cb,
  .keep = keep_cb,
  .keeps = keeps_cb,
  .refused = refused_cb,
};

/* ---- object ---- */

static gboolean
p2p_sync_socket_initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  P2pSyncSocket *self = P2P_SYNC_SOCKET (initable);
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (self);
  P2pMeshSocketPrivate *mesh = p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self));
  P2pProtocol *used;

  if (priv->node != NULL)
    return TRUE;
  used = p2p_protocol_new_sync (mesh->protocol, priv->leasing);
  g_clear_pointer (&mesh->protocol, p2p_protocol_unref);
  mesh->protocol = used;
  if (!parent_initable->init (initable, cancellable, error))
    return FALSE;
  priv->node = p2p_sync_node_new (mesh->node, priv->leasing);
  p2p_sync_node_set_events (priv->node, &node_events, self);
  return TRUE;
}

static void
initable_iface_init (GInitableIface *iface)
{
  parent_initable = g_type_interface_peek_parent (iface);
  iface->init = p2p_sync_socket_initable_init;
}

static void
p2p_sync_socket_dispose (GObject *object)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (P2P_SYNC_SOCKET (object));
  g_autoptr (P2pSyncEntries) entries = g_steal_pointer (&priv->entries);

  if (priv->node != NULL)
    p2p_sync_node_set_events (priv->node, NULL, NULL);
  g_clear_pointer (&priv->node, p2p_sync_node_free);
  if (entries != NULL)
    p2p_sync_entries_detach (entries);
  G_OBJECT_CLASS (p2p_sync_socket_parent_class)->dispose (object);
}

static void
p2p_sync_socket_finalize (GObject *object)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (P2P_SYNC_SOCKET (object));

  g_hash_table_unref (priv->registry);
  G_OBJECT_CLASS (p2p_sync_socket_parent_class)->finalize (object);
}

static void
p2p_sync_socket_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pSyncSocket *self = P2P_SYNC_SOCKET (object);

  switch (prop_id)
    {
    case PROP_LEASING:
      g_value_set_boolean (value, p2p_sync_socket_get_leasing (self));
      break;
    case PROP_N_KEYS:
      g_value_set_uint (value, p2p_sync_socket_get_n_keys (self));
      break;
    case PROP_ENTRIES:
      g_value_set_object (value, p2p_sync_socket_get_entries (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_sync_socket_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_LEASING:
      p2p_sync_socket_get_priv (P2P_SYNC_SOCKET (object))->leasing = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_signals (P2pSyncSocketClass *klass)
{
  /**
   * P2pSyncSocket::update:
   * @self: the socket
   * @key: the key
   * @value: its value
   * @entry: all that is known of it
   *
   * A key has a value, another value, or the same value by another writing: of this program or of another node.
   */
  signals[UPDATE] = g_signal_new ("update", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, p2p_marshal_VOID__BOXED_VARIANT_OBJECT,
                                  G_TYPE_NONE, 3, G_TYPE_BYTES, G_TYPE_VARIANT, P2P_TYPE_SYNC_ENTRY);
  /**
   * P2pSyncSocket::delete:
   * @self: the socket
   * @key: the key
   *
   * A key that had a value has none any more.
   */
  signals[DELETE] = g_signal_new ("delete", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * P2pSyncSocket::confirmed:
   * @self: the socket
   * @key: the key
   *
   * What an earlier run of the program knew of a key another node says too: it is not #P2pSyncEntry:old any more. Nothing was written.
   */
  signals[CONFIRMED] = g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * P2pSyncSocket::record:
   * @self: the socket
   * @key: the key
   * @record: (nullable): what to keep in the place of what was kept of @key before; %NULL: nothing
   *
   * What is known of a key is another, as p2p_sync_socket_restore() takes it. A program that keeps the latest record of each key
   * has its table again after a restart, and its leases if it keeps its identity too.
   */
  signals[RECORD] = g_signal_new ("record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_BYTES, G_TYPE_BYTES);
  /**
   * P2pSyncSocket::refused:
   * @self: the socket
   * @key: the key
   * @owner: the id of who wrote it
   * @reason: why, %P2P_TABLE_ERROR
   *
   * A write of another node came that this table did not take.
   */
  signals[REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 3, G_TYPE_BYTES, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
p2p_sync_socket_class_init (P2pSyncSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = p2p_sync_socket_dispose;
  object_class->finalize = p2p_sync_socket_finalize;
  object_class->get_property = p2p_sync_socket_get_property;
  object_class->set_property = p2p_sync_socket_set_property;

  /**
   * P2pSyncSocket:leasing:
   *
   * Whether who writes a key has it for an hour. Nodes that differ in this do not talk to each other.
   */
  properties[PROP_LEASING] = g_param_spec_boolean ("leasing", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * P2pSyncSocket:n-keys:
   *
   * How many keys have a value.
   */
  properties[PROP_N_KEYS] = g_param_spec_uint ("n-keys", NULL, NULL, 0, G_MAXUINT, 0, read);
  /**
   * P2pSyncSocket:entries:
   *
   * The keys that have a value, as a list of #P2pSyncEntry in the order of the keys' bytes.
   */
  properties[PROP_ENTRIES] = g_param_spec_object ("entries", NULL, NULL, G_TYPE_LIST_MODEL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals (klass);
}

static void
p2p_sync_socket_init (P2pSyncSocket *self)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_instance_private (self);

  priv->registry = p2p_sync_entry_registry_new ();
  priv->entries = p2p_sync_entries_new (ensure_entry_cb, self);
}

P2pSyncSocket *
p2p_sync_socket_new_with_env (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, gboolean leasing, P2pEnv *env, GError **error)
{
  g_autoptr (P2pSyncSocket) self =
    g_object_new (P2P_TYPE_SYNC_SOCKET, "protocol", protocol, "identity", identity, "limits", limits, "leasing", leasing, NULL);

  if (env != NULL)
    p2p_mesh_socket_get_priv (P2P_MESH_SOCKET (self))->env = p2p_env_ref (env);
  if (!g_initable_init (G_INITABLE (self), NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- for programs ---- */

/**
 * p2p_sync_socket_new:
 * @protocol: (nullable): the network, without the "1" or "0" of leasing; %NULL for subnet `sync`, Plaintext
 * @identity: (nullable): what the node's id follows from; %NULL for an id that is another one each time, whose leases nobody can renew
 *   after a restart
 * @limits: (nullable): what the node puts up with; %NULL for the defaults
 * @leasing: whether who writes a key has it for an hour
 * @error: return location
 *
 * Makes a node with a table, which lives in the thread-default main context of the caller. It does nothing before it listens or
 * connects.
 *
 * Returns: (transfer full): the node; %NULL with the errors of p2p_mesh_socket_new()
 */
P2pSyncSocket *
p2p_sync_socket_new (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, gboolean leasing, GError **error)
{
  return p2p_sync_socket_new_with_env (protocol, identity, limits, leasing, NULL, error);
}

/**
 * p2p_sync_socket_get_leasing:
 * @self: the socket
 *
 * Whether the network has leases. Nodes with and without do not talk to each other.
 *
 * Returns: whether who writes a key has it for an hour
 */
gboolean
p2p_sync_socket_get_leasing (P2pSyncSocket *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), FALSE);

  return p2p_sync_socket_get_priv (self)->leasing;
}

/**
 * p2p_sync_socket_get_entries:
 * @self: the socket
 *
 * The list follows the table. An entry is made when it is asked for, and is the same for as long as somebody holds it; a list of
 * 100,000 keys costs no more than what is looked at.
 *
 * Returns: (transfer none): the keys that have a value, as #P2pSyncEntry in the order of the keys' bytes
 */
GListModel *
p2p_sync_socket_get_entries (P2pSyncSocket *self)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_priv (self);

  g_return_val_if_fail (P2P_IS_SYNC_SOCKET (self), NULL);

  return priv->entries != NULL ? G_LIST_MODEL (priv->entries) : NULL;
}
