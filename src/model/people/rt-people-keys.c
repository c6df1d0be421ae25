/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that become known, names that are claimed with them, and what the person here says of people. */
#include "config.h"

#include "rt-people-private.h"
#include "rt-name.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

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
      rt_people_set_name (self, person, NULL, now);
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

static void
set_compared_name (RtPerson *person, const char *name)
{
  g_free (person->compared_name);
  g_free (person->compared_skeleton);
  person->compared_name = g_strdup (name);
  person->compared_skeleton = name != NULL && *name != '\0' ? rt_name_skeleton (name) : NULL;
}

void
rt_people_restore_names (RtPeople *self, const char *id, const char *name, gint64 name_since, const char *compared_name, gint64 petname_since)
{
  RtPerson *person;
  g_autofree char *clean = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_return_if_fail (RT_IS_PEOPLE (self));

  person = rt_people_find (self, id);
  if (person == NULL || person->you)
    return;
  clean = name != NULL ? rt_name_clean (name) : NULL;
  if (clean != NULL && name_since > 0 && g_strcmp0 (person->claimed, clean) == 0)
    person->name_since = MIN (person->name_since, CLAMP (name_since, 1, now));
  if (person->petname == NULL)
    person->petname_since = CLAMP (petname_since, 0, now);
  if (person->compared == 0 && compared_name != NULL)
    {
      g_autofree char *compared = rt_name_clean (compared_name);

      set_compared_name (person, compared != NULL ? compared : "");
    }
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
  if (person->compared == 0 && person->key != NULL && compared > 0)
    {
      rt_person_set_compared (person, compared);
      /* an older version did not keep it */
      if (person->compared_name == NULL)
        set_compared_name (person, person->claimed != NULL ? person->claimed : "");
    }
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
  GPtrArray *group = g_hash_table_lookup (self->names, skeleton);

  if (g_strcmp0 (skeleton, self->own_skeleton) == 0 || g_strcmp0 (skeleton, self->you_skeleton) == 0)
    return refuse (error, _("That is what you are called yourself"));
  if (rt_name_imitates_id (petname))
    return refuse (error, _("That looks like an id, and not like a name"));
  for (guint i = 0; group != NULL && i < group->len; i++)
    if (group->pdata[i] != person && ((RtPerson *) group->pdata[i])->petname != NULL)
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
  person->petname_since = g_get_real_time () / G_USEC_PER_SEC;
  rt_people_requeue (self, person);
  rt_people_refresh (self, person);
  if (before != NULL)
    rt_people_yield_name (self, person, before, 0);
  rt_people_mark_unsaved (self, person);
  return TRUE;
}

gboolean
rt_people_set_compared (RtPeople *self, const char *id, gboolean compared, gint64 now)
{
  RtPerson *person;
  g_autofree char *before = NULL;

  g_return_val_if_fail (RT_IS_PEOPLE (self), FALSE);

  person = rt_people_find (self, id);
  if (person == NULL || person->key == NULL || person->you)
    return FALSE;
  if (!rt_person_set_compared (person, compared ? now / G_USEC_PER_SEC : 0))
    return TRUE;
  before = g_strdup (person->compared_skeleton);
  /* a key is compared under a name: under another one it is not, until the person says so */
  set_compared_name (person, !compared ? NULL : person->claimed != NULL ? person->claimed : "");
  rt_people_requeue (self, person);
  rt_people_refresh (self, person);
  if (before != NULL)
    rt_people_yield_name (self, person, before, 0);
  rt_people_mark_unsaved (self, person);
  return TRUE;
}

gboolean
rt_people_accept_name (RtPeople *self, const char *id, GError **error)
{
  RtPerson *person;
  g_autofree char *before = NULL;

  g_return_val_if_fail (RT_IS_PEOPLE (self), FALSE);

  person = rt_people_find (self, id);
  if (person == NULL)
    return refuse (error, _("This person is not known here any more"));
  if (person->compared == 0 || person->claimed == NULL)
    return refuse (error, _("Compare keys first"));
  if (person->other != NULL)
    return refuse (error, _("Somebody else is known by that name here: call this person otherwise"));
  before = g_strdup (person->compared_skeleton);
  set_compared_name (person, person->claimed);
  rt_people_refresh (self, person);
  if (before != NULL)
    rt_people_yield_name (self, person, before, 0);
  rt_people_mark_unsaved (self, person);
  return TRUE;
}
