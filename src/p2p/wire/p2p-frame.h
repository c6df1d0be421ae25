/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-types.h"
#include "p2p-limits.h"

G_BEGIN_DECLS

/**
 * P2P_FRAME_HEADER_LENGTH:
 * Bytes before a frame: how long it is, big-endian.
 */
#define P2P_FRAME_HEADER_LENGTH 4
/**
 * P2P_FRAME_ID_LENGTH:
 * Bytes of the id of a message: the SHA-256 of its body.
 */
#define P2P_FRAME_ID_LENGTH 32

/* The steps of reading a frame, each with its own error. sizeless: without the four bytes of length. */
P2P_EXPORT GBytes *p2p_frame_sanitize (GBytes *frame, gboolean sizeless, const P2pLimits *limits, GError **error);
/*
 * body -> plain (id and serialised message). Decodes by checksum: the body as it is first, then each of methods in order,
 * then every other method of this build; the first whose SHA-256 is right wins. used tells which, failed (nullable) whether
 * a method of the list was tried in vain. P2P_WIRE_ERROR_CHECKSUM when none fits (or the limit's error, when that was why).
 */
P2P_EXPORT GBytes *p2p_frame_decompress (GBytes *body, const guint8 *methods, gsize n_methods, const P2pLimits *limits,
                                         P2pCompression *used, gboolean *failed, GError **error);
P2P_EXPORT GBytes *p2p_frame_build (GBytes *plain, P2pCompression method, GError **error);

G_END_DECLS
