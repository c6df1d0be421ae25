/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-seen-set.h"
#include "p2p-secret-private.h"
#include "p2p-verifier.h"
#include "p2p-x1-hold.h"
#include "p2p-x1-sign.h"
#include "p2p-x1-transcript.h"

G_BEGIN_DECLS

typedef struct _P2pX1Keys P2pX1Keys;

/* Who hears of new keys; outlives what is still to be told. */
typedef struct {
  P2pX1KeyFunc func;
  gpointer data;
} P2pX1Ears;

/* What is kept of a link from its first HELLO or handshake to its end. */
typedef struct {
  guint refs;
  P2pX1 *x1;                    /* NULL, and no peer: it is over */
  P2pPeer *peer;
  guint64 auth_timer;           /* until he proves who he is, or until the link of who was refused ends */
  gboolean greeted;             /* both said HELLO */
  gboolean other_key;           /* his is not that of his id in this network; his handshake will say which it is of */
  gboolean said;                /* our AUTH */
  gboolean heard;               /* his */
  GError *refusal;              /* why it is over as soon as he read that it is */
  P2pX1Share share;             /* of p2p-x1-hold.c */
  double checks;                /* as of a P2pX1 */
  gint64 checks_filled;
  double new_checks;            /* of those whose keys signed nothing yet */
  gint64 new_checks_filled;
} P2pX1Link;

struct _P2pX1 {
  P2pMeshNode *mesh;            /* not held: it has us */
  P2pEnv *env;
  P2pIdentity *identity;
  P2pLimits limits;
  const char *network;          /* the protocol's id, the mesh's */
  P2pSecret *secret;            /* NULL: the network has none */
  P2pX1Keys *keys;
  P2pX1Ears *ears;
  GPtrArray *links;             /* of P2pX1Link */
  P2pVerifier *verifier;
  P2pX1Signer *signer;
  P2pX1Holder *holder;
  P2pSeenSet *opened;           /* what each box begins with, of those that were opened */
  double checks;                /* signatures that may be checked now, as it was at... */
  gint64 checks_filled;         /* 0: never */
  P2pX1Stats stats;
};

/* A link has such a part of what there is for all. */
#define P2P_X1_LINK_SHARE 4

/* ---- p2p-x1.c ---- */
P2pX1Link *p2p_x1_link_of    (P2pPeer *peer);           /* transfer none; made at the first call */
P2pX1Link *p2p_x1_link_ref   (P2pX1Link *self);
void       p2p_x1_link_unref (P2pX1Link *self);

/* ---- p2p-x1-keys.c ---- */
P2pX1Keys *p2p_x1_keys_new  (guint max);
void       p2p_x1_keys_free (P2pX1Keys *self);
gboolean   p2p_x1_is_proven (P2pX1 *self, const char *id);      /* something was signed with its key, or it is pinned */

/* ---- p2p-x1-auth.c ---- */
void     p2p_x1_auth_greeted  (P2pPeer *peer, gpointer data);
gboolean p2p_x1_auth_control  (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data);
gboolean p2p_x1_auth_may_introduce (P2pPeer *peer, gpointer data);
P2pGuardVerdict p2p_x1_auth_admit  (P2pPeer *peer, GError **error, gpointer data);
GError  *p2p_x1_auth_explain  (P2pPeer *peer, gpointer data);
void     p2p_x1_auth_certified (P2pX1 *self, const char *id);

/* ---- p2p-x1-seal.c ---- */
gboolean p2p_x1_seal_seal     (P2pPeer *peer, P2pMessage *message, P2pMessage **sealed, GError **error, gpointer data);
P2pGuardVerdict p2p_x1_seal_open (P2pPeer *peer, P2pMessage *message, P2pMessage **open, gpointer data);

G_END_DECLS
