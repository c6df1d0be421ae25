/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-frame.h"

G_BEGIN_DECLS

/* Longer than any node id; what a node is ready to take for one is the mesh's business. */
#define P2P_MESSAGE_MAX_SENDER 1024

/* Internal: the header fields of a serialised message, skimmed without allocating; text points into the bytes. */
typedef struct {
  gint64 flag;
  gint64 time;
  const guint8 *sender;
  gsize sender_length;
  P2pIdForm sender_form;
  gsize payload_offset;         /* of the first packet */
  gsize n_packets;
  gint64 subflag;               /* packet 0 when it is an integer (an integral float counts), else -1 */
} P2pSkim;

/* Checks the structure of the whole message: depth, count, lengths against the bytes left; nothing after its end. */
gboolean p2p_frame_skim (const guint8 *bytes, gsize length, const P2pLimits *limits, P2pSkim *skim, GError **error);

/* Is the body its own checksum and what that is of? */
gboolean p2p_frame_is_plain     (const guint8 *body, gsize length);
gboolean p2p_frame_check_length (guint64 length, const P2pLimits *limits, GError **error);
/* p2p_frame_decompress() for a body that is not plain. */
GBytes  *p2p_frame_unpack       (const guint8 *body, gsize length, const guint8 *methods, gsize n_methods, const P2pLimits *limits,
                                 P2pCompression *used, gboolean *failed, GError **error);

G_END_DECLS
