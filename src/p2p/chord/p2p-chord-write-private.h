/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-ask-private.h"

G_BEGIN_DECLS

/* One write of our program: p2p-chord-write-call.c begins it, p2p-chord-write.c brings it to its places. */

typedef enum {
  P2P_CHORD_WRITE_SET,
  P2P_CHORD_WRITE_DELETE,
  P2P_CHORD_WRITE_DELTA,
} P2pChordWriteKind;

typedef struct {
  P2pChordWriting *writing;
  guint index;
  guint tries;
  guint64 ask;
  gboolean done;                /* it said what it will say */
  gboolean is_right;
} P2pChordWritePlace;

struct _P2pChordWriting {
  P2pChordNode *node;
  guint64 handle;
  P2pChordWriteFunc func;
  gpointer data;
  P2pChordWriteKind kind;
  GVariant *value;              /* of a set; of a delta: the map */
  GBytes *essence;
  P2pChordLook *look;           /* what the places say */
  P2pChordLook *before;         /* what they said before a delete or delta */
  guint64 before_handle;
  guint64 stamp;
  P2pChordProofs proofs;        /* of what is written, with that stamp; none: nobody signs it, or it is a delta */
  guint round;
  gboolean asking;
  P2pChordWritePlace places[P2P_CHORD_HASHES];
  GError *error;                /* the first */
  gint64 began;
  gint64 span;
  guint64 timer;
  guint64 second_timer;
  guint64 grace_timer;
  guint64 pause_timer;          /* some took it without its proof: they are written to again after it */
};

/* ---- p2p-chord-write.c ---- */
void     p2p_chord_writing_begin (P2pChordWriting *self, guint64 seen);
void     p2p_chord_writing_end   (P2pChordWriting *self);
void     p2p_chord_writing_fail  (P2pChordWriting *self, P2pChordLook *look, GError *error);       /* takes the error */
void     p2p_chord_writing_free  (P2pChordWriting *self);
guint64  p2p_chord_writing_get_latest (P2pChordNode *node, P2pChordLook *look);                     /* stamp that was told */

G_END_DECLS
