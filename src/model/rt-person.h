/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RtPerson: somebody who was heard in a network: a node, by its id. What he is called is a claim of his.
 * Properties (readable; all but id and short-id notify): id; name (as he calls himself, one line of at most RT_NAME_MAX_BYTES; NULL: he did not say), short-id ("Ab3x…9fQz"), word (the id, as far as it is
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

G_END_DECLS
