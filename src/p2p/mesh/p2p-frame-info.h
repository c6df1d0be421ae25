/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-drop-reason.h"
#include "../wire/p2p-message.h"

G_BEGIN_DECLS

/**
 * P2pFrameVerdict:
 * @P2P_FRAME_DELIVERED: given to the program
 * @P2P_FRAME_RELAYED: passed on to at least one other node
 * @P2P_FRAME_HANDLED: the node's own business: a handshake, a peers list, ...
 * @P2P_FRAME_DUPLICATE: known already
 * @P2P_FRAME_DROPPED: see p2p_frame_info_get_drop_reason()
 * @P2P_FRAME_SENT: on its way out
 *
 * What became of a frame. Delivered and relayed go together; so do handled and relayed.
 */
typedef enum { /*< flags,underscore_name=p2p_frame_verdict >*/
  P2P_FRAME_DELIVERED = 1 << 0,
  P2P_FRAME_RELAYED = 1 << 1,
  P2P_FRAME_HANDLED = 1 << 2,
  P2P_FRAME_DUPLICATE = 1 << 3,
  P2P_FRAME_DROPPED = 1 << 4,
  P2P_FRAME_SENT = 1 << 5,
} P2pFrameVerdict;

/**
 * P2pFrameInfo:
 *
 * A frame that crossed a link, for whoever watches (see #P2pMeshSocket:watch-frames). Immutable, reference-counted atomically.
 */
typedef struct _P2pFrameInfo P2pFrameInfo;

#define P2P_TYPE_FRAME_INFO (p2p_frame_info_get_type ())
P2P_EXPORT GType p2p_frame_info_get_type (void);
P2P_EXPORT P2pFrameInfo   *p2p_frame_info_ref   (P2pFrameInfo *self);
P2P_EXPORT void            p2p_frame_info_unref (P2pFrameInfo *self);
P2P_EXPORT gint64          p2p_frame_info_get_time (P2pFrameInfo *self);            /* UTC, microseconds */
P2P_EXPORT gboolean        p2p_frame_info_get_outgoing (P2pFrameInfo *self);
P2P_EXPORT const char     *p2p_frame_info_get_peer_id (P2pFrameInfo *self);         /* nullable: before the handshake */
P2P_EXPORT const char     *p2p_frame_info_get_peer_address (P2pFrameInfo *self);    /* "host:port" of the socket */
P2P_EXPORT P2pMessage     *p2p_frame_info_get_message (P2pFrameInfo *self);         /* transfer none, nullable: it was none */
P2P_EXPORT gsize           p2p_frame_info_get_size (P2pFrameInfo *self);            /* bytes on the wire, the four of length included */
P2P_EXPORT P2pCompression  p2p_frame_info_get_compression (P2pFrameInfo *self);
P2P_EXPORT P2pFrameVerdict p2p_frame_info_get_verdict (P2pFrameInfo *self);
P2P_EXPORT P2pDropReason   p2p_frame_info_get_drop_reason (P2pFrameInfo *self);     /* of a dropped one; else the first */
P2P_EXPORT char           *p2p_frame_info_dup_verdict_words (P2pFrameInfo *self);   /* transfer full */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pFrameInfo, p2p_frame_info_unref)

G_END_DECLS
