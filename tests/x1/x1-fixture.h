/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../mesh/own-peer.h"
#include "p2p/x1/p2p-x1-private.h"
#include "p2p/wire/p2p-message-private.h"

G_BEGIN_DECLS

/* Nodes of a test's world that sign and look at signatures. */
typedef struct {
  MeshFixture *mesh;
  GPtrArray *x1s;               /* P2pX1, by the place of their nodes in the mesh; NULL where one signs nothing */
} X1Fixture;

X1Fixture  *x1_fixture_new  (guint64 seed);
void        x1_fixture_free (X1Fixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X1Fixture, x1_fixture_free)

MeshNode   *x1_add          (X1Fixture *self, const char *name);        /* signs */
MeshNode   *x1_add_plain    (X1Fixture *self, const char *name);        /* as an original: it relays, and knows nothing of ours */
P2pX1      *x1_of           (MeshNode *node);
P2pX1Stats  x1_stats        (MeshNode *node);
/* Closes, so that nothing is in its way any more. */
void        x1_drop         (MeshNode *node);
/* Heard so often with this text, verified or not. */
guint       x1_heard        (MeshNode *node, const char *text, gboolean verified);
/* The identity that mesh_add() makes of a name. */
P2pIdentity *x1_identity    (const char *name);

/* Somebody who speaks for himself, with a key or in the name of who has one: no HELLO, so nobody asks him to prove anything. */
RawPeer    *x1_raw          (X1Fixture *self, const char *name, MeshNode *to);
P2pMessage *x1_make         (X1Fixture *self, const char *sender, gint64 offset, const char *text);      /* of another second */
/* Of these messages, signed as it has to be; sender NULL: that of the key. */
P2pMessage *x1_sign         (X1Fixture *self, P2pIdentity *identity, const char *sender, P2pMessage **messages, guint n);
void        x1_give         (RawPeer *raw, P2pMessage *message);        /* and a hundredth of a second */

G_END_DECLS
