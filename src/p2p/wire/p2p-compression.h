/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-types.h"
#include "p2p-limits.h"

G_BEGIN_DECLS

/* The methods of this build in our order of preference, as a zero-terminated array: snappy (when built), zlib, gzip, bz2, lzma. */
P2P_EXPORT const guint8 *p2p_get_compression_methods (gsize *n_methods);
P2P_EXPORT const char   *p2p_compression_get_name (P2pCompression method);          /* "zlib"; NULL when unknown */
P2P_EXPORT gboolean      p2p_compression_from_name (const char *name, P2pCompression *method, GError **error);
P2P_EXPORT gboolean      p2p_compression_is_supported (P2pCompression method);
P2P_EXPORT GBytes       *p2p_compress (GBytes *bytes, P2pCompression method, GError **error);
/* Stops at the limits' frame size and ratio (limits may be NULL: the defaults). Trailing bytes after the compressed data are an error. */
P2P_EXPORT GBytes       *p2p_decompress (GBytes *bytes, P2pCompression method, const P2pLimits *limits, GError **error);

G_END_DECLS
