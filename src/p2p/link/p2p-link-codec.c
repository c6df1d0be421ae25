/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-link-private.h"
#include "../wire/p2p-compression-private.h"
#include "../wire/p2p-digest.h"
#include "../wire/p2p-frame.h"
#include <string.h>

/* Where a call takes about a tenth of a millisecond, which is what one may cost the loop. */
#define ENCODE_ZLIB_MAX (8 * 1024)
#define ENCODE_BZ2_MAX 1024
#define ENCODE_SNAPPY_MAX (256 * 1024)
#define DECODE_ZLIB_MAX (64 * 1024)
#define DECODE_BZ2_MAX (4 * 1024)
#define DECODE_LZMA_MAX (8 * 1024)
#define DECODE_PLAIN_MAX (256 * 1024)   /* for its checksum; snappy is as fast */
/* A body up to this size is remembered for the next link that it goes out on. */
#define CACHE_MAX (64 * 1024)

gboolean
p2p_link_encode_is_long (P2pCompression method, gsize length)
{
  switch (method)
    {
    case P2P_COMPRESSION_ZLIB:
    case P2P_COMPRESSION_GZIP:
      return length > ENCODE_ZLIB_MAX;
    case P2P_COMPRESSION_BZ2:
      return length > ENCODE_BZ2_MAX;
    case P2P_COMPRESSION_LZMA:
      return TRUE;
    case P2P_COMPRESSION_SNAPPY:
      return length > ENCODE_SNAPPY_MAX;
    case P2P_COMPRESSION_NONE:
    default:
      return FALSE;
    }
}

static gboolean
begins_with (const guint8 *body, gsize length, const char *magic, gsize magic_length)
{
  return length >= magic_length && memcmp (body, magic, magic_length) == 0;
}

static gboolean
begins_like_zlib (const guint8 *body, gsize length)
{
  return length >= 2 && (body[0] & 0x0f) == 8 && (body[0] << 8 | body[1]) % 31 == 0;
}

/*
 * A plain body begins with a digest, and one in 500 digests begins like zlib data. js2p tries to unpack every body, and what its
 * inflate makes of such a one is garbage (it then drops the link) or never ends. So these are packed whatever their size.
 */
gboolean
p2p_link_may_stay_plain (const guint8 *plain, gsize length)
{
  return !begins_like_zlib (plain, length) && !begins_with (plain, length, "\x1f\x8b", 2);
}

/*
 * No marker says how a body is packed, but all methods other than snappy begin with one of their own, without which their
 * decoders give up at once: so the beginning tells how long the attempts can take, whatever the peer said it would send.
 */
gboolean
p2p_link_decode_is_long (const guint8 *body, gsize length)
{
  gsize most = DECODE_PLAIN_MAX;

  if (length <= MIN (DECODE_BZ2_MAX, DECODE_LZMA_MAX))
    return FALSE;
  if (begins_with (body, length, "BZh", 3))
    most = DECODE_BZ2_MAX;
  else if (begins_with (body, length, "\xfd" "7zXZ", 6))
    most = DECODE_LZMA_MAX;
  else if (begins_with (body, length, "\x1f\x8b", 2))
    most = DECODE_ZLIB_MAX;
  else if (begins_like_zlib (body, length))
    most = DECODE_ZLIB_MAX;
  if (length <= most)
    return FALSE;

  /* A plain body's checksum may begin like anything. */
  if (most < DECODE_PLAIN_MAX && length <= DECODE_PLAIN_MAX)
    {
      guint8 digest[P2P_SHA256_LENGTH];

      p2p_sha256 (body + P2P_FRAME_ID_LENGTH, length - P2P_FRAME_ID_LENGTH, digest);
      if (memcmp (digest, body, sizeof digest) == 0)
        return FALSE;
    }
  return TRUE;
}

/* Many equal bytes pack so well that nodes of ours would take them for a bomb. */
static gboolean
is_refused (gsize length, gsize packed)
{
  return length > P2P_LIMIT_RATIO_FLOOR && length > (guint64) packed * P2P_LIMIT_RATIO;
}

GBytes *
p2p_link_encode (P2pMessage *message, P2pCompression method)
{
  /* A broadcast goes out on one link after the other: the last body is worth remembering. A thread each, so that nodes in
   * different threads do not meet here. */
  static __thread P2pMessage *cached_message;
  static __thread P2pCompression cached_method;
  static __thread GBytes *cached_body;
  g_autoptr (GBytes) body = NULL;
  const guint8 *plain;
  gsize length;

  if (message == cached_message && method == cached_method)
    return cached_body != NULL ? g_bytes_ref (cached_body) : NULL;

  plain = p2p_message_peek_plain (message, &length);
  body = p2p_compress_raw (plain, length, method, NULL);
  if (body != NULL && (g_bytes_get_size (body) >= length || is_refused (length, g_bytes_get_size (body))) && p2p_link_may_stay_plain (plain, length))
    g_clear_pointer (&body, g_bytes_unref);

  if (length <= CACHE_MAX)
    {
      g_clear_pointer (&cached_message, p2p_message_unref);
      g_clear_pointer (&cached_body, g_bytes_unref);
      cached_message = p2p_message_ref (message);
      cached_method = method;
      cached_body = body != NULL ? g_bytes_ref (body) : NULL;
    }
  return g_steal_pointer (&body);
}
