/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../chord/p2p-chord-names.h"
#include "p2p-chord-key.h"

G_BEGIN_DECLS

/* Which rows there are: those that somebody holds, by key. It holds none of them. */
GHashTable  *p2p_chord_key_registry_new (void);
/* name: NULL: nothing is known of the key (any more). It registers itself. Transfer full. */
P2pChordKey *p2p_chord_key_new    (GHashTable *registry, GBytes *key, const P2pChordName *name);
void         p2p_chord_key_update (P2pChordKey *self, const P2pChordName *name);

G_END_DECLS
