/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-mesh-layer.h"
#include "../wire/p2p-skim-private.h"
#include "../x1/p2p-verifier.h"
#include "p2p-sync-node.h"

G_BEGIN_DECLS

/* What is sent in one turn of the loop to one link; the rest follows in the next. */
#define P2P_SYNC_TURN_FRAMES 64
#define P2P_SYNC_TURN_BYTES (64u * 1024)
#define P2P_SYNC_TURN_KEYS 512          /* that are looked at, whether they are sent or not */
/* Among ours: bytes of a frame of several records; and of everything that is sent besides what was asked for. */
#define P2P_SYNC_FRAME_BYTES (64u * 1024)
#define P2P_SYNC_FRAME_OVERHEAD 256
/* Who takes smaller ones compares no tables. */
#define P2P_SYNC_LEAST_FRAME 4096
/* Of the end of an exchange with a node, so that it begins where it ended when the node comes back. */
#define P2P_SYNC_MEMORIES 256

/* A message about a key, as it was read; everything points into the message. */
typedef struct {
  const guint8 *key;
  gsize key_length;
  gboolean key_is_text;         /* str */
  const guint8 *value;          /* packed */
  gsize value_length;
  P2pTokenKind value_kind;
  guint32 sequence;
  gboolean deleted;
  gsize n_packets;
} P2pSyncSaid;

/* What we did for a node, by its id. */
typedef struct {
  char *id;
  gint64 since;                 /* monotonic: when the table was begun to be told, or room for all of it given */
  GBytes *told;                 /* an original: up to this key; NULL: all */
  gboolean unfinished;
  gint64 credit;                /* one of ours... */
  gboolean given;               /* ...who had enough for all of it */
} P2pSyncMemory;

/* Keys that were told, or heard, since a moment */
typedef struct {
  gint64 since;
  guint n;
  guint64 digests[64];          /* of the ids that they are of */
} P2pSyncKeys;

typedef struct {
  P2pSyncNode *node;
  P2pPeer *peer;
  guint64 timer;                /* goes on with what is to be sent */
  gint64 since;                 /* see P2pSyncMemory */

  /* an original (p2p-sync-join.c) */
  gboolean telling;             /* he is told the table... */
  GBytes *told;                 /* ...up to this key */
  guint64 again_timer;
  GQueue offers;                /* of GBytes: keys that we heard of from ours alone */

  /* one of ours (p2p-sync-exchange.c) */
  gboolean compares;
  gint64 digest_sent;           /* monotonic; 0: never */
  gboolean expects_buckets;
  gint64 buckets_sent;          /* 0: never */
  gboolean asked;               /* so records may come */
  gint64 credit;                /* bytes that he may have of us */
  gboolean given;               /* it was enough for all of the table */
  guint32 keys_due[P2P_TABLE_BUCKETS / 32];     /* buckets whose keys he is to be told */
  guint64 keys_from;            /* of the first of these: where to go on; 0: at its beginning */
  guint32 keys_open[P2P_TABLE_BUCKETS / 32];    /* buckets whose keys he may tell us */
  guint64 *keys_next;           /* of each bucket: where he may go on; NULL: at its beginning */
  GArray *serve;                /* of guint64: digests of keys whose records he is to get */
  guint served;                 /* of them */
  guint served_part;            /* and so far of the next one */
  GArray *want;                 /* of guint64: digests that he is to be asked for */
  guint wanted;

  /* what is signed (p2p-sync-signed.c) */
  P2pSyncKeys keys_told;
  P2pSyncKeys keys_heard;
  GQueue late;                  /* of P2pMessage: RECORDS whose signatures are to be looked at yet... */
  gsize late_bytes;
  gsize late_at;                /* ...of the first from this record on */
  guint64 late_timer;
} P2pSyncLink;

struct _P2pSyncNode {
  guint refs;
  P2pMeshNode *mesh;
  P2pSyncTable *table;
  P2pLimits limits;
  P2pLimits reading;            /* for what passed the limits of its link already */
  gboolean leasing;
  const P2pSyncEvents *events;
  gpointer events_data;
  GPtrArray *links;             /* of P2pSyncLink, in the order in which they came */
  GQueue memories;              /* of P2pSyncMemory, the oldest first */
  gint64 gifts_began;           /* monotonic */
  guint gifts;                  /* since: tables given away, to whoever it was */
  guint64 digest_timer;
  guint64 expire_timer;
  gboolean untold;              /* the delete of ours that goes out now is of a key that originals may not have */
  gboolean any_old;
  gboolean confirming;          /* all that is old, from... */
  GBytes *confirmed;            /* ...after this key on; NULL: from the first */
  guint64 confirm_timer;
  P2pVerifier *verifier;        /* of a node that signs nothing itself; else NULL */
  double checks;                /* signatures that it may look at now, as it was at... */
  gint64 checks_filled;
  P2pPeer *teller;              /* while what he told is looked at */
  gint64 purged;                /* monotonic; 0: never */
  guint64 purge_timer;
};

static inline P2pClock *p2p_sync_clock (P2pSyncNode *self) { return p2p_mesh_node_get_env (self->mesh)->clock; }
static inline gint64 p2p_sync_now (P2pSyncNode *self) { return p2p_clock_now (p2p_sync_clock (self)); }
static inline gint64 p2p_sync_utc (P2pSyncNode *self) { return p2p_clock_utc_seconds (p2p_sync_clock (self)); }

/* ---- p2p-sync-node.c ---- */
/* What became of a merge: everybody who has to know is told. from_ours: by a record of another table, of which originals heard nothing. */
void     p2p_sync_note_merge   (P2pSyncNode *self, const guint8 *key, gsize key_length, P2pMerge merge, gboolean mine, gboolean from_ours);
void     p2p_sync_note_refused (P2pSyncNode *self, const guint8 *key, gsize key_length, const char *owner, const GError *error);
void     p2p_sync_note_confirmed (P2pSyncNode *self, GBytes *key);               /* it is not old any more */
void     p2p_sync_confirm      (P2pSyncNode *self, GBytes *key);
void     p2p_sync_confirm_all  (P2pSyncNode *self);
P2pSyncMemory *p2p_sync_remember (P2pSyncNode *self, const char *id);            /* NULL: nothing is remembered */
void     p2p_sync_memorise     (P2pSyncLink *link);

/* ---- p2p-sync-link.c ---- */
P2pSyncLink *p2p_sync_find_link (P2pSyncNode *self, P2pPeer *peer);              /* NULL: none */
P2pSyncLink *p2p_sync_link_new  (P2pSyncNode *self, P2pPeer *peer);
void     p2p_sync_link_free    (P2pSyncLink *self);
void     p2p_sync_link_begin   (P2pSyncLink *self);                              /* who is there is known */
void     p2p_sync_link_wake    (P2pSyncLink *self);                              /* there is something to send */
/* Whoever comes as another each time would get the table each time: so many go out in table_dump_seconds, together. FALSE: not now; *wait
 * (nullable): microseconds until it may be. */
gboolean p2p_sync_may_give     (P2pSyncNode *self, gint64 *wait);
gboolean p2p_sync_is_js2p      (P2pPeer *peer);
gboolean p2p_sync_has_js2p     (P2pSyncNode *self);
/* Names that every object of JavaScript has: js2p stumbles over a key of that name. */
gboolean p2p_sync_is_js2p_key  (const guint8 *key, gsize key_length);

/* ---- p2p-sync-receive.c ---- */
gboolean p2p_sync_read         (P2pSyncNode *self, P2pMessage *message, P2pSyncSaid *said);
P2pLayerVerdict p2p_sync_validate (P2pSyncNode *self, P2pMessage *message);
gboolean p2p_sync_withhold     (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message);
gboolean p2p_sync_receive      (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message);
/* What was taken, or not, before its proof came; or of ours */
void     p2p_sync_proved       (P2pSyncNode *self, P2pMessage *message, GBytes *proof);
/* Whether a nil store would be a delete of what originals do not have: py2p ends the link that brings it (quirk B3). */
gboolean p2p_sync_may_lack     (P2pSyncNode *self, const guint8 *key, gsize key_length);

/* ---- p2p-sync-join.c ---- */
void     p2p_sync_join_begin   (P2pSyncLink *link);
void     p2p_sync_join_end     (P2pSyncLink *link);
void     p2p_sync_join_offer   (P2pSyncNode *self, GBytes *key);                 /* to all originals */
gboolean p2p_sync_join_reached (P2pSyncLink *link, const guint8 *key, gsize key_length);
/* One frame. FALSE: nothing is left. looked: how many keys it took. */
gboolean p2p_sync_join_send    (P2pSyncLink *link, gsize *bytes, guint *looked);

/* ---- p2p-sync-exchange.c, p2p-sync-serve.c ---- */
void     p2p_sync_exchange_begin (P2pSyncLink *link);
void     p2p_sync_exchange_end (P2pSyncLink *link);
void     p2p_sync_exchange_start (P2pSyncNode *self);                            /* the timer */
void     p2p_sync_exchange_note (P2pSyncNode *self, gsize bytes);                /* so much is new in the table */
gboolean p2p_sync_control      (P2pSyncNode *self, P2pPeer *peer, gint64 op, P2pMessage *message);
void     p2p_sync_take_keys    (P2pSyncLink *link, P2pMessage *message);
void     p2p_sync_take_want    (P2pSyncLink *link, P2pMessage *message);
void     p2p_sync_take_records (P2pSyncLink *link, P2pMessage *message);
/* ---- p2p-sync-signed.c ---- */
void     p2p_sync_signed_start (P2pSyncNode *self);
void     p2p_sync_signed_end   (P2pSyncLink *link);
void     p2p_sync_certified    (P2pSyncNode *self, const char *id);
/* Where somebody signs of whom that was not known: what of his is not signed goes. */
void     p2p_sync_purge_soon   (P2pSyncNode *self);
void     p2p_sync_take_key     (P2pSyncLink *link, P2pMessage *message);
void     p2p_sync_take_signed  (P2pSyncLink *link, P2pMessage *message);         /* a list of records, which there is */
/* One frame. FALSE: nothing is left. */
gboolean p2p_sync_serve        (P2pSyncLink *link, gsize *bytes);
/* FALSE: it is more than he may have now; what he was to get is given up until the next round. */
gboolean p2p_sync_spend        (P2pSyncLink *link, gsize bytes);
void     p2p_sync_serve_clear  (P2pSyncLink *link);

G_END_DECLS
