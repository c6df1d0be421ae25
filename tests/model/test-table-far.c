/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose values come over a network, when somebody looks: nothing is overwritten unseen there either. */
#include "table-test.h"
#include "fake-ring-table.h"
#include "model/rt-table-cache.h"

typedef struct {
  FakeTable     *inner;
  FakeRingTable *far;
  RtTable       *table;
} Far;

static void
set_up_full (Far *self, guint n, gsize max_bytes)
{
  self->inner = fake_table_new ();
  fake_table_fill (self->inner, n);
  self->far = fake_ring_table_new_full (self->inner, -1, max_bytes);
  self->table = rt_table_new (RT_TABLE_SOURCE (self->far));
  table_settle (self->table);
}

static void
set_up (Far *self, gconstpointer data)
{
  set_up_full (self, 0, RT_TABLE_CACHE_BYTES);
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("one"));
  fake_table_put (self->inner, "b", FAKE_OTHER, g_variant_new_string ("two"));
  fake_table_put (self->inner, "c", FAKE_OTHER, g_variant_new_int64 (3));
  table_settle (self->table);
}

static void
tear_down (Far *self, gconstpointer data)
{
  g_assert_finalize_object (self->table);
  g_assert_finalize_object (self->far);
  g_assert_finalize_object (self->inner);
}

static RtTableRow *
row_of_far (Far *self, const char *text)
{
  g_autoptr (GBytes) key = key_of (text);

  return rt_table_find (self->table, key);
}

static void
read_all (Far *self)
{
  while (fake_ring_table_answer (self->far, G_MAXUINT) > 0)
    ;
  table_settle (self->table);
}

static void
want_all (Far *self)
{
  GListModel *rows = rt_table_get_rows (self->table);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (RtTableRow) row = g_list_model_get_item (rows, i);

      rt_table_want (self->table, rt_table_row_get_key (row));
    }
  read_all (self);
}

static RtTableRow *
stage_far (Far *self, const char *text, GVariant *value)
{
  g_autoptr (GBytes) key = key_of (text);
  g_autoptr (GError) error = NULL;
  RtTableRow *row = value != NULL ? rt_table_stage_set (self->table, key, value, NULL, &error) : rt_table_stage_delete (self->table, key, NULL, &error);

  g_assert_no_error (error);
  return row;
}

static void
assert_there (Far *self, const char *text, const char *expected)
{
  GVariant *value = fake_table_peek (self->inner, text);

  if (expected == NULL)
    g_assert_null (value);
  else
    g_assert_cmpstr (g_variant_get_string (value, NULL), ==, expected);
}

static GListModel *
finish (Far *self, GAsyncResult **result, gboolean is_undo)
{
  g_autoptr (GError) error = NULL;
  GListModel *results;

  while (*result == NULL)
    {
      fake_ring_table_answer (self->far, G_MAXUINT);
      g_main_context_iteration (NULL, TRUE);
    }
  results = is_undo ? rt_table_undo_finish (self->table, *result, &error) : rt_table_apply_finish (self->table, *result, &error);
  g_assert_no_error (error);
  table_settle (self->table);
  return results;
}

static GListModel *
apply_far (Far *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_table_apply_async (self->table, NULL, NULL, rt_wait_result_cb, &result);
  return finish (self, &result, FALSE);
}

#define assert_words(results, i, expected) \
  G_STMT_START { g_autoptr (RtTableResult) result_ = g_list_model_get_item (results, i); \
                 g_assert_cmpstr (rt_table_result_get_words (result_), ==, expected); } G_STMT_END

/* ---- looking ---- */

static void
test_look (Far *self, gconstpointer data)
{
  RtTableRow *a = row_of_far (self, "a");

  g_assert_true (rt_table_is_fetching (self->table));
  g_assert_cmpuint (rt_table_get_n_keys (self->table), ==, 3);
  g_assert_cmpuint (rt_table_get_n_unread (self->table), ==, 3);
  g_assert_true (rt_table_row_get_unread (a));
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "");
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, "not read yet");
  g_assert_cmpuint (fake_ring_table_get_n_reads (self->far), ==, 0);
  rt_table_row_want (a);
  table_settle (self->table);
  g_assert_true (rt_table_row_get_reading (a));
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, "being read…");
  read_all (self);
  g_assert_false (rt_table_row_get_unread (a));
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "one");
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, rt_value_kind_words (RT_VALUE_TEXT));
  g_assert_cmpuint (rt_table_row_get_size (a), >, 0);
  g_assert_cmpuint (rt_table_get_n_unread (self->table), ==, 2);
  g_assert_cmpuint (fake_ring_table_get_n_reads (self->far), ==, 1);
  /* it is before somebody's eyes: what others make of it comes by itself, with the old one shown until then */
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("uno"));
  table_settle (self->table);
  g_assert_true (rt_table_row_get_old (a));
  g_assert_true (rt_table_row_get_reading (a));
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "one");
  read_all (self);
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "uno");
  g_assert_false (rt_table_row_get_old (a));
  /* and no more, when it is not */
  rt_table_row_unwant (a);
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("eins"));
  table_settle (self->table);
  g_assert_cmpuint (fake_ring_table_get_n_pending (self->far), ==, 0);
  g_assert_true (rt_table_row_get_old (a));
  rt_table_want (self->table, rt_table_row_get_key (a));
  read_all (self);
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "eins");
}

static void
test_unreadable (Far *self, gconstpointer data)
{
  RtTableRow *a = row_of_far (self, "a"), *b = row_of_far (self, "b");

  fake_ring_table_fail_read (self->far, "a", "Two of the five places answered");
  fake_ring_table_lose (self->far, "b");
  want_all (self);
  g_assert_true (rt_table_row_get_unread (a));
  g_assert_cmpstr (rt_table_row_get_kind_text (a), ==, "cannot be read");
  g_assert_cmpstr (rt_table_row_get_trouble (a), ==, "Two of the five places answered");
  g_assert_false (rt_table_row_get_unread (b));
  g_assert_true (rt_table_row_get_exists (b));
  g_assert_cmpstr (rt_table_row_get_kind_text (b), ==, "no value");
  fake_ring_table_fail_read (self->far, "a", NULL);
  rt_table_read_again (self->table, rt_table_row_get_key (a));
  read_all (self);
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "one");
  g_assert_null (rt_table_row_get_trouble (a));
}

static void
test_order_and_filter (Far *self, gconstpointer data)
{
  g_autoptr (GBytes) b = key_of ("b"), c = key_of ("c");
  g_autofree char *words = NULL;

  g_assert_null (rt_table_dup_unread_words (self->table));
  rt_table_want (self->table, c);
  rt_table_want (self->table, b);
  read_all (self);
  rt_table_set_sort (self->table, RT_TABLE_SORT_VALUE, FALSE);
  table_settle (self->table);
  /* what was not read comes last */
  assert_rows (self->table, "c b a");
  words = rt_table_dup_unread_words (self->table);
  g_assert_nonnull (strstr (words, "1 of 3"));
  rt_table_set_filter (self->table, "o");
  table_settle (self->table);
  assert_rows (self->table, "b");
  /* it comes as it is read */
  rt_table_want (self->table, rt_table_row_get_key (row_of_far (self, "a")));
  read_all (self);
  assert_rows (self->table, "a b");
  g_assert_null (rt_table_dup_unread_words (self->table));
}

/* A thousand are before the eyes, one after the other: the table does not ask for all at once, and forgets what there is no room for. */
static void
test_many (void)
{
  Far self;

  set_up_full (&self, 1000, 100 * 300);
  want_all (&self);
  g_assert_cmpuint (fake_ring_table_get_n_reads (self.far), <=, RT_TABLE_CACHE_AT_ONCE + RT_TABLE_CACHE_WAITING);
  g_assert_cmpuint (fake_ring_table_get_bytes (self.far), <=, 100 * 300);
  g_assert_cmpuint (rt_table_get_n_unread (self.table), >, 850);
  g_assert_cmpuint (rt_table_get_n_unread (self.table), <, 950);
  tear_down (&self, NULL);
}

/* ---- writing ---- */

static void
test_write (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL;

  want_all (self);
  stage_far (self, "a", g_variant_new_string ("other"));
  stage_far (self, "b", NULL);
  stage_far (self, "new", g_variant_new_string ("fresh"));
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  assert_outcome (results, 2, RT_OUTCOME_APPLIED);
  assert_words (results, 0, "5 of 5 places have it");
  assert_there (self, "a", "other");
  assert_there (self, "b", NULL);
  assert_there (self, "new", "fresh");
  g_assert_cmpuint (rt_table_get_n_staged (self->table), ==, 0);
  assert_rows (self->table, "a c new");
  /* what we wrote need not be read */
  g_assert_cmpstr (rt_table_row_get_value_text (row_of_far (self, "new")), ==, "fresh");
  g_assert_false (rt_table_row_get_old (row_of_far (self, "new")));
}

static void
test_conflict (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL, again = NULL;
  RtTableRow *a, *b;

  want_all (self);
  a = stage_far (self, "a", g_variant_new_string ("mine"));
  b = stage_far (self, "b", g_variant_new_string ("same"));
  stage_far (self, "n", g_variant_new_string ("mine"));
  /* nobody told us: it is found when it is looked at before it is written */
  g_signal_handlers_block_matched (self->inner, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->far);
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("theirs"));
  fake_table_put (self->inner, "b", FAKE_OTHER, g_variant_new_string ("same"));
  fake_table_put (self->inner, "n", FAKE_OTHER, g_variant_new_string ("theirs"));
  results = apply_far (self);
  g_signal_handlers_unblock_matched (self->inner, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->far);
  assert_outcome (results, 0, RT_OUTCOME_CONFLICT);
  assert_outcome (results, 1, RT_OUTCOME_APPLIED);
  assert_outcome (results, 2, RT_OUTCOME_CONFLICT);
  assert_words (results, 0, "It was changed by somebody else since you saw it");
  assert_words (results, 2, "It was made by somebody else meanwhile");
  assert_there (self, "a", "theirs");
  g_assert_cmpint (rt_table_row_get_state (a), ==, RT_ROW_CONFLICT);
  g_assert_cmpint (rt_table_row_get_state (b), ==, RT_ROW_NORMAL);
  /* both are shown; the person decides */
  g_assert_cmpstr (rt_table_row_get_value_text (a), ==, "theirs");
  rt_table_keep_mine (self->table, rt_table_row_get_key (a));
  rt_table_keep_theirs (self->table, rt_table_row_get_key (row_of_far (self, "n")));
  again = apply_far (self);
  assert_outcome (again, 0, RT_OUTCOME_APPLIED);
  assert_there (self, "a", "mine");
  assert_there (self, "n", "theirs");
}

/* Staged upon a value that nobody had read: that is looked at first, and is not written over unseen. */
static void
test_unseen (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL;
  RtTableRow *a, *b;

  a = stage_far (self, "a", g_variant_new_string ("mine"));
  b = stage_far (self, "b", NULL);
  stage_far (self, "c", g_variant_new_int64 (3));
  g_assert_cmpint (rt_table_row_get_state (a), ==, RT_ROW_EDITED);
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_CONFLICT);
  assert_outcome (results, 1, RT_OUTCOME_CONFLICT);
  assert_words (results, 0, "It has a value that you had not seen");
  /* it is what was wanted: nothing to see */
  assert_outcome (results, 2, RT_OUTCOME_APPLIED);
  assert_words (results, 2, "It was so already");
  assert_there (self, "a", "one");
  assert_there (self, "b", "two");
  g_assert_cmpuint (fake_table_get_n_writes (self->inner), ==, 0);
  g_assert_cmpint (rt_table_row_get_state (b), ==, RT_ROW_CONFLICT);
  g_assert_cmpstr (rt_table_row_get_value_text (b), ==, "two");
  rt_table_keep_mine (self->table, rt_table_row_get_key (b));
  g_clear_object (&results);
  rt_table_unstage (self->table, rt_table_row_get_key (a));
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_there (self, "b", NULL);
}

static void
test_refused (Far *self, gconstpointer data)
{
  g_autoptr (GListModel) results = NULL;
  RtTableRow *a;

  want_all (self);
  fake_table_fail_next (self->inner, "2 of 5 places have it, which is too few");
  a = stage_far (self, "a", g_variant_new_string ("mine"));
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_FAILED);
  g_assert_cmpint (rt_table_row_get_state (a), ==, RT_ROW_FAILED);
  g_assert_cmpstr (rt_table_row_get_error (a), ==, "2 of 5 places have it, which is too few");
  g_clear_object (&results);
  results = apply_far (self);
  assert_outcome (results, 0, RT_OUTCOME_APPLIED);
  assert_there (self, "a", "mine");
}

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

static void
test_undo (Far *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) undone = NULL, redone = NULL;
  g_autoptr (GListModel) first = NULL, second = NULL, third = NULL;

  want_all (self);
  stage_far (self, "a", g_variant_new_string ("mine"));
  stage_far (self, "b", NULL);
  first = apply_far (self);
  g_assert_nonnull (rt_table_get_undo_text (self->table));
  rt_table_undo_async (self->table, NULL, rt_wait_result_cb, &undone);
  second = finish (self, &undone, TRUE);
  assert_outcome (second, 0, RT_OUTCOME_APPLIED);
  assert_outcome (second, 1, RT_OUTCOME_APPLIED);
  assert_there (self, "a", "one");
  assert_there (self, "b", "two");
  /* somebody else was there meanwhile: it is not done again over him */
  fake_table_put (self->inner, "a", FAKE_OTHER, g_variant_new_string ("theirs"));
  rt_table_redo_async (self->table, NULL, rt_wait_result_cb, &redone);
  third = finish (self, &redone, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (third), ==, 2);
  assert_there (self, "a", "theirs");
  assert_there (self, "b", NULL);
  g_assert_cmpuint (rt_table_get_n_conflicts (self->table), ==, 1);
}

/* ---- in the middle ---- */

static void
stage_many (Far *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("key-%06u", i);

      stage_far (self, text, g_variant_new_int64 (-1));
    }
}

static guint
count_outcomes (GListModel *results, RtTableOutcome outcome)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RtTableResult) result = g_list_model_get_item (results, i);

      n += rt_table_result_get_outcome (result) == outcome;
    }
  return n;
}

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/table-far/" name, Far, NULL, set_up, func, tear_down)
  ADD ("look", test_look);
  ADD ("unreadable", test_unreadable);
  ADD ("order-and-filter", test_order_and_filter);
  ADD ("write", test_write);
  ADD ("conflict", test_conflict);
  ADD ("unseen", test_unseen);
  ADD ("refused", test_refused);
  ADD ("undo", test_undo);
#undef ADD
  g_test_add_func ("/table-far/many", test_many);
  g_test_add_func ("/table-far/retry", test_retry);
  g_test_add_func ("/table-far/cancel", test_cancel);
  g_test_add_func ("/table-far/stopped-network", test_stopped_network);
  g_test_add_func ("/table-far/source-goes", test_source_goes);
  g_test_add_func ("/table-far/fresh-source", test_fresh_source);
  g_test_add_func ("/table-far/export", test_export);
  return g_test_run ();
}
