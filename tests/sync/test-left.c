/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a key was before somebody took it over: what is forgotten changes nothing that is seen. */
#include "sync-fixture.h"

#define T 1700000000

/* What is forgotten changes nothing, also when its heir wrote in vain after his time (seed 95998 of the histories). */
static void
test_takeovers (void)
{
  static const char * const bad[] = {
    "('E', @x 1700007202)", "('E', @x 1700007202, [byte 0xc0])", "('E', @x 1700007202, @ay [])", "('E', @x 1700007202, [byte 5, 5])", "('E', @x 1700007202, @x 5)",
    "('', @x 1700007202, [byte 5])", "('E', @x 1700007202, [byte 5], 'more')", "('E', @x 1800000000, [byte 5])",
  };
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) other = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) restored = p2p_sync_table_new (NULL, TRUE);
  gint64 now = T + 7300;

  sync_write (table, "k", "A", T, "0");
  sync_write (table, "m", "A", T, "{'a': <1>, 'b': <1>}");
  for (guint i = 0; i < 2; i++)
    {
      const char *key = i == 0 ? "k" : "m";

      sync_delta (table, key, "G", T + 3601, "@a{sv} {}");
      sync_delta (table, key, "E", T + 7202, "{'a': <'z'>}");
      sync_write (table, key, "G", T + 7203, "'in vain'");
    }
  sync_copy (table, other, now);
  sync_assert (table, "k", "E@1700007202 0");
  sync_assert (table, "m", "E@1700007202 {'a': 'z', 'b': 1}");
  /* G's takeover, then E's; or both at once */
  for (now = T + 3601 + P2P_TOMBSTONE_SECONDS; now <= T + 7202 + P2P_TOMBSTONE_SECONDS; now += 3601)
    {
      p2p_sync_table_expire (table, now);
      sync_assert (table, "k", "E@1700007202 0");
      sync_assert (table, "m", "E@1700007202 {'a': 'z', 'b': 1}");
    }
  p2p_sync_table_expire (table, now);
  p2p_sync_table_expire (other, now);
  sync_assert_equal (table, other);
  sync_assert (other, "k", "E@1700007202 0");
  sync_copy (table, restored, now);
  sync_assert_equal (table, restored);
  sync_assert (restored, "m", "E@1700007202 {'a': 'z', 'b': 1}");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) record = g_variant_ref_sink (p2p_sync_table_pack_record (table, (const guint8 *) "k", 1));
      GVariantBuilder parts = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

      for (guint j = 0; j + 1 < g_variant_n_children (record); j++)
        g_variant_builder_add_value (&parts, g_variant_get_child_value (record, j));
      g_variant_builder_add (&parts, "v", g_variant_parse (NULL, bad[i], NULL, NULL, NULL));
      g_assert_cmpint (p2p_sync_table_merge_packed (restored, g_variant_builder_end (&parts), FALSE, now, NULL, NULL), ==, P2P_MERGE_REFUSED);
    }
  /* What is left is counted. */
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), ==, p2p_sync_table_get_bytes (restored));
}

/* Tables that forgot without each other, of which one missed a write, end with what the other knew, whoever tells first. */
static void
test_longer (void)
{
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (P2pSyncTable) one = p2p_sync_table_new (NULL, TRUE);
      g_autoptr (P2pSyncTable) other = p2p_sync_table_new (NULL, TRUE);
      P2pSyncTable *tables[2] = { one, other };
      g_autofree char *text = g_strdup_printf ("{'a': <%u>}", i);
      g_autofree char *seen = g_strdup_printf ("E@1700003700 {'a': %u, 'b': 1, 'e': 1}", i);
      gint64 now = T + 3700 + P2P_TOMBSTONE_SECONDS;

      for (guint j = 0; j < 2; j++)
        {
          sync_write (tables[j], "k", "A", T, text);
          if (j == 0)
            sync_delta (tables[j], "k", "A", T + 1, "{'b': <1>}");
          sync_delta (tables[j], "k", "E", T + 3700, "{'e': <1>}");
          p2p_sync_table_expire (tables[j], now);
        }
      sync_copy (tables[i % 2], tables[1 - i % 2], now);
      sync_copy (tables[1 - i % 2], tables[i % 2], now);
      sync_assert_equal (one, other);
      sync_assert (other, "k", seen);
    }
}

/* A delete leaves nothing, not what was there before who deleted it, also to a delta of its second. */
static void
test_nothing (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);

  sync_write (table, "k", "X", T, "{'x': <1>}");
  sync_write (table, "k", "A", T + 3601, "{'a': <1>}");
  sync_write (table, "k", "A", T + 3602, NULL);
  sync_delta (table, "k", "E", T + 3602, "{'e': <1>}");
  sync_assert (table, "k", "E@1700003602 {'e': 1}");
  p2p_sync_table_expire (table, T + 3602 + P2P_TOMBSTONE_SECONDS);
  sync_assert (table, "k", "E@1700003602 {'e': 1}");
}

/* Fields that come before their map may be too much for it: then they are not seen, nor taken over, and the record stays one that others take. */
static void
test_bounded (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pSyncTable) table = NULL;
  g_autoptr (P2pSyncTable) other = NULL;
  const char *seen = "G@1700003700 {'a': 'forty bytes of what it was in the beginning', 'c': 1}";

  limits->table_value = 64;
  table = p2p_sync_table_new (limits, TRUE);
  other = p2p_sync_table_new (limits, TRUE);
  sync_delta (table, "k", "A", T + 1, "{'b': <'forty bytes of what it should have been'>}");
  sync_write (table, "k", "A", T, "{'a': <'forty bytes of what it was in the beginning'>}");
  sync_assert (table, "k", "A@1700000001 {'a': 'forty bytes of what it was in the beginning'}");
  sync_delta (table, "k", "G", T + 3700, "{'c': <1>}");
  sync_assert (table, "k", seen);
  p2p_sync_table_expire (table, T + 3700 + P2P_TOMBSTONE_SECONDS);
  sync_assert (table, "k", seen);
  g_assert_cmpuint (sync_copy (table, other, T + 3700 + P2P_TOMBSTONE_SECONDS), ==, 0);
  sync_assert_equal (table, other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/left/takeovers", test_takeovers);
  g_test_add_func ("/sync/left/longer", test_longer);
  g_test_add_func ("/sync/left/nothing", test_nothing);
  g_test_add_func ("/sync/left/bounded", test_bounded);
  return g_test_run ();
}
