/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../mesh/raw-peer.h"
#include "p2p/mesh/p2p-identity-private.h"
#include "p2p/x1/p2p-x1-transcript.h"
#include "p2p/x1/p2p-x1.h"

G_BEGIN_DECLS

/* Nodes that prove who they are, and raw peers that prove what they like. */

/* Of the mesh_fixture_new() kind, but on links that are TLS. */
MeshFixture *auth_new_secure (guint64 seed);
P2pIdentity *auth_key        (const char *name);        /* that of mesh_add (name), transfer full */

/* What a raw peer shows and signs. */
typedef struct {
  RawPeer *raw;
  P2pIdentity *key;
  gboolean dialled;             /* it dialled the node */
  P2pMeshNode *node;
  guint8 nonce[32];
  P2pSecret *secret;            /* nullable; not held */
  const guint8 *binding;        /* nullable: none */
  gboolean other_role;          /* it signs as if the other end had dialled */
  gboolean spoil;               /* a bit of the signature */
} AuthPeer;

/* A dialler with the key of this name and its id. */
void     auth_dial   (AuthPeer *self, MeshFixture *mesh, const char *host, const char *key, MeshNode *to);
void     auth_clear  (AuthPeer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AuthPeer, auth_clear)
void     auth_hello  (AuthPeer *self, const guint8 *pub);        /* NULL: none is shown */
void     auth_hello_own (AuthPeer *self);
void     auth_say    (AuthPeer *self);                           /* AUTH, once the node's HELLO came */
void     auth_send   (RawPeer *raw, P2pMessage *message);        /* as it is */
P2pMessage *auth_find (RawPeer *raw, P2pControlOp op);           /* NULL: none came */
guint    auth_count  (RawPeer *raw, P2pControlOp op);
void     auth_assert_failed (MeshNode *node, int code, const char *words);

G_END_DECLS
