/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-node-private.h"
#include "../x1/p2p-x1.h"

G_BEGIN_DECLS

/* Between the files of questions, answers and writes; what others need is in p2p-chord-node-private.h. */

/* ---- p2p-chord-send.c ---- */
gboolean p2p_chord_send_retrieve  (P2pChordLink *link, const P2pChordSpot *spot);
gboolean p2p_chord_send_retrieved (P2pChordLink *link, GBytes *echo, const P2pChordAnswer *answer);
gboolean p2p_chord_send_delete    (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GBytes *proof);
gboolean p2p_chord_send_nil       (P2pChordLink *link, const P2pChordSpot *spot);      /* to an original that has it */
gboolean p2p_chord_send_delta     (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GVariant *map, GBytes *proof);

/* ---- p2p-chord-sign.c ---- */
/* The path of a proof over five is three hashes at most. */
#define P2P_CHORD_PROOF_MOST (P2P_PROOF_MIN_LENGTH + 3 * 32)

typedef struct {
  GBytes *of[P2P_CHORD_HASHES]; /* by hash; NULL: none */
} P2pChordProofs;

GBytes  *p2p_chord_pack           (GVariant *value);
/* FALSE: it is malformed, whatever it is said to prove. */
gboolean p2p_chord_proof_is_sound (GBytes *proof, const P2pChordSpot *spot);
char    *p2p_chord_get_author     (P2pChordNode *self, GBytes *proof);         /* the id of the key that it names; NULL: it names none */
void     p2p_chord_leaf_id        (const P2pChordSpot *spot, guint64 stamp, GBytes *value, guint8 id[32]);
/* Does it hold? teller: whose share of the checks it takes; NULL: we asked for it. *author (nullable): the id of who signed, when it is GOOD */
P2pX1Verdict p2p_chord_check      (P2pChordNode *self, P2pPeer *teller, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, char **author);
/* FALSE: we have no key. value NULL: a delete */
gboolean p2p_chord_sign           (P2pChordNode *self, const P2pChordSpot spots[P2P_CHORD_HASHES], guint64 stamp, GBytes *value, P2pChordProofs *proofs);
/* Of one of the five the others. FALSE: it is no proof of this */
gboolean p2p_chord_complete       (const P2pChordSpot spots[P2P_CHORD_HASHES], guint64 stamp, GBytes *value, GBytes *proof, P2pChordProofs *proofs);
/* The stamp with which its value is to be stored, and the proofs, if it is signed. */
guint64  p2p_chord_look_get_state (P2pChordLook *look, P2pChordProofs *proofs);
void     p2p_chord_look_get_spots (P2pChordLook *look, P2pChordSpot spots[P2P_CHORD_HASHES]);
void     p2p_chord_proofs_clear   (P2pChordProofs *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (P2pChordProofs, p2p_chord_proofs_clear)

/* ---- p2p-chord-ask.c ---- */
guint    p2p_chord_hash_spot      (gconstpointer spot);
gboolean p2p_chord_equal_spots    (gconstpointer a, gconstpointer b);
/* For a neighbour, who is answered once. echo: his packed method and key */
void     p2p_chord_ask_for        (P2pChordLink *link, const P2pChordSpot *spot, GBytes *echo);
/* Something was stored there: who asks from now on asks anew. */
void     p2p_chord_ask_shut       (P2pChordLink *link, const P2pChordSpot *spot);
/* FALSE: nobody asked. value NULL: nil */
gboolean p2p_chord_ask_answered   (P2pChordLink *link, const P2pChordSpot *spot, GVariant *value, guint64 stamp, GBytes *proof, gboolean is_final, const char *holder, guint hops);
guint    p2p_chord_asking_get_n   (P2pChordNode *self);

/* ---- p2p-chord-notify.c ---- */
GByteArray *p2p_chord_pack_notify (const guint8 *key, gsize length, gboolean deleted);

/* ---- p2p-chord-mirror.c ---- */
void     p2p_chord_mirror_key     (P2pChordNode *self, GBytes *key);           /* it changed */
void     p2p_chord_mirror_seen    (P2pChordNode *self, GBytes *key);           /* our program asks for it */
void     p2p_chord_mirror_spot    (P2pChordNode *self, const P2pChordSpot *spot, gboolean changed);    /* an original wrote it, or asks for it */
void     p2p_chord_mirror_init    (P2pChordNode *self);
void     p2p_chord_mirror_stop    (P2pChordNode *self);
void     p2p_chord_mirror_clear   (P2pChordNode *self);

/* ---- p2p-chord-equal.c ---- */
GVariant *p2p_chord_unpack        (P2pChordNode *self, GBytes *packed);        /* transfer full, not floating; NULL: it is none */
/* What makes values equal: as we pack them, but for what a js2p on the way changes: integers beyond its own become floats, the order of the keys of a map. */
GBytes  *p2p_chord_get_essence    (GVariant *value);
gboolean p2p_chord_is_map         (GVariant *value);
gboolean p2p_chord_is_same        (GVariant *value, GVariant *other);          /* by what they mean */
gboolean p2p_chord_has_fields     (GVariant *value, GVariant *map);            /* value is a map in which all of map is */

/* ---- p2p-chord-repair.c, p2p-chord-look.c ---- */
P2pChordLook *p2p_chord_look_new  (P2pChordNode *self, GBytes *key);
void     p2p_chord_answer_set     (P2pChordAnswer *self, const P2pChordAnswer *from);
void     p2p_chord_answer_clear   (P2pChordAnswer *self);
void     p2p_chord_repair         (P2pChordNode *self, P2pChordLook *look, guint lacking);      /* of a value; lacking: bit by place, of those that said nothing by the shortest way */
/* repair: what lacks it gets it; else it is looked before a change, and as many of the five as possible are waited for */
guint64  p2p_chord_look_begin     (P2pChordNode *self, GBytes *key, guint timeout_ms, gboolean repair, P2pChordLookFunc func, gpointer data);

/* ---- p2p-chord-put.c ---- */
/* Whom to turn to for a place; NULL with *is_it: us. giver (nullable): not him. taking: we count, too. */
P2pChordLink *p2p_chord_choose    (P2pChordNode *self, const P2pChordPlace *place, guint rank, P2pChordLink *giver, gboolean taking, gboolean *is_it);
/* Whose it is, whatever the way there. */
P2pChordLink *p2p_chord_get_owner (P2pChordNode *self, const P2pChordPlace *place, gboolean taking, gboolean *is_it);
/* sure: an original has it, so that a delete does no harm. rank: see p2p_chord_ask() */
gboolean p2p_chord_put_full       (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint64 stamp, GVariant *value, GBytes *proof, gboolean sure, P2pChordLink *giver,
                                   GError **error);
gboolean p2p_chord_put_delta      (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint64 stamp, GVariant *map, gboolean sure, P2pChordLink *giver, GError **error);
/* A proof for what is there, if it is that, and nothing later: of what came of a delta. */
void     p2p_chord_put_seal       (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *proof, P2pChordLink *giver);
gboolean p2p_chord_check_size     (P2pChordNode *self, GVariant *value, GError **error);

G_END_DECLS
