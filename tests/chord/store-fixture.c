/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <malloc.h>
#include <string.h>

#include "p2p/wire/p2p-value.h"

GBytes *
chord_pack (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, &error);
  GByteArray *bytes = g_byte_array_new ();

  g_assert_no_error (error);
  p2p_value_pack (value, bytes, &error);
  g_assert_no_error (error);
  return g_byte_array_free_to_bytes (bytes);
}

P2pChordSpot
chord_spot (const char *key, guint hash)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];

  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  return spots[hash];
}

/* On the ring of the originals at first.0.0...last */
P2pChordSpot
chord_spot_at (guint hash, guint8 first, guint8 last)
{
  P2pChordSpot spot = { .hash = (guint8) hash };

  spot.number[P2P_CHORD_NUMBER_BYTES - P2P_CHORD_PLACE_BYTES] = first;
  spot.number[P2P_CHORD_NUMBER_BYTES - 1] = last;
  return spot;
}

P2pChordPut
chord_put_full (P2pChordStore *store, const P2pChordSpot *spot, guint64 stamp, const char *text, const char *giver, GError **error)
{
  g_autoptr (GBytes) value = text != NULL ? chord_pack (text) : NULL;

  return p2p_chord_store_put (store, spot, stamp, value, giver, (gint64) MAX (stamp, NOW), error);
}

P2pChordPut
chord_put (P2pChordStore *store, const P2pChordSpot *spot, guint64 stamp, const char *text, const char *giver)
{
  g_autoptr (GError) error = NULL;
  P2pChordPut put = chord_put_full (store, spot, stamp, text, giver, &error);

  g_assert_no_error (error);
  return put;
}

P2pChordPut
chord_delta (P2pChordStore *store, const P2pChordSpot *spot, guint64 stamp, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) map = g_variant_ref_sink (g_variant_new_parsed (text));
  P2pChordPut put = p2p_chord_store_merge (store, spot, stamp, map, NULL, (gint64) MAX (stamp, NOW), &error);

  g_assert_no_error (error);
  return put;
}

char *
chord_show (P2pChordStore *store, const P2pChordSpot *spot)
{
  const P2pChordValue *value = p2p_chord_store_get (store, spot);
  g_autoptr (GVariant) unpacked = NULL;
  g_autofree char *text = NULL;
  gsize length;
  const guint8 *bytes;

  if (value == NULL)
    return NULL;
  if (value->value == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT ": -", (gint64) (value->stamp - NOW));
  bytes = g_bytes_get_data (value->value, &length);
  unpacked = p2p_value_unpack (bytes, length, NULL, NULL);
  g_assert_nonnull (unpacked);
  g_variant_ref_sink (unpacked);
  text = g_variant_print (unpacked, FALSE);
  return g_strdup_printf ("%" G_GINT64_FORMAT ": %s", (gint64) (value->stamp - NOW), text);
}

static const P2pChordPlace start = { { 0 } };

void
chord_copy (P2pChordStore *from, P2pChordStore *to)
{
  for (const P2pChordValue *value = NULL; (value = p2p_chord_store_walk (from, &start, &start, value)) != NULL;)
    {
      g_autoptr (GVariant) packed = g_variant_ref_sink (p2p_chord_value_pack (value));
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GVariant) unpacked = NULL;
      g_autoptr (GBytes) content = NULL;
      g_autoptr (GBytes) proof = NULL;
      g_autoptr (GError) error = NULL;
      P2pChordSpot spot;
      guint64 stamp;

      p2p_value_pack (packed, bytes, &error);
      g_assert_no_error (error);
      unpacked = p2p_value_unpack (bytes->data, bytes->len, NULL, &error);
      g_assert_no_error (error);
      g_variant_ref_sink (unpacked);
      g_assert_true (p2p_chord_value_unpack (unpacked, &spot, &stamp, &content, &proof));
      p2p_chord_store_put_signed (to, &spot, stamp, content, proof, "somebody", (gint64) MAX (stamp, NOW), &error);
      g_assert_no_error (error);
    }
}

void
chord_assert_equal (P2pChordStore *a, P2pChordStore *b)
{
  const P2pChordValue *one = NULL;
  const P2pChordValue *other = NULL;
  guint8 roots[2][32];

  g_assert_cmpuint (p2p_chord_store_get_n_spots (a), ==, p2p_chord_store_get_n_spots (b));
  g_assert_cmpuint (p2p_chord_store_get_n_values (a), ==, p2p_chord_store_get_n_values (b));
  do
    {
      one = p2p_chord_store_walk (a, &start, &start, one);
      other = p2p_chord_store_walk (b, &start, &start, other);
      g_assert_true ((one == NULL) == (other == NULL));
      if (one == NULL)
        break;
      g_assert_cmpmem (&one->spot, sizeof one->spot, &other->spot, sizeof other->spot);
      g_assert_cmpuint (one->stamp, ==, other->stamp);
      g_assert_true ((one->value == NULL) == (other->value == NULL));
      g_assert_true (one->value == NULL || g_bytes_equal (one->value, other->value));
      g_assert_cmpmem (one->listed, sizeof one->listed, other->listed, sizeof other->listed);
    }
  while (TRUE);
  g_assert_cmpuint (p2p_chord_store_sum_arc (a, &start, &start, roots[0]), ==, p2p_chord_store_sum_arc (b, &start, &start, roots[1]));
  g_assert_cmpmem (roots[0], 32, roots[1], 32);
}

gsize
chord_get_allocated (void)
{
#ifdef __GLIBC__
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}
