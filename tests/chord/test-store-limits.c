/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a store takes: room, memory, time. Seconds are those of this process, and measured against a plain sorted list: a slow machine is no failure. */
#include "store-fixture.h"

#include <string.h>
#include <time.h>

#include "p2p/wire/p2p-digest.h"

static const P2pChordPlace start = { { 0 } };

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
  /* Half of it may be anybody's: on a small ring nearly all comes by one. */
  for (n = 0; error == NULL && n < 1000; n++)
    {
      spot = nth_spot (n);
      chord_put_full (store, &spot, NOW + n, "'a value'", "greedy", &error);
      g_assert_cmpuint (p2p_chord_store_get_n_bytes (store), <=, 128 * 1024);
    }
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (p2p_chord_store_get_share (store, "greedy"), >, 120 * 1024);
  g_clear_pointer (&store, p2p_chord_store_free);
  store = p2p_chord_store_new (limits, 0);
  p2p_chord_store_set_gone_func (store, count_gone, store);
  for (guint i = 0; i < 300; i++)
    {
      spot = nth_spot (10000 + i);
      chord_put (store, &spot, NOW, "'a value'", NULL);
    }
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
  for (guint i = 0; i < 150; i++)
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
  for (guint i = 0; i < 11000; i++)
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/store/value-limit", test_value_limit);
  g_test_add_func ("/chord/store/bytes-limit", test_bytes_limit);
  g_test_add_func ("/chord/store/share-limit", test_share_limit);
  g_test_add_func ("/chord/store/tombstone-limit", test_tombstone_limit);
  g_test_add_func ("/chord/store/memory", test_memory);
  g_test_add_func ("/chord/store/large", test_large);
  return g_test_run ();
}
