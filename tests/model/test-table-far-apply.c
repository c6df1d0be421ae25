/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many changes on their way over a network: cancelled, cut off, tried again; and values that are fetched for a file. */
#include "far-test.h"

/* ---- in the middle ---- */

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) results = NULL, again = NULL;
  Far self;

  set_up_full (&self, 30, RT_TABLE_CACHE_BYTES);
  want_all (&self);
  stage_many (&self, 30);
  rt_table_apply_async (self.table, NULL, cancellable, rt_wait_result_cb, &result);
  rt_wait_until (fake_ring_table_get_n_pending (self.far) == 8);
  /* one after the other has a place of those that are written at once */
  fake_ring_table_answer (self.far, 5);
  rt_wait_until (fake_ring_table_get_n_pending (self.far) == 8);
  {
    g_autoptr (GBytes) key = key_of ("key-000012");
    g_autoptr (GError) error = NULL;

    /* its turn is now: nobody can change it under the write */
    g_assert_null (rt_table_stage_set (self.table, key, g_variant_new_int64 (7), NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  }
  g_cancellable_cancel (cancellable);
  rt_wait_result (result);
  results = rt_table_apply_finish (self.table, result, NULL);
  table_settle (self.table);
  g_assert_cmpuint (g_list_model_get_n_items (results), ==, 30);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_APPLIED), ==, 5);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_CANCELLED), ==, 25);
  assert_words (results, 4, "5 of 5 places have it");
  assert_words (results, 5, "Stopped on its way: it may have been written");
  assert_words (results, 29, "Not tried: you stopped before");
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 25);
  g_assert_false (rt_table_get_applying (self.table));
  again = apply_far (&self);
  g_assert_cmpuint (count_outcomes (again, RT_OUTCOME_APPLIED), ==, 25);
  g_clear_object (&result);
  tear_down (&self, NULL);
}

static void
test_stopped_network (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) results = NULL;
  Far self;

  set_up_full (&self, 30, RT_TABLE_CACHE_BYTES);
  want_all (&self);
  stage_many (&self, 30);
  rt_table_apply_async (self.table, NULL, NULL, rt_wait_result_cb, &result);
  rt_wait_until (fake_ring_table_get_n_pending (self.far) == 8);
  fake_ring_table_answer (self.far, 3);
  rt_wait_until (fake_ring_table_get_n_pending (self.far) == 8);
  fake_table_set_refusal (self.inner, "The network is off");
  fake_ring_table_break (self.far, "The socket was closed");
  rt_wait_result (result);
  results = rt_table_apply_finish (self.table, result, NULL);
  table_settle (self.table);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_APPLIED), ==, 3);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_FAILED), ==, 27);
  assert_words (results, 3, "The socket was closed");
  assert_words (results, 29, "The network is off");
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 27);
  g_clear_object (&result);
  tear_down (&self, NULL);
}

/* Another source while something is on its way: what was staged upon the old one is still there. */
static void
test_source_goes (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) results = NULL;
  Far self;

  set_up_full (&self, 10, RT_TABLE_CACHE_BYTES);
  want_all (&self);
  stage_many (&self, 10);
  rt_table_apply_async (self.table, NULL, NULL, rt_wait_result_cb, &result);
  rt_wait_until (fake_ring_table_get_n_pending (self.far) == 8);
  rt_table_set_source (self.table, NULL);
  fake_ring_table_break (self.far, "The socket was closed");
  rt_wait_result (result);
  results = rt_table_apply_finish (self.table, result, NULL);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_FAILED), ==, 10);
  rt_table_set_source (self.table, RT_TABLE_SOURCE (self.far));
  table_settle (self.table);
  g_clear_object (&results);
  results = apply_far (&self);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_APPLIED), ==, 10);
  g_clear_object (&result);
  tear_down (&self, NULL);
}

/* The network was begun anew, and nothing is read yet: what was staged is no conflict for that, and is written if it is still what was seen. */
static void
test_fresh_source (void)
{
  g_autoptr (FakeRingTable) fresh = NULL;
  g_autoptr (GListModel) results = NULL;
  FakeRingTable *old;
  Far self;

  set_up_full (&self, 5, RT_TABLE_CACHE_BYTES);
  want_all (&self);
  stage_many (&self, 5);
  fake_table_put (self.inner, "key-000002", FAKE_OTHER, g_variant_new_string ("theirs"));
  fresh = fake_ring_table_new (self.inner, -1);
  old = self.far;
  rt_table_set_source (self.table, RT_TABLE_SOURCE (fresh));
  self.far = fresh;
  table_settle (self.table);
  g_assert_cmpuint (rt_table_get_n_unread (self.table), ==, 5);
  g_assert_cmpuint (rt_table_get_n_conflicts (self.table), ==, 0);
  g_assert_cmpuint (rt_table_get_n_staged (self.table), ==, 5);
  results = apply_far (&self);
  g_assert_cmpuint (count_outcomes (results, RT_OUTCOME_APPLIED), ==, 4);
  assert_outcome (results, 2, RT_OUTCOME_CONFLICT);
  g_assert_finalize_object (self.table);
  g_assert_finalize_object (old);
  g_clear_object (&fresh);
  g_assert_finalize_object (self.inner);
}

/* ---- files ---- */

static void
test_export (void)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n_written = 0;
  Far self;

  set_up_full (&self, 50, RT_TABLE_CACHE_BYTES);
  fake_ring_table_fail_read (self.far, "key-000007", "Nobody answered");
  rt_table_export_async (self.table, NULL, RT_TABLE_CSV, stream, NULL, rt_wait_result_cb, &result);
  while (result == NULL)
    {
      fake_ring_table_answer (self.far, G_MAXUINT);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_true (rt_table_export_finish (self.table, result, &n_written, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_written, ==, 49);
  g_assert_cmpuint (rt_table_export_get_n_unread (result), ==, 1);
  table_settle (self.table);
  g_clear_object (&result);
  tear_down (&self, NULL);
}

/* ---- again ---- */

static void
result_cb (RtTable *table, RtTableResult *result, GString *told)
{
  g_string_append_printf (told, "%s %d ", rt_table_result_get_key_text (result), rt_table_result_get_outcome (result));
}

/* Tried again by itself: here at once, because the network came up again. */
static void
test_retry (void)
{
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GListModel) results = NULL;
  GListModel *staged;
  Far self;

  set_up_full (&self, 20, RT_TABLE_CACHE_BYTES);
  g_signal_connect (self.table, "result", G_CALLBACK (result_cb), told);
  want_all (&self);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *text = g_strdup_printf ("key-%06u", i);

      stage_far (&self, text, g_variant_new_int64 (-1));
    }
  fake_table_set_refusal (self.inner, "The network is off");
  results = apply_far (&self);
  assert_outcome (results, 0, RT_OUTCOME_FAILED);
  staged = rt_table_get_staged (self.table);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (RtTableRow) row = g_list_model_get_item (staged, i);

      rt_table_set_retry (self.table, rt_table_row_get_key (row), TRUE);
      g_assert_true (rt_table_row_get_retrying (row));
    }
  /* one of them was changed by somebody meanwhile, without a word */
  g_signal_handlers_block_matched (self.inner, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self.far);
  fake_table_put (self.inner, "key-000003", FAKE_OTHER, g_variant_new_string ("theirs"));
  g_signal_handlers_unblock_matched (self.inner, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self.far);
  fake_table_set_refusal (self.inner, NULL);
  /* not all at once */
  rt_wait_until (fake_ring_table_get_n_pending (self.far) == 8);
  {
    g_autoptr (GBytes) key = key_of ("key-000000");

    g_assert_cmpint (rt_table_row_get_state (rt_table_find (self.table, key)), ==, RT_ROW_APPLYING);
    /* what is on its way is not written once more by an apply, nor taken back under it */
    rt_table_unstage (self.table, key);
    g_assert_true (rt_table_row_get_staged (rt_table_find (self.table, key), NULL, NULL));
  }
  while (rt_table_get_n_staged (self.table) > 1)
    {
      fake_ring_table_answer (self.far, G_MAXUINT);
      g_main_context_iteration (NULL, TRUE);
    }
  table_settle (self.table);
  g_assert_cmpuint (rt_table_get_n_conflicts (self.table), ==, 1);
  g_assert_nonnull (strstr (told->str, "key-000003 2 "));
  g_assert_nonnull (strstr (told->str, "key-000011 0 "));
  assert_there (&self, "key-000003", "theirs");
  tear_down (&self, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table-far-apply/retry", test_retry);
  g_test_add_func ("/table-far-apply/cancel", test_cancel);
  g_test_add_func ("/table-far-apply/stopped-network", test_stopped_network);
  g_test_add_func ("/table-far-apply/source-goes", test_source_goes);
  g_test_add_func ("/table-far-apply/fresh-source", test_fresh_source);
  g_test_add_func ("/table-far-apply/export", test_export);
  return g_test_run ();
}
