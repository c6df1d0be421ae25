/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Internal: message digests over OpenSSL, the algorithms fetched once and one context reused for each thread. */
typedef enum {
  P2P_DIGEST_SHA1,
  P2P_DIGEST_SHA224,
  P2P_DIGEST_SHA256,
  P2P_DIGEST_SHA384,
  P2P_DIGEST_SHA512,
} P2pDigest;

#define P2P_SHA256_LENGTH 32
#define P2P_DIGEST_MAX_LENGTH 64

/* Returns the digest's length; out must hold P2P_DIGEST_MAX_LENGTH bytes. */
gsize p2p_digest_compute (P2pDigest digest, const guint8 *bytes, gsize length, guint8 *out);
void  p2p_sha256 (const guint8 *bytes, gsize length, guint8 out[P2P_SHA256_LENGTH]);
/* The number that eight bytes are, big-endian; the first eight of a SHA-256 */
guint64 p2p_read_number   (const guint8 *bytes);
guint64 p2p_sha256_number (const guint8 *bytes, gsize length);
/* base58 of the digest taken as a big-endian integer */
char *p2p_digest_base58 (P2pDigest digest, const guint8 *bytes, gsize length);

G_END_DECLS
