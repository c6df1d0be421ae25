/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-frame.h"

G_BEGIN_DECLS

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

G_END_DECLS
