/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether somebody is who he was: his key, and what he is called because of it. */
#include "config.h"

#include "rt-name.h"
#include "rt-person-private.h"
#include "p2p/p2p.h"

#include <glib/gi18n-lib.h>

static gboolean
set_string (RtPerson *self, char **where, const char *value, const char *property)
{
  if (g_strcmp0 (*where, value) == 0)
    return FALSE;
  g_free (*where);
  *where = g_strdup (value);
  g_object_notify (G_OBJECT (self), property);
  return TRUE;
}

gboolean
rt_person_set_petname (RtPerson *self, const char *petname)
{
  return set_string (self, &self->petname, petname, "petname");
}

gboolean
rt_person_set_claimed (RtPerson *self, const char *claimed)
{
  return set_string (self, &self->claimed, claimed, "claimed-name");
}

/* An id has one key: the first stays. */
gboolean
rt_person_set_key (RtPerson *self, GBytes *key, gint64 known_since)
{
  if (self->key != NULL || key == NULL)
    return FALSE;
  self->key = g_bytes_ref (key);
  self->known_since = known_since;
  g_object_notify (G_OBJECT (self), "key");
  g_object_notify (G_OBJECT (self), "known-since");
  return TRUE;
}

gboolean
rt_person_set_compared (RtPerson *self, gint64 compared)
{
  if (self->compared == compared)
    return FALSE;
  self->compared = compared;
  g_object_notify (G_OBJECT (self), "compared");
  return TRUE;
}

gboolean
rt_person_set_state (RtPerson *self, RtPersonState state)
{
  if (self->state == state)
    return FALSE;
  self->state = state;
  g_object_notify (G_OBJECT (self), "state");
  return TRUE;
}

const char *
rt_person_get_claimed_name (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->claimed;
}

const char *
rt_person_get_petname (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->petname;
}

RtPersonState
rt_person_get_state (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), RT_PERSON_UNVERIFIED);
  return self->state;
}

GBytes *
rt_person_get_key (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->key;
}

gint64
rt_person_get_compared (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), 0);
  return self->compared;
}

gint64
rt_person_get_known_since (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), 0);
  return self->known_since;
}

char *
rt_person_dup_digits (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->key != NULL ? p2p_fingerprint_digits (self->key) : NULL;
}

char *
rt_person_dup_words (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->key != NULL ? p2p_fingerprint_words (self->key) : NULL;
}

const char *
rt_person_get_compared_name (RtPerson *self)
{
  g_return_val_if_fail (RT_IS_PERSON (self), NULL);
  return self->compared > 0 ? self->compared_name : NULL;
}

const char *
rt_person_state_word (RtPersonState state)
{
  switch (state)
    {
    /* Translators: of a person: his program signs what he says; nobody compared keys with him */
    case RT_PERSON_SIGNED: return C_("person", "Signed");
    /* Translators: of a person: keys were compared with him, and he signs */
    case RT_PERSON_VERIFIED: return C_("person", "Verified");
    /* Translators: of a person: keys were compared with him when he had another name */
    case RT_PERSON_RENAMED: return C_("person", "Renamed");
    /* Translators: of a person: he has the name of somebody else, and does not sign */
    case RT_PERSON_SAME_NAME: return C_("person", "Same name");
    /* Translators: of a person: somebody else may have taken his name */
    case RT_PERSON_CHANGED: return C_("person", "Changed");
    case RT_PERSON_UNVERIFIED:
    /* Translators: of a person: nothing proves that what he says is his */
    default: return C_("person", "Not verified");
    }
}

static char *
dup_words (RtPerson *self)
{
  switch (self->state)
    {
    case RT_PERSON_CHANGED:
      /* Translators: %s is a name */
      return g_strdup_printf (_("Changed: somebody else is known as “%s” here. This is another key"), self->other);
    case RT_PERSON_SAME_NAME:
      /* Translators: %s is a name */
      return g_strdup_printf (_("Not verified: no key of this person is known, and somebody else is known as “%s” here"), self->other);
    case RT_PERSON_RENAMED:
      if (self->compared_name == NULL || *self->compared_name == '\0')
        return g_strdup (_("Renamed: this person had no name when you compared keys"));
      /* Translators: %s is a name */
      return g_strdup_printf (_("Renamed: you compared keys with this person as “%s”"), self->compared_name);
    case RT_PERSON_VERIFIED:
      return g_strdup (_("Verified: you compared keys"));
    case RT_PERSON_SIGNED:
      return g_strdup (_("Signed: keys not compared yet"));
    case RT_PERSON_UNVERIFIED:
    default:
      return g_strdup (_("Not verified: no key of this person is known"));
    }
}

char *
rt_person_dup_state_words (RtPerson *self)
{
  g_autofree char *words = NULL;

  g_return_val_if_fail (RT_IS_PERSON (self), NULL);

  words = dup_words (self);
  if (self->petname != NULL || self->claimed == NULL || self->you || !rt_name_is_mixed (self->claimed))
    return g_steal_pointer (&words);
  /* Translators: %s is a sentence on whether somebody is who he says, as "Signed: keys not compared yet" */
  return g_strdup_printf (_("%s. The name mixes letters of different alphabets, or signs with letters"), words);
}
