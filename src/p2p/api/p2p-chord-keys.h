/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-key-private.h"

G_BEGIN_DECLS

/*
 * The keys that were said to be there, in the order of their bytes, as far as the list told: what changes is noted, and told once a
 * turn, neighbours together. A list model of P2pChordKey, which are made when somebody asks for them.
 */
#define P2P_TYPE_CHORD_KEYS (p2p_chord_keys_get_type ())
G_DECLARE_FINAL_TYPE (P2pChordKeys, p2p_chord_keys, P2P, CHORD_KEYS, GObject)

/* The row of a key that the list has, transfer full */
typedef P2pChordKey *(*P2pEnsureKeyFunc) (GBytes *key, gpointer data);

P2pChordKeys *p2p_chord_keys_new    (P2pEnsureKeyFunc ensure, gpointer data);
guint         p2p_chord_keys_get_n  (P2pChordKeys *self);
/* The key is there, or not any more: to be told with the next flush. TRUE: it is the first one to be told. */
gboolean      p2p_chord_keys_note   (P2pChordKeys *self, GBytes *key, gboolean there);
/* Whoever it tells may do anything. */
void          p2p_chord_keys_flush  (P2pChordKeys *self);
/* The socket goes: the list is empty from now on. */
void          p2p_chord_keys_detach (P2pChordKeys *self);

G_END_DECLS
