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

/* Writes in all orders, or in so many as there are of five. */
typedef struct {
  const char *owner;
  int time;
  const char *value;            /* NULL: a delete */
  guint sequence;
} Step;

static void
give (P2pSyncTable *table, const Step *step, gint64 now)
{
  g_autoptr (GError) error = NULL;

  sync_merge (table, "k", step->value != NULL ? P2P_WRITE_STORE : P2P_WRITE_DELETE, step->owner, T + step->time, step->sequence, step->value,
              now, &error);
  g_assert_no_error (error);
}

static void
permute (const Step *steps, guint n, guint *order, guint used, guint depth, const char *expected, P2pSyncTable *first)
{
  gint64 now = T;

  for (guint i = 0; depth < n && i < n; i++)
    if ((used & 1u << i) == 0)
      {
        order[depth] = i;
        permute (steps, n, order, used | 1u << i, depth + 1, expected, first);
      }
  if (depth == n)
    {
      g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);

      for (guint i = 0; i < n; i++)
        now = MAX (now, T + steps[i].time);
      for (guint i = 0; i < n; i++)
        give (table, &steps[order[i]], now);
      sync_assert (table, "k", expected);
      sync_copy (table, first, now);
      sync_copy (first, table, now);
      sync_assert_equal (table, first);
    }
}

static void
in_all_orders (const Step *steps, guint n, const char *expected)
{
  g_autoptr (P2pSyncTable) first = p2p_sync_table_new (NULL, TRUE);
  guint order[5];

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (order));
  permute (steps, n, order, 0, 0, expected, first);
}

#define ALL_ORDERS(expected, ...) G_STMT_START { \
  const Step steps[] = { __VA_ARGS__ }; in_all_orders (steps, G_N_ELEMENTS (steps), expected); } G_STMT_END

static void
test_rule (void)
{
  /* In one second the smaller owner is first. */
  ALL_ORDERS ("A@1700000000 'a'", { "A", 0, "'a'", 0 }, { "B", 0, "'b'", 0 });
  /* but not before the holder */
  ALL_ORDERS ("B@1700000005 'b5'", { "B", 0, "'b0'", 0 }, { "B", 5, "'b5'", 0 }, { "A", 5, "'a5'", 0 });
  /* Over after an hour and a second */
  ALL_ORDERS ("A@1700000000 'a'", { "A", 0, "'a'", 0 }, { "B", 3600, "'b'", 0 });
  ALL_ORDERS ("B@1700003601 'b'", { "A", 0, "'a'", 0 }, { "B", 3601, "'b'", 0 });
  ALL_ORDERS ("A@1700003601 'again'", { "A", 0, "'a'", 0 }, { "A", 3601, "'again'", 0 }, { "B", 3602, "'b'", 0 });
  /* Renewals make it last. */
  ALL_ORDERS ("A@1700009000 'a9'", { "A", 0, "'a0'", 0 }, { "A", 3000, "'a3'", 0 }, { "A", 6000, "'a6'", 0 }, { "A", 9000, "'a9'", 0 }, { "B", 9500, "'b'", 0 });
  /* v2, then v1 */
  ALL_ORDERS ("A@1700000001 'v2'", { "A", 0, "'v1'", 0 }, { "A", 1, "'v2'", 0 });
  ALL_ORDERS ("A@1700000000 'v3'", { "A", 0, "'v1'", 0 }, { "A", 0, "'v2'", 1 }, { "A", 0, "'v3'", 2 });
  /* A delete lets others in, in its own second too, whoever is the smaller. */
  ALL_ORDERS ("A@1700000001 -", { "A", 0, "'a'", 0 }, { "A", 1, NULL, 0 });
  ALL_ORDERS ("B@1700000001 'b'", { "A", 0, "'a'", 0 }, { "A", 1, NULL, 0 }, { "B", 1, "'b'", 0 });
  ALL_ORDERS ("A@1700000001 'a'", { "B", 0, "'b'", 0 }, { "B", 1, NULL, 0 }, { "A", 1, "'a'", 0 });
  ALL_ORDERS ("B@1700000001 'b'", { "A", 0, "'a'", 0 }, { "A", 1, "'a'", 0 }, { "A", 1, NULL, 1 }, { "B", 1, "'b'", 0 });
  ALL_ORDERS ("A@1700000001 'back'", { "A", 0, "'a'", 0 }, { "A", 1, NULL, 0 }, { "A", 1, "'back'", 1 }, { "B", 1, "'b'", 0 });
  /* ...and not those that were refused before it. */
  ALL_ORDERS ("A@1700000002 -", { "A", 0, "'a'", 0 }, { "B", 1, "'b'", 0 }, { "A", 2, NULL, 0 });
  /* Another's delete is a write that is refused. */
  ALL_ORDERS ("A@1700000000 'a'", { "A", 0, "'a'", 0 }, { "B", 1, NULL, 0 });
  ALL_ORDERS ("B@1700003601 -", { "A", 0, "'a'", 0 }, { "B", 3601, NULL, 0 });
  /* What an owner did before his delete, and after it, is not one lease: B, who took the key between them, keeps it. */
  ALL_ORDERS ("B@1700000015 'b'", { "A", 0, "'a0'", 0 }, { "A", 10, NULL, 0 }, { "B", 15, "'b'", 0 }, { "A", 20, "'a20'", 0 });
  /* Who was refused gains nothing by it: B came first after the lease. */
  ALL_ORDERS ("B@1700003650 'b'", { "C", 0, "'c'", 0 }, { "A", 1000, "'a1'", 0 }, { "B", 3650, "'b'", 0 }, { "A", 4000, "'a4'", 0 });
  /* Falsy values are values. */
  ALL_ORDERS ("A@1700000000 0", { "A", 0, "0", 0 }, { "B", 1, "1", 0 });
  ALL_ORDERS ("A@1700000000 ''", { "A", 0, "''", 0 }, { "B", 1, "1", 0 });
  ALL_ORDERS ("A@1700000000 false", { "A", 0, "false", 0 }, { "B", 1, "1", 0 });
}

/* More writes of one owner than are kept: the lease is as long as before. */
static void
test_many_writes (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) backwards = p2p_sync_table_new (NULL, TRUE);
  P2pSyncState state;

  for (guint i = 0; i < 100; i++)
    {
      sync_write (table, "k", "A", T + i * 100, "1");
      sync_write (backwards, "k", "A", T + 9900 - i * 100, "1");
    }
  g_assert_true (p2p_sync_table_lookup (table, (const guint8 *) "k", 1, &state));
  g_assert_cmpint (state.lease_start, ==, T);
  g_assert_cmpint (state.lease_end, ==, T + 9900 + 3601);
  sync_assert_equal (table, backwards);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), <, 1024);
  sync_write (table, "k", "B", T + 50, "2");
  sync_assert (table, "k", "A@1700009900 1");
  /* B was first; when B's hour was over A went on writing. */
  sync_write (table, "k", "B", T - 1, "3");
  sync_assert (table, "k", "A@1700009900 1");
  g_assert_true (p2p_sync_table_lookup (table, (const guint8 *) "k", 1, &state));
  g_assert_cmpint (state.lease_start, ==, T + 50 + 3601);
}

static void
test_future (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GError) error = NULL;
  P2pWriteClock clock;
  g_autoptr (GBytes) value = sync_pack ("1");
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "A", .value = value };
  const gint64 times[] = { T + 61, G_GINT64_CONSTANT (1) << 62, G_MAXINT64, -1, G_MININT64 };

  g_assert_cmpint (sync_merge (table, "k", P2P_WRITE_STORE, "A", T + 60, 0, "1", T, NULL), ==, P2P_MERGE_CHANGED);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_assert_cmpint (sync_merge (table, "squat", P2P_WRITE_STORE, "S", times[i], 0, "1", T, &error), ==, P2P_MERGE_REFUSED);
      g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIME);
      g_clear_error (&error);
    }
  sync_write (table, "squat", "A", T, "'mine'");
  sync_assert (table, "squat", "A@1700000000 'mine'");
  /* His own next write comes after his last, as long as that is not too far. */
  g_assert_true (p2p_sync_table_check_write (table, (const guint8 *) "k", 1, &write, T, &clock, NULL));
  g_assert_cmpint (clock.time, ==, T + 60);
  g_assert_cmpint (clock.sequence, ==, 1);
  g_assert_false (p2p_sync_table_check_write (table, (const guint8 *) "k", 1, &write, T - 1, &clock, &error));
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIME);
}

static void
test_check_write (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GBytes) value = sync_pack ("1");
  g_autoptr (GBytes) nil = g_bytes_new_static ("\xc0", 1);
  g_autoptr (GBytes) cut = g_bytes_new_static ("\xda\xff", 2);
  g_autoptr (GBytes) map = sync_pack ("{'a': <1>}");
  const struct { P2pWriteKind kind; const char *owner; GBytes *value; gint64 now; int code; } cases[] = {
    { P2P_WRITE_STORE, "B", value, T + 3600, P2P_TABLE_ERROR_LEASED },
    { P2P_WRITE_DELETE, "B", NULL, T + 3600, P2P_TABLE_ERROR_LEASED },
    { P2P_WRITE_STORE, "B", value, T + 3601, -1 },
    { P2P_WRITE_STORE, "A", value, T + 1, -1 },
    { P2P_WRITE_STORE, "A", nil, T + 1, P2P_TABLE_ERROR_VALUE },
    { P2P_WRITE_STORE, "A", NULL, T + 1, P2P_TABLE_ERROR_VALUE },
    { P2P_WRITE_STORE, "A", cut, T + 1, P2P_TABLE_ERROR_VALUE },
    { P2P_WRITE_DELTA, "A", value, T + 1, P2P_TABLE_ERROR_NOT_A_MAP },
    { P2P_WRITE_DELTA, "A", map, T + 1, P2P_TABLE_ERROR_NOT_A_MAP },
  };
  P2pWriteClock clock;

  sync_write (table, "k", "A", T, "'text'");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      P2pWrite write = { .kind = cases[i].kind, .owner = cases[i].owner, .value = cases[i].value };
      g_autoptr (GError) error = NULL;
      gboolean may = p2p_sync_table_check_write (table, (const guint8 *) "k", 1, &write, cases[i].now, &clock, &error);

      g_assert_cmpint (may ? -1 : error->code, ==, cases[i].code);
      if (cases[i].code == P2P_TABLE_ERROR_LEASED)
        g_assert_cmpstr (error->message, ==, "A holds the key for another 1 seconds");
    }
}

static void
test_tombstones (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) away = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  sync_write (table, "k", "A", T, "1");
  sync_copy (table, away, T);
  sync_write (table, "k", "A", T + 1, NULL);
  g_assert_cmpuint (p2p_sync_table_get_n_keys (table), ==, 0);
  g_assert_cmpuint (p2p_sync_table_expire (table, T + 1 + P2P_TOMBSTONE_SECONDS), ==, 0);
  sync_copy (away, table, T + 1 + P2P_TOMBSTONE_SECONDS);
  sync_assert (table, "k", "A@1700000001 -");
  g_assert_cmpuint (p2p_sync_table_expire_into (table, T + 2 + P2P_TOMBSTONE_SECONDS, gone), ==, 1);
  g_assert_cmpuint (gone->len, ==, 1);
  sync_assert (table, "k", NULL);
  g_assert_cmpuint (p2p_sync_table_get_n_records (table), ==, 0);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), ==, 0);
  /* What is over does not come back... */
  sync_write (away, "l", "A", T + 1, NULL);
  sync_copy (away, table, T + 2 + P2P_TOMBSTONE_SECONDS);
  sync_assert (table, "l", NULL);
  /* ...but what another still has does. */
  sync_assert (table, "k", "A@1700000000 1");
}

/* After a takeover that is two hours old nothing is left of who had the key before. */
static void
test_forgetting (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) alone = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) before = p2p_sync_table_new (NULL, TRUE);
  gint64 later = T + 5000 + P2P_TOMBSTONE_SECONDS;

  sync_write (table, "k", "A", T, "'a'");
  sync_write (table, "k", "C", T + 1, "'refused'");
  sync_write (table, "k", "B", T + 5000, "'b'");
  sync_write (alone, "k", "B", T + 5000, "'b'");
  p2p_sync_table_expire (table, later - 1);
  sync_copy (table, before, later - 1);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), >, p2p_sync_table_get_bytes (alone));
  p2p_sync_table_expire (table, later);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), ==, p2p_sync_table_get_bytes (alone));
  sync_assert (table, "k", "B@1700005000 'b'");
  /* It does not come back, whoever still has it; and they hear that it is settled. */
  sync_copy (before, table, later);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), ==, p2p_sync_table_get_bytes (alone));
  sync_copy (table, before, later);
  sync_copy (table, alone, later);
  sync_assert_equal (table, before);
  sync_assert_equal (table, alone);
}

static void
test_old (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) again = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GBytes) key = NULL;
  P2pSyncState state;

  sync_write (table, "k", "A", T, "1");
  g_assert_cmpint (p2p_sync_table_merge_packed (again, p2p_sync_table_pack_record (table, (const guint8 *) "k", 1), TRUE, T, &key, NULL), ==, P2P_MERGE_CHANGED);
  g_assert_cmpmem (g_bytes_get_data (key, NULL), g_bytes_get_size (key), "k", 1);
  g_assert_true (p2p_sync_table_lookup (again, (const guint8 *) "k", 1, &state));
  g_assert_true (state.old);
  sync_assert_equal (table, again);
  g_assert_true (p2p_sync_table_confirm (again, (const guint8 *) "k", 1));
  g_assert_false (p2p_sync_table_confirm (again, (const guint8 *) "k", 1));
  p2p_sync_table_lookup (again, (const guint8 *) "k", 1, &state);
  g_assert_false (state.old);
}

static void
test_deltas (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) backwards = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (GError) error = NULL;

  /* onto nothing, and onto what was deleted */
  sync_delta (table, "k", "A", T, "{'a': <1>}");
  sync_assert (table, "k", "A@1700000000 {'a': 1}");
  sync_write (table, "k", "A", T + 1, NULL);
  sync_delta (table, "k", "A", T + 2, "{'b': <2>}");
  sync_assert (table, "k", "A@1700000002 {'b': 2}");
  sync_delta (table, "k", "A", T + 4, "{'b': <4>, 'c': <4>}");
  sync_delta (table, "k", "A", T + 3, "{'c': <3>, 'd': <3>}");
  sync_assert (table, "k", "A@1700000004 {'b': 4, 'c': 4, 'd': 3}");
  sync_delta (backwards, "k", "A", T + 3, "{'c': <3>, 'd': <3>}");
  sync_delta (backwards, "k", "A", T + 4, "{'b': <4>, 'c': <4>}");
  sync_delta (backwards, "k", "A", T + 2, "{'b': <2>}");
  sync_delta (backwards, "k", "A", T, "{'a': <1>}");
  sync_write (backwards, "k", "A", T + 1, NULL);
  sync_assert_equal (table, backwards);

  /* str and bin keys of a map stay apart */
  sync_write (table, "m", "A", T, "{'a': <1>}");
  sync_delta (table, "m", "A", T + 1, "[(<[byte 0x61]>, <2>)]");
  sync_assert (table, "m", "A@1700000001 {'a': 1, b'a': 2}");
  sync_delta (table, "m", "A", T + 2, "{'a': <3>}");
  sync_assert (table, "m", "A@1700000002 {'a': 3, b'a': 2}");

  /* onto what is no map, and that comes late */
  sync_write (table, "n", "A", T, "5");
  g_assert_cmpint (sync_merge (table, "n", P2P_WRITE_DELTA, "A", T + 2, 0, "{'a': <1>}", T + 2, &error), ==, P2P_MERGE_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP);
  sync_assert (table, "n", "A@1700000002 5");
  sync_write (table, "n", "A", T + 1, "@a{sv} {}");
  sync_assert (table, "n", "A@1700000002 {'a': 1}");

  /* Who takes the key over has what the one before left. */
  sync_write (table, "o", "A", T, "{'a': <1>, 'b': <1>}");
  sync_delta (table, "o", "B", T + 10, "{'a': <'refused'>, 'z': <'refused'>}");
  sync_delta (table, "o", "B", T + 5000, "{'b': <2>}");
  sync_assert (table, "o", "B@1700005000 {'a': 1, 'b': 2}");
  p2p_sync_table_expire (table, T + 5000 + P2P_TOMBSTONE_SECONDS);
  sync_assert (table, "o", "B@1700005000 {'a': 1, 'b': 2}");
}

/* What was written in vain in the last second of another is nothing, also when all of that is forgotten. */
static void
test_inherited (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);

  sync_write (table, "k", "E", T, "1");
  sync_write (table, "k", "D", T + 6, "'in vain'");
  sync_write (table, "k", "E", T + 7, NULL);
  sync_delta (table, "k", "D", T + 7, "{'a': <1>}");
  sync_assert (table, "k", "D@1700000007 {'a': 1}");
  p2p_sync_table_expire (table, T + 7 + P2P_TOMBSTONE_SECONDS);
  sync_assert (table, "k", "D@1700000007 {'a': 1}");
}

static void
test_no_leases (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, FALSE);
  g_autoptr (P2pSyncTable) backwards = p2p_sync_table_new (NULL, FALSE);
  P2pSyncState state;

  sync_write (table, "k", "A", T, "{'a': <1>}");
  sync_write (table, "k", "B", T + 1, "{'a': <2>}");
  sync_assert (table, "k", "B@1700000001 {'a': 2}");
  sync_write (table, "k", "A", T + 1, "{'a': <3>}");
  sync_assert (table, "k", "A@1700000001 {'a': 3}");
  sync_delta (table, "k", "C", T + 2, "{'c': <1>}");
  sync_delta (table, "k", "B", T + 2, "{'c': <2>, 'd': <2>}");
  sync_assert (table, "k", "B@1700000002 {'a': 3, 'c': 2, 'd': 2}");
  g_assert_true (p2p_sync_table_lookup (table, (const guint8 *) "k", 1, &state));
  g_assert_cmpint (state.lease_end, ==, 0);
  sync_delta (backwards, "k", "B", T + 2, "{'c': <2>, 'd': <2>}");
  sync_delta (backwards, "k", "C", T + 2, "{'c': <1>}");
  sync_write (backwards, "k", "A", T + 1, "{'a': <3>}");
  sync_write (backwards, "k", "B", T + 1, "{'a': <2>}");
  sync_assert_equal (table, backwards);
  sync_write (table, "k", "C", T + 3, NULL);
  sync_assert (table, "k", "C@1700000003 -");
}

static void
test_digests (void)
{
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) other = p2p_sync_table_new (NULL, TRUE);
  guint8 empty[32], root[32], before[32];
  g_autoptr (GByteArray) list = g_byte_array_new ();
  guint64 digest = p2p_sync_key_digest ((const guint8 *) "k", 1);
  guint8 bytes[8];
  GBytes *key;

  p2p_sync_table_get_root (table, empty);
  sync_write (table, "k", "A", T, "1");
  p2p_sync_table_get_root (table, before);
  g_assert_true (memcmp (empty, before, 32) != 0);
  p2p_sync_table_list_bucket (table, (guint) (digest >> 56), list);
  g_assert_cmpuint (list->len, ==, 16);
  digest = GUINT64_TO_BE (digest);
  memcpy (bytes, &digest, 8);
  g_assert_cmpmem (list->data, 8, bytes, 8);
  key = p2p_sync_table_find_digest (table, bytes);
  g_assert_cmpmem (g_bytes_get_data (key, NULL), g_bytes_get_size (key), "k", 1);
  /* Nothing that changes nothing changes it; and what is only noted does. */
  sync_write (table, "k", "A", T, "1");
  p2p_sync_table_get_root (table, root);
  g_assert_cmpmem (root, 32, before, 32);
  g_assert_cmpint (sync_write (table, "k", "B", T + 1, "2"), ==, P2P_MERGE_NOTED);
  p2p_sync_table_get_root (table, root);
  g_assert_true (memcmp (root, before, 32) != 0);
  /* The same value of another owner, time or key is another state. */
  sync_write (other, "k", "A", T, "2");
  p2p_sync_table_get_root (other, root);
  g_assert_true (memcmp (root, before, 32) != 0);
}

/* A record from anybody: whatever its shape, it is refused or taken, and what is known already is not lost. */
static void
test_hostile_records (void)
{
  static const char * const shapes[] = {
    "()", "1", "b'k'", "@av []", "[<b'k'>]", "(b'k', 1)", "[<b'k'>, <@av []>]", "{'k': <1>}", "<<<<1>>>>",
    "[<b'k'>, <[<'A'>, <@x 5>, <@x 0>, <b'short'>]>]", "[<'k'>, <1>]", "@m(s) nothing", "@aay []", "[[byte 1], [2]]",
    "(b'k', ('A', @x 1700000000, @x 0, @ay [], @x 0, @ay [], ()))",
  };
  g_autoptr (P2pSyncTable) table = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (P2pSyncTable) fresh = NULL;
  g_autoptr (GVariant) record = NULL;
  guint8 before[32], root[32];

  sync_write (table, "k", "A", T, "{'a': <1>}");
  sync_delta (table, "k", "A", T + 1, "{'b': <1>}");
  sync_write (table, "k", "B", T + 1, "1");
  p2p_sync_table_get_root (table, before);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (p2p_sync_table_merge_packed (table, g_variant_parse (NULL, shapes[i], NULL, NULL, NULL), FALSE, T, NULL, &error), ==, P2P_MERGE_REFUSED);
      g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE);
    }
  /* Each of its parts left out, or of another kind */
  record = g_variant_ref_sink (p2p_sync_table_pack_record (table, (const guint8 *) "k", 1));
  for (guint i = 1; i < g_variant_n_children (record); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (record, i);
      g_autoptr (GVariant) contender = g_variant_get_variant (boxed);

      for (guint j = 0; j < 2 * g_variant_n_children (contender); j++)
        {
          GVariantBuilder all = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
          GVariantBuilder parts = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

          for (guint k = 0; k < g_variant_n_children (contender); k++)
            if (k != j / 2)
              g_variant_builder_add_value (&parts, g_variant_get_child_value (contender, k));
            else if (j % 2 == 0)
              g_variant_builder_add (&parts, "v", g_variant_new_boolean (TRUE));
          g_variant_builder_add (&all, "v", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "k", 1, 1));
          g_variant_builder_add (&all, "v", g_variant_builder_end (&parts));
          g_clear_pointer (&fresh, p2p_sync_table_free);
          fresh = p2p_sync_table_new (NULL, TRUE);
          p2p_sync_table_merge_packed (fresh, g_variant_builder_end (&all), FALSE, T + 1, NULL, NULL);
          if (j % 2 == 0)
            g_assert_cmpuint (p2p_sync_table_get_n_records (fresh), ==, 0);
        }
    }
  p2p_sync_table_get_root (table, root);
  g_assert_cmpmem (root, 32, before, 32);
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

/* One who fills his part of the table leaves the others theirs; what he wrote and others hold counts, what he gave up does not. */
static void
test_owner_bytes (void)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (P2pSyncTable) table = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (1000, 'x');
  g_autofree char *long_value = g_strdup_printf ("'%s'", text);
  guint n = 0;

  limits->table_owner_bytes = 4096;
  table = p2p_sync_table_new (limits, TRUE);
  sync_write (table, "contended", "A", T, "1");
  for (; error == NULL && n < 100; n++)
    {
      g_autofree char *key = g_strdup_printf ("k%02u", n);

      sync_merge (table, key, P2P_WRITE_STORE, "B", T, 0, "'x'", T, &error);
    }
  g_assert_cmpuint (n, >, 4);
  g_assert_cmpuint (n, <, 16);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, "bytes of one owner"));
  g_clear_error (&error);
  sync_write (table, "of A", "A", T, "1");

  /* What he writes in vain counts too. */
  g_assert_cmpint (sync_merge (table, "contended", P2P_WRITE_STORE, "B", T + 1, 0, long_value, T, &error), ==, P2P_MERGE_REFUSED);
  g_clear_error (&error);
  /* What is there may be written anew, and with what is deleted and forgotten there is room. */
  sync_write (table, "k00", "B", T + 2, "'y'");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%02u", i);

      sync_write (table, key, "B", T + 3, NULL);
    }
  p2p_sync_table_expire (table, T + 4 + P2P_TOMBSTONE_SECONDS);
  g_assert_cmpint (sync_merge (table, "new", P2P_WRITE_STORE, "B", T + 4 + P2P_TOMBSTONE_SECONDS, 0, "1", T + 4 + P2P_TOMBSTONE_SECONDS, NULL), ==, P2P_MERGE_CHANGED);
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
  g_test_add_func ("/sync/table/rule", test_rule);
  g_test_add_func ("/sync/table/many-writes", test_many_writes);
  g_test_add_func ("/sync/table/future", test_future);
  g_test_add_func ("/sync/table/check-write", test_check_write);
  g_test_add_func ("/sync/table/tombstones", test_tombstones);
  g_test_add_func ("/sync/table/forgetting", test_forgetting);
  g_test_add_func ("/sync/table/old", test_old);
  g_test_add_func ("/sync/table/deltas", test_deltas);
  g_test_add_func ("/sync/table/inherited", test_inherited);
  g_test_add_func ("/sync/table/no-leases", test_no_leases);
  g_test_add_func ("/sync/table/digests", test_digests);
  g_test_add_func ("/sync/table/hostile-records", test_hostile_records);
  g_test_add_func ("/sync/table/limits", test_limits);
  g_test_add_func ("/sync/table/owner-bytes", test_owner_bytes);
  g_test_add_func ("/sync/table/order", test_order);
  return g_test_run ();
}
