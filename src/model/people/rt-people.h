/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-person.h"

G_BEGIN_DECLS

/* So many at most; whoever was not heard for longest gives way, those known for less than an hour first, neighbours and you never. */
#define RT_PEOPLE_MAX 4096u
/* A person may change his name so often at once, and once in so many seconds; the newest of those that came too soon is taken later. */
#define RT_PEOPLE_NAME_BURST 3u
#define RT_PEOPLE_NAME_SECONDS 10

/**
 * RtPeople: everybody who was heard in a network, a GListModel of #RtPerson, sorted by shown-name. The list changes four times a second at most; who is in it is found at once.
 * Signals: person-changed (RtPerson): his name, word or state is another; unsaved: there is something to keep (rt_people_steal_unsaved()).
 */
#define RT_TYPE_PEOPLE (rt_people_get_type ())
G_DECLARE_FINAL_TYPE (RtPeople, rt_people, RT, PEOPLE, GObject)

RtPerson *rt_people_find (RtPeople *self, const char *id);              /* transfer none, nullable */
/* What to call him: the name that he claims, or the short id where he claims none or is not known. Transfer full. */
char     *rt_people_dup_name (RtPeople *self, const char *id);
/* Both in one. Transfer full. */
char     *rt_people_dup_shown_name (RtPeople *self, const char *id);
/* What must stand beside that name: the id, where others have the name too. Transfer full, nullable. */
char     *rt_people_dup_word (RtPeople *self, const char *id);

/* ---- rt-people-keys.c ---- */
/* What the person calls somebody, wherever he is named; NULL or "": as he calls himself. FALSE with words: it is no name, or is that of somebody else. */
gboolean  rt_people_set_petname  (RtPeople *self, const char *id, const char *petname, GError **error);
/* The person compared keys with him under the name that he has now, or takes that back. FALSE: no key of his is known. */
gboolean  rt_people_set_compared (RtPeople *self, const char *id, gboolean compared, gint64 now);
/* He calls himself otherwise since they compared keys (RT_PERSON_RENAMED), and that is fine with the person. FALSE with words: it is somebody else's name. */
gboolean  rt_people_accept_name  (RtPeople *self, const char *id, GError **error);
/* Since when he claims that name, what he was called when they compared keys (nullable: not known), since when he has a petname; UTC seconds. After rt_people_restore(). */
void      rt_people_restore_names (RtPeople *self, const char *id, const char *name, gint64 name_since, const char *compared_name, gint64 petname_since);
/* Whose key is known, or who has a petname: UTC seconds and the like as they were kept. pub and petname: nullable. After rt_people_restore() and rt_people_restore_names(). */
void      rt_people_restore_key  (RtPeople *self, const char *id, GBytes *key, gint64 known_since, const char *petname, gint64 compared);
/* His key is known from now on. FALSE: it was, or he is not. */
gboolean  rt_people_note_key     (RtPeople *self, const char *id, GBytes *key, gint64 now);
/* As rt_people_note_name(), with the id of the message that claimed it, whether it is proved or not. Of whose key is known, an unproved one is refused. */
gboolean  rt_people_note_claim   (RtPeople *self, const char *id, const char *claimed, GBytes *message, gboolean proved, gint64 now);
/* That message was proved later. */
void      rt_people_note_proof   (RtPeople *self, const char *id, GBytes *message, gint64 now);

/* ---- for RtNetwork and tests; now: UTC microseconds ---- */
RtPeople *rt_people_new (void);
/* id: nullable, not known yet; name: as typed, nullable */
void      rt_people_set_you (RtPeople *self, const char *id, const char *name);
void      rt_people_restore (RtPeople *self, const char *id, const char *name, gint64 heard, gboolean own_program);
/* Who said something; transfer none, NULL: an id that is none, or there is no room. */
RtPerson *rt_people_note_heard (RtPeople *self, const char *id, gint64 now);
/* FALSE: nothing of it can be shown. */
gboolean  rt_people_note_name (RtPeople *self, const char *id, const char *claimed, gint64 now);
void      rt_people_note_own_program (RtPeople *self, const char *id, gint64 now);
void      rt_people_note_neighbour (RtPeople *self, const char *id, gboolean neighbour, gint64 now);
/* How many of this program, besides you, were heard since (UTC seconds). */
guint     rt_people_count_own_programs (RtPeople *self, gint64 since);
/* Those whose name or hearing is not kept yet, n at most; they count as kept then. Transfer full, of RtPerson. */
GPtrArray *rt_people_steal_unsaved (RtPeople *self, guint n);
/* Of those that are not kept yet only who is still known. */
void      rt_people_forget_gone (RtPeople *self);
/* What waits to be shown is. */
void      rt_people_flush (RtPeople *self, gint64 now);

G_END_DECLS
