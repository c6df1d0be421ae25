/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-sync-entry-private.h"

#include "p2p/wire/p2p-value.h"

/* What was told last, so that a notification means a change. */
typedef struct {
  GBytes *value;                /* MessagePack; NULL: deleted */
  char *owner;
  gint64 time;
  gint64 lease_end;
  gboolean mine;
  gboolean old;
  gboolean is_signed;
} Told;

struct _P2pSyncEntry {
  GObject parent_instance;
  GHashTable *registry;         /* NULL: withdrawn from it */
  P2pEnv *env;
  GBytes *key;
  char *text;
  char *own_id;
  Told told;
  GVariant *value;              /* of told.value, since somebody asked */
};

G_DEFINE_FINAL_TYPE (P2pSyncEntry, p2p_sync_entry, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KEY,
  PROP_TEXT,
  PROP_VALUE,
  PROP_VALUE_SIZE,
  PROP_OWNER,
  PROP_TIMESTAMP,
  PROP_LEASE_LEFT,
  PROP_LEASE_END,
  PROP_MINE,
  PROP_OLD,
  PROP_SIGNED,
  PROP_DELETED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* The key as text, when all of it can be shown. */
static char *
dup_text (GBytes *key)
{
  gsize length;
  const char *bytes = g_bytes_get_data (key, &length);

  if (length == 0 || !g_utf8_validate_len (bytes, length, NULL))
    return NULL;
  for (const char *p = bytes; p < bytes + length; p = g_utf8_next_char (p))
    if (g_unichar_type (g_utf8_get_char (p)) == G_UNICODE_CONTROL)
      return NULL;
  return g_strndup (bytes, length);
}

static void
clear_told (Told *told)
{
  g_clear_pointer (&told->value, g_bytes_unref);
  g_clear_pointer (&told->owner, g_free);
}

static Told
look (P2pSyncEntry *self, const P2pSyncState *state)
{
  if (state == NULL)
    return (Told) { 0 };
  return (Told) {
    .value = state->value != NULL ? g_bytes_ref (state->value) : NULL,
    .owner = g_strdup (state->owner),
    .time = state->clock.time,
    .lease_end = state->lease_end,
    .mine = g_strcmp0 (state->owner, self->own_id) == 0,
    .old = state->old,
    .is_signed = state->is_signed,
  };
}

static gboolean
is_same_value (GBytes *a, GBytes *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_bytes_equal (a, b);
}

static gsize
size_of (const Told *told)
{
  return told->value != NULL ? g_bytes_get_size (told->value) : 0;
}

/* ---- object ---- */

static void
withdraw (P2pSyncEntry *self)
{
  if (self->registry == NULL)
    return;
  if (g_hash_table_lookup (self->registry, self->key) == self)
    g_hash_table_remove (self->registry, self->key);
  g_clear_pointer (&self->registry, g_hash_table_unref);
}

static void
p2p_sync_entry_dispose (GObject *object)
{
  /* Whoever is told that this one goes may ask for the key again: that is another entry then. */
  withdraw (P2P_SYNC_ENTRY (object));
  G_OBJECT_CLASS (p2p_sync_entry_parent_class)->dispose (object);
}

static void
p2p_sync_entry_finalize (GObject *object)
{
  P2pSyncEntry *self = P2P_SYNC_ENTRY (object);

  clear_told (&self->told);
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_pointer (&self->env, p2p_env_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->text);
  g_free (self->own_id);
  G_OBJECT_CLASS (p2p_sync_entry_parent_class)->finalize (object);
}

static void
p2p_sync_entry_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pSyncEntry *self = P2P_SYNC_ENTRY (object);

  switch (prop_id)
    {
    case PROP_KEY:
      g_value_set_boxed (value, self->key);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_VALUE:
      g_value_take_variant (value, p2p_sync_entry_get_value (self));
      break;
    case PROP_VALUE_SIZE:
      g_value_set_uint64 (value, p2p_sync_entry_get_value_size (self));
      break;
    case PROP_OWNER:
      g_value_set_string (value, self->told.owner);
      break;
    case PROP_TIMESTAMP:
      g_value_set_int64 (value, self->told.time);
      break;
    case PROP_LEASE_LEFT:
      g_value_set_uint (value, p2p_sync_entry_get_lease_left (self));
      break;
    case PROP_LEASE_END:
      g_value_set_int64 (value, self->told.lease_end);
      break;
    case PROP_MINE:
      g_value_set_boolean (value, self->told.mine);
      break;
    case PROP_OLD:
      g_value_set_boolean (value, self->told.old);
      break;
    case PROP_SIGNED:
      g_value_set_boolean (value, self->told.is_signed);
      break;
    case PROP_DELETED:
      g_value_set_boolean (value, self->told.value == NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_sync_entry_class_init (P2pSyncEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = p2p_sync_entry_dispose;
  object_class->finalize = p2p_sync_entry_finalize;
  object_class->get_property = p2p_sync_entry_get_property;

  /**
   * P2pSyncEntry:key:
   *
   * The key. It never changes.
   */
  properties[PROP_KEY] = g_param_spec_boxed ("key", NULL, NULL, G_TYPE_BYTES, read);
  /**
   * P2pSyncEntry:text:
   *
   * The key as text; %NULL when it is no UTF-8 or has control characters in it.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, read);
  /**
   * P2pSyncEntry:value:
   *
   * The value, as p2p_value_unpack() makes it; %NULL when the key was deleted.
   */
  properties[PROP_VALUE] = g_param_spec_variant ("value", NULL, NULL, G_VARIANT_TYPE_ANY, NULL, read);
  /**
   * P2pSyncEntry:value-size:
   *
   * Bytes of the value on the wire; 0 when the key was deleted.
   */
  properties[PROP_VALUE_SIZE] = g_param_spec_uint64 ("value-size", NULL, NULL, 0, G_MAXUINT64, 0, read);
  /**
   * P2pSyncEntry:owner:
   *
   * The id of the node that wrote the key last, and holds its lease; %NULL when nothing is known of the key any more.
   */
  properties[PROP_OWNER] = g_param_spec_string ("owner", NULL, NULL, NULL, read);
  /**
   * P2pSyncEntry:timestamp:
   *
   * When that was: UTC, seconds. It and the owner together tell one writing of the key from another (a fencing token): a lease
   * is not a lock.
   */
  properties[PROP_TIMESTAMP] = g_param_spec_int64 ("timestamp", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  /**
   * P2pSyncEntry:lease-left:
   *
   * Seconds until somebody else than the owner may write the key, at the moment of asking; 0: anybody may.
   */
  properties[PROP_LEASE_LEFT] = g_param_spec_uint ("lease-left", NULL, NULL, 0, G_MAXUINT, 0, read);
  /**
   * P2pSyncEntry:lease-end:
   *
   * The first second, in UTC, in which somebody else than the owner may write the key; 0 without leasing and after a delete.
   */
  properties[PROP_LEASE_END] = g_param_spec_int64 ("lease-end", NULL, NULL, G_MININT64, G_MAXINT64, 0, read);
  /**
   * P2pSyncEntry:mine:
   *
   * Whether the owner is the node itself.
   */
  properties[PROP_MINE] = g_param_spec_boolean ("mine", NULL, NULL, FALSE, read);
  /**
   * P2pSyncEntry:old:
   *
   * Whether this is from an earlier run of the program, and no other node has said the same since.
   */
  properties[PROP_OLD] = g_param_spec_boolean ("old", NULL, NULL, FALSE, read);
  /**
   * P2pSyncEntry:signed:
   *
   * Whether the owner signed it: all that the value is made of, or that it was deleted. Without, anybody may have written it in that name: originals
   * (py2p, js2p) sign nothing. Of who signs, nothing else counts.
   */
  properties[PROP_SIGNED] = g_param_spec_boolean ("signed", NULL, NULL, FALSE, read);
  /**
   * P2pSyncEntry:deleted:
   *
   * Whether the key has no value any more.
   */
  properties[PROP_DELETED] = g_param_spec_boolean ("deleted", NULL, NULL, FALSE, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_sync_entry_init (P2pSyncEntry *self)
{
}

/* ---- for the socket ---- */

GHashTable *
p2p_sync_entry_registry_new (void)
{
  return g_hash_table_new (g_bytes_hash, g_bytes_equal);
}

P2pSyncEntry *
p2p_sync_entry_new (GHashTable *registry, GBytes *key, const P2pSyncState *state, const char *own_id, P2pEnv *env)
{
  P2pSyncEntry *self = g_object_new (P2P_TYPE_SYNC_ENTRY, NULL);

  self->env = p2p_env_ref (env);
  self->key = g_bytes_ref (key);
  self->text = dup_text (key);
  self->own_id = g_strdup (own_id);
  self->told = look (self, state);
  self->registry = g_hash_table_ref (registry);
  g_hash_table_replace (registry, self->key, self);
  return self;
}

void
p2p_sync_entry_update (P2pSyncEntry *self, const P2pSyncState *state)
{
  GObject *object = G_OBJECT (self);
  Told before = self->told;
  Told now = look (self, state);

  self->told = now;
  g_object_freeze_notify (object);
  if (!is_same_value (before.value, now.value))
    {
      g_clear_pointer (&self->value, g_variant_unref);
      g_object_notify_by_pspec (object, properties[PROP_VALUE]);
    }
  if (size_of (&before) != size_of (&now))
    g_object_notify_by_pspec (object, properties[PROP_VALUE_SIZE]);
  if ((before.value == NULL) != (now.value == NULL))
    g_object_notify_by_pspec (object, properties[PROP_DELETED]);
  if (g_strcmp0 (before.owner, now.owner) != 0)
    g_object_notify_by_pspec (object, properties[PROP_OWNER]);
  if (before.mine != now.mine)
    g_object_notify_by_pspec (object, properties[PROP_MINE]);
  if (before.time != now.time)
    g_object_notify_by_pspec (object, properties[PROP_TIMESTAMP]);
  if (before.lease_end != now.lease_end)
    {
      g_object_notify_by_pspec (object, properties[PROP_LEASE_END]);
      g_object_notify_by_pspec (object, properties[PROP_LEASE_LEFT]);
    }
  if (before.old != now.old)
    g_object_notify_by_pspec (object, properties[PROP_OLD]);
  if (before.is_signed != now.is_signed)
    g_object_notify_by_pspec (object, properties[PROP_SIGNED]);
  clear_told (&before);
  /* Handlers run now, and only now: the entry is whole. */
  g_object_thaw_notify (object);
}

/* ---- for programs ---- */

/**
 * p2p_sync_entry_get_key:
 * @self: an entry
 *
 * Which key it is.
 *
 * Returns: (transfer none): the key
 */
GBytes *
p2p_sync_entry_get_key (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), NULL);

  return self->key;
}

/**
 * p2p_sync_entry_get_text:
 * @self: an entry
 *
 * The key as something that can be shown. It came from the network: it is no markup.
 *
 * Returns: (nullable): the key as text; %NULL when it is no UTF-8 or has control characters in it
 */
const char *
p2p_sync_entry_get_text (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), NULL);

  return self->text;
}

/**
 * p2p_sync_entry_get_value:
 * @self: an entry
 *
 * The value, see p2p_value_unpack() for the types.
 *
 * Returns: (transfer full) (nullable): the value; %NULL when the key was deleted
 */
GVariant *
p2p_sync_entry_get_value (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), NULL);

  if (self->value == NULL && self->told.value != NULL)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (self->told.value, &length);
      GVariant *value = p2p_value_unpack (bytes, length, NULL, NULL);

      self->value = value != NULL ? g_variant_ref_sink (value) : NULL;
    }
  return self->value != NULL ? g_variant_ref (self->value) : NULL;
}

/**
 * p2p_sync_entry_get_value_size:
 * @self: an entry
 *
 * How large the value is.
 *
 * Returns: bytes of the value on the wire; 0 when the key was deleted
 */
guint64
p2p_sync_entry_get_value_size (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), 0);

  return size_of (&self->told);
}

/**
 * p2p_sync_entry_get_owner:
 * @self: an entry
 *
 * Who wrote the key. It is a claim: nothing is signed in this version of the protocol.
 *
 * Returns: (nullable): the id of the node that wrote the key last; %NULL when nothing is known of the key any more
 */
const char *
p2p_sync_entry_get_owner (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), NULL);

  return self->told.owner;
}

/**
 * p2p_sync_entry_get_timestamp:
 * @self: an entry
 *
 * When the key was written, by the clock of who wrote it.
 *
 * Returns: when it was written last: UTC, seconds
 */
gint64
p2p_sync_entry_get_timestamp (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), 0);

  return self->told.time;
}

/**
 * p2p_sync_entry_get_lease_left:
 * @self: an entry
 *
 * How long the lease of the key lasts.
 *
 * Returns: seconds until somebody else than the owner may write the key, as of now; 0: anybody may
 */
guint
p2p_sync_entry_get_lease_left (P2pSyncEntry *self)
{
  gint64 now;

  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), 0);

  now = p2p_clock_utc_seconds (self->env->clock);
  return self->told.lease_end > now ? (guint) MIN (self->told.lease_end - now, G_MAXUINT) : 0;
}

/**
 * p2p_sync_entry_get_lease_end:
 * @self: an entry
 *
 * When the lease of the key ends, by the clock of this computer.
 *
 * Returns: the first second, in UTC, in which somebody else than the owner may write the key; 0: there is no lease
 */
gint64
p2p_sync_entry_get_lease_end (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), 0);

  return self->told.lease_end;
}

/**
 * p2p_sync_entry_get_mine:
 * @self: an entry
 *
 * Whether this node wrote the key last.
 *
 * Returns: whether the owner is the node itself
 */
gboolean
p2p_sync_entry_get_mine (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), FALSE);

  return self->told.mine;
}

/**
 * p2p_sync_entry_get_old:
 * @self: an entry
 *
 * Whether the value is only what p2p_sync_socket_restore() brought.
 *
 * Returns: whether this is from an earlier run of the program, and no other node has said the same since
 */
gboolean
p2p_sync_entry_get_old (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), FALSE);

  return self->told.old;
}

/**
 * p2p_sync_entry_get_signed:
 * @self: an entry
 *
 * Whether it is known that the owner wrote it, and not somebody in his name.
 *
 * Returns: whether the owner signed all of it
 */
gboolean
p2p_sync_entry_get_signed (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), FALSE);

  return self->told.is_signed;
}

/**
 * p2p_sync_entry_get_deleted:
 * @self: an entry
 *
 * Whether the key is gone from the table. Somebody may hold the entry for longer.
 *
 * Returns: whether the key has no value any more
 */
gboolean
p2p_sync_entry_get_deleted (P2pSyncEntry *self)
{
  g_return_val_if_fail (P2P_IS_SYNC_ENTRY (self), FALSE);

  return self->told.value == NULL;
}
