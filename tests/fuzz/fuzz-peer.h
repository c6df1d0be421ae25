/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fuzz.h"

#include "p2p/mesh/p2p-mesh-node-private.h"
#include "p2p/wire/p2p-digest.h"
#include "test-env.h"

G_BEGIN_DECLS

#define PORT 4000
#define N_PEERS 4

typedef struct _Scene Scene;

typedef struct {
  Scene *scene;
  TestHost *host;
  char *id;
  P2pPipe *pipe;                        /* NULL: none */
  guint64 dial;
  guint64 listener;
} Peer;

struct _Scene {
  TestWorld *world;
  TestHost *host;
  P2pProtocol *protocol;
  P2pLimits limits;
  P2pMeshNode *node;
  gboolean secure;                      /* links on which TLS is */
  Peer peers[N_PEERS];
  guint64 handles[4];
  guint n_handles;
  char request[96];                     /* the id of the newest request, which an answer has to name */
  guint8 newest[P2P_SHA256_LENGTH];     /* the newest message that somebody said, */
  guint8 own[P2P_SHA256_LENGTH];        /* and of the node itself */
};

/* Seconds, as the clock of the node has them. */
gint64 fuzz_now (Scene *scene);

/* One who says to the node what the input tells him to. Lengths and checksums are put to what he says. */
void fuzz_peer_init (Peer *peer, Scene *scene, const char *name);
void fuzz_peer_clear (Peer *peer);
/* From now on he says that he is the other: two links to one node. */
void fuzz_peer_become (Peer *peer, Peer *other);
void fuzz_peer_dial (Peer *peer);
void fuzz_peer_hang_up (Peer *peer);
void fuzz_peer_say_bytes (Peer *peer, const guint8 *bytes, gsize length);
void fuzz_peer_say_body (Peer *peer, const guint8 *serialised, gsize length);
/* Takes the values. Said so many seconds from now. */
void fuzz_peer_say_values (Peer *peer, guint8 flag, P2pIdForm form, gint64 shift, GVariant **values, gsize n_values);
void fuzz_peer_say_handshake (Peer *peer, P2pIdForm form);
/* A message of which the input gives the flag, the sender, the time (roughly) and the packets as they are on the wire. */
void fuzz_peer_say_message (Peer *peer, FuzzInput *input);
/* A peers list or a response that names real ids and addresses, which the input could not know. */
void fuzz_peer_say_known (Peer *peer, FuzzInput *input);
/* Link control as our own nodes speak it, of which the input chooses the operation. */
void fuzz_peer_say_control (Peer *peer, FuzzInput *input);

G_END_DECLS
