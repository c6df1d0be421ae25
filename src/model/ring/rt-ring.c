/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-ring.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

/* Somebody who goes through a list of keys does not want to know the places of each. */
#define CHOSEN_MILLISECONDS 150u
/* A key that changes all the time is not asked for all the time. */
#define CHANGED_MILLISECONDS 1000u
/* Nobody tells of every change. */
#define AGAIN_MILLISECONDS 30000u

typedef struct {
  GListModel     *members;      /* of the socket; nullable */
  GListStore     *shown;        /* the same */
  P2pChordLookup *lookup;
  GBytes         *key;
  char           *words;
  double          place, arc_from, arc_to;
  guint64         n_bytes;
  guint           n_values;
  guint           timer;
  gboolean        seeding, changing, trouble, looking;
  gboolean        waiting;      /* timer is that of AGAIN_MILLISECONDS */
  gboolean        noted;        /* it changed while its places are being asked */
} RtRingPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (RtRing, rt_ring, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_SEEDING, PROP_CHANGING, PROP_SEED_WORDS, PROP_SEED_TROUBLE, PROP_MEMBERS, PROP_PLACE, PROP_ARC_FROM, PROP_ARC_TO, PROP_N_VALUES, PROP_N_BYTES,
  PROP_KEY, PROP_LOOKUP, PROP_LOOKING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static RtRingPrivate *
get_private (RtRing *self)
{
  return rt_ring_get_instance_private (self);
}

static void
notify (RtRing *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

/* ---- the chosen key ---- */

static void
set_looking (RtRing *self, gboolean looking)
{
  RtRingPrivate *priv = get_private (self);

  if (priv->looking == looking)
    return;
  priv->looking = looking;
  notify (self, PROP_LOOKING);
}

static void
set_lookup (RtRing *self, P2pChordLookup *lookup)
{
  if (g_set_object (&get_private (self)->lookup, lookup))
    notify (self, PROP_LOOKUP);
}

static void
stop_looking (RtRing *self)
{
  RtRingPrivate *priv = get_private (self);

  rt_timer_clear (&priv->timer);
  if (priv->looking && RT_RING_GET_CLASS (self)->stop_look != NULL)
    RT_RING_GET_CLASS (self)->stop_look (self);
  set_looking (self, FALSE);
}

static gboolean
look_cb (gpointer data)
{
  RtRing *self = data;
  RtRingPrivate *priv = get_private (self);

  priv->timer = 0;
  priv->noted = FALSE;
  if (priv->key == NULL || priv->looking || RT_RING_GET_CLASS (self)->look == NULL)
    return G_SOURCE_REMOVE;
  set_looking (self, TRUE);
  RT_RING_GET_CLASS (self)->look (self, priv->key);
  return G_SOURCE_REMOVE;
}

static void
plan_look (RtRing *self, guint milliseconds)
{
  RtRingPrivate *priv = get_private (self);

  /* one that is planned for the same cause comes first; the one of AGAIN_MILLISECONDS does not */
  if (priv->timer != 0 && !priv->waiting)
    return;
  rt_timer_clear (&priv->timer);
  priv->waiting = milliseconds == AGAIN_MILLISECONDS;
  if (priv->key != NULL)
    priv->timer = rt_timer_add (milliseconds, "[rt-model] places of a key", look_cb, self);
}

void
rt_ring_set_key (RtRing *self, GBytes *key)
{
  RtRingPrivate *priv;

  g_return_if_fail (RT_IS_RING (self));

  priv = get_private (self);
  if (priv->key == key || (priv->key != NULL && key != NULL && g_bytes_equal (priv->key, key)))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  stop_looking (self);
  g_clear_pointer (&priv->key, g_bytes_unref);
  priv->key = key != NULL ? g_bytes_ref (key) : NULL;
  notify (self, PROP_KEY);
  set_lookup (self, NULL);
  plan_look (self, CHOSEN_MILLISECONDS);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_ring_look_again (RtRing *self)
{
  g_return_if_fail (RT_IS_RING (self));

  stop_looking (self);
  if (get_private (self)->key != NULL)
    look_cb (self);
}

void
rt_ring_note_key (RtRing *self, GBytes *key)
{
  RtRingPrivate *priv = get_private (self);

  if (priv->key == NULL || !g_bytes_equal (priv->key, key))
    return;
  if (priv->looking)
    priv->noted = TRUE;
  else
    plan_look (self, CHANGED_MILLISECONDS);
}

void
rt_ring_take_lookup (RtRing *self, P2pChordLookup *lookup)
{
  RtRingPrivate *priv = get_private (self);

  if (lookup != NULL && (priv->key == NULL || !g_bytes_equal (p2p_chord_lookup_get_key (lookup), priv->key)))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  set_looking (self, FALSE);
  set_lookup (self, lookup);
  if (priv->timer == 0)
    plan_look (self, priv->noted ? CHANGED_MILLISECONDS : AGAIN_MILLISECONDS);
  g_object_thaw_notify (G_OBJECT (self));
}

/* ---- how it stands ---- */

void
rt_ring_take_standing (RtRing *self, const RtRingStanding *standing)
{
  RtRingPrivate *priv = get_private (self);

  g_object_freeze_notify (G_OBJECT (self));
#define TAKE(field, prop) \
  if (priv->field < standing->field || priv->field > standing->field) \
    { \
      priv->field = standing->field; \
      notify (self, prop); \
    }
  TAKE (changing, PROP_CHANGING)
  TAKE (trouble, PROP_SEED_TROUBLE)
  TAKE (place, PROP_PLACE)
  TAKE (arc_from, PROP_ARC_FROM)
  TAKE (arc_to, PROP_ARC_TO)
  TAKE (n_values, PROP_N_VALUES)
  TAKE (n_bytes, PROP_N_BYTES)
#undef TAKE
  if (g_strcmp0 (priv->words, standing->words) != 0)
    {
      g_free (priv->words);
      priv->words = g_strdup (standing->words);
      notify (self, PROP_SEED_WORDS);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
members_changed_cb (GListModel *members, guint position, guint removed, guint added, RtRing *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (added, g_object_unref);

  for (guint i = 0; i < added; i++)
    g_ptr_array_add (items, g_list_model_get_item (members, position + i));
  g_list_store_splice (get_private (self)->shown, position, removed, items->pdata, added);
}

void
rt_ring_take_members (RtRing *self, GListModel *members)
{
  RtRingPrivate *priv = get_private (self);

  if (priv->members == members)
    return;
  if (priv->members != NULL)
    g_signal_handlers_disconnect_by_data (priv->members, self);
  g_clear_object (&priv->members);
  g_list_store_remove_all (priv->shown);
  if (members == NULL)
    return;
  priv->members = g_object_ref (members);
  g_signal_connect (members, "items-changed", G_CALLBACK (members_changed_cb), self);
  members_changed_cb (members, 0, 0, g_list_model_get_n_items (members), self);
}

void
rt_ring_take_seeding (RtRing *self, gboolean seeding)
{
  RtRingPrivate *priv = get_private (self);

  if (priv->seeding == seeding)
    return;
  priv->seeding = seeding;
  notify (self, PROP_SEEDING);
}

void
rt_ring_set_seeding (RtRing *self, gboolean seeding)
{
  g_return_if_fail (RT_IS_RING (self));

  seeding = seeding != FALSE;
  if (get_private (self)->seeding == seeding)
    return;
  rt_ring_take_seeding (self, seeding);
  if (RT_RING_GET_CLASS (self)->seed != NULL)
    RT_RING_GET_CLASS (self)->seed (self, seeding);
}

/* ---- object ---- */

static void
rt_ring_dispose (GObject *object)
{
  RtRing *self = RT_RING (object);
  RtRingPrivate *priv = get_private (self);

  stop_looking (self);
  if (priv->members != NULL)
    g_signal_handlers_disconnect_by_data (priv->members, self);
  g_clear_object (&priv->members);

  G_OBJECT_CLASS (rt_ring_parent_class)->dispose (object);
}

static void
rt_ring_finalize (GObject *object)
{
  RtRingPrivate *priv = get_private (RT_RING (object));

  g_object_unref (priv->shown);
  g_clear_object (&priv->lookup);
  g_clear_pointer (&priv->key, g_bytes_unref);
  g_free (priv->words);

  G_OBJECT_CLASS (rt_ring_parent_class)->finalize (object);
}

static void
rt_ring_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtRingPrivate *priv = get_private (RT_RING (object));

  switch (prop_id)
    {
    case PROP_SEEDING: g_value_set_boolean (value, priv->seeding); break;
    case PROP_CHANGING: g_value_set_boolean (value, priv->changing); break;
    case PROP_SEED_WORDS: g_value_set_string (value, priv->words); break;
    case PROP_SEED_TROUBLE: g_value_set_boolean (value, priv->trouble); break;
    case PROP_MEMBERS: g_value_set_object (value, priv->shown); break;
    case PROP_PLACE: g_value_set_double (value, priv->place); break;
    case PROP_ARC_FROM: g_value_set_double (value, priv->arc_from); break;
    case PROP_ARC_TO: g_value_set_double (value, priv->arc_to); break;
    case PROP_N_VALUES: g_value_set_uint (value, priv->n_values); break;
    case PROP_N_BYTES: g_value_set_uint64 (value, priv->n_bytes); break;
    case PROP_KEY: g_value_set_boxed (value, priv->key); break;
    case PROP_LOOKUP: g_value_set_object (value, priv->lookup); break;
    case PROP_LOOKING: g_value_set_boolean (value, priv->looking); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SEEDING: rt_ring_set_seeding (RT_RING (object), g_value_get_boolean (value)); break;
    case PROP_KEY: rt_ring_set_key (RT_RING (object), g_value_get_boxed (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_class_init (RtRingClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_ring_dispose;
  object_class->finalize = rt_ring_finalize;
  object_class->get_property = rt_ring_get_property;
  object_class->set_property = rt_ring_set_property;

  properties[PROP_SEEDING] = g_param_spec_boolean ("seeding", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE);
  properties[PROP_CHANGING] = g_param_spec_boolean ("changing", NULL, NULL, FALSE, flags);
  properties[PROP_SEED_WORDS] = g_param_spec_string ("seed-words", NULL, NULL, NULL, flags);
  properties[PROP_SEED_TROUBLE] = g_param_spec_boolean ("seed-trouble", NULL, NULL, FALSE, flags);
  properties[PROP_MEMBERS] = g_param_spec_object ("members", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_PLACE] = g_param_spec_double ("place", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_ARC_FROM] = g_param_spec_double ("arc-from", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_ARC_TO] = g_param_spec_double ("arc-to", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_N_VALUES] = g_param_spec_uint ("n-values", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_BYTES] = g_param_spec_uint64 ("n-bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_KEY] = g_param_spec_boxed ("key", NULL, NULL, G_TYPE_BYTES, flags | G_PARAM_WRITABLE);
  properties[PROP_LOOKUP] = g_param_spec_object ("lookup", NULL, NULL, P2P_TYPE_CHORD_LOOKUP, flags);
  properties[PROP_LOOKING] = g_param_spec_boolean ("looking", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_ring_init (RtRing *self)
{
  RtRingPrivate *priv = get_private (self);

  priv->shown = g_list_store_new (P2P_TYPE_CHORD_MEMBER_INFO);
  priv->place = priv->arc_from = priv->arc_to = -1;
  priv->words = g_strdup (_("The network is off"));
}

/* ---- getters ---- */

gboolean
rt_ring_get_seeding (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), FALSE);
  return get_private (self)->seeding;
}

gboolean
rt_ring_get_changing (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), FALSE);
  return get_private (self)->changing;
}

const char *
rt_ring_get_seed_words (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), NULL);
  return get_private (self)->words;
}

gboolean
rt_ring_get_seed_trouble (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), FALSE);
  return get_private (self)->trouble;
}

GListModel *
rt_ring_get_members (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), NULL);
  return G_LIST_MODEL (get_private (self)->shown);
}

double
rt_ring_get_place (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), -1);
  return get_private (self)->place;
}

gboolean
rt_ring_get_arc (RtRing *self, double *from, double *to)
{
  RtRingPrivate *priv;

  g_return_val_if_fail (RT_IS_RING (self), FALSE);

  priv = get_private (self);
  *from = priv->arc_from;
  *to = priv->arc_to;
  return priv->arc_from >= 0;
}

guint
rt_ring_get_n_values (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), 0);
  return get_private (self)->n_values;
}

guint64
rt_ring_get_n_bytes (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), 0);
  return get_private (self)->n_bytes;
}

GBytes *
rt_ring_get_key (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), NULL);
  return get_private (self)->key;
}

P2pChordLookup *
rt_ring_get_lookup (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), NULL);
  return get_private (self)->lookup;
}

gboolean
rt_ring_get_looking (RtRing *self)
{
  g_return_val_if_fail (RT_IS_RING (self), FALSE);
  return get_private (self)->looking;
}
