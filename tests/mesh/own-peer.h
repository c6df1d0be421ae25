/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "raw-peer.h"

G_BEGIN_DECLS

/* A link that speaks for itself and says that it runs our library: whatever a friend or an enemy among ours might do. */
RawPeer    *own_dial     (MeshFixture *mesh, const char *name, MeshNode *to);            /* HELLO and handshake, 70000 bytes a frame */
RawPeer    *own_dial_full (MeshFixture *mesh, const char *name, MeshNode *to, guint32 max_frame);
RawPeer    *own_dial_caps (MeshFixture *mesh, const char *name, MeshNode *to, guint caps, guint32 max_frame);
void        own_send     (RawPeer *self, P2pControlOp op);                               /* without anything */
void        own_send_ids (RawPeer *self, P2pControlOp op, const guint8 *ids, gsize n_ids);
void        own_give     (RawPeer *self, P2pMessage *message);                           /* a body */
guint       own_count    (RawPeer *self, P2pControlOp op);                               /* frames that came */
GByteArray *own_get_ids  (RawPeer *self, P2pControlOp op);                               /* all that came in them, transfer full */
gboolean    own_has_id   (RawPeer *self, P2pControlOp op, const guint8 *id);
guint       own_heard    (RawPeer *self, const char *text);                              /* bodies */
P2pMessage *own_make     (RawPeer *self, const char *text);                              /* a broadcast of its own, transfer full */

P2pPeer    *own_peer_at  (MeshNode *node, RawPeer *raw);
void        own_fake_id  (guint number, guint8 *id);                                     /* of no message */
guint       own_count_feeds (MeshNode *node);                                            /* links that bring it bodies */

G_END_DECLS
