/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fuzz-peer.h"

#include "p2p/chord/p2p-chord-ask-private.h"

G_BEGIN_DECLS

#define MAX_KEY 20
#define N_KEYS 4
#define N_WAITING 4

typedef struct {
  Scene base;
  P2pChordNode *chord;
  P2pChordStore *other;         /* what another of ours holds */
  P2pIdentity *author;          /* who signs what neighbours bring */
  char *author_id;
  P2pX1 *x1;                    /* NULL: the node has no key */
  guint64 waiting[N_WAITING];   /* handles */
  guint n_waiting;
} ChordScene;

/* What the input makes of keys, values and messages: fuzz-chord-say.c. */
GBytes *fuzz_chord_take_key (FuzzInput *input);
P2pChordSpot fuzz_chord_take_spot (FuzzInput *input);
GVariant *fuzz_chord_take_value (FuzzInput *input);
/* Of the state of a spot: one that holds, one of something else, or one that is none. */
GBytes *fuzz_chord_make_proof (ChordScene *scene, const P2pChordSpot *spot, guint64 stamp, GBytes *value, guint8 kind);
void fuzz_chord_say_control (Peer *peer, P2pControlOp op, GVariant **rest, gsize n);
void fuzz_chord_say_meta (Peer *peer, guint8 choice);
void fuzz_chord_say_notify (Peer *peer, FuzzInput *input);
void fuzz_chord_say_write (ChordScene *scene, Peer *peer, FuzzInput *input);
void fuzz_chord_say_retrieve (Peer *peer, FuzzInput *input);
void fuzz_chord_say_retrieved (ChordScene *scene, Peer *peer, FuzzInput *input);
void fuzz_chord_say_ring (ChordScene *scene, Peer *peer, FuzzInput *input);
void fuzz_chord_say_find (ChordScene *scene, Peer *peer, FuzzInput *input);
void fuzz_chord_write_other (ChordScene *scene, FuzzInput *input);
void fuzz_chord_say_copy (ChordScene *scene, Peer *peer, FuzzInput *input);
void fuzz_chord_say_copied (Peer *peer, guint8 choice);
void fuzz_chord_say_arc (ChordScene *scene, Peer *peer, FuzzInput *input);
void fuzz_chord_say_names (ChordScene *scene, Peer *peer, FuzzInput *input);

G_END_DECLS
