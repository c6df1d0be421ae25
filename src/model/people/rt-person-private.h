/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-person.h"

G_BEGIN_DECLS

/* Everything of it is RtPeople's to change. */
struct _RtPerson {
  GObject   parent_instance;
  char     *id;
  char     *name;               /* petname, or claimed */
  char     *claimed;            /* as he calls himself */
  char     *petname;            /* as the person calls him */
  char     *short_id;
  char     *word;
  char     *shown_name;
  char     *sort_key;           /* of shown_name */
  char     *skeleton;           /* of name; NULL: there is none, or it is yours */
  char     *claimed_skeleton;   /* of claimed, likewise */
  char     *waiting_name;       /* claimed too soon after the one before */
  GBytes   *key;                /* nullable */
  GBytes   *name_message;       /* that claimed the name, and was not proved; nullable */
  char     *unproved_name;      /* what it claimed, once a proof was called for; NULL: none */
  gint64    known_since;        /* UTC seconds: the key is */
  gint64    compared;
  gint64    name_since;         /* UTC seconds: he claims it */
  gint64    petname_since;      /* UTC seconds: the person calls him so */
  char     *compared_name;      /* as he called himself when the person compared keys with him; "": nothing; NULL: they did not */
  char     *compared_skeleton;  /* nullable */
  char     *other;              /* what somebody else is called to whom the name that he claims belongs; NULL: nobody */
  GPtrArray *held;              /* names of before that are still his, skeletons; nullable */
  RtPersonState state;
  gint64    heard;              /* UTC seconds */
  gint64    first_heard;
  gint64    saved_heard;
  gint64    name_time;          /* UTC microseconds: when name_credit was counted */
  guint     name_credit;
  gint64    heard_before;       /* his link */
  /* Monotonic; 0: never. */
  gint64    heal_from;          /* UTC seconds: he is to be asked what was said since; 0: he is not */
  gint64    introduced;         /* he was told our name, when the link came */
  gint64    answered;           /* ... when he asked */
  gint64    healed;             /* he was asked for what another part of the network said */
  gint64    receipt_time;       /* when receipt_credit was counted */
  gint64    told_time;          /* likewise, of what he may be told of our history */
  gint64    told_refused;
  guint     receipt_credit, told_credit;
  GQueue   *queue;              /* of those that may give way; NULL: he does not */
  GList     link;
  guint     own_program : 1;
  guint     name_proved : 1;    /* or as good as: he had no key when he claimed it */
  guint     neighbour : 1;
  guint     you : 1;
  guint     blocked : 1;
  guint     unsaved : 1;
  guint     waits : 1;          /* among those with a waiting name */
  guint     gone : 1;           /* gave way */
  guint     being_told : 1;     /* a page of history is being read for him */
};

RtPerson *rt_person_new (const char *id, const char *short_id);
/* TRUE: it is another. word: nullable */
gboolean  rt_person_set_shown (RtPerson *self, const char *name, const char *word, const char *id_word);
void      rt_person_set_heard (RtPerson *self, gint64 heard);
gboolean  rt_person_set_own_program (RtPerson *self, gboolean own_program);
gboolean  rt_person_set_neighbour (RtPerson *self, gboolean neighbour);
gboolean  rt_person_set_you (RtPerson *self, gboolean you);
gboolean  rt_person_set_blocked (RtPerson *self, gboolean blocked);
/* ---- rt-person-keys.c: each TRUE: it is another ---- */
gboolean  rt_person_set_key      (RtPerson *self, GBytes *key, gint64 known_since);
gboolean  rt_person_set_petname  (RtPerson *self, const char *petname);
gboolean  rt_person_set_claimed  (RtPerson *self, const char *claimed);
gboolean  rt_person_set_compared (RtPerson *self, gint64 compared);
gboolean  rt_person_set_state    (RtPerson *self, RtPersonState state);

G_END_DECLS
