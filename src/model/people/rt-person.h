/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether he is who he was. */
typedef enum {
  RT_PERSON_UNVERIFIED,         /* no key of his is known: whoever says that he is this node may be */
  RT_PERSON_SIGNED,             /* his key is: what he says is proved, or shown as what it is. Keys are free: whether the name is his it does not say */
  RT_PERSON_VERIFIED,           /* the person compared that key with him, under the name that he has */
  RT_PERSON_RENAMED,            /* likewise, under another name */
  RT_PERSON_SAME_NAME,          /* no key of his is known, and the name belongs to somebody who signs, or whom the person knows */
  RT_PERSON_CHANGED,            /* his key is another than that of whom the name belongs to */
} RtPersonState;

/**
 * RtPerson: somebody who was heard in a network: a node, by its id. What he is called is a claim of his, unless the person here gave him a name: that outranks it everywhere.
 * Properties (readable; all but id and short-id notify): id; name (the petname, or as he calls himself, one line of at most RT_NAME_MAX_BYTES; NULL: there is neither),
 * claimed-name (as he calls himself, nullable), petname (nullable), state (RtPersonState), key (GBytes of 32, nullable), compared (gint64 UTC seconds when the person compared keys with him; 0: never),
 * known-since (gint64 UTC seconds: his key is; 0: it is not), short-id ("Ab3x…9fQz"), word (the id, as far as it is
 * needed to tell him from others of that name, or from you; NULL: not needed), shown-name (the name, and the word in brackets where there is one; without a name the short id),
 * own-program (boolean: his node is of this program), neighbour (boolean: there is a link), heard (gint64 UTC seconds, 0: never), you (boolean), blocked (boolean: by you).
 */
#define RT_TYPE_PERSON (rt_person_get_type ())
G_DECLARE_FINAL_TYPE (RtPerson, rt_person, RT, PERSON, GObject)

const char *rt_person_get_id (RtPerson *self);
const char *rt_person_get_name (RtPerson *self);                /* nullable */
const char *rt_person_get_short_id (RtPerson *self);
const char *rt_person_get_word (RtPerson *self);                /* nullable */
const char *rt_person_get_shown_name (RtPerson *self);
gboolean    rt_person_get_own_program (RtPerson *self);
gboolean    rt_person_get_neighbour (RtPerson *self);
gint64      rt_person_get_heard (RtPerson *self);
gboolean    rt_person_get_you (RtPerson *self);
gboolean    rt_person_get_blocked (RtPerson *self);

/* ---- rt-person-keys.c ---- */
const char   *rt_person_get_claimed_name (RtPerson *self);      /* nullable */
const char   *rt_person_get_petname      (RtPerson *self);      /* nullable */
RtPersonState rt_person_get_state        (RtPerson *self);
GBytes       *rt_person_get_key          (RtPerson *self);      /* nullable */
gint64        rt_person_get_compared     (RtPerson *self);
gint64        rt_person_get_known_since  (RtPerson *self);
/* What he called himself when the person compared keys with him; "": nothing; NULL: they did not. */
const char   *rt_person_get_compared_name (RtPerson *self);     /* nullable */
/* To compare with what he sees as his own; NULL: no key is known. Each takes a few milliseconds. Transfer full. */
char         *rt_person_dup_digits       (RtPerson *self);
char         *rt_person_dup_words        (RtPerson *self);
/* A word, and a sentence. Transfer none, and full. */
const char   *rt_person_state_word       (RtPersonState state);
char         *rt_person_dup_state_words  (RtPerson *self);

G_END_DECLS
