/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-chord-lookup.h"

#include "p2p/api/p2p-api-enum-types.h"

struct _P2pChordLookup {
  GObject parent_instance;
  GBytes *key;
  P2pChordLookOutcome outcome;
  GVariant *value;
  guint n_equal;
  double milliseconds;
  GListModel *places;
  char *author;
  char *expected_author;
};

G_DEFINE_FINAL_TYPE (P2pChordLookup, p2p_chord_lookup, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KEY,
  PROP_OUTCOME,
  PROP_VALUE,
  PROP_N_EQUAL,
  PROP_MILLISECONDS,
  PROP_PLACES,
  PROP_AUTHOR,
  PROP_SIGNED,
  PROP_EXPECTED_AUTHOR,
  PROP_WORDS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
p2p_chord_lookup_finalize (GObject *object)
{
  P2pChordLookup *self = P2P_CHORD_LOOKUP (object);

  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_object (&self->places);
  g_free (self->author);
  g_free (self->expected_author);
  G_OBJECT_CLASS (p2p_chord_lookup_parent_class)->finalize (object);
}

static void
p2p_chord_lookup_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pChordLookup *self = P2P_CHORD_LOOKUP (object);

  switch (prop_id)
    {
    case PROP_KEY:
      g_value_set_boxed (value, self->key);
      break;
    case PROP_OUTCOME:
      g_value_set_enum (value, self->outcome);
      break;
    case PROP_VALUE:
      g_value_set_variant (value, self->value);
      break;
    case PROP_N_EQUAL:
      g_value_set_uint (value, self->n_equal);
      break;
    case PROP_MILLISECONDS:
      g_value_set_double (value, self->milliseconds);
      break;
    case PROP_PLACES:
      g_value_set_object (value, self->places);
      break;
    case PROP_AUTHOR:
      g_value_set_string (value, self->author);
      break;
    case PROP_SIGNED:
      g_value_set_boolean (value, self->author != NULL);
      break;
    case PROP_EXPECTED_AUTHOR:
      g_value_set_string (value, self->expected_author);
      break;
    case PROP_WORDS:
      g_value_take_string (value, p2p_chord_lookup_dup_words (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_lookup_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  P2pChordLookup *self = P2P_CHORD_LOOKUP (object);

  switch (prop_id)
    {
    case PROP_KEY:
      self->key = g_value_dup_boxed (value);
      break;
    case PROP_OUTCOME:
      self->outcome = g_value_get_enum (value);
      break;
    case PROP_VALUE:
      self->value = g_value_dup_variant (value);
      break;
    case PROP_N_EQUAL:
      self->n_equal = g_value_get_uint (value);
      break;
    case PROP_MILLISECONDS:
      self->milliseconds = g_value_get_double (value);
      break;
    case PROP_PLACES:
      self->places = g_value_dup_object (value);
      break;
    case PROP_AUTHOR:
      self->author = g_value_dup_string (value);
      break;
    case PROP_EXPECTED_AUTHOR:
      self->expected_author = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_lookup_constructed (GObject *object)
{
  P2pChordLookup *self = P2P_CHORD_LOOKUP (object);

  if (self->places == NULL)
    self->places = G_LIST_MODEL (g_list_store_new (P2P_TYPE_CHORD_PLACE_INFO));
  G_OBJECT_CLASS (p2p_chord_lookup_parent_class)->constructed (object);
}

static void
p2p_chord_lookup_class_init (P2pChordLookupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->constructed = p2p_chord_lookup_constructed;
  object_class->finalize = p2p_chord_lookup_finalize;
  object_class->get_property = p2p_chord_lookup_get_property;
  object_class->set_property = p2p_chord_lookup_set_property;

  /**
   * P2pChordLookup:key:
   *
   * The key.
   */
  properties[PROP_KEY] = g_param_spec_boxed ("key", NULL, NULL, G_TYPE_BYTES, once);
  /**
   * P2pChordLookup:outcome:
   *
   * What the answers come to.
   */
  properties[PROP_OUTCOME] = g_param_spec_enum ("outcome", NULL, NULL, P2P_TYPE_CHORD_LOOK_OUTCOME, 0, once);
  /**
   * P2pChordLookup:value:
   *
   * The value that three places or more say.
   */
  properties[PROP_VALUE] = g_param_spec_variant ("value", NULL, NULL, G_VARIANT_TYPE_ANY, NULL, once);
  /**
   * P2pChordLookup:n-equal:
   *
   * How many places say what counts.
   */
  properties[PROP_N_EQUAL] = g_param_spec_uint ("n-equal", NULL, NULL, 0, G_MAXUINT, 0, once);
  /**
   * P2pChordLookup:milliseconds:
   *
   * How long it took.
   */
  properties[PROP_MILLISECONDS] = g_param_spec_double ("milliseconds", NULL, NULL, 0, G_MAXDOUBLE, 0, once);
  /**
   * P2pChordLookup:places:
   *
   * The five places, as #P2pChordPlaceInfo, in the order of the hashes.
   */
  properties[PROP_PLACES] = g_param_spec_object ("places", NULL, NULL, G_TYPE_LIST_MODEL, once);
  /**
   * P2pChordLookup:author:
   *
   * The id of the node that signed the value, or that there is none any more; %NULL: nobody did.
   */
  properties[PROP_AUTHOR] = g_param_spec_string ("author", NULL, NULL, NULL, once);
  /**
   * P2pChordLookup:signed:
   *
   * Whether somebody signed the value: then it is that of #P2pChordLookup:author, whoever keeps it. Without, the places may have made it up.
   */
  properties[PROP_SIGNED] = g_param_spec_boolean ("signed", NULL, NULL, FALSE, read);
  /**
   * P2pChordLookup:expected-author:
   *
   * The id of the node whose value was looked for: the one that was asked for, or that is known to have written the key last; %NULL: anybody's.
   */
  properties[PROP_EXPECTED_AUTHOR] = g_param_spec_string ("expected-author", NULL, NULL, NULL, once);
  /**
   * P2pChordLookup:words:
   *
   * What it came to, in words.
   */
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, read);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_chord_lookup_init (P2pChordLookup *self)
{
}

/**
 * p2p_chord_lookup_get_key:
 * @self: a lookup
 *
 * Which key was looked up.
 *
 * Returns: (transfer none): the key
 */
GBytes *
p2p_chord_lookup_get_key (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  return self->key;
}

/**
 * p2p_chord_lookup_get_outcome:
 * @self: a lookup
 *
 * What counts of the answers: three of five decide.
 *
 * Returns: what the answers come to
 */
P2pChordLookOutcome
p2p_chord_lookup_get_outcome (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), 0);

  return self->outcome;
}

/**
 * p2p_chord_lookup_get_value:
 * @self: a lookup
 *
 * The value of the key.
 *
 * Returns: (transfer full) (nullable): the value that three places or more say; %NULL: there is none
 */
GVariant *
p2p_chord_lookup_get_value (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  return self->value != NULL ? g_variant_ref (self->value) : NULL;
}

/**
 * p2p_chord_lookup_get_n_equal:
 * @self: a lookup
 *
 * How many of the places agree: 3 or more when there is a value.
 *
 * Returns: how many places say what counts
 */
guint
p2p_chord_lookup_get_n_equal (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), 0);

  return self->n_equal;
}

/**
 * p2p_chord_lookup_get_author:
 * @self: a lookup
 *
 * Who wrote what counts, and signed it.
 *
 * Returns: (transfer none) (nullable): the id of the node that signed the value, or that there is none any more; %NULL: nobody did
 */
const char *
p2p_chord_lookup_get_author (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  return self->author;
}

/**
 * p2p_chord_lookup_get_signed:
 * @self: a lookup
 *
 * Whether what counts is signed. What is not, the places may have made up together.
 *
 * Returns: whether there is a p2p_chord_lookup_get_author()
 */
gboolean
p2p_chord_lookup_get_signed (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), FALSE);

  return self->author != NULL;
}

/**
 * p2p_chord_lookup_get_expected_author:
 * @self: a lookup
 *
 * Whose value was looked for. With the outcome %P2P_CHORD_LOOK_OUTCOME_UNSIGNED no place had any of his.
 *
 * Returns: (transfer none) (nullable): the id of the node that was asked for, or that is known to have written the key last; %NULL: anybody's
 */
const char *
p2p_chord_lookup_get_expected_author (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  return self->expected_author;
}

/**
 * p2p_chord_lookup_get_milliseconds:
 * @self: a lookup
 *
 * How long the lookup took, in milliseconds.
 *
 * Returns: how long it took
 */
double
p2p_chord_lookup_get_milliseconds (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), 0);

  return self->milliseconds;
}

/**
 * p2p_chord_lookup_get_places:
 * @self: a lookup
 *
 * All the places, for a view. The list does not change.
 *
 * Returns: (transfer none): the five places, as #P2pChordPlaceInfo, in the order of the hashes
 */
GListModel *
p2p_chord_lookup_get_places (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  return self->places;
}

/**
 * p2p_chord_lookup_get_n_places:
 * @self: a lookup
 *
 * How many places were asked.
 *
 * Returns: how many places a key has: five
 */
guint
p2p_chord_lookup_get_n_places (P2pChordLookup *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), 0);

  return g_list_model_get_n_items (self->places);
}

/**
 * p2p_chord_lookup_get_place:
 * @self: a lookup
 * @index: which, below p2p_chord_lookup_get_n_places()
 *
 * One of the places, and what it said.
 *
 * Returns: (transfer none) (nullable): the place; %NULL: there is no such
 */
P2pChordPlaceInfo *
p2p_chord_lookup_get_place (P2pChordLookup *self, guint index)
{
  P2pChordPlaceInfo *place;

  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  place = g_list_model_get_item (self->places, index);
  if (place != NULL)
    g_object_unref (place);     /* The list holds it. */
  return place;
}

static guint
count (P2pChordLookup *self, P2pChordPlaceState state)
{
  guint n = 0;

  for (guint i = 0; i < p2p_chord_lookup_get_n_places (self); i++)
    if (p2p_chord_place_info_get_state (p2p_chord_lookup_get_place (self, i)) == state)
      n++;
  return n;
}

/**
 * p2p_chord_lookup_dup_words:
 * @self: a lookup
 *
 * What the lookup came to, for people: a fragment of a sentence in English.
 *
 * Returns: (transfer full): what it came to, in words: `4 of 5 places say the same`
 */
char *
p2p_chord_lookup_dup_words (P2pChordLookup *self)
{
  guint n;

  g_return_val_if_fail (P2P_IS_CHORD_LOOKUP (self), NULL);

  n = p2p_chord_lookup_get_n_places (self);
  switch (self->outcome)
    {
    case P2P_CHORD_LOOK_OUTCOME_VALUE:
      return g_strdup_printf ("%u of %u places say the same", self->n_equal, n);
    case P2P_CHORD_LOOK_OUTCOME_UNSIGNED:
      return g_strdup_printf ("what the places say is not signed by %s", self->expected_author != NULL ? self->expected_author : "who wrote it");
    case P2P_CHORD_LOOK_OUTCOME_ABSENT:
      return g_strdup_printf ("there is no such key: %u of %u places have nothing", count (self, P2P_CHORD_PLACE_STATE_NOTHING), n);
    case P2P_CHORD_LOOK_OUTCOME_DISAGREE:
      return g_strdup_printf ("no three of the %u places say the same", n);
    case P2P_CHORD_LOOK_OUTCOME_TIMED_OUT:
      return g_strdup_printf ("too few of the %u places answered in time", n);
    case P2P_CHORD_LOOK_OUTCOME_NOBODY:
      return g_strdup ("no storing node is known");
    case P2P_CHORD_LOOK_OUTCOME_ENDED:
    default:
      return g_strdup ("the node was closed");
    }
}
