/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-place.h"

G_BEGIN_DECLS

/* A storing node as others tell of it. Immutable, reference-counted. */
typedef struct {
  guint refs;
  P2pChordPlace place;
  char *id;
  char *host;                   /* NULL: not known */
  guint16 port;
  gboolean is_original;         /* keeps no replicas; set with a link to him, before others have him */
} P2pChordMember;

P2pChordMember *p2p_chord_member_new   (const P2pChordPlace *place, const char *id, const char *host, guint16 port);
P2pChordMember *p2p_chord_member_ref   (P2pChordMember *self);
void            p2p_chord_member_unref (P2pChordMember *self);
gboolean        p2p_chord_member_equal (const P2pChordMember *a, const P2pChordMember *b);      /* by id and place */

/*
 * What a storing node knows of the ring, as a value: no clock, no links. Whoever calls it knows who is alive.
 *
 * after: the next storing nodes clockwise, the nearest first: Chord's successor list. before: those on the other side. A key is at the last storing node
 * that is not behind its place, so a node holds what is from its own place up to its first after; what its first and second after hold, it keeps replicas of,
 * because it takes over when they go. (The originals call our first before "next" and our first after "prev".)
 *
 * stabilise, notify and lose are the steps of Zave's corrected Chord ("Reasoning about identifier spaces: How to make Chord correct"): in rings of more nodes than
 * n_after the ring stays one and ordered while fewer than n_after neighbours fail between two repairs. A node that joins is in order at once when it
 * begins with the list of the one whose place it takes a part of. Who begins with a link to anybody else passes over those between: then the ring may be none for a while, and
 * becomes one again by the same steps (tests/chord/test-ring-exhaustive.c has both). Lists told may name nodes that are gone: whoever knows that of one drops it from them, or loses it again. A node that has our own place is never in our lists.
 */
typedef struct _P2pChordRing P2pChordRing;

P2pChordRing   *p2p_chord_ring_new       (P2pChordMember *own, guint n_after, guint n_before);
void            p2p_chord_ring_free      (P2pChordRing *self);
P2pChordMember *p2p_chord_ring_get_own   (P2pChordRing *self);
guint           p2p_chord_ring_get_n_after  (P2pChordRing *self);
guint           p2p_chord_ring_get_n_before (P2pChordRing *self);
P2pChordMember *p2p_chord_ring_get_after (P2pChordRing *self, guint index);     /* NULL: no such; never ourselves */
P2pChordMember *p2p_chord_ring_get_before (P2pChordRing *self, guint index);

/* All return whether anything changed. */
/* teller, who lives, told his lists (of P2pChordMember, the nearest first). If he is our first after: ours becomes him and his. *closer (nullable, transfer none): his first before, when it is between
 * us and him, or else another that he told of and that is: it is to be linked, offered and asked next, if it lives. his_after NULL: he tells none (an original): ours
 * becomes him and the contacts. */
gboolean p2p_chord_ring_stabilise (P2pChordRing *self, P2pChordMember *teller, GPtrArray *his_after, GPtrArray *his_before, P2pChordMember **closer);
/* member, who lives, holds us for his first after: rectify. before_lives: of our first before (not: it is lost). his_before fills the rest of our before list; NULL: he tells none */
gboolean p2p_chord_ring_notify    (P2pChordRing *self, P2pChordMember *member, GPtrArray *his_before, gboolean before_lives);
gboolean p2p_chord_ring_lose      (P2pChordRing *self, P2pChordMember *member); /* by id: it is gone, or stores no more: of lists, fingers and contacts */
/* A storing node that lives, of which we heard otherwise (a link to an original): it takes its place in the lists. The same id
 * at another place: it has moved there. Not at the end of an after list that is short: who is missing there is told by stabilise. */
gboolean p2p_chord_ring_offer     (P2pChordRing *self, P2pChordMember *member);

/* How many storing nodes there are, ourselves too, when the after list goes all around: alone, or the first after told everybody up to us. 0: more than that, or not known yet. Who
 * is new among few is counted when the first after has told of him. */
guint    p2p_chord_ring_get_size  (P2pChordRing *self);
gboolean p2p_chord_ring_is_mine   (P2pChordRing *self, const P2pChordPlace *place);
/* The nearest of ours: originals keep no replicas, and their places are looked after by the nearest of ours before them as if they were his. */
P2pChordMember *p2p_chord_ring_get_own_after  (P2pChordRing *self, guint index);
P2pChordMember *p2p_chord_ring_get_own_before (P2pChordRing *self, guint index);
/* (Where our second or third after is not known, the arc before it has no end but us.) 0: ours; 1, 2: we are to keep a replica for our first, second after of ours, 1 also for the originals before it; -1: none of
 * our business. With copy_all everything that is not ours is 1. */
int      p2p_chord_ring_get_role  (P2pChordRing *self, const P2pChordPlace *place, gboolean copy_all);

/* Contacts: storing nodes that can be spoken to now. */
void     p2p_chord_ring_add_contact    (P2pChordRing *self, P2pChordMember *member);
void     p2p_chord_ring_remove_contact (P2pChordRing *self, P2pChordMember *member);
guint    p2p_chord_ring_get_n_contacts (P2pChordRing *self);
P2pChordMember *p2p_chord_ring_get_contact (P2pChordRing *self, guint index);   /* in the order of their places */
/* find() of the originals: of ourselves (storing) and the contacts that which is nearest before place. rank 0: the nearest; 1: the one after that, ... Of equal ones ourselves. Ranks
 * beyond the nearest only tell other ways to begin with. NULL with *self_is_it: it is us; NULL without: there is nobody. */
P2pChordMember *p2p_chord_ring_find      (P2pChordRing *self, const P2pChordPlace *place, gboolean storing, guint rank, gboolean *self_is_it);
P2pChordMember *p2p_chord_ring_find_prev (P2pChordRing *self, const P2pChordPlace *place, gboolean storing, gboolean *self_is_it);

/* Fingers: number i is the first storing node at own + 2^(383 - i) or behind it. Those not beyond our first after are not needed: the number is of the others,
 * at most k. */
#define P2P_CHORD_MAX_FINGERS 64
guint    p2p_chord_ring_get_n_fingers  (P2pChordRing *self, guint k);
void     p2p_chord_ring_get_finger_target (P2pChordRing *self, guint index, P2pChordPlace *target);
gboolean p2p_chord_ring_set_finger     (P2pChordRing *self, guint index, P2pChordMember *member);   /* NULL: not known */
P2pChordMember *p2p_chord_ring_get_finger (P2pChordRing *self, guint index);
/* Whom we should have a link to: first after, first before, the other after, second before, fingers; each once. New references, freed with the array. */
GPtrArray *p2p_chord_ring_get_wanted   (P2pChordRing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordMember, p2p_chord_member_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordRing, p2p_chord_ring_free)

G_END_DECLS
