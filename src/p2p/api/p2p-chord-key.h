/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pChordKey:
 *
 * A key that was said to be in a distributed table: a row of p2p_chord_socket_get_key_list(). There is one for a key as long as
 * somebody holds it. It has no value: that is at five places of the ring, and is asked for.
 */
#define P2P_TYPE_CHORD_KEY (p2p_chord_key_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pChordKey, p2p_chord_key, P2P, CHORD_KEY, GObject)

P2P_EXPORT GBytes     *p2p_chord_key_get_key   (P2pChordKey *self);      /* transfer none */
P2P_EXPORT const char *p2p_chord_key_get_text  (P2pChordKey *self);      /* the key as text, else its bytes in hexadecimal */
P2P_EXPORT gboolean    p2p_chord_key_get_is_text (P2pChordKey *self);
P2P_EXPORT gint64      p2p_chord_key_get_since (P2pChordKey *self);      /* UTC seconds */
P2P_EXPORT gboolean    p2p_chord_key_get_mine  (P2pChordKey *self);

G_END_DECLS
