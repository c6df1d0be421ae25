/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-node-private.h"

G_BEGIN_DECLS

/* Among the files of the ring half. */

#define P2P_CHORD_RING_STORING 1
#define P2P_CHORD_RING_ANSWER 2
#define P2P_CHORD_RING_FIRST_AFTER 4    /* you are my first after */
#define P2P_CHORD_RING_LEAVING 8        /* give me nothing */

/* It is on the ring: with k that is so when it has found a slot. */
static inline gboolean
p2p_chord_is_placed (P2pChordNode *self)
{
  return p2p_chord_is_storing (self) && (self->k == 0 || self->part->join_placed);
}

/* ---- p2p-chord-stabilise.c ---- */
gint64   p2p_chord_vary            (P2pChordNode *self, gint64 span);           /* an eighth more or less of it */
gboolean p2p_chord_may             (P2pChordNode *self, P2pChordBucket *bucket, double most, double per_second);
void     p2p_chord_send_ring       (P2pChordLink *link, guint flags);
void     p2p_chord_tell_ring       (P2pChordNode *self, guint flags);           /* to all of ours */
void     p2p_chord_look_at_ring    (P2pChordNode *self);                        /* something may be another now: what follows from it */
gboolean p2p_chord_is_small        (P2pChordNode *self);                        /* every node of ours stores everything */
P2pChordLink *p2p_chord_link_of    (P2pChordNode *self, P2pChordMember *member);/* NULL: none */

/* ---- p2p-chord-members.c ---- */
gboolean p2p_chord_place_of_id     (const char *id, P2pChordPlace *place);
gboolean p2p_chord_is_place_of     (P2pChordNode *self, const P2pChordPlace *place, const char *id);    /* can it be his? */
gboolean p2p_chord_get_place       (P2pMessage *message, gsize index, P2pChordPlace *place);
gboolean p2p_chord_get_int         (P2pMessage *message, gsize index, gint64 *number);
GVariant *p2p_chord_new_bytes      (gconstpointer bytes, gsize length);         /* floating */
GVariant *p2p_chord_pack_members   (GPtrArray *members);                        /* floating */
GPtrArray *p2p_chord_get_members   (P2pChordLink *link, P2pMessage *message, gsize index);      /* NULL: malformed */

/* ---- p2p-chord-find.c ---- */
/* members: who the place belongs to, then those after it; NULL: nobody answered. May be called before p2p_chord_find() returns. */
typedef void (*P2pChordFoundFunc) (P2pChordNode *self, GPtrArray *members, gpointer data);
void     p2p_chord_find            (P2pChordNode *self, const P2pChordPlace *place, gboolean ourselves, P2pChordFoundFunc func, gpointer data);
void     p2p_chord_take_find       (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_take_found      (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_finds_expire    (P2pChordNode *self);
void     p2p_chord_finds_end       (P2pChordNode *self, P2pChordLink *link);    /* link NULL: all, of which nobody is told */

/* ---- p2p-chord-fingers.c ---- */
void     p2p_chord_fingers_step    (P2pChordNode *self);
void     p2p_chord_fingers_lose    (P2pChordNode *self, const char *id);

/* ---- p2p-chord-dial.c ---- */
void     p2p_chord_consider        (P2pChordNode *self, P2pChordMember *member, gboolean finger);
void     p2p_chord_dial_from_book  (P2pChordNode *self);
void     p2p_chord_dial            (P2pChordNode *self);
void     p2p_chord_dial_close_unwanted (P2pChordNode *self);
void     p2p_chord_dial_init       (P2pChordNode *self);
void     p2p_chord_dial_clear      (P2pChordNode *self);
GTree   *p2p_chord_spots_new       (GDestroyNotify free_value);                /* by P2pChordSpot, which stays its owner's */

/* ---- p2p-chord-copy.c ---- */
void     p2p_chord_copy_init       (P2pChordLink *link);
void     p2p_chord_copy_clear      (P2pChordLink *link);
void     p2p_chord_copy_add        (P2pChordLink *link, const P2pChordSpot *spot);
gboolean p2p_chord_copy_is_idle    (P2pChordLink *link);
void     p2p_chord_copy_expire     (P2pChordLink *link);
void     p2p_chord_take_copy       (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_take_copied     (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_note_given      (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp);       /* he has it: so it may be no more here */

/* ---- p2p-chord-restore.c: stores to originals, verified ---- */
void     p2p_chord_restore_init    (P2pChordLink *link);
void     p2p_chord_restore_clear   (P2pChordLink *link);
void     p2p_chord_restore_add     (P2pChordLink *link, const P2pChordSpot *spot);
void     p2p_chord_restore_go_on   (P2pChordLink *link);                        /* there may be room for more questions now */
gboolean p2p_chord_restore_is_idle (P2pChordLink *link);

/* ---- p2p-chord-guard.c: see also p2p-chord-node-private.h ---- */
void     p2p_chord_guard_init      (P2pChordNode *self);
void     p2p_chord_guard_stop      (P2pChordNode *self);
void     p2p_chord_guard_clear     (P2pChordNode *self);
/* The storing neighbour that a place belongs to, ourselves left out: the guard where it is an original's, unless that is us; NULL: none that takes anything */
P2pChordLink *p2p_chord_get_heir   (P2pChordNode *self, const P2pChordPlace *place, P2pChordLink *besides);
P2pChordLink *p2p_chord_get_guarded (P2pChordNode *self, const P2pChordPlace *place);  /* whose it is, an original, and we are its guard; else NULL */
void     p2p_chord_guard_spot      (P2pChordNode *self, const P2pChordSpot *spot);     /* what is here may be otherwise there */
void     p2p_chord_guard_walk      (P2pChordNode *self);                        /* all names */

/* ---- p2p-chord-sweep.c: what is ours no more ---- */
void     p2p_chord_sweep           (P2pChordNode *self);
guint    p2p_chord_count_held      (P2pChordNode *self, guint most);            /* values that nobody took yet, while we leave */

/* ---- p2p-chord-arcs.c ---- */
void     p2p_chord_arcs_init       (P2pChordLink *link);
void     p2p_chord_arcs_clear      (P2pChordLink *link);
void     p2p_chord_arcs_compare    (P2pChordNode *self, gboolean all);          /* with the neighbours that it was not done with; all: with the others too */
void     p2p_chord_arcs_expire     (P2pChordLink *link);
void     p2p_chord_take_arc        (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_take_arc_list   (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_take_arc_want   (P2pChordLink *link, P2pMessage *message);

/* ---- p2p-chord-join.c ---- */
void     p2p_chord_set_place       (P2pChordNode *self, const P2pChordPlace *place);
void     p2p_chord_join_check      (P2pChordNode *self);                        /* somebody else has our slot? */
void     p2p_chord_join_init       (P2pChordNode *self);
void     p2p_chord_join_end        (P2pChordNode *self);
void     p2p_chord_join_clear      (P2pChordNode *self);

/* ---- p2p-chord-keep.c ---- */
void     p2p_chord_keep_init       (P2pChordNode *self);
void     p2p_chord_keep_stop       (P2pChordNode *self);
void     p2p_chord_keep_clear      (P2pChordNode *self);

G_END_DECLS
