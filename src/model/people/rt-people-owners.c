/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose name is whose: by what the person said, by keys, and by who had it first. */
#include "config.h"

#include "rt-people-private.h"
#include "rt-name.h"

/* Names of before stay theirs who had them for so long: who tries many on has none of them. */
#define HELD_SECONDS 3600
/* Of those so many: who changes his name each hour for a year does not gather names. */
#define MAX_HELD 4u
/* Ids are free, and so are keys: names that belong to somebody are no more than this. What the person said is bounded by the people. */
#define MAX_OWNERS (2 * RT_PEOPLE_MAX)

/* What the person says counts most, then what he compared, then keys. */
typedef enum { RIGHT_NONE, RIGHT_KEY, RIGHT_COMPARED, RIGHT_PETNAME } Right;

typedef struct {
  RtPerson *person;             /* not owned */
  Right     right;
  gint64    since;              /* UTC seconds */
} Owner;

static void update_right (Owner *owner, const char *skeleton);

static gboolean
is_held (const RtPerson *person, const char *skeleton)
{
  for (guint i = 0; person->held != NULL && i < person->held->len; i++)
    if (g_str_equal (person->held->pdata[i], skeleton))
      return TRUE;
  return FALSE;
}

/* A right is to a name: with whom the person compared keys, or whom he calls somehow, has no more right to other names than anybody. */
static Right
get_right (const RtPerson *person, const char *skeleton, gint64 *since)
{
  *since = 0;
  if (person->gone || person->you)
    return RIGHT_NONE;
  if (person->petname != NULL && g_strcmp0 (person->skeleton, skeleton) == 0)
    {
      *since = person->petname_since;
      return RIGHT_PETNAME;
    }
  if (person->compared > 0 && g_strcmp0 (person->compared_skeleton, skeleton) == 0)
    {
      *since = person->compared;
      return RIGHT_COMPARED;
    }
  *since = person->name_since;
  return person->key != NULL && (g_strcmp0 (person->claimed_skeleton, skeleton) == 0 || is_held (person, skeleton)) ? RIGHT_KEY : RIGHT_NONE;
}

static void
update_right (Owner *owner, const char *skeleton)
{
  gint64 since;
  Right right = get_right (owner->person, skeleton, &since);

  /* one that he had longer does not become younger by another name of his */
  if (right != owner->right)
    owner->since = since;
  owner->right = right;
}

static gboolean
has_better_right (const RtPerson *person, Right right, gint64 since, const Owner *owner)
{
  if (right != owner->right)
    return right > owner->right;
  if (since != owner->since)
    return since < owner->since;
  return person->known_since < owner->person->known_since;
}

/* Somebody whose program does not sign had it for long, before that key was known: it does not belong to a newcomer because he signs. */
static gboolean
is_of_elder (RtPeople *self, const RtPerson *person, const char *skeleton)
{
  GPtrArray *group = g_hash_table_lookup (self->names, skeleton);

  for (guint i = 0; group != NULL && i < group->len; i++)
    {
      const RtPerson *other = group->pdata[i];

      if (other != person && !other->gone && other->key == NULL && other->petname == NULL && other->name_since > 0 && other->name_since < person->known_since &&
          person->name_since - other->name_since >= HELD_SECONDS)
        return TRUE;
    }
  return FALSE;
}

static void
claim (RtPeople *self, RtPerson *person, const char *skeleton)
{
  Owner *owner = skeleton != NULL ? g_hash_table_lookup (self->owners, skeleton) : NULL;
  gint64 since = 0;
  Right right = skeleton != NULL ? get_right (person, skeleton, &since) : RIGHT_NONE;

  if (right == RIGHT_NONE)
    return;
  if (owner != NULL && owner->person == person)
    {
      update_right (owner, skeleton);
      return;
    }
  if (owner != NULL && !has_better_right (person, right, since, owner))
    return;
  if (owner == NULL && right == RIGHT_KEY && (g_hash_table_size (self->owners) >= MAX_OWNERS || is_of_elder (self, person, skeleton)))
    return;
  owner = g_new0 (Owner, 1);
  *owner = (Owner) { person, right, since };
  g_hash_table_replace (self->owners, g_strdup (skeleton), owner);
  /* others who claim it are marked from now on */
  rt_people_update_group (self, self->names, skeleton);
}

void
rt_people_claim_names (RtPeople *self, RtPerson *person)
{
  if (person->petname != NULL)
    claim (self, person, person->skeleton);
  if (person->compared > 0)
    claim (self, person, person->compared_skeleton);
  claim (self, person, person->claimed_skeleton);
}

static void
release (RtPeople *self, const char *skeleton)
{
  g_autofree char *key = g_strdup (skeleton);
  GPtrArray *group;

  g_hash_table_remove (self->owners, key);
  group = g_hash_table_lookup (self->names, key);
  for (guint i = 0; group != NULL && i < group->len; i++)
    claim (self, group->pdata[i], key);
  rt_people_update_group (self, self->names, key);
}

/* The oldest of them goes: he has had others since. */
static void
hold (RtPeople *self, RtPerson *person, const char *skeleton)
{
  g_autofree char *oldest = NULL;
  Owner *owner;

  if (person->held == NULL)
    person->held = g_ptr_array_new_with_free_func (g_free);
  if (!is_held (person, skeleton))
    g_ptr_array_add (person->held, g_strdup (skeleton));
  if (person->held->len <= MAX_HELD)
    return;
  oldest = g_ptr_array_steal_index (person->held, 0);
  owner = g_hash_table_lookup (self->owners, oldest);
  if (owner == NULL || owner->person != person)
    return;
  update_right (owner, oldest);
  if (owner->right == RIGHT_NONE)
    release (self, oldest);
}

static void
let_go (RtPerson *person, const char *skeleton)
{
  for (guint i = 0; person->held != NULL && i < person->held->len; i++)
    if (g_str_equal (person->held->pdata[i], skeleton))
      {
        g_ptr_array_remove_index (person->held, i);
        return;
      }
}

void
rt_people_yield_name (RtPeople *self, RtPerson *person, const char *skeleton, gint64 now)
{
  Owner *owner = g_hash_table_lookup (self->owners, skeleton);

  if (owner == NULL || owner->person != person)
    {
      let_go (person, skeleton);
      return;
    }
  if (now > 0 && person->key != NULL && now / G_USEC_PER_SEC - owner->since >= HELD_SECONDS)
    hold (self, person, skeleton);
  else if (now == 0)
    let_go (person, skeleton);
  owner = g_hash_table_lookup (self->owners, skeleton);
  update_right (owner, skeleton);
  if (owner->right == RIGHT_NONE)
    release (self, skeleton);
}

static void
forget (RtPeople *self, RtPerson *person, const char *skeleton)
{
  Owner *owner = skeleton != NULL ? g_hash_table_lookup (self->owners, skeleton) : NULL;

  if (owner != NULL && owner->person == person)
    release (self, skeleton);
}

void
rt_people_forget_owner (RtPeople *self, RtPerson *person)
{
  forget (self, person, person->skeleton);
  forget (self, person, person->compared_skeleton);
  forget (self, person, person->claimed_skeleton);
  for (guint i = 0; person->held != NULL && i < person->held->len; i++)
    forget (self, person, person->held->pdata[i]);
}

/* ---- what that makes of somebody ---- */

static const char *
name_owner (const Owner *owner, const RtPerson *person)
{
  if (owner->right == RIGHT_PETNAME)
    return owner->person->petname;
  if (owner->right == RIGHT_COMPARED)
    return owner->person->compared_name;
  return g_strcmp0 (owner->person->claimed_skeleton, person->claimed_skeleton) == 0 ? owner->person->claimed : person->claimed;
}

/* Whom the person calls somehow is shown so, and who had a name before somebody else was called that did not take it. */
static const char *
find_other (RtPeople *self, const RtPerson *person)
{
  const Owner *owner = person->claimed_skeleton != NULL ? g_hash_table_lookup (self->owners, person->claimed_skeleton) : NULL;

  if (owner == NULL || owner->person == person || person->you || person->petname != NULL)
    return NULL;
  if (person->compared > 0 && g_strcmp0 (person->compared_skeleton, person->claimed_skeleton) == 0)
    return NULL;
  if (owner->right == RIGHT_PETNAME && person->name_since <= owner->since)
    return NULL;
  return name_owner (owner, person);
}

RtPersonState
rt_people_judge (RtPeople *self, RtPerson *person)
{
  const char *other = find_other (self, person);

  if (g_strcmp0 (other, person->other) != 0)
    {
      g_free (person->other);
      person->other = g_strdup (other);
    }
  if (other != NULL)
    return person->key != NULL ? RT_PERSON_CHANGED : RT_PERSON_SAME_NAME;
  if (person->key == NULL)
    return RT_PERSON_UNVERIFIED;
  if (person->compared == 0)
    return RT_PERSON_SIGNED;
  if (person->petname != NULL || person->claimed == NULL || person->you || g_strcmp0 (person->compared_skeleton, person->claimed_skeleton) == 0)
    return RT_PERSON_VERIFIED;
  return RT_PERSON_RENAMED;
}
