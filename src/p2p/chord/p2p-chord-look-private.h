/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-ask-private.h"

G_BEGIN_DECLS

/* One look: p2p-chord-look.c asks, p2p-chord-look-tally.c says what the answers come to. */

#define P2P_CHORD_QUORUM 3
#define P2P_CHORD_WAYS 2

typedef struct {
  P2pChordLooking *looking;
  guint place;
  guint64 ask;
  gboolean used;
  gboolean is_final;
  P2pChordAnswer answer;
  GBytes *essence;
} P2pChordWay;

struct _P2pChordLooking {
  P2pChordNode *node;
  guint64 handle;
  P2pChordLookFunc func;
  gpointer data;
  gboolean repair;
  char *wanted;                 /* id of whose value is asked for; NULL: the one who wrote it last, if that is known */
  gboolean all;                 /* for a third of the time it waits for what the others say, too */
  P2pChordLook *look;
  P2pChordWay ways[P2P_CHORD_HASHES][P2P_CHORD_WAYS];
  guint round;
  gboolean asking;              /* more questions follow at once: what is said meanwhile is looked at after them */
  gint64 began;
  guint64 timer;
  guint64 second_timer;
  guint64 again_timer;
  guint64 grace_timer;
  gboolean grace_over;
  guint64 settle_timer;
  gboolean settled;             /* those who are silent were waited for */
};

/* What the most say. */
typedef struct {
  const P2pChordWay *way;               /* NULL: nobody said any value */
  guint n;
  guint n_nothing;
  guint n_silent;
  guint n_nobody;
  gboolean dissent;             /* somebody says otherwise, of what is not older... */
  guint n_rival;                /* ...so many say the same other thing... */
  guint n_pending;              /* ...and so many may still */
} P2pChordTally;

/* Whose value it should be. */
typedef struct {
  const char *author;           /* NULL: anybody's; until the names change */
  guint64 since;                /* what is older does not count */
  guint64 said;                 /* when he said so */
  gboolean is_strict;           /* what nobody signed does not count either */
  gboolean is_stale;            /* best is older than what he said last, by a little: he may have written it since, and somebody may still say so */
  const P2pChordWay *best;      /* the latest of his, which may be that it is deleted; NULL: none */
} P2pChordExpected;

/* ---- p2p-chord-look-tally.c ---- */
gboolean p2p_chord_way_says        (const P2pChordWay *way, GBytes *essence);
guint    p2p_chord_look_count      (P2pChordLooking *self, GBytes *essence);    /* places that say it */
gboolean p2p_chord_look_has_state  (P2pChordLooking *self, guint place, P2pChordAnswerState state);
void     p2p_chord_look_tally      (P2pChordLooking *self, P2pChordTally *tally);
const P2pChordWay *p2p_chord_look_choose (P2pChordLooking *self, guint place, const P2pChordTally *tally);
/* An answer came: is it signed by whom it says? One that is not says nothing. */
void     p2p_chord_way_check       (P2pChordWay *self);
void     p2p_chord_look_expect     (P2pChordLooking *self, P2pChordExpected *expected);
/* Three say otherwise than the one who should have written it: his word counts, or is still to come. */
gboolean p2p_chord_look_is_doubted (const P2pChordExpected *self, const P2pChordTally *tally);
/* Three say what somebody else signed, later than what the expected one said, or all five, of whatever age; of his there is nothing. */
gboolean p2p_chord_look_is_later   (P2pChordLooking *self, const P2pChordExpected *expected, const P2pChordTally *tally);
/* Of what all who signed anything say, when it is one and the same who signed: the latest. NULL: nobody did, or several */
const P2pChordWay *p2p_chord_look_find_signed (P2pChordLooking *self);
/* Of those that say what counts: who signed it. */
void     p2p_chord_look_note_author (P2pChordLooking *self, const P2pChordTally *tally, const P2pChordExpected *expected);

G_END_DECLS
