/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-name.h"
#include "rt-person-private.h"
#include "model/rt-model-enums.h"

G_DEFINE_FINAL_TYPE (RtPerson, rt_person, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_SHORT_ID,
  PROP_WORD,
  PROP_SHOWN_NAME,
  PROP_OWN_PROGRAM,
  PROP_NEIGHBOUR,
  PROP_HEARD,
  PROP_YOU,
  PROP_BLOCKED,
  PROP_CLAIMED_NAME,
  PROP_PETNAME,
  PROP_STATE,
  PROP_KEY,
  PROP_COMPARED,
  PROP_KNOWN_SINCE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
rt_person_finalize (GObject *object)
{
  RtPerson *self = RT_PERSON (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->short_id);
  g_free (self->word);
  g_free (self->shown_name);
  g_free (self->sort_key);
  g_free (self->skeleton);
  g_free (self->claimed);
  g_free (self->petname);
  g_free (self->claimed_skeleton);
  g_free (self->compared_name);
  g_free (self->compared_skeleton);
  g_free (self->other);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_free (self->unproved_name);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->name_message, g_bytes_unref);
  g_free (self->waiting_name);

  G_OBJECT_CLASS (rt_person_parent_class)->finalize (object);
}

static void
rt_person_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtPerson *self = RT_PERSON (object);

  switch (prop_id)
    {
    case PROP_ID: g_value_set_string (value, self->id); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_SHORT_ID: g_value_set_string (value, self->short_id); break;
    case PROP_WORD: g_value_set_string (value, self->word); break;
    case PROP_SHOWN_NAME: g_value_set_string (value, self->shown_name); break;
    case PROP_OWN_PROGRAM: g_value_set_boolean (value, self->own_program); break;
    case PROP_NEIGHBOUR: g_value_set_boolean (value, self->neighbour); break;
    case PROP_HEARD: g_value_set_int64 (value, self->heard); break;
    case PROP_YOU: g_value_set_boolean (value, self->you); break;
    case PROP_BLOCKED: g_value_set_boolean (value, self->blocked); break;
    case PROP_CLAIMED_NAME: g_value_set_string (value, self->claimed); break;
    case PROP_PETNAME: g_value_set_string (value, self->petname); break;
    case PROP_STATE: g_value_set_enum (value, (int) self->state); break;
    case PROP_KEY: g_value_set_boxed (value, self->key); break;
    case PROP_COMPARED: g_value_set_int64 (value, self->compared); break;
    case PROP_KNOWN_SINCE: g_value_set_int64 (value, self->known_since); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_person_class_init (RtPersonClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_person_finalize;
  object_class->get_property = rt_person_get_property;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SHORT_ID] = g_param_spec_string ("short-id", NULL, NULL, NULL, flags);
  properties[PROP_WORD] = g_param_spec_string ("word", NULL, NULL, NULL, flags);
  properties[PROP_SHOWN_NAME] = g_param_spec_string ("shown-name", NULL, NULL, NULL, flags);
  properties[PROP_OWN_PROGRAM] = g_param_spec_boolean ("own-program", NULL, NULL, FALSE, flags);
  properties[PROP_NEIGHBOUR] = g_param_spec_boolean ("neighbour", NULL, NULL, FALSE, flags);
  properties[PROP_HEARD] = g_param_spec_int64 ("heard", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_YOU] = g_param_spec_boolean ("you", NULL, NULL, FALSE, flags);
  properties[PROP_BLOCKED] = g_param_spec_boolean ("blocked", NULL, NULL, FALSE, flags);
  properties[PROP_CLAIMED_NAME] = g_param_spec_string ("claimed-name", NULL, NULL, NULL, flags);
  properties[PROP_PETNAME] = g_param_spec_string ("petname", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, RT_TYPE_PERSON_STATE, RT_PERSON_UNVERIFIED, flags);
  properties[PROP_KEY] = g_param_spec_boxed ("key", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_COMPARED] = g_param_spec_int64 ("compared", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_KNOWN_SINCE] = g_param_spec_int64 ("known-since", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_person_init (RtPerson *self)
{
}

RtPerson *
rt_person_new (const char *id, const char *short_id)
{
  RtPerson *self = g_object_new (RT_TYPE_PERSON, NULL);

  self->id = g_strdup (id);
  self->short_id = g_strdup (short_id);
  self->link.data = self;
  return self;
}

static gboolean
take_over (RtPerson *self, char **where, const char *value, guint property)
{
  if (g_strcmp0 (*where, value) == 0)
    return FALSE;
  g_free (*where);
  *where = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
  return TRUE;
}

gboolean
rt_person_set_shown (RtPerson *self, const char *name, const char *word, const char *id_word)
{
  g_autofree char *shown = name != NULL ? rt_name_dup_shown (name, word) : g_strdup (id_word);
  gboolean changed;

  g_object_freeze_notify (G_OBJECT (self));
  changed = take_over (self, &self->name, name, PROP_NAME);
  changed = take_over (self, &self->word, word, PROP_WORD) || changed;
  if (take_over (self, &self->shown_name, shown, PROP_SHOWN_NAME))
    {
      g_autofree char *folded = g_utf8_casefold (shown, -1);

      g_free (self->sort_key);
      self->sort_key = g_utf8_collate_key (folded, -1);
      changed = TRUE;
    }
  g_object_thaw_notify (G_OBJECT (self));
  return changed;
}

void
rt_person_set_heard (RtPerson *self, gint64 heard)
{
  if (self->heard >= heard)
    return;
  self->heard = heard;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEARD]);
}

gboolean
rt_person_set_own_program (RtPerson *self, gboolean own_program)
{
  if (self->own_program == (own_program != FALSE))
    return FALSE;
  self->own_program = own_program != FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OWN_PROGRAM]);
  return TRUE;
}

gboolean
rt_person_set_neighbour (RtPerson *self, gboolean neighbour)
{
  if (self->neighbour == (neighbour != FALSE))
    return FALSE;
  self->neighbour = neighbour != FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEIGHBOUR]);
  return TRUE;
}

gboolean
rt_person_set_blocked (RtPerson *self, gboolean blocked)
{
  if (self->blocked == (blocked != FALSE))
    return FALSE;
  self->blocked = blocked != FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BLOCKED]);
  return TRUE;
}

gboolean
rt_person_get_blocked (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), FALSE);
  return self->blocked;
}

gboolean
rt_person_set_you (RtPerson *self, gboolean you)
{
  if (self->you == (you != FALSE))
    return FALSE;
  self->you = you != FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_YOU]);
  return TRUE;
}

const char *
rt_person_get_id (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->id;
}

const char *
rt_person_get_name (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->name;
}

const char *
rt_person_get_short_id (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->short_id;
}

const char *
rt_person_get_word (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->word;
}

const char *
rt_person_get_shown_name (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->shown_name;
}

gboolean
rt_person_get_own_program (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), FALSE);
  return self->own_program;
}

gboolean
rt_person_get_neighbour (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), FALSE);
  return self->neighbour;
}

gint64
rt_person_get_heard (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), 0);
  return self->heard;
}

gboolean
rt_person_get_you (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), FALSE);
  return self->you;
}
