/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-people-private.h"
#include "rt-name.h"
#include "model/timeline/rt-message-item.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The list is shown anew no more often than anybody reads. */
#define FLUSH_MILLISECONDS 250u
/* Known for so long, one gives way after those who came lately: a flood of new ids drives out nobody who is known. */
#define ELDER_SECONDS 3600
/* In a crowd, and a flood of ids looks like one, those known for less than this are not written down: what is written down pushes out others. */
#define CROWD (RT_PEOPLE_MAX / 4)
#define CROWD_SECONDS 60
/* That somebody was heard again is written down not more often. */
#define SAVE_SECONDS 60

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtPeople, rt_people, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum { PERSON_CHANGED, UNSAVED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- the list ---- */

static int
compare_people (gconstpointer a, gconstpointer b)
{
  const RtPerson *one = *(RtPerson * const *) a, *other = *(RtPerson * const *) b;
  int order = strcmp (one->sort_key, other->sort_key);

  return order != 0 ? order : strcmp (one->id, other->id);
}

static void
show (RtPeople *self)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->shown);
  GHashTableIter iter;
  gpointer person;
  guint head = 0, tail = 0, least;

  self->shown = g_ptr_array_new_full (g_hash_table_size (self->people), g_object_unref);
  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, &person))
    g_ptr_array_add (self->shown, g_object_ref (person));
  g_ptr_array_sort (self->shown, compare_people);

  least = MIN (before->len, self->shown->len);
  while (head < least && before->pdata[head] == self->shown->pdata[head])
    head++;
  while (tail < least - head && before->pdata[before->len - 1 - tail] == self->shown->pdata[self->shown->len - 1 - tail])
    tail++;
  if (before->len != self->shown->len || head < before->len)
    g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - head - tail, self->shown->len - head - tail);
}

void
rt_people_flush (RtPeople *self, gint64 now)
{
  g_return_if_fail (RT_IS_PEOPLE (self));

  rt_timer_clear (&self->timer);
  rt_people_apply_waiting (self, now);
  self->flushed = g_get_monotonic_time ();
  if (self->unsaved->len > 0)
    g_signal_emit (self, signals[UNSAVED], 0);
  if (!self->dirty)
    return;
  self->dirty = FALSE;
  show (self);
}

static gboolean
flush_cb (gpointer data)
{
  g_autoptr (RtPeople) self = g_object_ref (data);

  self->timer = 0;
  rt_people_flush (self, g_get_real_time ());
  if (self->waiting->len > 0)
    rt_people_touch (self);
  return G_SOURCE_REMOVE;
}

/* Soon: what comes in one turn is shown together. */
void
rt_people_touch (RtPeople *self)
{
  gint64 since = (g_get_monotonic_time () - self->flushed) / 1000;

  if (self->timer == 0)
    self->timer = rt_timer_add (since < FLUSH_MILLISECONDS ? FLUSH_MILLISECONDS - (guint) MAX (since, 0) : 0, "[rt-model] people", flush_cb, self);
}

void
rt_people_show_later (RtPeople *self)
{
  self->dirty = TRUE;
  rt_people_touch (self);
}

/* ---- who is known ---- */

void
rt_people_mark_unsaved (RtPeople *self, RtPerson *person)
{
  if (person->unsaved || person->you)
    return;
  person->unsaved = TRUE;
  g_ptr_array_add (self->unsaved, g_object_ref (person));
  rt_people_touch (self);
}

static void
unqueue (RtPerson *person)
{
  if (person->queue != NULL)
    g_queue_unlink (person->queue, &person->link);
  person->queue = NULL;
}

void
rt_people_requeue (RtPeople *self, RtPerson *person)
{
  unqueue (person);
  if (person->you || person->neighbour || person->gone || person->petname != NULL || person->compared > 0)
    return;
  person->queue = person->heard - person->first_heard >= ELDER_SECONDS ? &self->elders : &self->newcomers;
  g_queue_push_tail_link (person->queue, &person->link);
}

static gboolean
make_room (RtPeople *self)
{
  RtPerson *person;

  if (g_hash_table_size (self->people) < RT_PEOPLE_MAX)
    return TRUE;
  person = g_queue_peek_head (&self->newcomers);
  if (person == NULL)
    person = g_queue_peek_head (&self->elders);
  if (person == NULL)
    return FALSE;
  unqueue (person);
  person->gone = TRUE;
  if (person->skeleton != NULL)
    rt_people_leave_group (self, self->names, person->skeleton, person);
  rt_people_forget_owner (self, person);
  rt_people_leave_group (self, self->short_ids, person->short_id, person);
  g_hash_table_remove (self->people, person->id);
  rt_people_show_later (self);
  return TRUE;
}

static RtPerson *
take (RtPeople *self, const char *id, gint64 first_heard)
{
  g_autofree char *short_id = NULL;
  RtPerson *person;

  if (id == NULL || *id == '\0' || strlen (id) > RT_PEOPLE_ID_BYTES)
    return NULL;
  person = g_hash_table_lookup (self->people, id);
  if (person != NULL)
    return person;
  if (!make_room (self))
    return NULL;
  short_id = rt_short_id (id);
  person = rt_person_new (id, short_id);
  person->first_heard = first_heard;
  g_hash_table_insert (self->people, person->id, person);
  rt_people_join_group (self, self->short_ids, person->short_id, person);
  rt_people_update_shown (self, person, NULL);
  rt_people_requeue (self, person);
  rt_people_show_later (self);
  return person;
}

RtPerson *
rt_people_note_heard (RtPeople *self, const char *id, gint64 now)
{
  RtPerson *person;

  g_return_val_if_fail (RT_IS_PEOPLE (self), NULL);

  person = take (self, id, now / G_USEC_PER_SEC);
  if (person == NULL)
    return NULL;
  rt_person_set_heard (person, now / G_USEC_PER_SEC);
  rt_people_requeue (self, person);
  if (person->heard - person->saved_heard >= SAVE_SECONDS)
    rt_people_mark_unsaved (self, person);
  return person;
}

gboolean
rt_people_note_name (RtPeople *self, const char *id, const char *claimed, gint64 now)
{
  RtPerson *person = rt_people_note_heard (self, id, now);
  g_autofree char *name = NULL;

  /* what you are called you say yourself */
  if (person == NULL || person->you)
    return FALSE;
  name = rt_name_clean (claimed);
  /* none any more; one of which nothing can be shown is no name */
  if (name == NULL && claimed != NULL && *claimed != '\0')
    return FALSE;
  g_clear_pointer (&person->waiting_name, g_free);
  if (!person->waits && g_strcmp0 (person->claimed, name) == 0)
    return TRUE;
  if (!person->waits && rt_people_may_rename (person, now))
    {
      rt_people_set_name (self, person, name, now);
      rt_people_mark_unsaved (self, person);
      return TRUE;
    }
  person->waiting_name = g_steal_pointer (&name);
  if (!person->waits)
    {
      person->waits = TRUE;
      g_ptr_array_add (self->waiting, g_object_ref (person));
    }
  rt_people_touch (self);
  return TRUE;
}

void
rt_people_note_own_program (RtPeople *self, const char *id, gint64 now)
{
  RtPerson *person = rt_people_note_heard (self, id, now);

  if (person != NULL && rt_person_set_own_program (person, TRUE))
    rt_people_mark_unsaved (self, person);
}

void
rt_people_note_neighbour (RtPeople *self, const char *id, gboolean neighbour, gint64 now)
{
  RtPerson *person;

  g_return_if_fail (RT_IS_PEOPLE (self));

  person = neighbour ? rt_people_note_heard (self, id, now) : rt_people_find (self, id);
  if (person == NULL)
    return;
  rt_person_set_neighbour (person, neighbour);
  rt_people_requeue (self, person);
}

void
rt_people_restore (RtPeople *self, const char *id, const char *name, gint64 heard, gboolean own_program)
{
  RtPerson *person;
  g_autofree char *clean = NULL;

  g_return_if_fail (RT_IS_PEOPLE (self));

  heard = CLAMP (heard, 0, g_get_real_time () / G_USEC_PER_SEC);
  person = take (self, id, 0);
  if (person == NULL || person->you)
    return;
  person->first_heard = 0;
  person->saved_heard = MAX (person->saved_heard, heard);
  rt_person_set_heard (person, heard);
  if (own_program)
    rt_person_set_own_program (person, TRUE);
  rt_people_requeue (self, person);
  clean = name != NULL ? rt_name_clean (name) : NULL;
  /* what was said meanwhile is newer */
  if (clean != NULL && person->claimed == NULL)
    rt_people_set_name (self, person, clean, heard * G_USEC_PER_SEC);
}

void
rt_people_set_you (RtPeople *self, const char *id, const char *name)
{
  g_autofree char *clean = NULL, *before = NULL;
  RtPerson *person;

  g_return_if_fail (RT_IS_PEOPLE (self));

  clean = name != NULL ? rt_name_clean (name) : NULL;
  person = id != NULL ? take (self, id, g_get_real_time () / G_USEC_PER_SEC) : NULL;
  if (self->you != NULL && self->you != person)
    {
      rt_person_set_you (self->you, FALSE);
      rt_people_requeue (self, self->you);
      rt_people_update_shown (self, self->you, NULL);
    }
  self->you = person;
  if (person != NULL)
    {
      rt_person_set_you (person, TRUE);
      rt_person_set_own_program (person, TRUE);
      rt_people_requeue (self, person);
      rt_people_set_name (self, person, clean, g_get_real_time ());
    }
  before = g_steal_pointer (&self->own_skeleton);
  self->own_skeleton = clean != NULL ? rt_name_skeleton (clean) : NULL;
  if (g_strcmp0 (before, self->own_skeleton) == 0)
    return;
  rt_people_update_group (self, self->names, before);
  rt_people_update_group (self, self->names, self->own_skeleton);
}

RtPerson *
rt_people_find (RtPeople *self, const char *id)
{
  g_return_val_if_fail (RT_IS_PEOPLE (self), NULL);

  return id != NULL ? g_hash_table_lookup (self->people, id) : NULL;
}

char *
rt_people_dup_name (RtPeople *self, const char *id)
{
  RtPerson *person = rt_people_find (self, id);

  if (person == NULL)
    return rt_short_id (id);
  return g_strdup (person->name != NULL ? person->name : person->shown_name);
}

char *
rt_people_dup_shown_name (RtPeople *self, const char *id)
{
  RtPerson *person = rt_people_find (self, id);

  return person != NULL ? g_strdup (person->shown_name) : rt_short_id (id);
}

char *
rt_people_dup_word (RtPeople *self, const char *id)
{
  RtPerson *person = rt_people_find (self, id);

  return person != NULL ? g_strdup (person->word) : NULL;
}

guint
rt_people_count_own_programs (RtPeople *self, gint64 since)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_return_val_if_fail (RT_IS_PEOPLE (self), 0);

  g_hash_table_iter_init (&iter, self->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RtPerson *person = value;

      n += person->own_program && !person->you && (person->neighbour || person->heard >= since);
    }
  return n;
}

GPtrArray *
rt_people_steal_unsaved (RtPeople *self, guint n)
{
  GPtrArray *taken = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (RT_IS_PEOPLE (self), taken);

  while (self->unsaved->len > 0 && taken->len < n)
    {
      g_autoptr (RtPerson) person = g_ptr_array_steal_index (self->unsaved, self->unsaved->len - 1);

      person->unsaved = FALSE;
      if (!person->neighbour && person->petname == NULL && person->compared == 0 && person->saved_heard == 0 && person->heard - person->first_heard < CROWD_SECONDS && g_hash_table_size (self->people) > CROWD)
        continue;
      person->saved_heard = person->heard;
      if (!person->gone && !person->you)
        g_ptr_array_add (taken, g_steal_pointer (&person));
    }
  return taken;
}

void
rt_people_forget_gone (RtPeople *self)
{
  g_return_if_fail (RT_IS_PEOPLE (self));

  for (guint i = self->unsaved->len; i-- > 0; )
    if (((RtPerson *) self->unsaved->pdata[i])->gone)
      g_ptr_array_remove_index_fast (self->unsaved, i);
}

/* ---- object ---- */

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_PERSON;
}

static guint
get_n_items (GListModel *model)
{
  return RT_PEOPLE (model)->shown->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  RtPeople *self = RT_PEOPLE (model);

  return position < self->shown->len ? g_object_ref (self->shown->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
rt_people_dispose (GObject *object)
{
  rt_timer_clear (&RT_PEOPLE (object)->timer);

  G_OBJECT_CLASS (rt_people_parent_class)->dispose (object);
}

static void
rt_people_finalize (GObject *object)
{
  RtPeople *self = RT_PEOPLE (object);

  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->unsaved);
  g_hash_table_unref (self->owners);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->short_ids);
  g_hash_table_unref (self->people);
  g_free (self->own_skeleton);
  g_free (self->you_skeleton);

  G_OBJECT_CLASS (rt_people_parent_class)->finalize (object);
}

static void
rt_people_class_init (RtPeopleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_people_dispose;
  object_class->finalize = rt_people_finalize;

  signals[PERSON_CHANGED] = g_signal_new ("person-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, g_cclosure_marshal_VOID__OBJECT,
                                          G_TYPE_NONE, 1, RT_TYPE_PERSON);
  signals[UNSAVED] = g_signal_new ("unsaved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, g_cclosure_marshal_VOID__VOID, G_TYPE_NONE, 0);
}

static void
rt_people_init (RtPeople *self)
{
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->short_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->unsaved = g_ptr_array_new_with_free_func (g_object_unref);
  self->you_skeleton = rt_name_skeleton (_("You"));
  self->flushed = G_MININT64 / 2;
  g_queue_init (&self->newcomers);
  g_queue_init (&self->elders);
}

RtPeople *
rt_people_new (void)
{
  return g_object_new (RT_TYPE_PEOPLE, NULL);
}
