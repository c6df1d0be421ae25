/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>
#include <time.h>

#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-value.h"

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
} State;

static const guint ks[] = { 0, 1, 4, 10 };

static void
apply (P2pChordStore *store, const State *state, guint giver)
{
  static const char *const givers[] = { NULL, "a", "b", "c" };
  P2pChordSpot spot = chord_spot_at (state->spot % 5, (guint8) (state->spot * 31), (guint8) state->spot);
  g_autoptr (GError) error = NULL;

  p2p_chord_store_put (store, &spot, state->stamp, state->value, givers[giver % 4], (gint64) NOW, &error);
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

          states[i] = (State) { (guint) g_test_rand_int_range (0, 12), NOW - SECONDS (5) + (guint64) g_test_rand_int_range (0, 4), text != NULL ? chord_pack (text) : NULL };
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
        g_clear_pointer (&states[i].value, g_bytes_unref);
    }
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
    "[<@x 0>, <@ay NUMBER>, <@x 1>, <'str'>]", "[<@x 0>, <@ay NUMBER>, <@x 1>, <@x 1>]", "[<@x 0>, <@ay NUMBER>, <@x 1>]", "[<@x 0>, <@ay NUMBER>, <@x 1>, <()>, <()>]",
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

      g_string_replace (text, "NUMBER", number->str, 0);
      packed = g_variant_parse (NULL, text->str, NULL, NULL, NULL);
      g_assert_nonnull (packed);
      g_assert_false (p2p_chord_value_unpack (packed, &spot, &stamp, &value));
      g_assert_null (value);
    }
  for (guint i = 0; i < 3; i++)
    {
      static const char *const good[] = { "[<@x 4>, <@ay NUMBER>, <@t 9223372036854775808>, <@ay [0xc0]>]", "[<@x 0>, <@ay NUMBER>, <@x 0>, <()>]", "[<<@x 0>>, <@ay NUMBER>, <@x 7>, <@ay []>]" };
      static const guint64 stamps[] = { G_GUINT64_CONSTANT (1) << 63, 0, 7 };
      g_autoptr (GString) text = g_string_new (good[i]);
      g_autoptr (GVariant) packed = NULL;
      g_autoptr (GBytes) value = NULL;

      g_string_replace (text, "NUMBER", number->str, 0);
      packed = g_variant_parse (NULL, text->str, NULL, NULL, NULL);
      g_assert_nonnull (packed);
      g_assert_true (p2p_chord_value_unpack (packed, &spot, &stamp, &value));
      g_assert_cmpuint (stamp, ==, stamps[i]);
      g_assert_cmpuint (spot.number[63], ==, 63);
      g_assert_true ((value == NULL) == (i == 1));
    }
}

/* ---- limits ---- */

static P2pChordSpot
nth_spot (guint i)
{
  P2pChordSpot spot = chord_spot_at (i % 5, (guint8) (i * 97), (guint8) i);

  spot.number[20] = (guint8) (i >> 8);
  spot.number[21] = (guint8) (i >> 16);
  return spot;
}

static guint n_gone;

static void
count_gone (const P2pChordSpot *spot, gpointer data)
{
  n_gone++;
  g_assert_null (p2p_chord_store_get (data, spot));
}

static void
test_value_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordStore) store = NULL;
  g_autoptr (GError) error = NULL;
  P2pChordSpot spot = chord_spot ("key", 0);
  g_autoptr (GVariant) map = g_variant_ref_sink (g_variant_new_parsed ("{'another field': <'of some length'>}"));

  limits->chord_value = 32;
  store = p2p_chord_store_new (limits, 0);
  g_assert_cmpint (chord_put (store, &spot, NOW, "'thirty-one bytes, and one head.'", NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpint (chord_put_full (store, &spot, NOW + 1, "'thirty-two bytes, and two heads.'", NULL, &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  /* by a delta as well */
  chord_put (store, &spot, NOW + 2, "{'a field': <'of 20'>}", NULL);
  g_assert_cmpint (p2p_chord_store_merge (store, &spot, NOW + 3, map, NULL, (gint64) NOW, &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE);
  chord_assert (store, &spot, "2: {'a field': <'of 20'>}");
}

/* When it is full the oldest of the deleted go, never a value. */
static void
test_bytes_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordStore) store = NULL;
  g_autoptr (GError) error = NULL;
  P2pChordSpot spot;
  guint n, n_values;

  limits->chord_bytes = 64 * 1024;
  limits->chord_share = 1;
  store = p2p_chord_store_new (limits, 0);
  p2p_chord_store_set_gone_func (store, count_gone, store);
  n_gone = 0;
  for (n = 0; error == NULL && n < 1000; n++)
    {
      spot = nth_spot (n);
      chord_put_full (store, &spot, NOW + n, "'a value'", NULL, &error);
      g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), <=, limits->chord_bytes);
    }
  n_values = --n;
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (n_values, >, 100);
  g_assert_cmpuint (p2p_chord_store_get_n_values (store), ==, n_values);
  /* a tombstone of what is not there neither */
  g_assert_cmpint (chord_put_full (store, &spot, NOW + 2000, NULL, NULL, &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_clear_error (&error);
  /* What is there is replaced, by what is not larger, and deleted, by whomever. */
  spot = nth_spot (0);
  g_assert_cmpint (chord_put (store, &spot, NOW + 2000, "'another'", NULL), ==, P2P_CHORD_PUT_NEW);
  for (guint i = 0; i < 10; i++)
    {
      spot = nth_spot (i);
      g_assert_cmpint (chord_put (store, &spot, NOW + 3000 + i, NULL, "somebody new"), ==, P2P_CHORD_PUT_NEW);
      g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), <=, limits->chord_bytes);
    }
  g_assert_cmpuint (n_gone, <=, 1);     /* for who is new */
  n_gone = 0;
  /* Their room is for whatever comes: first that of the oldest. */
  spot = nth_spot (5000);
  g_assert_cmpint (chord_put (store, &spot, NOW, "'a value'", NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpuint (n_gone, ==, 1);
  spot = nth_spot (9);
  g_assert_nonnull (p2p_chord_store_get (store, &spot));
  /* An older delete does not drive out a later one. */
  while (p2p_chord_store_get_n_bytes (store) + 500 < limits->chord_bytes)
    {
      spot = nth_spot (n++ + 10000);
      chord_put (store, &spot, NOW, "'a value'", NULL);
    }
  n_gone = 0;
  spot = nth_spot (5001);
  g_assert_cmpint (chord_put_full (store, &spot, NOW + 2999, NULL, NULL, &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (n_gone, ==, 0);
  g_assert_cmpint (chord_put (store, &spot, NOW + 4000, NULL, NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpuint (n_gone, ==, 1);
  /* What would not fit without them all drives out none. */
  {
    g_autofree char *filled = g_strnfill (20000, 'x');
    g_autofree char *text = g_strdup_printf ("'%s'", filled);

    n_gone = 0;
    spot = nth_spot (5002);
    g_assert_cmpint (chord_put_full (store, &spot, NOW + 5000, text, NULL, &error), ==, P2P_CHORD_PUT_REFUSED);
    g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
    g_assert_cmpuint (n_gone, ==, 0);
  }
}

static void
test_share_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordStore) store = NULL;
  g_autoptr (GError) error = NULL;
  P2pChordSpot spot;
  guint n;

  limits->chord_bytes = 256 * 1024;
  limits->chord_share = 8;
  store = p2p_chord_store_new (limits, 0);
  p2p_chord_store_set_gone_func (store, count_gone, store);
  for (n = 0; error == NULL && n < 1000; n++)
    {
      spot = nth_spot (n);
      chord_put_full (store, &spot, NOW + n, "'a value'", "greedy", &error);
      g_assert_cmpuint (p2p_chord_store_get_share (store, "greedy"), <=, 32 * 1024);
    }
  n--;
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (n, >, 50);
  /* Others have theirs, and our own program has all. */
  g_assert_cmpint (chord_put (store, &spot, NOW + 2000, "'a value'", "modest"), ==, P2P_CHORD_PUT_NEW);
  for (guint i = 0; i < 200; i++)
    {
      spot = nth_spot (2000 + i);
      g_assert_cmpint (chord_put (store, &spot, NOW, "'a value'", NULL), ==, P2P_CHORD_PUT_NEW);
    }
  /* Where another replaced what he brought, he has room again. */
  spot = nth_spot (0);
  g_assert_cmpint (chord_put (store, &spot, NOW + 2000, "'b value'", "modest"), ==, P2P_CHORD_PUT_NEW);
  spot = nth_spot (3000);
  g_assert_cmpint (chord_put (store, &spot, NOW, "'a value'", "greedy"), ==, P2P_CHORD_PUT_NEW);
  spot = nth_spot (1);
  g_assert_true (p2p_chord_store_remove (store, &spot));
  g_assert_cmpint (chord_put (store, &spot, NOW, "'a value'", "greedy"), ==, P2P_CHORD_PUT_NEW);
  spot = nth_spot (3001);
  g_assert_cmpint (chord_put_full (store, &spot, NOW, "'a value'", "greedy", &error), ==, P2P_CHORD_PUT_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_clear_error (&error);
  /* What he deletes of others' stays theirs while he has no room; of his own it is his, and the first to go when he brings more. */
  spot = nth_spot (0);
  g_assert_cmpint (chord_put (store, &spot, NOW + 3000, NULL, "greedy"), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpstr (p2p_chord_store_get (store, &spot)->giver, ==, "modest");
  n_gone = 0;
  spot = nth_spot (2);
  g_assert_cmpint (chord_put (store, &spot, NOW + 3000, NULL, "greedy"), ==, P2P_CHORD_PUT_NEW);
  spot = nth_spot (3001);
  g_assert_cmpint (chord_put (store, &spot, NOW, "'a value'", "greedy"), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpuint (n_gone, ==, 1);
  spot = nth_spot (2);
  g_assert_null (p2p_chord_store_get (store, &spot));
  spot = nth_spot (0);
  g_assert_nonnull (p2p_chord_store_get (store, &spot));
  /* Nothing is left of who has nothing. */
  for (guint i = 0; i < 4000; i++)
    {
      spot = nth_spot (i);
      p2p_chord_store_remove (store, &spot);
    }
  g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), ==, 0);
}

static void
test_tombstone_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordStore) store = NULL;
  P2pChordSpot spot;

  limits->chord_tombstone_seconds = 100;
  store = p2p_chord_store_new (limits, 0);
  p2p_chord_store_set_gone_func (store, count_gone, store);
  n_gone = 0;
  for (guint i = 0; i < 10; i++)
    {
      spot = nth_spot (i);
      chord_put (store, &spot, NOW + SECONDS (i), i % 2 == 0 ? NULL : "1", i % 3 == 0 ? "x" : NULL);
    }
  g_assert_cmpuint (p2p_chord_store_expire (store, (gint64) (NOW + SECONDS (100) - 1)), ==, 0);
  g_assert_cmpuint (p2p_chord_store_expire (store, (gint64) (NOW + SECONDS (104))), ==, 3);
  g_assert_cmpuint (n_gone, ==, 3);
  g_assert_cmpuint (p2p_chord_store_get_n_spots (store), ==, 7);
  g_assert_cmpuint (p2p_chord_store_get_n_values (store), ==, 5);
  /* What is so old is not taken again, but for what it still deletes. */
  spot = nth_spot (0);
  g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, NULL, NULL, (gint64) (NOW + SECONDS (100)), NULL), ==, P2P_CHORD_PUT_SAME);
  g_assert_null (p2p_chord_store_get (store, &spot));
  spot = nth_spot (1);
  g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW + SECONDS (2), NULL, NULL, (gint64) (NOW + SECONDS (500)), NULL), ==, P2P_CHORD_PUT_NEW);
  g_assert_cmpuint (p2p_chord_store_expire (store, (gint64) (NOW + SECONDS (1000))), ==, 3);
  g_assert_cmpuint (p2p_chord_store_get_n_spots (store), ==, 4);
  g_assert_cmpuint (p2p_chord_store_expire (store, 0), ==, 0);
}

/* ---- memory, time ---- */

#define MANY 100000u

static P2pChordSpot
hashed_spot (guint i)
{
  P2pChordSpot spot = { .hash = (guint8) (i % 5) };
  guint8 digest[P2P_DIGEST_MAX_LENGTH];

  p2p_digest_compute (P2P_DIGEST_SHA512, (const guint8 *) &i, sizeof i, digest);
  memcpy (spot.number, digest, sizeof spot.number);
  return spot;
}

static gint64
get_cpu (void)
{
  return (gint64) clock () * G_USEC_PER_SEC / CLOCKS_PER_SEC;
}

static gint
compare_spots (gconstpointer a, gconstpointer b, gpointer data)
{
  return p2p_chord_spot_compare (a, b);
}

static gint64
measure_list (void)
{
  gint64 begin = get_cpu ();
  GSequence *list = g_sequence_new (g_free);

  for (guint i = 0; i < MANY; i++)
    {
      P2pChordSpot spot = hashed_spot (i);

      g_sequence_insert_sorted (list, g_memdup2 (&spot, sizeof spot), compare_spots, NULL);
    }
  g_sequence_free (list);
  return get_cpu () - begin;
}

/* What is counted is what is allocated, or more. The store: it stays until all are measured, as what is freed would be taken again. */
static P2pChordStore *
measure_memory (const char *what, const char *text, guint n_givers)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  P2pChordStore *store;
  g_autoptr (GBytes) value = text != NULL ? chord_pack (text) : NULL;
  gsize before, taken;
  guint64 counted;

  limits->chord_bytes = G_MAXUINT32;
  limits->chord_share = 1;
  store = p2p_chord_store_new (limits, 0);
  before = chord_get_allocated ();
  for (guint i = 0; i < MANY / 5; i++)
    {
      P2pChordSpot spot = hashed_spot (i);
      g_autofree char *giver = n_givers > 0 ? g_strdup_printf ("%-88u", i % n_givers) : NULL;

      g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, value, giver, (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
    }
  taken = chord_get_allocated () - before;
  counted = p2p_chord_store_get_n_bytes (store);
  g_test_message ("%s: %.0f bytes each allocated, %.0f counted", what, taken * 5.0 / MANY, counted * 5.0 / MANY);
  if (before > 0 && taken > 0)
    {
      g_assert_cmpuint (taken, <=, counted);
      g_assert_cmpuint (counted, <=, taken * 3 / 2);
    }
  return store;
}

static void
test_memory (void)
{
  g_autoptr (GPtrArray) stores = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_store_free);
  g_autofree char *filled = g_strnfill (1000, 'x');
  g_autofree char *large = g_strdup_printf ("'%s'", filled);

  g_ptr_array_add (stores, measure_memory ("short values", "'short'", 0));
  g_ptr_array_add (stores, measure_memory ("short values of ten givers", "'short'", 10));
  g_ptr_array_add (stores, measure_memory ("short values of as many givers", "'short'", MANY));
  g_ptr_array_add (stores, measure_memory ("deleted of ten givers", NULL, 10));
  g_ptr_array_add (stores, measure_memory ("deleted of as many givers", NULL, MANY));
  g_ptr_array_add (stores, measure_memory ("of 1,000 bytes", large, 1));
}

static void
test_large (void)
{
  g_autoptr (P2pChordStore) store = p2p_chord_store_new (NULL, 0);
  g_autoptr (GBytes) value = chord_pack ("'a value of some length'");
  const P2pChordValue *at = NULL;
  gint64 list = measure_list ();
  gint64 begin = get_cpu ();
  gint64 put, walked, summed, updated;
  guint8 root[32];
  guint n = 0;

  for (guint i = 0; i < MANY; i++)
    {
      P2pChordSpot spot = hashed_spot (i);

      g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW, value, NULL, (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
    }
  put = get_cpu () - begin;
  begin = get_cpu ();
  while ((at = p2p_chord_store_walk (store, &start, &start, at)) != NULL)
    n++;
  walked = get_cpu () - begin;
  g_assert_cmpuint (n, ==, MANY);
  begin = get_cpu ();
  g_assert_cmpuint (p2p_chord_store_sum_arc (store, &start, &start, root), ==, MANY);
  summed = get_cpu () - begin;
  begin = get_cpu ();
  for (guint i = 0; i < MANY; i++)
    {
      P2pChordSpot spot = hashed_spot (i);

      g_assert_cmpint (p2p_chord_store_put (store, &spot, NOW + 1, NULL, NULL, (gint64) NOW, NULL), ==, P2P_CHORD_PUT_NEW);
    }
  updated = get_cpu () - begin;
  g_test_message ("%u values: put in %.3f s (a sorted list of the spots: %.3f s), walked one by one in %.3f s, summed in %.3f s, deleted in %.3f s", MANY, put / 1e6, list / 1e6,
                  walked / 1e6, summed / 1e6, updated / 1e6);
  g_assert_cmpint (put, <, 20 * list + G_TIME_SPAN_SECOND);
  g_assert_cmpint (walked, <, 20 * list + G_TIME_SPAN_SECOND);
  g_assert_cmpint (summed, <, 5 * list + G_TIME_SPAN_SECOND);
  g_assert_cmpint (updated, <, 20 * list + G_TIME_SPAN_SECOND);
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
  g_test_add_func ("/chord/store/deltas", test_deltas);
  g_test_add_func ("/chord/store/deltas-meet", test_deltas_meet);
  g_test_add_func ("/chord/store/many-fields", test_many_fields);
  g_test_add_func ("/chord/store/kinds", test_kinds);
  g_test_add_func ("/chord/store/records", test_records);
  g_test_add_func ("/chord/store/value-limit", test_value_limit);
  g_test_add_func ("/chord/store/bytes-limit", test_bytes_limit);
  g_test_add_func ("/chord/store/share-limit", test_share_limit);
  g_test_add_func ("/chord/store/tombstone-limit", test_tombstone_limit);
  g_test_add_func ("/chord/store/memory", test_memory);
  g_test_add_func ("/chord/store/large", test_large);
  g_test_add_func ("/chord/store/walk", test_walk);
  g_test_add_func ("/chord/store/sums", test_sums);
  return g_test_run ();
}
