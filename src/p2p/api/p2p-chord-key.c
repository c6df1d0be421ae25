/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-chord-key-private.h"

struct _P2pChordKey {
  GObject parent_instance;
  GHashTable *registry;         /* NULL: withdrawn from it */
  GBytes *key;
  char *text;
  gboolean is_text;
  gint64 since;
  gboolean mine;
};

G_DEFINE_FINAL_TYPE (P2pChordKey, p2p_chord_key, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KEY,
  PROP_TEXT,
  PROP_IS_TEXT,
  PROP_SINCE,
  PROP_MINE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* The key as text, when all of it can be shown. */
static gboolean
is_plain (const char *bytes, gsize length)
{
  if (length == 0 || !g_utf8_validate_len (bytes, length, NULL))
    return FALSE;
  for (const char *p = bytes; p < bytes + length; p = g_utf8_next_char (p))
    if (g_unichar_type (g_utf8_get_char (p)) == G_UNICODE_CONTROL)
      return FALSE;
  return TRUE;
}

static char *
make_hex (const guint8 *bytes, gsize length)
{
  GString *hex = g_string_sized_new (2 * length + 1);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

static void
p2p_chord_key_dispose (GObject *object)
{
  P2pChordKey *self = P2P_CHORD_KEY (object);

  /* Whoever is told that this one goes may ask for the key again: that is another row then. */
  if (self->registry != NULL && g_hash_table_lookup (self->registry, self->key) == self)
    g_hash_table_remove (self->registry, self->key);
  g_clear_pointer (&self->registry, g_hash_table_unref);
  G_OBJECT_CLASS (p2p_chord_key_parent_class)->dispose (object);
}

static void
p2p_chord_key_finalize (GObject *object)
{
  P2pChordKey *self = P2P_CHORD_KEY (object);

  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->text);
  G_OBJECT_CLASS (p2p_chord_key_parent_class)->finalize (object);
}

static void
p2p_chord_key_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pChordKey *self = P2P_CHORD_KEY (object);

  switch (prop_id)
    {
    case PROP_KEY:
      g_value_set_boxed (value, self->key);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_IS_TEXT:
      g_value_set_boolean (value, self->is_text);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->since);
      break;
    case PROP_MINE:
      g_value_set_boolean (value, self->mine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_key_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  P2pChordKey *self = P2P_CHORD_KEY (object);

  switch (prop_id)
    {
    case PROP_KEY:
      self->key = g_value_dup_boxed (value);
      break;
    case PROP_SINCE:
      self->since = g_value_get_int64 (value);
      break;
    case PROP_MINE:
      self->mine = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_key_constructed (GObject *object)
{
  P2pChordKey *self = P2P_CHORD_KEY (object);
  const char *bytes;
  gsize length;

  if (self->key == NULL)
    self->key = g_bytes_new (NULL, 0);
  bytes = g_bytes_get_data (self->key, &length);
  self->is_text = is_plain (bytes, length);
  self->text = self->is_text ? g_strndup (bytes, length) : make_hex ((const guint8 *) bytes, length);
  G_OBJECT_CLASS (p2p_chord_key_parent_class)->constructed (object);
}

static void
p2p_chord_key_class_init (P2pChordKeyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->constructed = p2p_chord_key_constructed;
  object_class->dispose = p2p_chord_key_dispose;
  object_class->finalize = p2p_chord_key_finalize;
  object_class->get_property = p2p_chord_key_get_property;
  object_class->set_property = p2p_chord_key_set_property;

  /**
   * P2pChordKey:key:
   *
   * The key. It never changes.
   */
  properties[PROP_KEY] = g_param_spec_boxed ("key", NULL, NULL, G_TYPE_BYTES, once);
  /**
   * P2pChordKey:text:
   *
   * The key as text; its bytes in hexadecimal when it is no UTF-8 or has control characters in it.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, read);
  /**
   * P2pChordKey:is-text:
   *
   * Whether #P2pChordKey:text is the key itself.
   */
  properties[PROP_IS_TEXT] = g_param_spec_boolean ("is-text", NULL, NULL, FALSE, read);
  /**
   * P2pChordKey:since:
   *
   * When the key was last said to be there: UTC, seconds.
   */
  properties[PROP_SINCE] = g_param_spec_int64 ("since", NULL, NULL, G_MININT64, G_MAXINT64, 0, once);
  /**
   * P2pChordKey:mine:
   *
   * Whether it was this node that said so.
   */
  properties[PROP_MINE] = g_param_spec_boolean ("mine", NULL, NULL, FALSE, once);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_chord_key_init (P2pChordKey *self)
{
}

/* ---- for the socket ---- */

GHashTable *
p2p_chord_key_registry_new (void)
{
  return g_hash_table_new (g_bytes_hash, g_bytes_equal);
}

P2pChordKey *
p2p_chord_key_new (GHashTable *registry, GBytes *key, const P2pChordName *name)
{
  P2pChordKey *self = g_object_new (P2P_TYPE_CHORD_KEY,
                                    "key", key,
                                    "since", name != NULL ? name->time : (gint64) 0,
                                    "mine", name != NULL && name->mine,
                                    NULL);

  self->registry = g_hash_table_ref (registry);
  g_hash_table_replace (registry, self->key, self);
  return self;
}

void
p2p_chord_key_update (P2pChordKey *self, const P2pChordName *name)
{
  GObject *object = G_OBJECT (self);

  g_object_freeze_notify (object);
  if (self->since != name->time)
    {
      self->since = name->time;
      g_object_notify_by_pspec (object, properties[PROP_SINCE]);
    }
  if (self->mine != name->mine)
    {
      self->mine = name->mine;
      g_object_notify_by_pspec (object, properties[PROP_MINE]);
    }
  g_object_thaw_notify (object);
}

/* ---- for programs ---- */

/**
 * p2p_chord_key_get_key:
 * @self: a key
 *
 * The key itself.
 *
 * Returns: (transfer none): its bytes
 */
GBytes *
p2p_chord_key_get_key (P2pChordKey *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_KEY (self), NULL);

  return self->key;
}

/**
 * p2p_chord_key_get_text:
 * @self: a key
 *
 * The key as something that can be shown. It came from the network: it is no markup.
 *
 * Returns: the key as text; its bytes in hexadecimal when it is no UTF-8 or has control characters in it
 */
const char *
p2p_chord_key_get_text (P2pChordKey *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_KEY (self), NULL);

  return self->text;
}

/**
 * p2p_chord_key_get_is_text:
 * @self: a key
 *
 * Whether the key can be shown as the text that it is.
 *
 * Returns: whether p2p_chord_key_get_text() is the key itself
 */
gboolean
p2p_chord_key_get_is_text (P2pChordKey *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_KEY (self), FALSE);

  return self->is_text;
}

/**
 * p2p_chord_key_get_since:
 * @self: a key
 *
 * When the key was written, as far as that was told.
 *
 * Returns: when the key was last said to be there: UTC, seconds
 */
gint64
p2p_chord_key_get_since (P2pChordKey *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_KEY (self), 0);

  return self->since;
}

/**
 * p2p_chord_key_get_mine:
 * @self: a key
 *
 * Who said that the key is there.
 *
 * Returns: whether it was this node that said so
 */
gboolean
p2p_chord_key_get_mine (P2pChordKey *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_KEY (self), FALSE);

  return self->mine;
}
