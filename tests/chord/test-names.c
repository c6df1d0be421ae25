/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <time.h>

#include "p2p/chord/p2p-chord-names.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-types.h"
#include "store-fixture.h"

#define T 1700000000

static P2pChordNamed
say (P2pChordNames *names, const char *key, gint64 time, gboolean deleted, gboolean heard)
{
  g_autoptr (GError) error = NULL;
  P2pChordNamed named = p2p_chord_names_say (names, (const guint8 *) key, strlen (key), time, deleted, heard, FALSE, T, &error);

  g_assert_no_error (error);
  return named;
}

static const P2pChordName *
get (P2pChordNames *names, const char *key)
{
  return p2p_chord_names_get (names, (const guint8 *) key, strlen (key));
}

static void
test_rule (void)
{
  g_autoptr (P2pChordNames) names = p2p_chord_names_new (NULL);

  g_assert_null (get (names, "a"));
  g_assert_cmpint (say (names, "a", T, FALSE, FALSE), ==, P2P_CHORD_NAME_ADDED);
  g_assert_cmpint (say (names, "a", T, FALSE, FALSE), ==, P2P_CHORD_NAME_SAME);
  g_assert_cmpint (say (names, "a", T - 1, TRUE, TRUE), ==, P2P_CHORD_NAME_SAME);
  /* of equal seconds being there counts, unless it was said just now */
  g_assert_cmpint (say (names, "a", T, TRUE, FALSE), ==, P2P_CHORD_NAME_SAME);
  g_assert_false (get (names, "a")->deleted);
  g_assert_cmpint (say (names, "a", T, TRUE, TRUE), ==, P2P_CHORD_NAME_DELETED);
  g_assert_true (get (names, "a")->deleted);
  g_assert_false (p2p_chord_names_contains (names, (const guint8 *) "a", 1));
  g_assert_cmpint (say (names, "a", T, FALSE, FALSE), ==, P2P_CHORD_NAME_ADDED);
  g_assert_cmpint (say (names, "a", T + 1, TRUE, FALSE), ==, P2P_CHORD_NAME_DELETED);
  g_assert_cmpint (say (names, "a", T + 1, TRUE, TRUE), ==, P2P_CHORD_NAME_SAME);
  g_assert_cmpuint (p2p_chord_names_get_n (names), ==, 0);
  g_assert_cmpuint (p2p_chord_names_get_n_all (names), ==, 1);
  g_assert_cmpint (say (names, "a", T + 2, FALSE, FALSE), ==, P2P_CHORD_NAME_ADDED);
  /* later, and nobody sees it */
  g_assert_cmpint (say (names, "a", T + 3, FALSE, FALSE), ==, P2P_CHORD_NAME_SAME);
  g_assert_cmpint (get (names, "a")->time, ==, T + 3);
  /* what was never there */
  g_assert_cmpint (say (names, "b", T, TRUE, FALSE), ==, P2P_CHORD_NAME_SAME);
  g_assert_true (get (names, "b")->deleted);
  g_assert_cmpint (say (names, "b", T - 1, FALSE, FALSE), ==, P2P_CHORD_NAME_SAME);
}

static void
test_mine (void)
{
  g_autoptr (P2pChordNames) names = p2p_chord_names_new (NULL);

  p2p_chord_names_say (names, (const guint8 *) "a", 1, T, FALSE, TRUE, TRUE, T, NULL);
  g_assert_true (get (names, "a")->mine);
  say (names, "a", T, FALSE, FALSE);
  g_assert_true (get (names, "a")->mine);
  say (names, "a", T + 1, FALSE, FALSE);
  g_assert_false (get (names, "a")->mine);
  p2p_chord_names_say (names, (const guint8 *) "a", 1, T, FALSE, TRUE, TRUE, T, NULL);
  g_assert_false (get (names, "a")->mine);
  p2p_chord_names_say (names, (const guint8 *) "a", 1, T + 1, FALSE, TRUE, TRUE, T, NULL);
  g_assert_true (get (names, "a")->mine);
}

static void
test_times (void)
{
  g_autoptr (P2pChordNames) names = p2p_chord_names_new (NULL);
  const gint64 late[] = { T + 61, G_GINT64_CONSTANT (1) << 62, G_MAXINT64 };
  const gint64 early[] = { -1, G_MININT64 };
  char key[2] = "a";

  for (guint i = 0; i < G_N_ELEMENTS (late); i++, key[0]++)
    {
      say (names, key, late[i], FALSE, FALSE);
      g_assert_cmpint (get (names, key)->time, ==, T + 60);
    }
  for (guint i = 0; i < G_N_ELEMENTS (early); i++, key[0]++)
    {
      say (names, key, early[i], FALSE, FALSE);
      g_assert_cmpint (get (names, key)->time, ==, 0);
    }
}

/* ---- against a plain list ---- */

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

/* All that is asked of it, from what p2p_chord_names_get() says of each key. */
static void
check (P2pChordNames *names, GPtrArray *keys)
{
  guint64 sums[P2P_CHORD_NAME_BUCKETS] = { 0 };
  guint n_in_bucket[P2P_CHORD_NAME_BUCKETS] = { 0 };
  GBytes *after = NULL;
  guint n_all = 0;
  guint n = 0;

  g_ptr_array_sort (keys, compare_keys);
  for (guint i = 0; i < keys->len; i++)
    {
      gsize length;
      const guint8 *key = g_bytes_get_data (g_ptr_array_index (keys, i), &length);
      const P2pChordName *name = p2p_chord_names_get (names, key, length);
      g_autofree guint8 *bytes = g_malloc (9 + length);
      guint bucket = (guint) (p2p_sha256_number (key, length) >> 56);
      guint index = G_MAXUINT;
      guint64 time;

      if (name == NULL)
        continue;
      g_assert_true (g_bytes_equal (name->key, g_ptr_array_index (keys, i)));
      g_assert_true (p2p_chord_names_next (names, after) == name);
      after = name->key;
      n_all++;
      n_in_bucket[bucket]++;
      g_assert_true (p2p_chord_names_get_index (names, key, length, &index) == !name->deleted);
      if (!name->deleted)
        {
          g_assert_cmpuint (index, ==, n);
          g_assert_true (p2p_chord_names_nth (names, n) == name);
          n++;
        }
      time = GUINT64_TO_BE ((guint64) name->time);
      memcpy (bytes, &time, 8);
      bytes[8] = (guint8) name->deleted;
      memcpy (bytes + 9, key, length);
      sums[bucket] += p2p_sha256_number (bytes, 9 + length);
    }
  g_assert_null (p2p_chord_names_next (names, after));
  g_assert_null (p2p_chord_names_nth (names, n));
  g_assert_cmpuint (p2p_chord_names_get_n (names), ==, n);
  g_assert_cmpuint (p2p_chord_names_get_n_all (names), ==, n_all);
  g_assert_cmpmem (p2p_chord_names_get_sums (names), sizeof sums, sums, sizeof sums);
  for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS; i++)
    {
      const P2pChordName *before = NULL;
      const P2pChordName *name;

      while ((name = p2p_chord_names_walk (names, i, before)) != NULL)
        {
          g_assert_true (before == NULL || g_bytes_compare (before->key, name->key) < 0);
          n_in_bucket[i]--;
          before = name;
        }
      g_assert_cmpuint (n_in_bucket[i], ==, 0);
    }
}

static GPtrArray *
make_keys (guint n)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n; i++)
    {
      guint8 key[4] = { (guint8) (i % 7), (guint8) (i % 3 == 0 ? 0 : 0xff), (guint8) i, (guint8) (i >> 8) };

      g_ptr_array_add (keys, g_bytes_new (key, 1 + i % 4));
    }
  g_ptr_array_sort (keys, compare_keys);
  for (guint i = keys->len; i-- > 1;)
    if (g_bytes_equal (g_ptr_array_index (keys, i), g_ptr_array_index (keys, i - 1)))
      g_ptr_array_remove_index (keys, i);
  return keys;
}

typedef struct {
  guint key;
  gint64 time;
  gboolean deleted;
} Said;

/* What was told is the same whatever the order, and what is asked is right at any time. */
static void
test_histories (void)
{
  g_autoptr (GPtrArray) keys = make_keys (200);

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (P2pChordNames) first = NULL;
      Said said[300];

      for (guint i = 0; i < G_N_ELEMENTS (said); i++)
        said[i] = (Said) { (guint) g_test_rand_int_range (0, (int) keys->len), T - g_test_rand_int_range (0, 4), g_test_rand_bit () };
      for (guint i = 0; i < 3; i++)
        {
          g_autoptr (P2pChordNames) names = p2p_chord_names_new (NULL);

          for (guint j = G_N_ELEMENTS (said); j-- > 1;)
            {
              guint other = (guint) g_test_rand_int_range (0, (int) j + 1);
              Said kept = said[j];

              said[j] = said[other];
              said[other] = kept;
            }
          for (guint j = 0; j < G_N_ELEMENTS (said) + 50; j++)
            {
              const Said *one = &said[j % G_N_ELEMENTS (said)];
              gsize length;
              const guint8 *key = g_bytes_get_data (g_ptr_array_index (keys, one->key), &length);
              gboolean was_there = p2p_chord_names_contains (names, key, length);
              P2pChordNamed named = p2p_chord_names_say (names, key, length, one->time, one->deleted, FALSE, FALSE, T, NULL);
              gboolean is_there = p2p_chord_names_contains (names, key, length);

              g_assert_cmpint (named, ==, was_there == is_there ? P2P_CHORD_NAME_SAME : is_there ? P2P_CHORD_NAME_ADDED : P2P_CHORD_NAME_DELETED);
              if (j == 100)
                check (names, keys);
            }
          check (names, keys);
          if (first == NULL)
            first = g_steal_pointer (&names);
          else
            g_assert_cmpmem (p2p_chord_names_get_sums (first), 8 * P2P_CHORD_NAME_BUCKETS, p2p_chord_names_get_sums (names), 8 * P2P_CHORD_NAME_BUCKETS);
        }
    }
}

/* Going on behind what is gone */
static void
test_walk (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordNames) names = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GBytes) beyond = g_bytes_new_static ("zz", 2);
  const P2pChordName *name;

  limits->chord_tombstone_seconds = 10;
  names = p2p_chord_names_new (limits);
  say (names, "a", T, FALSE, FALSE);
  say (names, "b", T, TRUE, FALSE);
  say (names, "c", T, FALSE, FALSE);
  say (names, "c.", T, TRUE, FALSE);
  after = g_bytes_new_static ("b", 1);
  g_assert_cmpuint (p2p_chord_names_expire (names, T + 10), ==, 2);
  name = p2p_chord_names_next (names, after);
  g_assert_cmpmem (g_bytes_get_data (name->key, NULL), g_bytes_get_size (name->key), "c", 1);
  g_assert_null (p2p_chord_names_next (names, name->key));
  g_assert_null (p2p_chord_names_next (names, beyond));
}

/* ---- limits ---- */

static guint n_gone;

static void
count_gone (GBytes *key, gpointer data)
{
  n_gone++;
  g_assert_null (p2p_chord_names_get (data, g_bytes_get_data (key, NULL), g_bytes_get_size (key)));
}

static gboolean
is_refused (P2pChordNames *names, const char *key, gsize length, gint64 time, gboolean deleted, int code)
{
  g_autoptr (GError) error = NULL;
  P2pChordNamed named = p2p_chord_names_say (names, (const guint8 *) key, length, time, deleted, FALSE, FALSE, T, &error);

  if (named != P2P_CHORD_NAME_REFUSED)
    return FALSE;
  g_assert_error (error, P2P_TABLE_ERROR, code);
  return TRUE;
}

static void
test_key_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordNames) names = NULL;

  limits->table_key = 10;
  names = p2p_chord_names_new (limits);
  g_assert_false (is_refused (names, "0123456789", 10, T, FALSE, 0));
  g_assert_true (is_refused (names, "0123456789a", 11, T, FALSE, P2P_TABLE_ERROR_KEY));
  g_assert_true (is_refused (names, "", 0, T, FALSE, P2P_TABLE_ERROR_KEY));
  g_assert_null (p2p_chord_names_get (names, (const guint8 *) "", 0));
  g_assert_false (p2p_chord_names_contains (names, NULL, 0));
}

static void
test_names_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordNames) names = NULL;

  limits->chord_names = 4;
  names = p2p_chord_names_new (limits);
  p2p_chord_names_set_gone_func (names, count_gone, names);
  n_gone = 0;
  say (names, "a", T, FALSE, FALSE);
  say (names, "b", T, FALSE, FALSE);
  say (names, "c", T - 5, TRUE, FALSE);
  say (names, "d", T - 3, TRUE, FALSE);
  /* what was deleted before those that are remembered drives out none */
  g_assert_true (is_refused (names, "e", 1, T - 5, TRUE, P2P_TABLE_ERROR_FULL));
  g_assert_false (is_refused (names, "e", 1, T - 4, TRUE, 0));
  g_assert_cmpuint (n_gone, ==, 1);
  g_assert_null (get (names, "c"));
  g_assert_false (is_refused (names, "f", 1, T - 100, FALSE, 0));
  g_assert_null (get (names, "e"));
  g_assert_false (is_refused (names, "g", 1, T, FALSE, 0));
  g_assert_true (is_refused (names, "h", 1, T, FALSE, P2P_TABLE_ERROR_FULL));
  g_assert_true (is_refused (names, "h", 1, T, TRUE, P2P_TABLE_ERROR_FULL));
  g_assert_cmpuint (n_gone, ==, 3);
  /* what is known changes without any room */
  g_assert_cmpint (say (names, "a", T + 1, TRUE, FALSE), ==, P2P_CHORD_NAME_DELETED);
  g_assert_cmpint (say (names, "a", T + 2, FALSE, FALSE), ==, P2P_CHORD_NAME_ADDED);
  g_assert_cmpuint (p2p_chord_names_get_n (names), ==, 4);
}

static void
test_bytes_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordNames) names = NULL;
  g_autofree char *filled = g_strnfill (1000, 'x');
  guint n;

  limits->chord_names_bytes = 16 * 1024;
  names = p2p_chord_names_new (limits);
  p2p_chord_names_set_gone_func (names, count_gone, names);
  n_gone = 0;
  say (names, "deleted", T, TRUE, FALSE);
  for (n = 0; n < 100; n++)
    {
      memcpy (filled, &n, sizeof n);
      if (is_refused (names, filled, 1000, T, FALSE, P2P_TABLE_ERROR_FULL))
        break;
      g_assert_cmpuint (p2p_chord_names_get_n_bytes (names), <=, 16 * 1024);
    }
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpuint (n, <, 16);
  g_assert_cmpuint (n_gone, ==, 1);
  limits->chord_names_bytes = 500;
  g_clear_pointer (&names, p2p_chord_names_free);
  names = p2p_chord_names_new (limits);
  say (names, "deleted", T, TRUE, FALSE);
  g_assert_true (is_refused (names, filled, 1000, T, FALSE, P2P_TABLE_ERROR_FULL));
  g_assert_nonnull (get (names, "deleted"));
}

static void
test_tombstone_limit (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pChordNames) names = NULL;

  limits->chord_tombstone_seconds = 100;
  names = p2p_chord_names_new (limits);
  p2p_chord_names_set_gone_func (names, count_gone, names);
  n_gone = 0;
  say (names, "a", T, TRUE, FALSE);
  say (names, "b", T - 50, TRUE, FALSE);
  say (names, "c", T - 99, FALSE, FALSE);
  /* so old that it is not worth remembering */
  say (names, "d", T - 100, TRUE, FALSE);
  g_assert_null (get (names, "d"));
  g_assert_cmpuint (p2p_chord_names_expire (names, T + 49), ==, 0);
  g_assert_cmpuint (p2p_chord_names_expire (names, T + 50), ==, 1);
  g_assert_cmpuint (p2p_chord_names_expire (names, T + 1000), ==, 1);
  g_assert_cmpuint (n_gone, ==, 2);
  g_assert_cmpuint (p2p_chord_names_get_n_all (names), ==, 1);
}

/* ---- memory, time ---- */

#define MANY 100000u

static gint64
get_cpu (void)
{
  return (gint64) clock () * G_USEC_PER_SEC / CLOCKS_PER_SEC;
}

static gint
compare_texts (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

static gint64
measure_list (void)
{
  gint64 start = get_cpu ();
  GSequence *list = g_sequence_new (g_free);

  for (guint i = 0; i < MANY; i++)
    g_sequence_insert_sorted (list, g_strdup_printf ("key %08x", i * 2654435761u), compare_texts, NULL);
  g_sequence_free (list);
  return get_cpu () - start;
}

static void
fill (P2pChordNames *names, gint64 time, gboolean deleted)
{
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *key = g_strdup_printf ("key %08x", i * 2654435761u);

      g_assert_cmpint (say (names, key, time, deleted, FALSE), !=, P2P_CHORD_NAME_REFUSED);
    }
}

static void
test_large (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  gint64 list = measure_list ();
  g_autoptr (P2pChordNames) names = NULL;
  const P2pChordName *name = NULL;
  gint64 start, said, walked;
  gsize before, taken;
  guint64 counted;
  guint n = 0;

  limits->chord_names_bytes = G_MAXUINT32;
  names = p2p_chord_names_new (limits);
  before = chord_get_allocated ();
  start = get_cpu ();
  fill (names, T, FALSE);
  said = get_cpu () - start;
  taken = chord_get_allocated () - before;
  counted = p2p_chord_names_get_n_bytes (names);
  start = get_cpu ();
  while ((name = p2p_chord_names_next (names, name != NULL ? name->key : NULL)) != NULL)
    n++;
  for (guint i = 0; i < MANY; i += 10)
    {
      guint index;

      name = p2p_chord_names_nth (names, i);
      g_assert_true (p2p_chord_names_get_index (names, g_bytes_get_data (name->key, NULL), g_bytes_get_size (name->key), &index));
      g_assert_cmpuint (index, ==, i);
    }
  walked = get_cpu () - start;
  g_assert_cmpuint (n, ==, MANY);
  g_test_message ("%u names: said in %.3f s (a sorted list of them: %.3f s), walked in %.3f s; %.0f bytes each allocated, %.0f counted", MANY, said / 1e6, list / 1e6, walked / 1e6,
                  taken * 1.0 / MANY, counted * 1.0 / MANY);
  g_assert_cmpint (said, <, 20 * list + G_TIME_SPAN_SECOND);
  g_assert_cmpint (walked, <, 20 * list + G_TIME_SPAN_SECOND);
  if (before > 0 && taken > 0)
    {
      g_assert_cmpuint (taken, <=, counted);
      g_assert_cmpuint (counted, <=, taken * 3 / 2);
    }
  fill (names, T + 1, TRUE);
  taken = chord_get_allocated () - before;
  counted = p2p_chord_names_get_n_bytes (names);
  g_test_message ("deleted: %.0f bytes each allocated, %.0f counted", taken * 1.0 / MANY, counted * 1.0 / MANY);
  if (before > 0 && taken > 0)
    g_assert_cmpuint (taken, <=, counted);
}

/* Who proved that he said it last; two that said it in one second cancel each other, whatever the order. */
static void
test_authors (void)
{
  g_autoptr (P2pChordNames) names = p2p_chord_names_new (NULL);
  const guint8 *key = (const guint8 *) "a";
  guint64 bytes;

  g_assert_false (p2p_chord_names_prove (names, key, 1, T, FALSE, "alice"));
  p2p_chord_names_say (names, key, 1, T, FALSE, TRUE, FALSE, T, NULL);
  bytes = p2p_chord_names_get_n_bytes (names);
  g_assert_false (p2p_chord_names_prove (names, key, 1, T - 1, FALSE, "alice"));
  g_assert_false (p2p_chord_names_prove (names, key, 1, T, TRUE, "alice"));
  g_assert_null (p2p_chord_names_get (names, key, 1)->author);
  g_assert_true (p2p_chord_names_prove (names, key, 1, T, FALSE, "alice"));
  g_assert_true (p2p_chord_names_prove (names, key, 1, T, FALSE, "alice"));
  g_assert_cmpstr (p2p_chord_names_get (names, key, 1)->author, ==, "alice");
  g_assert_cmpuint (p2p_chord_names_get_n_bytes (names), ==, bytes + strlen ("alice") + 1);
  /* What is older, and what is the same, changes nothing; what is later does. */
  p2p_chord_names_say (names, key, 1, T - 5, TRUE, TRUE, FALSE, T, NULL);
  p2p_chord_names_say (names, key, 1, T, FALSE, TRUE, FALSE, T, NULL);
  g_assert_cmpstr (p2p_chord_names_get (names, key, 1)->author, ==, "alice");
  p2p_chord_names_say (names, key, 1, T + 1, FALSE, TRUE, FALSE, T, NULL);
  g_assert_null (p2p_chord_names_get (names, key, 1)->author);
  g_assert_cmpuint (p2p_chord_names_get_n_bytes (names), ==, bytes);
  g_assert_true (p2p_chord_names_prove (names, key, 1, T + 1, FALSE, "bob"));
  g_assert_false (p2p_chord_names_prove (names, key, 1, T + 1, FALSE, "alice"));
  g_assert_null (p2p_chord_names_get (names, key, 1)->author);
  g_assert_false (p2p_chord_names_prove (names, key, 1, T + 1, FALSE, "bob"));
  g_assert_null (p2p_chord_names_get (names, key, 1)->author);
  g_assert_cmpuint (p2p_chord_names_get_n_bytes (names), ==, bytes);
  p2p_chord_names_say (names, key, 1, T + 2, TRUE, TRUE, FALSE, T, NULL);
  g_assert_true (p2p_chord_names_prove (names, key, 1, T + 2, TRUE, "bob"));
  /* all of it is given back */
  g_assert_cmpuint (p2p_chord_names_expire (names, T + 100000), ==, 1);
  g_assert_cmpuint (p2p_chord_names_get_n_bytes (names), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/names/rule", test_rule);
  g_test_add_func ("/chord/names/mine", test_mine);
  g_test_add_func ("/chord/names/times", test_times);
  g_test_add_func ("/chord/names/authors", test_authors);
  g_test_add_func ("/chord/names/histories", test_histories);
  g_test_add_func ("/chord/names/walk", test_walk);
  g_test_add_func ("/chord/names/key-limit", test_key_limit);
  g_test_add_func ("/chord/names/names-limit", test_names_limit);
  g_test_add_func ("/chord/names/bytes-limit", test_bytes_limit);
  g_test_add_func ("/chord/names/tombstone-limit", test_tombstone_limit);
  g_test_add_func ("/chord/names/large", test_large);
  return g_test_run ();
}
