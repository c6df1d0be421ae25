/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-link.h"
#include "../wire/p2p-limits-private.h"

G_BEGIN_DECLS

/* Frames that wait leave when there are so many bytes of them. */
#define P2P_LINK_FLUSH_BYTES (64 * 1024)
/* A frame from this size on is kept by itself until it leaves, not copied together with others; plain ones are never copied. */
#define P2P_LINK_LARGE_FRAME (16 * 1024)
/* Of all lengths mod 8 */
#define P2P_LINK_FILLERS 8
/* A body shorter than this is not worth it: 110 bytes of each are digest and ids, which do not get smaller. */
#define P2P_LINK_COMPRESS_MIN 256

/* What arrived and is not a whole frame yet, or waits behind one that is being unpacked: bytes[start..end). */
typedef struct {
  guint8 *bytes;
  gsize size;
  gsize start;
  gsize end;
} P2pLinkBuffer;

/* What waits to be taken by the pipe: frames copied together, or one by itself. One of the three is set. */
typedef struct {
  GByteArray *buffer;
  GBytes *bytes;
  P2pMessage *message;
  gsize offset;                 /* taken already */
} P2pLinkChunk;

/* The place of a frame in the order, while its body is compressed elsewhere or the frame waits behind such a one. */
typedef struct {
  P2pLink *link;
  P2pMessage *message;          /* of raw bytes: NULL */
  GBytes *body;                 /* compressed; or the raw bytes, header included */
  P2pCompression method;        /* how, when it is compressed */
  guint64 job;                  /* 0: ready */
  gint64 due;                   /* not before, on purpose */
  gsize size;                   /* counted as queued */
} P2pLinkSlot;

/* A message that came, and waits on purpose. */
typedef struct {
  P2pMessage *message;
  gint64 due;
  gsize frame_size;
  gsize size;                   /* that it is counted as */
} P2pLinkLate;

struct _P2pLink {
  guint refs;
  guint holds;                  /* by our own functions, while they call out */
  P2pEnv *env;
  const P2pLimits *limits;
  P2pPipe *pipe;                /* NULL: closed */
  const P2pLinkEvents *events;
  gpointer data;
  gboolean outgoing;
  gboolean established;
  gboolean watched;

  char *peer_host;
  char *own_host;
  guint16 peer_port;
  guint16 own_port;
  gboolean has_digest;
  gboolean has_binding;
  guint8 digest[32];
  guint8 binding[32];

  guint8 *methods;
  gsize n_methods;
  guint8 *own_methods;          /* NULL: all of this build */
  gsize n_own_methods;
  P2pCompression send_method;
  gboolean plain_only;

  /* in */
  P2pLinkBuffer in;
  guint in_busy;                /* somebody looks at the buffer */
  P2pBudget *budget;            /* nullable */
  gsize charged;                /* of the budget */
  guint64 frame_timer;          /* a frame is unfinished */
  gint64 frame_began;
  gsize frame_bytes;            /* of it, since the time was looked at */
  guint64 decode_job;
  gsize decode_length;
  gsize frame_size;             /* of the frame that is looked at */
  gboolean held;                /* we told the pipe to stop reading */
  gboolean pipe_ended;          /* while a frame was being unpacked, or one waited */
  GError *pipe_error;

  /* out */
  GQueue chunks;                /* P2pLinkChunk, in order */
  GQueue slots;                 /* P2pLinkSlot, behind the chunks; the first one has a job */
  gsize queued;                 /* bytes of both */
  gsize unwritten;              /* bytes of the chunks */
  guint64 turn_timer;           /* something left in this turn of the loop */
  gboolean leading;             /* or waits for what it leaves with */
  guint64 slow_timer;           /* the queue is more than half full */
  gboolean waiting;             /* for writable() */
  P2pMessage *last_message;
  GBytes *last_body;
  P2pCompression last_method;
  gboolean careful;
  guint careful_offset;         /* where the last write ended: bytes since the peer had read everything, mod 1024 */
  guint careful_base;           /* where all writes since then ended, mod P2P_LINK_FILLERS */
  gint64 careful_time;
  P2pMessage *fillers[P2P_LINK_FILLERS];   /* each a byte longer than the one before */

  /* p2p-link-lab.c */
  const P2pLinkLab *lab;        /* nullable */
  GQueue late;                  /* P2pLinkLate, in order */
  gsize late_bytes;
  guint64 late_timer, slot_timer;
  gint64 due_in, due_out;       /* of the last one */

  P2pLinkStats stats;
  gint64 received_at;           /* when the newest bytes came */
};

/* Keeps the memory, unlike a reference of the owner, which keeps the link open too. */
typedef P2pLink P2pLinkHold;
P2pLinkHold *p2p_link_hold    (P2pLink *self);
void         p2p_link_release (P2pLinkHold *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pLinkHold, p2p_link_release)

/* p2p-link.c: the link ends by itself: closes, then tells. The error is taken. */
void p2p_link_fail (P2pLink *self, GError *error);
/* The same for a frame that is dropped, which is told first. */
void p2p_link_refuse (P2pLink *self, P2pDropReason reason, gsize size, GError *error);

/* p2p-link-in.c */
void p2p_link_received (gpointer data, const guint8 *bytes, gsize length);
void p2p_link_pipe_closed (gpointer data, const GError *error);
void p2p_link_in_clear (P2pLink *self);
void p2p_link_in_settle (P2pLink *self);        /* less waits than before */
gboolean p2p_link_in_charge (P2pLink *self);    /* what is kept is another; FALSE: the link is closed for it */
void p2p_link_end_by_pipe (P2pLink *self);

/* p2p-budget.c: what the link keeps from now on. It, or another one, may be ended for it; FALSE when this one is closed now. */
gboolean p2p_budget_charge (P2pBudget *self, P2pLink *link, gsize charged);

/* p2p-link-out.c: what waits for the pipe */
void p2p_link_writable (gpointer data);
void p2p_link_out_append_plain  (P2pLink *self, P2pMessage *message);
void p2p_link_out_append_packed (P2pLink *self, GBytes *body);
void p2p_link_out_append_raw    (P2pLink *self, GBytes *bytes);
void p2p_link_out_kick  (P2pLink *self);        /* something was appended: now, or at the end of the turn */
void p2p_link_out_lead  (P2pLink *self);        /* something was appended that leaves with what follows */
void p2p_link_out_flush (P2pLink *self);        /* now */
void p2p_link_out_clear (P2pLink *self);

/* p2p-link-send.c: what waits for its turn */
void p2p_link_out_flush_last (P2pLink *self);   /* before a close: all that the pipe still takes */
void p2p_link_slots_clear (P2pLink *self);
void p2p_link_slots_commit (P2pLink *self);     /* and out */

/* p2p-link-lab.c: what waits on purpose */
gboolean p2p_link_lab_is_slow (P2pLink *self);
gint64   p2p_link_lab_due   (P2pLink *self, gint64 *last);               /* of a frame now; 0: at once */
gboolean p2p_link_lab_keep  (P2pLink *self, P2pMessage *message, gsize frame_size);      /* FALSE: it goes on at once */
void     p2p_link_lab_clear (P2pLink *self);
/* The head of what goes out is not due yet. */
void     p2p_link_lab_wait  (P2pLink *self, gint64 due);

/* p2p-link-codec.c: what takes long enough to be done elsewhere */
gboolean p2p_link_encode_is_long (P2pCompression method, gsize length);
gboolean p2p_link_decode_is_long (const guint8 *body, gsize length);
/* The smaller of the two: the compressed body, or NULL for the message's own. */
gboolean p2p_link_may_stay_plain (const guint8 *plain, gsize length);
GBytes  *p2p_link_encode (P2pMessage *message, P2pCompression method);

G_END_DECLS
