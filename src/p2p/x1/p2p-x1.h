/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-guard.h"
#include "p2p-secret.h"

G_BEGIN_DECLS

/*
 * Who is speaking, on a mesh node: it proves who we are and looks whether others do (docs/x1.md). Of a node with a key; one a node,
 * made before its first link, freed after the node was closed and before its last reference.
 */
typedef struct _P2pX1 P2pX1;

typedef struct {
  guint64 signed_out;           /* broadcasts of ours */
  guint64 side_cars_out, side_cars_in;
  guint64 verified;             /* broadcasts of others that were handled with their proof... */
  guint64 unverified;           /* ...and without one, */
  guint64 proved;               /* and those of them whose proof came later */
  guint64 overtime;             /* those that were waited for in vain */
  guint64 unheld;               /* and those for which there was no room */
  guint   held;                 /* they wait now */
} P2pX1Stats;

P2pX1 *p2p_x1_new  (P2pMeshNode *mesh);         /* NULL: the node has no key */
void   p2p_x1_free (P2pX1 *self);
P2pX1 *p2p_x1_of   (P2pMeshNode *mesh);         /* that of the node, or NULL */
void   p2p_x1_get_stats (P2pX1 *self, P2pX1Stats *stats);

/* Did the node of that id sign the message of an id, as a neighbour (nullable) tells? LATER: he had us look at too many signatures just now. GOOD:
 * the key is noted. */
typedef enum {
  P2P_X1_GOOD,
  P2P_X1_FORGED,
  P2P_X1_LATER,
} P2pX1Verdict;

P2pX1Verdict p2p_x1_check (P2pX1 *self, P2pPeer *teller, const char *signer, const guint8 id[32], GBytes *proof);
/* The same of a value of a ring, by the id of its leaf. */
P2pX1Verdict p2p_x1_check_value (P2pX1 *self, P2pPeer *teller, const char *signer, const guint8 id[32], GBytes *proof);

/* ---- p2p-x1-keys.c: certified ids, those of which somebody showed the key. Nothing under one counts without a proof. ---- */
typedef void (*P2pX1KeyFunc) (const char *id, const guint8 *pub, gpointer data);

/* NULL: nobody showed it. The bytes are good until others are noted. */
const guint8 *p2p_x1_find_key (P2pX1 *self, const char *id);
/* Somebody showed it; proven: something was signed with it, too. The id, as long as the bytes of find_key(), or NULL: it is no key, or there is no
 * room. A new one is told to the layer (P2pMeshLayer.certified) within this, then to the function below among the node's events. */
const char   *p2p_x1_note_key (P2pX1 *self, const guint8 pub[32], gboolean proven);
/* It stays, and its node is believed in nothing without a proof from the start. FALSE: it is no key, or there are too many. */
gboolean      p2p_x1_pin      (P2pX1 *self, const guint8 pub[32]);
guint         p2p_x1_get_n_keys (P2pX1 *self);   /* our own among them */
void          p2p_x1_set_key_func (P2pX1 *self, P2pX1KeyFunc func, gpointer data);

/* ---- p2p-x1-auth.c ---- */
/* From now on only who proves that he knows it is let in. FALSE: the network is not encrypted, or there is a link already. */
gboolean      p2p_x1_set_secret (P2pX1 *self, P2pSecret *secret, GError **error);
gboolean      p2p_x1_has_secret (P2pX1 *self);

/* ---- p2p-x1-seal.c ---- */
gboolean      p2p_x1_seals_for  (P2pX1 *self, P2pPeer *peer);        /* what is whispered to this neighbour */
/* A whisper of ours in a box for a node whose key is known, to be broadcast: whoever passes it on cannot read it. NULL: the key is not known, or it is
 * nothing that goes through others. */
P2pMessage   *p2p_x1_seal_for   (P2pX1 *self, const char *id, P2pMessage *message, GError **error);
/* What a whisper of ours is said again as: itself, or in an envelope of now when it is too old to be taken. NULL: P2P_WIRE_ERROR_VALUE: it is none. */
P2pMessage   *p2p_x1_say_again  (P2pX1 *self, P2pMessage *message, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pX1, p2p_x1_free)

G_END_DECLS
