/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-gap.h"
#include "model/rt-model-enums.h"

struct _RtGap {
  GObject   parent_instance;
  gint64    from, until;
  guint     n_messages, n_keys;
  gboolean  unasked;
  RtGapKind kind;
};

G_DEFINE_FINAL_TYPE (RtGap, rt_gap, G_TYPE_OBJECT)

enum { PROP_0, PROP_FROM, PROP_UNTIL, PROP_KIND, PROP_N_MESSAGES, PROP_N_KEYS, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void
rt_gap_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtGap *self = RT_GAP (object);

  switch (prop_id)
    {
    case PROP_FROM: g_value_set_int64 (value, self->from); break;
    case PROP_UNTIL: g_value_set_int64 (value, self->until); break;
    case PROP_KIND: g_value_set_enum (value, (int) self->kind); break;
    case PROP_N_MESSAGES: g_value_set_uint (value, self->n_messages); break;
    case PROP_N_KEYS: g_value_set_uint (value, self->n_keys); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_gap_class_init (RtGapClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = rt_gap_get_property;

  properties[PROP_FROM] = g_param_spec_int64 ("from", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_UNTIL] = g_param_spec_int64 ("until", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, RT_TYPE_GAP_KIND, RT_GAP_AWAY, flags);
  properties[PROP_N_MESSAGES] = g_param_spec_uint ("n-messages", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_KEYS] = g_param_spec_uint ("n-keys", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_gap_init (RtGap *self)
{
}

RtGap *
rt_gap_new (RtGapKind kind, gint64 from, gint64 until)
{
  RtGap *self = g_object_new (RT_TYPE_GAP, NULL);

  self->kind = kind;
  self->from = from;
  self->until = until;
  return self;
}

gint64
rt_gap_get_from (RtGap *self)
{
  g_return_val_if_fail (RT_IS_GAP (self), 0);
  return self->from;
}

gint64
rt_gap_get_until (RtGap *self)
{
  g_return_val_if_fail (RT_IS_GAP (self), 0);
  return self->until;
}

RtGapKind
rt_gap_get_kind (RtGap *self)
{
  g_return_val_if_fail (RT_IS_GAP (self), RT_GAP_AWAY);
  return self->kind;
}

guint
rt_gap_get_n_messages (RtGap *self)
{
  g_return_val_if_fail (RT_IS_GAP (self), 0);
  return self->n_messages;
}

void
rt_gap_set_n_messages (RtGap *self, guint n_messages)
{
  g_return_if_fail (RT_IS_GAP (self));

  if (self->n_messages == n_messages)
    return;
  self->n_messages = n_messages;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MESSAGES]);
}

guint
rt_gap_get_n_keys (RtGap *self)
{
  g_return_val_if_fail (RT_IS_GAP (self), 0);
  return self->n_keys;
}

void
rt_gap_set_n_keys (RtGap *self, guint n_keys)
{
  g_return_if_fail (RT_IS_GAP (self));

  if (self->n_keys == n_keys)
    return;
  self->n_keys = n_keys;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_KEYS]);
}

gboolean
rt_gap_get_unasked (RtGap *self)
{
  g_return_val_if_fail (RT_IS_GAP (self), FALSE);
  return self->unasked;
}

void
rt_gap_set_unasked (RtGap *self, gboolean unasked)
{
  g_return_if_fail (RT_IS_GAP (self));
  self->unasked = unasked;
}
