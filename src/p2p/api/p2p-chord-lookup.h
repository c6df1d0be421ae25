/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-place-info.h"

G_BEGIN_DECLS

/**
 * P2pChordLookOutcome:
 * @P2P_CHORD_LOOK_OUTCOME_VALUE: three places or more say the same value
 * @P2P_CHORD_LOOK_OUTCOME_ABSENT: the key has none
 * @P2P_CHORD_LOOK_OUTCOME_DISAGREE: all places answered, and no three of them the same
 * @P2P_CHORD_LOOK_OUTCOME_TIMED_OUT: too few places answered in time
 * @P2P_CHORD_LOOK_OUTCOME_NOBODY: no storing node is known
 * @P2P_CHORD_LOOK_OUTCOME_ENDED: the socket was closed meanwhile
 * @P2P_CHORD_LOOK_OUTCOME_UNSIGNED: places say a value, and none that is signed by the node that wrote the key last, or that was asked for
 *
 * What the answers of the five places of a key come to.
 */
typedef enum { /*< underscore_name=p2p_chord_look_outcome >*/
  P2P_CHORD_LOOK_OUTCOME_VALUE,
  P2P_CHORD_LOOK_OUTCOME_ABSENT,
  P2P_CHORD_LOOK_OUTCOME_DISAGREE,
  P2P_CHORD_LOOK_OUTCOME_TIMED_OUT,
  P2P_CHORD_LOOK_OUTCOME_NOBODY,
  P2P_CHORD_LOOK_OUTCOME_ENDED,
  P2P_CHORD_LOOK_OUTCOME_UNSIGNED,
} P2pChordLookOutcome;

/**
 * P2pChordLookup:
 *
 * What the five places of a key said when they were asked, and what that comes to. It never changes. All of its properties can be
 * given when it is made, so that programs can be tested without a network.
 */
#define P2P_TYPE_CHORD_LOOKUP (p2p_chord_lookup_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pChordLookup, p2p_chord_lookup, P2P, CHORD_LOOKUP, GObject)

P2P_EXPORT GBytes             *p2p_chord_lookup_get_key          (P2pChordLookup *self);         /* transfer none */
P2P_EXPORT P2pChordLookOutcome p2p_chord_lookup_get_outcome      (P2pChordLookup *self);
P2P_EXPORT GVariant           *p2p_chord_lookup_get_value        (P2pChordLookup *self);         /* transfer full, nullable */
P2P_EXPORT guint               p2p_chord_lookup_get_n_equal      (P2pChordLookup *self);
P2P_EXPORT const char         *p2p_chord_lookup_get_author       (P2pChordLookup *self);         /* nullable */
P2P_EXPORT gboolean            p2p_chord_lookup_get_signed       (P2pChordLookup *self);
P2P_EXPORT const char         *p2p_chord_lookup_get_expected_author (P2pChordLookup *self);      /* nullable */
P2P_EXPORT double              p2p_chord_lookup_get_milliseconds (P2pChordLookup *self);
P2P_EXPORT char               *p2p_chord_lookup_dup_words        (P2pChordLookup *self);
P2P_EXPORT guint               p2p_chord_lookup_get_n_places     (P2pChordLookup *self);         /* 5 */
P2P_EXPORT P2pChordPlaceInfo  *p2p_chord_lookup_get_place        (P2pChordLookup *self, guint index);    /* transfer none */
P2P_EXPORT GListModel         *p2p_chord_lookup_get_places       (P2pChordLookup *self);         /* transfer none: of P2pChordPlaceInfo */

G_END_DECLS
