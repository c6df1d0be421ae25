/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "rt-catch-up.h"
#include "model/rt-model-enums.h"

struct _RtCatchUp {
  GObject         parent_instance;
  RtCatchUpResult result;
};

G_DEFINE_FINAL_TYPE (RtCatchUp, rt_catch_up, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_KIND,
  PROP_FROM,
  PROP_UNTIL,
  PROP_N_MESSAGES,
  PROP_N_IMPORTANT,
  PROP_N_KEYS,
  PROP_N_CONFLICTS,
  PROP_N_TELLERS,
  PROP_COMPLETE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
rt_catch_up_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  const RtCatchUpResult *result = &RT_CATCH_UP (object)->result;

  switch (prop_id)
    {
    case PROP_KIND: g_value_set_enum (value, (int) result->kind); break;
    case PROP_FROM: g_value_set_int64 (value, result->from); break;
    case PROP_UNTIL: g_value_set_int64 (value, result->until); break;
    case PROP_N_MESSAGES: g_value_set_uint (value, result->n_messages); break;
    case PROP_N_IMPORTANT: g_value_set_uint (value, result->n_important); break;
    case PROP_N_KEYS: g_value_set_uint (value, result->n_keys); break;
    case PROP_N_CONFLICTS: g_value_set_uint (value, result->n_conflicts); break;
    case PROP_N_TELLERS: g_value_set_uint (value, result->n_tellers); break;
    case PROP_COMPLETE: g_value_set_boolean (value, result->complete); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_catch_up_class_init (RtCatchUpClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = rt_catch_up_get_property;

  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, RT_TYPE_GAP_KIND, RT_GAP_AWAY, flags);
  properties[PROP_FROM] = g_param_spec_int64 ("from", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_UNTIL] = g_param_spec_int64 ("until", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_N_MESSAGES] = g_param_spec_uint ("n-messages", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_IMPORTANT] = g_param_spec_uint ("n-important", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_KEYS] = g_param_spec_uint ("n-keys", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_CONFLICTS] = g_param_spec_uint ("n-conflicts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_TELLERS] = g_param_spec_uint ("n-tellers", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_catch_up_init (RtCatchUp *self)
{
}

RtCatchUp *
rt_catch_up_new (const RtCatchUpResult *result)
{
  RtCatchUp *self = g_object_new (RT_TYPE_CATCH_UP, NULL);

  self->result = *result;
  return self;
}

guint
rt_catch_up_get_n_messages (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.n_messages;
}

guint
rt_catch_up_get_n_important (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.n_important;
}

guint
rt_catch_up_get_n_keys (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.n_keys;
}

guint
rt_catch_up_get_n_conflicts (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.n_conflicts;
}

guint
rt_catch_up_get_n_tellers (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.n_tellers;
}

gint64
rt_catch_up_get_from (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.from;
}

gint64
rt_catch_up_get_until (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), 0);
  return self->result.until;
}

RtGapKind
rt_catch_up_get_kind (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), RT_GAP_AWAY);
  return self->result.kind;
}

gboolean
rt_catch_up_get_complete (RtCatchUp *self)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), FALSE);
  return self->result.complete;
}

gboolean
rt_catch_up_get_first (RtCatchUp *self, RtTimelineKey *key)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  *key = self->result.first;
  return self->result.n_messages > 0;
}

gboolean
rt_catch_up_get_last (RtCatchUp *self, RtTimelineKey *key)
{
  g_return_val_if_fail (RT_IS_CATCH_UP (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  *key = self->result.last;
  return self->result.n_messages > 0;
}

char *
rt_words_for_keys (guint n_keys, guint n_conflicts)
{
  g_autofree char *keys = n_keys > 0 ? g_strdup_printf (ngettext ("%u key changed", "%u keys changed", n_keys), n_keys) : NULL;
  /* Translators: own changes of a shared table that were not made yet, where somebody else has changed the same key */
  g_autofree char *conflicts = n_conflicts > 0 ? g_strdup_printf (ngettext ("%u conflict", "%u conflicts", n_conflicts), n_conflicts) : NULL;

  return rt_words_join (keys, conflicts);
}

char *
rt_words_join (const char *first, const char *second)
{
  if (first == NULL || second == NULL)
    return g_strdup (first != NULL ? first : second);
  /* Translators: two parts of what happened: "42 messages were caught up", and "17 keys changed" */
  return g_strdup_printf (C_("list", "%s, %s"), first, second);
}
