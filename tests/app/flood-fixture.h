/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-fixture.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* What the turns of the main loop took: of the processor's time of this thread, which other programs do not lengthen; and by the clock, where they do. */
typedef struct {
  GArray *work;                 /* ms, of each turn; sorted by turns_end() */
  double  longest_wait;         /* ms by the clock, of the longest of them */
  gint64  begun;                /* monotonic */
} Turns;

void   turns_begin (Turns *self);
void   turns_end   (Turns *self);
double turns_most  (Turns *self);
void   turns_tell  (Turns *self, const char *of, guint n_messages);     /* how they were; and frees them */

/* Another program that says a lot, to a network of this one (tests/app/flooder.c) */
typedef struct {
  GSubprocess  *program;
  RtNetwork    *network;
} Flooder;

void     flooder_start (Flooder *self, const char *program, RtNetwork *network);
void     flooder_stop  (Flooder *self);
/* So many milliseconds long rate messages a second. kind: "plain", "mixed" or "private" */
void     flooder_say   (Flooder *self, const char *kind, guint rate, guint milliseconds);
guint64  flood_count_in (RtNetwork *network);           /* messages that came over its links */
gsize    flood_get_resident (void);                     /* bytes */

G_END_DECLS
