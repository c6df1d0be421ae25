/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every set of up to five writes (four in the quick run) of three nodes at two keys, in every order: of each set S and each write w of it,
 * a table with all but w is given w. If that is the same table whatever w is, then by induction it is for all orders of arrival, and so for
 * every interleaving of writes and deliveries. On the way: nobody loses a running lease by a write that was made after it began.
 */
#include "sync-fixture.h"

#include <string.h>

#define T 1700000000
#define OWNERS 3
#define MAX_WRITES 5

typedef struct {
  guint n_keys;
  guint n_times;
  const int *times;
  guint n_types;
  gboolean leasing;
  gboolean forgets;
  guint64 n_sets;
  guint64 n_merges;
} Space;

typedef struct {
  guint key;
  gboolean deleted;
  guint owner;
  gint64 time;
} Type;

static const char * const owners[OWNERS] = { "A", "B", "C" };
static const char * const keys[] = { "k", "l" };

static Type
type_of (const Space *self,
         guint        i)
{
  Type type;

  type.deleted = i % 2;
  i /= 2;
  type.owner = i % OWNERS;
  i /= OWNERS;
  type.time = T + self->times[i % self->n_times];
  i /= self->n_times;
  type.key = i;
  return type;
}

static void
give (Space        *self,
      P2pSyncTable *table,
      guint         i,
      gint64        now)
{
  static GBytes *values[256];
  Type type = type_of (self, i);
  P2pWrite write = {
    .kind = type.deleted ? P2P_WRITE_DELETE : P2P_WRITE_STORE,
    .owner = owners[type.owner],
    .clock = { type.time, type.deleted, { (guint8) (i * 37) } },
  };

  if (!type.deleted)
    {
      if (values[i] == NULL)
        {
          g_autofree char *text = g_strdup_printf ("%u", i);

          values[i] = sync_pack (text);
        }
      write.value = values[i];
    }
  self->n_merges++;
  g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) keys[type.key], 1, &write, now, NULL), !=, P2P_MERGE_REFUSED);
}

static P2pSyncTable *
make_without (Space       *self,
              const guint *set,
              guint        n,
              guint        left_out,
              gint64       now)
{
  P2pSyncTable *table = p2p_sync_table_new (NULL, self->leasing);

  for (guint i = 0; i < n; i++)
    if (i != left_out)
      give (self, table, set[i], now);
  return table;
}

static char *
tell (Space       *self,
      const guint *set,
      guint        n,
      guint        last)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      Type type = type_of (self, set[i]);

      g_string_append_printf (text, "%s%s %s %s at %d", i > 0 ? ", " : "", owners[type.owner], type.deleted ? "deletes" : "writes", keys[type.key],
                              (int) (type.time - T));
    }
  g_string_append_printf (text, "; number %u comes last", last + 1);
  return g_string_free (text, FALSE);
}

/* Of a lease that runs when w was made, w takes nothing, unless it is not later than where the lease begins, or the holder's own delete. */
static void
check_lease (Space              *self,
             const P2pSyncState *before,
             const char         *holder,
             const P2pSyncState *after,
             const guint        *set,
             guint               n,
             guint               last)
{
  Type type = type_of (self, set[last]);
  g_autofree char *told = NULL;

  if (before->lease_end == 0 || strcmp (holder, after->owner) == 0 || type.time >= before->lease_end || type.time <= before->lease_start ||
      (type.deleted && strcmp (owners[type.owner], holder) == 0))
    return;
  told = tell (self, set, n, last);
  g_error ("%s held it from %d to %d, then %s does: %s", holder, (int) (before->lease_start - T), (int) (before->lease_end - T), after->owner, told);
}

static void
check_set (Space       *self,
           const guint *set,
           guint        n)
{
  guint8 first[32], root[32];
  g_autoptr (P2pSyncTable) whole = NULL;
  gint64 now = T;

  self->n_sets++;
  for (guint i = 0; i < n; i++)
    now = MAX (now, type_of (self, set[i]).time);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pSyncTable) table = make_without (self, set, n, i, now);
      const guint8 *key = (const guint8 *) keys[type_of (self, set[i]).key];
      P2pSyncState before = { 0 }, after;
      g_autofree char *holder = NULL;

      if (p2p_sync_table_lookup (table, key, 1, &before))
        holder = g_strdup (before.owner);
      give (self, table, set[i], now);
      g_assert_true (p2p_sync_table_lookup (table, key, 1, &after));
      if (holder != NULL && self->leasing)
        check_lease (self, &before, holder, &after, set, n, i);
      if (whole != NULL && self->forgets)
        {
          sync_copy (whole, table, now);
          sync_copy (table, whole, now);
          p2p_sync_table_get_root (whole, first);
        }
      p2p_sync_table_get_root (table, root);
      if (whole == NULL)
        {
          memcpy (first, root, 32);
          whole = g_steal_pointer (&table);
        }
      else if (memcmp (first, root, 32) != 0)
        {
          g_autofree char *told = tell (self, set, n, i);

          g_error ("it depends on the order: %s", told);
        }
    }
}

static void
go_on (Space *self,
       guint *set,
       guint  n,
       guint  max)
{
  guint n_second = 0;

  /* The keys are alike: more writes at the first than at the second one are enough. */
  for (guint i = 0; i < n; i++)
    n_second += type_of (self, set[i]).key;
  if (n > 0 && n_second * 2 <= n)
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
explore (guint      n_keys,
         const int *times,
         guint      n_times,
         guint      max,
         gboolean   leasing,
         gboolean   forgets)
{
  Space space = { n_keys, n_times, times, n_keys * n_times * OWNERS * 2, leasing, forgets, 0, 0 };
  guint set[MAX_WRITES];

  go_on (&space, set, 0, max);
  g_assert_cmpuint (space.n_sets, <, 10000000);
  g_test_message ("%u keys, %u times, up to %u writes: %" G_GUINT64_FORMAT " sets, %" G_GUINT64_FORMAT " merges", n_keys, n_times, max,
                  space.n_sets, space.n_merges);
}

static const int near_times[] = { 0, 1, 3600, 3601 };
static const int edge_times[] = { 0, 1, 3601 };
static const int more_times[] = { 0, 1, 2, 1800, 3600, 3601, 3602, 7200 };
static const int far_times[] = { 0, 3601, 7202, 14500 };

static guint
get_size (void)
{
  return g_getenv ("SYNC_DEEP") != NULL ? MAX_WRITES : MAX_WRITES - 1;
}

static void
test_two_keys (void)
{
  explore (2, near_times, G_N_ELEMENTS (near_times), 3, TRUE, FALSE);
  if (g_getenv ("SYNC_DEEP") != NULL)
    explore (2, edge_times, G_N_ELEMENTS (edge_times), MAX_WRITES, TRUE, FALSE);
}

static void
test_one_key (void)
{
  explore (1, near_times, G_N_ELEMENTS (near_times), MAX_WRITES, TRUE, FALSE);
  explore (1, more_times, G_N_ELEMENTS (more_times), get_size () - 1, TRUE, FALSE);
}

static void
test_no_leases (void)
{
  explore (1, edge_times, G_N_ELEMENTS (edge_times), get_size (), FALSE, FALSE);
}

/* Over hours, when what is settled is forgotten: equal as soon as they told each other. */
static void
test_forgetting (void)
{
  explore (1, far_times, G_N_ELEMENTS (far_times), get_size () - 1, TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/exhaustive/two-keys", test_two_keys);
  g_test_add_func ("/sync/exhaustive/one-key", test_one_key);
  g_test_add_func ("/sync/exhaustive/no-leases", test_no_leases);
  g_test_add_func ("/sync/exhaustive/forgetting", test_forgetting);
  return g_test_run ();
}
