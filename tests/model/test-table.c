/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows are shown, in which order, while keys change: compared with a list that is made anew each time. */
#include "table-test.h"

#include <time.h>

/* A list model that must stay in step by items-changed alone. */
static void
mirror_cb (GListModel *model, guint position, guint removed, guint added, GPtrArray *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror, (int) (position + i), g_list_model_get_item (model, position + i));
}

static void
assert_mirror (GListModel *model, GPtrArray *mirror)
{
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, mirror->len);
  for (guint i = 0; i < mirror->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      g_assert_true (item == mirror->pdata[i]);
    }
}

/* What was changed has been shown. */
static void
settle (TableFixture *self)
{
  table_settle (self->table);
}

static void
put_int (TableFixture *self, const char *key, const char *owner, gint64 value)
{
  fake_table_put (self->fake, key, owner, g_variant_new_int64 (value));
}

static void
test_empty (void)
{
  g_autoptr (RtTable) table = rt_table_new (NULL);

  table_settle (table);
  g_assert_cmpuint (rt_table_get_n_keys (table), ==, 0);
  g_assert_nonnull (rt_table_get_refusal (table));
  g_assert_null (rt_table_get_undo_text (table));
}

static void
test_rows (void)
{
  TableFixture self;
  RtTableRow *row;
  g_autofree char *owner = NULL, *lease = NULL;

  table_set_up (&self, 0);
  put_int (&self, "b", FAKE_ME, 5);
  put_int (&self, "a", FAKE_OTHER, -7);
  fake_table_put (self.fake, "c", FAKE_OTHER, g_variant_new_string ("line\none \342\200\256more"));
  settle (&self);
  assert_rows (self.table, "a b c");
  g_assert_cmpuint (rt_table_get_n_keys (self.table), ==, 3);
  row = row_of (&self, "a");
  g_assert_cmpstr (rt_table_row_get_value_text (row), ==, "-7");
  g_assert_cmpint (rt_table_row_get_kind (row), ==, RT_VALUE_INTEGER);
  g_assert_false (rt_table_row_get_mine (row));
  owner = rt_table_row_dup_owner_text (row);
  g_assert_cmpstr (owner, ==, "Anna…Anna");
  lease = rt_table_row_dup_lease_text (row);
  g_assert_cmpstr (lease, ==, "1 h 0 min");
  g_assert_true (rt_table_row_get_mine (row_of (&self, "b")));
  g_assert_cmpstr (rt_table_row_get_value_text (row_of (&self, "c")), ==, "line one more");
  table_tear_down (&self);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_countdown (void)
{
  TableFixture self;
  RtTableRow *row;
  guint n = 0;
  g_autofree char *text = NULL;

  table_set_up (&self, 0);
  put_int (&self, "a", FAKE_OTHER, 1);
  settle (&self);
  row = row_of (&self, "a");
  rt_table_row_tick (row);
  g_signal_connect_swapped (row, "notify::lease-text", G_CALLBACK (count_cb), &n);
  rt_table_row_tick (row);
  g_assert_cmpuint (n, ==, 0);
  fake_table_set_now (self.fake, 1700000000 + 3541);
  rt_table_row_tick (row);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (rt_table_row_get_lease_left (row), ==, 60);
  fake_table_set_now (self.fake, 1700000000 + 3601);
  rt_table_row_tick (row);
  text = rt_table_row_dup_lease_text (row);
  g_assert_cmpstr (text, ==, "free");
  g_assert_cmpuint (n, ==, 2);
  table_tear_down (&self);
}

static void
test_sort (void)
{
  TableFixture self;

  table_set_up (&self, 0);
  put_int (&self, "a", FAKE_OTHER, 30);
  fake_table_set_now (self.fake, 1700000005);
  put_int (&self, "b", FAKE_ME, 4);
  fake_table_set_now (self.fake, 1700000003);
  fake_table_put (self.fake, "c", FAKE_OTHER, g_variant_new_string ("a text that is longer than a number"));
  fake_table_put (self.fake, "d", FAKE_OTHER, g_variant_new_double (-0.5));
  settle (&self);
  assert_rows (self.table, "a b c d");
  rt_table_set_sort (self.table, RT_TABLE_SORT_KEY, TRUE);
  settle (&self);
  assert_rows (self.table, "d c b a");
  rt_table_set_sort (self.table, RT_TABLE_SORT_VALUE, FALSE);
  settle (&self);
  assert_rows (self.table, "d b a c");
  rt_table_set_sort (self.table, RT_TABLE_SORT_WRITTEN, TRUE);
  settle (&self);
  assert_rows (self.table, "b d c a");
  rt_table_set_sort (self.table, RT_TABLE_SORT_OWNER, FALSE);
  settle (&self);
  assert_rows (self.table, "b a c d");
  rt_table_set_sort (self.table, RT_TABLE_SORT_SIZE, TRUE);
  settle (&self);
  assert_rows (self.table, "c d b a");
  rt_table_set_sort (self.table, RT_TABLE_SORT_KIND, FALSE);
  settle (&self);
  assert_rows (self.table, "c a b d");
  table_tear_down (&self);
}

static void
test_filter (void)
{
  TableFixture self;

  table_set_up (&self, 0);
  put_int (&self, "apple", FAKE_OTHER, 12345);
  fake_table_put (self.fake, "pear", FAKE_OTHER, g_variant_new_string ("Grüße AN ALLE"));
  fake_table_put (self.fake, "plum", FAKE_ME, g_variant_new_parsed ("{'Inside': <[<'deep Down'>]>}"));
  fake_table_put (self.fake, "bin", FAKE_OTHER, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "\xde\xad\xbe\xef", 4, 1));
  settle (&self);
  rt_table_set_filter (self.table, "AP");
  settle (&self);
  assert_rows (self.table, "apple");
  rt_table_set_filter (self.table, "234");
  settle (&self);
  assert_rows (self.table, "apple");
  rt_table_set_filter (self.table, "GRÜSSE");
  settle (&self);
  assert_rows (self.table, "");
  rt_table_set_filter (self.table, "GRÜß");
  settle (&self);
  assert_rows (self.table, "pear");
  rt_table_set_filter (self.table, "inside");
  settle (&self);
  assert_rows (self.table, "plum");
  rt_table_set_filter (self.table, "DEEP down");
  settle (&self);
  assert_rows (self.table, "plum");
  rt_table_set_filter (self.table, "ad BE");
  settle (&self);
  assert_rows (self.table, "bin");
  rt_table_set_filter (self.table, "adBE");
  settle (&self);
  assert_rows (self.table, "bin");
  /* what comes later is looked at as well, and what matches no more goes */
  fake_table_put (self.fake, "new", FAKE_OTHER, g_variant_new_string ("the adBE of a text"));
  fake_table_put (self.fake, "bin", FAKE_OTHER, NULL);
  settle (&self);
  assert_rows (self.table, "new");
  rt_table_set_filter (self.table, "");
  rt_table_set_show (self.table, RT_TABLE_SHOW_MINE);
  settle (&self);
  assert_rows (self.table, "plum");
  table_tear_down (&self);
}

/* Random changes, filters and orders; the list is the same as one that is made anew, and its signals are enough to follow it. */
static void
test_random (void)
{
  static const char * const filters[] = { "", "1", "key-0001", "x", "other" };
  TableFixture self;
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);
  g_autoptr (GPtrArray) mirror = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *rows;

  table_set_up (&self, 300);
  rows = rt_table_get_rows (self.table);
  mirror_cb (rows, 0, 0, g_list_model_get_n_items (rows), mirror);
  g_signal_connect (rows, "items-changed", G_CALLBACK (mirror_cb), mirror);
  for (guint round = 0; round < 150; round++)
    {
      guint n = (guint) g_rand_int_range (rand, 0, 3) == 0 ? 200 : 10;
      g_autoptr (RtTable) fresh = NULL;
      g_autofree char *shown = NULL, *expected = NULL;
      gboolean descending;
      RtTableSort sort_by;

      for (guint i = 0; i < n; i++)
        {
          g_autofree char *key = g_strdup_printf ("key-%06d", g_rand_int_range (rand, 0, 400));

          fake_table_set_now (self.fake, 1700000000 + g_rand_int_range (rand, 0, 50));
          fake_table_put (self.fake, key, g_rand_boolean (rand) ? FAKE_ME : FAKE_OTHER,
                          g_rand_int_range (rand, 0, 4) == 0 ? NULL : g_variant_new_int64 (g_rand_int_range (rand, 0, 1000)));
          if (g_rand_int_range (rand, 0, 50) == 0)
            g_main_context_iteration (NULL, FALSE);
        }
      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0: rt_table_set_filter (self.table, filters[g_rand_int_range (rand, 0, G_N_ELEMENTS (filters))]); break;
        case 1: rt_table_set_sort (self.table, (RtTableSort) g_rand_int_range (rand, 0, RT_TABLE_SORT_LEASE + 1), g_rand_boolean (rand)); break;
        case 2: rt_table_set_show (self.table, (RtTableShow) g_rand_int_range (rand, 0, 2)); break;
        default: break;
        }
      settle (&self);
      assert_mirror (rows, mirror);
      fresh = rt_table_new (RT_TABLE_SOURCE (self.fake));
      sort_by = rt_table_get_sort (self.table, &descending);
      rt_table_set_sort (fresh, sort_by, descending);
      rt_table_set_filter (fresh, rt_table_get_filter (self.table));
      {
        RtTableShow show;

        g_object_get (self.table, "show", &show, NULL);
        rt_table_set_show (fresh, show);
      }
      table_settle (fresh);
      shown = print_rows (rows);
      expected = print_rows (rt_table_get_rows (fresh));
      g_assert_cmpstr (shown, ==, expected);
      g_assert_cmpuint (rt_table_get_n_keys (self.table), ==, rt_table_get_n_keys (fresh));
      for (guint i = 0; i < mirror->len; i += 7)
        {
          guint position;

          g_assert_true (rt_table_get_position (self.table, mirror->pdata[i], &position));
          g_assert_cmpuint (position, ==, i);
        }
    }
  g_signal_handlers_disconnect_by_data (rows, mirror);
  g_ptr_array_set_size (mirror, 0);
  table_tear_down (&self);
}

static void
test_source_changes (void)
{
  TableFixture self;
  g_autoptr (FakeTable) other = fake_table_new ();

  table_set_up (&self, 3);
  stage (&self, "key-000001", g_variant_new_string ("mine"));
  stage (&self, "brand-new", g_variant_new_string ("mine"));
  rt_table_set_source (self.table, NULL);
  table_settle (self.table);
  assert_rows (self.table, "brand-new key-000001");
  g_assert_cmpuint (rt_table_get_n_keys (self.table), ==, 0);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 2);
  fake_table_put (other, "key-000001", FAKE_OTHER, g_variant_new_string ("value of 1"));
  fake_table_put (other, "z", FAKE_OTHER, g_variant_new_string ("z"));
  rt_table_set_source (self.table, RT_TABLE_SOURCE (other));
  table_settle (self.table);
  assert_rows (self.table, "brand-new key-000001 z");
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "key-000001")), ==, RT_ROW_EDITED);
  rt_table_set_source (self.table, NULL);
  table_tear_down (&self);
}

/* ---- how long a turn takes ---- */

static struct { double since, most; guint n; } turns;

static double
cpu_ms (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec * 1e3 + (double) spent.tv_nsec / 1e6;
}

static gint
poll_cb (GPollFD *fds, guint n_fds, gint timeout)
{
  gint n;

  turns.most = MAX (turns.most, cpu_ms () - turns.since);
  turns.n++;
  n = g_poll (fds, n_fds, timeout);
  turns.since = cpu_ms ();
  return n;
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* What this machine takes for a fixed piece of work, in ms: about 15 on the machine on which this was written. */
static double
measure_machine (void)
{
  double best = G_MAXDOUBLE;

  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
      double begin = cpu_ms ();

      for (guint i = 0; i < 30000; i++)
        g_ptr_array_add (words, g_strdup_printf ("%08x", i * 2654435761u));
      g_ptr_array_sort (words, compare_words);
      best = MIN (best, cpu_ms () - begin);
    }
  return best;
}

static double baseline;

static void
begin_turns (void)
{
  turns.since = cpu_ms ();
  turns.most = 0;
  turns.n = 0;
}

static void
end_turns (const char *what)
{
  g_test_message ("%s: of %u turns the longest took %.1f ms (the machine's measure: %.1f ms)", what, turns.n, turns.most, baseline);
  g_assert_cmpfloat (turns.most, <, MAX (50.0, 4 * baseline));
}

static void
test_turns (void)
{
  TableFixture self;
  g_autofree char *large = g_strnfill (1024 * 1024, 'x');
  gint64 start = g_get_monotonic_time ();
  guint n_new = 0;

  baseline = measure_machine ();
  self.fake = fake_table_new ();
  fake_table_fill (self.fake, 100000);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("large-%u", i);

      fake_table_put (self.fake, key, FAKE_OTHER, g_variant_new_string (large));
    }
  g_main_context_set_poll_func (NULL, poll_cb);
  self.table = rt_table_new (RT_TABLE_SOURCE (self.fake));
  begin_turns ();
  table_settle (self.table);
  end_turns ("loading 100,000 keys");
  g_assert_cmpuint (rt_table_get_n_keys (self.table), ==, 100020);
  begin_turns ();
  rt_table_set_filter (self.table, "Value of 9");
  table_settle (self.table);
  end_turns ("a filter");
  begin_turns ();
  rt_table_set_filter (self.table, "größe");
  table_settle (self.table);
  end_turns ("a filter that is no ASCII");
  rt_table_set_filter (self.table, "");
  table_settle (self.table);
  for (guint sort_by = RT_TABLE_SORT_VALUE; sort_by <= RT_TABLE_SORT_LEASE; sort_by++)
    {
      g_autofree char *what = g_strdup_printf ("order %u", sort_by);

      begin_turns ();
      rt_table_set_sort (self.table, (RtTableSort) sort_by, TRUE);
      table_settle (self.table);
      end_turns (what);
    }
  begin_turns ();
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *key = g_strdup_printf ("key-%06u", i * 7 % 110000);

      n_new += i * 7 % 110000 >= 100000;
      put_int (&self, key, FAKE_OTHER, i);
      if (i % 500 == 0)
        {
          turns.since = cpu_ms ();
          g_main_context_iteration (NULL, FALSE);
        }
    }
  turns.since = cpu_ms ();
  settle (&self);
  rt_wait_until (rt_table_get_n_keys (self.table) == 100020 + n_new);
  end_turns ("20,000 changes");
  g_main_context_set_poll_func (NULL, NULL);
  g_test_message ("all of it: %.1f s", (double) (g_get_monotonic_time () - start) / 1e6);
  table_tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/empty", test_empty);
  g_test_add_func ("/table/rows", test_rows);
  g_test_add_func ("/table/countdown", test_countdown);
  g_test_add_func ("/table/sort", test_sort);
  g_test_add_func ("/table/filter", test_filter);
  g_test_add_func ("/table/random", test_random);
  g_test_add_func ("/table/source", test_source_changes);
  g_test_add_func ("/table/turns", test_turns);
  return g_test_run ();
}
