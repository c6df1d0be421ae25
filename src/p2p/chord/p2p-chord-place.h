/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-protocol-private.h"

G_BEGIN_DECLS

/*
 * Places on the ring: 384 bits, big-endian. Without k the ring is that of the originals, and a node's place is its id. With k it has 2^k slots:
 * they are the places whose lower bits are zero, so that nothing but the two functions that make places knows about k. A slot is the upper k bits of a number:
 * three of the five positions are digests shifted up to the ring's width, whose lower bits are all zero, so a remainder by 2^k would put them all into one slot.
 */
#define P2P_CHORD_PLACE_BYTES 48
#define P2P_CHORD_NUMBER_BYTES 64       /* of what a key's position is on the wire: sha512 is wider than the ring */
#define P2P_CHORD_MIN_K 1
#define P2P_CHORD_MAX_K 10
#define P2P_CHORD_DEFAULT_K 6

typedef struct {
  guint8 bytes[P2P_CHORD_PLACE_BYTES];
} P2pChordPlace;

/* One of the five positions of a key. */
typedef struct {
  guint8 hash;                          /* index, see p2p_chord_hash_name() */
  guint8 number[P2P_CHORD_NUMBER_BYTES];
} P2pChordSpot;

/* number: length bytes, big-endian, as ids and positions are; k 0: none. */
void     p2p_chord_place_init     (P2pChordPlace *self, guint k, const guint8 *number, gsize length);
void     p2p_chord_place_of_spot  (P2pChordPlace *self, guint k, const P2pChordSpot *spot);
int      p2p_chord_place_compare  (const P2pChordPlace *a, const P2pChordPlace *b);
/* clockwise from a to b: (b - a) mod 2^384 */
void     p2p_chord_place_distance (const P2pChordPlace *a, const P2pChordPlace *b, P2pChordPlace *out);
/* a is nearer before place than b is: distance (a, place) < distance (b, place), what find() of the originals goes by */
gboolean p2p_chord_place_is_nearer (const P2pChordPlace *a, const P2pChordPlace *b, const P2pChordPlace *place);
/* place in [from, to), clockwise; from == to: all of the ring */
gboolean p2p_chord_place_is_within (const P2pChordPlace *place, const P2pChordPlace *from, const P2pChordPlace *to);
void     p2p_chord_place_add_power (const P2pChordPlace *a, guint power, P2pChordPlace *out);   /* a + 2^power, power < 384 */
void     p2p_chord_place_next_slot (const P2pChordPlace *a, guint k, P2pChordPlace *out);       /* k > 0 */
double   p2p_chord_place_fraction (const P2pChordPlace *self);                                   /* [0, 1): for drawing */
void     p2p_chord_spots_of_key  (const guint8 *key, gsize length, P2pChordSpot spots[P2P_CHORD_HASHES]);
char    *p2p_chord_spot_to_text  (const P2pChordSpot *self);                                     /* base58, as on the wire */
gboolean p2p_chord_spot_parse    (P2pChordSpot *self, const char *method, gsize method_length, const char *text, gsize length);   /* FALSE: no such hash, no such number */
int      p2p_chord_spot_compare  (const P2pChordSpot *a, const P2pChordSpot *b);

G_END_DECLS
