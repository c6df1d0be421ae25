/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-chord-place.h"

#include <string.h>

#include "../wire/p2p-base58.h"
#include "../wire/p2p-digest.h"

#define PLACE_BITS (8 * P2P_CHORD_PLACE_BYTES)

/* Of 384 bits the upper k remain. */
static void
keep_upper_bits (P2pChordPlace *self, guint k)
{
  guint whole = k / 8;

  if (k % 8 != 0)
    self->bytes[whole++] &= (guint8) (0xff << (8 - k % 8));
  memset (self->bytes + whole, 0, P2P_CHORD_PLACE_BYTES - whole);
}

void
p2p_chord_place_init (P2pChordPlace *self, guint k, const guint8 *number, gsize length)
{
  gsize kept = MIN (length, P2P_CHORD_PLACE_BYTES);

  memset (self, 0, sizeof *self);
  if (kept > 0)
    memcpy (self->bytes + P2P_CHORD_PLACE_BYTES - kept, number + length - kept, kept);
  if (k > 0)
    keep_upper_bits (self, k);
}

void
p2p_chord_place_of_spot (P2pChordPlace *self, guint k, const P2pChordSpot *spot)
{
  p2p_chord_place_init (self, k, spot->number, sizeof spot->number);
}

int
p2p_chord_place_compare (const P2pChordPlace *a, const P2pChordPlace *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes);
}

void
p2p_chord_place_distance (const P2pChordPlace *a, const P2pChordPlace *b, P2pChordPlace *out)
{
  p2p_chord_distance (a->bytes, sizeof a->bytes, b->bytes, sizeof b->bytes, out->bytes);
}

gboolean
p2p_chord_place_is_nearer (const P2pChordPlace *a, const P2pChordPlace *b, const P2pChordPlace *place)
{
  P2pChordPlace of_a, of_b;

  p2p_chord_place_distance (a, place, &of_a);
  p2p_chord_place_distance (b, place, &of_b);
  return p2p_chord_place_compare (&of_a, &of_b) < 0;
}

gboolean
p2p_chord_place_is_within (const P2pChordPlace *place, const P2pChordPlace *from, const P2pChordPlace *to)
{
  P2pChordPlace width, distance;

  if (p2p_chord_place_compare (from, to) == 0)
    return TRUE;
  p2p_chord_place_distance (from, to, &width);
  p2p_chord_place_distance (from, place, &distance);
  return p2p_chord_place_compare (&distance, &width) < 0;
}

void
p2p_chord_place_add_power (const P2pChordPlace *a, guint power, P2pChordPlace *out)
{
  guint carry;

  g_return_if_fail (power < PLACE_BITS);

  *out = *a;
  carry = 1u << (power % 8);
  for (guint i = P2P_CHORD_PLACE_BYTES - power / 8; i-- > 0 && carry > 0; carry >>= 8)
    {
      carry += out->bytes[i];
      out->bytes[i] = (guint8) carry;
    }
}

void
p2p_chord_place_next_slot (const P2pChordPlace *a, guint k, P2pChordPlace *out)
{
  g_return_if_fail (k >= P2P_CHORD_MIN_K && k <= P2P_CHORD_MAX_K);

  p2p_chord_place_add_power (a, PLACE_BITS - k, out);
}

double
p2p_chord_place_fraction (const P2pChordPlace *self)
{
  guint64 upper = 0;

  for (guint i = 0; i < sizeof upper; i++)
    upper = upper << 8 | self->bytes[i];
  /* As many bits as a double holds: what is more would round up to 1. */
  return (double) (upper >> 11) / 9007199254740992.0;
}

void
p2p_chord_spots_of_key (const guint8 *key, gsize length, P2pChordSpot spots[P2P_CHORD_HASHES])
{
  static const P2pDigest digests[P2P_CHORD_HASHES] = {
    P2P_DIGEST_SHA1, P2P_DIGEST_SHA224, P2P_DIGEST_SHA256, P2P_DIGEST_SHA384, P2P_DIGEST_SHA512,
  };

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      guint8 digest[P2P_DIGEST_MAX_LENGTH];
      gsize size = p2p_digest_compute (digests[i], key, length, digest);

      /* A shorter digest is shifted up to the ring's width, the longest stays wider than the ring: as p2p_chord_hash(). */
      spots[i] = (P2pChordSpot) { .hash = (guint8) i };
      memcpy (spots[i].number + P2P_CHORD_NUMBER_BYTES - MAX (size, P2P_CHORD_PLACE_BYTES), digest, size);
    }
}

char *
p2p_chord_spot_to_text (const P2pChordSpot *self)
{
  return p2p_base58_encode_bytes (self->number, sizeof self->number, NULL);
}

gboolean
p2p_chord_spot_parse (P2pChordSpot *self, const char *method, gsize method_length, const char *text, gsize length)
{
  char terminated[P2P_BASE58_MAX_CHARS + 1];
  P2pChordSpot spot = { .hash = P2P_CHORD_HASHES };

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const char *name = p2p_chord_hash_name (i);

      if (strlen (name) == method_length && memcmp (name, method, method_length) == 0)
        spot.hash = (guint8) i;
    }
  if (spot.hash == P2P_CHORD_HASHES || !p2p_base58_is_valid (text, length) || length >= sizeof terminated)
    return FALSE;
  memcpy (terminated, text, length);
  terminated[length] = '\0';
  if (!p2p_base58_decode_fixed (terminated, spot.number, sizeof spot.number, NULL))
    return FALSE;
  *self = spot;
  return TRUE;
}

int
p2p_chord_spot_compare (const P2pChordSpot *a, const P2pChordSpot *b)
{
  if (a->hash != b->hash)
    return a->hash < b->hash ? -1 : 1;
  return memcmp (a->number, b->number, sizeof a->number);
}
