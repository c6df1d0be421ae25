/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-budget.h"
#include "p2p-env.h"
#include "../wire/p2p-drop-reason.h"
#include "../wire/p2p-message-private.h"

G_BEGIN_DECLS

/*
 * One connection: pipe below, messages above. It cuts frames out of the stream within the limits, keeps time on them,
 * decodes, compresses what goes out as agreed, keeps the order of frames whatever the executor does, and bounds its queue.
 * It knows nothing of handshakes but which limits hold. Reference-counted; a callback may close it and drop the last reference.
 */
typedef struct _P2pLink P2pLink;

typedef struct {
  void (*message) (P2pLink *link, P2pMessage *message, gpointer data);
  /* A message that is no message (bad packets, checksum…) ends the link with P2P_LINK_ERROR_FRAME; the error is never NULL.
   * Last event; the link is closed already. Not called after p2p_link_close(). */
  void (*closed)  (P2pLink *link, const GError *error, gpointer data);
  /* May be NULL. A frame that is no message, of this size as far as it is known. With P2P_DROP_MALFORMED, _COMPLEX, _RATIO, and
   * _TOO_LARGE where only what it unpacks to is, whoever
   * brought it may have passed it on in good faith: the link goes on unless it is closed now. Without this function, or before
   * p2p_link_set_established(), and for any other reason, closed() follows. */
  void (*dropped) (P2pLink *link, P2pDropReason reason, gsize size, const GError *error, gpointer data);
  /* May be NULL. Only with p2p_link_set_watched(): a frame takes its place among those that leave; raw bytes have no message. Closes
   * nothing, sends nothing. */
  void (*sent)    (P2pLink *link, P2pMessage *message, gsize size, P2pCompression compression, gpointer data);
} P2pLinkEvents;

typedef enum {
  P2P_LINK_SEND_DEFAULT = 0,
  P2P_LINK_SEND_PLAIN = 1 << 0,         /* never compressed: handshakes */
  P2P_LINK_SEND_DENSE = 1 << 1,         /* no use compressing it: keys, signatures */
  P2P_LINK_SEND_MORE = 1 << 2,          /* it leaves with what follows, or at the end of the turn */
} P2pLinkSendFlags;

/* What is added on purpose to the way of each frame, in and out, once the link is established: microseconds, and up to jitter more by
 * chance. The order stays. */
typedef struct {
  gint64 delay;
  gint64 jitter;
} P2pLinkLab;

typedef struct {
  guint64 messages_in, messages_out;
  guint64 bytes_in, bytes_out;          /* of frames as they crossed the wire */
  gint64  last_in;                      /* monotonic, microseconds; 0: never */
} P2pLinkStats;

P2pLink *p2p_link_new   (P2pEnv *env, const P2pLimits *limits, P2pPipe *pipe, gboolean outgoing,
                         const P2pLinkEvents *events, gpointer data);   /* takes the pipe; limits are borrowed for its life */
/* Shared with other links, from now on and to its end; it outlives them. */
void     p2p_link_set_budget (P2pLink *self, P2pBudget *budget);
/* Borrowed for the link's life, and looked at with each frame; NULL: nothing. What waits for it counts as what waits for the peer does:
 * frames out against out_queue, and while more than a frame's limit waits inwards nothing is read. */
void     p2p_link_set_lab (P2pLink *self, const P2pLinkLab *lab);
/* What waits for nothing else goes on at once; whatever it causes. */
void     p2p_link_hurry   (P2pLink *self);
P2pLink *p2p_link_ref   (P2pLink *self);
void     p2p_link_unref (P2pLink *self);
void     p2p_link_close (P2pLink *self);                                /* flushes what it can; idempotent */
/* FALSE and P2P_LINK_ERROR_QUEUE_FULL or _SOCKET_CLOSED when it was not taken. Frames leave in the order of the calls. The first
 * on an idle link leaves at once; those that follow in the same turn of the loop leave together at its end, or when 64 KiB are there. */
gboolean p2p_link_send  (P2pLink *self, P2pMessage *message, P2pLinkSendFlags flags, GError **error);
/* Bytes as they are: resends and hostile tests. */
gboolean p2p_link_send_raw (P2pLink *self, const guint8 *bytes, gsize length, GError **error);
/* The last frame again, byte for byte (renegotiate resend); FALSE when there was none. */
gboolean p2p_link_resend_last (P2pLink *self);
void     p2p_link_set_established (P2pLink *self, gboolean established);  /* which frame limit holds */
/* How the peer compresses and what it understands, in its order; we send with the first of ours in it. n 0: plain. */
void     p2p_link_set_methods (P2pLink *self, const guint8 *methods, gsize n_methods);
/* Those that we send with, in our order; all of this build when it was never called. */
void     p2p_link_set_own_methods (P2pLink *self, const guint8 *methods, gsize n_methods);
const guint8 *p2p_link_get_methods (P2pLink *self, gsize *n_methods);
P2pCompression p2p_link_get_send_method (P2pLink *self);
void     p2p_link_set_compressing (P2pLink *self, gboolean compressing);  /* FALSE: everything goes plain from now on */
/* Towards py2p, which takes four bytes of a frame at the end of one of its reads for a whole one (quirk B2): a frame a write, and
 * in a busy time padded by fillers so that wherever its reads end, no header does. The filler is a message that means nothing
 * (sub-flag 0x57, a few dozen bytes); without one it is left to luck. Fillers are not counted among the messages, and
 * p2p_link_resend_last() never repeats them. */
void     p2p_link_set_careful (P2pLink *self, gboolean careful);
void     p2p_link_set_filler (P2pLink *self, P2pMessage *noop);           /* transfer none; NULL: none */
void     p2p_link_set_watched (P2pLink *self, gboolean watched);          /* sent() is called */
gsize    p2p_link_get_frame_size (P2pLink *self);                         /* while message() is called: what came on the wire */
void     p2p_link_set_data (P2pLink *self, gpointer data);                 /* who is told from now on */
gboolean p2p_link_is_outgoing (P2pLink *self);
gboolean p2p_link_is_closed (P2pLink *self);
gsize    p2p_link_get_queued (P2pLink *self);                             /* bytes not yet taken by the pipe */
gint64   p2p_link_get_last_received (P2pLink *self);                      /* monotonic, microseconds: any byte; 0: never */
void     p2p_link_get_stats (P2pLink *self, P2pLinkStats *stats);
void     p2p_link_get_peer (P2pLink *self, P2pPipeAddress *address);      /* valid while the link lives */
void     p2p_link_get_own (P2pLink *self, P2pPipeAddress *address);
gboolean p2p_link_get_digest (P2pLink *self, guint8 digest[32]);
gboolean p2p_link_get_binding (P2pLink *self, guint8 binding[32]);
int      p2p_link_get_fd (P2pLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pLink, p2p_link_unref)

G_END_DECLS
