/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-layer.h"
#include "../x1/p2p-verifier.h"
#include "p2p-chord-node.h"
#include "p2p-chord-part.h"

G_BEGIN_DECLS

/* Two helpers share this header: "core" (meta, names, requests, look, writes) and "ring" (RING, FIND, fingers, dials, COPY, arcs, join and unjoin, k). Each adds the
 * fields that its files need, in its part of the structs. */

typedef struct {
  P2pChordNode *node;
  P2pPeer *peer;
  /* core: p2p-chord-link.c, p2p-chord-meta.c, p2p-chord-names-tell.c */
  gboolean known;               /* it said HELLO, or it is an original: the ring part was told of it */
  gboolean is_original;         /* ...which it is; set with known */
  guint64 known_timer;          /* until it is taken for an original */
  gboolean storing;             /* his meta said so; the originals: not leeching. With k also: RING told his place */
  gint64 meta_heard;            /* monotonic; 0: never */
  char meta_said;               /* what we told him last */
  gint64 meta_changed;          /* when one was news, or ours was news to him */
  P2pChordMember *member;       /* NULL: no storing node (or with k: its place is not known yet). A contact of the ring while it is set */
  guint n_asked;                /* retrieves of his that we pass on just now */
  guint n_careful;              /* deletes and deltas of his for which an original is asked first */
  gboolean telling;             /* an original: it is told the names... */
  GBytes *told;                 /* ...up to this one; NULL: from the first */
  guint64 tell_timer;
  gint64 sums_sent;             /* one of ours; monotonic, 0: never */
  guint32 names_due[P2P_CHORD_NAME_BUCKETS / 32];
  /* ring: p2p-chord-stabilise.c, p2p-chord-copy.c */
  gint64 n_values, n_bytes;     /* as he told; -1 */
  gboolean dialled;             /* because of the ring: known before it is greeted */
  P2pChordLinkPart *part;       /* whatever else the ring part notes of it; NULL before p2p_chord_ring_link_added() and after _removed() */
} P2pChordLink;

/* The end of something that was begun: told in the next turn, or when the node is closed; see p2p_chord_end(). */
typedef struct {
  guint64 handle;
  P2pChordLookFunc look_func;   /* one of the three */
  P2pChordWriteFunc write_func;
  P2pChordDoneFunc done_func;
  gpointer data;
  P2pChordLook *look;
  guint places_ok;
  GError *error;
} P2pChordEnd;

typedef struct _P2pChordAsking P2pChordAsking;  /* p2p-chord-ask.c */
typedef struct _P2pChordLooking P2pChordLooking;
typedef struct _P2pChordWriting P2pChordWriting;
typedef struct _P2pChordMirror P2pChordMirror;   /* p2p-chord-mirror.c */

struct _P2pChordNode {
  guint refs;
  P2pMeshNode *mesh;
  P2pLimits limits;
  P2pLimits reading;            /* for what passed the limits of its link already */
  guint k;
  const P2pChordEvents *events;
  gpointer events_data;
  P2pChordSeed seed;
  P2pChordPlace place;          /* ours: of the id, or the slot */
  P2pChordRing *ring;
  P2pChordStore *store;
  P2pChordNames *names;
  GPtrArray *links;             /* of P2pChordLink, in the order in which they came */
  guint64 next_handle;
  gboolean closed;
  /* core */
  GQueue ends;                  /* of P2pChordEnd */
  guint64 ends_timer;
  guint64 ring_timer;
  guint64 expire_timer;
  P2pChordAsking *asking;       /* retrieves under way */
  GPtrArray *looks;             /* of P2pChordLooking */
  GPtrArray *writes;            /* of P2pChordWriting */
  P2pChordMirror *mirror;
  GQueue repaired;              /* keys that were repaired lately */
  guint64 names_timer;
  GPtrArray *unsaid;            /* of P2pMessage: notifies that wait for say_timer */
  guint64 say_timer;
  GQueue dumped;                /* ids of originals that were told all names lately */
  guint64 last_stamp;           /* of a write of ours */
  gboolean had_original;        /* one that stores was linked, and went */
  P2pVerifier *verifier;        /* p2p-chord-sign.c: of a node without a key; NULL: not yet */
  P2pChordBucket checks;
  /* ring */
  guint64 stabilise_timer;
  P2pChordPart *part;           /* whatever else it notes */
};

static inline P2pClock *p2p_chord_clock (P2pChordNode *self) { return p2p_mesh_node_get_env (self->mesh)->clock; }
static inline gint64 p2p_chord_now (P2pChordNode *self) { return p2p_clock_now (p2p_chord_clock (self)); }
static inline gint64 p2p_chord_utc (P2pChordNode *self) { return p2p_clock_utc (p2p_chord_clock (self)); }     /* microseconds */
static inline gboolean p2p_chord_is_storing (P2pChordNode *self) { return self->seed != P2P_CHORD_SEED_NOT; }
/* What is new may come to us: not while we leave. */
static inline gboolean p2p_chord_is_taking (P2pChordNode *self) { return self->seed == P2P_CHORD_SEED_JOINING || self->seed == P2P_CHORD_SEED_JOINED; }

/* ---- core: p2p-chord-node.c, -events.c, -link.c, -meta.c ---- */
P2pChordNode *p2p_chord_node_hold   (P2pChordNode *self);       /* the struct stays, also after p2p_chord_node_free() */
void     p2p_chord_node_drop        (P2pChordNode *self);
P2pChordLink *p2p_chord_find_link   (P2pChordNode *self, P2pPeer *peer);
P2pChordLink *p2p_chord_find_link_by_id (P2pChordNode *self, const char *id);
void     p2p_chord_emit_ring        (P2pChordNode *self);       /* gathered; in an input or not */
void     p2p_chord_set_seed         (P2pChordNode *self, P2pChordSeed seed);    /* tells; sends no meta */
void     p2p_chord_emit_value       (P2pChordNode *self, const P2pChordSpot *spot);     /* keep, as it is now; in an input */
void     p2p_chord_emit_name        (P2pChordNode *self, GBytes *key, P2pChordNamed named, gboolean said_again, gboolean mine);
void     p2p_chord_emit_refused     (P2pChordNode *self, const char *giver, const GError *error);
/* func is called in the next turn, once, unless the handle is cancelled. Takes what is in end. */
void     p2p_chord_end              (P2pChordNode *self, const P2pChordEnd *end);
void     p2p_chord_end_done         (P2pChordNode *self, guint64 handle, P2pChordDoneFunc done, gpointer data, const GError *error);
static inline guint64 p2p_chord_new_handle (P2pChordNode *self) { return ++self->next_handle; }
gboolean p2p_chord_ends_cancel      (P2pChordNode *self, guint64 handle);
void     p2p_chord_ends_clear       (P2pChordNode *self);
void     p2p_chord_ends_closed      (P2pChordNode *self);
void     p2p_chord_link_begin       (P2pChordNode *self, P2pPeer *peer);
void     p2p_chord_link_know        (P2pChordLink *self, gboolean is_original);  /* who is at the other end; once */
void     p2p_chord_link_end         (P2pChordLink *self);
void     p2p_chord_send_meta        (P2pChordLink *link);       /* "0" while storing and not leaving, else "1" */
void     p2p_chord_send_meta_to_all (P2pChordNode *self);       /* as join() of the originals: handshake, peers, meta is what they send; meta alone is enough (measure) */
/* A link stores now, or no more, or its member is another: keeps the contacts of the ring, tells the ring part (below). place: with k, where it is known; else NULL. */
void     p2p_chord_link_set_storing (P2pChordLink *link, gboolean storing, const P2pChordPlace *place);
/* ---- core: p2p-chord-ask.c: one spot. Answers retrieves of others too (p2p-chord-receive.c), and passes them on. ---- */
typedef void (*P2pChordAskFunc) (const P2pChordAnswer *answer, gboolean final, gpointer data);  /* more than once while not final */
/* 0: func was called already, it is final. rank: see p2p_chord_ring_find(). */
guint64  p2p_chord_ask        (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint timeout_ms, P2pChordAskFunc func, gpointer data);
guint64  p2p_chord_ask_link   (P2pChordLink *link, const P2pChordSpot *spot, guint timeout_ms, P2pChordAskFunc func, gpointer data);   /* that neighbour, whatever find() says */
void     p2p_chord_ask_cancel (P2pChordNode *self, guint64 handle);
/* ---- core: p2p-chord-put.c: sends a state on its way: into our own store when it is ours, else to find(); never back to its giver (nullable: our own program, or the ring part). NULL value: delete; an
 * original is asked first whether it has anything, because py2p stumbles over a delete of what it lacks. FALSE: nobody to send it to (P2P_TABLE_ERROR_NOBODY), or refused by our own store ---- */
gboolean p2p_chord_put        (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GVariant *value, GBytes *proof, P2pChordLink *giver, GError **error);
gboolean p2p_chord_send_store (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GVariant *value, GBytes *proof);      /* to that neighbour, whatever find() says; value not NULL */
/* The one way into the store: checks the proof (nullable), counts, tells, and hands on to replicas (p2p_chord_stored). */
P2pChordPut p2p_chord_take    (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, P2pChordLink *giver, GError **error);
void     p2p_chord_forget     (P2pChordNode *self, const P2pChordSpot *spot);

/* ---- ring: called by core ---- */
void     p2p_chord_ring_part_init   (P2pChordNode *self);
void     p2p_chord_ring_part_clear  (P2pChordNode *self);
void     p2p_chord_ring_link_added  (P2pChordLink *link);       /* one of ours is known to be it (greeted) or an original is established */
void     p2p_chord_ring_link_changed (P2pChordLink *link);      /* storing or member is another now */
void     p2p_chord_ring_link_removed (P2pChordLink *link);
/* Who had what is ours at that place before us, as long as it is not all here: who lacks a value asks him, and does not say yet that there is none. NULL: nobody did */
P2pChordLink *p2p_chord_ring_get_former (P2pChordNode *self, const P2pChordPlace *place);
void     p2p_chord_stored           (P2pChordNode *self, const P2pChordValue *value, P2pChordLink *giver);      /* it is new in our store: replicas */
gboolean p2p_chord_ring_cancel      (P2pChordNode *self, guint64 handle);        /* a join or unjoin under way; done is not called */
void     p2p_chord_ring_closed      (P2pChordNode *self);       /* the mesh node is: no timers any more; ends what is under way with p2p_chord_end_done() */
void     p2p_chord_ring_written     (P2pChordNode *self, GBytes *key, GVariant *value);  /* our program wrote it, and it was confirmed; NULL: deleted. To be looked after */
gboolean p2p_chord_ring_control     (P2pChordNode *self, P2pChordLink *link, gint64 op, P2pMessage *message);   /* COPY, RING, FIND, FOUND, COPIED, ARC, ... */
/* ---- ring: p2p-chord-guard.c ---- */
/* Of ours the nearest before the original that a place belongs to, and that original; NULL without *original: it is no original's. storing: we count, too; then NULL with *original: it is us. */
P2pChordLink *p2p_chord_get_guard   (P2pChordNode *self, const P2pChordPlace *place, gboolean storing, P2pChordLink **original);
void     p2p_chord_guard_passed     (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, P2pChordLink *giver);    /* is on its way to an original; NULL: deleted */
void     p2p_chord_guard_changed    (P2pChordLink *link, const P2pChordSpot *spot);       /* a delta is */
void     p2p_chord_guard_heard      (P2pChordLink *link, const P2pChordSpot *spot, GVariant *value);     /* an original said that it has it */
void     p2p_chord_guard_key        (P2pChordNode *self, GBytes *key);           /* its name is new, or deleted */
/* Core takes SUMS and NAMES itself (p2p-chord-names-tell.c). */

/* ---- core: p2p-chord-receive.c, -names-tell.c ---- */
P2pLayerVerdict p2p_chord_validate  (P2pChordNode *self, P2pMessage *message);
gboolean p2p_chord_withhold         (P2pChordNode *self, P2pPeer *peer, P2pMessage *message);
gboolean p2p_chord_receive          (P2pChordNode *self, P2pPeer *peer, P2pMessage *message);
void     p2p_chord_take_meta        (P2pChordLink *link, P2pMessage *message);
void     p2p_chord_names_init       (P2pChordNode *self);
void     p2p_chord_names_clear      (P2pChordNode *self);
void     p2p_chord_names_begin      (P2pChordLink *link);       /* one of ours */
void     p2p_chord_names_tell       (P2pChordLink *link);       /* an original, after a meta that was news */
void     p2p_chord_names_stop       (P2pChordLink *link);
void     p2p_chord_take_notify      (P2pChordLink *link, P2pMessage *message);
gboolean p2p_chord_names_control    (P2pChordLink *link, gint64 op, P2pMessage *message);       /* SUMS, NAMES; FALSE: neither */
void     p2p_chord_say_rest         (P2pChordNode *self);       /* the notifies that wait for others */
void     p2p_chord_say_name         (P2pChordNode *self, GBytes *key, gboolean deleted, gint64 written);        /* to all, where it is news */
void     p2p_chord_proved           (P2pChordNode *self, P2pMessage *message);  /* a notify, after it came without a proof */
void     p2p_chord_asking_init      (P2pChordNode *self);
void     p2p_chord_asking_clear     (P2pChordNode *self);
void     p2p_chord_asking_link_removed (P2pChordLink *link);
void     p2p_chord_repaired_clear   (P2pChordNode *self);
gboolean p2p_chord_looks_cancel     (P2pChordNode *self, guint64 handle);
void     p2p_chord_looks_closed     (P2pChordNode *self);
gboolean p2p_chord_writes_cancel    (P2pChordNode *self, guint64 handle);
void     p2p_chord_writes_closed    (P2pChordNode *self);

G_END_DECLS
