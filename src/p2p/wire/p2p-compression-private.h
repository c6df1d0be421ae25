/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-compression.h"

G_BEGIN_DECLS

/* Internal: the same without GBytes around the input. */
GBytes *p2p_compress_raw (const guint8 *bytes, gsize length, P2pCompression method, GError **error);
GBytes *p2p_decompress_raw (const guint8 *bytes, gsize length, P2pCompression method, const P2pLimits *limits, GError **error);
/* The elements of a that are in b, in the order of a, repetitions kept. Returns how many; out holds n_a. */
gsize   p2p_ordered_intersection (const guint8 *a, gsize n_a, const guint8 *b, gsize n_b, guint8 *out);

G_END_DECLS
