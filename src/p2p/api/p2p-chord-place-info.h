/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pChordPlaceState:
 * @P2P_CHORD_PLACE_STATE_WAITING: it was asked, and has not answered
 * @P2P_CHORD_PLACE_STATE_VALUE: it said a value
 * @P2P_CHORD_PLACE_STATE_NOTHING: it has none, and that is final
 * @P2P_CHORD_PLACE_STATE_NOT_YET: it had none so far; a node of the originals says so also when it is still asking others
 * @P2P_CHORD_PLACE_STATE_SILENT: no answer came in time, or the link it was asked by ended
 * @P2P_CHORD_PLACE_STATE_NOBODY: there was nobody to ask
 *
 * What became of the question for one of the five places of a key.
 */
typedef enum { /*< underscore_name=p2p_chord_place_state >*/
  P2P_CHORD_PLACE_STATE_WAITING,
  P2P_CHORD_PLACE_STATE_VALUE,
  P2P_CHORD_PLACE_STATE_NOTHING,
  P2P_CHORD_PLACE_STATE_NOT_YET,
  P2P_CHORD_PLACE_STATE_SILENT,
  P2P_CHORD_PLACE_STATE_NOBODY,
} P2pChordPlaceState;

/**
 * P2pChordPlaceInfo:
 *
 * One of the five places of a key, and what it answered. It never changes. All of its properties can be given when it is made, so
 * that programs can be tested without a network.
 */
#define P2P_TYPE_CHORD_PLACE_INFO (p2p_chord_place_info_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pChordPlaceInfo, p2p_chord_place_info, P2P, CHORD_PLACE_INFO, GObject)

P2P_EXPORT const char        *p2p_chord_place_info_get_hash         (P2pChordPlaceInfo *self);   /* "sha1", ... */
P2P_EXPORT double             p2p_chord_place_info_get_fraction     (P2pChordPlaceInfo *self);   /* [0, 1): where on the ring */
P2P_EXPORT const char        *p2p_chord_place_info_get_position     (P2pChordPlaceInfo *self);   /* base58, as on the wire */
P2P_EXPORT P2pChordPlaceState p2p_chord_place_info_get_state        (P2pChordPlaceInfo *self);
P2P_EXPORT GVariant          *p2p_chord_place_info_get_value        (P2pChordPlaceInfo *self);   /* transfer full, nullable */
P2P_EXPORT const char        *p2p_chord_place_info_get_asked_id     (P2pChordPlaceInfo *self);   /* nullable */
P2P_EXPORT const char        *p2p_chord_place_info_get_holder_id    (P2pChordPlaceInfo *self);   /* nullable */
P2P_EXPORT gboolean           p2p_chord_place_info_get_is_self      (P2pChordPlaceInfo *self);
P2P_EXPORT const char        *p2p_chord_place_info_get_author       (P2pChordPlaceInfo *self);   /* nullable */
P2P_EXPORT guint              p2p_chord_place_info_get_hops         (P2pChordPlaceInfo *self);
P2P_EXPORT double             p2p_chord_place_info_get_milliseconds (P2pChordPlaceInfo *self);
P2P_EXPORT gboolean           p2p_chord_place_info_get_agrees       (P2pChordPlaceInfo *self);
P2P_EXPORT char              *p2p_chord_place_info_dup_words        (P2pChordPlaceInfo *self);

G_END_DECLS
