/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places on the ring, and the five positions of a key: those that the originals have. */
#include "ring-fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "p2p/wire/p2p-base58.h"

static JsonArray *
load_vectors (JsonParser *parser, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "vectors", "chord.json", NULL);

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), name);
}

static gsize
parse_hex (const char *hex, guint8 *out, gsize most)
{
  gsize n = (strlen (hex) + 1) / 2, odd = strlen (hex) % 2;

  g_assert_cmpuint (n, <=, most);
  memset (out, 0, n);
  for (gsize i = 0; hex[i] != '\0'; i++)
    out[(i + odd) / 2] |= (guint8) (g_ascii_xdigit_value (hex[i]) << ((i + odd) % 2 == 0 ? 4 : 0));
  return n;
}

static P2pChordPlace
place_of_hex (const char *hex)
{
  guint8 bytes[64];
  gsize n = parse_hex (hex, bytes, sizeof bytes);
  P2pChordPlace place;

  p2p_chord_place_init (&place, 0, bytes, n);
  return place;
}

static void
test_spots (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *keys = load_vectors (parser, "hashes");

  for (guint i = 0; i < json_array_get_length (keys); i++)
    {
      JsonObject *object = json_array_get_object_element (keys, i);
      JsonArray *hashes = json_object_get_array_member (object, "hashes");
      P2pChordSpot spots[P2P_CHORD_HASHES], read;
      guint8 key[1024];
      gsize n = parse_hex (json_object_get_string_member (object, "key_hex"), key, sizeof key);

      p2p_chord_spots_of_key (key, n, spots);
      for (guint h = 0; h < P2P_CHORD_HASHES; h++)
        {
          JsonObject *hash = json_array_get_object_element (hashes, h);
          const char *method = json_object_get_string_member (hash, "method");
          const char *base58 = json_object_get_string_member (hash, "base58");
          g_autofree char *text = p2p_chord_spot_to_text (&spots[h]);
          P2pChordPlace place, expected = place_of_hex (json_object_get_string_member (hash, "hex"));

          g_assert_cmpstr (text, ==, base58);
          p2p_chord_place_of_spot (&place, 0, &spots[h]);
          g_assert_cmpmem (&place, sizeof place, &expected, sizeof expected);
          g_assert_true (p2p_chord_spot_parse (&read, method, strlen (method), text, strlen (text)));
          g_assert_cmpint (p2p_chord_spot_compare (&read, &spots[h]), ==, 0);
          g_assert_cmpint (h == 0 ? 1 : p2p_chord_spot_compare (&spots[h], &spots[h - 1]), >, 0);
        }
    }
}

static void
test_parse_hostile (void)
{
  g_autofree char *ones = g_strnfill (88, '1');
  g_autofree char *largest = g_strnfill (88, 'z');
  g_autofree char *many = g_strnfill (4096, '2');
  P2pChordSpot spot = { .hash = 77 };

  g_assert_false (p2p_chord_spot_parse (&spot, "md5", 3, "2", 1));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha", 3, "2", 1));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha1x", 5, "2", 1));
  g_assert_false (p2p_chord_spot_parse (&spot, "", 0, "2", 1));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha1", 4, "", 0));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha1", 4, "0OIl", 4));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha1", 4, "2\0002", 3));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha512", 6, largest, 88));
  g_assert_false (p2p_chord_spot_parse (&spot, "sha512", 6, many, 4096));
  g_assert_cmpuint (spot.hash, ==, 77);
  g_assert_true (p2p_chord_spot_parse (&spot, "sha512", 6, ones, 88));
  g_assert_cmpuint (spot.hash, ==, 4);
}

/* find() and find_prev() of py2p, for each of its 50 cases; ours knows the same nodes by their links. */
static void
test_find_vectors (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *cases = load_vectors (parser, "find");

  g_assert_cmpuint (json_array_get_length (cases), ==, 50);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *object = json_array_get_object_element (cases, i);
      JsonArray *nodes = json_object_get_array_member (object, "ring");
      gint64 own = json_object_get_int_member (object, "own_index");
      gboolean storing = !json_object_get_boolean_member (object, "own_leeching");
      g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);
      g_autoptr (P2pChordRing) ring = NULL;
      P2pChordSpot spots[P2P_CHORD_HASHES];
      P2pChordPlace place;
      guint8 key[64];
      gsize n = parse_hex (json_object_get_string_member (object, "key_hex"), key, sizeof key);

      for (guint j = 0; j < json_array_get_length (nodes); j++)
        {
          P2pChordPlace at = place_of_hex (json_array_get_string_element (nodes, j));
          char id[2] = { (char) ('0' + j), '\0' };

          g_ptr_array_add (members, p2p_chord_member_new (&at, id, NULL, 0));
        }
      ring = p2p_chord_ring_new (members->pdata[own], 4, 2);
      for (guint j = 0; j < members->len; j++)
        p2p_chord_ring_add_contact (ring, members->pdata[j]);
      g_assert_cmpuint (p2p_chord_ring_get_n_contacts (ring), ==, members->len - 1);
      p2p_chord_spots_of_key (key, n, spots);
      for (guint h = 0; h < P2P_CHORD_HASHES; h++)
        {
          P2pChordMember *found;
          gboolean self_is_it;

          if (!g_str_equal (p2p_chord_hash_name (h), json_object_get_string_member (object, "method")))
            continue;
          p2p_chord_place_of_spot (&place, 0, &spots[h]);
          found = p2p_chord_ring_find (ring, &place, storing, 0, &self_is_it);
          g_assert_cmpint (self_is_it ? own : atoi (found->id), ==, json_object_get_int_member (object, "find"));
          found = p2p_chord_ring_find_prev (ring, &place, storing, &self_is_it);
          g_assert_cmpint (self_is_it ? own : atoi (found->id), ==, json_object_get_int_member (object, "find_prev"));
        }
    }
}

static void
test_arithmetic (void)
{
  P2pChordPlace zero = ring_place (0, 6), last = ring_place (63, 6), five = ring_place (5, 6), out, all;

  p2p_chord_place_distance (&five, &zero, &out);
  g_assert_cmpint (p2p_chord_place_compare (&out, &(P2pChordPlace) { { 59 << 2 } }), ==, 0);
  p2p_chord_place_distance (&five, &five, &out);
  g_assert_cmpint (p2p_chord_place_compare (&out, &zero), ==, 0);
  /* the carry goes all the way, and out of the ring */
  memset (&all, 0xff, sizeof all);
  p2p_chord_place_add_power (&all, 0, &out);
  g_assert_cmpint (p2p_chord_place_compare (&out, &zero), ==, 0);
  for (guint power = 0; power < 384; power++)
    {
      P2pChordPlace sum, distance;

      p2p_chord_place_add_power (&five, power, &sum);
      p2p_chord_place_distance (&five, &sum, &distance);
      for (guint bit = 0; bit < 384; bit++)
        g_assert_cmpuint (distance.bytes[47 - bit / 8] >> bit % 8 & 1, ==, bit == power);
    }
  p2p_chord_place_next_slot (&last, 6, &out);
  g_assert_cmpint (p2p_chord_place_compare (&out, &zero), ==, 0);
  p2p_chord_place_next_slot (&five, 6, &out);
  all = ring_place (6, 6);
  g_assert_cmpint (p2p_chord_place_compare (&out, &all), ==, 0);
  g_assert_cmpfloat (p2p_chord_place_fraction (&zero), ==, 0);
  g_assert_cmpfloat (p2p_chord_place_fraction (&last), ==, 63 / 64.0);
  memset (&all, 0xff, sizeof all);
  g_assert_cmpfloat (p2p_chord_place_fraction (&all), <, 1);
}

/* All of 6 bits: against the arithmetic of small numbers. */
static void
test_within (void)
{
  for (guint from = 0; from < 64; from++)
    for (guint to = 0; to < 64; to++)
      for (guint at = 0; at < 64; at++)
        {
          P2pChordPlace a = ring_place (from, 6), b = ring_place (to, 6), place = ring_place (at, 6);

          g_assert_cmpint (p2p_chord_place_is_within (&place, &a, &b), ==, from == to || (at - from) % 64 < (to - from) % 64);
          g_assert_cmpint (p2p_chord_place_is_nearer (&a, &b, &place), ==, (at - from) % 64 < (at - to) % 64);
        }
}

/* With k there are 2^k places, all of them are used, and the five positions of a key are at different ones as often as chance has it. */
static void
test_slots (void)
{
  for (guint k = P2P_CHORD_MIN_K; k <= P2P_CHORD_MAX_K; k++)
    {
      g_autofree guint *used = g_new0 (guint, (guint) P2P_CHORD_HASHES << k);
      guint n = 64u << k;

      for (guint i = 0; i < n; i++)
        {
          P2pChordSpot spots[P2P_CHORD_HASHES];

          p2p_chord_spots_of_key ((const guint8 *) &(guint32) { GUINT32_TO_LE (i) }, 4, spots);
          for (guint h = 0; h < P2P_CHORD_HASHES; h++)
            {
              P2pChordPlace place, exact;
              guint slot;

              p2p_chord_place_of_spot (&place, k, &spots[h]);
              p2p_chord_place_of_spot (&exact, 0, &spots[h]);
              slot = (guint) (place.bytes[0] << 8 | place.bytes[1]) >> (16 - k);
              exact = ring_place (slot, k);
              g_assert_cmpint (p2p_chord_place_compare (&place, &exact), ==, 0);
              used[(h << k) + slot]++;
            }
        }
      for (guint i = 0; i < (guint) P2P_CHORD_HASHES << k; i++)
        {
          g_assert_cmpuint (used[i], >, 16);
          g_assert_cmpuint (used[i], <, 160);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/place/spots", test_spots);
  g_test_add_func ("/chord/place/parse-hostile", test_parse_hostile);
  g_test_add_func ("/chord/place/find-vectors", test_find_vectors);
  g_test_add_func ("/chord/place/arithmetic", test_arithmetic);
  g_test_add_func ("/chord/place/within", test_within);
  g_test_add_func ("/chord/place/slots", test_slots);
  return g_test_run ();
}
