/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What one signature is over: up to 512 ids, each with a note of at most 255 bytes. Internal.
 * On the wire (the leaves of a side-car): n times id 32 | note_length u8 | note.
 */
#define P2P_LEAF_ID_LENGTH 32
#define P2P_MAX_LEAVES 512
#define P2P_MAX_NOTE 255
/* of all leaves of a side-car together */
#define P2P_MAX_LEAVES_LENGTH 32768

typedef struct {
  guint8        id[P2P_LEAF_ID_LENGTH];
  const guint8 *note;                   /* borrowed; NULL when there is none */
  gsize         note_length;
} P2pLeaf;

/* How many bytes a leaf takes of P2P_MAX_LEAVES_LENGTH */
gsize   p2p_leaf_get_length (const P2pLeaf *leaf);
GBytes *p2p_leaves_pack     (const P2pLeaf *leaves, guint n);
/* leaves has room for P2P_MAX_LEAVES; their notes are within bytes. 0: malformed, empty, too many or too long. */
guint   p2p_leaves_unpack   (const guint8 *bytes, gsize length, P2pLeaf *leaves);

G_END_DECLS
