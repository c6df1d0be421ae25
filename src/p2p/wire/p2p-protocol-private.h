/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-protocol.h"

G_BEGIN_DECLS

/* Internal (chord's tables come with the ring): the five positions of a key as base58, in the order sha1 sha224 sha256 sha384 sha512. */
#define P2P_CHORD_HASHES 5
const char *p2p_chord_hash_name (guint index);
char       *p2p_chord_hash (guint index, const guint8 *key, gsize length);
/* (b - a) mod 2^384 on 48-byte big-endian integers (64-byte input is taken modulo) */
void        p2p_chord_distance (const guint8 *a, gsize n_a, const guint8 *b, gsize n_b, guint8 out[48]);

G_END_DECLS
