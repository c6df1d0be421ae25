/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every set of up to four writes of two nodes that sign, one that does not, and one that speaks in the name of the first, in every order (see
 * test-exhaustive.c). It ends the same; and where the lease of one who signs runs, all is as if nobody had written who does not.
 */
#include <string.h>

#include "sign-fixture.h"

#define T 1700000000
#define OWNERS 4
#define MAX_WRITES 4

typedef struct {
  guint n_times;
  const int *times;
  guint n_types;
  gboolean leasing;
  gboolean forgets;
  guint64 n_sets;
  guint64 n_orders;
} Space;

typedef struct {
  P2pWrite write;
  gboolean is_signed;
  GBytes *proof;
} Given;

/* A and C sign, B does not; the last one is A's name without its key. */
static const char * const owners[OWNERS] = { "A", "B", "C", "A" };
static const char key[] = "k";

static void
read_set (const Space *self,
          const guint *set,
          guint        n,
          Given       *given)
{
  static const char * const texts[] = { "1", "2", "3", "4", "5", "6", "7", "8" };

  for (guint i = 0; i < n; i++)
    {
      guint type = set[i];
      guint owner = type / 2 % OWNERS;
      gboolean deleted = type % 2;

      given[i] = (Given) {
        .write = {
          .kind = deleted ? P2P_WRITE_DELETE : P2P_WRITE_STORE,
          .owner = owners[owner],
          .clock = { .time = T + self->times[type / 2 / OWNERS], .sequence = deleted },
          .value = deleted ? NULL : sync_pack (texts[type / 2 % G_N_ELEMENTS (texts)]),
        },
        .is_signed = owner == 0 || owner == 2,
      };
      sign_spell (&given[i].write, key);
    }
}

/* As their owners wrote them, one after the other. */
static void
sign_set (const Space *self,
          Given       *given,
          guint        n,
          gint64       now)
{
  for (guint owner = 0; owner < OWNERS; owner += 2)
    {
      SignJudge judge = { 0 };
      g_autoptr (P2pSyncTable) own = sign_table (&judge, self->leasing, owners[owner]);
      const P2pWriteClock *last = NULL;

      for (;;)
        {
          Given *next = NULL;

          for (guint i = 0; i < n; i++)
            if (given[i].is_signed && given[i].write.owner == owners[owner] && given[i].proof == NULL &&
                (next == NULL || p2p_write_clock_compare (&given[i].write.clock, &next->write.clock) < 0))
              next = &given[i];
          if (next == NULL)
            break;
          next->proof = sign_write (own, &next->write, key, now);
          g_assert_true (last == NULL || p2p_write_clock_compare (last, &next->write.clock) < 0);
          last = &next->write.clock;
        }
    }
}

static void
give (P2pSyncTable *table,
      Given        *given,
      gint64        now)
{
  g_autoptr (GError) error = NULL;

  given->write.proof = given->proof;
  if (p2p_sync_table_merge (table, (const guint8 *) key, strlen (key), &given->write, now, &error) == P2P_MERGE_REFUSED)
    g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED);
}

static char *
tell (const Given *given,
      guint        n,
      guint        last)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s %s at %d", given[i].is_signed ? "signed " : "", given[i].write.owner,
                            given[i].write.kind == P2P_WRITE_DELETE ? "deletes" : "writes", (int) (given[i].write.clock.time - T));
  g_string_append_printf (text, "; number %u comes last", last + 1);
  return g_string_free (text, FALSE);
}

static void
check_signed_first (const Space  *self,
                    P2pSyncTable *whole,
                    Given        *given,
                    guint         n,
                    gint64        now)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) only = sign_table (&judge, self->leasing, NULL);
  P2pSyncState state, all;

  for (guint i = 0; i < n; i++)
    if (given[i].is_signed)
      give (only, &given[i], now);
  if (!p2p_sync_table_lookup (only, (const guint8 *) key, 1, &state) || state.lease_end <= now)
    return;
  g_assert_true (p2p_sync_table_lookup (whole, (const guint8 *) key, 1, &all));
  if (strcmp (state.owner, all.owner) != 0 || !all.is_signed || !g_bytes_equal (state.value, all.value) || state.lease_start != all.lease_start ||
      state.lease_end != all.lease_end)
    {
      g_autofree char *told = tell (given, n, 0);

      g_error ("%s holds it from %d, by what is signed; %s does from %d: %s", state.owner, (int) (state.lease_start - T), all.owner,
               (int) (all.lease_start - T), told);
    }
}

static void
check_set (Space       *self,
           const guint *set,
           guint        n)
{
  guint8 first[32], root[32];
  SignJudge judges[MAX_WRITES] = { 0 };
  P2pSyncTable *tables[MAX_WRITES] = { NULL };
  Given given[MAX_WRITES];
  gint64 now = T;

  self->n_sets++;
  read_set (self, set, n, given);
  for (guint i = 0; i < n; i++)
    now = MAX (now, given[i].write.clock.time);
  sign_set (self, given, n, now);
  for (guint last = 0; last < n; last++)
    {
      tables[last] = sign_table (&judges[last], self->leasing, NULL);
      for (guint i = 0; i < n; i++)
        if (i != last)
          give (tables[last], &given[i], now);
      give (tables[last], &given[last], now);
      p2p_sync_table_purge (tables[last], now, NULL);
      self->n_orders++;
      for (guint round = 0; self->forgets && last > 0 && round < 4; round++)
        {
          sync_copy (tables[0], tables[last], now);
          sync_copy (tables[last], tables[0], now);
        }
      p2p_sync_table_get_root (tables[0], first);
      p2p_sync_table_get_root (tables[last], root);
      if (memcmp (first, root, 32) != 0)
        {
          g_autofree char *told = tell (given, n, last);

          g_error ("it depends on the order: %s", told);
        }
    }
  if (self->leasing && !self->forgets)
    check_signed_first (self, tables[0], given, n, now);
  for (guint i = 0; i < n; i++)
    {
      p2p_sync_table_free (tables[i]);
      g_clear_pointer (&given[i].write.value, g_bytes_unref);
      g_clear_pointer (&given[i].proof, g_bytes_unref);
    }
}

static void
go_on (Space *self,
       guint *set,
       guint  n,
       guint  max)
{
  if (n > 0)
    check_set (self, set, n);
  if (n == max)
    return;
  for (guint i = n > 0 ? set[n - 1] + 1 : 0; i < self->n_types; i++)
    {
      set[n] = i;
      go_on (self, set, n + 1, max);
    }
}

static void
explore (const int *times,
         guint      n_times,
         guint      max,
         gboolean   leasing,
         gboolean   forgets)
{
  Space space = { n_times, times, n_times * OWNERS * 2, leasing, forgets, 0, 0 };
  guint set[MAX_WRITES];

  go_on (&space, set, 0, max);
  g_test_message ("%u times, up to %u writes: %" G_GUINT64_FORMAT " sets, %" G_GUINT64_FORMAT " orders", n_times, max, space.n_sets, space.n_orders);
}

static const int near_times[] = { 0, 1, 3600, 3601 };
static const int edge_times[] = { 0, 1, 3601 };
static const int far_times[] = { 0, 3601, 7202, 14500 };

static gboolean
is_deep (void)
{
  return g_getenv ("SYNC_DEEP") != NULL;
}

static void
test_leases (void)
{
  explore (edge_times, G_N_ELEMENTS (edge_times), is_deep () ? 4 : 3, TRUE, FALSE);
  if (is_deep ())
    explore (near_times, G_N_ELEMENTS (near_times), 4, TRUE, FALSE);
}

/* What a forged write took the place of is with who did not take it. */
static void
test_no_leases (void)
{
  explore (edge_times, G_N_ELEMENTS (edge_times), 3, FALSE, TRUE);
}

static void
test_forgetting (void)
{
  explore (far_times, G_N_ELEMENTS (far_times), is_deep () ? 4 : 3, TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/signed-sets/leases", test_leases);
  g_test_add_func ("/sync/signed-sets/no-leases", test_no_leases);
  g_test_add_func ("/sync/signed-sets/forgetting", test_forgetting);
  return g_test_run ();
}
