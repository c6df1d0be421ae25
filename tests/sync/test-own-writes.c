/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What our own program may write is what the table shows afterwards. */
#include "sync-fixture.h"

#define T 1700000000

/* Asks when owner may write, and writes then. */
static void
write_now (P2pSyncTable *table, const char *owner, const char *text, gint64 now)
{
  g_autoptr (GBytes) value = text != NULL ? sync_pack (text) : NULL;
  P2pWrite write = { .kind = text != NULL ? P2P_WRITE_STORE : P2P_WRITE_DELETE, .owner = owner, .value = value };
  g_autoptr (GError) error = NULL;

  p2p_sync_table_check_write (table, (const guint8 *) "k", 1, &write, now, &write.clock, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write.clock.time, >=, now);
  g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) "k", 1, &write, now, &error), ==, P2P_MERGE_CHANGED);
  g_assert_no_error (error);
}

/* Without leases the smaller owner wins a second; who is allowed to write is not told that he did, and outdone. */
static void
test_same_second (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, FALSE);

  sync_write (table, "k", "B", T, "'b'");
  write_now (table, "C", "'c'", T);
  sync_assert (table, "k", "C@1700000001 'c'");
  write_now (table, "A", "'a'", T);
  sync_assert (table, "k", "A@1700000001 'a'");
}

/* Nor by a clock that is ahead of ours. */
static void
test_clock_ahead (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, FALSE);
  g_autoptr (P2pSyncTable) leased = p2p_sync_table_new (NULL, TRUE);

  sync_write (table, "k", "B", T + 40, "'b'");
  write_now (table, "C", "'c'", T);
  sync_assert (table, "k", "C@1700000041 'c'");

  sync_write (leased, "k", "B", T + 30, "'b'");
  sync_write (leased, "k", "B", T + 40, NULL);
  write_now (leased, "C", "'c'", T);
  sync_assert (leased, "k", "C@1700000040 'c'");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/own-writes/same-second", test_same_second);
  g_test_add_func ("/sync/own-writes/clock-ahead", test_clock_ahead);
  return g_test_run ();
}
