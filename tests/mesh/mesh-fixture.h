/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-env.h"
#include "p2p/mesh/p2p-mesh-node-private.h"

G_BEGIN_DECLS

#define SECOND G_TIME_SPAN_SECOND

/* Nodes of one network in a test's world, and what each was told. */
typedef struct _MeshFixture MeshFixture;
typedef struct _MeshNode MeshNode;

struct _MeshNode {
  MeshFixture *fixture;
  TestHost *host;
  P2pMeshNode *node;
  GString *log;                 /* an event a line: "added alice", "removed alice CLOSED_BY_PEER", ... */
  GPtrArray *messages;          /* P2pMessage */
  GPtrArray *apps;              /* P2pAppFrame */
  GPtrArray *lines;             /* what the node logs */
  GPtrArray *frames;            /* P2pFrameInfo, with p2p_mesh_node_set_watched() */
  guint connected;
  guint failed;
  GError *last_failure;
  /* what to do at an event that begins so */
  const char *act_at;
  void (*act) (MeshNode *self);
};

struct _MeshFixture {
  TestWorld *world;
  P2pProtocol *protocol;
  P2pLimits limits;             /* of the nodes made next */
  GPtrArray *nodes;
};

MeshFixture *mesh_fixture_new  (guint64 seed);
void         mesh_fixture_free (MeshFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeshFixture, mesh_fixture_free)

/* Listens on port 4000 of a host of this name. The identity is made from the name, or of the number when it is not 0. */
MeshNode    *mesh_add          (MeshFixture *self, const char *name);
MeshNode    *mesh_add_full     (MeshFixture *self, const char *name, P2pProtocol *protocol, guint64 identity);
/* Two of them, the first with the greater id. */
void         mesh_add_ordered  (MeshFixture *self, MeshNode **greater, MeshNode **smaller);
void         mesh_run          (MeshFixture *self, gint64 span);
void         mesh_connect      (MeshNode *self, MeshNode *to);   /* and waits until both know */
void         mesh_drop         (MeshNode *self);                 /* the fixture's reference */
const char  *mesh_name_of      (MeshFixture *self, const char *id);
P2pPeer     *mesh_peer         (MeshNode *self, MeshNode *other);
guint        mesh_count        (MeshNode *self, const char *text);   /* lines of the log that begin so */

/* An operation's end. */
typedef struct {
  guint calls;
  P2pPeer *peer;
  GError *error;
} MeshResult;
void         mesh_result_cb    (P2pPeer *peer, const GError *error, gpointer data);
void         mesh_result_clear (MeshResult *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MeshResult, mesh_result_clear)

void         mesh_send         (MeshNode *self, const char *text);
guint        mesh_heard        (MeshNode *self, const char *text);   /* how many messages of this text */
P2pNodeStats mesh_stats        (MeshNode *self);
guint64      mesh_dropped      (MeshNode *self);                     /* for whatever reason */

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
gint64   mesh_now      (MeshFixture *self);                                       /* UTC seconds */

G_END_DECLS
