/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-fixture.h"
#include "app/chat/rt-timeline.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* A program that begins with what is on the disk */
typedef struct {
  GtkApplication *app;
  RtNetworks     *networks;
  RtNetwork      *network;      /* the first, which the window opens with */
  RtWindow       *window;
  RtTimeline     *timeline;
} Program;

/* A folder with so many networks ("club0", …), so many messages in each; transfer full. Three quarters of them were read. */
char  *history_make_folder (guint n_networks, const guint *n_messages);
/* Until the newest message stands where it belongs, or it is said that there is none; ms by the clock. worked: ms of the processor's time, of all threads, which other programs do not lengthen */
double program_open  (Program *self, const char *folder, double *worked);
void   program_close (Program *self);
/* The timeline of one of the networks; NULL: it was never shown. */
RtTimeline *program_find_timeline (Program *self, RtNetwork *network);

int    history_compare_doubles (gconstpointer a, gconstpointer b);

G_END_DECLS
