/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2P_BASE58_MAX_BYTES:
 *
 * the widest integer, 512 bits.
 */
#define P2P_BASE58_MAX_BYTES 64
/**
 * P2P_BASE58_MAX_CHARS:
 *
 * the longest text of such an integer.
 */
#define P2P_BASE58_MAX_CHARS 88

P2P_EXPORT char    *p2p_base58_encode_uint64 (guint64 value);
P2P_EXPORT gboolean p2p_base58_decode_uint64 (const char *text, guint64 *value, GError **error);
/* Big-endian integers of up to 64 bytes. Leading zero bytes do not count: 0 is "1". NULL and P2P_WIRE_ERROR_BASE58 when longer. */
P2P_EXPORT char    *p2p_base58_encode_bytes (const guint8 *bytes, gsize length, GError **error);
/* The shortest big-endian form; empty bytes for "1". Empty text is an error. */
P2P_EXPORT GBytes  *p2p_base58_decode_bytes (const char *text, GError **error);
/* The integer right-aligned in exactly length bytes; an error when it does not fit. */
P2P_EXPORT gboolean p2p_base58_decode_fixed (const char *text, guint8 *bytes, gsize length, GError **error);
/* Is it base58 of at most 512 bits? (the cheap check for ids off the wire) */
P2P_EXPORT gboolean p2p_base58_is_valid (const char *text, gsize length);

G_END_DECLS
