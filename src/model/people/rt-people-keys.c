/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose name is whose: by keys, and by what the person here calls people. */
#include "config.h"

#include "rt-people-private.h"
#include "rt-name.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

/* Names of before stay theirs who had them for so long: who tries many on has none of them. */
#define HELD_SECONDS 3600
/* Ids are free, and so are keys: names that belong to somebody are no more than this. */
#define MAX_OWNERS (2 * RT_PEOPLE_MAX)

/* ---- owners ---- */

/* What the person said counts most, then who was known first. */
static guint
get_rank (const RtPerson *person)
{
  return person->petname != NULL || person->compared > 0 ? 2 : person->key != NULL ? 1 : 0;
}

static gboolean
has_better_right (const RtPerson *person, const RtPerson *owner)
{
  if (get_rank (person) != get_rank (owner))
    return get_rank (person) > get_rank (owner);
  return person->known_since > 0 && (owner->known_since == 0 || person->known_since < owner->known_since);
}

static void
claim (RtPeople *self, RtPerson *person, const char *skeleton)
{
  RtPerson *owner = skeleton != NULL ? g_hash_table_lookup (self->owners, skeleton) : NULL;

  if (skeleton == NULL || owner == person || get_rank (person) == 0 || person->you || (owner != NULL && !has_better_right (person, owner)) ||
      (owner == NULL && g_hash_table_size (self->owners) >= MAX_OWNERS && get_rank (person) < 2))
    return;
  g_hash_table_insert (self->owners, g_strdup (skeleton), person);
  /* others who claim it are marked from now on */
  rt_people_update_group (self, self->names, skeleton);
}

void
rt_people_claim_names (RtPeople *self, RtPerson *person)
{
  if (person->gone)
    return;
  if (person->petname != NULL)
    claim (self, person, person->skeleton);
  claim (self, person, person->claimed_skeleton);
}

void
rt_people_yield_name (RtPeople *self, RtPerson *person, const char *skeleton, gboolean gone)
{
  gint64 held = g_get_real_time () / G_USEC_PER_SEC - person->name_since;

  if (g_hash_table_lookup (self->owners, skeleton) != person || (!gone && (get_rank (person) == 2 || held >= HELD_SECONDS)))
    return;
  g_hash_table_remove (self->owners, skeleton);
  rt_people_update_group (self, self->names, skeleton);
}

void
rt_people_forget_owner (RtPeople *self, RtPerson *person)
{
  GHashTableIter iter;
  gpointer owner;

  if (get_rank (person) == 0)
    return;
  g_hash_table_iter_init (&iter, self->owners);
  while (g_hash_table_iter_next (&iter, NULL, &owner))
    if (owner == person)
      g_hash_table_iter_remove (&iter);
}

RtPersonState
rt_people_judge (RtPeople *self, RtPerson *person)
{
  RtPerson *owner = person->claimed_skeleton != NULL ? g_hash_table_lookup (self->owners, person->claimed_skeleton) : NULL;

  if (owner != NULL && owner != person && !person->you && get_rank (person) < 2)
    return RT_PERSON_CHANGED;
  return person->key != NULL ? RT_PERSON_VERIFIED : RT_PERSON_UNVERIFIED;
}

/* ---- keys ---- */

gboolean
rt_people_note_key (RtPeople *self, const char *id, GBytes *key, gint64 now)
{
  RtPerson *person;

  g_return_val_if_fail (RT_IS_PEOPLE (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  person = rt_people_find (self, id);
  if (person == NULL || !rt_person_set_key (person, key, now / G_USEC_PER_SEC))
    return FALSE;
  /* who signs said his name, or did not: what nobody proved is not his any more, until it is */
  if (!person->you && !person->name_proved)
    {
      g_free (person->unproved_name);
      person->unproved_name = g_strdup (person->claimed);
      g_clear_pointer (&person->waiting_name, g_free);
      rt_people_set_name (self, person, NULL);
    }
  else
    rt_people_refresh (self, person);
  rt_people_mark_unsaved (self, person);
  return TRUE;
}

gboolean
rt_people_note_claim (RtPeople *self, const char *id, const char *claimed, GBytes *message, gboolean proved, gint64 now)
{
  RtPerson *person;

  g_return_val_if_fail (RT_IS_PEOPLE (self), FALSE);

  person = rt_people_note_heard (self, id, now);
  if (person == NULL)
    return FALSE;
  if (!proved && person->key != NULL)
    {
      /* a proof may be on its way */
      g_clear_pointer (&person->name_message, g_bytes_unref);
      person->name_message = message != NULL ? g_bytes_ref (message) : NULL;
      g_free (person->unproved_name);
      person->unproved_name = rt_name_clean (claimed);
      return FALSE;
    }
  if (!rt_people_note_name (self, id, claimed, now))
    return FALSE;
  g_clear_pointer (&person->name_message, g_bytes_unref);
  g_clear_pointer (&person->unproved_name, g_free);
  person->name_message = !proved && message != NULL ? g_bytes_ref (message) : NULL;
  person->name_proved = proved != FALSE;
  return TRUE;
}

void
rt_people_note_proof (RtPeople *self, const char *id, GBytes *message, gint64 now)
{
  RtPerson *person;
  g_autofree char *name = NULL;

  g_return_if_fail (RT_IS_PEOPLE (self));
  g_return_if_fail (message != NULL);

  person = rt_people_find (self, id);
  if (person == NULL || person->name_message == NULL || !g_bytes_equal (person->name_message, message))
    return;
  g_clear_pointer (&person->name_message, g_bytes_unref);
  person->name_proved = TRUE;
  name = g_steal_pointer (&person->unproved_name);
  if (name != NULL)
    rt_people_note_name (self, id, name, now);
}

void
rt_people_restore_key (RtPeople *self, const char *id, GBytes *key, gint64 known_since, const char *petname, gint64 compared)
{
  RtPerson *person;
  g_autofree char *clean = NULL;

  g_return_if_fail (RT_IS_PEOPLE (self));

  person = rt_people_find (self, id);
  if (person == NULL || person->you)
    return;
  clean = petname != NULL ? rt_name_clean (petname) : NULL;
  /* what the person said since is newer */
  if (person->petname == NULL)
    rt_person_set_petname (person, clean);
  if (key != NULL && g_bytes_get_size (key) == 32)
    {
      rt_person_set_key (person, key, CLAMP (known_since, 1, g_get_real_time () / G_USEC_PER_SEC));
      /* of whose key was known only proved names were taken */
      person->name_proved = TRUE;
    }
  if (person->compared == 0 && person->key != NULL)
    rt_person_set_compared (person, MAX (compared, 0));
  rt_people_requeue (self, person);
  rt_people_refresh (self, person);
}

/* ---- what the person says ---- */

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
  return FALSE;
}

/* Nobody is to be taken for somebody else by what the person calls him. */
static gboolean
check_petname (RtPeople *self, RtPerson *person, const char *petname, GError **error)
{
  g_autofree char *skeleton = rt_name_skeleton (petname);
  RtPerson *owner = g_hash_table_lookup (self->owners, skeleton);

  if (g_strcmp0 (skeleton, self->own_skeleton) == 0 || g_strcmp0 (skeleton, self->you_skeleton) == 0)
    return refuse (error, _("That is what you are called yourself"));
  if (rt_name_imitates_id (petname))
    return refuse (error, _("That looks like an id, and not like a name"));
  if (owner != NULL && owner != person && owner->petname != NULL && g_strcmp0 (owner->skeleton, skeleton) == 0)
    return refuse (error, _("You call somebody else that, or nearly that, already"));
  return TRUE;
}

gboolean
rt_people_set_petname (RtPeople *self, const char *id, const char *petname, GError **error)
{
  RtPerson *person;
  g_autofree char *clean = NULL, *before = NULL;

  g_return_val_if_fail (RT_IS_PEOPLE (self), FALSE);

  person = rt_people_find (self, id);
  if (person == NULL)
    return refuse (error, _("This person is not known here any more"));
  if (person->you)
    return refuse (error, _("What you are called yourself is said in the settings"));
  if (petname != NULL && *petname != '\0')
    {
      clean = rt_name_clean (petname);
      if (clean == NULL)
        return refuse (error, _("Nothing of that name can be seen"));
      if (!check_petname (self, person, clean, error))
        return FALSE;
    }
  before = person->petname != NULL ? g_strdup (person->skeleton) : NULL;
  if (!rt_person_set_petname (person, clean))
    return TRUE;
  if (before != NULL && g_strcmp0 (before, person->claimed_skeleton) != 0)
    rt_people_yield_name (self, person, before, TRUE);
  rt_people_requeue (self, person);
  rt_people_refresh (self, person);
  rt_people_mark_unsaved (self, person);
  return TRUE;
}

gboolean
rt_people_set_compared (RtPeople *self, const char *id, gboolean compared, gint64 now)
{
  RtPerson *person;

  g_return_val_if_fail (RT_IS_PEOPLE (self), FALSE);

  person = rt_people_find (self, id);
  if (person == NULL || person->key == NULL || person->you)
    return FALSE;
  if (!rt_person_set_compared (person, compared ? now / G_USEC_PER_SEC : 0))
    return TRUE;
  rt_people_requeue (self, person);
  rt_people_refresh (self, person);
  rt_people_mark_unsaved (self, person);
  return TRUE;
}
