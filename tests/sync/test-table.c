/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync-fixture.h"

#include <string.h>

#define T 1700000000

/* A writes at 0 and at 2, B at 1: A holds the key, with what it wrote at 2, in whatever order they come. */
static void
test_trace (void)
{
  static const guint orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  static const struct { const char *owner; int time; const char *value; } writes[3] = { { "A", 0, "'a0'" }, { "A", 2, "'a2'" }, { "B", 1, "'b1'" } };
  g_autoptr (P2pSyncTable) first = NULL;

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);

      for (guint j = 0; j < 3; j++)
        sync_write (table, "k", writes[orders[i][j]].owner, T + writes[orders[i][j]].time, writes[orders[i][j]].value);
      sync_assert (table, "k", "A@1700000002 'a2'");
      if (first == NULL)
        first = g_steal_pointer (&table);
      else
        sync_assert_equal (first, table);
    }
}

static void
test_limits (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pSyncTable) table = NULL;
  g_autoptr (GError) error = NULL;
  struct { const char *key; const char *owner; const char *value; int code; } refused[] = {
    { "12345678", "A", "1", P2P_TABLE_ERROR_KEY },
    { "", "A", "1", P2P_TABLE_ERROR_KEY },
    { "x", "A", "'a longer text'", P2P_TABLE_ERROR_TOO_LARGE },
    { "c", "A", "1", P2P_TABLE_ERROR_FULL },
    { "c", "B", "'123456'", P2P_TABLE_ERROR_FULL },
  };

  limits->table_key = 7;
  limits->table_value = 9;
  limits->table_keys = 4;
  limits->table_owner_keys = 2;
  limits->table_bytes = 1900;
  limits->table_contenders = 2;
  table = p2p_sync_table_new (limits, TRUE);
  sync_write (table, "a", "A", T, "1");
  sync_write (table, "b", "A", T, "1");
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (sync_merge (table, refused[i].key, P2P_WRITE_STORE, refused[i].owner, T, 0, refused[i].value, T, &error), ==, P2P_MERGE_REFUSED);
      g_assert_error (error, P2P_TABLE_ERROR, refused[i].code);
      g_clear_error (&error);
    }
  sync_write (table, "a", "B", T + 1, "1");
  sync_write (table, "a", "C", T + 2, "1");
  sync_assert (table, "a", "A@1700000000 1");
  for (guint i = 0; error == NULL && i < 8; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      g_autofree char *owner = g_strdup_printf ("O%u", i);

      sync_merge (table, key, P2P_WRITE_STORE, owner, T, 0, "1", T, &error);
    }
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), <=, limits->table_bytes);
}

static void
test_order (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) copy = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GBytes) from = g_bytes_new_static ("b", 1);
  P2pSyncState state;

  sync_write (table, "c", "A", T, "3");
  sync_write (table, "a", "A", T, "1");
  sync_write (table, "bb", "A", T, "2");
  sync_write (table, "b", "A", T, "0");
  sync_write (table, "b", "A", T + 1, NULL);
  g_assert_true (p2p_sync_table_next (table, NULL, &state));
  g_assert_cmpmem (g_bytes_get_data (state.key, NULL), g_bytes_get_size (state.key), "a", 1);
  g_assert_true (p2p_sync_table_next (table, from, &state));
  g_assert_cmpmem (g_bytes_get_data (state.key, NULL), g_bytes_get_size (state.key), "bb", 2);
  g_assert_true (p2p_sync_table_get_nth (table, 1, &state));
  g_assert_cmpmem (g_bytes_get_data (state.key, NULL), g_bytes_get_size (state.key), "bb", 2);
  g_assert_cmpint (p2p_sync_table_get_position (table, (const guint8 *) "c", 1), ==, 2);
  g_assert_cmpint (p2p_sync_table_get_position (table, (const guint8 *) "b", 1), ==, -1);
  g_assert_cmpuint (p2p_sync_table_get_n_keys (table), ==, 3);
  g_assert_cmpuint (p2p_sync_table_get_n_records (table), ==, 4);
  g_assert_cmpuint (sync_copy (table, copy, T + 1), ==, 0);
  sync_assert_equal (table, copy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/table/trace", test_trace);
  g_test_add_func ("/sync/table/limits", test_limits);
  g_test_add_func ("/sync/table/order", test_order);
  return g_test_run ();
}
