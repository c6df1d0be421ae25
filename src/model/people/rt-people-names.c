/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people are shown as: who shares a name is told apart, and who changes his often does not change the list as often. */
#include "config.h"

#include "rt-people-private.h"
#include "rt-name.h"
#include "model/timeline/rt-message-item.h"

#include <glib/gi18n-lib.h>

static GPtrArray *
get_group (GHashTable *groups, const char *key)
{
  return key != NULL ? g_hash_table_lookup (groups, key) : NULL;
}

static gboolean
is_shared (GHashTable *groups, const char *key)
{
  GPtrArray *group = get_group (groups, key);

  return group != NULL && group->len > 1;
}

/* Who was compared under another name is shown with that one too: it is what the person knows him by. */
static char *
dup_mark (const RtPerson *person, RtPersonState state, const char *marked, const char *id_word)
{
  g_autofree char *was = NULL;

  if (person->compared == 0 || person->petname != NULL || person->claimed == NULL || state == RT_PERSON_VERIFIED || person->compared_name == NULL)
    return g_strdup (marked);
  if (*person->compared_name == '\0')
    return g_strdup (id_word);
  was = rt_name_dup_isolated (person->compared_name);
  if (marked != NULL)
    /* Translators: beside a name: what this person was called when keys were compared, then the short id */
    return g_strdup_printf (_("was %s · %s"), was, marked);
  /* Translators: beside a name: what this person was called when keys were compared */
  return g_strdup_printf (_("was %s"), was);
}

void
rt_people_update_shown (RtPeople *self, RtPerson *person, const char *name)
{
  g_autofree char *kept = g_strdup (name), *whole = NULL, *word = NULL;
  const char *id_word = person->short_id;
  RtPersonState state;
  gboolean marked, fresh, changed;

  /* Ids are not proved: two may look the same in short. */
  if (is_shared (self->short_ids, person->short_id))
    {
      whole = rt_sanitise_line (person->id, RT_PEOPLE_ID_BYTES);
      id_word = whole;
    }
  state = rt_people_judge (self, person);
  /* who has a petname is told apart by it, and everybody else who claims it is not */
  marked = kept != NULL && !person->you && person->petname == NULL
           && (is_shared (self->names, person->skeleton) || g_strcmp0 (person->skeleton, self->own_skeleton) == 0 || person->other != NULL
               || g_strcmp0 (person->skeleton, self->you_skeleton) == 0 || rt_name_imitates_id (kept) || rt_name_is_mixed (kept));
  word = dup_mark (person, state, marked ? id_word : NULL, id_word);
  fresh = person->shown_name == NULL;
  changed = rt_person_set_state (person, state);
  if (!rt_person_set_shown (person, kept, word, id_word) && !changed)
    return;
  if (!person->gone && !fresh)
    g_signal_emit_by_name (self, "person-changed", person);
  rt_people_show_later (self);
}

void
rt_people_update_group (RtPeople *self, GHashTable *groups, const char *key)
{
  GPtrArray *group = get_group (groups, key);

  for (guint i = 0; group != NULL && i < group->len; i++)
    {
      RtPerson *person = group->pdata[i];

      rt_people_update_shown (self, person, person->name);
    }
}

void
rt_people_join_group (RtPeople *self, GHashTable *groups, const char *key, RtPerson *person)
{
  GPtrArray *group = get_group (groups, key);

  if (group == NULL)
    {
      group = g_ptr_array_new ();
      g_hash_table_insert (groups, g_strdup (key), group);
    }
  g_ptr_array_add (group, person);
  /* of more than two all are marked already */
  if (group->len == 2)
    rt_people_update_shown (self, group->pdata[0], ((RtPerson *) group->pdata[0])->name);
}

void
rt_people_leave_group (RtPeople *self, GHashTable *groups, const char *key, RtPerson *person)
{
  GPtrArray *group = get_group (groups, key);

  if (group == NULL)
    return;
  g_ptr_array_remove_fast (group, person);
  if (group->len == 0)
    g_hash_table_remove (groups, key);
  else if (group->len == 1)
    rt_people_update_shown (self, group->pdata[0], ((RtPerson *) group->pdata[0])->name);
}

void
rt_people_refresh (RtPeople *self, RtPerson *person)
{
  g_autofree char *before = g_steal_pointer (&person->skeleton);
  const char *name = person->petname != NULL && !person->you ? person->petname : person->claimed;

  if (before != NULL)
    rt_people_leave_group (self, self->names, before, person);
  if (name != NULL && !person->you)
    {
      person->skeleton = rt_name_skeleton (name);
      rt_people_join_group (self, self->names, person->skeleton, person);
    }
  rt_people_claim_names (self, person);
  rt_people_update_shown (self, person, name);
}

void
rt_people_set_name (RtPeople *self, RtPerson *person, const char *name, gint64 now)
{
  g_autofree char *before = g_steal_pointer (&person->claimed_skeleton);

  person->claimed_skeleton = name != NULL && !person->you ? rt_name_skeleton (name) : NULL;
  if (before != NULL && g_strcmp0 (before, person->claimed_skeleton) != 0)
    rt_people_yield_name (self, person, before, now);
  if (rt_person_set_claimed (person, name) && (before == NULL || g_strcmp0 (before, person->claimed_skeleton) != 0))
    person->name_since = now / G_USEC_PER_SEC;
  rt_people_refresh (self, person);
}

gboolean
rt_people_may_rename (RtPerson *person, gint64 now)
{
  gint64 earned = (now - person->name_time) / (RT_PEOPLE_NAME_SECONDS * G_USEC_PER_SEC);

  /* the first, or the clock was set back */
  if (person->name_time == 0 || earned < 0 || earned >= RT_PEOPLE_NAME_BURST)
    {
      person->name_credit = RT_PEOPLE_NAME_BURST;
      person->name_time = now;
    }
  else if (earned > 0)
    {
      person->name_credit = MIN (person->name_credit + (guint) earned, RT_PEOPLE_NAME_BURST);
      person->name_time += earned * RT_PEOPLE_NAME_SECONDS * G_USEC_PER_SEC;
    }
  if (person->name_credit == 0)
    return FALSE;
  person->name_credit--;
  return TRUE;
}

void
rt_people_apply_waiting (RtPeople *self, gint64 now)
{
  for (guint i = 0; i < self->waiting->len;)
    {
      RtPerson *person = self->waiting->pdata[i];

      if (!person->gone && !rt_people_may_rename (person, now))
        {
          i++;
          continue;
        }
      if (!person->gone)
        {
          g_autofree char *name = g_steal_pointer (&person->waiting_name);

          rt_people_set_name (self, person, name, now);
          rt_people_mark_unsaved (self, person);
        }
      person->waits = FALSE;
      g_ptr_array_remove_index_fast (self->waiting, i);
    }
}
