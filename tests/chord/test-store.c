/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-value.h"
#include "p2p/x1/p2p-proof.h"

static const P2pChordPlace start = { { 0 } };

static P2pChordPlace
place_at (guint8 first)
{
  P2pChordPlace place = { { first } };

  return place;
}

/* ---- the rule ---- */

static void
test_rule (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  P2pChordSpot spot = chord_spot ("key", 2);
  g_autoptr (GBytes) a = chord_pack ("'a'");
  g_autoptr (GBytes) b = chord_pack ("'b'");
  guint8 digests[2][32];
  const char *greater, *smaller;

  g_assert_null (p2p_chord_store_get (store, &spot));
  g_assert_cmpint (chord_put (store, &spot, NOW, "'a'", "x"), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (chord_put (store, &spot, NOW, "'a'", "y"), ==, P2P_CHORD_PUT_SAME);
  g_assert_cmpint (chord_put (store, &spot, NOW - 1, "'b'", "y"), ==, P2P_CHORD_PUT_OLDER);
  g_assert_cmpint (chord_put (store, &spot, NOW - 1, NULL, "y"), ==, P2P_CHORD_PUT_OLDER);
  /* of one instant a value before none */
  g_assert_cmpint (chord_put (store, &spot, NOW, NULL, "y"), ==, P2P_CHORD_PUT_OLDER);
  g_assert_cmpstr (p2p_chord_store_get (store, &spot)->giver, ==, "x");
  g_assert_cmpint (chord_put (store, &spot, NOW + 1, NULL, "y"), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "1: -");
  g_assert_cmpuint (p2p_chord_store_get_n_values (store), ==, 0);
  g_assert_cmpuint (p2p_chord_store_get_n_spots (store), ==, 1);
  g_assert_cmpint (chord_put (store, &spot, NOW, "'c'", "y"), ==, P2P_CHORD_PUT_OLDER);
  g_assert_cmpint (chord_put (store, &spot, NOW + 1, NULL, "y"), ==, P2P_CHORD_PUT_SAME);
  g_assert_cmpint (chord_put (store, &spot, NOW + 1, "'c'", NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_null (p2p_chord_store_get (store, &spot)->giver);

  /* of two values the greater SHA-256 */
  p2p_sha256 (g_bytes_get_data (a, NULL), g_bytes_get_size (a), digests[0]);
  p2p_sha256 (g_bytes_get_data (b, NULL), g_bytes_get_size (b), digests[1]);
  greater = memcmp (digests[0], digests[1], 32) > 0 ? "'a'" : "'b'";
  smaller = greater[1] == 'a' ? "'b'" : "'a'";
  g_assert_cmpint (chord_put (store, &spot, NOW + 2, smaller, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (chord_put (store, &spot, NOW + 2, greater, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (chord_put (store, &spot, NOW + 2, smaller, NULL), ==, P2P_CHORD_PUT_OLDER);

  /* another hash of the same number is another spot */
  spot.hash = 3;
  g_assert_null (p2p_chord_store_get (store, &spot));
  g_assert_false (p2p_chord_store_remove (store, &spot));
  spot.hash = 2;
  g_assert_true (p2p_chord_store_remove (store, &spot));
  g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), ==, 0);
}

static void
test_stamps (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  const guint64 late[] = { NOW + SECONDS (60) + 1, G_GUINT64_CONSTANT (1) << 62, G_GUINT64_CONSTANT (1) << 63, G_MAXUINT64 };
  g_autoptr (GBytes) value = chord_pack ("1");
  P2pChordSpot spot;

  for (guint i = 0; i < G_N_ELEMENTS (late); i++)
    {
      spot = chord_spot_at (0, (guint8) i, 0);
      g_assert_cmpint (p2p_chord_store_put (store, &spot, late[i], value, NULL, (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
      chord_assert (store, &spot, "60000000: 1");
      /* Who writes a minute later is later. */
      g_assert_cmpint (chord_put (store, &spot, NOW + SECONDS (60) + 1, "2", NULL), ==, P2P_CHORD_PUT_NEW);
    }
  /* The same by a delta, onto what is so late already, too */
  spot = chord_spot_at (1, 0, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("{'%u': <1>}", i);
      g_autoptr (GVariant) map = g_variant_ref_sink (g_variant_new_parsed (text));

      g_assert_cmpint (p2p_chord_store_merge (store, &spot, G_MAXUINT64, map, NULL, (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
      g_assert_cmpuint (p2p_chord_store_get (store, &spot)->stamp, ==, NOW + SECONDS (60) + i);
    }
  /* A clock that is off */
  spot = chord_spot_at (2, 0, 0);
  g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, value, NULL, -5, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpuint (p2p_chord_store_get (store, &spot)->stamp, ==, SECONDS (60));
  spot = chord_spot_at (2, 1, 0);
  g_assert_cmpint (p2p_chord_store_put (store, &spot, 0, value, NULL, G_MAXINT64, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (p2p_chord_store_put (store, &spot, G_MAXUINT64, NULL, NULL, G_MAXINT64, NULL), ==, P2P_CHORD_PUT_NEW);
  /* 0 is a stamp: older than any other */
  spot = chord_spot_at (2, 2, 0);
  g_assert_cmpint (chord_put (store, &spot, 0, "'first'", NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (chord_put (store, &spot, 1, "'second'", NULL), ==, P2P_CHORD_PUT_NEW);
}

/* ---- whatever the order ---- */

typedef struct {
  guint spot;
  guint64 stamp;
  GBytes *value;
  GBytes *proof;
} State;

/* A store does not look whether it holds: what counts is of which key it is. The same key may have made several. */
static GBytes *
make_proof (guint which)
{
  guint8 pub[P2P_PUBLIC_KEY_LENGTH], signature[P2P_SIGNATURE_LENGTH];
  P2pLeaf leaf = { .note_length = 0 };
  GBytes *proof;

  memset (pub, (int) (which % 2) + 7, sizeof pub);
  memset (signature, (int) which, sizeof signature);
  p2p_proof_unpack_batch (pub, signature, &leaf, 1, &proof);
  return proof;
}

static const guint ks[] = { 0, 1, 4, 10 };

static void
apply (P2pChordStore *store, const State *state, guint giver)
{
  static const char *const givers[] = { NULL, "a", "b", "c" };
  P2pChordSpot spot = chord_spot_at (state->spot % 5, (guint8) (state->spot * 31), (guint8) state->spot);
  g_autoptr (GError) error = NULL;

  p2p_chord_store_put_signed (store, &spot, state->stamp, state->value, state->proof, givers[giver % 4], (gint64) NOW, &error);
  g_assert_no_error (error);
}

/* Random states of few spots, few instants and few values: each store gets all of them, in its own order, some often, some by way of another store. */
static void
test_histories (void)
{
  const char *texts[] = { "1", "'text'", "{'a': <1>}", "b'bin'", "[<1>, <2>]", NULL };
  guint rounds = g_test_slow () ? 3000 : 300;

  for (guint round = 0; round < rounds; round++)
    {
      State states[40];
      P2pChordStore *stores[4];
      guint k = ks[round % G_N_ELEMENTS (ks)];

      for (guint i = 0; i < G_N_ELEMENTS (states); i++)
        {
          const char *text = texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))];

          states[i] = (State) { (guint) g_test_rand_int_range (0, 12), NOW - SECONDS (5) + (guint64) g_test_rand_int_range (0, 4), text != NULL ? chord_pack (text) : NULL,
                                g_test_rand_bit () ? make_proof ((guint) g_test_rand_int_range (0, 4)) : NULL };
        }
      for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
        {
          stores[i] = p2p_chord_store_new (NULL, k);
          for (guint j = G_N_ELEMENTS (states); j-- > 1;)
            {
              guint other = (guint) g_test_rand_int_range (0, (int) j + 1);
              State state = states[j];

              states[j] = states[other];
              states[other] = state;
            }
          for (guint j = 0; j < G_N_ELEMENTS (states); j++)
            {
              apply (stores[i], &states[j], (guint) g_test_rand_int ());
              if (i > 0 && g_test_rand_bit ())
                apply (stores[i], &states[g_test_rand_int_range (0, G_N_ELEMENTS (states))], i);
              if (i > 1 && j == 20)
                chord_copy (stores[i - 1], stores[i]);
            }
          chord_assert_equal (stores[0], stores[i]);
        }
      for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
        p2p_chord_store_free (stores[i]);
      for (guint i = 0; i < G_N_ELEMENTS (states); i++)
        {
          g_clear_pointer (&states[i].value, g_bytes_unref);
          g_clear_pointer (&states[i].proof, g_bytes_unref);
        }
    }
}

/* A proof is no other state: it comes beside the one that is there, is told of by its digest, and is counted. */
static void
test_proofs (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  g_autoptr (GBytes) value = chord_pack ("'v'");
  g_autoptr (GBytes) lesser = make_proof (0);
  g_autoptr (GBytes) greater = make_proof (1);
  g_autoptr (GBytes) again = make_proof (2);
  P2pChordSpot spot = chord_spot_at (1, 1, 0);
  guint8 listed[3][P2P_CHORD_LISTED];
  guint64 bytes;

  g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, value, "a", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
  bytes = p2p_chord_store_get_n_bytes (store);
  p2p_chord_value_digest (p2p_chord_store_get (store, &spot), listed[0]);
  g_assert_cmpint (p2p_chord_store_put_signed (store, &spot, NOW, value, lesser, "b", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
  p2p_chord_value_digest (p2p_chord_store_get (store, &spot), listed[1]);
  g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), >=, bytes + g_bytes_get_size (lesser));
  g_assert_cmpuint (p2p_chord_store_get_share (store, "a"), ==, 0);
  g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, value, "a", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_SAME);
  g_assert_cmpint (p2p_chord_store_put_signed (store, &spot, NOW, value, again, "a", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_SAME);
  g_assert_true (g_bytes_equal (p2p_chord_store_get (store, &spot)->proof, lesser));
  g_assert_cmpint (p2p_chord_store_put_signed (store, &spot, NOW, value, greater, "a", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
  p2p_chord_value_digest (p2p_chord_store_get (store, &spot), listed[2]);
  for (guint i = 0; i < 3; i++)
    g_assert_true (memcmp (listed[i], listed[(i + 1) % 3], P2P_CHORD_LISTED) != 0);
  /* Of another stamp than the one that counts it proves nothing. */
  g_assert_cmpint (p2p_chord_store_put_signed (store, &spot, NOW + SECONDS (100), value, greater, "a", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_null (p2p_chord_store_get (store, &spot)->proof);
  /* Nor is what was merged what was signed. */
  spot = chord_spot_at (2, 1, 0);
  g_clear_pointer (&value, g_bytes_unref);
  value = chord_pack ("{'a': <1>}");
  g_assert_cmpint (p2p_chord_store_put_signed (store, &spot, NOW, value, lesser, "a", (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (chord_delta (store, &spot, NOW, "{'a': <1>}"), ==, P2P_CHORD_PUT_SAME);
  g_assert_nonnull (p2p_chord_store_get (store, &spot)->proof);
  g_assert_cmpint (chord_delta (store, &spot, NOW, "{'b': <1>}"), ==, P2P_CHORD_PUT_NEW);
  g_assert_null (p2p_chord_store_get (store, &spot)->proof);
}

/* ---- deltas ---- */

static void
test_deltas (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  P2pChordSpot spot = chord_spot ("map", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new_int64 (1));
  g_autoptr (GVariant) map = g_variant_ref_sink (g_variant_new_parsed ("{'a': <1>}"));
  g_autoptr (GVariant) twice = g_variant_ref_sink (g_variant_new_parsed ("[(<'z'>, <1>), (<'y'>, <2>), (<'z'>, <3>), (<@x 5>, <b'five'>)]"));

  g_assert_cmpint (chord_delta (store, &spot, NOW, "{'b': <1>, 'a': <2>}"), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "0: {'b': <int64 1>, 'a': <int64 2>}");
  /* It may come twice. */
  g_assert_cmpint (chord_delta (store, &spot, NOW, "{'b': <1>, 'a': <2>}"), ==, P2P_CHORD_PUT_SAME);
  g_assert_cmpint (chord_delta (store, &spot, NOW + 5, "{'a': <3>, 'c': <4>}"), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "5: {'b': <int64 1>, 'a': <int64 3>, 'c': <int64 4>}");
  g_assert_cmpint (chord_delta (store, &spot, NOW + 5, "{'a': <3>, 'c': <4>}"), ==, P2P_CHORD_PUT_SAME);
  /* What changes nothing, and is later, makes it later. */
  g_assert_cmpint (chord_delta (store, &spot, NOW + 6, "@a{sv} {}"), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "6: {'b': <int64 1>, 'a': <int64 3>, 'c': <int64 4>}");
  /* An older one is merged into what is there, and counts. */
  g_assert_cmpint (chord_delta (store, &spot, NOW, "{'d': <5>}"), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "7: {'b': <int64 1>, 'a': <int64 3>, 'c': <int64 4>, 'd': <int64 5>}");
  /* not onto what was deleted after it */
  chord_put (store, &spot, NOW + 10, NULL, NULL);
  g_assert_cmpint (chord_delta (store, &spot, NOW + 9, "{'d': <5>}"), ==, P2P_CHORD_PUT_OLDER);
  chord_assert (store, &spot, "10: -");
  g_assert_cmpint (chord_delta (store, &spot, NOW + 10, "{'d': <5>}"), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "10: {'d': <int64 5>}");
  /* Each name once */
  g_assert_cmpint (p2p_chord_store_merge (store, &spot, NOW + 11, twice, NULL, (gint64) NOW, &error), ==, P2P_CHORD_PUT_NEW);
  chord_assert (store, &spot, "11: [(<'d'>, <int64 5>), (<'z'>, <int64 3>), (<'y'>, <int64 2>), (<int64 5>, <b'five'>)]");

  g_assert_cmpint (p2p_chord_store_merge (store, &spot, NOW + 12, number, NULL, (gint64) NOW, &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP);
  g_clear_error (&error);
  chord_put (store, &spot, NOW + 12, "'text'", NULL);
  g_assert_cmpint (p2p_chord_store_merge (store, &spot, NOW + 13, map, NULL, (gint64) NOW, &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP);
  chord_assert (store, &spot, "12: 'text'");
}

/* Two holders to whom a store and deltas came in any two orders differ only until they compared, and then have every field that one of them had in the later. */
static void
test_deltas_meet (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (P2pChordStore) a = p2p_chord_store_new (NULL, 0);
      g_autoptr (P2pChordStore) b = p2p_chord_store_new (NULL, 0);
      P2pChordStore *both[2] = { a, b };
      P2pChordSpot spot = chord_spot ("map", 0);
      guint order[6] = { 0, 1, 2, 3, 4, 5 };

      for (guint i = 0; i < 2; i++)
        {
          for (guint j = G_N_ELEMENTS (order); j-- > 1;)
            {
              guint other = (guint) g_test_rand_int_range (0, (int) j + 1);
              guint kept = order[j];

              order[j] = order[other];
              order[other] = kept;
            }
          for (guint j = 0; j < G_N_ELEMENTS (order); j++)
            {
              g_autofree char *text = g_strdup_printf ("{'field %u': <%u>}", order[j] % 4, order[j]);

              if (order[j] == 2)
                chord_put (both[i], &spot, NOW + 2, "{'stored': <2>}", NULL);
              else
                chord_delta (both[i], &spot, NOW + order[j], text);
            }
        }
      chord_copy (a, b);
      chord_copy (b, a);
      chord_assert_equal (a, b);
    }
}

/* Many fields that a stranger chose cost no more than sorting them. */
static void
test_many_fields (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  g_autoptr (GString) text = g_string_new ("{");
  P2pChordSpot spot = chord_spot ("map", 0);

  for (guint i = 0; i < 7000; i++)
    g_string_append_printf (text, "%s'%u': <1>", i > 0 ? ", " : "", i * 7919u % 7000u);
  g_string_append (text, "}");
  g_assert_cmpint (chord_put (store, &spot, NOW, text->str, NULL), ==, P2P_CHORD_PUT_NEW);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *delta = g_strdup_printf ("{'%u': <2>, 'new %u': <3>}", i * 13, i);

      g_assert_cmpint (chord_delta (store, &spot, NOW + 1 + i, delta), ==, P2P_CHORD_PUT_NEW);
    }
}

/* ---- what is a value, what is a record ---- */

static void
test_kinds (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  static const char *const texts[] = {
    "true", "false", "0", "-1", "@x -9223372036854775808", "@t 18446744073709551615", "1.5", "''", "'text'", "b''", "@ay [0x00, 0xff]", "@av []", "[<1>, <'two'>]",
    "@a{sv} {}", "{'a': <{'b': <1>}>}", "[(<1>, <2>)]", "(@ay [0xff, 0xfe],)", "(byte 0x05, @ay [0x01, 0x02])",
  };
  static const struct { const char *bytes; gsize length; } bad[] = {
    { "", 0 }, { "\xc0", 1 }, { "\xc1", 1 }, { "\xa5text", 5 }, { "\x01\x02", 2 }, { "\x92\x01", 2 }, { "\xdd\xff\xff\xff\xff", 5 }, { "\xdf\xff\xff\xff\xff\x01", 6 },
    { "\xc6\xff\xff\xff\xff", 5 },
  };
  guint8 deep[100];

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      P2pChordSpot spot = chord_spot_at (0, (guint8) i, 0);
      g_autoptr (GBytes) value = chord_pack (texts[i]);

      g_assert_cmpint (chord_put (store, &spot, NOW, texts[i], NULL), ==, P2P_CHORD_PUT_NEW);
      g_assert_true (g_bytes_equal (p2p_chord_store_get (store, &spot)->value, value));
    }
  memset (deep, 0x91, sizeof deep);
  deep[sizeof deep - 1] = 1;
  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      P2pChordSpot spot = chord_spot_at (1, (guint8) i, 0);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) value = i == G_N_ELEMENTS (bad) ? g_bytes_new (deep, sizeof deep) : g_bytes_new (bad[i].bytes, bad[i].length);

      g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, value, "x", (gint64) NOW, &error), ==, P2P_CHORD_PUT_REFUSED);
      g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE);
      g_assert_null (p2p_chord_store_get (store, &spot));
    }
  g_assert_cmpuint (p2p_chord_store_get_share (store, "x"), ==, 0);
}

static void
test_records (void)
{
  static const char *const bad[] = {
    "1", "'text'", "()", "@av []", "[<@x 0>]", "b'bytes'", "@a{sv} {}",
    "[<@x 5>, <@ay NUMBER>, <@x 1>, <()>]", "[<@x -1>, <@ay NUMBER>, <@x 1>, <()>]", "[<'0'>, <@ay NUMBER>, <@x 1>, <()>]", "[<@t 18446744073709551615>, <@ay NUMBER>, <@x 1>, <()>]",
    "[<@x 0>, <@ay [0x01]>, <@x 1>, <()>]", "[<@x 0>, <'number'>, <@x 1>, <()>]", "[<@x 0>, <@ay NUMBER>, <@x -1>, <()>]", "[<@x 0>, <@ay NUMBER>, <1.0>, <()>]",
    "[<@x 0>, <@ay NUMBER>, <@x 1>, <'str'>]", "[<@x 0>, <@ay NUMBER>, <@x 1>, <@x 1>]", "[<@x 0>, <@ay NUMBER>, <@x 1>]", "[<@x 0>, <@ay NUMBER>, <@x 1>, <()>, <()>]", "[<@x 0>, <@ay NUMBER>, <@x 1>, <()>, <b'p'>, <()>]", "[<@x 0>, <@ay NUMBER>, <@x 1>, <@x 1>, <b'p'>]",
  };
  g_autoptr (GString) number = g_string_new ("[");
  P2pChordSpot spot;
  guint64 stamp;

  for (guint i = 0; i < P2P_CHORD_NUMBER_BYTES; i++)
    g_string_append_printf (number, "%s0x%02x", i > 0 ? ", " : "", i);
  g_string_append (number, "]");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GString) text = g_string_new (bad[i]);
      g_autoptr (GVariant) packed = NULL;
      g_autoptr (GBytes) value = NULL;
      g_autoptr (GBytes) proof = NULL;

      g_string_replace (text, "NUMBER", number->str, 0);
      packed = g_variant_parse (NULL, text->str, NULL, NULL, NULL);
      g_assert_nonnull (packed);
      g_assert_false (p2p_chord_value_unpack (packed, &spot, &stamp, &value, &proof));
      g_assert_null (value);
      g_assert_null (proof);
    }
  for (guint i = 0; i < 3; i++)
    {
      static const char *const good[] = { "[<@x 4>, <@ay NUMBER>, <@t 9223372036854775808>, <@ay [0xc0]>]", "[<@x 0>, <@ay NUMBER>, <@x 0>, <()>]", "[<<@x 0>>, <@ay NUMBER>, <@x 7>, <@ay []>]" };
      static const guint64 stamps[] = { G_GUINT64_CONSTANT (1) << 63, 0, 7 };
      g_autoptr (GString) text = g_string_new (good[i]);
      g_autoptr (GVariant) packed = NULL;
      g_autoptr (GBytes) value = NULL;
      g_autoptr (GBytes) proof = NULL;

      g_string_replace (text, "NUMBER", number->str, 0);
      packed = g_variant_parse (NULL, text->str, NULL, NULL, NULL);
      g_assert_nonnull (packed);
      g_assert_true (p2p_chord_value_unpack (packed, &spot, &stamp, &value, &proof));
      g_assert_cmpuint (stamp, ==, stamps[i]);
      g_assert_cmpuint (spot.number[63], ==, 63);
      g_assert_true ((value == NULL) == (i == 1));
    }
}

/* ---- arcs ---- */

/* Against looking at each of them, also while what was seen last is taken away. */
static void
test_walk (void)
{
  for (guint round = 0; round < 200; round++)
    {
      guint k = ks[round % G_N_ELEMENTS (ks)];
      g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, k);
      P2pChordPlace from, to;
      P2pChordValue last = { 0 };
      const P2pChordValue *at = NULL;
      guint expected = 0;
      guint n = 0;
      gboolean removes = g_test_rand_bit ();
      P2pChordPlace distance_before = { { 0 } };

      for (guint i = 0; i < 60; i++)
        {
          P2pChordSpot spot = chord_spot_at ((guint) g_test_rand_int_range (0, 5), (guint8) g_test_rand_int_range (0, 8), (guint8) g_test_rand_int_range (0, 256));

          chord_put (store, &spot, NOW, g_test_rand_bit () ? "1" : NULL, NULL);
        }
      from = place_at ((guint8) (g_test_rand_int_range (0, 9) * (k == 0 ? 1 : 32)));
      to = g_test_rand_int_range (0, 4) == 0 ? from : place_at ((guint8) (g_test_rand_int_range (0, 9) * (k == 0 ? 1 : 32)));
      while ((at = p2p_chord_store_walk (store, &start, &start, at)) != NULL)
        expected += p2p_chord_place_is_within (&at->place, &from, &to);
      g_assert_cmpuint (p2p_chord_store_sum_arc (store, &from, &to, (guint8[32]) { 0 }), ==, expected);
      while ((at = p2p_chord_store_walk (store, &from, &to, n > 0 ? &last : NULL)) != NULL)
        {
          P2pChordPlace distance;

          g_assert_true (p2p_chord_place_is_within (&at->place, &from, &to));
          p2p_chord_place_distance (&from, &at->place, &distance);
          g_assert_cmpint (p2p_chord_place_compare (&distance_before, &distance), <=, 0);
          distance_before = distance;
          last.place = at->place;
          last.spot = at->spot;
          n++;
          if (removes)
            p2p_chord_store_remove (store, &last.spot);
        }
      g_assert_cmpuint (n, ==, expected);
    }
}

static P2pChordSpot
nth_spot (guint i)
{
  P2pChordSpot spot = chord_spot_at (i % 5, (guint8) (i * 97), (guint8) i);

  spot.number[20] = (guint8) (i >> 8);
  spot.number[21] = (guint8) (i >> 16);
  return spot;
}

static void
test_sums (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  P2pChordSpot spot = chord_spot_at (3, 1, 2);
  g_autoptr (GBytes) value = chord_pack ("'v'");
  P2pChordPlace from = place_at (1);
  P2pChordPlace to = place_at (2);
  guint8 bytes[65], state[40] = { 0 }, expected[32], listed[P2P_CHORD_LISTED], list[32 + P2P_CHORD_LISTED] = { 0 }, root[32], empty[32] = { 0 };
  guint64 stamp = GUINT64_TO_BE (NOW);

  g_assert_cmpuint (p2p_chord_store_sum_arc (store, &from, &to, root), ==, 0);
  g_assert_cmpmem (root, 32, empty, 32);
  chord_put (store, &spot, NOW, "'v'", NULL);
  bytes[0] = 3;
  memcpy (bytes + 1, spot.number, 64);
  p2p_sha256 (bytes, sizeof bytes, expected);
  p2p_chord_value_digest (p2p_chord_store_get (store, &spot), listed);
  g_assert_cmpmem (listed, 8, expected, 8);
  g_assert_true (p2p_chord_store_find_digest (store, listed) == p2p_chord_store_get (store, &spot));
  memcpy (state, &stamp, 8);
  p2p_sha256 (g_bytes_get_data (value, NULL), g_bytes_get_size (value), state + 8);
  p2p_sha256 (state, sizeof state, expected);
  g_assert_cmpmem (listed + 8, 8, expected, 8);
  memcpy (list + 32, listed, sizeof listed);
  p2p_sha256 (list, sizeof list, expected);
  g_assert_cmpuint (p2p_chord_store_sum_arc (store, &from, &to, root), ==, 1);
  g_assert_cmpmem (root, 32, expected, 32);
  /* deleted: 32 zeros */
  stamp = GUINT64_TO_BE (NOW + 1);
  memcpy (state, &stamp, 8);
  memset (state + 8, 0, 32);
  chord_put (store, &spot, NOW + 1, NULL, NULL);
  p2p_sha256 (state, sizeof state, expected);
  p2p_chord_value_digest (p2p_chord_store_get (store, &spot), listed);
  g_assert_cmpmem (listed + 8, 8, expected, 8);
  /* outside of the arc it counts for nothing */
  p2p_chord_store_sum_arc (store, &from, &to, expected);
  spot = chord_spot_at (3, 2, 0);
  chord_put (store, &spot, NOW, "1", NULL);
  p2p_chord_store_sum_arc (store, &from, &to, root);
  g_assert_cmpmem (root, 32, expected, 32);
  p2p_chord_store_sum_arc (store, &from, &from, root);
  g_assert_cmpint (memcmp (root, expected, 32), !=, 0);
  listed[0] ^= 1;
  g_assert_null (p2p_chord_store_find_digest (store, listed));
  for (guint i = 0; i < 1000; i++)
    {
      spot = nth_spot (i);
      chord_put (store, &spot, NOW, "1", NULL);
      p2p_chord_value_digest (p2p_chord_store_get (store, &spot), listed);
      g_assert_true (p2p_chord_store_find_digest (store, listed) == p2p_chord_store_get (store, &spot));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/store/rule", test_rule);
  g_test_add_func ("/chord/store/stamps", test_stamps);
  g_test_add_func ("/chord/store/histories", test_histories);
  g_test_add_func ("/chord/store/proofs", test_proofs);
  g_test_add_func ("/chord/store/deltas", test_deltas);
  g_test_add_func ("/chord/store/deltas-meet", test_deltas_meet);
  g_test_add_func ("/chord/store/many-fields", test_many_fields);
  g_test_add_func ("/chord/store/kinds", test_kinds);
  g_test_add_func ("/chord/store/records", test_records);
  g_test_add_func ("/chord/store/walk", test_walk);
  g_test_add_func ("/chord/store/sums", test_sums);
  return g_test_run ();
}
