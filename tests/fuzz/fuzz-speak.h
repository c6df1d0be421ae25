/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fuzz-peer.h"

#include "p2p/sync/p2p-sync-node.h"
#include "p2p/x1/p2p-secret.h"
#include "p2p/x1/p2p-x1.h"

G_BEGIN_DECLS

#define N_SAID 8

typedef struct {
  guint8 id[P2P_SHA256_LENGTH];
  char  *sender;
} Said;

typedef struct {
  Scene scene;                          /* first: what peers and events know */
  P2pIdentity *identities[N_PEERS];
  char *ids[N_PEERS];                   /* those of the identities; peers may say others */
  P2pIdentity *own;
  P2pX1 *x1;                            /* NULL: it has no key */
  P2pSecret *secret;                    /* NULL: its network has none */
  Said said[N_SAID];                    /* broadcasts of anybody, the newest at the place before n_said */
  guint n_said;
  GHashTable *honest;                   /* GBytes: ids of messages that were signed by whom they name */
  guint n_pinned;                       /* by our own program */
  GBytes *box;                          /* the newest */
  P2pSyncNode *sync;
  P2pSyncTable *other;                  /* what the others know, signed and not */
} Speak;

static inline const char *
fuzz_speak_network (Speak *self)
{
  return p2p_protocol_get_id (self->scene.protocol);
}

static inline GVariant *
fuzz_speak_bytes (const guint8 *bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

/* Takes the values. Said so many seconds from now. */
P2pMessage *fuzz_speak_make        (Speak *self, guint8 flag, const char *sender, gint64 shift, GVariant **values, gsize n);
void        fuzz_speak_say         (Peer *peer, P2pMessage *message);
void        fuzz_speak_note_said   (Speak *self, P2pMessage *message);
void        fuzz_speak_note_honest (Speak *self, const guint8 *id);
/* Cut, or with another bit. */
GBytes     *fuzz_speak_spoil       (GBytes *bytes, guint8 how);

/* ---- fuzz-speak-table.c ---- */
extern const P2pSyncJudge fuzz_speak_others;
void        fuzz_speak_share        (Speak *self, Peer *peer, FuzzInput *input);
void        fuzz_speak_check_signed (Speak *self);

G_END_DECLS
