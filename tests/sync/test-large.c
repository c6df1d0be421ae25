/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as large as they may be. Seconds of this process are measured against a plain sorted list of the same keys: a slow machine is no failure. */
#include "sync-fixture.h"

#include <string.h>
#include <time.h>

#define T 1700000000
#define KEYS 100000u

/* Of this process: others take none of it. */
static gint64
get_cpu (void)
{
  return (gint64) clock () * G_USEC_PER_SEC / CLOCKS_PER_SEC;
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

static char *
make_key (guint i)
{
  return g_strdup_printf ("key %08x", i * 2654435761u);
}

static gint64
measure_list (void)
{
  gint64 start = get_cpu ();
  GSequence *list = g_sequence_new (g_free);

  for (guint i = 0; i < KEYS; i++)
    g_sequence_insert_sorted (list, make_key (i), compare, NULL);
  g_sequence_free (list);
  return get_cpu () - start;
}

static void
insert (P2pSyncTable *table, guint i, GBytes *value)
{
  g_autofree char *key = make_key (i);
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "owner", .clock = { T, 0, { 0 } }, .value = value };

  memcpy (write.clock.id, &i, sizeof i);
  g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) key, strlen (key), &write, T, NULL), ==, P2P_MERGE_CHANGED);
}

static void
test_keys (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GBytes) value = sync_pack ("'a value of some length'");
  g_autoptr (GBytes) key = NULL;
  gint64 list = measure_list ();
  gint64 start = get_cpu ();
  gint64 inserted, walked;
  P2pSyncState state;
  guint n = 0;

  for (guint i = 0; i < KEYS; i++)
    insert (table, i, value);
  inserted = get_cpu () - start;
  g_assert_cmpuint (p2p_sync_table_get_n_keys (table), ==, KEYS);

  start = get_cpu ();
  while (p2p_sync_table_next (table, key, &state))
    {
      if (n % 1000 == 0)
        {
          P2pSyncState nth;
          gsize length;
          const guint8 *bytes = g_bytes_get_data (state.key, &length);

          g_assert_true (p2p_sync_table_get_nth (table, n, &nth));
          g_assert_true (nth.key == state.key);
          g_assert_cmpint (p2p_sync_table_get_position (table, bytes, length), ==, (int) n);
        }
      g_assert_true (key == NULL || g_bytes_compare (key, state.key) < 0);
      g_clear_pointer (&key, g_bytes_unref);
      key = g_bytes_ref (state.key);
      n++;
    }
  walked = get_cpu () - start;
  g_assert_cmpuint (n, ==, KEYS);
  g_test_message ("%u keys: inserted in %.3f s (a sorted list of them: %.3f s), walked in %.3f s, %" G_GSIZE_FORMAT " bytes each", KEYS,
                  inserted / 1e6, list / 1e6, walked / 1e6, p2p_sync_table_get_bytes (table) / KEYS);
  g_assert_cmpint (inserted, <, 20 * list + G_TIME_SPAN_SECOND);
  g_assert_cmpint (walked, <, 20 * list + G_TIME_SPAN_SECOND);
}

/* Deltas onto a large map cost no more than going through it: 1000 of them onto 1 MiB. */
static void
test_deltas (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GString) map = g_string_new ("{");
  gint64 start;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (map, "%s'field %u': <'a text of forty characters, not more at all'>", i > 0 ? ", " : "", i);
  g_string_append (map, "}");
  sync_write (table, "k", "A", T, map->str);
  start = get_cpu ();
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *delta = g_strdup_printf ("{'field %u': <'%u'>, 'new %u': <1>}", i * 50, i, i);

      g_assert_cmpint (sync_delta (table, "k", "A", T + 1 + i, delta), ==, P2P_MERGE_CHANGED);
    }
  g_test_message ("a delta onto a map of 20,000 fields: %.2f ms", (get_cpu () - start) / 2e5);
}

/* More fields than readers take are refused, and what was there stays readable. */
static void
test_fields (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pSyncTable) table = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  limits->elements = 100;
  limits->table_value = 4096;
  table = p2p_sync_table_new (limits, TRUE);
  for (; error == NULL && n < 200; n++)
    {
      g_autofree char *delta = g_strdup_printf ("{'field %u': <1>}", n);

      sync_merge (table, "k", P2P_WRITE_DELTA, "A", T + n, 0, delta, T + n, &error);
    }
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE);
  g_assert_cmpuint (n, >=, 45);
  g_assert_cmpuint (n, <=, 51);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/large/keys", test_keys);
  g_test_add_func ("/sync/large/deltas", test_deltas);
  g_test_add_func ("/sync/large/fields", test_fields);
  return g_test_run ();
}
