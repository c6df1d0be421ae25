/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-protocol-private.h"

#include <string.h>

#include "p2p-base58.h"
#include "p2p-digest.h"

/* The ring has 2^384 positions. */
#define RING_BYTES 48

static const struct {
  const char *name;
  P2pDigest digest;
} hashes[P2P_CHORD_HASHES] = {
  { "sha1", P2P_DIGEST_SHA1 },
  { "sha224", P2P_DIGEST_SHA224 },
  { "sha256", P2P_DIGEST_SHA256 },
  { "sha384", P2P_DIGEST_SHA384 },
  { "sha512", P2P_DIGEST_SHA512 },
};

const char *
p2p_chord_hash_name (guint index)
{
  g_return_val_if_fail (index < P2P_CHORD_HASHES, NULL);

  return hashes[index].name;
}

char *
p2p_chord_hash (guint         index,
                const guint8 *key,
                gsize         length)
{
  guint8 position[P2P_DIGEST_MAX_LENGTH] = { 0 };
  gsize size;

  g_return_val_if_fail (index < P2P_CHORD_HASHES, NULL);

  /* A shorter digest is shifted up to the ring's width; the longest stays wider than the ring, as on the wire. */
  size = p2p_digest_compute (hashes[index].digest, key, length, position);
  return p2p_base58_encode_bytes (position, MAX (size, RING_BYTES), NULL);
}

static void
load_position (const guint8 *bytes,
               gsize         length,
               guint8        out[RING_BYTES])
{
  gsize kept = MIN (length, RING_BYTES);

  memset (out, 0, RING_BYTES);
  if (kept > 0)
    memcpy (out + RING_BYTES - kept, bytes + length - kept, kept);
}

void
p2p_chord_distance (const guint8 *a,
                    gsize         n_a,
                    const guint8 *b,
                    gsize         n_b,
                    guint8        out[48])
{
  guint8 from[RING_BYTES];
  guint8 to[RING_BYTES];
  gint borrow = 0;

  load_position (a, n_a, from);
  load_position (b, n_b, to);
  for (gsize i = RING_BYTES; i-- > 0;)
    {
      gint difference = to[i] - from[i] - borrow;

      borrow = difference < 0;
      out[i] = (guint8) difference;
    }
}
