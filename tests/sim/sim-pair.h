/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim07-peer.h"
#include "test-env.h"
#include "p2p/mesh/p2p-mesh-node-private.h"
#include "p2p/x1/p2p-x1.h"

G_BEGIN_DECLS

/*
 * Two nodes that dial each other, the first ours, the second ours or the model of py2p; everything else from the seed: how often each
 * dials and when, whether it knows the other's id, how long and in which pieces bytes travel.
 */
typedef enum {
  SIM_PAIR_OWN,
  SIM_PAIR_PROVEN,              /* both ours, with a key each, which they prove; every other pair a ring's, where HELLO follows the handshake */
  SIM_PAIR_MODEL,
} SimPairKind;

typedef struct {
  TestHost *host;
  P2pMeshNode *own;
  P2pX1 *x1;
  Sim07Peer *model;
  guint dials;
  gint64 dial_at[3];
  gboolean dial_id[3];
  guint broadcasts, whispers;   /* heard */
} SimPairEnd;

typedef struct {
  guint64 seed;
  SimPairKind kind;
  TestWorld *world;
  P2pProtocol *protocol;
  TestPath path;
  SimPairEnd ends[2];
  gint64 settled;               /* when it was one link, for good */
} SimPair;

SimPair *sim_pair_new  (guint64 seed, SimPairKind kind);
void     sim_pair_free (SimPair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPair, sim_pair_free)
/* From the first dial to the last word; NULL, or what is wrong. verbose: tells what happens. */
char    *sim_pair_run  (SimPair *self, gboolean verbose);

G_END_DECLS
