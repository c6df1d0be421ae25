/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-frame-info.h"

G_BEGIN_DECLS

/* address is taken; message may be NULL */
P2pFrameInfo *p2p_frame_info_new (gint64 time, gboolean outgoing, const char *peer_id, char *address, P2pMessage *message,
                                  gsize size, P2pCompression compression, P2pFrameVerdict verdict, P2pDropReason reason);

G_END_DECLS
