/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing is overwritten unseen, nothing is dropped silently, one click destroys nothing. */
#include "table-test.h"

static void
settle (TableFixture *self)
{
  table_settle (self->table);
}

static void
set_up_pair (TableFixture *self)
{
  table_set_up (self, 0);
  fake_table_put (self->fake, "mine", FAKE_ME, g_variant_new_string ("one"));
  fake_table_put (self->fake, "theirs", FAKE_OTHER, g_variant_new_string ("two"));
  settle (self);
}

static void
assert_value (TableFixture *self, const char *key, const char *expected)
{
  GVariant *value = fake_table_peek (self->fake, key);

  if (expected == NULL)
    g_assert_null (value);
  else
    g_assert_cmpstr (g_variant_get_string (value, NULL), ==, expected);
}

static void
test_stage (void)
{
  TableFixture self;
  RtTableRow *row;
  GVariant *value;
  RtTableState *base;

  set_up_pair (&self);
  row = stage (&self, "mine", g_variant_new_string ("other"));
  g_assert_cmpint (rt_table_row_get_state (row), ==, RT_ROW_EDITED);
  g_assert_true (rt_table_row_get_staged (row, &value, &base));
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, "other");
  g_assert_cmpstr (g_variant_get_string (rt_table_state_get_value (base), NULL), ==, "one");
  g_assert_cmpstr (rt_table_row_get_value_text (row), ==, "one");
  assert_value (&self, "mine", "one");
  row = stage (&self, "theirs", NULL);
  g_assert_cmpint (rt_table_row_get_state (row), ==, RT_ROW_TO_DELETE);
  row = stage (&self, "new", g_variant_new_int64 (1));
  g_assert_false (rt_table_row_get_exists (row));
  assert_rows (self.table, "mine new theirs");
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 3);
  g_assert_cmpuint (rt_table_get_n_keys (self.table), ==, 2);
  rt_table_set_show (self.table, RT_TABLE_SHOW_STAGED);
  unstage (&self, "new");
  settle (&self);
  assert_rows (self.table, "mine theirs");
  g_assert_null (row_of (&self, "new"));
  /* what it is already is no edit */
  stage (&self, "mine", g_variant_new_string ("one"));
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 1);
  /* a new one that shall be deleted is simply not made */
  stage (&self, "new", g_variant_new_int64 (1));
  g_assert_null (stage (&self, "new", NULL));
  rt_table_unstage_all (self.table);
  settle (&self);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 0);
  g_assert_cmpuint (fake_table_get_n_writes (self.fake), ==, 0);
  table_tear_down (&self);
}

static void
test_unfit (void)
{
  TableFixture self;
  g_autofree char *long_key = g_strnfill (RT_TABLE_MAX_KEY + 1, 'k'), *large = g_strnfill (RT_VALUE_MAX_BYTES, 'v');
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0), too_long = key_of (long_key), good = key_of ("k"), absent = key_of ("absent");
  g_autoptr (GError) error = NULL;

  set_up_pair (&self);
  g_assert_null (rt_table_stage_set (self.table, empty, g_variant_new_int64 (1), NULL, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL);
  g_clear_error (&error);
  g_assert_null (rt_table_stage_set (self.table, too_long, g_variant_new_int64 (1), NULL, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (rt_table_stage_set (self.table, good, g_variant_new_string (large), NULL, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (rt_table_stage_set (self.table, good, g_variant_new_tuple (NULL, 0), NULL, &error));
  g_assert_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL);
  g_clear_error (&error);
  g_assert_null (rt_table_stage_delete (self.table, absent, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 0);
  table_tear_down (&self);
}

static void
test_conflict (void)
{
  TableFixture self;
  g_autoptr (GBytes) key = key_of ("theirs");
  g_autoptr (RtTableState) seen = NULL;
  g_autoptr (GListModel) results = NULL;
  RtTableRow *row;

  set_up_pair (&self);
  fake_table_set_now (self.fake, 1700000000 + 4000);
  seen = rt_table_row_dup_state (row_of (&self, "theirs"));
  /* it changes while the editor is open */
  fake_table_put (self.fake, "theirs", FAKE_ME, g_variant_new_string ("three"));
  row = rt_table_stage_set (self.table, key, g_variant_new_string ("edited"), seen, NULL);
  g_assert_cmpint (rt_table_row_get_state (row), ==, RT_ROW_CONFLICT);
  g_assert_cmpuint (rt_table_get_n_conflicts (self.table), ==, 1);
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_CONFLICT);
  assert_value (&self, "theirs", "three");
  g_assert_cmpuint (fake_table_get_n_writes (self.fake), ==, 0);
  /* back to what was seen: no conflict any more */
  fake_table_put (self.fake, "theirs", FAKE_OTHER, g_variant_new_string ("two"));
  settle (&self);
  g_assert_cmpint (rt_table_row_get_state (row), ==, RT_ROW_EDITED);
  g_assert_cmpuint (rt_table_get_n_conflicts (self.table), ==, 0);
  /* deleted under the edit */
  fake_table_put (self.fake, "theirs", FAKE_OTHER, NULL);
  settle (&self);
  g_assert_cmpint (rt_table_row_get_state (row), ==, RT_ROW_CONFLICT);
  g_assert_false (rt_table_row_get_exists (row));
  rt_table_keep_mine (self.table, key);
  g_assert_cmpint (rt_table_row_get_state (row), ==, RT_ROW_EDITED);
  g_clear_object (&results);
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_value (&self, "theirs", "edited");
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 0);
  table_tear_down (&self);
}

/* It changes after it was staged, and the window has not even heard of it. */
static void
test_change_before_apply (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GBytes) key = key_of ("mine");

  set_up_pair (&self);
  stage (&self, "mine", g_variant_new_string ("edited"));
  g_signal_handlers_block_matched (self.fake, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self.table);
  fake_table_put (self.fake, "mine", FAKE_ME, g_variant_new_string ("changed"));
  g_signal_handlers_unblock_matched (self.fake, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self.table);
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_CONFLICT);
  assert_value (&self, "mine", "changed");
  rt_table_keep_theirs (self.table, key);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 0);
  g_assert_cmpuint (rt_table_get_n_conflicts (self.table), ==, 0);
  table_tear_down (&self);
}

static void
test_apply (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RtTableResult) refused = NULL;

  set_up_pair (&self);
  fake_table_put (self.fake, "third", FAKE_ME, g_variant_new_string ("3"));
  settle (&self);
  stage (&self, "theirs", g_variant_new_string ("stolen"));
  stage (&self, "mine", g_variant_new_string ("one and a half"));
  stage (&self, "third", NULL);
  stage (&self, "new", g_variant_new_string ("4"));
  fake_table_fail_next (self.fake, NULL);
  results = apply (&self);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, 4);
  assert_outcome (results, 0, RT_OUTCOME_LEASED);
  refused = g_list_model_get_item (results, 0);
  g_assert_cmpstr (rt_table_result_get_words (refused), ==, "Anna…Anna holds the lease for another 1 h 0 min");
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  assert_outcome (results, 2, RT_OUTCOME_APPLIED);
  assert_outcome (results, 3, RT_OUTCOME_APPLIED);
  assert_value (&self, "theirs", "two");
  assert_value (&self, "mine", "one and a half");
  assert_value (&self, "third", NULL);
  assert_value (&self, "new", "4");
  /* what was refused is still there */
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 1);
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "theirs")), ==, RT_ROW_FAILED);
  settle (&self);
  assert_rows (self.table, "mine new theirs");
  /* any other refusal is told in its words */
  stage (&self, "mine", g_variant_new_string ("x"));
  unstage (&self, "theirs");
  fake_table_fail_next (self.fake, "the disk is full");
  g_clear_object (&results);
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_FAILED);
  g_assert_cmpstr (rt_table_row_get_error (row_of (&self, "mine")), ==, "the disk is full");
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 1);
  table_tear_down (&self);
}

static void
test_already_so (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;

  set_up_pair (&self);
  stage (&self, "theirs", g_variant_new_string ("same"));
  stage (&self, "mine", NULL);
  fake_table_put (self.fake, "theirs", FAKE_OTHER, g_variant_new_string ("same"));
  fake_table_put (self.fake, "mine", FAKE_OTHER, NULL);
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  g_assert_cmpuint (fake_table_get_n_writes (self.fake), ==, 0);
  g_assert_null (rt_table_get_undo_text (self.table));
  table_tear_down (&self);
}

static void
test_cancel (void)
{
  TableFixture self;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL, second = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GError) error = NULL;

  set_up_pair (&self);
  stage (&self, "mine", g_variant_new_string ("x"));
  stage (&self, "theirs", NULL);
  rt_table_apply_async (self.table, NULL, cancellable, rt_wait_result_cb, &result);
  g_assert_true (rt_table_get_applying (self.table));
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "mine")), ==, RT_ROW_APPLYING);
  rt_table_apply_async (self.table, NULL, NULL, rt_wait_result_cb, &second);
  /* it cannot be taken back or changed now */
  unstage (&self, "mine");
  rt_table_unstage_all (self.table);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 2);
  g_cancellable_cancel (cancellable);
  rt_wait_result (result);
  rt_wait_result (second);
  g_assert_null (rt_table_apply_finish (self.table, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  results = rt_table_apply_finish (self.table, result, NULL);
  assert_outcome (results, 0, RT_OUTCOME_CANCELLED);
  assert_outcome (results, 1, RT_OUTCOME_CANCELLED);
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "mine")), ==, RT_ROW_EDITED);
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "theirs")), ==, RT_ROW_TO_DELETE);
  g_assert_cmpuint (fake_table_get_n_writes (self.fake), ==, 0);
  g_clear_object (&result);
  g_clear_object (&second);
  table_tear_down (&self);
}

static void
count_cb (RtTable *table, RtTableResult *result, GPtrArray *results)
{
  g_ptr_array_add (results, g_object_ref (result));
}

static void
test_retry (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) key = key_of ("theirs"), other = key_of ("other");

  set_up_pair (&self);
  fake_table_put (self.fake, "other", FAKE_OTHER, g_variant_new_string ("o"));
  settle (&self);
  g_signal_connect (self.table, "result", G_CALLBACK (count_cb), told);
  stage (&self, "theirs", g_variant_new_string ("later"));
  stage (&self, "other", g_variant_new_string ("later"));
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_LEASED);
  rt_table_set_retry (self.table, key, TRUE);
  rt_table_set_retry (self.table, other, TRUE);
  g_assert_true (rt_table_row_get_retrying (row_of (&self, "theirs")));
  rt_wait_milliseconds (20);
  g_assert_cmpuint (fake_table_get_n_writes (self.fake), ==, 2);
  /* one is renewed with another value: that is a conflict, and not tried */
  fake_table_put (self.fake, "other", FAKE_OTHER, g_variant_new_string ("p"));
  settle (&self);
  g_assert_false (rt_table_row_get_retrying (row_of (&self, "other")));
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "other")), ==, RT_ROW_CONFLICT);
  fake_table_set_now (self.fake, 1700000000 + 3601);
  rt_wait_until (told->len == 1);
  assert_value (&self, "theirs", "later");
  assert_value (&self, "other", "p");
  g_assert_cmpint (rt_table_result_get_outcome (told->pdata[0]), ==, RT_OUTCOME_APPLIED);
  g_assert_nonnull (rt_table_get_undo_text (self.table));
  table_tear_down (&self);
}

static void
test_retry_is_bounded (void)
{
  TableFixture self;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) key = key_of ("theirs");

  set_up_pair (&self);
  g_signal_connect (self.table, "result", G_CALLBACK (count_cb), told);
  stage (&self, "theirs", g_variant_new_string ("later"));
  rt_table_set_retry (self.table, key, TRUE);
  fake_table_set_now (self.fake, 1700000000 + RT_TABLE_RETRY_SECONDS + 1);
  rt_wait_until (told->len == 1);
  g_assert_cmpint (rt_table_result_get_outcome (told->pdata[0]), ==, RT_OUTCOME_FAILED);
  g_assert_false (rt_table_row_get_retrying (row_of (&self, "theirs")));
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 1);
  assert_value (&self, "theirs", "two");
  table_tear_down (&self);
}

static void
test_undo (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GError) error = NULL;

  set_up_pair (&self);
  stage (&self, "mine", NULL);
  g_object_unref (apply (&self));
  assert_value (&self, "mine", NULL);
  g_assert_cmpstr (rt_table_get_undo_text (self.table), ==, "Undo: bring “mine” back");
  stage (&self, "a", g_variant_new_string ("1"));
  stage (&self, "b", g_variant_new_string ("2"));
  g_object_unref (apply (&self));
  g_assert_cmpstr (rt_table_get_undo_text (self.table), ==, "Undo: the former values of 2 keys");
  /* somebody else has changed one of them since: it is left alone */
  fake_table_put (self.fake, "b", FAKE_OTHER, g_variant_new_string ("not yours"));
  results = undo (&self, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, 2);
  assert_value (&self, "a", NULL);
  assert_value (&self, "b", "not yours");
  g_assert_cmpint (rt_table_row_get_state (row_of (&self, "b")), ==, RT_ROW_CONFLICT);
  rt_table_unstage_all (self.table);
  g_assert_nonnull (rt_table_get_redo_text (self.table));
  g_object_unref (undo (&self, TRUE, &error));
  assert_value (&self, "a", "1");
  g_object_unref (undo (&self, FALSE, &error));
  g_object_unref (undo (&self, FALSE, &error));
  assert_value (&self, "mine", "one");
  g_assert_null (rt_table_get_undo_text (self.table));
  g_assert_null (undo (&self, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  table_tear_down (&self);
}

/* A key that the person is changing again is not touched by an undo, and can be undone later. */
static void
test_undo_under_an_edit (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GError) error = NULL;

  set_up_pair (&self);
  stage (&self, "mine", g_variant_new_string ("two"));
  stage (&self, "new", g_variant_new_string ("n"));
  g_object_unref (apply (&self));
  stage (&self, "mine", g_variant_new_string ("three"));
  results = undo (&self, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, 2);
  assert_outcome (results, 0, RT_OUTCOME_FAILED);
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  assert_value (&self, "mine", "two");
  assert_value (&self, "new", NULL);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 1);
  unstage (&self, "mine");
  g_object_unref (undo (&self, FALSE, &error));
  assert_value (&self, "mine", "one");
  g_assert_null (rt_table_get_undo_text (self.table));
  table_tear_down (&self);
}

/* What is too much to be taken back is not: nor is what was before it, which nobody would mean then. */
static void
test_too_much_to_undo (void)
{
  TableFixture self;
  g_autoptr (GError) error = NULL;

  set_up_pair (&self);
  stage (&self, "mine", g_variant_new_string ("two"));
  g_object_unref (apply (&self));
  g_assert_nonnull (rt_table_get_undo_text (self.table));
  for (guint i = 0; i <= RT_TABLE_MAX_UNDO; i++)
    {
      g_autofree char *key = g_strdup_printf ("many/%u", i);

      stage (&self, key, g_variant_new_int64 (i));
    }
  g_object_unref (apply (&self));
  g_assert_null (rt_table_get_undo_text (self.table));
  g_assert_null (undo (&self, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_value (&self, "mine", "two");
  table_tear_down (&self);
}

/* The row of a key that is made is the same one before and after. */
static void
test_new_key_keeps_its_row (void)
{
  TableFixture self;
  g_autoptr (RtTableRow) row = NULL;
  guint n = 0;

  set_up_pair (&self);
  row = g_object_ref (stage (&self, "new", g_variant_new_string ("n")));
  g_signal_connect_swapped (rt_table_get_rows (self.table), "items-changed", G_CALLBACK (g_atomic_int_inc), &n);
  g_object_unref (apply (&self));
  settle (&self);
  g_assert_true (row_of (&self, "new") == row);
  g_assert_true (rt_table_row_get_exists (row));
  g_assert_cmpuint (n, ==, 0);
  g_signal_handlers_disconnect_by_data (rt_table_get_rows (self.table), &n);
  table_tear_down (&self);
}

/* States change in whatever order, and the rows that are sorted by them stay sorted. */
static void
test_sorted_by_state (void)
{
  TableFixture self;
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  table_set_up (&self, 200);
  rt_table_set_sort (self.table, RT_TABLE_SORT_STATE, FALSE);
  for (guint round = 0; round < 60; round++)
    {
      GListModel *rows = rt_table_get_rows (self.table);

      for (guint i = 0; i < 15; i++)
        {
          g_autofree char *key = g_strdup_printf ("key-%06d", g_rand_int_range (rand, 0, 220));

          switch (g_rand_int_range (rand, 0, 5))
            {
            case 0: stage (&self, key, g_variant_new_int64 (g_rand_int_range (rand, 0, 9999))); break;
            case 1: unstage (&self, key); break;
            case 2: fake_table_put (self.fake, key, FAKE_OTHER, g_variant_new_int64 (g_rand_int_range (rand, 0, 9999))); break;
            case 3: fake_table_put (self.fake, key, FAKE_OTHER, NULL); break;
            default: fake_table_put (self.fake, key, FAKE_ME, g_variant_new_boolean (TRUE)); break;
            }
        }
      if (round % 5 == 4)
        g_object_unref (apply (&self));
      if (round % 17 == 16)
        rt_table_unstage_all (self.table);
      settle (&self);
      g_assert_cmpuint (g_list_model_get_n_items (rows), >=, rt_table_get_n_keys (self.table));
      for (guint i = 1; i < g_list_model_get_n_items (rows); i++)
        {
          g_autoptr (RtTableRow) a = g_list_model_get_item (rows, i - 1), b = g_list_model_get_item (rows, i);

          g_assert_cmpint (rt_table_row_compare (a, b, RT_TABLE_SORT_STATE), <, 0);
          g_assert_cmpint (a->order_state, ==, a->state);
        }
    }
  table_tear_down (&self);
}

static void
test_off (void)
{
  TableFixture self;
  g_autoptr (GListModel) results = NULL;

  set_up_pair (&self);
  fake_table_set_refusal (self.fake, "The network is off");
  g_assert_cmpstr (rt_table_get_refusal (self.table), ==, "The network is off");
  stage (&self, "mine", g_variant_new_string ("kept"));
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_FAILED);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 1);
  g_assert_cmpuint (fake_table_get_n_writes (self.fake), ==, 0);
  fake_table_set_refusal (self.fake, NULL);
  g_clear_object (&results);
  results = apply (&self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_value (&self, "mine", "kept");
  table_tear_down (&self);
}

static void
test_history (void)
{
  TableFixture self;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) key = key_of ("mine");
  g_autoptr (GPtrArray) past = NULL;

  set_up_pair (&self);
  fake_table_put (self.fake, "mine", FAKE_OTHER, NULL);
  rt_table_load_history_async (self.table, key, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  past = rt_table_load_history_finish (self.table, result, NULL);
  g_assert_cmpuint (past->len, ==, 2);
  g_assert_true (((RtTablePast *) past->pdata[0])->deleted);
  g_assert_cmpstr (g_variant_get_string (((RtTablePast *) past->pdata[1])->value, NULL), ==, "one");
  g_clear_object (&result);
  table_tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table-edits/stage", test_stage);
  g_test_add_func ("/table-edits/unfit", test_unfit);
  g_test_add_func ("/table-edits/conflict", test_conflict);
  g_test_add_func ("/table-edits/change-before-apply", test_change_before_apply);
  g_test_add_func ("/table-edits/apply", test_apply);
  g_test_add_func ("/table-edits/already-so", test_already_so);
  g_test_add_func ("/table-edits/cancel", test_cancel);
  g_test_add_func ("/table-edits/retry", test_retry);
  g_test_add_func ("/table-edits/retry-is-bounded", test_retry_is_bounded);
  g_test_add_func ("/table-edits/undo", test_undo);
  g_test_add_func ("/table-edits/undo-under-an-edit", test_undo_under_an_edit);
  g_test_add_func ("/table-edits/too-much-to-undo", test_too_much_to_undo);
  g_test_add_func ("/table-edits/new-key-keeps-its-row", test_new_key_keeps_its_row);
  g_test_add_func ("/table-edits/sorted-by-state", test_sorted_by_state);
  g_test_add_func ("/table-edits/off", test_off);
  g_test_add_func ("/table-edits/history", test_history);
  return g_test_run ();
}
