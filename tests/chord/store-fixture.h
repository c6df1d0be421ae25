/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/chord/p2p-chord-store.h"
#include "p2p/wire/p2p-types.h"

/* UTC microseconds, of which a stamp is */
#define NOW (G_GUINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)
#define SECONDS(n) ((guint64) (n) * G_USEC_PER_SEC)

/* text: a GVariant in its text form */
GBytes      *chord_pack (const char *text);
/* One of the five spots of a key; a spot of that hash with that number */
P2pChordSpot chord_spot (const char *key, guint hash);
P2pChordSpot chord_spot_at (guint hash, guint8 first, guint8 last);
/* text NULL: deleted. At a time when it is not from the future */
P2pChordPut  chord_put (P2pChordStore *store, const P2pChordSpot *spot, guint64 stamp, const char *text, const char *giver);
P2pChordPut  chord_put_full (P2pChordStore *store, const P2pChordSpot *spot, guint64 stamp, const char *text, const char *giver, GError **error);
P2pChordPut  chord_delta (P2pChordStore *store, const P2pChordSpot *spot, guint64 stamp, const char *text);
/* "stamp - NOW: value", "stamp: -", or NULL */
char        *chord_show (P2pChordStore *store, const P2pChordSpot *spot);
#define chord_assert(store, spot, expected) G_STMT_START { g_autofree char *shown = chord_show (store, spot); g_assert_cmpstr (shown, ==, expected); } G_STMT_END
/* All that from has, packed and unpacked as on its way, into to */
void         chord_copy (P2pChordStore *from, P2pChordStore *to);
void         chord_assert_equal (P2pChordStore *a, P2pChordStore *b);
/* Bytes that are allocated now; 0: this allocator does not say (sanitizers, valgrind) */
gsize        chord_get_allocated (void);
