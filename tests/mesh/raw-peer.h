/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mesh-fixture.h"

G_BEGIN_DECLS

/* A link that speaks for itself: whatever an original or an enemy might say. */
typedef struct {
  MeshFixture *fixture;
  TestHost *host;
  P2pLimits limits;
  P2pLink *link;
  guint64 listener;
  char *id;
  P2pIdForm form;               /* BIN: as py2p, which answers a handshake by its peers */
  gboolean mute;                /* does not answer who asks for its peers; originals do */
  GPtrArray *messages;          /* P2pMessage: all that came */
  GError *error;                /* why it ended */
} RawPeer;

RawPeer *raw_dial      (MeshFixture *self, const char *name, MeshNode *to);
/* Listens; the first link is the peer's. */
RawPeer *raw_listen    (MeshFixture *self, const char *name, guint16 port);
void     raw_free      (RawPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawPeer, raw_free)
/* packets in GVariant text: "[<5>, <'x'>]" */
void     raw_send      (RawPeer *self, gint64 flag, const char *packets, ...) G_GNUC_PRINTF (3, 4);
void     raw_send_full (RawPeer *self, gint64 flag, const char *sender, P2pIdForm form, gint64 time, const char *packets);
void     raw_send_body (RawPeer *self, const guint8 *serialised, gsize length);   /* checksum and length are put before it */
void     raw_handshake (RawPeer *self);
void     raw_handshake_bin (RawPeer *self);                                       /* as py2p: ids as bin */
guint    raw_count     (RawPeer *self, gint64 flag, gint64 subflag);
P2pMessage *raw_last   (RawPeer *self, gint64 flag, gint64 subflag);              /* transfer none; fails when there is none */

G_END_DECLS
