/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-env.h"
#include "p2p/mesh/p2p-mesh-node-private.h"

G_BEGIN_DECLS

#define SECOND G_TIME_SPAN_SECOND
/* Where the nodes listen. */
#define MESH_PORT 4000

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

/* Listens on MESH_PORT of a host of this name. The identity is made from the name, or of the number when it is not 0. */
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
gint64       mesh_now          (MeshFixture *self);                  /* UTC seconds */

G_END_DECLS
