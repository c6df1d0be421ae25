/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tables tell each other of a key, and what somebody may make of that. */
#include "sync-fixture.h"

#include <string.h>

#define T 1700000000

/* A key that more nodes took within two hours than are kept, as one that is a lock: who joins learns it all the same. */
static void
test_many_holders (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) joined = p2p_sync_table_new (NULL, TRUE);
  gint64 now = T;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *owner = g_strdup_printf ("O%02u", i);

      now = T + 10 * i;
      sync_write (table, "k", owner, now, "1");
      if (i < 19)
        sync_write (table, "k", owner, now + 5, NULL);
    }
  sync_assert (table, "k", "O19@1700000190 1");
  g_assert_cmpuint (sync_copy (table, joined, now), ==, 0);
  sync_assert_equal (table, joined);
}

/* An id is text wherever it came from: what is told of an owner is told as such. */
static void
test_hostile_owners (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GError) error = NULL;
  static const guint8 id[32] = { 0 };
  static const guint8 mark[20] = { 0, 0, 0, 0, 0, 0, 0, 2 };
  static const char name[] = { 'x', (char) 0xff };
  GVariant *contender[] = {
    g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, name, sizeof name, 1)),
    g_variant_new_variant (g_variant_new_int64 (1)),
    g_variant_new_variant (g_variant_new_int64 (0)),
    g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id, sizeof id, 1)),
    g_variant_new_variant (g_variant_new_int64 (1)),
    g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, mark, sizeof mark, 1)),
    g_variant_new_variant (g_variant_new_tuple (NULL, 0)),
  };
  GVariant *record[] = {
    g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "k", 1, 1)),
    g_variant_new_variant (g_variant_new_array (G_VARIANT_TYPE_VARIANT, contender, G_N_ELEMENTS (contender))),
  };

  g_assert_cmpint (p2p_sync_table_merge_packed (table, g_variant_new_array (G_VARIANT_TYPE_VARIANT, record, 2), FALSE, T, NULL, &error), ==,
                   P2P_MERGE_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE);
  g_assert_cmpuint (p2p_sync_table_get_n_records (table), ==, 0);
}

/* After the last number of a second there is the next second. */
static void
test_last_sequence (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GBytes) value = sync_pack ("2");
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "A", .value = value };

  g_assert_cmpint (sync_merge (table, "k", P2P_WRITE_STORE, "A", T, G_MAXUINT32, "1", T, NULL), ==, P2P_MERGE_CHANGED);
  g_assert_true (p2p_sync_table_check_write (table, (const guint8 *) "k", 1, &write, T, &write.clock, NULL));
  g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) "k", 1, &write, T, NULL), ==, P2P_MERGE_CHANGED);
  sync_assert (table, "k", "A@1700000001 2");
}

static void
assert_listed (P2pSyncTable *table, guint bucket, guint n)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();
  guint64 sum = 0;

  p2p_sync_table_list_bucket (table, bucket, list);
  g_assert_cmpuint (list->len, ==, 16 * n);
  for (guint i = 0; i < n; i++)
    {
      guint64 digest;

      memcpy (&digest, list->data + 16 * i + 8, sizeof digest);
      sum += GUINT64_FROM_BE (digest);
    }
  g_assert_cmpuint (sum, ==, p2p_sync_table_get_bucket (table, bucket));
}

/* The list of a bucket is the one that it has now, whatever was asked for before. */
static void
test_lists (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  guint bucket = (guint) (p2p_sync_key_digest ((const guint8 *) "k", 1) >> 56);
  guint other = (guint) (p2p_sync_key_digest ((const guint8 *) "l", 1) >> 56);

  g_assert_cmpuint (bucket, !=, other);
  assert_listed (table, bucket, 0);
  sync_write (table, "k", "A", T, "1");
  assert_listed (table, bucket, 1);
  sync_write (table, "l", "A", T, "1");
  assert_listed (table, bucket, 1);
  assert_listed (table, other, 1);
  assert_listed (table, bucket, 1);
  sync_write (table, "k", "A", T + 1, "2");
  assert_listed (table, bucket, 1);
  sync_write (table, "k", "A", T + 2, NULL);
  assert_listed (table, bucket, 1);
  p2p_sync_table_expire (table, T + 3 + P2P_TOMBSTONE_SECONDS);
  assert_listed (table, bucket, 0);
  assert_listed (table, other, 1);
}

/* A table that is nearly full takes the news of what it has. */
static void
test_nearly_full (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pSyncTable) table = NULL;
  g_autoptr (P2pSyncTable) full = NULL;
  g_autofree char *first = g_strdup_printf ("'%0600u'", 1);
  g_autofree char *second = g_strdup_printf ("'%0600u'", 2);

  limits->table_bytes = 1600;
  limits->table_owner_bytes = 1600;
  table = p2p_sync_table_new (limits, TRUE);
  full = p2p_sync_table_new (limits, TRUE);
  sync_write (table, "k", "A", T, first);
  g_assert_cmpuint (sync_copy (table, full, T), ==, 0);
  sync_write (table, "k", "A", T + 1, second);
  g_assert_cmpuint (p2p_sync_table_get_bytes (full), >, 800);
  g_assert_cmpuint (sync_copy (table, full, T + 1), ==, 0);
  sync_assert_equal (table, full);
  g_assert_cmpuint (p2p_sync_table_get_bytes (full), <=, limits->table_bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/records/many-holders", test_many_holders);
  g_test_add_func ("/sync/records/hostile-owners", test_hostile_owners);
  g_test_add_func ("/sync/records/last-sequence", test_last_sequence);
  g_test_add_func ("/sync/records/lists", test_lists);
  g_test_add_func ("/sync/records/nearly-full", test_nearly_full);
  return g_test_run ();
}
