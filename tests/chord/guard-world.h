/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ours with originals among them, which answer while the world runs. */
#pragma once

#include "stab-fixture.h"

G_BEGIN_DECLS

#define N_OURS 7

/* A py2p that stores, and has a link to each of ours. */
typedef struct {
  StabFixture *fixture;
  char *id;
  P2pChordPlace place;
  GPtrArray *links;             /* of RawPeer */
  GArray *heard;                /* of each, of its messages */
  GHashTable *values;           /* "method key" to GVariant */
  gboolean mute;
  GHashTable *stored;           /* the same, how often it was stored by others */
} Original;

typedef struct {
  StabFixture *fixture;
  GPtrArray *originals;
} World;

/* A ring of N_OURS, and of no original yet. */
void      world_init           (World *self);
void      world_clear          (World *self);
/* One with an original, and who of ours is the nearest before it. */
Original *world_with_original  (World *self, StabNode **guard);
void      world_run            (World *self, double seconds);
Original *world_add_original   (World *self, const char *name);
void      world_kill_original  (World *self, Original *original);
/* A name of an original whose place is behind that one of ours (and behind another original), with at least a sixth of the ring before the next of ours; transfer full. */
char     *world_choose_name    (World *self, StabNode *guard, const P2pChordPlace *behind);

/* The last of them that is not behind the place; of originals only those behind the last of ours, NULL: it is ours. */
StabNode *world_find_ours      (World *self, const P2pChordPlace *place);
Original *world_find_original  (World *self, const P2pChordPlace *place);
/* The five places of each of n keys, and the original that they belong to; NULL: they are ours'. */
typedef void (*EachFunc) (World *self, Original *owner, const P2pChordSpot *spot, gpointer data);
void      world_each_place     (World *self, const char *prefix, guint n, EachFunc func, gpointer data);
/* "method key", as originals have it; transfer full. */
char     *guard_name_of_spot   (const P2pChordSpot *spot);

G_END_DECLS
