/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-people.h"
#include "rt-person-private.h"

G_BEGIN_DECLS

/* Longer ones are no ids; those of nodes are 66 characters or fewer. */
#define RT_PEOPLE_ID_BYTES 256u

struct _RtPeople {
  GObject     parent_instance;
  GHashTable *people;           /* by id */
  GPtrArray  *shown;            /* in order */
  GHashTable *names;            /* skeleton: GPtrArray of those whose names look so, not owned */
  GHashTable *short_ids;        /* likewise */
  GHashTable *owners;           /* skeleton: whose name that is (rt-people-owners.c) */
  GQueue      newcomers, elders;        /* who was not heard for longest is first */
  GPtrArray  *waiting;          /* with a waiting name */
  GPtrArray  *unsaved;
  RtPerson   *you;              /* not owned, nullable */
  char       *own_skeleton;     /* nullable */
  char       *you_skeleton;     /* of what the program calls the person itself */
  gint64      flushed;          /* monotonic */
  guint       timer;
  gboolean    dirty;
};

/* ---- rt-people.c ---- */
/* The list is shown anew, soon; or only what waits is looked at. */
void rt_people_show_later (RtPeople *self);
void rt_people_touch (RtPeople *self);
/* Who may give way, after that changed. */
void rt_people_requeue (RtPeople *self, RtPerson *person);
void rt_people_mark_unsaved (RtPeople *self, RtPerson *person);

/* ---- rt-people-names.c ---- */
/* After the name, or who shares it. */
void rt_people_update_shown (RtPeople *self, RtPerson *person, const char *name);
void rt_people_update_group (RtPeople *self, GHashTable *groups, const char *key);
void rt_people_join_group (RtPeople *self, GHashTable *groups, const char *key, RtPerson *person);
void rt_people_leave_group (RtPeople *self, GHashTable *groups, const char *key, RtPerson *person);
void rt_people_set_name (RtPeople *self, RtPerson *person, const char *name, gint64 now);
/* Anew from what he claims and what the person calls him. */
void rt_people_refresh (RtPeople *self, RtPerson *person);
gboolean rt_people_may_rename (RtPerson *person, gint64 now);
void rt_people_apply_waiting (RtPeople *self, gint64 now);

/* ---- rt-people-owners.c ---- */
/* His names are his, if nobody has a better right to them. */
void rt_people_claim_names (RtPeople *self, RtPerson *person);
/* He has another from now on; now: UTC microseconds, 0: what he was called is not held for him. */
void rt_people_yield_name (RtPeople *self, RtPerson *person, const char *skeleton, gint64 now);
void rt_people_forget_owner (RtPeople *self, RtPerson *person);
RtPersonState rt_people_judge (RtPeople *self, RtPerson *person);

G_END_DECLS
