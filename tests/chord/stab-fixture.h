/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../mesh/own-peer.h"
#include "p2p/chord/p2p-chord-node-private.h"
#include "p2p/chord/p2p-chord-part-private.h"

G_BEGIN_DECLS

/* Nodes of a ring in a test's world. */
typedef struct _StabFixture StabFixture;

typedef struct {
  StabFixture *fixture;
  MeshNode *mesh;
  P2pChordNode *chord;          /* NULL: it is gone */
  guint ended;                  /* joins and unjoins */
  GError *error;                /* of the last one */
} StabNode;

struct _StabFixture {
  MeshFixture *mesh;
  guint k;
  GPtrArray *nodes;
};

StabFixture *stab_fixture_new  (guint k);
void         stab_fixture_free (StabFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StabFixture, stab_fixture_free)

StabNode    *stab_add      (StabFixture *self, const char *name);
/* n of them that store, each linked to the first one, and time enough */
void         stab_fill     (StabFixture *self, guint n);
StabNode    *stab_nth      (StabFixture *self, guint index);
StabNode    *stab_find_id  (StabFixture *self, const char *id);      /* of those that are there */
void         stab_join     (StabNode *self);
void         stab_unjoin   (StabNode *self, guint timeout_ms);
void         stab_kill     (StabNode *self, gboolean told);          /* from one moment to the next */
void         stab_run      (StabFixture *self, double seconds);
void         stab_connect  (StabNode *self, StabNode *to);

/* Those that store and are there, in the order of their places; transfer container. */
GPtrArray   *stab_storing  (StabFixture *self);
/* Every one of them has the right neighbours on its lists; else a line is printed. */
gboolean     stab_is_ideal (StabFixture *self);
/* Until it is, or time is over. */
void         stab_settle   (StabFixture *self, guint seconds);

/* Values: "key" at its five places. */
void         stab_set      (StabNode *self, const char *key, gint64 value);      /* asserts that it was confirmed */
gint64       stab_get      (StabNode *self, const char *key);                     /* -1: it could not be read; *p2p_chord_look_to_error */
guint        stab_count_unreadable (StabNode *self, const char *prefix, guint n);
void         stab_write    (StabNode *self, const char *prefix, guint n);        /* n keys, whose values are their numbers */

guint        stab_count_copies (StabFixture *self, const char *key, guint hash);  /* of nodes that are there */
/* None of them held anything against another: honest nodes keep below what is allowed. */
void         stab_assert_clean (StabFixture *self);
guint64      stab_drops   (StabNode *self, P2pDropReason reason);

/* A neighbour that speaks for itself and says that it knows the ring. */
RawPeer     *stab_raw      (StabNode *to, const char *name);
void         stab_send     (RawPeer *self, P2pControlOp op, GVariant **rest, gsize n);
void         stab_send_now (RawPeer *self, P2pControlOp op, GVariant **rest, gsize n);   /* and does not wait until it is there */
void         stab_send_ring (RawPeer *self, guint flags, GPtrArray *before, GPtrArray *after);   /* from where its id is; lists of P2pChordMember, nullable */
GVariant    *stab_place    (const P2pChordPlace *place);
/* The rest of the last one that came, transfer full; fails when there is none. */
GVariant    *stab_last     (RawPeer *self, P2pControlOp op, gsize index);
P2pChordMember *stab_invent (guint number);                                        /* an id, its place, and an address where nobody is */

G_END_DECLS
