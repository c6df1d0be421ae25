/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-chord-place-info.h"

#include "p2p/api/p2p-api-enum-types.h"
#include "p2p/wire/p2p-value.h"

/* Of a value in words */
#define VALUE_CHARS 60

struct _P2pChordPlaceInfo {
  GObject parent_instance;
  char *hash;
  double fraction;
  char *position;
  P2pChordPlaceState state;
  GVariant *value;
  char *asked_id;
  char *holder_id;
  char *author;
  gboolean is_self;
  guint hops;
  double milliseconds;
  gboolean agrees;
};

G_DEFINE_FINAL_TYPE (P2pChordPlaceInfo, p2p_chord_place_info, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_HASH,
  PROP_FRACTION,
  PROP_POSITION,
  PROP_STATE,
  PROP_VALUE,
  PROP_ASKED_ID,
  PROP_HOLDER_ID,
  PROP_AUTHOR,
  PROP_IS_SELF,
  PROP_HOPS,
  PROP_MILLISECONDS,
  PROP_AGREES,
  PROP_WORDS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
p2p_chord_place_info_finalize (GObject *object)
{
  P2pChordPlaceInfo *self = P2P_CHORD_PLACE_INFO (object);

  g_free (self->hash);
  g_free (self->position);
  g_clear_pointer (&self->value, g_variant_unref);
  g_free (self->asked_id);
  g_free (self->holder_id);
  g_free (self->author);
  G_OBJECT_CLASS (p2p_chord_place_info_parent_class)->finalize (object);
}

static void
p2p_chord_place_info_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pChordPlaceInfo *self = P2P_CHORD_PLACE_INFO (object);

  switch (prop_id)
    {
    case PROP_HASH:
      g_value_set_string (value, self->hash);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_POSITION:
      g_value_set_string (value, self->position);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_VALUE:
      g_value_set_variant (value, self->value);
      break;
    case PROP_ASKED_ID:
      g_value_set_string (value, self->asked_id);
      break;
    case PROP_HOLDER_ID:
      g_value_set_string (value, self->holder_id);
      break;
    case PROP_AUTHOR:
      g_value_set_string (value, self->author);
      break;
    case PROP_IS_SELF:
      g_value_set_boolean (value, self->is_self);
      break;
    case PROP_HOPS:
      g_value_set_uint (value, self->hops);
      break;
    case PROP_MILLISECONDS:
      g_value_set_double (value, self->milliseconds);
      break;
    case PROP_AGREES:
      g_value_set_boolean (value, self->agrees);
      break;
    case PROP_WORDS:
      g_value_take_string (value, p2p_chord_place_info_dup_words (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_place_info_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  P2pChordPlaceInfo *self = P2P_CHORD_PLACE_INFO (object);

  switch (prop_id)
    {
    case PROP_HASH:
      self->hash = g_value_dup_string (value);
      break;
    case PROP_FRACTION:
      self->fraction = g_value_get_double (value);
      break;
    case PROP_POSITION:
      self->position = g_value_dup_string (value);
      break;
    case PROP_STATE:
      self->state = g_value_get_enum (value);
      break;
    case PROP_VALUE:
      self->value = g_value_dup_variant (value);
      break;
    case PROP_ASKED_ID:
      self->asked_id = g_value_dup_string (value);
      break;
    case PROP_HOLDER_ID:
      self->holder_id = g_value_dup_string (value);
      break;
    case PROP_AUTHOR:
      self->author = g_value_dup_string (value);
      break;
    case PROP_IS_SELF:
      self->is_self = g_value_get_boolean (value);
      break;
    case PROP_HOPS:
      self->hops = g_value_get_uint (value);
      break;
    case PROP_MILLISECONDS:
      self->milliseconds = g_value_get_double (value);
      break;
    case PROP_AGREES:
      self->agrees = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_place_info_class_init (P2pChordPlaceInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = p2p_chord_place_info_finalize;
  object_class->get_property = p2p_chord_place_info_get_property;
  object_class->set_property = p2p_chord_place_info_set_property;

  /**
   * P2pChordPlaceInfo:hash:
   *
   * The hash that leads to the place: sha1, sha224, sha256, sha384 or sha512.
   */
  properties[PROP_HASH] = g_param_spec_string ("hash", NULL, NULL, NULL, once);
  /**
   * P2pChordPlaceInfo:fraction:
   *
   * Where on the ring the place is, from 0 to below 1.
   */
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, G_MAXDOUBLE, 0, once);
  /**
   * P2pChordPlaceInfo:position:
   *
   * The key's number by that hash, in base58.
   */
  properties[PROP_POSITION] = g_param_spec_string ("position", NULL, NULL, NULL, once);
  /**
   * P2pChordPlaceInfo:state:
   *
   * What the place answered.
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, P2P_TYPE_CHORD_PLACE_STATE, 0, once);
  /**
   * P2pChordPlaceInfo:value:
   *
   * The value that it said.
   */
  properties[PROP_VALUE] = g_param_spec_variant ("value", NULL, NULL, G_VARIANT_TYPE_ANY, NULL, once);
  /**
   * P2pChordPlaceInfo:asked-id:
   *
   * The id of the neighbour that was asked, or of this node; %NULL: nobody.
   */
  properties[PROP_ASKED_ID] = g_param_spec_string ("asked-id", NULL, NULL, NULL, once);
  /**
   * P2pChordPlaceInfo:holder-id:
   *
   * The id of the node that answered, where it told; nodes of the originals do not.
   */
  properties[PROP_HOLDER_ID] = g_param_spec_string ("holder-id", NULL, NULL, NULL, once);
  /**
   * P2pChordPlaceInfo:author:
   *
   * The id of the node that signed what it said; %NULL: nobody did.
   */
  properties[PROP_AUTHOR] = g_param_spec_string ("author", NULL, NULL, NULL, once);
  /**
   * P2pChordPlaceInfo:is-self:
   *
   * Whether this node holds the place itself.
   */
  properties[PROP_IS_SELF] = g_param_spec_boolean ("is-self", NULL, NULL, FALSE, once);
  /**
   * P2pChordPlaceInfo:hops:
   *
   * Requests that it took to get there: 0 for this node, 1 for a neighbour. By way of an original it may be more than told.
   */
  properties[PROP_HOPS] = g_param_spec_uint ("hops", NULL, NULL, 0, G_MAXUINT, 0, once);
  /**
   * P2pChordPlaceInfo:milliseconds:
   *
   * How long the answer took.
   */
  properties[PROP_MILLISECONDS] = g_param_spec_double ("milliseconds", NULL, NULL, 0, G_MAXDOUBLE, 0, once);
  /**
   * P2pChordPlaceInfo:agrees:
   *
   * Whether it says what counts.
   */
  properties[PROP_AGREES] = g_param_spec_boolean ("agrees", NULL, NULL, FALSE, once);
  /**
   * P2pChordPlaceInfo:words:
   *
   * What it answered, in words.
   */
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_chord_place_info_init (P2pChordPlaceInfo *self)
{
}

/**
 * p2p_chord_place_info_get_hash:
 * @self: a place
 *
 * Which of the five hashes it is: `sha1`, `sha224`, `sha256`, `sha384` or `sha512`.
 *
 * Returns: the hash that leads to the place
 */
const char *
p2p_chord_place_info_get_hash (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  return self->hash;
}

/**
 * p2p_chord_place_info_get_fraction:
 * @self: a place
 *
 * Where on the ring the place is: its number as a part of the whole circle.
 *
 * Returns: where on the ring the place is, from 0 to below 1
 */
double
p2p_chord_place_info_get_fraction (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), 0);

  return self->fraction;
}

/**
 * p2p_chord_place_info_get_position:
 * @self: a place
 *
 * The place as a number.
 *
 * Returns: the key's number by that hash, in base58 as on the wire
 */
const char *
p2p_chord_place_info_get_position (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  return self->position;
}

/**
 * p2p_chord_place_info_get_state:
 * @self: a place
 *
 * How far the question for this place came.
 *
 * Returns: what the place answered
 */
P2pChordPlaceState
p2p_chord_place_info_get_state (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), 0);

  return self->state;
}

/**
 * p2p_chord_place_info_get_value:
 * @self: a place
 *
 * What the place said. It counts when three places say it.
 *
 * Returns: (transfer full) (nullable): the value that it said; %NULL: none
 */
GVariant *
p2p_chord_place_info_get_value (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  return self->value != NULL ? g_variant_ref (self->value) : NULL;
}

/**
 * p2p_chord_place_info_get_asked_id:
 * @self: a place
 *
 * Through whom the place was asked.
 *
 * Returns: (nullable): the id of the neighbour that was asked, or of this node; %NULL: nobody
 */
const char *
p2p_chord_place_info_get_asked_id (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  return self->asked_id;
}

/**
 * p2p_chord_place_info_get_holder_id:
 * @self: a place
 *
 * Who holds the place, as the answer says.
 *
 * Returns: (nullable): the id of the node that answered; %NULL: it was not told
 */
const char *
p2p_chord_place_info_get_holder_id (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  return self->holder_id;
}

/**
 * p2p_chord_place_info_get_author:
 * @self: a place
 *
 * Who signed what the place said. A signature that does not hold makes an answer count as none.
 *
 * Returns: (transfer none) (nullable): the id of the node; %NULL: nobody signed it
 */
const char *
p2p_chord_place_info_get_author (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  return self->author;
}

/**
 * p2p_chord_place_info_get_is_self:
 * @self: a place
 *
 * Whether no question went out for this place.
 *
 * Returns: whether this node holds the place itself
 */
gboolean
p2p_chord_place_info_get_is_self (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), FALSE);

  return self->is_self;
}

/**
 * p2p_chord_place_info_get_hops:
 * @self: a place
 *
 * How far away the place was. 0: nobody else had to be asked.
 *
 * Returns: requests that it took to get there
 */
guint
p2p_chord_place_info_get_hops (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), 0);

  return self->hops;
}

/**
 * p2p_chord_place_info_get_milliseconds:
 * @self: a place
 *
 * The time from the question to the answer of this place, in milliseconds.
 *
 * Returns: how long the answer took
 */
double
p2p_chord_place_info_get_milliseconds (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), 0);

  return self->milliseconds;
}

/**
 * p2p_chord_place_info_get_agrees:
 * @self: a place
 *
 * Whether the place is one of those that decided.
 *
 * Returns: whether it says what counts
 */
gboolean
p2p_chord_place_info_get_agrees (P2pChordPlaceInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), FALSE);

  return self->agrees;
}

/**
 * p2p_chord_place_info_dup_words:
 * @self: a place
 *
 * What the place said, for people: a fragment of a sentence in English. A value in it came from the network: it is no markup.
 *
 * Returns: (transfer full): what it answered, in words: `said 5`
 */
char *
p2p_chord_place_info_dup_words (P2pChordPlaceInfo *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (P2P_IS_CHORD_PLACE_INFO (self), NULL);

  switch (self->state)
    {
    case P2P_CHORD_PLACE_STATE_WAITING:
      return g_strdup ("has not answered yet");
    case P2P_CHORD_PLACE_STATE_VALUE:
      text = self->value != NULL ? p2p_value_print (self->value, VALUE_CHARS) : g_strdup ("nil");
      return g_strdup_printf ("said %s", text);
    case P2P_CHORD_PLACE_STATE_NOTHING:
      return g_strdup ("has nothing");
    case P2P_CHORD_PLACE_STATE_NOT_YET:
      return g_strdup ("had nothing so far");
    case P2P_CHORD_PLACE_STATE_SILENT:
      return g_strdup ("did not answer");
    case P2P_CHORD_PLACE_STATE_NOBODY:
    default:
      return g_strdup ("nobody to ask");
    }
}
