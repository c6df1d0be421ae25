/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-node.h"
#include "p2p-chord-names.h"
#include "p2p-chord-ring.h"
#include "p2p-chord-store.h"

G_BEGIN_DECLS

/*
 * A mesh node with a distributed table: the P2pMeshLayer of meta, notify, store, retrieve, retrieved and delta, and of the operations COPY ... NAMES among ours.
 * Rules of the mesh node hold: one thread, events after the state is consistent.
 */
typedef struct _P2pChordNode P2pChordNode;

typedef enum {
  P2P_CHORD_SEED_NOT,           /* it stores nothing for others (the originals say: leeching) */
  P2P_CHORD_SEED_JOINING,       /* it looks for its place and takes over its arc; it answers already */
  P2P_CHORD_SEED_JOINED,
  P2P_CHORD_SEED_LEAVING,       /* it hands over what it has */
} P2pChordSeed;

/* What one of the five places said. */
typedef enum {
  P2P_CHORD_ANSWER_WAITING,
  P2P_CHORD_ANSWER_VALUE,
  P2P_CHORD_ANSWER_NOTHING,     /* it is not there, and that is final */
  P2P_CHORD_ANSWER_NOT_YET,     /* nil of an original: it may be none, or one on its way */
  P2P_CHORD_ANSWER_SILENT,      /* no answer in time, or the link it was asked by ended */
  P2P_CHORD_ANSWER_NOBODY,      /* nobody to ask */
} P2pChordAnswerState;

typedef struct {
  P2pChordSpot spot;
  P2pChordPlace place;
  P2pChordAnswerState state;
  GVariant *value;
  guint64 stamp;                /* 0: not told */
  GBytes *proof;                /* what came with it; NULL: nothing */
  char *author;                 /* id of who signed what it says: looked at, and it holds; NULL: nobody did */
  char *asked;                  /* id of the neighbour that was asked; our own: we hold it ourselves; NULL: nobody */
  char *holder;                 /* id of who answered, where that was told; NULL: not known */
  guint hops;                   /* requests until there: 0 ourselves, 1 the neighbour; of answers through originals at least so many */
  gint64 took;                  /* microseconds */
} P2pChordAnswer;

typedef enum {
  P2P_CHORD_LOOK_VALUE,         /* three are equal */
  P2P_CHORD_LOOK_ABSENT,        /* all five say so; or time is over and at least three do */
  P2P_CHORD_LOOK_DISAGREE,      /* all answered, and no three are equal */
  P2P_CHORD_LOOK_TIMED_OUT,
  P2P_CHORD_LOOK_NOBODY,        /* no storing node is known, and we are none */
  P2P_CHORD_LOOK_ENDED,         /* the node was closed */
  P2P_CHORD_LOOK_UNSIGNED,      /* there is a value, and it is not one of whom it should be */
} P2pChordOutcome;

typedef struct {
  guint refs;
  GBytes *key;
  P2pChordAnswer answers[P2P_CHORD_HASHES];
  P2pChordOutcome outcome;
  GVariant *value;              /* of three or more, or of whom it should be; NULL */
  guint64 stamp;
  char *author;                 /* id of who signed it, or that it was deleted; NULL: nobody... */
  GBytes *proof;                /* ...by one of its five proofs... */
  guint64 proof_stamp;          /* ...of the state with that stamp */
  char *expected;               /* id of whom it should be; NULL: anybody's */
  guint n_equal;
  gint64 took;
} P2pChordLook;

P2pChordLook *p2p_chord_look_ref   (P2pChordLook *self);
void          p2p_chord_look_unref (P2pChordLook *self);
/* In words, P2P_TABLE_ERROR_{NOT_FOUND,NO_AGREEMENT,TIMED_OUT,NOBODY,UNSIGNED}, P2P_LINK_ERROR_SOCKET_CLOSED; NULL: there is a value */
GError       *p2p_chord_look_to_error (P2pChordLook *self);

/* Once, never within the call. Of a write: how many of the five places have it now (places_ok; 3 is success), and what they said when they were asked after it. */
typedef void (*P2pChordLookFunc)  (P2pChordLook *look, gpointer data);
typedef void (*P2pChordWriteFunc) (P2pChordLook *look, guint places_ok, const GError *error, gpointer data);
typedef void (*P2pChordDoneFunc)  (const GError *error, gpointer data);

typedef struct {
  void (*added)   (GBytes *key, gboolean mine, gpointer data);  /* a key that was not in the list, or (as in the originals) was said again */
  void (*deleted) (GBytes *key, gboolean mine, gpointer data);
  void (*ring)    (gpointer data);                              /* who is on the ring as far as we know, what they hold, our place or whether we store; gathered, once a turn */
  void (*seed)    (gpointer data);                              /* p2p_chord_node_get_seed() says something else */
  /* What is to be kept over a restart: id is that of a name or of a value; record NULL: forget it. */
  void (*keep)    (GBytes *id, GBytes *record, gpointer data);
  gboolean (*keeps) (gpointer data);                            /* nullable; FALSE: nobody keeps records just now */
  /* A store of another that was not taken; also counted as a drop. */
  void (*refused) (const char *giver, const GError *error, gpointer data);
} P2pChordEvents;

/* Makes itself the layer of mesh, of which it takes a reference. k 0: the ring of the originals; else the mesh's protocol is that of p2p_protocol_new_chord (base, k). */
P2pChordNode *p2p_chord_node_new   (P2pMeshNode *mesh, guint k);
void          p2p_chord_node_free  (P2pChordNode *self);
void          p2p_chord_node_set_events (P2pChordNode *self, const P2pChordEvents *events, gpointer data);
P2pMeshNode  *p2p_chord_node_get_mesh  (P2pChordNode *self);
P2pChordRing *p2p_chord_node_get_ring  (P2pChordNode *self);    /* to read, as the next two */
P2pChordStore *p2p_chord_node_get_store (P2pChordNode *self);
P2pChordNames *p2p_chord_node_get_names (P2pChordNode *self);
guint         p2p_chord_node_get_k     (P2pChordNode *self);
P2pChordSeed  p2p_chord_node_get_seed  (P2pChordNode *self);

/* Storing from now on: links are told, the place is looked for (with k), what is ours is taken over. done: when JOINED, or could not be: P2P_TABLE_ERROR_RING_FULL. */
guint64       p2p_chord_node_join   (P2pChordNode *self, P2pChordDoneFunc done, gpointer data);
/* Hands over what it holds, then stores nothing. Time-out: what was not taken by then stays in our store until it is (P2P_TABLE_ERROR_NOBODY, TIMED_OUT say so); nothing is lost by it. */
guint64       p2p_chord_node_unjoin (P2pChordNode *self, guint timeout_ms, P2pChordDoneFunc done, gpointer data);

/* timeout_ms 0: chord_get_seconds */
guint64       p2p_chord_node_look   (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data);
/* Not over when it is known what counts: for a third of the time it waits for what the other places say, too. */
guint64       p2p_chord_node_look_all (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data);
/* As these, but only what the node with that id (nullable: as these) signed counts, of whatever age. */
guint64       p2p_chord_node_look_of     (P2pChordNode *self, GBytes *key, const char *author, guint timeout_ms, P2pChordLookFunc func, gpointer data);
guint64       p2p_chord_node_look_all_of (P2pChordNode *self, GBytes *key, const char *author, guint timeout_ms, P2pChordLookFunc func, gpointer data);
/* value NULL: delete. What is wrong with the call itself is in *error, and 0 returned: P2P_TABLE_ERROR_{VALUE,KEY,TOO_LARGE,JS2P_KEY}, SOCKET_CLOSED. */
guint64       p2p_chord_node_set    (P2pChordNode *self, GBytes *key, GVariant *value, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error);
guint64       p2p_chord_node_delete (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error);   /* NOT_FOUND comes by func */
guint64       p2p_chord_node_delta  (P2pChordNode *self, GBytes *key, GVariant *map, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error);
void          p2p_chord_node_cancel (P2pChordNode *self, guint64 handle);       /* func is not called */
gboolean      p2p_chord_node_restore (P2pChordNode *self, GBytes *id, GBytes *record, GError **error);    /* before listening */

/* Who is on the ring, as far as we know: ourselves when we store, contacts, and whom they told of. By place. */
typedef struct {
  P2pChordMember *member;
  P2pPeer *peer;                /* NULL: no link (or ourselves) */
  gboolean is_self, is_own;     /* is_own: runs this library */
  guint roles;                  /* P2pChordRole bits */
  gint64 n_values, n_bytes;     /* -1: not told */
} P2pChordSeen;
typedef enum {
  P2P_CHORD_ROLE_AFTER = 1 << 0,        /* in our after list */
  P2P_CHORD_ROLE_BEFORE = 1 << 1,
  P2P_CHORD_ROLE_FINGER = 1 << 2,
} P2pChordRole;
GArray       *p2p_chord_node_get_seen (P2pChordNode *self);     /* of P2pChordSeen, members and peers referenced; transfer full, with a clear function */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordNode, p2p_chord_node_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordLook, p2p_chord_look_unref)

G_END_DECLS
