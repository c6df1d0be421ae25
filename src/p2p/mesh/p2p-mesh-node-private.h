/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-address-book.h"
#include "p2p-frame-info-private.h"
#include "p2p-mesh-guard.h"
#include "p2p-mesh-layer.h"
#include "p2p-mesh-values.h"
#include "p2p-message-cache.h"
#include "p2p-seen-set.h"

G_BEGIN_DECLS

/* Sub-flags of ours; docs/x1.md is their registry. */
#define P2P_SUBFLAG_NO_OP 0x57          /* dropped by whoever gets it: a whisper that only takes room on the wire */
#define P2P_SUBFLAG_CONTROL 0x58        /* a whisper: version, operation and what belongs to it */
#define P2P_SUBFLAG_APPLICATION 0x5A    /* of programs: version, operation and what belongs to it */

#define P2P_CONTROL_VERSION 1
#define P2P_CONTROL_ID_LENGTH 32
#define P2P_CONTROL_MAX_IDS 512

#define P2P_HELLO_KEY_LENGTH 32
#define P2P_HELLO_NONCE_LENGTH 32

/* The most that dials_per_minute may be. */
#define P2P_MESH_MAX_DIALS_PER_MINUTE 64

typedef struct _P2pDial P2pDial;
typedef struct _P2pMeshRequest P2pMeshRequest;

/* An operation waits in a dial, then in the peer that came of it, or in a request. */
typedef struct {
  guint64 handle;
  P2pMeshOpFunc func;
  gpointer data;
} P2pMeshOp;

/* Not more than max in a window of time. */
typedef struct {
  gint64 began;
  guint count;
} P2pRateWindow;

typedef enum {
  P2P_PUSH_ID,                  /* he gets its id */
  P2P_PUSH_TAKEN,
  P2P_PUSH_FAILED,
  P2P_PUSH_WITHHELD,            /* the layer keeps it from him */
} P2pPush;

struct _P2pPeer {
  guint refs;
  P2pMeshNode *node;            /* NULL when it is over */
  P2pLink *link;                /* NULL when it is over */
  P2pPeerState state;
  gboolean outgoing;
  gboolean automatic;           /* dialled by ourselves, or because a response named it */
  char *id;
  guint8 number[64];            /* the id as an integer */
  P2pIdForm id_form;
  char *expected_id;
  char *host;                   /* announced; NULL: not told */
  guint16 port;
  char *socket_host;
  guint16 socket_port;
  char *dial_host;              /* as it was asked for; NULL: it came in */
  guint16 dial_port;
  gint64 dialler_time;          /* of the first handshake of whoever opened the link */
  gboolean greeted;             /* we sent our handshake */
  guint64 speak_timer;          /* until we send it all the same */
  gint64 opened_at;             /* monotonic */
  gint64 established_at;        /* monotonic; 0: not yet */
  gboolean parked;              /* draining: an original that has our handshake on another link, and none on this one */
  gboolean answered;            /* something came after the handshakes */
  guint64 answer_timer;
  /* signs of life */
  guint64 life_timer;
  gint64 next_patience;         /* how long it may be silent before it is asked */
  gint64 asked_at;
  guint unanswered;
  gint64 ping_token;
  gint64 pong_token;
  gint64 ping_sent;             /* 0: never */
  /* HELLO: whoever says it runs this library. It is believed in nothing but what he can do. */
  gint64 hello_sent;            /* monotonic; 0: not yet */
  gboolean is_own;              /* his came */
  char *hello_id;
  guint64 caps;                 /* P2pCapabilities */
  gboolean has_pub;
  guint8 pub[P2P_HELLO_KEY_LENGTH];
  guint8 nonce[P2P_HELLO_NONCE_LENGTH];
  guint8 own_nonce[P2P_HELLO_NONCE_LENGTH];
  guint32 max_frame;            /* bytes that he takes; 0: not told */
  gint64 rtt_us;                /* smoothed; -1: unknown */
  gboolean clock_known;
  gint64 clock_offset;          /* seconds that his clock is ahead of ours */
  gint64 clock_asked;           /* for a message that was off */
  guint8 methods[P2P_MESH_MAX_METHODS];
  gsize n_methods;
  gboolean told_methods;
  P2pCompression last_compression;
  gint64 since;
  guint64 timer;                /* handshake deadline, then the end of draining */
  gint64 asked_other;           /* draining: when the link that won was asked for a sign of life; 0: it lost for good */
  GArray *ops;                  /* of P2pMeshOp */
  P2pRateWindow renegotiations;
  P2pRateWindow resends;
  P2pRateWindow peers_asked;
  guint peers_told;             /* where the next list goes on, for who gets it in parts */
  P2pLinkStats final_stats;
  guint64 dropped[P2P_N_DROP_REASONS];
  gboolean offered;             /* he was told what we keep, and all that came since */
  gboolean send_ids;            /* he wants ids in the place of bodies */
  gboolean pruned;              /* so do we of him */
  P2pPush push;                 /* of the message of ours that goes out just now */
  gint64 feed_changed;          /* when we said so, or the contrary */
  P2pRateWindow changes;        /* of his */
  GByteArray *announce;         /* ids for him */
  GByteArray *asking;           /* ids that he announced and that we are about to ask for */
  guint n_wanted;               /* bodies that he announced and that did not come yet */
  gint64 gave_at;               /* when he brought one that we had asked for; 0: never */
  double app_frames;            /* application frames that he may whisper now, as it was at... */
  double app_bytes;             /* ...and bytes of those that are large */
  gint64 app_filled;            /* 0: never */
  double app_through;           /* of those in boxes that it brought, as of a node */
  gint64 app_through_filled;
  double penalty;               /* as it was at... */
  gint64 penalty_time;
  gboolean guard_greeted;       /* the guard was told that both said HELLO */
  gboolean waits_for_guard;     /* its handshake came; it is not let in yet */
  gboolean proven;              /* the guard says that it is who it says */
  GPtrArray *early;             /* what it said while it waited; nullable */
  gsize n_early_bytes;
  gpointer guard_data;
  GError *error;
  gboolean finished;
  gpointer user_data;
  GDestroyNotify user_data_destroy;
};

struct _P2pDial {
  P2pMeshNode *node;
  guint64 handle;               /* of the transport */
  char *host;
  guint16 port;
  char *expected_id;
  char *named_by;               /* numeric address of the node that told us; NULL: nobody, it was asked for or is known from before */
  gboolean automatic;           /* nobody waits for it, and it goes on when nobody does */
  GArray *ops;
};

typedef enum {
  P2P_MESH_EVENT_PENDING,
  P2P_MESH_EVENT_DROPPED,
  P2P_MESH_EVENT_ADDED,
  P2P_MESH_EVENT_CHANGED,
  P2P_MESH_EVENT_REMOVED,
  P2P_MESH_EVENT_CONNECTED,
  P2P_MESH_EVENT_LINK_FAILED,
  P2P_MESH_EVENT_MESSAGE,
  P2P_MESH_EVENT_APP,
  P2P_MESH_EVENT_TOLD,
  P2P_MESH_EVENT_OP,
  P2P_MESH_EVENT_CLOCK_SKEW,
  P2P_MESH_EVENT_FRAME,
  P2P_MESH_EVENT_KNOWN,
  P2P_MESH_EVENT_IMPERSONATED,
  P2P_MESH_EVENT_PROVED,
  P2P_MESH_EVENT_LAYER,
} P2pMeshEventType;

typedef struct {
  P2pMeshEventType type;
  P2pPeer *peer;
  P2pMessage *message;
  P2pAppFrame *app;
  GBytes *proof;
  GError *error;
  char *text;
  P2pFrameInfo *frame;
  P2pMeshOp op;
  P2pKnown *known;
  P2pKnownChange change;
  P2pLayerFunc func;
  gpointer data;
  GDestroyNotify destroy;
} P2pMeshEvent;

typedef struct {
  GQuark domain;
  int code;
  gint64 when;
  char *text;
} P2pMeshStatus;

struct _P2pMeshNode {
  guint refs;
  P2pEnv *env;
  P2pProtocol *protocol;
  P2pIdentity *identity;
  P2pLimits limits;
  P2pBudget *budget;            /* of what all links keep of unfinished frames */
  char *id;
  guint8 number[64];
  gboolean secure;
  gboolean closed;
  guint8 methods[P2P_MESH_MAX_METHODS];
  gsize n_methods;
  gboolean own_methods;         /* somebody chose them */
  gboolean own_frames;          /* FALSE: as a node of the originals, which knows no HELLO */
  gboolean late_hello;          /* HELLO follows the handshake */
  gboolean is_private;          /* nobody gets a handshake of ours before the guard says so */
  gint64 clock_skew;            /* seconds that our clock is ahead of the others'; 0: it is fine, as far as we know */
  P2pRateWindow redials;

  const P2pMeshNodeEvents *events;
  gpointer events_data;
  const P2pMeshLayer *layer;
  gpointer layer_data;
  P2pCapabilities layer_caps;
  const P2pMeshGuard *guard;
  gpointer guard_data;
  double app_through;           /* application frames in boxes through others that may be taken now, as it was at... */
  gint64 app_through_filled;    /* 0: never */
  guint debug_level;
  gboolean watched;
  P2pFrameVerdict verdict;      /* what becomes of the frame that is looked at */
  P2pDropReason drop_reason;
  P2pPeer *condemned;           /* its link ends after the frame that is looked at */
  P2pDropReason condemned_for;

  /* events: a ring */
  P2pMeshEvent *ring;
  guint ring_size;
  guint ring_head;
  guint ring_count;
  guint depth;
  gboolean dispatching;
  GArray *deferred;             /* of P2pMeshEvent: results known before the call returned */
  guint64 deferred_timer;

  /* listening and links */
  guint64 listener;
  char *host;
  guint16 port;
  char *out_host;
  guint16 out_port;
  char *lan_host;
  gboolean accepting;
  double accept_tokens;
  gint64 accept_filled;
  guint64 accept_timer;
  P2pRateWindow failures;       /* of incoming links, told */
  GPtrArray *table;             /* established, in the order in which they came */
  GHashTable *by_id;
  GPtrArray *pending;
  GPtrArray *draining;
  GPtrArray *dials;
  guint max_outgoing;
  gint64 dialler_time;          /* of the latest link that we opened */
  guint64 next_handle;
  P2pMessage *filler;

  /* known addresses */
  P2pAddressBook *book;
  P2pBlockList *blocked;
  P2pLinkLab lab;               /* p2p-mesh-lab.c */
  guint lab_loss;               /* of P2P_LAB_ALL_LOST */
  gboolean split;
  char **split_ids;             /* NULL, with split: everybody */
  GPtrArray *split_off;         /* nullable; of P2pSplitOff: where those were who were linked */
  GQueue parted;                /* ids whose link our program closed: not dialled because a list names them */
  gint64 dialled_at[P2P_MESH_MAX_DIALS_PER_MINUTE];   /* the last dials of our own making: a ring */
  guint64 n_dialled;
  guint64 heal_timer;
  gint64 heal_due;
  gint64 asked_for_peers;
  gint64 asked_for_speaker;
  gint64 original_lost;         /* when the last link to one ended; 0: never */
  guint64 ask_timer;
  guint64 discover_timer;
  gint64 discover_pause;        /* the next; 0: the first */

  P2pSeenSet *seen;
  P2pSeenSet *said;             /* those of the seen that we made ourselves */
  gint64 started;               /* UTC, seconds */
  P2pMessageCache *cache;
  guint64 announce_timer;
  gint64 announced_at;          /* the last time; 0: never */
  guint announce_next;          /* place in the table of the link with which the next round begins */
  P2pSeenSet *served;           /* who got what he asked for */
  GPtrArray *wanted;            /* announced, and not here yet, in the order of the announcements */
  GHashTable *wanted_by_id;
  guint64 want_timer;
  P2pRateWindow alarms;
  GPtrArray *requests;          /* of P2pMeshRequest, in the order in which they began */
  GPtrArray *asked;             /* what other nodes may answer: see p2p-mesh-app.c */
  GQueue status;                /* of P2pMeshStatus */
  P2pNodeStats counters;        /* links that are over are in it */
};

/* ---- p2p-mesh-events.c ---- */
void p2p_mesh_node_emit_peer    (P2pMeshNode *self, P2pMeshEventType type, P2pPeer *peer, const GError *error);
void p2p_mesh_node_emit_plain   (P2pMeshNode *self, P2pMeshEventType type);
void p2p_mesh_node_emit_failed  (P2pMeshNode *self, const char *address, const GError *error);
void p2p_mesh_node_emit_impersonated (P2pMeshNode *self, P2pMessage *message, P2pPeer *peer);
void p2p_mesh_node_emit_proved  (P2pMeshNode *self, P2pMessage *message, GBytes *proof);
void p2p_mesh_node_emit_told    (P2pMeshNode *self, P2pPeer *peer, char **ids);             /* takes the ids */
void p2p_mesh_node_emit_frame   (P2pMeshNode *self, P2pFrameInfo *frame);                  /* takes it; at any time */
void p2p_mesh_node_emit_message (P2pMeshNode *self, P2pMessage *message, P2pPeer *peer);
void p2p_mesh_node_emit_app     (P2pMeshNode *self, P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer);
void p2p_mesh_node_end_op       (P2pMeshNode *self, const P2pMeshOp *op, P2pPeer *peer, const GError *error);
void p2p_mesh_node_end_ops      (P2pMeshNode *self, GArray *ops, P2pPeer *peer, const GError *error);
void p2p_mesh_node_emit_known   (P2pMeshNode *self, P2pKnown *known, P2pKnownChange change);
void p2p_mesh_node_defer_op     (P2pMeshNode *self, const P2pMeshOp *op, P2pPeer *peer, const GError *error);
gboolean p2p_mesh_node_forget_op (P2pMeshNode *self, guint64 handle);    /* an end that was not delivered yet */
void p2p_mesh_node_clear_events (P2pMeshNode *self);
void p2p_mesh_ops_take          (GArray *ops, GArray *from);
gboolean p2p_mesh_ops_remove    (GArray *ops, guint64 handle);

/* ---- p2p-mesh-node.c ---- */
P2pMeshOp p2p_mesh_node_new_op  (P2pMeshNode *self, P2pMeshOpFunc func, gpointer data);
void p2p_mesh_node_log_text     (P2pMeshNode *self, guint level, const char *format, ...) G_GNUC_PRINTF (3, 4);
void p2p_mesh_node_add_status   (P2pMeshNode *self, const GError *error, const char *text);
gboolean p2p_rate_window_take   (P2pRateWindow *window, gint64 now, guint max, guint seconds);
#define p2p_mesh_log(self, level, ...) \
  G_STMT_START { if (G_UNLIKELY ((self)->debug_level >= (level))) p2p_mesh_node_log_text (self, level, __VA_ARGS__); } G_STMT_END

/* ---- p2p-mesh-links.c, p2p-mesh-dial.c ---- */
void     p2p_mesh_node_adopt    (P2pMeshNode *self, P2pPipe *pipe, P2pDial *dial);       /* takes the pipe; dial NULL: it came in */
void     p2p_mesh_node_fail_incoming (P2pMeshNode *self, const char *host, guint16 port, const GError *error);
void     p2p_mesh_peer_end      (P2pPeer *peer, GError *error);                          /* takes the error; closes the link, tells everybody */
void     p2p_mesh_peer_leave_table (P2pPeer *peer, P2pPeerState state, const GError *error);
void     p2p_mesh_node_update_accepting (P2pMeshNode *self);
gboolean p2p_mesh_node_dial     (P2pMeshNode *self, const char *host, guint16 port, const char *expected_id, const char *named_by,
                                 gboolean automatic, const P2pMeshOp *op);
gboolean p2p_mesh_node_is_dialling (P2pMeshNode *self, const char *host, guint16 port, const char *id);
guint    p2p_mesh_node_count_outgoing (P2pMeshNode *self);                               /* links, their beginnings and dials */
void     p2p_mesh_node_fail     (P2pMeshNode *self, const char *host, guint16 port, GArray *ops, const GError *error);
void     p2p_dial_free          (P2pDial *dial);
void     p2p_mesh_node_cancel_dials (P2pMeshNode *self, const GError *error);
gboolean p2p_mesh_node_cancel_dial_op (P2pMeshNode *self, guint64 handle);

void     p2p_mesh_node_cancel_blocked_dials (P2pMeshNode *self, const GError *error);

/* ---- p2p-mesh-block.c ---- */
GError  *p2p_mesh_new_blocked_error (const char *what);
/* Blocked, or on the other side of a split: there is to be no link. */
gboolean p2p_mesh_is_kept_out (P2pMeshNode *self, const char *id, const char *host);
GError  *p2p_mesh_new_kept_out_error (P2pMeshNode *self, const char *id, const char *host);
P2pDropReason p2p_mesh_get_kept_out_reason (P2pMeshNode *self, const char *id, const char *host);
gboolean p2p_mesh_is_blocked_sender (P2pMeshNode *self, P2pMessage *message);

/* ---- p2p-mesh-lab.c ---- */
/* TRUE: this one gets lost on purpose. */
gboolean p2p_mesh_lab_loses (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_lab_clear (P2pMeshNode *self);
GError  *p2p_mesh_new_split_error (const char *what);

/* ---- p2p-mesh-hello.c ---- */
void     p2p_mesh_send_hello   (P2pPeer *peer);                                          /* once a link; nothing when own frames are off */
void     p2p_mesh_handle_hello (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_begin_own     (P2pPeer *peer);                                         /* in the table, and one of ours after all */
gboolean p2p_mesh_check_hello_id (P2pPeer *peer, const char *id);                        /* FALSE: HELLO named another, and the link is over */

/* ---- p2p-mesh-guard.c ---- */
gboolean p2p_mesh_may_introduce (P2pPeer *peer);
void     p2p_mesh_guard_greet   (P2pPeer *peer);                                         /* when both said HELLO, once */
P2pGuardVerdict p2p_mesh_ask_guard (P2pPeer *peer, GError **error);
void     p2p_mesh_guard_removed (P2pPeer *peer);
void     p2p_mesh_guard_moved   (P2pPeer *from, P2pPeer *to);
GError  *p2p_mesh_guard_explain (P2pPeer *peer);                                         /* transfer full, nullable */
gboolean p2p_mesh_is_trusted    (P2pPeer *peer);                                         /* it was proven, or has not to be */
gboolean p2p_mesh_hold_early    (P2pPeer *peer, P2pMessage *message);                    /* FALSE: it is early, and nothing else */

/* ---- p2p-mesh-control.c ---- */
void     p2p_mesh_handle_control (P2pPeer *peer, P2pMessage *message);

/* ---- p2p-mesh-app.c ---- */
void     p2p_mesh_app_init     (P2pMeshNode *self);
void     p2p_mesh_app_clear    (P2pMeshNode *self);
void     p2p_mesh_handle_app   (P2pPeer *peer, P2pMessage *message);

/* ---- p2p-mesh-ping.c ---- */
void     p2p_mesh_handle_ping  (P2pPeer *peer, gint64 token);
void     p2p_mesh_handle_pong  (P2pPeer *peer, gint64 token);
void     p2p_mesh_note_round_trip (P2pPeer *peer, gint64 took);
void     p2p_mesh_ask_for_life (P2pPeer *peer);                                          /* a question that it will answer */
void     p2p_mesh_start_life   (P2pPeer *peer);
void     p2p_mesh_stop_life    (P2pPeer *peer);                                          /* and whatever else it waits for before the table */

/* ---- p2p-mesh-lazy.c ---- */
void     p2p_mesh_handle_ihave (P2pPeer *peer, const guint8 *ids, gsize n_ids);          /* 32 bytes each, 1 to 512 of them */
void     p2p_mesh_handle_iwant (P2pPeer *peer, const guint8 *ids, gsize n_ids);
void     p2p_mesh_handle_prune (P2pPeer *peer);
void     p2p_mesh_handle_graft (P2pPeer *peer);

/* ---- p2p-mesh-conflict.c ---- */
gboolean p2p_mesh_is_original  (P2pPeer *peer);                                          /* one that it is safe to answer once only */
void     p2p_mesh_begin        (P2pPeer *peer);                                          /* a new link: who speaks first */
void     p2p_mesh_introduce    (P2pPeer *peer);                                          /* sends our handshake, if it was not sent */
void     p2p_mesh_settle       (P2pPeer *peer);                                          /* its handshake came */
void     p2p_mesh_expect_answer (P2pPeer *peer);                                         /* ours was sent */
void     p2p_mesh_end_losers   (P2pMeshNode *self, const char *id);
void     p2p_mesh_winner_ended (P2pPeer *winner, const GError *error);
void     p2p_mesh_peer_drain    (P2pPeer *peer);
void     p2p_mesh_peer_wait_for (P2pPeer *peer, P2pPeer *other);                         /* a drained one, for the end of the one that won */

/* ---- p2p-mesh-skew.c ---- */
void     p2p_mesh_note_clock   (P2pPeer *peer, gint64 time);
void     p2p_mesh_note_expired (P2pMeshNode *self, P2pPeer *source, P2pMessage *message);
void     p2p_mesh_compare_clocks (P2pMeshNode *self);

/* ---- p2p-mesh-handshake.c ---- */
void     p2p_mesh_send_handshake (P2pPeer *peer);
void     p2p_mesh_establish    (P2pPeer *peer, P2pPeer *old);                            /* old: the one that it takes the place of */
void     p2p_mesh_handle_handshake (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_peer_return (P2pPeer *loser, P2pPeer *old);                            /* old: NULL when it is over */

/* ---- p2p-mesh-drop.c ---- */
/* p2p_mesh_drop() is the only way to drop a frame or message: it is counted and told. peer: whose it is, or NULL; message NULL: it was none. */
void     p2p_mesh_carry_out     (P2pMeshNode *self);                                     /* after a frame: ends a link that went too far */
void     p2p_mesh_drop_frame    (P2pPeer *peer, P2pDropReason reason, gsize size);       /* one that was no message */
void     p2p_mesh_drop_outgoing (P2pPeer *peer, P2pDropReason reason, P2pMessage *message);
void     p2p_mesh_tell_frame    (P2pPeer *peer, gboolean outgoing, P2pMessage *message, gsize size, P2pCompression compression,
                                 P2pFrameVerdict verdict, P2pDropReason reason);         /* to those that watch */

/* ---- p2p-mesh-validate.c ---- */
/* May this broadcast be relayed and handled? If not, why. source: who brought it; NULL: our own program. */
gboolean p2p_mesh_check_broadcast (P2pMeshNode *self, P2pMessage *message, P2pPeer *source, P2pDropReason *reason);
gboolean p2p_mesh_check_time    (P2pMeshNode *self, P2pMessage *message);

/* ---- p2p-mesh-relay.c ---- */
void     p2p_mesh_receive       (P2pPeer *peer, P2pMessage *message);
gboolean p2p_mesh_is_withheld   (P2pPeer *peer, P2pMessage *message);                    /* by the layer */
gboolean p2p_mesh_whisper       (P2pPeer *peer, GVariant *packets);                      /* takes a floating av */
guint    p2p_mesh_broadcast     (P2pMeshNode *self, GVariant *packets);
gboolean p2p_mesh_hand_to       (P2pPeer *peer, P2pMessage *message, P2pLinkSendFlags flags, GError **error);
void     p2p_mesh_note_sent     (P2pMeshNode *self, P2pMessage *message);

/* ---- p2p-mesh-lazy.c, p2p-mesh-want.c ---- */
gsize    p2p_mesh_send_ids      (P2pPeer *peer, P2pControlOp op, const guint8 *ids, gsize n_ids);   /* how many went */
gboolean p2p_mesh_pass_on       (P2pPeer *peer, P2pMessage *message, gboolean recovered);  /* as it is, or its id */
guint    p2p_mesh_push          (P2pMeshNode *self, P2pMessage *message);                /* our own: to how many */
void     p2p_mesh_offer         (P2pPeer *peer);                                         /* what was said lately */
void     p2p_mesh_keep          (P2pMeshNode *self, P2pMessage *message);                /* for those who missed it */
void     p2p_mesh_note_duplicate (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_graft         (P2pPeer *peer);
void     p2p_mesh_lazy_ended    (P2pPeer *peer);                                         /* out of the table, before its node is */
void     p2p_mesh_want_init     (P2pMeshNode *self);
void     p2p_mesh_want_clear    (P2pMeshNode *self);
gboolean p2p_mesh_want          (P2pPeer *peer, const guint8 *id, guint share);          /* FALSE: no room; share: of it, for a link */
gboolean p2p_mesh_unwant        (P2pMeshNode *self, const guint8 *id);                   /* it came; TRUE: because it was asked for */
void     p2p_mesh_unwant_from   (P2pPeer *peer);

/* ---- p2p-mesh-peers.c ---- */
void     p2p_mesh_send_peers    (P2pPeer *peer, guint most);
void     p2p_mesh_handle_peers  (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_ask_peer      (P2pPeer *peer);
void     p2p_mesh_note_speaker  (P2pPeer *source, const char *id);                       /* of a broadcast that it brought */
void     p2p_mesh_ask_for_more  (P2pMeshNode *self);                                     /* after a loss */
void     p2p_mesh_discover      (P2pMeshNode *self, gboolean needed);

/* ---- p2p-mesh-heal.c ---- */
void     p2p_mesh_heal          (P2pMeshNode *self);                                     /* dials whoever is to be dialled now */
guint    p2p_mesh_node_get_wish (P2pMeshNode *self);                                     /* outgoing links that we want */
gboolean p2p_mesh_is_wanted     (P2pMeshNode *self, const char *host, guint16 port, const char *id);
void     p2p_mesh_known_changed (P2pKnown *known, P2pKnownChange change, gpointer data);
void     p2p_mesh_note_parted   (P2pMeshNode *self, const char *id);
void     p2p_mesh_forget_parted (P2pMeshNode *self, const char *id);
void     p2p_mesh_note_told     (P2pPeer *teller, const char *host, guint16 port, const char *id);
void     p2p_mesh_note_dialling (P2pMeshNode *self, const char *host, guint16 port, const char *id, const char *named_by, gboolean chosen);
void     p2p_mesh_note_wish     (P2pMeshNode *self, const char *host, guint16 port);
void     p2p_mesh_note_dial_cancelled (P2pMeshNode *self, const char *host, guint16 port);
void     p2p_mesh_note_dial_failed (P2pMeshNode *self, const char *host, guint16 port, const char *id, const GError *error);
void     p2p_mesh_note_linked   (P2pPeer *peer);
void     p2p_mesh_note_lost     (P2pPeer *peer, const GError *error);                    /* out of the tables already */

/* ---- p2p-mesh-request.c ---- */
gboolean p2p_mesh_request_id_is_marked (GVariant *rid);
void     p2p_mesh_handle_request  (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_handle_response (P2pPeer *peer, P2pMessage *message);
void     p2p_mesh_requests_reached (P2pMeshNode *self, P2pPeer *peer);
void     p2p_mesh_requests_failed (P2pMeshNode *self, const char *id, const GError *error);
void     p2p_mesh_end_requests    (P2pMeshNode *self, const GError *error);
void     p2p_mesh_end_requests_for (P2pMeshNode *self, const char *id, const GError *error);
gboolean p2p_mesh_cancel_request  (P2pMeshNode *self, guint64 handle);

/* ---- p2p-mesh-renegotiate.c ---- */
void     p2p_mesh_handle_renegotiate (P2pPeer *peer, P2pMessage *message);

/* ---- p2p-peer.c ---- */
P2pPeer *p2p_peer_new            (P2pMeshNode *node);
void     p2p_peer_drop_user_data (P2pPeer *self);

G_END_DECLS
